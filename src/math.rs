//! Exponential and logarithm as plain arithmetic: loops over them are turned into vector instructions by the compiler, and
//! their results are the same on every machine.
//!
//! Both are accurate to a few units in the last place over the range that they state.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// Adding and subtracting it rounds to the nearest whole number, for numbers below 2⁵¹.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// ln 2 in two parts: the first has zeros at its end, so that whole numbers times it are exact.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Bits of the exponent of 1.
const ONE_EXPONENT: i64 = 1023;
/// Bits of the fraction of a float.
const FRACTION_BITS: u32 = 52;
/// 1/k! for the series of the exponential, from k = 0.
const FACTORIALS: [f64; 14] = {
    let mut table = [1.0; 14];
    let mut k = 1;
    while k < 14 {
        table[k] = table[k - 1] / k as f64;
        k += 1;
    }
    table
};

/// `e^x`; beyond ±708, where the result would leave the range of normal floats, that of the nearer bound.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let x = if x > 708.0 { 708.0 } else { x };
    let x = if x < -708.0 { -708.0 } else { x };
    let shifted = x * LOG2_E + ROUNDER;
    let whole = shifted - ROUNDER;
    let rest = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    // |rest| is at most ln 2 / 2: the first term left out is below 1e-17.
    let (square, mut even, mut odd) = (rest * rest, FACTORIALS[12], FACTORIALS[13]);
    let mut k = 12;
    while k > 0 {
        k -= 2;
        // Even and odd terms go side by side: half the chain that each waits for.
        even = even * square + FACTORIALS[k];
        odd = odd * square + FACTORIALS[k + 1];
    }
    let sum = even + rest * odd;
    // The low bits of the shifted number are the whole number itself.
    let exponent = (shifted.to_bits() as i64).wrapping_add(ONE_EXPONENT) << FRACTION_BITS;
    sum * f64::from_bits(exponent as u64)
}

/// `ln x` of a positive normal float; of anything else, a number without meaning.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let fraction =
        f64::from_bits((bits & ((1 << FRACTION_BITS) - 1)) | ((ONE_EXPONENT as u64) << FRACTION_BITS));
    // A whole number in the low bits of a float at 2⁵²: its exponent as a float, without a conversion.
    let exponent =
        f64::from_bits((bits >> FRACTION_BITS) | (1075 << FRACTION_BITS)) - 4_503_599_627_370_496.0;
    let high = fraction > SQRT_2;
    let fraction = if high { 0.5 * fraction } else { fraction };
    let exponent = exponent - ONE_EXPONENT as f64 + if high { 1.0 } else { 0.0 };
    let s = (fraction - 1.0) / (fraction + 1.0);
    let square = s * s;
    // 2 artanh(s); s² is at most 0.0295, and the first term left out is below 1e-17.
    let (fourth, mut even, mut odd) = (square * square, ODD_RECIPROCALS[10], ODD_RECIPROCALS[11]);
    let mut k = 10;
    while k > 0 {
        k -= 2;
        even = even * fourth + ODD_RECIPROCALS[k];
        odd = odd * fourth + ODD_RECIPROCALS[k + 1];
    }
    let log = 2.0 * s * (even + square * odd);
    exponent * LN_2_HIGH + (exponent * LN_2_LOW + log)
}

/// 1/(2k + 1).
const ODD_RECIPROCALS: [f64; 12] = {
    let mut table = [0.0; 12];
    let mut k = 0;
    while k < 12 {
        table[k] = 1.0 / (2 * k + 1) as f64;
        k += 1;
    }
    table
};

/// `x^p` of a positive normal float.
#[inline(always)]
pub(crate) fn powf(x: f64, p: f64) -> f64 {
    exp(p * ln(x))
}

/// As [`ROUNDER`], in single precision, for numbers below 2²².
const ROUNDER_F32: f32 = 12_582_912.0;
/// ln 2 in two parts, in single precision.
const LN_2_HIGH_F32: f32 = 0.693_359_4;
const LN_2_LOW_F32: f32 = -2.121_944_4e-4;

