//! A level of a lever that was tried, and the test of which side of the root it lies on.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::Goal;
use super::line::Told;
use crate::stats::{mcse, mean, student_critical};

/// A level and what was told of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tried {
    pub(super) at: f64,
    /// Which level it was, from 1.
    pub(super) order: usize,
    /// Values after which it is left undecided: more than any number for the ends, 0 for a flank.
    pub(super) last_look: usize,
    pub(super) n_looks: usize,
    pub(super) values: Vec<f64>,
    /// Whether the mean is above the goal, once that is clear.
    pub(super) above: Option<bool>,
}

impl Tried {
    pub(super) fn told(&self) -> Told<'_> {
        Told { at: self.at, values: &self.values }
    }

    pub(super) fn look(&mut self, values: &[f64], goal: Goal, alpha: f64) {
        self.values.extend_from_slice(values);
        self.n_looks += 1;
        let spent = |step: usize| 1.0 / (step * (step + 1)) as f64;
        let alpha = alpha * spent(self.order) * spent(self.n_looks);
        // A root is on one side of a level only: the test is one-sided.
        self.above = match goal {
            Goal::Mean(goal) => mean_side(&self.values, goal, alpha),
            Goal::Share(goal) => share_side(&self.values, goal, alpha),
        };
    }
}

/// Whether a mean is above the goal, when a one-sided t test says so at `alpha`.
fn mean_side(values: &[f64], goal: f64, alpha: f64) -> Option<bool> {
    let (centre, error) = (mean(values)?, mcse(values)?);
    let critical = student_critical(1.0 - 2.0 * alpha, values.len() - 1)?;
    let off = centre - goal;
    (off.abs() > critical * error).then_some(off > 0.0)
}

/// Whether a share is above the goal, when an exact one-sided test says so at `alpha`.
fn share_side(values: &[f64], goal: f64, alpha: f64) -> Option<bool> {
    let hits = values.iter().filter(|&&value| value > 0.5).count() as u64;
    let law = Binomial::new(goal, values.len() as u64).ok()?;
    if law.cdf(hits) <= alpha {
        return Some(false);
    }
    let at_least = hits.checked_sub(1).map_or(1.0, |fewer| law.sf(fewer));
    (at_least <= alpha).then_some(true)
}
