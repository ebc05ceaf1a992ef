//! At which level of a lever does a noisy outcome meet a goal: an interval for the root of a monotone function.
//!
//! # Model
//!
//! The mean outcome rises or falls with the lever throughout. At each level asked for, the caller simulates and tells the
//! outcomes; every replication is asked for once, so that all draws are independent.
//!
//! First the bracket is halved. A one-sided test, Student's t or for shares the exact binomial one, says after 8, 16, 32 and
//! 64 values whether the mean at a level lies above or below the goal. Because the mean is monotone, the nearest levels
//! that are decided bound the root, whatever the shape in between, jumps included. α/4 · 1/(j(j + 1)k(k + 1)) of the error
//! probability is spent on the k-th look at the j-th level, α/4 in all.
//!
//! When a level stays undecided, noise rules. Then rounds of three flanks are asked for, at the best guess of the root and one
//! tolerance to both sides of it, with a number of values that does not depend on what they say. A straight line is laid
//! through all flanks within a tolerance and a half of the guess. Its root has Fieller's interval,
//!
//! (ȳ − goal + b u)² ≤ t² s² (1/N + u²/S_uu), u = x − x̄,
//!
//! at a confidence of 1 − ¾α. Its part within the bounds is the answer. Where the levels refuse the line, at 1 %, the bounds
//! alone are. What must hold is that the mean is nearly straight across three tolerances, or jumps by more than its noise.
//!
//! A quantile is sought as a share: tell 1 for outcomes above the value that the quantile should have and 0 for the others,
//! and seek a share of one minus its probability.
//!
//! # Source
//!
//! E. C. Fieller, *Some Problems in Interval Estimation*, JRSS B 16 (1954); bisection by tests of the sign: R. Waeber, P. I.
//! Frazier, S. G. Henderson, *Bisection Search with Noisy Responses*, SIAM Journal on Control and Optimization 51 (2013).
//! Flanks and the spending of α are judgement, tested by coverage.

use thiserror::Error;

mod line;
mod tried;

use line::{Line, Told};
use tried::Tried;

use crate::stats::{Interval, normal_critical};

/// Values at the first look at a level.
const FIRST_LOOK: usize = 8;
/// Values after which a level that halves the bracket is left undecided, and fewest of a flank.
const LAST_LOOK: usize = 64;
/// Tolerances between the guess and a flank, and between the guess and the farthest level of the line.
const FLANK: f64 = 1.0;
const WINDOW: f64 = 1.5;
/// How much more values a round of flanks may have than the one before.
const GROWTH: usize = 4;
/// Shares of the error probability that are spent on bounds and on the line.
const ON_BOUNDS: f64 = 0.25;
const ON_LINE: f64 = 0.75;

/// What is to be met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// The mean outcome, in its unit.
    Mean(f64),
    /// The share of outcomes that are 1, the others being 0.
    Share(f64),
}

/// What is sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeekRule {
    /// What the outcomes are to meet.
    pub goal: Goal,
    /// Lowest and highest level of the lever.
    pub bracket: (f64, f64),
    /// Width of the interval that is narrow enough, in the unit of the lever.
    pub tolerance: f64,
    /// Confidence that the interval holds the root.
    pub level: f64,
    /// Most values to ask for.
    pub max_evaluations: usize,
}

/// A search that cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum SeekError {
    /// The goal is not a finite number, or a share outside 0..1.
    #[error("the goal must be a finite number, a share between 0 and 1")]
    Goal,
    /// The bracket is no range.
    #[error("the lever must go from a lower to a higher level, not from {0} to {1}")]
    Bracket(f64, f64),
    /// The tolerance is not positive.
    #[error("a tolerance of {0} cannot be reached: it must be positive")]
    Tolerance(f64),
    /// The confidence level is none.
    #[error("a confidence level of {0} is none: it must lie between 0 and 1")]
    Level(f64),
    /// There were not as many values as were asked for.
    #[error("{found} values were told, {expected} were asked for")]
    Count {
        /// Asked for.
        expected: usize,
        /// Told.
        found: usize,
    },
    /// A value is not a finite number, or neither 0 nor 1 where a share is sought.
    #[error("a value that was told is not a finite number, or neither 0 nor 1 for a share")]
    Value,
}

/// Values to simulate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ask {
    /// Level of the lever.
    pub at: f64,
    /// Replication to begin with; no replication is asked for twice.
    pub first_replication: usize,
    /// How many replications.
    pub n: usize,
}

/// Why a search ended, or that it has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It goes on.
    Not,
    /// The interval is as narrow as was asked for.
    Narrow,
    /// All evaluations are used.
    Budget,
    /// Both ends lie on the same side of the goal: the root is not between them.
    NotBracketed,
}

