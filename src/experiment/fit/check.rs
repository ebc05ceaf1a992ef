//! The real-run check: markets simulated at draws of the posterior, beside what the emulator said of them and what was
//! published.
//!
//! The emulator only ever proposes. Whether targets are met is said by these runs alone, and their spread, of parameters and
//! chance together, is what the model predicts of a figure; no error of observation is added to it.

use serde::{Deserialize, Serialize};

use super::moments::Moment;
use crate::calibration::{CalibrationError, Emulator, Light, Prediction};
use crate::stats::{mean, pit, quantiles, sample_sd};

/// Root mean square of real runs less the emulator, in its deviations: up to here it is right, from there on wrong.
const EMULATOR_RMS: (f64, f64) = (1.25, 1.6);
/// Of the targets, so large a share must lie in the band for a green light, and for any but red.
const IN_BAND: (f64, f64) = (0.8, 0.6);
/// A figure that was held out may be missed by so many deviations.
const HELD_OUT_SD: f64 = 3.0;

/// One figure, predicted by real runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predicted {
    /// Identifier of the fact.
    pub id: String,
    /// Whether the parameters were fitted to it.
    pub fitted: bool,
    /// What was published.
    pub observed: f64,
    /// 5 % quantile of the runs.
    pub low: f64,
    /// Median of the runs.
    pub median: f64,
    /// 95 % quantile of the runs.
    pub high: f64,
    /// Share of the runs below what was published.
    pub place: f64,
    /// Median over published, less one.
    pub off: f64,
    /// Deviations that lie between what was published and the mean of the runs, on the scale of the fit: those of the runs,
    /// of the observation and of the model together.
    pub z: f64,
    /// Root mean square of (run − emulator) over the deviation that the emulator states; 1 when it is right, more when it is
    /// off in the mean or too sure; none for what is held out, which is not emulated, and for methods without emulator.
    pub emulator_rms: Option<f64>,
}

impl Predicted {
    /// Whether what was published lies in the middle 90 % of the runs.
    pub fn holds(&self) -> bool {
        self.low <= self.observed && self.observed <= self.high
    }
}

/// Real runs at draws of a posterior, beside the emulator, if there is one, and the facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RealRuns {
    /// Runs that succeeded.
    pub n_runs: usize,
    /// Runs that failed.
    pub n_failed: usize,
    /// Each figure.
    pub figures: Vec<Predicted>,
}

impl RealRuns {
    /// Compares rows of all moments, NaN where a run failed, simulated at points of the cube, with an emulator of the targets,
    /// where there is one.
    ///
    /// # Errors
    /// Most runs failed.
    pub fn new(
        moments: &[Moment],
        points: &[Vec<f64>],
        rows: &[Vec<f64>],
        emulator: Option<&Emulator>,
    ) -> Result<Self, CalibrationError> {
        let fitted: Vec<usize> = (0..moments.len()).filter(|at| moments[*at].is_fitted()).collect();
        let usable: Vec<(&Vec<f64>, &Vec<f64>)> =
            points.iter().zip(rows).filter(|(_, row)| row.iter().all(|x| x.is_finite())).collect();
        let (n_runs, n_failed) = (usable.len(), rows.len() - usable.len());
        if n_runs < 2 || n_runs < n_failed {
            return Err(CalibrationError::Failed { failed: n_failed, runs: rows.len() });
        }
        let predict = |emulator: &Emulator| -> Vec<Vec<Prediction>> {
            usable.iter().map(|(point, _)| emulator.predict(point)).collect()
        };
        let predictions = emulator.map(predict);
        let figure = |(column, moment): (usize, &Moment)| {
            let values: Vec<f64> = usable.iter().map(|(_, row)| row[column]).collect();
            let scale = moment.observable.transform;
            let on_scale: Vec<f64> = values.iter().filter_map(|x| scale.apply(*x)).collect();
            let emulated = fitted.iter().position(|at| *at == column);
            let emulator_rms = emulated.zip(predictions.as_ref()).and_then(|(at, predictions)| {
                let off = |(x, all): (&f64, &Vec<Prediction>)| {
                    (x - all[at].mean).powi(2) / (all[at].noise + all[at].emulator)
                };
                mean(&on_scale.iter().zip(predictions).map(off).collect::<Vec<f64>>()).map(f64::sqrt)
            });
            let ends = quantiles(&values, &[0.05, 0.5, 0.95]).unwrap_or_else(|| vec![f64::NAN; 3]);
            let observed = moment.fact.value;
            let target = moment.observable.target.and_then(|target| scale.target(&target));
            let own = sample_sd(&on_scale).unwrap_or(f64::NAN);
            let error = target.map_or(moment.fact.sd.unwrap_or_default().powi(2), |target| target.variance());
            let missed = scale.apply(observed).unwrap_or(f64::NAN) - mean(&on_scale).unwrap_or(f64::NAN);
            Predicted {
                id: moment.fact.id.clone(),
                fitted: moment.is_fitted(),
                observed,
                low: ends[0],
                median: ends[1],
                high: ends[2],
                place: pit(&values, observed, 0.5),
                off: ends[1] / observed - 1.0,
                z: missed / (own * own + error).sqrt(),
                emulator_rms,
            }
        };
        Ok(Self { n_runs, n_failed, figures: moments.iter().enumerate().map(figure).collect() })
    }

    /// Targets in their band, and all targets.
    pub fn in_band(&self) -> (usize, usize) {
        let fitted = self.figures.iter().filter(|figure| figure.fitted);
        (fitted.clone().filter(|figure| figure.holds()).count(), fitted.count())
    }

    /// G3: is the emulator right where the posterior lies? By the worst figure that the fit relies on.
    pub fn emulator_light(&self) -> Light {
        let fitted = self.figures.iter().filter(|figure| figure.fitted);
        let worst = fitted.filter_map(|figure| figure.emulator_rms).fold(0.0, f64::max);
        match worst {
            worst if worst < EMULATOR_RMS.0 => Light::Green,
            worst if worst < EMULATOR_RMS.1 => Light::Amber,
            _ => Light::Red,
        }
    }

    /// G4: do real runs hold what was published, fitted or held out?
    pub fn predictive_light(&self) -> Light {
        let (inside, all) = self.in_band();
        let share = inside as f64 / all.max(1) as f64;
        let missed = self.figures.iter().any(|figure| !figure.fitted && figure.z.abs() > HELD_OUT_SD);
        match share {
            _ if missed => Light::Red,
            share if share >= IN_BAND.0 => Light::Green,
            share if share >= IN_BAND.1 => Light::Amber,
            _ => Light::Red,
        }
    }
}
