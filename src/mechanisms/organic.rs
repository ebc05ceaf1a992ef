//! Decides how many installs come without an ad, and to whom.
//!
//! # Model
//! Word of mouth: `w · active users` installs a day. Charts: a number of installs equal to a share of the region's
//! smoothed paid installs goes to the top apps by trailing installs, in proportion to rank^−e. Both meet the
//! pool's depletion.
//!
//! # Inputs and outputs
//! Active users, trailing installs → expected installs a day.
//!
//! # Assumptions
//! Charts list a fixed number of ranks: over all ranks they would feed apps that nobody sees.
//!
//! # Invariants
//! `chart_shares_sum_to_one`, `higher_rank_gets_more`.
//!
//! # Source
//! Rank exponent: Garg & Telang 2013 and later, see `configs/facts/priors.csv`; word of mouth: judgement.

use serde::Deserialize;

use crate::math;

/// Parameters of organic installs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganicParams {
    /// Whether users bring users.
    pub word_of_mouth_enabled: bool,
    /// Installs that an active user brings in a day.
    pub installs_per_active_user_per_day: f64,
    /// Whether charts bring users.
    pub charts_enabled: bool,
    /// Chart installs as a share of the region's paid installs.
    pub chart_installs_share: f64,
    /// Ranks shown.
    pub chart_ranks: f64,
    /// Exponent of rank.
    pub chart_rank_exponent: f64,
    /// Memory of trailing installs.
    pub chart_memory_days: f64,
}

impl OrganicParams {
    /// Expected word-of-mouth installs a day of an app with `active_users`.
    pub fn word_of_mouth(&self, active_users: f64) -> f64 {
        if self.word_of_mouth_enabled { self.installs_per_active_user_per_day * active_users } else { 0.0 }
    }

    /// Expected chart installs a day in a region.
    pub fn chart_total(&self, paid_installs_per_day: f64) -> f64 {
        if self.charts_enabled { self.chart_installs_share * paid_installs_per_day } else { 0.0 }
    }

    /// Writes the share of each rank in the chart installs, first rank first, when `n` apps are listed.
    pub fn chart_shares(&self, n: usize, shares: &mut Vec<f64>) {
        shares.clear();
        shares.extend((1..=n).map(|rank| math::powf(rank as f64, -self.chart_rank_exponent)));
        let total: f64 = shares.iter().sum();
        for share in shares {
            *share /= total;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> OrganicParams {
        OrganicParams {
            word_of_mouth_enabled: true,
            installs_per_active_user_per_day: 0.004,
            charts_enabled: true,
            chart_installs_share: 0.4,
            chart_ranks: 100.0,
            chart_rank_exponent: 0.95,
            chart_memory_days: 7.0,
        }
    }

    #[test]
    fn chart_shares_sum_to_one_and_higher_rank_gets_more() {
        let mut shares = Vec::new();
        params().chart_shares(100, &mut shares);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(shares.windows(2).all(|w| w[1] < w[0]));
        params().chart_shares(0, &mut shares);
        assert!(shares.is_empty());
    }

    #[test]
    fn switches_stop_the_flows() {
        let off = OrganicParams { word_of_mouth_enabled: false, charts_enabled: false, ..params() };
        assert!(off.word_of_mouth(1e6).abs() < 1e-300 && off.chart_total(1e6).abs() < 1e-300);
        assert!((params().word_of_mouth(1e6) - 4000.0).abs() < 1e-9);
    }
}
