//! The event log of a replication: one row for each event, told from the world just after it, and one for each lot that a
//! creative day took off air.
//!
//! A [`Tracer`] observes and hands rows on; it writes nothing. What a row says of an event:
//!
//! | event | app | title, lot | amount | count |
//! |---|---|---|---|---|
//! | `Shock` | | | | changes of parameters so far, this one included |
//! | `Entry` | the first entrant; the others are numbered on from it | | cash that the entrants bring | entrants |
//! | `Review` | | | what those that left are still owed | apps that stopped advertising, dormant now or gone |
//! | `Acquisition` | the buyer | | cash that it gets with the other app | index of the app that it buys |
//! | `Funding` | who gets it | | the round | |
//! | `TitleRelease` | whose | the title, when the app could pay for one | its cost | titles in the catalogue |
//! | `LotLaunch` | whose | the first lot launched; the others are numbered on from it | | ad materials launched |
//! | `LotRetire` | whose, at the time; told on its creative day | the lot and its title | spent on it in its life | its ad materials |
//! | `BudgetPlan` | whose | | the day's cap | |
//! | `Pace` | | | what all apps together may still spend today | apps that bid |
//! | `AuctionBatch` | | | paid by the apps | impressions won by the apps |
//! | `CohortAge` | | | gross revenue of the day | installs of the day |
//! | `Payout` | | | paid out to the apps | |
//! | `OrganicTick` | | | | organic installs of tomorrow |
//! | `Snapshot` | | | ad spend of the day | live apps |
//!
//! Region and channel are those of the cell or region of the event. What does not apply is absent, never a zero.
//! Events that were cancelled did not happen and have no row. A relaunch is part of
//! the review that brings it, like a birth of its entry: what shows it is that the app launches lots and plans a budget on
//! that day. An app that lies dormant, left or was bought has no row of its own.

use super::event::Event;
use super::observer::Observer;
use crate::market::turns::Turn;
use crate::market::world::World;
use crate::scenario::Scenario;
use crate::units::{SimTime, Usd};

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceRow<'a> {
    /// Number of the event, from 1, counted over all events, those left out by a filter too.
    pub sequence: u64,
    /// When.
    pub time: SimTime,
    /// Phase of the instant.
    pub phase: u8,
    /// Name of the event.
    pub event: &'static str,
    /// Whom it concerns: index of the app.
    pub app: Option<u32>,
    /// Key of that app: the entity part of its draws.
    pub app_key: Option<u64>,
    /// Where, by name.
    pub region: Option<&'a str>,
    /// On which channel, by name.
    pub channel: Option<&'a str>,
    /// Number of the title.
    pub title: Option<u64>,
    /// Number of the creative lot.
    pub lot: Option<u64>,
    /// The money that the event is about.
    pub amount: Option<Usd>,
    /// What the event counts.
    pub count: Option<u64>,
}

/// Which events are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceFilter {
    /// First day.
    pub from_day: i64,
    /// Last day.
    pub to_day: i64,
    /// Kinds of event, index as in [`Event::NAMES`].
    pub kinds: [bool; Event::NAMES.len()],
}

impl TraceFilter {
    /// Every event.
    pub const ALL: Self = Self { from_day: i64::MIN, to_day: i64::MAX, kinds: [true; Event::NAMES.len()] };

    fn admits(&self, day: i64, event: &Event) -> bool {
        self.kinds[event.kind()] && (self.from_day..=self.to_day).contains(&day)
    }
}

/// Tells the events of a replication to `tell`.
#[derive(Debug)]
pub struct Tracer<'a, F> {
    scenario: &'a Scenario,
    filter: TraceFilter,
    tell: F,
    sequence: u64,
    before: Totals,
    /// Content spend of each app, as of the last event.
    content: Vec<Usd>,
}

/// Totals after the last event: what an event did is the difference.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    apps: usize,
    turns: usize,
    titles: u64,
    lots: u32,
    owed: Usd,
    gross: Usd,
    installs: u64,
    receipts: Usd,
    /// As of the last close of a day.
    ad_spend: Usd,
}

