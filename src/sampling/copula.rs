//! Rank correlations between uncertain parameters: a Gaussian copula over points of the unit cube.
//!
//! # Model
//!
//! A point u becomes `Φ(L Φ⁻¹(u))`, where `L Lᵀ` is the matrix of Pearson correlations `2 sin(π ρ_s/6)` that give normal
//! variables the wanted Spearman correlations ρ_s. Each coordinate stays uniform, so every parameter keeps its
//! distribution, whatever it is.
//!
//! # Assumptions
//!
//! Of all joint distributions with these rank correlations, the Gaussian: extremes do not come together more than that.
//!
//! # Invariants
//!
//! * A coordinate without correlation to an earlier one is left as it is, to the bit.
//!
//! # Source
//!
//! K. Pearson, *On further methods of determining correlation*, 1907, for ρ_s = (6/π) asin(ρ/2); R. L. Iman, W. J.
//! Conover, Commun. Stat. B 11 (1982), for correlating ranks and nothing else.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use super::error::CopulaError;
use super::special::{normal_cdf, normal_quantile};
use crate::diagnostic::nearest;

/// What is left of a variance that rounding alone could have left.
const ROUNDING: f64 = 1e-10;
/// The last number below 1 that a draw can be.
const LAST: f64 = 1.0 - 0.5 * f64::EPSILON;

/// A rank correlation of two parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correlation {
    /// Names of the two.
    pub params: [String; 2],
    /// Spearman's coefficient, in (-1, 1).
    pub spearman: f64,
}

/// Rank correlations between the coordinates of a point.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianCopula {
    /// Rows of the lower triangle L.
    rows: Vec<Vec<f64>>,
}

/// A failed decomposition: the row at which no variance was left.
struct NoneLeft {
    row: usize,
}

/// The lower triangle L with `L Lᵀ` equal to the matrix.
fn cholesky(matrix: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, NoneLeft> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for (i, wanted) in matrix.iter().enumerate() {
        let mut row = vec![0.0; i + 1];
        for j in 0..i {
            let known: f64 = (0..j).map(|k| row[k] * rows[j][k]).sum();
            row[j] = (wanted[j] - known) / rows[j][j];
        }
        let left = wanted[i] - row[..i].iter().map(|x| x * x).sum::<f64>();
        if !(left > ROUNDING) {
            return Err(NoneLeft { row: i });
        }
        row[i] = left.sqrt();
        rows.push(row);
    }
    Ok(rows)
}

/// The largest factor, to a hundredth, by which all correlations can be multiplied.
fn possible_factor(matrix: &[Vec<f64>]) -> f64 {
    let shrunk = |factor: f64| -> Vec<Vec<f64>> {
        let mut shrunk = matrix.to_vec();
        for (i, row) in shrunk.iter_mut().enumerate() {
            row.iter_mut().enumerate().filter(|(j, _)| *j != i).for_each(|(_, x)| *x *= factor);
        }
        shrunk
    };
    let hundredths = (0..100).rev().map(|k| f64::from(k) / 100.0);
    hundredths.into_iter().find(|&factor| cholesky(&shrunk(factor)).is_ok()).unwrap_or(0.0)
}

