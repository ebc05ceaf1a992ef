//! A study in rounds: each is a study of its own, whose design follows from the results of those before it.
//!
//! | file | content |
//! |---|---|
//! | `study.json` | what is asked, and who began it |
//! | `config.resolved.toml` | the configuration that all rounds vary |
//! | `rounds/00`, `rounds/01`, … | the rounds, each the folder of a study |
//!
//! # Guarantees
//! A round that is complete is read, not run. Because its design follows from rounds before it alone, a study that was broken
//! off and gone on with holds the same rounds, byte by byte, as one that was not.

use std::path::{Path, PathBuf};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::folder::{StudyFolder, check_model};
use super::record::CONFIG_FILE;
use crate::digest::Fingerprint;
use crate::experiment::study::{Design, Variant};
use crate::store::json::{pretty, read};
use crate::store::{Build, STUDY_FILE, StoreError, write_file};

/// Format of `study.json` of a study in rounds.
const ROUNDS_SCHEMA: &str = "bidcast/study/rounds/1";
/// Folder of the rounds.
const ROUNDS_FOLDER: &str = "rounds";

/// The folder of a study in rounds.
#[derive(Debug, Clone)]
pub struct RoundsFolder {
    path: PathBuf,
    fingerprint: String,
}

/// A study in rounds that was begun, read from its folder.
#[derive(Debug, Clone)]
pub struct BegunRounds<Q> {
    /// Where it is.
    pub folder: RoundsFolder,
    /// The configuration that all rounds vary.
    pub variant: Variant,
    /// Master seed.
    pub seed: u64,
    /// What is asked of it.
    pub question: Q,
    /// The program that began it.
    pub build: Build,
}

/// The content of `study.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Record<Q> {
    schema: String,
    build: Build,
    /// Identifies configuration, seed and question together: the rounds follow from them.
    design: String,
    seed: u64,
    scenario: String,
    question: Q,
}

impl RoundsFolder {
    /// Begins a study in rounds. A folder that holds the same study is gone on with.
    ///
    /// # Errors
    /// [`StoreError::OtherDesign`] when the folder holds another study, [`StoreError::OtherModel`] when a build began it that
    /// simulates other markets; [`StoreError::Io`] when the system refuses.
    pub fn begin<Q: Serialize>(
        path: &Path,
        variant: &Variant,
        seed: u64,
        question: &Q,
    ) -> Result<Self, StoreError> {
        let asked = serde_json::to_string(question)
            .map_err(|error| StoreError::Encode { what: STUDY_FILE, reason: error.to_string() })?;
        let fingerprint = Fingerprint::new(ROUNDS_SCHEMA)
            .text(&variant.name)
            .text(&variant.resolved_toml)
            .whole(seed)
            .text(&asked)
            .hex();
        let folder = Self { path: path.to_owned(), fingerprint };
        if path.join(STUDY_FILE).exists() {
            // Another kind of study is another study, not a damaged one.
            let other = || StoreError::OtherDesign { path: path.to_owned() };
            let record: Record<IgnoredAny> = read_record(path).map_err(|error| match error {
                StoreError::Schema { .. } => other(),
                error => error,
            })?;
            if record.design != folder.fingerprint {
                return Err(other());
            }
            check_model(path, &record.build)?;
            return Ok(folder);
        }
        let record = Record {
            schema: ROUNDS_SCHEMA.to_owned(),
            build: Build::current(),
            design: folder.fingerprint.clone(),
            seed,
            scenario: variant.name.clone(),
            question,
        };
        write_file(&path.join(CONFIG_FILE), variant.resolved_toml.as_bytes())?;
        // Last: where it stands, the study is begun.
        write_file(&path.join(STUDY_FILE), &pretty(STUDY_FILE, &record)?)?;
        Ok(folder)
    }

    /// Reads a study in rounds that was begun.
    ///
    /// # Errors
    /// [`StoreError::NotARun`] when the folder holds none; [`StoreError::Format`] and [`StoreError::Schema`] when it is
    /// damaged or of another kind; [`StoreError::Io`] when the system refuses.
    pub fn read<Q: DeserializeOwned>(path: &Path) -> Result<BegunRounds<Q>, StoreError> {
        let record: Record<Q> = read_record(path)?;
        let config = path.join(CONFIG_FILE);
        let resolved_toml = std::fs::read_to_string(&config).map_err(StoreError::io("read", &config))?;
        Ok(BegunRounds {
            folder: Self { path: path.to_owned(), fingerprint: record.design },
            variant: Variant { name: record.scenario, resolved_toml },
            seed: record.seed,
            question: record.question,
            build: record.build,
        })
    }

    /// Whether a folder holds a study in rounds.
    pub fn holds(path: &Path) -> bool {
        read_record::<IgnoredAny>(path).is_ok()
    }

    /// Begins a round, or goes on with it.
    ///
    /// # Errors
    /// As [`StudyFolder::begin`].
    pub fn round(&self, number: usize, design: &Design) -> Result<StudyFolder, StoreError> {
        StudyFolder::begin(&self.place(number), design, &serde_json::json!({ "round": number }))
    }

    /// Folders of the rounds that were begun, in order.
    pub fn rounds(&self) -> Vec<PathBuf> {
        (0..).map(|number| self.place(number)).take_while(|place| place.join(STUDY_FILE).exists()).collect()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Identifies configuration, seed and question together.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn place(&self, number: usize) -> PathBuf {
        self.path.join(ROUNDS_FOLDER).join(format!("{number:02}"))
    }
}

impl<Q> BegunRounds<Q> {
    /// Makes sure that this build may go on with the study.
    ///
    /// # Errors
    /// [`StoreError::OtherModel`] when a build began it that simulates other markets.
    pub fn go_on(&self) -> Result<(), StoreError> {
        check_model(&self.folder.path, &self.build)
    }
}

fn read_record<Q: DeserializeOwned>(path: &Path) -> Result<Record<Q>, StoreError> {
    read(path, STUDY_FILE, ROUNDS_SCHEMA)
}
