//! `forecast.csv`: the forecast in the model-output format of hubverse, which forecast hubs and scoring tools read.
//!
//! Columns: `origin_date, target, horizon, target_end_date, output_type, output_type_id, value`. The origin is the last day of
//! the last year that published figures are known of; horizons are months after it. Only what lies after it is a forecast.
//!
//! # Source
//! hubverse, *Model output format*: one row for each predicted value, `output_type` one of mean, median, quantile, cdf, pmf,
//! sample; for quantiles `output_type_id` is the probability, for means NA.

use super::error::StoreError;
use crate::experiment::{Estimate, Summary};

/// Writes one line for each mean and quantile, of all metrics by year and month.
///
/// # Errors
/// [`StoreError::Encode`] when the table cannot be put together.
pub fn forecast_csv(summary: &Summary) -> Result<Vec<u8>, StoreError> {
    let failed =
        |error: &dyn ToString| StoreError::Encode { what: "forecast.csv", reason: error.to_string() };
    let mut rows = csv::Writer::from_writer(Vec::new());
    let head =
        ["origin_date", "target", "horizon", "target_end_date", "output_type", "output_type_id", "value"];
    rows.write_record(head).map_err(|error| failed(&error))?;
    // Figures that are fitted are known; one of a later year is somebody's expectation.
    let fitted = summary.targets.iter().filter(|target| target.role == "fit");
    let known = fitted.filter_map(|target| target.year.parse::<i32>().ok()).max();
    // Without published figures everything that was simulated is a forecast.
    let first = summary
        .metrics
        .values()
        .flat_map(|by_year| by_year.keys())
        .filter_map(|year| year.parse().ok())
        .min();
    let Some(origin) = known.or(first.map(|first: i32| first - 1)) else {
        return rows.into_inner().map_err(|error| failed(&error));
    };
    let tables = [(&summary.metrics, "_year"), (&summary.monthly, "_month")];
    for (table, suffix) in tables {
        for (metric, by_period) in table {
            for (period, estimate) in by_period {
                let Some((year, month)) = end(period) else { continue };
                let horizon = (year - origin - 1) * 12 + month;
                if horizon < 1 {
                    continue;
                }
                let head = [
                    format!("{origin}-12-31"),
                    format!("{metric}{suffix}"),
                    horizon.to_string(),
                    format!("{year}-{month:02}-{:02}", days(year, month)),
                ];
                for (kind, id, value) in values(estimate) {
                    let tail = [kind.to_owned(), id.to_owned(), value.to_string()];
                    rows.write_record(head.iter().chain(&tail)).map_err(|error| failed(&error))?;
                }
            }
        }
    }
    rows.into_inner().map_err(|error| failed(&error))
}

/// Year and month in which a period such as `2026` or `2026-03` ends.
fn end(period: &str) -> Option<(i32, i32)> {
    match period.split_once('-') {
        None => Some((period.parse().ok()?, 12)),
        Some((year, month)) => Some((year.parse().ok()?, month.parse().ok()?)),
    }
}

fn days(year: i32, month: i32) -> i32 {
    let month = u8::try_from(month).ok().and_then(|month| crate::units::Month::try_new(year, month).ok());
    month.map_or(31, |month| (month.next().first_day() - month.first_day()) as i32)
}

fn values(e: &Estimate) -> [(&'static str, &'static str, f64); 9] {
    [
        ("mean", "NA", e.mean),
        ("median", "NA", e.p50),
        ("quantile", "0.025", e.p2_5),
        ("quantile", "0.1", e.p10),
        ("quantile", "0.25", e.p25),
        ("quantile", "0.5", e.p50),
        ("quantile", "0.75", e.p75),
        ("quantile", "0.9", e.p90),
        ("quantile", "0.975", e.p97_5),
    ]
}
