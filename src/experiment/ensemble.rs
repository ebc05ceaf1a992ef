//! Many replications in parallel: the same answer for any number of threads.
//!
//! Replications share nothing; results are kept by number and read in order, so neither threads nor order can show.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use thiserror::Error;

use super::replicate::{ReplicationError, replicate};
use crate::metrics::Outcome;
use crate::scenario::Scenario;

/// What to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Master seed.
    pub seed: u64,
    /// Replications, numbered from 0.
    pub replications: u64,
    /// Threads; 0 for one per core.
    pub jobs: usize,
}

/// Watches an ensemble and may stop it.
pub trait Watch: Sync {
    /// Called after each replication.
    fn finished(&self, done: u64, planned: u64);
    /// Called after a replication that failed, before [`Watch::finished`].
    fn failed(&self) {}
    /// Whether to start no more replications.
    fn stop(&self) -> bool;
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Watch for Silent {
    fn finished(&self, _: u64, _: u64) {}
    fn stop(&self) -> bool {
        false
    }
}

/// What an ensemble brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Ensemble {
    /// Outcomes of the finished replications, by number.
    pub outcomes: Vec<Outcome>,
    /// Whether it was stopped before all were done.
    pub interrupted: bool,
}

/// Why an ensemble failed.
#[derive(Debug, Error)]
pub enum EnsembleError {
    /// A replication broke a law.
    #[error(transparent)]
    Replication(#[from] ReplicationError),
    /// The threads could not be started.
    #[error("cannot start {jobs} threads")]
    Threads {
        /// Threads asked for.
        jobs: usize,
        /// What the system says.
        source: rayon::ThreadPoolBuildError,
    },
}

/// Runs the replications of a plan.
///
/// # Errors
/// The broken law of the lowest-numbered replication that broke one, or threads that cannot be started.
pub fn ensemble(scenario: &Scenario, plan: &Plan, watch: &dyn Watch) -> Result<Ensemble, EnsembleError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .build()
        .map_err(|source| EnsembleError::Threads { jobs: plan.jobs, source })?;
    let done = AtomicU64::new(0);
    let results: Vec<Option<Result<Outcome, ReplicationError>>> = pool.install(|| {
        (0..plan.replications as usize)
            .into_par_iter()
            // One replication is long: hand them out one by one, so that no thread waits at the end.
            .with_max_len(1)
            .map(|number| {
                let replication = number as u64;
                if watch.stop() {
                    return None;
                }
                let result = replicate(scenario, plan.seed, replication);
                watch.finished(done.fetch_add(1, Ordering::Relaxed) + 1, plan.replications);
                Some(result)
            })
            .collect()
    });
    let interrupted = results.iter().any(Option::is_none);
    let outcomes = results.into_iter().flatten().collect::<Result<Vec<_>, _>>()?;
    Ok(Ensemble { outcomes, interrupted })
}
