//! The crowd of walkers.

use serde::{Deserialize, Serialize};

use super::chains::{Convergence, worst};
use crate::calibration::address::Address;
use crate::calibration::error::{CalibrationError, at_least, exactly, setting};
use crate::rng::{Stream, Streams};

/// Coordinates on the logit scale stay within ± this: beyond it a probability has no digits left.
const FARTHEST: f64 = 34.0;
/// Power of the likelihood at the start.
const FIRST_POWER: f64 = 1e-4;
/// Share of the moves by differential evolution that take the whole difference.
const WHOLE: f64 = 0.1;
/// Deviation of the noise of differential evolution.
const NUGGET: f64 = 1e-5;

/// How to sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnsembleRule {
    /// Walkers, an even number, more than twice the parameters.
    pub walkers: usize,
    /// Steps that are thrown away.
    pub burn_in: usize,
    /// Steps after them.
    pub steps: usize,
    /// Every how many steps the crowd is kept.
    pub thin: usize,
}

impl EnsembleRule {
    /// 100 walkers, 2,000 steps of burn-in and 10,000 after, every twentieth kept: 50,000 draws, worth some 500 in twenty
    /// dimensions.
    pub const STANDARD: Self = Self { walkers: 100, burn_in: 2_000, steps: 10_000, thin: 20 };

    fn check(&self, p: usize) -> Result<(), CalibrationError> {
        at_least("parameters", 1, p)?;
        at_least("walkers", (2 * p + 2).max(8), self.walkers)?;
        setting("walkers", self.walkers as f64, self.walkers.is_multiple_of(2), "even")?;
        setting("thin", self.thin as f64, self.thin > 0, "at least 1")?;
        at_least("kept steps", 4, self.steps / self.thin.max(1))
    }
}

/// Draws from a density.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Points of the cube, by step and then by walker.
    pub draws: Vec<Vec<f64>>,
    /// Whether they can be relied on.
    pub convergence: Convergence,
}

impl Sample {
    /// So many draws, evenly spread over steps and walkers; all of them when there are fewer.
    pub fn thinned(&self, n: usize) -> Vec<Vec<f64>> {
        let all = self.draws.len();
        let n = n.min(all);
        // A stride without a common factor visits all walkers, not every twentieth.
        let stride = (1..=all / n.max(1)).rev().find(|&stride| coprime(stride, all)).unwrap_or(1);
        (0..n).map(|k| self.draws[k * stride].clone()).collect()
    }
}

