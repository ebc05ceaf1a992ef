//! The outcomes of one replication: every metric by year and month, and the curves of concentration.

use super::period::Period;
use super::registry::METRICS;
use crate::engine::Record;
use crate::stats;
use crate::units::Month;

/// Points of a Lorenz curve.
pub const LORENZ_POINTS: usize = 101;
/// Ranks of a rank-size curve: every one at the top, then about evenly in logs.
pub const RANKS: &[usize] = &[
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30, 35, 40, 50, 60, 70, 80, 100, 120, 150, 200,
    250, 300, 400, 500, 600, 800, 1000,
];

/// Outcomes of one replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Number of the replication.
    pub replication: u64,
    /// Reported years.
    pub years: Vec<i32>,
    /// Reported months.
    pub months: Vec<Month>,
    /// Value of each metric in each year: `[year][metric]`.
    pub yearly: Vec<Vec<f64>>,
    /// Value of each metric in each month: `[month][metric]`, NaN for metrics by year only.
    pub monthly: Vec<Vec<f64>>,
    /// Lorenz curve of each year, [`LORENZ_POINTS`] points.
    pub lorenz: Vec<Vec<f64>>,
    /// In-app purchases at [`RANKS`] of each year, USD; 0 beyond the last app.
    pub rank_size: Vec<Vec<f64>>,
    /// Laws checked.
    pub laws_checked: u64,
    /// Checks that failed; a replication with any is refused before it gets here.
    pub laws_violated: u64,
    /// Events taken from the calendar.
    pub events: u64,
    /// Auctions cleared.
    pub auctions: u64,
}

/// Reads all outcomes from the record of a replication.
pub fn outcome(replication: u64, record: &Record) -> Outcome {
    let first = record.warm_up_months;
    let months: Vec<Month> = record.months[first..].iter().map(|m| m.month).collect();
    let monthly = (first..record.months.len())
        .map(|m| {
            let period = Period::new(record, m, m + 1);
            METRICS
                .iter()
                .map(|metric| if metric.monthly { (metric.of)(&period) } else { f64::NAN })
                .collect()
        })
        .collect();
    let mut result = Outcome {
        replication,
        years: Vec::new(),
        months,
        yearly: Vec::new(),
        monthly,
        lorenz: Vec::new(),
        rank_size: Vec::new(),
        laws_checked: record.laws.total_checked(),
        laws_violated: record.laws.total_violated(),
        events: record.events,
        auctions: record.auctions,
    };
    for from in (first..record.months.len()).step_by(12) {
        let to = (from + 12).min(record.months.len());
        let period = Period::new(record, from, to);
        result.years.push(record.months[from].month.year());
        result.yearly.push(METRICS.iter().map(|metric| (metric.of)(&period)).collect());
        // With no purchases at all the curve is the diagonal: nobody has more than another.
        let diagonal = || (0..LORENZ_POINTS).map(|j| j as f64 / (LORENZ_POINTS - 1) as f64).collect();
        result.lorenz.push(stats::lorenz(&period.iap_by_app, LORENZ_POINTS).unwrap_or_else(diagonal));
        result
            .rank_size
            .push(RANKS.iter().map(|r| period.iap_by_app.get(r - 1).copied().unwrap_or(0.0)).collect());
    }
    result
}
