//! What an emulator knows of a point: polynomials of its coordinates.
//!
//! A coordinate u of the cube becomes x = 2u − 1 and is then centred and scaled by the design, t = (x − mean)/(√3 sd), which
//! fills (−1, 1) when the design is even. Powers are Legendre's, which hardly correlate. Neither changes what the
//! polynomials can express, only how well the numbers behave when a later wave lies in a corner.

use serde::{Deserialize, Serialize};

use crate::calibration::error::{CalibrationError, exactly};

/// Parameters whose pairs are looked at when they are screened.
const SCREENED: usize = 12;

/// Which polynomials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureSet {
    /// Each coordinate: p features.
    Linear,
    /// Each coordinate with its square and cube: 3p features.
    Additive,
    /// And the products of pairs among the twelve parameters that move moments most: 3p + 66 features. For many parameters,
    /// most of which do little: a full set would need more runs than it is worth.
    Screened,
    /// And the product of each pair: 3p + p(p − 1)/2 features.
    #[default]
    Full,
}

impl FeatureSet {
    /// Features of `p` parameters, the constant not counted.
    pub fn count(self, p: usize) -> usize {
        match self {
            Self::Linear => p,
            Self::Additive => 3 * p,
            Self::Screened => 3 * p + pairs(p.min(SCREENED)),
            Self::Full => 3 * p + pairs(p),
        }
    }

    /// Runs that a fit needs at least: a quarter more than coefficients.
    pub fn least_runs(self, p: usize) -> usize {
        let coefficients = self.count(p) + 1;
        coefficients + coefficients.div_ceil(4).max(8)
    }
}

/// Pairs of `n` things.
const fn pairs(n: usize) -> usize {
    n * n.saturating_sub(1) / 2
}

/// The polynomials, scaled for a design.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Features {
    set: FeatureSet,
    /// Of each coordinate on (−1, 1): its centre and the inverse of its width.
    scales: Vec<(f64, f64)>,
    /// Coordinates whose pairs have products, in order.
    paired: Vec<usize>,
}

impl Features {
    /// Scales coordinates by their mean and deviation over the rows of a design. `influence` says how much each parameter
    /// moves moments; only a screened set asks.
    pub(super) fn new(
        set: FeatureSet,
        points: &[&[f64]],
        influence: &[f64],
    ) -> Result<Self, CalibrationError> {
        let (n, p) = (points.len() as f64, points.first().map_or(0, |point| point.len()));
        let scale = |parameter: usize| {
            let column = || points.iter().map(|point| 2.0 * point[parameter] - 1.0);
            let mean = column().sum::<f64>() / n;
            let variance = column().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
            if !(variance > 1e-18) {
                return Err(CalibrationError::FixedParameter { parameter });
            }
            Ok((mean, 1.0 / (3.0 * variance).sqrt()))
        };
        let mut paired: Vec<usize> = match set {
            FeatureSet::Linear | FeatureSet::Additive => Vec::new(),
            FeatureSet::Screened | FeatureSet::Full => (0..p).collect(),
        };
        if set == FeatureSet::Screened {
            exactly("influences", p, influence.len())?;
            paired.sort_by(|&a, &b| influence[b].total_cmp(&influence[a]));
            paired.truncate(SCREENED);
            paired.sort_unstable();
        }
        Ok(Self { set, scales: (0..p).map(scale).collect::<Result<_, _>>()?, paired })
    }

    pub(super) fn count(&self) -> usize {
        self.set.count(self.scales.len())
    }

    /// Features of a point: coordinates, squares, cubes, products.
    pub(super) fn fill(&self, point: &[f64], out: &mut [f64]) {
        let p = self.scales.len();
        for ((&u, &(centre, slope)), t) in point.iter().zip(&self.scales).zip(out.iter_mut()) {
            *t = (2.0 * u - 1.0 - centre) * slope;
        }
        if self.set == FeatureSet::Linear {
            return;
        }
        let (lines, powers) = out.split_at_mut(p);
        let (squares, powers) = powers.split_at_mut(p);
        let (cubes, products) = powers.split_at_mut(p);
        for (i, &t) in lines.iter().enumerate() {
            squares[i] = 1.5 * t * t - 0.5;
            cubes[i] = (2.5 * t * t - 1.5) * t;
        }
        let mut place = 0;
        for (k, &i) in self.paired.iter().enumerate() {
            for (out, &j) in products[place..place + k].iter_mut().zip(&self.paired) {
                *out = lines[i] * lines[j];
            }
            place += k;
        }
    }

