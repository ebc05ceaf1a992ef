//! The order of runs behind Sobol' indices: two samples, and copies of each with one input taken from the other.
//!
//! # Model
//!
//! A base row holds 2k numbers in the unit cube: a point a of k inputs, then a point b. It becomes a block of k + 2 runs,
//! a, a with input 1 of b, …, a with input k of b, b; with second order 2k + 2 runs, where the k copies of b with one
//! input of a stand before b. Blocks follow each other. That is the order of `SALib.sample.sobol`: outcomes of either
//! program can be analysed by the other.
//!
//! # Source
//!
//! A. Saltelli, *Making Best Use of Model Evaluations to Compute Sensitivity Indices*, Computer Physics Communications 145
//! (2002); W. Usher et al., SALib, `sample/sobol.py`.

use super::shape::{ShapeError, at_least, exactly, finite};

/// How the runs of a design stand in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaltelliLayout {
    /// Inputs, k.
    pub n_inputs: usize,
    /// Whether copies of the second sample are there, for indices of pairs.
    pub second_order: bool,
}

impl SaltelliLayout {
    /// Runs that one base row becomes.
    pub fn block(&self) -> usize {
        if self.second_order { 2 * self.n_inputs + 2 } else { self.n_inputs + 2 }
    }

    /// Place within the block of the run at the first point.
    pub(super) fn first(&self) -> usize {
        0
    }

    /// Of the first point with one input of the second.
    pub(super) fn first_with(&self, input: usize) -> usize {
        1 + input
    }

    /// Of the second point with one input of the first; only with second order.
    pub(super) fn second_with(&self, input: usize) -> usize {
        1 + self.n_inputs + input
    }

    /// Of the second point.
    pub(super) fn second(&self) -> usize {
        self.block() - 1
    }
}

/// Rows of the design, from base rows of 2k numbers each.
///
/// Row r belongs to base row r / [`SaltelliLayout::block`]. For aligned noise all runs of a block share their draws.
///
/// # Errors
///
/// No inputs, or a base row that has not 2k finite numbers.
pub fn saltelli_rows<R: AsRef<[f64]>>(
    base: &[R],
    layout: SaltelliLayout,
) -> Result<Vec<Vec<f64>>, ShapeError> {
    let k = layout.n_inputs;
    at_least("inputs", 1, k)?;
    let mut rows = Vec::with_capacity(base.len() * layout.block());
    for row in base {
        let row = row.as_ref();
        exactly("numbers of a base row", 2 * k, row.len())?;
        finite("base row", row)?;
        let (first, second) = row.split_at(k);
        let with = |point: &[f64], other: &[f64], input: usize| {
            let mut copy = point.to_vec();
            copy[input] = other[input];
            copy
        };
        rows.push(first.to_vec());
        rows.extend((0..k).map(|input| with(first, second, input)));
        if layout.second_order {
            rows.extend((0..k).map(|input| with(second, first, input)));
        }
        rows.push(second.to_vec());
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fourth and fifth row of the unscrambled Sobol' sequence in four dimensions, as SciPy gives them.
    const BASE: [[f64; 4]; 2] = [[0.25, 0.75, 0.75, 0.75], [0.375, 0.375, 0.625, 0.875]];

    #[test]
    fn rows_stand_in_the_order_of_salib() {
        // SALib 1.6, sample.sobol.sample of two inputs without scrambling, the blocks of those two base rows.
        let both = SaltelliLayout { n_inputs: 2, second_order: true };
        let expected = [
            [0.25, 0.75],
            [0.75, 0.75],
            [0.25, 0.75],
            [0.25, 0.75],
            [0.75, 0.75],
            [0.75, 0.75],
            [0.375, 0.375],
            [0.625, 0.375],
            [0.375, 0.875],
            [0.375, 0.875],
            [0.625, 0.375],
            [0.625, 0.875],
        ];
        assert_eq!(saltelli_rows(&BASE, both).unwrap(), expected);
        let first = SaltelliLayout { second_order: false, ..both };
        let expected = [
            [0.25, 0.75],
            [0.75, 0.75],
            [0.25, 0.75],
            [0.75, 0.75],
            [0.375, 0.375],
            [0.625, 0.375],
            [0.375, 0.875],
            [0.625, 0.875],
        ];
        assert_eq!(saltelli_rows(&BASE, first).unwrap(), expected);
    }

    #[test]
    fn places_within_a_block_are_where_the_rows_stand() {
        let layout = SaltelliLayout { n_inputs: 2, second_order: true };
        let rows = saltelli_rows(&BASE[1..], layout).unwrap();
        assert_eq!(rows[layout.first()], [0.375, 0.375]);
        assert_eq!(rows[layout.first_with(1)], [0.375, 0.875]);
        assert_eq!(rows[layout.second_with(1)], [0.625, 0.375]);
        assert_eq!(rows[layout.second()], [0.625, 0.875]);
    }

    #[test]
    fn base_rows_of_another_width_are_refused() {
        let layout = SaltelliLayout { n_inputs: 3, second_order: false };
        assert!(matches!(
            saltelli_rows(&BASE, layout),
            Err(ShapeError::Length { expected: 6, found: 4, .. })
        ));
        let none = SaltelliLayout { n_inputs: 0, second_order: false };
        assert!(saltelli_rows(&BASE, none).is_err());
    }
}
