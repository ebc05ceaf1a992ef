//! How likely the observed moments are at a point, by an emulator: the synthetic likelihood.
//!
//! # Model
//!
//! On the scales of their transforms, the observed moments are normal with the emulated mean and covariance
//! S R S + diag(sd_obs² + sd_model²), S = diag √(v + V): noise v of one run, as the world was run once, and emulator
//! variance V. R is the correlation of what the emulator leaves over, the same everywhere, estimated from the runs of
//! the last wave and shrunk to the identity. A moment without a target is emulated and has no part in the likelihood.
//!
//! # Source
//!
//! S. N. Wood, *Statistical Inference for Noisy Nonlinear Ecological Dynamic Systems*, Nature 466 (2010); shrinkage: O.
//! Ledoit, M. Wolf, *A well-conditioned estimator for large-dimensional covariance matrices*, Journal of Multivariate
//! Analysis 88 (2004), for correlations in the form of J. Schäfer, K. Strimmer, SAGMB 4 (2005).

use serde::{Deserialize, Serialize};

use super::emulator::{Emulator, Prediction, Scratch};
use super::error::{CalibrationError, exactly};
use super::matrix::{cholesky, forward};
use super::table::Target;
use super::transform::Transform;

/// A moment of the model, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observable {
    /// Scale on which it is emulated.
    #[serde(default)]
    pub transform: Transform,
    /// What was observed; none for a moment that is only forecast, or held out.
    pub target: Option<Target>,
}

impl Observable {
    /// The target on the scale of the transform; none without a target. `moment` is its column, for the error.
    ///
    /// # Errors
    ///
    /// A target that is not finite, or has no place on the scale.
    pub fn scaled(&self, moment: usize) -> Result<Option<Target>, CalibrationError> {
        let Some(target) = self.target else { return Ok(None) };
        target.check()?;
        let refused = CalibrationError::Untransformable {
            moment,
            found: target.observed,
            transform: self.transform.name(),
        };
        self.transform.target(&target).ok_or(refused).map(Some)
    }
}

/// The likelihood of the targets.
#[derive(Debug, Clone)]
pub struct Likelihood<'a> {
    emulator: &'a Emulator,
    /// Columns of the moments with a target, and their targets on their scales.
    targets: Vec<(usize, Target)>,
    correlation: Vec<f64>,
}

impl<'a> Likelihood<'a> {
    /// Takes residuals of the last `n_last` runs for the correlation.
    ///
    /// # Errors
    ///
    /// Observables that are not those of the emulator, none with a target, targets that are not finite or have no place on
    /// their scale.
    pub fn new(
        emulator: &'a Emulator,
        observables: &[Observable],
        n_last: usize,
    ) -> Result<Self, CalibrationError> {
        exactly("observables", emulator.n_moments(), observables.len())?;
        let mut targets = Vec::new();
        for (moment, observable) in observables.iter().enumerate() {
            targets.extend(observable.scaled(moment)?.map(|target| (moment, target)));
        }
        super::error::at_least("targets", 1, targets.len())?;
        let all = emulator.standardised_residuals();
        let last = &all[all.len().saturating_sub(n_last)..];
        let kept: Vec<Vec<f64>> =
            last.iter().map(|row| targets.iter().map(|&(moment, _)| row[moment]).collect()).collect();
        Ok(Self { emulator, correlation: shrunk_correlation(&kept, targets.len()), targets })
    }

    /// Logarithm of the likelihood at each point; NaN where the covariance has no inverse.
    pub fn log_at(&self, points: &[Vec<f64>]) -> Vec<f64> {
        let mut scratch = Scratch::default();
        points.iter().map(|point| self.log_of(&self.emulator.predict_smooth(point, &mut scratch))).collect()
    }

    /// Logarithm of the likelihood under some predictions.
    fn log_of(&self, predictions: &[Prediction]) -> f64 {
        let mut factor = self.covariance(predictions);
        let m = self.targets.len();
        let mut missed: Vec<f64> =
            self.targets.iter().map(|(moment, target)| target.observed - predictions[*moment].mean).collect();
        if cholesky(&mut factor, m).is_none() {
            return f64::NAN;
        }
        forward(&factor, m, &mut missed);
        (0..m).map(|j| -0.5 * missed[j] * missed[j] - factor[j * m + j].ln()).sum()
    }

    /// Covariance of the moments with a target, by rows.
    pub(super) fn covariance(&self, predictions: &[Prediction]) -> Vec<f64> {
        let m = self.targets.len();
        let deviation = |(moment, _): &(usize, Target)| {
            let found = &predictions[*moment];
            (found.noise + found.emulator).sqrt()
        };
        let deviations: Vec<f64> = self.targets.iter().map(deviation).collect();
        let mut found = self.correlation.clone();
        for i in 0..m {
            (0..m).for_each(|j| found[i * m + j] *= deviations[i] * deviations[j]);
            found[i * m + i] += self.targets[i].1.variance();
        }
        found
    }

