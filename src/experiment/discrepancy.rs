//! What the model leaves out: an error of its own on the figures of a forecast, which grows with the horizon.
//!
//! # Model
//!
//! A figure y of month t is moved on its scale g, logarithm or log odds: g(y) + s z + r B(h). z is standard normal, B a Brownian
//! motion, h the years since the last month of which something was published, 0 before it: s is how far the model may be off
//! where it was fitted, r how much that grows in a year. One z and one B belong to each replication and *path*: figures of one
//! path move together, so that parts still make the whole, and paths move independently. A figure of a year is moved by the mean
//! over its months, or by what holds at its middle or end.
//!
//! It is put on results when they are summed up, never inside a run, whose money must balance.
//!
//! # Source
//!
//! M. C. Kennedy, A. O'Hagan, *Bayesian Calibration of Computer Models*, JRSS B 63 (2001), for an error of the model beside that
//! of its parameters. That it grows like a random walk, and how fast, is ours: `configs/facts/discrepancy.csv`.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::diagnostic::nearest;
use crate::metrics::{METRICS, index_of};
use crate::rng::Streams;
use crate::units::{DateError, Month};

/// How far the model may be off, embedded: `configs/facts/discrepancy.csv`.
const DISCREPANCY: &str = include_str!("../../configs/facts/discrepancy.csv");
/// Names the streams of the paths; the entity is the path, so that no other path moves when one is added at the end.
const PATHS: u64 = 0x4449_5343_5245_5041;
/// Months of a year.
const MONTHS: i64 = 12;

/// On which scale a figure is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scale {
    /// Its logarithm, for what is positive.
    Log,
    /// Its log odds, for what lies between 0 and 1.
    Logit,
}

/// Which part of a year a figure of the year tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    /// All of it.
    Mean,
    /// Its sixth month.
    Middle,
    /// Its last month.
    End,
}

/// A row of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    metric: String,
    path: String,
    scale: Scale,
    of: Of,
    sd_known: f64,
    sd_per_sqrt_year: f64,
    known_until: String,
    #[serde(rename = "basis")]
    _basis: String,
    source: String,
}

/// How one metric is moved.
#[derive(Debug, Clone, PartialEq)]
struct Moved {
    path: u64,
    scale: Scale,
    of: Of,
    sd_known: f64,
    sd_per_sqrt_year: f64,
    known_until: Month,
}

/// How far the model may be off, metric by metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Discrepancy {
    seed: u64,
    moved: BTreeMap<usize, Moved>,
}

/// A table of discrepancies that cannot be used.
#[derive(Debug, Error)]
pub enum DiscrepancyError {
    /// A row that cannot be read.
    #[error("the table of discrepancies cannot be read")]
    Table(#[from] csv::Error),
    /// A row that says something impossible.
    #[error("discrepancy of `{metric}`: {message}")]
    Row {
        /// Which.
        metric: String,
        /// What is wrong, and what it should be.
        message: String,
    },
}

impl Discrepancy {
    /// What comes with the program, with the chance of master seed `seed`.
    ///
    /// # Errors
    /// None as long as the embedded table can be read, which a test asserts.
    pub fn shipped(seed: u64) -> Result<Self, DiscrepancyError> {
        Self::read(DISCREPANCY, seed)
    }

    /// Reads a table in the form of the shipped one.
    ///
    /// # Errors
    /// A row that does not fit; a metric that does not exist or comes twice; deviations that are negative; a month that is none.
    pub fn read(text: &str, seed: u64) -> Result<Self, DiscrepancyError> {
        let (mut moved, mut paths) = (BTreeMap::new(), Vec::new());
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let row: Row = row?;
            let wrong = |message: String| DiscrepancyError::Row { metric: row.metric.clone(), message };
            let metric = index_of(&row.metric).ok_or_else(|| {
                let near = nearest(&row.metric, METRICS.iter().map(|metric| metric.name));
                wrong(near.first().map_or_else(
                    || "there is no such metric".into(),
                    |near| format!("there is no such metric; did you mean `{near}`?"),
                ))
            })?;
            for (name, sd) in [("sd_known", row.sd_known), ("sd_per_sqrt_year", row.sd_per_sqrt_year)] {
                if !(sd.is_finite() && sd >= 0.0) {
                    return Err(wrong(format!("{name} is {sd}; give a number from 0")));
                }
            }
            if row.source.is_empty() {
                return Err(wrong("source is missing; say where the deviations come from".into()));
            }
            let known_until = row.known_until.parse().map_err(|error: DateError| wrong(error.to_string()))?;
            let path = paths.iter().position(|path| *path == row.path).unwrap_or_else(|| {
                paths.push(row.path.clone());
                paths.len() - 1
            });
            let (scale, of, sd_known, sd_per_sqrt_year) =
                (row.scale, row.of, row.sd_known, row.sd_per_sqrt_year);
            let one = Moved { path: path as u64, scale, of, sd_known, sd_per_sqrt_year, known_until };
            if moved.insert(metric, one).is_some() {
                return Err(wrong("stands there twice".into()));
            }
        }
        Ok(Self { seed, moved })
    }

