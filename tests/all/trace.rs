//! The story of one replication: the event log says what happened, all of it and nothing else; the chronicle of an app is
//! read from the same books; and looking changes nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::common::{SEED, record, small};
use bidcast::engine::{Chronicle, Event, Observer, Record, Simulation, TraceFilter, TraceRow, Tracer};
use bidcast::market::turns::{Cause, Turn, TurningPoint};
use bidcast::market::world::World;
use bidcast::scenario::Scenario;
use bidcast::units::{Date, Month, SimTime, Usd};

/// Overrides under which apps sleep and wake, and buy one another, much more often than in the base.
pub(crate) const EVENTFUL: [&str; 4] = [
    "exit.hazard_per_month=0.15",
    "consolidation.acquisitions_per_year=24.0",
    "dormancy.dormant_share=0.8",
    "dormancy.relaunch_per_month=0.2",
];

/// A replication of the small market, watched by everything there is.
pub(crate) struct Watched {
    pub(crate) rows: Vec<TraceRow<'static>>,
    pub(crate) chronicle: Chronicle,
    pub(crate) record: Record,
}

/// The small market, for as long as rows may name its regions.
fn market() -> &'static Scenario {
    static MARKET: OnceLock<Scenario> = OnceLock::new();
    MARKET.get_or_init(|| small(&[]))
}

fn watch(scenario: &'static Scenario, replication: u64, filter: TraceFilter) -> Watched {
    let mut rows = Vec::new();
    let mut chronicle = Chronicle::new();
    let mut tracer = Tracer::new(scenario, filter, |row: &TraceRow<'static>| rows.push(*row));
    let mut observers: Vec<&mut dyn Observer> = vec![&mut tracer, &mut chronicle];
    let record = Simulation::new(scenario, SEED, replication).run(&mut observers).unwrap();
    Watched { rows, chronicle, record }
}

/// The small market under [`EVENTFUL`].
fn eventful_market() -> &'static Scenario {
    static MARKET: OnceLock<Scenario> = OnceLock::new();
    MARKET.get_or_init(|| small(&EVENTFUL))
}

/// Replication 0, simulated once for all tests that only read.
fn watched() -> &'static Watched {
    static WATCHED: OnceLock<Watched> = OnceLock::new();
    WATCHED.get_or_init(|| watch(market(), 0, TraceFilter::ALL))
}

/// The same of the eventful market.
pub(crate) fn eventful() -> &'static Watched {
    static WATCHED: OnceLock<Watched> = OnceLock::new();
    WATCHED.get_or_init(|| watch(eventful_market(), 0, TraceFilter::ALL))
}

fn month_of(row: &TraceRow<'_>) -> Month {
    Month::of_day(row.time.day())
}

#[test]
fn looking_changes_nothing() {
    for (scenario, replication) in [(market(), 0), (eventful_market(), 3)] {
        let seen = watch(scenario, replication, TraceFilter::ALL).record;
        assert_eq!(seen, record(scenario, replication), "replication {replication}");
    }
}

#[test]
fn every_event_has_one_row_and_rows_are_in_order() {
    for (watched, silent) in [(watched(), &["Shock", "Acquisition"][..]), (eventful(), &["Shock"])] {
        has_one_row_for_each_event(watched, silent);
    }
}

fn has_one_row_for_each_event(watched: &Watched, silent: &[&str]) {
    let Watched { rows, record, .. } = watched;
    // A lot that goes off air is told by itself, on its app's creative day.
    let retired = rows.iter().filter(|row| row.event == "LotRetire").count();
    assert_eq!((rows.len() - retired) as u64, record.events);
    for (row, sequence) in rows.iter().zip(1..) {
        assert_eq!(row.sequence, sequence);
    }
    for pair in rows.windows(2) {
        assert!(
            (pair[0].time, pair[0].phase) <= (pair[1].time, pair[1].phase),
            "{:?} before {:?}",
            pair[0],
            pair[1]
        );
    }
    let told: BTreeSet<&str> = rows.iter().map(|row| row.event).collect();
    let found: Vec<&str> = Event::NAMES.into_iter().filter(|name| !told.contains(name)).collect();
    assert_eq!(found, silent, "all but this happens in the small market");
}

