//! What a comparison says. These structures *are* `comparison.json` (serde), so that tables and charts can be redrawn from
//! a stored comparison alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::experiment::Estimate;

/// A figure with its error and its interval at the level of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The figure.
    pub value: f64,
    /// Its Monte Carlo standard error.
    pub mcse: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

/// Where one scenario lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Mean over pairs.
    pub mean: f64,
    /// Monte Carlo standard error of the mean.
    pub mcse: f64,
    /// Median.
    pub p50: f64,
    /// Monte Carlo standard error of the median.
    pub p50_mcse: f64,
}

/// Runs of each scenario that would tell a difference to some precision; absent when more than 2³² would be needed, or
/// when the precision is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsNeeded {
    /// In pairs, laid out as these are.
    pub pairs: Option<u64>,
    /// Of scenarios that share nothing.
    pub independent: Option<u64>,
}

/// One metric in one year, a scenario against the reference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The reference.
    pub reference: Level,
    /// The scenario.
    pub scenario: Level,
    /// Mean of scenario − reference.
    pub difference: Measured,
    /// Mean of the scenario over that of the reference, − 1, with Fieller's interval; absent when the reference cannot be
    /// told from zero.
    pub relative: Option<Measured>,
    /// Correlation of both over pairs; absent when either does not vary.
    pub correlation: Option<f64>,
    /// Variance of the difference of independent means over that of paired ones; absent when the difference does not vary.
    pub variance_reduction: Option<f64>,
    /// Monte Carlo standard error of the variance reduction; absent when draws and replications are crossed.
    pub variance_reduction_mcse: Option<f64>,
    /// Whether both are equal in every pair: the scenario does nothing to this metric.
    pub identical: bool,
    /// Probability that the scenario lies above the reference, by Wilson's interval; `mcse` is that of a share.
    pub above: Measured,
    /// Pairs in which both are equal.
    pub equal_pairs: u64,
    /// Until the interval reaches 1 % of the reference's mean to either side.
    pub for_one_percent: RunsNeeded,
    /// Until the interval is half as wide as it is.
    pub for_half_width: RunsNeeded,
}

impl Difference {
    /// Every number by the name of its column in tables, `None` where there is none.
    pub fn numbers(&self) -> Vec<(&'static str, Option<f64>)> {
        let Self {
            reference,
            scenario,
            difference,
            relative,
            correlation,
            variance_reduction,
            variance_reduction_mcse,
            identical: _,
            above,
            equal_pairs,
            for_one_percent,
            for_half_width,
        } = self;
        let of_relative = |of: fn(&Measured) -> f64| relative.as_ref().map(of);
        // Counts of runs stay far below 2⁵³, where floats cease to hold every whole number.
        let count = |n: Option<u64>| n.map(|n| n as f64);
        vec![
            ("reference_mean", Some(reference.mean)),
            ("reference_mcse", Some(reference.mcse)),
            ("reference_p50", Some(reference.p50)),
            ("reference_p50_mcse", Some(reference.p50_mcse)),
            ("mean", Some(scenario.mean)),
            ("mcse", Some(scenario.mcse)),
            ("p50", Some(scenario.p50)),
            ("p50_mcse", Some(scenario.p50_mcse)),
            ("difference", Some(difference.value)),
            ("difference_mcse", Some(difference.mcse)),
            ("difference_low", Some(difference.low)),
            ("difference_high", Some(difference.high)),
            ("relative", of_relative(|r| r.value)),
            ("relative_mcse", of_relative(|r| r.mcse)),
            ("relative_low", of_relative(|r| r.low)),
            ("relative_high", of_relative(|r| r.high)),
            ("correlation", *correlation),
            ("variance_reduction", *variance_reduction),
            ("variance_reduction_mcse", *variance_reduction_mcse),
            ("probability_above", Some(above.value)),
            ("probability_above_mcse", Some(above.mcse)),
            ("probability_above_low", Some(above.low)),
            ("probability_above_high", Some(above.high)),
            ("equal_pairs", count(Some(*equal_pairs))),
            ("pairs_for_1_percent", count(for_one_percent.pairs)),
            ("independent_runs_for_1_percent", count(for_one_percent.independent)),
            ("pairs_for_half_width", count(for_half_width.pairs)),
            ("independent_runs_for_half_width", count(for_half_width.independent)),
        ]
    }
}

