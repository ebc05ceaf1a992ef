//! Decides whether an app that runs short is given money by its owners or investors.
//!
//! # Model
//! At a monthly review an app of a fundable archetype whose runway (spendable money over smoothed spend) is below the trigger and
//! whose margin (smoothed revenue net of fees over costs) is at least the floor is funded with probability
//! p: a round worth a number of months of its spend, arriving after a delay.
//!
//! # Inputs and outputs
//! Days, ratios → whether, and USD.
//!
//! # Assumptions
//! Investors see growth and margin, not skill.
//!
//! # Invariants
//! `only_the_short_and_promising_are_funded`.
//!
//! # Source
//! Judgement: no public data on rounds; a sensitivity axis.

use serde::Deserialize;

/// Parameters of funding.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundingParams {
    /// Whether there is any funding after the start.
    pub enabled: bool,
    /// An app with less runway than this seeks money.
    pub trigger_runway_days: f64,
    /// Smallest ratio of net revenue to ad spend that finds money.
    pub min_net_revenue_over_spend: f64,
    /// Probability of success at a review.
    pub success_probability: f64,
    /// Size of a round in months of spend.
    pub round_months: f64,
    /// Time from decision to money.
    pub delay_days: f64,
}

impl FundingParams {
    /// Whether an app gets a round, given a uniform draw in (0, 1).
    pub fn grants(&self, runway_days: f64, net_revenue_over_spend: f64, draw: f64) -> bool {
        self.enabled
            && runway_days < self.trigger_runway_days
            && net_revenue_over_spend >= self.min_net_revenue_over_spend
            && draw < self.success_probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_short_and_promising_are_funded() {
        let p = FundingParams {
            enabled: true,
            trigger_runway_days: 60.0,
            min_net_revenue_over_spend: 0.8,
            success_probability: 0.5,
            round_months: 3.0,
            delay_days: 30.0,
        };
        assert!(p.grants(30.0, 1.0, 0.4));
        assert!(!p.grants(90.0, 1.0, 0.4));
        assert!(!p.grants(30.0, 0.7, 0.4));
        assert!(!p.grants(30.0, 1.0, 0.6));
        assert!(!FundingParams { enabled: false, ..p }.grants(30.0, 1.0, 0.4));
    }
}
