//! `manifest.json`: what was run, by which build, and how far it came. It makes a run repeatable and a folder ours.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::digest::sha256_hex;
use crate::experiment::LawTotals;

use super::error::StoreError;
use super::json::{pretty, read};

/// Name of the file in a run folder.
pub const MANIFEST_FILE: &str = "manifest.json";
/// Name of the file that says what a study asks.
pub const STUDY_FILE: &str = "study.json";
/// Format of the file that this build writes and reads.
pub const MANIFEST_SCHEMA: &str = "bidcast/manifest/1";

/// Written in place of a fact that the build could not find out.
const UNKNOWN: &str = "unknown";

/// The `Cargo.lock` that the build used; empty when it had none.
static LOCK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/Cargo.lock"));

/// What identifies the program: the same build, configuration and seed give the same results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Version of bidcast.
    pub version: String,
    /// Git commit that it was built from, or `unknown`.
    pub git_commit: String,
    /// Whether the sources differed from that commit; absent when there was no repository.
    pub git_dirty: Option<bool>,
    /// SHA-256 of `Cargo.lock`: the exact versions of everything it depends on. `unknown` when it was built without.
    pub lock_sha256: String,
    /// Compiler, as `rustc --version` prints it.
    pub rustc: String,
    /// Platform that it was built for; results are promised to be equal within one.
    pub target: String,
    /// Cargo profile, `debug` or `release`.
    pub profile: String,
    /// Identifies the code that outcomes depend on, dependencies included: builds that share it, compiler and platform
    /// simulate the same markets.
    #[serde(default)]
    pub model: String,
}

impl Build {
    /// The facts of the running program.
    pub fn current() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            git_commit: env!("BIDCAST_GIT_COMMIT").to_owned(),
            git_dirty: match env!("BIDCAST_GIT_DIRTY") {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            lock_sha256: if LOCK.is_empty() { UNKNOWN.to_owned() } else { sha256_hex(LOCK) },
            rustc: env!("BIDCAST_RUSTC").to_owned(),
            target: env!("BIDCAST_TARGET").to_owned(),
            profile: env!("BIDCAST_PROFILE").to_owned(),
            model: env!("BIDCAST_MODEL").to_owned(),
        }
    }

    /// Whether the other build simulates the same markets.
    pub fn simulates_like(&self, other: &Self) -> bool {
        let of = |build: &Self| [build.model.clone(), build.rustc.clone(), build.target.clone()];
        of(self) == of(other)
    }
}

/// Everything that a run folder says about how it came to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of this file: [`MANIFEST_SCHEMA`].
    pub schema: String,
    /// The program.
    pub build: Build,
    /// The verb of the command line, such as `forecast`.
    pub verb: String,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of the resolved configuration: base, scenario and overrides together.
    pub config_sha256: String,
    /// Fingerprint of the design of a study; empty for a single replication.
    #[serde(default)]
    pub design: String,
    /// Master seed.
    pub seed: u64,
    /// Replications asked for.
    pub planned: u64,
    /// Replications that ended well.
    pub replications: u64,
    /// Replications that failed.
    #[serde(default)]
    pub failed: u64,
    /// Whether the run was stopped before all were done.
    pub interrupted: bool,
    /// Events taken from the calendar, over all replications.
    pub events: u64,
    /// Auctions cleared, over all replications.
    pub auctions: f64,
    /// Laws checked and violated, over all replications.
    pub laws: LawTotals,
    /// When the run began, in seconds since 1970-01-01 UTC, as told by the caller.
    pub started_unix_s: u64,
    /// How long it took, in seconds.
    pub wall_seconds: f64,
}

impl Manifest {
    /// Writes the manifest as indented JSON.
    ///
    /// # Errors
    /// [`StoreError::NotFinite`] when a number is NaN or infinite.
    pub fn to_json(&self) -> Result<Vec<u8>, StoreError> {
        for (place, value) in
            [("the number of auctions", self.auctions), ("the wall time", self.wall_seconds)]
        {
            if !value.is_finite() {
                return Err(StoreError::NotFinite { place: place.to_owned(), value });
            }
        }
        pretty(MANIFEST_FILE, self)
    }

    /// SHA-256 of a resolved configuration, for [`Manifest::config_sha256`].
    pub fn config_hash(resolved: &str) -> String {
        sha256_hex(resolved.as_bytes())
    }
}

/// Reads the manifest of a run folder.
///
/// # Errors
/// [`StoreError::NotARun`] when the folder has none, [`StoreError::Format`] when it is damaged, [`StoreError::Schema`]
/// when another version wrote it, [`StoreError::Io`] when the system refuses.
pub fn read_manifest(dir: &Path) -> Result<Manifest, StoreError> {
    read(dir, MANIFEST_FILE, MANIFEST_SCHEMA)
}

/// Whether a folder holds a run of ours, of this version or another. Only such a folder may ever be replaced.
pub(in crate::store) fn is_run(dir: &Path) -> bool {
    #[derive(Deserialize)]
    struct Head {
        schema: String,
    }
    // A study that was interrupted has no manifest yet.
    [(MANIFEST_FILE, "bidcast/manifest/"), (STUDY_FILE, "bidcast/study/")].iter().any(|(file, schema)| {
        let head = std::fs::read(dir.join(file)).ok().and_then(|b| serde_json::from_slice::<Head>(&b).ok());
        head.is_some_and(|h| h.schema.starts_with(schema))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_knows_itself() {
        let build = Build::current();
        assert_eq!(build.version, env!("CARGO_PKG_VERSION"));
        assert!(build.rustc.starts_with("rustc "), "{}", build.rustc);
        assert!(build.target.contains('-'), "{}", build.target);
        assert!(build.git_commit == UNKNOWN || build.git_commit.len() >= 40, "{}", build.git_commit);
        assert!(build.git_commit != UNKNOWN || build.git_dirty.is_none());
    }
}
