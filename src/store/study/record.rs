//! `study.json`: what is asked of a study, and all that is needed to go on with it from its folder alone.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::read::read_columns;
use crate::experiment::study::{Design, Job, Lever, Variant};
use crate::store::json::{pretty, read};
use crate::store::{Build, STUDY_FILE, StoreError};

/// Format of the file that this build writes and reads.
const STUDY_SCHEMA: &str = "bidcast/study/1";
/// The configuration of a study of one scenario; `-c` with it repeats the study.
pub(super) const CONFIG_FILE: &str = "config.resolved.toml";

/// The content of `study.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record<Q> {
    schema: String,
    /// The program that began it.
    pub(super) build: Build,
    /// Fingerprint of the design.
    pub(super) design: String,
    seed: u64,
    jobs: u64,
    variants: Vec<VariantFile>,
    levers: Vec<Lever>,
    /// What is asked of the results.
    pub(super) question: Q,
}

/// Where the configuration of a variant is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct VariantFile {
    name: String,
    config: String,
}

impl<Q> Record<Q> {
    pub(super) fn new(design: &Design, fingerprint: &str, question: Q) -> Self {
        let several = design.variants.len() > 1;
        let file = |(number, variant): (usize, &Variant)| VariantFile {
            name: variant.name.clone(),
            // Numbered, because two variants may bear the same name.
            config: if several { format!("config/{number:02}.resolved.toml") } else { CONFIG_FILE.into() },
        };
        Self {
            schema: STUDY_SCHEMA.into(),
            build: Build::current(),
            design: fingerprint.to_owned(),
            seed: design.seed,
            jobs: design.jobs.len() as u64,
            variants: design.variants.iter().enumerate().map(file).collect(),
            levers: design.levers.clone(),
            question,
        }
    }

    /// Configurations with the names of their files.
    pub(super) fn configs<'a>(&'a self, design: &'a Design) -> impl Iterator<Item = (&'a str, &'a str)> {
        let files = self.variants.iter().map(|file| file.config.as_str());
        files.zip(design.variants.iter().map(|variant| variant.resolved_toml.as_str()))
    }
}

impl<Q: Serialize> Record<Q> {
    pub(super) fn json(&self) -> Result<Vec<u8>, StoreError> {
        pretty(STUDY_FILE, self)
    }
}

/// Reads the record of a folder.
pub(super) fn read_record<Q: DeserializeOwned>(dir: &Path) -> Result<Record<Q>, StoreError> {
    read(dir, STUDY_FILE, STUDY_SCHEMA)
}

/// Puts a design together again from its record, its table and its configurations.
pub(super) fn read_design<Q>(dir: &Path, table: &Path, record: &Record<Q>) -> Result<Design, StoreError> {
    let damaged = |reason: String| StoreError::Part { path: table.to_owned(), reason };
    let mut names = vec!["variant", "draw", "replication"];
    names.extend(record.levers.iter().map(|lever| lever.name.as_str()));
    let columns = read_columns(&[table.to_owned()], &names)?;
    let mut design = Design {
        seed: record.seed,
        variants: Vec::new(),
        levers: record.levers.clone(),
        draws: Vec::new(),
        jobs: Vec::new(),
    };
    for file in &record.variants {
        let path = dir.join(&file.config);
        let resolved_toml = std::fs::read_to_string(&path).map_err(StoreError::io("read", &path))?;
        design.variants.push(Variant { name: file.name.clone(), resolved_toml });
    }
    for row in 0..columns[0].len() {
        let draw = columns[1][row] as usize;
        // Draws are numbered by their first job; a number far beyond is that of a damaged table.
        if draw > columns[0].len() {
            return Err(damaged(format!("job {row} has draw {draw}")));
        }
        if draw >= design.draws.len() {
            design.draws.resize(draw + 1, Vec::new());
        }
        design.draws[draw] = columns[3..].iter().map(|column| column[row]).collect();
        design.jobs.push(Job {
            variant: columns[0][row] as u32,
            draw: draw as u32,
            replication: columns[2][row] as u64,
        });
    }
    if design.fingerprint() != record.design {
        return Err(damaged("the design is not the one of study.json".into()));
    }
    Ok(design)
}
