//! Directions in the space of parameters that the data know: by name, and in words.

use bidcast::calibration::{CalibrationError, Direction, Esl, Likelihood, directions};
use bidcast::experiment::fit::Fit;
use serde::Serialize;

/// A direction in the space of parameters, the largest parts first.
#[derive(Serialize)]
pub(super) struct Known<'a> {
    signal: f64,
    low: f64,
    high: f64,
    parts: Vec<(&'a str, f64)>,
}

/// Directions that the targets of a calibration know, the best known first.
///
/// # Errors
/// As [`directions`].
pub(crate) fn known(esl: &Esl) -> Result<Vec<Direction>, CalibrationError> {
    let emulator = esl.emulator()?;
    let likelihood = Likelihood::new(&emulator, esl.observables(), esl.n_last())?;
    directions(&likelihood, esl.posterior())
}

/// The parts of a direction that make most of it, by name.
pub(super) fn named<'a>(fit: &'a Fit, direction: &Direction) -> Known<'a> {
    let priors = &fit.priors().priors;
    let mut parts: Vec<(&str, f64)> =
        priors.iter().map(|prior| prior.name.as_str()).zip(direction.loadings.iter().copied()).collect();
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    Known { signal: direction.signal, low: direction.interval.low, high: direction.interval.high, parts }
}

/// A direction in words.
pub(crate) fn sentence(fit: &Fit, direction: &Direction) -> String {
    let named = named(fit, direction);
    let parts: Vec<String> =
        named.parts.iter().take(4).map(|(name, part)| format!("{part:+.2} {name}")).collect();
    format!(
        "known {:.1} times better than by the prior ({:.1}–{:.1}): {}\n",
        named.signal,
        named.low,
        named.high,
        parts.join(" ")
    )
}