#[test]
fn a_shock_is_told_where_the_parameters_change() {
    static SHOCKED: OnceLock<Scenario> = OnceLock::new();
    let fee = "[[shock]]\nname = \"fee\"\nparameter = \"cash.store_fee_share\"\nvalue = 0.15\n\
               date = \"2025-06-01\"\nwhy = \"a test\"\nbasis = \"J\"\nsource = \"none\"\n";
    let scenario = SHOCKED.get_or_init(|| {
        let layer = bidcast::scenario::Layer::new("fee.toml", fee);
        crate::common::small_over(&[&layer], &[])
    });
    let mut filter = TraceFilter { kinds: [false; Event::NAMES.len()], ..TraceFilter::ALL };
    filter.kinds[Event::Shock(0).kind()] = true;
    let rows = watch(scenario, 0, filter).rows;
    let told: Vec<_> = rows.iter().map(|row| (row.time, row.count)).collect();
    let expected: Vec<_> =
        scenario.changes().iter().zip(1..).map(|(c, n)| (SimTime::from_days(c.day), Some(n))).collect();
    assert!(!expected.is_empty());
    assert_eq!(told, expected);
}

#[test]
fn cancelled_events_do_not_appear() {
    let Watched { rows, chronicle, .. } = eventful();
    // A lot goes off air by its own event at most once; many never do, because their app retires them early or leaves.
    let retired: Vec<u64> =
        rows.iter().filter(|row| row.event == "LotRetire").map(|row| row.lot.unwrap()).collect();
    let distinct: BTreeSet<u64> = retired.iter().copied().collect();
    assert_eq!(distinct.len(), retired.len());
    let launched =
        rows.iter().filter(|row| row.event == "LotLaunch").filter_map(|row| row.lot).max().unwrap();
    assert!((retired.len() as u64) < launched, "{} lots retired of {launched}", retired.len());
    // Nothing happens to an app between the review at which it stopped and the one that wakes it, if any does.
    let mut silent = BTreeSet::new();
    for row in rows {
        if let Some(app) = row.app.filter(|_| row.event != "Entry") {
            assert!(!silent.contains(&app), "{row:?} of an app that does not advertise");
        }
        match row.event {
            "Acquisition" => assert!(silent.insert(row.count.unwrap() as u32), "{row:?} of a silent app"),
            "Review" => {
                for (app, point) in turns(chronicle).filter(|(_, point)| point.day == row.time.day()) {
                    match point.turn {
                        Turn::Stopped { .. } => assert!(silent.insert(app)),
                        Turn::Relaunched { .. } => assert!(silent.remove(&app)),
                        Turn::Vanished => assert!(silent.contains(&app)),
                        Turn::Bought { .. } | Turn::Sold { .. } => {}
                    }
                }
            }
            _ => {}
        }
    }
    assert!(silent.len() > 10, "{} apps are silent at the end", silent.len());
}

/// Turning points of all apps, app by app.
fn turns(chronicle: &Chronicle) -> impl Iterator<Item = (u32, TurningPoint)> {
    chronicle.apps.iter().zip(0..).flat_map(|(story, app)| story.turns.iter().map(move |point| (app, *point)))
}

/// The row of an event of one app on one day.
fn row_of<'a>(rows: &'a [TraceRow<'a>], event: &str, app: u32, day: i64) -> Option<&'a TraceRow<'a>> {
    rows.iter().find(|row| row.event == event && row.app == Some(app) && row.time.day() == day)
}

