//! One row of a design simulated, or why it could not be: a failure is a result like any other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use thiserror::Error;

use super::design::{Design, DesignError};
use crate::engine::{NoObserver, Simulation};
use crate::metrics::{METRICS, Outcome, outcome};
use crate::scenario::Scenario;

/// When to give up on a job.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Longest time for one job; none when absent. Whether it is reached depends on the machine; what a job that ends in time
    /// yields does not.
    pub time: Option<Duration>,
}

/// Why a job has no outcome.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Failure {
    /// The configuration of its row is refused.
    #[error("refused: {0}")]
    Refused(String),
    /// A law of the model was broken.
    #[error("broke {0}")]
    Law(String),
    /// The program panicked.
    #[error("panicked: {0}")]
    Panic(String),
    /// It took longer than allowed.
    #[error("gave up after {} s, on day {day}", .allowed.as_secs_f64())]
    TimedOut {
        /// Time allowed.
        allowed: Duration,
        /// Simulated day that was reached (0 = 2025-01-01).
        day: i64,
    },
    /// An outcome is not a number.
    #[error("`{metric}` of {period} is not a number")]
    NotFinite {
        /// Name of the metric.
        metric: String,
        /// Year or month.
        period: String,
    },
}

impl Failure {
    /// The kind of failure in one word, for tables.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Law(_) => "law",
            Self::Panic(_) => "panic",
            Self::TimedOut { .. } => "timeout",
            Self::NotFinite { .. } => "not_finite",
        }
    }
}

/// A job that has been run.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Number of the job.
    pub job: u64,
    /// What it brought.
    pub outcome: Result<Outcome, Failure>,
}

/// Runs a job of a design. Never panics: a panic of the simulation is a failure of the job.
pub fn run_job(design: &Design, job: u64, limits: Limits) -> Finished {
    attempt(job, || {
        let scenario = design.scenario(job).map_err(|error| Failure::Refused(reason(&error)))?;
        let replication = design.jobs[job as usize].replication;
        simulate(&scenario, design.seed, replication, limits)
    })
}

/// Does the work of a job. What it brings must be numbers, and whatever goes wrong is told as a failure, a panic too.
pub(in crate::experiment) fn attempt(job: u64, work: impl FnOnce() -> Result<Outcome, Failure>) -> Finished {
    let guarded = catch_unwind(AssertUnwindSafe(|| work().and_then(finite)));
    let outcome = guarded.unwrap_or_else(|payload| Err(Failure::Panic(message(payload.as_ref()))));
    Finished { job, outcome }
}

fn reason(error: &DesignError) -> String {
    match error {
        DesignError::Refused { diagnostics, .. } => format!("{error}: {diagnostics}"),
        DesignError::Misfit { .. } => error.to_string(),
    }
}

fn simulate(scenario: &Scenario, seed: u64, replication: u64, limits: Limits) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let mut simulation = Simulation::new(scenario, seed, replication);
    while simulation.advance(&mut NoObserver) {
        if let Some(allowed) = limits.time
            && start.elapsed() > allowed
        {
            return Err(Failure::TimedOut { allowed, day: simulation.day() });
        }
    }
    let record = simulation.finish().map_err(|violation| Failure::Law(violation.to_string()))?;
    Ok(outcome(replication, &record))
}

/// An outcome all of whose numbers are numbers, where there can be one: months hold those of monthly metrics only, and the
/// first year has none before it.
fn finite(outcome: Outcome) -> Result<Outcome, Failure> {
    let not_finite = |metric: usize, period: String| Failure::NotFinite {
        metric: METRICS[metric].name.to_owned(),
        period,
    };
    for (year, row) in outcome.years.iter().zip(&outcome.yearly) {
        let missing = |metric: usize, x: f64| METRICS[metric].looks_back && x.is_nan();
        if let Some(metric) = (0..row.len()).find(|m| !row[*m].is_finite() && !missing(*m, row[*m])) {
            return Err(not_finite(metric, year.to_string()));
        }
    }
    for (month, row) in outcome.months.iter().zip(&outcome.monthly) {
        if let Some(metric) = (0..row.len()).find(|m| METRICS[*m].monthly && !row[*m].is_finite()) {
            return Err(not_finite(metric, month.to_string()));
        }
    }
    Ok(outcome)
}

/// What a panic says.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().map(str::to_owned);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".into())
}
