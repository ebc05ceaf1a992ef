//! The one list of named outcomes. Tables, quantiles, files, help and docs loop over it.

use super::period::{Period, count, usd};
use crate::engine::MonthRecord;
use crate::stats;
use crate::units::Usd;

/// Unit of a metric: decides how it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// US dollars.
    Usd,
    /// Share between 0 and 1.
    Share,
    /// Index or ratio without unit.
    Ratio,
    /// Installs (downloads).
    Installs,
    /// People, not app-users.
    People,
    /// Ad materials.
    Materials,
    /// Apps.
    Apps,
    /// Days.
    Days,
    /// US dollars per install.
    UsdPerInstall,
    /// US dollars per thousand impressions.
    UsdPerMille,
}

impl Unit {
    /// Its name in files and listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Share => "share",
            Self::Ratio => "ratio",
            Self::Installs => "installs",
            Self::People => "people",
            Self::Materials => "materials",
            Self::Apps => "apps",
            Self::Days => "days",
            Self::UsdPerInstall => "USD_per_install",
            Self::UsdPerMille => "USD_per_mille",
        }
    }
}

/// One named outcome.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Name with its unit, as in files and on the command line.
    pub name: &'static str,
    /// Unit.
    pub unit: Unit,
    /// One sentence: what is counted.
    pub about: &'static str,
    /// Whether it is also reported month by month.
    pub monthly: bool,
    /// Whether it compares with the year before; NaN for a year that has none.
    pub looks_back: bool,
    /// Reads it from a period; a share of nothing is 0.
    pub of: fn(&Period<'_>) -> f64,
}

/// Reported month by month as well.
const MONTHLY: bool = true;
/// Reported by year only.
const YEARLY: bool = false;

