//! Ensemble smoother with multiple data assimilation: an ensemble is moved to the data in a few passes of runs.
//!
//! # Model
//!
//! Members are normal scores z = Φ⁻¹(u). In each of N passes every member is run, d = model(z), and moved by
//! C_zd (C_dd + (N − 1) V + N R)⁻¹ (y + ε − d): C are covariances over the ensemble, V is the variance of chance in one run,
//! R = sd_obs² + sd_model², and ε has variance (N − 1) V + N R. As d holds chance once already, observation and chance are
//! inflated N times in all, which makes N passes worth one look at the data. For a linear model and many members the result is
//! the posterior; elsewhere it is often too narrow.
//!
//! V is known, or measured in each pass by members that are run twice: half the mean square of their differences, where the
//! members are then.
//!
//! # Source
//!
//! A. A. Emerick, A. C. Reynolds, *Ensemble smoother with multiple data assimilation*, Computers & Geosciences 55 (2013).
//! That chance of the model counts as an error of observation, and is measured on the way, is ours.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::address::Address;
use super::error::{CalibrationError, at_least, exactly, setting};
use super::matrix::{add, backward, cholesky, forward};
use super::table::{Table, Target};
use crate::rng::Streams;

/// Nearest that a member comes to the border of the cube.
const EDGE: f64 = 1e-12;
/// Fewer pairs of runs do not tell a variance.
const LEAST_PAIRS: usize = 5;

/// What is known of chance in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chance {
    /// Its variance, of each moment: 0 for a model without chance.
    Known(Vec<f64>),
    /// Nothing: it is measured.
    Measured {
        /// Members that are run twice in each pass.
        pairs: usize,
    },
}

/// An ensemble on its way to the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EsMda {
    seed: u64,
    n_passes: usize,
    pass: usize,
    targets: Vec<Target>,
    chance: Chance,
    /// Variance of chance in one run, of each moment, as each pass that is done took it.
    variances: Vec<Vec<f64>>,
    /// Normal scores.
    members: Vec<Vec<f64>>,
    n_failed: usize,
}

impl EsMda {
    /// Draws `n_members` from the prior, to be moved in `n_passes`, typically 300 in 6.
    ///
    /// # Errors
    ///
    /// No parameters, passes or targets; fewer than 10 members, or not more than targets; targets or variances that are not
    /// finite; a moment without any variance of observation, model or chance; fewer than 5 pairs, or more than members.
    pub fn new(
        seed: u64,
        n_parameters: usize,
        n_members: usize,
        n_passes: usize,
        targets: Vec<Target>,
        chance: Chance,
    ) -> Result<Self, CalibrationError> {
        at_least("parameters", 1, n_parameters)?;
        at_least("passes", 1, n_passes)?;
        at_least("targets", 1, targets.len())?;
        at_least("members", (targets.len() + 2).max(10), n_members)?;
        targets.iter().try_for_each(Target::check)?;
        match &chance {
            Chance::Known(variances) => check_known(&targets, variances)?,
            Chance::Measured { pairs } => {
                at_least("pairs of runs", LEAST_PAIRS, *pairs)?;
                at_least("members", *pairs, n_members)?;
            }
        }
        let streams = Streams::new(seed, 0);
        let member = |number: usize| -> Vec<f64> {
            let mut stream = Address::Member.open(&streams, number as u64, 0);
            (0..n_parameters).map(|_| stream.normal()).collect()
        };
        let members = (0..n_members).map(member).collect();
        Ok(Self { seed, n_passes, pass: 0, targets, chance, variances: Vec::new(), members, n_failed: 0 })
    }

    /// Points of the cube to be run in the next pass, those of members that are run twice once more at the end; none when all
    /// passes are done.
    pub fn ask(&self) -> Option<Vec<Vec<f64>>> {
        let pairs = match self.chance {
            Chance::Known(_) => 0,
            Chance::Measured { pairs } => pairs.min(self.members.len()),
        };
        (self.pass < self.n_passes).then(|| {
            let mut points = self.members();
            points.extend_from_within(..pairs);
            points
        })
    }

