//! Families of distributions: quantile, distribution function and partial mean of each, before any truncation.
//!
//! The partial mean up to x is `E[X; X ≤ x]`, the integral of `t f(t)` up to x. At infinity it is the mean, and differences
//! of it give the mean of a truncated distribution in closed form.

use statrs::function::gamma::ln_gamma;

use super::atoms::Atoms;
use super::distribution::Distribution;
use super::special::{beta_cdf, gamma_cdf, normal_cdf, normal_pdf, normal_quantile, smallest, student_cdf};

/// A family with its parameters, checked by whoever made it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Family {
    Uniform {
        low: f64,
        high: f64,
    },
    LogUniform {
        low: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        sd: f64,
    },
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
    Beta {
        alpha: f64,
        beta: f64,
        low: f64,
        high: f64,
    },
    Gamma {
        shape: f64,
        scale: f64,
    },
    Weibull {
        shape: f64,
        scale: f64,
    },
    StudentT {
        dof: f64,
        location: f64,
        scale: f64,
    },
    Atoms(Atoms),
    /// Parts with their probabilities.
    Mixture(Vec<(f64, Distribution)>),
}

/// ln Γ(1 + 1/k), which makes the moments of a Weibull distribution.
pub(super) fn weibull_log_moment(shape: f64, order: f64) -> f64 {
    ln_gamma(1.0 + order / shape)
}

impl Family {
    /// The smallest and the largest value; either may be infinite.
    pub(super) fn support(&self) -> (f64, f64) {
        match self {
            Self::Uniform { low, high }
            | Self::LogUniform { low, high }
            | Self::Triangular { low, high, .. }
            | Self::Beta { low, high, .. } => (*low, *high),
            Self::Normal { .. } | Self::StudentT { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Self::LogNormal { .. } | Self::Gamma { .. } | Self::Weibull { .. } => (0.0, f64::INFINITY),
            Self::Atoms(atoms) => atoms.support(),
            Self::Mixture(parts) => parts
                .iter()
                .map(|(_, part)| part.support())
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (from, to)| {
                    (low.min(from), high.max(to))
                }),
        }
    }

    /// Probability of values up to `x`.
    pub(super) fn cdf(&self, x: f64) -> f64 {
        let (from, to) = self.support();
        if x < from {
            return 0.0;
        }
        if x >= to {
            return 1.0;
        }
        match self {
            Self::Uniform { low, high } => (x - low) / (high - low),
            Self::LogUniform { low, high } => (x / low).ln() / (high / low).ln(),
            Self::Normal { mean, sd } => normal_cdf((x - mean) / sd),
            Self::LogNormal { mu, sigma } => normal_cdf((x.ln() - mu) / sigma),
            Self::Triangular { low, mode, high } if x <= *mode => {
                // Where the mode is the lower end, the only such x is the end itself.
                if mode > low { (x - low) * (x - low) / ((high - low) * (mode - low)) } else { 0.0 }
            }
            Self::Triangular { low, mode, high } => {
                1.0 - (high - x) * (high - x) / ((high - low) * (high - mode))
            }
            Self::Beta { alpha, beta, low, high } => beta_cdf(*alpha, *beta, (x - low) / (high - low)),
            Self::Gamma { shape, scale } => gamma_cdf(*shape, x / scale),
            Self::Weibull { shape, scale } => -(-(x / scale).powf(*shape)).exp_m1(),
            Self::StudentT { dof, location, scale } => student_cdf(*dof, (x - location) / scale),
            Self::Atoms(atoms) => atoms.cdf(x),
            Self::Mixture(parts) => parts.iter().map(|(weight, part)| weight * part.cdf(x)).sum(),
        }
    }

