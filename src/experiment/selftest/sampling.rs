//! How parameters are drawn: the Sobol' sequence, Latin hypercubes, rank correlations and quantiles of distributions.

use std::f64::consts::PI;

use rayon::prelude::*;

use super::check::{Answer, Check};
use super::draws::{Subject, streams};
use crate::sampling::{Correlation, Distribution, GaussianCopula, Latin, Sampler, Sobol, UnitDesign};

/// The interval of length 2^-`bits` in which a coordinate lies.
fn cell(u: f64, bits: u32) -> usize {
    (u * f64::from(1_u32 << bits)) as usize
}

/// Cells that hold exactly one of the points.
fn hit_once(cells: impl Iterator<Item = usize>, n: usize) -> usize {
    let mut hits = vec![0_u32; n];
    cells.filter_map(|cell| hits.get_mut(cell).map(|count| *count += 1)).for_each(drop);
    hits.iter().filter(|&&count| count == 1).count()
}

pub(super) const SOBOL_POINTS: Check = Check {
    name: "sobol_points",
    about: "sum over the first 64 Sobol' points of index times the coordinates, in 64ths, times 1, 2, 3, 4, 5",
    source: "Joe & Kuo 2008, as in scipy.stats.qmc.Sobol(5, scramble=False).random(64)",
    run: || sobol_points(|index| index),
};

fn sobol_points(index: fn(u32) -> u32) -> Answer {
    let Ok(sequence) = Sobol::plain(5) else { return Answer::none() };
    let sum = |point: u32| -> usize {
        sequence.point(index(point)).iter().zip(1..).map(|(&u, weight)| weight * cell(u, 6)).sum()
    };
    let total: usize = (0..64_u32).map(|point| point as usize * sum(point)).sum();
    Answer::rounding(970_992.0, total as f64)
}

/// The largest net has 2 to this power points.
const NET: u32 = 10;
/// Dimensions of which each is looked at by itself.
const DIMENSIONS: usize = 30;

pub(super) const SOBOL_NET: Check = Check {
    name: "sobol_net",
    about: "elementary rectangles of dimensions 1 and 2, and intervals of 30 dimensions, that hold one of 2^m Sobol' points, m from 1 to 10, the first such points and the fourth, plain and scrambled",
    source: "Niederreiter 1992: a (0, m, 2)-net in base 2, a (0, 1)-sequence in each dimension; Owen 1995: scrambling keeps both",
    run: || sobol_net(|u| u),
};

fn sobol_net(bend: fn(f64) -> f64) -> Answer {
    let scrambled = Sobol::scrambled(DIMENSIONS, &streams(Subject::Sampling), 1);
    let (Ok(plain), Ok(scrambled)) = (Sobol::plain(DIMENSIONS), scrambled) else { return Answer::none() };
    let (mut expected, mut hit) = (0, 0);
    for sequence in [plain, scrambled] {
        let points: Vec<Vec<f64>> =
            (0..4_u32 << NET).map(|index| sequence.point(index).into_iter().map(bend).collect()).collect();
        for (m, block) in (1..=NET).flat_map(|m| [(m, 0), (m, 3)]) {
            let n = 1_usize << m;
            let points = &points[block * n..(block + 1) * n];
            let rectangles = (0..=m).map(|across| {
                let up = m - across;
                hit_once(points.iter().map(|point| (cell(point[0], across) << up) + cell(point[1], up)), n)
            });
            let intervals =
                (0..DIMENSIONS).map(|d| hit_once(points.iter().map(|point| cell(point[d], m)), n));
            hit += rectangles.chain(intervals).sum::<usize>();
            expected += (m as usize + 1 + DIMENSIONS) * n;
        }
    }
    Answer::rounding(expected as f64, hit as f64)
}

pub(super) const SOBOL_THREADS: Check = Check {
    name: "sobol_threads",
    about: "scrambled Sobol' points out of 4,096 that are the same, every bit, when many threads ask for them from the last to the first",
    source: "a point is a function of its number: all of them",
    run: || sobol_threads(|_| 1),
};

