//! Special functions without panics, and the inverse of a monotone function to the last bit.
//!
//! What `statrs` computes is used where it was found to be right to 1e-12; arguments that it refuses get their limits here.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc_inv;
use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur};

use std::f64::consts::{PI, SQRT_2};

/// Φ(z), right in the lower tail too.
///
/// By the incomplete gamma function: `erfc` of `statrs` is right to ten digits only.
pub(super) fn normal_cdf(z: f64) -> f64 {
    let half_square = 0.5 * z * z;
    let beyond = if half_square < 0.5 {
        0.5 - 0.5 * gamma_cdf(0.5, half_square)
    } else if half_square.is_finite() {
        0.5 * checked_gamma_ur(0.5, half_square).unwrap_or(0.0)
    } else {
        half_square.recip()
    };
    if z > 0.0 { 1.0 - beyond } else { beyond }
}

/// φ(z).
pub(super) fn normal_pdf(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// Φ⁻¹(u).
pub(super) fn normal_quantile(u: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * u)
}

/// P(a, x), the regularised lower incomplete gamma function; 0 below its range and 1 above.
pub(super) fn gamma_cdf(shape: f64, x: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { checked_gamma_lr(shape, x).unwrap_or(1.0) }
}

/// I_y(a, b), the regularised incomplete beta function; 0 below its range and 1 above.
pub(super) fn beta_cdf(a: f64, b: f64, y: f64) -> f64 {
    if y <= 0.0 { 0.0 } else { checked_beta_reg(a, b, y.min(1.0)).unwrap_or(1.0) }
}

/// Student's distribution function with `dof` degrees of freedom.
pub(super) fn student_cdf(dof: f64, t: f64) -> f64 {
    let square = t * t;
    // Near the centre and in the tail different halves of the beta function keep their digits.
    let beyond = if square < dof {
        0.5 - 0.5 * beta_cdf(0.5, 0.5 * dof, square / (dof + square))
    } else {
        0.5 * beta_cdf(0.5 * dof, 0.5, 1.0 / (1.0 + square / dof))
    };
    if t > 0.0 { 1.0 - beyond } else { beyond }
}

/// A float as a whole number in the same order, neighbours as neighbours.
fn rank(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
}

/// The float of that rank.
fn unrank(rank: i64) -> f64 {
    f64::from_bits(if rank < 0 { i64::MIN.wrapping_sub(rank) } else { rank } as u64)
}

