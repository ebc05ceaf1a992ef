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

/// Outcomes of a base row, by their place in its block.
type Outcomes<'a> = &'a dyn Fn(usize) -> f64;

impl Terms {
    fn new(outcomes: &[f64], layout: SaltelliLayout) -> Self {
        // Saltelli's estimator depends on the origin: far from zero it drowns in rounding and noise.
        let centre = mean(outcomes).unwrap_or_default();
        let blocks: Vec<&[f64]> = outcomes.chunks_exact(layout.block()).collect();
        let column = |term: &dyn Fn(Outcomes<'_>) -> f64| -> Vec<f64> {
            blocks.iter().map(|block| term(&|place| block[place] - centre)).collect()
        };
        let (a, b) = (layout.first(), layout.second());
        Self {
            first: (0..layout.n_inputs)
                .map(|i| column(&|y| y(b) * (y(layout.first_with(i)) - y(a))))
                .collect(),
            total: (0..layout.n_inputs)
                .map(|i| column(&|y| 0.5 * (y(a) - y(layout.first_with(i))).powi(2)))
                .collect(),
            joint: pairs(layout)
                .map(|(i, j)| column(&|y| y(layout.second_with(i)) * y(layout.first_with(j)) - y(a) * y(b)))
                .collect(),
            sums: column(&|y| y(a) + y(b)),
            squares: column(&|y| y(a).powi(2) + y(b).powi(2)),
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
mod tests {
    use std::f64::consts::PI;

    use super::*;
    use crate::rng::Streams;
    use crate::sensitivity::saltelli_rows;

    fn ishigami(u: &[f64]) -> f64 {
        let x = |i: usize| -PI + 2.0 * PI * u[i];
        x(0).sin() + 7.0 * x(1).sin().powi(2) + 0.1 * x(2).powi(4) * x(0).sin()
    }

    fn stream(replication: u64) -> Stream {
        Streams::new(20_250_101, replication).open(7, 0, 0)
    }

    fn independent(n: usize, width: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
        (0..n).map(|_| (0..width).map(|_| stream.unit()).collect()).collect()
    }

    fn rule(n_inputs: usize, second_order: bool, noise: Noise) -> SobolRule {
        SobolRule { layout: SaltelliLayout { n_inputs, second_order }, noise, n_resamples: 0, level: 0.95 }
    }

    #[test]
    fn the_same_runs_give_the_indices_of_salib() {
        // SALib 1.6, analyze.sobol of the Ishigami function on 64 base rows of fractional parts of i √p.
        let primes = [2.0_f64, 3.0, 5.0, 7.0, 11.0, 13.0];
        let base: Vec<Vec<f64>> = (1..=64)
            .map(|i| primes.iter().map(|prime| (f64::from(i) * prime.sqrt()).fract()).collect())
            .collect();
        let first = [
            [0.234_589_195_348_478_47, 0.498_264_269_479_933_63, -0.083_601_995_760_840_87],
            [0.234_621_306_975_602_57, 0.498_246_647_142_342_6, -0.083_457_101_824_184_4],
        ];
        let total = [0.270_791_833_455_963_6, 0.422_286_592_718_770_6, 0.216_757_706_177_625_4];
        let second = [-0.101_427_324_549_147_71, 0.286_547_291_174_358_5, -0.026_726_718_402_091_9];
        for (second_order, first) in [true, false].into_iter().zip(first) {
            let rule = rule(3, second_order, Noise::Independent);
            let outcomes: Vec<f64> =
                saltelli_rows(&base, rule.layout).unwrap().iter().map(|row| ishigami(row)).collect();
            let found = sobol_indices(&outcomes, &rule, &mut stream(0)).unwrap();
            for (i, input) in found.inputs.iter().enumerate() {
                assert!((input.first.value - first[i]).abs() < 1e-10, "{i}: {}", input.first.value);
                assert!((input.total.value - total[i]).abs() < 1e-10, "{i}: {}", input.total.value);
            }
            for (pair, expected) in found.pairs.iter().zip(second) {
                assert!(
                    (pair.second.value - expected).abs() < 1e-10,
                    "{:?}: {}",
                    pair.inputs,
                    pair.second.value
                );
            }
            assert_eq!(found.pairs.len(), if second_order { 3 } else { 0 });
        }
    }

    #[test]
    fn ishigami_indices_are_the_closed_forms_and_intervals_hold_them() {
        let rule = SobolRule { n_resamples: 200, ..rule(3, true, Noise::Independent) };
        let base = independent(1 << 14, 6, &mut stream(1));
        let outcomes: Vec<f64> =
            saltelli_rows(&base, rule.layout).unwrap().iter().map(|row| ishigami(row)).collect();
        let found = sobol_indices(&outcomes, &rule, &mut stream(2)).unwrap();
        let (first, total) = ([0.313_905, 0.442_411, 0.0], [0.557_589, 0.442_411, 0.243_684]);
        for (i, input) in found.inputs.iter().enumerate() {
            for (estimate, expected) in [(input.first, first[i]), (input.total, total[i])] {
                assert!((estimate.value - expected).abs() < 0.03, "{i}: {estimate:?}");
                let reach = estimate.interval.unwrap().half_width();
                assert!((estimate.value - expected).abs() < 2.0 * reach && reach < 0.03, "{i}: {estimate:?}");
            }
        }
        assert!((found.pairs[1].second.value - 0.243_684).abs() < 0.04, "{:?}", found.pairs[1]);
        assert!((found.variance - 13.844_588).abs() < 0.4);
        assert_eq!(found.explainable, None);
    }

    #[test]
    fn the_g_function_in_eight_dimensions() {
        let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
        let g = |u: &[f64]| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product();
        let rule = rule(8, false, Noise::Independent);
        let base = independent(1 << 14, 16, &mut stream(3));
        let outcomes: Vec<f64> =
            saltelli_rows(&base, rule.layout).unwrap().iter().map(|row| g(row)).collect();
        let found = sobol_indices(&outcomes, &rule, &mut stream(4)).unwrap();
        let first = [0.716_192, 0.179_048, 0.023_676, 0.007_162];
        let total = [0.787_144, 0.242_198, 0.034_317, 0.010_460];
        for i in 0..4 {
            assert!((found.inputs[i].first.value - first[i]).abs() < 0.03, "{i}");
            assert!((found.inputs[i].total.value - total[i]).abs() < 0.03, "{i}");
        }
        assert!(found.inputs[4..].iter().all(|input| (input.total.value - 1.05e-4).abs() < 1e-5));
    }

    #[test]
    fn noise_is_where_the_formulas_say() {
        let (variance, noise) = (13.844_588, 9.0);
        let truth = [0.557_589, 0.442_411, 0.243_684, 0.0];
        let base = independent(1 << 14, 8, &mut stream(5));
        let layout = SaltelliLayout { n_inputs: 4, second_order: false };
        let rows = saltelli_rows(&base, layout).unwrap();
        let mut draws = stream(6);
        let clean: Vec<f64> = rows.iter().map(|row| ishigami(row)).collect();
        let mut own = |replications: u32| -> Vec<f64> {
            let scale = (noise / f64::from(replications)).sqrt();
            clean.iter().map(|y| y + scale * draws.normal()).collect()
        };
        let found = |outcomes: &[f64], noise| {
            sobol_indices(outcomes, &SobolRule { layout, ..rule(4, false, noise) }, &mut stream(7)).unwrap()
        };
        let apart = found(&own(1), Noise::Independent);
        let corrected = found(&own(2), Noise::Corrected { chance: noise, replications: 2 });
        let mut shared = stream(8);
        let shared: Vec<f64> = clean
            .chunks(layout.block())
            .flat_map(|block| {
                let draw = 3.0 * shared.normal();
                block.iter().map(move |y| y + draw).collect::<Vec<f64>>()
            })
            .collect();
        let aligned = found(&shared, Noise::Aligned);
        let whole = variance + noise;
        for (i, total) in truth.into_iter().enumerate() {
            let near = |found: f64, expected: f64| {
                assert!((found - expected).abs() < 0.03, "{i}: {found} {expected}")
            };
            near(apart.inputs[i].total.value, (total * variance + noise) / whole);
            near(aligned.inputs[i].total.value, total * variance / whole);
            near(corrected.inputs[i].total.value, total * variance / whole);
            near(corrected.inputs[i].total_explainable.unwrap().value, total);
        }
        assert!((corrected.explainable.unwrap() - variance).abs() < 0.5);
        assert!(aligned.inputs[3].total.value.abs() < 1e-12);
    }

    #[test]
    fn outcomes_that_cannot_be_analysed_are_refused() {
        let analyse =
            |outcomes: &[f64], noise| sobol_indices(outcomes, &rule(2, false, noise), &mut stream(9)).err();
        assert_eq!(analyse(&[1.0; 8], Noise::Independent), Some(ShapeError::Constant));
        assert!(matches!(
            analyse(&[1.0; 9], Noise::Independent),
            Some(ShapeError::Length { expected: 8, .. })
        ));
        assert!(matches!(analyse(&[1.0; 4], Noise::Independent), Some(ShapeError::TooFew { .. })));
        let mut broken = [1.0; 8];
        broken[5] = f64::NAN;
        assert!(matches!(analyse(&broken, Noise::Aligned), Some(ShapeError::NotFinite { row: 5, .. })));
        let negative = Noise::Corrected { chance: -1.0, replications: 2 };
        assert!(matches!(analyse(&[1.0; 8], negative), Some(ShapeError::Setting { .. })));
    }
}
