//! What may be typed: verbs and flags with their help. Nothing is done here.

mod compare;
mod diff;
mod discover;
mod forecast;
mod gc;
mod inspect;
mod seek;
mod sensitivity;
mod study;
mod sweep;
mod vary;

use std::path::PathBuf;
use std::str::FromStr;

use bidcast::engine::Event;
use bidcast::scenario::Profile;
use bidcast::units::Date;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum, ValueHint};

pub(crate) use compare::CompareArgs;
pub(crate) use diff::DiffArgs;
pub(crate) use discover::DiscoverArgs;
pub(crate) use forecast::{ForecastArgs, Reps};
pub(crate) use gc::GcArgs;
pub(crate) use inspect::InspectArgs;
pub(crate) use seek::SeekArgs;
pub(crate) use sensitivity::{Method, NoiseArg, SensitivityArgs};
pub(crate) use study::{OnError, StudyArgs, WorkArgs};
pub(crate) use sweep::SweepArgs;
pub(crate) use vary::{Axis, Span, VaryArgs};

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
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
    /// Run folder of a study whose job --job is simulated, instead of a scenario
    #[arg(long, value_name = "DIR", requires = "job", help_heading = "Study")]
    #[arg(conflicts_with_all = ["scenario", "config", "set", "auction", "replication", "seed"])]
    pub(crate) study: Option<PathBuf>,
    /// Number of the job of the study, as its tables and failures.jsonl name it
    #[arg(long, value_name = "K", requires = "study", help_heading = "Study")]
    pub(crate) job: Option<u64>,
    /// Which replication, counted from 0; with the seed it fixes every draw
    #[arg(long, value_name = "K", default_value_t = 0, help_heading = "Study")]
    pub(crate) replication: u64,
    /// Master seed, instead of the scenario's
    #[arg(long, value_name = "SEED", help_heading = "Study")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) story: StoryArgs,
    #[command(flatten)]
    pub(crate) out: OutArgs,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}

/// What one replication tells besides its years.
#[derive(Debug, Args)]
#[command(next_help_heading = "Story")]
pub(crate) struct StoryArgs {
    /// Show the life of one app month by month instead of the market: its number, or its rank by in-app purchases in the
    /// last 12 months (top1, top2, ...); --verbose lists the largest
    #[arg(long, value_name = "APP")]
    pub(crate) follow: Option<Followed>,
    /// Write the event log to a new CSV file (FILE.csv), one row per event; --force replaces an existing file
    #[arg(long, value_name = "FILE", group = "written")]
    pub(crate) trace: Option<PathBuf>,
    /// First day of the event log
    #[arg(long, value_name = "DATE", requires = "trace")]
    pub(crate) trace_from: Option<Date>,
    /// Last day of the event log
    #[arg(long, value_name = "DATE", requires = "trace")]
    pub(crate) trace_to: Option<Date>,
    /// Kinds of event in the log, separated by commas; all without it
    #[arg(long, value_name = "NAME", requires = "trace", value_delimiter = ',', ignore_case = true)]
    #[arg(value_parser = PossibleValuesParser::new(Event::NAMES).map(|name| kind(&name)))]
    pub(crate) trace_events: Vec<usize>,
}

/// Index of a name that was found in [`Event::NAMES`].
fn kind(name: &str) -> usize {
    Event::NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)).unwrap_or_default()
}

/// An app as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Followed {
    /// Its number.
    Number(u32),
    /// Its rank by in-app purchases, from 1.
    Top(usize),
}

impl FromStr for Followed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(rank) = text.strip_prefix("top").and_then(|rank| rank.parse().ok()) {
            return match rank {
                0 => Err("ranks count from 1, the largest app is top1".to_owned()),
                rank => Ok(Self::Top(rank)),
            };
        }
        let number = text.parse().map(Self::Number);
        number.map_err(|_| "give the number of an app, such as 17, or its rank, such as top1".to_owned())
    }
}

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

    #[test]
    fn an_app_is_named_by_number_or_rank() {
        assert_eq!("17".parse(), Ok(Followed::Number(17)));
        assert_eq!("top2".parse(), Ok(Followed::Top(2)));
        assert!("top0".parse::<Followed>().is_err_and(|why| why.contains("from 1")));
        for text in ["", "top", "top-1", "-1", "5e3", "largest"] {
            assert!(text.parse::<Followed>().is_err_and(|why| why.contains("rank")), "{text}");
        }
    }

    #[test]
    fn every_name_of_an_event_is_its_own_index() {
        for (index, name) in Event::NAMES.iter().enumerate() {
            assert_eq!((kind(name), kind(&name.to_lowercase())), (index, index));
        }
    }
}
