//! What an emulator knows of a point: polynomials of its coordinates.
//!
//! A coordinate u of the cube becomes x = 2u − 1 and is then centred and scaled by the design, t = (x − mean)/(√3 sd), which
//! fills (−1, 1) when the design is even. Powers are Legendre's, which hardly correlate. Neither changes what the
//! polynomials can express, only how well the numbers behave when a later wave lies in a corner.

use serde::{Deserialize, Serialize};

use crate::calibration::error::CalibrationError;

/// Which polynomials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureSet {
    /// Each coordinate: p features.
    Linear,
    /// Each coordinate with its square and cube: 3p features.
    Additive,
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
            Self::Full => 3 * p + p * p.saturating_sub(1) / 2,
        }
    }

    /// Runs that a fit needs at least: a quarter more than coefficients.
    pub fn least_runs(self, p: usize) -> usize {
        let coefficients = self.count(p) + 1;
        coefficients + coefficients.div_ceil(4).max(8)
    }
}

/// The polynomials, scaled for a design.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Features {
    set: FeatureSet,
    /// Of each coordinate on (−1, 1): its centre and the inverse of its width.
    scales: Vec<(f64, f64)>,
}

impl Features {
    /// Scales coordinates by their mean and deviation over the rows of a design.
    pub(super) fn new(set: FeatureSet, points: &[&[f64]]) -> Result<Self, CalibrationError> {
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
        Ok(Self { set, scales: (0..p).map(scale).collect::<Result<_, _>>()? })
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
        if self.set == FeatureSet::Full {
            let mut place = 0;
            for i in 1..p {
                for (out, t) in products[place..place + i].iter_mut().zip(&lines[..i]) {
                    *out = lines[i] * t;
                }
                place += i;
            }
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
        if self.set == FeatureSet::Full {
            let mut place = 3 * p;
            for i in 1..p {
                for j in 0..i {
                    slopes[i] += weights[place + j] * lines[j];
                    slopes[j] += weights[place + j] * lines[i];
                }
                place += i;
            }
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
        for set in [FeatureSet::Linear, FeatureSet::Additive, FeatureSet::Full] {
            let features = Features::new(set, &points).unwrap();
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
    fn a_parameter_that_never_moves_is_named() {
        let rows = [[0.2, 0.5], [0.7, 0.5]];
        let points: Vec<&[f64]> = rows.iter().map(|row| row.as_slice()).collect();
        let refused = Features::new(FeatureSet::Linear, &points).unwrap_err();
        assert_eq!(refused, CalibrationError::FixedParameter { parameter: 1 });
    }
}
