//! What it is worth to learn an input before a decision is taken.
//!
//! # Model
//!
//! Each row of a table is a possible world with the net benefit of every option in it. Deciding now earns the largest mean
//! benefit; deciding after all is known earns the mean of the largest, and the difference is the expected value of perfect
//! information (EVPI). Learning one input only, one decides by the mean benefits given that input: these are fitted by a
//! broken line through knots at quantiles of the input, and
//!
//! EVPPI = mean(max_d g_d(x)) − max_d mean(g_d(x)).
//!
//! Fitting noise makes the EVPPI of an input without effect positive, by about 0.4 √(knots/N) of the spread between options:
//! an input drawn at random shows how much.
//!
//! # Source
//!
//! M. Strong, J. E. Oakley, A. Brennan, *Estimating Multiparameter Partial Expected Value of Perfect Information from a
//! Probabilistic Sensitivity Analysis Sample: A Nonparametric Regression Approach*, Medical Decision Making 34 (2014); here
//! with a linear spline for a single input.

use super::given::Estimate;
use super::shape::{ShapeError, at_least, columns, exactly, finite, level};
use crate::rng::Stream;
use crate::stats::{normal_interval, quantiles, resample_counts};

/// Rows behind each segment of the broken line, as the square of their number: 10 segments for 10,000 rows.
const ROWS_PER_SQUARED_SEGMENT: f64 = 100.0;
/// Fewest rows that tell anything.
const LEAST_ROWS: usize = 32;

/// Expected value of learning one input, in the unit of the benefits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueOfInformation {
    /// The value of learning it, with its bootstrap interval.
    pub value: Estimate,
    /// Value of learning everything, for comparison.
    pub perfect: f64,
}

/// Expected value of perfect information, from one column of net benefits for each option.
///
/// # Errors
///
/// No options, no rows, columns of different lengths or with values that are not finite.
pub fn evpi(benefits: &[&[f64]]) -> Result<f64, ShapeError> {
    let n = benefits.first().map_or(0, |column| column.len());
    columns("benefit", benefits, n, 1)?;
    let once = vec![1.0; n];
    Ok(gain(benefits, &once))
}

/// Expected value of learning one input, from its column and one column of net benefits for each option.
///
/// An input with few different values, such as a switch, is fitted by its mean at each.
///
/// # Errors
///
/// No options, fewer than 32 rows, columns of different lengths or with values that are not finite, a level that is none.
pub fn evppi(
    benefits: &[&[f64]],
    input: &[f64],
    n_resamples: usize,
    confidence: f64,
    stream: &mut Stream,
) -> Result<ValueOfInformation, ShapeError> {
    let n = input.len();
    columns("benefit", benefits, n, LEAST_ROWS)?;
    exactly("rows of the input", n, input.len())?;
    finite("input", input)?;
    level(confidence)?;
    let knots = knots(input);
    at_least("knots", 1, knots.len())?;
    let places: Vec<(usize, f64)> = input.iter().map(|&x| place(&knots, x)).collect();
    let worth = |counts: &[f64]| {
        let fitted: Option<Vec<Vec<f64>>> =
            benefits.iter().map(|benefit| fit(&places, knots.len(), benefit, counts)).collect();
        fitted.map_or(f64::NAN, |fitted| {
            let fitted: Vec<&[f64]> = fitted.iter().map(Vec::as_slice).collect();
            gain(&fitted, counts)
        })
    };
    let value = worth(&vec![1.0; n]);
    let resampled: Vec<f64> = (0..n_resamples).map(|_| worth(&resample_counts(n, stream))).collect();
    Ok(ValueOfInformation {
        value: Estimate { value, interval: normal_interval(value, &resampled, confidence) },
        perfect: evpi(benefits)?,
    })
}

