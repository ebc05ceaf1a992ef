//! Decides what an app bids for an install.
//!
//! # Model
//! `bid = λ · LTV̂ · (1 + u) / τ`: the net value it counts per install, over its target return on ad spend τ.
//! - `LTV̂ = ω_p · v̂_pay · [(1−w)(1−f) + w(1−f_w)] · ρ_pay + ω_a · v_ads · ρ_ads`, where `v̂_pay` is a belief about
//!   lifetime payer value per install, `v_ads` what an install's active days earn at today's prices, w the web share, f
//!   the fees, ρ the region's smoothed wallet ratios and ω the shares of lifetime value inside the counting window;
//! - u is the organic uplift that the app credits to its ads (blended return), smoothed and capped;
//! - λ ≤ 1 comes from pacing alone: the budget and the return target are never multiplied twice.
//!
//! # Inputs and outputs
//! USD per install in, USD per install out; all ≥ 0.
//!
//! # Assumptions
//! Value-based bidding with truthful λ = 1 when the budget does not bind, as platforms' "target ROAS" products do.
//!
//! # Invariants
//! `bid_is_linear_in_value`, `higher_target_lowers_the_bid`, `fees_lower_the_bid`.
//!
//! # Source
//! Aggarwal et al. 2024, "Auto-bidding and auctions in online advertising: a survey", §3 (value maximisers with ROS).

use serde::Deserialize;

/// Parameters of bidding.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BiddingParams {
    /// Age up to which an install's value is counted.
    pub window_days: f64,
    /// Whether organic installs are credited to ads.
    pub count_organic: bool,
    /// Largest organic uplift that is credited.
    pub organic_uplift_cap: f64,
    /// Smoothing of the uplift and of wallet ratios.
    pub smoothing_days: f64,
}

/// What a developer keeps of one dollar of payer revenue.
pub fn net_payer_share(web_share: f64, store_fee: f64, web_fee: f64) -> f64 {
    (1.0 - web_share) * (1.0 - store_fee) + web_share * (1.0 - web_fee)
}

/// Bid per install at λ = 1, USD.
pub fn full_bid(counted_value_usd: f64, organic_uplift: f64, target_roas: f64) -> f64 {
    counted_value_usd * (1.0 + organic_uplift) / target_roas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bid_is_linear_in_value() {
        assert!((full_bid(8.0, 0.3, 1.0) - 2.0 * full_bid(4.0, 0.3, 1.0)).abs() < 1e-12);
    }

    #[test]
    fn higher_target_lowers_the_bid() {
        assert!(full_bid(4.0, 0.3, 1.2) < full_bid(4.0, 0.3, 0.9));
    }

    #[test]
    fn fees_lower_the_bid() {
        assert!(net_payer_share(0.3, 0.30, 0.04) < net_payer_share(0.3, 0.15, 0.04));
        assert!((net_payer_share(0.0, 0.30, 0.04) - 0.7).abs() < 1e-15);
    }
}
