//! The same market told in other words: other money, other names, other borders. What is only words must not move it.
//!
//! An app without money that moves nobody is in `determinism.rs`.

#![allow(clippy::unwrap_used, reason = "a scenario that does not load should fail the test on the spot")]

use std::collections::BTreeMap;

use crate::common::{YEAR_2025, moments, outcomes, overrides, record, small, yearly};
use bidcast::metrics::{METRICS, Outcome, Unit};
use bidcast::scenario::{BASE, Layer, Overlay, Scenario, Spec, unit_of};
use toml::Value;

/// Random exits are off: a leader that leaves by lot in one of two otherwise equal markets would be read as an effect.
const NO_EXIT: &str = "exit.enabled=false";

/// Metrics of the reported year that every run has.
fn metrics() -> impl Iterator<Item = (&'static str, Unit)> {
    // These two look back to a year that is not simulated.
    let no_year_before = |name: &str| name != "downloads_growth" && name != "iap_previous_year_usd";
    METRICS.iter().map(|metric| (metric.name, metric.unit)).filter(move |(name, _)| no_year_before(name))
}

fn is_money(unit: Unit) -> bool {
    matches!(unit, Unit::Usd | Unit::UsdPerInstall | Unit::UsdPerMille)
}

/// A value with all its numbers multiplied.
fn times(value: &Value, factor: f64) -> Value {
    match value {
        Value::Float(x) => Value::Float(x * factor),
        Value::Array(elements) => Value::Array(elements.iter().map(|x| times(x, factor)).collect()),
        other => other.clone(),
    }
}

/// Overrides that make every dollar of a scenario `factor` dollars.
fn in_other_money(scenario: &Scenario, factor: f64) -> Vec<String> {
    let exponent = scenario.parameters().spec.creatives.spend_exponent;
    scenario
        .registry()
        .iter()
        .filter_map(|p| {
            let factor = if unit_of(&p.path).contains("USD") {
                factor
            } else if p.key().ends_with("_at_1_usd") {
                // A level at one dollar of a power law: the law keeps its course, the dollar does not.
                factor.powf(-exponent)
            } else {
                return None;
            };
            Some(format!("{}={}", p.path, times(&p.value, factor)))
        })
        .collect()
}

