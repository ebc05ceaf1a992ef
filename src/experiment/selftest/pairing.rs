//! The same chance for what is compared: nothing differs where nothing was changed, and what is done to one app leaves the
//! draws of all others as they were.

use std::collections::BTreeMap;

use super::check::{Answer, Check};
use super::draws::SEED;
use super::tiny::{LONE_KIND, tiny};
use crate::engine::{Event, Observer, Simulation};
use crate::experiment::study::{Design, Lever, Limits, run_job};
use crate::market::apps::NewApp;
use crate::market::world::World;
use crate::rng::Streams;
use crate::scenario::Scenario;
use crate::scenario::population::{self, Origin};
use crate::units::{SimTime, Usd};

pub(super) const SAME: Check = Check {
    name: "same_against_same",
    about: "numbers, of all metrics by year and month in two replications, that do not differ in one bit between a scenario and the same scenario loaded again, run as a pair",
    source: "the same scenario under the same chance: all of them",
    run: || same_against(&[]),
};

/// The numbers that do not differ from those of the tiny market with overrides.
fn same_against(sets: &[&str]) -> Answer {
    let (Ok(one), Ok(other)) = (tiny(&[]), tiny(sets)) else { return Answer::none() };
    let design = Design::paired(&[&one, &other], SEED, Vec::new(), vec![Vec::new()], 2);
    let (mut numbers, mut same) = (0_u32, 0_u32);
    for pair in 0..design.jobs.len() as u64 / 2 {
        let run = |variant| run_job(&design, 2 * pair + variant, Limits::default()).outcome;
        let (Ok(one), Ok(other)) = (run(0), run(1)) else { return Answer::none() };
        let all = |outcome: &crate::experiment::Outcome| -> Vec<f64> {
            outcome.yearly.iter().chain(&outcome.monthly).flatten().copied().collect()
        };
        for (one, other) in all(&one).into_iter().zip(all(&other)) {
            // What a period has no number for is not compared.
            numbers += u32::from(one.is_finite());
            same += u32::from(one.is_finite() && one.to_bits() == other.to_bits());
        }
    }
    // Without numbers there is nothing that could be the same.
    if numbers == 0 { Answer::none() } else { Answer::rounding(f64::from(numbers), f64::from(same)) }
}

/// What has been drawn: whose, what, which one of its kind.
type Address = (u64, Draw, u64);

/// Kinds of draws that a run shows as they were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Draw {
    /// Traits at birth, first beliefs about values and conversions.
    Birth,
    /// Traits of a title, by number of the release.
    Title,
    /// Time of a release, by number.
    Release,
}

/// Notes draws as they show in the world, and what was spent.
#[derive(Debug, Default)]
struct Drawn {
    draws: BTreeMap<Address, Vec<u64>>,
    /// Apps born so far.
    born: usize,
    /// Titles released so far.
    released: u64,
    /// Ad spend of each app, by key.
    spend: BTreeMap<u64, Usd>,
}

impl Drawn {
    fn title(&mut self, world: &World, key: u64, slot: u32, number: u64) {
        let title = &world.titles[slot];
        let traits = [title.log_appeal, title.half_life_days, title.released_day];
        let bits = traits.iter().chain(world.titles.fit(slot)).map(|x| x.to_bits());
        self.draws.insert((key, Draw::Title, number), bits.collect());
    }

    /// Apps that have been born since the last look.
    fn births(&mut self, world: &World) {
        let apps = &world.apps;
        for app in self.born as u32..apps.len() as u32 {
            let new = &apps.born[app as usize];
            let mut bits = vec![new.archetype as u64, u64::from(new.chinese), new.born_day.cast_unsigned()];
            bits.push(new.cash.micros().cast_unsigned());
            let traits = [new.budget_usd, new.conversion_skill, new.value_skill, new.content_skill];
            bits.extend(traits.map(f64::to_bits));
            bits.extend(new.regions.iter().chain(&new.channels).map(|place| *place as u64));
            bits.extend(new.regions.iter().map(|region| apps.value_prior[apps.at(app, *region)].to_bits()));
            for cell in &world.cells {
                bits.extend(cell.app.binary_search(&app).ok().map(|seat| cell.prior[seat].to_bits()));
            }
            self.draws.insert((new.key, Draw::Birth, 0), bits);
            for (number, slot) in (0..).zip(&apps.titles[app as usize]) {
                self.title(world, new.key, *slot, number);
            }
        }
        (self.born, self.released) = (apps.len(), world.titles.released());
    }
}

