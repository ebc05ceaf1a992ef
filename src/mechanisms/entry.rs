//! Decides how many apps enter a day, and of which archetype.
//!
//! # Model
//! Non-homogeneous Poisson: base rate a logistic in time from `rate_low` to `rate_peak`, then another to `rate_late`;
//! multiplied by `(margin / reference)^e` of the market's smoothed margin and by `(content cost / reference)^−e_c`, whose
//! product is bounded. The mix of archetypes moves with two logistics, from before to during to after the boom.
//!
//! # Inputs and outputs
//! Day (0 = 2025-01-01), margins as ratios → entries a day.
//!
//! # Assumptions
//! Entrants look at what incumbents earn over what they spend; they do not know their own skill.
//!
//! # Invariants
//! `margins_attract`, `costs_deter`, `late_rate_is_reached`.
//!
//! # Source
//! Counts of advertising apps through 2025 (200, 309, 1,100), see `configs/facts/targets.csv`; mix: judgement.

use serde::Deserialize;

/// Parameters of entry.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryParams {
    /// Whether apps enter after the start.
    pub enabled: bool,
    /// Rate long before the boom.
    pub rate_low_apps_per_month: f64,
    /// Rate at the height of the boom.
    pub rate_peak_apps_per_month: f64,
    /// Rate after the boom.
    pub rate_late_apps_per_month: f64,
    /// Middle of the rise, in days after 2025-01-01.
    pub rise_midpoint_days: f64,
    /// Time scale of the rise.
    pub rise_width_days: f64,
    /// Middle of the shift in the mix of entrants, in days after 2025-01-01.
    pub mix_midpoint_days: f64,
    /// Time scale of the shift in the mix.
    pub mix_width_days: f64,
    /// Middle of the fall, in days after 2025-01-01.
    pub fall_midpoint_days: f64,
    /// Time scale of the fall.
    pub fall_width_days: f64,
    /// Exponent of the market's margin.
    pub margin_elasticity: f64,
    /// Margin (net revenue over ad spend) at which the base rate holds.
    pub reference_margin: f64,
    /// Exponent of content cost.
    pub content_cost_elasticity: f64,
    /// Cost of a translated title at which the base rate holds.
    pub reference_cost_usd_per_title: f64,
    /// Bounds of the product of the factors, below and above 1.
    pub factor_bound: f64,
}

impl EntryParams {
    /// Expected entries a day.
    pub fn rate_per_day(&self, day: f64, margin: f64, content_cost_usd: f64) -> f64 {
        if !self.enabled {
            return 0.0;
        }
        let rise = logistic((day - self.rise_midpoint_days) / self.rise_width_days);
        let fall = self.fall_share(day);
        let boom = self.rate_low_apps_per_month
            + (self.rate_peak_apps_per_month - self.rate_low_apps_per_month) * rise;
        let base = boom + (self.rate_late_apps_per_month - boom) * fall;
        let attraction = (margin / self.reference_margin).powf(self.margin_elasticity)
            * (content_cost_usd / self.reference_cost_usd_per_title).powf(-self.content_cost_elasticity);
        base * attraction.clamp(1.0 / self.factor_bound, self.factor_bound) * 12.0 / 365.0
    }
}

impl EntryParams {
    /// How far the boom is over, 0 before to 1 after its fall.
    pub fn fall_share(&self, day: f64) -> f64 {
        logistic((day - self.fall_midpoint_days) / self.fall_width_days)
    }

    /// How far the mix of entrants has shifted, 0 before to 1 after: backed free apps came before the many small ones.
    pub fn mix_share(&self, day: f64) -> f64 {
        logistic((day - self.mix_midpoint_days) / self.mix_width_days)
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> EntryParams {
        EntryParams {
            enabled: true,
            rate_low_apps_per_month: 20.0,
            rate_peak_apps_per_month: 300.0,
            rate_late_apps_per_month: 100.0,
            rise_midpoint_days: 240.0,
            rise_width_days: 30.0,
            mix_midpoint_days: 60.0,
            mix_width_days: 30.0,
            fall_midpoint_days: 400.0,
            fall_width_days: 15.0,
            margin_elasticity: 0.5,
            reference_margin: 1.1,
            content_cost_elasticity: 0.3,
            reference_cost_usd_per_title: 15_000.0,
            factor_bound: 3.0,
        }
    }

    #[test]
    fn margins_attract() {
        let p = params();
        assert!(p.rate_per_day(0.0, 1.5, 15_000.0) > p.rate_per_day(0.0, 1.1, 15_000.0));
    }

    #[test]
    fn costs_deter() {
        let p = params();
        assert!(p.rate_per_day(0.0, 1.1, 30_000.0) < p.rate_per_day(0.0, 1.1, 15_000.0));
    }

    #[test]
    fn late_rate_is_reached() {
        let p = params();
        assert!((p.rate_per_day(700.0, 1.1, 15_000.0) - 100.0 * 12.0 / 365.0).abs() < 1e-3);
        assert!((p.rate_per_day(330.0, 1.1, 15_000.0) * 365.0 / 12.0) > 250.0);
    }
}
