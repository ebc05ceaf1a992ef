//! Morris screening: walks through the inputs that change one at a time, to see which have no effect worth keeping.
//!
//! # Model
//!
//! The unit cube is a grid of p levels. A trajectory starts at a point of it and moves each input once, in random order, by
//! Δ = p/(2(p − 1)), up or down. Each move gives an elementary effect: change of the outcome over change of the input. Over
//! trajectories, μ is their mean, μ* the mean of their sizes and σ their standard deviation. A large μ* marks an input that
//! matters; σ beside it one that acts through interactions or bends. For a linear outcome μ* = |slope| and σ = 0.
//!
//! # Source
//!
//! M. D. Morris, *Factorial Sampling Plans for Preliminary Computational Experiments*, Technometrics 33 (1991); μ*: F.
//! Campolongo, J. Cariboni, A. Saltelli, *An Effective Screening Design for Sensitivity Analysis of Large Models*,
//! Environmental Modelling & Software 22 (2007).

use super::shape::{ShapeError, at_least, exactly, finite, level};
use crate::rng::Stream;
use crate::stats::{Interval, mcse, mean, sample_sd, student_critical};

/// Trajectories through the unit cube.
#[derive(Debug, Clone, PartialEq)]
pub struct MorrisDesign {
    /// Inputs, k.
    pub n_inputs: usize,
    /// Points in the order to run them: k + 1 for each trajectory, whose runs should share their draws.
    pub points: Vec<Vec<f64>>,
    /// Input moved between a point and the next of its trajectory, k for each trajectory.
    pub moved: Vec<usize>,
}

/// Elementary effects of one input, in the unit of the outcome over the whole range of the input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MorrisEffect {
    /// Mean effect, μ.
    pub mean: f64,
    /// Mean size of the effects, μ*.
    pub mean_size: f64,
    /// Standard deviation of the effects, σ.
    pub sd: f64,
    /// Interval of μ by Student's t over trajectories.
    pub mean_interval: Interval,
    /// Interval of μ* by Student's t over trajectories.
    pub mean_size_interval: Interval,
}

/// Draws trajectories.
///
/// # Errors
///
/// No inputs, fewer than two trajectories, or levels that are odd or fewer than two.
pub fn morris_design(
    n_inputs: usize,
    n_trajectories: usize,
    n_levels: usize,
    stream: &mut Stream,
) -> Result<MorrisDesign, ShapeError> {
    at_least("inputs", 1, n_inputs)?;
    at_least("trajectories", 2, n_trajectories)?;
    if n_levels < 2 || !n_levels.is_multiple_of(2) {
        // With an even number, steps of half the levels visit every level equally often.
        return Err(ShapeError::Setting {
            what: "levels",
            found: n_levels as f64,
            allowed: "even and at least 2",
        });
    }
    let half = n_levels / 2;
    let mut below = |n: usize| ((stream.unit() * n as f64) as usize).min(n - 1);
    let mut design = MorrisDesign { n_inputs, points: Vec::new(), moved: Vec::new() };
    for _ in 0..n_trajectories {
        let at = |step: usize| step as f64 / (n_levels - 1) as f64;
        let (mut point, mut end) = (Vec::new(), Vec::new());
        for _ in 0..n_inputs {
            let lower = below(half);
            let (from, to) = if below(2) == 0 { (lower, lower + half) } else { (lower + half, lower) };
            point.push(at(from));
            end.push(at(to));
        }
        let mut order: Vec<usize> = (0..n_inputs).collect();
        for last in (1..n_inputs).rev() {
            order.swap(last, below(last + 1));
        }
        design.points.push(point.clone());
        for &input in &order {
            point[input] = end[input];
            design.points.push(point.clone());
        }
        design.moved.extend(order);
    }
    Ok(design)
}

