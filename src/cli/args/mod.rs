//! What may be typed: verbs and flags with their help, a file for each verb that has many. Nothing is done here.

mod calibrate;
mod compare;
mod diff;
mod discover;
mod forecast;
mod gc;
mod identify;
mod inspect;
mod run;
mod seek;
mod sensitivity;
mod study;
mod sweep;
mod vary;
mod verbs;
mod why;

pub(crate) use calibrate::{BacktestArgs, CalibrateArgs};
pub(crate) use compare::CompareArgs;
pub(crate) use diff::DiffArgs;
pub(crate) use discover::DiscoverArgs;
pub(crate) use forecast::{ForecastArgs, Reps};
pub(crate) use gc::GcArgs;
pub(crate) use identify::IdentifyArgs;
pub(crate) use inspect::InspectArgs;
pub(crate) use run::{Followed, RunArgs, StoryArgs};
pub(crate) use seek::SeekArgs;
pub(crate) use sensitivity::{Method, NoiseArg, SensitivityArgs};
pub(crate) use study::{OnError, StudyArgs, WorkArgs};
pub(crate) use sweep::SweepArgs;
pub(crate) use vary::{Axis, Span, VaryArgs};
pub(crate) use verbs::{
    CheckArgs, Cli, CompletionsArgs, ExplainArgs, Format, LayerArgs, ManArgs, Manner, MergeArgs, MetricsArgs,
    OutArgs, ResumeArgs, ScenarioArgs, ScenariosArgs, SelftestArgs, Thoroughness, Verb,
};
pub(crate) use why::WhyArgs;
