//! Distributions from their natural parameters and from moments, each checked once.

use super::atoms::Atoms;
use super::distribution::Distribution;
use super::distribution_error::DistributionError;
use super::family::{Family, weibull_log_moment};
use super::special::smallest;

/// Shapes for which the functions behind a family keep their digits.
pub(super) const SHAPES: [f64; 2] = [0.01, 1e4];
/// The weight of the mode in a PERT distribution, unless said otherwise.
pub(super) const PERT_SHAPE: f64 = 4.0;

fn range(field: &str, value: f64, holds: bool, wanted: &'static str) -> Result<(), DistributionError> {
    if holds { Ok(()) } else { Err(DistributionError::Range { field: field.to_owned(), value, wanted }) }
}

fn finite(field: &str, value: f64) -> Result<(), DistributionError> {
    range(field, value, value.is_finite(), "finite")
}

fn positive(field: &str, value: f64) -> Result<(), DistributionError> {
    range(field, value, value > 0.0 && value.is_finite(), "positive and finite")
}

fn shape(field: &str, value: f64) -> Result<(), DistributionError> {
    range(field, value, (SHAPES[0]..=SHAPES[1]).contains(&value), "between 0.01 and 10,000")
}

/// Refuses two numbers unless both are finite and the first is less.
pub(super) fn ordered(low: (&str, f64), high: (&str, f64)) -> Result<(), DistributionError> {
    finite(low.0, low.1)?;
    finite(high.0, high.1)?;
    if low.1 < high.1 {
        return Ok(());
    }
    let (low_value, high_value) = (low.1, high.1);
    Err(DistributionError::Order { low: low.0.to_owned(), low_value, high: high.0.to_owned(), high_value })
}

/// Constructors from natural parameters. All fail when a parameter is out of its range, or when values or the mean are
/// beyond floats.
#[allow(clippy::missing_errors_doc, reason = "they fail for the one reason given above")]
impl Distribution {
    /// One value.
    pub fn point(value: f64) -> Result<Self, DistributionError> {
        finite("value", value)?;
        Self::whole(Family::Atoms(Atoms::new(vec![(value, 1.0)])))
    }

    /// Equally likely between `min` and `max`.
    pub fn uniform(min: f64, max: f64) -> Result<Self, DistributionError> {
        ordered(("min", min), ("max", max))?;
        Self::whole(Family::Uniform { low: min, high: max })
    }

    /// A number whose logarithm is uniform; `min` must be positive.
    pub fn loguniform(min: f64, max: f64) -> Result<Self, DistributionError> {
        positive("min", min)?;
        ordered(("min", min), ("max", max))?;
        Self::whole(Family::LogUniform { low: min, high: max })
    }

    /// Normal.
    pub fn normal(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        finite("mean", mean)?;
        positive("sd", sd)?;
        Self::whole(Family::Normal { mean, sd })
    }

    /// A number whose logarithm is normal with mean `mu` and standard deviation `sigma`.
    pub fn lognormal(mu: f64, sigma: f64) -> Result<Self, DistributionError> {
        finite("mu", mu)?;
        positive("sigma", sigma)?;
        Self::whole(Family::LogNormal { mu, sigma })
    }

    /// Lognormal with that mean and standard deviation.
    pub fn lognormal_from_moments(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        positive("mean", mean)?;
        positive("sd", sd)?;
        let variance = (sd / mean).powi(2).ln_1p();
        Self::lognormal(mean.ln() - 0.5 * variance, variance.sqrt())
    }

    /// Rising in a straight line from `min` to `mode`, falling from there to `max`.
    pub fn triangular(min: f64, mode: f64, max: f64) -> Result<Self, DistributionError> {
        mode_between(min, mode, max)?;
        Self::whole(Family::Triangular { low: min, mode, high: max })
    }

    /// PERT: a smooth triangle, the beta distribution with mean `(min + shape · mode + max)/(shape + 2)`. The usual
    /// shape is 4.
    pub fn pert(min: f64, mode: f64, max: f64, shape: f64) -> Result<Self, DistributionError> {
        mode_between(min, mode, max)?;
        range("shape", shape, shape > 0.0 && shape < SHAPES[1], "positive and below 10,000")?;
        let place = (mode - min) / (max - min);
        let (alpha, beta) = (1.0 + shape * place, 1.0 + shape * (1.0 - place));
        Self::whole(Family::Beta { alpha, beta, low: min, high: max })
    }

    /// Beta with shapes `alpha` and `beta`, stretched to the range from `min` to `max`.
    pub fn beta(alpha: f64, beta: f64, min: f64, max: f64) -> Result<Self, DistributionError> {
        shape("alpha", alpha)?;
        shape("beta", beta)?;
        ordered(("min", min), ("max", max))?;
        Self::whole(Family::Beta { alpha, beta, low: min, high: max })
    }

