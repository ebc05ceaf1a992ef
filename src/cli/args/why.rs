//! What may be typed for `why`.

use clap::{Args, ValueHint};

use super::{Format, LayerArgs, Thoroughness};

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").args(["scenario", "mechanisms"]).required(true))]
pub(crate) struct WhyArgs {
    /// Scenario to explain: its settings and its shocks, by name, are the parts
    #[arg(long, value_name = "NAME|FILE", help_heading = "What to explain", value_hint = ValueHint::Other)]
    pub(crate) scenario: Option<String>,
    /// Scenario that it is compared with
    #[arg(long, value_name = "NAME|FILE", default_value = "base", requires = "scenario")]
    #[arg(help_heading = "What to explain")]
    pub(crate) against: String,
    /// Explain what mechanisms do, by switching them off: all, or those named
    #[arg(long, value_name = "NAME,...", num_args = 0..=1, require_equals = true, value_delimiter = ',')]
    #[arg(default_missing_values_os = [] as [&str; 0], help_heading = "What to explain")]
    pub(crate) mechanisms: Option<Vec<String>>,
    /// Metric to explain, instead of market_total_usd and cr20; repeatable
    #[arg(long, value_name = "METRIC", help_heading = "What to explain")]
    pub(crate) metric: Vec<String>,
    /// Year to explain, instead of the last
    #[arg(long, value_name = "YEAR", help_heading = "What to explain")]
    pub(crate) year: Option<i32>,
    #[command(flatten)]
    pub(crate) shared: LayerArgs,
    /// How thorough: 4, 16 or 64 replications
    #[arg(long, value_enum, default_value_t = Thoroughness::Standard, help_heading = "Study")]
    pub(crate) profile: Thoroughness,
    /// Number of replications, instead of the profile's
    #[arg(short = 'n', long = "draws", value_name = "N", help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) replications: Option<u64>,
    /// Run all settings of up to so many parts; above that, sample orders
    #[arg(long, value_name = "N", default_value_t = 4, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=16))]
    pub(crate) exact_up_to: u16,
    /// Random orders for each replication, each taken forwards and backwards
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) pairs: u32,
    /// Master seed, instead of the scenario's
    #[arg(long, value_name = "SEED", help_heading = "Study")]
    pub(crate) seed: Option<u64>,
    /// Worker threads; 0 takes all cores. Results do not depend on it
    #[arg(short, long, value_name = "N", default_value_t = 0, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub(crate) jobs: u16,
    /// List the parts and say how much there is to run; one run is timed, unless quiet, to say how long it would take
    #[arg(long, help_heading = "Study")]
    pub(crate) dry_run: bool,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}
