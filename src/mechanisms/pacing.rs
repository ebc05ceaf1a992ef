//! Decides by how much an app shades its bids so that it spends its budget and not more.
//!
//! # Model
//! With Fréchet scores spend grows as `λ^θ` while the app is small, so `L = λ^θ` is scaled by budget / expected spend,
//! at most to 1. Because each app's change moves everyone's Φ, a few passes over all cells are made; each pass uses the
//! Φ of the pass before.
//!
//! # Inputs and outputs
//! Budget and expected spend in USD → factor on strength in 0..1.
//!
//! # Assumptions
//! Expected spend is proportional to `L`; the passes repair what large shares bend. Whatever is left over or short is
//! settled inside the batch: an app's purchases stop at its budget (see the engine's auction batch).
//!
//! # Invariants
//! `never_above_full_bid`, `binding_budget_is_met`, `no_budget_means_no_bid`.
//!
//! # Source
//! Balseiro et al. 2017, "Budget management strategies in repeated auctions": multiplicative shading is optimal for
//! value-maximisers; closed form from the Fréchet elasticity.

use serde::Deserialize;

/// Parameters of pacing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PacingParams {
    /// Whether apps pace; off, they bid in full and stop when the budget is spent.
    pub enabled: bool,
    /// Passes over all cells in each tick.
    pub passes: u32,
}

/// New factor on strength from the old one, the budget left and the spend expected with the old factor.
pub fn rescale(factor: f64, budget_usd: f64, expected_spend_usd: f64) -> f64 {
    if !(budget_usd > 0.0) {
        return 0.0;
    }
    if !(expected_spend_usd > 0.0) {
        return 1.0;
    }
    let scaled = factor * budget_usd / expected_spend_usd;
    if scaled < 1.0 { scaled } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_above_full_bid() {
        assert!((rescale(0.5, 1000.0, 1.0) - 1.0).abs() < 1e-15);
        assert!((rescale(0.5, 1000.0, 0.0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn binding_budget_is_met() {
        // Two apps against outside demand: after a few passes each expects to spend its budget.
        let (t, budget, t0, value) = ([4.0, 2.0], [10.0, 200.0], 5.0, 100.0);
        let mut l = [1.0, 1.0];
        let spend = |l: &[f64; 2], i: usize| {
            let phi = t0 + l[0] * t[0] + l[1] * t[1];
            value * l[i] * t[i] / phi
        };
        for _ in 0..6 {
            let e = [spend(&l, 0), spend(&l, 1)];
            l = [rescale(l[0], budget[0], e[0]), rescale(l[1], budget[1], e[1])];
        }
        assert!((spend(&l, 0) - 10.0).abs() < 1e-3, "{}", spend(&l, 0));
        assert!((l[1] - 1.0).abs() < 1e-15, "a budget that does not bind leaves the bid in full");
    }

    #[test]
    fn no_budget_means_no_bid() {
        assert!(rescale(1.0, 0.0, 5.0).abs() < 1e-300);
        assert!(rescale(1.0, f64::NAN, 5.0).abs() < 1e-300);
    }
}