/// `e^x` in single precision; beyond ±87 that of the nearer bound.
#[inline(always)]
pub(crate) fn exp_f32(x: f32) -> f32 {
    let x = if x > 87.0 { 87.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUNDER_F32;
    let whole = shifted - ROUNDER_F32;
    let rest = x - whole * LN_2_HIGH_F32 - whole * LN_2_LOW_F32;
    let mut sum = FACTORIALS[7] as f32;
    let mut k = 7;
    while k > 0 {
        k -= 1;
        sum = sum * rest + FACTORIALS[k] as f32;
    }
    let exponent = (shifted.to_bits() as i32).wrapping_add(127) << 23;
    sum * f32::from_bits(exponent as u32)
}

/// `ln x` of a positive normal float in single precision; of anything else, a number without meaning.
#[inline(always)]
pub(crate) fn ln_f32(x: f32) -> f32 {
    let bits = x.to_bits();
    let fraction = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    let high = fraction > std::f32::consts::SQRT_2;
    let fraction = if high { 0.5 * fraction } else { fraction };
    let exponent = ((bits >> 23) as i32 - 127) as f32 + if high { 1.0 } else { 0.0 };
    let s = (fraction - 1.0) / (fraction + 1.0);
    let square = s * s;
    let mut sum = ODD_RECIPROCALS[4] as f32;
    let mut k = 4;
    while k > 0 {
        k -= 1;
        sum = sum * square + ODD_RECIPROCALS[k] as f32;
    }
    exponent * LN_2_HIGH_F32 + (exponent * LN_2_LOW_F32 + 2.0 * s * sum)
}

const _: () = assert!(LN_2_HIGH < LN_2 && LN_2_HIGH + LN_2_LOW == LN_2);

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that fill a range densely, without a pattern in their bits.
    fn spread(from: f64, to: f64) -> impl Iterator<Item = f64> {
        (0..200_000).map(move |k| from + (to - from) * (f64::from(k) * 0.618_033_988_749_895).fract())
    }

    #[test]
    fn the_exponential_is_that_of_the_standard_library() {
        let worst = spread(-708.0, 708.0).map(|x| (exp(x) / x.exp() - 1.0).abs()).fold(0.0, f64::max);
        assert!(worst < 6e-16, "{worst:e}");
        assert!((exp(0.0) - 1.0).abs() < 1e-300);
        assert!(exp(-1e9) > 0.0 && exp(-1e9) < 1e-300 && exp(1e9).is_finite());
    }

    #[test]
    fn the_logarithm_is_that_of_the_standard_library() {
        let worst = spread(-700.0, 700.0)
            .map(|log| log.exp())
            .map(|x| (ln(x) - x.ln()).abs() / x.ln().abs().max(1.0))
            .fold(0.0, f64::max);
        assert!(worst < 6e-16, "{worst:e}");
        let near_one = spread(0.9, 1.1).map(|x| (ln(x) - x.ln()).abs()).fold(0.0, f64::max);
        assert!(near_one < 6e-17, "{near_one:e}");
        assert!(ln(1.0).abs() < 1e-300);
    }

    #[test]
    fn single_precision_is_right_to_single_precision() {
        let exps = spread(-87.0, 87.0).map(|x| x as f32);
        let worst =
            exps.map(|x| (f64::from(exp_f32(x)) / f64::from(x).exp() - 1.0).abs()).fold(0.0, f64::max);
        assert!(worst < 3e-7, "{worst:e}");
        let logs = spread(-80.0, 80.0).map(|log| log.exp() as f32);
        let error =
            |x: f32| (f64::from(ln_f32(x)) - f64::from(x).ln()).abs() / f64::from(x).ln().abs().max(1.0);
        let worst = logs.map(error).fold(0.0, f64::max);
        assert!(worst < 2e-7, "{worst:e}");
    }

    #[test]
    fn powers_are_those_of_the_standard_library() {
        for p in [0.25, 2.0, 4.0, -1.3] {
            let worst = spread(1e-6, 1e3).map(|x| (powf(x, p) / x.powf(p) - 1.0).abs()).fold(0.0, f64::max);
            assert!(worst < 2e-14, "{p}: {worst:e}");
        }
    }
}
