//! How good an emulator is, from residuals as if each run had been left out: the figures behind its gate.

use serde::{Deserialize, Serialize};

use crate::stats::{mean, normal_critical, sample_sd};

/// Level of the intervals that are counted.
const LEVEL: f64 = 0.9;

/// Figures of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Share of the variance between runs that the mean predicts of runs left out; noise keeps it below 1.
    pub q2: f64,
    /// Mean of standardised residuals; 0 when right.
    pub mean: f64,
    /// Their standard deviation; 1 when right.
    pub sd: f64,
    /// Share of them within their 90 % interval.
    pub coverage: f64,
    /// Their skewness; beyond ± 1 another scale of the moment may fit better.
    pub skewness: f64,
}

/// What a gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Light {
    /// As it should be.
    Green,
    /// Not as it should be, not proven wrong.
    Amber,
    /// Wrong.
    Red,
}

impl Quality {
    /// From outcomes, residuals left out and the deviations that the emulator gives them.
    pub(super) fn new(outcomes: &[f64], left_out: &[f64], deviations: &[f64]) -> Self {
        let standardised: Vec<f64> = left_out.iter().zip(deviations).map(|(e, sd)| e / sd).collect();
        let n = standardised.len() as f64;
        let centre = mean(&standardised).unwrap_or_default();
        let sd = sample_sd(&standardised).unwrap_or_default();
        let reach = normal_critical(LEVEL).unwrap_or_default();
        let held = standardised.iter().filter(|z| z.abs() <= reach).count() as f64;
        let level = mean(outcomes).unwrap_or_default();
        let total: f64 = outcomes.iter().map(|y| (y - level).powi(2)).sum();
        let missed: f64 = left_out.iter().map(|e| e * e).sum();
        let third = standardised.iter().map(|z| (z - centre).powi(3)).sum::<f64>() / n;
        Self {
            q2: 1.0 - missed / total,
            mean: centre,
            sd,
            coverage: held / n,
            skewness: if sd > 0.0 { third / sd.powi(3) } else { 0.0 },
        }
    }

    /// Green when the mean is within ± 0.1, the deviation in 0.8..1.25 and the coverage in 0.85..0.95; red when one of them is
    /// off by twice that.
    pub fn light(&self) -> Light {
        let within = |times: f64| {
            let ratio = 1.25_f64.powf(times);
            self.mean.abs() < 0.1 * times
                && (1.0 / ratio..=ratio).contains(&self.sd)
                && (self.coverage - LEVEL).abs() <= 0.05 * times
        };
        if within(1.0) {
            Light::Green
        } else if within(2.0) {
            Light::Amber
        } else {
            Light::Red
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    #[test]
    fn honest_deviations_are_green_and_others_are_not() {
        let mut stream = Streams::new(20_250_101, 1).open(3, 0, 0);
        let signal: Vec<f64> = (0..2_000).map(|_| stream.normal()).collect();
        let noise: Vec<f64> = (0..2_000).map(|_| 0.5 * stream.normal()).collect();
        let outcomes: Vec<f64> = signal.iter().zip(&noise).map(|(s, e)| s + e).collect();
        let asked = |sd: f64| Quality::new(&outcomes, &noise, &[sd; 2_000]);
        let honest = asked(0.5);
        assert_eq!(honest.light(), Light::Green);
        // Noise of a quarter beside a signal of one.
        assert!((honest.q2 - 0.8).abs() < 0.03 && honest.skewness.abs() < 0.2, "{honest:?}");
        assert_eq!(asked(0.41).light(), Light::Amber);
        assert_eq!(asked(0.25).light(), Light::Red);
        assert_eq!(asked(1.0).light(), Light::Red);
    }
}
