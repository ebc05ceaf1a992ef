//! What may be typed for `calibrate`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{ScenarioArgs, StudyArgs};

#[derive(Debug, Args)]
pub(crate) struct CalibrateArgs {
    /// TOML file with priors, correlations and targets of your own, laid over those that come with the program
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What is believed")]
    pub(crate) beliefs: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
    /// Points of the first wave, from the prior: a power of two; a tenth more are run twice
    #[arg(long, value_name = "N", default_value_t = 256, help_heading = "Study")]
    pub(crate) first: usize,
    /// Points of each later wave, from the posterior so far; a tenth more are run twice
    #[arg(long, value_name = "N", default_value_t = 208, help_heading = "Study")]
    pub(crate) later: usize,
    /// Waves at most; fewer when nothing moves any more
    #[arg(long, value_name = "N", default_value_t = 4, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=20))]
    pub(crate) waves: u16,
    /// Real runs at draws of the posterior, beside the emulator and what was published
    #[arg(long, value_name = "N", default_value_t = 200, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u16).range(20..=10_000))]
    pub(crate) check: u16,
    /// Also seek the check's runs as if each were the world: posterior SBC, some minutes without a run
    #[arg(long, help_heading = "Study")]
    pub(crate) sbc: bool,
    /// Also seek so many runs of the first wave, left out of the fit, as if each were the world; at least 20
    #[arg(long, value_name = "N", help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u16).range(20..=10_000))]
    pub(crate) recovery: Option<u16>,
    /// Master seed, instead of the scenario's
    #[arg(long, value_name = "SEED", help_heading = "Study")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// Last month of which anything is taken to be known; what was published of later ones is predicted and scored
    #[arg(long, value_name = "MONTH", default_value = "2025-06", help_heading = "What is believed")]
    pub(crate) known_until: String,
    #[command(flatten)]
    pub(crate) calibrate: CalibrateArgs,
}
