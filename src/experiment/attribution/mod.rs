//! Why two scenarios differ: their difference divided among the parts in which they differ, so that it adds up.
//!
//! | file | what it does |
//! |---|---|
//! | `parts` | takes two scenarios apart, and puts any mixture of the two together again |
//! | `shapley` | divides the difference of a function between parts; knows nothing of markets |
//! | `attribute` | runs the mixtures and divides each replication's difference |
//! | `effects` | what is said of it over replications |
//! | `failure` | why it could not be done |

mod attribute;
mod effects;
mod failure;
mod parts;
mod shapley;

pub use attribute::{Attribution, Study, Target, Workload, attribute};
pub use effects::{Average, Effect, PartEffect};
pub use failure::{AttributionError, ContrastError};
pub use parts::{Common, Contrast, MOST_PARTS, Part, mechanisms};
pub use shapley::Method;
