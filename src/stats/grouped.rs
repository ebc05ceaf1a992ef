//! The error of an estimate whose values depend on each other in groups: the spread of the estimates of whole groups.
//!
//! # Model
//!
//! Values yᵢ belong to R groups of about the same size. Within a group they may depend on each other in any way: points of one
//! randomized design, replications that share a draw of the parameters. Groups share nothing. With θ̂ the estimate from all
//! values and θ̂_r that from group r alone, the error of θ̂ is about that of the mean of the θ̂_r,
//!
//! θ̂ ± t s/√R, s² = Σ(θ̂_r − θ̄)² / (R − 1), t of R − 1 degrees of freedom.
//!
//! For the mean of groups of one size that is exact; a quantile of all values is less biased than the mean of the quantiles of
//! few values, which is why it stands in the middle. With 8 groups of nested normal values, intervals of 95 % cover 95 % of
//! quartiles and about 93 % of quantiles beyond which two values of a group lie.
//!
//! # Source
//!
//! As of [`randomized_mean`]; groups as the unit of resampling: S. Asmussen, P. W. Glynn, *Stochastic Simulation* (2007),
//! section III.5 on sectioning.

use std::collections::BTreeMap;

use super::estimand::Estimand;
use super::interval::Interval;
use super::moments::mcse;
use super::rqmc::randomized_mean;

/// Values of each group that must be expected beyond a quantile.
const BEYOND: f64 = 2.0;

/// An estimate from all values with the interval that the spread over groups gives.
///
/// `groups` has the number of the group of each value. `None` when there is no estimate, or the slices differ in length. No
/// interval below two groups; of a quantile, unless two values are expected beyond it in every group; of a probability, when
/// all values agree: no spread tells then how rare the exception is.
pub fn grouped_estimate(
    estimand: Estimand,
    values: &[f64],
    groups: &[u32],
    level: f64,
) -> Option<(f64, Option<Interval>)> {
    let by_group = grouped(values, groups)?;
    let found = estimand.of(values)?;
    let spread = estimates(estimand, found, &by_group).and_then(|all| randomized_mean(&all, level));
    Some((found, spread.map(|spread| Interval::around(found, spread.interval.half_width()))))
}

/// Monte Carlo standard error of an estimate from all values, by the spread over groups; `None` where [`grouped_estimate`] has
/// no interval.
pub fn grouped_mcse(estimand: Estimand, values: &[f64], groups: &[u32]) -> Option<f64> {
    let by_group = grouped(values, groups)?;
    mcse(&estimates(estimand, estimand.of(values)?, &by_group)?)
}

/// Values of each group, in the order of the groups' numbers.
fn grouped(values: &[f64], groups: &[u32]) -> Option<Vec<Vec<f64>>> {
    let mut by_group = BTreeMap::<u32, Vec<f64>>::new();
    for (value, group) in values.iter().zip(groups) {
        by_group.entry(*group).or_default().push(*value);
    }
    (values.len() == groups.len()).then(|| by_group.into_values().collect())
}

