//! What a search found: the interval in words, the rounds as a table, both as files.

use bidcast::report::table::{format_value, with_error};
use bidcast::sensitivity::{Ask, Ended, Found};
use bidcast::stats::Interval;
use serde::Serialize;

use super::args::Format;
use super::failure::{Failure, Status};
use super::goal::Goal;
use super::grid::{Cell, Grid, grouped};
use super::seek::Asked;

/// Format of `seek.json`.
const SEEK_SCHEMA: &str = "bidcast/seek/1";

/// A round that is complete.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Round {
    round: usize,
    /// Value of the lever.
    at: f64,
    runs: usize,
    /// The statistic of the goal over this round, and its standard error.
    estimate: Option<f64>,
    error: Option<f64>,
    /// What is known of the lever after it.
    low: Option<f64>,
    high: Option<f64>,
    #[serde(skip)]
    values: Vec<f64>,
}

/// The statistic at an end of the bracket.
#[derive(Debug, Clone, Serialize)]
struct End {
    at: f64,
    runs: usize,
    estimate: Option<f64>,
    error: Option<f64>,
}

/// The content of `seek.json`.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    schema: &'static str,
    #[serde(flatten)]
    asked: &'a Asked,
    scenario: &'a str,
    seed: u64,
    /// `narrow`, `budget`, `not_bracketed`, or `interrupted`.
    ended: &'static str,
    /// Holds the value of the lever at the level asked for; absent (null) when the bracket does not.
    low: Option<f64>,
    high: Option<f64>,
    guess: Option<f64>,
    runs: usize,
    levels: usize,
    failed: u64,
    ends: Vec<End>,
    rounds: &'a [Round],
    #[serde(skip)]
    goal: &'a Goal,
}

impl Round {
    pub(crate) fn new(
        round: usize,
        ask: &Ask,
        values: Vec<f64>,
        goal: &Goal,
        interval: Option<Interval>,
    ) -> Self {
        let (estimate, error) = goal.estimate(&values);
        let (low, high) = (interval.map(|i| i.low), interval.map(|i| i.high));
        Self { round, at: ask.at, runs: values.len(), estimate, error, low, high, values }
    }
}

impl<'a> Report<'a> {
    pub(crate) fn new(
        asked: &'a Asked,
        goal: &'a Goal,
        (scenario, seed): (&'a str, u64),
        found: Found,
        failed: u64,
        rounds: &'a [Round],
        interrupted: bool,
    ) -> Self {
        let ended = match found.ended {
            _ if interrupted => "interrupted",
            Ended::Not => "interrupted",
            Ended::Narrow => "narrow",
            Ended::Budget => "budget",
            Ended::NotBracketed => "not_bracketed",
        };
        let end = |at: f64| {
            let here = rounds.iter().filter(|round| round.at.total_cmp(&at).is_eq());
            let values: Vec<f64> = here.flat_map(|round| round.values.iter().copied()).collect();
            let (estimate, error) = goal.estimate(&values);
            End { at, runs: values.len(), estimate, error }
        };
        Self {
            schema: SEEK_SCHEMA,
            asked,
            scenario,
            seed,
            ended,
            low: found.interval.map(|i| i.low),
            high: found.interval.map(|i| i.high),
            guess: found.guess,
            runs: found.n_evaluations,
            levels: found.n_levels,
            failed,
            ends: vec![end(asked.bracket.0), end(asked.bracket.1)],
            rounds,
            goal,
        }
    }

    /// The content of `seek.json`.
    ///
    /// # Errors
    /// A number that JSON cannot hold, which no round brings.
    pub(crate) fn json(&self) -> Result<String, Failure> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").map_err(|error| Failure::told(Status::Io, error))
    }

    /// The content of `seek.csv`: the rounds.
    ///
    /// # Errors
    /// As [`Grid::render`].
    pub(crate) fn csv(&self) -> Result<String, Failure> {
        self.table().render(Format::Csv)
    }

    /// The result in the form asked for.
    ///
    /// # Errors
    /// As [`Grid::render`].
    pub(crate) fn render(&self, format: Format) -> Result<String, Failure> {
        match format {
            Format::Table => Ok(format!("{}\n{}", self.words(), self.table().aligned(&[3]).table())),
            Format::Md => self.table().render(Format::Md),
            Format::Csv => self.csv(),
            Format::Json => self.json(),
        }
    }

    /// The answer in words.
    fn words(&self) -> String {
        let Asked { lever, bracket: (low, high), level, .. } = self.asked;
        let (of, unit) = (self.goal.of(), self.goal.unit());
        let target = format_value(unit, self.goal.value());
        let end = |end: &End| {
            let value = end.estimate.map_or("unknown".into(), |x| with_error(unit, x, end.error));
            format!("  {of} is {value} at {lever} = {} ({} runs)\n", shown(end.at, *high - *low), end.runs)
        };
        let head = match (self.low.zip(self.high), self.ended) {
            (None, _) => {
                let ends: String = self.ends.iter().map(end).collect();
                format!(
                    "not reached: {of} is not {target} anywhere between the ends of the bracket, if it rises or falls throughout\n{ends}"
                )
            }
            (Some((a, b)), ended) => {
                let width = b - a;
                let guess = self.guess.map_or(String::new(), |x| format!(", best guess {}", shown(x, width)));
                let so_far = if ended == "narrow" { "" } else { " so far" };
                format!(
                    "{lever} from {} to {}{so_far}, {}% confidence{guess}\n  gives {of} = {target}\n",
                    shown(a, width),
                    shown(b, width),
                    (level * 1e9).round() / 1e7,
                )
            }
        };
        format!(
            "{head}  {} runs at {} values in {} rounds; scenario {}, seed {}\n",
            grouped(self.runs as u64),
            self.levels,
            self.rounds.len(),
            self.scenario,
            self.seed
        )
    }

    fn table(&self) -> Grid {
        let Asked { lever, bracket: (low, high), .. } = self.asked;
        let unit = self.goal.unit();
        let mut grid = Grid::new(["round", lever.as_str(), "runs", &self.goal.of(), "error", "low", "high"]);
        let bound = |x: Option<f64>, round: &Round| {
            let width = round.high.zip(round.low).map_or(high - low, |(high, low)| high - low);
            x.map_or(Cell::Absent, |x| Cell::number(shown(x, width), x))
        };
        for round in self.rounds {
            let in_unit = |x: Option<f64>| x.map_or(Cell::Absent, |x| Cell::number(format_value(unit, x), x));
            grid.push(vec![
                Cell::number(round.round.to_string(), round.round as f64),
                Cell::number(shown(round.at, high - low), round.at),
                Cell::number(round.runs.to_string(), round.runs as f64),
                in_unit(round.estimate),
                in_unit(round.error),
                bound(round.low, round),
                bound(round.high, round),
            ]);
        }
        grid
    }
}

/// A value of the lever with as many decimals as tell it from others a hundredth of `width` away.
fn shown(x: f64, width: f64) -> String {
    let decimals = (2.0 - width.abs().log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_lever_are_shown_as_fine_as_the_interval() {
        assert_eq!((shown(1.0, 1.0).as_str(), shown(1.234_567, 0.05).as_str()), ("1", "1.2346"));
        assert_eq!((shown(123_456.7, 1e5).as_str(), shown(0.0, 1.0).as_str()), ("123457", "0"));
    }
}