    /// Beta between `min` and `max` with that mean and standard deviation.
    pub fn beta_from_moments(mean: f64, sd: f64, min: f64, max: f64) -> Result<Self, DistributionError> {
        positive("sd", sd)?;
        ordered(("min", min), ("max", max))?;
        range("mean", mean, mean > min && mean < max, "between `min` and `max`")?;
        let (m, s) = ((mean - min) / (max - min), sd / (max - min));
        let total = m * (1.0 - m) / (s * s) - 1.0;
        let (alpha, beta) = (m * total, (1.0 - m) * total);
        let possible = SHAPES[0]..=SHAPES[1];
        if possible.contains(&alpha) && possible.contains(&beta) {
            Self::beta(alpha, beta, min, max)
        } else {
            Err(no_fit("beta", format!("mean {mean} and sd {sd} between {min} and {max}")))
        }
    }

    /// Gamma; its mean is `shape · scale`.
    pub fn gamma(shape: f64, scale: f64) -> Result<Self, DistributionError> {
        self::shape("shape", shape)?;
        positive("scale", scale)?;
        Self::whole(Family::Gamma { shape, scale })
    }

    /// Gamma with that mean and standard deviation.
    pub fn gamma_from_moments(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        positive("mean", mean)?;
        positive("sd", sd)?;
        let shape = (mean / sd).powi(2);
        if !(SHAPES[0]..=SHAPES[1]).contains(&shape) {
            return Err(no_fit("gamma", format!("mean {mean} and sd {sd}")));
        }
        Self::gamma(shape, sd * sd / mean)
    }

    /// Weibull; `scale` is exceeded with probability 1/e.
    pub fn weibull(shape: f64, scale: f64) -> Result<Self, DistributionError> {
        range("shape", shape, (0.1..=SHAPES[1]).contains(&shape), "between 0.1 and 10,000")?;
        positive("scale", scale)?;
        Self::whole(Family::Weibull { shape, scale })
    }

    /// Weibull with that mean and standard deviation.
    pub fn weibull_from_moments(mean: f64, sd: f64) -> Result<Self, DistributionError> {
        positive("mean", mean)?;
        positive("sd", sd)?;
        let wanted = (sd / mean).powi(2).ln_1p();
        // ln E[X²] - 2 ln E[X] falls with the shape.
        let spread = |shape| weibull_log_moment(shape, 2.0) - 2.0 * weibull_log_moment(shape, 1.0);
        let shape = smallest(0.1, SHAPES[1], |shape| spread(shape) <= wanted);
        if !((spread(shape) / wanted - 1.0).abs() < 1e-6) {
            return Err(no_fit("weibull", format!("mean {mean} and sd {sd}")));
        }
        Self::weibull(shape, mean / weibull_log_moment(shape, 1.0).exp())
    }

    /// Student's t with `dof` degrees of freedom, more than 1 so that there is a mean, moved and stretched.
    pub fn student_t(dof: f64, location: f64, scale: f64) -> Result<Self, DistributionError> {
        range("dof", dof, dof > 1.0 && dof <= SHAPES[1], "above 1 and at most 10,000")?;
        finite("location", location)?;
        positive("scale", scale)?;
        Self::whole(Family::StudentT { dof, location, scale })
    }

    /// Each value in proportion to its weight; weights are positive and need not sum to 1.
    pub fn discrete(values: &[f64], weights: &[f64]) -> Result<Self, DistributionError> {
        if values.len() != weights.len() {
            return Err(DistributionError::Lengths { values: values.len(), weights: weights.len() });
        }
        if values.is_empty() {
            return Err(DistributionError::Empty { field: "values" });
        }
        for (&value, &weight) in values.iter().zip(weights) {
            finite("values", value)?;
            positive("weights", weight)?;
        }
        let pairs = values.iter().copied().zip(weights.iter().copied());
        Self::whole(Family::Atoms(Atoms::new(pairs.collect())))
    }

    /// A sample as it is, each value equally likely, in any order.
    pub fn empirical(sample: &[f64]) -> Result<Self, DistributionError> {
        Self::discrete(sample, &vec![1.0; sample.len()])
    }

    /// One of several distributions, each in proportion to its weight; weights are positive and need not sum to 1.
    pub fn mixture(parts: Vec<(f64, Self)>) -> Result<Self, DistributionError> {
        if parts.is_empty() {
            return Err(DistributionError::Empty { field: "components" });
        }
        for (weight, _) in &parts {
            positive("weight", *weight)?;
        }
        let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
        Self::whole(Family::Mixture(parts.into_iter().map(|(weight, part)| (weight / total, part)).collect()))
    }
}

fn mode_between(min: f64, mode: f64, max: f64) -> Result<(), DistributionError> {
    ordered(("min", min), ("max", max))?;
    range("mode", mode, mode >= min && mode <= max, "between `min` and `max`")
}

/// No member of a family has what was asked for.
pub(super) fn no_fit(family: &str, wanted: String) -> DistributionError {
    DistributionError::NoFit { family: family.to_owned(), wanted }
}