    /// The same as if nothing later than a month were known.
    #[must_use]
    pub fn known_until(mut self, month: Month) -> Self {
        self.moved.values_mut().for_each(|moved| moved.known_until = month);
        self
    }

    /// Moves the figures of a year, one of each job, in their order. Others than listed metrics stay as they are.
    pub fn year(&self, jobs: &[u64], metric: usize, year: i32, values: &mut [f64]) {
        let Some(moved) = self.moved.get(&metric) else { return };
        let months: Vec<Month> = match moved.of {
            Of::Mean => (1..=12).collect::<Vec<u8>>(),
            Of::Middle => vec![6],
            Of::End => vec![12],
        }
        .into_iter()
        .filter_map(|month| Month::try_new(year, month).ok())
        .collect();
        self.apply(moved, jobs, &months, values);
    }

    /// Moves figures of some months together, such as a half of a year, one of each job, in their order.
    pub fn months(&self, jobs: &[u64], metric: usize, months: &[Month], values: &mut [f64]) {
        let Some(moved) = self.moved.get(&metric) else { return };
        self.apply(moved, jobs, months, values);
    }

    fn apply(&self, moved: &Moved, jobs: &[u64], months: &[Month], values: &mut [f64]) {
        for (job, value) in jobs.iter().zip(values) {
            let shift = self.shift(moved, *job, months);
            *value = match moved.scale {
                Scale::Log => *value * shift.exp(),
                // y eˢ / (1 − y + y eˢ): the odds times eˢ; 0 and 1 stay.
                Scale::Logit => *value * shift.exp() / (1.0 - *value + *value * shift.exp()),
            };
        }
    }

