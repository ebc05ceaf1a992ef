//! Named outcomes, read from what a replication recorded.

mod outcome;
mod period;
mod registry;

pub use outcome::{LORENZ_POINTS, Outcome, RANKS, outcome};
pub use period::Period;
pub use registry::{METRICS, Metric, Unit, index_of};
