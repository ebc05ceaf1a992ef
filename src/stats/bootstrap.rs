//! The bootstrap: how much a statistic moves when its sample is drawn again from itself.

use super::interval::{Interval, normal_critical};
use super::moments::sample_sd;
use super::quantile::quantiles;
use crate::rng::Stream;

/// Draws how often each of `n` members of a sample occurs when the sample is drawn again, n times with replacement.
///
/// Counts are whole numbers as floats, so that they can weigh sums.
pub fn resample_counts(n: usize, stream: &mut Stream) -> Vec<f64> {
    let mut counts = vec![0.0; n];
    for _ in 0..n {
        counts[resampled(n, stream)] += 1.0;
    }
    counts
}

/// Draws the places of a resample of `n` members, with replacement.
pub fn resample_places(n: usize, stream: &mut Stream) -> Vec<usize> {
    (0..n).map(|_| resampled(n, stream)).collect()
}

/// One place of `n`, all equally likely to one part in 2⁵².
fn resampled(n: usize, stream: &mut Stream) -> usize {
    ((stream.unit() * n as f64) as usize).min(n.saturating_sub(1))
}

/// Interval between the quantiles of bootstrapped statistics that hold `level` in their middle.
///
/// Statistics that are not numbers, because a resample was degenerate, are left out; `None` when more than a tenth are,
/// or when there are fewer than 20.
pub fn percentile_interval(resampled: &[f64], level: f64) -> Option<Interval> {
    let kept = usable(resampled)?;
    let tail = (1.0 - level) / 2.0;
    let ends = quantiles(&kept, &[tail, 1.0 - tail])?;
    Some(Interval { low: ends[0], high: ends[1] })
}

/// Interval of ± normal critical value times the standard deviation of bootstrapped statistics around the estimate.
///
/// For statistics that the bootstrap shifts, such as indices with a noise of their own, of which a percentile interval
/// would carry the shift twice. `None` as in [`percentile_interval`].
pub fn normal_interval(estimate: f64, resampled: &[f64], level: f64) -> Option<Interval> {
    let sd = sample_sd(&usable(resampled)?)?;
    Some(Interval::around(estimate, normal_critical(level)? * sd))
}

fn usable(resampled: &[f64]) -> Option<Vec<f64>> {
    let kept: Vec<f64> = resampled.iter().copied().filter(|value| value.is_finite()).collect();
    (kept.len() >= 20 && kept.len() * 10 >= resampled.len() * 9).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;
    use crate::stats::{mcse, mean};

    #[test]
    fn spread_of_the_resampled_mean_is_its_standard_error() {
        let mut stream = Streams::new(20_250_101, 1).open(1, 0, 0);
        let sample: Vec<f64> = (0..400).map(|_| stream.exponential()).collect();
        let means: Vec<f64> = (0..2_000)
            .map(|_| {
                let counts = resample_counts(sample.len(), &mut stream);
                counts.iter().zip(&sample).map(|(count, value)| count * value).sum::<f64>() / 400.0
            })
            .collect();
        let centre = mean(&sample).unwrap();
        let interval = normal_interval(centre, &means, 0.95).unwrap();
        // The relative error of a standard deviation of 2,000 values is 1/√4000; four of them.
        let expected = 1.96 * mcse(&sample).unwrap();
        assert!((interval.half_width() / expected - 1.0).abs() < 4.0 / 4_000.0_f64.sqrt());
        let percentile = percentile_interval(&means, 0.95).unwrap();
        assert!((percentile.half_width() / expected - 1.0).abs() < 0.1, "{percentile:?}");
        assert!(percentile.contains(centre));
    }

    #[test]
    fn every_place_is_drawn_equally_often() {
        let mut stream = Streams::new(20_250_101, 2).open(1, 0, 0);
        let mut counts = [0_u32; 7];
        for _ in 0..10_000 {
            for place in resample_places(7, &mut stream) {
                counts[place] += 1;
            }
        }
        // Of each place 10,000 are expected, with a standard deviation of √(10,000 · 6/7) = 93.
        assert!(counts.iter().all(|&count| count.abs_diff(10_000) < 4 * 93), "{counts:?}");
    }

    #[test]
    fn too_few_or_broken_resamples_give_no_interval() {
        assert_eq!(percentile_interval(&[1.0; 19], 0.9), None);
        let mut broken = vec![f64::NAN; 11];
        broken.extend([1.0; 90]);
        assert_eq!(percentile_interval(&broken, 0.9), None);
        assert!(percentile_interval(&broken[1..], 0.9).is_some());
    }
}
