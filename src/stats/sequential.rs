//! When to stop simulating: looks at a growing sample until an estimate is precise enough, twice in a row.
//!
//! # Model
//!
//! The first look is at 64 values, then one after every 64 more. At a look the half width of the interval of the estimate
//! is compared with what was asked for; the sample is complete when two consecutive looks pass. A first look that early,
//! or a single pass, would stop too often where the spread happens to be underestimated.
//!
//! Stopping when the error looks small costs coverage all the same: for lognormal values with a coefficient of variation
//! of 0.53, intervals of 95 % cover 94 % at a target of 10 %, and 95 % at 2 %. Looser relative targets are refused.
//!
//! # Source
//!
//! Y. S. Chow, H. Robbins, *On the Asymptotic Theory of Fixed-Width Sequential Confidence Intervals for the Mean*, Annals
//! of Mathematical Statistics 36 (1965). First look, batch and the two passes are judgement, tested by coverage.

use thiserror::Error;

use super::interval::{Interval, normal_critical, student_critical};
use super::moments::{mcse, mean};
use super::probability::wilson;
use super::quantile::{quantile, quantile_interval};

/// Values at the first look, and between looks.
pub const LOOK_EVERY: usize = 64;
/// Consecutive looks that must pass.
const PASSES: usize = 2;
/// The loosest relative precision whose interval still covers.
const LOOSEST: f64 = 0.1;

/// What is estimated from the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimand {
    /// The mean.
    Mean,
    /// The quantile at a probability.
    Quantile(f64),
    /// The probability that a value lies above a threshold.
    Above(f64),
}

/// How precise the estimate must be: the largest half width of its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// In the unit of the estimate.
    Absolute(f64),
    /// As a share of the estimate.
    Relative(f64),
}

/// A rule that cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum RuleError {
    /// The precision is not a positive number.
    #[error("a precision of {0} cannot be reached: it must be a positive number")]
    Precision(f64),
    /// The relative precision is so loose that stopping on it would not cover.
    #[error("a relative precision of {0} is too loose for its interval to cover: at most {LOOSEST}")]
    Loose(f64),
    /// The confidence level is none.
    #[error("a confidence level of {0} is none: it must lie between 0 and 1")]
    Level(f64),
    /// The quantile is none.
    #[error("there is no quantile at a probability of {0}: it must lie between 0 and 1")]
    Quantile(f64),
    /// The threshold is not a number.
    #[error("a threshold must be a number")]
    Threshold,
}

/// One look at the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Values at the look.
    pub n: usize,
    /// The estimate, in its unit.
    pub estimate: f64,
    /// Its interval; `None` when the sample is too small for one.
    pub interval: Option<Interval>,
    /// Whether the precision asked for was reached at this look.
    pub precise: bool,
}

/// A stopping rule and the looks taken so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopping {
    estimand: Estimand,
    precision: Precision,
    level: f64,
    looks: Vec<Look>,
}

impl Stopping {
    /// Makes a rule.
    ///
    /// # Errors
    ///
    /// A precision that is not positive, or relative and looser than 0.1; a level or a quantile that is none.
    pub fn try_new(estimand: Estimand, precision: Precision, level: f64) -> Result<Self, RuleError> {
        let (Precision::Absolute(width) | Precision::Relative(width)) = precision;
        if !(width > 0.0 && width.is_finite()) {
            return Err(RuleError::Precision(width));
        }
        if precision == Precision::Relative(width) && width > LOOSEST {
            return Err(RuleError::Loose(width));
        }
        if normal_critical(level).is_none() {
            return Err(RuleError::Level(level));
        }
        match estimand {
            Estimand::Quantile(p) if !(p > 0.0 && p < 1.0) => Err(RuleError::Quantile(p)),
            Estimand::Above(threshold) if threshold.is_nan() => Err(RuleError::Threshold),
            _ => Ok(Self { estimand, precision, level, looks: Vec::new() }),
        }
    }

    /// Number of values at which to look next; `None` when the sample is complete.
    pub fn next_look(&self) -> Option<usize> {
        let next = self.looks.last().map_or(0, |look| look.n) + LOOK_EVERY;
        (!self.complete()).then_some(next)
    }

    /// Looks at all values so far, in any order; nothing is looked at before [`Stopping::next_look`] values are there, or
    /// after the sample is complete.
    pub fn look(&mut self, values: &[f64]) -> Option<Look> {
        self.next_look().filter(|&next| values.len() >= next)?;
        let (estimate, interval) = estimate(self.estimand, values, self.level)?;
        let wanted = match self.precision {
            Precision::Absolute(width) => width,
            Precision::Relative(share) => share * estimate.abs(),
        };
        let precise = interval.is_some_and(|interval| interval.half_width() <= wanted);
        let look = Look { n: values.len(), estimate, interval, precise };
        self.looks.push(look);
        Some(look)
    }

    /// Whether the last two looks were precise.
    pub fn complete(&self) -> bool {
        self.looks.len() >= PASSES && self.looks.iter().rev().take(PASSES).all(|look| look.precise)
    }

    /// All looks, first to last.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }
}

