//! What may be typed for `sweep`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueHint};

use super::vary::{Axis, Placed, VaryArgs};
use super::{ScenarioArgs, StudyArgs};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("points").args(["grid", "design", "from"]).required(true))]
pub(crate) struct SweepArgs {
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
    /// Values of a parameter: PATH=LO:HI:N at equal distances, or PATH=a,b,c; repeatable, every value meets every other
    #[arg(long, value_name = "PATH=VALUES", help_heading = "Points")]
    pub(crate) grid: Vec<Axis>,
    /// Points spread over --vary or --params: lhs:N, sobol:N (N a power of two) or mc:N
    #[arg(long, value_name = "DESIGN", help_heading = "Points")]
    pub(crate) design: Option<Placed>,
    /// CSV file with a point in each row; its header names the parameters, as --set does
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Points")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) inputs: VaryArgs,
    /// Replications of every point
    #[arg(long, value_name = "M", default_value_t = 1, help_heading = "Study")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(crate) reps: u64,
    /// Give every point chance of its own; without it replication k has the same chance at every point
    #[arg(long, help_heading = "Study")]
    pub(crate) own_chance: bool,
    /// Metric to report, instead of the core; repeatable
    #[arg(long, value_name = "METRIC", help_heading = "Output")]
    pub(crate) metric: Vec<String>,
    /// Master seed, instead of the scenario's
    #[arg(long, value_name = "SEED", help_heading = "Study")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) study: StudyArgs,
}
