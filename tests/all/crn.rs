//! Common random numbers: what is compared shares its chance. Nothing differs where nothing was changed, and what is done to
//! one app leaves every draw of the others where it was.
//!
//! Draws that show in the world as they were drawn are compared; who gives up is worked out from the addressed stream itself;
//! the rest, auctions, installs, cohorts and materials, is drawn around means that the market makes, so for these the app is
//! changed where it meets nobody.

#![allow(clippy::unwrap_used, reason = "a run that fails should fail the test on the spot")]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{SEED, small};
use bidcast::engine::{Event, Observer, Simulation};
use bidcast::experiment::Outcome;
use bidcast::experiment::study::{Design, Limits, run_job};
use bidcast::market::apps::NewApp;
use bidcast::market::purpose::Purpose;
use bidcast::market::turns::Turn;
use bidcast::market::world::World;
use bidcast::metrics::METRICS;
use bidcast::rng::Streams;
use bidcast::scenario::Scenario;
use bidcast::scenario::population::{self, Origin};
use bidcast::stats::paired;
use bidcast::units::{SimTime, Usd};

/// The place of an archetype.
fn kind(scenario: &Scenario, name: &str) -> usize {
    scenario.parameters().spec.archetype.keys().position(|known| known == name).unwrap()
}

/// Replications of the paired scenarios, pair by pair.
fn pairs(a: &Scenario, b: &Scenario, replications: u64) -> Vec<[Outcome; 2]> {
    let design = Design::paired(&[a, b], SEED, Vec::new(), vec![Vec::new()], replications);
    let run = |job| run_job(&design, job, Limits::default()).outcome.unwrap();
    (0..replications).map(|pair| [run(2 * pair), run(2 * pair + 1)]).collect()
}

/// The numbers of a metric, by year and month.
fn numbers(outcome: &Outcome, metric: usize) -> impl Iterator<Item = f64> {
    let rows = outcome.yearly.iter().chain(&outcome.monthly);
    // Missing are months of yearly metrics, and what looks back from the first year.
    rows.map(move |row| row[metric]).filter(|x| !x.is_nan())
}

#[test]
fn a_scenario_against_itself_differs_in_no_bit() {
    let found = pairs(&small(&[]), &small(&[]), 3);
    for (metric, told) in METRICS.iter().enumerate() {
        let all = |side: usize| -> Vec<f64> {
            found.iter().flat_map(|pair| numbers(&pair[side], metric)).collect()
        };
        let (a, b) = (all(0), all(1));
        let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&a), bits(&b), "{}", told.name);
        if let Some(difference) = paired(&a, &b, 0.95) {
            assert_eq!(difference.difference.to_bits(), 0, "{}", told.name);
        }
    }
    // A scenario that differs by next to nothing does not pass for the same.
    let other = pairs(&small(&[]), &small(&["auction.theta=4.000001"]), 1);
    let moved = (0..METRICS.len()).filter(|m| !numbers(&other[0][0], *m).eq(numbers(&other[0][1], *m)));
    assert!(moved.count() > METRICS.len() / 2);
}

/// What shows of draws as they were drawn, by key of the app.
#[derive(Debug, Default)]
struct Drawn {
    /// Archetype, traits and first beliefs at birth.
    births: BTreeMap<u64, (usize, Vec<u64>)>,
    /// Time, half-life and fit of releases, by number.
    titles: BTreeMap<(u64, u64), Vec<u64>>,
    /// Apps that stopped advertising at some time: what they release afterwards depends on when.
    stopped: BTreeSet<u64>,
    /// Ad spend of each app.
    spend: BTreeMap<u64, Usd>,
    released: u64,
}

