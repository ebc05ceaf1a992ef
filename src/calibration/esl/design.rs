//! Points of a wave.

use super::rule::EslRule;
use crate::calibration::address::Address;
use crate::calibration::error::CalibrationError;
use crate::rng::Streams;
use crate::sampling::{Sampler, UnitDesign};

/// Nearest that a reflected point comes to the border.
const EDGE: f64 = 1e-9;

/// Points of the first wave, those that are run twice once more at the end.
pub(super) fn first(rule: &EslRule, p: usize, streams: &Streams) -> Result<Vec<Vec<f64>>, CalibrationError> {
    let design =
        UnitDesign { sampler: Sampler::Sobol, points: rule.first_points, dimensions: p, randomizations: 1 };
    Ok(doubled(rule, design.place(streams)?.iter().collect()))
}

/// Points of a later wave, from draws of the posterior, those that are run twice once more at the end.
pub(super) fn later(rule: &EslRule, draws: &[Vec<f64>], wave: usize, streams: &Streams) -> Vec<Vec<f64>> {
    let p = draws.first().map_or(0, Vec::len);
    let point = |number: usize| -> Vec<f64> {
        let mut stream = Address::Design.open(streams, number as u64, wave as u64);
        if stream.unit() < rule.prior_share {
            return (0..p).map(|_| stream.unit()).collect();
        }
        let mut pick = || &draws[((stream.unit() * draws.len() as f64) as usize).min(draws.len() - 1)];
        let (centre, one, other) = (pick(), pick(), pick());
        (0..p).map(|j| reflected(centre[j] + rule.jitter * (one[j] - other[j]))).collect()
    };
    doubled(rule, (0..rule.later_points).map(point).collect())
}

fn doubled(rule: &EslRule, mut points: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    points.extend_from_within(..rule.n_doubled(points.len()).min(points.len()));
    points
}

/// A number folded at 0 and 1 until it lies between them.
fn reflected(u: f64) -> f64 {
    let folded = u.rem_euclid(2.0);
    let folded = if folded > 1.0 { 2.0 - folded } else { folded };
    folded.clamp(EDGE, 1.0 - EDGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats;

    #[test]
    fn later_waves_cover_twice_the_variance_and_leave_the_cube_nowhere() {
        let streams = Streams::new(20_250_101, 1);
        let mut stream = streams.open(14, 0, 0);
        let draws: Vec<Vec<f64>> =
            (0..2_000).map(|_| vec![0.5 + 0.05 * stream.normal(), stream.unit()]).collect();
        let rule = EslRule { later_points: 4_000, prior_share: 0.0, doubled: 0.1, ..EslRule::standard(2) };
        let points = later(&rule, &draws, 1, &streams);
        assert_eq!(points.len(), 4_400);
        assert_eq!(points[..400], points[4_000..]);
        let column = |j: usize| points.iter().map(|point| point[j]).collect::<Vec<f64>>();
        // 1 + 2 · 0.7² = 1.98; of 4,000 values a deviation is known to 1.1 %.
        let sd = stats::sample_sd(&column(0)).unwrap();
        assert!((sd / (0.05 * 1.98_f64.sqrt()) - 1.0).abs() < 0.06, "{sd}");
        // What was uniform stays nearly so under reflection.
        let sd = stats::sample_sd(&column(1)).unwrap();
        assert!((sd * 12.0_f64.sqrt() - 1.0).abs() < 0.05, "{sd}");
        assert!(points.iter().flatten().all(|&u| u > 0.0 && u < 1.0));
        let with_prior = later(&EslRule { prior_share: 0.1, ..rule }, &draws, 1, &streams);
        let far = with_prior[..4_000].iter().filter(|point| (point[0] - 0.5).abs() > 0.3).count() as f64;
        // Of the tenth from the prior 40 % lie out there: 160, with a deviation of 12.
        assert!((far - 160.0).abs() < 50.0, "{far}");
    }

    #[test]
    fn the_first_wave_is_even_and_later_ones_are_addressed() {
        let streams = Streams::new(20_250_101, 2);
        let rule = EslRule::standard(2);
        let points = first(&rule, 2, &streams).unwrap();
        assert_eq!(points.len(), 128 + 13);
        let lower = points[..128].iter().filter(|point| point[0] < 0.5).count();
        assert_eq!(lower, 64);
        let draws = points.clone();
        let more = EslRule { later_points: 200, doubled: 0.0, ..rule };
        let few = EslRule { later_points: 50, doubled: 0.0, ..rule };
        assert_eq!(later(&more, &draws, 2, &streams)[..50], later(&few, &draws, 2, &streams));
        assert_ne!(later(&few, &draws, 2, &streams), later(&few, &draws, 3, &streams));
        assert!(first(&EslRule { first_points: 100, ..rule }, 2, &streams).is_err());
    }
}
