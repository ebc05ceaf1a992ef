//! The probability of an event, from how often it happened.

use super::interval::{Interval, normal_critical};

/// Wilson's interval for a probability after `hits` in `n` independent trials.
///
/// It keeps its coverage with few hits, lies within 0..=1, and does not shrink to a point when all trials agree. `None`
/// without trials, with more hits than trials, or unless 0 < `level` < 1.
///
/// # Formula
///
/// (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), with p = hits/n and z the normal critical value.
///
/// # Source
///
/// E. B. Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*, JASA 22 (1927).
pub fn wilson(hits: usize, n: usize, level: f64) -> Option<Interval> {
    let z = normal_critical(level)?;
    if n == 0 || hits > n {
        return None;
    }
    let (n, square) = (n as f64, z * z);
    let p = hits as f64 / n;
    let scale = 1.0 + square / n;
    let centre = (p + square / (2.0 * n)) / scale;
    let reach = z * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt() / scale;
    // The ends are 0 and 1 exactly when all trials agree; rounding may not carry them outside.
    Some(Interval { low: (centre - reach).max(0.0), high: (centre + reach).min(1.0) })
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Binomial, Discrete};

    use super::*;

    #[test]
    fn published_intervals() {
        // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        for (hits, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = wilson(hits, n, 0.95).unwrap();
            assert!(
                (found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5,
                "{hits}/{n} {found:?}"
            );
        }
    }

    #[test]
    fn coverage_over_all_outcomes_is_near_the_level() {
        for p in [0.05, 0.2, 0.5, 0.9] {
            let binomial = Binomial::new(p, 200).unwrap();
            let covered: f64 = (0..=200_u64)
                .filter(|&hits| wilson(hits as usize, 200, 0.95).unwrap().contains(p))
                .map(|hits| binomial.pmf(hits))
                .sum();
            assert!((covered - 0.95).abs() < 0.02, "{p}: {covered}");
        }
    }

    #[test]
    fn no_trials_no_interval() {
        assert_eq!(wilson(0, 0, 0.95), None);
        assert_eq!(wilson(3, 2, 0.95), None);
        assert_eq!(wilson(1, 2, 1.0), None);
    }
}