    /// Columns of the moments with a target, and their targets on their scales.
    pub(super) fn targets(&self) -> &[(usize, Target)] {
        &self.targets
    }

    /// The emulator behind it.
    pub(super) fn emulator(&self) -> &Emulator {
        self.emulator
    }
}

/// Correlation of columns, the off-diagonal shrunk to 0 by what sampling alone would make of it; by rows.
pub(super) fn shrunk_correlation(rows: &[Vec<f64>], m: usize) -> Vec<f64> {
    let n = rows.len() as f64;
    let mut found = vec![0.0; m * m];
    (0..m).for_each(|j| found[j * m + j] = 1.0);
    let scaled: Vec<Vec<f64>> = (0..m)
        .map(|j| {
            let mean = rows.iter().map(|row| row[j]).sum::<f64>() / n;
            let sd = (rows.iter().map(|row| (row[j] - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
            rows.iter().map(|row| (row[j] - mean) / sd).collect()
        })
        .collect();
    let (mut chance, mut squares) = (0.0, 0.0);
    for i in 0..m {
        for j in 0..i {
            let products: Vec<f64> = scaled[i].iter().zip(&scaled[j]).map(|(a, b)| a * b).collect();
            let mean = products.iter().sum::<f64>() / n;
            let spread: f64 = products.iter().map(|product| (product - mean).powi(2)).sum();
            let correlation = mean * n / (n - 1.0);
            chance += n / (n - 1.0).powi(3) * spread;
            squares += correlation * correlation;
            (found[i * m + j], found[j * m + i]) = (correlation, correlation);
        }
    }
    let kept = if squares > chance { 1.0 - chance / squares } else { 0.0 };
    for i in 0..m {
        (0..m).filter(|&j| j != i).for_each(|j| found[i * m + j] *= kept);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::{FeatureSet, Table};
    use crate::rng::Streams;

    #[test]
    fn correlations_are_kept_when_data_insist_and_dropped_when_they_are_chance() {
        let mut stream = Streams::new(20_250_101, 1).open(11, 0, 0);
        let mut rows = |n: usize, rho: f64| -> Vec<Vec<f64>> {
            (0..n)
                .map(|_| {
                    let (a, b, c) = (stream.normal(), stream.normal(), stream.normal());
                    vec![a, rho * a + (1.0 - rho * rho).sqrt() * b, c]
                })
                .collect()
        };
        let strong = shrunk_correlation(&rows(1_000, 0.7), 3);
        assert!((strong[1] - 0.7).abs() < 0.08 && (strong[0] - 1.0).abs() < 1e-15, "{strong:?}");
        let chance: f64 = (0..50).map(|_| shrunk_correlation(&rows(20, 0.0), 3)[1].abs()).sum::<f64>() / 50.0;
        // Twenty rows show 0.18 on average where there is nothing.
        assert!(chance < 0.1, "{chance}");
    }

    #[test]
    fn the_likelihood_is_that_of_the_normal_distribution() {
        let mut stream = Streams::new(20_250_101, 2).open(11, 0, 0);
        let points: Vec<Vec<f64>> = (0..400).map(|_| vec![stream.unit(), stream.unit()]).collect();
        let rows = points.iter().map(|u| {
            let shared = stream.normal();
            vec![u[0] + 0.1 * shared, u[1] + 0.1 * (0.6 * shared + 0.8 * stream.normal())]
        });
        let table = Table::try_new(points.clone(), rows.collect()).unwrap();
        let emulator = Emulator::fit(&table, FeatureSet::Linear, &[Transform::Identity; 2]).unwrap();
        let target = |observed| Some(Target { observed, sd_obs: 0.03, sd_model: 0.04 });
        let observables =
            [0.5, 0.4].map(|y| Observable { transform: Transform::Identity, target: target(y) });
        let likelihood = Likelihood::new(&emulator, &observables, 400).unwrap();
        let at = vec![0.45, 0.5];
        let found = likelihood.log_at(&[at.clone(), vec![0.4, 0.6]]);
        // Noise 0.01, correlation 0.6, observation 0.0025: the closed form of two dimensions.
        let closed = |at: &[f64]| {
            let (v, c) = (0.0125, 0.006);
            let (a, b) = (0.5 - at[0], 0.4 - at[1]);
            let determinant: f64 = v * v - c * c;
            -0.5 * (determinant.ln() + (v * a * a - 2.0 * c * a * b + v * b * b) / determinant)
        };
        assert!((found[0] - closed(&at)).abs() < 0.3, "{} {}", found[0], closed(&at));
        let difference = closed(&at) - closed(&[0.4, 0.6]);
        assert!((found[0] - found[1] - difference).abs() < 0.2 * difference.abs(), "{found:?} {difference}");
        let none = [Observable { transform: Transform::Identity, target: None }; 2];
        assert!(Likelihood::new(&emulator, &none, 400).is_err());
    }
}
