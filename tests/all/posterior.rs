//! The posterior that comes with the program, what the model leaves out, and the backtest, as a user meets them.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::fs;

use bidcast::scenario::{Beliefs, Scenario};
use bidcast::store::{Manifest, Posterior};
use serde_json::Value;

use crate::cli::{call, text};
use crate::seek::tiny;

#[test]
fn the_shipped_posterior_is_of_the_shipped_base_and_beliefs() {
    let shipped = Posterior::shipped().unwrap();
    let base = Scenario::load(&[]).unwrap();
    let beliefs = Beliefs::read(None, &base).unwrap();
    let names = |of: &[String]| of.join(" ");
    let fitted: Vec<String> = shipped.manifest.parameters.iter().map(|found| found.name.clone()).collect();
    let believed: Vec<String> = beliefs.priors.priors.iter().map(|prior| prior.name.clone()).collect();
    assert_eq!(names(&fitted), names(&believed), "make it anew: `just posterior`");
    for (at, prior) in beliefs.priors.priors.iter().enumerate() {
        let (low, high) = (prior.distribution.quantile(0.0), prior.distribution.quantile(1.0));
        // Six digits are kept.
        let inside = |x: f64| x >= low - 1e-5 * low.abs() && x <= high + 1e-5 * high.abs();
        assert!(shipped.draws.iter().all(|draw| inside(draw[at])), "{} left its prior", prior.name);
    }
    assert!((900..=1_100).contains(&shipped.draws.len()), "{} draws", shipped.draws.len());
    // What it was fitted to is told by a dry run of the same calibration on the same market.
    let folder = tiny();
    let output = call(folder.path(), &["calibrate", "-q", "--max-time", "1s", "-o", "begun", "--no-cache"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let study: Value =
        serde_json::from_slice(&fs::read(folder.path().join("begun/study.json")).unwrap()).unwrap();
    let resolved = fs::read_to_string(folder.path().join("begun/config.resolved.toml")).unwrap();
    assert_eq!(
        Manifest::config_hash(&resolved),
        shipped.manifest.config_sha256,
        "make it anew: `just posterior`"
    );
    let beliefs = study.to_string();
    assert!(beliefs.contains(&shipped.manifest.beliefs_sha256), "other priors or targets: `just posterior`");
}

#[test]
fn in_a_market_of_ones_own_one_point_is_taken_and_said() {
    let folder = tiny();
    let at = folder.path();
    let output = call(at, &["forecast", "-c", "tiny.toml", "-n", "2", "--no-cache", "-o", "own"]);
    let (page, said) = (text(&output.stdout), text(&output.stderr));
    assert!(said.contains("parameters are at one point") && said.contains("--params posterior"), "{said}");
    assert!(page.contains("2 replications") && page.contains("chance only"), "{page}");
}

/// Summary of a forecast of the tiny market.
fn summary(folder: &std::path::Path, more: &[&str]) -> Value {
    let common = ["forecast", "-q", "-c", "tiny.toml", "--cache", "cache", "--format", "json"];
    let output = call(folder, &[&common[..], more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_str(&text(&output.stdout)).unwrap()
}

#[test]
fn what_the_model_leaves_out_widens_a_forecast_and_a_switch_shows_it_without() {
    let folder = tiny();
    let at = folder.path();
    let drawn = ["--params", "posterior", "-n", "16", "--prob", "market_total_usd_2025 > 1e6"];
    let with = summary(at, &[&drawn[..], &["-o", "with"]].concat());
    let without = summary(at, &[&drawn[..], &["-o", "without", "--no-discrepancy"]].concat());
    let of = |summary: &Value, metric: &str, key: &str| {
        let found = &summary["metrics"][metric]["2025"][key];
        found.as_f64().unwrap_or_else(|| panic!("{metric} has no {key}"))
    };
    assert!((of(&with, "market_total_usd", "p50") - of(&without, "market_total_usd", "p50")).abs() > 1.0);
    assert_eq!(of(&with, "spend_share", "p50").to_bits(), of(&without, "spend_share", "p50").to_bits());
    // Parts still make the whole: the mean of the sum is the sum of the means.
    let sum: f64 = ["iap_usd", "iaa_usd", "web_usd"].iter().map(|part| of(&with, part, "mean")).sum();
    assert!((sum / of(&with, "market_total_usd", "mean") - 1.0).abs() < 1e-9);
    let split = |summary: &Value| summary["split"]["market_total_usd"]["2025"]["model"].as_f64().unwrap();
    assert!(split(&with).abs() > 0.0 && split(&without).abs() < 1e-12);
    assert!(with["uncertainty"].as_str().unwrap().contains("and what the model leaves out."));
    assert!(without["uncertainty"].as_str().unwrap().contains("is not in them"));
    // One point says nothing of the world, so there is nothing to add to.
    let point = summary(at, &["--params", "point", "-n", "2", "-o", "point"]);
    assert!(point["posterior"].is_null() && point["uncertainty"].as_str().unwrap().contains("chance only"));
    assert_eq!(with["posterior"]["name"], "shipped");
    let page = call(at, &["resume", "with", "-q"]);
    let page = text(&page.stdout);
    for told in ["left out", "gates: prior predictive", "are driven by their prior", "posterior shipped"] {
        assert!(page.contains(told), "{told} is not in\n{page}");
    }
}

/// Priors of two parameters, and the figures of the tiny market in both halves of its year as targets.
const BACKTEST: &str = r#"
alone = true

[[prior]]
name = "value"
parameters = ["payers.value_usd_per_install*"]
dist = "uniform"
min = 0.7
max = 1.4
basis = "J"
source = "test"

[[prior]]
name = "life"
parameters = ["creatives.life_days"]
dist = "uniform"
min = 3.0
max = 9.0
basis = "J"
source = "test"
"#;

#[test]
fn a_backtest_sees_the_first_half_only_and_scores_the_second() {
    let folder = tiny();
    let at = folder.path();
    let truth = summary(at, &["--params", "point", "-n", "8", "-o", "truth"]);
    let value = |metric: &str| truth["metrics"][metric]["2025"]["p50"].as_f64().unwrap();
    let mut written = BACKTEST.to_owned();
    for (id, metric, period) in [
        ("iap_h1_2025", "iap_h1_usd", "2025-H1"),
        ("downloads_h1_2025", "downloads_h1", "2025-H1"),
        ("iap_global_2025", "iap_usd", "2025"),
        ("downloads_2025", "downloads", "2025"),
    ] {
        // A second half that the first does not hint at, in figures that are not to be seen.
        let value = value(metric);
        written.push_str(&format!(
            "[[target]]\nid = \"{id}\"\nvalue = {value}\nsd = 0.1\nsd_model = 0.05\nsd_kind = \"log\"\nmetric = \"{metric}\"\n\
             year = 2025\nperiod = \"{period}\"\nsource = \"test\"\n"
        ));
    }
    fs::write(at.join("mine.toml"), &written).unwrap();
    let words =
        ["backtest", "-c", "tiny.toml", "--beliefs", "mine.toml", "--cache", "cache", "--first", "32"];
    let rest = ["--later", "24", "--waves", "2", "--check", "24"];
    let run = |more: &[&str]| call(at, &[&words[..], &rest, more].concat());
    let output = run(&["-o", "back"]);
    let (page, said) = (text(&output.stdout), text(&output.stderr));
    assert!([Some(0), Some(1)].contains(&output.status.code()), "{said}");
    for told in
        ["in-app purchases in the second half", "downloads in the second half", "known until 2025-06: of 2"]
    {
        assert!(page.contains(told), "{told} is not in\n{page}{said}");
    }
    let posterior = Posterior::read(&at.join("back")).unwrap();
    let fitted: Vec<&str> =
        posterior.manifest.figures.figures.iter().filter(|f| f.fitted).map(|f| f.id.as_str()).collect();
    assert_eq!(fitted, ["iap_h1_2025", "downloads_h1_2025"]);
    let scored: Value = serde_json::from_slice(&fs::read(at.join("back/backtest.json")).unwrap()).unwrap();
    for quantity in scored["scored"].as_array().unwrap() {
        let place = quantity["place"].as_f64().unwrap();
        assert!((0.02..=0.98).contains(&place), "the truth itself is no surprise: {quantity}");
    }
    // What came later moves the scores, and nothing that was learned.
    let doubled = written.replacen(
        &format!("value = {}\n", value("downloads")),
        &format!("value = {}\n", 4.0 * value("downloads")),
        1,
    );
    assert_ne!(doubled, written);
    fs::write(at.join("mine.toml"), doubled).unwrap();
    assert!([Some(0), Some(1)].contains(&run(&["-q", "-o", "again"]).status.code()));
    let bytes = |run: &str| fs::read(at.join(run).join("posterior.csv")).unwrap();
    assert!(bytes("back") == bytes("again"), "a later figure was seen");
    let scored: Value = serde_json::from_slice(&fs::read(at.join("again/backtest.json")).unwrap()).unwrap();
    let of =
        scored["scored"].as_array().unwrap().iter().find(|one| one["id"] == "downloads_h2_2025").unwrap();
    assert!(of["place"].as_f64().unwrap() > 0.95, "{of}");
    let output = run(&["-o", "no", "--known-until", "summer"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("2025-06"), "{}", text(&output.stderr));
}
