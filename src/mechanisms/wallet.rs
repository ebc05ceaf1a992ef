//! Decides how much of the spending that apps ask for in a region is really paid.
//!
//! # Model
//! Offered spending V is realised as `W(1 − exp(−V/W))`, W the region's wallet: the first dollars asked for are paid,
//! later ones compete for the same purse. W grows with in-market people to a power of its own: below 1 where later
//! adopters spend less.
//!
//! # Inputs and outputs
//! USD a day offered, USD a day wallet → ratio realised / offered in (0, 1].
//!
//! # Assumptions
//! All apps of a region meet the same ratio. There is one wallet for payments and one for in-app ads.
//!
//! # Invariants
//! `never_more_than_the_wallet`, `never_more_than_offered`, `small_offers_are_paid_in_full`.
//!
//! # Source
//! Judgement: the market totals cannot tell the wallet's form; it is weakly identified and drives the forecast.

use serde::Deserialize;

/// Parameters of wallets.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletParams {
    /// Whether wallets bound spending.
    pub enabled: bool,
    /// What the people of a region can spend on these apps, at the start of the simulation.
    pub payers_usd_per_month: Vec<f64>,
    /// What advertisers in these apps can spend in a region, at the start of the simulation.
    pub advertisers_usd_per_month: Vec<f64>,
    /// Growth of the payers' wallet with in-market people: exponent.
    pub payers_people_exponent: f64,
    /// Growth of the advertisers' wallet with in-market people: exponent.
    pub advertisers_people_exponent: f64,
}

impl WalletParams {
    /// Realised share of `offered` dollars against a wallet of `wallet` dollars in the same time.
    pub fn ratio(&self, offered: f64, wallet: f64) -> f64 {
        if !self.enabled || !(offered > 0.0) {
            return 1.0;
        }
        if !(wallet > 0.0) {
            return 0.0;
        }
        let x = offered / wallet;
        -(-x).exp_m1() / x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> WalletParams {
        WalletParams {
            enabled: true,
            payers_usd_per_month: vec![1e6],
            advertisers_usd_per_month: vec![1e6],
            payers_people_exponent: 0.8,
            advertisers_people_exponent: 0.8,
        }
    }

    #[test]
    fn never_more_than_the_wallet_or_the_offer() {
        let p = params();
        for offered in [0.0, 1.0, 1e3, 1e6, 1e9] {
            let realised = offered * p.ratio(offered, 1e4);
            assert!(realised <= 1e4 * (1.0 + 1e-12) && realised <= offered);
        }
    }

    #[test]
    fn small_offers_are_paid_in_full() {
        assert!((params().ratio(1e-3, 1e6) - 1.0).abs() < 1e-8);
        assert!(params().ratio(1.0, 0.0).abs() < 1e-300);
    }
}