impl Drawn {
    fn births(&mut self, world: &World) {
        let apps = &world.apps;
        for app in self.births.len() as u32..apps.len() as u32 {
            let new = &apps.born[app as usize];
            let mut bits = vec![u64::from(new.chinese), new.born_day.cast_unsigned()];
            bits.push(new.cash.micros().cast_unsigned());
            let traits = [new.budget_usd, new.conversion_skill, new.value_skill, new.content_skill];
            bits.extend(traits.map(f64::to_bits));
            bits.extend(new.regions.iter().chain(&new.channels).map(|place| *place as u64));
            bits.extend(new.regions.iter().map(|region| apps.value_prior[apps.at(app, *region)].to_bits()));
            for cell in &world.cells {
                bits.extend(cell.app.binary_search(&app).ok().map(|seat| cell.prior[seat].to_bits()));
            }
            assert!(self.births.insert(new.key, (new.archetype, bits)).is_none(), "two apps of one key");
        }
        self.released = world.titles.released();
    }
}

impl Observer for Drawn {
    fn begin(&mut self, world: &World) {
        self.births(world);
    }

    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        let apps = &world.apps;
        match *event {
            Event::Entry => self.births(world),
            Event::TitleRelease(app) => {
                let i = app as usize;
                let mut bits = vec![time.minutes().cast_unsigned()];
                if world.titles.released() > self.released {
                    let slot = *apps.titles[i].last().unwrap();
                    bits.push(world.titles[slot].half_life_days.to_bits());
                    bits.extend(world.titles.fit(slot).iter().map(|fit| fit.to_bits()));
                }
                self.released = world.titles.released();
                self.titles.insert((apps.born[i].key, apps.releases[i]), bits);
            }
            // Those who wake bring titles of their own.
            Event::Review => self.released = world.titles.released(),
            Event::Snapshot => {
                self.stopped = apps.turns.iter().map(|turn| apps.born[turn.app as usize].key).collect();
                let spent = apps.born.iter().zip(&apps.account);
                self.spend = spent.map(|(new, account)| (new.key, account.ad_spend)).collect();
            }
            _ => {}
        }
    }
}

fn drawn(scenario: &Scenario, replication: u64) -> Drawn {
    let mut drawn = Drawn::default();
    Simulation::new(scenario, SEED, replication).run(&mut drawn).unwrap();
    drawn
}

/// One app of a kind that has no other.
const LONE: [&str; 3] = [
    "archetype.media_giant.start_apps=1",
    "archetype.media_giant.start_cash_usd=6e6",
    "archetype.media_giant.start_budget_usd_per_day=5000",
];
/// What is done to it.
const CHANGED: [&str; 4] = [
    "archetype.media_giant.skill_mean=0.7",
    "archetype.media_giant.start_cash_usd=6e7",
    "archetype.media_giant.target_roas=0.6",
    "archetype.media_giant.releases_titles_per_month=40",
];

#[test]
fn a_lever_on_one_app_changes_no_draw_of_another() {
    let (scenario, lever) = (small(&LONE), small(&[&LONE[..], &CHANGED].concat()));
    let touched = population::key(Origin::Start, kind(&scenario, "media_giant"), 0);
    for replication in 0..2 {
        let (before, after) = (drawn(&scenario, replication), drawn(&lever, replication));
        assert_ne!(before.births[&touched], after.births[&touched], "the lever does nothing");
        let others = |key: &&u64| **key != touched;
        let moved = before.spend.iter().filter(|(key, usd)| after.spend.get(key) != Some(usd));
        assert!(2 * moved.count() > before.spend.len(), "nobody notices the app");
        // How many enter is the market's answer, and so is, where one more or less is drawn, of which kind the next is.
        let mut alike = 0;
        for key in before.births.keys().filter(others) {
            let (one, other) = (&before.births[key], after.births.get(key));
            if let Some(other) = other.filter(|other| other.0 == one.0) {
                assert_eq!(one, other, "app {key:x}");
                alike += 1;
            }
        }
        let most = before.births.len().max(after.births.len()) - 1;
        assert!(10 * alike > 8 * most, "{alike} of {most} apps are there in both runs");
        // An app that could not pay for a title has none to show; when it wanted one is drawn all the same.
        let (mut times, mut traits) = (0, 0);
        for (at, one) in before.titles.iter().filter(|(at, _)| at.0 != touched) {
            let stopped = before.stopped.contains(&at.0) || after.stopped.contains(&at.0);
            let same_kind = before.births.get(&at.0).map(|b| b.0) == after.births.get(&at.0).map(|b| b.0);
            if let Some(other) = after.titles.get(at).filter(|_| !stopped && same_kind) {
                assert_eq!(one[0], other[0], "release {} of app {:x}", at.1, at.0);
                times += 1;
                if one.len() == other.len() {
                    assert_eq!(one, other, "title {} of app {:x}", at.1, at.0);
                    traits += u32::from(one.len() > 1);
                }
            }
        }
        assert!(times > 500 && traits > 400, "{times} releases and {traits} titles compared");
    }
}

