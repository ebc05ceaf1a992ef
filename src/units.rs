//! Units in which a number must not be mistaken for another: simulated time, calendar dates, money.
//!
//! Time and money are integers, so that ties, sums and files are exact. Day 0 is 2025-01-01; what lies before it (the
//! warm-up) is negative.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use thiserror::Error;

mod date;

pub use date::{Date, DateError, Month};

/// Minutes in a day; days have no daylight saving and no leap seconds.
pub const MINUTES_PER_DAY: i64 = 1_440;

/// Micro-dollars in a dollar.
const MICROS_PER_USD: f64 = 1e6;

/// An instant of simulated time: whole minutes since 2025-01-01T00:00, negative before it.
///
/// Arithmetic stops at the ends of the range (17 trillion years away) instead of overflowing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimTime(i64);

impl SimTime {
    /// 2025-01-01T00:00.
    pub const ZERO: Self = Self(0);

    /// Takes minutes since 2025-01-01T00:00.
    pub const fn from_minutes(minutes: i64) -> Self {
        Self(minutes)
    }

    /// Takes the start of a day, counted from 2025-01-01.
    pub const fn from_days(day: i64) -> Self {
        Self(day.saturating_mul(MINUTES_PER_DAY))
    }

    /// Minutes since 2025-01-01T00:00.
    pub const fn minutes(self) -> i64 {
        self.0
    }

    /// Day in which the instant lies, counted from 2025-01-01; the minute before day 0 is in day −1.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(MINUTES_PER_DAY)
    }

    /// Minutes since the start of its day, `0..1440`.
    pub const fn minute_of_day(self) -> i64 {
        self.0.rem_euclid(MINUTES_PER_DAY)
    }

    /// The instant so many minutes later (earlier when negative).
    #[must_use]
    pub const fn add_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes))
    }

    /// The instant so many days later (earlier when negative).
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.add_minutes(days.saturating_mul(MINUTES_PER_DAY))
    }
}

impl fmt::Display for SimTime {
    /// ISO 8601 without seconds: `2025-01-01T00:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minute = self.minute_of_day();
        write!(f, "{}T{:02}:{:02}", Date::from_day(self.day()), minute / 60, minute % 60)
    }
}

/// Why a number is refused as an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum UnitError {
    /// Not a number, or infinite.
    #[error("{0} is not an amount of money")]
    NotFinite(f64),
    /// More than an amount can hold.
    #[error("{0} USD is beyond the 9.2 trillion USD that an amount can hold")]
    Overflow(f64),
}

/// US dollars in whole micro-dollars: sums are exact in any order.
///
/// An amount holds up to ±9.2 trillion USD; `+` and `-` past that overflow as those of integers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Usd(i64);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Takes micro-dollars.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Micro-dollars.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Takes dollars, rounded to the nearest micro-dollar, halves away from zero.
    ///
    /// # Errors
    ///
    /// When the number is NaN, infinite, or beyond what an amount can hold.
    pub fn try_from_f64(dollars: f64) -> Result<Self, UnitError> {
        if !dollars.is_finite() {
            return Err(UnitError::NotFinite(dollars));
        }
        let micros = (dollars * MICROS_PER_USD).round();
        // 2^63 is exact as a float and the first that an i64 cannot hold.
        if micros.abs() >= i64::MAX as f64 {
            return Err(UnitError::Overflow(dollars));
        }
        Ok(Self(micros as i64))
    }

    /// Dollars; exact to the micro-dollar up to 9 billion USD.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / MICROS_PER_USD
    }

    /// A part of the amount, rounded to the nearest micro-dollar, halves away from zero.
    ///
    /// `share` must be a finite number; it may exceed 1. Above 9 billion USD the part is exact to 1 in 2⁵³ only. What
    /// remains is best taken as `amount - amount.share(x)`, so that no micro-dollar is lost. A share that is not a
    /// number gives nothing.
    #[must_use]
    pub fn share(self, share: f64) -> Self {
        Self((self.0 as f64 * share).round() as i64)
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Usd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl SubAssign for Usd {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Neg for Usd {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Usd {
    /// `1.234567 USD`, all six decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:06} USD", micros / 1_000_000, micros % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_floored_on_both_sides_of_zero() {
        assert_eq!(SimTime::from_minutes(-1).day(), -1);
        assert_eq!(SimTime::from_minutes(0).day(), 0);
        assert_eq!(SimTime::from_minutes(1_439).day(), 0);
        assert_eq!(SimTime::from_days(-3).plus_days(5), SimTime::from_days(2));
        assert_eq!(SimTime::from_minutes(-1).to_string(), "2024-12-31T23:59");
    }

    #[test]
    fn money_rounds_halves_away_from_zero() {
        assert_eq!(Usd::try_from_f64(0.000_002_5), Ok(Usd(3)));
        assert_eq!(Usd::try_from_f64(-0.000_002_5), Ok(Usd(-3)));
        assert_eq!(Usd(5).share(0.5), Usd(3));
        assert_eq!(Usd(-5).share(0.5), Usd(-3));
        assert_eq!(Usd(1_234_567).share(1.0), Usd(1_234_567));
    }

    #[test]
    fn money_refuses_what_it_cannot_hold() {
        assert!(matches!(Usd::try_from_f64(f64::NAN), Err(UnitError::NotFinite(_))));
        assert!(matches!(Usd::try_from_f64(f64::NEG_INFINITY), Err(UnitError::NotFinite(_))));
        assert!(matches!(Usd::try_from_f64(9.3e12), Err(UnitError::Overflow(_))));
        assert!(matches!(Usd::try_from_f64(-1e300), Err(UnitError::Overflow(_))));
        assert!(Usd::try_from_f64(9.2e12).is_ok());
    }

    #[test]
    fn money_is_shown_with_all_decimals() {
        assert_eq!(Usd(1_234_567).to_string(), "1.234567 USD");
        assert_eq!(Usd(-5).to_string(), "-0.000005 USD");
        assert_eq!(Usd(i64::MIN).to_string(), "-9223372036854.775808 USD");
        assert_eq!([Usd(3), Usd(-1)].into_iter().sum::<Usd>(), Usd(2));
    }
}
