//! What may be typed for `sensitivity`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::vary::VaryArgs;
use super::{ScenarioArgs, StudyArgs};

#[derive(Debug, Args)]
pub(crate) struct SensitivityArgs {
    /// How to ask
    #[arg(long, value_enum, default_value_t = Method::Given, help_heading = "Question")]
    pub(crate) method: Method,
    /// Run folder that is asked: a forecast with drawn parameters, or a sweep; given only
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Question")]
    #[arg(conflicts_with_all = ["vary", "params", "out", "resume", "dry_run", "scenario", "config", "set", "auction"])]
    pub(crate) run: Option<PathBuf>,
    /// Metric to explain, instead of market_total_usd and cr20; repeatable
    #[arg(long, value_name = "METRIC", help_heading = "Question")]
    pub(crate) metric: Vec<String>,
    /// Year to explain, instead of the last
    #[arg(long, value_name = "YEAR", help_heading = "Question")]
    pub(crate) year: Option<i32>,
    #[command(flatten)]
    pub(crate) inputs: VaryArgs,
    /// Draw parameters independently of each other, though they are believed to be correlated; morris and sobol need that
    #[arg(long, requires = "params", help_heading = "Parameters")]
    pub(crate) independent: bool,
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
    /// Trajectories of morris: each has one run more than there are parameters
    #[arg(long, value_name = "R", default_value_t = 20, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub(crate) trajectories: u32,
    /// Levels of every parameter in morris, an even number
    #[arg(long, value_name = "P", default_value_t = 4, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u32).range(2..=64))]
    pub(crate) levels: u32,
    /// Base points of sobol, a power of two: each is run once for every parameter, and twice more
    #[arg(short = 'N', long, value_name = "N", default_value_t = 1_024, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u32).range(2..=1_048_576))]
    pub(crate) base_points: u32,
    /// Replications of every row of the design
    #[arg(long, value_name = "M", default_value_t = 1, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(crate) reps: u64,
    /// What is done about chance in sobol; without it, correct with replications and crn with one run
    #[arg(long, value_enum, help_heading = "Study")]
    pub(crate) noise: Option<NoiseArg>,
    /// Inputs that go nowhere, as a floor for what chance alone shows
    #[arg(long, value_name = "K", help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=64))]
    pub(crate) dummy: Option<u32>,
    /// Resamples behind the intervals
    #[arg(long, value_name = "B", default_value_t = 200, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub(crate) bootstrap: u32,
    /// Indices of pairs as well: nearly twice as many runs of sobol
    #[arg(long, help_heading = "Study")]
    pub(crate) second_order: bool,
    /// Master seed, instead of the scenario's
    #[arg(long, value_name = "SEED", help_heading = "Study")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
}

/// How it is asked what drives an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// From a run that is stored: no further runs
    Given,
    /// Screening: which parameters can be dropped; one run for each parameter, and one more, a trajectory
    Morris,
    /// Shares of the variance, interactions included; thousands of runs
    Sobol,
}

/// What is done about chance in Sobol' indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NoiseArg {
    /// Every run has chance of its own, whose variance is known from replications and taken off
    Correct,
    /// The runs of a base point share their chance, which cancels in their differences
    Crn,
    /// Chance is an input like others: its total index is its share, interactions included
    Factor,
}
