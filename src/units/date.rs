//! Dates and months of the civil calendar, and their day numbers counted from 2025-01-01.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Why a date or a month is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DateError {
    /// Years are written with four digits.
    #[error("year {0} is outside 0..=9999")]
    Year(i32),
    /// There are twelve months.
    #[error("month {0} is outside 1..=12")]
    Month(u8),
    /// The month is shorter, or the day is 0.
    #[error("{year:04}-{month:02} has no day {day}")]
    Day {
        /// Year.
        year: i32,
        /// Month, 1 to 12.
        month: u8,
        /// The day that does not exist.
        day: u8,
    },
    /// The text has another form.
    #[error("{text:?} is not of the form {form}")]
    Form {
        /// What was read.
        text: String,
        /// What was expected.
        form: &'static str,
    },
}

/// A date of the (proleptic) Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

/// Days from 0000-03-01, where the algorithm counts from, to 2025-01-01.
const EPOCH_SHIFT: i64 = 739_557;
/// Days in 400 years, after which the calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;

impl Date {
    /// Makes a date that exists.
    ///
    /// # Errors
    ///
    /// When the year is outside `0..=9999`, or the month or the day does not exist.
    pub fn try_new(year: i32, month: u8, day: u8) -> Result<Self, DateError> {
        let n_days = Month::try_new(year, month)?.n_days();
        if day == 0 || i64::from(day) > n_days {
            return Err(DateError::Day { year, month, day });
        }
        Ok(Self { year, month, day })
    }

    /// Year.
    pub const fn year(self) -> i32 {
        self.year
    }

    /// Month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Day of the month, from 1.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Days since 2025-01-01, negative before it.
    ///
    /// Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`: years start in March, so that
    /// the leap day is the last of its year.
    pub const fn to_day(self) -> i64 {
        let year = self.year as i64 - (self.month <= 2) as i64;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (self.month as i64 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT
    }

    /// The date so many days after 2025-01-01 (Hinnant's `civil_from_days`); inverse of [`Date::to_day`].
    ///
    /// Years that an `i32` cannot hold stop at its ends: the model never gets there, and a date is only shown.
    pub fn from_day(day: i64) -> Self {
        let shifted = day.saturating_add(EPOCH_SHIFT);
        let era = shifted.div_euclid(DAYS_PER_ERA);
        let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self {
            year: year.clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            month: month as u8,
            day: (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u8,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = DateError;

    /// Reads `2025-01-01`.
    fn from_str(text: &str) -> Result<Self, DateError> {
        match digits(text, "YYYY-MM-DD")?[..] {
            [year, month, day] => Self::try_new(year, month as u8, day as u8),
            _ => Err(DateError::Form { text: text.to_owned(), form: "YYYY-MM-DD" }),
        }
    }
}

/// Reads the numbers of a text that has a digit where `form` has a letter, and is equal to it elsewhere.
fn digits(text: &str, form: &'static str) -> Result<Vec<i32>, DateError> {
    let fits = text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(t, f)| if f == b'-' { t == f } else { t.is_ascii_digit() });
    let numbers = fits.then(|| text.split('-').map_while(|part| part.parse().ok()).collect());
    numbers.ok_or_else(|| DateError::Form { text: text.to_owned(), form })
}

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u8,
}

impl Month {
    /// Makes a month that exists.
    ///
    /// # Errors
    ///
    /// When the year is outside `0..=9999` or the month outside `1..=12`.
    pub fn try_new(year: i32, month: u8) -> Result<Self, DateError> {
        if !(0..=9_999).contains(&year) {
            return Err(DateError::Year(year));
        }
        if !(1..=12).contains(&month) {
            return Err(DateError::Month(month));
        }
        Ok(Self { year, month })
    }

    /// The month in which a day lies, counted from 2025-01-01.
    pub fn of_day(day: i64) -> Self {
        let date = Date::from_day(day);
        Self { year: date.year, month: date.month }
    }

    /// Year.
    pub const fn year(self) -> i32 {
        self.year
    }

    /// Month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Its first day, counted from 2025-01-01.
    pub const fn first_day(self) -> i64 {
        Date { year: self.year, month: self.month, day: 1 }.to_day()
    }

    /// Its length in days, 28 to 31.
    pub const fn n_days(self) -> i64 {
        self.next().first_day() - self.first_day()
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year.saturating_add(1), month: 1 },
            month => Self { year: self.year, month: month + 1 },
        }
    }

    /// Months from `start` to it; negative when it is earlier.
    pub const fn index_from(self, start: Self) -> i64 {
        (self.year as i64 - start.year as i64) * 12 + self.month as i64 - start.month as i64
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = DateError;

    /// Reads `2025-01`.
    fn from_str(text: &str) -> Result<Self, DateError> {
        match digits(text, "YYYY-MM")?[..] {
            [year, month] => Self::try_new(year, month as u8),
            _ => Err(DateError::Form { text: text.to_owned(), form: "YYYY-MM" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates() {
        // Day numbers from 1970-01-01 of Unix time, shifted by 20 089 days to 2025-01-01.
        for (text, day) in [
            ("1970-01-01", -20_089),
            ("2000-02-29", 11_016 - 20_089),
            ("2024-12-31", -1),
            ("2025-01-01", 0),
            ("2025-12-31", 364),
            ("2028-02-29", 1_154),
            ("2038-01-19", 24_855 - 20_089),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.to_day(), day, "{text}");
            assert_eq!(Date::from_day(day), date);
            assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn successive_days_are_successive_dates() {
        // 800 years: both kinds of century, each date once.
        let mut date = Date::from_day(-150_000);
        for day in -149_999..150_000 {
            let next = Date::from_day(day);
            let same_month = (next.year, next.month, next.day) == (date.year, date.month, date.day + 1);
            let month = Month { year: date.year, month: date.month };
            let new_month =
                next.day == 1 && month.next() == Month::of_day(day) && i64::from(date.day) == month.n_days();
            assert!(same_month || new_month, "{date} then {next}");
            assert_eq!(next.to_day(), day);
            date = next;
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        assert_eq!("2025-02-29".parse::<Date>(), Err(DateError::Day { year: 2025, month: 2, day: 29 }));
        assert_eq!("2025-13-01".parse::<Date>(), Err(DateError::Month(13)));
        assert_eq!(Date::try_new(10_000, 1, 1), Err(DateError::Year(10_000)));
        assert_eq!(Date::try_new(2025, 1, 0), Err(DateError::Day { year: 2025, month: 1, day: 0 }));
        for text in ["", "2025-1-1", "2025-01-01 ", "+025-01-01", "2025/01/01", "２０２5"] {
            assert!(matches!(text.parse::<Date>(), Err(DateError::Form { .. })), "{text}");
        }
    }

    #[test]
    fn months() {
        let start: Month = "2025-01".parse().unwrap();
        assert_eq!(start.first_day(), 0);
        assert_eq!("2028-02".parse::<Month>().unwrap().n_days(), 29);
        assert_eq!("2100-02".parse::<Month>().unwrap().n_days(), 28);
        assert_eq!(Month::of_day(364).next().to_string(), "2026-01");
        assert_eq!(Month::of_day(365).index_from(start), 12);
        assert_eq!(Month::of_day(-1).index_from(start), -1);
        assert!(Month::of_day(-1) < start);
    }
}
