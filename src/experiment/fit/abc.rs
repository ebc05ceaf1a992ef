//! Calibration by regression on a table of runs: no emulator, no waves, nothing assumed of the noise.
//!
//! The table is one round of scrambled Sobol' points of the prior, as many as the waves of another method would have together.
//! A share of it is kept and moved to the targets ([`abc_regression`]), and resampled to draws of equal weight.

use serde::{Deserialize, Serialize};

use super::Size;
use super::scales::{Scales, raw_targets};
use crate::calibration::{
    AbcRule, CalibrationError, Light, Observable, PriorCheck, Status, Table, abc_regression,
};
use crate::rng::Streams;
use crate::sampling::{Sampler, UnitDesign};

/// Draws of equal weight that are made of those with weights.
const DRAWS: usize = 2_000;
/// Runs that are kept, in all and for each coefficient of the regression, where the table is large enough.
const KEPT: (usize, usize) = (300, 15);
/// Of the table at least, and at most, so large a share is kept.
const SHARES: (f64, f64) = (0.05, 0.5);
/// Runs of a table for each coefficient at least: half are kept, three for each are needed, and some may fail.
const LEAST_FOR_EACH: usize = 8;
/// Names the streams of the smeared table and of the resample.
const STREAMS: u64 = u64::MAX - 4;
/// Names the stream of the resample.
const RESAMPLE: u64 = 0x4142_435F_5245;

/// What was kept of a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Runs that are kept, with weights.
    pub runs: usize,
    /// Distance of the farthest of them, in deviations of the moments.
    pub tolerance: f64,
    /// Draws of equal weight that they are worth.
    pub effective: f64,
}

/// A table of runs, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableReport {
    /// Runs of it.
    pub n_runs: usize,
    /// Runs of it without moments.
    pub n_failed: usize,
    /// Whether targets are within reach.
    pub prior_check: PriorCheck,
    /// What regression made of it; none when a target is out of reach.
    pub kept: Option<Kept>,
}

/// A calibration by regression on a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AbcReg {
    seed: u64,
    n_points: usize,
    n_parameters: usize,
    observables: Vec<Observable>,
    report: Option<TableReport>,
    draws: Vec<Vec<f64>>,
}

impl AbcReg {
    /// Begins, without a run.
    ///
    /// # Errors
    /// A table too small for as many targets; targets that are not finite or have no place on their scale.
    pub fn new(
        size: Size,
        seed: u64,
        n_parameters: usize,
        observables: Vec<Observable>,
    ) -> Result<Self, CalibrationError> {
        let least = LEAST_FOR_EACH * (Scales::of(&observables)?.targets().len() + 1);
        let n_points = size.points();
        if n_points < least {
            return Err(CalibrationError::TooFew { what: "points of the table", least, found: n_points });
        }
        Ok(Self { seed, n_points, n_parameters, observables, report: None, draws: Vec::new() })
    }

    /// Points of the table: those of the first wave of another method, and further ones.
    ///
    /// # Errors
    /// More parameters than there are Sobol' points for; a table that is there already.
    pub fn ask(&self) -> Result<Vec<Vec<f64>>, CalibrationError> {
        if self.report.is_some() {
            return Err(CalibrationError::Order { step: "a further round", needs: "another calibration" });
        }
        let design = UnitDesign {
            sampler: Sampler::Sobol,
            points: self.n_points.next_power_of_two(),
            dimensions: self.n_parameters,
            randomizations: 1,
        };
        // The first of an even set are nearly as even, and the set can be made longer.
        Ok(design.place(&Streams::new(self.seed, 0))?.iter().take(self.n_points).collect())
    }

    /// Takes the moments of the runs, in order, a row that is not finite for a run that failed; fits and judges.
    ///
    /// On an error nothing is changed.
    ///
    /// # Errors
    /// Rows that are not those of the points; most runs failed; what [`abc_regression`] refuses.
    pub fn tell(&mut self, moments: Vec<Vec<f64>>) -> Result<(), CalibrationError> {
        let points = self.ask()?;
        let scales = Scales::of(&self.observables)?;
        let on_scale: Vec<Vec<f64>> = moments.iter().map(|row| scales.row(row)).collect();
        let table = Table::try_new(points.clone(), moments)?;
        let (n_runs, n_failed) = (table.n_runs(), table.n_failed());
        if 2 * n_failed > n_runs {
            return Err(CalibrationError::Failed { failed: n_failed, runs: n_runs });
        }
        let prior_check = PriorCheck::new(&table, &raw_targets(&self.observables));
        let mut report = TableReport { n_runs, n_failed, prior_check, kept: None };
        if report.status() != Status::OutOfReach {
            let coefficients = scales.targets().len() + 1;
            let share = KEPT.0.max(KEPT.1 * coefficients) as f64 / n_runs as f64;
            let rule = AbcRule { kept: share.clamp(SHARES.0, SHARES.1), adjusted: true };
            let streams = Streams::new(self.seed, STREAMS);
            let table = Table::try_new(points, on_scale)?;
            let found = abc_regression(&table, scales.targets(), None, &rule, &streams)?;
            self.draws = found.resampled(DRAWS, &mut streams.open(RESAMPLE, 0, 0));
            let (runs, tolerance, effective) = (found.draws.len(), found.tolerance, found.effective);
            report.kept = Some(Kept { runs, tolerance, effective });
        }
        self.report = Some(report);
        Ok(())
    }

    /// Draws of the posterior, points of the cube; none before the table.
    pub fn posterior(&self) -> &[Vec<f64>] {
        &self.draws
    }

    /// What was said of the table; none before it.
    pub fn report(&self) -> Option<&TableReport> {
        self.report.as_ref()
    }

    /// Parameters.
    pub fn n_parameters(&self) -> usize {
        self.n_parameters
    }

    /// Moments and their targets.
    pub fn observables(&self) -> &[Observable] {
        &self.observables
    }
}

impl TableReport {
    /// Settled, unless a target is out of reach: there is but one round.
    pub fn status(&self) -> Status {
        match self.prior_check.light(self.n_runs) {
            Light::Red => Status::OutOfReach,
            Light::Amber | Light::Green => Status::Settled,
        }
    }
}
