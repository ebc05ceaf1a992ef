//! Rules for stopping, watched together over many looks at a growing study.
//!
//! # Model
//!
//! A study grows by units: draws of the parameters with all their replications, or replications where nothing is drawn. At 64
//! units, and after every 64 more, each rule is asked of all values so far. The study is complete when all rules were precise
//! at each of the last two looks; a rule that was precise before is asked again, so that at the end all are.
//!
//! Stopping where the error looks small costs coverage. Of independent values it is a point at most ([`Looks`]); with the
//! spread of 8 groups, intervals of 95 % cover 92 to 93 % at targets from 10 % to 2 %, measured for means of lognormal draws
//! of two replications each.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::quantity::Quantity;
use super::sample::Sample;
use super::until::{Target, Until};
use crate::stats::{Interval, Looks, PrecisionError, normal_critical};

/// Values that a rule is asked of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needed {
    /// Which quantity.
    pub quantity: Quantity,
    /// In which scenario; absent for the one that the study is about.
    pub scenario: Option<String>,
}

/// A rule and what was seen of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The rule.
    pub until: Until,
    /// Its looks, first to last.
    pub looks: Looks,
}

/// All rules of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    level: f64,
    rules: Vec<Rule>,
}

/// Rules that cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum RulesError {
    /// The confidence level is none.
    #[error("a confidence level of {0} is none: it must lie between 0 and 1")]
    Level(f64),
    /// One of the precisions cannot be asked for.
    #[error(transparent)]
    Precision(#[from] PrecisionError),
}

impl Rules {
    /// Rules for intervals at a confidence level, nothing seen yet.
    ///
    /// # Errors
    /// A level or a precision that is none.
    pub fn try_new(untils: Vec<Until>, level: f64) -> Result<Self, RulesError> {
        if normal_critical(level).is_none() {
            return Err(RulesError::Level(level));
        }
        for until in &untils {
            until.precision.checked()?;
        }
        let rules = untils.into_iter().map(|until| Rule { until, looks: Looks::default() }).collect();
        Ok(Self { level, rules })
    }

    /// Confidence level of the intervals.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// Each rule with its looks.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Rule> {
        self.rules.iter()
    }

    /// What the rules are asked of, each once.
    pub fn needed(&self) -> Vec<Needed> {
        let mut needed: Vec<Needed> = self.rules.iter().flat_map(|rule| rule.until.target.needed()).collect();
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    /// Number of units at which to look next; `None` when the study is complete, or there is no rule to look for.
    pub fn next_look(&self) -> Option<usize> {
        self.rules.iter().filter_map(|rule| rule.looks.next_look()).min()
    }

    /// Looks at all values of a study of `n_units` units so far, and says whether it did: nothing is looked at before
    /// [`Rules::next_look`] units are there.
    ///
    /// A rule whose values are not to be had is not precise.
    pub fn look<'s>(&mut self, n_units: usize, sample: &dyn Fn(&Needed) -> Option<Sample<'s>>) -> bool {
        if self.next_look().is_none_or(|next| n_units < next) {
            return false;
        }
        for Rule { until, looks } in &mut self.rules {
            looks.note(n_units, until.target.estimate(n_units, self.level, sample), until.precision);
        }
        true
    }

    /// Whether there are rules and all of them were precise at each of the last two looks.
    pub fn complete(&self) -> bool {
        !self.rules.is_empty() && self.rules.iter().all(|rule| rule.looks.complete())
    }
}

impl Target {
    /// Values that it is made of; of a difference, those that are subtracted first.
    pub fn needed(&self) -> Vec<Needed> {
        let quantity = self.quantity();
        let of = |scenario: &str| Needed { quantity, scenario: Some(scenario.to_owned()) };
        match self {
            Self::Statistic(_) => vec![Needed { quantity, scenario: None }],
            Self::Difference { from, to, .. } => vec![of(from), of(to)],
        }
    }

    /// Its estimate with an interval at a confidence level; see [`Sample::estimate`].
    pub fn estimate<'s>(
        &self,
        n_units: usize,
        level: f64,
        sample: &dyn Fn(&Needed) -> Option<Sample<'s>>,
    ) -> Option<(f64, Option<Interval>)> {
        let samples: Vec<Sample<'s>> = self.needed().iter().map(sample).collect::<Option<_>>()?;
        match (self, samples.as_slice()) {
            (Self::Statistic(statistic), [sample]) => statistic.estimate(sample, n_units, level),
            (Self::Difference { .. }, [from, to]) => from.difference(to, n_units, level),
            _ => None,
        }
    }
}