/// One metric in one month, a scenario against the reference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MonthlyDifference {
    /// Mean of the reference.
    pub reference: f64,
    /// Mean of scenario − reference.
    pub difference: Measured,
}

/// A scenario against the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// Name of the scenario.
    pub scenario: String,
    /// Metric → year → difference.
    pub metrics: BTreeMap<String, BTreeMap<String, Difference>>,
    /// Metric → month (`2025-01`) → difference; metrics that make sense monthly.
    pub monthly: BTreeMap<String, BTreeMap<String, MonthlyDifference>>,
}

/// A part of a variance, or a share of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The part: unbiased, hence possibly negative when it is small.
    pub value: f64,
    /// Its Monte Carlo standard error.
    pub mcse: f64,
}

/// Where the variance of a mixture comes from; in the unit of the metric squared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Variance of the scenarios' means: which of them comes true.
    pub scenarios: Part,
    /// Mean variance within a scenario.
    pub within: Part,
    /// What of that better knowledge of the parameters would remove; absent unless draws have replications.
    pub parameters: Option<Part>,
    /// What of that is chance; absent unless draws have replications.
    pub chance: Option<Part>,
    /// Share of the scenarios in the whole; absent without any variance.
    pub scenario_share: Option<Part>,
}

/// The mixture with the weight of one scenario set to another value; the others keep their ratios.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reweighted {
    /// Weight of the scenario.
    pub weight: f64,
    /// Where the mixture then lies.
    pub level: Level,
}

/// One metric in one year over all scenarios by weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mixed {
    /// Distribution of the mixture.
    pub distribution: Estimate,
    /// Where its variance comes from.
    pub split: Split,
    /// Scenario → the mixture with the scenario's weight 0, as given, doubled (1 at most), and 1, in this order; without
    /// those that would leave no weight at all.
    pub reweighted: BTreeMap<String, Vec<Reweighted>>,
}

/// What the scenarios say together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mixture {
    /// Weights by scenario; they sum to one.
    pub weights: BTreeMap<String, f64>,
    /// Metric → year → mixture.
    pub metrics: BTreeMap<String, BTreeMap<String, Mixed>>,
}

/// What a reader should know before believing a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// Sharing the random numbers is worth little.
    WeakPairing {
        /// Name of the scenario.
        scenario: String,
        /// Metric.
        metric: String,
        /// Year.
        year: String,
        /// What it is worth.
        variance_reduction: f64,
    },
    /// All draws of the parameters were run under one and the same chance.
    OneChance,
}

impl Warning {
    /// What it means.
    pub fn text(&self) -> &'static str {
        match self {
            Self::WeakPairing { .. } => {
                "common random numbers help little here: competition has decorrelated the two markets"
            }
            Self::OneChance => {
                "every draw was run under the same single replication: the errors do not hold chance"
            }
        }
    }
}

/// Scenarios against a reference. This is the content of `comparison.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Version of this format: `bidcast/comparison/1`.
    pub schema: String,
    /// Master seed.
    pub seed: u64,
    /// Probability that an interval holds what it is for.
    pub level: f64,
    /// Name of the scenario that the others are held against.
    pub reference: String,
    /// Pairs of results; all figures are over these.
    pub pairs: u64,
    /// Draws of the parameters among them.
    pub draws: u64,
    /// Replications among them that differ.
    pub replications: u64,
    /// What the intervals hold and what they do not.
    pub uncertainty: String,
    /// The other scenarios, in the order given.
    pub against: Vec<Against>,
    /// All scenarios by weight, when weights are given.
    pub mixture: Option<Mixture>,
    /// What a reader should know, by scenario, metric and year.
    pub warnings: Vec<Warning>,
}
