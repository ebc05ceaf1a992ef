//! Decides when earned money reaches the app.
//!
//! # Model
//! Each source pays after its lag: stores, ad networks, web payment providers. Until then it is a receivable. A firm
//! whose lifetime return is R and whose money comes back after a lag grows by the Euler–Lotka root; the lag, not the return, sets the pace.
//!
//! # Inputs and outputs
//! Day of revenue → day of payout.
//!
//! # Assumptions
//! Lags are the same for all apps; no early-payment loans beyond the credit line.
//!
//! # Invariants
//! `off_pays_the_next_day`.
//!
//! # Source
//! Stores pay 30–45 days after the month's sales, see `configs/facts/priors.csv`.

use serde::Deserialize;

/// Longest lag that the payout calendar holds, in days.
pub const LONGEST_LAG_DAYS: usize = 127;

/// Parameters of cash.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CashParams {
    /// Whether payouts lag; off, money comes the next day.
    pub lag_enabled: bool,
    /// Lag of the stores.
    pub store_lag_days: f64,
    /// Lag of in-app ad networks.
    pub ads_lag_days: f64,
    /// Lag of web payments.
    pub web_lag_days: f64,
    /// Fee of the stores on in-app purchases.
    pub store_fee_share: f64,
    /// Fee of web payment providers.
    pub web_fee_share: f64,
    /// Running costs other than ads and content, as a share of payouts received, and paid with them.
    pub operating_cost_share: f64,
}

impl CashParams {
    /// Whole days between revenue and payout, at least 1.
    pub fn lag(&self, days: f64) -> usize {
        if self.lag_enabled { (days.round() as usize).clamp(1, LONGEST_LAG_DAYS) } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_pays_the_next_day() {
        let p = CashParams {
            lag_enabled: true,
            store_lag_days: 38.0,
            ads_lag_days: 30.0,
            web_lag_days: 7.0,
            store_fee_share: 0.27,
            web_fee_share: 0.04,
            operating_cost_share: 0.05,
        };
        assert_eq!(p.lag(p.store_lag_days), 38);
        assert_eq!(CashParams { lag_enabled: false, ..p }.lag(38.0), 1);
    }
}
