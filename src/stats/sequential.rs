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

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::interval::Interval;

/// Values at the first look, and between looks.
pub const LOOK_EVERY: usize = 64;
/// Consecutive looks that must pass.
const PASSES: usize = 2;
/// The loosest relative precision whose interval still covers.
const LOOSEST: f64 = 0.1;

/// How precise the estimate must be: the largest half width of its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// In the unit of the estimate.
    Absolute(f64),
    /// As a share of the estimate.
    Relative(f64),
}

/// A precision that cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum PrecisionError {
    /// It is not a positive number.
    #[error("a precision of {0} cannot be reached: it must be a positive number")]
    NotPositive(f64),
    /// It is so loose a share that stopping on it would not cover.
    #[error("a relative precision of {0} is too loose for its interval to cover: at most {LOOSEST}")]
    Loose(f64),
}

impl Precision {
    /// The precision, if it can be asked for.
    ///
    /// # Errors
    ///
    /// One that is not positive, or relative and looser than 0.1.
    pub fn checked(self) -> Result<Self, PrecisionError> {
        match self {
            Self::Absolute(width) | Self::Relative(width) if !(width > 0.0 && width.is_finite()) => {
                Err(PrecisionError::NotPositive(width))
            }
            Self::Relative(width) if width > LOOSEST => Err(PrecisionError::Loose(width)),
            _ => Ok(self),
        }
    }

    /// The half width that is narrow enough for an estimate, in its unit.
    pub fn half_width(self, estimate: f64) -> f64 {
        match self {
            Self::Absolute(width) => width,
            Self::Relative(share) => share * estimate.abs(),
        }
    }
}

/// One look at the sample. What the sample is too small to tell, or what is not a number, is absent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Values at the look.
    pub n: usize,
    /// The estimate, in its unit.
    pub estimate: Option<f64>,
    /// Half width of its interval.
    pub half_width: Option<f64>,
    /// Half width that was asked for.
    pub wanted: Option<f64>,
    /// Whether the precision asked for was reached at this look.
    pub precise: bool,
}

/// The looks taken so far, first to last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Looks(Vec<Look>);

impl Looks {
    /// Number of values at which to look next; `None` when the sample is complete.
    pub fn next_look(&self) -> Option<usize> {
        (!self.complete()).then(|| self.due())
    }

    /// Values at the next look, whether or not one is needed.
    fn due(&self) -> usize {
        self.last().map_or(0, |look| look.n).saturating_add(LOOK_EVERY)
    }

    /// Notes what `n` values said: an estimate and its interval, as far as there are any. Nothing is noted before 64 values
    /// more are there than at the last look.
    ///
    /// A complete sample may be looked at again, for another estimate that is not precise yet may keep it growing.
    pub fn note(
        &mut self,
        n: usize,
        found: Option<(f64, Option<Interval>)>,
        precision: Precision,
    ) -> Option<Look> {
        if n < self.due() {
            return None;
        }
        let finite = |number: f64| Some(number).filter(|number| number.is_finite());
        let estimate = found.and_then(|(estimate, _)| finite(estimate));
        let half_width =
            found.and_then(|(_, interval)| interval).and_then(|interval| finite(interval.half_width()));
        let wanted = estimate.map(|estimate| precision.half_width(estimate));
        let precise = half_width.zip(wanted).is_some_and(|(half_width, wanted)| half_width <= wanted);
        let look = Look { n, estimate, half_width, wanted, precise };
        self.0.push(look);
        Some(look)
    }

    /// Whether the last two looks were precise.
    pub fn complete(&self) -> bool {
        self.0.len() >= PASSES && self.0.iter().rev().take(PASSES).all(|look| look.precise)
    }

    /// The last look.
    pub fn last(&self) -> Option<&Look> {
        self.0.last()
    }

    /// All looks.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Look> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, Streams};
    use crate::stats::{Estimand, estimate};

    const TEN_PERCENT: Precision = Precision::Relative(0.1);

    /// Draws until the looks are content; the last of them.
    fn run(estimand: Estimand, precision: Precision, level: f64, mut draw: impl FnMut() -> f64) -> Look {
        let (mut looks, mut values) = (Looks::default(), Vec::new());
        while let Some(next) = looks.next_look() {
            values.resize_with(next, &mut draw);
            looks.note(next, estimate(estimand, &values, level), precision);
        }
        *looks.last().unwrap()
    }

