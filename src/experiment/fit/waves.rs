//! A calibration of the market: which markets a wave simulates, and what is learned from their moments.
//!
//! Point i of wave w is simulated once, as replication w × [`REPLICATIONS_OF_A_WAVE`] + i, so that no two runs of a
//! calibration share their chance.

use serde::{Deserialize, Serialize};

use super::moments::Moment;
use crate::calibration::{CalibrationError, EnsembleRule, Esl, EslRule, FeatureSet, WaveReport, exactly};
use crate::experiment::study::{Design, Job, Variant, levers};
use crate::scenario::Priors;

/// Numbers of replications that are set aside for each wave.
pub const REPLICATIONS_OF_A_WAVE: u64 = 1_000_000;

/// A third of the standard steps: with a hundred walkers still worth several hundred draws, which G8 checks.
const SAMPLER: EnsembleRule =
    EnsembleRule { burn_in: 1_000, steps: 3_600, thin: 10, ..EnsembleRule::STANDARD };

/// How large a calibration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Different points of the first wave: a power of two.
    pub first: usize,
    /// Different points of each later wave.
    pub later: usize,
    /// Waves at most.
    pub waves: usize,
}

impl Size {
    /// The rule of a calibration of `p` parameters.
    ///
    /// Few parameters get all products of pairs, many the screened ones: what a wave of this size can tell.
    pub fn rule(self, p: usize) -> EslRule {
        let smallest = self.first.min(self.later);
        let sets = [FeatureSet::Full, FeatureSet::Screened, FeatureSet::Additive];
        let features =
            sets.into_iter().find(|set| set.least_runs(p) <= smallest).unwrap_or(FeatureSet::Linear);
        // Walkers need company: more than twice the parameters, and an even number.
        let walkers = SAMPLER.walkers.max(4 * p);
        EslRule {
            first_points: self.first,
            later_points: self.later,
            most_waves: self.waves,
            features,
            sampler: EnsembleRule { walkers, ..SAMPLER },
            ..EslRule::standard(p)
        }
    }
}

/// A calibration of a market under way.
#[derive(Debug, Clone)]
pub struct Fit {
    variant: Variant,
    priors: Priors,
    moments: Vec<Moment>,
    seed: u64,
    esl: Esl,
}

impl Fit {
    /// Begins, without a run.
    ///
    /// # Errors
    /// A size that is too small, or not a power of two where it must be.
    pub fn new(
        variant: Variant,
        priors: Priors,
        moments: Vec<Moment>,
        size: Size,
        seed: u64,
    ) -> Result<Self, CalibrationError> {
        let p = priors.priors.len();
        let fitted = moments.iter().filter(|moment| moment.is_fitted());
        let observables = fitted.map(|moment| moment.observable).collect();
        let esl = Esl::new(size.rule(p), seed, p, observables)?;
        Ok(Self { variant, priors, moments, seed, esl })
    }

    /// A calibration as it was stored.
    ///
    /// # Errors
    /// Waves of other parameters or moments.
    pub fn restored(
        variant: Variant,
        priors: Priors,
        moments: Vec<Moment>,
        seed: u64,
        esl: Esl,
    ) -> Result<Self, CalibrationError> {
        exactly("parameters of the stored waves", priors.priors.len(), esl.n_parameters())?;
        let fitted = moments.iter().filter(|moment| moment.is_fitted()).count();
        exactly("moments of the stored waves", fitted, esl.observables().len())?;
        Ok(Self { variant, priors, moments, seed, esl })
    }

    /// The markets of the next wave.
    ///
    /// # Errors
    /// A first wave that is not a power of two.
    pub fn design(&self) -> Result<Design, CalibrationError> {
        Ok(self.of_points(self.esl.ask()?, self.esl.waves().len()))
    }

    /// Markets at points of the unit cube, with the chance of wave `wave`.
    pub fn of_points(&self, points: Vec<Vec<f64>>, wave: usize) -> Design {
        let first = wave as u64 * REPLICATIONS_OF_A_WAVE;
        let jobs = (0..points.len() as u32).map(|draw| Job {
            variant: 0,
            draw,
            replication: first + u64::from(draw),
        });
        Design {
            seed: self.seed,
            variants: vec![self.variant.clone()],
            levers: levers(&self.priors),
            jobs: jobs.collect(),
            draws: points.into_iter().map(|point| self.priors.values(point)).collect(),
        }
    }

    /// Takes all moments of the markets of [`Fit::design`], a row each, NaN where a run failed.
    ///
    /// # Errors
    /// Most runs failed; moments that cannot be emulated.
    pub fn tell(&mut self, moments: &[Vec<f64>]) -> Result<&WaveReport, CalibrationError> {
        self.esl.tell(self.of_targets(moments))
    }

    /// The columns of the targets, of rows of all moments: what is held out is seen by real runs alone.
    pub fn of_targets(&self, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let fitted = |row: &Vec<f64>| {
            let both = row.iter().zip(&self.moments).filter(|(_, moment)| moment.is_fitted());
            both.map(|(value, _)| *value).collect()
        };
        rows.iter().map(fitted).collect()
    }

    /// The moments that parameters are fitted to, in the order of the emulator.
    pub fn targets(&self) -> Vec<Moment> {
        self.moments.iter().filter(|moment| moment.is_fitted()).cloned().collect()
    }

    /// What is believed of the parameters.
    pub fn priors(&self) -> &Priors {
        &self.priors
    }

    /// What the market is judged by, targets and what is held out.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// The waves so far.
    pub fn esl(&self) -> &Esl {
        &self.esl
    }

    /// Master seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}
