//! The laws hold in every run: at any tick, over seeds, and far from the values for which the model was built.

#![allow(clippy::unwrap_used, reason = "a scenario that does not load should fail the test on the spot")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::common::{SEED, record, small, try_small_over};
use bidcast::engine::{LAW_NAMES, Record, simulate};
use bidcast::metrics::{METRICS, outcome};
use bidcast::scenario::Scenario;

/// Metrics that compare with a year before, which these short runs do not have.
const NEED_A_YEAR_BEFORE: [&str; 2] = ["downloads_growth", "iap_previous_year_usd"];
/// Runs that show what happens at once leave the warm-up out.
const AT_ONCE: &str = "run.start_date=2025-01-01";

/// The record of a replication, or what is wrong with it: a broken law, an outcome that is not finite, a panic.
fn check(scenario: &Scenario, replication: u64) -> Result<Record, String> {
    // Nothing is left half-changed by a panic: the simulation is made and dropped inside.
    let run = catch_unwind(AssertUnwindSafe(|| simulate(scenario, SEED, replication)));
    let record = run.map_err(|_| "panicked".to_owned())?.map_err(|violation| violation.to_string())?;
    if record.laws.total_violated() > 0 {
        return Err(format!("{} broken laws passed over", record.laws.total_violated()));
    }
    let outcome = outcome(replication, &record);
    for (m, metric) in METRICS.iter().enumerate() {
        let known = |row: &[f64], needed: bool| {
            if row[m].is_finite() || !needed { Ok(()) } else { Err(format!("{} is {}", metric.name, row[m])) }
        };
        for year in &outcome.yearly {
            known(year, !NEED_A_YEAR_BEFORE.contains(&metric.name))?;
        }
        for month in &outcome.monthly {
            known(month, metric.monthly)?;
        }
    }
    Ok(record)
}

/// Asserts that each law was looked at.
fn all_checked(record: &Record) {
    for (name, checked) in LAW_NAMES.iter().zip(record.laws.checked) {
        assert!(checked > 0, "never checked: {name}");
    }
}

#[test]
fn every_law_is_checked_and_none_is_broken() {
    let scenario = small(&[]);
    for replication in 0..6 {
        all_checked(&check(&scenario, replication).unwrap());
    }
}

#[test]
fn laws_hold_at_four_ticks_a_day() {
    let fine = check(&small(&["run.tick_minutes=360"]), 0).unwrap();
    all_checked(&fine);
    // Four times the batches: the law on prices was looked at about four times as often.
    let coarse = record(&small(&[]), 0);
    let ratio = fine.laws.checked[5] as f64 / coarse.laws.checked[5] as f64;
    assert!((3.5..4.5).contains(&ratio), "{ratio}");
}

