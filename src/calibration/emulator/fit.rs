//! The emulator: fitted once to a table, asked anywhere in the cube.

use super::features::{FeatureSet, Features};
use super::quality::Quality;
use super::ridge::{Basis, Ridge};
use crate::calibration::error::{CalibrationError, at_least, exactly};
use crate::calibration::table::Table;
use crate::calibration::transform::Transform;
use crate::stats::sample_sd;

/// Minus the mean of the logarithm of a χ² of one degree of freedom: γ + ln 2.
const LOG_CHI_SQUARE: f64 = 1.270_362_845_461_478;
/// Residuals below this part of the deviation of a moment are rounding.
const LEAST_RESIDUAL: f64 = 1e-12;

/// What an emulator says of one moment at one point, on the scale of its transform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Mean over replications.
    pub mean: f64,
    /// Variance between replications.
    pub noise: f64,
    /// Variance of the mean, for want of runs.
    pub emulator: f64,
}

/// One moment.
#[derive(Debug, Clone)]
struct Moment {
    mean: Ridge,
    log_noise: Ridge,
    /// Of the emulator variance over that of the noise: its logarithm, and the bounds within which it was seen.
    log_leverage: Ridge,
    seen: (f64, f64),
    quality: Quality,
}

/// Mean and noise of all moments.
#[derive(Debug, Clone)]
pub struct Emulator {
    features: Features,
    small: Features,
    basis: Basis,
    moments: Vec<Moment>,
    transforms: Vec<Transform>,
    /// Residuals left out, in deviations, by run and moment: the last runs stand last.
    standardised: Vec<Vec<f64>>,
}

/// Room for the features of a point, so that asking again and again takes no memory.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    features: Vec<f64>,
    small: Vec<f64>,
}

impl Emulator {
    /// Fits all moments of a table, each on its scale; a tenth of a second for 20 parameters and 1,000 runs.
    ///
    /// # Errors
    ///
    /// Transforms that are not one for each moment; most runs failed; fewer usable runs than
    /// [`FeatureSet::least_runs`]; a moment or a parameter that is the same in all runs; a moment that its transform
    /// cannot take.
    pub fn fit(table: &Table, set: FeatureSet, transforms: &[Transform]) -> Result<Self, CalibrationError> {
        let (points, rows): (Vec<&[f64]>, Vec<&[f64]>) = table.usable().unzip();
        if 2 * table.n_failed() > table.n_runs() || rows.is_empty() {
            return Err(CalibrationError::Failed { failed: table.n_failed(), runs: table.n_runs() });
        }
        exactly("transforms", rows[0].len(), transforms.len())?;
        at_least("usable runs", set.least_runs(table.n_parameters()), rows.len())?;
        let columns = transforms
            .iter()
            .enumerate()
            .map(|(moment, transform)| outcomes(&rows, moment, *transform))
            .collect::<Result<Vec<_>, _>>()?;
        let basis_of = |features: &Features| {
            let q = features.count();
            let mut filled = vec![0.0; points.len() * q];
            filled.chunks_exact_mut(q).zip(&points).for_each(|(row, point)| features.fill(point, row));
            Basis::new(filled, q)
        };
        let lines = basis_of(&Features::new(FeatureSet::Linear, &points, &[])?);
        let influence = if set == FeatureSet::Screened { influence(&lines, &columns) } else { Vec::new() };
        let features = Features::new(set, &points, &influence)?;
        let small_set = if set == FeatureSet::Linear { set } else { FeatureSet::Additive };
        let small = Features::new(small_set, &points, &[])?;
        let (basis, small_basis) = (basis_of(&features), basis_of(&small));
        let mut moments = Vec::with_capacity(transforms.len());
        let mut residuals = Vec::with_capacity(transforms.len());
        for (moment, outcomes) in columns.iter().enumerate() {
            let (fitted, standardised) = Moment::fit(moment, outcomes, &basis, &small_basis, &lines)?;
            moments.push(fitted);
            residuals.push(standardised);
        }
        let standardised =
            (0..rows.len()).map(|row| residuals.iter().map(|column| column[row]).collect()).collect();
        Ok(Self { features, small, basis, moments, transforms: transforms.to_vec(), standardised })
    }

    /// Moments.
    pub fn n_moments(&self) -> usize {
        self.moments.len()
    }

    /// Scales of the moments.
    pub fn transforms(&self) -> &[Transform] {
        &self.transforms
    }

    /// How good each moment is.
    pub fn quality(&self) -> Vec<Quality> {
        self.moments.iter().map(|moment| moment.quality).collect()
    }

    /// Residuals left out over their deviations, one row for each usable run, in the order of the table.
    pub fn standardised_residuals(&self) -> &[Vec<f64>] {
        &self.standardised
    }

