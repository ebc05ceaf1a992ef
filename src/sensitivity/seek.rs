//! At which level of a lever does a noisy outcome meet a goal: an interval for the root of a monotone function.
//!
//! # Model
//!
//! The mean outcome rises or falls with the lever throughout. At each level asked for, the caller simulates and tells the
//! outcomes; a one-sided test, Student's t or for shares the exact binomial one, says whether their mean lies above or
//! below the goal. Because the mean is monotone, a level below the goal bounds the root on one side, and one above on the
//! other. The interval between the nearest levels that are decided holds the root unless a decision was wrong.
//!
//! First the bracket is halved, with looks after 8, 16, 32 and 64 values. When a level stays undecided, noise rules: then a
//! straight line through the levels in between guesses the root, and two flanks are asked for, close enough to the guess
//! for the tolerance, with as many values as should decide both; or, where that is more than four times what the round
//! before had, as close as this number can decide. Guesses decide where to look, never what is concluded.
//!
//! The probability of a wrong decision is spent in advance: a quarter of α on the halving, α/4 · 1/(j(j + 1)k(k + 1)) for
//! the k-th look at the j-th level, the rest on the flanks, ¾α · 1/(2r(r + 1)) for each of round r. It sums to α however
//! long the search goes on. No shape besides monotony is assumed, jumps included, and values at different levels may share
//! their draws. The price: the interval covers more often than it says, and takes about six times the values of one that
//! trusts in a straight line.
//!
//! A quantile is sought as a share: tell 1 for outcomes above the value that the quantile should have and 0 for the others,
//! and seek a share of one minus its probability.
//!
//! # Source
//!
//! Bisection by tests of the sign: R. Waeber, P. I. Frazier, S. G. Henderson, *Bisection Search with Noisy Responses*, SIAM
//! Journal on Control and Optimization 51 (2013). Flanks are our own; the spending of α is Bonferroni's inequality.

use statrs::distribution::{Binomial, DiscreteCDF};
use thiserror::Error;

use crate::stats::{Interval, mcse, mean, normal_critical, sample_sd, student_critical};

/// Values at the first look at a level.
const FIRST_LOOK: usize = 8;
/// Values after which a level that halves the bracket is left undecided, and fewest of a flank.
const LAST_LOOK: usize = 64;
/// Share of the tolerance between the guess and a flank: two of them and the error of the guess must fit.
const FLANK: f64 = 0.45;
/// How much more values a round of flanks may have than the one before.
const GROWTH: f64 = 4.0;
/// Standard errors added to the critical value, so that nine flanks in ten are decided.
const POWER: f64 = 1.28;
/// Share of the error probability that is spent on the halving.
const HALVING: f64 = 0.25;

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
    /// Replication to begin with; those before it have been told at this level.
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
    /// Rounds of flanks begun, and values of each flank in the last.
    rounds: usize,
    per_flank: usize,
    n_evaluations: usize,
}

