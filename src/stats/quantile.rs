//! Quantiles of a sample and what is not known about them.

use super::interval::{Interval, normal_critical};

/// Quantile of an ascending sample, type 7 of Hyndman and Fan (the default of R and NumPy).
///
/// `None` without values, or when `p` is not within 0..=1.
///
/// # Formula
///
/// x₍ₕ₎ interpolated linearly at h = (n − 1) p + 1, where x₍₁₎ ≤ … ≤ x₍ₙ₎.
///
/// # Source
///
/// R. J. Hyndman, Y. Fan, *Sample Quantiles in Statistical Packages*, The American Statistician 50 (1996).
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    at_rank(sorted, sorted.len().checked_sub(1)? as f64 * p + 1.0)
}

/// Several type-7 quantiles of a sample in any order; see [`quantile`].
///
/// Values must be numbers.
pub fn quantiles(values: &[f64], ps: &[f64]) -> Option<Vec<f64>> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    ps.iter().map(|&p| quantile(&sorted, p)).collect()
}

/// Ranks, from 1 and fractional, between which the true `p` quantile lies with the probability of ±`z` standard
/// deviations; they may lie outside the sample.
///
/// The number of values below the true quantile is binomial(n, p), whatever the distribution. The interval between
/// order statistics l and u therefore covers the quantile with probability P(l ≤ B ≤ u − 1), which is inverted here in
/// the normal approximation with continuity correction.
///
/// # Formula
///
/// n p + ½ ± z √(n p (1 − p)).
///
/// # Source
///
/// H. A. David, H. N. Nagaraja, *Order Statistics* (3rd ed., 2003), section 7.1.
pub fn order_statistic_ranks(n: usize, p: f64, z: f64) -> (f64, f64) {
    let centre = n as f64 * p + 0.5;
    let reach = z * (n as f64 * p * (1.0 - p)).sqrt();
    (centre - reach, centre + reach)
}

/// Monte Carlo standard error of a quantile of an ascending sample of independent values.
///
/// Half the width of the distribution-free 68.3 % order-statistic interval (z = 1 in [`order_statistic_ranks`]),
/// interpolated linearly and cut at the ends of the sample; near the ends of a small sample it is therefore too small.
/// `None` below two values, or when `p` is not within 0..=1.
pub fn quantile_mcse(sorted: &[f64], p: f64) -> Option<f64> {
    if sorted.len() < 2 || !(0.0..=1.0).contains(&p) {
        return None;
    }
    let (lower, upper) = order_statistic_ranks(sorted.len(), p, 1.0);
    Some((at_rank(sorted, upper)? - at_rank(sorted, lower)?) / 2.0)
}

/// Distribution-free interval of the true `p` quantile between two order statistics of an ascending sample of
/// independent values.
///
/// The [ranks](order_statistic_ranks) are taken outwards to whole numbers, 965 and 986 for the 97.5 % quantile of 1,000
/// values at a `level` of 0.95. `None` when one of them lies outside the sample, which is then too small to tell, or when
/// `p` is not within 0..=1, or unless 0 < `level` < 1.
pub fn quantile_interval(sorted: &[f64], p: f64, level: f64) -> Option<Interval> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    let (lower, upper) = order_statistic_ranks(sorted.len(), p, normal_critical(level)?);
    let (lower, upper) = (lower.floor(), upper.ceil());
    if lower < 1.0 || upper > sorted.len() as f64 {
        return None;
    }
    Some(Interval { low: sorted[lower as usize - 1], high: sorted[upper as usize - 1] })
}

/// Value at a fractional rank, from 1, held within the sample.
fn at_rank(sorted: &[f64], rank: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = (rank - 1.0).clamp(0.0, last as f64);
    let below = position.floor();
    let (low, high) = (sorted[below as usize], sorted[(below as usize + 1).min(last)]);
    let part = position - below;
    // Equal neighbours, which may be infinite, are not subtracted.
    Some(if part > 0.0 && low < high { low + part * (high - low) } else { low })
}