fn coprime(a: usize, b: usize) -> bool {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

/// One walker: where it is, and the logarithm of the likelihood there.
#[derive(Debug, Clone)]
struct Walker {
    at: Vec<f64>,
    point: Vec<f64>,
    log_likelihood: f64,
}

/// Draws points of a cube of `p` dimensions in proportion to a likelihood, the prior being uniform.
///
/// `log_likelihoods` gives the logarithm at each of some points, minus infinity or NaN where the likelihood is 0; it is
/// asked for half the crowd at once, so that the caller may spread the work. `run` tells runs of one calibration apart.
/// With `from`, draws of a density much like this one, walkers start at some of them, and nothing is heated: right
/// where the density can be trusted near those draws only.
///
/// # Errors
///
/// Too few walkers for the dimensions, or an odd number of them; fewer than four steps kept; likelihoods that are finite at
/// fewer than half of the starting points; lists of another length than they should be; starts outside the cube.
pub fn sample_cube(
    rule: &EnsembleRule,
    p: usize,
    run: u64,
    from: Option<&[Vec<f64>]>,
    streams: &Streams,
    mut log_likelihoods: impl FnMut(&[Vec<f64>]) -> Vec<f64>,
) -> Result<Sample, CalibrationError> {
    rule.check(p)?;
    let mut crowd = start(rule, p, run, from, streams, &mut log_likelihoods)?;
    let half = rule.walkers / 2;
    let heated = if from.is_some() { 0 } else { rule.burn_in / 2 };
    let (mut draws, mut accepted) = (Vec::with_capacity(rule.steps / rule.thin * rule.walkers), 0_usize);
    for step in 0..rule.burn_in + rule.steps {
        let power = if step < heated { FIRST_POWER.powf(1.0 - step as f64 / heated as f64) } else { 1.0 };
        for side in 0..2 {
            let (first, second) = crowd.split_at_mut(half);
            let (movers, others) = if side == 0 { (first, &*second) } else { (second, &*first) };
            let moves: Vec<Proposal> = (0..half)
                .map(|mover| {
                    let walker = (side * half + mover) as u64;
                    let mut stream = Address::Move.open(streams, walker, (run << 32) | step as u64);
                    Proposal::new(&movers[mover], others, &mut stream)
                })
                .collect();
            let points: Vec<Vec<f64>> = moves.iter().map(|proposal| proposal.point.clone()).collect();
            let found = log_likelihoods(&points);
            exactly("likelihoods", half, found.len())?;
            for ((walker, proposal), log_likelihood) in movers.iter_mut().zip(moves).zip(found) {
                let odds = proposal.log_odds
                    + power * (log_likelihood - walker.log_likelihood)
                    + log_jacobian(&proposal.at)
                    - log_jacobian(&walker.at);
                // False for NaN as well: what has no likelihood is not entered.
                if log_likelihood.is_finite() && proposal.log_chance < odds {
                    accepted += usize::from(step >= rule.burn_in);
                    *walker = Walker { at: proposal.at, point: proposal.point, log_likelihood };
                }
            }
        }
        if step >= rule.burn_in && (step - rule.burn_in + 1).is_multiple_of(rule.thin) {
            draws.extend(crowd.iter().map(|walker| walker.point.clone()));
        }
    }
    let (r_hat, effective) = worst(&draws, rule.walkers);
    let acceptance = accepted as f64 / (rule.steps * rule.walkers) as f64;
    Ok(Sample { draws, convergence: Convergence { r_hat, effective, acceptance } })
}

/// Points of the prior, or of what is given, without those where the likelihood is 0 as long as half of them are not.
fn start(
    rule: &EnsembleRule,
    p: usize,
    run: u64,
    from: Option<&[Vec<f64>]>,
    streams: &Streams,
    log_likelihoods: &mut impl FnMut(&[Vec<f64>]) -> Vec<f64>,
) -> Result<Vec<Walker>, CalibrationError> {
    // Twice as many as needed: a likelihood may be 0 in part of the cube.
    let n = 2 * rule.walkers;
    let draw = |walker: u64| -> Vec<f64> {
        let mut stream = Address::Start.open(streams, walker, run);
        (0..p).map(|_| stream.unit()).collect()
    };
    let tried: Vec<Vec<f64>> = match from {
        None => (0..n as u64).map(draw).collect(),
        Some(points) => {
            at_least("starting points", n, points.len())?;
            (0..n).map(|k| points[k * points.len() / n].clone()).collect()
        }
    };
    for (point, row) in tried.iter().enumerate() {
        exactly("parameters of a starting point", p, row.len())?;
        if let Some(parameter) = row.iter().position(|&u| !(u > 0.0 && u < 1.0)) {
            return Err(CalibrationError::OutsideCube { point, parameter, found: row[parameter] });
        }
    }
    let found = log_likelihoods(&tried);
    exactly("likelihoods", tried.len(), found.len())?;
    let crowd: Vec<Walker> = tried
        .into_iter()
        .zip(found)
        .filter(|(_, log_likelihood)| log_likelihood.is_finite())
        .map(|(point, log_likelihood)| Walker {
            at: point.iter().map(|u| logit(*u)).collect(),
            point,
            log_likelihood,
        })
        .take(rule.walkers)
        .collect();
    if crowd.len() < rule.walkers {
        return Err(CalibrationError::NoStart { found: crowd.len(), walkers: rule.walkers });
    }
    Ok(crowd)
}

/// Where a walker might go.
struct Proposal {
    at: Vec<f64>,
    point: Vec<f64>,
    /// What the way there and back adds to the odds.
    log_odds: f64,
    /// Logarithm of the uniform draw that decides.
    log_chance: f64,
}

impl Proposal {
    fn new(walker: &Walker, others: &[Walker], stream: &mut Stream) -> Self {
        let p = walker.at.len();
        let pick = |stream: &mut Stream, n: usize| ((stream.unit() * n as f64) as usize).min(n - 1);
        let mut log_odds = 0.0;
        let at: Vec<f64> = if stream.unit() < 0.5 {
            let pivot = &others[pick(stream, others.len())].at;
            let z = (1.0 + stream.unit()).powi(2) / 2.0;
            log_odds = (p as f64 - 1.0) * z.ln();
            walker.at.iter().zip(pivot).map(|(y, x)| x + z * (y - x)).collect()
        } else {
            let first = pick(stream, others.len());
            let second = (first + 1 + pick(stream, others.len() - 1)) % others.len();
            let whole = stream.unit() < WHOLE;
            let step =
                if whole { 1.0 } else { 2.38 / (2.0 * p as f64).sqrt() * (1.0 + 0.2 * stream.normal()) };
            let difference = others[first].at.iter().zip(&others[second].at);
            walker
                .at
                .iter()
                .zip(difference)
                .map(|(y, (a, b))| y + step * (a - b) + NUGGET * stream.normal())
                .collect()
        };
        let log_chance = stream.unit().ln();
        if at.iter().any(|y| y.abs() > FARTHEST) {
            log_odds = f64::NEG_INFINITY;
        }
        let point = at.iter().map(|y| expit(y.clamp(-FARTHEST, FARTHEST))).collect();
        Self { at, point, log_odds, log_chance }
    }
}

/// Logarithm of the odds.
pub(in crate::calibration) fn logit(u: f64) -> f64 {
    (u / (1.0 - u)).ln()
}

/// Probability of some logarithm of odds.
pub(in crate::calibration) fn expit(y: f64) -> f64 {
    1.0 / (1.0 + (-y).exp())
}

/// ln Π u(1 − u), from logits.
fn log_jacobian(at: &[f64]) -> f64 {
    at.iter().map(|y| -y.abs() - 2.0 * (-y.abs()).exp().ln_1p()).sum()
}

#[cfg(test)]
mod tests;
