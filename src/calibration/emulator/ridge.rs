//! Ridge regression of many outcomes on one table, the penalty by generalised cross-validation, residuals as if each row had
//! been left out.
//!
//! # Formula
//!
//! Columns are centred and scaled to unit variance, Z = U S Vᵀ. With penalty k the fit is ȳ + Σ u_j d_j (u_jᵀy), d_j =
//! s_j²/(s_j² + k), its degrees of freedom are 1 + Σ d_j and the leverage of row i is h_i = 1/n + Σ u_ij² d_j. The constant
//! is not penalised. k is the one that makes n RSS/(n − df)² smallest, and the residual of row i, had it not been
//! fitted, is e_i/(1 − h_i), exactly.
//!
//! # Source
//!
//! G. H. Golub, M. Heath, G. Wahba, *Generalized Cross-Validation as a Method for Choosing a Good Ridge Parameter*,
//! Technometrics 21 (1979).

use crate::calibration::matrix::{add, dot, eigen, gram, product};

/// Directions with less of the largest eigenvalue are rounding, not information.
const LEAST_EIGENVALUE: f64 = 1e-12;
/// Penalties that are tried: powers of ten times the rows, four to each.
const PENALTIES: std::ops::RangeInclusive<i32> = -44..=16;

/// A table, ready to be regressed on.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    /// Mean of each column, and the inverse of its deviation.
    scales: Vec<(f64, f64)>,
    /// Eigenvalues s² that count, largest first.
    values: Vec<f64>,
    /// V, by rows, and U, by rows: as many columns as eigenvalues.
    vectors: Vec<f64>,
    left: Vec<f64>,
    n: usize,
}

/// A fitted line through the columns of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ridge {
    /// Of the columns as they are.
    pub(super) intercept: f64,
    pub(super) weights: Vec<f64>,
    /// Penalty over the variance of a column times rows.
    pub(super) penalty: f64,
    /// Degrees of freedom, the constant included.
    pub(super) freedom: f64,
    /// RSS/(n − df).
    pub(super) variance: f64,
    /// Of each row: residual, leverage.
    pub(super) residuals: Vec<f64>,
    pub(super) leverages: Vec<f64>,
}

impl Basis {
    /// Takes a table by rows of `q` columns.
    pub(super) fn new(mut table: Vec<f64>, q: usize) -> Self {
        let n = table.len() / q.max(1);
        let scales: Vec<(f64, f64)> = (0..q)
            .map(|column| {
                let values = || table[column..].iter().step_by(q);
                let mean = values().sum::<f64>() / n as f64;
                let sd = (values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64).sqrt();
                (mean, if sd > 1e-12 { 1.0 / sd } else { 0.0 })
            })
            .collect();
        for row in table.chunks_exact_mut(q) {
            row.iter_mut().zip(&scales).for_each(|(x, (mean, scale))| *x = (*x - mean) * scale);
        }
        let (mut values, vectors) = eigen(&gram(&table, q), q);
        let least = LEAST_EIGENVALUE * values.first().copied().unwrap_or_default();
        let r = values.iter().take_while(|&&value| value > least).count().min(n.saturating_sub(1));
        values.truncate(r);
        let vectors: Vec<f64> = vectors.chunks_exact(q).flat_map(|row| &row[..r]).copied().collect();
        let mut left = if r > 0 { product(&table, q, &vectors, r) } else { Vec::new() };
        for row in left.chunks_exact_mut(r.max(1)) {
            row.iter_mut().zip(&values).for_each(|(x, value)| *x /= value.sqrt());
        }
        Self { scales, values, vectors, left, n }
    }

    /// Fits outcomes, one for each row.
    pub(super) fn fit(&self, outcomes: &[f64]) -> Ridge {
        let (n, r) = (self.n as f64, self.values.len());
        let mean = outcomes.iter().sum::<f64>() / n;
        let mut along = vec![0.0; r];
        for (row, y) in self.left.chunks_exact(r.max(1)).zip(outcomes) {
            add(y - mean, row, &mut along);
        }
        // What no direction reaches, summed from residuals: a difference of squares would lose half the digits.
        let across: f64 = (0..self.n)
            .map(|i| outcomes[i] - mean - dot(self.left_row(i), &along))
            .map(|residual| residual * residual)
            .sum();
        let score = |penalty: f64| {
            let (mut rss, mut freedom) = (across, 1.0);
            for (value, along) in self.values.iter().zip(&along) {
                let kept = value / (value + penalty);
                freedom += kept;
                rss += ((1.0 - kept) * along).powi(2);
            }
            (n * rss / (n - freedom).powi(2), rss, freedom)
        };
        let mut best = (f64::INFINITY, 0.0, 0.0, 1.0);
        for quarter in PENALTIES.rev() {
            let penalty = n * 10_f64.powf(f64::from(quarter) / 4.0);
            let (found, rss, freedom) = score(penalty);
            // With next to no rows left over, a perfect fit proves nothing.
            if n - freedom >= 0.02 * n && found < best.0 {
                best = (found, penalty, rss, freedom);
            }
        }
        let (_, penalty, rss, freedom) = best;
        let kept: Vec<f64> = self.values.iter().map(|value| value / (value + penalty)).collect();
        let shrunk: Vec<f64> = along.iter().zip(&kept).map(|(along, kept)| along * kept).collect();
        let residuals = (0..self.n).map(|i| outcomes[i] - mean - dot(self.left_row(i), &shrunk)).collect();
        let leverage = |i: usize| {
            1.0 / n + self.left_row(i).iter().zip(&kept).map(|(u, kept)| u * u * kept).sum::<f64>()
        };
        let direct: Vec<f64> =
            shrunk.iter().zip(&self.values).map(|(shrunk, value)| shrunk / value.sqrt()).collect();
        let weights: Vec<f64> = self
            .vectors
            .chunks_exact(r.max(1))
            .zip(&self.scales)
            .map(|(row, (_, scale))| scale * dot(row, &direct))
            .collect();
        let centre: f64 = weights.iter().zip(&self.scales).map(|(weight, (mean, _))| weight * mean).sum();
        Ridge {
            intercept: mean - centre,
            weights,
            penalty,
            freedom,
            variance: rss / (n - freedom),
            residuals,
            leverages: (0..self.n).map(leverage).collect(),
        }
    }

