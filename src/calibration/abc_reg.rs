//! Approximate Bayesian computation from a table of runs that is there already, with regression adjustment: no emulator,
//! no further runs.
//!
//! # Model
//!
//! Moments are scaled by their median absolute deviation; sd_obs and sd_model of a target are added to the moments of each run
//! as a normal draw. The share of runs nearest to what was observed is kept, each with weight K = 1 − (d/h)², times its
//! importance. In it, logit(θ) is a line in the moments plus a residual whose logarithmic square is a line as well, both
//! fitted by weighted ridge regression; a kept run is then moved to where it would be had it met the targets,
//! m(y) + e σ(y)/σ(s).
//!
//! Runs need not come from the prior: with known densities of what they were proposed from they weigh 1/Σ share q(θ)
//! ([`importance_weights`]).
//!
//! # Invariants
//!
//! * Adjusted draws stay within the cube.
//!
//! # Source
//!
//! M. A. Beaumont, W. Zhang, D. J. Balding, *Approximate Bayesian Computation in Population Genetics*, Genetics 162 (2002);
//! M. G. B. Blum, O. François, *Non-linear regression models for Approximate Bayesian Computation*, Statistics and
//! Computing 20 (2010). Weights of a mixture of proposals: A. Owen, Y. Zhou, *Safe and Effective Importance Sampling*, JASA
//! 95 (2000). Systematic resampling: G. Kitagawa, Journal of Computational and Graphical Statistics 5 (1996).

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::ensemble::{expit, logit};
use super::error::{CalibrationError, at_least, exactly, setting};
use super::matrix::{backward, cholesky, dot, forward};
use super::table::{Table, Target};
use crate::rng::{Stream, Streams};
use crate::stats::quantile;

/// Penalty of the ridge, in units of the weight of all rows.
const PENALTY: f64 = 1e-4;
/// Farthest that an adjusted logit may lie: beyond it a probability has no digits.
const FARTHEST: f64 = 34.0;
/// How far the deviation of a residual may be rescaled.
const RESCALED: f64 = 5.0;

/// How to use a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbcRule {
    /// Share of the runs that is kept, such as 0.05.
    pub kept: f64,
    /// Whether kept runs are moved to the targets; without it this is plain rejection.
    pub adjusted: bool,
}

/// Weighted draws.
#[derive(Debug, Clone, PartialEq)]
pub struct AbcPosterior {
    /// Points of the cube.
    pub draws: Vec<Vec<f64>>,
    /// Their weights, which sum to 1.
    pub weights: Vec<f64>,
    /// Distance of the farthest run that was kept, in deviations of the moments.
    pub tolerance: f64,
    /// Draws of equal weight that they are worth, (Σw)²/Σw².
    pub effective: f64,
}

impl AbcPosterior {
    /// So many draws of equal weight, by systematic resampling: each stands there n times its weight, give or take one.
    pub fn resampled(&self, n: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
        let start = stream.unit();
        let mut found: Vec<Vec<f64>> = Vec::with_capacity(n);
        let mut reached = 0.0;
        for (draw, weight) in self.draws.iter().zip(&self.weights) {
            reached += weight * n as f64;
            while found.len() < n && found.len() as f64 + start < reached {
                found.push(draw.clone());
            }
        }
        // Weights that sum to a little less than 1 leave the last place open.
        if let Some(last) = self.draws.last() {
            found.resize(n, last.clone());
        }
        found
    }
}

