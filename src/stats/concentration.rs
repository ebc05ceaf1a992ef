//! How unequal non-negative amounts are: concentration ratios, HHI, Gini, Lorenz curve.
//!
//! Shares are parts of the sum of all values, sᵢ = xᵢ / Σx. Values must be finite and not negative. When they sum to
//! zero, or there are none, there are no shares and every function here returns `None`.

/// Sum of the values, when it can be divided by.
fn total(values: &[f64]) -> Option<f64> {
    Some(values.iter().sum::<f64>()).filter(|&sum| sum > 0.0)
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Concentration ratio CRₖ: share of the `k` largest, from values in descending order.
///
/// With fewer than `k` values it is 1.
pub fn cr(sorted_desc: &[f64], k: usize) -> Option<f64> {
    let sum = total(sorted_desc)?;
    Some(sorted_desc.iter().take(k).sum::<f64>() / sum)
}

/// Herfindahl–Hirschman index Σsᵢ², from 1/n (all equal) to 1 (one has all).
pub fn hhi(values: &[f64]) -> Option<f64> {
    let sum = total(values)?;
    Some(values.iter().map(|value| (value / sum).powi(2)).sum())
}

/// Number of equal shares that would have the same HHI: 1/HHI.
pub fn effective_number(values: &[f64]) -> Option<f64> {
    hhi(values).map(f64::recip)
}

/// Gini coefficient, from 0 (all equal) to 1 − 1/n (one has all).
///
/// # Formula
///
/// Σ(2i − n − 1) x₍ᵢ₎ / (n Σx), with x₍₁₎ ≤ … ≤ x₍ₙ₎; one minus twice the area under the [Lorenz curve](lorenz).
pub fn gini(values: &[f64]) -> Option<f64> {
    let sum = total(values)?;
    let n = values.len() as f64;
    let weighted: f64 =
        ascending(values).iter().zip(1_u32..).map(|(value, i)| (2.0 * f64::from(i) - n - 1.0) * value).sum();
    Some(weighted / (n * sum))
}

/// Lorenz curve: the share that the smallest values have together, at `n_points` evenly spaced fractions of their
/// number, from 0 to 1.
///
/// Point j stands at fraction j / (n_points − 1); between whole numbers of values the curve is linear. `None` also
/// below two points.
pub fn lorenz(values: &[f64], n_points: usize) -> Option<Vec<f64>> {
    let sum = total(values)?;
    let n_steps = n_points.checked_sub(1).filter(|&n| n > 0)?;
    let mut cumulated = Vec::with_capacity(values.len() + 1);
    cumulated.push(0.0);
    let mut so_far = 0.0;
    for value in ascending(values) {
        so_far += value;
        cumulated.push(so_far / sum);
    }
    let n = values.len();
    let curve = (0..=n_steps).map(|j| {
        // The whole part is taken in integers: the last point is at exactly n, and never past it.
        let whole = j * n / n_steps;
        let part = (j * n % n_steps) as f64 / n_steps as f64;
        let low = cumulated[whole];
        let high = cumulated[(whole + 1).min(n)];
        // The end is 1 by definition; the ascending sum may differ from the sum in the last bit.
        if j == n_steps { 1.0 } else { (low + part * (high - low)).min(1.0) }
    });
    Some(curve.collect())
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Normal};
    use statrs::function::erf::erf;

    use super::*;
    use crate::stats::on_grid;

    fn near(found: Option<f64>, expected: f64, tolerance: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() <= tolerance)
    }

    #[test]
    fn equal_shares() {
        let values = [7.0; 50];
        assert!(near(hhi(&values), 1.0 / 50.0, 1e-15));
        assert!(near(effective_number(&values), 50.0, 1e-12));
        assert!(near(gini(&values), 0.0, 1e-15));
        assert!(near(cr(&values, 20), 0.4, 1e-15));
        for (j, point) in lorenz(&values, 101).unwrap().into_iter().enumerate() {
            assert!((point - j as f64 / 100.0).abs() < 1e-14);
        }
    }

    #[test]
    fn one_has_all() {
        let values = [5.0, 0.0, 0.0, 0.0];
        assert!(near(hhi(&values), 1.0, 0.0));
        assert!(near(gini(&values), 0.75, 1e-15));
        assert!(near(cr(&values, 1), 1.0, 0.0));
        assert_eq!(lorenz(&values, 5), Some(vec![0.0, 0.0, 0.0, 0.0, 1.0]));
        assert_eq!(lorenz(&values, 9).map(|curve| curve[7]), Some(0.5));
    }

    #[test]
    fn nothing_to_share() {
        for values in [&[][..], &[0.0, 0.0][..]] {
            assert_eq!(cr(values, 1), None);
            assert_eq!(hhi(values), None);
            assert_eq!(effective_number(values), None);
            assert_eq!(gini(values), None);
            assert_eq!(lorenz(values, 5), None);
        }
        assert_eq!(lorenz(&[1.0], 1), None);
        assert_eq!(cr(&[2.0, 1.0], 5), Some(1.0));
    }

    #[test]
    fn gini_of_pareto() {
        // 1/(2a - 1). The grid misses the far tail: of the mean, about (1/2n)^(1 - 1/a).
        for alpha in [2.0, 3.0] {
            let values = on_grid(1_000_000, |p| (1.0 - p).powf(-1.0 / alpha));
            let expected = 1.0 / (2.0 * alpha - 1.0);
            assert!(near(gini(&values), expected, 1e-3), "{alpha}: {:?}", gini(&values));
        }
    }

    #[test]
    fn gini_of_lognormal() {
        // erf(s/2) = 0.520500 at s = 1.
        let normal = Normal::standard();
        let values = on_grid(200_000, |p| normal.inverse_cdf(p).exp());
        assert!(near(gini(&values), erf(0.5), 1e-4));
        assert!(near(gini(&values), 0.520_500, 1e-4));
    }

    #[test]
    fn share_of_the_top_20_under_zipf() {
        let values: Vec<f64> = (1..=1_100).map(|rank| 1.0 / f64::from(rank)).collect();
        assert!(near(cr(&values, 20), 0.474_59, 5e-6), "{:?}", cr(&values, 20));
    }

    #[test]
    fn gini_is_the_area_above_the_lorenz_curve() {
        // With a grid at the values themselves the trapezoid rule is exact.
        let values: Vec<f64> = (0..100_u32).map(|i| f64::from(i * 37 % 101).powi(2)).collect();
        let curve = lorenz(&values, 101).unwrap();
        let area: f64 = curve.windows(2).map(|pair| (pair[0] + pair[1]) / 200.0).sum();
        assert!(near(gini(&values), 1.0 - 2.0 * area, 1e-12));
        assert!(curve.windows(2).all(|pair| pair[0] <= pair[1]));
    }
}