#[test]
fn a_relaunch_shows_in_the_events_of_its_day() {
    let Watched { rows, chronicle, .. } = eventful();
    let mut n = 0;
    for (app, point) in turns(chronicle) {
        let Turn::Relaunched { money } = point.turn else { continue };
        n += 1;
        assert!(money > Usd::ZERO);
        let next = chronicle.apps[app as usize].turns.iter().find(|later| later.day > point.day);
        // It was told to stop before, and its story goes on in the same months.
        let month = Month::of_day(point.day);
        let row = chronicle.apps[app as usize].months.iter().find(|row| row.month == month).unwrap();
        assert!(!row.dormant && row.flows.funding >= money);
        assert!(next.is_none_or(|next| matches!(
            next.turn,
            Turn::Stopped { .. } | Turn::Bought { .. } | Turn::Sold { .. }
        )));
        // Who is bought at the review that woke him does nothing more.
        let bought = |later: &TurningPoint| later.day == point.day && matches!(later.turn, Turn::Sold { .. });
        if chronicle.apps[app as usize].turns.iter().any(bought) {
            continue;
        }
        for event in ["LotLaunch", "BudgetPlan"] {
            assert!(row_of(rows, event, app, point.day).is_some(), "no {event} of app {app} on its relaunch");
        }
    }
    assert!(n > 5, "{n} relaunches");
}

#[test]
fn an_acquisition_moves_the_money_and_ends_one_story() {
    let Watched { rows, chronicle, record, .. } = eventful();
    let deals: Vec<&TraceRow<'_>> = rows.iter().filter(|row| row.event == "Acquisition").collect();
    let acquisitions: u32 = record.months.iter().map(|month| month.acquisitions).sum();
    assert!(acquisitions > 5);
    assert_eq!(deals.len(), acquisitions as usize);
    for deal in deals {
        let (buyer, target, day) = (deal.app.unwrap(), deal.count.unwrap() as u32, deal.time.day());
        let bought = chronicle.apps[buyer as usize].turns.iter().find(|point| {
            point.day == day && matches!(point.turn, Turn::Bought { target: whom, .. } if whom == target)
        });
        assert!(bought.is_some(), "{deal:?}");
        let story = &chronicle.apps[target as usize];
        let sold = story.departure().unwrap();
        assert!(
            sold.day == day && matches!(sold.turn, Turn::Sold { buyer: by, .. } if by == buyer),
            "{deal:?}"
        );
        let last = story.months.last().unwrap();
        assert_eq!((last.month, last.cash), (month_of(deal), Usd::ZERO));
        assert!(last.active_users <= 0.0 && (last.materials, last.titles) == (0, 0));
        // All that it had when the month began, what came in on the day before it was sold, and what it had bought that day.
        let before = story.months.iter().rev().nth(1).map_or(Usd::ZERO, |row| row.cash);
        let got = |point: &TurningPoint| match point.turn {
            Turn::Bought { account, .. } if point.day == day => account.cash(),
            _ => Usd::ZERO,
        };
        let bought: Usd = story.turns.iter().map(got).sum();
        assert_eq!(deal.amount.unwrap(), before + last.flows.cash() + bought);
        assert_eq!(last.taken_over, bought - deal.amount.unwrap());
    }
}

#[test]
fn rows_of_a_month_sum_to_its_record() {
    for watched in [watched(), eventful()] {
        rows_sum_to_the_record(watched);
    }
    let happened =
        |of: fn(&bidcast::engine::MonthRecord) -> u32| eventful().record.months.iter().map(of).sum::<u32>();
    assert!(happened(|month| month.relaunches) > 0 && happened(|month| month.acquisitions) > 0);
}

