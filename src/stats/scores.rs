//! Scores of forecasts against what happened: proper ones, lower is better.
//!
//! A score is proper when nobody can expect a better one by forecasting anything but what they believe. CRPS, interval,
//! weighted interval and energy score are in the unit of the outcome; log and Dawid–Sebastiani score are in nats and in
//! pure numbers, and change with the unit by a constant.
//!
//! # Source
//!
//! T. Gneiting, A. E. Raftery, *Strictly Proper Scoring Rules, Prediction, and Estimation*, JASA 102 (2007); the fair
//! CRPS of an ensemble: C. A. T. Ferro, *Fair Scores for Ensemble Forecasts*, QJRMS 140 (2014); the weighted interval
//! score: J. Bracher, E. L. Ray, T. Gneiting, N. G. Reich, *Evaluating Epidemic Forecasts in an Interval Format*, PLOS
//! Computational Biology 17 (2021).

use std::f64::consts::{PI, SQRT_2, TAU};

use statrs::function::erf::erfc;

/// How the spread of a sample of forecasts is taken into a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpreadTerm {
    /// Over pairs of different members: unbiased for the distribution that the sample was drawn from.
    Fair,
    /// Over all pairs: the score of the sample's own empirical distribution, which for M draws is worse than that of
    /// their distribution by E|X − X′|/(2M).
    Naive,
}

impl SpreadTerm {
    /// Number of ordered pairs; `None` when there are none.
    fn pairs(self, members: usize) -> Option<f64> {
        let m = members as f64;
        let pairs = match self {
            Self::Fair => m * (m - 1.0),
            Self::Naive => m * m,
        };
        (pairs > 0.0).then_some(pairs)
    }
}

/// Continuous ranked probability score of a sample in any order.
///
/// `None` without members, for a fair score below two.
///
/// # Formula
///
/// (1/M) Σ|xᵢ − y| − ΣΣ|xᵢ − xⱼ| / (2P), with P = M(M − 1) pairs for the fair, M² for the naive score.
pub fn crps(sample: &[f64], outcome: f64, spread: SpreadTerm) -> Option<f64> {
    let pairs = spread.pairs(sample.len())?;
    let mut sorted = sample.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let m = sorted.len() as f64;
    let distance = sorted.iter().map(|x| (x - outcome).abs()).sum::<f64>() / m;
    // Half of the double sum, from the order: the i-th smallest is the larger of i − 1 pairs and the smaller of M − i.
    // Values are taken from the middle, so that a far-off sample loses no digits.
    let middle = sorted[sorted.len() / 2];
    let half: f64 =
        sorted.iter().zip(1_u32..).map(|(x, i)| (2.0 * f64::from(i) - m - 1.0) * (x - middle)).sum();
    Some(distance - half / pairs)
}

/// Energy score, the CRPS of several outcomes together: distances are Euclidean, so the outcomes should be scaled alike.
///
/// `None` when a member has not as many values as the outcome, without members, for a fair score below two.
///
/// # Formula
///
/// (1/M) Σ‖xᵢ − y‖ − ΣΣ‖xᵢ − xⱼ‖ / (2P), with P as in [`crps`].
pub fn energy_score<M: AsRef<[f64]>>(sample: &[M], outcome: &[f64], spread: SpreadTerm) -> Option<f64> {
    let pairs = spread.pairs(sample.len())?;
    if sample.iter().any(|member| member.as_ref().len() != outcome.len()) {
        return None;
    }
    let far = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
    let distance: f64 =
        sample.iter().map(|member| far(member.as_ref(), outcome)).sum::<f64>() / sample.len() as f64;
    let half: f64 = sample
        .iter()
        .enumerate()
        .map(|(i, a)| sample[..i].iter().map(|b| far(a.as_ref(), b.as_ref())).sum::<f64>())
        .sum();
    Some(distance - half / pairs)
}

