//! The Latin hypercube: each dimension is cut into as many strata as there are points, and each stratum holds one point.
//!
//! # Model
//!
//! Coordinate `d` of point `i` is `(π_d(i) + v)/n`, with a random order `π_d` of the n strata and a place `v` within the
//! stratum, uniform on (0, 1).
//!
//! # Invariants
//!
//! * Every dimension has exactly one point in each interval `[k/n, (k + 1)/n)`.
//!
//! # Source
//!
//! M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21 (1979).

use super::address::Address;
use super::error::DesignError;
use crate::rng::{Stream, Streams};

/// A Latin hypercube of n points.
#[derive(Debug, Clone, PartialEq)]
pub struct Latin {
    points: usize,
    /// Coordinates, dimension by dimension.
    coordinates: Vec<Vec<f64>>,
}

/// A number below `n`, each equally likely up to n/2⁶⁴.
fn below(stream: &mut Stream, n: usize) -> usize {
    ((u128::from(stream.next_u64()) * n as u128) >> 64) as usize
}

/// The numbers 0 to n - 1 in random order.
fn shuffled(stream: &mut Stream, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        order.swap(last, below(stream, last + 1));
    }
    order
}

/// A place in a stratum that rounding does not push into the next.
fn place(stratum: usize, within: f64, n: usize) -> f64 {
    let (stratum, n) = (stratum as f64, n as f64);
    let u = (stratum + within) / n;
    let stays = u >= stratum / n && u < (stratum + 1.0) / n;
    if stays { u } else { (stratum + 0.5) / n }
}

impl Latin {
    /// A randomization of the hypercube, from addressed streams.
    ///
    /// Adding a dimension or another randomization changes no other.
    ///
    /// # Errors
    ///
    /// Without points or dimensions.
    pub fn new(
        points: usize,
        dimensions: usize,
        streams: &Streams,
        randomization: u64,
    ) -> Result<Self, DesignError> {
        if points == 0 {
            return Err(DesignError::NoPoints);
        }
        if dimensions == 0 {
            return Err(DesignError::Dimensions { dimensions, most: usize::MAX });
        }
        let coordinates = (0..dimensions as u64).map(|dimension| {
            let order = shuffled(&mut Address::Strata.open(streams, dimension, randomization), points);
            let mut within = Address::Within.open(streams, dimension, randomization);
            order.into_iter().map(|stratum| place(stratum, within.unit(), points)).collect()
        });
        Ok(Self { points, coordinates: coordinates.collect() })
    }

    /// Coordinates of a point, each in the open interval (0, 1); nothing past the last.
    pub fn point(&self, index: usize) -> Option<Vec<f64>> {
        (index < self.points).then(|| self.coordinates.iter().map(|column| column[index]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAMS: Streams = Streams::new(20_250_101, 4);

    #[test]
    fn each_stratum_holds_one_point() {
        for n in [1, 7, 1_000] {
            let latin = Latin::new(n, 5, &STREAMS, 0).unwrap();
            for column in &latin.coordinates {
                let mut sorted = column.clone();
                sorted.sort_unstable_by(f64::total_cmp);
                for (stratum, &u) in sorted.iter().enumerate() {
                    let (low, high) = (stratum as f64 / n as f64, (stratum + 1) as f64 / n as f64);
                    assert!(
                        u > 0.0 && u < 1.0 && u >= low && u < high,
                        "{u} is not in stratum {stratum} of {n}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_place_that_rounds_up_stays_in_its_stratum() {
        let last_but_nothing = 1.0 - 0.5 * f64::EPSILON;
        for (stratum, n) in [(0, 3), (6, 7), (99_999, 100_000), (5_000_000, 9_999_991)] {
            let u = place(stratum, last_but_nothing, n);
            assert!(u < (stratum + 1) as f64 / n as f64 && u >= stratum as f64 / n as f64);
        }
    }

    /// Orders are uniform: the stratum of the first point has mean (n - 1)/2 over randomizations.
    #[test]
    fn orders_are_uniform_and_independent_between_dimensions() {
        const N: usize = 3_000;
        let first: Vec<Vec<f64>> =
            (0..N as u64).map(|r| Latin::new(9, 2, &STREAMS, r).unwrap().point(0).unwrap()).collect();
        let error = (1.0 / (12.0 * N as f64)).sqrt();
        for dimension in 0..2 {
            let mean = first.iter().map(|point| point[dimension]).sum::<f64>() / N as f64;
            assert!((mean - 0.5).abs() < 4.0 * error, "{mean}");
        }
        let product = first.iter().map(|p| 12.0 * (p[0] - 0.5) * (p[1] - 0.5)).sum::<f64>() / N as f64;
        // Of a product of two independent coordinates, in units of their variance, the standard error is 1/√n.
        assert!(product.abs() < 4.0 / (N as f64).sqrt(), "{product}");
    }

    #[test]
    fn a_further_dimension_changes_no_other() {
        let (few, many) = (Latin::new(64, 2, &STREAMS, 1).unwrap(), Latin::new(64, 5, &STREAMS, 1).unwrap());
        assert_eq!(few.coordinates[..], many.coordinates[..2]);
        assert_ne!(few, Latin::new(64, 2, &STREAMS, 2).unwrap());
    }

    #[test]
    fn nothing_is_refused_and_past_the_end_is_nothing() {
        assert!(Latin::new(0, 2, &STREAMS, 0).is_err() && Latin::new(2, 0, &STREAMS, 0).is_err());
        assert_eq!(Latin::new(2, 1, &STREAMS, 0).unwrap().point(2), None);
    }
}
