//! One firm in the engine: how much it spends for a dollar of value, and how fast it grows when money comes late.
//!
//! All that could bend the closed forms is off: the firm knows its rates, bids in full in one cell of which it wins
//! next to nothing, and money alone bounds its budget.

use super::check::{Answer, Check};
use super::draws::{SEED, moments};
use crate::engine::{Event, Observer, Simulation};
use crate::market::cohorts::NO_BOOK;
use crate::market::stages::{N_STAGES, STAGE_STARTS};
use crate::market::world::World;
use crate::scenario::{Layer, Overlay, Parameters, Scenario};
use crate::units::SimTime;

/// A market of one firm.
const LONE_FIRM: &str = r#"
name = "lone firm"
[run]
start_date = "2024-01-01"
end_date = "2026-12-31"
[auction]
floor_share = 0.0
[supply]
addressable_impressions_per_day = [1e12, 1e12, 1e12, 1e12, 1e12, 1e12, 1e12, 1e12]
growth_per_year = 0.0
channel_share = [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]
channel_cpm_factor = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
cpm_usd_per_mille = [12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0]
season_enabled = false
[response]
base_installs_per_mille = 0.165
channel_factor = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
region_factor = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
depletion_enabled = false
[learning]
enabled = false
unobserved_share = 0.0
[bidding]
window_days = 239.0
count_organic = false
[pacing]
enabled = false
[budget]
enabled = false
[creatives]
enabled = false
[fatigue]
enabled = false
[content]
enabled = false
release_factor = 0.0
[payers]
value_usd_per_install = [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0]
payer_share = 1.0
spend_log_sd = 0.1
[in_app_ads]
enabled = false
[wallet]
enabled = false
[organic]
word_of_mouth_enabled = false
charts_enabled = false
[pool]
enabled = false
[cash]
operating_cost_share = 0.0
[funding]
enabled = false
[entry]
enabled = false
[exit]
enabled = false
[archetype.funded_paid]
start_apps = 1.0
start_cash_log_sd = 0.0
start_budget_usd_per_day = 1e8
start_budget_log_sd = 0.0
credit_days = 0.0
web_share = 0.0
ad_intensity = 0.0
conversion_skill_log_sd = 0.0
value_skill_log_sd = 0.0
skill_mean = 0.0
payer_value_factor = 1.0
regions = 1.0
channels = 1.0
"#;

/// Days of the run that are not looked at, while the first cohorts still show.
const FIRST_DAYS: usize = 400;
/// Firms, each alone in a replication of its own.
const FIRMS: u64 = 12;

/// What a firm's days look like.
#[derive(Debug, Default)]
struct Diary {
    /// Cash at the end of each day, USD.
    cash: Vec<f64>,
    /// Net lifetime value of each day's installs, USD.
    value: Vec<f64>,
    /// Spent by the end of each day, USD.
    spend: Vec<f64>,
    /// What the firm keeps of a dollar.
    net_share: f64,
}

impl Observer for Diary {
    fn observe(&mut self, _: SimTime, event: &Event, world: &World) {
        match event {
            Event::CohortAge => {
                let value: i64 = (world.apps.book.iter().filter(|book| **book != NO_BOOK))
                    // The first stage is the day of install.
                    .map(|book| world.books.value[*book as usize][0])
                    .sum();
                self.value.push(value as f64 / 1e6 * self.net_share);
            }
            Event::Snapshot => {
                self.cash.push(world.apps.cash[0].to_f64());
                self.spend.push(world.apps.account[0].ad_spend.to_f64());
            }
            _ => {}
        }
    }
}

/// The diaries of lone firms; none when the market of one firm cannot be set up.
fn diaries(sets: &[String]) -> Option<(Scenario, Vec<Diary>)> {
    let text = Layer::new("lone firm", LONE_FIRM);
    let base = Scenario::load(&[]).ok()?;
    let nobody: Vec<String> = (base.parameters().spec.archetype.keys())
        .flat_map(|name| ["start_apps", "scheduled_apps"].map(|key| format!("archetype.{name}.{key}=0")))
        .collect();
    let overlays: Vec<Overlay<'_>> = (nobody.iter().map(|set| Overlay::Set(set)))
        .chain([Overlay::File(&text)])
        .chain(sets.iter().map(|set| Overlay::Set(set)))
        .collect();
    let scenario = Scenario::load(&overlays).ok()?;
    let net_share = 1.0 - scenario.parameters().spec.cash.store_fee_share;
    let diaries: Option<Vec<Diary>> = (0..FIRMS)
        .map(|firm| {
            let mut diary = Diary { net_share, ..Diary::default() };
            Simulation::new(&scenario, SEED, firm).run(&mut diary).ok()?;
            Some(diary)
        })
        .collect();
    Some((scenario, diaries?))
}

