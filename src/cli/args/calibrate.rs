//! What may be typed for `calibrate`.

use std::path::PathBuf;

use bidcast::experiment::fit::Method;
use clap::{Args, ValueEnum, ValueHint};

use super::{ScenarioArgs, StudyArgs};

#[derive(Debug, Args)]
pub(crate) struct CalibrateArgs {
    /// TOML file with priors, correlations and targets of your own, laid over those that come with the program
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What is believed")]
    pub(crate) beliefs: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
    /// How parameters are fitted
    #[arg(long, value_enum, value_name = "METHOD", default_value = "esl", help_heading = "Study")]
    pub(crate) method: MethodArg,
    /// Points of the first wave, from the prior: a power of two; a tenth more are run twice. A table of abc-reg is as large
    /// as all waves; esmda takes no part of it
    #[arg(long, value_name = "N", default_value_t = 256, help_heading = "Study")]
    pub(crate) first: usize,
    /// Points of each later wave, from the posterior so far; a tenth more are run twice. Members of esmda
    #[arg(long, value_name = "N", default_value_t = 208, help_heading = "Study")]
    pub(crate) later: usize,
    /// Waves at most; fewer when nothing moves any more. Passes of esmda
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

/// How parameters are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodArg {
    /// Waves of runs, an emulator and a sample of its likelihood: the method to rely on
    Esl,
    /// Regression on a table of runs of the prior: no emulator, wide; a cross-check
    AbcReg,
    /// An ensemble moved to the data in a few passes: no emulator, quick, often too narrow
    Esmda,
}

impl From<MethodArg> for Method {
    fn from(arg: MethodArg) -> Self {
        match arg {
            MethodArg::Esl => Self::Esl,
            MethodArg::AbcReg => Self::AbcReg,
            MethodArg::Esmda => Self::Esmda,
        }
    }
}
