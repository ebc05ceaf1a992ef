//! The Sobol' sequence: points that fill the unit cube more evenly than chance does.
//!
//! # Model
//!
//! Coordinate `d` of point `i` is the exclusive or of the columns of a binary matrix, one for each bit that is set in the
//! Gray code of `i`; the matrix follows from a primitive polynomial and a few initial numbers of Joe and Kuo. A random
//! linear scramble multiplies the matrix by a random lower triangular one with ones on its diagonal, and a digital shift
//! adds random digits to the result: every point is then uniform on the cube, and the points keep their evenness.
//!
//! # Invariants
//!
//! * The first 2^m points hit each dyadic interval of length 2^-m once in every dimension, and in dimensions 1 and 2 each
//!   elementary rectangle of area 2^-m: scrambled or not.
//! * A point depends on its index, its dimension and the address of its scramble, on nothing else.
//!
//! # Source
//!
//! I. M. Sobol', USSR Comput. Math. Math. Phys. 7 (1967); I. A. Antonov, V. M. Saleev, ibid. 19 (1979), for the order by
//! Gray code; S. Joe, F. Y. Kuo, SIAM J. Sci. Comput. 30 (2008), for the numbers in `joe_kuo.txt`; J. Matoušek, J.
//! Complexity 14 (1998), for the scramble.

use std::sync::OnceLock;

use super::address::{Address, digits_to_unit};
use super::error::DesignError;
use crate::rng::Streams;

/// Bits of an index: a sequence has at most 2³² points.
const INDEX_BITS: usize = 32;
/// Binary digits of a coordinate after scrambling: as many as a draw of [`crate::rng`] has.
const DIGITS: usize = 52;
/// Most dimensions: those of the table on file.
pub const MOST_DIMENSIONS: usize = 1_024;

/// The table of Joe and Kuo, with its licence.
static JOE_KUO: &str = include_str!("joe_kuo.txt");

/// Columns of the matrix of one dimension; the first digit is the highest bit.
type Columns = [u64; INDEX_BITS];

/// A row of the table: degree, inner coefficients of the polynomial, initial numbers.
struct Primitive {
    degree: usize,
    coefficients: u64,
    initial: Vec<u64>,
}

/// The table from dimension 2 on, read once.
fn primitives() -> &'static [Primitive] {
    static TABLE: OnceLock<Vec<Primitive>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rows = JOE_KUO.lines().filter(|line| !line.starts_with('#'));
        rows.filter_map(|row| {
            let mut numbers = row.split_whitespace().map_while(|word| word.parse::<u64>().ok()).skip(1);
            let (degree, coefficients) = (numbers.next()? as usize, numbers.next()?);
            Some(Primitive { degree, coefficients, initial: numbers.collect() })
        })
        .collect()
    })
}

/// Columns of the first dimension, that of van der Corput.
fn mirror() -> Columns {
    std::array::from_fn(|bit| 1 << (63 - bit))
}

/// Columns of a later dimension, by the recurrence of its polynomial.
fn columns(primitive: &Primitive) -> Columns {
    let s = primitive.degree;
    let mut columns = [0; INDEX_BITS];
    for bit in 0..INDEX_BITS {
        columns[bit] = if bit < s {
            primitive.initial.get(bit).copied().unwrap_or(1) << (63 - bit)
        } else {
            let mut column = columns[bit - s] ^ (columns[bit - s] >> s);
            for k in 1..s {
                if primitive.coefficients >> (s - 1 - k) & 1 == 1 {
                    column ^= columns[bit - k];
                }
            }
            column
        };
    }
    columns
}

/// Multiplies columns by a random lower triangular matrix with ones on its diagonal, `rows` being its rows.
fn scramble(columns: &Columns, rows: &[u64; DIGITS]) -> Columns {
    columns.map(|column| {
        rows.iter()
            .enumerate()
            .fold(0, |digits, (row, mask)| digits | u64::from((column & mask).count_ones() & 1) << (63 - row))
    })
}

/// Columns and shift of one dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dimension {
    columns: Columns,
    shift: u64,
}

/// A Sobol' sequence of some dimensions, plain or scrambled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sobol {
    dimensions: Vec<Dimension>,
}

impl Sobol {
    /// The sequence as published, point 0 being the origin.
    ///
    /// # Errors
    ///
    /// With no dimension, or more than [`MOST_DIMENSIONS`].
    pub fn plain(dimensions: usize) -> Result<Self, DesignError> {
        if !(1..=MOST_DIMENSIONS).contains(&dimensions) {
            return Err(DesignError::Dimensions { dimensions, most: MOST_DIMENSIONS });
        }
        let later = primitives().iter().map(columns);
        let all = std::iter::once(mirror()).chain(later).take(dimensions);
        Ok(Self { dimensions: all.map(|columns| Dimension { columns, shift: 0 }).collect() })
    }