impl<'a, F: FnMut(&TraceRow<'a>)> Tracer<'a, F> {
    /// A tracer of the events that `filter` admits.
    pub fn new(scenario: &'a Scenario, filter: TraceFilter, tell: F) -> Self {
        Self { scenario, filter, tell, sequence: 0, before: Totals::default(), content: Vec::new() }
    }

    /// What the event was about. Totals are brought up to date whether its row is told or not.
    fn row(&mut self, time: SimTime, event: &Event, world: &World) -> TraceRow<'a> {
        let spec = &self.scenario.parameters().spec;
        let (regions, channels) = (&spec.regions.names, &spec.channels.names);
        let apps = &world.apps;
        let before = &mut self.before;
        let mut row = TraceRow {
            sequence: self.sequence,
            time,
            phase: event.phase() as u8,
            event: event.name(),
            app: None,
            app_key: None,
            region: None,
            channel: None,
            title: None,
            lot: None,
            amount: None,
            count: None,
        };
        match *event {
            Event::Shock(number) => row.count = Some(u64::from(number) + 1),
            Event::Entry => {
                let entrants = before.apps..apps.len();
                row.app = (!entrants.is_empty()).then_some(entrants.start as u32);
                row.count = Some(entrants.len() as u64);
                row.amount = Some(entrants.map(|i| apps.account[i].start).sum());
                before.apps = apps.len();
                (before.titles, before.lots) = (world.titles.released(), world.lots.launched);
                self.content.resize(apps.len(), Usd::ZERO);
            }
            Event::Review => {
                let new = &apps.turns[before.turns..];
                row.count =
                    Some(new.iter().filter(|t| matches!(t.turn, Turn::Stopped { .. })).count() as u64);
                row.amount = Some(world.ledger.estate_receivable - before.owed);
                (before.turns, before.owed) = (apps.turns.len(), world.ledger.estate_receivable);
                // Relaunched apps were given titles.
                before.titles = world.titles.released();
            }
            Event::Acquisition { buyer, target } => {
                row.app = Some(buyer);
                row.count = Some(u64::from(target));
                row.amount = apps.turns[before.turns..].iter().find_map(|turn| match turn.turn {
                    Turn::Bought { account, .. } => Some(account.cash()),
                    _ => None,
                });
                (before.turns, before.owed) = (apps.turns.len(), world.ledger.estate_receivable);
                for app in [buyer, target] {
                    self.content[app as usize] = apps.account[app as usize].content;
                }
            }
            Event::Funding { app, micros } => {
                row.app = Some(app);
                row.amount = Some(Usd::from_micros(micros));
            }
            Event::TitleRelease(app) => {
                let i = app as usize;
                row.app = Some(app);
                row.count = Some(apps.titles[i].len() as u64);
                if world.titles.released() > before.titles {
                    row.title = apps.titles[i].last().map(|title| world.titles[*title].number);
                    row.amount = Some(apps.account[i].content - self.content[i]);
                }
                before.titles = world.titles.released();
                self.content[i] = apps.account[i].content;
            }
            Event::LotLaunch(app) => {
                row.app = Some(app);
                let new = world.lots.launched > before.lots;
                row.lot = new.then_some(u64::from(before.lots));
                // New lots stand last in their app's list.
                let launched =
                    apps.lots[app as usize].iter().rev().take_while(|lot| lot.number >= before.lots);
                row.count = Some(launched.map(|lot| u64::from(lot.materials)).sum());
                before.lots = world.lots.launched;
            }
            Event::LotRetire { app, place } => {
                row.app = Some(app);
                if let Some(lot) = world.lots.retired.get(place as usize) {
                    row.lot = Some(u64::from(lot.number));
                    row.title = Some(world.titles[lot.title].number);
                    row.amount = Usd::try_from_f64(f64::from(lot.spend_usd)).ok();
                    row.count = Some(u64::from(lot.materials));
                }
            }
            Event::BudgetPlan(app) => {
                row.app = Some(app);
                row.amount = Some(apps.cap[app as usize]);
            }
            Event::Pace => {
                let live = || apps.live.iter().map(|app| *app as usize);
                row.count = Some(live().filter(|i| apps.factor[*i] > 0.0).count() as u64);
                row.amount = Some(live().map(|i| apps.cap[i] - apps.spent[i]).sum());
            }
            Event::AuctionBatch(cell) => {
                let cell = &world.cells[cell as usize];
                row.region = Some(&regions[cell.region]);
                row.channel = Some(&channels[cell.channel]);
                (row.amount, row.count) = (Some(cell.revenue), Some(cell.won));
            }
            Event::CohortAge => {
                let ledger = &world.ledger;
                let gross = ledger.consumers_in_app + ledger.consumers_web + ledger.in_app_advertisers;
                let sum = |column: &[u64]| column.iter().sum::<u64>();
                let installs = sum(&apps.paid_installs_total) + sum(&apps.organic_installs_total);
                row.amount = Some(gross - before.gross);
                row.count = Some(installs - before.installs);
                (before.gross, before.installs) = (gross, installs);
            }
            Event::Payout => {
                let receipts = apps.account.iter().map(|account| account.receipts).sum();
                row.amount = Some(receipts - before.receipts);
                before.receipts = receipts;
            }
            Event::OrganicTick(region) => {
                row.region = Some(&regions[region as usize]);
                let here = |app: &u32| apps.organic_installs[apps.at(*app, region as usize)];
                row.count = Some(apps.live.iter().map(here).sum());
            }
            Event::Snapshot => {
                row.amount = Some(world.ledger.platform_revenue - before.ad_spend);
                row.count = Some(apps.live.len() as u64);
                before.ad_spend = world.ledger.platform_revenue;
            }
        }
        row.app_key = row.app.map(|app| apps.born[app as usize].key);
        row
    }
}