pub(super) const SPEND_OVER_VALUE: Check = Check {
    name: "spend_over_value",
    about: "ad spend of a lone firm with money enough over the net value of its installs, against (1 - 1/θ)/τ",
    source: "mean price over mean score, and a bid of value/τ",
    run: || spend_over_value(1.25, 1.25),
};

/// Spend over value of a firm that bids for `target` when theory is told `told`.
fn spend_over_value(target: f64, told: f64) -> Answer {
    let sets = [
        format!("archetype.funded_paid.target_roas={target}"),
        "archetype.funded_paid.start_cash_usd=1e10".into(),
    ];
    let Some((scenario, diaries)) = diaries(&sets) else { return Answer::none() };
    let ratios: Vec<f64> = diaries
        .iter()
        .map(|diary| diary.spend.last().unwrap_or(&f64::NAN) / diary.value.iter().sum::<f64>())
        .collect();
    let theta = scenario.parameters().spec.auction.theta;
    moments(&ratios).mean_is((1.0 - 1.0 / theta) / told)
}

pub(super) const GROWTH: Check = Check {
    name: "growth_under_lag",
    about: "monthly growth of a lone firm's cash in the engine when stores pay after 38 days, against the Euler–Lotka root",
    source: "Euler 1760, Lotka 1907: g = 1 - 1/w + (R/w) Σ p(k) g^-(k + lag)",
    run: || growth(38.0, 38.0),
};

pub(super) const FAST_GROWTH: Check = Check {
    name: "growth_without_lag",
    about: "the same when stores pay the next day",
    source: "Euler 1760, Lotka 1907",
    run: || growth(1.0, 1.0),
};

/// Target return of the growing firm: it earns `τ/(1 - 1/θ)` dollars for one.
const TARGET: f64 = 0.85;

/// Growth a month of a firm paid after `lag_days`, when theory is told `told_days`.
fn growth(lag_days: f64, told_days: f64) -> Answer {
    let sets = [
        format!("archetype.funded_paid.target_roas={TARGET}"),
        "archetype.funded_paid.start_cash_usd=1e5".into(),
        format!("cash.store_lag_days={lag_days}"),
    ];
    let Some((scenario, diaries)) = diaries(&sets) else { return Answer::none() };
    let rates: Vec<f64> = diaries
        .iter()
        .map(|diary| {
            let (first, last) = (diary.cash.get(FIRST_DAYS), diary.cash.last());
            let days = diary.cash.len() as f64 - 1.0 - FIRST_DAYS as f64;
            let growth = last.unwrap_or(&f64::NAN) / first.unwrap_or(&f64::NAN);
            growth.powf(30.0 / days)
        })
        .collect();
    moments(&rates).mean_is(euler_lotka(scenario.parameters(), told_days).powi(30))
}

/// Daily growth of a firm that spends a runway's part of its cash and is paid by `lag_days` after its users pay.
fn euler_lotka(p: &Parameters, lag_days: f64) -> f64 {
    let runway = p.spec.budget.runway_days;
    let earned = TARGET / (1.0 - 1.0 / p.spec.auction.theta);
    let lag = p.spec.cash.lag(lag_days);
    let next = |g: f64| {
        let paid: f64 = (0..N_STAGES - 1)
            .flat_map(|stage| (STAGE_STARTS[stage]..STAGE_STARTS[stage + 1]).map(move |age| (stage, age)))
            .map(|(stage, age)| p.payments[stage] * g.powi(-((age + lag) as i32)))
            .sum();
        1.0 - 1.0 / runway + earned / runway * paid
    };
    // What comes back falls with g: there is one root, and bisection finds it to the last bit.
    let (mut low, mut high) = (1.0 - 1.0 / runway, 2.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if next(middle) > middle { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_slows_growth_and_theory_knows_by_how_much() {
        let (slow, fast) = (growth(38.0, 38.0), growth(1.0, 1.0));
        assert!(slow.passed() && fast.passed(), "{slow:?} {fast:?}");
        assert!(slow.got > 1.0 && slow.got < 0.99 * fast.got, "{slow:?} {fast:?}");
        let told_wrong = growth(38.0, 35.0);
        assert!(!told_wrong.passed() && told_wrong.got.is_finite(), "{told_wrong:?}");
    }

    #[test]
    fn another_target_is_noticed() {
        let told_wrong = spend_over_value(1.25, 1.24);
        assert!(!told_wrong.passed() && told_wrong.got.is_finite(), "{told_wrong:?}");
    }
}
