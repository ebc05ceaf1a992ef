//! Statistics of samples: moments, quantiles with their errors, and how concentrated shares are.
//!
//! Pure functions of slices. What a sample is too small to tell is `None`, never a NaN.

mod concentration;
mod moments;
mod quantile;
mod size_histogram;

pub use concentration::{cr, effective_number, gini, hhi, lorenz};
pub use moments::{mcse, mean, sample_sd};
pub use quantile::{order_statistic_ranks, quantile, quantile_mcse, quantiles};
pub use size_histogram::SizeHistogram;
