//! What may be typed for `run`.

use std::path::PathBuf;
use std::str::FromStr;

use bidcast::engine::Event;
use bidcast::units::Date;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Format, OutArgs, ScenarioArgs};

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

#[cfg(test)]
mod tests {
    use super::*;

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