/// Mean of the best in each row less the best of the means, rows counting so often.
fn gain(benefits: &[&[f64]], counts: &[f64]) -> f64 {
    let n: f64 = counts.iter().sum();
    let average = |of: &dyn Fn(usize) -> f64| {
        counts.iter().enumerate().map(|(row, count)| count * of(row)).sum::<f64>() / n
    };
    let best = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
    let known = average(&|row| best(&mut benefits.iter().map(|benefit| benefit[row])));
    known - best(&mut benefits.iter().map(|benefit| average(&|row| benefit[row])))
}

/// Different values at even steps of probability; all of them when they are few.
fn knots(input: &[f64]) -> Vec<f64> {
    let segments = (input.len() as f64 / ROWS_PER_SQUARED_SEGMENT).sqrt().round().clamp(2.0, 20.0);
    let mut sorted = input.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup_by(|a, b| a <= b);
    if sorted.len() as f64 <= segments + 1.0 {
        return sorted;
    }
    let steps: Vec<f64> = (0..=segments as u32).map(|step| f64::from(step) / segments).collect();
    let mut knots = quantiles(input, &steps).unwrap_or_default();
    knots.dedup_by(|a, b| a <= b);
    knots
}

/// Knot below a value, and how far it lies towards the next, 0..1.
fn place(knots: &[f64], x: f64) -> (usize, f64) {
    let below = knots.partition_point(|knot| *knot <= x).saturating_sub(1).min(knots.len().saturating_sub(2));
    match knots.get(below + 1) {
        Some(next) => (below, ((x - knots[below]) / (next - knots[below])).clamp(0.0, 1.0)),
        None => (below, 0.0),
    }
}

