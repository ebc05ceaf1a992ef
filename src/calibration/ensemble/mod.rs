//! Draws from a density on the unit cube by a crowd of walkers that learn its shape from each other.
//!
//! # Model
//!
//! A walker at y = logit(u) moves by one of two proposals, half of the time each. Stretch: y' = x + z(y − x), x a walker of the
//! other half of the crowd, z in (½, 2) with density ∝ 1/√z, accepted with probability z^(p−1) π(y')/π(y). Differential
//! evolution: y' = y + γ(x₁ − x₂) + small noise, γ near 2.38/√(2p), every tenth time 1, so that walkers can
//! jump between modes. π(y) = L(u)^β Π u(1 − u): the last factor is the Jacobian of the logit, and without it parameters that
//! the density does not know would pile up at the borders.
//!
//! Walkers start from the prior; during the first half of the burn-in β rises from a ten-thousandth to 1, so that no mode
//! that holds prior mass is missed for want of a start in it.
//!
//! # Invariants
//!
//! * A move is a function of (streams, run, walker, step) and of the crowd before it: densities may be evaluated in any
//!   order and on any thread.
//! * What the density does not know stays uniform up to the borders.
//!
//! # Source
//!
//! J. Goodman, J. Weare, *Ensemble samplers with affine invariance*, CAMCoS 5 (2010); C. J. F. ter Braak, J. A. Vrugt,
//! *Differential Evolution Markov Chain with snooker updater and fewer chains*, Statistics and Computing 18 (2008).

mod chains;
mod sampler;

pub use chains::Convergence;
pub use sampler::{EnsembleRule, Sample, sample_cube};
pub(super) use sampler::{expit, logit};
