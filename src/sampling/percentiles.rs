//! Distributions from two percentiles: what an expert can be asked for.
//!
//! A pair is `[(p, x), (q, y)]`: x is not exceeded with probability p, y with probability q, `p < q` and `x < y`.
//!
//! # Model
//!
//! Families that are a fixed distribution moved and stretched, of the value or of its logarithm, have a closed form. For
//! gamma the ratio of two quantiles falls with the shape, which is bisected. For beta, to each first shape there is one
//! second shape that meets the lower percentile, and along that line the probability below the upper one rises.

use super::constructors::{SHAPES, no_fit, ordered};
use super::distribution::Distribution;
use super::distribution_error::DistributionError;
use super::special::{beta_cdf, gamma_cdf, normal_quantile, smallest};

/// Two probabilities with the values that are not exceeded with them.
pub type Percentiles = [(f64, f64); 2];

/// How near a fitted distribution comes to its percentiles, in probability.
const MET: f64 = 1e-10;

/// `p5` for 0.05.
fn name(p: f64) -> String {
    // Rounded, because 0.07 · 100 is not 7 in floats.
    format!("p{}", (p * 1e10).round() / 1e8)
}

fn check(pair: Percentiles) -> Result<(), DistributionError> {
    let [(p, x), (q, y)] = pair;
    for probability in [p, q] {
        if !(probability > 0.0 && probability < 1.0) {
            let (field, wanted) = (name(probability), "between p0 and p100, both excluded");
            return Err(DistributionError::Range { field, value: 100.0 * probability, wanted });
        }
    }
    if !(p < q) {
        return Err(DistributionError::Fields {
            family: "a distribution".to_owned(),
            given: format!("`{}` and `{}`", name(p), name(q)),
            forms: vec!["two different percentiles, the lower first".to_owned()],
        });
    }
    ordered((&name(p), x), (&name(q), y))
}

/// As [`check`], for families of positive numbers.
fn check_positive(pair: Percentiles) -> Result<(), DistributionError> {
    check(pair)?;
    let [(p, x), _] = pair;
    if x > 0.0 {
        Ok(())
    } else {
        Err(DistributionError::Range { field: name(p), value: x, wanted: "positive" })
    }
}

/// Location and scale that carry standard quantiles to the values of a pair.
fn moved(pair: Percentiles, standard: impl Fn(f64) -> f64) -> (f64, f64) {
    let [(p, x), (q, y)] = pair;
    let (z_p, z_q) = (standard(p), standard(q));
    let scale = (y - x) / (z_q - z_p);
    (x - scale * z_p, scale)
}

/// The pair of logarithms.
fn logarithms(pair: Percentiles) -> Percentiles {
    pair.map(|(p, x)| (p, x.ln()))
}

fn phrase(pair: Percentiles) -> String {
    let [(p, x), (q, y)] = pair;
    format!("`{}` = {x} and `{}` = {y}", name(p), name(q))
}

/// Constructors from two percentiles. All fail when probabilities or values are out of range or in the wrong order, and
/// when no member of the family has these percentiles.
#[allow(clippy::missing_errors_doc, reason = "they fail for the reasons given above")]
impl Distribution {
    /// Uniform.
    pub fn uniform_from_percentiles(pair: Percentiles) -> Result<Self, DistributionError> {
        check(pair)?;
        let (low, width) = moved(pair, |p| p);
        Self::uniform(low, low + width)
    }

    /// Uniform in the logarithm.
    pub fn loguniform_from_percentiles(pair: Percentiles) -> Result<Self, DistributionError> {
        check_positive(pair)?;
        let (low, width) = moved(logarithms(pair), |p| p);
        Self::loguniform(low.exp(), (low + width).exp())
    }

    /// Normal.
    pub fn normal_from_percentiles(pair: Percentiles) -> Result<Self, DistributionError> {
        check(pair)?;
        let (mean, sd) = moved(pair, normal_quantile);
        Self::normal(mean, sd)
    }

    /// Lognormal.
    pub fn lognormal_from_percentiles(pair: Percentiles) -> Result<Self, DistributionError> {
        check_positive(pair)?;
        let (mu, sigma) = moved(logarithms(pair), normal_quantile);
        Self::lognormal(mu, sigma)
    }

    /// Weibull: its logarithm is a Gumbel distribution moved and stretched.
    pub fn weibull_from_percentiles(pair: Percentiles) -> Result<Self, DistributionError> {
        check_positive(pair)?;
        let (location, scale) = moved(logarithms(pair), |p| (-(-p).ln_1p()).ln());
        Self::weibull(1.0 / scale, location.exp())
    }

    /// Student's t with `dof` degrees of freedom.
    pub fn student_t_from_percentiles(dof: f64, pair: Percentiles) -> Result<Self, DistributionError> {
        check(pair)?;
        let standard = Self::student_t(dof, 0.0, 1.0)?;
        let (location, scale) = moved(pair, |p| standard.quantile(p));
        Self::student_t(dof, location, scale)
    }

    /// Gamma.
    pub fn gamma_from_percentiles(pair: Percentiles) -> Result<Self, DistributionError> {
        check_positive(pair)?;
        let [(p, x), (q, y)] = pair;
        let standard = |shape: f64, u: f64| smallest(0.0, f64::MAX, |x| gamma_cdf(shape, x) >= u);
        let [least, most] = SHAPES;
        let shape = smallest(least, most, |shape| standard(shape, q) * x <= standard(shape, p) * y);
        let scale = x / standard(shape, p);
        if !((gamma_cdf(shape, y / scale) - q).abs() < MET) {
            return Err(no_fit("gamma", phrase(pair)));
        }
        Self::gamma(shape, scale)
    }

    /// Beta between `min` and `max`.
    pub fn beta_from_percentiles(min: f64, max: f64, pair: Percentiles) -> Result<Self, DistributionError> {
        check(pair)?;
        ordered(("min", min), ("max", max))?;
        let [(p, x), (q, y)] = pair;
        let inside = |p: f64, value: f64| {
            let wanted = "between `min` and `max`";
            let holds = value > min && value < max;
            if holds { Ok(()) } else { Err(DistributionError::Range { field: name(p), value, wanted }) }
        };
        inside(p, x)?;
        inside(q, y)?;
        let (x, y) = ((x - min) / (max - min), (y - min) / (max - min));
        let [least, most] = SHAPES;
        // More of the second shape pushes values down, so the probability below x rises with it.
        let second = |alpha: f64| smallest(least, most, |beta| beta_cdf(alpha, beta, x) >= p);
        let alpha = smallest(least, most, |alpha| beta_cdf(alpha, second(alpha), y) >= q);
        let beta = second(alpha);
        if (beta_cdf(alpha, beta, x) - p).abs() < MET && (beta_cdf(alpha, beta, y) - q).abs() < MET {
            Self::beta(alpha, beta, min, max)
        } else {
            Err(no_fit("beta", format!("{} between {min} and {max}", phrase(pair))))
        }
    }
}
