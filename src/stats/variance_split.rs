//! Where the variance of a forecast comes from: unknown parameters, chance, and which scenario comes true.
//!
//! # Model
//!
//! Draw i of the parameters is replicated mᵢ times: y = μ + aᵢ + eᵢⱼ, with a of variance σ_A² (what better knowledge of
//! the parameters would remove) and e of variance σ_e² (chance). From the mean squares between and within draws
//!
//! σ_e² = MSW, σ_A² = (MSB − MSW) / m₀, m₀ = (N − Σmᵢ²/N) / (n − 1),
//!
//! both unbiased for any distribution; m₀ is m when all draws are replicated equally often. σ_A² may come out negative
//! when it is small; it is reported as it is, for an estimate cut at zero is too large on average.
//!
//! # Source
//!
//! S. R. Searle, G. Casella, C. E. McCulloch, *Variance Components* (1992), sections 3.5 and 3.6; replications for each
//! draw: Y. Sun, D. W. Apley, J. Staum, *Efficient Nested Simulation for Estimating the Variance of a Conditional
//! Expectation*, Operations Research 59 (2011).

use super::bootstrap::{percentile_interval, resample_places};
use super::interval::Interval;
use super::moments::mean;
use crate::rng::Stream;

/// The variance of an outcome, split into what parameters and what chance contribute; all variances in its unit squared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceSplit {
    /// Draws of the parameters.
    pub n_draws: usize,
    /// Replications of all draws together.
    pub n_values: usize,
    /// Mean of all values.
    pub mean: f64,
    /// Variance between draws, σ_A²: unbiased, hence possibly negative.
    pub parameters: f64,
    /// Variance within draws, σ_e².
    pub chance: f64,
    /// Effective number of replications of a draw, m₀.
    pub replications: f64,
}

/// Intervals of the parts of a split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitIntervals {
    /// Of the variance between draws.
    pub parameters: Interval,
    /// Of the variance within draws.
    pub chance: Interval,
    /// Of the share of the variance that lies between draws.
    pub parameter_share: Interval,
}

/// One draw, reduced to what the split needs.
#[derive(Clone, Copy)]
struct Draw {
    n: f64,
    mean: f64,
    squares: f64,
}

/// Splits the variance of outcomes grouped by draw of the parameters.
///
/// Draws may be replicated unequally often, some only once; those without values are left out. `None` below two draws,
/// or when no draw is replicated.
pub fn variance_split<G: AsRef<[f64]>>(draws: &[G]) -> Option<VarianceSplit> {
    split(&reduced(draws))
}

/// Intervals of a split by drawing the draws again, each with all its replications.
///
/// `None` as in [`variance_split`] or below 20 resamples.
pub fn split_intervals<G: AsRef<[f64]>>(
    draws: &[G],
    n_resamples: usize,
    level: f64,
    stream: &mut Stream,
) -> Option<SplitIntervals> {
    let draws = reduced(draws);
    split(&draws)?;
    let mut found = [(); 3].map(|()| Vec::with_capacity(n_resamples));
    for _ in 0..n_resamples {
        let resample: Vec<Draw> =
            resample_places(draws.len(), stream).into_iter().map(|i| draws[i]).collect();
        let split = split(&resample);
        found[0].push(split.map_or(f64::NAN, |split| split.parameters));
        found[1].push(split.map_or(f64::NAN, |split| split.chance));
        found[2].push(split.and_then(|split| split.parameter_share()).unwrap_or(f64::NAN));
    }
    Some(SplitIntervals {
        parameters: percentile_interval(&found[0], level)?,
        chance: percentile_interval(&found[1], level)?,
        parameter_share: percentile_interval(&found[2], level)?,
    })
}

fn reduced<G: AsRef<[f64]>>(draws: &[G]) -> Vec<Draw> {
    let reduce = |values: &[f64]| {
        let centre = mean(values)?;
        let squares = values.iter().map(|value| (value - centre).powi(2)).sum();
        Some(Draw { n: values.len() as f64, mean: centre, squares })
    };
    draws.iter().filter_map(|draw| reduce(draw.as_ref())).collect()
}

fn split(draws: &[Draw]) -> Option<VarianceSplit> {
    let n_draws = draws.len() as f64;
    let n: f64 = draws.iter().map(|draw| draw.n).sum();
    if draws.len() < 2 || n <= n_draws {
        return None;
    }
    let grand = draws.iter().map(|draw| draw.n * draw.mean).sum::<f64>() / n;
    let between =
        draws.iter().map(|draw| draw.n * (draw.mean - grand).powi(2)).sum::<f64>() / (n_draws - 1.0);
    let chance = draws.iter().map(|draw| draw.squares).sum::<f64>() / (n - n_draws);
    let replications = (n - draws.iter().map(|draw| draw.n * draw.n).sum::<f64>() / n) / (n_draws - 1.0);
    Some(VarianceSplit {
        n_draws: draws.len(),
        n_values: n as usize,
        mean: grand,
        parameters: (between - chance) / replications,
        chance,
        replications,
    })
}

