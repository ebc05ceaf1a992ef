//! One replication: a pure function of scenario, seed and number.

use thiserror::Error;

use crate::engine::{NoObserver, Observer, Record, Simulation, Violation};
use crate::metrics::{Outcome, outcome};
use crate::scenario::Scenario;

/// Why a replication cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ReplicationError {
    /// A law was broken.
    #[error("replication {replication} (seed {seed}) broke a law of the model")]
    Law {
        /// Number of the replication.
        replication: u64,
        /// Master seed.
        seed: u64,
        /// What was broken.
        violation: Violation,
    },
}

impl ReplicationError {
    /// Number of the replication concerned.
    pub fn replication(&self) -> u64 {
        match self {
            Self::Law { replication, .. } => *replication,
        }
    }
}

/// Runs one replication and reads its outcomes.
///
/// # Errors
/// The first broken law.
pub fn replicate(scenario: &Scenario, seed: u64, replication: u64) -> Result<Outcome, ReplicationError> {
    replicate_observed(scenario, seed, replication, &mut NoObserver).map(|(outcome, _)| outcome)
}

/// Runs one replication under the eyes of an observer; gives its outcomes and the record they were read from.
///
/// An observer cannot change the replication: outcomes and record are those of [`replicate`], bit by bit.
///
/// # Errors
/// The first broken law. The observer has seen every event all the same.
pub fn replicate_observed(
    scenario: &Scenario,
    seed: u64,
    replication: u64,
    observer: &mut dyn Observer,
) -> Result<(Outcome, Record), ReplicationError> {
    match Simulation::new(scenario, seed, replication).run(observer) {
        Ok(record) => Ok((outcome(replication, &record), record)),
        Err(violation) => Err(ReplicationError::Law { replication, seed, violation }),
    }
}
