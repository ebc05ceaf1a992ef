//! `summary.csv`, `monthly.csv` and `comparison.csv`: results as flat tables, one line per metric and period.

use std::collections::BTreeMap;

use crate::experiment::comparison::Comparison;
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
    for (metric, unit) in with_units(values.keys()) {
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

/// Names of metrics with their units, in the order of [`METRICS`].
///
/// A metric that this build does not know (a run of a newer one) is still there, without a unit and after those that it
/// knows.
fn with_units<'a>(names: impl Iterator<Item = &'a String>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let known = METRICS.iter().map(|m| (m.name, m.unit.name()));
    let unknown =
        names.filter(|name| METRICS.iter().all(|m| m.name != *name)).map(|name| (name.as_str(), ""));
    known.chain(unknown)
}

/// Writes one line per scenario, metric and year: the scenario against the reference.
///
/// Columns: `scenario, reference, metric, unit, year, pairs, identical` and then every number of a
/// [`Difference`](crate::experiment::comparison::Difference). A value that does not exist is empty.
///
/// # Errors
/// [`StoreError::Encode`] when the table cannot be put together.
pub fn comparison_csv(comparison: &Comparison) -> Result<Vec<u8>, StoreError> {
    let failed = |reason: String| StoreError::Encode { what: "comparison.csv", reason };
    let mut rows = csv::Writer::from_writer(Vec::new());
    let mut headed = false;
    for against in &comparison.against {
        for (metric, unit) in with_units(against.metrics.keys()) {
            for (year, found) in against.metrics.get(metric).into_iter().flatten() {
                let numbers = found.numbers();
                if !headed {
                    let head = ["scenario", "reference", "metric", "unit", "year", "pairs", "identical"];
                    rows.write_record(head.into_iter().chain(numbers.iter().map(|(name, _)| *name)))
                        .map_err(|e| failed(e.to_string()))?;
                    headed = true;
                }
                let head = [
                    against.scenario.clone(),
                    comparison.reference.clone(),
                    metric.to_owned(),
                    unit.to_owned(),
                    year.clone(),
                    comparison.pairs.to_string(),
                    found.identical.to_string(),
                ];
                let cells = numbers.iter().map(|(_, x)| x.map_or_else(String::new, |x| x.to_string()));
                rows.write_record(head.into_iter().chain(cells)).map_err(|e| failed(e.to_string()))?;
            }
        }
    }
    rows.into_inner().map_err(|e| failed(e.to_string()))
}
