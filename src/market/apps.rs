//! Apps: firms with skills, money, beliefs and a footprint of regions and channels.

use crate::calendar::Ticket;
use crate::market::cohorts::NO_BOOK;
use crate::market::creatives::Lot;
use crate::market::ledger::Account;
use crate::market::turns::{Turn, TurningPoint};
use crate::units::Usd;

/// Days in the ring of payouts; a power of two above the longest lag.
pub const PAYOUT_RING_DAYS: usize = 128;

/// Traits that an app is born with.
#[derive(Debug, Clone, PartialEq)]
pub struct NewApp {
    /// Stable key: the entity part of all its draws.
    pub key: u64,
    /// Index of its archetype.
    pub archetype: usize,
    /// Whether its owner is from the Chinese mainland.
    pub chinese: bool,
    /// Day of birth.
    pub born_day: i64,
    /// Money at birth.
    pub cash: Usd,
    /// First budget, USD a day.
    pub budget_usd: f64,
    /// Log skill in conversion.
    pub conversion_skill: f64,
    /// Log skill in value.
    pub value_skill: f64,
    /// Log skill in content.
    pub content_skill: f64,
    /// Regions in which it advertises, rising.
    pub regions: Vec<usize>,
    /// Channels on which it advertises, rising.
    pub channels: Vec<usize>,
}

/// State of all apps that ever lived, index = app; dead apps keep their row so that indices are stable.
#[derive(Debug, Clone, Default)]
pub struct Apps {
    n_regions: usize,
    /// Turning points in the lives of all apps, in the order in which they happened.
    pub turns: Vec<TurningPoint>,
    /// Traits at birth.
    pub born: Vec<NewApp>,
    /// Live apps, rising.
    pub live: Vec<u32>,
    /// Live apps of kinds that a platform owns, rising.
    pub house: Vec<u32>,
    /// Whether an app is live.
    pub alive: Vec<bool>,
    /// Whether a live app is dormant: in the stores, with users, without ads.
    pub dormant: Vec<bool>,
    /// Relaunches so far.
    pub relaunches: Vec<u32>,
    /// Paid installs that became users since birth.
    pub paid_installs_total: Vec<u64>,
    /// Organic installs that became users since birth.
    pub organic_installs_total: Vec<u64>,
    /// Account since birth.
    pub account: Vec<Account>,
    /// Cash, below zero within the credit line.
    pub cash: Vec<Usd>,
    /// Credit line.
    pub credit: Vec<Usd>,
    /// Payouts due, [`PAYOUT_RING_DAYS`] an app, micro-dollars.
    pub payouts: Vec<i64>,
    /// Budget wanted, USD a day.
    pub budget_usd: Vec<f64>,
    /// Most that may be spent today.
    pub cap: Vec<Usd>,
    /// Spent today.
    pub spent: Vec<Usd>,
    /// Factor on strength from pacing, `λ^θ`, 0..1.
    pub factor: Vec<f64>,
    /// Factor on bids from pacing, λ, 0..1.
    pub lambda: Vec<f64>,
    /// Last errors of feedback pacing.
    pub pacing_errors: Vec<[f64; 2]>,
    /// Spent in this tick, USD.
    pub tick_spent_usd: Vec<f64>,
    /// Smoothed ad spend, USD a day.
    pub spend_smooth: Vec<f64>,
    /// Smoothed net revenue, USD a day.
    pub net_smooth: Vec<f64>,
    /// Smoothed counted net value of installs, USD a day.
    pub counted_smooth: Vec<f64>,
    /// Smoothed paid installs a day.
    pub paid_smooth: Vec<f64>,
    /// Smoothed organic installs a day.
    pub organic_smooth: Vec<f64>,
    /// Yield of its lots: installs per expected install, as played today.
    pub yield_ratio: Vec<f64>,
    /// Impressions bought since the creatives were last looked at.
    pub impressions: Vec<f64>,
    /// Installs expected at yield 1 since then.
    pub expected_installs: Vec<f64>,
    /// Spend since then, USD.
    pub lot_spend_usd: Vec<f64>,
    /// Live lots; those of the last creative day stand last.
    pub lots: Vec<Vec<Lot>>,
    /// Titles that live lots are cut from.
    pub aired: Vec<Vec<u32>>,
    /// Titles in the catalogue, oldest first.
    pub titles: Vec<Vec<u32>>,
    /// Releases so far.
    pub releases: Vec<u64>,
    /// Tickets of its next plan, creative day and release.
    pub plan_ticket: Vec<Option<Ticket>>,
    /// Ticket of its next creative day.
    pub creative_ticket: Vec<Option<Ticket>>,
    /// Ticket of its next release.
    pub release_ticket: Vec<Option<Ticket>>,
    /// Ticket of money on its way.
    pub funding_ticket: Vec<Option<Ticket>>,
    /// In-app purchases of the month so far.
    pub month_iap: Vec<Usd>,
    /// Ad spend of the month so far.
    pub month_spend: Vec<Usd>,
    /// Revenue, gross, of the month so far.
    pub month_gross: Vec<Usd>,
    /// Net revenue less ads and content of the month so far.
    pub month_contribution: Vec<Usd>,
    // Columns by app and region, index = app * n_regions + region.
    /// Cohort book, or [`NO_BOOK`].
    pub book: Vec<u32>,
    /// Weight of all live lots, as of the last creative day.
    pub lot_weight: Vec<f64>,
    /// Creative strength K.
    pub creative_strength: Vec<f64>,
    /// Full bid per install, USD.
    pub bid: Vec<f64>,
    /// Belief about payer value: discounted dollars.
    pub value_count: Vec<f64>,
    /// Belief about payer value: discounted installs.
    pub value_exposure: Vec<f64>,
    /// Belief about payer value: prior mean, USD per install.
    pub value_prior: Vec<f64>,
    /// Impressions bought since the creatives were last looked at.
    pub region_impressions: Vec<f64>,
    /// Paid installs since the last cohort step.
    pub paid_installs: Vec<u64>,
    /// Organic installs since the last cohort step.
    pub organic_installs: Vec<u64>,
    /// Active users today.
    pub active_users: Vec<f64>,
    /// Installs, smoothed for the charts.
    pub chart_installs: Vec<f64>,
}

