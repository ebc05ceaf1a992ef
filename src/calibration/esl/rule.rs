//! Sizes and shares of the waves.

use serde::{Deserialize, Serialize};

use crate::calibration::emulator::FeatureSet;
use crate::calibration::ensemble::EnsembleRule;
use crate::calibration::error::{CalibrationError, at_least, setting};

/// How to calibrate by waves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EslRule {
    /// Different points of the first wave: a power of two.
    pub first_points: usize,
    /// Different points of each later wave.
    pub later_points: usize,
    /// Share of the points of a wave that are run twice.
    pub doubled: f64,
    /// Share of the points of a later wave that are points of the prior.
    pub prior_share: f64,
    /// Times the difference of two draws that a point of a later wave is moved.
    pub jitter: f64,
    /// Polynomials of the emulator.
    pub features: FeatureSet,
    /// How the posterior is sampled.
    pub sampler: EnsembleRule,
    /// Draws of the posterior that are kept.
    pub kept_draws: usize,
    /// Change of medians and widths, and share of the emulator variance, below which the waves have settled.
    pub settled: f64,
    /// Waves at most.
    pub most_waves: usize,
}

impl EslRule {
    /// Waves of 50 points for each of `p` parameters, a tenth of them doubled.
    pub fn standard(p: usize) -> Self {
        Self {
            first_points: (50 * p).next_power_of_two().max(128),
            later_points: (50 * p).max(100),
            doubled: 0.1,
            prior_share: 0.1,
            jitter: 0.7,
            features: FeatureSet::Full,
            sampler: EnsembleRule::STANDARD,
            kept_draws: 2_000,
            settled: 0.05,
            most_waves: 5,
        }
    }

    pub(super) fn check(&self, p: usize) -> Result<(), CalibrationError> {
        at_least("parameters", 1, p)?;
        let share = |x: f64| (0.0..=1.0).contains(&x);
        setting("doubled", self.doubled, share(self.doubled), "between 0 and 1")?;
        setting("prior_share", self.prior_share, share(self.prior_share), "between 0 and 1")?;
        setting("jitter", self.jitter, (0.0..=10.0).contains(&self.jitter), "between 0 and 10")?;
        setting("settled", self.settled, self.settled > 0.0, "positive")?;
        let least = self.features.least_runs(p);
        at_least("points of the first wave", least, self.first_points)?;
        at_least("points of later waves", least, self.later_points)?;
        at_least("kept draws", (2 * self.sampler.walkers).max(100), self.kept_draws)
    }

    /// Points of a wave that are run twice: so many of the first.
    pub(super) fn n_doubled(&self, points: usize) -> usize {
        (self.doubled * points as f64).round() as usize
    }
}
