//! Two runs side by side: how far apart their means and medians are, and how surely.
//!
//! # Model
//! Where both runs simulated the same replications of the same seed, every job of one has a partner in the other that shares
//! its chance, and only the difference within pairs counts: what both share falls out. Else the errors of both add up.
//!
//! The error of a mean is that of its influences x − x̄, the error of a median that of (1{x > m} − ½)/f, with 1/f taken from
//! the order statistics around the median. Influences are added within what is independent before they are squared: within
//! a draw where each has replications of its own, within a replication where draws share them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use super::folder::{Begun, StudyFolder};
use super::results::StudyResults;
use crate::experiment::study::Design;
use crate::experiment::{Columns, Estimate};
use crate::metrics::METRICS;
use crate::stats::{mean, quantile, quantile_mcse};
use crate::store::{STUDY_FILE, SUMMARY_FILE, StoreError, read_summary};

/// The second number less the first, and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Of the first run.
    pub first: f64,
    /// Of the second run.
    pub second: f64,
    /// Standard error of the difference; none with a single replication.
    pub error: Option<f64>,
}

impl Difference {
    /// The second less the first.
    pub fn by(&self) -> f64 {
        self.second - self.first
    }

    /// The difference in standard errors; none without an error.
    pub fn z(&self) -> Option<f64> {
        self.error.filter(|error| *error > 0.0).map(|error| self.by() / error)
    }
}

/// A metric of a year in both runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Name of the scenario in the second run.
    pub scenario: String,
    /// Place in [`METRICS`].
    pub metric: usize,
    /// Year.
    pub year: i32,
    /// Pairs that share their chance; 0 when the runs were compared as a whole.
    pub pairs: usize,
    /// Difference of the means.
    pub mean: Difference,
    /// Difference of the medians.
    pub median: Difference,
    /// Whether every value of one run is that of its partner, bit by bit.
    pub identical: bool,
}

/// Two runs side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDifference {
    /// Whether the files of results are the same, byte by byte.
    pub identical: bool,
    /// Metrics that both have.
    pub rows: Vec<Compared>,
}

/// Compares the results of two runs: job by job where both are studies, else what their summaries say.
///
/// # Errors
/// [`StoreError::NotARun`] for a folder without results; files that are damaged or cannot be read.
pub fn compare_runs(first: &Path, second: &Path) -> Result<RunDifference, StoreError> {
    if !(first.join(STUDY_FILE).exists() && second.join(STUDY_FILE).exists()) {
        return compare_summaries(first, second);
    }
    let (a, b) = (StudyFolder::read(first)?, StudyFolder::read(second)?);
    let files = |begun: &Begun<IgnoredAny>| [begun.folder.results(), begun.folder.series()].concat();
    let mut rows = Vec::new();
    for (of_a, of_b) in partners(&a.design, &b.design) {
        let (x, y) = (Sample::of(&a, of_a)?, Sample::of(&b, of_b)?);
        let pairs = if a.design.seed == b.design.seed { x.pairs(&y) } else { Vec::new() };
        let name = &b.design.variants[of_b as usize].name;
        for metric in 0..METRICS.len() {
            for year in x.years.iter().filter(|year| y.years.contains(year)) {
                let (Some(these), Some(those)) = (x.values(metric, *year), y.values(metric, *year)) else {
                    continue;
                };
                rows.extend(compared(name, metric, *year, (&x, these), (&y, those), &pairs));
            }
        }
    }
    Ok(RunDifference { identical: same_files(&files(&a), &files(&b))?, rows })
}

/// Variants of two designs that are compared: those of one name, or the only ones.
fn partners(a: &Design, b: &Design) -> Vec<(u32, u32)> {
    if a.variants.len() == 1 && b.variants.len() == 1 {
        return vec![(0, 0)];
    }
    let place = |name: &str| b.variants.iter().position(|variant| variant.name == name);
    let found = (0..).zip(&a.variants).filter_map(|(k, variant)| Some((k, place(&variant.name)? as u32)));
    found.collect()
}

/// What the jobs of one scenario brought.
struct Sample {
    years: Vec<i32>,
    /// Draw and replication of each job.
    keys: Vec<(u32, u64)>,
    /// What is independent of what, for each job.
    units: Vec<u64>,
    /// By metric, year and job.
    columns: Vec<Vec<Vec<f64>>>,
}

