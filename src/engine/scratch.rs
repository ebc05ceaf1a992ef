//! Room that events work in. It carries nothing from one event to the next but its memory: so it grows with the market and
//! is not asked for again.

use crate::mechanisms::auction::{Bidder, Sale};

/// Buffers, each used by one kind of event.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// What each app expects to spend in a tick, USD.
    pub(super) expected_spend: Vec<f64>,
    /// Who bids in a batch.
    pub(super) bidders: Vec<Bidder>,
    /// Seat of each bidder.
    pub(super) seats: Vec<u32>,
    /// What came of a batch.
    pub(super) sale: Sale,
    /// What an app's lots cost per install.
    pub(super) lot_costs: Vec<f32>,
    /// Impressions by region, per weight of an app's lots there.
    pub(super) per_weight: Vec<f64>,
    /// Running sums of the weights by which titles are cut.
    pub(super) title_weights: Vec<f64>,
    /// Strength factors of a new title, by region.
    pub(super) fit: Vec<f64>,
    /// A chart: (installs, app).
    pub(super) chart: Vec<(f64, u32)>,
    /// Share of each place of a chart in the installs that it brings.
    pub(super) chart_shares: Vec<f64>,
    /// What charted apps get of these: (app, installs).
    pub(super) charted: Vec<(u32, f64)>,
    /// What every book offers to spend on a day.
    pub(super) offers: Vec<Offer>,
    /// What is offered in each region on a day, and what comes of it.
    pub(super) regions: Vec<RegionDay>,
}

/// What a book offers to spend on a day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Offer {
    /// App that the book is of.
    pub(super) app: u32,
    /// Region that it is in.
    pub(super) region: usize,
    /// Payments of its people, USD.
    pub(super) payments_usd: f64,
    /// Ads that they see, USD.
    pub(super) ads_usd: f64,
}

/// A region on a day, over all apps.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RegionDay {
    /// Payments offered, USD.
    pub(super) payments_usd: f64,
    /// Ads offered, USD.
    pub(super) ads_usd: f64,
    /// People of each app active in a month, summed.
    pub(super) app_users: f64,
    /// Paid installs.
    pub(super) paid_installs: f64,
    /// Part of the payments offered that the region's purses allow.
    pub(super) payer_ratio: f64,
    /// Part of the ads offered that advertisers pay for.
    pub(super) ads_ratio: f64,
}