impl VarianceSplit {
    /// Variance of one replication of one draw, σ_A² + σ_e².
    pub fn total(&self) -> f64 {
        self.parameters + self.chance
    }

    /// Share of the parameters in the variance, negative when their variance is; `None` without any variance.
    pub fn parameter_share(&self) -> Option<f64> {
        Some(self.parameters / self.total()).filter(|share| share.is_finite() && self.total() > 0.0)
    }

    /// Replications of each draw that tell σ_A² best at a fixed number of runs: 1 + σ_e²/σ_A², from 2 to `at_most`.
    ///
    /// The upper bound when the variance between draws is not positive: chance hides it. The optimum is that of normal
    /// effects, and flat.
    pub fn best_replications(&self, at_most: usize) -> usize {
        let at_most = at_most.max(2);
        let best = 1.0 + self.chance / self.parameters;
        if self.parameters > 0.0 && best < at_most as f64 { (best.round() as usize).max(2) } else { at_most }
    }
}

/// The variance of a forecast over scenarios, split into three; in the unit of the outcome squared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScenarioSplit {
    /// Mean over scenarios.
    pub mean: f64,
    /// Variance of the scenarios' means.
    pub scenarios: f64,
    /// Mean variance between draws within a scenario.
    pub parameters: f64,
    /// Mean variance within draws.
    pub chance: f64,
}

impl ScenarioSplit {
    /// Variance of the mixture of scenarios.
    pub fn total(&self) -> f64 {
        self.scenarios + self.parameters + self.chance
    }
}

