//! How much larger one mean is than another, relative to it, when both are estimated from the same noise.

use super::interval::Interval;

/// Means of a base and of what is added to it, with the sampling variances and the covariance of both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeansOfPairs {
    /// Mean of the base.
    pub base: f64,
    /// Mean of what is added.
    pub change: f64,
    /// Variance of the mean of the base.
    pub base_variance: f64,
    /// Variance of the mean of what is added.
    pub change_variance: f64,
    /// Covariance of both means.
    pub covariance: f64,
}

/// A change relative to a base.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RelativeChange {
    /// Ratio of the means.
    pub value: f64,
    /// Its standard error, to first order.
    pub standard_error: f64,
    /// Its interval by Fieller's theorem.
    pub interval: Interval,
}

impl MeansOfPairs {
    /// The change relative to the base, with the interval that reaches as far as `critical` standard errors do.
    ///
    /// `None` when the base cannot be told from zero at that level: then no finite interval has the coverage.
    ///
    /// # Formula
    ///
    /// δ = d̄/ā. The interval is the set of all δ that the data do not refute, (d̄ − δā)² ≤ t² (V_d − 2δ C_ad + δ² V_a): it is
    /// exact for normal means, whatever their correlation, needs neither positive values nor logarithms, and is not
    /// symmetric. To first order its half width is t √(V_d − 2δ C_ad + δ² V_a) / |ā|.
    ///
    /// # Source
    ///
    /// E. C. Fieller, *Some Problems in Interval Estimation*, JRSS B 16 (1954).
    pub fn relative(&self, critical: f64) -> Option<RelativeChange> {
        let Self { base, change, base_variance, change_variance, covariance } = *self;
        let square = critical * critical;
        let leading = base * base - square * base_variance;
        if !(leading > 0.0) {
            return None;
        }
        let value = change / base;
        let variance = change_variance - 2.0 * value * covariance + value * value * base_variance;
        // Rounding may leave less than nothing of what is nothing.
        let standard_error = variance.max(0.0).sqrt() / base.abs();
        let half = base * change - square * covariance;
        let constant = change * change - square * change_variance;
        let reach = (half * half - leading * constant).max(0.0).sqrt();
        let interval = Interval { low: (half - reach) / leading, high: (half + reach) / leading };
        let all = [value, standard_error, interval.low, interval.high];
        all.iter().all(|x| x.is_finite()).then_some(RelativeChange { value, standard_error, interval })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_solve_the_equation_they_come_from() {
        let means = MeansOfPairs {
            base: 50.0,
            change: 4.0,
            base_variance: 9.0,
            change_variance: 2.0,
            covariance: -1.5,
        };
        let found = means.relative(2.0).unwrap();
        for end in [found.interval.low, found.interval.high] {
            let variance = 2.0 + 3.0 * end + 9.0 * end * end;
            assert!(((4.0 - 50.0 * end).powi(2) - 4.0 * variance).abs() < 1e-9, "{found:?}");
        }
        assert!((found.value - 0.08).abs() < 1e-15 && found.interval.contains(0.08));
        let near = 2.0 * found.standard_error;
        assert!((found.interval.half_width() / near - 1.0).abs() < 0.02, "{found:?}");
    }

    #[test]
    fn a_base_without_noise_leaves_the_interval_of_the_change() {
        let means = MeansOfPairs {
            base: -2.0,
            change: 1.0,
            base_variance: 0.0,
            change_variance: 0.04,
            covariance: 0.0,
        };
        let found = means.relative(2.0).unwrap();
        assert!((found.interval.low + 0.7).abs() < 1e-12 && (found.interval.high + 0.3).abs() < 1e-12);
    }

    #[test]
    fn nothing_relative_to_what_may_be_nothing() {
        let means = |base| MeansOfPairs {
            base,
            change: 1.0,
            base_variance: 1.0,
            change_variance: 1.0,
            covariance: 0.0,
        };
        assert_eq!(means(1.9).relative(2.0), None);
        assert_eq!(means(0.0).relative(2.0), None);
        assert_eq!(means(f64::NAN).relative(2.0), None);
        assert!(means(2.1).relative(2.0).is_some());
    }

    #[test]
    fn no_change_is_exactly_none() {
        let means = MeansOfPairs {
            base: 3.0,
            change: 0.0,
            base_variance: 0.1,
            change_variance: 0.0,
            covariance: 0.0,
        };
        let found = means.relative(2.0).unwrap();
        let all = [found.value, found.standard_error, found.interval.low, found.interval.high];
        assert!(all.iter().all(|x| x.to_bits() == 0), "{found:?}");
    }
}
