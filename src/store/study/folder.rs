//! The folder of a study while it grows: what it holds already, and parts added to it one by one.
//!
//! # Guarantees
//! 1. The design is on disk before the first result, and results of another design are never added to it.
//! 2. A part of `results` is there whole or not at all, whatever kills the program; there it is never written again.
//! 3. What a killed program left half-written is removed when the folder is opened to go on.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::columns::Shape;
use super::read::design_of;
use super::record::{Record, read_design, read_record};
use super::write::{design_parquet, results_parquet, series_parquet};
use crate::experiment::study::{Design, DesignError, Finished, Part, parts};
use crate::store::{Build, STUDY_FILE, StoreError, write_file};

/// Jobs of a part: few enough that little is lost with a part that is not complete.
pub const PART_JOBS: u64 = 8;

const DESIGN_FILE: &str = "design.parquet";

/// A study that is being run.
#[derive(Debug, Clone)]
pub struct StudyFolder {
    path: PathBuf,
    fingerprint: String,
    shape: Shape,
    jobs: u64,
}

/// A study that was begun, read from its folder.
#[derive(Debug, Clone)]
pub struct Begun<Q> {
    /// Where it is.
    pub folder: StudyFolder,
    /// Its rows.
    pub design: Design,
    /// What is asked of it.
    pub question: Q,
    /// The program that began it.
    pub build: Build,
}

impl StudyFolder {
    /// Begins a study: puts its design and what is asked of it on disk. A folder that holds the same study is gone on with.
    ///
    /// # Errors
    /// [`StoreError::OtherDesign`] when the folder holds another study, [`StoreError::OtherModel`] when a build began it that
    /// simulates other markets; [`StoreError::Refused`] when a configuration is refused; [`StoreError::Io`] when the system
    /// refuses.
    pub fn begin<Q: Serialize>(path: &Path, design: &Design, question: &Q) -> Result<Self, StoreError> {
        let folder = Self::of(path, design, design.fingerprint())?;
        if path.join(STUDY_FILE).exists() {
            let record: Record<IgnoredAny> = read_record(path)?;
            if record.design != folder.fingerprint {
                return Err(StoreError::OtherDesign { path: path.to_owned() });
            }
            check_model(path, &record.build)?;
            folder.sweep()?;
            return Ok(folder);
        }
        let record = Record::new(design, &folder.fingerprint, question);
        write_file(&path.join(DESIGN_FILE), &design_parquet(design, &folder.fingerprint)?)?;
        for (name, text) in record.configs(design) {
            write_file(&path.join(name), text.as_bytes())?;
        }
        // Last: where it stands, the study is begun.
        write_file(&path.join(STUDY_FILE), &record.json()?)?;
        Ok(folder)
    }

    /// Reads a study that was begun, to look at it or to go on with it.
    ///
    /// # Errors
    /// [`StoreError::NotARun`] when the folder holds none; [`StoreError::Format`], [`StoreError::Schema`] and
    /// [`StoreError::Part`] when it is damaged or of another version; [`StoreError::Io`] when the system refuses.
    pub fn read<Q: DeserializeOwned>(path: &Path) -> Result<Begun<Q>, StoreError> {
        let record: Record<Q> = read_record(path)?;
        let design = read_design(path, &path.join(DESIGN_FILE), &record)?;
        let folder = Self::of(path, &design, record.design)?;
        Ok(Begun { folder, design, question: record.question, build: record.build })
    }

