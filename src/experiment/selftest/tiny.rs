//! A market small and short enough to be run a hundred times while somebody waits.

use crate::diagnostic::Diagnostics;
use crate::scenario::{Overlay, Scenario};

/// Overrides of the base: what is extensive is a fortieth of it, what is intensive stays; about twenty apps, and as many entrants, for a year.
/// Of media giants there is one, and none enters.
const TINY: [&str; 18] = [
    "run.start_date=2025-01-01",
    "run.end_date=2025-12-31",
    "supply.addressable_impressions_per_day*=0.025",
    "wallet.payers_usd_per_month*=0.025",
    "wallet.advertisers_usd_per_month*=0.025",
    "pool.reachable_people*=0.025",
    "entry.rate_low_apps_per_month*=0.025",
    "entry.rate_peak_apps_per_month*=0.025",
    "entry.rate_late_apps_per_month*=0.025",
    "archetype.funded_paid.start_apps=4",
    "archetype.fringe_paid.start_apps=4",
    "archetype.fringe_free.start_apps=4",
    "archetype.hybrid.start_apps=3",
    "archetype.media_giant.start_apps=1",
    "archetype.media_giant.start_cash_usd*=0.025",
    "archetype.media_giant.start_budget_usd_per_day*=0.025",
    "archetype.media_giant.start_titles=10",
    "archetype.funded_paid.start_titles=10",
];

/// The kind of which there is one app.
pub(super) const LONE_KIND: &str = "media_giant";

/// The tiny market with further overrides.
///
/// # Errors
/// What the configuration refuses.
pub(super) fn tiny(sets: &[&str]) -> Result<Scenario, Diagnostics> {
    let overlays: Vec<Overlay<'_>> = TINY.iter().chain(sets).map(|set| Overlay::Set(set)).collect();
    Scenario::load(&overlays)
}