/// What is known of the root.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Holds the root with the confidence asked for, if it is within the bracket. `None` when it is not.
    pub interval: Option<Interval>,
    /// The root by a straight line between the means at levels next to the goal; no more than a best guess.
    pub guess: Option<f64>,
    /// Values told.
    pub n_evaluations: usize,
    /// Levels tried.
    pub n_levels: usize,
    /// Why the search ended.
    pub ended: Ended,
}

/// A search for the level of a lever at which the mean outcome meets a goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Seek {
    rule: SeekRule,
    /// In ascending order of the lever.
    levels: Vec<Tried>,
    /// Flanks to be asked for, with the number of values of each; the last one is next.
    flanks: Vec<(f64, usize)>,
    /// Values of each flank in the last round.
    per_flank: usize,
    n_evaluations: usize,
}

impl Seek {
    /// Begins a search.
    ///
    /// # Errors
    ///
    /// A goal that is not finite, a bracket that is no range, a tolerance that is not positive, a level that is none.
    pub fn try_new(rule: SeekRule) -> Result<Self, SeekError> {
        let (low, high) = rule.bracket;
        let possible = match rule.goal {
            Goal::Mean(mean) => mean.is_finite(),
            Goal::Share(share) => share > 0.0 && share < 1.0,
        };
        if !possible {
            return Err(SeekError::Goal);
        }
        if !(low < high && (high - low).is_finite()) {
            return Err(SeekError::Bracket(low, high));
        }
        if !(rule.tolerance > 0.0) {
            return Err(SeekError::Tolerance(rule.tolerance));
        }
        if !(rule.level > 0.0 && rule.level < 1.0) {
            return Err(SeekError::Level(rule.level));
        }
        let mut search =
            Self { rule, levels: Vec::new(), flanks: Vec::new(), per_flank: 0, n_evaluations: 0 };
        search.insert(low, usize::MAX);
        search.insert(high, usize::MAX);
        Ok(search)
    }

    /// What to simulate next; `None` when the search has ended.
    pub fn ask(&self) -> Option<Ask> {
        if self.ended() != Ended::Not {
            return None;
        }
        let left = self.rule.max_evaluations - self.n_evaluations;
        let (at, wanted) = self.flanks.last().copied().or_else(|| {
            let tried = &self.levels[self.open()?];
            // Every look doubles the values.
            Some((tried.at, tried.values.len().max(FIRST_LOOK)))
        })?;
        Some(Ask { at, first_replication: self.n_evaluations, n: wanted.min(left) })
    }

    /// Tells the values that were asked for, in the order of replications.
    ///
    /// # Errors
    ///
    /// Not as many as were asked for, or one that is not finite; the search is then as before.
    pub fn tell(&mut self, values: &[f64]) -> Result<(), SeekError> {
        let expected = self.ask().map_or(0, |ask| ask.n);
        if values.len() != expected {
            return Err(SeekError::Count { expected, found: values.len() });
        }
        let possible = |value: &f64| match self.rule.goal {
            Goal::Mean(_) => value.is_finite(),
            Goal::Share(_) => [0, 1].iter().any(|&whole| value.total_cmp(&f64::from(whole)).is_eq()),
        };
        if !values.iter().all(possible) {
            return Err(SeekError::Value);
        }
        if expected == 0 {
            return Ok(());
        }
        self.n_evaluations += expected;
        let open = match self.flanks.pop() {
            Some((at, _)) => Some(self.insert(at, 0)),
            None => self.open(),
        };
        if let Some(place) = open {
            self.levels[place].look(values, self.rule.goal, ON_BOUNDS * (1.0 - self.rule.level));
        }
        self.advance();
        Ok(())
    }

    /// What is known so far.
    pub fn found(&self) -> Found {
        let ended = self.ended();
        let within = ended != Ended::NotBracketed;
        Found {
            interval: within.then(|| self.interval()),
            guess: self.guess().filter(|_| within),
            n_evaluations: self.n_evaluations,
            n_levels: self.levels.iter().filter(|tried| !tried.values.is_empty()).count(),
            ended,
        }
    }

    fn ended(&self) -> Ended {
        let (first, last) = (self.levels.first(), self.levels.last());
        let sides = first.and_then(|tried| tried.above).zip(last.and_then(|tried| tried.above));
        if sides.is_some_and(|(first, last)| first == last) {
            return Ended::NotBracketed;
        }
        if sides.is_some() && 2.0 * self.interval().half_width() <= self.rule.tolerance {
            return Ended::Narrow;
        }
        // One value more would not be a look.
        if self.n_evaluations + 2 > self.rule.max_evaluations { Ended::Budget } else { Ended::Not }
    }

    /// Places of the nearest levels that are decided to lie on either side of the root; the ends until then.
    fn bounds(&self) -> (usize, usize) {
        let last = self.levels.len() - 1;
        let low_side = self.levels[0].above.or(self.levels[last].above.map(|above| !above));
        let Some(low_side) = low_side else { return (0, last) };
        let low = self.levels.iter().rposition(|tried| tried.above == Some(low_side)).unwrap_or(0);
        let high = self.levels.iter().position(|tried| tried.above == Some(!low_side)).unwrap_or(last);
        // Out of order only after a wrong decision: then the two levels hold the root between them all the same.
        (low.min(high), low.max(high))
    }