/// Draws from the posterior of a table, one target for each moment.
///
/// `importance` weighs every run of the table, failed ones included; none when all come from the prior.
///
/// # Errors
///
/// Targets or weights of another number, targets that are not finite, weights that are negative or all 0, a share
/// outside (0, 1], fewer kept runs than three for each coefficient, a moment that is the same in all runs.
pub fn abc_regression(
    table: &Table,
    targets: &[Target],
    importance: Option<&[f64]>,
    rule: &AbcRule,
    streams: &Streams,
) -> Result<AbcPosterior, CalibrationError> {
    let m = targets.len();
    at_least("targets", 1, m)?;
    targets.iter().try_for_each(Target::check)?;
    setting("kept", rule.kept, rule.kept > 0.0 && rule.kept <= 1.0, "between 0 and 1")?;
    if let Some(weights) = importance {
        exactly("importance weights", table.n_runs(), weights.len())?;
        let wrong = weights.iter().find(|weight| !(**weight >= 0.0 && weight.is_finite()));
        setting(
            "importance weight",
            wrong.copied().unwrap_or(0.0),
            wrong.is_none(),
            "finite and not negative",
        )?;
    }
    let mut runs = smeared(table, targets, importance, streams)?;
    scale(&mut runs, targets)?;
    runs.retain(|run| run.weight > 0.0);
    let least = 3 * (m + 1);
    let n_kept = (rule.kept * runs.len() as f64).round() as usize;
    at_least("kept runs", least, n_kept)?;
    // Equal distances keep the order of the table.
    runs.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    // The kernel is 0 at the nearest run that is not kept.
    let tolerance = runs.get(n_kept).or(runs.last()).map_or(0.0, |run| run.distance);
    runs.truncate(n_kept);
    for run in &mut runs {
        let near = run.distance / tolerance;
        run.weight *= if tolerance > 0.0 { (1.0 - near * near).max(0.0) } else { 1.0 };
    }
    runs.retain(|run| run.weight > 0.0);
    at_least("kept runs", least, runs.len())?;
    let total: f64 = runs.iter().map(|run| run.weight).sum();
    let weights: Vec<f64> = runs.iter().map(|run| run.weight / total).collect();
    let draws = if rule.adjusted {
        adjusted(&runs, &weights, m)?
    } else {
        runs.iter().map(|run| run.point.to_vec()).collect()
    };
    let effective = 1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>();
    Ok(AbcPosterior { draws, weights, tolerance, effective })
}

/// Weights of points that come from several proposals, in no particular order.
///
/// Each proposal is the number of its runs and its density at *all* points, relative to the prior, which is uniform on the
/// cube: for points of the prior itself, 1 everywhere. The weights are 1/Σ share density, and average 1.
///
/// # Errors
///
/// No proposals, densities of another number than the points, densities that are negative or nowhere positive.
pub fn importance_weights(
    n_points: usize,
    proposals: &[(usize, &[f64])],
) -> Result<Vec<f64>, CalibrationError> {
    at_least("proposals", 1, proposals.len())?;
    proposals.iter().try_for_each(|(_, density)| exactly("densities", n_points, density.len()))?;
    let all: usize = proposals.iter().map(|(n, _)| n).sum();
    exactly("runs of the proposals", n_points, all)?;
    (0..n_points)
        .map(|point| {
            let mixed: f64 =
                proposals.iter().map(|(n, density)| *n as f64 / all as f64 * density[point]).sum();
            setting(
                "density of a proposal",
                mixed,
                mixed > 0.0 && mixed.is_finite(),
                "positive where it has a point",
            )?;
            Ok(1.0 / mixed)
        })
        .collect()
}

/// One usable run.
struct Run<'a> {
    point: &'a [f64],
    /// Moments less targets; scaled before distances are taken.
    away: Vec<f64>,
    distance: f64,
    weight: f64,
}

/// Runs with their distance from the targets, the error of observation drawn.
fn smeared<'a>(
    table: &'a Table,
    targets: &[Target],
    importance: Option<&[f64]>,
    streams: &Streams,
) -> Result<Vec<Run<'a>>, CalibrationError> {
    let mut runs = Vec::with_capacity(table.n_runs());
    for (row, (point, moments)) in table.points().iter().zip(table.rows()).enumerate() {
        let Some(moments) = moments else { continue };
        exactly("targets", moments.len(), targets.len())?;
        let mut stream = Address::Observation.open(streams, row as u64, 0);
        let away = moments
            .iter()
            .zip(targets)
            .map(|(x, target)| x + target.variance().sqrt() * stream.normal() - target.observed)
            .collect();
        runs.push(Run { point, away, distance: 0.0, weight: importance.map_or(1.0, |weights| weights[row]) });
    }
    at_least("usable runs", 1, runs.len())?;
    Ok(runs)
}