impl Apps {
    /// No apps yet, `n_regions` regions.
    pub fn new(n_regions: usize) -> Self {
        Self { n_regions, ..Self::default() }
    }

    /// Apps that ever lived.
    pub fn len(&self) -> usize {
        self.born.len()
    }

    /// Whether none ever lived.
    pub fn is_empty(&self) -> bool {
        self.born.is_empty()
    }

    /// Index into the columns by app and region.
    pub fn at(&self, app: u32, region: usize) -> usize {
        app as usize * self.n_regions + region
    }

    /// Money that can be spent now: cash plus unused credit, not below zero.
    pub fn spendable(&self, app: u32) -> Usd {
        let money = self.cash[app as usize] + self.credit[app as usize];
        if money > Usd::ZERO { money } else { Usd::ZERO }
    }

    /// Money earned and not yet received.
    pub fn receivable(&self, app: u32) -> Usd {
        self.account[app as usize].receivable()
    }

    /// Adds an app and gives its index.
    pub fn add(&mut self, app: NewApp) -> u32 {
        let index = self.born.len() as u32;
        self.live.push(index);
        self.alive.push(true);
        self.dormant.push(false);
        self.relaunches.push(0);
        self.paid_installs_total.push(0);
        self.organic_installs_total.push(0);
        self.account.push(Account { start: app.cash, ..Account::default() });
        self.cash.push(app.cash);
        self.payouts.resize(self.payouts.len() + PAYOUT_RING_DAYS, 0);
        self.budget_usd.push(app.budget_usd);
        self.factor.push(1.0);
        self.lambda.push(1.0);
        self.pacing_errors.push([0.0; 2]);
        self.yield_ratio.push(1.0);
        for column in [
            &mut self.credit,
            &mut self.cap,
            &mut self.spent,
            &mut self.month_iap,
            &mut self.month_spend,
            &mut self.month_gross,
            &mut self.month_contribution,
        ] {
            column.push(Usd::ZERO);
        }
        for column in [
            &mut self.tick_spent_usd,
            &mut self.spend_smooth,
            &mut self.net_smooth,
            &mut self.counted_smooth,
            &mut self.paid_smooth,
            &mut self.organic_smooth,
            &mut self.impressions,
            &mut self.expected_installs,
            &mut self.lot_spend_usd,
        ] {
            column.push(0.0);
        }
        for column in [
            &mut self.plan_ticket,
            &mut self.creative_ticket,
            &mut self.release_ticket,
            &mut self.funding_ticket,
        ] {
            column.push(None);
        }
        self.lots.push(Vec::new());
        self.aired.push(Vec::new());
        self.titles.push(Vec::new());
        self.releases.push(0);
        let n = (index as usize + 1) * self.n_regions;
        self.book.resize(n, NO_BOOK);
        for column in [
            &mut self.lot_weight,
            &mut self.creative_strength,
            &mut self.bid,
            &mut self.value_count,
            &mut self.value_exposure,
            &mut self.value_prior,
            &mut self.region_impressions,
            &mut self.active_users,
            &mut self.chart_installs,
        ] {
            column.resize(n, 0.0);
        }
        self.paid_installs.resize(n, 0);
        self.organic_installs.resize(n, 0);
        self.born.push(app);
        index
    }

    /// Notes a turning point.
    pub fn note(&mut self, day: i64, app: u32, turn: Turn) {
        self.turns.push(TurningPoint { day, app, turn });
    }

    /// Takes an app out of the live ones, keeping their order.
    pub fn remove(&mut self, app: u32) {
        self.alive[app as usize] = false;
        for list in [&mut self.live, &mut self.house] {
            if let Ok(place) = list.binary_search(&app) {
                list.remove(place);
            }
        }
    }
}
