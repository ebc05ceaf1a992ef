//! Calibration by waves: runs, emulator, sample, and runs again where the sample lies.
//!
//! # Model
//!
//! 1. The first wave fills the prior with scrambled Sobol' points. Before anything is fitted it says whether the targets
//!    are within reach of the model at all ([`PriorCheck`]).
//! 2. An [`Emulator`](super::Emulator) is fitted to the runs; from the third wave on without those of the first, which lie
//!    far from where it matters. A [`Likelihood`](super::Likelihood) is made of it and sampled.
//! 3. Points of the next wave are draws of the sample, moved by 0.7 times the difference of two others, which covers 1.4
//!    times its deviation, and for one in ten points of the prior. What leaves the cube is reflected at its border. Some points
//!    are run twice: their differences are noise and nothing else.
//! 4. When medians and widths of what is forecast no longer move, and the emulator adds little to the variance, the
//!    waves have settled.
//!
//! Early waves err on the wide side: their emulator variance is large.
//!
//! The state says what to run ([`Esl::ask`]) and takes what came out ([`Esl::tell`]). It can be stored after either; what it
//! does next is a function of the state alone.
//!
//! | file | what it holds |
//! |---|---|
//! | `rule` | sizes and shares |
//! | `prior_check` | are the targets within reach |
//! | `design` | points of a wave |
//! | `report` | what is said of a wave |
//! | `state` | the waves |
//!
//! # Source
//!
//! I. Vernon, M. Goldstein, R. G. Bower, *Galaxy Formation: a Bayesian Uncertainty Analysis*, Bayesian Analysis 5 (2010), for
//! waves; S. N. Wood, Nature 466 (2010), for the likelihood. The design of later waves is judgement, measured on the
//! problem of `twenty_parameters_and_ten_moments`.

mod design;
mod prior_check;
mod report;
mod rule;
mod state;

pub use prior_check::{PriorCheck, Reach};
pub use report::{Moved, Spread, Status, WaveReport};
pub use rule::EslRule;
pub use state::Esl;
