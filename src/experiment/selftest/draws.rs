//! What all checks share: fixed streams, the base scenario's parameters, and moments with their errors.

use std::sync::OnceLock;

use super::check::Answer;
use crate::rng::Streams;
use crate::scenario::{Scenario, Spec};
use crate::stats;

/// Master seed of the suite.
pub(super) const SEED: u64 = 20_250_101;

/// Subjects, each with streams of its own: the replication in the address of its draws.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    Generator = 1,
    Calendar = 2,
    Auction = 3,
    Money = 4,
    People = 5,
    Learning = 6,
    Creatives = 7,
    Concentration = 8,
    Formats = 9,
    Sampling = 10,
    Studies = 20,
    Scores = 21,
    Sensitivity = 22,
    Calibration = 23,
}

/// Streams of a subject; checks within it take different purposes.
pub(super) fn streams(subject: Subject) -> Streams {
    Streams::new(SEED, subject as u64)
}

/// Asks a check of the mechanisms as the base scenario sets them; there is no answer when the base does not load.
pub(super) fn with_base(ask: impl FnOnce(&Spec) -> Answer) -> Answer {
    static BASE: OnceLock<Option<Spec>> = OnceLock::new();
    let base = BASE.get_or_init(|| Scenario::load(&[]).ok().map(|base| base.parameters().spec.clone()));
    base.as_ref().map_or_else(Answer::none, ask)
}

/// Mean and variance of draws with their standard errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    pub(super) mean: f64,
    pub(super) mean_error: f64,
    pub(super) variance: f64,
    pub(super) variance_error: f64,
}

/// Moments of independent draws. Of fewer than two nothing is known, and nothing passes.
pub(super) fn moments(draws: &[f64]) -> Moments {
    let n = draws.len() as f64;
    let mean = stats::mean(draws).unwrap_or(f64::NAN);
    let sd = stats::sample_sd(draws).unwrap_or(f64::NAN);
    let variance = sd * sd;
    let fourth = draws.iter().map(|x| (x - mean).powi(4)).sum::<f64>() / n;
    Moments {
        mean,
        mean_error: sd / n.sqrt(),
        variance,
        variance_error: ((fourth - variance * variance) / n).sqrt(),
    }
}

impl Moments {
    /// The mean against what it should be.
    pub(super) fn mean_is(&self, expected: f64) -> Answer {
        Answer::chance(expected, self.mean, self.mean_error)
    }

    /// The variance against what it should be.
    pub(super) fn variance_is(&self, expected: f64) -> Answer {
        Answer::chance(expected, self.variance, self.variance_error)
    }
}

/// A share of `n` independent trials against its probability.
pub(super) fn share_is(probability: f64, hits: u64, n: u64) -> Answer {
    let error = (probability * (1.0 - probability) / n as f64).sqrt();
    Answer::chance(probability, hits as f64 / n as f64, error)
}