    /// Derivatives by the coordinates of a point of Σ weight · feature.
    pub(super) fn gradient(&self, point: &[f64], weights: &[f64]) -> Vec<f64> {
        let p = self.scales.len();
        let mut lines = vec![0.0; self.count()];
        self.fill(point, &mut lines);
        lines.truncate(p);
        let mut slopes = weights[..p].to_vec();
        if self.set != FeatureSet::Linear {
            for (i, &t) in lines.iter().enumerate() {
                slopes[i] += weights[p + i] * 3.0 * t + weights[2 * p + i] * (7.5 * t * t - 1.5);
            }
        }
        let mut place = 3 * p;
        for (k, &i) in self.paired.iter().enumerate() {
            for (weight, &j) in weights[place.min(weights.len())..].iter().zip(&self.paired[..k]) {
                slopes[i] += weight * lines[j];
                slopes[j] += weight * lines[i];
            }
            place += k;
        }
        slopes.iter().zip(&self.scales).map(|(slope, (_, scale))| 2.0 * scale * slope).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_those_of_differences() {
        let rows: Vec<Vec<f64>> = (0..9)
            .map(|k| (0..4).map(|j| (0.05 + 0.1 * f64::from(k * (j + 2) % 9)).min(0.95)).collect())
            .collect();
        let points: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        for set in [FeatureSet::Linear, FeatureSet::Additive, FeatureSet::Screened, FeatureSet::Full] {
            let features = Features::new(set, &points, &[1.0; 4]).unwrap();
            let weights: Vec<f64> = (0..features.count()).map(|k| (k as f64 * 0.7).sin()).collect();
            let value = |point: &[f64]| {
                let mut filled = vec![0.0; features.count()];
                features.fill(point, &mut filled);
                filled.iter().zip(&weights).map(|(f, w)| f * w).sum::<f64>()
            };
            let at = vec![0.3, 0.6, 0.2, 0.8];
            for (parameter, slope) in features.gradient(&at, &weights).into_iter().enumerate() {
                let (mut above, mut below) = (at.clone(), at.clone());
                above[parameter] += 1e-5;
                below[parameter] -= 1e-5;
                assert!((slope - (value(&above) - value(&below)) / 2e-5).abs() < 1e-6);
            }
        }
        assert_eq!(FeatureSet::Full.count(20), 250);
        assert_eq!(FeatureSet::Full.count(30), 525);
    }

    #[test]
    fn a_screened_set_has_products_of_those_that_matter() {
        let rows: Vec<Vec<f64>> = (0..40)
            .map(|k| (0..14).map(|j| 0.05 + 0.9 * f64::from((k * (2 * j + 3)) % 40) / 40.0).collect())
            .collect();
        let points: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let influence: Vec<f64> =
            (0..14).map(|j| if j == 3 || j == 8 { 0.0 } else { 1.0 + f64::from(j) }).collect();
        let features = Features::new(FeatureSet::Screened, &points, &influence).unwrap();
        assert_eq!(features.paired, [0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13]);
        assert_eq!(features.count(), 42 + 66);
        assert!(Features::new(FeatureSet::Screened, &points, &[]).is_err());
    }

    #[test]
    fn a_parameter_that_never_moves_is_named() {
        let rows = [[0.2, 0.5], [0.7, 0.5]];
        let points: Vec<&[f64]> = rows.iter().map(|row| row.as_slice()).collect();
        let refused = Features::new(FeatureSet::Linear, &points, &[]).unwrap_err();
        assert_eq!(refused, CalibrationError::FixedParameter { parameter: 1 });
    }
}