fn rows_sum_to_the_record(watched: &Watched) {
    let Watched { rows, chronicle, record } = watched;
    let mut sums: BTreeMap<(Month, &str), (Usd, u64)> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry((month_of(row), row.event)).or_insert((Usd::ZERO, 0));
        sum.0 += row.amount.unwrap_or(Usd::ZERO);
        sum.1 += row.count.unwrap_or(0);
        if row.event == "TitleRelease" {
            assert_eq!(row.title.is_some(), row.amount.is_some_and(|cost| cost > Usd::ZERO), "{row:?}");
        }
    }
    for month in &record.months {
        let sum = |event: &'static str| sums.get(&(month.month, event)).copied().unwrap_or_default();
        let name = month.month;
        assert!(month.ad_spend > Usd::ZERO);
        assert_eq!(sum("AuctionBatch"), (month.ad_spend, month.impressions), "{name}");
        assert_eq!(sum("Snapshot").0, month.ad_spend, "{name}");
        assert_eq!(sum("TitleRelease").0, month.content, "{name}");
        let installs = month.paid_installs + month.organic_installs;
        assert_eq!(sum("CohortAge"), (month.iap + month.iaa + month.web, installs), "{name}");
        assert_eq!(sum("LotLaunch").1, month.materials, "{name}");
        assert_eq!(sum("Entry").1, u64::from(month.entries), "{name}");
        assert_eq!(sum("Review").1, u64::from(month.exits), "{name}");
        let told = |which: fn(&Turn) -> bool| {
            let of_month = turns(chronicle).filter(|(_, point)| Month::of_day(point.day) == name);
            of_month.filter(|(_, point)| which(&point.turn)).count() as u32
        };
        assert_eq!(told(|turn| matches!(turn, Turn::Stopped { .. })), month.exits, "{name}");
        assert_eq!(told(|turn| matches!(turn, Turn::Relaunched { .. })), month.relaunches, "{name}");
        assert_eq!(told(|turn| matches!(turn, Turn::Sold { .. })), month.acquisitions, "{name}");
        let months = chronicle.apps.iter().flat_map(|story| &story.months);
        let dormant = months.filter(|row| row.month == name && row.dormant).count() as u32;
        assert_eq!(dormant, month.dormant, "{name}");
    }
    let all =
        |event: &str| rows.iter().filter(|row| row.event == event).filter_map(|row| row.amount).sum::<Usd>();
    let months = || chronicle.apps.iter().flat_map(|story| &story.months);
    assert_eq!(all("Payout"), months().map(|row| row.flows.receipts).sum());
    let put_in = |turn: Turn| if let Turn::Relaunched { money } = turn { money } else { Usd::ZERO };
    let relaunches: Usd = turns(chronicle).map(|(_, point)| put_in(point.turn)).sum();
    assert_eq!(all("Funding") + relaunches, months().map(|row| row.flows.funding).sum());
    assert!(all("Funding") > Usd::ZERO);
}

#[test]
fn a_filter_leaves_out_and_changes_nothing_else() {
    let (from, to) =
        ("2025-02-10".parse::<Date>().unwrap().to_day(), "2025-03-01".parse::<Date>().unwrap().to_day());
    let names = ["Review", "TitleRelease", "LotLaunch", "CohortAge", "Payout"];
    let filter =
        TraceFilter { from_day: from, to_day: to, kinds: Event::NAMES.map(|name| names.contains(&name)) };
    let admitted = |row: &&TraceRow<'_>| (from..=to).contains(&row.time.day()) && names.contains(&row.event);
    let expected: Vec<TraceRow<'_>> = watched().rows.iter().filter(admitted).copied().collect();
    assert!(expected.len() > 100);
    assert_eq!(watch(market(), 0, filter).rows, expected);
}

#[test]
fn the_chronicle_and_the_record_are_the_same_books() {
    for watched in [watched(), eventful()] {
        are_the_same_books(watched);
    }
}