    /// Mean over the months of s z + r B, on the scale of the figure.
    fn shift(&self, moved: &Moved, job: u64, months: &[Month]) -> f64 {
        let mut stream = Streams::new(self.seed, job).open(PATHS, moved.path, 0);
        let known = moved.sd_known * stream.normal();
        let step = moved.sd_per_sqrt_year / (MONTHS as f64).sqrt();
        let ahead = |month: &Month| month.index_from(moved.known_until).max(0);
        let last = months.iter().map(ahead).max().unwrap_or(0);
        let (mut walked, mut sum) = (0.0, 0.0);
        for at in 0..=last {
            if at > 0 {
                walked += step * stream.normal();
            }
            sum += walked * months.iter().filter(|month| ahead(month) == at).count() as f64;
        }
        known + sum / months.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a table that cannot be read has failed the test")]

    use super::*;
    use crate::stats::{mean, sample_sd};

    const HEAD: &str = "metric,path,scale,of,sd_known,sd_per_sqrt_year,known_until,basis,source\n";

    fn jobs() -> Vec<u64> {
        (0..4_000).collect()
    }

    /// Deviation of what a metric is moved by, on the log scale, with its relative chance error 1/√(2n).
    fn deviation(of: &Discrepancy, metric: &str, at: Month) -> f64 {
        let mut values = vec![1.0; jobs().len()];
        of.months(&jobs(), index_of(metric).unwrap(), &[at], &mut values);
        sample_sd(&values.iter().map(|x| x.ln()).collect::<Vec<f64>>()).unwrap()
    }

    #[test]
    fn the_shipped_table_is_readable_and_known_figures_are_off_by_their_model_error() {
        let shipped = Discrepancy::shipped(1).unwrap();
        let facts = crate::scenario::facts(crate::scenario::FACTS).unwrap();
        for (metric, moved) in shipped.moved.iter().filter(|(_, moved)| moved.scale == Scale::Log) {
            let name = METRICS[*metric].name;
            let fact = facts.iter().find(|fact| fact.metric == name && fact.role == "fit");
            if let Some(sd) = fact.and_then(|fact| fact.sd_model) {
                assert!((moved.sd_known - sd).abs() < 1e-12, "{name}: {} and {sd}", moved.sd_known);
            }
        }
    }

    #[test]
    fn the_error_is_flat_where_figures_are_known_and_grows_with_the_root_of_the_horizon() {
        let of =
            Discrepancy::read(&(HEAD.to_owned() + "iap_usd,a,log,mean,0.03,0.1,2025-12,J,x\n"), 5).unwrap();
        let error = 5.0 / (2.0 * jobs().len() as f64).sqrt();
        for (month, expected) in [
            ("2025-01", 0.03),
            ("2025-12", 0.03),
            ("2026-12", 0.1_f64.hypot(0.03)),
            ("2029-12", 0.2_f64.hypot(0.03)),
        ] {
            let found = deviation(&of, "iap_usd", month.parse().unwrap());
            assert!((found / expected - 1.0).abs() < error, "{month}: {found} for {expected}");
        }
        // Half a year earlier the same month is half a year farther.
        let earlier = of.known_until("2025-06".parse().unwrap());
        let found = deviation(&earlier, "iap_usd", "2025-12".parse().unwrap());
        assert!((found / 0.005_f64.sqrt().hypot(0.03) - 1.0).abs() < error, "{found}");
    }

    #[test]
    fn a_year_is_moved_by_the_mean_of_its_months_and_parts_make_the_whole() {
        let text = "market_total_usd,a,log,mean,0.02,0.1,2025-12,J,x\niap_usd,a,log,mean,0.02,0.1,2025-12,J,x\n\
                    downloads,b,log,mean,0.02,0.1,2025-12,J,x\n";
        let of = Discrepancy::read(&(HEAD.to_owned() + text), 5).unwrap();
        let moved = |metric: &str, value: f64| {
            let mut values = vec![value; jobs().len()];
            of.year(&jobs(), index_of(metric).unwrap(), 2026, &mut values);
            values
        };
        let (whole, part, other) =
            (moved("market_total_usd", 4.0), moved("iap_usd", 1.0), moved("downloads", 1.0));
        assert!(whole.iter().zip(&part).all(|(whole, part)| (whole / part - 4.0).abs() < 1e-12));
        // The mean of a random walk over its first n of n steps has variance (n + 1)(2n + 1)/(6n) of one step.
        let expected = (0.02_f64.powi(2) + 0.01 / 12.0 * 13.0 * 25.0 / 72.0).sqrt();
        let logs = |values: &[f64]| values.iter().map(|x| x.ln()).collect::<Vec<f64>>();
        let found = sample_sd(&logs(&part)).unwrap();
        let error = 5.0 / (2.0 * jobs().len() as f64).sqrt();
        assert!((found / expected - 1.0).abs() < error, "{found} for {expected}");
        let (a, b) = (logs(&part), logs(&other));
        let product: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a * b).collect();
        let correlation = mean(&product).unwrap() / (found * sample_sd(&b).unwrap());
        assert!(
            correlation.abs() < 5.0 / (jobs().len() as f64).sqrt(),
            "paths are independent: {correlation}"
        );
    }

    #[test]
    fn shares_stay_shares_and_what_is_not_listed_stays() {
        let of = Discrepancy::shipped(3).unwrap();
        let mut shares = vec![0.85, 0.0, 1.0];
        of.year(&[0, 1, 2], index_of("cr20").unwrap(), 2030, &mut shares);
        assert!(shares[0] > 0.0 && shares[0] < 1.0 && (shares[0] - 0.85).abs() > 1e-6, "{shares:?}");
        assert_eq!(shares[1..], [0.0, 1.0]);
        let mut ratio = vec![0.7];
        of.year(&[0], index_of("spend_share").unwrap(), 2026, &mut ratio);
        assert_eq!(ratio, [0.7]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let told = |row: &str| Discrepancy::read(&(HEAD.to_owned() + row), 0).unwrap_err().to_string();
        assert!(told("iap_usdd,a,log,mean,0.1,0.1,2025-12,J,x\n").contains("did you mean `iap_usd`"));
        assert!(told("iap_usd,a,log,mean,-0.1,0.1,2025-12,J,x\n").contains("sd_known is -0.1"));
        assert!(told("iap_usd,a,log,mean,0.1,0.1,2025-13,J,x\n").contains("13"));
        assert!(told("iap_usd,a,log,mean,0.1,0.1,2025-12,J,\n").contains("source is missing"));
        let twice = "iap_usd,a,log,mean,0.1,0.1,2025-12,J,x\n".repeat(2);
        assert!(told(&twice).contains("twice"));
    }
}
