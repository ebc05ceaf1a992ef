//! Where the variance of a mixture of scenarios comes from: which scenario comes true, parameters, chance.
//!
//! # Model
//! By the law of total variance, Σw(μ_k − μ)² lies between scenarios and Σw σ_k² within. The first is taken from paired
//! differences to the reference, so that scenarios which are the same have exactly none; what the Monte Carlo errors of
//! the means add to it on average, Σw V(m_k − m), is taken off. Within, draws that have replications tell parameters from
//! chance ([`crate::stats::scenario_split`]).
//!
//! Each part is, to first order, the mean over pairs of what a pair contributes; its error is that of this mean.

use super::layout::{Alike, Layout, deviations, unexplained};
use super::mixture::Pool;
use super::result::{Part, Split};
use crate::stats::{self, VarianceSplit};

/// A part as an estimate and what each pair contributes to it.
struct Contributions {
    value: f64,
    by_pair: Vec<f64>,
}

impl Contributions {
    fn part(&self, layout: &Layout) -> Part {
        Part { value: self.value, mcse: layout.error(&self.by_pair) }
    }
}

/// Splits the variance of a mixture.
pub(super) fn split(pool: &Pool<'_>, weights: &[f64]) -> Option<Split> {
    let layout = pool.layout;
    let (scenarios, noise) = between(pool, weights)?;
    let nested: Option<Vec<(VarianceSplit, [Vec<f64>; 2])>> =
        pool.columns.iter().map(|values| draws_and_chance(layout, values)).collect();
    let (within, parameters, chance) = match nested {
        Some(nested) => {
            let by_scenario: Vec<(f64, VarianceSplit)> =
                weights.iter().copied().zip(nested.iter().map(|(split, _)| *split)).collect();
            let found = stats::scenario_split(&by_scenario)?;
            let summed = |part: usize| weighted(weights, nested.iter().map(|(_, by_pair)| &by_pair[part]));
            let (of_parameters, of_chance) = (summed(0), summed(1));
            let both = of_parameters.iter().zip(&of_chance).map(|(a, b)| a + b).collect();
            (
                Contributions { value: found.parameters + found.chance, by_pair: both },
                Some(Contributions { value: found.parameters, by_pair: of_parameters }.part(layout)),
                Some(Contributions { value: found.chance, by_pair: of_chance }.part(layout)),
            )
        }
        None => (within(pool, weights)?, None, None),
    };
    // The error of the second order, which alone is left when all means are equal: a noise with one degree of freedom.
    let second_order = 2.0 * noise * noise;
    let scenarios_part = Part {
        value: scenarios.value,
        mcse: (layout.error(&scenarios.by_pair).powi(2) + second_order).sqrt(),
    };
    let total = scenarios.value + within.value;
    let scenario_share = (total > 0.0).then(|| {
        let influence: Vec<f64> = scenarios
            .by_pair
            .iter()
            .zip(&within.by_pair)
            .map(|(b, w)| (within.value * b - scenarios.value * w) / (total * total))
            .collect();
        let second_order = second_order * (within.value / (total * total)).powi(2);
        Part {
            value: scenarios.value / total,
            mcse: (layout.error(&influence).powi(2) + second_order).sqrt(),
        }
    });
    Some(Split { scenarios: scenarios_part, within: within.part(layout), parameters, chance, scenario_share })
}

/// Variance between scenarios less the noise of their means, and that noise.
fn between(pool: &Pool<'_>, weights: &[f64]) -> Option<(Contributions, f64)> {
    let shifts: Vec<Vec<f64>> = pool.columns.iter().map(|values| pool.shift(values)).collect();
    let means = shifts.iter().map(|shift| stats::mean(shift)).collect::<Option<Vec<f64>>>()?;
    let mean: f64 = weights.iter().zip(&means).map(|(weight, mean)| weight * mean).sum();
    let mixed = weighted(weights, &shifts);
    let (mut value, mut noise) = (0.0, 0.0);
    let mut by_pair = vec![0.0; pool.layout.n_pairs];
    for ((weight, shift), own) in weights.iter().zip(&shifts).zip(&means) {
        let apart = own - mean;
        value += weight * apart * apart;
        let relative: Vec<f64> = shift.iter().zip(&mixed).map(|(own, mixed)| own - mixed).collect();
        noise += weight * pool.layout.variance(&relative).variance.max(0.0);
        by_pair.iter_mut().zip(&relative).for_each(|(sum, own)| *sum += 2.0 * weight * apart * own);
    }
    Some((Contributions { value: value - noise, by_pair }, noise))
}

