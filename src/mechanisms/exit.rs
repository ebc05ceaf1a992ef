//! Decides which apps stop advertising; whether such an app leaves the stores is decided in [`super::dormancy`].
//!
//! # Model
//! At a monthly review an app stops
//! - by bankruptcy: it can pay neither its debts nor a minimal campaign, and what it is owed does not cover them;
//! - by choice: hazard h, raised when the month's contribution is negative and lowered by size: `h · c²/(c² + revenue²)`,
//!   so that exits are for the small: at ten times the half-hazard revenue a hundredth of h is left.
//!
//! # Inputs and outputs
//! USD a month, USD → probability in 0..1.
//!
//! # Assumptions
//! Owners of small apps give up at random as far as the data can see.
//!
//! # Invariants
//! `large_apps_stay`, `losses_raise_the_hazard`.
//!
//! # Source
//! About 7 % of advertising apps vanish a month, see `configs/facts/priors.csv`; form: judgement.

use serde::Deserialize;

/// Parameters of exit.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitParams {
    /// Whether apps leave.
    pub enabled: bool,
    /// Hazard h of a small app.
    pub hazard_per_month: f64,
    /// Factor on the hazard after a month with negative contribution.
    pub loss_factor: f64,
    /// Revenue at which the hazard is half.
    pub half_hazard_usd_per_month: f64,
    /// Least an app must be able to spend a day, or it is bankrupt.
    pub minimal_campaign_usd_per_day: f64,
    /// An app is not reviewed before this age.
    pub grace_days: f64,
}

impl ExitParams {
    /// Probability of leaving by choice at a monthly review.
    pub fn hazard(&self, revenue_usd: f64, contribution_usd: f64) -> f64 {
        if !self.enabled {
            return 0.0;
        }
        let size = revenue_usd / self.half_hazard_usd_per_month;
        let small = 1.0 / (1.0 + size * size);
        let loss = if contribution_usd < 0.0 { self.loss_factor } else { 1.0 };
        (self.hazard_per_month * small * loss).clamp(0.0, 1.0)
    }

    /// Whether an app with this much to spend and to be paid cannot go on.
    pub fn is_bankrupt(&self, spendable_usd: f64, receivable_usd: f64) -> bool {
        self.enabled && spendable_usd + receivable_usd < self.minimal_campaign_usd_per_day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> ExitParams {
        ExitParams {
            enabled: true,
            hazard_per_month: 0.07,
            loss_factor: 1.5,
            half_hazard_usd_per_month: 3e5,
            minimal_campaign_usd_per_day: 50.0,
            grace_days: 30.0,
        }
    }

    #[test]
    fn large_apps_stay() {
        assert!(params().hazard(3e7, 1.0) < 1e-5);
        assert!((params().hazard(3e5, 1.0) - 0.035).abs() < 1e-12);
        assert!((params().hazard(0.0, 0.0) - 0.07).abs() < 1e-12);
    }

    #[test]
    fn losses_raise_the_hazard() {
        assert!(params().hazard(0.0, -1.0) > params().hazard(0.0, 1.0));
        assert!(params().is_bankrupt(10.0, 20.0) && !params().is_bankrupt(10.0, 60.0));
    }
}
