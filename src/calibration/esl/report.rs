//! What is said of a wave: how good its emulator is, whether its sample can be relied on, and whether another is needed.

use serde::{Deserialize, Serialize};

use super::prior_check::PriorCheck;
use crate::calibration::emulator::{Light, Quality};
use crate::calibration::ensemble::Convergence;
use crate::calibration::modes::Valley;
use crate::stats::quantiles;

/// Median and 90 % interval of draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// 5 % quantile.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// 95 % quantile.
    pub high: f64,
}

impl Spread {
    /// Of some draws; `None` without any.
    pub fn of(values: &[f64]) -> Option<Self> {
        let found = quantiles(values, &[0.05, 0.5, 0.95])?;
        Some(Self { low: found[0], median: found[1], high: found[2] })
    }

    fn width(&self) -> f64 {
        self.high - self.low
    }
}

/// How far things moved since the wave before, relative to the width of their 90 % interval then.
///
/// The largest over the moments that are forecast; where none is, the root mean square over the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Shift of the median.
    pub median: f64,
    /// Change of the width.
    pub width: f64,
}

/// Whether another wave is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Some target is out of reach of the model: no further wave will help.
    OutOfReach,
    /// Another wave may still move the answer.
    Moving,
    /// Nothing moves any more.
    Settled,
    /// All waves that were allowed have been run.
    Spent,
}

/// A wave, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaveReport {
    /// Its number, from 1.
    pub wave: usize,
    /// Runs of it.
    pub n_runs: usize,
    /// Runs of it without moments.
    pub n_failed: usize,
    /// Whether targets are within reach; of the first wave only.
    pub prior_check: Option<PriorCheck>,
    /// Of the emulator of each moment.
    pub quality: Vec<Quality>,
    /// Variance between runs of the same point over the noise that the emulator states, of each moment: 1 when the
    /// emulator takes no structure for noise; none without points that were run twice.
    pub pure_error: Option<Vec<f64>>,
    /// Of the sample.
    pub convergence: Convergence,
    /// Gaps between heaps of the sample, the deepest first; none is no proof of a single mode.
    pub valleys: Vec<Valley>,
    /// Posterior of each parameter, as probabilities under its prior.
    pub parameters: Vec<Spread>,
    /// Predicted single runs for each moment, on the scale of its transform.
    pub moments: Vec<Spread>,
    /// Largest share of the emulator in the variance of a target, at the posterior mean.
    pub emulator_share: f64,
    /// Since the wave before; none for the first.
    pub moved: Option<Moved>,
    /// Whether another wave is needed.
    pub status: Status,
}

impl WaveReport {
    /// The worst light over the emulators of all moments.
    pub fn emulator_light(&self) -> Light {
        self.quality.iter().map(Quality::light).max().unwrap_or(Light::Red)
    }

    /// Whether the sample lies in more than one heap.
    pub fn is_multimodal(&self) -> bool {
        !self.valleys.is_empty()
    }

    /// Movement of the forecasts, or of the parameters.
    pub(super) fn movement(&self, before: &Self, forecast: &[usize]) -> Moved {
        let shift = |now: &Spread, then: &Spread| {
            let width = then.width().max(f64::MIN_POSITIVE);
            ((now.median - then.median).abs() / width, (now.width() / width - 1.0).abs())
        };
        if forecast.is_empty() {
            let squares: Vec<(f64, f64)> = self
                .parameters
                .iter()
                .zip(&before.parameters)
                .map(|(now, then)| shift(now, then))
                .map(|(median, width)| (median * median, width * width))
                .collect();
            let n = squares.len().max(1) as f64;
            return Moved {
                median: (squares.iter().map(|square| square.0).sum::<f64>() / n).sqrt(),
                width: (squares.iter().map(|square| square.1).sum::<f64>() / n).sqrt(),
            };
        }
        forecast.iter().map(|&moment| shift(&self.moments[moment], &before.moments[moment])).fold(
            Moved { median: 0.0, width: 0.0 },
            |moved, (median, width)| Moved {
                median: moved.median.max(median),
                width: moved.width.max(width),
            },
        )
    }
}
