//! The configuration as typed values: one field per section of `configs/base.toml`, in the units of their keys.
//!
//! A [`Spec`] is raw: ranges were checked one by one when the layers were resolved; [`Spec::check`] adds what only shows
//! between parameters.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::mechanisms::archetype::Archetype;
use crate::mechanisms::auction::{AuctionParams, Mode};
use crate::mechanisms::bidding::BiddingParams;
use crate::mechanisms::budget::BudgetParams;
use crate::mechanisms::cash::CashParams;
use crate::mechanisms::consolidation::ConsolidationParams;
use crate::mechanisms::content::ContentParams;
use crate::mechanisms::creatives::CreativeParams;
use crate::mechanisms::dormancy::DormancyParams;
use crate::mechanisms::entry::EntryParams;
use crate::mechanisms::exit::ExitParams;
use crate::mechanisms::fatigue::FatigueParams;
use crate::mechanisms::funding::FundingParams;
use crate::mechanisms::in_app_ads::InAppAdParams;
use crate::mechanisms::learning::{LONGEST_REPORT_DELAY_DAYS, LearningParams};
use crate::mechanisms::organic::OrganicParams;
use crate::mechanisms::pacing::PacingParams;
use crate::mechanisms::payers::PayerParams;
use crate::mechanisms::pool::PoolParams;
use crate::mechanisms::response::ResponseParams;
use crate::mechanisms::retention::RetentionParams;
use crate::mechanisms::supply::SupplyParams;
use crate::mechanisms::wallet::WalletParams;
use crate::units::{Date, MINUTES_PER_DAY};

/// When to simulate, in what steps, how often.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSpec {
    /// First simulated day; what lies before `report_from` is warm-up.
    pub start_date: String,
    /// First reported day, first of a year.
    pub report_from_date: String,
    /// Last simulated day, last of a year.
    pub end_date: String,
    /// Length of an auction batch.
    pub tick_minutes: i64,
    /// Master seed.
    pub seed: i64,
    /// Most auctions held one by one in a replication.
    pub single_auctions_limit: f64,
    /// Replications of the quick profile.
    pub quick_replications: i64,
    /// Replications of the standard profile.
    pub standard_replications: i64,
    /// Replications of the deep profile.
    pub deep_replications: i64,
}

/// Names of an index.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Names, in the order of all arrays.
    pub names: Vec<String>,
    /// Relative size, used when an app chooses where to advertise.
    pub preference: Vec<f64>,
}

/// How the outcomes are observed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservationSpec {
    /// Yearly in-app purchases from which an app's revenue is measurable by panels.
    pub measurable_iap_usd_per_year: f64,
    /// Age up to which returns are counted in `roas_d7`.
    pub roas_days: f64,
    /// Share of materials in `creative_top2_share`.
    pub top_materials_share: f64,
}

/// The whole configuration, raw.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each field is the section of the same name, documented at its type")]
pub struct Spec {
    pub run: RunSpec,
    pub regions: Names,
    pub channels: Names,
    pub observation: ObservationSpec,
    pub auction: AuctionParams,
    pub supply: SupplyParams,
    pub response: ResponseParams,
    pub learning: LearningParams,
    pub bidding: BiddingParams,
    pub pacing: PacingParams,
    pub budget: BudgetParams,
    pub creatives: CreativeParams,
    pub fatigue: FatigueParams,
    pub content: ContentParams,
    pub retention: RetentionParams,
    pub payers: PayerParams,
    pub in_app_ads: InAppAdParams,
    pub wallet: WalletParams,
    pub organic: OrganicParams,
    pub pool: PoolParams,
    pub cash: CashParams,
    pub funding: FundingParams,
    pub entry: EntryParams,
    pub exit: ExitParams,
    pub dormancy: DormancyParams,
    pub consolidation: ConsolidationParams,
    pub archetype: BTreeMap<String, Archetype>,
}

/// House channel of apps without a platform behind them.
pub(crate) const NO_HOUSE: &str = "none";

/// How far a sum of shares may be from 1.
const SUM_TOLERANCE: f64 = 1e-9;

