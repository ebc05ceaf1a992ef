//! How uncertain parameters are drawn: points of the unit cube, correlated where asked, turned into values by quantiles.
//!
//! Pure functions of (seed, index): nothing here knows what a parameter means, and no draw is rejected, so a point of a
//! design is a value of each parameter, whatever the distribution.
//!
//! | file | what it holds |
//! |---|---|
//! | `unit_design`, `sobol`, `latin`, `address` | which points |
//! | `copula` | rank correlations between their coordinates |
//! | `distribution`, `family`, `atoms` | quantile, distribution function, mean of each distribution |
//! | `constructors`, `percentiles`, `spec`, `forms` | distributions from parameters, moments, percentiles and TOML |
//! | `special` | functions that the others need |
//! | `error`, `distribution_error` | what can be wrong, and what to do |

mod address;
mod atoms;
mod constructors;
mod copula;
mod distribution;
mod distribution_error;
mod error;
mod family;
mod forms;
mod latin;
mod percentiles;
mod sobol;
mod spec;
mod special;
mod unit_design;

pub use copula::{Correlation, GaussianCopula};
pub use distribution::Distribution;
pub use distribution_error::DistributionError;
pub use error::{CopulaError, DesignError};
pub use latin::Latin;
pub use percentiles::Percentiles;
pub use sobol::{MOST_DIMENSIONS, Sobol};
pub use unit_design::{Sampler, UnitDesign, UnitPoints};