/// Logarithmic score of a normal forecast, the negative log density at the outcome, in nats.
///
/// `None` unless the standard deviation is positive.
///
/// # Formula
///
/// ½ ln(2πσ²) + (y − μ)²/(2σ²).
pub fn log_score_normal(mean: f64, sd: f64, outcome: f64) -> Option<f64> {
    Some(0.5 * (TAU.ln() + dawid_sebastiani(mean, sd, outcome)?))
}

/// Continuous ranked probability score of a normal forecast; of a point forecast, the distance, when the standard deviation is 0.
///
/// `None` when the standard deviation is negative.
///
/// # Formula
///
/// σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π), z = (y − μ)/σ.
pub fn crps_normal(mean: f64, sd: f64, outcome: f64) -> Option<f64> {
    if sd.total_cmp(&0.0).is_eq() {
        return Some((outcome - mean).abs());
    }
    let z = (outcome - mean) / sd;
    let (below, density) = (0.5 * erfc(-z / SQRT_2), (-0.5 * z * z).exp() / TAU.sqrt());
    (sd > 0.0).then(|| sd * (z * (2.0 * below - 1.0) + 2.0 * density - PI.sqrt().recip()))
}

/// Score of Dawid and Sebastiani, which looks at mean and standard deviation of a forecast only.
///
/// `None` unless the standard deviation is positive.
///
/// # Formula
///
/// 2 ln σ + ((y − μ)/σ)².
pub fn dawid_sebastiani(mean: f64, sd: f64, outcome: f64) -> Option<f64> {
    (sd > 0.0).then(|| 2.0 * sd.ln() + ((outcome - mean) / sd).powi(2))
}

/// Score of a central interval that should hold the outcome with probability `level`.
///
/// `None` when the ends are out of order, or unless 0 < `level` < 1.
///
/// # Formula
///
/// (u − l) + (2/α)(l − y)₊ + (2/α)(y − u)₊, with α = 1 − level.
pub fn interval_score(low: f64, high: f64, level: f64, outcome: f64) -> Option<f64> {
    if !(low <= high && level > 0.0 && level < 1.0) {
        return None;
    }
    let missed_by = (low - outcome).max(0.0) + (outcome - high).max(0.0);
    Some(high - low + 2.0 / (1.0 - level) * missed_by)
}

