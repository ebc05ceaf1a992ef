//! Decides what an advertiser believes of a rate it cannot see: conversions per exposure, revenue per install.
//!
//! # Model
//! Gamma–Poisson with forgetting: prior `Gamma(n0, n0/m)`, so mean `m` worth `n0` observations; each day the evidence
//! is multiplied by a memory factor, then the day's count and exposure are added, at midnight. Estimate =
//! `(n0 + Σcount) / (n0/m + Σexposure)`. Value per install is learned the same way, with dollars for the count and
//! installs for the exposure, the prior being worth `prior_installs` installs.
//!
//! Conversions are reported late: a share `report_delay_share[k]` of a day's conversions is counted k days later, while
//! the exposure counts at once. A growing campaign therefore looks worse than it is, a shrinking one better.
//!
//! # Inputs and outputs
//! Counts ≥ 0, exposures ≥ 0; the estimate has the unit count / exposure and is above 0.
//!
//! # Assumptions
//! The rate drifts slowly against the memory (half-life 14 days at 0.95 a day). Unobserved conversions are corrected
//! for on average: the observed count is divided by the observed share. Delays are not corrected for: naive counting is
//! what reports show.
//!
//! # Invariants
//! `every_conversion_is_reported_once_and_in_time`, `no_evidence_means_the_prior`, `much_evidence_means_the_data`,
//! `forgetting_returns_to_the_prior`, `gamma_posterior_covers_the_truth`.
//!
//! # Source
//! Delayed feedback: Chapelle 2014, "Modeling delayed feedback in display advertising". Conjugate updating: Gelman et
//! al., Bayesian Data Analysis, §2.6; discounting: West & Harrison, §2.3.

use serde::Deserialize;

/// Parameters of learning.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningParams {
    /// Whether advertisers learn; off, they know their true rates.
    pub enabled: bool,
    /// Weight of the prior on conversion, in conversions.
    pub prior_conversions: f64,
    /// Share of the evidence on conversion kept from one day to the next.
    pub conversion_memory_per_day: f64,
    /// Weight of the prior on value, in installs.
    pub prior_installs: f64,
    /// Share of the evidence on value kept from one day to the next.
    pub value_memory_per_day: f64,
    /// Error of an entrant's prior on a rate, log standard deviation.
    pub entrant_prior_log_sd: f64,
    /// Error of an incumbent's prior on a rate, log standard deviation.
    pub incumbent_prior_log_sd: f64,
    /// Share of conversions that the advertiser cannot attribute (privacy).
    pub unobserved_share: f64,
    /// Share of a day's conversions that is reported 0, 1, 2, 3 days later; sums to 1.
    pub report_delay_share: Vec<f64>,
}

/// Days after which the last conversions of a day are reported.
pub const LONGEST_REPORT_DELAY_DAYS: usize = 3;

/// Conversions of a seat that are still to be reported, by days from now, first tomorrow.
pub type Unreported = [f64; LONGEST_REPORT_DELAY_DAYS];

/// Lets a day pass: gives what is reported today and moves the rest a day nearer.
#[inline]
pub fn next_report(unreported: &mut Unreported) -> f64 {
    let due = unreported[0];
    unreported.rotate_left(1);
    unreported[LONGEST_REPORT_DELAY_DAYS - 1] = 0.0;
    due
}

impl LearningParams {
    /// Files `seen` conversions of today by the day of their report; gives those reported at once.
    #[inline]
    pub fn report(&self, seen: f64, unreported: &mut Unreported) -> f64 {
        for (later, share) in unreported.iter_mut().zip(&self.report_delay_share[1..]) {
            *later += seen * share;
        }
        seen * self.report_delay_share[0]
    }
}

/// Estimate of a rate from discounted evidence, the prior being worth `prior_count` counts.
#[inline]
pub fn mean_by_count(prior_count: f64, prior_mean: f64, count: f64, exposure: f64) -> f64 {
    (prior_count + count) / (prior_count / prior_mean + exposure)
}

/// Estimate of a rate from discounted evidence, the prior being worth `prior_exposure` units of exposure.
#[inline]
pub fn mean_by_exposure(prior_exposure: f64, prior_mean: f64, count: f64, exposure: f64) -> f64 {
    (prior_exposure * prior_mean + count) / (prior_exposure + exposure)
}

/// Evidence one step later: forgotten by `memory`, then added to.
#[inline]
pub fn discounted(evidence: f64, memory: f64, seen: f64) -> f64 {
    evidence * memory + seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    #[test]
    fn no_evidence_means_the_prior() {
        assert!((mean_by_count(3.0, 0.004, 0.0, 0.0) - 0.004).abs() < 1e-15);
        assert!((mean_by_exposure(50.0, 0.004, 0.0, 0.0) - 0.004).abs() < 1e-15);
    }

    #[test]
    fn much_evidence_means_the_data() {
        assert!((mean_by_count(3.0, 0.004, 20_000.0, 2_000_000.0) / 0.01 - 1.0).abs() < 1e-3);
        assert!((mean_by_exposure(50.0, 0.004, 20_000.0, 2_000_000.0) / 0.01 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn every_conversion_is_reported_once_and_in_time() {
        let p = LearningParams {
            enabled: true,
            prior_conversions: 3.0,
            conversion_memory_per_day: 0.95,
            prior_installs: 50.0,
            value_memory_per_day: 0.98,
            entrant_prior_log_sd: 0.5,
            incumbent_prior_log_sd: 0.2,
            unobserved_share: 0.3,
            report_delay_share: vec![0.5, 0.25, 0.125, 0.125],
        };
        let mut later = Unreported::default();
        let mut reported = vec![p.report(80.0, &mut later)];
        reported.extend((0..5).map(|_| next_report(&mut later)));
        let expected = [40.0, 20.0, 10.0, 10.0, 0.0, 0.0];
        assert!(reported.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{reported:?}");
    }

    #[test]
    fn forgetting_returns_to_the_prior() {
        let (mut count, mut exposure) = (200.0, 20_000.0);
        for _ in 0..400 {
            count = discounted(count, 0.95, 0.0);
            exposure = discounted(exposure, 0.95, 0.0);
        }
        assert!((mean_by_count(3.0, 0.004, count, exposure) / 0.004 - 1.0).abs() < 1e-4);
    }

    #[test]
    fn gamma_posterior_covers_the_truth() {
        // A rate drawn from the prior, a count drawn from the rate: the 90 % posterior interval must hold it 90 % of the
        // time. The interval is taken by simulation from the posterior Gamma itself.
        let streams = Streams::new(7, 0);
        let (n0, mean, exposure) = (3.0, 0.5, 12.0);
        let trials = 2_000_u64;
        let mut covered = 0_u32;
        for k in 0..trials {
            let mut s = streams.open(1, k, 0);
            let rate = s.gamma(n0) * mean / n0;
            let count = s.poisson(rate * exposure) as f64;
            let (shape, inverse_scale) = (n0 + count, n0 / mean + exposure);
            assert!((mean_by_count(n0, mean, count, exposure) - shape / inverse_scale).abs() < 1e-12);
            let below = (0..200).filter(|_| s.gamma(shape) / inverse_scale < rate).count();
            if (10..190).contains(&below) {
                covered += 1;
            }
        }
        let share = f64::from(covered) / trials as f64;
        let se = (0.9_f64 * 0.1 / trials as f64).sqrt();
        assert!((share - 0.9).abs() < 4.0 * se, "{share}");
    }
}