impl GaussianCopula {
    /// Takes the names of the coordinates, in order, and the rank correlations of some pairs; all other pairs have none.
    ///
    /// # Errors
    ///
    /// When a name is unknown, a pair is given twice or is a parameter with itself, a correlation is not in (-1, 1), or no
    /// joint distribution has all of them; the last names the pair.
    pub fn try_new(names: &[&str], correlations: &[Correlation]) -> Result<Self, CopulaError> {
        let n = names.len();
        let mut matrix = vec![vec![0.0; n]; n];
        matrix.iter_mut().enumerate().for_each(|(i, row)| row[i] = 1.0);
        let place = |name: &str| {
            names.iter().position(|known| *known == name).ok_or_else(|| CopulaError::Unknown {
                name: name.to_owned(),
                near: nearest(name, names.iter().copied()).into_iter().map(str::to_owned).collect(),
            })
        };
        let mut given: Vec<(usize, usize, f64)> = Vec::with_capacity(correlations.len());
        for Correlation { params: [first, second], spearman } in correlations {
            let (a, b) = (place(first)?, place(second)?);
            if a == b {
                return Err(CopulaError::Itself { name: first.clone() });
            }
            let (low, high) = (a.min(b), a.max(b));
            let (first, second, spearman) = (first.clone(), second.clone(), *spearman);
            if !(spearman.abs() < 1.0) {
                return Err(CopulaError::Range { first, second, spearman });
            }
            if given.iter().any(|&(i, j, _)| (i, j) == (low, high)) {
                return Err(CopulaError::Twice { first, second });
            }
            given.push((low, high, spearman));
            let pearson = 2.0 * (PI * spearman / 6.0).sin();
            (matrix[low][high], matrix[high][low]) = (pearson, pearson);
        }
        let rows = cholesky(&matrix).map_err(|NoneLeft { row }| {
            // Of the pairs that end at this row the strongest asks for most of its variance.
            let pairs = given.iter().filter(|&&(_, j, _)| j == row);
            let strongest = pairs.max_by(|a, b| a.2.abs().total_cmp(&b.2.abs()));
            let (i, j, spearman) = strongest.copied().unwrap_or((row, row, 1.0));
            CopulaError::Contradiction {
                first: names[i].to_owned(),
                second: names[j].to_owned(),
                spearman,
                factor: possible_factor(&matrix),
            }
        })?;
        Ok(Self { rows })
    }

    /// Pairs of coordinates that are correlated, in order; none when all are independent.
    pub fn correlated(&self) -> Vec<(usize, usize)> {
        let product =
            |i: usize, j: usize| -> f64 { self.rows[i].iter().zip(&self.rows[j]).map(|(a, b)| a * b).sum() };
        let pairs = (0..self.rows.len()).flat_map(|i| (i + 1..self.rows.len()).map(move |j| (i, j)));
        pairs.filter(|&(i, j)| product(i, j).abs() > ROUNDING).collect()
    }

