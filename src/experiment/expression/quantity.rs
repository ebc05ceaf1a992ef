//! A number that a study reports: a metric of a year.

use std::fmt;
use std::str::FromStr;

use super::cursor::{Cursor, Word, shown};
use super::error::ExpressionError;
use super::number::{Number, Suffix};
use crate::metrics::{METRICS, Metric, Unit, index_of};
use crate::scenario::nearest;

/// A metric of a year, such as `market_total_usd_2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    /// Place of the metric in [`METRICS`].
    pub metric: usize,
    /// Year.
    pub year: i32,
}

impl Quantity {
    /// Its metric; `None` for a place that is not in the list.
    pub fn metric(&self) -> Option<&'static Metric> {
        METRICS.get(self.metric)
    }

    /// The quantity, if it is of one of these years.
    ///
    /// # Errors
    /// [`ExpressionError::NotReported`] for another year.
    pub fn among(self, years: &[i32]) -> Result<Self, ExpressionError> {
        if years.contains(&self.year) {
            Ok(self)
        } else {
            Err(ExpressionError::NotReported { quantity: self, years: years.to_vec() })
        }
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, ExpressionError> {
        Self::of(cursor.word("a metric and its year")?)
    }

    fn of(Word { text, column }: Word<'_>) -> Result<Self, ExpressionError> {
        // Names of metrics hold underscores and digits themselves: what is a metric as a whole has no year.
        let parts = text.rsplit_once('_').filter(|(_, year)| year.bytes().all(|b| b.is_ascii_digit()));
        let (name, year) = if index_of(text).is_some() { (text, "") } else { parts.unwrap_or((text, "")) };
        let Some(metric) = index_of(name) else {
            let near = nearest(name, METRICS.iter().map(|metric| metric.name));
            let named = |near: &str| if year.is_empty() { near.to_owned() } else { format!("{near}_{year}") };
            let near = near.into_iter().map(named).collect();
            return Err(ExpressionError::Metric { column, name: shown(name), near });
        };
        let year = year.parse().ok().filter(|year| (1_000..=9_999).contains(year));
        let missing = || ExpressionError::Year { column, text: shown(text), metric: METRICS[metric].name };
        Ok(Self { metric, year: year.ok_or_else(missing)? })
    }

    fn unit(&self) -> Option<Unit> {
        self.metric().map(|metric| metric.unit)
    }

    /// Whether it lies between 0 and 1.
    pub(super) fn is_share(&self) -> bool {
        self.unit() == Some(Unit::Share)
    }

    /// A number in the unit of the quantity.
    pub(super) fn value(&self, number: &Number<'_>) -> Result<f64, ExpressionError> {
        match self.unit() {
            // A hundredth of a dollar is a slip of the pen for a relative precision, and it would never be reached.
            Some(unit) if number.suffix != Suffix::Plain && !matches!(unit, Unit::Share | Unit::Ratio) => {
                Err(ExpressionError::Share {
                    column: number.column,
                    text: number.shown(),
                    of: self.to_string(),
                    unit: unit.name(),
                })
            }
            _ => Ok(number.value),
        }
    }
}

impl FromStr for Quantity {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let mut cursor = Cursor::new(text, "market_total_usd_2026");
        let quantity = Self::read(&mut cursor)?;
        cursor.end()?;
        Ok(quantity)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.metric().map_or("unknown", |metric| metric.name), self.year)
    }
}
