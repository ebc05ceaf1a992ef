//! Decides how much an app plans to spend on ads tomorrow.
//!
//! # Model
//! `budget ← budget · exp(η(ROAS/τ − 1))`, moved by at most a stated share a day; at most `headroom` times what it has been
//! spending; and at most what its money allows: `(cash + unused credit) / runway`.
//!
//! # Inputs and outputs
//! USD a day, returns as ratios → USD a day.
//!
//! # Assumptions
//! ROAS is the app's own estimate on counted net value, blended over paid and organic installs.
//!
//! # Invariants
//! `good_returns_raise_the_budget`, `moves_are_bounded`, `never_more_than_the_money_allows`.
//!
//! # Source
//! Judgement, after how user-acquisition teams scale campaigns (±20 % a day).

use serde::Deserialize;

/// Parameters of budgets.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetParams {
    /// Whether budgets follow returns; off, they stay at their start value within what money allows.
    pub enabled: bool,
    /// Gain η.
    pub gain: f64,
    /// Largest move a day, as a share.
    pub max_move_share: f64,
    /// Budget at most this many times smoothed spend.
    pub headroom: f64,
    /// Smoothing of spend and returns.
    pub smoothing_days: f64,
    /// Cash must last this long at the planned spend.
    pub runway_days: f64,
}

impl BudgetParams {
    /// Budget moved by returns. `smoothed_spend_usd` bounds it from above, but never below `floor_usd`.
    pub fn moved(
        &self,
        budget_usd: f64,
        roas: f64,
        target: f64,
        smoothed_spend_usd: f64,
        floor_usd: f64,
    ) -> f64 {
        if !self.enabled {
            return budget_usd;
        }
        let bound = self.max_move_share;
        let step = (self.gain * (roas / target - 1.0)).exp().clamp(1.0 - bound, 1.0 + bound);
        let ceiling = self.headroom * smoothed_spend_usd;
        let ceiling = if ceiling > floor_usd { ceiling } else { floor_usd };
        let wanted = budget_usd * step;
        if wanted < ceiling { wanted } else { ceiling }
    }

    /// The most that money allows in a day.
    pub fn allowed(&self, spendable_usd: f64) -> f64 {
        if spendable_usd > 0.0 { spendable_usd / self.runway_days } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> BudgetParams {
        BudgetParams {
            enabled: true,
            gain: 0.2,
            max_move_share: 0.2,
            headroom: 1.5,
            smoothing_days: 7.0,
            runway_days: 30.0,
        }
    }

    #[test]
    fn good_returns_raise_the_budget() {
        let p = params();
        assert!(p.moved(100.0, 1.2, 1.0, 1e6, 0.0) > 100.0);
        assert!(p.moved(100.0, 0.8, 1.0, 1e6, 0.0) < 100.0);
    }

    #[test]
    fn moves_are_bounded() {
        let p = params();
        assert!((p.moved(100.0, 50.0, 1.0, 1e6, 0.0) - 120.0).abs() < 1e-9);
        assert!((p.moved(100.0, -50.0, 1.0, 1e6, 0.0) - 80.0).abs() < 1e-9);
        assert!((p.moved(100.0, 50.0, 1.0, 10.0, 40.0) - 40.0).abs() < 1e-9);
    }

    #[test]
    fn never_more_than_the_money_allows() {
        let p = params();
        assert!((p.allowed(300.0) - 10.0).abs() < 1e-12);
        assert!(p.allowed(-5.0).abs() < 1e-300);
    }
}