/// Effects of every input, from outcomes in the order of the points.
///
/// # Errors
///
/// Outcomes that are not finite or not as many as points; a design that is not made of whole trajectories in which one
/// input moves at a time, or has fewer than two; a level that is none.
pub fn morris_effects(
    design: &MorrisDesign,
    outcomes: &[f64],
    confidence: f64,
) -> Result<Vec<MorrisEffect>, ShapeError> {
    let k = design.n_inputs;
    at_least("inputs", 1, k)?;
    let n_trajectories = design.points.len() / (k + 1);
    at_least("trajectories", 2, n_trajectories)?;
    exactly("points", n_trajectories * (k + 1), design.points.len())?;
    exactly("moves", n_trajectories * k, design.moved.len())?;
    exactly("outcomes", design.points.len(), outcomes.len())?;
    finite("outcomes", outcomes)?;
    level(confidence)?;
    let mut effects = vec![Vec::with_capacity(n_trajectories); k];
    let walks = design.points.chunks_exact(k + 1).zip(outcomes.chunks_exact(k + 1));
    for ((points, outcomes), moved) in walks.zip(design.moved.chunks_exact(k)) {
        for (step, &input) in moved.iter().enumerate() {
            let place = |point: &Vec<f64>| point.get(input).copied().unwrap_or(f64::NAN);
            let by = place(&points[step + 1]) - place(&points[step]);
            let effect = (outcomes[step + 1] - outcomes[step]) / by;
            if input >= k || !effect.is_finite() {
                return Err(ShapeError::Setting {
                    what: "the step of a move",
                    found: by,
                    allowed: "that of the input named, and not 0",
                });
            }
            effects[input].push(effect);
        }
    }
    effects
        .iter()
        .map(|effects| {
            exactly("moves of an input", n_trajectories, effects.len())?;
            let sizes: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
            let critical = student_critical(confidence, n_trajectories - 1);
            let around = |values: &[f64]| Some(Interval::around(mean(values)?, critical? * mcse(values)?));
            let summary = || {
                Some(MorrisEffect {
                    mean: mean(effects)?,
                    mean_size: mean(&sizes)?,
                    sd: sample_sd(effects)?,
                    mean_interval: around(effects)?,
                    mean_size_interval: around(&sizes)?,
                })
            };
            summary().ok_or(ShapeError::TooFew { what: "trajectories", least: 2, found: n_trajectories })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    fn stream(purpose: u64) -> Stream {
        Streams::new(20_250_101, 1).open(purpose, 0, 0)
    }

    fn effects(n_inputs: usize, trajectories: usize, of: impl Fn(&[f64]) -> f64) -> Vec<MorrisEffect> {
        let design = morris_design(n_inputs, trajectories, 4, &mut stream(1)).unwrap();
        let outcomes: Vec<f64> = design.points.iter().map(|point| of(point)).collect();
        morris_effects(&design, &outcomes, 0.95).unwrap()
    }

    #[test]
    fn exact_for_a_linear_outcome() {
        let slopes = [3.0, -2.0, 0.5, 0.0];
        let found = effects(4, 10, |u| 7.0 + u.iter().zip(slopes).map(|(u, slope)| u * slope).sum::<f64>());
        for (effect, slope) in found.iter().zip(slopes) {
            assert!((effect.mean - slope).abs() < 1e-12 && (effect.mean_size - slope.abs()).abs() < 1e-12);
            assert!(effect.sd < 1e-12 && effect.mean_interval.half_width() < 1e-12, "{effect:?}");
        }
    }

    #[test]
    fn bends_and_interactions_show_in_the_spread() {
        // At four levels the effect of (u − ½)² is ± ⅓: its mean is 0, its mean size ⅓, its variance 1/9.
        let found = effects(3, 400, |u| (u[0] - 0.5).powi(2) + u[1] * u[2]);
        assert!((found[0].mean_size - 1.0 / 3.0).abs() < 1e-12, "{:?}", found[0]);
        assert!(found[0].mean.abs() < 4.0 / (3.0 * 20.0) && (found[0].sd - 1.0 / 3.0).abs() < 0.01);
        // The effect of u₁ is u₂: mean ½, and a standard deviation of √(5/36).
        for effect in &found[1..] {
            assert!((effect.mean - 0.5).abs() < 4.0 * 0.373 / 20.0, "{effect:?}");
            assert!((effect.sd - (5.0_f64 / 36.0).sqrt()).abs() < 0.04, "{effect:?}");
            assert!(effect.mean_size_interval.contains(effect.mean_size));
        }
    }

    #[test]
    fn every_input_moves_once_by_the_same_step_and_levels_are_even() {
        let design = morris_design(5, 200, 6, &mut stream(2)).unwrap();
        let mut visits = [0_u32; 6];
        for (points, moved) in design.points.chunks(6).zip(design.moved.chunks(5)) {
            let mut sorted = moved.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4]);
            for (pair, &input) in points.windows(2).zip(moved) {
                for (other, (from, to)) in pair[0].iter().zip(&pair[1]).enumerate() {
                    let expected = if other == input { 0.6 } else { 0.0 };
                    assert!(((to - from).abs() - expected).abs() < 1e-12);
                }
            }
            for end in [&points[0], &points[5]] {
                end.iter().for_each(|u| visits[(u * 5.0).round() as usize] += 1);
            }
        }
        // 2,000 visits of 6 levels, in pairs that are one draw: the standard deviation of 333 is 17.
        assert!(visits.iter().all(|&count| count.abs_diff(333) < 68), "{visits:?}");
    }

    #[test]
    fn designs_that_are_none_are_refused() {
        for (n_inputs, trajectories, levels) in [(0, 4, 4), (3, 1, 4), (3, 4, 5), (3, 4, 0)] {
            assert!(morris_design(n_inputs, trajectories, levels, &mut stream(3)).is_err());
        }
        let mut design = morris_design(2, 2, 4, &mut stream(3)).unwrap();
        assert!(morris_effects(&design, &[0.0; 5], 0.95).is_err());
        assert!(morris_effects(&design, &[0.0; 6], 1.0).is_err());
        design.moved[0] = 9;
        assert!(morris_effects(&design, &[0.0; 6], 0.95).is_err());
    }
}
