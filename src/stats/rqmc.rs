//! The error of a mean over a low-discrepancy design, from independent randomizations of it.

use super::interval::{Interval, student_critical};
use super::moments::{mcse, mean};

/// A mean over independently randomized designs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomizedMean {
    /// Randomizations.
    pub n_randomizations: usize,
    /// Mean of the estimates.
    pub mean: f64,
    /// Standard error of the mean, from the spread of the estimates.
    pub standard_error: f64,
    /// Interval by Student's t with one degree of freedom fewer than randomizations.
    pub interval: Interval,
}

/// Takes the mean of estimates, one from each randomization of a design, with an honest error.
///
/// Points within a randomized Sobol' or Latin hypercube design depend on each other: their spread says nothing of the
/// error of their mean. Estimates of whole randomizations are independent. Eight or more are advisable: at 4 the
/// interval at 0.95 is 1.62 times as wide as the normal one. Each estimate may be any statistic of its design, of which
/// the mean is then taken.
///
/// `None` below two randomizations, or unless 0 < `level` < 1.
///
/// # Source
///
/// P. L'Ecuyer, M. K. Nakayama, A. B. Owen, B. Tuffin, *Confidence Intervals for Randomized Quasi-Monte Carlo
/// Estimators*, Winter Simulation Conference (2023): plain Student t was the most reliable of what they tried.
pub fn randomized_mean(estimates: &[f64], level: f64) -> Option<RandomizedMean> {
    let standard_error = mcse(estimates)?;
    let centre = mean(estimates)?;
    let critical = student_critical(level, estimates.len() - 1)?;
    Some(RandomizedMean {
        n_randomizations: estimates.len(),
        mean: centre,
        standard_error,
        interval: Interval::around(centre, critical * standard_error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    #[test]
    fn few_randomizations_of_a_lattice_cover_the_integral() {
        // Mean of u² over a shifted lattice of 64 points; its errors are far below those of 64 independent points.
        let (mut covered, mut errors) = (0_u32, Vec::new());
        for repetition in 0..2_000 {
            let mut stream = Streams::new(20_250_101, repetition).open(1, 0, 0);
            let estimates: Vec<f64> = (0..8)
                .map(|_| {
                    let shift = stream.unit();
                    (0..64).map(|i| (f64::from(i) / 64.0 + shift).fract().powi(2)).sum::<f64>() / 64.0
                })
                .collect();
            let found = randomized_mean(&estimates, 0.95).unwrap();
            covered += u32::from(found.interval.contains(1.0 / 3.0));
            errors.push(found.standard_error);
        }
        // The estimates are uniform, not normal: t over 8 of them is right to a percent; 4 standard errors are 2 %.
        assert!((1_840..=1_960).contains(&covered), "{covered}");
        // The mean of a shifted lattice is uniform within ± 1/(2·64) of the integral, but for a term of 1/64²: its
        // standard deviation is 1/(64 √12), the error of a mean of eight less by √8.
        let expected = 1.0 / (64.0 * 12.0_f64.sqrt() * 8.0_f64.sqrt());
        assert!(
            (mean(&errors).unwrap() / expected - 1.0).abs() < 0.05,
            "{}",
            mean(&errors).unwrap() / expected
        );
    }

    #[test]
    fn one_randomization_has_no_error() {
        assert_eq!(randomized_mean(&[1.0], 0.95), None);
        assert_eq!(randomized_mean(&[], 0.95), None);
    }
}
