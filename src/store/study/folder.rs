//! The folder of a study while it grows: what it holds already, and parts added to it one by one.
//!
//! # Guarantees
//! 1. The design is on disk before the first result, and results of another design are never added to it.
//! 2. A part of `results` is there whole or not at all, whatever kills the program; there it is never written again.
//! 3. What a killed program left half-written is removed when the folder is opened to go on.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::columns::Shape;
use super::read::design_of;
use super::write::{design_parquet, results_parquet, series_parquet};
use crate::experiment::study::{Design, Finished, Part, parts};
use crate::store::{StoreError, write_file};

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

impl StudyFolder {
    /// Opens a folder for a design: makes it, or goes on where the same design was left.
    ///
    /// # Errors
    /// [`StoreError::OtherDesign`] when the folder holds another design; [`StoreError::Part`] when its design is damaged;
    /// [`StoreError::Io`] when the system refuses.
    pub fn open(path: &Path, design: &Design, shape: Shape) -> Result<Self, StoreError> {
        let fingerprint = design.fingerprint();
        let folder = Self { path: path.to_owned(), fingerprint, shape, jobs: design.jobs.len() as u64 };
        let file = path.join(DESIGN_FILE);
        if file.exists() {
            if design_of(&file)?.as_ref() != Some(&folder.fingerprint) {
                return Err(StoreError::OtherDesign { path: path.to_owned() });
            }
            folder.sweep()?;
        } else {
            write_file(&file, &design_parquet(design, &folder.fingerprint)?)?;
        }
        Ok(folder)
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

    fn file(&self, table: &str, part: u64) -> PathBuf {
        self.path.join(table).join(format!("part-{part:05}.parquet"))
    }

    /// Removes what a killed program left half-written.
    fn sweep(&self) -> Result<(), StoreError> {
        for folder in [self.path.clone(), self.path.join("results"), self.path.join("series")] {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(StoreError::io("list the folder", &folder)(error)),
            };
            for entry in entries.flatten() {
                if entry.file_name().to_string_lossy().starts_with(".partial-") {
                    fs::remove_file(entry.path()).map_err(StoreError::io("remove", &entry.path()))?;
                }
            }
        }
        Ok(())
    }
}