    /// Lognormal with a coefficient of variation of 0.53 and mean 1.
    fn lognormal(stream: &mut Stream) -> f64 {
        let variance = (0.53_f64 * 0.53).ln_1p();
        stream.lognormal(-variance / 2.0, variance.sqrt())
    }

    #[test]
    fn stopping_early_costs_little_coverage() {
        for (share, least, repetitions) in [(0.1, 0.92, 2_000_u32), (0.02, 0.94, 1_000)] {
            let (mut covered, mut used) = (0_u32, 0_usize);
            for repetition in 0..repetitions {
                let mut stream = Streams::new(20_250_101, u64::from(repetition)).open(1, 0, 0);
                let last = run(Estimand::Mean, Precision::Relative(share), 0.95, || lognormal(&mut stream));
                let interval = Interval::around(last.estimate.unwrap(), last.half_width.unwrap());
                covered += u32::from(interval.contains(1.0));
                used += last.n;
            }
            let coverage = f64::from(covered) / f64::from(repetitions);
            assert!(coverage >= least && coverage < 0.97, "{share}: {coverage}");
            // (1.96 · 0.53 / precision)² values are needed, and two batches for the looks.
            let needed = (1.96 * 0.53 / share).powi(2);
            let mean_used = used as f64 / f64::from(repetitions);
            assert!(mean_used > needed && mean_used < 1.05 * needed + 128.0, "{share}: {mean_used}");
        }
    }

    #[test]
    fn quantiles_and_probabilities_stop_too() {
        let mut stream = Streams::new(20_250_101, 1).open(2, 0, 0);
        let last = run(Estimand::Quantile(0.95), Precision::Relative(0.05), 0.9, || stream.exponential());
        assert!(last.half_width.unwrap() <= 0.05 * last.estimate.unwrap() && last.n > 1_000, "{last:?}");
        let last = run(Estimand::Above(1.0), Precision::Absolute(0.02), 0.95, || stream.exponential());
        // 1.96² p (1 − p) / 0.02² = 2,233 values.
        assert!((2_100..2_500).contains(&last.n), "{last:?}");
        assert!((last.estimate.unwrap() - (-1.0_f64).exp()).abs() < 4.0 * 0.0102);
    }

    #[test]
    fn one_pass_is_not_enough_and_looks_wait_for_their_values() {
        let mut looks = Looks::default();
        let mut look = |half_width| {
            let found = Some((1.0, Some(Interval::around(1.0, half_width))));
            let n = looks.next_look().unwrap_or(320);
            assert_eq!(looks.note(n - 1, found, TEN_PERCENT), None);
            (looks.note(n, found, TEN_PERCENT).unwrap().precise, looks.complete())
        };
        assert_eq!(look(0.09), (true, false));
        assert_eq!(look(0.11), (false, false));
        assert_eq!(look(0.09), (true, false));
        assert_eq!(look(0.09), (true, true));
        assert_eq!(looks.next_look(), None);
        assert_eq!(looks.iter().map(|look| look.n).collect::<Vec<_>>(), [64, 128, 192, 256]);
        // Another estimate may keep the sample growing, and what was precise may turn out not to be.
        assert!(!looks.note(320, Some((1.0, None)), TEN_PERCENT).unwrap().precise && !looks.complete());
    }

    #[test]
    fn what_is_not_known_is_not_precise() {
        let mut looks = Looks::default();
        let wide = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
        for found in [None, Some((1.0, None)), Some((f64::NAN, Some(wide))), Some((1.0, Some(wide)))] {
            let n = looks.next_look().unwrap();
            assert!(!looks.note(n, found, Precision::Absolute(1e300)).unwrap().precise, "{found:?}");
        }
    }

    #[test]
    fn precisions_that_cannot_be_asked_for_are_refused() {
        let refused = |precision: Precision| precision.checked().err();
        assert_eq!(refused(TEN_PERCENT), None);
        assert_eq!(refused(Precision::Absolute(11.0)), None);
        assert_eq!(refused(Precision::Relative(0.11)), Some(PrecisionError::Loose(0.11)));
        assert_eq!(refused(Precision::Relative(0.0)), Some(PrecisionError::NotPositive(0.0)));
        assert!(matches!(refused(Precision::Absolute(f64::NAN)), Some(PrecisionError::NotPositive(_))));
        assert!(refused(Precision::Relative(f64::INFINITY)).is_some());
    }
}
