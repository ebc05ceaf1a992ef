//! What calibration needs of linear algebra: products of tables in a fixed order, and small symmetric systems.
//!
//! Matrices are slices by rows. Sums go in index order, so that results are the same on every machine; eigenvalues and
//! singular values are those of `nalgebra`, whose plain loops keep to that as well.

use nalgebra::{DMatrix, SymmetricEigen};

/// Sum of products.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Four sums side by side: the compiler makes one vector of them.
    let (mut sums, mut rest) = ([0.0; 4], 0.0);
    let (left, right) = (a.chunks_exact(4), b.chunks_exact(4));
    for (x, y) in left.remainder().iter().zip(right.remainder()) {
        rest += x * y;
    }
    for (x, y) in left.zip(right) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// `y += a x`.
pub(super) fn add(a: f64, x: &[f64], y: &mut [f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += a * x);
}

/// ZᵀZ of a table of `q` columns; only its lower half and the diagonal are filled.
pub(super) fn gram(rows: &[f64], q: usize) -> Vec<f64> {
    let mut found = vec![0.0; q * q];
    // Four rows at once: each entry of the result is loaded a quarter as often.
    let blocks = rows.chunks_exact(4 * q);
    let rest = blocks.remainder();
    for block in blocks {
        let (a, tail) = block.split_at(q);
        let (b, tail) = tail.split_at(q);
        let (c, d) = tail.split_at(q);
        for i in 0..q {
            let (wa, wb, wc, wd) = (a[i], b[i], c[i], d[i]);
            let line = &mut found[i * q..i * q + i + 1];
            for (j, entry) in line.iter_mut().enumerate() {
                *entry += (wa * a[j] + wb * b[j]) + (wc * c[j] + wd * d[j]);
            }
        }
    }
    for row in rest.chunks_exact(q) {
        for i in 0..q {
            add(row[i], &row[..=i], &mut found[i * q..i * q + i + 1]);
        }
    }
    found
}

/// Product of a table of `q` columns and a matrix of `q` rows and `r` columns.
pub(super) fn product(rows: &[f64], q: usize, matrix: &[f64], r: usize) -> Vec<f64> {
    let n = rows.len() / q.max(1);
    let mut found = vec![0.0; n * r];
    for (row, out) in rows.chunks_exact(q).zip(found.chunks_exact_mut(r)) {
        for (&x, line) in row.iter().zip(matrix.chunks_exact(r)) {
            add(x, line, out);
        }
    }
    found
}

/// Eigenvalues of a symmetric matrix, of which the lower half is given, largest first, and its eigenvectors as columns of a
/// matrix by rows.
pub(super) fn eigen(lower: &[f64], q: usize) -> (Vec<f64>, Vec<f64>) {
    let matrix = DMatrix::from_fn(q, q, |i, j| lower[i.max(j) * q + i.min(j)]);
    let found = SymmetricEigen::new(matrix);
    let mut order: Vec<usize> = (0..q).collect();
    order.sort_by(|&a, &b| found.eigenvalues[b].total_cmp(&found.eigenvalues[a]));
    let values = order.iter().map(|&k| found.eigenvalues[k]).collect();
    let mut vectors = vec![0.0; q * q];
    for (to, &from) in order.iter().enumerate() {
        // A sign that does not depend on the path of the algorithm: the largest entry is positive.
        let column = found.eigenvectors.column(from);
        let largest = column.iter().fold(0.0_f64, |best, x| if x.abs() > best.abs() { *x } else { best });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        column.iter().enumerate().for_each(|(row, x)| vectors[row * q + to] = sign * x);
    }
    (values, vectors)
}

/// Singular values of an m × p matrix, largest first, and its right singular vectors as rows, min(m, p) of both.
pub(super) fn singular(matrix: &[f64], p: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let m = matrix.len() / p.max(1);
    let matrix = DMatrix::from_row_slice(m, p, matrix);
    let found = matrix.svd(false, true);
    let mut order: Vec<usize> = (0..found.singular_values.len()).collect();
    order.sort_by(|&a, &b| found.singular_values[b].total_cmp(&found.singular_values[a]));
    let values = order.iter().map(|&k| found.singular_values[k]).collect();
    let vectors = found.v_t.map_or_else(Vec::new, |v| {
        let row = |k: usize| {
            let row: Vec<f64> = v.row(k).iter().copied().collect();
            let largest = row.iter().fold(0.0_f64, |best, x| if x.abs() > best.abs() { *x } else { best });
            row.iter().map(|x| if largest < 0.0 { -x } else { *x }).collect()
        };
        order.iter().map(|&k| row(k)).collect()
    });
    (values, vectors)
}