/// Asserts that laws hold in each of the named markets; reports all in which they do not.
fn check_all(edges: &[(&str, &[&str])]) {
    let mut broken = Vec::new();
    for (what, sets) in edges {
        let sets: Vec<&str> = [AT_ONCE].iter().chain(*sets).copied().collect();
        if let Err(found) = check(&small(&sets), 0) {
            broken.push(format!("{what}: {found}"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn laws_hold_in_markets_without() {
    let wallets = "[1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000]";
    let payers = format!("wallet.payers_usd_per_month={wallets}");
    let advertisers = format!("wallet.advertisers_usd_per_month={wallets}");
    let nobody_at_first = [
        "archetype.funded_paid.start_apps=0",
        "archetype.funded_free.start_apps=0",
        "archetype.fringe_paid.start_apps=0",
        "archetype.fringe_free.start_apps=0",
        "archetype.hybrid.start_apps=0",
    ];
    let nobody_ever: Vec<&str> = nobody_at_first.iter().copied().chain(["entry.enabled=false"]).collect();
    check_all(&[
        ("nobody at first", &nobody_at_first),
        ("nobody ever", &nobody_ever),
        ("money to spend", &[&payers, &advertisers]),
        ("people", &["pool.start_share=0.0001", "pool.imitation_per_year=0", "pool.churn_per_year=20"]),
        (
            "cash or credit",
            &[
                "archetype.funded_paid.start_cash_usd=1",
                "archetype.funded_paid.credit_days=0",
                "funding.enabled=false",
            ],
        ),
        ("new titles", &["content.release_factor=0"]),
        (
            "any mechanism",
            &[
                "supply.season_enabled=false",
                "response.depletion_enabled=false",
                "learning.enabled=false",
                "pacing.enabled=false",
                "budget.enabled=false",
                "creatives.enabled=false",
                "fatigue.enabled=false",
                "content.enabled=false",
                "in_app_ads.enabled=false",
                "wallet.enabled=false",
                "organic.word_of_mouth_enabled=false",
                "organic.charts_enabled=false",
                "pool.enabled=false",
                "cash.lag_enabled=false",
                "funding.enabled=false",
                "entry.enabled=false",
                "exit.enabled=false",
                "dormancy.enabled=false",
            ],
        ),
    ]);
}

#[test]
fn laws_hold_at_the_ends_of_ranges() {
    check_all(&[
        ("noisiest match", &["auction.theta=2.1"]),
        ("sharpest match", &["auction.theta=20"]),
        ("high floors", &["auction.floor_share=2"]),
        (
            "one giant buys all",
            &[
                "archetype.platform_giant.start_apps=1",
                "archetype.platform_giant.payer_value_factor=20",
                "archetype.platform_giant.skill_mean=3",
                "auction.theta=10",
            ],
        ),
        (
            "everybody leaves",
            &["exit.hazard_per_month=1", "exit.half_hazard_usd_per_month=1e10", "exit.grace_days=0"],
        ),
        ("everybody pays", &["payers.payer_share=1"]),
        ("hardly anybody pays", &["payers.payer_share=0.001", "payers.spend_log_sd=3"]),
        ("fees take nearly all", &["cash.store_fee_share=0.9", "cash.web_fee_share=0.9"]),
        ("costs take nearly all", &["cash.operating_cost_share=0.9"]),
        (
            "all is sold on the web",
            &[
                "archetype.funded_paid.web_share=1",
                "archetype.fringe_paid.web_share=1",
                "archetype.hybrid.web_share=1",
            ],
        ),
        ("money comes late", &["cash.store_lag_days=127", "cash.ads_lag_days=127", "cash.web_lag_days=127"]),
        (
            "unlike firms",
            &[
                "archetype.funded_paid.conversion_skill_log_sd=3",
                "archetype.funded_paid.value_skill_log_sd=3",
            ],
        ),
        ("titles all alike", &["content.appeal_log_sd=0"]),
        ("titles unlike any", &["content.appeal_log_sd=3"]),
        ("weak beliefs about materials", &["creatives.prior_conversions=0.01"]),
        ("weak beliefs about rates", &["learning.prior_conversions=0.01", "learning.prior_installs=0.01"]),
        ("nothing observed", &["learning.unobserved_share=0.99"]),
        ("nothing but exploration", &["creatives.explore_share=1"]),
        ("one pass of pacing", &["pacing.passes=1"]),
        (
            "people leave at once",
            &["retention.day1_share=0.01", "retention.day7_share=0.005", "retention.day30_share=0.001"],
        ),
        (
            "people stay",
            &["retention.day1_share=0.99", "retention.day7_share=0.98", "retention.day30_share=0.97"],
        ),
        ("pacing by throttling", &["pacing.method=throttle"]),
        ("pacing by feedback", &["pacing.method=pid", "run.tick_minutes=720"]),
        (
            "violent feedback",
            &["pacing.method=pid", "pacing.pid_integral_gain=10", "pacing.pid_derivative_gain=10"],
        ),
        ("budgets from revenue", &["budget.rule=revenue_share", "budget.revenue_share=10"]),
        ("late reports", &["learning.report_delay_share=[0, 0, 0, 1]"]),
        ("no memory of materials", &["creatives.evidence_memory_per_day=0.1"]),
        (
            "a platform that keeps nearly all of its channel",
            &[
                "archetype.platform_giant.start_apps=3",
                "archetype.platform_giant.house_inventory_share=0.9",
                "archetype.media_giant.start_apps=2",
                "archetype.media_giant.house_channel=tiktok",
                "archetype.media_giant.house_inventory_share=0.09",
            ],
        ),
        ("leaders buy one another every day", &["consolidation.acquisitions_per_year=200"]),
        (
            "everybody lies dormant and is woken",
            &[
                "exit.hazard_per_month=1",
                "exit.half_hazard_usd_per_month=1e10",
                "dormancy.dormant_share=1",
                "dormancy.vanish_per_month=0.01",
                "dormancy.relaunch_per_month=1",
                "consolidation.acquisitions_per_year=100",
            ],
        ),
        ("word of mouth nearly spreads by itself", &["organic.installs_per_active_user_per_day=0.05"]),
    ]);
}

/// A parameter and the part of its range from which values are drawn.
struct Axis {
    path: &'static str,
    low: f64,
    high: f64,
}

const fn axis(path: &'static str, low: f64, high: f64) -> Axis {
    Axis { path, low, high }
}

/// Parameters of all mechanisms, over their whole ranges where that costs no time.
const AXES: &[Axis] = &[
    axis("auction.theta", 2.1, 20.0),
    axis("auction.floor_share", 0.0, 0.5),
    axis("supply.growth_per_year", -0.5, 2.0),
    axis("response.base_installs_per_mille", 0.001, 5.0),
    axis("response.depletion_exponent", 0.0, 3.0),
    axis("learning.prior_conversions", 0.01, 1000.0),
    axis("learning.entrant_prior_log_sd", 0.0, 3.0),
    axis("learning.unobserved_share", 0.0, 0.99),
    axis("learning.value_memory_per_day", 0.1, 1.0),
    axis("bidding.window_days", 1.0, 239.0),
    axis("bidding.organic_uplift_cap", 0.0, 10.0),
    axis("budget.gain", 0.0, 5.0),
    axis("budget.max_move_share", 0.0, 0.9),
    axis("budget.runway_days", 1.0, 365.0),
    axis("creatives.variation_exponent", 0.01, 1.0),
    axis("creatives.spend_log_sd", 0.1, 5.0),
    axis("creatives.explore_share", 0.0, 1.0),
    axis("creatives.prior_conversions", 0.01, 1000.0),
    axis("creatives.life_days", 0.1, 30.0),
    axis("fatigue.exponent", 0.0, 3.0),
    axis("content.appeal_log_sd", 0.0, 3.0),
    axis("content.copy_probability", 0.0, 1.0),
    axis("content.max_share_of_cash", 0.0, 1.0),
    axis("retention.active_days_per_month", 1.0, 30.0),
    axis("payers.payer_share", 0.001, 1.0),
    axis("payers.spend_log_sd", 0.1, 4.0),
    axis("payers.day0_share", 0.01, 1.0),
    axis("payers.age_slope", 0.0, 3.0),
    axis("wallet.payers_people_exponent", 0.0, 3.0),
    axis("organic.installs_per_active_user_per_day", 0.0, 0.05),
    axis("organic.chart_installs_share", 0.0, 5.0),
    axis("organic.chart_ranks", 1.0, 1000.0),
    axis("pool.start_share", 0.0001, 1.0),
    axis("pool.churn_per_year", 0.0, 20.0),
    axis("pool.multihoming_dispersion", 0.05, 100.0),
    axis("cash.store_lag_days", 1.0, 127.0),
    axis("cash.store_fee_share", 0.0, 0.9),
    axis("funding.round_months", 0.1, 36.0),
    axis("entry.margin_elasticity", 0.0, 5.0),
    axis("exit.hazard_per_month", 0.0, 1.0),
    axis("dormancy.dormant_share", 0.0, 1.0),
    axis("dormancy.relaunch_per_month", 0.0, 1.0),
    axis("consolidation.acquisitions_per_year", 0.0, 200.0),
    axis("archetype.platform_giant.house_inventory_share", 0.0, 0.9),
    axis("creatives.evidence_memory_per_day", 0.1, 1.0),
    axis("exit.minimal_campaign_usd_per_day", 0.0, 1_000_000.0),
    axis("archetype.funded_paid.target_roas", 0.2, 5.0),
    axis("archetype.funded_paid.start_cash_log_sd", 0.0, 4.0),
    axis("archetype.funded_paid.credit_days", 0.0, 365.0),
    axis("archetype.funded_free.ad_intensity", 0.0, 20.0),
    axis("archetype.fringe_paid.conversion_skill_log_sd", 0.0, 3.0),
];

/// One override: a parameter, and where in its range the value lies; ends as likely as the middle.
fn override_of_one() -> impl Strategy<Value = String> {
    let place = prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0, 0.0..=1.0];
    (0..AXES.len(), place).prop_map(|(k, u): (usize, f64)| {
        let Axis { path, low, high } = &AXES[k];
        // Ranges over orders of magnitude are walked in logs.
        let value = if *low > 0.0 { low * (high / low).powf(u) } else { low + (high - low) * u * u };
        format!("{path}={:?}", value.clamp(*low, *high))
    })
}

#[test]
fn laws_hold_for_any_parameters() {
    let config = Config {
        cases: 24,
        // A failure is cut down a little; each step is a simulation.
        max_shrink_iters: 100,
        rng_seed: RngSeed::Fixed(SEED),
        failure_persistence: None,
        ..Config::default()
    };
    proptest!(config, |(sets in prop::collection::vec(override_of_one(), 5..=15))| {
        let sets: Vec<&str> = [AT_ONCE].into_iter().chain(sets.iter().map(String::as_str)).collect();
        check(&try_small_over(&[], &sets).unwrap(), 0).map_err(TestCaseError::fail)?;
    });
}