impl Observer for Drawn {
    fn begin(&mut self, world: &World) {
        self.births(world);
    }

    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        match *event {
            Event::Entry => self.births(world),
            Event::TitleRelease(app) => {
                let (key, number) = (world.apps.born[app as usize].key, world.apps.releases[app as usize]);
                self.draws.insert((key, Draw::Release, number), vec![time.minutes().cast_unsigned()]);
                // There is no title when the app could not pay for one.
                if world.titles.released() > self.released
                    && let Some(slot) = world.apps.titles[app as usize].last()
                {
                    self.title(world, key, *slot, number);
                }
                self.released = world.titles.released();
            }
            Event::Snapshot => {
                let apps = world.apps.born.iter().zip(&world.apps.account);
                self.spend = apps.map(|(new, account)| (new.key, account.ad_spend)).collect();
            }
            _ => {}
        }
    }
}

/// Ways in which what one app does reaches what others draw: entrants look at margins, titles are copied, and a title that
/// cannot be paid is made in another way. With these off all draws below are exogenous.
const NO_ANSWER: [&str; 4] = [
    "entry.margin_elasticity=0",
    "content.copy_probability=0",
    "content.shot_log_advantage=0",
    "content.ai_log_advantage=0",
];

pub(super) const OTHERS_DRAWS: Check = Check {
    name: "draws_of_others",
    about: "traits at birth, first beliefs, times and traits of titles of all other apps that are drawn alike, every bit, when one app in their midst converts twice as well",
    source: "a draw is a function of its address: all of them",
    run: || draws_of_others("archetype.media_giant.skill_mean"),
};

/// The draws that are alike when a lever moves that should touch one app only.
fn draws_of_others(lever: &str) -> Answer {
    let Ok(market) = tiny(&NO_ANSWER) else { return Answer::none() };
    let Some(kind) = market.parameters().spec.archetype.keys().position(|name| name == LONE_KIND) else {
        return Answer::none();
    };
    let touched = population::key(Origin::Start, kind, 0);
    let levers = vec![Lever::of(lever)];
    let design = Design::nested(&market, SEED, levers, vec![vec![0.0], vec![2.0_f64.ln()]], 1);
    let run = |job| {
        let scenario = design.scenario(job).ok()?;
        let mut drawn = Drawn::default();
        // The same replication of both: the chance of the pair is shared.
        Simulation::new(&scenario, SEED, 0).run(&mut drawn).ok()?;
        Some(drawn)
    };
    let (Some(before), Some(after)) = (run(0), run(1)) else { return Answer::none() };
    let own = |drawn: &Drawn| drawn.draws.get(&(touched, Draw::Birth, 0)).cloned();
    let moved =
        before.spend.iter().filter(|(key, spend)| **key != touched && after.spend.get(key) != Some(*spend));
    // Nothing would be shown by a lever that does nothing, or by an app that nobody notices.
    if own(&before).is_none() || own(&before) == own(&after) || 2 * moved.count() < before.spend.len() {
        return Answer::none();
    }
    shared(&before.draws, &after.draws, touched)
}

/// Draws of others that are alike, against those that there are in both runs.
fn shared(before: &BTreeMap<Address, Vec<u64>>, after: &BTreeMap<Address, Vec<u64>>, touched: u64) -> Answer {
    let others = |draws: &BTreeMap<Address, Vec<u64>>| draws.keys().filter(|at| at.0 != touched).count();
    let both = before.iter().filter(|(at, _)| at.0 != touched);
    let both: Vec<bool> = both.filter_map(|(at, bits)| after.get(at).map(|other| other == bits)).collect();
    // Who leaves earlier, or cannot pay for a title, draws less; most of what is drawn in one run must be there in the other.
    if 10 * both.len() < 9 * others(before).max(others(after)) || both.is_empty() {
        return Answer::none();
    }
    Answer::rounding(both.len() as f64, both.iter().filter(|alike| **alike).count() as f64)
}

/// All that can be seen of the lives of apps, day by day.
#[derive(Debug, Default)]
struct Lives {
    /// By key and day.
    days: BTreeMap<(u64, i64), Vec<u64>>,
}

