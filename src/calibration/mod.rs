//! Which parameters of a model agree with what was observed, and how well each is known.
//!
//! Plain numbers in, plain numbers out: nothing here runs a model or knows what a parameter means. A point is a row of
//! probabilities under the priors of p parameters, so that the prior is uniform on the unit cube; beside it stand the m
//! moments of one run there, in whatever unit they have, or nothing when the run failed ([`Table`]). Of a moment is known what
//! was observed, how precisely, and how far the model may be off ([`Target`]).
//!
//! Methods that need further runs are states: `ask` names points, `tell` takes what came out. A state can be stored between
//! the two, and draws come from addressed streams, so that no thread, order or break changes a result.
//!
//! | file | what it does | runs |
//! |---|---|---|
//! | `emulator` | stands in for the model: mean and noise of each moment | none |
//! | `ensemble` | draws from a density on the cube | none |
//! | `likelihood`, `modes` | how likely targets are at a point; heaps of draws | none |
//! | `esl` | waves of runs, emulator and sample: the method to begin with | 50 for each parameter and wave |
//! | `abc_reg` | draws from a table of runs: no emulator, the check of the above | none |
//! | `esmda` | moves an ensemble to the data: cheap, linear, often too sure | members × passes |
//! | `sbc` | does the procedure find truths that are known | those of the procedure |
//! | `identify` | what was learned, in which directions | none |
//! | `table`, `transform`, `matrix`, `address`, `error` | what they share | |

mod abc_reg;
mod address;
mod emulator;
mod ensemble;
mod error;
mod esl;
mod esmda;
mod identify;
mod likelihood;
mod matrix;
mod modes;
mod sbc;
mod table;
mod transform;

pub use abc_reg::{AbcPosterior, AbcRule, abc_regression, importance_weights};
pub use emulator::{Emulator, FeatureSet, Light, Prediction, Quality, Scratch};
pub use ensemble::{Convergence, EnsembleRule, Sample, sample_cube};
pub use error::CalibrationError;
pub(crate) use error::exactly;
pub use esl::{Esl, EslRule, Moved, PriorCheck, Reach, Spread, Status, WaveReport};
pub use esmda::{Chance, EsMda};
pub use identify::{Contraction, Direction, Learned, contractions, directions};
pub use likelihood::{Likelihood, Observable};
pub use modes::{Valley, valleys};
pub use sbc::{EcdfBand, Sbc, SbcParameter, ecdf_band, holm};
pub use table::{Table, Target};
pub use transform::Transform;