impl Sample {
    fn of(begun: &Begun<IgnoredAny>, variant: u32) -> Result<Self, StoreError> {
        let results = StudyResults::of(&begun.folder, &begun.design, |_, job| job.variant == variant)?;
        let jobs = results.jobs().iter().filter_map(|job| begun.design.jobs.get(*job as usize));
        let keys: Vec<(u32, u64)> = jobs.map(|job| (job.draw, job.replication)).collect();
        let draws: BTreeSet<u32> = keys.iter().map(|key| key.0).collect();
        let replications: BTreeSet<u64> = keys.iter().map(|key| key.1).collect();
        let nested = draws.len() > 1 && replications.len() == keys.len();
        let units = keys.iter().map(|key| if nested { u64::from(key.0) } else { key.1 }).collect();
        Ok(Self { years: results.years(), keys, units, columns: results.yearly(0..METRICS.len())? })
    }

    /// Values of a metric in a year; none where a job has none, as in the first year of what looks back.
    fn values(&self, metric: usize, year: i32) -> Option<&[f64]> {
        let place = self.years.iter().position(|y| *y == year)?;
        let values = self.columns.get(metric)?.get(place)?;
        (!values.is_empty() && values.iter().all(|x| x.is_finite())).then_some(values.as_slice())
    }

    /// Places of jobs that share their chance; none when too few do: a whole then tells more than its pairs.
    fn pairs(&self, other: &Self) -> Vec<(usize, usize)> {
        let places: BTreeMap<_, usize> =
            other.keys.iter().enumerate().map(|(place, key)| (*key, place)).collect();
        let found = self.keys.iter().enumerate().filter_map(|(place, key)| Some((place, *places.get(key)?)));
        let pairs: Vec<_> = found.collect();
        if 2 * pairs.len() >= self.keys.len().min(other.keys.len()) { pairs } else { Vec::new() }
    }
}

fn compared(
    scenario: &str,
    metric: usize,
    year: i32,
    (x, these): (&Sample, &[f64]),
    (y, those): (&Sample, &[f64]),
    pairs: &[(usize, usize)],
) -> Option<Compared> {
    let (a, b, units): (Vec<f64>, Vec<f64>, Vec<u64>) = if pairs.is_empty() {
        (these.to_vec(), those.to_vec(), Vec::new())
    } else {
        (
            pairs.iter().map(|pair| these[pair.0]).collect(),
            pairs.iter().map(|pair| those[pair.1]).collect(),
            pairs.iter().map(|pair| x.units[pair.0]).collect(),
        )
    };
    let difference = |of: fn(&[f64]) -> Option<Statistic>| {
        let (first, second) = (of(&a)?, of(&b)?);
        let error = if pairs.is_empty() {
            let errors = clustered(&first.influences, &x.units).zip(clustered(&second.influences, &y.units));
            errors.map(|(a, b)| a.hypot(b))
        } else {
            let both = first.influences.iter().zip(&second.influences);
            clustered(&both.map(|(a, b)| b - a).collect::<Vec<f64>>(), &units)
        };
        Some(Difference { first: first.value, second: second.value, error })
    };
    let same = !pairs.is_empty() && these.len() == those.len() && pairs.len() == these.len();
    Some(Compared {
        scenario: scenario.to_owned(),
        metric,
        year,
        pairs: pairs.len(),
        mean: difference(of_mean)?,
        median: difference(of_median)?,
        identical: same && a.iter().zip(&b).all(|(a, b)| a.to_bits() == b.to_bits()),
    })
}

/// A statistic of a sample, and how much each value moves it, times their number.
struct Statistic {
    value: f64,
    influences: Vec<f64>,
}

fn of_mean(values: &[f64]) -> Option<Statistic> {
    let value = mean(values)?;
    Some(Statistic { value, influences: values.iter().map(|x| x - value).collect() })
}

fn of_median(values: &[f64]) -> Option<Statistic> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let value = quantile(&sorted, 0.5)?;
    // The error of a median of independent values is ½/(f √n).
    let density = quantile_mcse(&sorted, 0.5).map_or(0.0, |error| 2.0 * error * (values.len() as f64).sqrt());
    let side = |x: &f64| {
        if *x > value {
            0.5
        } else if *x < value {
            -0.5
        } else {
            0.0
        }
    };
    Some(Statistic { value, influences: values.iter().map(|x| density * side(x)).collect() })
}

/// Standard error of a statistic from influences, of which only those of different units are independent; none below two.
fn clustered(influences: &[f64], units: &[u64]) -> Option<f64> {
    let mut sums: BTreeMap<u64, f64> = BTreeMap::new();
    for (influence, unit) in influences.iter().zip(units) {
        *sums.entry(*unit).or_default() += influence;
    }
    let n_units = sums.len() as f64;
    let squares: f64 = sums.values().map(|sum| sum * sum).sum();
    (sums.len() > 1).then(|| (squares * n_units / (n_units - 1.0)).sqrt() / influences.len() as f64)
}

