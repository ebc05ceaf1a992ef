//! A calibration of the market: which markets a round simulates, and what is learned from their moments, by any method.
//!
//! Point i of round w is simulated once, as replication w × [`REPLICATIONS_OF_A_WAVE`] + i, so that no two runs of a
//! calibration share their chance.

use std::borrow::Cow;

use super::engine::Engine;
use super::method::{Method, Size};
use super::moments::Moment;
use crate::calibration::{CalibrationError, Esl, Status, exactly};
use crate::experiment::study::{Design, Job, Variant, levers};
use crate::scenario::Priors;

/// Numbers of replications that are set aside for each round.
pub const REPLICATIONS_OF_A_WAVE: u64 = 1_000_000;

/// A calibration of a market under way.
#[derive(Debug, Clone)]
pub struct Fit {
    variant: Variant,
    priors: Priors,
    moments: Vec<Moment>,
    seed: u64,
    engine: Engine,
}

impl Fit {
    /// Begins, without a run.
    ///
    /// # Errors
    /// A size that is too small for the method.
    pub fn new(
        variant: Variant,
        priors: Priors,
        moments: Vec<Moment>,
        method: Method,
        size: Size,
        seed: u64,
    ) -> Result<Self, CalibrationError> {
        let p = priors.priors.len();
        let fitted = moments.iter().filter(|moment| moment.is_fitted());
        let observables = fitted.map(|moment| moment.observable).collect();
        let engine = Engine::begin(method, size, seed, p, observables)?;
        Ok(Self { variant, priors, moments, seed, engine })
    }

    /// A calibration as it was stored.
    ///
    /// # Errors
    /// Rounds of other parameters or moments.
    pub fn restored(
        variant: Variant,
        priors: Priors,
        moments: Vec<Moment>,
        seed: u64,
        engine: Engine,
    ) -> Result<Self, CalibrationError> {
        let (n_parameters, n_moments) = engine.extent();
        exactly("parameters of the stored rounds", priors.priors.len(), n_parameters)?;
        let fitted = moments.iter().filter(|moment| moment.is_fitted()).count();
        exactly("moments of the stored rounds", fitted, n_moments)?;
        Ok(Self { variant, priors, moments, seed, engine })
    }

    /// The markets of the next round.
    ///
    /// # Errors
    /// A first wave that is not a power of two; a method that has ended.
    pub fn design(&self) -> Result<Design, CalibrationError> {
        Ok(self.of_points(self.engine.ask()?, self.engine.n_rounds()))
    }

    /// Markets at points of the unit cube, with the chance of round `round`.
    pub fn of_points(&self, points: Vec<Vec<f64>>, round: usize) -> Design {
        let first = round as u64 * REPLICATIONS_OF_A_WAVE;
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
    /// Most runs failed; moments of which the method can make nothing.
    pub fn tell(&mut self, moments: &[Vec<f64>]) -> Result<(), CalibrationError> {
        self.engine.tell(self.of_targets(moments))
    }

    /// What the last round said; none before it.
    pub fn status(&self) -> Option<Status> {
        self.engine.status()
    }

    /// Whether no further round is needed, or would help.
    pub fn has_ended(&self) -> bool {
        self.status().is_some_and(|status| status != Status::Moving)
    }

    /// Draws of the posterior so far, points of the cube.
    pub fn posterior(&self) -> Cow<'_, [Vec<f64>]> {
        self.engine.posterior()
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

    /// The rounds so far.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The waves so far, where the method has an emulator.
    pub fn esl(&self) -> Option<&Esl> {
        match &self.engine {
            Engine::Esl(esl) => Some(esl),
            Engine::AbcReg(_) | Engine::Esmda(_) => None,
        }
    }

    /// Master seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}
