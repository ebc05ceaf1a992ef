//! Decides what an active user earns an app by watching ads.
//!
//! # Model
//! Offered ad revenue of a day = active users × ARPDAU of the region × the app's ad intensity × growth. A region's
//! advertisers pay at most their wallet (see [`super::wallet`]).
//!
//! # Inputs and outputs
//! Active users (count) → USD a day.
//!
//! # Assumptions
//! Ad intensity is a trait of the archetype: a free app shows many rewarded ads, a paid app few or none.
//!
//! # Invariants
//! `price_grows_and_switches_off`.
//!
//! # Source
//! Rewarded-video eCPM by region, see `configs/facts/priors.csv`; growth is a judgement and a sensitivity axis.

use serde::Deserialize;

/// Parameters of in-app ads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InAppAdParams {
    /// Whether apps show ads.
    pub enabled: bool,
    /// Ad revenue of an active user a day at intensity 1, per region, at 2025-01-01.
    pub arpdau_usd_per_day: Vec<f64>,
    /// Yearly growth of that figure.
    pub growth_per_year: f64,
}

impl InAppAdParams {
    /// Ad revenue of an active user on `day` at intensity 1, USD.
    pub fn arpdau(&self, region: usize, day: i64) -> f64 {
        if self.enabled {
            self.arpdau_usd_per_day[region] * (1.0 + self.growth_per_year).powf(day as f64 / 365.0)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn price_grows_and_switches_off() {
        let p = InAppAdParams { enabled: true, arpdau_usd_per_day: vec![0.4], growth_per_year: 0.2 };
        assert!((p.arpdau(0, 0) - 0.4).abs() < 1e-15);
        assert!((p.arpdau(0, 365) - 0.48).abs() < 1e-12);
        assert!(InAppAdParams { enabled: false, ..p }.arpdau(0, 0).abs() < 1e-300);
    }
}
