//! The same market told in other words: other money, other names, other borders. What is only words must not move it.
//!
//! An app without money that moves nobody is in `determinism.rs`.

#![allow(clippy::unwrap_used, reason = "a scenario that does not load should fail the test on the spot")]

use crate::common::{moments, outcomes, overrides, small, yearly};
use bidcast::metrics::{METRICS, Outcome, Unit};
use bidcast::scenario::{BASE, Layer, Overlay, Scenario, unit_of};
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
    const PAIRS: u64 = 6;
    let plain = small(&[NO_EXIT]);
    let sets = in_other_money(&plain, 2.0);
    assert!(sets.len() > 20, "{} parameters in money", sets.len());
    let words: Vec<&str> = [NO_EXIT].into_iter().chain(sets.iter().map(String::as_str)).collect();
    let (before, after) = (outcomes(&plain, PAIRS), outcomes(&small(&words), PAIRS));
    let mut problems = Vec::new();
    for (name, unit) in metrics() {
        let factor = if is_money(unit) { 2.0 } else { 1.0 };
        let values: Vec<f64> = before.iter().map(|o| yearly(o, name)).collect();
        let changes: Vec<f64> =
            after.iter().zip(&values).map(|(o, value)| yearly(o, name) / factor - value).collect();
        let ((mean, variance, _), (_, spread, _)) = (moments(&changes), moments(&values));
        // Half a micro-dollar is rounded at another place, which now and then tips a draw; what follows from that is
        // noise: without direction, and small against what seeds differ by.
        let noise = moments(&values).0.abs() * 1e-9;
        let error = (variance / PAIRS as f64).sqrt();
        println!(
            "{name:24} {:9.2e} of the mean, {:.3} of the seeds' sd",
            mean / values[0],
            (variance / spread).sqrt()
        );
        if mean.abs() > 4.0 * error + noise {
            problems.push(format!("{name}: moved by {mean} ± {error}"));
        }
        if variance.sqrt() > 0.5 * spread.sqrt() + noise {
            problems.push(format!(
                "{name}: changes of sd {}, seeds of sd {}",
                variance.sqrt(),
                spread.sqrt()
            ));
        }
    }
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
        println!("{name:24} {mean_a:12.5e} {mean_b:12.5e} z {z:5.2} error {:.4}", error / mean_a);
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

#[test]
fn names_of_archetypes_mean_nothing() {
    const EACH: u64 = 16;
    // Reversed in the alphabet, so that every app gets another place in all lists and other draws.
    let plain = small(&[]);
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
    let sets: Vec<String> = overrides().iter().map(|set| renamed(set)).collect();
    let overlays: Vec<Overlay<'_>> = sets.iter().map(|set| Overlay::Set(set)).collect();
    let other = Scenario::load_over(&base, &overlays).unwrap_or_else(|problems| panic!("{problems}"));
    let order = |scenario: &Scenario| -> Vec<f64> {
        scenario.parameters().archetypes.iter().map(|a| a.start_cash_usd).collect()
    };
    let reversed: Vec<f64> = order(&plain).into_iter().rev().collect();
    assert_eq!(order(&other), reversed, "the order of the archetypes is not reversed");
    assert_alike(&outcomes(&plain, EACH), &outcomes(&other, EACH), WHOLE);
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
