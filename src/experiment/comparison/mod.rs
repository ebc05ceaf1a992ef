//! Scenarios against a reference under common random numbers, and what they say together when each has a weight.
//!
//! Pairs of results share the draw of the parameters and the chance of the market, so a difference is sharper than either
//! of its sides. How sharp is measured, not assumed: each difference says what the sharing was worth.
//!
//! Pure functions of results that exist: nothing here runs, reads or writes.

mod compare;
mod difference;
mod failure;
mod layout;
mod mixture;
mod result;
mod split;
mod weights;

pub use compare::{Side, compare, complete_pairs};
pub use failure::ComparisonError;
pub use layout::Pair;
pub use result::{
    Against, Comparison, Difference, Level, Measured, Mixed, Mixture, MonthlyDifference, Part, Reweighted,
    RunsNeeded, Split, Warning,
};
pub use weights::{Weights, WeightsError};
