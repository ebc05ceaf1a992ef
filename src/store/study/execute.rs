//! A study run: what its folder lacks is simulated or found in the cache, and kept part by part.

use thiserror::Error;

use super::cache::Cache;
use super::folder::StudyFolder;
use crate::experiment::Watch;
use crate::experiment::study::{Design, Finished, Limits, Part, Progress, RunError, run_job, run_parts};
use crate::store::StoreError;

/// Which share of the parts is run here: part p belongs to shard p mod `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Number of the shard, from 0.
    pub index: u64,
    /// Shards in all, at least 1.
    pub of: u64,
}

impl Shard {
    /// All parts.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    fn has(self, part: &Part) -> bool {
        part.number % self.of.max(1) == self.index
    }
}

/// How a study is run; nothing here changes a result.
#[derive(Debug, Clone, Copy)]
pub struct How<'a> {
    /// Threads; 0 for one per core.
    pub threads: usize,
    /// When to give up on a job.
    pub limits: Limits,
    /// Which parts are run.
    pub shard: Shard,
    /// Where outcomes are known from.
    pub cache: Option<&'a Cache>,
    /// Parts that begin at this job or later are not run.
    pub up_to: u64,
}

/// Why a study could not be run on. Parts that were kept before stay kept.
#[derive(Debug, Error)]
pub enum ExecuteError {
    /// The folder cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A part could not be kept, or the threads could not be started.
    #[error(transparent)]
    Run(#[from] RunError<StoreError>),
}

/// The parts that a run would run.
///
/// # Errors
/// As [`StudyFolder::missing`].
pub fn to_run(folder: &StudyFolder, how: &How<'_>) -> Result<Vec<Part>, StoreError> {
    let mut parts = folder.missing()?;
    parts.retain(|part| how.shard.has(part) && part.jobs.start < how.up_to);
    Ok(parts)
}

/// Runs what the folder lacks.
///
/// # Errors
/// A folder that cannot be read or written; threads that cannot be started.
pub fn execute(
    folder: &StudyFolder,
    design: &Design,
    how: &How<'_>,
    watch: &dyn Watch,
) -> Result<Progress, ExecuteError> {
    let parts = to_run(folder, how)?;
    let work = |job| known_or_run(design, job, how);
    let mut keep = |part: &Part, results: &[Finished]| folder.add(design, part, results);
    Ok(run_parts(&parts, how.threads, &work, &mut keep, watch)?)
}

/// A job from the cache, or else simulated and put there.
pub fn known_or_run(design: &Design, job: u64, how: &How<'_>) -> Finished {
    if let Some(outcome) = how.cache.and_then(|cache| cache.get(design, job)) {
        return Finished { job, outcome: Ok(outcome) };
    }
    let finished = run_job(design, job, how.limits);
    if let (Some(cache), Ok(outcome)) = (how.cache, &finished.outcome) {
        // What cannot be cached is simulated again another time; the study itself does not need it.
        let _ = cache.put(design, job, outcome);
    }
    finished
}
