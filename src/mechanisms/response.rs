//! Decides how many impressions become installs.
//!
//! # Model
//! True conversion of app *i* in cell *c* per impression at match 1: `p = p_0 · channel · region · skill`. Winners are
//! selected by match, so the expected conversions of N won impressions are `N · E[v1]/bid · p/p̂ · d · Y`: a bid wins
//! only where its score, hence its conversion, is high enough. The bid is that of the auction, paced and shaded; Y is
//! the yield of the app's lots. Which installs can be attributed is drawn after they are, from all of them. Depletion
//! `d = (1 + m)^−e` falls with m, app-users per in-market person: people who already have the apps install no more of
//! them.
//!
//! # Inputs and outputs
//! Impressions (count), rates per impression in 0..1 → installs (count).
//!
//! # Assumptions
//! Conversions of different impressions are independent given the rate.
//!
//! # Invariants
//! `installs_are_at_most_impressions`, `thinning_keeps_the_mean`, `depletion_falls_with_users`.
//!
//! # Source
//! Installs per mille of 2–8: public ad benchmarks, see `configs/base.toml`; depletion: judgement, see there.

use serde::Deserialize;

use crate::rng::Stream;

/// Parameters of response.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseParams {
    /// Installs per thousand impressions at match 1, of an app without skill advantage.
    pub base_installs_per_mille: f64,
    /// Conversion of each channel relative to the base.
    pub channel_factor: Vec<f64>,
    /// Conversion of each region relative to the base.
    pub region_factor: Vec<f64>,
    /// Whether the pool depletes.
    pub depletion_enabled: bool,
    /// Exponent e of depletion.
    pub depletion_exponent: f64,
}

impl ResponseParams {
    /// Conversion per impression at match 1 for an app with log skill `skill`.
    pub fn conversion(&self, region: usize, channel: usize, skill: f64) -> f64 {
        self.base_installs_per_mille / 1000.0
            * self.region_factor[region]
            * self.channel_factor[channel]
            * skill.exp()
    }

    /// Factor on conversion when there are `users_per_person` app-users for each in-market person.
    pub fn depletion(&self, users_per_person: f64) -> f64 {
        if self.depletion_enabled { (1.0 + users_per_person).powf(-self.depletion_exponent) } else { 1.0 }
    }
}

/// Up to this many trials, each is drawn by itself; above, the count of rare successes is Poisson.
const DRAW_EACH_UP_TO: u64 = 24;

/// Draws how many of `n` independent trials with small chance `p` succeed.
///
/// Exact (trial by trial) for small n; for large n a Poisson draw with the same mean, cut at n. The law differs from
/// the binomial by at most p in total variation (Le Cam), and p is a few per mille.
pub fn thin(stream: &mut Stream, n: u64, p: f64) -> u64 {
    if n == 0 || !(p > 0.0) {
        0
    } else if n <= DRAW_EACH_UP_TO {
        (0..n).filter(|_| stream.unit() < p).count() as u64
    } else {
        stream.poisson(n as f64 * p).min(n)
    }
}

/// Draws the installs of `n` impressions that convert at `rate`, and how many of them are attributed when a share of all is
/// not: gives both.
pub fn draw_installs(stream: &mut Stream, n: u64, rate: f64, unobserved_share: f64) -> (u64, u64) {
    let installs = thin(stream, n, rate);
    (installs, installs - stream.binomial(installs, unobserved_share))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    #[test]
    fn thinning_keeps_the_mean() {
        let streams = Streams::new(3, 1);
        for (n, p) in [(5_u64, 0.2), (24, 0.01), (25, 0.01), (10_000, 0.004)] {
            let trials = 20_000_u64;
            let total: u64 = (0..trials).map(|k| thin(&mut streams.open(n, k, 0), n, p)).sum();
            let mean = total as f64 / trials as f64;
            let se = (n as f64 * p / trials as f64).sqrt();
            assert!((mean - n as f64 * p).abs() < 4.0 * se, "n {n} p {p}: {mean}");
        }
    }

    #[test]
    fn installs_are_at_most_impressions() {
        let streams = Streams::new(3, 2);
        for n in 0..60 {
            assert!(thin(&mut streams.open(1, n, 0), n, 0.9) <= n);
        }
    }

    #[test]
    fn depletion_falls_with_users() {
        let mut p = ResponseParams {
            base_installs_per_mille: 1.0,
            channel_factor: vec![1.0],
            region_factor: vec![1.0],
            depletion_enabled: true,
            depletion_exponent: 0.4,
        };
        assert!((p.depletion(0.0) - 1.0).abs() < 1e-15);
        assert!(p.depletion(2.0) < p.depletion(1.0));
        p.depletion_enabled = false;
        assert!((p.depletion(2.0) - 1.0).abs() < 1e-15);
    }
}
