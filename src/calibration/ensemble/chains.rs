//! Have the walkers mixed, and how many independent draws are theirs worth?
//!
//! # Formula
//!
//! Walkers learn from each other, so no walker is a chain of its own. R̂: walkers are put into ten groups, each group's draws
//! split into an early and a late half, and R̂² = 1 + B/W, with B the variance between the means of the twenty halves and
//! W the mean variance within. Effective size: the means over all walkers at each kept step are a series whose
//! integrated autocorrelation time τ is summed up to a lag of 5τ; the mean of all draws then has variance v τ/n, v the
//! variance of the series and n its length, and the effective size is the variance of the draws over it. A crowd that hardly
//! moves has such a series too; so the size is at most that of walkers that know nothing of each other, each as slow as
//! they are on average around their common mean.
//!
//! # Source
//!
//! A. Vehtari et al., *Rank-normalization, folding, and localization: an improved R̂*, Bayesian Analysis 16 (2021); J.
//! Goodman, J. Weare, *Ensemble samplers with affine invariance*, CAMCoS 5 (2010), for the series of means; A. Sokal's
//! window. Ten groups are judgement.

use serde::{Deserialize, Serialize};

/// Groups of walkers.
const GROUPS: usize = 10;
/// Times τ at which the sum of autocorrelations stops.
const WINDOW: f64 = 5.0;

/// Convergence of a sample, the worst over all parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Largest split R̂; 1 when mixed.
    pub r_hat: f64,
    /// Smallest effective number of draws.
    pub effective: f64,
    /// Share of moves that were accepted.
    pub acceptance: f64,
}

impl Convergence {
    /// Whether the sample can be used: R̂ below 1.02, 400 effective draws.
    pub fn holds(&self) -> bool {
        self.r_hat < 1.02 && self.effective > 400.0
    }
}

/// Worst R̂ and effective size of draws that stand by step, `walkers` to each.
pub(super) fn worst(draws: &[Vec<f64>], walkers: usize) -> (f64, f64) {
    let p = draws.first().map_or(0, Vec::len);
    let each = |parameter: usize| {
        let values: Vec<f64> = draws.iter().map(|draw| draw[parameter]).collect();
        (r_hat(&values, walkers), effective(&values, walkers))
    };
    (0..p).map(each).fold((1.0, f64::INFINITY), |worst, found| {
        // What is not a number is worse than anything.
        let larger = if found.0 <= worst.0 { worst.0 } else { found.0 };
        (larger, if found.1 >= worst.1 { worst.1 } else { found.1 })
    })
}

fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, values.map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

fn r_hat(values: &[f64], walkers: usize) -> f64 {
    let half = values.len() / walkers / 2;
    let groups = GROUPS.min(walkers);
    let halves: Vec<(f64, f64)> = (0..2 * groups)
        .map(|number| {
            let (group, late) = (number / 2, number % 2);
            let steps = late * half..(late + 1) * half;
            let members = (group * walkers / groups)..((group + 1) * walkers / groups);
            moments(
                steps
                    .flat_map(move |step| members.clone().map(move |walker| values[step * walkers + walker])),
            )
        })
        .collect();
    let (_, between) = moments(halves.iter().map(|half| half.0));
    let (within, _) = moments(halves.iter().map(|half| half.1));
    (1.0 + between / within).sqrt()
}

fn effective(values: &[f64], walkers: usize) -> f64 {
    let crowd: Vec<f64> =
        values.chunks_exact(walkers).map(|step| step.iter().sum::<f64>() / walkers as f64).collect();
    let (mean, spread) = moments(values.iter().copied());
    let (_, moved) = moments(crowd.iter().copied());
    let steps = crowd.len() as f64;
    let by_crowd = spread * steps / (moved * time(&crowd, 1));
    let away: Vec<f64> = values.iter().map(|x| x - mean).collect();
    by_crowd.min(values.len() as f64 / time(&away, walkers))
}

/// Integrated autocorrelation time, in steps, of series that stand by step, around their common mean.
fn time(values: &[f64], walkers: usize) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let covariance = |lag: usize| {
        let later = &values[lag * walkers..];
        values.iter().zip(later).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / later.len() as f64
    };
    let steps = values.len() / walkers;
    let (variance, mut time) = (covariance(0), 1.0);
    for lag in 1..steps / 2 {
        time += 2.0 * covariance(lag) / variance;
        if lag as f64 >= WINDOW * time {
            break;
        }
    }
    time.max(1.0 / steps as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    /// 20 walkers, 1,000 steps, each an autoregression of its own.
    fn autoregression(memory: f64, offset: f64) -> Vec<f64> {
        let mut stream = Streams::new(20_250_101, 3).open(1, 0, 0);
        let mut states: Vec<f64> = (0..20).map(|_| stream.normal()).collect();
        let mut found = Vec::new();
        for _ in 0..1_000 {
            for (walker, state) in states.iter_mut().enumerate() {
                *state = memory * *state + (1.0 - memory * memory).sqrt() * stream.normal();
                found.push(*state + if walker < 10 { offset } else { 0.0 });
            }
        }
        found
    }

    #[test]
    fn effective_sizes_are_those_of_autoregressions() {
        for memory in [0.0, 0.5, 0.9] {
            let expected = 20_000.0 * (1.0 - memory) / (1.0 + memory);
            let found = effective(&autoregression(memory, 0.0), 20);
            // τ is known to √(2 (2 · 5τ + 1)/n) relative: 33 % at the longest memory.
            assert!((found / expected - 1.0).abs() < 0.5, "{memory}: {found} {expected}");
        }
    }

    #[test]
    fn groups_that_differ_are_noticed() {
        assert!(r_hat(&autoregression(0.5, 0.0), 20) < 1.01);
        assert!(r_hat(&autoregression(0.5, 1.0), 20) > 1.1);
        let slow = autoregression(0.999, 0.0);
        assert!(r_hat(&slow, 20) > 1.05 && effective(&slow, 20) < 400.0);
        assert!(!worst(&slow.iter().map(|x| vec![*x]).collect::<Vec<_>>(), 20).0.is_nan());
    }
}