/// One estimate for each group, if their spread says how wrong `found` may be.
fn estimates(estimand: Estimand, found: f64, by_group: &[Vec<f64>]) -> Option<Vec<f64>> {
    let telling = match estimand {
        Estimand::Mean => true,
        Estimand::Quantile(p) => {
            // Rounding of 1 − p must not turn 2 of 20 values into less.
            let reaches = |values: &Vec<f64>| values.len() as f64 * p.min(1.0 - p) > BEYOND - 1e-9;
            by_group.iter().all(reaches)
        }
        Estimand::Above(_) | Estimand::Below(_) => found > 0.0 && found < 1.0,
    };
    telling.then(|| by_group.iter().filter_map(|values| estimand.of(values)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;
    use crate::stats::{estimate, mean, sample_sd};

    const GROUPS: u32 = 8;

    /// A nested study: independent draws in 8 groups, each with an effect of its own, of variance 1, that its two replications
    /// share; chance has variance 1 too.
    fn nested(seed: u64, n_draws: u32) -> (Vec<f64>, Vec<u32>) {
        let mut stream = Streams::new(20_250_101, seed).open(1, 0, 0);
        (0..n_draws)
            .flat_map(|draw| {
                let effect = stream.normal();
                [stream.normal(), stream.normal()].map(|chance| (effect + chance, draw % GROUPS))
            })
            .unzip()
    }

    /// Coverage of intervals at 0.95 over studies, with those that do not know of the groups.
    fn coverage(estimand: Estimand, truth: f64, n_draws: u32, studies: u32) -> (f64, f64) {
        let (mut covered, mut naive) = (0_u32, 0_u32);
        for study in 0..studies {
            let (values, groups) = nested(u64::from(study), n_draws);
            let holds =
                |found: Option<(f64, Option<Interval>)>| u32::from(found.unwrap().1.unwrap().contains(truth));
            covered += holds(grouped_estimate(estimand, &values, &groups, 0.95));
            naive += holds(estimate(estimand, &values, 0.95));
        }
        (f64::from(covered) / f64::from(studies), f64::from(naive) / f64::from(studies))
    }

    #[test]
    fn intervals_cover_where_replications_share_a_draw() {
        const STUDIES: u32 = 4_000;
        let tolerance = 4.0 * (0.95 * 0.05 / f64::from(STUDIES)).sqrt();
        let (quartile, above) = (2.0_f64.sqrt() * 0.674_489_75, 0.239_750_06);
        for (estimand, truth) in
            [(Estimand::Mean, 0.0), (Estimand::Quantile(0.75), quartile), (Estimand::Above(1.0), above)]
        {
            let (covered, naive) = coverage(estimand, truth, 512, STUDIES);
            assert!((covered - 0.95).abs() < tolerance, "{estimand:?}: {covered}");
            assert!(naive < 0.95 - tolerance, "{estimand:?}: {naive}");
        }
    }

    #[test]
    fn far_quantiles_wait_for_groups_that_reach_them() {
        // Groups of 20 reach the 90 % quantile with 2 values, groups of 16 do not.
        let ninth = Estimand::Quantile(0.9);
        let (values, groups) = nested(1, 64);
        assert_eq!(grouped_estimate(ninth, &values, &groups, 0.95).unwrap().1, None);
        let (covered, _) = coverage(ninth, 2.0_f64.sqrt() * 1.281_551_57, 80, 4_000);
        assert!((covered - 0.93).abs() < 4.0 * (0.93_f64 * 0.07 / 4_000.0).sqrt(), "{covered}");
    }

    #[test]
    fn the_error_is_the_spread_of_the_estimate() {
        // The variance of a mean of 64 draws of two values each is (1 + ½)/64; a chi-squared of 7 degrees has a relative
        // deviation of √(2/7).
        let errors: Vec<f64> = (0..2_000)
            .map(|study| {
                let (values, groups) = nested(study, 64);
                grouped_mcse(Estimand::Mean, &values, &groups).unwrap().powi(2)
            })
            .collect();
        let (expected, error) = (1.5 / 64.0, (2.0_f64 / 7.0 / 2_000.0).sqrt());
        assert!((mean(&errors).unwrap() / expected - 1.0).abs() < 4.0 * error, "{:?}", mean(&errors));
        // Of a quantile: mean reported variance against the variance over studies, whose relative deviation is √(2/1,999).
        let (found, errors): (Vec<f64>, Vec<f64>) = (0..2_000)
            .map(|study| {
                let (values, groups) = nested(study, 512);
                let quartile = Estimand::Quantile(0.25);
                let error = grouped_mcse(quartile, &values, &groups).unwrap();
                (quartile.of(&values).unwrap(), error * error)
            })
            .unzip();
        let ratio = mean(&errors).unwrap() / sample_sd(&found).unwrap().powi(2);
        assert!((ratio - 1.0).abs() < 4.0 * (2.0_f64 / 1_999.0).sqrt(), "{ratio}");
    }

    #[test]
    fn the_estimate_is_that_of_all_values_whatever_the_groups_are_called() {
        let (values, groups) = ([1.0, 2.0, 3.0, 6.0], [7, 9, 7, 9]);
        // Group means 2 and 4: standard error 1, t with one degree of freedom 12.7062.
        let (found, interval) = grouped_estimate(Estimand::Mean, &values, &groups, 0.95).unwrap();
        assert!((found - 3.0).abs() < 1e-15 && (interval.unwrap().half_width() - 12.7062).abs() < 1e-4);
        assert_eq!(grouped_mcse(Estimand::Mean, &values, &groups), Some(1.0));
        let (median, _) = grouped_estimate(Estimand::Quantile(0.5), &values, &groups, 0.95).unwrap();
        assert!((median - 2.5).abs() < 1e-15);
    }

    #[test]
    fn what_groups_cannot_tell() {
        let of = |estimand, groups: &[u32]| grouped_estimate(estimand, &[1.0, 2.0, 3.0, 4.0], groups, 0.95);
        assert_eq!(of(Estimand::Mean, &[0, 0, 1]), None);
        assert_eq!(of(Estimand::Mean, &[0; 4]), Some((2.5, None)));
        assert_eq!(of(Estimand::Quantile(0.9), &[0, 0, 1, 1]).unwrap().1, None);
        assert_eq!(of(Estimand::Above(0.0), &[0, 0, 1, 1]), Some((1.0, None)));
        assert_eq!(of(Estimand::Below(0.0), &[0, 0, 1, 1]), Some((0.0, None)));
        assert_eq!(grouped_mcse(Estimand::Mean, &[1.0], &[0]), None);
        assert_eq!(grouped_estimate(Estimand::Mean, &[], &[], 0.95), None);
    }
}
