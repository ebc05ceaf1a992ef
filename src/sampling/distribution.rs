//! What is believed of an uncertain parameter: a distribution that turns a point of (0, 1) into a value.
//!
//! # Model
//!
//! A value is the quantile of a coordinate, so even points give even values, correlated points correlated values, and a
//! value is always found: nothing is rejected. Bounds cut the tails: with F the distribution function before the cut, the
//! quantile is `F⁻¹(F(min) + u (F(max) - F(min)))`.
//!
//! # Invariants
//!
//! * `quantile(cdf(x)) = x` to 1e-9 of the larger of |x| and the scale, from the millionth to the last millionth.
//! * Quantiles never fall as u grows, and lie within the support.
//!
//! # Source
//!
//! L. Devroye, *Non-Uniform Random Variate Generation* (1986), chapter II, for inversion; for the families N. L. Johnson,
//! S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions* (1994).

use super::distribution_error::DistributionError;
use super::family::Family;

/// Bounds must leave this much, or tails of what is left have too few digits.
const LEAST_KEPT: f64 = 0.01;

/// What is left between bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cut {
    low: f64,
    high: f64,
    /// Probability below the lower bound.
    below: f64,
    /// Probability between the bounds.
    kept: f64,
}

/// A distribution of one number.
///
/// ```
/// use bidcast::sampling::Distribution;
///
/// let elasticity = Distribution::lognormal_from_percentiles([(0.05, 0.6), (0.95, 1.8)]).unwrap();
/// assert!((elasticity.quantile(0.95) - 1.8).abs() < 1e-9);
/// assert!((elasticity.median() - (0.6_f64 * 1.8).sqrt()).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    family: Family,
    cut: Option<Cut>,
}

impl Distribution {
    /// A member of a family whose parameters are right.
    ///
    /// # Errors
    ///
    /// When a quantile or the mean is beyond floats.
    pub(super) fn whole(family: Family) -> Result<Self, DistributionError> {
        let whole = Self { family, cut: None };
        // The first and the last number that a draw can be.
        let ends = [0.5 * f64::EPSILON, 1.0 - 0.5 * f64::EPSILON];
        if ends.into_iter().all(|u| whole.quantile(u).is_finite()) && whole.mean().is_finite() {
            Ok(whole)
        } else {
            Err(DistributionError::Overflow)
        }
    }

    /// The distribution given that the value lies between bounds; an infinite bound cuts nothing.
    ///
    /// Parameters, moments and percentiles from which a distribution was made are those before the cut.
    ///
    /// # Errors
    ///
    /// When `min` is not below `max`, or less than a hundredth lies between them.
    pub fn truncated(self, min: f64, max: f64) -> Result<Self, DistributionError> {
        if !(min < max) {
            let (low, high) = ("min".to_owned(), "max".to_owned());
            return Err(DistributionError::Order { low, low_value: min, high, high_value: max });
        }
        let (from, to) = self.support();
        let (low, high) = (min.max(from), max.min(to));
        if low <= from && high >= to {
            return Ok(self);
        }
        // What lies exactly at the lower bound stays.
        let below = self.family.cdf(low.next_down());
        let kept = self.family.cdf(high) - below;
        let before = self.cut.map_or(1.0, |cut| cut.kept);
        if !(low < high && kept >= LEAST_KEPT * before) {
            return Err(DistributionError::Kept { min, max, kept: (kept / before).max(0.0) });
        }
        Ok(Self { family: self.family, cut: Some(Cut { low, high, below, kept }) })
    }

    /// The value that is not exceeded with probability `u`.
    ///
    /// At 0 and below it is the lower end of the support, at 1 and above the upper end; of NaN it is NaN.
    pub fn quantile(&self, u: f64) -> f64 {
        let (low, high) = self.support();
        if u <= 0.0 {
            low
        } else if u >= 1.0 {
            high
        } else if u.is_nan() {
            f64::NAN
        } else {
            let inner = self.cut.map_or(u, |cut| cut.below + u * cut.kept);
            // Rounding can carry the sum to an end of the whole distribution.
            let inner = inner.clamp(f64::MIN_POSITIVE, 1.0 - 0.5 * f64::EPSILON);
            self.family.quantile(inner).clamp(low, high)
        }
    }

    /// Probability of a value of at most `x`; of NaN it is NaN.
    pub fn cdf(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        let Some(cut) = self.cut else { return self.family.cdf(x) };
        if x < cut.low {
            0.0
        } else if x >= cut.high {
            1.0
        } else {
            ((self.family.cdf(x) - cut.below) / cut.kept).min(1.0)
        }
    }

    /// The mean; every distribution here has one.
    pub fn mean(&self) -> f64 {
        self.partial_mean(f64::INFINITY)
    }

    /// The value that is as likely exceeded as not.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The smallest and the largest value; either may be infinite.
    pub fn support(&self) -> (f64, f64) {
        self.cut.map_or_else(|| self.family.support(), |cut| (cut.low, cut.high))
    }

    /// `E[X; X ≤ x]`: the part of the mean that values up to x bring.
    pub(super) fn partial_mean(&self, x: f64) -> f64 {
        match self.cut {
            None => self.family.partial_mean(x),
            Some(cut) if x < cut.low => 0.0,
            Some(cut) => {
                let below = self.family.partial_mean(cut.low.next_down());
                (self.family.partial_mean(x.min(cut.high)) - below) / cut.kept
            }
        }
    }
}

#[cfg(test)]
mod tests;
