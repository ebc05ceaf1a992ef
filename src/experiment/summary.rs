//! What an ensemble says: each metric's mean and quantiles over replications, each with its Monte Carlo error.
//!
//! The structures here *are* `summary.json` (serde), so that tables and charts can be redrawn from a stored run alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expression::Rules;
use super::fit::Gate;
use super::study::Drawing;

/// Distribution of one number over replications, with the Monte Carlo standard error of what is said of it.
///
/// Quantiles are type 7; the error of a quantile is half the width of its distribution-free 68.3 % order-statistic
/// interval, linearly interpolated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Mean over replications.
    pub mean: f64,
    /// Monte Carlo standard error of the mean (sample standard deviation / √n); absent (null) with one replication.
    pub mcse: Option<f64>,
    /// 2.5 % quantile.
    pub p2_5: f64,
    /// 10 % quantile.
    pub p10: f64,
    /// 25 % quantile.
    pub p25: f64,
    /// Median.
    pub p50: f64,
    /// 75 % quantile.
    pub p75: f64,
    /// 90 % quantile.
    pub p90: f64,
    /// 97.5 % quantile.
    pub p97_5: f64,
    /// Monte Carlo standard error of the median.
    pub p50_mcse: Option<f64>,
    /// Monte Carlo standard error of the 10 % quantile.
    pub p10_mcse: Option<f64>,
    /// Monte Carlo standard error of the 90 % quantile.
    pub p90_mcse: Option<f64>,
    /// Sample standard deviation over replications.
    pub sd: Option<f64>,
}

/// Where the doubt about one number comes from: shares of its variance over draws of the parameters and replications.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Share that lies between draws of the parameters; an unbiased estimate, hence possibly below 0.
    pub parameters: f64,
    /// Lower end of its 95 % interval, from resampled draws.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
    /// Share of what the model leaves out; 0 when that is not in the figures. Chance has the rest.
    #[serde(default)]
    pub model: f64,
    /// Replications of each draw that would tell the split best at the same number of runs.
    pub best_replications: u64,
}

/// How likely something is that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probability {
    /// What was asked, such as `market_total_usd_2026 > 5e9`.
    pub event: String,
    /// Share of the futures in which it holds.
    pub probability: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
}

/// The posterior that parameters were drawn from, and how far it may be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    /// Where it is: `shipped`, or the folder of a calibration.
    pub name: String,
    /// Markets that were simulated to find it.
    pub runs: u64,
    /// Parameters.
    pub parameters: u64,
    /// Those of which the published figures say next to nothing.
    pub prior_driven: u64,
    /// Targets in the 90 % band of real runs, and all targets.
    pub in_band: (u64, u64),
    /// What it passed.
    pub gates: Vec<Gate>,
}

/// How the parameters of the replications were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draws {
    /// Draws of the parameters that are in the figures.
    pub draws: u64,
    /// Uncertain parameters.
    pub parameters: u64,
    /// How points were placed.
    #[serde(flatten)]
    pub drawing: Drawing,
}

/// A curve with its spread over replications, point by point.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Curve {
    /// Where the points stand: share of apps (0..1) for a Lorenz curve, rank (1..) for a rank-size curve.
    pub x: Vec<f64>,
    /// 10 % quantile at each x.
    pub p10: Vec<f64>,
    /// Median at each x.
    pub p50: Vec<f64>,
    /// 90 % quantile at each x.
    pub p90: Vec<f64>,
    /// Monte Carlo standard error of the median at each x; empty with one replication.
    pub p50_mcse: Vec<f64>,
}

/// One published fact beside what the model says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetCheck {
    /// Identifier in `configs/facts/targets.csv`.
    pub id: String,
    /// What it is, in words.
    pub quantity: String,
    /// Metric of the registry that speaks of it.
    pub metric: String,
    /// Period that was published on, such as `2025-H1`.
    pub period: String,
    /// Year of the metric.
    pub year: String,
    /// Published value, in the metric's unit.
    pub value: f64,
    /// `about` or `at least`: what the source says of the value.
    pub bound: String,
    /// `fit` or `reference`.
    pub role: String,
    /// `log` (deviation is relative) or `abs` (deviation is a difference).
    pub sd_kind: String,
    /// Median of the model.
    pub median: f64,
    /// Monte Carlo error of the median.
    pub median_mcse: Option<f64>,
    /// Median / value − 1 when `sd_kind` is `log`, median − value when it is `abs`.
    pub deviation: f64,
    /// Where the published value comes from.
    pub source: String,
}

/// How often the laws were checked and broken, over all replications.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LawTotals {
    /// Checks made.
    pub checked: u64,
    /// Checks that failed.
    pub violated: u64,
}

/// How much was simulated, over all replications.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Work {
    /// Events taken from the calendar.
    pub events: u64,
    /// Auctions cleared (impression opportunities).
    pub auctions: f64,
}

/// Everything that an ensemble says. This is the content of `summary.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Version of this format: `bidcast/summary/1`.
    pub schema: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Master seed.
    pub seed: u64,
    /// Replications finished; all figures are over these.
    pub replications: u64,
    /// Replications asked for.
    pub planned: u64,
    /// Whether the run was stopped before all were done.
    pub interrupted: bool,
    /// Replications that failed and are in no figure.
    #[serde(default)]
    pub failed: u64,
    /// How parameters were drawn; absent (null) when there is one set of them.
    #[serde(default)]
    pub draws: Option<Draws>,
    /// What the intervals hold and what they do not.
    pub uncertainty: String,
    /// The posterior that parameters were drawn from; absent (null) when they were not.
    #[serde(default)]
    pub posterior: Option<Fitted>,
    /// Metric → year → distribution.
    pub metrics: BTreeMap<String, BTreeMap<String, Estimate>>,
    /// Metric → month (`2025-01`) → distribution; metrics that make sense monthly.
    pub monthly: BTreeMap<String, BTreeMap<String, Estimate>>,
    /// Year → Lorenz curve of IAP over apps with IAP (x: share of apps from the smallest; y: share of IAP).
    pub lorenz: BTreeMap<String, Curve>,
    /// Year → rank-size curve (x: rank from the largest; y: IAP in USD).
    pub rank_size: BTreeMap<String, Curve>,
    /// Metric → a few single replications month by month, to show what one future looks like.
    pub paths: BTreeMap<String, Vec<Vec<f64>>>,
    /// Metric → year → where its variance comes from; empty when parameters were not drawn or draws not replicated.
    #[serde(default)]
    pub split: BTreeMap<String, BTreeMap<String, Split>>,
    /// Probabilities that were asked for.
    #[serde(default)]
    pub probabilities: Vec<Probability>,
    /// Rules on which the study was to stop, with every look; absent (null) when its size was fixed.
    #[serde(default)]
    pub stopping: Option<Rules>,
    /// Published facts beside the model.
    pub targets: Vec<TargetCheck>,
    /// Laws checked and violated.
    pub laws: LawTotals,
    /// Work done.
    pub work: Work,
}

impl Summary {
    /// Whether what the model leaves out is in the intervals.
    pub fn holds_discrepancy(&self) -> bool {
        self.split.values().flat_map(BTreeMap::values).any(|split| split.model.abs() > 0.0)
    }
}
