//! One replication: a pure function of scenario, seed and number.

use thiserror::Error;

use crate::engine::{Violation, simulate};
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
    match simulate(scenario, seed, replication) {
        Ok(record) => Ok(outcome(replication, &record)),
        Err(violation) => Err(ReplicationError::Law { replication, seed, violation }),
    }
}
