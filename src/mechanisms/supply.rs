//! Decides how many impressions a cell offers today and how strong the demand from outside the market is.
//!
//! # Model
//! `S_c(t) = S_r · share_channel · (1+g)^(t/365)`; the price that outside demand alone would make is
//! `CPM_r · factor_channel · index(month)`, from which its strength `T_0` follows (see [`super::auction`]).
//!
//! # Inputs and outputs
//! Day (0 = 2025-01-01) and month → impressions per day, USD per impression.
//!
//! # Assumptions
//! Outside demand (games, shops) does not react to this market: it is the larger part of every cell.
//!
//! # Invariants
//! `shares_of_channels_sum_to_one` (checked at load), `season_moves_the_price_only`.
//!
//! # Source
//! CPM levels and monthly index: public trackers, see `configs/base.toml`.

use serde::Deserialize;

/// Parameters of supply.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplyParams {
    /// Impressions a day that these apps can compete for, per region, at 2025-01-01.
    pub addressable_impressions_per_day: Vec<f64>,
    /// Yearly growth of these impressions.
    pub growth_per_year: f64,
    /// Share of each channel in a region's impressions; sums to 1.
    pub channel_share: Vec<f64>,
    /// Price of each channel relative to its region.
    pub channel_cpm_factor: Vec<f64>,
    /// Price made by outside demand alone, per region.
    pub cpm_usd_per_mille: Vec<f64>,
    /// Whether the monthly index applies.
    pub season_enabled: bool,
    /// Monthly CPM index, January first, mean 1.
    pub cpm_index_by_month: Vec<f64>,
}

impl SupplyParams {
    /// Impressions a day offered in a cell.
    pub fn impressions_per_day(&self, region: usize, channel: usize, day: i64) -> f64 {
        let years = day as f64 / 365.0;
        self.addressable_impressions_per_day[region]
            * self.channel_share[channel]
            * (1.0 + self.growth_per_year).powf(years)
    }

    /// Mean price of outside demand alone, USD per impression; `month` 1..=12.
    pub fn outside_price(&self, region: usize, channel: usize, month: u8) -> f64 {
        let index = if self.season_enabled { self.cpm_index_by_month[usize::from(month) - 1] } else { 1.0 };
        self.cpm_usd_per_mille[region] / 1000.0 * self.channel_cpm_factor[channel] * index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn season_moves_the_price_only() {
        let mut index = vec![1.0; 12];
        index[10] = 1.25;
        let p = SupplyParams {
            addressable_impressions_per_day: vec![1e6],
            growth_per_year: 0.1,
            channel_share: vec![0.6, 0.4],
            channel_cpm_factor: vec![1.0, 0.5],
            cpm_usd_per_mille: vec![8.0],
            season_enabled: true,
            cpm_index_by_month: index,
        };
        assert!((p.outside_price(0, 1, 11) - 0.005).abs() < 1e-15);
        assert!((p.outside_price(0, 1, 10) - 0.004).abs() < 1e-15);
        assert!((p.impressions_per_day(0, 0, 365) - 660_000.0).abs() < 1e-6);
    }
}
