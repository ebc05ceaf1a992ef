//! Results of a study on disk as columns, for whoever sums them up: a few columns of the chosen jobs at a time.

use std::ops::Range;
use std::path::PathBuf;

use super::columns::{Shape, UNIX_EPOCH_DAYS, yearly};
use super::folder::StudyFolder;
use super::read::{read_column, read_columns, read_curves, read_status};
use crate::experiment::study::{Design, Job};
use crate::experiment::{Columns, LawTotals, Work};
use crate::metrics::METRICS;
use crate::store::StoreError;
use crate::units::Month;

/// Results of some jobs of a study: of those chosen that ended well.
#[derive(Debug, Clone)]
pub struct StudyResults {
    results: Vec<PathBuf>,
    series: Vec<PathBuf>,
    shape: Shape,
    /// Jobs that are chosen and ended well, in order.
    jobs: Vec<u64>,
    /// For each row of `results`, whether it is one of them.
    rows: Vec<bool>,
    /// For each row of `series`, the place of its month, when it is one of theirs.
    months: Vec<Option<u16>>,
}

impl StudyResults {
    /// The results of all jobs that `chosen` takes, by number and row.
    ///
    /// # Errors
    /// [`StoreError::Io`] and [`StoreError::Part`] when a part cannot be read.
    pub fn of(
        folder: &StudyFolder,
        design: &Design,
        chosen: impl Fn(u64, &Job) -> bool,
    ) -> Result<Self, StoreError> {
        let (results, series, shape) = (folder.results(), folder.series(), folder.shape().clone());
        let mut jobs = Vec::new();
        let mut rows = Vec::new();
        for status in read_status(&results)? {
            let job = usize::try_from(status.job).ok().and_then(|job| design.jobs.get(job));
            let taken = status.status == "ok" && job.is_some_and(|job| chosen(status.job, job));
            rows.push(taken);
            if taken {
                jobs.push(status.job);
            }
        }
        let dates: Vec<i64> = shape.months.iter().map(|month| month.first_day() + UNIX_EPOCH_DAYS).collect();
        let of_series = read_columns(&series, &["job_id", "month"])?;
        let place = |(job, date): (&f64, &f64)| {
            jobs.binary_search(&(*job as u64)).ok()?;
            dates.binary_search(&(*date as i64)).ok().map(|place| place as u16)
        };
        let months = of_series[0].iter().zip(&of_series[1]).map(place).collect();
        Ok(Self { results, series, shape, jobs, rows, months })
    }

    /// The jobs, in the order of all columns.
    pub fn jobs(&self) -> &[u64] {
        &self.jobs
    }

    /// Values of a metric, a place in [`METRICS`], in a year; none when the year is not reported.
    ///
    /// # Errors
    /// [`StoreError::Io`] and [`StoreError::Part`] when a part cannot be read.
    pub fn values(&self, metric: usize, year: i32) -> Result<Option<Vec<f64>>, StoreError> {
        let (Some(metric), true) = (METRICS.get(metric), self.shape.years.contains(&year)) else {
            return Ok(None);
        };
        let column = read_column(&self.results, &yearly(metric.name, year))?;
        Ok(Some(self.chosen(column)))
    }

    /// What is left of a column of `results`.
    fn chosen<T>(&self, column: Vec<T>) -> Vec<T> {
        column.into_iter().zip(&self.rows).filter_map(|(value, taken)| taken.then_some(value)).collect()
    }
}

impl Columns for StudyResults {
    type Error = StoreError;

    fn replications(&self) -> u64 {
        self.jobs.len() as u64
    }

    fn years(&self) -> Vec<i32> {
        self.shape.years.clone()
    }

    fn months(&self) -> Vec<Month> {
        self.shape.months.clone()
    }

    fn yearly(&self, metrics: Range<usize>) -> Result<Vec<Vec<Vec<f64>>>, StoreError> {
        let years = &self.shape.years;
        let names: Vec<String> =
            METRICS[metrics].iter().flat_map(|m| years.iter().map(|year| yearly(m.name, *year))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut columns = read_columns(&self.results, &names)?.into_iter().map(|column| self.chosen(column));
        let n_metrics = if years.is_empty() { 0 } else { names.len() / years.len() };
        Ok((0..n_metrics).map(|_| columns.by_ref().take(years.len()).collect()).collect())
    }

    fn monthly(&self, metrics: Range<usize>) -> Result<Vec<Vec<Vec<f64>>>, StoreError> {
        let names: Vec<&str> =
            METRICS[metrics.clone()].iter().filter(|m| m.monthly).map(|m| m.name).collect();
        let mut columns =
            if names.is_empty() { Vec::new() } else { read_columns(&self.series, &names)? }.into_iter();
        let mut found = Vec::new();
        for metric in &METRICS[metrics] {
            let mut by_month = Vec::new();
            if metric.monthly {
                by_month.resize(self.shape.months.len(), Vec::new());
                for (value, month) in columns.next().unwrap_or_default().into_iter().zip(&self.months) {
                    if let Some(month) = month {
                        by_month[usize::from(*month)].push(value);
                    }
                }
            }
            found.push(by_month);
        }
        Ok(found)
    }

    fn lorenz(&self, year: usize) -> Result<Vec<Vec<f64>>, StoreError> {
        self.curves("lorenz", year)
    }

    fn rank_size(&self, year: usize) -> Result<Vec<Vec<f64>>, StoreError> {
        self.curves("rank_size", year)
    }

    fn totals(&self) -> Result<(LawTotals, Work), StoreError> {
        let columns = read_columns(&self.results, &["laws_checked", "events", "auctions"])?;
        let mut sums = columns.into_iter().map(|column| self.chosen(column).iter().sum::<f64>());
        let mut next = || sums.next().unwrap_or_default();
        // A replication in which a law was broken is a failure and has no results.
        let laws = LawTotals { checked: next() as u64, violated: 0 };
        Ok((laws, Work { events: next() as u64, auctions: next() }))
    }
}

impl StudyResults {
    fn curves(&self, kind: &str, year: usize) -> Result<Vec<Vec<f64>>, StoreError> {
        let curves = read_curves(&self.results, &format!("{kind}_{}", self.shape.years[year]))?;
        Ok(self.chosen(curves).into_iter().flatten().collect())
    }
}
