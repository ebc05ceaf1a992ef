//! Whether forecast distributions mean what they say: outcomes as probabilities under the forecasts, and tests of them.
//!
//! # Model
//!
//! Where the forecast distribution is right, the probability that it gives to values below the outcome is uniform. A
//! forecast that is too narrow puts outcomes at the ends, one that is off puts them to one side. Kolmogorov–Smirnov sees
//! the second, χ² and coverage the first; all three are asked, and their p-values held to Holm's step-down rule, so that
//! exact forecasts fail at the stated level at most.
//!
//! # Source
//!
//! A. P. Dawid, *Present Position and Potential Developments: Some Personal Views: Statistical Theory: The Prequential
//! Approach*, JRSS A 147 (1984); tail of the Kolmogorov distribution with the correction for n by M. A. Stephens, *Use of
//! the Kolmogorov–Smirnov, Cramér–von Mises and Related Statistics without Extensive Tables*, JRSS B 32 (1970); S. Holm,
//! *A Simple Sequentially Rejective Multiple Test Procedure*, Scandinavian Journal of Statistics 6 (1979).

use std::f64::consts::PI;

use statrs::distribution::{Binomial, ChiSquared, ContinuousCDF, DiscreteCDF};

/// Probability that the central interval asked about should hold.
const COVERAGE: f64 = 0.9;
/// Outcomes expected in each cell of the χ² test.
const PER_CELL: usize = 10;
/// Most cells of the χ² test.
const CELLS: usize = 20;

/// Place of an outcome in a sample of forecasts, as a probability in 0..=1.
///
/// `position`, from 0 to 1, says where to stand among equal values and between ranks: a uniform draw makes the places of
/// outcomes exactly uniform when outcome and members come from one distribution. Without members it is `position`.
///
/// # Formula
///
/// (b + position (t + 1)) / (M + 1), with b members below the outcome and t equal to it.
pub fn pit(sample: &[f64], outcome: f64, position: f64) -> f64 {
    let below = sample.iter().filter(|&&value| value < outcome).count() as f64;
    let not_above = sample.iter().filter(|&&value| value <= outcome).count() as f64;
    (below + position * (not_above - below + 1.0)) / (sample.len() as f64 + 1.0)
}

/// Share of outcomes that central intervals of the given level hold, from their [places](pit); `None` without any.
pub fn coverage(pits: &[f64], level: f64) -> Option<f64> {
    (!pits.is_empty()).then(|| held(pits, level) as f64 / pits.len() as f64)
}

fn held(pits: &[f64], level: f64) -> usize {
    pits.iter().filter(|&&place| (place - 0.5).abs() <= level / 2.0).count()
}

/// P-values of three tests that places of outcomes are uniform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PitTests {
    /// Outcomes.
    pub n: usize,
    /// Kolmogorov–Smirnov: largest distance of the distribution function from the diagonal.
    pub kolmogorov_smirnov: f64,
    /// χ² over equal cells.
    pub chi_square: f64,
    /// Exact two-sided binomial test of how many outcomes central intervals of 90 % hold.
    pub coverage: f64,
}

impl PitTests {
    /// Whether the forecasts hold at a significance level, such as 0.05, by Holm's rule over the three tests: the smallest
    /// p-value exceeds a third of the level.
    pub fn hold(&self, significance: f64) -> bool {
        self.kolmogorov_smirnov.min(self.chi_square).min(self.coverage) > significance / 3.0
    }
}

/// Tests whether [places](pit) of independent outcomes are uniform.
///
/// `None` below 20 outcomes, or when a place is not within 0..=1.
pub fn pit_tests(pits: &[f64]) -> Option<PitTests> {
    let n = pits.len();
    if n < 2 * PER_CELL || !pits.iter().all(|place| (0.0..=1.0).contains(place)) {
        return None;
    }
    Some(PitTests {
        n,
        kolmogorov_smirnov: kolmogorov_smirnov(pits),
        chi_square: chi_square(pits)?,
        coverage: binomial(held(pits, COVERAGE), n)?,
    })
}

fn kolmogorov_smirnov(pits: &[f64]) -> f64 {
    let mut sorted = pits.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = sorted
        .iter()
        .enumerate()
        .map(|(i, place)| (place - i as f64 / n).max((i + 1) as f64 / n - place))
        .fold(0.0, f64::max);
    kolmogorov_tail((n.sqrt() + 0.12 + 0.11 / n.sqrt()) * distance)
}

/// Probability that the Kolmogorov statistic exceeds x, from whichever of its two series converges fast.
fn kolmogorov_tail(x: f64) -> f64 {
    if x < 1e-3 {
        return 1.0;
    }
    let tail = if x < 1.0 {
        let term = |k: i32| (-(f64::from(2 * k - 1) * PI / x).powi(2) / 8.0).exp();
        1.0 - (2.0 * PI).sqrt() / x * (1..=10).map(term).sum::<f64>()
    } else {
        let term = |k: i32| {
            let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
            sign * (-2.0 * (f64::from(k) * x).powi(2)).exp()
        };
        (1..=10).map(term).sum()
    };
    tail.clamp(0.0, 1.0)
}

