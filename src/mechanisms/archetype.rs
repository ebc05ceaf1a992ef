//! Decides what kind of firm an app is: the traits that differ by business model and backing.
//!
//! # Model
//! An archetype is a row of traits. An app draws its skills, money and footprint around them; nothing else in the model
//! asks which archetype an app has, except that apps of a platform's own kind share the impressions that it keeps for
//! them (see [`super::house`]).
//!
//! # Inputs and outputs
//! One table a kind in the configuration, `[archetype.NAME]`.
//!
//! # Assumptions
//! Archetypes do not change during life.
//!
//! # Invariants
//! `shares_are_shares` (checked at load by range).
//!
//! # Source
//! Numbers and mix: judgement on press reports, see `configs/base.toml`.

use serde::Deserialize;

/// Traits of a kind of firm.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archetype {
    /// Apps of this kind at the start of the simulation.
    pub start_apps: f64,
    /// Weight among entrants before the mix shifts.
    pub entry_weight: f64,
    /// Weight among entrants after the mix has shifted.
    pub entry_weight_boom: f64,
    /// Weight among entrants after the boom.
    pub entry_weight_late: f64,
    /// Apps of this kind that enter on the scheduled date, besides the Poisson entries.
    pub scheduled_apps: f64,
    /// Date of the scheduled entry.
    pub scheduled_date: String,
    /// Share of firms from the Chinese mainland.
    pub chinese_share: f64,
    /// Channel whose owner it belongs to; `none` for apps without a platform behind them.
    pub house_channel: String,
    /// Share of that channel's impressions that its owner keeps for its own apps of this kind.
    pub house_inventory_share: f64,
    /// Median cash at birth.
    pub start_cash_usd: f64,
    /// Log standard deviation of cash at birth.
    pub start_cash_log_sd: f64,
    /// Median first budget.
    pub start_budget_usd_per_day: f64,
    /// Log standard deviation of the first budget.
    pub start_budget_log_sd: f64,
    /// Credit line in days of smoothed spend.
    pub credit_days: f64,
    /// Whether investors may fund it later.
    pub fundable: bool,
    /// Target return on ad spend on counted value.
    pub target_roas: f64,
    /// Payer value relative to the region's mean.
    pub payer_value_factor: f64,
    /// Ad revenue per active user relative to the region's mean.
    pub ad_intensity: f64,
    /// Share of payer revenue outside the stores.
    pub web_share: f64,
    /// Mean log skill in conversion.
    pub skill_mean: f64,
    /// Log standard deviation of skill in conversion.
    pub conversion_skill_log_sd: f64,
    /// Log standard deviation of skill in value.
    pub value_skill_log_sd: f64,
    /// Log standard deviation of skill in content.
    pub content_skill_log_sd: f64,
    /// Regions in which it advertises.
    pub regions: f64,
    /// Channels on which it advertises.
    pub channels: f64,
    /// Titles it releases a month.
    pub releases_titles_per_month: f64,
    /// Titles it starts with.
    pub start_titles: f64,
    /// Share of its titles shot locally.
    pub shot_share: f64,
    /// Share of its titles made by AI.
    pub ai_share: f64,
}
