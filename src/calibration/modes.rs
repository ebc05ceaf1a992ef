//! Does a sample lie in more than one heap?
//!
//! # Model
//!
//! Draws are looked at along each parameter and along each principal direction of their correlation. Along one of them the
//! density is smoothed; a valley is a place where it is below half of the lower of the highest points to both sides, with
//! a twentieth of the draws at least on either side.
//!
//! Heaps that lie apart only along a bent path are not seen: the flag says that there are modes, its absence proves nothing.
//!
//! # Source
//!
//! Judgement; the bandwidth is that of B. W. Silverman, *Density Estimation* (1986), §3.4, on which a valley must be deep to
//! survive.

use serde::{Deserialize, Serialize};

use super::matrix::eigen;

/// Places at which the density is asked.
const GRID: usize = 61;
/// Depth and mass of a valley that counts.
const DEPTH: f64 = 0.5;
const LEAST_MASS: f64 = 0.05;
/// Draws that are looked at.
const MOST_DRAWS: usize = 2_000;

/// A gap between two heaps of draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Valley {
    /// Loading of each parameter on the direction in which the heaps lie apart; a single 1 for a parameter.
    pub direction: Vec<f64>,
    /// Density in the valley over that of the lower heap.
    pub depth: f64,
    /// Share of the draws on the near side of the valley.
    pub mass_below: f64,
}

/// Finds valleys in draws, one for each direction at most, the deepest first; none for fewer than 100 draws.
pub fn valleys(draws: &[Vec<f64>]) -> Vec<Valley> {
    let p = draws.first().map_or(0, Vec::len);
    if draws.len() < 100 || p == 0 {
        return Vec::new();
    }
    let draws: Vec<&Vec<f64>> = draws.iter().step_by(draws.len().div_ceil(MOST_DRAWS)).collect();
    let unit = |j: usize| (0..p).map(|k| f64::from(u8::from(k == j))).collect::<Vec<f64>>();
    let mut directions: Vec<Vec<f64>> = (0..p).map(unit).collect();
    if p > 1 {
        directions.extend(principal(&draws, p));
    }
    let mut found: Vec<Valley> = directions
        .into_iter()
        .filter_map(|direction| {
            let along =
                draws.iter().map(|draw| draw.iter().zip(&direction).map(|(u, w)| u * w).sum()).collect();
            let (depth, mass_below) = deepest(along)?;
            Some(Valley { direction, depth, mass_below })
        })
        .collect();
    found.sort_by(|a, b| a.depth.total_cmp(&b.depth));
    found
}

/// Principal directions of the correlation of draws, scaled back to the parameters.
fn principal(draws: &[&Vec<f64>], p: usize) -> Vec<Vec<f64>> {
    let n = draws.len() as f64;
    let column = |j: usize| draws.iter().map(move |draw| draw[j]);
    let moments: Vec<(f64, f64)> = (0..p)
        .map(|j| {
            let mean = column(j).sum::<f64>() / n;
            (mean, (column(j).map(|u| (u - mean).powi(2)).sum::<f64>() / n).sqrt().max(1e-12))
        })
        .collect();
    let mut correlation = vec![0.0; p * p];
    for i in 0..p {
        for j in 0..=i {
            let product = column(i).zip(column(j)).map(|(a, b)| (a - moments[i].0) * (b - moments[j].0));
            correlation[i * p + j] = product.sum::<f64>() / n / (moments[i].1 * moments[j].1);
        }
    }
    let (_, vectors) = eigen(&correlation, p);
    (0..p).map(|k| (0..p).map(|j| vectors[j * p + k] / moments[j].1).collect()).collect()
}

/// Depth of the deepest valley, and the share of values below it.
fn deepest(mut values: Vec<f64>) -> Option<(f64, f64)> {
    let n = values.len();
    values.sort_unstable_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / n as f64;
    let sd = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64).sqrt();
    let middle = values[3 * n / 4] - values[n / 4];
    let width = 0.9 * sd.min(middle / 1.34) * (n as f64).powf(-0.2);
    let (low, high) = (values[0], values[n - 1]);
    if !(width > 0.0) {
        return None;
    }
    let places: Vec<f64> = (0..GRID).map(|k| low + (high - low) * k as f64 / (GRID - 1) as f64).collect();
    let density: Vec<f64> = places
        .iter()
        .map(|place| {
            // Only values within five bandwidths count.
            let from = values.partition_point(|x| *x < place - 5.0 * width);
            let to = values.partition_point(|x| *x <= place + 5.0 * width);
            values[from..to].iter().map(|x| (-0.5 * ((x - place) / width).powi(2)).exp()).sum()
        })
        .collect();
    let highest = |range: &[f64]| range.iter().copied().fold(0.0, f64::max);
    (1..GRID - 1)
        .filter_map(|k| {
            let below = values.partition_point(|x| *x < places[k]) as f64 / n as f64;
            let heap = highest(&density[..k]).min(highest(&density[k + 1..]));
            let counts = below.min(1.0 - below) >= LEAST_MASS && density[k] < DEPTH * heap;
            counts.then(|| (density[k] / heap, below))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    fn draws(of: impl Fn(&mut crate::rng::Stream) -> Vec<f64>) -> Vec<Vec<f64>> {
        let mut stream = Streams::new(20_250_101, 1).open(12, 0, 0);
        (0..2_000).map(|_| of(&mut stream)).collect()
    }

    #[test]
    fn two_heaps_are_seen_along_a_parameter_and_askew() {
        let along = draws(|stream| {
            let side = if stream.unit() < 0.3 { 0.2 } else { 0.8 };
            vec![stream.unit(), side + 0.05 * stream.normal()]
        });
        let found = valleys(&along);
        assert!((found[0].mass_below - 0.3).abs() < 0.05 && found[0].depth < 0.1, "{found:?}");
        // Apart only in the sum of two that vary more widely the other way.
        let askew = draws(|stream| {
            let side = if stream.unit() < 0.5 { 0.4 } else { 0.6 };
            let (across, near) = (0.3 * stream.normal(), 0.02 * stream.normal());
            vec![side + across + near, side - across + near]
        });
        let found = valleys(&askew);
        assert!(!found.is_empty() && found[0].direction.iter().all(|w| w.abs() > 0.1), "{found:?}");
    }

    #[test]
    fn one_heap_of_whatever_shape_is_one() {
        assert!(valleys(&draws(|stream| (0..10).map(|_| stream.unit()).collect())).is_empty());
        assert!(valleys(&draws(|stream| (0..10).map(|_| stream.normal()).collect())).is_empty());
        assert!(valleys(&draws(|stream| vec![stream.exponential(), 0.5])).is_empty());
        assert!(valleys(&[]).is_empty());
    }
}
