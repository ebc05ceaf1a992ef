//! The state of a study on disk, part by part, without trusting that it is whole: what is there, what is missing or damaged,
//! which jobs failed, and whether the summary still says what the results say.

use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use super::folder::{Begun, PART_JOBS, StudyFolder};
use super::read::{Status, design_of, read_columns, read_status};
use super::results::StudyResults;
use crate::experiment::study::{Design, Part, parts};
use crate::experiment::{Columns, Summary};
use crate::metrics::METRICS;
use crate::stats::{mean, quantiles};
use crate::store::{SUMMARY_FILE, StoreError, read_summary};

/// Farthest apart two sums of the same numbers may be, relatively: another order of summation is no change of results.
const ROUNDING: f64 = 1e-9;

/// How a part of a study stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartState {
    /// It is not there.
    Missing,
    /// It is there, and so many of its jobs failed.
    Whole {
        /// Jobs that failed.
        failed: u64,
    },
    /// A file of it cannot be read, belongs to another design, or holds other jobs than it should.
    Damaged {
        /// What is wrong.
        reason: String,
    },
}

/// How a summary stands to the results beside it.
#[derive(Debug, Clone, PartialEq)]
pub enum SummaryState {
    /// There is none.
    Absent,
    /// All its means and medians are those of the results.
    Agrees {
        /// Numbers that were compared.
        compared: usize,
    },
    /// It says something else than the results.
    Differs {
        /// Where first, such as `hhi in 2026`.
        at: String,
        /// What the summary says.
        says: f64,
        /// What the results say.
        is: f64,
    },
    /// It could not be compared.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// The state of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// Every part, in order.
    pub parts: Vec<(Part, PartState)>,
    /// Jobs that failed, in order.
    pub failures: Vec<Status>,
    /// How the summary stands to the results.
    pub summary: SummaryState,
}

/// Looks at a study.
///
/// # Errors
/// As [`StudyFolder::read`]; parts that are damaged are no error, but part of the answer.
pub fn inspect(path: &Path) -> Result<Inspection, StoreError> {
    let Begun { folder, design, .. } = StudyFolder::read::<IgnoredAny>(path)?;
    let mut failures = Vec::new();
    let look = |part: Part| {
        let state = state(&folder, &part, &mut failures);
        (part, state)
    };
    let parts: Vec<(Part, PartState)> = parts(design.jobs.len() as u64, PART_JOBS).map(look).collect();
    let damaged = parts.iter().any(|(_, state)| matches!(state, PartState::Damaged { .. }));
    let summary = if damaged {
        SummaryState::Unknown { reason: "a part is damaged".to_owned() }
    } else {
        compare(&folder, &design)
    };
    Ok(Inspection { parts, failures, summary })
}

impl Inspection {
    /// Jobs of the parts whose state `is`.
    pub fn jobs(&self, is: impl Fn(&PartState) -> bool) -> u64 {
        let chosen = self.parts.iter().filter(|(_, state)| is(state));
        chosen.map(|(part, _)| part.jobs.end - part.jobs.start).sum()
    }
}

fn state(folder: &StudyFolder, part: &Part, failures: &mut Vec<Status>) -> PartState {
    let file = folder.file("results", part.number);
    if !file.exists() {
        return PartState::Missing;
    }
    match ended(folder, part, file) {
        Ok(ended) => {
            let failed = ended.into_iter().filter(|job| job.status != "ok");
            let before = failures.len();
            failures.extend(failed);
            PartState::Whole { failed: (failures.len() - before) as u64 }
        }
        Err(reason) => PartState::Damaged { reason },
    }
}

/// How the jobs of a part ended, if its files are what they should be.
fn ended(folder: &StudyFolder, part: &Part, file: PathBuf) -> Result<Vec<Status>, String> {
    let series = folder.file("series", part.number);
    for file in [&file, &series] {
        let design = design_of(file).map_err(|error| error.to_string())?;
        if design.as_deref() != Some(folder.fingerprint()) {
            return Err(format!("`{}` belongs to another design", file.display()));
        }
    }
    let ended = read_status(std::slice::from_ref(&file)).map_err(|error| error.to_string())?;
    if !ended.iter().map(|job| job.job).eq(part.jobs.clone()) {
        return Err(format!(
            "`{}` holds other jobs than {} to {}",
            file.display(),
            part.jobs.start,
            part.jobs.end - 1
        ));
    }
    // Months are read as well: a file can be cut off behind what says whose it is.
    read_columns(&[series], &["job_id", "month"]).map_err(|error| error.to_string())?;
    Ok(ended)
}

/// Compares means and medians of the summary with those of the results.
fn compare(folder: &StudyFolder, design: &Design) -> SummaryState {
    if !folder.path().join(SUMMARY_FILE).exists() {
        return SummaryState::Absent;
    }
    let told = read_summary(folder.path()).and_then(|summary| against(&summary, folder, design));
    told.unwrap_or_else(|error| SummaryState::Unknown { reason: error.to_string() })
}

fn against(summary: &Summary, folder: &StudyFolder, design: &Design) -> Result<SummaryState, StoreError> {
    let results = StudyResults::of(folder, design, |_, _| true)?;
    // A study that was precise enough early has used its first jobs.
    let n = summary.replications as usize;
    if results.jobs().len() < n {
        let (says, is) = (summary.replications as f64, results.jobs().len() as f64);
        return Ok(SummaryState::Differs { at: "number of replications".into(), says, is });
    }
    let mut compared = 0;
    for (metric, by_year) in METRICS.iter().zip(results.yearly(0..METRICS.len())?) {
        for (year, values) in results.years().iter().zip(by_year) {
            let told = summary.metrics.get(metric.name).and_then(|years| years.get(&year.to_string()));
            let (Some(told), Some(values)) = (told, values.get(..n)) else { continue };
            let median = quantiles(values, &[0.5]).map(|found| found[0]);
            for (says, is) in [(told.mean, mean(values)), (told.p50, median)] {
                let is = is.unwrap_or(f64::NAN);
                if !((says - is).abs() <= ROUNDING * says.abs()) {
                    return Ok(SummaryState::Differs { at: format!("{} in {year}", metric.name), says, is });
                }
                compared += 1;
            }
        }
    }
    Ok(SummaryState::Agrees { compared })
}
