//! What may be typed for `compare`.

use clap::{Args, ValueHint};

use super::forecast::Placing;
use super::{LayerArgs, StudyArgs, Thoroughness};

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Scenarios by name or file, separated by commas; the others are compared with the first
    #[arg(long, value_name = "NAME|FILE,...", value_delimiter = ',', required = true)]
    #[arg(value_hint = ValueHint::Other, help_heading = "Scenario")]
    pub(crate) scenarios: Vec<String>,
    #[command(flatten)]
    pub(crate) layers: LayerArgs,
    /// How likely each scenario is taken to be, such as base=2,privacy_loss=1: adds what they say together
    #[arg(long, value_name = "NAME=WEIGHT,...", value_delimiter = ',', value_parser = weight, help_heading = "Study")]
    pub(crate) weights: Vec<(String, f64)>,
    /// Parameters: one set of them (point), drawn from what is believed of them (prior, or prior:FILE), or from a fit (posterior:RUN)
    #[arg(long, value_name = "SOURCE", default_value = "point", help_heading = "Study")]
    pub(crate) params: String,
    /// How thorough: 8, 32 or 128 pairs
    #[arg(long, value_enum, default_value_t = Thoroughness::Standard, help_heading = "Study")]
    pub(crate) profile: Thoroughness,
    /// Replications of each scenario, or draws of the parameters, instead of the profile's
    #[arg(short = 'n', long, value_name = "N", help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    pub(crate) draws: Option<u64>,
    /// Replications of each draw in each scenario
    #[arg(long, value_name = "M", default_value_t = 1, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(crate) reps: u64,
    /// How draws of the parameters are placed
    #[arg(long, value_enum, default_value_t = Placing::Sobol, help_heading = "Study")]
    pub(crate) sampler: Placing,
    /// Independent randomizations of the draws
    #[arg(long, value_name = "R", default_value_t = 8, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u16).range(2..=64))]
    pub(crate) randomizations: u16,
    /// Stop as soon as this is precise enough, such as "rel_hw(diff(mean(market_total_usd_2026), base, privacy_loss)) < 5%"
    #[arg(long, value_name = "RULE", help_heading = "Study")]
    pub(crate) until: Vec<String>,
    /// Master seed, instead of the first scenario's
    #[arg(long, value_name = "SEED", help_heading = "Study")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
}

impl Thoroughness {
    /// Pairs of a comparison.
    pub(crate) fn pairs(self) -> u64 {
        match self {
            Self::Quick => 8,
            Self::Standard => 32,
            Self::Deep => 128,
        }
    }
}

/// Reads `base=0.5`.
fn weight(text: &str) -> Result<(String, f64), String> {
    let wrong = || "give weights as NAME=NUMBER, such as base=0.5".to_owned();
    let (name, weight) = text.split_once('=').ok_or_else(wrong)?;
    Ok((name.trim().to_owned(), weight.trim().parse().map_err(|_| wrong())?))
}