/// Values of the broken line of least squares at all rows; `None` when a resample leaves a knot without rows.
fn fit(places: &[(usize, f64)], n_knots: usize, values: &[f64], counts: &[f64]) -> Option<Vec<f64>> {
    // Neighbouring hats overlap, others do not: the normal equations have three diagonals.
    let (mut diagonal, mut beside, mut right) = (vec![0.0; n_knots], vec![0.0; n_knots], vec![0.0; n_knots]);
    for ((&(below, part), &value), &count) in places.iter().zip(values).zip(counts) {
        diagonal[below] += count * (1.0 - part) * (1.0 - part);
        right[below] += count * (1.0 - part) * value;
        if part > 0.0 {
            diagonal[below + 1] += count * part * part;
            beside[below] += count * part * (1.0 - part);
            right[below + 1] += count * part * value;
        }
    }
    for knot in 1..n_knots {
        if !(diagonal[knot - 1] > 0.0) {
            return None;
        }
        let factor = beside[knot - 1] / diagonal[knot - 1];
        diagonal[knot] -= factor * beside[knot - 1];
        right[knot] -= factor * right[knot - 1];
    }
    let mut heights = vec![0.0; n_knots];
    for knot in (0..n_knots).rev() {
        let next = heights.get(knot + 1).map_or(0.0, |height| beside[knot] * height);
        if !(diagonal[knot] > 0.0) {
            return None;
        }
        heights[knot] = (right[knot] - next) / diagonal[knot];
    }
    let height = |&(below, part): &(usize, f64)| {
        let next = heights.get(below + 1).copied().unwrap_or_default();
        heights[below] * (1.0 - part) + next * part
    };
    Some(places.iter().map(height).collect())
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::rng::Streams;

    fn stream(replication: u64) -> Stream {
        Streams::new(20_250_101, replication).open(6, 0, 0)
    }

    #[test]
    fn two_normal_inputs_of_one_option() {
        let mut stream = stream(1);
        let (a, b) = (2.0, 1.0);
        let n = 40_000;
        let first: Vec<f64> = (0..n).map(|_| a * stream.normal()).collect();
        let second: Vec<f64> = (0..n).map(|_| b * stream.normal()).collect();
        let option: Vec<f64> = first.iter().zip(&second).map(|(first, second)| first + second).collect();
        let nothing = vec![0.0; n];
        let benefits = [nothing.as_slice(), option.as_slice()];
        for (input, sd) in [(&first, a), (&second, b)] {
            let found = evppi(&benefits, input, 50, 0.95, &mut stream).unwrap();
            let expected = sd / TAU.sqrt();
            assert!((found.value.value / expected - 1.0).abs() < 0.03, "{:?} {expected}", found.value);
            let reach = found.value.interval.unwrap().half_width();
            assert!(
                (found.value.value - expected).abs() < 2.0 * reach && reach < 0.05 * expected,
                "{found:?}"
            );
            assert!((found.perfect / (5.0_f64.sqrt() / TAU.sqrt()) - 1.0).abs() < 0.03);
            assert!(found.value.value <= found.perfect);
        }
    }

    #[test]
    fn bends_are_followed() {
        // The option is worth x² − 1 on average, x uniform in ± 3.
        let mut stream = stream(2);
        let x: Vec<f64> = (0..20_000).map(|_| 6.0 * stream.unit() - 3.0).collect();
        let option: Vec<f64> = x.iter().map(|x| x * x - 1.0 + stream.normal()).collect();
        let nothing = vec![0.0; x.len()];
        let found = evppi(&[&nothing, &option], &x, 0, 0.95, &mut stream).unwrap();
        // Not learning earns 2; learning adds what is not lost where x² < 1: ∫(1 − x²)dx/6 over ± 1 = 2/9.
        assert!((found.value.value / (2.0 / 9.0) - 1.0).abs() < 0.06, "{:?}", found.value);
        assert_eq!(found.value.interval, None);
    }

    #[test]
    fn a_switch_is_fitted_by_its_means() {
        let mut stream = stream(3);
        let switch: Vec<f64> = (0..4_000).map(|row| f64::from(row % 2)).collect();
        let option: Vec<f64> = switch.iter().map(|on| 2.0 * on - 1.0).collect();
        let nothing = vec![0.0; switch.len()];
        let found = evppi(&[&nothing, &option], &switch, 30, 0.95, &mut stream).unwrap();
        assert!((found.value.value - 0.5).abs() < 1e-12 && (found.perfect - 0.5).abs() < 1e-12);
        let constant = vec![7.0; switch.len()];
        let found = evppi(&[&nothing, &option], &constant, 0, 0.95, &mut stream).unwrap();
        assert!(found.value.value.abs() < 1e-12);
    }

    #[test]
    fn an_input_without_effect_is_worth_little() {
        let mut stream = stream(4);
        let x: Vec<f64> = (0..10_000).map(|_| stream.unit()).collect();
        let option: Vec<f64> = (0..10_000).map(|_| stream.normal()).collect();
        let nothing = vec![0.0; x.len()];
        let found = evppi(&[&nothing, &option], &x, 0, 0.95, &mut stream).unwrap();
        assert!((0.0..0.4 * (11.0_f64 / 1e4).sqrt() * 2.0).contains(&found.value.value), "{:?}", found.value);
    }

    #[test]
    fn lines_are_fitted_exactly() {
        let x: Vec<f64> = (0..200_u32).map(|i| f64::from(i * 37 % 101)).collect();
        let line: Vec<f64> = x.iter().map(|x| 3.0 - 2.0 * x).collect();
        let knots = knots(&x);
        let places: Vec<(usize, f64)> = x.iter().map(|&x| place(&knots, x)).collect();
        let fitted = fit(&places, knots.len(), &line, &vec![1.0; x.len()]).unwrap();
        assert!(fitted.iter().zip(&line).all(|(fitted, line)| (fitted - line).abs() < 1e-9));
    }

    #[test]
    fn tables_that_cannot_be_asked_are_refused() {
        let column = vec![1.0; 40];
        assert!(evpi(&[]).is_err());
        assert!(evppi(&[&column], &column[1..], 0, 0.95, &mut stream(5)).is_err());
        assert!(evppi(&[&column[..9]], &column[..9], 0, 0.95, &mut stream(5)).is_err());
        assert!(evppi(&[&column], &[f64::NAN; 40], 0, 0.95, &mut stream(5)).is_err());
        assert!(evppi(&[&column], &column, 0, 0.0, &mut stream(5)).is_err());
    }
}