/// Divides by the deviations of the moments and takes distances.
fn scale(runs: &mut [Run<'_>], targets: &[Target]) -> Result<(), CalibrationError> {
    for moment in 0..targets.len() {
        let middle = median(runs.iter().map(|run| run.away[moment]));
        let mut deviation = median(runs.iter().map(|run| (run.away[moment] - middle).abs()));
        if !(deviation > 0.0) {
            // Half of the runs agree: the mean deviation sees the others.
            deviation =
                runs.iter().map(|run| (run.away[moment] - middle).abs()).sum::<f64>() / runs.len() as f64;
        }
        if !(deviation > 0.0) {
            return Err(CalibrationError::Constant { moment });
        }
        runs.iter_mut().for_each(|run| run.away[moment] /= 1.4826 * deviation);
    }
    runs.iter_mut().for_each(|run| run.distance = dot(&run.away, &run.away).sqrt());
    Ok(())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile(&sorted, 0.5).unwrap_or_default()
}

/// Kept runs, moved to the targets.
fn adjusted(runs: &[Run<'_>], weights: &[f64], m: usize) -> Result<Vec<Vec<f64>>, CalibrationError> {
    let p = runs.first().map_or(0, |run| run.point.len());
    // Normal equations of a constant and the scaled moments, shared by all parameters.
    let q = m + 1;
    let row = |run: &Run<'_>| std::iter::once(1.0).chain(run.away.iter().copied()).collect::<Vec<f64>>();
    let rows: Vec<Vec<f64>> = runs.iter().map(row).collect();
    let mut factor = vec![0.0; q * q];
    for (row, weight) in rows.iter().zip(weights) {
        for i in 0..q {
            (0..=i).for_each(|j| factor[i * q + j] += weight * row[i] * row[j]);
        }
    }
    let spread: f64 = (1..q).map(|i| factor[i * q + i]).sum::<f64>() / m as f64;
    (1..q).for_each(|i| factor[i * q + i] += PENALTY * spread);
    cholesky(&mut factor, q)
        .ok_or(CalibrationError::Singular { what: "the covariance of the kept moments" })?;
    let line = |values: &[f64]| {
        let mut right = vec![0.0; q];
        for ((row, weight), value) in rows.iter().zip(weights).zip(values) {
            (0..q).for_each(|i| right[i] += weight * row[i] * value);
        }
        forward(&factor, q, &mut right);
        backward(&factor, q, &mut right);
        right
    };
    let mut draws = vec![vec![0.0; p]; runs.len()];
    for parameter in 0..p {
        let values: Vec<f64> = runs.iter().map(|run| logit(run.point[parameter])).collect();
        let mean = line(&values);
        let residuals: Vec<f64> = values.iter().zip(&rows).map(|(y, row)| y - dot(&mean, row)).collect();
        let size = residuals.iter().zip(weights).map(|(e, weight)| weight * e * e).sum::<f64>();
        // A floor far below what matters: a residual of exactly 0 has no logarithm.
        let logs: Vec<f64> =
            residuals.iter().map(|e| (e * e).max(1e-12 * size).max(f64::MIN_POSITIVE).ln()).collect();
        let noise = line(&logs);
        for ((draw, row), e) in draws.iter_mut().zip(&rows).zip(&residuals) {
            // The constant cancels; at the target all moments are 0.
            let here = dot(&noise[1..], &row[1..]);
            let rescaled = (-here / 2.0).exp().clamp(1.0 / RESCALED, RESCALED);
            draw[parameter] = expit((mean[0] + e * rescaled).clamp(-FARTHEST, FARTHEST));
        }
    }
    Ok(draws)
}

#[cfg(test)]
mod tests;