    fn of(path: &Path, design: &Design, fingerprint: String) -> Result<Self, StoreError> {
        let refused =
            |error: DesignError| StoreError::Refused { path: path.to_owned(), source: Box::new(error) };
        let shape = Shape::of(design).map_err(refused)?;
        Ok(Self { path: path.to_owned(), fingerprint, shape, jobs: design.jobs.len() as u64 })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fingerprint of its design.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Periods that it reports on.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Parts that are still to be run, in order.
    ///
    /// # Errors
    /// [`StoreError::OtherDesign`] when a part belongs to another design, [`StoreError::Part`] when it is damaged.
    pub fn missing(&self) -> Result<Vec<Part>, StoreError> {
        let mut missing = Vec::new();
        for part in parts(self.jobs, PART_JOBS) {
            let file = self.file("results", part.number);
            if !file.exists() {
                missing.push(part);
            } else if design_of(&file)?.as_ref() != Some(&self.fingerprint) {
                return Err(StoreError::OtherDesign { path: file });
            }
        }
        Ok(missing)
    }

    /// Adds the results of a part.
    ///
    /// # Errors
    /// [`StoreError::Encode`] when the tables cannot be put together, [`StoreError::Io`] when the system refuses.
    pub fn add(&self, design: &Design, part: &Part, results: &[Finished]) -> Result<(), StoreError> {
        write_file(&self.file("series", part.number), &series_parquet(&self.fingerprint, results)?)?;
        // Last: where it stands, the part is done.
        let rows = results_parquet(design, &self.shape, &self.fingerprint, results)?;
        write_file(&self.file("results", part.number), &rows)
    }

    /// Takes over the parts that another folder of the same study has and this one lacks; gives their number.
    ///
    /// # Errors
    /// [`StoreError::OtherDesign`] when it is a folder of another study; what the system refuses.
    pub fn take(&self, other: &Self) -> Result<u64, StoreError> {
        if other.fingerprint != self.fingerprint {
            return Err(StoreError::OtherDesign { path: other.path.clone() });
        }
        let theirs = other.missing()?;
        let mut taken = 0;
        for part in self.missing()?.into_iter().filter(|part| !theirs.contains(part)) {
            for table in ["series", "results"] {
                let file = other.file(table, part.number);
                let bytes = fs::read(&file).map_err(StoreError::io("read", &file))?;
                write_file(&self.file(table, part.number), &bytes)?;
            }
            taken += 1;
        }
        Ok(taken)
    }

    /// Files of `results` that are there, in the order of the jobs.
    pub fn results(&self) -> Vec<PathBuf> {
        self.files("results")
    }

    /// Files of `series` whose part is done, in the order of the jobs.
    pub fn series(&self) -> Vec<PathBuf> {
        self.files("series")
    }

    fn files(&self, table: &str) -> Vec<PathBuf> {
        let done = parts(self.jobs, PART_JOBS).filter(|part| self.file("results", part.number).exists());
        done.map(|part| self.file(table, part.number)).collect()
    }

    pub(super) fn file(&self, table: &str, part: u64) -> PathBuf {
        self.path.join(table).join(format!("part-{part:05}.parquet"))
    }

    /// Removes what a killed program left half-written: a part, or a table or picture of the conclusion.
    fn sweep(&self) -> Result<(), StoreError> {
        let mut folders = vec![self.path.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(StoreError::io("list the folder", &folder)(error)),
            };
            for entry in entries.flatten() {
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(entry.path());
                } else if entry.file_name().to_string_lossy().starts_with(".partial-") {
                    fs::remove_file(entry.path()).map_err(StoreError::io("remove", &entry.path()))?;
                }
            }
        }
        Ok(())
    }
}

impl<Q> Begun<Q> {
    /// Makes the study ready to be gone on with.
    ///
    /// # Errors
    /// [`StoreError::OtherModel`] when a build began it that simulates other markets; what the system refuses.
    pub fn go_on(&self) -> Result<(), StoreError> {
        check_model(&self.folder.path, &self.build)?;
        self.folder.sweep()
    }
}

/// Results of two models in one study would be results of none.
pub(super) fn check_model(path: &Path, began: &Build) -> Result<(), StoreError> {
    if Build::current().simulates_like(began) {
        return Ok(());
    }
    Err(StoreError::OtherModel {
        path: path.to_owned(),
        version: began.version.clone(),
        model: began.model.clone(),
    })
}
