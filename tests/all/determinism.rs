//! The same question has the same answer: for any number of threads, any order, and whoever else is in the market without
//! money.

#![allow(clippy::unwrap_used, reason = "a run that fails should fail the test on the spot")]

use crate::common::{SEED, record, small};
use bidcast::engine::{MonthRecord, simulate};
use bidcast::experiment::{Ensemble, Plan, Silent, Watch, ensemble, replicate, summarise};
use bidcast::market::apps::NewApp;
use bidcast::rng::Streams;
use bidcast::scenario::Scenario;
use bidcast::scenario::population::{self, Origin};
use bidcast::stats::SizeHistogram;
use bidcast::store::{monthly_csv, summary_csv, summary_json};
use bidcast::units::Usd;

fn run(scenario: &Scenario, seed: u64, jobs: usize, watch: &dyn Watch) -> (Plan, Ensemble) {
    let plan = Plan { seed, replications: 5, jobs };
    (plan, ensemble(scenario, &plan, watch).unwrap())
}

/// What is written to disk.
fn bytes(scenario: &Scenario, plan: &Plan, ensemble: &Ensemble) -> [Vec<u8>; 3] {
    let summary = summarise(scenario, plan, ensemble);
    [summary_json(&summary).unwrap(), summary_csv(&summary).unwrap(), monthly_csv(&summary).unwrap()]
}

#[test]
fn files_are_the_same_for_any_number_of_threads() {
    let scenario = small(&[]);
    let (plan, alone) = run(&scenario, SEED, 1, &Silent);
    let expected = bytes(&scenario, &plan, &alone);
    for jobs in [2, 3] {
        let (plan, together) = run(&scenario, SEED, jobs, &Silent);
        assert!(!together.interrupted);
        assert_eq!(bytes(&scenario, &plan, &together), expected, "{jobs} threads");
    }
}

#[test]
fn a_replication_alone_is_the_one_of_the_ensemble() {
    let scenario = small(&[]);
    let (_, all) = run(&scenario, SEED, 2, &Silent);
    // Backwards: order of work must not show either.
    for (k, outcome) in all.outcomes.iter().enumerate().rev() {
        let alone = replicate(&scenario, SEED, k as u64).unwrap();
        // Compared as text: metrics that need a year before are NaN here, which differs from itself.
        assert_eq!(format!("{alone:?}"), format!("{outcome:?}"), "replication {k}");
    }
}

#[test]
fn the_same_seed_repeats_and_another_seed_or_replication_differs() {
    let scenario = small(&[]);
    let first = simulate(&scenario, SEED, 0).unwrap();
    assert_eq!(first, simulate(&scenario, SEED, 0).unwrap());
    // Another object made from the same text is the same scenario.
    assert_eq!(first, simulate(&small(&[]), SEED, 0).unwrap());
    for (seed, replication) in [(SEED + 1, 0), (SEED, 1)] {
        let other = simulate(&scenario, seed, replication).unwrap();
        for (a, b) in first.months.iter().zip(&other.months) {
            assert_ne!(a.impressions, b.impressions, "seed {seed}, replication {replication}, {}", a.month);
        }
    }
    // A seed and a replication are different addresses, not a sum.
    assert_ne!(
        simulate(&scenario, SEED + 1, 0).unwrap().months,
        simulate(&scenario, SEED, 1).unwrap().months
    );
}

#[test]
fn what_is_not_run_does_not_matter() {
    // How many replications are planned and what they are called leaves no trace in the market.
    let plain = record(&small(&[]), 2);
    assert_eq!(plain, record(&small(&["run.seed=1", "run.quick_replications=3"]), 2));
}

/// An app like those of the start population, without money.
fn penniless(scenario: &Scenario, archetype: &str) -> NewApp {
    let parameters = scenario.parameters();
    let kind = parameters.spec.archetype.keys().position(|name| name == archetype).unwrap();
    // A number that no app of the start population has.
    let key = population::key(Origin::Start, kind, 1_000_000);
    let app = population::draw(parameters, &Streams::new(SEED, 0), key, kind, parameters.start_day);
    NewApp { cash: Usd::ZERO, budget_usd: 0.0, ..app }
}

/// A month without what an idle app itself adds to it: its materials, its leaving, its sleep in the stores and its waking.
/// Apps above `extra` moved up one place.
fn of_the_others(month: &MonthRecord, extra: Option<u32>) -> MonthRecord {
    let mut month = MonthRecord {
        materials: 0,
        retired_materials: 0,
        retired_material_days: 0.0,
        material_spend: SizeHistogram::default(),
        exits: 0,
        relaunches: 0,
        dormant: 0,
        ..month.clone()
    };
    if let Some(extra) = extra {
        for (app, _) in &mut month.iap_by_app {
            assert_ne!(*app, extra, "an app without money sells nothing");
            *app -= u32::from(*app > extra);
        }
    }
    month
}

#[test]
fn an_app_without_money_changes_nothing_for_the_others() {
    // With exits the app leaves after its first month; without, it stays to the end.
    for sets in [&[][..], &["exit.enabled=false"][..]] {
        for archetype in ["funded_paid", "fringe_free"] {
            let scenario = small(sets);
            let n_start: f64 = scenario.parameters().archetypes.iter().map(|a| a.start_apps.round()).sum();
            let extra = scenario.clone().with_extra_app(penniless(&scenario, archetype));
            let (without, with) = (record(&scenario, 0), record(&extra, 0));
            assert_eq!(without.months.len(), with.months.len());
            for (a, b) in without.months.iter().zip(&with.months) {
                assert_eq!(
                    of_the_others(a, None),
                    of_the_others(b, Some(n_start as u32)),
                    "{} with an extra {archetype}, {sets:?}",
                    a.month
                );
                // What is left out above differs by what one app can do.
                for (a, b) in [(a.exits, b.exits), (a.relaunches, b.relaunches), (a.dormant, b.dormant)] {
                    assert!(b == a || b == a + 1, "{b} after {a}");
                }
            }
        }
    }
}
