//! What may be typed for `discover`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Format;

#[derive(Debug, Args)]
pub(crate) struct DiscoverArgs {
    /// Run folder that is asked: a forecast with drawn parameters, or a sweep
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Question")]
    pub(crate) run: PathBuf,
    /// What makes a run a case, such as "market_total_usd_2026 < 4e9"
    #[arg(long, value_name = "EVENT", help_heading = "Question")]
    pub(crate) case: String,
    /// Most parameters that the box may restrict
    #[arg(long, value_name = "K", default_value_t = 4, help_heading = "Box")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) max_dims: u16,
    /// Smallest share of the runs that a box may hold
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, help_heading = "Box")]
    pub(crate) least_mass: f64,
    /// Resamples that show which restrictions come back
    #[arg(long, value_name = "B", default_value_t = 50, help_heading = "Box")]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(crate) bootstrap: u32,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}
