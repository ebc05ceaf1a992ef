//! Files, tables and sentences that all methods share.

use bidcast::sensitivity::{Estimate, ShapeError};
use serde_json::{Value, json};

use super::super::args::Format;
use super::super::failure::{Failure, Status};
use super::super::grid::{Cell, Grid};
use super::super::outcomes::Target;

/// Every figure, a row for each metric and parameter.
const CSV_FILE: &str = "sensitivity.csv";
/// The same with what was asked and what it rests on.
const JSON_FILE: &str = "sensitivity.json";

/// What a method found.
pub(super) struct Report {
    /// Its name.
    method: &'static str,
    /// Every figure.
    rows: Grid,
    answers: Vec<Answer>,
}

/// What a method found on one metric.
struct Answer {
    title: String,
    shown: Grid,
    facts: Value,
    sentences: Vec<String>,
}

impl Report {
    /// An empty report with the columns of its file, less metric and year.
    pub(super) fn new(method: &'static str, columns: &[&str]) -> Self {
        let names = ["metric", "year"].iter().chain(columns).copied();
        Self { method, rows: Grid::new(names), answers: Vec::new() }
    }

    /// Adds a row of the file.
    pub(super) fn row(&mut self, target: Target, cells: Vec<Cell>) {
        let head = [target.of().name.into(), Cell::number(target.year.to_string(), f64::from(target.year))];
        self.rows.push(head.into_iter().chain(cells).collect());
    }

    /// Adds what is shown of a metric, and what it rests on.
    pub(super) fn answer(&mut self, target: Target, shown: Grid, facts: Value, sentences: Vec<String>) {
        self.answers.push(Answer { title: target.name(), shown, facts, sentences });
    }

    /// Files of the run folder with their content.
    ///
    /// # Errors
    /// As [`Grid::render`].
    pub(super) fn files(&self) -> Result<[(&'static str, Vec<u8>); 2], Failure> {
        Ok([
            (CSV_FILE, self.rows.render(Format::Csv)?.into_bytes()),
            (JSON_FILE, self.render(Format::Json)?.into_bytes()),
        ])
    }

    /// The report in the form asked for.
    ///
    /// # Errors
    /// As [`Grid::render`].
    pub(super) fn render(&self, format: Format) -> Result<String, Failure> {
        match format {
            Format::Csv => self.rows.render(Format::Csv),
            Format::Json => {
                let asked = |answer: &Answer| json!({ "outcome": answer.title, "facts": answer.facts, "notes": answer.sentences });
                let outcomes: Vec<Value> = self.answers.iter().map(asked).collect();
                let whole = json!({ "method": self.method, "outcomes": outcomes, "rows": self.rows.json() });
                serde_json::to_string_pretty(&whole)
                    .map(|text| text + "\n")
                    .map_err(|error| Failure::told(Status::Io, error))
            }
            format => {
                let mut text = String::new();
                for answer in &self.answers {
                    let head = if format == Format::Md { "## " } else { "" };
                    text.push_str(&format!("{head}{}\n\n{}\n", answer.title, answer.shown.render(format)?));
                    for sentence in &answer.sentences {
                        text.push_str(&format!(
                            "{}{sentence}\n",
                            if format == Format::Md { "- " } else { "" }
                        ));
                    }
                    text.push('\n');
                }
                Ok(text.trim_end().to_owned() + "\n")
            }
        }
    }
}

/// An index with its interval, for people.
pub(super) fn shown(estimate: Estimate) -> Cell {
    match estimate.interval {
        Some(interval) => format!("{:.2} [{:.2}, {:.2}]", estimate.value, interval.low, interval.high).into(),
        None => Cell::number(format!("{:.2}", estimate.value), estimate.value),
    }
}

/// The same for files: value, low, high.
pub(super) fn exact(estimate: Option<Estimate>) -> [Cell; 3] {
    let number = |x: Option<f64>| x.map_or(Cell::Absent, |x| Cell::number(x.to_string(), x));
    let interval = estimate.and_then(|estimate| estimate.interval);
    [
        number(estimate.map(|estimate| estimate.value)),
        number(interval.map(|interval| interval.low)),
        number(interval.map(|interval| interval.high)),
    ]
}

/// An estimate in another unit.
pub(super) fn scaled(estimate: Estimate, factor: f64) -> Estimate {
    let interval = estimate.interval.map(|interval| bidcast::stats::Interval {
        low: factor * interval.low,
        high: factor * interval.high,
    });
    Estimate { value: factor * estimate.value, interval }
}

/// What is said when chance makes an index negative.
pub(super) const NEGATIVE: &str = "An index below 0 is one near 0 with the noise of its estimate: cut at 0, small indices would be too large on average.";

/// What is said of a metric that does not vary: others may.
pub(super) fn nothing() -> (Grid, Value, Vec<String>) {
    (Grid::new(["parameter"]), Value::Null, vec![format!("{}.", ShapeError::Constant)])
}

/// A metric that cannot be explained.
pub(super) fn unexplained(error: ShapeError, target: Target) -> Failure {
    let told = anyhow::Error::from(error).context(format!("{} cannot be explained", target.name()));
    Failure::told(Status::CheckFailed, told)
}