/// Turns the lower half of a positive definite matrix into its Cholesky factor, in place; `None` when it is not one.
pub(super) fn cholesky(matrix: &mut [f64], q: usize) -> Option<()> {
    for i in 0..q {
        for j in 0..=i {
            let sum = matrix[i * q + j] - dot(&matrix[i * q..i * q + j], &matrix[j * q..j * q + j]);
            if i == j {
                // A pivot that has lost all its digits is none.
                if !(sum > 1e-14 * matrix[i * q + i].abs()) {
                    return None;
                }
                matrix[i * q + i] = sum.sqrt();
            } else {
                matrix[i * q + j] = sum / matrix[j * q + j];
            }
        }
    }
    Some(())
}

/// Solves L x = b for a Cholesky factor, in place.
pub(super) fn forward(factor: &[f64], q: usize, b: &mut [f64]) {
    for i in 0..q {
        b[i] = (b[i] - dot(&factor[i * q..i * q + i], &b[..i])) / factor[i * q + i];
    }
}

/// Solves Lᵀ x = b for a Cholesky factor, in place.
pub(super) fn backward(factor: &[f64], q: usize, b: &mut [f64]) {
    for i in (0..q).rev() {
        b[i] /= factor[i * q + i];
        let (x, (before, _)) = (b[i], b.split_at_mut(i));
        add(-x, &factor[i * q..i * q + i], before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    fn table(n: usize, q: usize) -> Vec<f64> {
        let mut stream = Streams::new(20_250_101, 1).open(1, 0, 0);
        (0..n * q).map(|_| stream.normal()).collect()
    }

    #[test]
    fn products_are_those_of_plain_sums() {
        let (n, q) = (11, 5);
        let rows = table(n, q);
        let gram = gram(&rows, q);
        for i in 0..q {
            for j in 0..=i {
                let plain: f64 = (0..n).map(|row| rows[row * q + i] * rows[row * q + j]).sum();
                assert!((gram[i * q + j] - plain).abs() < 1e-12);
            }
        }
        let square = table(q, q);
        let found = product(&rows, q, &square, q);
        let plain: f64 = (0..q).map(|k| rows[3 * q + k] * square[k * q + 2]).sum();
        assert!((found[3 * q + 2] - plain).abs() < 1e-12);
    }

    #[test]
    fn factors_and_eigenvectors_rebuild_their_matrix() {
        let q = 6;
        let lower = gram(&table(20, q), q);
        let at = |i: usize, j: usize| lower[i.max(j) * q + i.min(j)];
        let (values, vectors) = eigen(&lower, q);
        assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
        let mut factor = lower.clone();
        cholesky(&mut factor, q).unwrap();
        for i in 0..q {
            for j in 0..q {
                let rebuilt: f64 = (0..q).map(|k| values[k] * vectors[i * q + k] * vectors[j * q + k]).sum();
                assert!((rebuilt - at(i, j)).abs() < 1e-10);
                let rebuilt: f64 = (0..=i.min(j)).map(|k| factor[i * q + k] * factor[j * q + k]).sum();
                assert!((rebuilt - at(i, j)).abs() < 1e-10);
            }
        }
        let right = table(1, q);
        let mut solved = right.clone();
        forward(&factor, q, &mut solved);
        backward(&factor, q, &mut solved);
        for (i, right) in right.iter().enumerate() {
            let product: f64 = (0..q).map(|j| at(i, j) * solved[j]).sum();
            assert!((product - right).abs() < 1e-9);
        }
        assert_eq!(cholesky(&mut [1.0, 0.0, 1.0, 1.0], 2), None);
        let (singular, rows) = singular(&table(3, q), q);
        assert_eq!((singular.len(), rows.len(), rows[0].len()), (3, 3, q));
        let total: f64 = table(3, q).iter().map(|x| x * x).sum();
        assert!((singular.iter().map(|s| s * s).sum::<f64>() - total).abs() < 1e-10);
    }
}
