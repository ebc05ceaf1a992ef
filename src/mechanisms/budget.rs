//! Decides how much an app plans to spend on ads tomorrow.
//!
//! # Model
//! Two rules. *Returns*: `budget ← budget · exp(η(ROAS/τ − 1))`. *Revenue share*: the budget goes towards a share of smoothed
//! net revenue, not below the first budget. Either moves by at most a stated share a day, stays at most `headroom` times
//! what the app has been spending, and at most what its money allows: `(cash + unused credit) / runway`.
//!
//! # Inputs and outputs
//! USD a day, returns as ratios → USD a day.
//!
//! # Assumptions
//! ROAS is the app's own estimate on counted net value, blended over paid and organic installs.
//!
//! # Invariants
//! `good_returns_raise_the_budget`, `moves_are_bounded`, `never_more_than_the_money_allows`,
//! `a_share_of_revenue_is_approached_in_bounded_steps`.
//!
//! # Source
//! Judgement, after how user-acquisition teams scale campaigns (±20 % a day).

use serde::Deserialize;

/// How a budget follows what the app sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetRule {
    /// Up while returns are above target, down while below.
    Returns,
    /// A share of net revenue.
    RevenueShare,
}

/// What an app sees of itself when it moves its budget; USD a day, smoothed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    /// Return over spend on counted value.
    pub roas: f64,
    /// Target of that return.
    pub target_roas: f64,
    /// Ad spend.
    pub spend_usd: f64,
    /// Net revenue.
    pub net_revenue_usd: f64,
    /// First budget: neither rule asks for less headroom, and a share of revenue is not below it.
    pub floor_usd: f64,
}

/// Parameters of budgets.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetParams {
    /// Whether budgets follow returns; off, they stay at their start value within what money allows.
    pub enabled: bool,
    /// Which rule moves them.
    pub rule: BudgetRule,
    /// Budget as a share of net revenue, under that rule.
    pub revenue_share: f64,
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
    /// Budget of tomorrow. Smoothed spend bounds it from above, but never below the first budget.
    pub fn moved(&self, budget_usd: f64, seen: &Sight) -> f64 {
        if !self.enabled {
            return budget_usd;
        }
        let bound = self.max_move_share;
        let step = match self.rule {
            BudgetRule::Returns => (self.gain * (seen.roas / seen.target_roas - 1.0)).exp(),
            BudgetRule::RevenueShare => {
                let share = self.revenue_share * seen.net_revenue_usd;
                let goal = if share > seen.floor_usd { share } else { seen.floor_usd };
                goal / budget_usd
            }
        };
        let step = step.clamp(1.0 - bound, 1.0 + bound);
        let ceiling = self.headroom * seen.spend_usd;
        let ceiling = if ceiling > seen.floor_usd { ceiling } else { seen.floor_usd };
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
            rule: BudgetRule::Returns,
            revenue_share: 0.5,
            gain: 0.2,
            max_move_share: 0.2,
            headroom: 1.5,
            smoothing_days: 7.0,
            runway_days: 30.0,
        }
    }

    fn seen(roas: f64, spend_usd: f64, floor_usd: f64) -> Sight {
        Sight { roas, target_roas: 1.0, spend_usd, net_revenue_usd: 300.0, floor_usd }
    }

    #[test]
    fn good_returns_raise_the_budget() {
        let p = params();
        assert!(p.moved(100.0, &seen(1.2, 1e6, 0.0)) > 100.0);
        assert!(p.moved(100.0, &seen(0.8, 1e6, 0.0)) < 100.0);
    }

    #[test]
    fn a_share_of_revenue_is_approached_in_bounded_steps() {
        let p = BudgetParams { rule: BudgetRule::RevenueShare, ..params() };
        // Half of 300 a day: from 100 up by a fifth, from 140 to it at once, and not below a first budget of 200.
        assert!((p.moved(100.0, &seen(0.1, 1e6, 0.0)) - 120.0).abs() < 1e-9);
        assert!((p.moved(140.0, &seen(0.1, 1e6, 0.0)) - 150.0).abs() < 1e-9);
        assert!((p.moved(190.0, &seen(0.1, 1e6, 200.0)) - 200.0).abs() < 1e-9);
    }

    #[test]
    fn moves_are_bounded() {
        let p = params();
        assert!((p.moved(100.0, &seen(50.0, 1e6, 0.0)) - 120.0).abs() < 1e-9);
        assert!((p.moved(100.0, &seen(-50.0, 1e6, 0.0)) - 80.0).abs() < 1e-9);
        assert!((p.moved(100.0, &seen(50.0, 10.0, 40.0)) - 40.0).abs() < 1e-9);
    }

    #[test]
    fn never_more_than_the_money_allows() {
        let p = params();
        assert!((p.allowed(300.0) - 10.0).abs() < 1e-12);
        assert!(p.allowed(-5.0).abs() < 1e-300);
    }
}