    /// Mean, noise and emulator variance of every moment at a point of the cube.
    pub fn predict(&self, point: &[f64]) -> Vec<Prediction> {
        let mut scratch = Scratch::default();
        let mut found = self.predict_smooth(point, &mut scratch);
        for (prediction, moment) in found.iter_mut().zip(&self.moments) {
            let leverage = self.basis.leverage_at(&scratch.features, moment.mean.penalty);
            prediction.emulator = prediction.noise * leverage;
        }
        found
    }

    /// The same with a smooth of the emulator variance, fifty times as fast.
    pub fn predict_smooth(&self, point: &[f64], scratch: &mut Scratch) -> Vec<Prediction> {
        scratch.features.resize(self.features.count(), 0.0);
        scratch.small.resize(self.small.count(), 0.0);
        self.features.fill(point, &mut scratch.features);
        self.small.fill(point, &mut scratch.small);
        let lines = &scratch.small[..point.len()];
        let predict = |moment: &Moment| {
            let noise = moment.log_noise.at(lines).exp();
            let leverage = moment.log_leverage.at(&scratch.small).clamp(moment.seen.0, moment.seen.1).exp();
            Prediction { mean: moment.mean.at(&scratch.features), noise, emulator: noise * leverage }
        };
        self.moments.iter().map(predict).collect()
    }

    /// Derivatives of the mean of each moment by the coordinates of a point: m rows of p.
    pub fn jacobian(&self, point: &[f64]) -> Vec<Vec<f64>> {
        self.moments.iter().map(|moment| self.features.gradient(point, &moment.mean.weights)).collect()
    }
}

/// A moment of all runs, on its scale.
fn outcomes(rows: &[&[f64]], moment: usize, transform: Transform) -> Result<Vec<f64>, CalibrationError> {
    let on_scale = |row: &&[f64]| {
        transform.apply(row[moment]).ok_or(CalibrationError::Untransformable {
            moment,
            found: row[moment],
            transform: transform.name(),
        })
    };
    rows.iter().map(on_scale).collect()
}

/// How much each parameter moves moments: its largest slope of a plain line, in deviations of the moment.
fn influence(lines: &Basis, columns: &[Vec<f64>]) -> Vec<f64> {
    let mut largest: Vec<f64> = Vec::new();
    for outcomes in columns {
        let sd = sample_sd(outcomes).unwrap_or_default();
        let weights = lines.fit(outcomes).weights;
        largest.resize(weights.len(), 0.0);
        for (largest, weight) in largest.iter_mut().zip(&weights) {
            // A moment without spread is refused when it is fitted.
            *largest = largest.max(if sd > 0.0 { weight.abs() / sd } else { 0.0 });
        }
    }
    largest
}

impl Moment {
    /// The moment, and its residuals left out over their deviations.
    fn fit(
        moment: usize,
        outcomes: &[f64],
        basis: &Basis,
        small: &Basis,
        lines: &Basis,
    ) -> Result<(Self, Vec<f64>), CalibrationError> {
        let n = outcomes.len() as f64;
        let level = outcomes.iter().sum::<f64>() / n;
        let spread = (outcomes.iter().map(|y| (y - level).powi(2)).sum::<f64>() / n).sqrt();
        if !(spread > LEAST_RESIDUAL * level.abs() && spread > 0.0) {
            return Err(CalibrationError::Constant { moment });
        }
        let mean = basis.fit(outcomes);
        let clean = mean.studentised();
        let squares: Vec<f64> = clean.iter().map(|e| e.abs().max(LEAST_RESIDUAL * spread).powi(2)).collect();
        let logs: Vec<f64> = squares.iter().map(|square| square.ln() + LOG_CHI_SQUARE).collect();
        let log_noise = lines.fit(&logs);
        // The level is that of the logarithms: by squares it would be more precise, and a few runs from far away, which the
        // polynomials miss, would set it alone.
        let noise: Vec<f64> =
            logs.iter().zip(&log_noise.residuals).map(|(log, residual)| (log - residual).exp()).collect();

        // A row left out has leverage h/(1 − h): what the others know of it.
        let outside: Vec<f64> = mean.leverages.iter().map(|h| h / (1.0 - h).max(1e-9)).collect();
        let log_outside: Vec<f64> = outside.iter().map(|h| h.ln()).collect();
        let log_leverage = small.fit(&log_outside);
        let seen = log_outside
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &log| (low.min(log), high.max(log)));
        let left_out = mean.left_out();
        let deviations: Vec<f64> =
            noise.iter().zip(&outside).map(|(noise, outside)| (noise * (1.0 + outside)).sqrt()).collect();
        let quality = Quality::new(outcomes, &left_out, &deviations);
        let standardised = left_out.iter().zip(&deviations).map(|(e, sd)| e / sd).collect();
        Ok((Self { mean, log_noise, log_leverage, seen: (seen.0, seen.1 + 3.0), quality }, standardised))
    }
}

#[cfg(test)]
mod tests;