    /// Correlates the coordinates of a point of the unit cube, in place; coordinates past the names are left alone.
    pub fn apply(&self, point: &mut [f64]) {
        let normal: Vec<f64> = point.iter().take(self.rows.len()).map(|&u| normal_quantile(u)).collect();
        for (i, row) in self.rows.iter().enumerate().take(normal.len()) {
            if row[..i].iter().any(|&weight| weight.abs() > 0.0) {
                let z: f64 = row.iter().zip(&normal).map(|(weight, z)| weight * z).sum();
                point[i] = normal_cdf(z).clamp(f64::MIN_POSITIVE, LAST);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;
    use crate::sampling::{Sampler, UnitDesign};

    fn pair(first: &str, second: &str, spearman: f64) -> Correlation {
        Correlation { params: [first.to_owned(), second.to_owned()], spearman }
    }

    /// Pearson's correlation of ranks, by its definition.
    fn spearman(a: &[f64], b: &[f64]) -> f64 {
        let ranks = |values: &[f64]| {
            let mut order: Vec<usize> = (0..values.len()).collect();
            order.sort_unstable_by(|&i, &j| values[i].total_cmp(&values[j]));
            let mut ranks = vec![0.0; values.len()];
            order.iter().enumerate().for_each(|(rank, &i)| ranks[i] = rank as f64);
            ranks
        };
        let (a, b, n) = (ranks(a), ranks(b), a.len() as f64);
        let middle = (n - 1.0) / 2.0;
        a.iter().zip(&b).map(|(x, y)| (x - middle) * (y - middle)).sum::<f64>() * 12.0 / (n * (n * n - 1.0))
    }

    #[test]
    fn rank_correlations_are_those_asked_for_and_margins_stay_uniform() {
        let design =
            UnitDesign { sampler: Sampler::Independent, points: 4_096, dimensions: 4, randomizations: 1 };
        let points = design.place(&Streams::new(1, 6)).unwrap();
        let wanted = [("a", "b", 0.7), ("a", "c", -0.4), ("b", "d", 0.2)];
        let copula =
            GaussianCopula::try_new(&["a", "b", "c", "d"], &wanted.map(|(i, j, s)| pair(i, j, s))).unwrap();
        let mut columns = vec![Vec::new(); 4];
        for mut point in points.iter() {
            copula.apply(&mut point);
            point.iter().zip(&mut columns).for_each(|(u, column)| column.push(*u));
        }
        for (i, j, wanted) in [(0, 1, 0.7), (0, 2, -0.4), (1, 3, 0.2), (2, 3, 0.0)] {
            let got = spearman(&columns[i], &columns[j]);
            // Standard error at most 1/√n = 0.0156; stronger correlations have less.
            assert!((got - wanted).abs() < 0.03, "{i} {j}: {got} for {wanted}");
        }
        for column in &mut columns {
            column.sort_unstable_by(f64::total_cmp);
            let n = column.len() as f64;
            let worst =
                column.iter().enumerate().map(|(k, u)| (u - (k as f64 + 0.5) / n).abs()).fold(0.0, f64::max);
            // Kolmogorov–Smirnov at a level of one in ten thousand.
            assert!(worst < 2.23 / n.sqrt(), "{worst}");
        }
    }

    #[test]
    fn what_is_not_correlated_is_left_as_it_is() {
        let copula = GaussianCopula::try_new(&["a", "b", "c"], &[pair("c", "a", 0.5)]).unwrap();
        let mut point = [0.123, 0.456, 0.789, 0.999];
        copula.apply(&mut point);
        assert_eq!((point[0], point[1], point[3]), (0.123, 0.456, 0.999));
        assert!((point[2] - 0.789).abs() > 0.01);
    }

    #[test]
    fn extreme_points_stay_inside_the_cube() {
        let copula = GaussianCopula::try_new(&["a", "b"], &[pair("a", "b", 0.999)]).unwrap();
        for edge in [f64::MIN_POSITIVE, 0.5 * f64::EPSILON, LAST] {
            let mut point = [edge, edge];
            copula.apply(&mut point);
            assert!(point.iter().all(|&u| u > 0.0 && u < 1.0), "{point:?}");
        }
    }

    #[test]
    fn a_contradiction_names_the_pair_and_says_how_far_to_shrink() {
        let given = [pair("a", "b", 0.9), pair("b", "c", 0.9), pair("a", "c", -0.95)];
        let error = GaussianCopula::try_new(&["a", "b", "c"], &given).unwrap_err();
        let CopulaError::Contradiction { ref first, ref second, spearman, factor } = error else {
            panic!("{error}")
        };
        assert_eq!((first.as_str(), second.as_str()), ("a", "c"), "{error}");
        assert!((spearman + 0.95).abs() < 1e-12 && factor > 0.4 && factor < 0.7, "{factor}");
        let shrunk: Vec<Correlation> =
            given.iter().map(|c| Correlation { spearman: 0.9 * factor * c.spearman, ..c.clone() }).collect();
        assert!(GaussianCopula::try_new(&["a", "b", "c"], &shrunk).is_ok());
    }

    #[test]
    fn correlated_pairs_are_those_given_and_those_that_follow_are_not() {
        let given = [pair("a", "c", 0.5), pair("b", "c", -0.3)];
        let copula = GaussianCopula::try_new(&["a", "b", "c"], &given).unwrap();
        // a and b share c and are independent all the same.
        assert_eq!(copula.correlated(), [(0, 2), (1, 2)]);
        assert!(GaussianCopula::try_new(&["a", "b"], &[]).unwrap().correlated().is_empty());
    }

    #[test]
    fn slips_are_refused_each_by_its_name() {
        let refused =
            |given: &[Correlation]| GaussianCopula::try_new(&["elasticity", "entry"], given).unwrap_err();
        let unknown = refused(&[pair("elastcity", "entry", 0.1)]);
        assert_eq!(unknown.hint(), "did you mean `elasticity`?");
        assert!(matches!(refused(&[pair("entry", "entry", 0.1)]), CopulaError::Itself { .. }));
        for spearman in [1.0, -1.0, f64::NAN] {
            assert!(matches!(refused(&[pair("elasticity", "entry", spearman)]), CopulaError::Range { .. }));
        }
        let twice = [pair("elasticity", "entry", 0.1), pair("entry", "elasticity", 0.2)];
        assert!(matches!(refused(&twice), CopulaError::Twice { .. }));
    }
}