    /// The smallest value whose probability of being reached is `u`, for `u` in (0, 1).
    pub(super) fn quantile(&self, u: f64) -> f64 {
        match self {
            Self::Uniform { low, high } => low + u * (high - low),
            Self::LogUniform { low, high } => (low * (u * (high / low).ln()).exp()).clamp(*low, *high),
            Self::Normal { mean, sd } => mean + sd * normal_quantile(u),
            Self::LogNormal { mu, sigma } => (mu + sigma * normal_quantile(u)).exp(),
            Self::Triangular { low, mode, high } => {
                let width = high - low;
                if u * width <= mode - low {
                    low + (u * width * (mode - low)).sqrt()
                } else {
                    high - ((1.0 - u) * width * (high - mode)).sqrt()
                }
            }
            Self::Beta { alpha, beta, low, high } => {
                let y = smallest(0.0, 1.0, |y| beta_cdf(*alpha, *beta, y) >= u);
                low + y * (high - low)
            }
            Self::Gamma { shape, scale } => scale * smallest(0.0, f64::MAX, |x| gamma_cdf(*shape, x) >= u),
            Self::Weibull { shape, scale } => scale * (-(-u).ln_1p()).powf(1.0 / shape),
            Self::StudentT { dof, location, scale } => {
                // Symmetry keeps the digits of the upper tail, and zero in the middle.
                let tail = u.min(1.0 - u);
                let t = -smallest(f64::MIN, 0.0, |t| student_cdf(*dof, t) >= tail);
                location + scale * if u < 0.5 { -t } else { t }
            }
            Self::Atoms(atoms) => atoms.quantile(u),
            Self::Mixture(parts) => {
                let ends = parts.iter().map(|(_, part)| part.quantile(u));
                let (low, high) =
                    ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
                smallest(low, high, |x| self.cdf(x) >= u)
            }
        }
    }

    /// `E[X; X ≤ x]`.
    pub(super) fn partial_mean(&self, x: f64) -> f64 {
        let (from, to) = self.support();
        if x < from {
            return 0.0;
        }
        let x = x.min(to);
        match self {
            Self::Uniform { low, high } => 0.5 * (x - low) * (x + low) / (high - low),
            Self::LogUniform { low, high } => (x - low) / (high / low).ln(),
            Self::Normal { mean, sd } => {
                let z = (x - mean) / sd;
                mean * normal_cdf(z) - sd * normal_pdf(z)
            }
            Self::LogNormal { mu, sigma } => {
                (mu + 0.5 * sigma * sigma).exp() * normal_cdf((x.ln() - mu) / sigma - sigma)
            }
            Self::Triangular { low, mode, high } => {
                if x <= *mode {
                    let y = x - low;
                    if mode > low {
                        low * self.cdf(x) + 2.0 * y * y * y / (3.0 * (high - low) * (mode - low))
                    } else {
                        0.0
                    }
                } else {
                    let y = high - x;
                    let above =
                        high * (1.0 - self.cdf(x)) - 2.0 * y * y * y / (3.0 * (high - low) * (high - mode));
                    (low + mode + high) / 3.0 - above
                }
            }
            Self::Beta { alpha, beta, low, high } => {
                let y = (x - low) / (high - low);
                low * beta_cdf(*alpha, *beta, y)
                    + (high - low) * alpha / (alpha + beta) * beta_cdf(alpha + 1.0, *beta, y)
            }
            Self::Gamma { shape, scale } => shape * scale * gamma_cdf(shape + 1.0, x / scale),
            Self::Weibull { shape, scale } => {
                let mean = scale * weibull_log_moment(*shape, 1.0).exp();
                mean * gamma_cdf(1.0 + 1.0 / shape, (x / scale).powf(*shape))
            }
            Self::StudentT { dof, location, scale } => {
                let t = (x - location) / scale;
                // (dof + t²) times the density, in one power so that it vanishes at infinity.
                let log = ln_gamma(0.5 * (dof + 1.0)) - ln_gamma(0.5 * dof)
                    + 0.5 * (dof / std::f64::consts::PI).ln()
                    - 0.5 * (dof - 1.0) * (t * t / dof).ln_1p();
                location * student_cdf(*dof, t) - scale * log.exp() / (dof - 1.0)
            }
            Self::Atoms(atoms) => atoms.partial_mean(x),
            Self::Mixture(parts) => parts.iter().map(|(weight, part)| weight * part.partial_mean(x)).sum(),
        }
    }
}