/// The smallest float in `[low, high]` at which a statement holds that is false before and true after some point; `high`
/// when it holds nowhere.
///
/// Floats are bisected by rank: at most 64 questions, and the answer is right to the last bit at any scale.
pub(super) fn smallest(low: f64, high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut below, mut above) = (i128::from(rank(low)) - 1, i128::from(rank(high)));
    while above - below > 1 {
        let middle = (below + above).div_euclid(2);
        if holds(unrank(middle as i64)) {
            above = middle;
        } else {
            below = middle;
        }
    }
    unrank(above as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, expected: f64, relative: f64) {
        assert!((got / expected - 1.0).abs() < relative, "{got:e} for {expected:e}");
    }

    /// Source: `norm.cdf` of SciPy 1.17.1.
    #[test]
    #[rustfmt::skip]
    fn the_normal_functions_are_those_of_scipy() {
        for (arguments, expected) in [
            ([-37.0_f64], 5.7255712225239266e-300_f64),
            ([-20.0_f64], 2.7536241186061556e-89_f64),
            ([-8.5_f64], 9.47953482220325e-18_f64),
            ([-4.75_f64], 1.0170832425687032e-06_f64),
            ([-2.3_f64], 0.010724110021675809_f64),
            ([-1.1_f64], 0.13566606094638267_f64),
            ([-0.3_f64], 0.3820885778110474_f64),
            ([0.2_f64], 0.579259709439103_f64),
            ([0.9_f64], 0.8159398746532405_f64),
            ([2.2_f64], 0.9860965524865014_f64),
            ([4.6_f64], 0.9999978875452975_f64),
        ] {
            near(normal_cdf(arguments[0]), expected, 1e-12);
        }
    }

    /// Source: `norm.ppf` of SciPy 1.17.1.
    #[test]
    #[rustfmt::skip]
    fn the_normal_quantile_is_that_of_scipy() {
        for (arguments, expected) in [
            ([1e-300_f64], -37.0470962993612_f64),
            ([1e-40_f64], -13.31092137142517_f64),
            ([1e-12_f64], -7.034483825301131_f64),
            ([1e-06_f64], -4.753424308822899_f64),
            ([0.001_f64], -3.090232306167813_f64),
            ([0.02_f64], -2.053748910631823_f64),
            ([0.2_f64], -0.8416212335729142_f64),
            ([0.4_f64], -0.2533471031357997_f64),
            ([0.49999_f64], -2.5066282748960008e-05_f64),
            ([0.51_f64], 0.02506890825871106_f64),
            ([0.7_f64], 0.5244005127080407_f64),
            ([0.99_f64], 2.3263478740408408_f64),
            ([0.999999_f64], 4.753424308817087_f64),
            ([0.9999999999999999_f64], 8.209536151601387_f64),
        ] {
            near(normal_quantile(arguments[0]), expected, 1e-12);
        }
    }

    /// Source: `gammainc` of SciPy 1.17.1.
    #[test]
    #[rustfmt::skip]
    fn the_gamma_function_is_that_of_scipy() {
        for (arguments, expected) in [
            ([0.01_f64, 1e-30_f64], 0.5040472728599955_f64),
            ([0.1_f64, 1e-05_f64], 0.3323984050405032_f64),
            ([0.5_f64, 0.3_f64], 0.5614219739190003_f64),
            ([1.0_f64, 2.0_f64], 0.8646647167633873_f64),
            ([3.0_f64, 0.05_f64], 2.006749362439793e-05_f64),
            ([3.0_f64, 9.0_f64], 0.9937678048936227_f64),
            ([9.0_f64, 12.0_f64], 0.844972218232537_f64),
            ([40.0_f64, 20.0_f64], 5.320202511246237e-05_f64),
            ([40.0_f64, 60.0_f64], 0.9974518076963866_f64),
            ([1000.0_f64, 900.0_f64], 0.0005499022657117818_f64),
            ([10000.0_f64, 10100.0_f64], 0.8413487504471796_f64),
            ([1000000.0_f64, 999000.0_f64], 0.15865521357430365_f64),
        ] {
            near(gamma_cdf(arguments[0], arguments[1]), expected, if arguments[0] > 1e3 { 1e-9 } else { 1e-12 });
        }
    }

    /// Source: `betainc` of SciPy 1.17.1.
    #[test]
    #[rustfmt::skip]
    fn the_beta_function_is_that_of_scipy() {
        for (arguments, expected) in [
            ([0.05_f64, 0.1_f64, 1e-12_f64], 0.16870614595699018_f64),
            ([0.5_f64, 0.5_f64, 0.3_f64], 0.36901011956554536_f64),
            ([2.0_f64, 5.0_f64, 0.02_f64], 0.005687123520000001_f64),
            ([2.0_f64, 5.0_f64, 0.6_f64], 0.95904_f64),
            ([30.0_f64, 3.0_f64, 0.8_f64], 0.03169126500570578_f64),
            ([100.0_f64, 200.0_f64, 0.3_f64], 0.10884306564490986_f64),
            ([1000.0_f64, 500.0_f64, 0.66_f64], 0.2904999354098819_f64),
            ([5000.0_f64, 5000.0_f64, 0.49_f64], 0.02274203232457461_f64),
            ([10000.0_f64, 10000.0_f64, 0.505_f64], 0.9213529911183369_f64),
            ([10000.0_f64, 1.0_f64, 0.9999_f64], 0.36786104643297046_f64),
        ] {
            near(beta_cdf(arguments[0], arguments[1], arguments[2]), expected, if arguments[0] > 500.0 { 1e-9 } else { 1e-12 });
        }
    }

    /// Source: `t.cdf` of SciPy 1.17.1.
    #[test]
    #[rustfmt::skip]
    fn students_function_is_that_of_scipy() {
        for (arguments, expected) in [
            ([1.5_f64, -10000.0_f64], 3.770852401714754e-07_f64),
            ([1.5_f64, 0.3_f64], 0.5997639015982075_f64),
            ([3.0_f64, -4.0_f64], 0.014004228005073076_f64),
            ([3.0_f64, -1e-09_f64], 0.4999999996324474_f64),
            ([3.0_f64, 1e-05_f64], 0.5000036755259694_f64),
            ([10.0_f64, -2.0_f64], 0.03669401738537018_f64),
            ([10.0_f64, 3.1_f64], 0.9943746713919583_f64),
            ([100.0_f64, -4.0_f64], 6.0761822150380886e-05_f64),
            ([1000.0_f64, -1.0_f64], 0.15877620904233627_f64),
            ([10000.0_f64, -3.0_f64], 0.001353224094998833_f64),
            ([10000.0_f64, 0.5_f64], 0.6914569603383831_f64),
        ] {
            near(student_cdf(arguments[0], arguments[1]), expected, if arguments[0] > 500.0 { 1e-9 } else { 1e-12 });
        }
    }

    #[test]
    fn ranks_keep_the_order_of_floats() {
        let ordered = [f64::NEG_INFINITY, -1e300, -1.0, -1e-310, 0.0, 1e-310, 1.0, 1e300, f64::INFINITY];
        assert!(ordered.windows(2).all(|pair| rank(pair[0]) < rank(pair[1])));
        assert!(ordered.iter().all(|&x| unrank(rank(x)).to_bits() == x.to_bits()));
        assert_eq!(rank(-f64::from_bits(1)) + 1, rank(0.0));
    }

    #[test]
    fn the_smallest_is_found_to_the_last_bit() {
        let root = smallest(0.0, f64::MAX, |x| x * x >= 2.0);
        assert!(root * root >= 2.0 && root.next_down().powi(2) < 2.0);
        near(smallest(-5.0, 5.0, |x| x.powi(3) >= -2e-30), -(2e-30_f64.cbrt()), 1e-15);
        near(smallest(0.0, 1.0, |x| x >= 1e-200), 1e-200, 1e-15);
        assert_eq!(smallest(0.0, 3.0, |_| false).to_bits(), 3.0_f64.to_bits());
        assert_eq!(smallest(0.5, 3.0, |_| true).to_bits(), 0.5_f64.to_bits());
    }
}
