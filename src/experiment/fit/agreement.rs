//! Agreement of two methods: the posterior of the waves beside one from regression ABC, which has no emulator.
//!
//! Both see the same targets; ABC sees the runs of the first wave alone, which come from the prior. It is wider where targets
//! are sharp, so that little overlap is a question, not a verdict.

use serde::{Deserialize, Serialize};

use super::scales::Scales;
use crate::calibration::{AbcRule, CalibrationError, Esl, Table, abc_regression};
use crate::rng::Streams;

/// Share of the runs of the first wave that ABC keeps.
const KEPT: f64 = 0.5;
/// Bins of (0, 1) in which densities are compared.
const BINS: usize = 10;
/// Marginals that overlap less are apart.
const LEAST_OVERLAP: f64 = 0.7;
/// Names the streams of the check.
const STREAMS: u64 = u64::MAX - 1;

/// One parameter under both methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overlap {
    /// Its name.
    pub name: String,
    /// Area under both densities; 1 when they are the same.
    pub overlap: f64,
}

/// All parameters under both methods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Each of them.
    pub parameters: Vec<Overlap>,
}

impl Agreement {
    /// Compares the posterior of a calibration with regression ABC on its first wave.
    ///
    /// # Errors
    /// Before the first wave; too few runs for as many targets.
    pub fn of(esl: &Esl, names: &[String], seed: u64) -> Result<Self, CalibrationError> {
        let wave = esl
            .waves()
            .first()
            .ok_or(CalibrationError::Order { step: "a comparison of methods", needs: "a wave of runs" })?;
        // On the scales of the emulator: what is relative stays relative.
        let scales = Scales::of(esl.observables())?;
        let (points, rows) = wave.usable().map(|(point, row)| (point.to_vec(), scales.row(row))).unzip();
        let rule = AbcRule { kept: KEPT, adjusted: true };
        let streams = Streams::new(seed, STREAMS);
        let abc = abc_regression(&Table::try_new(points, rows)?, scales.targets(), None, &rule, &streams)?;
        let evenly = vec![1.0 / esl.posterior().len().max(1) as f64; esl.posterior().len()];
        let overlap = |(parameter, name): (usize, &String)| {
            let ours = binned(esl.posterior(), &evenly, parameter);
            let theirs = binned(&abc.draws, &abc.weights, parameter);
            let overlap = ours.iter().zip(&theirs).map(|(a, b)| a.min(*b)).sum();
            Overlap { name: name.clone(), overlap }
        };
        Ok(Self { parameters: names.iter().enumerate().map(overlap).collect() })
    }

    /// Parameters on which the methods differ.
    pub fn apart(&self) -> impl Iterator<Item = &Overlap> {
        self.parameters.iter().filter(|found| found.overlap < LEAST_OVERLAP)
    }

    /// The smallest overlap.
    pub fn least(&self) -> f64 {
        self.parameters.iter().map(|found| found.overlap).fold(1.0, f64::min)
    }
}

/// Weight of draws in each bin.
fn binned(draws: &[Vec<f64>], weights: &[f64], parameter: usize) -> [f64; BINS] {
    let mut found = [0.0; BINS];
    for (draw, weight) in draws.iter().zip(weights) {
        found[((draw[parameter] * BINS as f64) as usize).min(BINS - 1)] += weight;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_overlap_as_far_as_they_share_bins() {
        let half = |low: f64| -> Vec<Vec<f64>> {
            (0..100).map(|k| vec![low + 0.5 * (f64::from(k) + 0.5) / 100.0]).collect()
        };
        let even = vec![0.01; 100];
        let overlap = |a: &[Vec<f64>], b: &[Vec<f64>]| -> f64 {
            binned(a, &even, 0).iter().zip(binned(b, &even, 0)).map(|(a, b)| a.min(b)).sum()
        };
        assert!((overlap(&half(0.0), &half(0.0)) - 1.0).abs() < 1e-12);
        assert!(overlap(&half(0.0), &half(0.5)).abs() < 1e-12);
        assert!((overlap(&half(0.0), &half(0.25)) - 0.5).abs() < 0.11);
    }
}
