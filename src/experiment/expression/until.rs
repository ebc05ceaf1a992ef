//! How precisely something must be known before simulating may stop.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::cursor::{Cursor, shown};
use super::error::ExpressionError;
use super::number::{InPercent, Number, Suffix, Written};
use super::quantity::Quantity;
use super::statistic::Statistic;
use crate::stats::Precision;

/// Half width of an interval, and the same as a share of the estimate.
const WIDTHS: &[&str] = &["hw", "rel_hw"];
/// Half of the range of a share, and of the difference of two.
const HALF_RANGE: [f64; 2] = [0.5, 1.0];

/// What is estimated.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A statistic of the scenario that the study is about.
    Statistic(Statistic),
    /// The mean of a quantity in scenario `to` less that in scenario `from`, replication by replication.
    Difference {
        /// The quantity.
        quantity: Quantity,
        /// Name of the scenario that is subtracted.
        from: String,
        /// Name of the scenario that it is subtracted from.
        to: String,
    },
}

/// The largest half width of an interval, such as `rel_hw(mean(market_total_usd_2026)) < 1%`. As text in files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Until {
    /// What must be known.
    pub target: Target,
    /// How precisely.
    pub precision: Precision,
}

impl Target {
    /// The quantity whose values it is made of.
    pub fn quantity(&self) -> Quantity {
        match self {
            Self::Statistic(statistic) => statistic.quantity(),
            Self::Difference { quantity, .. } => *quantity,
        }
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, ExpressionError> {
        let first = cursor.word("a statistic or `diff`")?;
        if first.text != "diff" {
            return Statistic::read_after(first, cursor).map(Self::Statistic);
        }
        cursor.symbol(&['('], "`(`")?;
        let column = cursor.column();
        let quantity = match Statistic::read(cursor)? {
            Statistic::Mean(quantity) => quantity,
            other => return Err(ExpressionError::Unpaired { column, statistic: other.to_string() }),
        };
        cursor.symbol(&[','], "`,`")?;
        let from = cursor.word("the name of a scenario")?;
        cursor.symbol(&[','], "`,`")?;
        let to = cursor.word("the name of a scenario")?;
        if from.text == to.text {
            return Err(ExpressionError::Same { column: to.column, scenario: shown(to.text) });
        }
        cursor.symbol(&[')'], "`)`")?;
        Ok(Self::Difference { quantity, from: from.text.to_owned(), to: to.text.to_owned() })
    }

    /// A half width in its unit.
    fn width(&self, number: &Number<'_>) -> Result<f64, ExpressionError> {
        let (width, is_share, half_range) = match self {
            Self::Statistic(statistic) => (statistic.value(number)?, statistic.is_share(), HALF_RANGE[0]),
            Self::Difference { quantity, .. } => {
                (quantity.value(number)?, quantity.is_share(), HALF_RANGE[1])
            }
        };
        // The first two looks would pass, whatever they show: 2 was written for 2pp.
        if is_share && width >= half_range {
            return Err(ExpressionError::Empty { column: number.column, width, target: self.to_string() });
        }
        Ok(width)
    }
}

impl FromStr for Until {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let mut cursor = Cursor::new(text, "rel_hw(mean(market_total_usd_2026)) < 1%");
        let width = cursor.word("`hw` or `rel_hw`")?;
        if !WIDTHS.contains(&width.text) {
            let (column, word) = (width.column, shown(width.text));
            return Err(ExpressionError::Word { column, word, known: WIDTHS, example: cursor.example });
        }
        cursor.symbol(&['('], "`(`")?;
        let target = Target::read(&mut cursor)?;
        cursor.symbol(&[')'], "`)`")?;
        cursor.symbol(&['<'], "`<`")?;
        let number = Number::read(&mut cursor)?;
        cursor.end()?;
        let column = number.column;
        let precision = match (width.text, number.suffix) {
            ("hw", _) => Precision::Absolute(target.width(&number)?),
            (_, Suffix::Points) => return Err(ExpressionError::Points { column, text: number.shown() }),
            _ => Precision::Relative(number.value),
        };
        let precision =
            precision.checked().map_err(|source| ExpressionError::Precision { column, source })?;
        Ok(Self { target, precision })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statistic(statistic) => statistic.fmt(f),
            Self::Difference { quantity, from, to } => write!(f, "diff(mean({quantity}), {from}, {to})"),
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision {
            Precision::Absolute(width) => write!(f, "hw({}) < {}", self.target, Written(width)),
            Precision::Relative(share) => write!(f, "rel_hw({}) < {}%", self.target, InPercent(share)),
        }
    }
}

impl TryFrom<String> for Until {
    type Error = ExpressionError;

    fn try_from(text: String) -> Result<Self, ExpressionError> {
        text.parse()
    }
}

impl From<Until> for String {
    fn from(until: Until) -> Self {
        until.to_string()
    }
}
