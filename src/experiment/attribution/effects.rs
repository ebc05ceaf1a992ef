//! What is said of a difference: the contribution of each part, with its error over replications.

use serde::Serialize;

use super::attribute::Target;
use super::parts::Part;
use super::shapley::{Method, all};
use crate::rng::Streams;
use crate::stats;

/// A mean over replications.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Average {
    /// Mean.
    pub mean: f64,
    /// Monte Carlo standard error of the mean; absent with one replication.
    pub mcse: Option<f64>,
}

impl Average {
    /// Of at least one value.
    fn of(values: &[f64]) -> Self {
        Self { mean: stats::mean(values).unwrap_or(f64::NAN), mcse: stats::mcse(values) }
    }
}

/// What one part did to one outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartEffect {
    /// Name of the part.
    pub part: String,
    /// What its row is called.
    pub label: String,
    /// Its Shapley value.
    pub contribution: Average,
    /// What it does when it is switched on alone; absent when orders were sampled.
    pub alone: Option<Average>,
    /// Its contribution less that: its share in what parts do to each other.
    pub interaction: Option<Average>,
}

/// A difference in one outcome, divided among the parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// Metric of the registry.
    pub metric: String,
    /// Year.
    pub year: i32,
    /// All parts off.
    pub from: Average,
    /// All parts on.
    pub to: Average,
    /// Their difference, replication by replication.
    pub total: Average,
    /// Each part, in the order of the contrast.
    pub parts: Vec<PartEffect>,
    /// Largest distance, in any replication, between the sum of the parts and the difference.
    pub residual: f64,
}

/// Values of all targets in one setting.
pub(crate) type Values = Vec<f64>;

/// One finished replication: its number, and the values in each of its settings.
pub(crate) struct Finished {
    pub(crate) replication: u64,
    /// Settings, ascending, and the values in each.
    pub(crate) settings: Vec<u64>,
    pub(crate) values: Vec<Values>,
}

impl Finished {
    /// Value of a target; the settings hold all that a method asks for.
    fn value(&self, target: usize, on: u64) -> f64 {
        match self.settings.binary_search(&on) {
            Ok(at) => self.values[at][target],
            Err(_) => f64::NAN,
        }
    }
}

/// Divides the difference in target number `index` among the parts, in each replication and in the mean.
pub(crate) fn effect(
    target: &Target,
    index: usize,
    parts: &[Part],
    method: Method,
    seed: u64,
    finished: &[Finished],
) -> Effect {
    let n = parts.len();
    let each = |of: &dyn Fn(&Finished) -> f64| -> Vec<f64> { finished.iter().map(of).collect() };
    let from = each(&|one| one.value(index, 0));
    let to = each(&|one| one.value(index, all(n)));
    let total: Vec<f64> = to.iter().zip(&from).map(|(to, from)| to - from).collect();
    let divided: Vec<Vec<f64>> = finished
        .iter()
        .map(|one| method.divide(n, &Streams::new(seed, one.replication), |on| one.value(index, on)))
        .collect();
    let distance = |(parts, total): (&Vec<f64>, &f64)| (parts.iter().sum::<f64>() - total).abs();
    let parts = parts
        .iter()
        .enumerate()
        .map(|(part, Part { name, label, .. })| {
            let contribution: Vec<f64> = divided.iter().map(|parts| parts[part]).collect();
            let alone = (method == Method::Exact)
                .then(|| each(&|one| one.value(index, 1 << part) - one.value(index, 0)));
            let interaction = alone.as_ref().map(|alone| {
                Average::of(
                    &contribution.iter().zip(alone).map(|(all, alone)| all - alone).collect::<Vec<_>>(),
                )
            });
            PartEffect {
                part: name.clone(),
                label: label.clone(),
                contribution: Average::of(&contribution),
                alone: alone.as_deref().map(Average::of),
                interaction,
            }
        })
        .collect();
    Effect {
        metric: target.metric.name.to_owned(),
        year: target.year,
        from: Average::of(&from),
        to: Average::of(&to),
        total: Average::of(&total),
        parts,
        // In total order NaN is the largest: what is no number does not pass for a sum.
        residual: divided.iter().zip(&total).map(distance).max_by(f64::total_cmp).unwrap_or(0.0),
    }
}
