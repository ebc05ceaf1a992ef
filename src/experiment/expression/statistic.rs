//! What is said of a quantity over all replications: its mean, a quantile, the probability of an event.

use std::fmt;
use std::str::FromStr;

use super::cursor::{Cursor, Word, shown};
use super::error::ExpressionError;
use super::event::Event;
use super::number::{InPercent, Number, decimal};
use super::quantity::Quantity;
use super::sample::Sample;
use crate::stats::{Estimand, Interval};

/// A number that a forecast states, such as `p95(market_total_usd_2026)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// The mean.
    Mean(Quantity),
    /// The quantile at a probability between 0 and 1.
    Quantile(f64, Quantity),
    /// The probability of an event.
    Prob(Event),
}

/// Words that a statistic begins with, and the first of all quantiles.
const STATISTICS: &[&str] = &["mean", "prob", "p2.5", "p50", "p95"];

impl Statistic {
    /// The quantity whose values it is made of.
    pub fn quantity(&self) -> Quantity {
        match self {
            Self::Mean(quantity) | Self::Quantile(_, quantity) => *quantity,
            Self::Prob(event) => event.quantity,
        }
    }

    /// What is estimated from values of the quantity.
    pub fn estimand(&self) -> Estimand {
        match self {
            Self::Mean(_) => Estimand::Mean,
            Self::Quantile(p, _) => Estimand::Quantile(*p),
            Self::Prob(event) => event.estimand(),
        }
    }

    /// Its estimate and interval; see [`Sample::estimate`].
    pub fn estimate(
        &self,
        sample: &Sample<'_>,
        n_units: usize,
        level: f64,
    ) -> Option<(f64, Option<Interval>)> {
        sample.estimate(self.estimand(), n_units, level)
    }

    /// Whether it lies between 0 and 1.
    pub(super) fn is_share(&self) -> bool {
        matches!(self, Self::Prob(_)) || self.quantity().is_share()
    }

    /// A number in the unit of the statistic.
    pub(super) fn value(&self, number: &Number<'_>) -> Result<f64, ExpressionError> {
        match self {
            Self::Mean(quantity) | Self::Quantile(_, quantity) => quantity.value(number),
            Self::Prob(_) => Ok(number.value),
        }
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, ExpressionError> {
        let word = cursor.word("a statistic")?;
        Self::read_after(word, cursor)
    }

    /// Reads what is behind the first word.
    pub(super) fn read_after(word: Word<'_>, cursor: &mut Cursor<'_>) -> Result<Self, ExpressionError> {
        let Word { text, column } = word;
        let percent = text
            .strip_prefix('p')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '-'));
        if !["mean", "prob"].contains(&text) && percent.is_none() {
            let (word, example) = (shown(text), cursor.example);
            return Err(ExpressionError::Word { column, word, known: STATISTICS, example });
        }
        let p = match percent {
            Some(percent) => decimal(percent, -2)
                .filter(|p| *p > 0.0 && *p < 1.0)
                .ok_or_else(|| ExpressionError::Quantile { column, text: shown(text) })?,
            None => 0.0,
        };
        cursor.symbol(&['('], "`(`")?;
        let statistic = match (text, percent) {
            ("prob", _) => Self::Prob(Event::read(cursor)?),
            (_, Some(_)) => Self::Quantile(p, Quantity::read(cursor)?),
            _ => Self::Mean(Quantity::read(cursor)?),
        };
        cursor.symbol(&[')'], "`)`")?;
        Ok(statistic)
    }
}

impl FromStr for Statistic {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let mut cursor = Cursor::new(text, "p50(market_total_usd_2026)");
        let statistic = Self::read(&mut cursor)?;
        cursor.end()?;
        Ok(statistic)
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mean(quantity) => write!(f, "mean({quantity})"),
            Self::Quantile(p, quantity) => write!(f, "p{}({quantity})", InPercent(*p)),
            Self::Prob(event) => write!(f, "prob({event})"),
        }
    }
}