/// The threads ask for the points of the randomization that is named for each.
fn sobol_threads(randomization: fn(u32) -> u64) -> Answer {
    const POINTS: u32 = 4_096;
    let place = |number| Sobol::scrambled(DIMENSIONS, &streams(Subject::Sampling), number);
    let (Ok(one), Ok(other)) = (place(1), place(2)) else { return Answer::none() };
    let in_turn: Vec<Vec<f64>> = (0..POINTS).map(|index| one.point(index)).collect();
    let ask = |index| if randomization(index) == 1 { one.point(index) } else { other.point(index) };
    let at_once: Vec<Vec<f64>> = (0..POINTS).into_par_iter().rev().map(ask).collect();
    let bits = |point: &[f64]| point.iter().map(|u| u.to_bits()).collect::<Vec<_>>();
    let same = in_turn.iter().zip(at_once.iter().rev()).filter(|(a, b)| bits(a) == bits(b));
    Answer::rounding(f64::from(POINTS), same.count() as f64)
}

pub(super) const LATIN_STRATA: Check = Check {
    name: "latin_strata",
    about: "strata that hold one point of a Latin hypercube of 1,000 points in 20 dimensions",
    source: "McKay, Beckman & Conover 1979: all of them",
    run: || latin_strata(|u| u),
};

fn latin_strata(bend: fn(f64) -> f64) -> Answer {
    const POINTS: usize = 1_000;
    const DIMENSIONS: usize = 20;
    let Ok(latin) = Latin::new(POINTS, DIMENSIONS, &streams(Subject::Sampling), 2) else {
        return Answer::none();
    };
    let points: Vec<Vec<f64>> = (0..POINTS).filter_map(|index| latin.point(index)).collect();
    let stratum = |u: f64| (u * POINTS as f64) as usize;
    let hit: usize =
        (0..DIMENSIONS).map(|d| hit_once(points.iter().map(|point| stratum(bend(point[d]))), POINTS)).sum();
    Answer::rounding((POINTS * DIMENSIONS) as f64, hit as f64)
}

pub(super) const COPULA_SPEARMAN: Check = Check {
    name: "copula_spearman",
    about: "Spearman correlation of 4,096 scrambled Sobol' points under a Gaussian copula of normal correlation ½, against (6/π) asin(¼)",
    source: "Pearson 1907",
    run: || copula_spearman(|spearman| spearman),
};

fn copula_spearman(bend: fn(f64) -> f64) -> Answer {
    let wanted = 6.0 / PI * 0.25_f64.asin();
    let params = ["a".to_owned(), "b".to_owned()];
    let copula = GaussianCopula::try_new(&["a", "b"], &[Correlation { params, spearman: bend(wanted) }]);
    let design = UnitDesign { sampler: Sampler::Sobol, points: 4_096, dimensions: 2, randomizations: 1 };
    let (Ok(copula), Ok(points)) = (copula, design.place(&streams(Subject::Sampling))) else {
        return Answer::none();
    };
    // Margins are uniform, so Spearman's coefficient is twelve times the covariance.
    let products = points.iter().map(|mut point| {
        copula.apply(&mut point);
        12.0 * (point[0] - 0.5) * (point[1] - 0.5)
    });
    Answer::limit(wanted, products.sum::<f64>() / 4_096.0, 0.002)
}

/// Members of all families that take percentiles, fitted to 0.6 and 1.8.
fn fitted() -> Option<Vec<Distribution>> {
    let pair = [(0.05, 0.6), (0.95, 1.8)];
    let all = [
        Distribution::uniform_from_percentiles(pair),
        Distribution::loguniform_from_percentiles(pair),
        Distribution::normal_from_percentiles(pair),
        Distribution::lognormal_from_percentiles(pair),
        Distribution::gamma_from_percentiles(pair),
        Distribution::weibull_from_percentiles(pair),
        Distribution::beta_from_percentiles(0.0, 3.0, pair),
        Distribution::student_t_from_percentiles(4.0, pair),
    ];
    all.into_iter().collect::<Result<_, _>>().ok()
}

pub(super) const PERCENTILE_PAIRS: Check = Check {
    name: "percentile_pairs",
    about: "largest ratio of a quantile to the percentile that was asked for, 8 families from p5 and p95",
    source: "definition",
    run: || percentile_pairs(0.95),
};