    /// A randomization of the sequence: linear scramble and digital shift, both from addressed streams.
    ///
    /// Adding a dimension or another randomization changes no other.
    ///
    /// # Errors
    ///
    /// As [`Sobol::plain`].
    pub fn scrambled(dimensions: usize, streams: &Streams, randomization: u64) -> Result<Self, DesignError> {
        let mut sequence = Self::plain(dimensions)?;
        for (number, dimension) in sequence.dimensions.iter_mut().enumerate() {
            let mut stream = Address::Scramble.open(streams, number as u64, randomization);
            // Row r of the triangle: random digits before the diagonal, a one on it, nothing after.
            let rows: [u64; DIGITS] = std::array::from_fn(|row| {
                let diagonal = 1 << (63 - row);
                (stream.next_u64() & !(diagonal | (diagonal - 1))) | diagonal
            });
            dimension.columns = scramble(&dimension.columns, &rows);
            dimension.shift = stream.next_u64();
        }
        Ok(sequence)
    }

    /// Number of dimensions.
    pub fn dimensions(&self) -> usize {
        self.dimensions.len()
    }

    /// Binary digits of one coordinate, the first as the highest bit. Dimensions count from 0.
    fn digits(&self, index: u32, dimension: &Dimension) -> u64 {
        let gray = index ^ (index >> 1);
        let columns = dimension.columns.iter().enumerate();
        columns
            .filter(|(bit, _)| gray >> bit & 1 == 1)
            .fold(dimension.shift, |digits, (_, column)| digits ^ column)
    }