/// Works out who will stop at the next review from the addressed streams, and notes who does.
struct Reviews<'a> {
    scenario: &'a Scenario,
    streams: Streams,
    /// Apps that would stop if they were reviewed now: key and draw, and whether there is money.
    due: BTreeSet<u64>,
    foretold: BTreeSet<(i64, u64)>,
    stopped: BTreeSet<(i64, u64)>,
    /// Draws of all reviewed apps, by day and key.
    draws: BTreeMap<(i64, u64), u64>,
}

/// A draw of the monthly review: the address is written out here a second time, so that it cannot move unnoticed.
fn review_draw(streams: &Streams, key: u64, day: i64) -> f64 {
    streams.open(Purpose::Review.code(), key, (day + (1 << 20)).cast_unsigned() << 24).unit()
}

impl Reviews<'_> {
    /// Who would stop on the morning of `day`, by what is in the books now.
    fn foretell(&mut self, day: i64, world: &World) {
        let (apps, exit) = (&world.apps, &self.scenario.parameters().spec.exit);
        self.due.clear();
        for &app in apps.live.iter().filter(|app| !apps.dormant[**app as usize]) {
            let i = app as usize;
            if ((day - apps.born[i].born_day) as f64) < exit.grace_days {
                continue;
            }
            let key = apps.born[i].key;
            let draw = review_draw(&self.streams, key, day);
            let hazard = exit.hazard(apps.month_gross[i].to_f64(), apps.month_contribution[i].to_f64());
            let bankrupt = exit.is_bankrupt(apps.spendable(app).to_f64(), apps.receivable(app).to_f64());
            if bankrupt || draw < hazard {
                self.due.insert(key);
            }
        }
    }
}

impl Observer for Reviews<'_> {
    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        let day = time.day();
        match event {
            Event::Snapshot => self.foretell(day + 1, world),
            // Money that arrives in the morning counts.
            Event::Entry | Event::Funding { .. } => self.foretell(day, world),
            Event::Review => {
                self.foretold.extend(self.due.iter().map(|key| (day, *key)));
                for turn in world.apps.turns.iter().filter(|turn| turn.day == day) {
                    let key = world.apps.born[turn.app as usize].key;
                    if matches!(turn.turn, Turn::Stopped { .. }) {
                        self.stopped.insert((day, key));
                    }
                }
                for &app in &world.apps.live {
                    let key = world.apps.born[app as usize].key;
                    self.draws.insert((day, key), review_draw(&self.streams, key, day).to_bits());
                }
            }
            _ => {}
        }
    }
}

#[test]
fn who_stops_is_decided_by_the_draw_at_the_address() {
    let often = [&LONE[..], &["exit.hazard_per_month=0.2"]].concat();
    let runs = [small(&often), small(&[&often[..], &CHANGED].concat())].map(|scenario| {
        let streams = Streams::new(SEED, 0);
        let mut reviews = Reviews {
            scenario: &scenario,
            streams,
            due: BTreeSet::new(),
            foretold: BTreeSet::new(),
            stopped: BTreeSet::new(),
            draws: BTreeMap::new(),
        };
        Simulation::new(&scenario, SEED, 0).run(&mut reviews).unwrap();
        assert!(reviews.stopped.len() > 50, "{} apps stopped", reviews.stopped.len());
        assert_eq!(reviews.foretold, reviews.stopped);
        (reviews.stopped, reviews.draws)
    });
    let [(one, draws), (other, others)] = &runs;
    // The market moved, so some thresholds were met in one run only; the draws did not.
    assert_ne!(one, other);
    let both: Vec<_> = draws.iter().filter_map(|(at, bits)| others.get(at).map(|b| (bits, b))).collect();
    assert!(both.len() > 300 && both.iter().all(|(a, b)| a == b), "{} draws compared", both.len());
}

