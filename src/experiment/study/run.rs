//! Parts of a design on many threads: jobs are handed out one by one in order, and a part is kept as soon as its last job ends.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::job::Finished;
use crate::experiment::Watch;

/// Consecutive jobs whose results are kept together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Number of the part, from 0.
    pub number: u64,
    /// Its jobs.
    pub jobs: Range<u64>,
}

/// Divides jobs into parts of `size`, the last one of what is left.
pub fn parts(jobs: u64, size: u64) -> impl Iterator<Item = Part> {
    let size = size.max(1);
    (0..jobs.div_ceil(size))
        .map(move |number| Part { number, jobs: number * size..((number + 1) * size).min(jobs) })
}

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Parts kept.
    pub parts: u64,
    /// Whether it was stopped before all were.
    pub interrupted: bool,
}

/// Why a run failed. Parts that were kept before stay kept.
#[derive(Debug, Error)]
pub enum RunError<E: std::error::Error + 'static> {
    /// A part could not be kept.
    #[error(transparent)]
    Keep(E),
    /// The threads could not be started.
    #[error("cannot start {jobs} threads")]
    Threads {
        /// Threads asked for.
        jobs: usize,
        /// What the system says.
        source: rayon::ThreadPoolBuildError,
    },
}

/// Takes in the results of a part.
pub type Keep<'a, E> = dyn FnMut(&Part, &[Finished]) -> Result<(), E> + Send + 'a;

/// What is shared by the threads.
struct Desk<'a, E> {
    /// Results of parts that are not complete yet, by number of the part.
    open: BTreeMap<u64, Vec<Finished>>,
    keep: &'a mut Keep<'a, E>,
    kept: u64,
    failed: Option<E>,
}

/// Runs the jobs of `parts` on `threads` threads, 0 for one per core, and hands each complete part to `keep`, its results in
/// the order of the jobs. Parts may be kept in another order than they are given.
///
/// After the watch says stop, no more jobs begin, and parts that are not complete are forgotten.
///
/// # Errors
/// The first error of `keep`, after which no more jobs begin; threads that cannot be started.
pub fn run_parts<E: std::error::Error + Send + 'static>(
    parts: &[Part],
    threads: usize,
    work: &(dyn Fn(u64) -> Finished + Sync),
    keep: &mut Keep<'_, E>,
    watch: &dyn Watch,
) -> Result<Progress, RunError<E>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|source| RunError::Threads { jobs: threads, source })?;
    let rows: Vec<(&Part, u64)> =
        parts.iter().flat_map(|part| part.jobs.clone().map(move |job| (part, job))).collect();
    let (next, done, planned) = (AtomicU64::new(0), AtomicU64::new(0), rows.len() as u64);
    let desk = Mutex::new(Desk { open: BTreeMap::new(), keep, kept: 0, failed: None });
    pool.broadcast(|_| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((part, job)) = rows.get(at as usize) else { break };
            if watch.stop() || lock(&desk).failed.is_some() {
                break;
            }
            let finished = work(*job);
            if finished.outcome.is_err() {
                watch.failed();
            }
            watch.finished(done.fetch_add(1, Ordering::Relaxed) + 1, planned);
            lock(&desk).file(part, finished);
        }
    });
    let desk = desk.into_inner().unwrap_or_else(PoisonError::into_inner);
    match desk.failed {
        Some(error) => Err(RunError::Keep(error)),
        None => Ok(Progress { parts: desk.kept, interrupted: desk.kept < parts.len() as u64 }),
    }
}

/// A thread that panicked inside `keep` left nothing half-filed that another could read.
fn lock<'a, 'b, E>(desk: &'a Mutex<Desk<'b, E>>) -> std::sync::MutexGuard<'a, Desk<'b, E>> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<E> Desk<'_, E> {
    /// Files a result, and keeps its part once that is complete.
    fn file(&mut self, part: &Part, finished: Finished) {
        let results = self.open.entry(part.number).or_default();
        results.push(finished);
        if (results.len() as u64) < part.jobs.end - part.jobs.start {
            return;
        }
        let mut results = self.open.remove(&part.number).unwrap_or_default();
        results.sort_unstable_by_key(|finished| finished.job);
        match (self.keep)(part, &results) {
            Ok(()) => self.kept += 1,
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }
}