impl Spec {
    /// What is wrong between parameters; empty when the spec can be simulated.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut wrong = |key: &str, message: String, hint: &str| {
            found.push(Diagnostic::error(message).with_key(key).hint(hint));
        };
        for channel in &self.channels.names {
            let kept: f64 = self
                .archetype
                .values()
                .filter(|a| a.house_channel == *channel)
                .map(|a| a.house_inventory_share)
                .sum();
            if !(kept < 1.0) {
                wrong(
                    "archetype",
                    format!(
                        "the owners of channel `{channel}` keep {kept} of its impressions, not less than all"
                    ),
                    "lower `house_inventory_share` of one of them",
                );
            }
        }
        self.check_lengths(&mut wrong);
        self.check_dates(&mut wrong);
        self.check_work(&mut wrong);
        let channels: f64 = self.supply.channel_share.iter().sum();
        if !((channels - 1.0).abs() <= SUM_TOLERANCE) {
            wrong(
                "supply.channel_share",
                format!("the channels' shares sum to {channels}, not to 1"),
                "change them together",
            );
        }
        let reported: f64 = self.learning.report_delay_share.iter().sum();
        if self.learning.report_delay_share.len() != LONGEST_REPORT_DELAY_DAYS + 1
            || !((reported - 1.0).abs() <= SUM_TOLERANCE)
        {
            wrong(
                "learning.report_delay_share",
                format!(
                    "{} shares that sum to {reported}, not {} that sum to 1",
                    self.learning.report_delay_share.len(),
                    LONGEST_REPORT_DELAY_DAYS + 1
                ),
                "give the shares reported 0, 1, 2 and 3 days later",
            );
        }
        let index = self.supply.cpm_index_by_month.iter().sum::<f64>() / 12.0;
        if !((index - 1.0).abs() <= 0.02) {
            wrong(
                "supply.cpm_index_by_month",
                format!("the monthly index has mean {index}, not 1 (±0.02)"),
                "divide it by its mean",
            );
        }
        let r = &self.retention;
        if !(r.day1_share > r.day7_share && r.day7_share > r.day30_share) {
            wrong(
                "retention.day7_share",
                format!(
                    "retention must fall: day 1 {}, day 7 {}, day 30 {}",
                    r.day1_share, r.day7_share, r.day30_share
                ),
                "lower the later shares or raise the earlier ones",
            );
        }
        if !(self.content.half_life_min_days <= self.content.half_life_max_days) {
            wrong(
                "content.half_life_min_days",
                "the shortest half-life exceeds the longest".into(),
                "swap them",
            );
        }
        let weight = |of: fn(&Archetype) -> f64| self.archetype.values().map(of).sum::<f64>();
        let weights: [fn(&Archetype) -> f64; 3] =
            [|a| a.entry_weight, |a| a.entry_weight_boom, |a| a.entry_weight_late];
        if self.entry.enabled && !weights.iter().all(|of| weight(*of) > 0.0) {
            wrong(
                "entry.enabled",
                "apps enter, but all archetypes have entry weight 0".into(),
                "give one a weight, or set `entry.enabled = false`",
            );
        }
        for (name, archetype) in &self.archetype {
            let made = archetype.shot_share + archetype.ai_share;
            if !(made <= 1.0) {
                wrong(
                    &format!("archetype.{name}.shot_share"),
                    format!("shot and AI titles of `{name}` sum to {made}, more than 1"),
                    "the rest is translated: lower one of them",
                );
            }
            if archetype.house_channel != NO_HOUSE && !self.channels.names.contains(&archetype.house_channel)
            {
                wrong(
                    &format!("archetype.{name}.house_channel"),
                    format!("there is no channel `{}`", archetype.house_channel),
                    "name one of `channels.names`, or `none`",
                );
            }
            if let Err(error) = archetype.scheduled_date.parse::<Date>() {
                wrong(&format!("archetype.{name}.scheduled_date"), error.to_string(), "write YYYY-MM-DD");
            }
        }
        found
    }

    fn check_lengths(&self, wrong: &mut impl FnMut(&str, String, &str)) {
        let (regions, channels) = (self.regions.names.len(), self.channels.names.len());
        let by_region = [
            ("regions.preference", self.regions.preference.len()),
            ("supply.addressable_impressions_per_day", self.supply.addressable_impressions_per_day.len()),
            ("supply.cpm_usd_per_mille", self.supply.cpm_usd_per_mille.len()),
            ("response.region_factor", self.response.region_factor.len()),
            ("payers.value_usd_per_install", self.payers.value_usd_per_install.len()),
            ("in_app_ads.arpdau_usd_per_day", self.in_app_ads.arpdau_usd_per_day.len()),
            ("wallet.payers_usd_per_month", self.wallet.payers_usd_per_month.len()),
            ("wallet.advertisers_usd_per_month", self.wallet.advertisers_usd_per_month.len()),
            ("pool.reachable_people", self.pool.reachable_people.len()),
        ];
        let by_channel = [
            ("channels.preference", self.channels.preference.len()),
            ("supply.channel_share", self.supply.channel_share.len()),
            ("supply.channel_cpm_factor", self.supply.channel_cpm_factor.len()),
            ("response.channel_factor", self.response.channel_factor.len()),
            ("auction.format_by_channel", self.auction.format_by_channel.len()),
        ];
        for (list, n, what) in [(&by_region[..], regions, "regions"), (&by_channel[..], channels, "channels")]
        {
            for (key, len) in list {
                if *len != n {
                    wrong(
                        key,
                        format!("{len} values for {n} {what}"),
                        "give one value for each name, in their order",
                    );
                }
            }
        }
        if self.supply.cpm_index_by_month.len() != 12 {
            wrong(
                "supply.cpm_index_by_month",
                "a year has 12 months".into(),
                "give one value a month, January first",
            );
        }
    }

    /// Refuses to hold more auctions one by one than anybody would wait for.
    fn check_work(&self, wrong: &mut impl FnMut(&str, String, &str)) {
        let days = |text: &str| text.parse::<Date>().map_or(0, Date::to_day);
        let days = (days(&self.run.end_date) - days(&self.run.start_date)) as f64;
        let auctions = self.supply.addressable_impressions_per_day.iter().sum::<f64>() * days;
        if self.auction.mode != Mode::Kernel && !(auctions <= self.run.single_auctions_limit) {
            wrong(
                "auction.mode",
                format!(
                    "about {auctions:.1e} auctions would be held one by one, more than `run.single_auctions_limit` = {:e}",
                    self.run.single_auctions_limit
                ),
                "lay a small market over the base, such as configs/micro.toml, or use the kernel",
            );
        }
    }

    fn check_dates(&self, wrong: &mut impl FnMut(&str, String, &str)) {
        let mut parse = |key: &str, text: &str| match text.parse::<Date>() {
            Ok(date) => Some(date),
            Err(error) => {
                wrong(key, error.to_string(), "write YYYY-MM-DD");
                None
            }
        };
        let start = parse("run.start_date", &self.run.start_date);
        let report = parse("run.report_from_date", &self.run.report_from_date);
        let end = parse("run.end_date", &self.run.end_date);
        if let (Some(start), Some(report), Some(end)) = (start, report, end) {
            if !(start.to_day() <= report.to_day() && report.to_day() < end.to_day()) {
                wrong(
                    "run.start_date",
                    "the dates must rise: start, report from, end".into(),
                    "move the start back or the end on",
                );
            }
            if start.day() != 1
                || (report.month(), report.day()) != (1, 1)
                || (end.month(), end.day()) != (12, 31)
            {
                wrong(
                    "run.end_date",
                    "simulation must start on the first of a month and reports must cover whole years".into(),
                    "report from 1 January, end on 31 December",
                );
            }
        }
        if self.run.tick_minutes < 1 || MINUTES_PER_DAY % self.run.tick_minutes != 0 {
            wrong(
                "run.tick_minutes",
                format!("{} minutes do not divide a day of {MINUTES_PER_DAY}", self.run.tick_minutes),
                "use 60, 120, 240, 360, 480, 720 or 1440",
            );
        }
    }
}