fn are_the_same_books(watched: &Watched) {
    let Watched { chronicle, record, .. } = watched;
    assert_eq!(chronicle.months, record.months.iter().map(|m| m.month).collect::<Vec<_>>());
    for month in &record.months {
        let rows: Vec<_> = chronicle
            .apps
            .iter()
            .zip(0_u32..)
            .filter_map(|(story, app)| {
                story.months.iter().find(|row| row.month == month.month).map(|row| (app, row))
            })
            .collect();
        let sum =
            |of: fn(&bidcast::engine::AppMonth) -> Usd| rows.iter().map(|(_, row)| of(row)).sum::<Usd>();
        assert_eq!(sum(|row| row.flows.ad_spend), month.ad_spend);
        assert_eq!(sum(|row| row.flows.content), month.content);
        assert_eq!(sum(|row| row.flows.gross), month.iap + month.iaa + month.web);
        assert_eq!(rows.iter().map(|(_, row)| row.paid_installs).sum::<u64>(), month.paid_installs);
        assert_eq!(rows.iter().map(|(_, row)| row.organic_installs).sum::<u64>(), month.organic_installs);
        assert_eq!(sum(|row| row.taken_over), Usd::ZERO, "what one app takes over another gives away");
        let mut sold: Vec<(u32, Usd)> = rows.iter().map(|(app, row)| (*app, row.flows.iap)).collect();
        sold.retain(|(_, iap)| *iap > Usd::ZERO);
        assert_eq!(sold, month.iap_by_app, "{}", month.month);
        // Ranks run from 1 without a gap, and nobody with less stands above.
        let mut ranked: Vec<(usize, Usd)> =
            rows.iter().filter_map(|(_, row)| row.rank.map(|rank| (rank, row.flows.iap))).collect();
        ranked.sort_unstable_by_key(|(rank, _)| *rank);
        assert_eq!(
            ranked.iter().map(|(rank, _)| *rank).collect::<Vec<_>>(),
            (1..=sold.len()).collect::<Vec<_>>()
        );
        assert!(ranked.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    }
    for story in &chronicle.apps {
        let mut cash = Usd::ZERO;
        for row in &story.months {
            cash += row.flows.cash() + row.taken_over;
            assert_eq!(cash, row.cash, "{} of {:?}", row.month, story.born.key);
            // The past of an app that was bought is no flow of its buyer, and is not taken back from it.
            let flows = row.flows;
            let once = [flows.funding, flows.receipts, flows.ad_spend, flows.content, flows.operating];
            for flow in once.into_iter().chain([flows.start, flows.net_revenue, flows.gross, flows.iap]) {
                assert!(flow >= Usd::ZERO, "{flow} in {} of {:?}", row.month, story.born.key);
            }
            assert!(flows.iap <= flows.gross && flows.net_revenue <= flows.gross);
            let born = row.month == Month::of_day(story.born.born_day);
            assert_eq!(flows.start, if born { story.born.cash } else { Usd::ZERO });
        }
    }
}

#[test]
fn releases_and_early_plans_of_the_chronicle_are_those_of_the_log() {
    // Apps that stake all they have on titles and ads run short within a day, which those of the base never do.
    static RECKLESS: OnceLock<Scenario> = OnceLock::new();
    let sets = [
        "run.tick_minutes=360",
        "budget.runway_days=1.0",
        "content.max_share_of_cash=1.0",
        "content.release_factor=8.0",
    ];
    let scenario = RECKLESS.get_or_init(|| small(&[&sets[..], &EVENTFUL].concat()));
    let mut early = 0;
    for replication in 0..3 {
        let Watched { rows, chronicle, .. } = watch(scenario, replication, TraceFilter::ALL);
        let months = || chronicle.apps.iter().flat_map(|story| &story.months);
        let counted = |event: &str, which: fn(&TraceRow<'_>) -> bool| {
            rows.iter().filter(|row| row.event == event && which(row)).count()
        };
        let released = counted("TitleRelease", |row| row.title.is_some());
        assert!(released > 0 && released < counted("TitleRelease", |_| true), "some cannot pay");
        assert_eq!(released, months().map(|row| row.releases as usize).sum::<usize>());
        let of_log = counted("BudgetPlan", |row| row.time.minute_of_day() != 0);
        assert_eq!(of_log, months().map(|row| row.early_plans as usize).sum::<usize>());
        early += of_log;
    }
    assert!(early > 0, "nobody ran short");
}

#[test]
fn titles_of_a_relaunch_are_no_releases() {
    // Nobody can pay for a title, so all that there are came with a birth or a relaunch.
    static POOR: OnceLock<Scenario> = OnceLock::new();
    let scenario = POOR.get_or_init(|| small(&[&EVENTFUL[..], &["content.max_share_of_cash=0.0"]].concat()));
    let Watched { rows, chronicle, record } = watch(scenario, 0, TraceFilter::ALL);
    assert!(record.months.iter().map(|month| month.relaunches).sum::<u32>() > 5);
    let tried: Vec<_> = rows.iter().filter(|row| row.event == "TitleRelease").collect();
    assert!(tried.len() > 100);
    assert!(tried.iter().all(|row| row.title.is_none() && row.amount.is_none()));
    assert!(chronicle.apps.iter().flat_map(|story| &story.months).all(|row| row.releases == 0));
}

#[test]
fn the_ranking_of_a_year_is_that_of_the_metrics() {
    let Watched { chronicle, record, .. } = watched();
    let period = bidcast::metrics::Period::new(record, record.warm_up_months, record.months.len());
    let ranking: Vec<f64> = chronicle.ranking(12).into_iter().map(|(_, iap)| iap.to_f64()).collect();
    assert_eq!(ranking.len(), period.iap_by_app.len());
    for (ours, theirs) in ranking.iter().zip(&period.iap_by_app) {
        assert!((ours - theirs).abs() < 1e-6, "{ours} against {theirs}");
    }
    assert!(Chronicle::new().ranking(12).is_empty());
}

/// What an app is, as its turning points tell.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Being {
    Advertises,
    Sleeps,
    Gone,
}

