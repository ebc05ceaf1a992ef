//! Calibration by an ensemble that is moved to the data: each pass is a round, and the last ensemble is the posterior.
//!
//! A tenth of the members is run twice in each pass: what chance is in a figure is measured where the members are then.

use serde::{Deserialize, Serialize};

use super::Size;
use super::scales::{Scales, raw_targets};
use crate::calibration::{CalibrationError, Chance, EsMda, Light, Observable, PriorCheck, Status, Table};

/// Members at least: twenty draws are needed to say what was learned, and some may be left behind.
const LEAST_MEMBERS: usize = 24;
/// Members at least that are run twice: the variance of chance is then known to a half.
const LEAST_PAIRS: usize = 10;

/// Of so many members, those that are run twice.
pub(super) fn n_pairs(members: usize) -> usize {
    ((members as f64 / 10.0).round() as usize).max(LEAST_PAIRS).min(members)
}

/// A pass, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassReport {
    /// Its number, from 1.
    pub pass: usize,
    /// Runs of it.
    pub n_runs: usize,
    /// Runs of it without moments.
    pub n_failed: usize,
    /// Members that are left after it.
    pub n_members: usize,
    /// Whether targets are within reach; of the first pass only.
    pub prior_check: Option<PriorCheck>,
    /// Standard deviation of chance in one run, of each target, on the scale of the fit.
    pub chance_sd: Vec<f64>,
}

/// A calibration by an ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Smoother {
    observables: Vec<Observable>,
    ensemble: EsMda,
    reports: Vec<PassReport>,
}

impl Smoother {
    /// Begins, without a run: members are drawn from the prior.
    ///
    /// # Errors
    /// Too few members for as many targets; targets that are not finite or have no place on their scale.
    pub fn new(
        size: Size,
        seed: u64,
        n_parameters: usize,
        observables: Vec<Observable>,
    ) -> Result<Self, CalibrationError> {
        let found = size.later;
        if found < LEAST_MEMBERS {
            return Err(CalibrationError::TooFew { what: "members", least: LEAST_MEMBERS, found });
        }
        let targets = Scales::of(&observables)?.targets().to_vec();
        let chance = Chance::Measured { pairs: n_pairs(size.later) };
        let ensemble = EsMda::new(seed, n_parameters, size.later, size.waves, targets, chance)?;
        Ok(Self { observables, ensemble, reports: Vec::new() })
    }

    /// Points of the next pass, those that are run twice once more at the end.
    ///
    /// # Errors
    /// All passes are done.
    pub fn ask(&self) -> Result<Vec<Vec<f64>>, CalibrationError> {
        let over = CalibrationError::Order { step: "a further pass", needs: "another calibration" };
        self.ensemble.ask().ok_or(over)
    }

    /// Takes the moments of the runs, in order, a row that is not finite for a run that failed; moves the members.
    ///
    /// On an error nothing is changed.
    ///
    /// # Errors
    /// Rows that are not those of the points; what [`EsMda::tell`] refuses.
    pub fn tell(&mut self, moments: Vec<Vec<f64>>) -> Result<(), CalibrationError> {
        let points = self.ask()?;
        let scales = Scales::of(&self.observables)?;
        let on_scale = moments.iter().map(|row| scales.row(row)).collect();
        let table = Table::try_new(points, moments)?;
        self.ensemble.tell(on_scale)?;
        let first = self.reports.is_empty();
        let chance = self.ensemble.variances().last().map(Vec::as_slice).unwrap_or_default();
        let report = PassReport {
            pass: self.reports.len() + 1,
            n_runs: table.n_runs(),
            n_failed: table.n_failed(),
            n_members: self.ensemble.members().len(),
            prior_check: first.then(|| PriorCheck::new(&table, &raw_targets(&self.observables))),
            chance_sd: chance.iter().map(|variance| variance.sqrt()).collect(),
        };
        self.reports.push(report);
        Ok(())
    }

    /// Members as points of the cube: after the last pass, draws of the posterior.
    pub fn members(&self) -> Vec<Vec<f64>> {
        self.ensemble.members()
    }

    /// What was said of each pass.
    pub fn reports(&self) -> &[PassReport] {
        &self.reports
    }

    /// Whether another pass is to come; none before the first.
    pub fn status(&self) -> Option<Status> {
        let first = self.reports.first()?;
        let red = |check: &PriorCheck| check.light(first.n_runs) == Light::Red;
        Some(if first.prior_check.as_ref().is_some_and(red) {
            Status::OutOfReach
        } else if self.ensemble.has_ended() {
            Status::Spent
        } else {
            Status::Moving
        })
    }

    /// Parameters.
    pub fn n_parameters(&self) -> usize {
        self.ensemble.n_parameters()
    }

    /// Moments and their targets.
    pub fn observables(&self) -> &[Observable] {
        &self.observables
    }
}
