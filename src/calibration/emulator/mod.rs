//! A stand-in for the model: mean and noise of each moment as smooth functions of the parameters.
//!
//! # Model
//!
//! On the scale of a [`Transform`], moment = mean(θ) + √v(θ) ε. The mean is a polynomial fitted by ridge regression, its
//! penalty by generalised cross-validation. ln v is linear in the parameters: a ridge regression of ln r² + 1.27 on them,
//! where r are residuals that have the variance of the noise and −1.27 is the mean of the logarithm of a χ² of one degree
//! of freedom. What the coefficients leave open adds the emulator variance v(θ) (1/n + zᵀ(ZᵀZ + k)⁻¹z).
//!
//! The last is a product of matrices at every point. A sampler, which asks a hundred thousand times, takes a smooth of it:
//! its logarithm, fitted at the runs by coordinates, squares and cubes.
//!
//! | file | what it holds |
//! |---|---|
//! | `features` | the polynomials |
//! | `ridge` | regression, penalty, residuals left out |
//! | `quality` | figures behind the gate of the emulator |
//! | `fit` | the emulator |
//!
//! # Source
//!
//! I. Andrianakis et al., *Bayesian History Matching of Complex Infectious Disease Models Using Emulation*, PLOS
//! Computational Biology 11 (2015), for emulators of simulators with chance; A. C. Harvey, *Estimating Regression Models
//! with Multiplicative Heteroscedasticity*, Econometrica 44 (1976), for the variance from logarithms of residuals.

mod features;
mod fit;
mod quality;
mod ridge;

pub use features::FeatureSet;
pub use fit::{Emulator, Prediction, Scratch};
pub use quality::{Light, Quality};