impl Observer for Lives {
    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        if !matches!(event, Event::Snapshot) {
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
                let drawn =
                    [lot.attractiveness, lot.conversions, lot.spend_usd].map(|x| u64::from(x.to_bits()));
                bits.extend(drawn);
                bits.extend([u64::from(lot.materials), i64::from(lot.ends_minute).cast_unsigned()]);
            }
            self.days.insert((new.key, time.day()), bits);
        }
    }
}

/// The region into which nobody else goes, but for one draw in ten thousand.
const APART: usize = 7;
/// Preferences for regions that make it so.
const AWAY: &str = "regions.preference=[100.0, 67.0, 40.0, 53.0, 53.0, 27.0, 33.0, 0.01]";

pub(super) const OTHERS_LIVES: Check = Check {
    name: "lives_of_others",
    about: "days in the lives of all other apps that are alike, every bit of money, installs, budgets, bids and materials, when an app in a region of its own has ten times the money and converts twice as well",
    source: "a draw is a function of its address, and who meets nobody changes nothing: all of them",
    run: || lives_of_others(APART),
};

/// The days that are alike when the app advertises in some region.
fn lives_of_others(region: usize) -> Answer {
    let sets = [&NO_ANSWER[..], &[AWAY]].concat();
    let Ok(market) = tiny(&sets) else { return Answer::none() };
    let Some(app) = extra_app(&market, region) else { return Answer::none() };
    let touched = app.key;
    let rich = NewApp {
        cash: Usd::from_micros(10 * app.cash.micros()),
        budget_usd: 10.0 * app.budget_usd,
        conversion_skill: app.conversion_skill + 2.0_f64.ln(),
        ..app.clone()
    };
    let run = |app| {
        let mut lives = Lives::default();
        let scenario = market.clone().with_extra_app(app);
        Simulation::new(&scenario, SEED, 0).run(&mut lives).ok()?;
        Some(lives.days)
    };
    let (Some(before), Some(after)) = (run(app), run(rich)) else { return Answer::none() };
    let of = |days: &BTreeMap<(u64, i64), Vec<u64>>, own: bool| -> Vec<((u64, i64), Vec<u64>)> {
        days.iter().filter(|(at, _)| (at.0 == touched) == own).map(|(at, bits)| (*at, bits.clone())).collect()
    };
    // The app itself lives another life on every day, or nothing was changed.
    if of(&before, true).iter().any(|(at, bits)| after.get(at).is_none_or(|other| other == bits)) {
        return Answer::none();
    }
    let (before, after) = (of(&before, false), of(&after, false));
    let alike = before.iter().zip(&after).filter(|(one, other)| one == other).count();
    Answer::rounding(before.len().max(after.len()) as f64, alike as f64)
}

/// An app like backed ones, in one region; none when the market has no such kind.
fn extra_app(market: &Scenario, region: usize) -> Option<NewApp> {
    let parameters = market.parameters();
    let kind = parameters.spec.archetype.keys().position(|name| name == "funded_paid")?;
    // A number that no app of the start population has.
    let key = population::key(Origin::Start, kind, 1_000_000);
    let app = population::draw(parameters, &Streams::new(SEED, 0), key, kind, parameters.start_day);
    Some(NewApp { regions: vec![region], ..app })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_change_of_a_scenario_shows_in_its_numbers() {
        let answer = same_against(&["auction.theta=4.000001"]);
        assert!(!answer.passed() && answer.got < 0.9 * answer.expected, "{answer:?}");
    }

    #[test]
    fn a_lever_that_touches_others_is_noticed() {
        let answer = draws_of_others("archetype.fringe_paid.skill_mean");
        // It leaves the app alone that should be touched, so there is nothing to compare.
        assert!(!answer.passed(), "{answer:?}");
        let one = BTreeMap::from([((1, Draw::Birth, 0), vec![1]), ((2, Draw::Title, 3), vec![2])]);
        let mut other = one.clone();
        other.insert((1, Draw::Birth, 0), vec![9]);
        assert!(shared(&one, &other, 1).passed() && !shared(&one, &other, 2).passed());
        other.insert((3, Draw::Release, 1), vec![9]);
        assert!(!shared(&one, &other, 1).passed(), "half of the draws have nothing beside them");
    }

    #[test]
    fn an_app_that_meets_others_changes_their_lives() {
        let answer = lives_of_others(0);
        assert!(!answer.passed() && answer.got < 0.9 * answer.expected, "{answer:?}");
    }
}