    /// Variance of the fitted mean at a row of features over the variance of the noise, the pull of the penalty included:
    /// 1/n + zᵀ(ZᵀZ + k)⁻¹z.
    pub(super) fn leverage_at(&self, features: &[f64], penalty: f64) -> f64 {
        let r = self.values.len();
        let mut along = vec![0.0; r];
        for ((x, (mean, scale)), row) in
            features.iter().zip(&self.scales).zip(self.vectors.chunks_exact(r.max(1)))
        {
            add((x - mean) * scale, row, &mut along);
        }
        let spread: f64 = along.iter().zip(&self.values).map(|(z, value)| z * z / (value + penalty)).sum();
        1.0 / self.n as f64 + spread
    }

    fn left_row(&self, row: usize) -> &[f64] {
        let r = self.values.len();
        &self.left[row * r..(row + 1) * r]
    }
}

impl Ridge {
    /// Value of the line.
    pub(super) fn at(&self, features: &[f64]) -> f64 {
        self.intercept + dot(&self.weights, features)
    }

    /// Residuals as if each row had been left out.
    pub(super) fn left_out(&self) -> Vec<f64> {
        self.residuals.iter().zip(&self.leverages).map(|(e, h)| e / (1.0 - h).max(1e-9)).collect()
    }

    /// Residuals that have the variance of the noise, whatever their leverage.
    pub(super) fn studentised(&self) -> Vec<f64> {
        self.residuals.iter().zip(&self.leverages).map(|(e, h)| e / (1.0 - h).max(1e-9).sqrt()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::matrix::{backward, cholesky, forward};
    use crate::rng::Streams;

    #[test]
    fn residuals_left_out_are_those_of_fits_without_the_row() {
        let (n, q) = (40, 7);
        let mut stream = Streams::new(20_250_101, 1).open(2, 0, 0);
        let table: Vec<f64> = (0..n * q).map(|_| stream.unit()).collect();
        let outcomes: Vec<f64> = (0..n).map(|i| 3.0 * table[i * q] + stream.normal()).collect();
        let basis = Basis::new(table.clone(), q);
        let fit = basis.fit(&outcomes);
        assert!(fit.penalty > 0.0 && fit.freedom > 1.0 && fit.freedom < 1.0 + q as f64);
        let left_out = fit.left_out();
        for gone in 0..n {
            // The normal equations without the row, with the same scales and penalty, the constant free.
            let mut normal = vec![0.0; (q + 1) * (q + 1)];
            let mut right = vec![0.0; q + 1];
            let extended = |i: usize| {
                let scaled = (0..q).map(|j| (table[i * q + j] - basis.scales[j].0) * basis.scales[j].1);
                std::iter::once(1.0).chain(scaled).collect::<Vec<_>>()
            };
            for i in (0..n).filter(|&i| i != gone) {
                let row = extended(i);
                for a in 0..=q {
                    right[a] += row[a] * outcomes[i];
                    (0..=q).for_each(|b| normal[a * (q + 1) + b] += row[a] * row[b]);
                }
            }
            (1..=q).for_each(|a| normal[a * (q + 2)] += fit.penalty);
            cholesky(&mut normal, q + 1).unwrap();
            forward(&normal, q + 1, &mut right);
            backward(&normal, q + 1, &mut right);
            let without = outcomes[gone] - dot(&extended(gone), &right);
            assert!((without - left_out[gone]).abs() < 1e-10, "{without} {}", left_out[gone]);
        }
    }

    #[test]
    fn columns_without_effect_are_shrunk_and_those_without_variance_harmless() {
        let (n, q) = (200, 30);
        let mut stream = Streams::new(20_250_101, 2).open(2, 0, 0);
        let mut table: Vec<f64> = (0..n * q).map(|_| stream.normal()).collect();
        table.chunks_exact_mut(q).for_each(|row| (row[0], row[2]) = (1.0, row[1]));
        let noise: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
        let fit = Basis::new(table, q).fit(&noise);
        assert!(fit.freedom < 15.0, "{}", fit.freedom);
        assert!(fit.weights.iter().all(|weight| weight.is_finite() && weight.abs() < 0.2));
    }
}
