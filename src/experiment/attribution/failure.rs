//! Why a difference could not be attributed.

use thiserror::Error;

use crate::diagnostic::Diagnostics;
use crate::experiment::ReplicationError;
use crate::scenario::Layer;

/// Why two scenarios cannot be taken apart.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ContrastError {
    /// One of them is not valid.
    #[error(transparent)]
    Input(#[from] Diagnostics),
    /// They differ in how the market is looked at, not only in what happens in it.
    #[error("the two scenarios differ in {}", .paths.join(", "))]
    Run {
        /// Parameters of `[run]` that differ.
        paths: Vec<String>,
    },
    /// Shocks of both, in another order.
    #[error("the two scenarios have the same shocks in another order")]
    Order,
    /// More parts than settings can name.
    #[error("the two scenarios differ in {n_parts} parts, and at most {most} can be told apart")]
    TooManyParts {
        /// Parts found.
        n_parts: usize,
        /// Parts possible.
        most: usize,
    },
    /// No mechanism of that name is on.
    #[error("there is no mechanism `{name}` that could be switched off")]
    UnknownMechanism {
        /// Name asked for.
        name: String,
        /// All that can be switched off.
        known: Vec<String>,
    },
}

/// Why an attribution failed.
#[derive(Debug, Error)]
pub enum AttributionError {
    /// A mixture of the two scenarios is not valid.
    #[error("the scenario is not valid with {setting}")]
    Mixture {
        /// Which parts are on and off, in words.
        setting: String,
        /// What is wrong with it.
        source: Diagnostics,
    },
    /// A replication broke a law.
    #[error("{source}, with {setting}")]
    Law {
        /// Which parts are on and off, in words.
        setting: String,
        /// The parts as a file, which goes over the files that both scenarios share.
        layer: Layer,
        /// The replication and its law.
        source: Box<ReplicationError>,
    },
    /// No metric of that name.
    #[error("there is no metric `{name}`")]
    UnknownMetric {
        /// Name asked for.
        name: String,
    },
    /// A year that is not reported.
    #[error("{year} is not reported; the years are {first} to {last}")]
    UnknownYear {
        /// Year asked for.
        year: i32,
        /// First reported year.
        first: i32,
        /// Last reported year.
        last: i32,
    },
    /// A metric that has no value in a year, such as growth in the first.
    #[error("`{metric}` has no value in {year}")]
    NoValue {
        /// The metric.
        metric: String,
        /// The year.
        year: i32,
    },
    /// The threads could not be started.
    #[error("cannot start {jobs} threads")]
    Threads {
        /// Threads asked for.
        jobs: usize,
        /// What the system says.
        source: rayon::ThreadPoolBuildError,
    },
}