/// Weighted interval score of a median and central intervals `(level, low, high)`; it tends to the CRPS with many levels.
///
/// `None` when an interval has no [score](interval_score).
///
/// # Formula
///
/// (½|y − m| + Σ (αₖ/2) ISₖ) / (K + ½).
pub fn weighted_interval_score(median: f64, intervals: &[(f64, f64, f64)], outcome: f64) -> Option<f64> {
    let mut sum = 0.5 * (outcome - median).abs();
    for &(level, low, high) in intervals {
        sum += (1.0 - level) / 2.0 * interval_score(low, high, level, outcome)?;
    }
    Some(sum / (intervals.len() as f64 + 0.5))
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Continuous, ContinuousCDF, Normal};

    use super::*;
    use crate::rng::{Stream, Streams};
    use crate::stats::{mcse, mean, on_grid};

    fn near(found: Option<f64>, expected: f64, tolerance: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() <= tolerance)
    }

    #[test]
    fn closed_forms_of_the_crps() {
        // The grid cuts the tails: for the exponential and the Laplace distribution it misses about 1/n.
        let n = 200_000;
        let normal = Normal::standard();
        let gaussian = on_grid(n, |p| normal.inverse_cdf(p));
        for (y, published) in [(0.0, 0.233_695), (1.0, 0.602_441), (2.0, 1.452_792)] {
            let formula =
                y * (2.0 * normal.cdf(y) - 1.0) + 2.0 * normal.pdf(y) - 1.0 / std::f64::consts::PI.sqrt();
            assert!((formula - published).abs() < 1e-6);
            assert!(near(crps(&gaussian, y, SpreadTerm::Naive), published, 1e-5), "{y}");
            assert!(near(crps_normal(0.0, 1.0, y), published, 1e-6), "{y}");
            assert!(near(crps_normal(1.0, 0.5, 1.0 - 0.5 * y), 0.5 * published, 1e-6), "scales and mirrors");
        }
        assert!(near(crps_normal(1.0, 0.0, 3.0), 2.0, 1e-12), "a point is scored by its distance");
        assert_eq!(crps_normal(0.0, -1.0, 0.0), None);
        assert!(near(crps(&on_grid(n, |p| p), 0.5, SpreadTerm::Naive), 1.0 / 12.0, 1e-9));
        let exponential = on_grid(n, |p| -(-p).ln_1p());
        assert!(near(crps(&exponential, 1.0, SpreadTerm::Naive), 2.0 * (-1.0_f64).exp() - 0.5, 1e-5));
        let laplace = on_grid(n, |p| if p < 0.5 { (2.0 * p).ln() } else { -(2.0 * (1.0 - p)).ln() });
        assert!(near(crps(&laplace, 0.0, SpreadTerm::Naive), 0.25, 1e-5));
    }

    #[test]
    fn the_fair_score_of_a_small_ensemble_is_unbiased_and_the_naive_one_is_not() {
        let (mut fair, mut excess) = (Vec::new(), Vec::new());
        for repetition in 0..20_000 {
            let mut stream = Streams::new(20_250_101, repetition).open(1, 0, 0);
            let ensemble: Vec<f64> = (0..20).map(|_| stream.normal()).collect();
            let score = crps(&ensemble, 1.0, SpreadTerm::Fair).unwrap();
            excess.push(crps(&ensemble, 1.0, SpreadTerm::Naive).unwrap() - score);
            fair.push(score);
        }
        assert!((mean(&fair).unwrap() - 0.602_441).abs() < 4.0 * mcse(&fair).unwrap());
        // E|X − X′|/(2M) = (2/√π)/40 = 0.0282.
        assert!((mean(&excess).unwrap() - 0.028_209_5).abs() < 4.0 * mcse(&excess).unwrap());
    }

    #[test]
    fn sorted_pairs_are_all_pairs() {
        let sample = [3.0, -1.0, 8.0, 8.0, 0.5];
        let all: f64 = sample.iter().flat_map(|a| sample.iter().map(move |b: &f64| f64::abs(a - b))).sum();
        let distance = sample.iter().map(|x| (x - 2.0_f64).abs()).sum::<f64>() / 5.0;
        assert!(near(crps(&sample, 2.0, SpreadTerm::Naive), distance - all / 50.0, 1e-14));
        assert!(near(crps(&sample, 2.0, SpreadTerm::Fair), distance - all / 40.0, 1e-14));
        let shifted = sample.map(|x| x + 1e9);
        let moved = crps(&shifted, 1e9 + 2.0, SpreadTerm::Fair).unwrap();
        assert!(near(crps(&sample, 2.0, SpreadTerm::Fair), moved, 1e-6));
    }

    #[test]
    fn the_energy_score_of_one_outcome_is_its_crps() {
        let sample = [3.0, -1.0, 8.0, 8.0, 0.5];
        let members: Vec<[f64; 1]> = sample.iter().map(|&x| [x]).collect();
        for spread in [SpreadTerm::Fair, SpreadTerm::Naive] {
            let expected = crps(&sample, 2.0, spread).unwrap();
            assert!(near(energy_score(&members, &[2.0], spread), expected, 1e-12));
        }
        // Distances 5 and 0 to the outcome, 5 between the two members.
        let pair = [[3.0, 4.0], [0.0, 0.0]];
        assert!(near(energy_score(&pair, &[0.0, 0.0], SpreadTerm::Fair), 2.5 - 2.5, 1e-15));
        assert!(near(energy_score(&pair, &[0.0, 0.0], SpreadTerm::Naive), 2.5 - 1.25, 1e-15));
    }

    #[test]
    fn gaussian_formulas() {
        // −dnorm(1.5, 1, 2, log = TRUE) in R.
        assert!(near(log_score_normal(1.0, 2.0, 1.5), 1.643_335_713_764_618, 1e-12));
        let normal = Normal::new(1.0, 2.0).unwrap();
        assert!(near(log_score_normal(1.0, 2.0, 1.5), -normal.ln_pdf(1.5), 1e-12));
        assert!(near(dawid_sebastiani(1.0, 2.0, 4.0), 2.0 * 2.0_f64.ln() + 2.25, 1e-12));
    }

    #[test]
    fn intervals_pay_for_width_and_for_misses() {
        assert!(near(interval_score(2.0, 5.0, 0.8, 3.0), 3.0, 1e-12));
        assert!(near(interval_score(2.0, 5.0, 0.8, 1.5), 3.0 + 10.0 * 0.5, 1e-12));
        assert!(near(interval_score(2.0, 5.0, 0.8, 6.0), 3.0 + 10.0, 1e-12));
    }

    #[test]
    fn many_levels_make_the_weighted_interval_score_the_crps() {
        let normal = Normal::standard();
        let intervals: Vec<(f64, f64, f64)> = (1..=99)
            .map(|k| f64::from(k) / 100.0)
            .map(|level| {
                (level, normal.inverse_cdf((1.0 - level) / 2.0), normal.inverse_cdf((1.0 + level) / 2.0))
            })
            .collect();
        for (y, expected) in [(0.0, 0.233_695), (1.0, 0.602_441), (2.0, 1.452_792)] {
            assert!(near(weighted_interval_score(0.0, &intervals, y), expected, 0.01 * expected), "{y}");
        }
    }

    #[test]
    fn the_true_forecaster_scores_best() {
        type Score = fn(&[f64], f64, f64, f64) -> Option<f64>;
        let scores: [Score; 5] = [
            |sample, _, _, y| crps(sample, y, SpreadTerm::Fair),
            |_, mean, sd, y| log_score_normal(mean, sd, y),
            |_, mean, sd, y| dawid_sebastiani(mean, sd, y),
            |_, mean, sd, y| interval_score(mean - 1.2816 * sd, mean + 1.2816 * sd, 0.8, y),
            |_, mean, sd, y| {
                weighted_interval_score(mean, &[(0.5, mean - 0.6745 * sd, mean + 0.6745 * sd)], y)
            },
        ];
        let expected = |score: Score, mean_of: f64, sd: f64| {
            let mut stream: Stream = Streams::new(20_250_101, 9).open(2, 0, 0);
            let each: Vec<f64> = (0..4_000)
                .map(|_| {
                    let outcome = stream.normal();
                    let sample: Vec<f64> = (0..20).map(|_| mean_of + sd * stream.normal()).collect();
                    score(&sample, mean_of, sd, outcome).unwrap()
                })
                .collect();
            mean(&each).unwrap()
        };
        for score in scores {
            let truth = expected(score, 0.0, 1.0);
            for (mean_of, sd) in [(0.5, 1.0), (0.0, 0.6), (0.0, 1.7)] {
                assert!(expected(score, mean_of, sd) > truth, "{mean_of} {sd}");
            }
        }
    }

    #[test]
    fn forecasts_that_are_none_have_no_score() {
        assert_eq!(crps(&[], 0.0, SpreadTerm::Naive), None);
        assert_eq!(crps(&[1.0], 0.0, SpreadTerm::Fair), None);
        assert_eq!(energy_score(&[[1.0, 2.0]], &[0.0], SpreadTerm::Naive), None);
        assert_eq!(log_score_normal(0.0, 0.0, 1.0), None);
        assert_eq!(interval_score(1.0, 0.0, 0.5, 0.5), None);
        assert_eq!(interval_score(0.0, 1.0, 1.0, 0.5), None);
        assert_eq!(weighted_interval_score(0.0, &[(0.5, f64::NAN, 1.0)], 0.5), None);
    }
}
