//! A posterior on disk: draws of the parameters, and where they come from.
//!
//! | file | content |
//! |---|---|
//! | `posterior.csv` | a row for each draw, a column for each parameter, in its unit, to six digits |
//! | `posterior.json` | what was fitted to what, by which build, and which gates it passed ([`PosteriorManifest`]) |
//!
//! The posterior that comes with the program is `configs/posterior/`, embedded.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::folder::write_file;
use super::json::{pretty, read};
use super::manifest::Build;
use crate::calibration::{Learned, Spread};
use crate::experiment::fit::{Gate, Method, RealRuns, Size};

/// Draws of a posterior.
pub const POSTERIOR_FILE: &str = "posterior.csv";
/// Where they come from.
pub const POSTERIOR_MANIFEST: &str = "posterior.json";
/// Where the embedded posterior stands in the sources.
const SHIPPED: &str = "configs/posterior";
const DRAWS: &str = include_str!("../../configs/posterior/posterior.csv");
const MANIFEST: &str = include_str!("../../configs/posterior/posterior.json");
/// Format of [`POSTERIOR_MANIFEST`].
const SCHEMA: &str = "bidcast/posterior/1";

/// A parameter before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedParameter {
    /// Name of its prior, and of its column.
    pub name: String,
    /// Paths of the configuration that take it.
    pub paths: Vec<String>,
    /// Evidence for the prior: its letter.
    pub basis: char,
    /// Where the prior comes from.
    pub source: String,
    /// Prior, in the unit of the parameter.
    pub prior: Spread,
    /// Posterior, in the unit of the parameter.
    pub posterior: Spread,
    /// Share of the prior's variance that the data took, on the scale of the prior's probability.
    pub contraction: f64,
    /// Its 90 % bootstrap interval.
    pub contraction_low: f64,
    /// Its 90 % bootstrap interval.
    pub contraction_high: f64,
    /// What follows.
    pub class: Learned,
}

/// Where a posterior comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PosteriorManifest {
    /// [`POSTERIOR_MANIFEST`] of this format.
    pub schema: String,
    /// The program that fitted it.
    pub build: Build,
    /// The scenario that was fitted.
    pub scenario: String,
    /// SHA-256 of its resolved configuration.
    pub config_sha256: String,
    /// SHA-256 of priors and targets together.
    pub beliefs_sha256: String,
    /// Master seed.
    pub seed: u64,
    /// How it was fitted; by waves where nothing is said.
    #[serde(default)]
    pub method: Method,
    /// How large the waves were.
    pub size: Size,
    /// Waves or passes that were run.
    pub waves: usize,
    /// Markets that were simulated, the check included.
    pub runs: u64,
    /// Each parameter, in the order of the columns.
    pub parameters: Vec<FittedParameter>,
    /// Figures of real runs at the posterior, beside what was published.
    pub figures: RealRuns,
    /// What the posterior passed.
    pub gates: Vec<Gate>,
}

impl PosteriorManifest {
    /// Format that this build writes.
    pub const SCHEMA: &'static str = SCHEMA;

    /// Parameters of which the data say next to nothing.
    pub fn prior_driven(&self) -> usize {
        self.parameters.iter().filter(|parameter| parameter.class == Learned::PriorDriven).count()
    }
}

/// Draws of the parameters, and where they come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// Where they come from.
    pub manifest: PosteriorManifest,
    /// Values in the units of the parameters, a row for each draw.
    pub draws: Vec<Vec<f64>>,
}

impl Posterior {
    /// The posterior that comes with the program: fitted to what was published of 2025.
    ///
    /// # Errors
    /// None as long as the embedded files belong together, which a test asserts.
    pub fn shipped() -> Result<Self, StoreError> {
        let path = Path::new(SHIPPED).join(POSTERIOR_MANIFEST);
        let manifest =
            serde_json::from_str(MANIFEST).map_err(|source| StoreError::Format { path, source })?;
        Self::checked(manifest, DRAWS, Path::new(SHIPPED))
    }

    /// Reads the posterior of a folder.
    ///
    /// # Errors
    /// [`StoreError::NotARun`] when the folder has none, [`StoreError::Format`], [`StoreError::Part`] and
    /// [`StoreError::Schema`] when it is damaged or of another version, [`StoreError::Io`] when the system refuses.
    pub fn read(dir: &Path) -> Result<Self, StoreError> {
        let manifest: PosteriorManifest = read(dir, POSTERIOR_MANIFEST, SCHEMA)?;
        let path = dir.join(POSTERIOR_FILE);
        let draws = fs::read_to_string(&path).map_err(StoreError::io("read", &path))?;
        Self::checked(manifest, &draws, dir)
    }

    fn checked(manifest: PosteriorManifest, draws: &str, dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(POSTERIOR_FILE);
        let damaged = |reason: String| StoreError::Part { path: path.clone(), reason };
        let mut reader = csv::Reader::from_reader(draws.as_bytes());
        let header = reader.headers().map_err(|error| damaged(error.to_string()))?;
        let names = manifest.parameters.iter().map(|parameter| parameter.name.as_str());
        if !header.iter().eq(names) {
            return Err(damaged(format!("its columns are not the parameters of {POSTERIOR_MANIFEST}")));
        }
        let rows: Result<Vec<Vec<f64>>, csv::Error> = reader.deserialize().collect();
        let draws = rows.map_err(|error| damaged(error.to_string()))?;
        if draws.is_empty() || draws.iter().flatten().any(|value| !value.is_finite()) {
            return Err(damaged("it holds no draws, or some that are no numbers".into()));
        }
        Ok(Self { manifest, draws })
    }

    /// Writes both files into a folder.
    ///
    /// # Errors
    /// [`StoreError::Encode`] when they cannot be put together, [`StoreError::Io`] when the system refuses.
    pub fn write(&self, dir: &Path) -> Result<(), StoreError> {
        write_file(&dir.join(POSTERIOR_FILE), &self.draws_csv()?)?;
        write_file(&dir.join(POSTERIOR_MANIFEST), &pretty(POSTERIOR_MANIFEST, &self.manifest)?)
    }

    fn draws_csv(&self) -> Result<Vec<u8>, StoreError> {
        let failed = |reason: String| StoreError::Encode { what: POSTERIOR_FILE, reason };
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names = self.manifest.parameters.iter().map(|parameter| &parameter.name);
        writer.write_record(names).map_err(|error| failed(error.to_string()))?;
        for draw in &self.draws {
            let six = |value: &f64| format!("{value:.5e}").parse::<f64>().map_or(*value, |value| value);
            writer
                .serialize(draw.iter().map(six).collect::<Vec<_>>())
                .map_err(|error| failed(error.to_string()))?;
        }
        writer.into_inner().map_err(|error| failed(error.to_string()))
    }

    /// So many draws, evenly taken; all of them when there are fewer.
    pub fn thinned(&self, n: usize) -> Vec<Vec<f64>> {
        evenly_taken(&self.draws, n)
    }
}

/// So many rows, evenly taken; all of them when there are fewer.
pub fn evenly_taken(rows: &[Vec<f64>], n: usize) -> Vec<Vec<f64>> {
    let n = n.min(rows.len());
    (0..n).map(|k| rows[k * rows.len() / n].clone()).collect()
}