/// Whether two lists of files hold the same, byte by byte.
fn same_files(first: &[PathBuf], second: &[PathBuf]) -> Result<bool, StoreError> {
    if first.len() != second.len() || first.is_empty() {
        return Ok(false);
    }
    let bytes = |path: &PathBuf| fs::read(path).map_err(StoreError::io("read", path));
    for (a, b) in first.iter().zip(second) {
        if bytes(a)? != bytes(b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare_summaries(first: &Path, second: &Path) -> Result<RunDifference, StoreError> {
    let (a, b) = (read_summary(first)?, read_summary(second)?);
    let mut rows = Vec::new();
    for (place, metric) in METRICS.iter().enumerate() {
        let (Some(these), Some(those)) = (a.metrics.get(metric.name), b.metrics.get(metric.name)) else {
            continue;
        };
        for (year, x) in these {
            let (Some(y), Ok(number)) = (those.get(year), year.parse()) else { continue };
            rows.push(told(&b.scenario, place, number, x, y));
        }
    }
    let identical = same_files(&[first.join(SUMMARY_FILE)], &[second.join(SUMMARY_FILE)])?;
    Ok(RunDifference { identical, rows })
}

/// What two summaries say of a metric.
fn told(scenario: &str, metric: usize, year: i32, x: &Estimate, y: &Estimate) -> Compared {
    let error = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.hypot(b));
    Compared {
        scenario: scenario.to_owned(),
        metric,
        year,
        pairs: 0,
        mean: Difference { first: x.mean, second: y.mean, error: error(x.mcse, y.mcse) },
        median: Difference { first: x.p50, second: y.p50, error: error(x.p50_mcse, y.p50_mcse) },
        identical: x == y,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "samples of these tests are not empty")]

    use super::*;

    fn sample(units: &[u64]) -> Sample {
        let keys = units.iter().map(|unit| (0, *unit)).collect();
        Sample { years: vec![2025], keys, units: units.to_vec(), columns: Vec::new() }
    }

    #[test]
    fn pairs_are_sharper_than_wholes() {
        let x = sample(&[0, 1, 2, 3]);
        let (a, b) = ([1.0, 5.0, 9.0, 13.0], [2.0, 6.5, 10.0, 14.5]);
        let pairs = x.pairs(&sample(&[0, 1, 2, 3]));
        let row = compared("s", 0, 2025, (&x, &a), (&x, &b), &pairs).unwrap();
        // Differences 1, 1.5, 1, 1.5: mean 1.25, s = √(1/12), error s/2.
        assert!((row.mean.by() - 1.25).abs() < 1e-12);
        assert!((row.mean.error.unwrap() - (1.0_f64 / 12.0).sqrt() / 2.0).abs() < 1e-12);
        // Every pair lies on one side of both medians: their difference has no error to first order but that of 1/f.
        assert!(row.median.error.unwrap() < 0.6, "{:?}", row.median);
        let apart = compared("s", 0, 2025, (&x, &a), (&x, &b), &[]).unwrap();
        assert!(apart.mean.error.unwrap() > 3.0 && apart.pairs == 0 && !apart.identical);
        let same = compared("s", 0, 2025, (&x, &a), (&x, &a), &pairs).unwrap();
        assert!(same.identical && same.mean.z().is_none());
    }

    #[test]
    fn values_of_one_unit_count_once() {
        let influences = [1.0, 1.0, -1.0, -1.0];
        let each = clustered(&influences, &[0, 1, 2, 3]).unwrap();
        let twice = clustered(&influences, &[0, 0, 1, 1]).unwrap();
        assert!((each - (4.0 / 3.0_f64).sqrt() / 2.0).abs() < 1e-12);
        assert!((twice - 1.0).abs() < 1e-12, "two units of ±2: √(8·2)/4");
        assert_eq!(clustered(&influences, &[7; 4]), None);
    }

    #[test]
    fn few_common_replications_make_no_pairs() {
        let (x, y) = (sample(&[0, 1, 2, 3, 4, 5]), sample(&[4, 5, 6, 7, 8, 9]));
        assert_eq!(x.pairs(&y), []);
        assert_eq!(x.pairs(&sample(&[5, 4, 3, 99])), [(3, 2), (4, 1), (5, 0)]);
    }
}
