//! `forecasts/ledger.jsonl`: forecasts frozen before the figures are known, one line each, only ever appended to.
//!
//! A line holds what scoring needs and proves by its digest that the forecast in the run folder is still the frozen one.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::StoreError;
use super::hubverse::forecast_csv;
use super::manifest::Build;
use crate::digest::sha256_hex;
use crate::experiment::{Estimate, Probability, Summary};

/// Where frozen forecasts are listed.
pub const LEDGER_FILE: &str = "forecasts/ledger.jsonl";

#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    frozen_unix_s: u64,
    run: String,
    design: &'a str,
    build: Build,
    scenario: &'a str,
    seed: u64,
    replications: u64,
    forecast_sha256: String,
    probabilities: &'a [Probability],
    metrics: Vec<Frozen<'a>>,
}

#[derive(Serialize)]
struct Frozen<'a> {
    metric: &'a str,
    year: &'a str,
    #[serde(flatten)]
    estimate: &'a Estimate,
}

/// Adds a forecast to the ledger in the current folder, frozen now, in seconds since 1970-01-01 UTC; gives where that is.
///
/// # Errors
/// [`StoreError::Encode`] when the line cannot be put together, [`StoreError::Io`] when the system refuses.
pub fn append_ledger(
    run: &Path,
    design: &str,
    summary: &Summary,
    frozen_unix_s: u64,
) -> Result<PathBuf, StoreError> {
    let path = PathBuf::from(LEDGER_FILE);
    let metrics = summary.metrics.iter().flat_map(|(metric, by_year)| {
        by_year.iter().map(move |(year, estimate)| Frozen { metric, year, estimate })
    });
    let line = Line {
        schema: "bidcast/ledger/1",
        frozen_unix_s,
        run: run.display().to_string(),
        design,
        build: Build::current(),
        scenario: &summary.scenario,
        seed: summary.seed,
        replications: summary.replications,
        forecast_sha256: sha256_hex(&forecast_csv(summary)?),
        probabilities: &summary.probabilities,
        metrics: metrics.collect(),
    };
    let mut text = serde_json::to_vec(&line)
        .map_err(|error| StoreError::Encode { what: LEDGER_FILE, reason: error.to_string() })?;
    text.push(b'\n');
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(StoreError::io("create the folder", folder))?;
    }
    // One write to the end of the file: lines of two programs never mix.
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let mut file = file.map_err(StoreError::io("write", &path))?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(StoreError::io("write", &path))?;
    Ok(path)
}