/// Mean variance within scenarios, whatever it comes from.
fn within(pool: &Pool<'_>, weights: &[f64]) -> Option<Contributions> {
    let n = pool.layout.n_pairs as f64;
    let squares =
        |values: &&[f64]| deviations(values).iter().map(|d| d * d * n / (n - 1.0)).collect::<Vec<_>>();
    let by_scenario: Vec<Vec<f64>> = pool.columns.iter().map(squares).collect();
    let by_pair = weighted(weights, &by_scenario);
    Some(Contributions { value: stats::mean(&by_pair)?, by_pair })
}

/// Variance between draws and within them in one scenario, and what each pair contributes to either.
///
/// `None` unless there are draws with replications; of crossed draws, unless all have the same.
fn draws_and_chance(layout: &Layout, values: &[f64]) -> Option<(VarianceSplit, [Vec<f64>; 2])> {
    if layout.n_draws < 2 || layout.n_draws == layout.n_pairs {
        return None;
    }
    let by_draw: Vec<Vec<f64>> =
        layout.draws.iter().map(|group| group.iter().map(|&i| values[i]).collect()).collect();
    let mut split = stats::variance_split(&by_draw)?;
    let mut means = vec![0.0; values.len()];
    // A draw with a single replication tells nothing of chance, so it contributes what the others say.
    let mut of_chance = vec![split.chance; values.len()];
    for (group, of_draw) in layout.draws.iter().zip(&by_draw) {
        let (n, mean) = (of_draw.len() as f64, stats::mean(of_draw)?);
        for &i in group {
            means[i] = mean;
            if group.len() > 1 {
                of_chance[i] = (values[i] - mean).powi(2) * n / (n - 1.0);
            }
        }
    }
    // What the replications of a draw leave in its mean: all chance, or where draws share their chance and it moves them
    // alike, only what neither explains.
    let left = match &layout.alike {
        Alike::Crossed { complete: false, .. } => return None,
        Alike::Crossed { draws, replications, complete: true } => {
            let deviations = deviations(values);
            let peculiar = layout.interaction(draws, replications, &deviations, &deviations);
            // `variance_split` has taken off the whole spread within draws.
            split.parameters += (split.chance - peculiar) / split.replications;
            let free = ((draws.len() - 1) * (replications.len() - 1)) as f64 / values.len() as f64;
            unexplained(draws, replications, &deviations).iter().map(|e| e * e / free).collect()
        }
        Alike::None | Alike::Groups(_) => of_chance.clone(),
    };
    let n_draws = layout.n_draws as f64;
    let mut of_parameters = vec![0.0; values.len()];
    for group in &layout.draws {
        for &i in group {
            let apart = (means[i] - split.mean).powi(2) * n_draws / (n_draws - 1.0);
            of_parameters[i] = apart - left[i] / group.len() as f64;
        }
    }
    Some((split, [of_parameters, of_chance]))
}

/// Weighted sum over scenarios, pair by pair.
pub(super) fn weighted<V: AsRef<[f64]>>(weights: &[f64], columns: impl IntoIterator<Item = V>) -> Vec<f64> {
    let mut sums = Vec::new();
    for (weight, values) in weights.iter().zip(columns) {
        sums.resize(values.as_ref().len(), 0.0);
        sums.iter_mut().zip(values.as_ref()).for_each(|(sum, value)| *sum += weight * value);
    }
    sums
}
