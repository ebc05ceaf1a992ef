//! `summary.json`: everything that an ensemble says, written and read back without losing a digit.

use std::fs;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::experiment::{Curve, Estimate, Summary};

use super::error::StoreError;

/// Name of the file in a run folder.
pub const SUMMARY_FILE: &str = "summary.json";
/// Format of the file that this build writes and reads.
pub const SUMMARY_SCHEMA: &str = "bidcast/summary/1";

/// Writes a summary as indented JSON, every number in the shortest form that reads back to the same `f64`.
///
/// # Errors
/// [`StoreError::NotFinite`] for the first number that is NaN or infinite: JSON has no such numbers, and `null` in its
/// place would make a file that cannot be read back.
pub fn summary_json(summary: &Summary) -> Result<Vec<u8>, StoreError> {
    check_finite(summary)?;
    pretty(SUMMARY_FILE, summary)
}

/// Reads the summary of a run folder.
///
/// # Errors
/// [`StoreError::NotARun`] when the folder has none, [`StoreError::Format`] when it is damaged, [`StoreError::Schema`]
/// when another version wrote it, [`StoreError::Io`] when the system refuses.
pub fn read_summary(dir: &Path) -> Result<Summary, StoreError> {
    read(dir, SUMMARY_FILE, SUMMARY_SCHEMA)
}

pub(super) fn pretty<T: serde::Serialize>(file: &'static str, value: &T) -> Result<Vec<u8>, StoreError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|e| StoreError::Encode { what: file, reason: e.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads a document of a run folder whose `schema` is `expected`.
pub(super) fn read<T: DeserializeOwned>(
    dir: &Path,
    file: &'static str,
    expected: &'static str,
) -> Result<T, StoreError> {
    #[derive(serde::Deserialize)]
    struct Head {
        schema: String,
    }
    let path = dir.join(file);
    let bytes = fs::read(&path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            StoreError::NotARun { path: dir.to_owned(), file }
        }
        _ => StoreError::io("read", &path)(e),
    })?;
    let damaged = |source| StoreError::Format { path: path.clone(), source };
    // The format is looked at first: a file of another version should be called that, not damaged.
    let head: Head = serde_json::from_slice(&bytes).map_err(damaged)?;
    if head.schema != expected {
        return Err(StoreError::Schema { path, found: head.schema, expected });
    }
    serde_json::from_slice(&bytes).map_err(damaged)
}

fn check_finite(summary: &Summary) -> Result<(), StoreError> {
    let number = |value: f64, place: &dyn Fn() -> String| {
        if value.is_finite() { Ok(()) } else { Err(StoreError::NotFinite { place: place(), value }) }
    };
    for by_period in [&summary.metrics, &summary.monthly] {
        for (metric, periods) in by_period {
            for (period, estimate) in periods {
                for (name, value) in numbers(estimate) {
                    number(value, &|| format!("`{metric}` in {period} ({name})"))?;
                }
            }
        }
    }
    for (name, curves) in [("Lorenz curve", &summary.lorenz), ("rank-size curve", &summary.rank_size)] {
        for (year, curve) in curves {
            let Curve { x, p10, p50, p90, p50_mcse } = curve;
            for value in [x, p10, p50, p90, p50_mcse].into_iter().flatten() {
                number(*value, &|| format!("a point of the {name} of {year}"))?;
            }
        }
    }
    for (metric, paths) in &summary.paths {
        for value in paths.iter().flatten() {
            number(*value, &|| format!("a month of a single replication of `{metric}`"))?;
        }
    }
    for target in &summary.targets {
        for value in [target.value, target.median, target.deviation].into_iter().chain(target.median_mcse) {
            number(value, &|| format!("the comparison with target `{}`", target.id))?;
        }
    }
    number(summary.work.auctions, &|| "the number of auctions".to_owned())
}

/// Every number of an estimate that is there, by name, in the order of the tables.
pub(super) fn numbers(e: &Estimate) -> impl Iterator<Item = (&'static str, f64)> {
    [
        ("mean", Some(e.mean)),
        ("mcse", e.mcse),
        ("sd", e.sd),
        ("p2_5", Some(e.p2_5)),
        ("p10", Some(e.p10)),
        ("p25", Some(e.p25)),
        ("p50", Some(e.p50)),
        ("p75", Some(e.p75)),
        ("p90", Some(e.p90)),
        ("p97_5", Some(e.p97_5)),
        ("p10_mcse", e.p10_mcse),
        ("p50_mcse", e.p50_mcse),
        ("p90_mcse", e.p90_mcse),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
}
