//! Replications, many at a time, and what they say together.

pub mod attribution;
mod columns;
pub mod comparison;
mod discrepancy;
mod ensemble;
pub mod expression;
pub mod fit;
mod replicate;
pub mod selftest;
pub mod study;
mod summarise;
mod summary;

pub use crate::metrics::Outcome;
pub use columns::Columns;
pub use discrepancy::{Discrepancy, DiscrepancyError};
pub use ensemble::{Ensemble, EnsembleError, Plan, Silent, Watch, ensemble};
pub use replicate::{ReplicationError, replicate, replicate_observed};
pub use summarise::{Nesting, estimate, summarise, summarise_columns};
pub use summary::{
    Curve, Draws, Estimate, Fitted, LawTotals, Probability, Split, Summary, TargetCheck, Work,
};
