//! Shocks are parameter paths: they change what they say, from the day they say, and nothing before it.

#![allow(clippy::unwrap_used, reason = "a scenario that does not load should fail the test on the spot")]

use crate::common::{record, small, small_over, try_small_over};
use bidcast::diagnostic::Diagnostic;
use bidcast::engine::{MonthRecord, Record};
use bidcast::scenario::{Layer, Parameters, Scenario};
use bidcast::units::Date;

/// Days of a shock in the small market.
fn day(text: &str) -> i64 {
    text.parse::<Date>().unwrap().to_day()
}

/// A layer with one shock of the given lines besides its name and reasons.
fn shock(lines: &str) -> Layer {
    let text = format!(
        "[[shock]]\nname = \"the shock\"\nwhy = \"to see what it does\"\nbasis = \"J\"\nsource = \"none\"\n{lines}\n"
    );
    Layer::new("shock.toml", text)
}

fn shocked(lines: &str) -> Scenario {
    small_over(&[&shock(lines)], &[])
}

/// The only problem of a scenario with this shock.
fn problem(lines: &str) -> Diagnostic {
    let problems = try_small_over(&[&shock(lines)], &[]).unwrap_err();
    assert_eq!(problems.0.len(), 1, "{problems}");
    problems.0[0].clone()
}

/// Asserts that two records are the same in every month before `month` (`2025-07`) and differ from it on; gives what comes
/// from it on.
fn split<'a>(base: &'a Record, other: &'a Record, month: &str) -> (&'a [MonthRecord], &'a [MonthRecord]) {
    let at = base.months.iter().position(|m| m.month.to_string() == month).unwrap();
    assert_eq!(base.months[..at], other.months[..at], "the same before {month}");
    assert_ne!(base.months[at], other.months[at], "different from {month} on");
    (&base.months[at..], &other.months[at..])
}

fn total(months: &[MonthRecord], of: impl Fn(&MonthRecord) -> f64) -> f64 {
    months.iter().map(of).sum()
}

const FEE: &str = "parameter = \"cash.store_fee_share\"\ndate = \"2025-07-01\"\nramp_days = 60\nvalue = 0.10";
const US_SHUT: &str = "parameter = \"supply.addressable_impressions_per_day\"\ndate = \"2025-04-01\"\nvalue = 1000\nonly = [\"us\"]";
const NO_DEPLETION: &str = "parameter = \"response.depletion_exponent\"\ndate = \"2025-04-01\"\nend_date = \"2025-06-30\"\nvalue = 0.0";

#[test]
fn a_ramp_is_a_list_of_changes_in_a_line() {
    let scenario = shocked(FEE);
    let base = scenario.parameters().spec.cash.store_fee_share;
    let changes = scenario.changes();
    assert_eq!(changes.len(), 13, "the first day and twelve steps");
    for (step, change) in changes.iter().enumerate() {
        assert_eq!(change.day, day("2025-07-01") + 5 * step as i64);
        let expected = base + (0.10 - base) * step as f64 / 12.0;
        let fee = change.parameters.spec.cash.store_fee_share;
        assert!((fee - expected).abs() < 1e-12, "step {step}: {fee}, expected {expected}");
    }
    // Nothing but the fee changes.
    let mut spec = changes[12].parameters.spec.clone();
    spec.cash.store_fee_share = base;
    assert_eq!(spec, scenario.parameters().spec);
}

#[test]
fn a_shock_to_one_region_leaves_the_others() {
    let scenario = shocked(US_SHUT);
    let [change] = scenario.changes() else { panic!("one change, found {}", scenario.changes().len()) };
    assert_eq!(change.day, day("2025-04-01"));
    let supply = |p: &Parameters| p.spec.supply.addressable_impressions_per_day.clone();
    let (before, after) = (supply(scenario.parameters()), supply(&change.parameters));
    assert_eq!(scenario.parameters().spec.regions.names[0], "us");
    assert!(before[0] > 1e7 && (after[0] - 1000.0).abs() < 1e-9);
    assert_eq!(before[1..], after[1..]);
}

#[test]
fn a_shock_that_ends_leaves_the_parameters_as_they_were() {
    let scenario = shocked(NO_DEPLETION);
    let [start, end] = scenario.changes() else { panic!("two changes, found {}", scenario.changes().len()) };
    assert_eq!((start.day, end.day), (day("2025-04-01"), day("2025-07-01")));
    assert!(start.parameters.spec.response.depletion_exponent.abs() < 1e-300);
    assert_eq!(&end.parameters, scenario.parameters());
}

