//! What each target told: the posterior as it would be without it, and parameters that are known together only.
//!
//! A posterior without a target is the posterior with weights L₋ⱼ/L, the likelihood without the target over that with it, by
//! the emulator of the last wave. Where few draws carry the weight, the target alone decides and the answer is not known from
//! these draws: their effective number says so.
//!
//! # Source
//!
//! A. E. Gelfand, *Model Determination Using Sampling-Based Methods* (1996), for importance weights of left-out data.

use super::moments::Moment;
use crate::calibration::{CalibrationError, Emulator, Esl, Likelihood, Observable};

/// Variance of a uniform number: that of every parameter under its prior.
const PRIOR_VARIANCE: f64 = 1.0 / 12.0;

/// The posterior without one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Without {
    /// Place of the target among the targets.
    pub moment: usize,
    /// Weights of the draws, which sum to 1.
    pub weights: Vec<f64>,
    /// Independent draws that they are worth.
    pub effective: f64,
    /// Contraction of each parameter that is lost without the target.
    pub lost: Vec<f64>,
}

/// The posterior without each target in turn.
///
/// # Errors
/// Before the first wave; with a single target.
pub fn without_each(
    esl: &Esl,
    emulator: &Emulator,
    targets: &[Moment],
) -> Result<Vec<Without>, CalibrationError> {
    let draws = esl.posterior();
    let whole = Likelihood::new(emulator, esl.observables(), esl.n_last())?.log_at(draws);
    let even = vec![1.0 / draws.len().max(1) as f64; draws.len()];
    let known = variances(draws, &even);
    (0..targets.len())
        .map(|left_out| {
            let rest: Vec<Observable> = esl
                .observables()
                .iter()
                .enumerate()
                .map(|(at, seen)| if at == left_out { Observable { target: None, ..*seen } } else { *seen })
                .collect();
            let logs = Likelihood::new(emulator, &rest, esl.n_last())?.log_at(draws);
            let ratios: Vec<f64> = logs.iter().zip(&whole).map(|(rest, whole)| rest - whole).collect();
            let weights = normalised(&ratios);
            let effective = 1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>();
            let lost = variances(draws, &weights)
                .iter()
                .zip(&known)
                .map(|(without, with)| (without - with) / PRIOR_VARIANCE)
                .collect();
            Ok(Without { moment: left_out, weights, effective, lost })
        })
        .collect()
}

/// Weights from logarithms.
fn normalised(logs: &[f64]) -> Vec<f64> {
    let largest = logs.iter().copied().filter(|log| log.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> =
        logs.iter().map(|log| if log.is_finite() { (log - largest).exp() } else { 0.0 }).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// Variance of each column under weights that sum to 1.
fn variances(draws: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let p = draws.first().map_or(0, Vec::len);
    let of = |column: usize| {
        let mean: f64 = draws.iter().zip(weights).map(|(draw, w)| w * draw[column]).sum();
        draws.iter().zip(weights).map(|(draw, w)| w * (draw[column] - mean).powi(2)).sum()
    };
    (0..p).map(of).collect()
}

/// Pairs of parameters whose draws are correlated by at least `least`, the strongest first.
pub fn correlated(draws: &[Vec<f64>], least: f64) -> Vec<(usize, usize, f64)> {
    let n = draws.len().max(1) as f64;
    let p = draws.first().map_or(0, Vec::len);
    let standard: Vec<Vec<f64>> = (0..p)
        .map(|column| {
            let mean = draws.iter().map(|draw| draw[column]).sum::<f64>() / n;
            let sd = (draws.iter().map(|draw| (draw[column] - mean).powi(2)).sum::<f64>() / n).sqrt();
            draws.iter().map(|draw| if sd > 0.0 { (draw[column] - mean) / sd } else { 0.0 }).collect()
        })
        .collect();
    let mut found: Vec<(usize, usize, f64)> = (0..p)
        .flat_map(|a| (0..a).map(move |b| (b, a)))
        .map(|(a, b)| (a, b, standard[a].iter().zip(&standard[b]).map(|(x, y)| x * y).sum::<f64>() / n))
        .filter(|(_, _, rho)| rho.abs() >= least)
        .collect();
    found.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot fit has failed")]

    use super::*;
    use crate::calibration::{EnsembleRule, EslRule, FeatureSet, Target, Transform};
    use crate::rng::Streams;
    use crate::scenario::{FACTS, facts};

    /// Two parameters and three targets: one of each parameter, and one of the first again, as sharp.
    #[test]
    fn what_only_one_target_tells_is_lost_without_it() {
        let fact = facts(FACTS).unwrap().remove(0);
        let target = |observed| Some(Target { observed, sd_obs: 0.1, sd_model: 0.0 });
        let observables =
            [0.5, 0.5, 0.5].map(|y| Observable { transform: Transform::Identity, target: target(y) });
        let moments: Vec<Moment> = observables
            .iter()
            .map(|observable| Moment { fact: fact.clone(), metric: 0, year: 2025, observable: *observable })
            .collect();
        let rule = EslRule {
            first_points: 256,
            features: FeatureSet::Linear,
            sampler: EnsembleRule { walkers: 40, burn_in: 500, steps: 2_000, thin: 10 },
            ..EslRule::standard(2)
        };
        let mut esl = Esl::new(rule, 7, 2, observables.to_vec()).unwrap();
        let mut stream = Streams::new(7, 7).open(1, 0, 0);
        let rows = esl.ask().unwrap();
        let rows = rows.iter().map(|u| {
            [u[0], u[0], u[1]].iter().map(|clean| clean + 0.01 * stream.normal()).collect::<Vec<f64>>()
        });
        let rows = rows.collect();
        esl.tell(rows).unwrap();
        let found = without_each(&esl, &esl.emulator().unwrap(), &moments).unwrap();
        assert_eq!(found.len(), 3);
        // Two measurements of deviation 0.1 know the first to 0.0049 of its variance, one to 0.0098, over 1/12.
        assert!((found[0].lost[0] - 0.06).abs() < 0.02, "{:?}", found[0].lost);
        assert!(found[0].lost[1].abs() < 0.01 && found[2].lost[0].abs() < 0.01);
        // Nothing else tells of the second: the draws that are left hardly say what it would be.
        assert!(found[2].lost[1] > 0.08 && found[2].effective < found[0].effective);
        assert!(found.iter().all(|one| (one.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9));
    }

    #[test]
    fn correlated_pairs_are_named_the_strongest_first() {
        let mut stream = Streams::new(7, 8).open(1, 0, 0);
        let draws: Vec<Vec<f64>> = (0..2_000)
            .map(|_| {
                let (a, b, c) = (stream.normal(), stream.normal(), stream.normal());
                vec![a, c, 0.9 * a + 0.436 * b, -0.99 * c + 0.14 * b]
            })
            .collect();
        let found = correlated(&draws, 0.8);
        assert_eq!(found.iter().map(|(a, b, _)| (*a, *b)).collect::<Vec<_>>(), [(1, 3), (0, 2)]);
        assert!(found[0].2 < -0.97 && (found[1].2 - 0.9).abs() < 0.03);
    }
}