    /// The part of the line's interval within the bounds; the bounds where there is no line.
    fn interval(&self) -> Interval {
        let (low, high) = self.bounds();
        let bounds = Interval { low: self.levels[low].at, high: self.levels[high].at };
        // Between two flanks of a round nothing is concluded: looks would depend on what was told.
        let whole = self.flanks.is_empty();
        let line = self.guess().filter(|_| whole).and_then(|guess| {
            let reach = WINDOW * self.rule.tolerance;
            // Levels that halve the bracket have values as long as these do not tell: their means are biased outwards.
            let near = |tried: &&Tried| tried.last_look == 0 && (tried.at - guess).abs() <= reach;
            let near: Vec<Told<'_>> = self.levels.iter().filter(near).map(Tried::told).collect();
            Line::through(&near, self.rule.goal.value())?.interval(1.0 - ON_LINE * (1.0 - self.rule.level))
        });
        let Some(line) = line else { return bounds };
        let both = Interval { low: bounds.low.max(line.low), high: bounds.high.min(line.high) };
        // Two intervals that do not meet contradict each other: the one that assumes less stands.
        if both.low < both.high { both } else { bounds }
    }

    /// Place of a level within the bounds that has more looks to come.
    fn open(&self) -> Option<usize> {
        let (low, high) = self.bounds();
        (low..=high).find(|&place| {
            let tried = &self.levels[place];
            tried.above.is_none() && tried.values.len() < tried.last_look
        })
    }

    /// Makes sure that there is something to ask for, as long as the search goes on.
    fn advance(&mut self) {
        if self.ended() != Ended::Not || !self.flanks.is_empty() || self.open().is_some() {
            return;
        }
        let (low, high) = self.bounds();
        if low + 1 == high {
            let middle = self.levels[low].at.midpoint(self.levels[high].at);
            self.insert(middle, LAST_LOOK);
        } else {
            self.plan_flanks(low, high);
        }
    }

    /// Places flanks around the guess of the root, with as many values as the line still needs.
    fn plan_flanks(&mut self, low: usize, high: usize) {
        let within: Vec<Told<'_>> = self.levels[low..=high].iter().map(Tried::told).collect();
        let (low, high) = (self.levels[low].at, self.levels[high].at);
        let line = Line::through(&within, self.rule.goal.value());
        let root = self.guess().unwrap_or(low.midpoint(high));
        // Together ± z s/(b √N).
        let wanted = line
            .zip(normal_critical(1.0 - ON_LINE * (1.0 - self.rule.level)))
            .map(|(line, z)| (2.0 * z * line.sd / (line.slope * self.rule.tolerance)).powi(2) / 3.0);
        let most = GROWTH * self.per_flank.max(LAST_LOOK);
        let n = wanted.map_or(LAST_LOOK, |wanted| (wanted as usize).clamp(LAST_LOOK, most));
        self.per_flank = n;
        let reach = FLANK * self.rule.tolerance;
        self.flanks = [reach.min((high - root) / 2.0), 0.0, -reach.min((root - low) / 2.0)]
            .into_iter()
            .map(|off| (root + off, n))
            .collect();
    }

    fn insert(&mut self, at: f64, last_look: usize) -> usize {
        let order = self.levels.len() + 1;
        let place = self.levels.partition_point(|tried| tried.at < at);
        let tried = Tried { at, order, last_look, n_looks: 0, values: Vec::new(), above: None };
        self.levels.insert(place, tried);
        place
    }

    /// Root of the line through the levels within the bounds, or of the chord of the bounds where that lies outside.
    fn guess(&self) -> Option<f64> {
        let (low, high) = self.bounds();
        let (first, last) = (&self.levels[low], &self.levels[high]);
        first.above.zip(last.above).filter(|(first, last)| first != last)?;
        let levels: Vec<Told<'_>> = self.levels[low..=high].iter().map(Tried::told).collect();
        let goal = self.rule.goal.value();
        let near = |levels: &[Told<'_>]| {
            let root = Line::through(levels, goal)?.root();
            (first.at < root && root < last.at).then_some(root)
        };
        let wide = near(&levels).or_else(|| near(&[first.told(), last.told()]))?;
        // Once more with the levels nearby only: far from the root the mean may bend.
        let reach = 2.0 * WINDOW * self.rule.tolerance;
        let close: Vec<Told<'_>> =
            levels.iter().copied().filter(|told| (told.at - wide).abs() <= reach).collect();
        near(&close).or(Some(wide))
    }
}

impl Goal {
    fn value(self) -> f64 {
        match self {
            Self::Mean(value) | Self::Share(value) => value,
        }
    }
}

#[cfg(test)]
mod tests;