#[test]
fn twice_the_money_is_twice_the_money_and_nothing_else() {
    const PAIRS: u64 = 8;
    let plain = small(&[NO_EXIT]);
    let sets = in_other_money(&plain, 2.0);
    assert!(sets.len() > 20, "{} parameters in money", sets.len());
    let words: Vec<&str> = [NO_EXIT].into_iter().chain(sets.iter().map(String::as_str)).collect();
    let doubled = small(&words);
    // Half a micro-dollar is rounded at another place, which now and then tips a draw, and what follows from a draw
    // grows. In the first month it is still nothing; a parameter forgotten here or a dollar in the code would show.
    let (one, two) = (&record(&plain, 0).months[0], &record(&doubled, 0).months[0]);
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-3;
    assert!(
        near(two.ad_spend.to_f64(), 2.0 * one.ad_spend.to_f64()),
        "{:?} {:?}",
        one.ad_spend,
        two.ad_spend
    );
    assert!(near(two.iap.to_f64(), 2.0 * one.iap.to_f64()), "{:?} {:?}", one.iap, two.iap);
    assert!(near(two.content.to_f64(), 2.0 * one.content.to_f64()), "{:?} {:?}", one.content, two.content);
    assert!(near(two.paid_installs as f64, one.paid_installs as f64));
    // Over a year it is noise: without direction, and mostly small against what seeds differ by.
    let (before, after) = (outcomes(&plain, PAIRS), outcomes(&doubled, PAIRS));
    let (mut problems, mut of_seeds) = (Vec::new(), Vec::new());
    for (name, unit) in metrics() {
        let factor = if is_money(unit) { 2.0 } else { 1.0 };
        let values: Vec<f64> = before.iter().map(|o| yearly(o, name)).collect();
        let changes: Vec<f64> =
            after.iter().zip(&values).map(|(o, value)| yearly(o, name) / factor - value).collect();
        let ((change, variance, _), (mean, spread, _)) = (moments(&changes), moments(&values));
        let error = (variance / PAIRS as f64).sqrt();
        if !(change.abs() <= 4.0 * error + 1e-9 * mean.abs()) {
            problems.push(format!("{name}: moved by {change} ± {error} from {mean}"));
        }
        if let Some((_, visible)) = WHOLE.iter().find(|(whole, _)| *whole == name)
            && !(4.0 * error < visible * mean)
        {
            problems.push(format!("{name}: an error of {error} at {mean} would let anything pass"));
        }
        if spread > 0.0 {
            of_seeds.push((variance / spread).sqrt());
        }
    }
    of_seeds.sort_by(f64::total_cmp);
    let median = of_seeds[of_seeds.len() / 2];
    assert!(median < 0.5, "changes are {median} of the seeds' standard deviation");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Metrics of two markets that do not share their draws, compared in distribution: |z| below 4, and errors small enough
/// that a change of `visible` would be seen.
fn assert_alike(a: &[Outcome], b: &[Outcome], names: &[(&str, f64)]) {
    let mut problems = Vec::new();
    for (name, visible) in names {
        let of = |all: &[Outcome]| moments(&all.iter().map(|o| yearly(o, name)).collect::<Vec<_>>());
        let ((mean_a, var_a, _), (mean_b, var_b, _)) = (of(a), of(b));
        let error = (var_a / a.len() as f64 + var_b / b.len() as f64).sqrt();
        let z = (mean_b - mean_a) / error;
        if !(z.abs() < 4.0) {
            problems.push(format!("{name}: {mean_a} against {mean_b}, z {z}"));
        }
        if !(4.0 * error < visible * mean_a) {
            problems.push(format!("{name}: an error of {error} at {mean_a} would let anything pass"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Outcomes that show a change of the whole market, with the relative change that the tests would see.
const WHOLE: &[(&str, f64)] = &[
    ("market_total_usd", 0.25),
    ("ad_spend_usd", 0.25),
    ("downloads", 0.25),
    ("mau_end", 0.25),
    ("cr20", 0.1),
];

/// The small market with further overrides, and the same one under names of archetypes that reverse their order.
fn under_two_namings(sets: &[&str]) -> [Scenario; 2] {
    let plain = small(sets);
    let kinds: Vec<&str> = plain.parameters().spec.archetype.keys().map(String::as_str).collect();
    let renamed = |text: &str| {
        kinds.iter().zip((b'a'..=b'z').rev()).fold(text.to_owned(), |text, (kind, letter)| {
            let new = format!("archetype.{}_{kind}", char::from(letter));
            [']', '.'].iter().fold(text, |text, after| {
                text.replace(&format!("archetype.{kind}{after}"), &format!("{new}{after}"))
            })
        })
    };
    let base = Layer::new("renamed base", renamed(BASE));
    let all =
        YEAR_2025.iter().copied().chain(overrides().iter().map(String::as_str)).chain(sets.iter().copied());
    let all: Vec<String> = all.map(&renamed).collect();
    let overlays: Vec<Overlay<'_>> = all.iter().map(|set| Overlay::Set(set)).collect();
    let other = Scenario::load_over(&base, &overlays).unwrap_or_else(|problems| panic!("{problems}"));
    // The same in all but the names: else a difference of the two markets would say nothing of names.
    let (p, q) = (plain.parameters(), other.parameters());
    let reversed: Vec<_> = q.archetypes.iter().rev().cloned().collect();
    assert_eq!(p.archetypes, reversed, "the order of the archetypes is not reversed");
    assert_ne!(p.archetypes, q.archetypes);
    let unnamed = |spec: &Spec| Spec { archetype: BTreeMap::new(), ..spec.clone() };
    assert!(unnamed(&p.spec) == unnamed(&q.spec), "more than names differs");
    [plain, other]
}

#[test]
fn names_of_archetypes_mean_nothing() {
    const EACH: u64 = 24;
    // Every app gets another place in all lists and other draws.
    let [plain, other] = under_two_namings(&[]);
    assert_alike(&outcomes(&plain, EACH), &outcomes(&other, EACH), WHOLE);
}

#[test]
fn names_of_archetypes_mean_nothing_to_giants() {
    const EACH: u64 = 20;
    // Kinds that enter on a date, and two that share a channel with those who buy there: their place in the list of kinds
    // must not decide who is shown.
    let giants = [
        "archetype.platform_giant.scheduled_apps=2",
        "archetype.platform_giant.scheduled_date=2025-02-01",
        "archetype.platform_giant.house_inventory_share=0.2",
        "archetype.media_giant.scheduled_apps=2",
        "archetype.media_giant.scheduled_date=2025-03-01",
        "archetype.media_giant.house_channel=tiktok",
        "archetype.media_giant.house_inventory_share=0.1",
    ];
    let [plain, other] = under_two_namings(&giants);
    let names = [WHOLE, &[("house_share", 0.25), ("content_spend_usd", 0.25)]].concat();
    assert_alike(&outcomes(&plain, EACH), &outcomes(&other, EACH), &names);
}

#[test]
fn two_half_regions_are_one_region() {
    const EACH: u64 = 16;
    let plain = small(&[]);
    let spec = &plain.parameters().spec;
    // The first region, whole or in halves, and next to nothing elsewhere; every app is everywhere. Beliefs are held by
    // region and would be twice as well founded in the whole: apps know their rates. So is a title's fit.
    let in_regions = |shares: [f64; 2], key: &str, of_first: f64, least: f64| {
        let mut values = vec![least; spec.regions.names.len()];
        for (value, share) in values.iter_mut().zip(shares) {
            *value = if share > 0.0 { of_first * share } else { least };
        }
        format!("{key}={values:?}")
    };
    let alike = |key: &str, values: &[f64]| format!("{key}={:?}", vec![values[0]; values.len()]);
    let market = |shares: [f64; 2]| {
        let mut sets = vec![
            NO_EXIT.to_owned(),
            "learning.enabled=false".to_owned(),
            "content.fit_log_sd=0".to_owned(),
            in_regions(shares, "supply.addressable_impressions_per_day", 3e8, 0.0),
            in_regions(shares, "wallet.payers_usd_per_month", 2e7, 1e3),
            in_regions(shares, "wallet.advertisers_usd_per_month", 6e6, 1e3),
            in_regions(shares, "pool.reachable_people", 4e7, 1e4),
            alike("supply.cpm_usd_per_mille", &spec.supply.cpm_usd_per_mille),
            alike("payers.value_usd_per_install", &spec.payers.value_usd_per_install),
            alike("in_app_ads.arpdau_usd_per_day", &spec.in_app_ads.arpdau_usd_per_day),
        ];
        sets.extend(spec.archetype.keys().map(|kind| format!("archetype.{kind}.regions=8")));
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        outcomes(&small(&sets), EACH)
    };
    assert_alike(&market([1.0, 0.0]), &market([0.5, 0.5]), WHOLE);
}
