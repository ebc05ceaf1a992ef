//! The parameters of the market, fitted to what was published.
//!
//! Data goes one way: published figures become moments, rounds of markets are simulated at points that a method asks for,
//! its posterior is checked by real runs, and gates say whether it may be believed. Methods differ behind one seam, [`Engine`].
//!
//! | file | what it holds |
//! |---|---|
//! | `moments` | figures of a market, and what was published of each |
//! | `method` | the methods and their sizes |
//! | `engine` | what every method can be asked |
//! | `abc`, `smoother` | a table of runs; an ensemble in passes: methods without emulator |
//! | `scales` | moments as these two see them |
//! | `waves` | which markets a round simulates |
//! | `check` | real runs at the posterior, beside emulator and facts |
//! | `agreement` | the posterior beside one of a method without emulator |
//! | `truths` | does the procedure find truths that are known |
//! | `backtest` | what a fit to the past says of what came after, beside simple rules |
//! | `told` | what each target told; parameters known together only |
//! | `gates` | green, amber, red, each with its reason |

mod abc;
mod agreement;
mod backtest;
mod check;
mod engine;
pub mod gates;
mod method;
mod moments;
mod scales;
mod smoother;
mod told;
mod truths;
mod waves;

pub use abc::{AbcReg, Kept, TableReport};
pub use agreement::{Agreement, Overlap};
pub use backtest::{Backtest, BacktestError, Rule, Scored, known_by};
pub use check::{Predicted, RealRuns};
pub use engine::Engine;
pub use gates::Gate;
pub use method::{Method, Size};
pub use moments::{FitError, Moment, moments};
pub use smoother::{PassReport, Smoother};
pub use told::{Without, correlated, without_each};
pub use truths::{Kind, Truths};
pub use waves::{Fit, REPLICATIONS_OF_A_WAVE};
