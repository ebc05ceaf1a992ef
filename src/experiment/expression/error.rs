//! What can be wrong with an expression, where, and what to do about it.

use thiserror::Error;

use super::quantity::Quantity;
use crate::stats::PrecisionError;

/// Why a text is no expression. Columns are counted in characters, from 1.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ExpressionError {
    /// Something else should stand here.
    #[error("column {column}: expected {expected}, found {found}")]
    Expected {
        /// Where.
        column: usize,
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
        /// An example of the whole.
        example: &'static str,
    },
    /// A word that is none of those that may stand here.
    #[error("column {column}: `{word}` is none of {}", .known.join(", "))]
    Word {
        /// Where.
        column: usize,
        /// As given.
        word: String,
        /// Those that may stand here.
        known: &'static [&'static str],
        /// An example of the whole.
        example: &'static str,
    },
    /// A metric that is not in the registry.
    #[error("column {column}: there is no metric `{name}`")]
    Metric {
        /// Where.
        column: usize,
        /// As given.
        name: String,
        /// Quantities, or metrics where no year was given, that look alike, nearest first.
        near: Vec<String>,
    },
    /// A metric without year, or with one that is none.
    #[error("column {column}: `{text}` does not end in a year of four digits")]
    Year {
        /// Where.
        column: usize,
        /// As given.
        text: String,
        /// The metric that was meant.
        metric: &'static str,
    },
    /// A year on which the study does not report.
    #[error("the study does not report on {quantity}")]
    NotReported {
        /// As asked for.
        quantity: Quantity,
        /// Years that it reports on.
        years: Vec<i32>,
    },
    /// Text that is no finite number.
    #[error("column {column}: `{text}` is no number")]
    Number {
        /// Where.
        column: usize,
        /// As given.
        text: String,
    },
    /// A percentage of something that is no share.
    #[error("column {column}: `{text}` is a share, {of} is given in {unit}")]
    Share {
        /// Where.
        column: usize,
        /// As given.
        text: String,
        /// What it is a share of.
        of: String,
        /// Its unit.
        unit: &'static str,
    },
    /// Percentage points for a relative precision.
    #[error("column {column}: `{text}` is a difference of shares, `rel_hw` takes a share of the estimate")]
    Points {
        /// Where.
        column: usize,
        /// As given.
        text: String,
    },
    /// A quantile that is none.
    #[error("column {column}: `{text}` is no quantile")]
    Quantile {
        /// Where.
        column: usize,
        /// As given.
        text: String,
    },
    /// A probability outside the open interval from 0 to 1, as a goal.
    #[error("column {column}: a probability of {value} cannot be sought")]
    Probability {
        /// Where.
        column: usize,
        /// As given.
        value: f64,
    },
    /// The difference of something else than means.
    #[error("column {column}: only means have a paired difference, not {statistic}")]
    Unpaired {
        /// Where.
        column: usize,
        /// As given.
        statistic: String,
    },
    /// The difference of a scenario with itself.
    #[error("column {column}: `{scenario}` does not differ from itself")]
    Same {
        /// Where.
        column: usize,
        /// As given.
        scenario: String,
    },
    /// A precision that cannot be asked for.
    #[error("column {column}: {source}")]
    Precision {
        /// Where.
        column: usize,
        /// Why.
        source: PrecisionError,
    },
    /// A precision that every estimate has.
    #[error(
        "column {column}: a half width of {width} says nothing of {target}: its whole range is that wide"
    )]
    Empty {
        /// Where.
        column: usize,
        /// As given.
        width: f64,
        /// What is estimated.
        target: String,
    },
}

impl ExpressionError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Expected { example, .. } | Self::Word { example, .. } => {
                format!("it looks like `{example}`")
            }
            Self::Metric { near, .. } if near.is_empty() => "`bidcast metrics` lists them".to_owned(),
            Self::Metric { near, .. } => format!("did you mean `{}`?", near.join("` or `")),
            Self::Year { metric, .. } => format!("write the year behind the metric: `{metric}_2026`"),
            Self::NotReported { years, .. } if years.is_empty() => "it reports on no whole year".to_owned(),
            Self::NotReported { years, .. } => {
                let years: Vec<String> = years.iter().map(ToString::to_string).collect();
                format!("it reports on {}", years.join(", "))
            }
            Self::Number { .. } => "numbers look like 5e9, 1_000, 0.8, 80% or 2pp".to_owned(),
            Self::Share { unit, .. } => {
                format!("write a number in {unit}; a precision as a share of the estimate is `rel_hw`")
            }
            Self::Points { .. } => "write `%`, or `hw` for a half width in percentage points".to_owned(),
            Self::Quantile { .. } => {
                "quantiles are written in percent, above 0 and below 100: p2.5, p50, p95".to_owned()
            }
            Self::Probability { .. } => "seek one between 0 and 1, such as 0.9 or 90%".to_owned(),
            Self::Unpaired { .. } => {
                "ask for `diff(mean(…), …)`, or for the statistic of each scenario by itself".to_owned()
            }
            Self::Same { .. } => "name two scenarios: `diff(mean(cr20_2026), base, ai_content)`".to_owned(),
            Self::Precision { source: PrecisionError::Loose(_), .. } => {
                "ask for 10% or less: a sample that stops on less care is small where its spread happens to look small, and \
                 its interval then covers too seldom"
                    .to_owned()
            }
            Self::Precision { source: PrecisionError::NotPositive(_), .. } => {
                "ask for a half width above 0, such as 1%".to_owned()
            }
            Self::Empty { .. } => "shares and probabilities go from 0 to 1: write 2pp for 0.02".to_owned(),
        }
    }
}
