//! `comparison.json`: scenarios against a reference, written and read back without losing a digit.

use std::path::Path;

use crate::experiment::comparison::{
    Against, Comparison, Measured, Mixed, MonthlyDifference, Split, Warning,
};

use super::error::StoreError;
use super::json::{numbers, pretty, read};

/// Name of the file in a run folder.
pub const COMPARISON_FILE: &str = "comparison.json";
/// Format of the file that this build writes and reads.
pub const COMPARISON_SCHEMA: &str = "bidcast/comparison/1";

/// Writes a comparison as indented JSON, every number in the shortest form that reads back to the same `f64`.
///
/// # Errors
/// [`StoreError::NotFinite`] for the first number that is NaN or infinite, as in [`summary_json`](super::summary_json).
pub fn comparison_json(comparison: &Comparison) -> Result<Vec<u8>, StoreError> {
    check_finite(comparison)?;
    pretty(COMPARISON_FILE, comparison)
}

/// Reads the comparison of a run folder.
///
/// # Errors
/// As [`read_summary`](super::read_summary).
pub fn read_comparison(dir: &Path) -> Result<Comparison, StoreError> {
    read(dir, COMPARISON_FILE, COMPARISON_SCHEMA)
}

fn finite(value: f64, place: &dyn Fn() -> String) -> Result<(), StoreError> {
    if value.is_finite() { Ok(()) } else { Err(StoreError::NotFinite { place: place(), value }) }
}

fn check_finite(comparison: &Comparison) -> Result<(), StoreError> {
    finite(comparison.level, &|| "the level of the intervals".to_owned())?;
    for Against { scenario, metrics, monthly } in &comparison.against {
        for (metric, by_year) in metrics {
            for (year, found) in by_year {
                for (name, value) in found.numbers() {
                    finite(value.unwrap_or(0.0), &|| format!("`{metric}` of {scenario} in {year} ({name})"))?;
                }
            }
        }
        for (metric, by_month) in monthly {
            for (month, MonthlyDifference { reference, difference }) in by_month {
                let Measured { value, mcse, low, high } = *difference;
                for value in [*reference, value, mcse, low, high] {
                    finite(value, &|| format!("`{metric}` of {scenario} in {month}"))?;
                }
            }
        }
    }
    if let Some(mixture) = &comparison.mixture {
        for (scenario, weight) in &mixture.weights {
            finite(*weight, &|| format!("the weight of {scenario}"))?;
        }
        for (metric, by_year) in &mixture.metrics {
            for (year, mixed) in by_year {
                for value in of_mixture(mixed) {
                    finite(value, &|| format!("the mixture of `{metric}` in {year}"))?;
                }
            }
        }
    }
    for warning in &comparison.warnings {
        if let Warning::WeakPairing { metric, variance_reduction, .. } = warning {
            finite(*variance_reduction, &|| format!("the variance reduction of `{metric}`"))?;
        }
    }
    Ok(())
}

/// Every number of a mixture.
fn of_mixture(mixed: &Mixed) -> impl Iterator<Item = f64> {
    let Mixed { distribution, split, reweighted } = mixed;
    let Split { scenarios, within, parameters, chance, scenario_share } = *split;
    let parts = [Some(scenarios), Some(within), parameters, chance, scenario_share];
    let of_parts = parts.into_iter().flatten().flat_map(|part| [part.value, part.mcse]);
    let elsewhere = reweighted.values().flatten().flat_map(|other| {
        let level = other.level;
        [other.weight, level.mean, level.mcse, level.p50, level.p50_mcse]
    });
    numbers(distribution).map(|(_, value)| value).chain(of_parts).chain(elsewhere)
}
