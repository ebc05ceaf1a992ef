//! `summary.csv` and `monthly.csv`: the distributions as flat tables, one line per metric and period.

use std::collections::BTreeMap;

use crate::experiment::{Estimate, Summary};
use crate::metrics::METRICS;

use super::error::StoreError;

/// Writes one line per metric and year, metrics in the order of [`METRICS`].
///
/// Columns: `metric, unit, year, mean, mcse, sd, p2_5, p10, p25, p50, p75, p90, p97_5, p10_mcse, p50_mcse, p90_mcse`.
/// A value that does not exist (an error with one replication) is empty.
///
/// # Errors
/// [`StoreError::Encode`] when the table cannot be put together.
pub fn summary_csv(summary: &Summary) -> Result<Vec<u8>, StoreError> {
    table("summary.csv", "year", &summary.metrics)
}

/// Writes one line per metric and month, with the columns of [`summary_csv`] and `month` instead of `year`.
///
/// # Errors
/// [`StoreError::Encode`] when the table cannot be put together.
pub fn monthly_csv(summary: &Summary) -> Result<Vec<u8>, StoreError> {
    table("monthly.csv", "month", &summary.monthly)
}

type ByPeriod = BTreeMap<String, BTreeMap<String, Estimate>>;

fn table(what: &'static str, period: &str, values: &ByPeriod) -> Result<Vec<u8>, StoreError> {
    let failed = |reason: String| StoreError::Encode { what, reason };
    let mut rows = csv::Writer::from_writer(Vec::new());
    let columns = [
        "mean", "mcse", "sd", "p2_5", "p10", "p25", "p50", "p75", "p90", "p97_5", "p10_mcse", "p50_mcse",
        "p90_mcse",
    ];
    rows.write_record(["metric", "unit", period].into_iter().chain(columns))
        .map_err(|e| failed(e.to_string()))?;
    // A metric that this build does not know (a run of a newer one) is still written, after those that it knows.
    let known = METRICS.iter().map(|m| (m.name, m.unit.name()));
    let unknown =
        values.keys().filter(|name| METRICS.iter().all(|m| m.name != *name)).map(|name| (name.as_str(), ""));
    for (metric, unit) in known.chain(unknown) {
        for (key, e) in values.get(metric).into_iter().flatten() {
            let there: BTreeMap<&str, f64> = super::json::numbers(e).collect();
            let cell = |column: &&str| there.get(column).map_or_else(String::new, f64::to_string);
            let head = [metric, unit, key].map(str::to_owned);
            rows.write_record(head.into_iter().chain(columns.iter().map(cell)))
                .map_err(|e| failed(e.to_string()))?;
        }
    }
    rows.into_inner().map_err(|e| failed(e.to_string()))
}
