//! `bidcast sensitivity`: what drives an outcome, from a stored run or from runs that are placed for it.
//!
//! | file | what |
//! |---|---|
//! | `verb` | which method is meant, and what it is asked for |
//! | `given` | from a table that is there: no further runs |
//! | `morris` | screening by trajectories |
//! | `saltelli`, `sobol` | Sobol' indices: rows and their chance; what is shown of them |
//! | `runs` | outcomes of a study by row of its design |
//! | `report` | files, tables and sentences that all methods share |

mod given;
mod morris;
mod report;
mod runs;
mod saltelli;
mod sobol;
mod verb;

pub(crate) use verb::{Asked, sensitivity};
