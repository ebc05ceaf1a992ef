//! Values of one quantity as a study has them, and what they say of a statistic.

use crate::stats::{self, Estimand, Interval, grouped_estimate, wilson};

/// Values of a quantity, one from each replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample<'a> {
    /// The values; two samples that are compared in pairs hold them in the same order.
    pub values: &'a [f64],
    /// The number of the independent randomization that each value belongs to; absent when all values are independent.
    ///
    /// Within a randomization values depend on each other, for its points are even and replications share a draw.
    pub groups: Option<&'a [u32]>,
}

impl Sample<'_> {
    /// An estimate with its interval at a confidence level, from values that come from `n_units` draws, or from as many
    /// replications where nothing is drawn.
    ///
    /// Independent values have the interval of [`stats::estimate`], others that of the spread over groups. Where an event
    /// happened always or never, in any group, there is no such spread; Wilson's interval then takes each draw for one
    /// trial, as if replications of a draw were all alike. `None` without values, or when one of them is not finite.
    pub fn estimate(
        &self,
        estimand: Estimand,
        n_units: usize,
        level: f64,
    ) -> Option<(f64, Option<Interval>)> {
        if !self.values.iter().all(|value| value.is_finite()) {
            return None;
        }
        let Some(groups) = self.groups else { return stats::estimate(estimand, self.values, level) };
        let (found, interval) = grouped_estimate(estimand, self.values, groups, level)?;
        let unanimous = || {
            let hits = if found > 0.5 { n_units } else { 0 };
            let is_probability = matches!(estimand, Estimand::Above(_) | Estimand::Below(_));
            wilson(hits, n_units, level).filter(|_| is_probability && (found <= 0.0 || found >= 1.0))
        };
        Some((found, interval.or_else(unanimous)))
    }

    /// The mean difference of pairs, `other` less this, with its interval.
    ///
    /// `None` as in [`Sample::estimate`], or when the samples have not the same size and groups.
    pub fn difference(
        &self,
        other: &Sample<'_>,
        n_units: usize,
        level: f64,
    ) -> Option<(f64, Option<Interval>)> {
        if self.values.len() != other.values.len() || self.groups != other.groups {
            return None;
        }
        let differences: Vec<f64> =
            other.values.iter().zip(self.values).map(|(other, own)| other - own).collect();
        Sample { values: &differences, groups: self.groups }.estimate(Estimand::Mean, n_units, level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_widen_what_replications_share() {
        // Four draws of two replications each that hardly differ within a draw, in two groups.
        let values = [1.0, 1.1, 5.0, 5.1, 2.0, 2.1, 6.0, 6.1];
        let groups = [0, 0, 0, 0, 1, 1, 1, 1];
        let of = |groups| Sample { values: &values, groups }.estimate(Estimand::Mean, 4, 0.95).unwrap();
        let (independent, grouped) = (of(None), of(Some(&groups[..])));
        assert!((independent.0 - grouped.0).abs() < 1e-15);
        // Group means 3.05 and 4.05: standard error ½, t with one degree of freedom 12.7062.
        assert!((grouped.1.unwrap().half_width() - 6.3531).abs() < 1e-4);
        assert!(independent.1.unwrap().half_width() < 2.0);
    }

    #[test]
    fn an_event_that_never_happened_is_known_as_well_as_its_draws_allow() {
        let (values, groups) = ([1.0; 256], [0_u32, 1].repeat(128));
        let sample = Sample { values: &values, groups: Some(&groups) };
        let of = |estimand| sample.estimate(estimand, 128, 0.95).unwrap();
        assert_eq!(of(Estimand::Above(1.0)), (0.0, wilson(0, 128, 0.95)));
        assert_eq!(of(Estimand::Below(2.0)), (1.0, wilson(128, 128, 0.95)));
        // A mean without spread is known exactly, and needs no trials.
        assert_eq!(of(Estimand::Mean), (1.0, Some(Interval { low: 1.0, high: 1.0 })));
    }

    #[test]
    fn differences_are_those_of_pairs() {
        let (a, b, groups) = ([1.0, 2.0, 4.0], [3.0, 4.0, 6.0], [0, 1, 2]);
        let plain = |values| Sample { values, groups: None };
        let (found, interval) = plain(&a).difference(&plain(&b), 3, 0.95).unwrap();
        assert!((found - 2.0).abs() < 1e-15 && interval.unwrap().half_width() < 1e-15);
        assert_eq!(plain(&a).difference(&plain(&b[..2]), 3, 0.95), None);
        assert_eq!(plain(&a).difference(&Sample { values: &b, groups: Some(&groups) }, 3, 0.95), None);
    }

    #[test]
    fn what_is_no_number_gives_no_estimate() {
        for values in [&[][..], &[1.0, f64::NAN], &[1.0, f64::INFINITY]] {
            for groups in [None, Some(&[0, 1][..values.len()])] {
                let sample = Sample { values, groups };
                assert_eq!(sample.estimate(Estimand::Above(0.0), 2, 0.95), None, "{values:?}");
            }
        }
        assert_eq!(Sample { values: &[1.0], groups: Some(&[]) }.estimate(Estimand::Mean, 1, 0.95), None);
    }
}