/// Splits the variance of a mixture of scenarios by the law of total variance.
///
/// Weights need not sum to one. The variance of the means contains the Monte Carlo errors of the means, squared: with a
/// thousand runs for each scenario, at most a thousandth of the rest. `None` when weights are negative, not numbers, or
/// sum to nothing.
///
/// # Formula
///
/// Σw (μ_k − μ)² + Σw σ²_A,k + Σw σ²_e,k with w the weights over their sum and μ = Σw μ_k.
pub fn scenario_split(scenarios: &[(f64, VarianceSplit)]) -> Option<ScenarioSplit> {
    let sum: f64 = scenarios.iter().map(|(weight, _)| weight).sum();
    if !(sum > 0.0 && sum.is_finite()) || scenarios.iter().any(|(weight, _)| *weight < 0.0) {
        return None;
    }
    let average = |of: &dyn Fn(&VarianceSplit) -> f64| {
        scenarios.iter().map(|(weight, split)| weight * of(split)).sum::<f64>() / sum
    };
    let mean = average(&|split| split.mean);
    Some(ScenarioSplit {
        mean,
        scenarios: average(&|split| (split.mean - mean).powi(2)),
        parameters: average(&|split| split.parameters),
        chance: average(&|split| split.chance),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;
    use crate::stats::{mcse, sample_sd};

    /// Outcomes of n draws with unit variance between them, replicated as often as `m` says.
    fn outcomes(n: usize, m: impl Fn(usize) -> usize, chance: f64, stream: &mut Stream) -> Vec<Vec<f64>> {
        (0..n)
            .map(|draw| {
                let effect = stream.normal();
                (0..m(draw)).map(|_| effect + chance.sqrt() * stream.normal()).collect()
            })
            .collect()
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-12
    }

    #[test]
    fn a_table_worked_by_hand() {
        // Means 2, 5, 8, grand mean 5: MSB = 2 (9 + 0 + 9)/2 = 18, MSW = (2 + 8 + 2)/3 = 4.
        let split = variance_split(&[[1.0, 3.0], [3.0, 7.0], [7.0, 9.0]]).unwrap();
        assert!(near(split.mean, 5.0) && near(split.chance, 4.0) && near(split.parameters, 7.0));
        assert!(near(split.replications, 2.0) && near(split.total(), 11.0));
        assert!(near(split.parameter_share().unwrap(), 7.0 / 11.0));
        assert_eq!((split.n_draws, split.n_values), (3, 6));
    }

    #[test]
    fn both_parts_are_unbiased_whatever_the_ratio() {
        for (ratio, m) in [(0.25, 2), (1.0, 2), (4.0, 5), (9.0, 10)] {
            let (mut between, mut within) = (Vec::new(), Vec::new());
            for replication in 0..200 {
                let mut stream = Streams::new(20_250_101, replication).open(1, m as u64, 0);
                let split = variance_split(&outcomes(2_000 / m, |_| m, ratio, &mut stream)).unwrap();
                between.push(split.parameters);
                within.push(split.chance);
            }
            assert!((mean(&between).unwrap() - 1.0).abs() < 3.0 * mcse(&between).unwrap(), "{ratio}");
            assert!((mean(&within).unwrap() - ratio).abs() < 3.0 * mcse(&within).unwrap(), "{ratio}");
            // Normal theory: Var σ̂_A² = 2/m² ((m + σ_e²)²/(n − 1) + σ_e⁴/(n (m − 1))); a standard deviation over 200
            // repetitions is known to 5 %.
            let (m, n) = (m as f64, 2_000.0 / m as f64);
            let sd = (2.0 * ((m + ratio).powi(2) / (n - 1.0) + ratio * ratio / (n * (m - 1.0)))).sqrt() / m;
            assert!((sample_sd(&between).unwrap() / sd - 1.0).abs() < 0.2, "{ratio}");
        }
    }

    #[test]
    fn draws_replicated_unequally_often_are_unbiased_too() {
        let estimates: Vec<f64> = (0..400)
            .map(|replication| {
                let mut stream = Streams::new(20_250_101, replication).open(2, 0, 0);
                variance_split(&outcomes(60, |draw| 1 + draw % 6, 2.0, &mut stream)).unwrap().parameters
            })
            .collect();
        assert!((mean(&estimates).unwrap() - 1.0).abs() < 3.0 * mcse(&estimates).unwrap());
    }

    #[test]
    fn small_variances_are_negative_as_often_as_they_should_be() {
        // Without any effect of the draws half of the estimates lie below zero, about.
        let negative = (0..400)
            .filter(|&replication| {
                let mut stream = Streams::new(20_250_101, replication).open(3, 0, 0);
                let noise: Vec<Vec<f64>> = (0..50).map(|_| vec![stream.normal(), stream.normal()]).collect();
                variance_split(&noise).unwrap().parameters < 0.0
            })
            .count();
        assert!((160..280).contains(&negative), "{negative}");
    }

    #[test]
    fn intervals_cover() {
        let covered = (0..200)
            .filter(|&replication| {
                let mut stream = Streams::new(20_250_101, replication).open(4, 0, 0);
                let draws = outcomes(150, |_| 2, 1.0, &mut stream);
                let found = split_intervals(&draws, 200, 0.9, &mut stream).unwrap();
                found.parameters.contains(1.0)
                    && found.chance.contains(1.0)
                    && found.parameter_share.contains(0.5)
            })
            .count();
        // Three intervals of 90 % each, correlated, together: between 73 % and 90 %, less 3 standard errors.
        assert!((130..=190).contains(&covered), "{covered}");
    }

    #[test]
    fn replications_follow_the_ratio_within_bounds() {
        let split = |parameters, chance| VarianceSplit {
            n_draws: 10,
            n_values: 20,
            mean: 0.0,
            parameters,
            chance,
            replications: 2.0,
        };
        assert_eq!(split(1.0, 0.25).best_replications(10), 2);
        assert_eq!(split(1.0, 4.0).best_replications(10), 5);
        assert_eq!(split(1.0, 90.0).best_replications(10), 10);
        assert_eq!(split(-0.1, 1.0).best_replications(10), 10);
        assert_eq!(split(0.0, 0.0).best_replications(10), 10);
        assert_eq!(split(-2.0, 1.0).parameter_share(), None);
    }

    #[test]
    fn scenarios_obey_the_law_of_total_variance() {
        let split = |mean, parameters, chance| VarianceSplit {
            n_draws: 10,
            n_values: 20,
            mean,
            parameters,
            chance,
            replications: 2.0,
        };
        // Weights 3 : 1 of means 0 and 4: mean 1, variance ¾·1 + ¼·9 = 3.
        let found = scenario_split(&[(3.0, split(0.0, 1.0, 2.0)), (1.0, split(4.0, 5.0, 6.0))]).unwrap();
        assert!(near(found.mean, 1.0) && near(found.scenarios, 3.0));
        assert!(near(found.parameters, 2.0) && near(found.chance, 3.0) && near(found.total(), 8.0));
        assert_eq!(scenario_split(&[(-1.0, split(0.0, 1.0, 1.0)), (2.0, split(0.0, 1.0, 1.0))]), None);
        assert_eq!(scenario_split(&[]), None);
    }

    #[test]
    fn too_little_to_split() {
        assert_eq!(variance_split(&[[1.0, 2.0]]), None);
        assert_eq!(variance_split(&[[1.0], [2.0]]), None);
        assert_eq!(variance_split::<Vec<f64>>(&[]), None);
        assert!(variance_split(&[vec![1.0], vec![], vec![2.0, 3.0]]).is_some_and(|split| split.n_draws == 2));
    }
}