/// Quantiles at the midpoints of n equal parts of probability: a distribution without sampling noise.
pub(crate) fn on_grid(n: u32, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..n).map(|i| quantile((f64::from(i) + 0.5) / f64::from(n))).collect()
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, DiscreteCDF, Normal};

    use super::*;
    use crate::rng::Streams;
    use crate::stats::{mean, sample_sd};

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() <= 1e-12 * expected.abs().max(1.0))
    }

    #[test]
    fn type_7_as_in_r_and_numpy() {
        // quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4, .5, 1)) in R, and numpy.quantile of the same.
        let sample = [15.0, 20.0, 35.0, 40.0, 50.0];
        for (p, expected) in [(0.0, 15.0), (0.05, 16.0), (0.3, 23.0), (0.4, 29.0), (0.5, 35.0), (1.0, 50.0)] {
            assert!(near(quantile(&sample, p), expected), "{p}");
        }
        // numpy.quantile([3, 6, 7, 8, 8, 10, 13, 15, 16, 20], [.1, .25, .5, .75, .9])
        let found =
            quantiles(&[20.0, 3.0, 6.0, 7.0, 8.0, 8.0, 10.0, 13.0, 15.0, 16.0], &[0.1, 0.25, 0.5, 0.75, 0.9]);
        for (found, expected) in found.unwrap().into_iter().zip([5.7, 7.25, 9.0, 14.5, 16.4]) {
            assert!(near(Some(found), expected), "{found} {expected}");
        }
    }

    #[test]
    fn what_cannot_be_said() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[1.0], 1.5), None);
        assert_eq!(quantile(&[1.0], f64::NAN), None);
        assert_eq!(quantile(&[1.0], 0.3), Some(1.0));
        assert_eq!(quantile_mcse(&[1.0], 0.5), None);
        assert_eq!(quantiles(&[], &[0.5]), None);
        assert_eq!(quantile(&[1.0, f64::INFINITY, f64::INFINITY], 0.75), Some(f64::INFINITY));
    }

    #[test]
    fn ranks_of_the_97_5_percent_quantile_of_1000() {
        // Known answer: the 95 % interval of P97.5 from 1000 values lies between the 965th and the 986th.
        let z = Normal::standard().inverse_cdf(0.975);
        let (lower, upper) = order_statistic_ranks(1_000, 0.975, z);
        assert_eq!((lower.floor(), upper.ceil()), (965.0, 986.0));
        // Exactly, the interval between those order statistics covers with at least 95 %.
        let below = statrs::distribution::Binomial::new(0.975, 1_000).unwrap();
        assert!(below.cdf(985) - below.cdf(964) >= 0.95);
    }

    #[test]
    fn error_of_a_quantile_is_the_spread_of_the_quantile() {
        // Exponential values, n = 400: the asymptotic standard deviation of the p quantile is √(p / ((1 - p) n)). Over
        // 2000 samples the mean of the reported error and the spread of the quantile must both agree with it; the
        // tolerances are 5 standard errors plus 3 % for n = 400 not being infinite.
        let n = 400;
        for p in [0.1, 0.5, 0.9] {
            let (mut found, mut errors) = (Vec::new(), Vec::new());
            for replication in 0..2_000 {
                let mut stream = Streams::new(20_250_101, replication).open(1, 0, 0);
                let mut sample: Vec<f64> = (0..n).map(|_| stream.exponential()).collect();
                sample.sort_by(f64::total_cmp);
                found.push(quantile(&sample, p).unwrap());
                errors.push(quantile_mcse(&sample, p).unwrap());
            }
            let expected = (p / ((1.0 - p) * f64::from(n))).sqrt();
            let error = mean(&errors).unwrap();
            let error_tolerance = 5.0 * sample_sd(&errors).unwrap() / 2_000.0_f64.sqrt() + 0.03 * expected;
            assert!((error - expected).abs() < error_tolerance, "{p}: {error} {expected}");
            let spread = sample_sd(&found).unwrap();
            assert!(
                (spread / expected - 1.0).abs() < 5.0 / 4_000.0_f64.sqrt() + 0.03,
                "{p}: {spread} {expected}"
            );
        }
    }

    #[test]
    fn error_is_cut_at_the_ends_of_the_sample() {
        // n = 4, p = 0.9: ranks 4.1 ± 0.6, of which only 3.5..4 is within the sample.
        assert!(near(quantile_mcse(&[0.0, 1.0, 2.0, 3.0], 0.9), 0.25));
    }

    #[test]
    fn interval_of_the_upper_end_of_a_95_percent_band() {
        let ranks: Vec<f64> = (1..=1_000).map(f64::from).collect();
        assert_eq!(quantile_interval(&ranks, 0.975, 0.95), Some(Interval { low: 965.0, high: 986.0 }));
        // Of 40 values even the largest may lie below the quantile.
        assert_eq!(quantile_interval(&ranks[..40], 0.975, 0.95), None);
        assert_eq!(quantile_interval(&[], 0.5, 0.95), None);
        assert_eq!(quantile_interval(&ranks, f64::NAN, 0.95), None);
    }
}
