//! Statistics of samples: moments, quantiles with their errors, how concentrated shares are, where variance comes from,
//! when to stop, and how good forecasts were.
//!
//! Pure functions of slices. What a sample is too small to tell is `None`, never a NaN.

mod bootstrap;
mod concentration;
mod crossed_split;
mod estimand;
mod grouped;
mod interval;
mod moments;
mod paired;
mod pit;
mod probability;
mod quantile;
mod ratio;
mod rqmc;
mod scores;
mod sequential;
mod size_histogram;
mod variance_split;
mod weighted;

pub use bootstrap::{normal_interval, percentile_interval, resample_counts, resample_places};
pub use concentration::{cr, effective_number, gini, hhi, lorenz};
pub use crossed_split::{CrossedSplit, crossed_split};
pub use estimand::{Estimand, estimate};
pub use grouped::{grouped_estimate, grouped_mcse};
pub use interval::{Interval, normal_critical, student_critical};
pub use moments::{mcse, mean, sample_sd};
pub use paired::{Paired, mean_runs_needed, paired};
pub use pit::{PitTests, coverage, pit, pit_tests};
pub use probability::wilson;
pub(crate) use quantile::on_grid;
pub use quantile::{order_statistic_ranks, quantile, quantile_interval, quantile_mcse, quantiles};
pub use ratio::{MeansOfPairs, RelativeChange};
pub use rqmc::{RandomizedMean, randomized_mean};
pub use scores::{
    SpreadTerm, crps, crps_normal, dawid_sebastiani, energy_score, interval_score, log_score_normal,
    weighted_interval_score,
};
pub use sequential::{LOOK_EVERY, Look, Looks, Precision, PrecisionError};
pub use size_histogram::SizeHistogram;
pub use variance_split::{
    ScenarioSplit, SplitIntervals, VarianceSplit, scenario_split, split_intervals, variance_split,
};
pub use weighted::WeightedSample;
