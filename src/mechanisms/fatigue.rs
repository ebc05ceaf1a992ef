//! Decides how much an ad's pull weakens as people have seen it.
//!
//! # Model
//! Factor on attractiveness `(1 + f)^−e`, f = exposures of all materials cut from one title per in-market person: the
//! audience tires of the story, not of the file.
//!
//! # Inputs and outputs
//! Exposures per person ≥ 0 → factor in (0, 1].
//!
//! # Assumptions
//! Exposure is spread evenly over the in-market people of the regions in which the app advertises.
//!
//! # Invariants
//! `fresh_is_one`, `falls_with_exposure`.
//!
//! # Source
//! Exponent: public fatigue studies, see `configs/base.toml` (prior 0.3–0.6).

use serde::Deserialize;

use crate::math;

/// Parameters of fatigue.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FatigueParams {
    /// Whether ads tire.
    pub enabled: bool,
    /// Exponent e.
    pub exponent: f64,
}

impl FatigueParams {
    /// Logarithm of the factor on attractiveness after `exposures_per_person`.
    pub fn log_factor(&self, exposures_per_person: f64) -> f64 {
        // Absolute, not relative, accuracy counts in a logarithm, so 1 is simply added.
        if self.enabled { -self.exponent * math::ln(1.0 + exposures_per_person) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_is_one_and_it_falls_with_exposure() {
        let p = FatigueParams { enabled: true, exponent: 0.43 };
        assert!((p.log_factor(0.0).exp() - 1.0).abs() < 1e-15);
        assert!((p.log_factor(1.0).exp() - 2.0_f64.powf(-0.43)).abs() < 1e-15);
        assert!(p.log_factor(3.0).exp() < p.log_factor(1.0).exp());
    }
}
