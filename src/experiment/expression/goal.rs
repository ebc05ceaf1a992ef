//! What a lever is to achieve: a statistic at a value.

use std::fmt;
use std::str::FromStr;

use super::cursor::Cursor;
use super::error::ExpressionError;
use super::number::{Number, Written};
use super::statistic::Statistic;

/// A statistic and the value that it should have, such as `p50(market_total_usd_2026) = 6e9`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// What is to be met.
    pub statistic: Statistic,
    /// In the unit of the statistic; of a probability, between 0 and 1.
    pub value: f64,
}

impl FromStr for Goal {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let mut cursor = Cursor::new(text, "p50(market_total_usd_2026) = 6e9");
        let statistic = Statistic::read(&mut cursor)?;
        cursor.symbol(&['='], "`=`")?;
        let number = Number::read(&mut cursor)?;
        let value = statistic.value(&number)?;
        cursor.end()?;
        if matches!(statistic, Statistic::Prob(_)) && !(value > 0.0 && value < 1.0) {
            return Err(ExpressionError::Probability { column: number.column, value });
        }
        Ok(Self { statistic, value })
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.statistic, Written(self.value))
    }
}
