//! Results of replications column by column, wherever they are: what a summary reads, without all of them in memory.

use std::convert::Infallible;
use std::ops::Range;

use super::summary::{LawTotals, Work};
use crate::metrics::{METRICS, Outcome};
use crate::units::Month;

/// Results of a number of replications. Wherever values are listed by replication, they come in the same order.
pub trait Columns {
    /// Why a column cannot be had.
    type Error;

    /// Replications.
    fn replications(&self) -> u64;
    /// Reported years.
    fn years(&self) -> Vec<i32>;
    /// Reported months.
    fn months(&self) -> Vec<Month>;
    /// Values of some metrics, places in [`METRICS`]: `[metric][year][replication]`.
    ///
    /// # Errors
    /// A column that cannot be had.
    fn yearly(&self, metrics: Range<usize>) -> Result<Vec<Vec<Vec<f64>>>, Self::Error>;
    /// Values of some metrics: `[metric][month][replication]`; without any for metrics by year only.
    ///
    /// # Errors
    /// A column that cannot be had.
    fn monthly(&self, metrics: Range<usize>) -> Result<Vec<Vec<Vec<f64>>>, Self::Error>;
    /// Lorenz curves of a year, by its place: `[replication][point]`.
    ///
    /// # Errors
    /// A column that cannot be had.
    fn lorenz(&self, year: usize) -> Result<Vec<Vec<f64>>, Self::Error>;
    /// Rank-size curves of a year, by its place: `[replication][rank]`.
    ///
    /// # Errors
    /// A column that cannot be had.
    fn rank_size(&self, year: usize) -> Result<Vec<Vec<f64>>, Self::Error>;
    /// Laws checked and broken, and how much was simulated.
    ///
    /// # Errors
    /// A column that cannot be had.
    fn totals(&self) -> Result<(LawTotals, Work), Self::Error>;
}

impl Columns for [Outcome] {
    type Error = Infallible;

    fn replications(&self) -> u64 {
        self.len() as u64
    }

    fn years(&self) -> Vec<i32> {
        self.first().map(|outcome| outcome.years.clone()).unwrap_or_default()
    }

    fn months(&self) -> Vec<Month> {
        self.first().map(|outcome| outcome.months.clone()).unwrap_or_default()
    }

    fn yearly(&self, metrics: Range<usize>) -> Result<Vec<Vec<Vec<f64>>>, Infallible> {
        let years = self.years().len();
        let column = |metric: usize, year: usize| self.iter().map(|o| o.yearly[year][metric]).collect();
        Ok(metrics.map(|metric| (0..years).map(|year| column(metric, year)).collect()).collect())
    }

    fn monthly(&self, metrics: Range<usize>) -> Result<Vec<Vec<Vec<f64>>>, Infallible> {
        let months = self.months().len();
        let column = |metric: usize, month: usize| self.iter().map(|o| o.monthly[month][metric]).collect();
        let of = |metric: usize| if METRICS[metric].monthly { months } else { 0 };
        Ok(metrics.map(|metric| (0..of(metric)).map(|month| column(metric, month)).collect()).collect())
    }

    fn lorenz(&self, year: usize) -> Result<Vec<Vec<f64>>, Infallible> {
        Ok(self.iter().map(|outcome| outcome.lorenz[year].clone()).collect())
    }

    fn rank_size(&self, year: usize) -> Result<Vec<Vec<f64>>, Infallible> {
        Ok(self.iter().map(|outcome| outcome.rank_size[year].clone()).collect())
    }

    fn totals(&self) -> Result<(LawTotals, Work), Infallible> {
        let laws = LawTotals {
            checked: self.iter().map(|o| o.laws_checked).sum(),
            violated: self.iter().map(|o| o.laws_violated).sum(),
        };
        let work = Work {
            events: self.iter().map(|o| o.events).sum(),
            auctions: self.iter().map(|o| o.auctions as f64).sum(),
        };
        Ok((laws, work))
    }
}