/// A level and what was told of it.
#[derive(Debug, Clone, PartialEq)]
struct Tried {
    at: f64,
    /// Which of the levels that halve the bracket it is, from 1; 0 for a flank.
    order: usize,
    n_looks: usize,
    values: Vec<f64>,
    /// Whether the mean is above the goal, once that is clear.
    above: Option<bool>,
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
            Self { rule, levels: Vec::new(), flanks: Vec::new(), rounds: 0, per_flank: 0, n_evaluations: 0 };
        search.try_level(low);
        search.try_level(high);
        Ok(search)
    }

    /// What to simulate next; `None` when the search has ended.
    pub fn ask(&self) -> Option<Ask> {
        if self.ended() != Ended::Not {
            return None;
        }
        let left = self.rule.max_evaluations - self.n_evaluations;
        if let Some(&(at, n)) = self.flanks.last() {
            return Some(Ask { at, first_replication: 0, n: n.min(left) });
        }
        let tried = &self.levels[self.open()?];
        let have = tried.values.len();
        // Every look doubles the values.
        let wanted = if have == 0 { FIRST_LOOK } else { have };
        Some(Ask { at: tried.at, first_replication: have, n: wanted.min(left) })
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
        let alpha = 1.0 - self.rule.level;
        let spent = |step: usize| 1.0 / (step * (step + 1)) as f64;
        if let Some((at, _)) = self.flanks.pop() {
            let alpha = (1.0 - HALVING) * alpha * spent(self.rounds) / 2.0;
            let place = self.insert(at, 0);
            self.levels[place].look(values, self.rule.goal, alpha);
        } else if let Some(place) = self.open() {
            let tried = &mut self.levels[place];
            let alpha = HALVING * alpha * spent(tried.order) * spent(tried.n_looks + 1);
            tried.look(values, self.rule.goal, alpha);
        }
        self.advance();
        Ok(())
    }

    /// What is known so far.
    pub fn found(&self) -> Found {
        let ended = self.ended();
        let within = ended != Ended::NotBracketed;
        let (low, high) = self.bounds();
        let bounds = Interval { low: self.levels[low].at, high: self.levels[high].at };
        Found {
            interval: within.then_some(bounds),
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
        let (low, high) = self.bounds();
        if sides.is_some() && self.levels[high].at - self.levels[low].at <= self.rule.tolerance {
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

    /// Place of a level that halves the bracket and has more looks to come; those at the ends never run out.
    fn open(&self) -> Option<usize> {
        let (low, high) = self.bounds();
        let last = self.levels.len() - 1;
        (low..=high).find(|&place| {
            let tried = &self.levels[place];
            let more = place == 0 || place == last || tried.values.len() < LAST_LOOK;
            tried.above.is_none() && tried.order > 0 && more
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
            let order = self.levels.iter().filter(|tried| tried.order > 0).count() + 1;
            self.insert(middle, order);
        } else {
            self.plan_flanks(low, high);
        }
    }

    /// Places flanks around the guess of the root.
    fn plan_flanks(&mut self, low: usize, high: usize) {
        self.rounds += 1;
        let line = Line::through(&self.levels[low..=high], self.rule.goal.value());
        let alpha = (1.0 - HALVING) * (1.0 - self.rule.level) / (2 * self.rounds * (self.rounds + 1)) as f64;
        let reach = normal_critical(1.0 - 2.0 * alpha).unwrap_or_default() + POWER;
        let near = FLANK * self.rule.tolerance;
        let most = (GROWTH * self.per_flank.max(LAST_LOOK) as f64).floor();
        let left = (self.rule.max_evaluations - self.n_evaluations) as f64 / 2.0;
        let wanted = (reach * line.sd / (line.slope.abs() * near)).powi(2).ceil();
        let n = wanted.clamp(LAST_LOOK as f64, most).min(left.max(2.0)).floor();
        self.per_flank = n as usize;
        let far = near.max(reach * line.sd / (line.slope.abs() * n.sqrt()));
        let (low, high) = (self.levels[low].at, self.levels[high].at);
        let flanks = [line.root + far, line.root - far].into_iter().filter(|&at| low < at && at < high);
        self.flanks = flanks.map(|at| (at, n as usize)).collect();
        if self.flanks.is_empty() {
            // The bounds are nearer than flanks of this number could be: more values at the guess itself.
            self.flanks.push((line.root, n as usize));
        }
    }

    fn try_level(&mut self, at: f64) {
        let order = self.levels.len() + 1;
        self.insert(at, order);
    }

    fn insert(&mut self, at: f64, order: usize) -> usize {
        let place = self.levels.partition_point(|tried| tried.at < at);
        self.levels.insert(place, Tried { at, order, n_looks: 0, values: Vec::new(), above: None });
        place
    }

    fn guess(&self) -> Option<f64> {
        let (low, high) = self.bounds();
        let levels = &self.levels[low..=high];
        let sides = levels.first()?.above.zip(levels.last()?.above)?;
        (sides.0 != sides.1).then(|| Line::through(levels, self.rule.goal.value()).root)
    }
}

/// A straight line through what was told at some levels.
struct Line {
    slope: f64,
    root: f64,
    /// Standard deviation of a value around the mean of its level.
    sd: f64,
}

impl Line {
    /// The line of least squares; the chord between the outer levels where that has its root outside.
    fn through(levels: &[Tried], goal: f64) -> Self {
        let points: Vec<(f64, f64, f64)> = levels
            .iter()
            .filter_map(|tried| Some((tried.values.len() as f64, tried.at, mean(&tried.values)? - goal)))
            .collect();
        let n: f64 = points.iter().map(|point| point.0).sum();
        let average =
            |of: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(|p| p.0 * of(p)).sum::<f64>() / n;
        let (x, y) = (average(&|p| p.1), average(&|p| p.2));
        let slope = average(&|p| (p.1 - x) * (p.2 - y)) / average(&|p| (p.1 - x).powi(2));
        let (squares, freedom) = levels.iter().fold((0.0, 0.0), |sum, tried| {
            let free = tried.values.len().saturating_sub(1) as f64;
            let sd = sample_sd(&tried.values).unwrap_or_default();
            (sum.0 + free * sd * sd, sum.1 + free)
        });
        let sd = if freedom > 0.0 { (squares / freedom).sqrt() } else { 0.0 };
        let root = x - y / slope;
        let inside =
            |root: f64| points.first().zip(points.last()).is_some_and(|(a, b)| a.1 < root && root < b.1);
        if inside(root) {
            return Self { slope, root, sd };
        }
        let ends = points.first().zip(points.last());
        ends.map_or(Self { slope, root, sd }, |(a, b)| {
            let slope = (b.2 - a.2) / (b.1 - a.1);
            let root = a.1 - a.2 / slope;
            let middle = a.1.midpoint(b.1);
            Self { slope, root: if inside(root) { root } else { middle }, sd }
        })
    }
}

impl Tried {
    fn look(&mut self, values: &[f64], goal: Goal, alpha: f64) {
        self.values.extend_from_slice(values);
        self.n_looks += 1;
        // A root is on one side of a level only: the test is one-sided.
        self.above = match goal {
            Goal::Mean(goal) => mean_side(&self.values, goal, alpha),
            Goal::Share(goal) => share_side(&self.values, goal, alpha),
        };
    }
}

impl Goal {
    fn value(self) -> f64 {
        match self {
            Self::Mean(value) | Self::Share(value) => value,
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, Streams};

    const RULE: SeekRule = SeekRule {
        goal: Goal::Mean(0.0),
        bracket: (-2.0, 3.0),
        tolerance: 0.2,
        level: 0.95,
        max_evaluations: 20_000,
    };

    /// Seeks with outcomes from a function of level and stream.
    fn run(rule: SeekRule, mut outcome: impl FnMut(f64, usize) -> f64) -> Found {
        let mut search = Seek::try_new(rule).unwrap();
        while let Some(ask) = search.ask() {
            assert!(ask.n > 0);
            let values: Vec<f64> = (0..ask.n).map(|i| outcome(ask.at, ask.first_replication + i)).collect();
            search.tell(&values).unwrap();
        }
        search.found()
    }

    fn stream(repetition: u64, purpose: u64) -> Stream {
        Streams::new(20_250_101, repetition).open(purpose, 0, 0)
    }

    #[test]
    fn intervals_hold_the_root_of_a_noisy_curve() {
        let (mut held, mut narrow, mut used) = (0_u32, 0_u32, 0);
        for repetition in 0..500 {
            let mut stream = stream(repetition, 1);
            let root = 0.5 + stream.unit();
            let found = run(RULE, |x, _| (x - root).powi(3) + (x - root) + (0.5 + x.abs()) * stream.normal());
            held += u32::from(found.interval.unwrap().contains(root));
            narrow += u32::from(found.ended == Ended::Narrow);
            used += found.n_evaluations;
        }
        assert!(held >= 465, "{held}");
        assert!(narrow >= 475 && used / 500 < 9_000, "{narrow} {used}");
    }

    #[test]
    fn shared_draws_and_a_falling_function_are_no_obstacle() {
        let mut held = 0_u32;
        for repetition in 0..200 {
            let root = 0.2 + 0.001 * repetition as f64;
            let streams = Streams::new(20_250_101, repetition);
            let noise = |replication: usize| streams.open(2, replication as u64, 0).normal();
            let found = run(RULE, |x, replication| root - x + noise(replication));
            held += u32::from(found.interval.unwrap().contains(root));
        }
        assert!(held >= 186, "{held}");
    }

    #[test]
    fn skewed_outcomes_are_no_obstacle() {
        // Lognormal with a coefficient of variation of 0.53 around a mean of x.
        let sd = (0.53_f64 * 0.53).ln_1p().sqrt();
        let mut held = 0_u32;
        for repetition in 0..300 {
            let mut stream = stream(repetition, 6);
            let root = 2.0 + stream.unit();
            let rule = SeekRule { goal: Goal::Mean(root), bracket: (1.0, 5.0), ..RULE };
            let found = run(rule, |x, _| x * stream.lognormal(-sd * sd / 2.0, sd));
            held += u32::from(found.interval.unwrap().contains(root));
        }
        assert!(held >= 279, "{held}");
    }

    #[test]
    fn without_noise_the_interval_is_as_narrow_as_asked_and_cheap() {
        let found = run(SeekRule { tolerance: 1e-3, ..RULE }, |x, _| x - 0.7);
        let interval = found.interval.unwrap();
        assert!(interval.contains(0.7) && interval.half_width() <= 5e-4 && found.ended == Ended::Narrow);
        assert!((found.guess.unwrap() - 0.7).abs() < 1e-9);
        // Two ends and log2(5/0.001) = 13 halvings, eight values each.
        assert!(found.n_levels <= 15 && found.n_evaluations <= 120, "{found:?}");
    }

    #[test]
    fn a_level_exactly_at_the_goal_does_not_stop_the_search() {
        // The first middle is the root: it stays undecided for ever, and flanks beside it are decided.
        let mut stream = stream(1, 3);
        let found = run(SeekRule { bracket: (-1.0, 1.0), ..RULE }, |x, _| x + 0.5 * stream.normal());
        assert!(found.interval.unwrap().contains(0.0) && found.ended == Ended::Narrow, "{found:?}");
        let found = run(SeekRule { bracket: (-1.0, 1.0), ..RULE }, |x, _| x);
        assert!(found.interval.unwrap().contains(0.0) && found.ended == Ended::Narrow, "{found:?}");
    }

    #[test]
    fn budget_and_bracket_end_the_search_honestly() {
        let mut stream = stream(2, 4);
        let rule = SeekRule { max_evaluations: 300, tolerance: 1e-4, ..RULE };
        let found = run(rule, |x, _| x - 0.7 + stream.normal());
        assert_eq!(found.ended, Ended::Budget);
        assert!(found.n_evaluations <= 300 && found.interval.unwrap().contains(0.7), "{found:?}");
        let found = run(RULE, |x, _| x + 100.0);
        assert_eq!((found.ended, found.interval, found.guess), (Ended::NotBracketed, None, None));
        assert_eq!(found.n_evaluations, 16);
        // Nothing but noise: the whole bracket is what is known.
        let found = run(SeekRule { max_evaluations: 500, ..RULE }, |_, _| stream.normal());
        assert_eq!((found.ended, found.interval.map(|i| i.half_width())), (Ended::Budget, Some(2.5)));
    }

    #[test]
    fn a_jump_across_the_goal_is_bounded_from_both_sides() {
        for repetition in 0..50 {
            let mut stream = stream(repetition, 7);
            let root = 0.5 + stream.unit();
            let found = run(RULE, |x, _| if x < root { -1.0 } else { 1.0 } + stream.normal());
            assert!(found.interval.unwrap().contains(root) && found.ended == Ended::Narrow, "{found:?}");
        }
    }

    #[test]
    fn a_quantile_is_sought_by_telling_what_lies_above() {
        // The 90 % quantile of exponential outcomes of mean x is x ln 10: it meets 5 at 2.171.
        let mut stream = stream(3, 5);
        let rule = SeekRule { goal: Goal::Share(0.1), bracket: (1.0, 4.0), tolerance: 0.6, ..RULE };
        let held = (0..100)
            .filter(|_| {
                let found = run(rule, |x, _| f64::from(u8::from(x * stream.exponential() > 5.0)));
                assert_eq!(found.ended, Ended::Narrow);
                found.interval.unwrap().contains(5.0 / 10.0_f64.ln())
            })
            .count();
        assert!(held >= 93, "{held}");
    }

    #[test]
    fn rules_and_values_that_are_none_are_refused() {
        let error = |rule| Seek::try_new(rule).err();
        assert_eq!(error(SeekRule { goal: Goal::Mean(f64::NAN), ..RULE }), Some(SeekError::Goal));
        assert_eq!(error(SeekRule { goal: Goal::Share(1.0), ..RULE }), Some(SeekError::Goal));
        assert_eq!(error(SeekRule { bracket: (1.0, 1.0), ..RULE }), Some(SeekError::Bracket(1.0, 1.0)));
        assert_eq!(error(SeekRule { tolerance: 0.0, ..RULE }), Some(SeekError::Tolerance(0.0)));
        assert_eq!(error(SeekRule { level: 1.0, ..RULE }), Some(SeekError::Level(1.0)));
        let mut search = Seek::try_new(RULE).unwrap();
        assert_eq!(search.tell(&[1.0]), Err(SeekError::Count { expected: 8, found: 1 }));
        assert_eq!(search.tell(&[f64::NAN; 8]), Err(SeekError::Value));
        assert_eq!(search.found().n_evaluations, 0);
        let mut search = Seek::try_new(SeekRule { goal: Goal::Share(0.5), ..RULE }).unwrap();
        assert_eq!(search.tell(&[0.5; 8]), Err(SeekError::Value));
    }
}