fn chi_square(pits: &[f64]) -> Option<f64> {
    let cells = (pits.len() / PER_CELL).min(CELLS);
    let mut counts = vec![0_u32; cells];
    for place in pits {
        counts[((place * cells as f64) as usize).min(cells - 1)] += 1;
    }
    let expected = pits.len() as f64 / cells as f64;
    let statistic: f64 = counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
    Some(ChiSquared::new((cells - 1) as f64).ok()?.sf(statistic))
}

/// Twice the smaller tail of a binomial count at its stated probability.
fn binomial(hits: usize, n: usize) -> Option<f64> {
    let law = Binomial::new(COVERAGE, n as u64).ok()?;
    let lower = law.cdf(hits as u64);
    let upper = hits.checked_sub(1).map_or(1.0, |fewer| law.sf(fewer as u64));
    Some((2.0 * lower.min(upper)).min(1.0))
}

#[cfg(test)]
mod tests {
    use statrs::distribution::Normal;

    use super::*;
    use crate::rng::Streams;

    /// Share of 1,000 sets of 200 standard normal outcomes for which normal forecasts hold at 5 %.
    fn held_share(bias: f64, sd: f64, of: impl Fn(&PitTests) -> bool) -> f64 {
        let normal = Normal::standard();
        let held = (0..1_000)
            .filter(|&repetition| {
                let mut stream = Streams::new(20_250_101, repetition).open(1, 0, 0);
                let pits: Vec<f64> = (0..200).map(|_| normal.cdf((stream.normal() - bias) / sd)).collect();
                of(&pit_tests(&pits).unwrap())
            })
            .count();
        held as f64 / 1_000.0
    }

    #[test]
    fn exact_forecasts_fail_at_the_level_and_narrow_ones_almost_always() {
        let all = |tests: &PitTests| tests.hold(0.05);
        // Holm's rule is conservative for tests that agree: 95 % or more hold; 4 standard errors are 2.8 %.
        let exact = held_share(0.0, 1.0, all);
        assert!((0.93..=0.99).contains(&exact), "{exact}");
        let narrow = held_share(0.0, 0.7, all);
        assert!(narrow <= 0.05, "{narrow}");
        let off = held_share(0.4, 1.0, all);
        assert!(off <= 0.05, "{off}");
        let wide = held_share(0.0, 1.5, all);
        assert!(wide <= 0.05, "{wide}");
    }

    #[test]
    fn each_test_keeps_its_own_level() {
        for (name, of) in [
            ("ks", (|tests| tests.kolmogorov_smirnov > 0.05) as fn(&PitTests) -> bool),
            ("chi", |tests| tests.chi_square > 0.05),
            ("coverage", |tests| tests.coverage > 0.05),
        ] {
            let share = held_share(0.0, 1.0, of);
            assert!((0.922..=0.985).contains(&share), "{name}: {share}");
        }
    }

    #[test]
    fn tail_of_the_kolmogorov_distribution() {
        // Smirnov's table: 10 %, 5 %, 1 % at 1.2238, 1.3581, 1.6276; median 0.8276.
        for (x, tail) in [(1.2238, 0.1), (1.3581, 0.05), (1.6276, 0.01), (0.8276, 0.5)] {
            assert!((kolmogorov_tail(x) - tail).abs() < 1e-4, "{x}: {}", kolmogorov_tail(x));
        }
        assert!((kolmogorov_tail(0.999_999) - kolmogorov_tail(1.000_001)).abs() < 1e-5);
        assert!((kolmogorov_tail(0.0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn places_of_outcomes_in_a_sample() {
        let sample = [3.0, 1.0, 2.0, 2.0];
        assert!((pit(&sample, 0.0, 0.5) - 0.1).abs() < 1e-15);
        assert!((pit(&sample, 2.0, 0.0) - 0.2).abs() < 1e-15);
        assert!((pit(&sample, 2.0, 1.0) - 0.8).abs() < 1e-15);
        assert!((pit(&sample, 9.0, 1.0) - 1.0).abs() < 1e-15);
        assert_eq!(coverage(&[0.01, 0.2, 0.5, 0.96], 0.9), Some(0.5));
        assert_eq!(coverage(&[], 0.9), None);
    }

    #[test]
    fn outcomes_among_their_peers_are_uniform_even_with_ties() {
        let pits: Vec<f64> = (0..4_000)
            .map(|repetition| {
                let mut stream = Streams::new(20_250_101, repetition).open(2, 0, 0);
                let mut draw = || (3.0 * stream.unit()).floor();
                let sample = [draw(), draw(), draw(), draw(), draw()];
                let outcome = draw();
                pit(&sample, outcome, stream.unit())
            })
            .collect();
        assert!(pit_tests(&pits).unwrap().hold(0.001));
    }

    #[test]
    fn too_few_outcomes_or_no_places() {
        assert_eq!(pit_tests(&[0.5; 19]), None);
        let mut pits = [0.5; 20];
        pits[3] = f64::NAN;
        assert_eq!(pit_tests(&pits), None);
    }
}
