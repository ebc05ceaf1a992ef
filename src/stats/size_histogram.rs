//! How a total is spread over units by the size of each, kept in cells instead of one by one.

/// Bits of a float that tell the cell within a doubling.
const CELL_BITS: u32 = 6;
const DROPPED_BITS: u32 = f32::MANTISSA_DIGITS - 1 - CELL_BITS;
/// Sizes below it share one cell, 2⁻²⁴.
const LEAST: f32 = 5.960_464_5e-8;
/// Sizes from it on share one cell, 2⁴⁰.
const LARGEST: f32 = 1.099_511_6e12;

const fn number(size: f32) -> usize {
    (size.to_bits() >> DROPPED_BITS) as usize
}

/// Units by their size: 64 cells to a doubling, each with its number of units and their exact total.
///
/// Totals are exact; what lies between two cells is known to the width of one, 1.1 %.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SizeHistogram {
    /// Units and their total, smallest sizes first; empty until something is added.
    cells: Vec<(u64, f64)>,
}

impl SizeHistogram {
    /// Adds `units` of the same size, which is not negative.
    pub fn add(&mut self, units: u64, size: f32) {
        if self.cells.is_empty() {
            self.cells.resize(number(LARGEST) - number(LEAST) + 2, (0, 0.0));
        }
        let cell =
            if size < LEAST { 0 } else { (number(size) - number(LEAST) + 1).min(self.cells.len() - 1) };
        self.cells[cell].0 += units;
        self.cells[cell].1 += units as f64 * f64::from(size);
    }

    /// Adds all that another holds.
    pub fn absorb(&mut self, other: &Self) {
        if self.cells.is_empty() {
            self.cells.clone_from(&other.cells);
            return;
        }
        for (mine, others) in self.cells.iter_mut().zip(&other.cells) {
            *mine = (mine.0 + others.0, mine.1 + others.1);
        }
    }

    /// Share of the total that lies with the top `share` of the units, 0..1; `None` without any total.
    ///
    /// The units of the cell at the boundary count with their mean size: an error below 1 % of what that cell holds.
    pub fn top_share(&self, share: f64) -> Option<f64> {
        let all = Some(self.cells.iter().map(|cell| cell.1).sum::<f64>()).filter(|&sum| sum > 0.0)?;
        let mut left = share * self.cells.iter().map(|cell| cell.0 as f64).sum::<f64>();
        let mut top = 0.0;
        for &(units, total) in self.cells.iter().rev() {
            let units = units as f64;
            if units > left {
                top += total * left / units;
                break;
            }
            left -= units;
            top += total;
        }
        Some(top / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same from all sizes, sorted.
    fn exact(sizes: &[(u64, f32)], share: f64) -> f64 {
        let mut each: Vec<f64> =
            sizes.iter().flat_map(|(n, size)| vec![f64::from(*size); *n as usize]).collect();
        each.sort_by(|a, b| b.total_cmp(a));
        let top = share * each.len() as f64;
        let whole = top as usize;
        let part = each.get(whole).map_or(0.0, |next| next * (top - whole as f64));
        (each[..whole].iter().sum::<f64>() + part) / each.iter().sum::<f64>()
    }

    /// Sizes over eight orders of magnitude, heavy at the top, and some of nothing.
    fn sizes() -> Vec<(u64, f32)> {
        let spread = |k: u32| (f64::from(k) * 0.618_033_988_749_895).fract();
        (0..4_000)
            .map(|k| (u64::from(1 + k % 7), (18.0 * spread(k) - 9.0).exp() as f32))
            .chain([(500, 0.0)])
            .collect()
    }

    #[test]
    fn shares_of_the_top_are_those_of_the_sorted_sizes() {
        let sizes = sizes();
        let mut histogram = SizeHistogram::default();
        for (units, size) in &sizes {
            histogram.add(*units, *size);
        }
        for share in [0.0, 0.001, 0.02, 0.5, 1.0] {
            let (got, sought) = (histogram.top_share(share).unwrap(), exact(&sizes, share));
            assert!((got - sought).abs() < 2e-4, "{share}: {got}, {sought}");
        }
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let (mut whole, mut first, mut second) =
            (SizeHistogram::default(), SizeHistogram::default(), SizeHistogram::default());
        for (k, (units, size)) in sizes().into_iter().enumerate() {
            whole.add(units, size);
            if k % 3 == 0 { first.add(units, size) } else { second.add(units, size) }
        }
        let mut sum = SizeHistogram::default();
        sum.absorb(&first);
        sum.absorb(&second);
        sum.absorb(&SizeHistogram::default());
        let difference = sum.top_share(0.02).unwrap() - whole.top_share(0.02).unwrap();
        assert!(difference.abs() < 1e-12, "{difference}");
    }

    #[test]
    fn sizes_beyond_the_cells_count_in_full_and_nothing_has_no_shares() {
        let mut histogram = SizeHistogram::default();
        assert_eq!(histogram.top_share(0.5), None);
        histogram.add(3, 0.0);
        assert_eq!(histogram.top_share(0.5), None);
        histogram.add(1, 3e20);
        histogram.add(1, f32::MAX);
        let share = histogram.top_share(0.4).unwrap();
        assert!((share - 1.0).abs() < 1e-9, "{share}");
    }
}