    /// Takes the moments of the runs, in order, and moves the members. A member whose run failed is left behind.
    ///
    /// # Errors
    ///
    /// All passes are done; rows that are not those of the points; most runs failed; moments that are the same in all runs
    /// and have no variance otherwise; fewer than 5 pairs of runs to measure chance by. Nothing is changed then.
    pub fn tell(&mut self, moments: Vec<Vec<f64>>) -> Result<(), CalibrationError> {
        let Some(points) = self.ask() else {
            return Err(CalibrationError::Order { step: "a further pass", needs: "a new ensemble" });
        };
        let table = Table::try_new(points, moments)?;
        let m = self.targets.len();
        if 2 * table.n_failed() > table.n_runs() {
            return Err(CalibrationError::Failed { failed: table.n_failed(), runs: table.n_runs() });
        }
        // Second runs only say what chance is: a member is moved by its first.
        let (rows, again) = table.rows().split_at(self.members.len());
        let kept: Vec<(usize, &[f64])> = rows
            .iter()
            .enumerate()
            .filter_map(|(member, row)| row.as_ref().map(|row| (member, row.as_slice())))
            .collect();
        at_least("members that are left", (m + 2).max(10), kept.len())?;
        kept.iter().try_for_each(|(_, row)| exactly("targets", row.len(), m))?;
        let chance = self.chance_of(rows, again)?;
        let p = self.members[0].len();
        let n = kept.len() as f64;
        let mean =
            |of: &dyn Fn(usize, &[f64]) -> f64| kept.iter().map(|(i, row)| of(*i, row)).sum::<f64>() / n;
        let outcome_means: Vec<f64> = (0..m).map(|j| mean(&|_, row| row[j])).collect();
        let member_means: Vec<f64> = (0..p).map(|k| mean(&|i, _| self.members[i][k])).collect();
        let mut factor = vec![0.0; m * m];
        // C_zd by rows of parameters.
        let mut cross = vec![0.0; p * m];
        for (member, row) in &kept {
            let away: Vec<f64> = row.iter().zip(&outcome_means).map(|(x, mean)| x - mean).collect();
            for i in 0..m {
                add(away[i] / (n - 1.0), &away[..=i], &mut factor[i * m..=i * m + i]);
            }
            for k in 0..p {
                let z = self.members[*member][k] - member_means[k];
                add(z / (n - 1.0), &away, &mut cross[k * m..(k + 1) * m]);
            }
        }
        let passes = self.n_passes as f64;
        let added: Vec<f64> = self
            .targets
            .iter()
            .zip(&chance)
            .map(|(target, chance)| (passes - 1.0) * chance + passes * target.variance())
            .collect();
        (0..m).for_each(|j| factor[j * m + j] += added[j]);
        cholesky(&mut factor, m)
            .ok_or(CalibrationError::Singular { what: "the covariance of the moments" })?;
        let streams = Streams::new(self.seed, 0);
        let moved = kept
            .iter()
            .map(|(member, row)| {
                let mut stream = Address::Perturbation.open(&streams, *member as u64, self.pass as u64);
                let mut missed: Vec<f64> = (0..m)
                    .map(|j| self.targets[j].observed + added[j].sqrt() * stream.normal() - row[j])
                    .collect();
                forward(&factor, m, &mut missed);
                backward(&factor, m, &mut missed);
                let step = |k: usize| super::matrix::dot(&cross[k * m..(k + 1) * m], &missed);
                (0..p).map(|k| self.members[*member][k] + step(k)).collect()
            })
            .collect();
        self.n_failed += self.members.len() - kept.len();
        self.members = moved;
        self.variances.push(chance);
        self.pass += 1;
        Ok(())
    }

    /// Variance of chance in one run, of each moment: as known, or as pairs of runs of one pass say.
    fn chance_of(
        &self,
        rows: &[Option<Vec<f64>>],
        again: &[Option<Vec<f64>>],
    ) -> Result<Vec<f64>, CalibrationError> {
        if let Chance::Known(variances) = &self.chance {
            return Ok(variances.clone());
        }
        let pairs: Vec<(&Vec<f64>, &Vec<f64>)> =
            rows.iter().zip(again).filter_map(|(one, other)| one.as_ref().zip(other.as_ref())).collect();
        at_least("pairs of runs", LEAST_PAIRS, pairs.len())?;
        let of = |moment: usize| {
            let squares = pairs.iter().map(|(one, other)| (one[moment] - other[moment]).powi(2));
            squares.sum::<f64>() / 2.0 / pairs.len() as f64
        };
        Ok((0..self.targets.len()).map(of).collect())
    }

    /// Members as points of the cube: after the last pass, draws of the posterior.
    pub fn members(&self) -> Vec<Vec<f64>> {
        let normal = Normal::standard();
        let point =
            |member: &Vec<f64>| member.iter().map(|z| normal.cdf(*z).clamp(EDGE, 1.0 - EDGE)).collect();
        self.members.iter().map(point).collect()
    }

    /// Parameters.
    pub fn n_parameters(&self) -> usize {
        self.members.first().map_or(0, Vec::len)
    }

    /// Variance of chance in one run, of each moment, as each pass that is done took it.
    pub fn variances(&self) -> &[Vec<f64>] {
        &self.variances
    }

    /// Whether all passes are done.
    pub fn has_ended(&self) -> bool {
        self.pass >= self.n_passes
    }

    /// Passes that are done.
    pub fn passes_done(&self) -> usize {
        self.pass
    }

    /// Members that were left behind.
    pub fn n_failed(&self) -> usize {
        self.n_failed
    }
}

/// Variances that are told: one for each target, none negative, and none 0 where nothing else is.
fn check_known(targets: &[Target], variances: &[f64]) -> Result<(), CalibrationError> {
    exactly("variances of chance", targets.len(), variances.len())?;
    for (target, &chance) in targets.iter().zip(variances) {
        let holds = chance >= 0.0 && chance.is_finite();
        setting("variance of chance", chance, holds, "finite and not negative")?;
        let total = target.variance() + chance;
        setting("variance of a target", total, total > 0.0, "positive")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
