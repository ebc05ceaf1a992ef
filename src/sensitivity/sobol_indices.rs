//! Sobol' indices: which share of an outcome's variance is due to an input alone, and which with all its interactions.
//!
//! # Model
//!
//! With outcomes A, B, AB_i, BA_i of a [Saltelli design](super::saltelli_rows), centred on their common mean, means over
//! base rows and V the variance of A and B together:
//!
//! | index | formula | meaning |
//! |---|---|---|
//! | S_i | mean(B (AB_i − A)) / V | variance of E[Y given X_i] |
//! | ST_i | ½ mean((A − AB_i)²) / V | variance that is left when all but X_i are known |
//! | S_ij | mean(BA_i AB_j − A B) / V − S_i − S_j | interaction of the two |
//!
//! An outcome that is drawn has a variance s² of its own. Runs with draws of their own add it to every ST_i: an input
//! without effect shows s²/(V + s²). Runs of one block that share their draws do not. Knowing s² from replications, it is
//! subtracted, and indices are given both against the variance of a single run and against what inputs can explain.
//! S_i is right either way. Inputs must be independent.
//!
//! # Source
//!
//! A. Saltelli et al., *Variance Based Sensitivity Analysis of Model Output*, Computer Physics Communications 181 (2010);
//! M. J. W. Jansen, *Analysis of Variance Designs for Model Output*, Computer Physics Communications 117 (1999); pairs:
//! Saltelli 2002. The numbers are those of `SALib.analyze.sobol`; intervals are its ± z standard deviations of the
//! bootstrap over base rows.

use super::given::Estimate;
use super::saltelli::SaltelliLayout;
use super::shape::{ShapeError, at_least, finite, level};
use crate::rng::Stream;
use crate::stats::{mean, normal_interval, resample_counts};

/// What the draws of a run do to the outcomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Noise {
    /// Each run has draws of its own, and nothing is known of their variance: total indices are too large by their share.
    Independent,
    /// The runs of a block share their draws, which cancel in total indices; indices are against all variance.
    Aligned,
    /// Each run has draws of its own, and their variance is known from replications and subtracted.
    Corrected {
        /// Variance of a single replication at a fixed point, unit of the outcome squared: the mean square within.
        chance: f64,
        /// Replications whose mean each outcome is.
        replications: usize,
    },
}

/// What to estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SobolRule {
    /// Order of the runs.
    pub layout: SaltelliLayout,
    /// What the draws do.
    pub noise: Noise,
    /// Bootstrap resamples; below 20 there are no intervals.
    pub n_resamples: usize,
    /// Confidence level of the intervals.
    pub level: f64,
}

/// Indices of one input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SobolInput {
    /// First order, S_i, against the variance of a single run.
    pub first: Estimate,
    /// Total, ST_i, against the variance of a single run.
    pub total: Estimate,
    /// First order against the variance that inputs can explain; only with noise corrected.
    pub first_explainable: Option<Estimate>,
    /// Total against the variance that inputs can explain; only with noise corrected.
    pub total_explainable: Option<Estimate>,
}

/// Interaction of two inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairIndex {
    /// The two inputs, in ascending order.
    pub inputs: (usize, usize),
    /// Second order, S_ij, against the variance of a single run.
    pub second: Estimate,
}

/// All indices of an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct SobolIndices {
    /// Of each input, in order.
    pub inputs: Vec<SobolInput>,
    /// Of each pair, in order; empty without second order.
    pub pairs: Vec<PairIndex>,
    /// Variance of a single run, chance included.
    pub variance: f64,
    /// Variance that inputs can explain; only with noise corrected, and then possibly negative.
    pub explainable: Option<f64>,
}

