//! Decides by how much an app shades its bids so that it spends its budget and not more.
//!
//! # Model
//! - *Closed form*: with Fréchet scores spend grows as `λ^θ` while the app is small, so `L = λ^θ` is scaled by budget /
//!   expected spend, at most to 1. Because each app's change moves everyone's Φ, a few passes over all cells are made;
//!   each pass uses the Φ of the pass before.
//! - *Throttle*: the app bids in full but enters only a share q of the auctions; q is found by the same passes.
//! - *PID*: no forecast of spend. After each tick `ln L` moves by `k_p Δe + k_i e + k_d Δ²e` (velocity form, so that the
//!   bound at 1 needs no anti-windup), `e = 1 − spent/target` of the last tick, cut to −1..1.
//!
//! # Inputs and outputs
//! Budget and expected spend in USD → factor on strength (closed form, PID) or share of auctions (throttle), in 0..1.
//!
//! # Assumptions
//! Expected spend is proportional to `L`; the passes repair what large shares bend. Whatever is left over or short is
//! settled inside the batch: an app's purchases stop at its budget (see the engine's auction batch).
//!
//! # Invariants
//! `never_above_full_bid`, `binding_budget_is_met`, `no_budget_means_no_bid`, `feedback_finds_the_factor_that_spends_the_budget`.
//!
//! # Source
//! Balseiro et al. 2017, "Budget management strategies in repeated auctions": multiplicative shading is optimal for
//! value-maximisers; closed form from the Fréchet elasticity. Throttling: Karande et al. 2013, "Optimizing budget
//! constrained spend in search advertising". Feedback control: Zhang et al. 2016, "Feedback control of real-time display
//! advertising". Gains: judgement.

use serde::Deserialize;

/// How an app holds its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PacingMethod {
    /// Bids are shaded by the factor that spends the budget in expectation.
    ClosedForm,
    /// Bids are full, in a share of the auctions.
    Throttle,
    /// Bids are shaded by feedback on what was spent.
    Pid,
}

/// Parameters of pacing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PacingParams {
    /// Whether apps pace; off, they bid in full and stop when the budget is spent.
    pub enabled: bool,
    /// How.
    pub method: PacingMethod,
    /// Passes over all cells in each tick.
    pub passes: u32,
    /// PID gain on the change of the error.
    pub pid_proportional_gain: f64,
    /// PID gain on the error.
    pub pid_integral_gain: f64,
    /// PID gain on the change of the change of the error.
    pub pid_derivative_gain: f64,
}

/// What a PID remembers of an app: its last two errors.
pub type Errors = [f64; 2];

impl PacingParams {
    /// Factor on strength for the next tick, after `spent_usd` of `target_usd` in the last.
    pub fn feedback(&self, factor: f64, errors: &mut Errors, spent_usd: f64, target_usd: f64) -> f64 {
        if !(target_usd > 0.0) {
            return factor;
        }
        let error = (1.0 - spent_usd / target_usd).clamp(-1.0, 1.0);
        let [last, before] = *errors;
        *errors = [error, last];
        let step = self.pid_proportional_gain * (error - last)
            + self.pid_integral_gain * error
            + self.pid_derivative_gain * (error - 2.0 * last + before);
        let moved = factor * step.exp();
        if moved < 1.0 { moved } else { 1.0 }
    }
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
    fn feedback_finds_the_factor_that_spends_the_budget() {
        let p = PacingParams {
            enabled: true,
            method: PacingMethod::Pid,
            passes: 1,
            pid_proportional_gain: 0.3,
            pid_integral_gain: 0.3,
            pid_derivative_gain: 0.05,
        };
        // Spend is 400 L / (1 + L): 100 is spent at L = 1/3.
        let spend = |l: f64| 400.0 * l / (1.0 + l);
        let (mut l, mut errors) = (1.0, Errors::default());
        for _ in 0..200 {
            l = p.feedback(l, &mut errors, spend(l), 100.0);
        }
        assert!((spend(l) - 100.0).abs() < 1e-6, "{}", spend(l));
        // A budget that cannot be spent leaves the bid in full, and a target of nothing moves nothing.
        let (mut l, mut errors) = (0.2, Errors::default());
        for _ in 0..200 {
            l = p.feedback(l, &mut errors, spend(l), 1e6);
        }
        assert!((l - 1.0).abs() < 1e-15 && (p.feedback(0.4, &mut errors, 1.0, 0.0) - 0.4).abs() < 1e-15);
    }

    #[test]
    fn no_budget_means_no_bid() {
        assert!(rescale(1.0, 0.0, 5.0).abs() < 1e-300);
        assert!(rescale(1.0, f64::NAN, 5.0).abs() < 1e-300);
    }
}