/// Days in the lives of apps: every bit of money, installs, budgets, bids and materials.
#[derive(Debug, Default)]
struct Lives(BTreeMap<(u64, i64), Vec<u64>>);

impl Observer for Lives {
    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        // Every tenth day shows what any day before it did.
        if !matches!(event, Event::Snapshot) || time.day() % 10 != 0 {
            return;
        }
        let apps = &world.apps;
        for (i, new) in apps.born.iter().enumerate() {
            let account = &apps.account[i];
            let mut bits = vec![u64::from(apps.alive[i]), u64::from(apps.dormant[i]), apps.releases[i]];
            bits.extend([apps.paid_installs_total[i], apps.organic_installs_total[i]]);
            let money = [apps.cash[i], account.ad_spend, account.content, account.gross, account.funding];
            bits.extend(money.map(|usd| usd.micros().cast_unsigned()));
            bits.extend([apps.budget_usd[i], apps.lambda[i], apps.yield_ratio[i]].map(f64::to_bits));
            for lot in &apps.lots[i] {
                let drawn = [lot.attractiveness, lot.conversions, lot.spend_usd];
                bits.extend(drawn.map(|x| u64::from(x.to_bits())));
                bits.extend([u64::from(lot.materials), i64::from(lot.ends_minute).cast_unsigned()]);
            }
            self.0.insert((new.key, time.day()), bits);
        }
    }
}

fn lives(scenario: &Scenario, replication: u64) -> BTreeMap<(u64, i64), Vec<u64>> {
    let mut lives = Lives::default();
    Simulation::new(scenario, SEED, replication).run(&mut lives).unwrap();
    lives.0
}

/// A backed app in one region, with so many times the money of others and so much more skill.
fn extra(scenario: &Scenario, region: usize, times: i64, skill: f64) -> NewApp {
    let kind = kind(scenario, "funded_paid");
    // A number that no app of the start population has.
    let key = population::key(Origin::Start, kind, 1_000_000);
    let p = scenario.parameters();
    let app = population::draw(p, &Streams::new(SEED, 0), key, kind, p.start_day);
    NewApp {
        regions: vec![region],
        cash: Usd::from_micros(times * app.cash.micros()),
        budget_usd: times as f64 * app.budget_usd,
        conversion_skill: app.conversion_skill + skill,
        ..app
    }
}

#[test]
fn an_app_apart_changes_nothing_for_the_others() {
    // Nobody else goes to the last region, entrants look at no margins, and no title is copied.
    let scenario = small(&[
        "regions.preference=[100.0, 67.0, 40.0, 53.0, 53.0, 27.0, 33.0, 0.01]",
        "entry.margin_elasticity=0",
        "content.copy_probability=0",
    ]);
    let others = |days: &BTreeMap<(u64, i64), Vec<u64>>, key: u64| {
        days.iter().filter(|(at, _)| at.0 != key).map(|(at, bits)| (*at, bits.clone())).collect::<Vec<_>>()
    };
    for replication in 0..2 {
        let run = |region, times, skill| {
            let app = extra(&scenario, region, times, skill);
            (app.key, lives(&scenario.clone().with_extra_app(app), replication))
        };
        let ((key, before), (_, after)) = (run(7, 1, 0.0), run(7, 10, 0.7));
        let own = before.iter().filter(|(at, _)| at.0 == key);
        assert!(own.clone().count() > 50 && own.clone().all(|(at, bits)| after[at] != *bits));
        let (one, other) = (others(&before, key), others(&after, key));
        assert!(one.len() > 2_000, "{} days compared", one.len());
        assert!(one == other, "{} and {} days are not alike", one.len(), other.len());
        // In a region with others it does not stay alone.
        assert!(others(&run(0, 10, 0.7).1, key) != one);
    }
}
