//! Months as the charts need them: parsed from keys, counted, named, and the monthly series of a metric.

use crate::experiment::{Estimate, Summary};

use super::{ChartError, missing};

/// A month of the calendar, counted in months since year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i32);

const NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Month {
    /// Reads `2025-01`.
    pub(crate) fn parse(key: &str) -> Option<Self> {
        let (year, month) = key.split_once('-')?;
        let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let month: i32 = month.parse().ok()?;
        (1..=12).contains(&month).then_some(Self(year.parse::<i32>().ok()? * 12 + month - 1))
    }

    pub(crate) fn january(year: i32) -> Self {
        Self(year * 12)
    }

    pub(crate) fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 0 for January.
    pub(crate) fn of_year(self) -> i32 {
        self.0.rem_euclid(12)
    }

    pub(crate) fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// Months from `other` to this one; negative when this one is earlier.
    pub(crate) fn since(self, other: Self) -> i32 {
        self.0 - other.0
    }

    /// `2025-01`.
    pub(crate) fn key(self) -> String {
        format!("{:04}-{:02}", self.year(), self.of_year() + 1)
    }

    /// `Jan 2025`.
    pub(crate) fn name(self) -> String {
        format!("{} {}", NAMES[self.of_year() as usize], self.year())
    }
}

/// A metric month by month; a month that the summary does not have is a gap, not a zero.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) first: Month,
    pub(crate) estimates: Vec<Option<Estimate>>,
}

impl Series {
    /// The monthly series of a metric.
    pub(crate) fn of(summary: &Summary, metric: &str) -> Result<Self, ChartError> {
        let by_month = summary.monthly.get(metric).ok_or_else(|| missing(format!("monthly {metric}")))?;
        let months: Vec<(Month, Estimate)> =
            by_month.iter().filter_map(|(key, e)| Some((Month::parse(key)?, *e))).collect();
        // Keys of a sorted map are in order of time as long as years have four digits, which `parse` demands.
        let (Some(&(first, _)), Some(&(last, _))) = (months.first(), months.last()) else {
            return Err(missing(format!("month of {metric}")));
        };
        let mut estimates = vec![None; last.since(first) as usize + 1];
        for (month, estimate) in months {
            estimates[month.since(first) as usize] = Some(estimate);
        }
        Ok(Self { first, estimates })
    }

    /// Every number times a factor.
    pub(crate) fn scaled(mut self, factor: f64) -> Self {
        for e in self.estimates.iter_mut().flatten() {
            let quantiles =
                [&mut e.mean, &mut e.p2_5, &mut e.p10, &mut e.p25, &mut e.p50, &mut e.p75, &mut e.p90];
            quantiles.into_iter().for_each(|q| *q *= factor);
            e.p97_5 *= factor;
            for error in [&mut e.mcse, &mut e.p50_mcse, &mut e.p10_mcse, &mut e.p90_mcse, &mut e.sd] {
                *error = error.map(|x| x * factor);
            }
        }
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.estimates.len()
    }

    /// First and last month that have numbers.
    pub(crate) fn ends(&self) -> Option<((Month, Estimate), (Month, Estimate))> {
        let mut there = self.months().filter_map(|(m, e)| Some((m, e?)));
        let first = there.next()?;
        Some((first, there.last().unwrap_or(first)))
    }

    /// Every month of the range with its numbers, if it has any.
    pub(crate) fn months(&self) -> impl Iterator<Item = (Month, Option<Estimate>)> + '_ {
        self.estimates.iter().enumerate().map(|(i, e)| (self.first.plus(i as i32), *e))
    }
}

/// The year that the model was fitted to: the latest year of a `fit` target.
pub(crate) fn calibration_year(summary: &Summary) -> Option<i32> {
    let year = |text: &str| text.get(..4).and_then(|y| y.parse::<i32>().ok());
    summary.targets.iter().filter(|t| t.role == "fit").filter_map(|t| year(&t.year)).max()
}

/// The latest whole year of a metric.
pub(crate) fn last_year<'s>(summary: &'s Summary, metric: &str) -> Option<(&'s str, &'s Estimate)> {
    let years = summary.metrics.get(metric)?;
    years
        .iter()
        .rfind(|(y, _)| y.len() == 4 && y.bytes().all(|b| b.is_ascii_digit()))
        .map(|(y, e)| (y.as_str(), e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_parsed_counted_and_named() {
        let month = Month::parse("2025-11").unwrap();
        assert_eq!((month.year(), month.of_year()), (2025, 10));
        assert_eq!(month.plus(2).key(), "2026-01");
        assert_eq!(month.plus(2).name(), "Jan 2026");
        assert_eq!(month.plus(2).since(month), 2);
        for wrong in ["2025", "2025-13", "2025-00", "25-01", "2025-1", "2025-01-01", "+025-01", ""] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }
}
