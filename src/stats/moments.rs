//! Mean, spread, and the Monte Carlo error of the mean.
//!
//! Sums go in the order of the slice, so the same sample gives the same bits.

/// Mean; `None` without values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Sample standard deviation, `None` below two values.
///
/// # Formula
///
/// √(Σ(xᵢ − x̄)² / (n − 1)), in two passes: squares of numbers far from zero are never subtracted.
pub fn sample_sd(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    let n_free = values.len().checked_sub(1).filter(|&n| n > 0)?;
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    Some((squares / n_free as f64).sqrt())
}

/// Monte Carlo standard error of the mean of independent values, `None` below two values.
///
/// # Formula
///
/// s / √n, with s the sample standard deviation.
pub fn mcse(values: &[f64]) -> Option<f64> {
    Some(sample_sd(values)? / (values.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() <= 1e-12 * expected.abs().max(1.0))
    }

    #[test]
    fn moments_of_a_textbook_sample() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert!(near(mean(&values), 5.0));
        // The population deviation of this sample is exactly 2; the sample deviation is 2 √(8/7).
        assert!(near(sample_sd(&values), 2.0 * (8.0_f64 / 7.0).sqrt()));
        assert!(near(mcse(&values), 2.0 / 7.0_f64.sqrt()));
    }

    #[test]
    fn spread_survives_a_large_offset() {
        // NIST StRD NumAcc4: mean 10000000.2, sample standard deviation 0.1, certified. The values themselves are
        // only known to 1e-9 as floats.
        let mut values = vec![10_000_000.2];
        values.extend((0..1_000).map(|i| if i % 2 == 0 { 10_000_000.1 } else { 10_000_000.3 }));
        assert!(sample_sd(&values).is_some_and(|sd| (sd - 0.1).abs() < 1e-8));
    }

    #[test]
    fn too_small_samples() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[3.0]), Some(3.0));
        assert_eq!(sample_sd(&[3.0]), None);
        assert_eq!(mcse(&[3.0]), None);
        assert_eq!(sample_sd(&[3.0, 3.0]), Some(0.0));
    }
}
