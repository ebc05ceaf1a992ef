//! The verbs with their help, what is common to them, and what may be typed for the short ones.

use std::path::PathBuf;

use bidcast::scenario::Profile;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum, ValueHint};

use super::{
    BacktestArgs, CalibrateArgs, CompareArgs, DiffArgs, DiscoverArgs, ForecastArgs, GcArgs, IdentifyArgs,
    InspectArgs, RunArgs, SeekArgs, SensitivityArgs, SweepArgs, WhyArgs, WorkArgs,
};

const EXIT_CODES: &str = "\
Exit codes:
  0    all went well
  1    a check failed: a law of the model was broken, or a known answer was missed
  2    the command line or a configuration file is wrong
  3    a file could not be read or written
  4    the time was up before all was done (`bidcast resume` goes on), or all runs were used before the precision was reached
  130  interrupted by Ctrl-C; what is finished is kept, `bidcast resume` goes on

Examples:
  bidcast forecast                              the standard forecast
  bidcast forecast --profile quick              a first look, in seconds
  bidcast forecast -c mine.toml --set auction.theta=3.5
  bidcast forecast --scenario store_fees_10     what if; `bidcast scenarios` lists them
  bidcast explain auction                       every parameter of a section
  bidcast check mine.toml                       every problem of a file at once";

/// Event-driven, agent-based simulator of an app market that competes in ad auctions: how large, how concentrated, and
/// why.
#[derive(Debug, Parser)]
#[command(name = "bidcast", version, after_help = EXIT_CODES, arg_required_else_help = true)]
#[command(propagate_version = false, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Forecast the market: an ensemble of replications, with intervals and their Monte Carlo error
    Forecast(ForecastArgs),
    /// Compare scenarios under common random numbers, and mix them by their weights
    Compare(CompareArgs),
    /// Fit the parameters to what was published, with their doubt, checked by real runs
    Calibrate(CalibrateArgs),
    /// Fit to what was known at some month and score what it says of later ones, beside simple rules
    Backtest(BacktestArgs),
    /// Say what a calibration learned, from which target, and what the unknown costs a forecast
    Identify(IdentifyArgs),
    /// Seek the value of a parameter at which the market meets a goal, as an interval
    Seek(SeekArgs),
    /// Simulate points of parameters: a grid, a spread design, or those of a file
    Sweep(SweepArgs),
    /// Ask what drives an outcome: from a stored run, by screening, or by shares of the variance
    Sensitivity(SensitivityArgs),
    /// Look in a stored run for the region of parameters in which an event lies
    Discover(DiscoverArgs),
    /// Go on with a study that was interrupted, or look at its result again
    Resume(ResumeArgs),
    /// Put the shares of a study together that were run apart
    Merge(MergeArgs),
    /// Say where a run folder comes from and whether it is whole
    Inspect(InspectArgs),
    /// Show what two runs differ in: builds, configurations, results
    Diff(DiffArgs),
    /// Remove outcomes from the cache that are too many or too old, and what killed programs left behind
    Gc(GcArgs),
    /// Simulate one replication and show its years and its laws
    Run(RunArgs),
    /// Check configuration files: every problem at once, nothing simulated
    Check(CheckArgs),
    /// Explain a parameter, a section, or all parameters: value, range, source, meaning
    Explain(ExplainArgs),
    /// Divide the difference between two scenarios among their parts, so that it adds up
    Why(WhyArgs),
    /// List the metrics with unit and meaning
    Metrics(MetricsArgs),
    /// List the scenarios that come with the program, or show one in full
    Scenarios(ScenariosArgs),
    /// Ask the program for answers that are known: closed forms and published numbers
    Selftest(SelftestArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write all pages to a folder
    Man(ManArgs),
}

/// How much is said. Both flags work before and after the verb.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Manner {
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show more: every metric, every law
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// What differs from the built-in base scenario.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Scenario")]
pub(crate) struct ScenarioArgs {
    /// Scenario that comes with the program, see `bidcast scenarios`; base for none. Files and --set go on top of it
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub(crate) scenario: Option<String>,
    #[command(flatten)]
    pub(crate) layers: LayerArgs,
    /// How impressions are sold: in closed form, or auction by auction in a small market (short for --set auction.mode=...)
    #[arg(long, value_name = "MODE", value_parser = ["kernel", "tree", "scan"])]
    pub(crate) auction: Option<String>,
}

/// What is laid over a scenario.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Scenario")]
pub(crate) struct LayerArgs {
    /// TOML file laid over the base scenario; repeatable, later files win
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Vec<PathBuf>,
    /// One parameter, in TOML spelling, such as auction.theta=3.5; repeatable, wins over files
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
}

/// Where results are kept.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
#[command(group(ArgGroup::new("written").args(["out"]).multiple(true)))]
pub(crate) struct OutArgs {
    /// Run folder to write; without it, forecasts are numbered under runs/
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the run that is in the folder
    #[arg(long, requires = "written")]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// Run folder of the study
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) run: PathBuf,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Run folders of the shares
    #[arg(required = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) shares: Vec<PathBuf>,
    /// Run folder to write; it may be one of the shares
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// TOML files, each laid alone over the base scenario
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Path of a parameter (auction.theta) or of a section (auction); without it, all parameters
    #[arg(value_name = "PARAMETER")]
    pub(crate) path: Option<String>,
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct MetricsArgs {
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ScenariosArgs {
    /// Scenario to show in full: each shock with date, size, place, reason and source
    #[arg(value_name = "NAME", value_hint = ValueHint::Other)]
    pub(crate) name: Option<String>,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct SelftestArgs {
    /// Checks to ask; without names, all of them
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell that will read the script
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder for one page per verb, instead of the main page on stdout
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Form of a result on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned text for a terminal
    Table,
    /// JSON, full precision
    Json,
    /// CSV, full precision
    Csv,
    /// Markdown table
    Md,
}

/// How thorough a study is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Thoroughness {
    /// A first look
    Quick,
    /// For decisions
    Standard,
    /// For tails and publications
    Deep,
}

impl From<Thoroughness> for Profile {
    fn from(thoroughness: Thoroughness) -> Self {
        match thoroughness {
            Thoroughness::Quick => Self::Quick,
            Thoroughness::Standard => Self::Standard,
            Thoroughness::Deep => Self::Deep,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_declared_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_and_flag_has_help() {
        for verb in Cli::command().get_subcommands() {
            assert!(verb.get_about().is_some(), "{} has no help", verb.get_name());
            for arg in verb.get_arguments() {
                assert!(arg.get_help().is_some(), "{} {} has no help", verb.get_name(), arg.get_id());
            }
        }
    }

    #[test]
    fn zero_draws_and_force_without_folder_are_refused() {
        for line in ["bidcast forecast -n 0", "bidcast forecast --force", "bidcast forecast -q -v"] {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line} was accepted");
        }
        assert!(Cli::try_parse_from("bidcast forecast -n 1 -o x --force -q".split(' ')).is_ok());
    }

    #[test]
    fn force_and_filters_need_something_to_act_on() {
        for line in ["run --force", "run --trace-from 2025-01-01", "run --trace-events Entry"] {
            assert!(
                Cli::try_parse_from(format!("bidcast {line}").split(' ')).is_err(),
                "{line} was accepted"
            );
        }
        for line in ["run --trace a.csv --force", "run -o x --force", "run -o x --trace a.csv --force"] {
            assert!(Cli::try_parse_from(format!("bidcast {line}").split(' ')).is_ok(), "{line} was refused");
        }
    }
}
