//! The parameters of the market, fitted to what was published.
//!
//! Data goes one way: published figures become moments, waves of markets are simulated at points that `calibration` asks for,
//! its posterior is checked by real runs, and gates say whether it may be believed.
//!
//! | file | what it holds |
//! |---|---|
//! | `moments` | figures of a market, and what was published of each |
//! | `waves` | which markets a wave simulates |
//! | `check` | real runs at the posterior, beside emulator and facts |
//! | `agreement` | the posterior beside one of a method without emulator |
//! | `truths` | does the procedure find truths that are known |
//! | `backtest` | what a fit to the past says of what came after, beside simple rules |
//! | `told` | what each target told; parameters known together only |
//! | `gates` | green, amber, red, each with its reason |

mod agreement;
mod backtest;
mod check;
pub mod gates;
mod moments;
mod told;
mod truths;
mod waves;

pub use agreement::{Agreement, Overlap};
pub use backtest::{Backtest, BacktestError, Rule, Scored, known_by};
pub use check::{Predicted, RealRuns};
pub use gates::Gate;
pub use moments::{FitError, Moment, moments};
pub use told::{Without, correlated, without_each};
pub use truths::{Kind, Truths};
pub use waves::{Fit, REPLICATIONS_OF_A_WAVE, Size};
