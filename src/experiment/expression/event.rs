//! Something that happens or not: a quantity above or below a threshold.

use std::fmt;
use std::str::FromStr;

use super::cursor::Cursor;
use super::error::ExpressionError;
use super::number::{Number, Written};
use super::quantity::Quantity;
use crate::stats::Estimand;

/// A quantity strictly above or strictly below a threshold, such as `cr20_2026 < 80%`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// What is compared.
    pub quantity: Quantity,
    /// Whether it must lie above the threshold, otherwise below.
    pub above: bool,
    /// In the unit of the quantity.
    pub threshold: f64,
}

impl Event {
    /// Whether a value of the quantity makes it happen.
    pub fn holds(&self, value: f64) -> bool {
        if self.above { value > self.threshold } else { value < self.threshold }
    }

    /// Its probability as what is estimated from values of the quantity.
    pub fn estimand(&self) -> Estimand {
        if self.above { Estimand::Above(self.threshold) } else { Estimand::Below(self.threshold) }
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, ExpressionError> {
        let quantity = Quantity::read(cursor)?;
        let above = cursor.symbol(&['>', '<'], "`>` or `<`")? == '>';
        let threshold = quantity.value(&Number::read(cursor)?)?;
        Ok(Self { quantity, above, threshold })
    }
}

impl FromStr for Event {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let mut cursor = Cursor::new(text, "market_total_usd_2026 > 5e9");
        let event = Self::read(&mut cursor)?;
        cursor.end()?;
        Ok(event)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.above { '>' } else { '<' };
        write!(f, "{} {sign} {}", self.quantity, Written(self.threshold))
    }
}