fn percentile_pairs(upper: f64) -> Answer {
    let Some(all) = fitted() else { return Answer::none() };
    let ratios = all.iter().flat_map(|made| [made.quantile(0.05) / 0.6, made.quantile(upper) / 1.8]);
    Answer::limit(1.0, farthest(ratios), 1e-9)
}

/// The ratio that is farthest from 1.
fn farthest(ratios: impl Iterator<Item = f64>) -> f64 {
    ratios.fold(1.0, |worst: f64, ratio| {
        // What is not a number is farther than anything, and stays.
        if worst.is_nan() || (ratio - 1.0).abs() <= (worst - 1.0).abs() { worst } else { ratio }
    })
}

pub(super) const QUANTILES_INVERT: Check = Check {
    name: "quantiles_invert",
    about: "largest ratio of quantile(cdf(x)) to x from the millionth to the last millionth, 11 families whole and cut",
    source: "definition",
    run: || quantiles_invert(|p| p),
};

fn quantiles_invert(bend: fn(f64) -> f64) -> Answer {
    let Some(mut all) = fitted() else { return Answer::none() };
    let parts = vec![(1.0, all[0].clone()), (3.0, all[3].clone())];
    let others = [
        Distribution::triangular(0.5, 0.9, 2.0),
        Distribution::pert(0.5, 0.9, 2.0, 4.0),
        Distribution::mixture(parts),
    ];
    let Ok(others) = others.into_iter().collect::<Result<Vec<_>, _>>() else { return Answer::none() };
    all.extend(others);
    let mut made = all.clone();
    for whole in all {
        let Ok(cut) = whole.truncated(0.7, 1.5) else { return Answer::none() };
        made.push(cut);
    }
    let ratios = made.iter().flat_map(|made| {
        [1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999, 1.0 - 1e-6].map(|u| {
            let x = made.quantile(u);
            made.quantile(bend(made.cdf(x))) / x
        })
    });
    Answer::limit(1.0, farthest(ratios), 1e-9)
}

pub(super) const PERT_MEAN: Check = Check {
    name: "pert_mean",
    about: "mean of 1,024 even quantiles of a PERT distribution from 2 over 5 to 20, against (2 + 4·5 + 20)/6",
    source: "Malcolm, Roseboom, Clark & Fazar 1959",
    run: || pert_mean(4.0),
};

fn pert_mean(shape: f64) -> Answer {
    let Ok(pert) = Distribution::pert(2.0, 5.0, 20.0, shape) else { return Answer::none() };
    let values = (0..1_024_u32).map(|k| pert.quantile((f64::from(k) + 0.5) / 1_024.0));
    // Midpoints miss the curvature of the quantile at the ends.
    Answer::limit(7.0, values.sum::<f64>() / 1_024.0, 1e-4)
}

pub(super) const PERT_FORMULA: Check = Check {
    name: "pert_formula",
    about: "the mean that a PERT distribution from 2 over 5 to 20 states of itself, against (2 + 4·5 + 20)/6",
    source: "Malcolm, Roseboom, Clark & Fazar 1959",
    run: || pert_formula(4.0),
};

fn pert_formula(shape: f64) -> Answer {
    let Ok(pert) = Distribution::pert(2.0, 5.0, 20.0, shape) else { return Answer::none() };
    Answer::limit(7.0, pert.mean(), 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_in_sampling_are_noticed() {
        assert!(sobol_points(|index| index).passed());
        assert!(!sobol_points(|index| index ^ 1).passed());
        assert!(!sobol_net(|u| (u + 1e-3).fract()).passed());
        assert!(!latin_strata(|u| (u + 1e-4) / 1.000_1).passed());
        assert!(!copula_spearman(|spearman| 1.05 * spearman).passed());
        assert!(!percentile_pairs(0.950_001).passed());
        assert!(!quantiles_invert(|p| p * (1.0 - 1e-6)).passed());
        assert!(!pert_mean(4.01).passed());
        assert!(!pert_formula(4.000_001).passed());
        // One point of all of them.
        assert!(!sobol_threads(|index| 1 + u64::from(index == 4_095)).passed());
    }
}