const fn metric(
    name: &'static str,
    unit: Unit,
    monthly: bool,
    about: &'static str,
    of: fn(&Period<'_>) -> f64,
) -> Metric {
    Metric { name, unit, about, monthly, looks_back: false, of }
}

impl Metric {
    const fn looking_back(self) -> Self {
        Self { looks_back: true, ..self }
    }
}

/// Every outcome, in the order of the tables.
#[rustfmt::skip]
pub const METRICS: &[Metric] = &[
    metric("market_total_usd", Unit::Usd, MONTHLY, "market size: consumer payments (in-app and web) plus in-app ad revenue of the apps, gross of fees", |p| total(p.months())),
    metric("iap_usd", Unit::Usd, MONTHLY, "in-app purchases through the stores, gross of fees", |p| usd(p.months(), |m| m.iap)),
    metric("iaa_usd", Unit::Usd, MONTHLY, "in-app ad revenue of the apps", |p| usd(p.months(), |m| m.iaa)),
    metric("web_usd", Unit::Usd, MONTHLY, "payments outside the stores, gross of fees", |p| usd(p.months(), |m| m.web)),
    metric("ad_spend_usd", Unit::Usd, MONTHLY, "spend of the apps on user acquisition", |p| usd(p.months(), |m| m.ad_spend)),
    metric("content_spend_usd", Unit::Usd, MONTHLY, "spend of the apps on titles", |p| usd(p.months(), |m| m.content)),
    metric("spend_share", Unit::Share, MONTHLY, "ad spend over market size", |p| ratio(usd(p.months(), |m| m.ad_spend), total(p.months()))),
    metric("iaa_share", Unit::Share, MONTHLY, "in-app ad revenue over market size", |p| ratio(usd(p.months(), |m| m.iaa), total(p.months()))),
    metric("downloads", Unit::Installs, MONTHLY, "installs, paid and organic", |p| installs(p.months())),
    metric("downloads_h1", Unit::Installs, YEARLY, "installs in the first half of the year", |p| installs(p.first_half())),
    metric("downloads_growth", Unit::Ratio, YEARLY, "installs over those of the year before", |p| p.before().map_or(f64::NAN, |b| ratio(installs(p.months()), installs(b)))).looking_back(),
    metric("paid_share", Unit::Share, MONTHLY, "paid installs over installs", |p| ratio(count(p.months(), |m| m.paid_installs), installs(p.months()))),
    metric("mau_end", Unit::People, MONTHLY, "people (not app-users) active in the last 30 days of the period", |p| p.last().people),
    metric("mau_mid", Unit::People, YEARLY, "people active in the last 30 days of the first half", |p| p.middle().people),
    metric("materials", Unit::Materials, MONTHLY, "new ad materials", |p| count(p.months(), |m| m.materials)),
    metric("creative_life_days", Unit::Days, YEARLY, "mean days on air of the ad materials that went off air", |p| ratio(p.months().iter().map(|m| m.retired_material_days).sum(), count(p.months(), |m| m.retired_materials))),
    metric("creative_top2_share", Unit::Share, YEARLY, "share of spend taken by the top 2 % of ad materials", |p| p.top_materials_share()),
    metric("apps_start", Unit::Apps, YEARLY, "apps that advertised in the first month", |p| f64::from(p.first().apps)),
    metric("apps_mid", Unit::Apps, YEARLY, "apps that advertised in the last month of the first half", |p| f64::from(p.middle().apps)),
    metric("apps_end", Unit::Apps, MONTHLY, "apps that advertised in the last month", |p| f64::from(p.last().apps)),
    metric("entries", Unit::Apps, MONTHLY, "apps that entered", |p| count(p.months(), |m| u64::from(m.entries))),
    metric("exits", Unit::Apps, MONTHLY, "apps that stopped advertising, for good or to lie dormant", |p| count(p.months(), |m| u64::from(m.exits))),
    metric("relaunches", Unit::Apps, MONTHLY, "dormant apps that advertised again", |p| count(p.months(), |m| u64::from(m.relaunches))),
    metric("acquisitions", Unit::Apps, MONTHLY, "apps bought by another app", |p| count(p.months(), |m| u64::from(m.acquisitions))),
    metric("dormant_end", Unit::Apps, MONTHLY, "apps in the stores that advertise no more, at the end", |p| f64::from(p.last().dormant)),
    metric("apps_with_iap_share", Unit::Share, YEARLY, "apps with in-app purchases that panels can measure, over apps that advertised in the last month", |p| ratio(measurable(p), f64::from(p.last().apps))),
    metric("cr1", Unit::Share, MONTHLY, "share of the largest app in in-app purchases", |p| cr(p, 1)),
    metric("cr3", Unit::Share, MONTHLY, "share of the 3 largest apps in in-app purchases", |p| cr(p, 3)),
    metric("cr5", Unit::Share, MONTHLY, "share of the 5 largest apps in in-app purchases", |p| cr(p, 5)),
    metric("cr10", Unit::Share, MONTHLY, "share of the 10 largest apps in in-app purchases", |p| cr(p, 10)),
    metric("cr20", Unit::Share, MONTHLY, "share of the 20 largest apps in in-app purchases", |p| cr(p, 20)),
    metric("cr50", Unit::Share, MONTHLY, "share of the 50 largest apps in in-app purchases", |p| cr(p, 50)),
    metric("hhi", Unit::Ratio, MONTHLY, "Herfindahl–Hirschman index of in-app purchases, 0 to 1", |p| stats::hhi(&p.iap_by_app).unwrap_or(0.0)),
    metric("gini", Unit::Ratio, MONTHLY, "Gini coefficient of in-app purchases over apps with any", |p| stats::gini(&p.iap_by_app).unwrap_or(0.0)),
    metric("rank500_iap_usd", Unit::Usd, YEARLY, "in-app purchases of the app at rank 500; 0 when there are fewer", |p| p.iap_by_app.get(499).copied().unwrap_or(0.0)),
    metric("house_share", Unit::Share, MONTHLY, "impressions given by platforms to their own apps, over all that the apps had", |p| ratio(count(p.months(), |m| m.house_impressions), count(p.months(), |m| m.impressions + m.house_impressions))),
    metric("iap_top20_usd", Unit::Usd, YEARLY, "in-app purchases of the 20 largest apps", |p| p.iap_by_app.iter().take(20).sum()),
    metric("iap_chinese_usd", Unit::Usd, MONTHLY, "in-app purchases of apps whose owner is from the Chinese mainland", |p| usd(p.months(), |m| m.iap_chinese)),
    metric("iap_share_chinese", Unit::Share, MONTHLY, "share of those apps in in-app purchases", |p| ratio(usd(p.months(), |m| m.iap_chinese), usd(p.months(), |m| m.iap))),
    metric("iap_h1_usd", Unit::Usd, YEARLY, "in-app purchases in the first half of the year", |p| usd(p.first_half(), |m| m.iap)),
    metric("iap_previous_year_usd", Unit::Usd, YEARLY, "in-app purchases of the year before", |p| p.before().map_or(f64::NAN, |b| usd(b, |m| m.iap))).looking_back(),
    metric("cpi_usd", Unit::UsdPerInstall, MONTHLY, "ad spend per paid install", |p| ratio(usd(p.months(), |m| m.ad_spend), count(p.months(), |m| m.paid_installs))),
    metric("cpm_usd", Unit::UsdPerMille, MONTHLY, "ad spend per thousand impressions won", |p| 1000.0 * ratio(usd(p.months(), |m| m.ad_spend), count(p.months(), |m| m.impressions))),
    metric("ipm", Unit::Ratio, MONTHLY, "installs from ads per thousand impressions, won or given by a platform", |p| 1000.0 * ratio(count(p.months(), |m| m.paid_installs), count(p.months(), |m| m.impressions + m.house_impressions))),
    metric("roas_d7", Unit::Ratio, MONTHLY, "gross revenue of paid installs up to day 7 over ad spend", |p| ratio(p.months().iter().map(|m| m.early_return_usd).sum(), usd(p.months(), |m| m.ad_spend))),
    metric("retention_d7", Unit::Share, YEARLY, "share of installs active on day 7", |p| p.last().retention_day7),
];

/// Place of a metric in [`METRICS`].
pub fn index_of(name: &str) -> Option<usize> {
    METRICS.iter().position(|m| m.name == name)
}

fn total(months: &[MonthRecord]) -> f64 {
    months.iter().map(|m| m.iap + m.iaa + m.web).sum::<Usd>().to_f64()
}

fn installs(months: &[MonthRecord]) -> f64 {
    count(months, |m| m.paid_installs + m.organic_installs)
}

fn cr(period: &Period<'_>, k: usize) -> f64 {
    stats::cr(&period.iap_by_app, k).unwrap_or(0.0)
}

fn measurable(period: &Period<'_>) -> f64 {
    let least = period.measurable_iap_usd();
    period.iap_by_app.iter().filter(|x| **x >= least).count() as f64
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
