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
//! # Source
//!
//! A. A. Emerick, A. C. Reynolds, *Ensemble smoother with multiple data assimilation*, Computers & Geosciences 55 (2013).
//! That chance of the model counts as an error of observation is ours.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::address::Address;
use super::error::{CalibrationError, at_least, exactly, setting};
use super::matrix::{add, backward, cholesky, forward};
use super::table::{Table, Target};
use crate::rng::Streams;

/// Nearest that a member comes to the border of the cube.
const EDGE: f64 = 1e-12;

/// An ensemble on its way to the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EsMda {
    seed: u64,
    n_passes: usize,
    pass: usize,
    targets: Vec<Target>,
    /// Variance of chance in one run, of each moment.
    chance: Vec<f64>,
    /// Normal scores.
    members: Vec<Vec<f64>>,
    n_failed: usize,
}

impl EsMda {
    /// Draws `n_members` from the prior, to be moved in `n_passes`, typically 300 in 6.
    ///
    /// `chance` is the variance between replications of each moment: 0 for a model without chance.
    ///
    /// # Errors
    ///
    /// No parameters, passes or targets; fewer than 10 members, or not more than targets; targets or variances that are not
    /// finite; a moment without any variance of observation, model or chance.
    pub fn new(
        seed: u64,
        n_parameters: usize,
        n_members: usize,
        n_passes: usize,
        targets: Vec<Target>,
        chance: Vec<f64>,
    ) -> Result<Self, CalibrationError> {
        at_least("parameters", 1, n_parameters)?;
        at_least("passes", 1, n_passes)?;
        at_least("targets", 1, targets.len())?;
        at_least("members", (targets.len() + 2).max(10), n_members)?;
        exactly("variances of chance", targets.len(), chance.len())?;
        for (target, &chance) in targets.iter().zip(&chance) {
            target.check()?;
            setting(
                "variance of chance",
                chance,
                chance >= 0.0 && chance.is_finite(),
                "finite and not negative",
            )?;
            let total = target.variance() + chance;
            setting("variance of a target", total, total > 0.0, "positive")?;
        }
        let streams = Streams::new(seed, 0);
        let member = |number: usize| -> Vec<f64> {
            let mut stream = Address::Member.open(&streams, number as u64, 0);
            (0..n_parameters).map(|_| stream.normal()).collect()
        };
        let members = (0..n_members).map(member).collect();
        Ok(Self { seed, n_passes, pass: 0, targets, chance, members, n_failed: 0 })
    }

    /// Points of the cube to be run in the next pass; none when all passes are done.
    pub fn ask(&self) -> Option<Vec<Vec<f64>>> {
        (self.pass < self.n_passes).then(|| self.members())
    }

    /// Takes the moments of the runs, in order, and moves the members. A member whose run failed is left behind.
    ///
    /// # Errors
    ///
    /// All passes are done; rows that are not those of the members; most runs failed; moments that are the same in all runs
    /// and have no variance otherwise.
    pub fn tell(&mut self, moments: Vec<Vec<f64>>) -> Result<(), CalibrationError> {
        let Some(points) = self.ask() else {
            return Err(CalibrationError::Order { step: "a further pass", needs: "a new ensemble" });
        };
        let table = Table::try_new(points, moments)?;
        let failed = table.n_failed();
        let m = self.targets.len();
        if 2 * failed > table.n_runs() {
            return Err(CalibrationError::Failed { failed, runs: table.n_runs() });
        }
        let kept: Vec<(usize, &[f64])> = table
            .rows()
            .iter()
            .enumerate()
            .filter_map(|(member, row)| row.as_ref().map(|row| (member, row.as_slice())))
            .collect();
        at_least("members that are left", (m + 2).max(10), kept.len())?;
        kept.iter().try_for_each(|(_, row)| exactly("targets", row.len(), m))?;
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
            .zip(&self.chance)
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
        self.members = moved;
        self.n_failed += failed;
        self.pass += 1;
        Ok(())
    }