/// Judges turning points by what the books say right before a review, and by what the apps are after it.
struct Coroner {
    exit: bidcast::mechanisms::exit::ExitParams,
    /// Money that can be spent and money due, before the review.
    means: Vec<(f64, f64)>,
    beings: Vec<Being>,
    judged: usize,
    bankrupt: u32,
    gave_up: u32,
}

impl Coroner {
    fn judge(&mut self, point: &TurningPoint) {
        let being = &mut self.beings[point.app as usize];
        let (from, to) = match point.turn {
            Turn::Stopped { cause, dormant } => {
                let (money, due) = self.means[point.app as usize];
                let bankrupt = self.exit.is_bankrupt(money, due);
                assert_eq!(cause == Cause::Bankrupt, bankrupt, "{point:?} with {money} and {due} due");
                *(if bankrupt { &mut self.bankrupt } else { &mut self.gave_up }) += 1;
                (Being::Advertises, if dormant { Being::Sleeps } else { Being::Gone })
            }
            Turn::Relaunched { .. } => (Being::Sleeps, Being::Advertises),
            Turn::Vanished => (Being::Sleeps, Being::Gone),
            Turn::Bought { .. } => (Being::Advertises, Being::Advertises),
            Turn::Sold { .. } => (Being::Advertises, Being::Gone),
        };
        assert_eq!(*being, from, "before {point:?}");
        assert_eq!(point.turn.is_end(), to == Being::Gone);
        *being = to;
    }
}

impl Observer for Coroner {
    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        let apps = &world.apps;
        match event {
            // The last event before a review.
            Event::Entry => {
                let means = |app: u32| (apps.spendable(app).to_f64(), apps.receivable(app).to_f64());
                self.means = (0..apps.len() as u32).map(means).collect();
                self.beings.resize(apps.len(), Being::Advertises);
            }
            Event::Review | Event::Acquisition { .. } => {
                for point in &apps.turns[self.judged..] {
                    assert_eq!(point.day, time.day());
                    self.judge(point);
                }
                self.judged = apps.turns.len();
            }
            _ => assert_eq!(apps.turns.len(), self.judged, "a turning point at {event:?}"),
        }
        if let Event::Review | Event::Acquisition { .. } | Event::Snapshot = event {
            for (app, being) in self.beings.iter().enumerate() {
                let found = match (apps.alive[app], apps.dormant[app]) {
                    (true, false) => Being::Advertises,
                    (true, true) => Being::Sleeps,
                    (false, _) => Being::Gone,
                };
                assert_eq!(*being, found, "app {app} after {event:?}");
            }
        }
    }
}

#[test]
fn an_app_that_left_says_why() {
    // A campaign worth running costs more than the smallest apps have: otherwise all give up before they are bankrupt.
    let dear = ["exit.minimal_campaign_usd_per_day=30000.0"];
    let scenario = small(&[&EVENTFUL[..], &dear].concat());
    let exit = scenario.parameters().spec.exit.clone();
    let (means, beings) = (Vec::new(), Vec::new());
    let mut coroner = Coroner { exit, means, beings, judged: 0, bankrupt: 0, gave_up: 0 };
    Simulation::new(&scenario, SEED, 0).run(&mut coroner).unwrap();
    assert!(coroner.bankrupt > 0 && coroner.gave_up > 0, "{} and {}", coroner.bankrupt, coroner.gave_up);
}
