//! What is estimated from a sample of independent values, and its interval.

use super::interval::{Interval, student_critical};
use super::moments::{mcse, mean};
use super::probability::wilson;
use super::quantile::{quantile, quantile_interval};

/// What is estimated from the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimand {
    /// The mean.
    Mean,
    /// The quantile at a probability.
    Quantile(f64),
    /// The probability that a value lies above a threshold.
    Above(f64),
    /// The probability that a value lies below a threshold.
    Below(f64),
}

impl Estimand {
    /// The estimate, in its unit; `None` without values, or of a quantile that is none.
    pub fn of(self, values: &[f64]) -> Option<f64> {
        match self {
            Self::Mean => mean(values),
            Self::Quantile(p) => quantile(&ascending(values), p),
            Self::Above(_) | Self::Below(_) => {
                (!values.is_empty()).then(|| self.hits(values) as f64 / values.len() as f64)
            }
        }
    }

    /// Values that are counted towards a probability; none for other estimands.
    fn hits(self, values: &[f64]) -> usize {
        let hit = |value: f64| match self {
            Self::Above(threshold) => value > threshold,
            Self::Below(threshold) => value < threshold,
            Self::Mean | Self::Quantile(_) => false,
        };
        values.iter().filter(|&&value| hit(value)).count()
    }
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// An estimate with its interval at a confidence level, from independent values.
///
/// The mean has one by Student's t, a quantile one between order statistics, a probability Wilson's. `None` when there is
/// no estimate; no interval when the sample is too small for one.
pub fn estimate(estimand: Estimand, values: &[f64], level: f64) -> Option<(f64, Option<Interval>)> {
    let found = estimand.of(values)?;
    let interval = match estimand {
        Estimand::Mean => student_critical(level, values.len() - 1)
            .zip(mcse(values))
            .map(|(t, error)| Interval::around(found, t * error)),
        Estimand::Quantile(p) => quantile_interval(&ascending(values), p, level),
        Estimand::Above(_) | Estimand::Below(_) => wilson(estimand.hits(values), values.len(), level),
    };
    Some((found, interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_estimand_has_the_interval_of_its_kind() {
        let values: Vec<f64> = (1..=100).map(f64::from).rev().collect();
        let of = |estimand| estimate(estimand, &values, 0.95).unwrap();
        let (mean, interval) = of(Estimand::Mean);
        // sd of 1..100 is 29.0115, t with 99 degrees of freedom 1.98422.
        assert!((mean - 50.5).abs() < 1e-12 && (interval.unwrap().half_width() - 5.756_46).abs() < 1e-4);
        let ranks = Interval { low: 40.0, high: 61.0 };
        assert_eq!(of(Estimand::Quantile(0.5)), (50.5, Some(ranks)));
        assert_eq!(of(Estimand::Above(75.0)), (0.25, wilson(25, 100, 0.95)));
        assert_eq!(of(Estimand::Below(75.0)), (0.74, wilson(74, 100, 0.95)));
    }

    #[test]
    fn without_values_there_is_no_estimate() {
        for estimand in [Estimand::Mean, Estimand::Quantile(0.5), Estimand::Above(0.0), Estimand::Below(0.0)]
        {
            assert_eq!(estimate(estimand, &[], 0.95), None);
        }
        assert_eq!(estimate(Estimand::Quantile(f64::NAN), &[1.0], 0.95), None);
        assert_eq!(estimate(Estimand::Mean, &[1.0], 0.95), Some((1.0, None)));
    }
}
