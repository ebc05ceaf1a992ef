//! Differences of two scenarios that share their noise, and what the sharing was worth.

use super::interval::{Interval, student_critical};
use super::moments::{mean, sample_sd};

/// The mean difference of paired values, b − a.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// Pairs.
    pub n_pairs: usize,
    /// Mean of b − a, in the unit of the values.
    pub difference: f64,
    /// Standard error of the mean difference.
    pub standard_error: f64,
    /// Interval of the mean difference by Student's t.
    pub interval: Interval,
    /// Correlation of a and b; `None` when either does not vary.
    pub correlation: Option<f64>,
    /// Variance of a difference of independent values over that of paired ones, (s_a² + s_b²) / s_d²: 1/(1 − ρ) for
    /// equal variances. `None` when the differences do not vary: sharing has removed all noise.
    pub variance_reduction: Option<f64>,
    /// Sample standard deviation of one difference.
    pub sd: f64,
}

/// Compares values of two scenarios, replication by replication.
///
/// `None` when the slices differ in length, hold fewer than two values, or unless 0 < `level` < 1.
///
/// # Formula
///
/// d̄ ± t s_d/√n, with d = b − a. With ρ the correlation of a and b, s_d² = s_a² + s_b² − 2ρ s_a s_b.
pub fn paired(a: &[f64], b: &[f64], level: f64) -> Option<Paired> {
    if a.len() != b.len() {
        return None;
    }
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
    let difference = mean(&differences)?;
    let sd = sample_sd(&differences)?;
    let standard_error = sd / (a.len() as f64).sqrt();
    let critical = student_critical(level, a.len() - 1)?;
    let (sd_a, sd_b) = (sample_sd(a)?, sample_sd(b)?);
    let (mean_a, mean_b) = (mean(a)?, mean(b)?);
    let products: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    let covariance = products / (a.len() - 1) as f64;
    Some(Paired {
        n_pairs: a.len(),
        difference,
        standard_error,
        interval: Interval::around(difference, critical * standard_error),
        correlation: (sd_a > 0.0 && sd_b > 0.0).then(|| covariance / (sd_a * sd_b)),
        variance_reduction: (sd > 0.0).then(|| (sd_a * sd_a + sd_b * sd_b) / (sd * sd)),
        sd,
    })
}

impl Paired {
    /// Pairs needed in all until the interval reaches no farther than `half_width`, at least 2.
    ///
    /// `None` unless the half width is positive and 0 < `level` < 1, or when more than 2³² pairs would be needed.
    pub fn pairs_needed(&self, half_width: f64, level: f64) -> Option<usize> {
        mean_runs_needed(self.sd, half_width, level)
    }
}

/// Independent values needed until the interval of their mean, by Student's t, reaches no farther than `half_width`.
///
/// The standard deviation is taken as known from a pilot: the number is a plan, not a promise. `None` as in
/// [`Paired::pairs_needed`].
pub fn mean_runs_needed(sd: f64, half_width: f64, level: f64) -> Option<usize> {
    if !(half_width > 0.0 && sd >= 0.0) {
        return None;
    }
    let suffices = |n: usize| Some(student_critical(level, n - 1)? * sd / (n as f64).sqrt() <= half_width);
    // Doubled until it suffices, then halved in between: t falls and √n grows, so there is one turning point.
    let mut high = 2;
    while !suffices(high)? {
        high = Some(2 * high).filter(|&n| n <= 1 << 32)?;
    }
    let mut low = high / 2;
    while low + 1 < high {
        let middle = low.midpoint(high);
        if suffices(middle)? { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    #[test]
    fn students_sleep_data() {
        // Student 1908, hours of sleep gained under two drugs; t.test(paired = TRUE) in R: 0.7001142 to 2.4598858.
        let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let found = paired(&a, &b, 0.95).unwrap();
        assert!((found.difference - 1.58).abs() < 1e-12);
        assert!((found.interval.low - 0.700_114_2).abs() < 1e-7, "{found:?}");
        assert!((found.interval.high - 2.459_885_8).abs() < 1e-7);
        // cor(a, b) in R.
        assert!((found.correlation.unwrap() - 0.795_170_2).abs() < 1e-7);
    }

    #[test]
    fn equal_variances_gain_one_over_one_less_the_correlation() {
        let mut stream = Streams::new(20_250_101, 1).open(1, 0, 0);
        let a: Vec<f64> = (0..1_000).map(|_| stream.normal()).collect();
        // The same values in another order have the same variance exactly.
        let b: Vec<f64> =
            a.chunks(5).flat_map(|five| [five[1], five[0], five[2], five[3], five[4]]).collect();
        let found = paired(&a, &b, 0.95).unwrap();
        let expected = 1.0 / (1.0 - found.correlation.unwrap());
        assert!((found.variance_reduction.unwrap() / expected - 1.0).abs() < 1e-10);
    }

    #[test]
    fn differences_without_noise_have_no_gain_to_state() {
        let found = paired(&[1.0, 2.0, 4.0], &[3.0, 4.0, 6.0], 0.95).unwrap();
        assert_eq!((found.variance_reduction, found.pairs_needed(0.1, 0.95)), (None, Some(2)));
        assert!((found.interval.half_width()).abs() < 1e-15);
    }

    #[test]
    fn runs_needed_are_the_fewest_that_suffice() {
        // (1.96 · 5)² = 96.04 in the normal limit, two more for t.
        assert_eq!(mean_runs_needed(1.0, 0.2, 0.95), Some(99));
        let reach = |n: usize| student_critical(0.95, n - 1).unwrap() / (n as f64).sqrt();
        assert!(reach(99) <= 0.2 && reach(98) > 0.2);
        assert_eq!(mean_runs_needed(1.0, 0.0, 0.95), None);
        assert_eq!(mean_runs_needed(1.0, 1e-9, 0.95), None);
        assert_eq!(mean_runs_needed(f64::NAN, 1.0, 0.95), None);
    }

    #[test]
    fn nothing_to_pair() {
        assert_eq!(paired(&[1.0, 2.0], &[1.0], 0.95), None);
        assert_eq!(paired(&[1.0], &[1.0], 0.95), None);
        assert_eq!(paired(&[1.0, 1.0], &[1.0, 2.0], 0.95).unwrap().correlation, None);
    }
}
