//! The mixture of scenarios by their weights: its distribution, where its spread comes from, and what other weights say.
//!
//! # Model
//! A mixture draws a scenario by its weight and a result of that scenario. Its mean is Σw μ_k and its distribution
//! function Σw F_k; both are means over pairs, of Σ_k w_k x_ki and of Σ_k w_k 1{x_ki ≤ q}, so the errors of scenarios that
//! share their noise are not taken for independent. The error of a quantile is half the distance of the quantiles at one
//! error of the distribution function to either side.

use std::collections::BTreeMap;

use super::difference::{differences, numbers};
use super::layout::Layout;
use super::result::{Level, Mixed, Reweighted};
use super::split::{split, weighted};
use super::weights::with_weight;
use crate::experiment::Estimate;
use crate::stats::{self, WeightedSample};

/// Results of all scenarios, in the order of their names: sums then do not depend on the order in which they were given.
pub(super) struct Pool<'a> {
    pub(super) layout: &'a Layout,
    pub(super) columns: Vec<&'a [f64]>,
    /// Place of the reference among them.
    reference: usize,
    /// All values ascending, each with the place of its scenario.
    sorted: Vec<(f64, usize)>,
}

impl<'a> Pool<'a> {
    /// Pools columns; `None` when a value is no number.
    pub(super) fn of(layout: &'a Layout, columns: Vec<&'a [f64]>, reference: usize) -> Option<Self> {
        let mut sorted = Vec::with_capacity(columns.len() * layout.n_pairs);
        for (place, values) in columns.iter().enumerate() {
            sorted.extend(numbers(values)?.iter().map(|value| (*value, place)));
        }
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Some(Self { layout, columns, reference, sorted })
    }

    /// Distance of a scenario to the reference, pair by pair.
    pub(super) fn shift(&self, values: &[f64]) -> Vec<f64> {
        differences(self.columns[self.reference], values)
    }

    /// Mean and its error.
    fn mean(&self, weights: &[f64]) -> Option<(f64, f64)> {
        // From the reference outwards: scenarios that are the same have its mean to the last bit.
        let shift = weighted(weights, self.columns.iter().map(|values| self.shift(values)));
        let mixed: Vec<f64> =
            self.columns[self.reference].iter().zip(shift).map(|(base, shift)| base + shift).collect();
        Some((stats::mean(&mixed)?, self.layout.error(&mixed)))
    }

    fn sample(&self, weights: &[f64]) -> Option<WeightedSample> {
        WeightedSample::try_new(self.sorted.iter().map(|&(value, place)| (value, weights[place])))
    }

    /// A quantile and its error.
    fn quantile(&self, weights: &[f64], sample: &WeightedSample, p: f64) -> Option<(f64, f64)> {
        let found = sample.quantile(p)?;
        let below = |values: &&[f64]| -> Vec<f64> {
            values.iter().map(|value| f64::from(u8::from(*value <= found))).collect()
        };
        let reach = self.layout.error(&weighted(weights, self.columns.iter().map(below)));
        let at = |p: f64| sample.quantile(p.clamp(0.0, 1.0));
        Some((found, (at(p + reach)? - at(p - reach)?) / 2.0))
    }

    fn level(&self, weights: &[f64]) -> Option<Level> {
        let (mean, mcse) = self.mean(weights)?;
        let (p50, p50_mcse) = self.quantile(weights, &self.sample(weights)?, 0.5)?;
        Some(Level { mean, mcse, p50, p50_mcse })
    }
}

/// The mixture of one metric in one year; `weights` stand in the order of the pool, as do `names`.
pub(super) fn mixed(pool: &Pool<'_>, names: &[&str], weights: &[f64]) -> Option<Mixed> {
    let (mean, mcse) = pool.mean(weights)?;
    let sample = pool.sample(weights)?;
    let quantile = |p: f64| sample.quantile(p);
    let with_error = |p: f64| pool.quantile(weights, &sample, p);
    let ((p10, p10_mcse), (p50, p50_mcse), (p90, p90_mcse)) =
        (with_error(0.1)?, with_error(0.5)?, with_error(0.9)?);
    let split = split(pool, weights)?;
    let variance = split.scenarios.value + split.within.value;
    let distribution = Estimate {
        mean,
        mcse: Some(mcse),
        p2_5: quantile(0.025)?,
        p10,
        p25: quantile(0.25)?,
        p50,
        p75: quantile(0.75)?,
        p90,
        p97_5: quantile(0.975)?,
        p50_mcse: Some(p50_mcse),
        p10_mcse: Some(p10_mcse),
        p90_mcse: Some(p90_mcse),
        sd: Some(variance.max(0.0).sqrt()),
    };
    let reweighted: BTreeMap<String, Vec<Reweighted>> = names
        .iter()
        .enumerate()
        .map(|(place, name)| ((*name).to_owned(), elsewhere(pool, weights, place)))
        .collect();
    Some(Mixed { distribution, split, reweighted })
}

/// The mixture with one weight 0, as given, doubled, and 1.
fn elsewhere(pool: &Pool<'_>, weights: &[f64], place: usize) -> Vec<Reweighted> {
    let own = weights[place];
    let at = |weight: f64| {
        // As given means to the last bit, not rescaled by something near 1.
        let weights = if weight.total_cmp(&own).is_eq() {
            weights.to_vec()
        } else {
            with_weight(weights, place, weight)?
        };
        Some(Reweighted { weight, level: pool.level(&weights)? })
    };
    [0.0, own, (2.0 * own).min(1.0), 1.0].into_iter().filter_map(at).collect()
}

#[cfg(test)]
mod tests;
