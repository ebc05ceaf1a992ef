//! Outcomes of markets that were simulated before, by what identifies a market: the same work is never done twice.
//!
//! An outcome is a pure function of the model, the configuration and the chance; the name of its file is a digest of all three,
//! so that an entry cannot be stale. Entries are written whole or not at all, and one that was damaged is no entry.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::digest::{Fingerprint, sha256_hex};
use crate::experiment::study::Design;
use crate::metrics::Outcome;
use crate::store::{Build, StoreError, write_file};
use crate::units::Month;

/// A folder of outcomes.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
    /// What identifies the model.
    model: [String; 3],
}

/// An outcome as it is stored: numbers as their bits, because JSON has no NaN.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    replication: u64,
    years: Vec<i32>,
    first_days: Vec<i64>,
    yearly: Vec<Vec<u64>>,
    monthly: Vec<Vec<u64>>,
    lorenz: Vec<Vec<u64>>,
    rank_size: Vec<Vec<u64>>,
    laws_checked: u64,
    events: u64,
    auctions: u64,
}

impl Cache {
    /// The cache in a folder, which is made with the first entry.
    pub fn at(root: &Path) -> Self {
        let Build { model, rustc, target, .. } = Build::current();
        Self { root: root.to_owned(), model: [model, rustc, target] }
    }

    /// Where the outcome of a job is or would be; none for a job that is not in the design.
    fn file(&self, design: &Design, job: u64) -> Option<PathBuf> {
        let print = Fingerprint::new("bidcast/outcome/1").text(&design.market(job)?);
        let key = self.model.iter().fold(print, |print, text| print.text(text)).hex();
        // Folders of 256: file systems slow down with a hundred thousand names in one.
        Some(self.root.join(&key[..2]).join(&key[2..]))
    }

    /// Whether the outcome of a job is known, unless it was damaged.
    pub fn has(&self, design: &Design, job: u64) -> bool {
        self.file(design, job).is_some_and(|file| file.exists())
    }

    /// The outcome of a job, when it is known.
    pub fn get(&self, design: &Design, job: u64) -> Option<Outcome> {
        let text = fs::read_to_string(self.file(design, job)?).ok()?;
        let (digest, body) = text.split_once('\n')?;
        if sha256_hex(body.as_bytes()) != digest {
            return None;
        }
        serde_json::from_str::<Entry>(body).ok().map(Outcome::from)
    }

    /// Keeps the outcome of a job.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the system refuses.
    pub fn put(&self, design: &Design, job: u64, outcome: &Outcome) -> Result<(), StoreError> {
        let Some(file) = self.file(design, job) else { return Ok(()) };
        let body = serde_json::to_string(&Entry::from(outcome))
            .map_err(|error| StoreError::Encode { what: "an outcome", reason: error.to_string() })?;
        write_file(&file, format!("{}\n{body}", sha256_hex(body.as_bytes())).as_bytes())
    }
}

fn bits(rows: &[Vec<f64>]) -> Vec<Vec<u64>> {
    rows.iter().map(|row| row.iter().map(|x| x.to_bits()).collect()).collect()
}

fn numbers(rows: Vec<Vec<u64>>) -> Vec<Vec<f64>> {
    rows.into_iter().map(|row| row.into_iter().map(f64::from_bits).collect()).collect()
}

impl From<&Outcome> for Entry {
    fn from(outcome: &Outcome) -> Self {
        Self {
            replication: outcome.replication,
            years: outcome.years.clone(),
            first_days: outcome.months.iter().map(|month| month.first_day()).collect(),
            yearly: bits(&outcome.yearly),
            monthly: bits(&outcome.monthly),
            lorenz: bits(&outcome.lorenz),
            rank_size: bits(&outcome.rank_size),
            laws_checked: outcome.laws_checked,
            events: outcome.events,
            auctions: outcome.auctions,
        }
    }
}

impl From<Entry> for Outcome {
    fn from(entry: Entry) -> Self {
        Self {
            replication: entry.replication,
            years: entry.years,
            months: entry.first_days.into_iter().map(Month::of_day).collect(),
            yearly: numbers(entry.yearly),
            monthly: numbers(entry.monthly),
            lorenz: numbers(entry.lorenz),
            rank_size: numbers(entry.rank_size),
            laws_checked: entry.laws_checked,
            // A replication in which a law was broken has no outcome.
            laws_violated: 0,
            events: entry.events,
            auctions: entry.auctions,
        }
    }
}
