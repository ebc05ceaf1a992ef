//! What a replication leaves behind: one row a month, and what outcomes need of apps and materials.

use super::laws::LawCount;
use crate::stats::SizeHistogram;
use crate::units::{Month, Usd};

/// One month of the market.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthRecord {
    /// Which month.
    pub month: Month,
    /// In-app purchases, gross.
    pub iap: Usd,
    /// In-app purchases of apps with owners from the Chinese mainland.
    pub iap_chinese: Usd,
    /// In-app ad revenue.
    pub iaa: Usd,
    /// Web payments, gross.
    pub web: Usd,
    /// Ad spend.
    pub ad_spend: Usd,
    /// Spend on titles.
    pub content: Usd,
    /// Paid installs.
    pub paid_installs: u64,
    /// Organic installs.
    pub organic_installs: u64,
    /// Impressions won by the apps.
    pub impressions: u64,
    /// Impressions that platforms gave to their own apps.
    pub house_impressions: u64,
    /// People active in the last 30 days at the end of the month.
    pub people: f64,
    /// App-users active in the last 30 days at the end of the month.
    pub app_users: f64,
    /// New ad materials.
    pub materials: u64,
    /// Ad materials that went off air.
    pub retired_materials: u64,
    /// Days on air of those materials, summed.
    pub retired_material_days: f64,
    /// Apps that spent on ads in the month.
    pub apps: u32,
    /// Apps that entered.
    pub entries: u32,
    /// Apps that stopped advertising, for good or to lie dormant.
    pub exits: u32,
    /// Dormant apps that advertise again.
    pub relaunches: u32,
    /// Apps bought by others.
    pub acquisitions: u32,
    /// Dormant apps at the end of the month.
    pub dormant: u32,
    /// Gross revenue by the age of `roas_d7` of the month's paid installs, USD.
    pub early_return_usd: f64,
    /// In-app purchases by app, for apps with any: (app, USD).
    pub iap_by_app: Vec<(u32, Usd)>,
    /// Ad materials that went off air, by what was spent on each, USD.
    pub material_spend: SizeHistogram,
    /// Share of installs active on day 7 under the parameters in force.
    pub retention_day7: f64,
}

impl MonthRecord {
    /// An empty month.
    pub fn new(month: Month) -> Self {
        Self {
            month,
            iap: Usd::ZERO,
            iap_chinese: Usd::ZERO,
            iaa: Usd::ZERO,
            web: Usd::ZERO,
            ad_spend: Usd::ZERO,
            content: Usd::ZERO,
            paid_installs: 0,
            organic_installs: 0,
            impressions: 0,
            house_impressions: 0,
            people: 0.0,
            app_users: 0.0,
            materials: 0,
            retired_materials: 0,
            retired_material_days: 0.0,
            apps: 0,
            entries: 0,
            exits: 0,
            relaunches: 0,
            acquisitions: 0,
            dormant: 0,
            early_return_usd: 0.0,
            iap_by_app: Vec::new(),
            material_spend: SizeHistogram::default(),
            retention_day7: 0.0,
        }
    }
}

/// Everything that a replication leaves behind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// Months, warm-up included, in order.
    pub months: Vec<MonthRecord>,
    /// Number of warm-up months at the front.
    pub warm_up_months: usize,
    /// Laws checked.
    pub laws: LawCount,
    /// Events taken from the calendar.
    pub events: u64,
    /// Auctions cleared: impression opportunities, sold or not.
    pub auctions: u64,
    /// Yearly in-app purchases from which an app is measurable, USD.
    pub measurable_iap_usd: f64,
    /// Share of materials in `creative_top2_share`.
    pub top_materials_share: f64,
}