/// Works the indices out from outcomes in the order of the design.
///
/// # Errors
///
/// Outcomes that do not fill blocks, fewer than two blocks, outcomes that are not finite or all the same, a level that is
/// none, a variance of chance that is negative or replications that are none.
pub fn sobol_indices(
    outcomes: &[f64],
    rule: &SobolRule,
    stream: &mut Stream,
) -> Result<SobolIndices, ShapeError> {
    let layout = rule.layout;
    at_least("inputs", 1, layout.n_inputs)?;
    let n = outcomes.len() / layout.block();
    at_least("base rows", 2, n)?;
    super::shape::exactly("outcomes", n * layout.block(), outcomes.len())?;
    finite("outcomes", outcomes)?;
    level(rule.level)?;
    let own = own_noise(rule.noise)?;
    let terms = Terms::new(outcomes, layout);
    let whole = terms.indices(&vec![1.0; n], own);
    if !(whole.spread > 0.0) {
        return Err(ShapeError::Constant);
    }
    let resampled: Vec<Numbers> =
        (0..rule.n_resamples).map(|_| terms.indices(&resample_counts(n, stream), own)).collect();
    let estimate = |of: &dyn Fn(&Numbers) -> f64| {
        let value = of(&whole);
        let spread: Vec<f64> = resampled.iter().map(of).collect();
        Estimate { value, interval: normal_interval(value, &spread, rule.level) }
    };
    let explainable = matches!(rule.noise, Noise::Corrected { .. }).then_some(whole.explainable);
    let usable = explainable.is_some_and(|variance| variance > 0.0);
    let inputs = (0..layout.n_inputs)
        .map(|i| SobolInput {
            first: estimate(&|found| found.first[i] / found.variance),
            total: estimate(&|found| found.total[i] / found.variance),
            first_explainable: usable.then(|| estimate(&|found| found.first[i] / found.explainable)),
            total_explainable: usable.then(|| estimate(&|found| found.total[i] / found.explainable)),
        })
        .collect();
    let pairs = pairs(layout)
        .enumerate()
        .map(|(place, inputs)| PairIndex {
            inputs,
            second: estimate(&|found| {
                (found.joint[place] - found.first[inputs.0] - found.first[inputs.1]) / found.variance
            }),
        })
        .collect();
    Ok(SobolIndices { inputs, pairs, variance: whole.variance, explainable })
}

/// Variance of chance in one outcome, and in a single replication.
fn own_noise(noise: Noise) -> Result<(f64, f64), ShapeError> {
    let Noise::Corrected { chance, replications } = noise else { return Ok((0.0, 0.0)) };
    at_least("replications", 1, replications)?;
    if !(chance >= 0.0 && chance.is_finite()) {
        return Err(ShapeError::Setting {
            what: "the variance of chance",
            found: chance,
            allowed: "finite and not negative",
        });
    }
    Ok((chance / replications as f64, chance))
}

fn pairs(layout: SaltelliLayout) -> impl Iterator<Item = (usize, usize)> {
    let k = if layout.second_order { layout.n_inputs } else { 0 };
    (0..k).flat_map(move |i| (i + 1..k).map(move |j| (i, j)))
}

/// What every base row adds to the sums, one column for each sum.
struct Terms {
    first: Vec<Vec<f64>>,
    total: Vec<Vec<f64>>,
    joint: Vec<Vec<f64>>,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

/// Variances before they are divided by the whole.
struct Numbers {
    first: Vec<f64>,
    total: Vec<f64>,
    joint: Vec<f64>,
    /// Of the outcomes as they are.
    spread: f64,
    /// Of a single run.
    variance: f64,
    explainable: f64,
}

impl Terms {
    fn new(outcomes: &[f64], layout: SaltelliLayout) -> Self {
        // Saltelli's estimator depends on the origin: far from zero it drowns in rounding and noise.
        let centre = mean(outcomes).unwrap_or_default();
        let centred: Vec<f64> = outcomes.iter().map(|y| y - centre).collect();
        let column = |term: &dyn Fn(&[f64]) -> f64| {
            centred.chunks_exact(layout.block()).map(term).collect::<Vec<f64>>()
        };
        let (a, b) = (layout.first(), layout.second());
        let with = |i: usize| layout.first_with(i);
        let inputs = 0..layout.n_inputs;
        Self {
            first: inputs.clone().map(|i| column(&|y| y[b] * (y[with(i)] - y[a]))).collect(),
            total: inputs.map(|i| column(&|y| 0.5 * (y[a] - y[with(i)]).powi(2))).collect(),
            joint: pairs(layout)
                .map(|(i, j)| column(&|y| y[layout.second_with(i)] * y[with(j)] - y[a] * y[b]))
                .collect(),
            sums: column(&|y| y[a] + y[b]),
            squares: column(&|y| y[a].powi(2) + y[b].powi(2)),
        }
    }

    /// Indices of the sample in which base rows count so often.
    fn indices(&self, counts: &[f64], (own, single): (f64, f64)) -> Numbers {
        let n: f64 = counts.iter().sum();
        let average =
            |column: &Vec<f64>| counts.iter().zip(column).map(|(count, term)| count * term).sum::<f64>() / n;
        let middle = average(&self.sums) / 2.0;
        let spread = average(&self.squares) / 2.0 - middle * middle;
        let explainable = spread - own;
        Numbers {
            first: self.first.iter().map(average).collect(),
            total: self.total.iter().map(|column| average(column) - own).collect(),
            joint: self.joint.iter().map(average).collect(),
            spread,
            variance: explainable + single,
            explainable,
        }
    }
}

#[cfg(test)]
mod tests;