    /// Coordinates of the point of that index, each in the open interval (0, 1).
    ///
    /// A coordinate is the middle of the interval of length 2⁻⁵² that its digits name: the origin is 2⁻⁵³.
    pub fn point(&self, index: u32) -> Vec<f64> {
        self.dimensions.iter().map(|dimension| digits_to_unit(self.digits(index, dimension))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First 64 points in five dimensions, in 64ths.
    /// Source: `scipy.stats.qmc.Sobol(5, scramble=False).random(64)` of SciPy 1.17.1.
    #[rustfmt::skip]
    const FIRST_64: [[u64; 5]; 64] = [
        [0, 0, 0, 0, 0], [32, 32, 32, 32, 32], [48, 16, 16, 16, 48], [16, 48, 48, 48, 16],
        [24, 24, 40, 56, 24], [56, 56, 8, 24, 56], [40, 8, 56, 40, 40], [8, 40, 24, 8, 8],
        [12, 20, 60, 28, 36], [44, 52, 28, 60, 4], [60, 4, 44, 12, 20], [28, 36, 12, 44, 52],
        [20, 12, 20, 36, 60], [52, 44, 52, 4, 28], [36, 28, 4, 52, 12], [4, 60, 36, 20, 44],
        [6, 30, 30, 42, 18], [38, 62, 62, 10, 50], [54, 14, 14, 58, 34], [22, 46, 46, 26, 2],
        [30, 6, 54, 18, 10], [62, 38, 22, 50, 42], [46, 22, 38, 2, 58], [14, 54, 6, 34, 26],
        [10, 10, 34, 54, 54], [42, 42, 2, 22, 22], [58, 26, 50, 38, 6], [26, 58, 18, 6, 38],
        [18, 18, 10, 14, 46], [50, 50, 42, 46, 14], [34, 2, 26, 30, 30], [2, 34, 58, 62, 62],
        [3, 17, 45, 35, 9], [35, 49, 13, 3, 41], [51, 1, 61, 51, 57], [19, 33, 29, 19, 25],
        [27, 9, 5, 27, 17], [59, 41, 37, 59, 49], [43, 25, 21, 11, 33], [11, 57, 53, 43, 1],
        [15, 5, 17, 63, 45], [47, 37, 49, 31, 13], [63, 21, 1, 47, 29], [31, 53, 33, 15, 61],
        [23, 29, 57, 7, 53], [55, 61, 25, 39, 21], [39, 13, 41, 23, 5], [7, 45, 9, 55, 37],
        [5, 15, 51, 9, 27], [37, 47, 19, 41, 59], [53, 31, 35, 25, 43], [21, 63, 3, 57, 11],
        [29, 23, 27, 49, 3], [61, 55, 59, 17, 35], [45, 7, 11, 33, 51], [13, 39, 43, 1, 19],
        [9, 27, 15, 21, 63], [41, 59, 47, 53, 31], [57, 11, 31, 5, 15], [25, 43, 63, 37, 47],
        [17, 3, 39, 45, 39], [49, 35, 7, 13, 7], [33, 19, 55, 61, 23], [1, 51, 23, 29, 55],
    ];

    const STREAMS: Streams = Streams::new(20_250_101, 3);

    /// The interval of length 2^-`bits` in which a coordinate lies.
    fn cell(u: f64, bits: u32) -> usize {
        (u * f64::from(1_u32 << bits)) as usize
    }

    fn hit_once(cells: impl Iterator<Item = usize>, n: usize) -> bool {
        let mut hits = vec![0; n];
        cells.for_each(|cell| hits[cell] += 1);
        hits.iter().all(|&count| count == 1)
    }

    #[test]
    fn the_first_points_are_those_of_scipy() {
        let sequence = Sobol::plain(5).unwrap();
        for (index, expected) in FIRST_64.iter().enumerate() {
            for (dimension, expected) in sequence.dimensions.iter().zip(expected) {
                assert_eq!(sequence.digits(index as u32, dimension), expected << 58, "point {index}");
            }
        }
    }

    /// Source: as above, point 123,456 of 1,024 dimensions, in units of 2⁻³².
    #[test]
    fn a_late_point_in_many_dimensions_is_that_of_scipy() {
        let sequence = Sobol::plain(MOST_DIMENSIONS).unwrap();
        for (dimension, expected) in [
            (0, 113_803_264_u64),
            (1, 784_891_904),
            (9, 1_069_711_360),
            (99, 3_976_167_424),
            (999, 4_125_851_648),
            (1_023, 1_919_713_280),
        ] {
            let digits = sequence.digits(123_456, &sequence.dimensions[dimension]);
            assert_eq!(digits >> 32, expected, "dimension {dimension}");
        }
    }

    #[test]
    fn the_table_holds_odd_numbers_that_fit_their_digit() {
        assert_eq!(primitives().len(), MOST_DIMENSIONS - 1);
        for primitive in primitives() {
            assert_eq!(primitive.initial.len(), primitive.degree);
            for (bit, m) in primitive.initial.iter().enumerate() {
                assert!(m % 2 == 1 && *m < 2 << bit);
            }
        }
    }

    #[test]
    fn every_dyadic_interval_is_hit_once_in_every_dimension() {
        for sequence in [Sobol::plain(40).unwrap(), Sobol::scrambled(40, &STREAMS, 0).unwrap()] {
            for bits in [1, 4, 9] {
                let points: Vec<Vec<f64>> = (0..1 << bits).map(|index| sequence.point(index)).collect();
                for dimension in 0..40 {
                    let cells = points.iter().map(|point| cell(point[dimension], bits));
                    assert!(hit_once(cells, 1 << bits), "dimension {dimension}, {bits} bits");
                }
            }
        }
    }

    #[test]
    fn the_first_two_dimensions_are_a_net() {
        const M: u32 = 8;
        for sequence in [Sobol::plain(2).unwrap(), Sobol::scrambled(2, &STREAMS, 5).unwrap()] {
            // Any 2^m points that begin at a multiple of 2^m are a net, not only the first.
            for start in [0, 3 << M] {
                let points: Vec<Vec<f64>> =
                    (start..start + (1 << M)).map(|index| sequence.point(index)).collect();
                for across in 0..=M {
                    let cells = points
                        .iter()
                        .map(|point| (cell(point[0], across) << (M - across)) + cell(point[1], M - across));
                    assert!(hit_once(cells, 1 << M), "from {start}, {across} bits across");
                }
            }
        }
    }

    /// A scrambled point is uniform: over randomizations its mean is ½ and its variance 1/12.
    #[test]
    fn scrambled_points_are_uniform_and_randomizations_differ() {
        const N: u64 = 4_000;
        let draws: Vec<f64> =
            (0..N).map(|r| Sobol::scrambled(3, &STREAMS, r).unwrap().point(77)[2]).collect();
        let mean = draws.iter().sum::<f64>() / N as f64;
        let variance = draws.iter().map(|u| (u - 0.5).powi(2)).sum::<f64>() / N as f64;
        // Four standard errors: of a mean √(1/12N), of a variance √(1/180N).
        assert!((mean - 0.5).abs() < 4.0 * (1.0 / (12.0 * N as f64)).sqrt(), "{mean}");
        assert!((variance - 1.0 / 12.0).abs() < 4.0 * (1.0 / (180.0 * N as f64)).sqrt(), "{variance}");
    }

    #[test]
    fn a_further_dimension_changes_no_other() {
        let (few, many) =
            (Sobol::scrambled(3, &STREAMS, 1).unwrap(), Sobol::scrambled(7, &STREAMS, 1).unwrap());
        assert_eq!(few.dimensions[..], many.dimensions[..3]);
    }

    /// The integral of a smooth function: the error falls like 1/n and not like 1/√n.
    #[test]
    fn a_smooth_integral_is_found_faster_than_by_chance() {
        const N: u32 = 4_096;
        let f = |point: &[f64]| point.iter().map(|u| 1.0 + (u - 0.5)).product::<f64>();
        let errors: Vec<f64> = (0..8)
            .map(|r| {
                let sequence = Sobol::scrambled(6, &STREAMS, r).unwrap();
                (0..N).map(|index| f(&sequence.point(index))).sum::<f64>() / f64::from(N) - 1.0
            })
            .collect();
        let rms = (errors.iter().map(|e| e * e).sum::<f64>() / 8.0).sqrt();
        // The standard deviation of the function is √((13/12)^6 - 1) = 0.785.
        let by_chance = 0.785 / f64::from(N).sqrt();
        assert!(rms < by_chance / 20.0, "{rms:e} against {by_chance:e}");
    }

    #[test]
    fn too_many_dimensions_are_refused() {
        assert!(Sobol::plain(0).is_err() && Sobol::plain(MOST_DIMENSIONS + 1).is_err());
    }
}