#[test]
fn overlapping_shocks_act_together() {
    // Two factors on one parameter, one of them for a while: each day has the product of those in force.
    let text = "parameter = \"supply.cpm_usd_per_mille\"\ndate = \"2025-03-01\"\nfactor = 2.0\n\
                [[shock]]\nname = \"second\"\nwhy = \"w\"\nbasis = \"J\"\nsource = \"s\"\n\
                parameter = \"supply.cpm_usd_per_mille\"\ndate = \"2025-05-01\"\nend_date = \"2025-05-31\"\nfactor = 1.5\nonly = [\"sea\"]";
    let scenario = shocked(text);
    assert_eq!(scenario.shocks().len(), 2);
    let sea = scenario.parameters().spec.regions.names.iter().position(|name| name == "sea").unwrap();
    let base = &scenario.parameters().spec.supply.cpm_usd_per_mille;
    let found: Vec<(i64, f64, f64)> = scenario
        .changes()
        .iter()
        .map(|change| {
            let cpm = &change.parameters.spec.supply.cpm_usd_per_mille;
            (change.day, cpm[0] / base[0], cpm[sea] / base[sea])
        })
        .collect();
    let expected =
        [(day("2025-03-01"), 2.0, 2.0), (day("2025-05-01"), 2.0, 3.0), (day("2025-06-01"), 2.0, 2.0)];
    for (f, e) in found.iter().zip(&expected) {
        assert!(
            f.0 == e.0 && (f.1 - e.1).abs() < 1e-12 && (f.2 - e.2).abs() < 1e-12,
            "{f:?}, expected {e:?}"
        );
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn the_market_is_untouched_before_and_moves_as_it_should_after() {
    let base = small(&[]);
    for replication in 0..2 {
        let before = record(&base, replication);
        // What stores no longer keep makes an install worth more: apps bid more for it.
        let lower_fee = record(&shocked(FEE), replication);
        let (a, b) = split(&before, &lower_fee, "2025-07");
        let spend = |m: &MonthRecord| m.ad_spend.to_f64();
        let (without, with) = (total(&a[2..], spend), total(&b[2..], spend));
        assert!(with > 1.1 * without, "replication {replication}: ad spend {without} to {with}");

        // Without the largest market the apps sell less in it, and spend less.
        let shut = record(&shocked(US_SHUT), replication);
        let (a, b) = split(&before, &shut, "2025-04");
        let market = |m: &MonthRecord| (m.iap + m.web + m.iaa).to_f64();
        let (without, with) = (total(a, market), total(b, market));
        assert!(with < 0.9 * without, "replication {replication}: market {without} to {with}");
        assert!(total(b, spend) < 0.9 * total(a, spend), "replication {replication}: ad spend");

        // People who have the apps install as readily as others, for three months.
        let eager = record(&shocked(NO_DEPLETION), replication);
        let (a, b) = split(&before, &eager, "2025-04");
        let installs = |m: &MonthRecord| (m.paid_installs + m.organic_installs) as f64;
        let (without, with) = (total(&a[..3], installs), total(&b[..3], installs));
        assert!(with > 1.1 * without, "replication {replication}: installs {without} to {with}");
    }
}

#[test]
fn a_shock_before_the_start_is_the_same_as_the_value() {
    let early = shocked("parameter = \"cash.store_fee_share\"\ndate = \"2020-01-01\"\nvalue = 0.10");
    assert_eq!(record(&early, 0).months, record(&small(&["cash.store_fee_share=0.10"]), 0).months);
}

#[test]
fn a_shock_that_changes_nothing_changes_nothing() {
    // The set of parameters is swapped for an equal one, through the same events as any other shock.
    let idle = shocked("parameter = \"cash.store_fee_share\"\ndate = \"2025-07-01\"\nfactor = 1.0");
    assert_eq!(idle.changes().len(), 1);
    assert_eq!(record(&idle, 0).months, record(&small(&[]), 0).months);
}

#[test]
fn what_cannot_be_shocked_is_refused_with_its_place() {
    let line = |d: &Diagnostic| d.place.as_ref().map(|place| (place.source.clone(), place.line));
    let at = |line: usize| Some(("shock.toml".to_owned(), line));

    let unknown = problem("parameter = \"cash.store_fe_share\"\ndate = \"2025-07-01\"\nvalue = 0.1");
    assert!(unknown.message.contains("there is no parameter `cash.store_fe_share`"), "{unknown}");
    assert_eq!(unknown.hints, ["did you mean `cash.store_fee_share`?"]);
    assert_eq!(line(&unknown), at(6));

    let run = problem("parameter = \"run.tick_minutes\"\ndate = \"2025-07-01\"\nvalue = 60");
    assert!(run.message.contains("belongs to the run"), "{run}");
    assert_eq!(line(&run), at(6));

    let missing = problem("parameter = \"cash.store_fee_share\"\nvalue = 0.1");
    assert!(missing.message.contains("missing field `date`"), "{missing}");
    assert_eq!(line(&missing), at(1));

    let both =
        problem("parameter = \"cash.store_fee_share\"\ndate = \"2025-07-01\"\nvalue = 0.1\nfactor = 0.5");
    assert!(both.message.contains("exactly one of `factor` and `value`"), "{both}");
    assert_eq!(line(&both), at(9));

    let date = problem("parameter = \"cash.store_fee_share\"\ndate = \"July\"\nvalue = 0.1");
    assert_eq!(line(&date), at(7));
    assert_eq!(date.hints, ["write YYYY-MM-DD"]);

    let ends = problem(
        "parameter = \"cash.store_fee_share\"\ndate = \"2025-07-01\"\nend_date = \"2025-06-01\"\nvalue = 0.1",
    );
    assert!(ends.message.contains("ends before it starts"), "{ends}");
    assert_eq!(line(&ends), at(8));

    let nowhere = problem(
        "parameter = \"supply.cpm_usd_per_mille\"\ndate = \"2025-07-01\"\nfactor = 2.0\nonly = [\"atlantis\"]",
    );
    assert!(nowhere.message.contains("has no element `atlantis`"), "{nowhere}");
    assert_eq!(line(&nowhere), at(9));

    // A channel is no element of what goes by region, and a single number has none.
    let channel = problem(
        "parameter = \"supply.cpm_usd_per_mille\"\ndate = \"2025-07-01\"\nfactor = 2.0\nonly = [\"web\"]",
    );
    assert!(channel.hints.iter().any(|hint| hint.contains("south_asia")), "{channel}");
    let single =
        problem("parameter = \"cash.store_fee_share\"\ndate = \"2025-07-01\"\nvalue = 0.1\nonly = [\"us\"]");
    assert!(single.hints.iter().any(|hint| hint.contains("single number")), "{single}");

    let switch = problem("parameter = \"wallet.enabled\"\ndate = \"2025-07-01\"\nvalue = 0");
    assert!(switch.message.contains("not a number"), "{switch}");
}

#[test]
fn a_shock_out_of_range_is_refused_before_the_run() {
    for (lines, becomes) in [
        ("parameter = \"cash.store_fee_share\"\ndate = \"2025-07-01\"\nvalue = 1.5", "1.5"),
        (
            "parameter = \"cash.store_fee_share\"\ndate = \"2025-07-01\"\nramp_days = 30\nfactor = 5.0",
            "outside 0..0.9",
        ),
    ] {
        let found = problem(lines);
        assert!(found.message.contains("the shock"), "{found}");
        assert!(found.message.contains(becomes), "{found}");
        assert_eq!(found.key.as_deref(), lines.split('"').nth(1));
        assert!(!found.hints.is_empty());
        assert!(found.place.is_some_and(|place| place.line == 6));
    }
    // Valid alone, not together: retention would rise with age.
    let crossed = problem("parameter = \"retention.day7_share\"\ndate = \"2025-07-01\"\nvalue = 0.5");
    assert!(crossed.message.contains("retention must fall"), "{crossed}");
}

#[test]
fn all_bad_shocks_are_reported_at_once() {
    let text = "parameter = \"cash.store_fe\"\ndate = \"2025-07-01\"\nvalue = 0.1\n\
                [[shock]]\nname = \"second\"\nwhy = \"w\"\nbasis = \"J\"\nsource = \"s\"\n\
                parameter = \"cash.store_fee_share\"\ndate = \"soon\"\nvalue = 0.1";
    let problems = try_small_over(&[&shock(text)], &[]).unwrap_err();
    assert_eq!(problems.0.len(), 2, "{problems}");
}
