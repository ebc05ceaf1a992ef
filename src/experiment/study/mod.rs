//! The one way in which every study runs: a [`Design`] lists all jobs before the first of them; a job is a pure function of
//! its row; jobs run in parts, and a part that is done is kept before the next.
//!
//! | file | what |
//! |---|---|
//! | `design` | which markets are simulated: variants × draws of parameters × replications |
//! | `draws` | uncertain parameters drawn for a design |
//! | `job` | one row simulated, or why it could not be |
//! | `run` | parts of a design on many threads |

mod design;
mod draws;
mod job;
mod run;

pub use design::{Design, DesignError, Job, Lever, REPLICATIONS_OF_A_DRAW, Variant};
pub use draws::{Drawing, levers};
pub(super) use job::attempt;
pub use job::{Failure, Finished, Limits, run_job};
pub use run::{Keep, Part, Progress, RunError, parts, run_parts};