impl<'a, F: FnMut(&TraceRow<'a>)> Observer for Tracer<'a, F> {
    fn begin(&mut self, world: &World) {
        let apps = &world.apps;
        (self.before.apps, self.before.turns) = (apps.len(), apps.turns.len());
        (self.before.titles, self.before.lots) = (world.titles.released(), world.lots.launched);
        self.content = apps.account.iter().map(|account| account.content).collect();
    }

    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        self.sequence += 1;
        let row = self.row(time, event, world);
        if self.filter.admits(time.day(), event) {
            (self.tell)(&row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_phases() {
        let events = [
            Event::Shock(0),
            Event::Entry,
            Event::Review,
            Event::Acquisition { buyer: 0, target: 1 },
            Event::Funding { app: 0, micros: 0 },
            Event::TitleRelease(0),
            Event::LotLaunch(0),
            Event::LotRetire { app: 0, place: 0 },
            Event::BudgetPlan(0),
            Event::Pace,
            Event::AuctionBatch(0),
            Event::CohortAge,
            Event::Payout,
            Event::OrganicTick(0),
            Event::Snapshot,
        ];
        for (kind, event) in events.iter().enumerate() {
            assert_eq!(event.kind(), kind);
            // A name is that of the variant.
            assert!(format!("{event:?}").starts_with(event.name()), "{event:?} is called {}", event.name());
        }
        assert!(events.windows(2).all(|pair| pair[0].phase() <= pair[1].phase()));
    }

    #[test]
    fn a_filter_keeps_both_its_ends() {
        let mut filter = TraceFilter { from_day: 3, to_day: 5, ..TraceFilter::ALL };
        let days: Vec<i64> = (0..9).filter(|day| filter.admits(*day, &Event::Pace)).collect();
        assert_eq!(days, [3, 4, 5]);
        filter.kinds = [false; Event::NAMES.len()];
        filter.kinds[Event::Entry.kind()] = true;
        assert!(filter.admits(4, &Event::Entry) && !filter.admits(4, &Event::Pace));
    }
}
