//! What the data say of the parameters, and what is still the prior.
//!
//! # Model
//!
//! Contraction of a parameter is 1 − Var_posterior/Var_prior on the scale of the prior's probability, whose variance is
//! 1/12, with a bootstrap interval. Above ½ it is learned, below 0.1 driven by the prior: printed as an assumption, never as
//! an estimate.
//!
//! Directions are the singular values of Σ^(−½) J/√12, J the derivatives of the emulated moments at a draw, Σ the
//! covariance of the targets there. One above 1 is a direction in which the data beat the prior; its loadings say what is
//! known: m moments know m directions at most. They are shown at the draw that is nearest to the middle of all; as J
//! moves, the middle 90 % of each value over draws stand beside it.
//!
//! # Source
//!
//! M. Betancourt, *Towards A Principled Bayesian Workflow* (2018), for contraction; A. Spantini et al., *Optimal low-rank
//! approximations of Bayesian linear inverse problems*, SIAM J. Sci. Comput. 37 (2015), for directions. The classes are
//! judgement.

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::emulator::Scratch;
use super::error::{CalibrationError, at_least, exactly};
use super::likelihood::Likelihood;
use super::matrix::{cholesky, forward, singular};
use crate::rng::Streams;
use crate::stats::{Interval, percentile_interval, quantiles, resample_places};

/// Variance of a uniform number.
const PRIOR_VARIANCE: f64 = 1.0 / 12.0;
/// Resamples behind an interval, and its level.
const RESAMPLES: u64 = 200;
const LEVEL: f64 = 0.9;
/// Draws at which derivatives are taken.
const MOST_DRAWS: usize = 200;

/// How far data pinned a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learned {
    /// Contraction above ½.
    Learned,
    /// Between 0.1 and ½.
    Partly,
    /// Below 0.1: an assumption.
    PriorDriven,
}

/// How much of the prior's variance of a parameter the data took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contraction {
    /// 1 − Var_posterior/Var_prior; negative when the posterior is wider.
    pub value: f64,
    /// Its 90 % bootstrap interval.
    pub interval: Option<Interval>,
    /// What follows.
    pub class: Learned,
}

/// What the data know of one direction in the space of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Direction {
    /// Signal over noise at the middle draw: above 1 the data beat the prior.
    pub signal: f64,
    /// The middle 90 % of it over draws.
    pub interval: Interval,
    /// Part of each parameter in it, of unit length.
    pub loadings: Vec<f64>,
}

/// Contraction of each parameter, from draws of its posterior.
///
/// The bootstrap takes draws as independent; give it as many as the sample is worth
/// ([`Convergence::effective`](super::Convergence)).
///
/// # Errors
///
/// Fewer than 20 draws, no parameters, draws of different length.
pub fn contractions(draws: &[Vec<f64>], streams: &Streams) -> Result<Vec<Contraction>, CalibrationError> {
    let p = checked(draws)?;
    let column = |parameter: usize| -> Vec<f64> { draws.iter().map(|draw| draw[parameter]).collect() };
    let of = |parameter: usize| {
        let values = column(parameter);
        let value = contraction(values.iter().copied());
        let resampled: Vec<f64> = (0..RESAMPLES)
            .map(|resample| {
                // The same resamples for all parameters.
                let mut stream = Address::Resample.open(streams, resample, 0);
                contraction(resample_places(values.len(), &mut stream).into_iter().map(|place| values[place]))
            })
            .collect();
        let class = match value {
            value if value > 0.5 => Learned::Learned,
            value if value >= 0.1 => Learned::Partly,
            _ => Learned::PriorDriven,
        };
        Contraction { value, interval: percentile_interval(&resampled, LEVEL), class }
    };
    Ok((0..p).map(of).collect())
}

fn contraction(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    1.0 - values.map(|u| (u - mean).powi(2)).sum::<f64>() / (n - 1.0) / PRIOR_VARIANCE
}

/// Directions that the targets know, the best known first: as many as targets or parameters, whichever are fewer.
///
/// # Errors
///
/// Fewer than 20 draws, draws of different length, targets whose covariance has no inverse.
pub fn directions(
    likelihood: &Likelihood<'_>,
    draws: &[Vec<f64>],
) -> Result<Vec<Direction>, CalibrationError> {
    let p = checked(draws)?;
    let some: Vec<&Vec<f64>> = draws.iter().step_by(draws.len().div_ceil(MOST_DRAWS)).collect();
    let found = some.iter().map(|draw| at(likelihood, draw)).collect::<Result<Vec<_>, _>>()?;
    let mean: Vec<f64> =
        (0..p).map(|j| some.iter().map(|draw| draw[j]).sum::<f64>() / some.len() as f64).collect();
    let middle = (0..some.len())
        .min_by(|&a, &b| square_distance(some[a], &mean).total_cmp(&square_distance(some[b], &mean)))
        .unwrap_or_default();
    let (values, loadings) = &found[middle];
    let direction = |(k, (&signal, loadings)): (usize, (&f64, &Vec<f64>))| {
        let all: Vec<f64> = found.iter().map(|(values, _)| values[k]).collect();
        let ends = quantiles(&all, &[0.05, 0.95]).unwrap_or_else(|| vec![signal; 2]);
        Direction { signal, interval: Interval { low: ends[0], high: ends[1] }, loadings: loadings.clone() }
    };
    Ok(values.iter().zip(loadings).enumerate().map(direction).collect())
}