/// An estimate with its interval at a confidence level.
///
/// The mean has one by Student's t, a quantile one between order statistics, a probability Wilson's. `None` when there is
/// no estimate; no interval when the sample is too small for one.
pub fn estimate(estimand: Estimand, values: &[f64], level: f64) -> Option<(f64, Option<Interval>)> {
    match estimand {
        Estimand::Mean => {
            let centre = mean(values)?;
            let reach =
                student_critical(level, values.len() - 1).zip(mcse(values)).map(|(t, error)| t * error);
            Some((centre, reach.map(|reach| Interval::around(centre, reach))))
        }
        Estimand::Quantile(p) => {
            let mut sorted = values.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            Some((quantile(&sorted, p)?, quantile_interval(&sorted, p, level)))
        }
        Estimand::Above(threshold) => {
            let hits = values.iter().filter(|&&value| value > threshold).count();
            (!values.is_empty())
                .then(|| (hits as f64 / values.len() as f64, wilson(hits, values.len(), level)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, Streams};

    /// Draws until the rule is content; the last look.
    fn run(rule: &mut Stopping, mut draw: impl FnMut() -> f64) -> Look {
        let mut values = Vec::new();
        let mut last = None;
        while let Some(next) = rule.next_look() {
            values.resize_with(next, &mut draw);
            last = rule.look(&values);
        }
        last.unwrap()
    }

    /// Lognormal with a coefficient of variation of 0.53 and mean 1.
    fn lognormal(stream: &mut Stream) -> f64 {
        let variance = (0.53_f64 * 0.53).ln_1p();
        stream.lognormal(-variance / 2.0, variance.sqrt())
    }

    #[test]
    fn stopping_early_costs_little_coverage() {
        for (precision, least, repetitions) in [(0.1, 0.92, 2_000_u32), (0.02, 0.94, 1_000)] {
            let (mut covered, mut used) = (0_u32, 0_usize);
            for repetition in 0..repetitions {
                let mut stream = Streams::new(20_250_101, u64::from(repetition)).open(1, 0, 0);
                let mut rule =
                    Stopping::try_new(Estimand::Mean, Precision::Relative(precision), 0.95).unwrap();
                let last = run(&mut rule, || lognormal(&mut stream));
                covered += u32::from(last.interval.unwrap().contains(1.0));
                used += last.n;
            }
            let coverage = f64::from(covered) / f64::from(repetitions);
            assert!(coverage >= least && coverage < 0.97, "{precision}: {coverage}");
            // (1.96 · 0.53 / precision)² values are needed, and two batches for the looks.
            let needed = (1.96 * 0.53 / precision).powi(2);
            let mean_used = used as f64 / f64::from(repetitions);
            assert!(mean_used > needed && mean_used < 1.05 * needed + 128.0, "{precision}: {mean_used}");
        }
    }

    #[test]
    fn quantiles_and_probabilities_stop_too() {
        let mut stream = Streams::new(20_250_101, 1).open(2, 0, 0);
        let mut rule = Stopping::try_new(Estimand::Quantile(0.95), Precision::Relative(0.05), 0.9).unwrap();
        let last = run(&mut rule, || stream.exponential());
        let interval = last.interval.unwrap();
        assert!(interval.half_width() <= 0.05 * last.estimate && last.n > 1_000, "{last:?}");
        let mut rule = Stopping::try_new(Estimand::Above(1.0), Precision::Absolute(0.02), 0.95).unwrap();
        let last = run(&mut rule, || stream.exponential());
        // 1.96² p (1 − p) / 0.02² = 2,233 values.
        assert!((2_100..2_500).contains(&last.n), "{last:?}");
        assert!((last.estimate - (-1.0_f64).exp()).abs() < 4.0 * 0.0102);
    }

    #[test]
    fn one_pass_is_not_enough_and_looks_wait_for_their_values() {
        let mut rule = Stopping::try_new(Estimand::Mean, Precision::Absolute(0.5), 0.95).unwrap();
        assert_eq!(rule.look(&[1.0; 63]), None);
        assert!(rule.look(&[1.0; 64]).unwrap().precise);
        assert!(!rule.complete());
        let mixed: Vec<f64> = (0..128).map(|i| f64::from(i % 2) * 100.0).collect();
        assert!(!rule.look(&mixed).unwrap().precise);
        assert!(rule.look(&[1.0; 192]).unwrap().precise && !rule.complete());
        assert!(rule.look(&[1.0; 256]).unwrap().precise && rule.complete());
        assert_eq!((rule.next_look(), rule.look(&[1.0; 320])), (None, None));
        assert_eq!(rule.looks().len(), 4);
    }

    #[test]
    fn rules_that_cannot_be_followed_are_refused() {
        let rule = |estimand, precision, level| Stopping::try_new(estimand, precision, level).err();
        let relative = Precision::Relative;
        assert_eq!(rule(Estimand::Mean, relative(0.11), 0.95), Some(RuleError::Loose(0.11)));
        assert_eq!(rule(Estimand::Mean, relative(0.0), 0.95), Some(RuleError::Precision(0.0)));
        assert_eq!(rule(Estimand::Mean, Precision::Absolute(11.0), 1.0), Some(RuleError::Level(1.0)));
        assert_eq!(rule(Estimand::Quantile(1.0), relative(0.1), 0.9), Some(RuleError::Quantile(1.0)));
        assert_eq!(rule(Estimand::Above(f64::NAN), relative(0.1), 0.9), Some(RuleError::Threshold));
    }
}