    /// Members as points of the cube: after the last pass, draws of the posterior.
    pub fn members(&self) -> Vec<Vec<f64>> {
        let normal = Normal::standard();
        let point =
            |member: &Vec<f64>| member.iter().map(|z| normal.cdf(*z).clamp(EDGE, 1.0 - EDGE)).collect();
        self.members.iter().map(point).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats;

    /// Three normal parameters, two moments: y = H z + chance.
    const H: [[f64; 3]; 2] = [[1.0, 0.5, 0.0], [0.0, -1.0, 1.0]];

    fn run(chance: f64, n: usize, failing: bool) -> EsMda {
        let target = |observed| Target { observed, sd_obs: 0.3, sd_model: 0.4 };
        let targets = vec![target(1.0), target(-0.5)];
        let mut state = EsMda::new(20_250_101, 3, n, 4, targets, vec![chance; 2]).unwrap();
        let normal = Normal::standard();
        while let Some(points) = state.ask() {
            let streams = Streams::new(3, state.passes_done() as u64);
            let rows = points.iter().zip(0..).map(|(point, row)| {
                let mut stream = streams.open(1, row, 0);
                let z: Vec<f64> = point.iter().map(|u| normal.inverse_cdf(*u)).collect();
                let lost = failing && row % 10 == 0;
                H.iter()
                    .map(|h| h.iter().zip(&z).map(|(h, z)| h * z).sum::<f64>())
                    .map(|y| if lost { f64::NAN } else { y + chance.sqrt() * stream.normal() })
                    .collect()
            });
            state.tell(rows.collect()).unwrap();
        }
        state
    }

    /// Mean and covariance of Kalman's update from a standard normal prior.
    fn kalman(noise: f64) -> ([f64; 3], [[f64; 3]; 3]) {
        // S = H Hᵀ + noise.
        let dot = |a: [f64; 3], b: [f64; 3]| (0..3).map(|k| a[k] * b[k]).sum::<f64>();
        let (a, b, c) = (dot(H[0], H[0]) + noise, dot(H[0], H[1]), dot(H[1], H[1]) + noise);
        let determinant = a * c - b * b;
        let inverse = [[c / determinant, -b / determinant], [-b / determinant, a / determinant]];
        let gain = |k: usize, j: usize| H[0][k] * inverse[0][j] + H[1][k] * inverse[1][j];
        let mean = [0, 1, 2].map(|k| gain(k, 0) - 0.5 * gain(k, 1));
        let covariance = [0, 1, 2].map(|k| {
            [0, 1, 2].map(|l| f64::from(u8::from(k == l)) - gain(k, 0) * H[0][l] - gain(k, 1) * H[1][l])
        });
        (mean, covariance)
    }

    #[test]
    fn a_linear_model_ends_where_kalman_does() {
        for chance in [0.0, 0.25] {
            let state = run(chance, 2_000, false);
            let (mean, covariance) = kalman(0.25 + chance);
            let normal = Normal::standard();
            let members: Vec<Vec<f64>> = state
                .members()
                .iter()
                .map(|point| point.iter().map(|u| normal.inverse_cdf(*u)).collect())
                .collect();
            for k in 0..3 {
                let z: Vec<f64> = members.iter().map(|member| member[k]).collect();
                let (found, sd) = (stats::mean(&z).unwrap(), stats::sample_sd(&z).unwrap());
                // Four standard errors of 2,000 members: 9 % of a deviation, 6 % of a deviation's size.
                let expected = covariance[k][k].sqrt();
                assert!((found - mean[k]).abs() < 0.09 * expected, "{chance} {k}: {found} {}", mean[k]);
                assert!((sd / expected - 1.0).abs() < 0.065, "{chance} {k}: {sd} {expected}");
                for l in 0..k {
                    let centre = stats::mean(&members.iter().map(|m| m[l]).collect::<Vec<_>>()).unwrap();
                    let product =
                        members.iter().map(|member| (member[k] - found) * (member[l] - centre)).sum::<f64>()
                            / 2e3;
                    assert!(
                        (product - covariance[k][l]).abs() < 0.07,
                        "{k}{l}: {product} {}",
                        covariance[k][l]
                    );
                }
            }
        }
    }

    #[test]
    fn failed_members_are_left_behind_and_states_can_be_stored() {
        let state = run(0.0, 200, true);
        assert_eq!(state.members().len() + state.n_failed(), 200);
        // A tenth in each of four passes.
        assert!((60..=75).contains(&state.n_failed()), "{}", state.n_failed());
        let mut again: EsMda = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        assert_eq!(again, state);
        assert!(matches!(again.tell(vec![]), Err(CalibrationError::Order { .. })));
    }

    #[test]
    fn what_cannot_be_assimilated_is_refused() {
        let target = Target { observed: 1.0, sd_obs: 0.1, sd_model: 0.0 };
        let new = |members, chance: Vec<f64>, target| EsMda::new(1, 2, members, 2, vec![target], chance);
        assert!(new(5, vec![0.0], target).is_err());
        assert!(new(50, vec![], target).is_err());
        assert!(new(50, vec![f64::NAN], target).is_err());
        assert!(new(50, vec![0.0], Target { sd_obs: 0.0, ..target }).is_err());
        let mut state = new(50, vec![0.0], target).unwrap();
        assert!(state.tell(vec![vec![f64::NAN]; 50]).is_err());
        assert!(state.tell(vec![vec![1.0, 2.0]; 50]).is_err());
        // Moments that are the same everywhere teach nothing, and break nothing.
        state.tell(vec![vec![1.0]; 50]).unwrap();
        assert!(state.members().iter().flatten().all(|u| u.is_finite()));
    }
}