/// Singular values and loadings at one point.
fn at(likelihood: &Likelihood<'_>, point: &[f64]) -> Result<(Vec<f64>, Vec<Vec<f64>>), CalibrationError> {
    let emulator = likelihood.emulator();
    let mut factor = likelihood.covariance(&emulator.predict_smooth(point, &mut Scratch::default()));
    let (m, p) = (likelihood.targets().len(), point.len());
    cholesky(&mut factor, m).ok_or(CalibrationError::Singular { what: "the covariance of the targets" })?;
    let jacobian = emulator.jacobian(point);
    let mut scaled = vec![0.0; m * p];
    for parameter in 0..p {
        let mut column: Vec<f64> =
            likelihood.targets().iter().map(|(moment, _)| jacobian[*moment][parameter]).collect();
        forward(&factor, m, &mut column);
        (0..m).for_each(|j| scaled[j * p + parameter] = column[j] * PRIOR_VARIANCE.sqrt());
    }
    Ok(singular(&scaled, p))
}

/// Square of the distance of two points.
fn square_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

fn checked(draws: &[Vec<f64>]) -> Result<usize, CalibrationError> {
    at_least("draws", 20, draws.len())?;
    let p = draws[0].len();
    at_least("parameters", 1, p)?;
    draws.iter().try_for_each(|draw| exactly("parameters of a draw", p, draw.len()))?;
    Ok(p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::{Emulator, FeatureSet, Observable, Table, Target, Transform};

    const STREAMS: Streams = Streams::new(20_250_101, 18);

    #[test]
    fn contractions_are_those_of_known_widths() {
        let mut stream = STREAMS.open(1, 0, 0);
        let prior_sd = PRIOR_VARIANCE.sqrt();
        let draws: Vec<Vec<f64>> = (0..4_000)
            .map(|_| {
                let narrow = 0.5 + 0.3 * prior_sd * stream.normal();
                let half = 0.5 + 0.8 * prior_sd * stream.normal();
                vec![narrow, half, stream.unit()]
            })
            .collect();
        let found = contractions(&draws, &STREAMS).unwrap();
        for (found, (expected, class)) in
            found.iter().zip([(0.91, Learned::Learned), (0.36, Learned::Partly), (0.0, Learned::PriorDriven)])
        {
            assert!((found.value - expected).abs() < 0.06 && found.class == class, "{found:?}");
            let interval = found.interval.unwrap();
            assert!(interval.contains(found.value) && interval.half_width() < 0.06, "{found:?}");
        }
        assert!(contractions(&draws[..5], &STREAMS).is_err());
        assert!(contractions(&vec![vec![]; 30], &STREAMS).is_err());
    }

    #[test]
    fn directions_of_a_linear_model() {
        // Three moments of four parameters; the third moment is noise, one parameter is in none.
        let mut stream = STREAMS.open(2, 0, 0);
        let points: Vec<Vec<f64>> = (0..4_000).map(|_| (0..4).map(|_| stream.unit()).collect()).collect();
        let rows = points.iter().map(|u| {
            let clean = [3.0 * (u[0] + u[1]), u[2], 0.0];
            clean.iter().map(|y| y + 0.1 * stream.normal()).collect()
        });
        let table = Table::try_new(points.clone(), rows.collect()).unwrap();
        let emulator = Emulator::fit(&table, FeatureSet::Linear, &[Transform::Identity; 3]).unwrap();
        let target = |observed| Some(Target { observed, sd_obs: 0.0, sd_model: 0.0 });
        let observables =
            [3.0, 0.5, 0.0].map(|y| Observable { transform: Transform::Identity, target: target(y) });
        let likelihood = Likelihood::new(&emulator, &observables, 4_000).unwrap();
        let found = directions(&likelihood, &points[..300]).unwrap();
        assert_eq!(found.len(), 3);
        // 3 √2/(0.1 √12), 1/(0.1 √12) and nothing.
        for (found, expected) in found.iter().zip([12.25, 2.887, 0.0]) {
            assert!((found.signal - expected).abs() < 0.05 * expected + 0.1, "{found:?}");
            assert!(found.interval.low <= found.interval.high);
        }
        let half = 0.5_f64.sqrt();
        for (loading, expected) in found[0].loadings.iter().zip([half, half, 0.0, 0.0]) {
            assert!((loading - expected).abs() < 0.02, "{:?}", found[0]);
        }
        assert!((found[1].loadings[2] - 1.0).abs() < 0.02);
        assert_eq!(found.iter().filter(|direction| direction.signal > 1.0).count(), 2);
    }
}
