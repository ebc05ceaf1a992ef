//! Calibration as a user calls it: what it finds in a market whose parameters are known, that it can be broken off, how it
//! says no, and what is made of its posterior.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::fs;
use std::path::Path;

use bidcast::experiment::fit::Method;
use bidcast::store::Posterior;
use serde_json::Value;

use crate::cli::{call, text};
use crate::seek::tiny;

/// Three parameters that three figures tell apart.
const PRIORS: &str = r#"
alone = true

[[prior]]
name = "life"
parameters = ["creatives.life_days"]
dist = "uniform"
min = 3.0
max = 9.0
basis = "J"
source = "test"

[[prior]]
name = "spread"
parameters = ["creatives.spend_log_sd"]
dist = "uniform"
min = 1.2
max = 2.2
basis = "J"
source = "test"

[[prior]]
name = "store_lag"
parameters = ["cash.store_lag_days"]
dist = "uniform"
min = 30.0
max = 45.0
basis = "J"
source = "test"
"#;

/// A small calibration: a few seconds.
const SIZE: [&str; 8] = ["--first", "32", "--later", "24", "--waves", "2", "--check", "24"];

/// The figures of one market with a life of 6 and a spread of 1.6 as targets.
pub(crate) fn beliefs(folder: &Path) {
    let truth = ["--set", "creatives.life_days=6.0", "--set", "creatives.spend_log_sd=1.6"];
    let words =
        ["forecast", "-q", "-c", "tiny.toml", "-n", "8", "--no-cache", "-o", "truth", "--format", "json"];
    let output = call(folder, &[&words[..], &truth[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let summary: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    let mut written = PRIORS.to_owned();
    for (metric, kind, sd) in [
        ("creative_life_days", "log", 0.02),
        ("creative_top2_share", "abs", 0.005),
        ("paid_share", "abs", 0.05),
    ] {
        let value = summary["metrics"][metric]["2025"]["p50"].as_f64().unwrap();
        written.push_str(&format!(
            "[[target]]\nid = \"{metric}\"\nvalue = {value}\nsd = {sd}\nsd_model = {sd}\nsd_kind = \"{kind}\"\nmetric = \"{metric}\"\n\
             year = 2025\nsource = \"test\"\n"
        ));
    }
    fs::write(folder.join("mine.toml"), written).unwrap();
}

fn calibrate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let words = ["calibrate", "-c", "tiny.toml", "--beliefs", "mine.toml", "--cache", "cache"];
    words.into_iter().chain(SIZE).chain(more.iter().copied()).collect()
}

#[test]
fn known_parameters_are_found_and_what_no_figure_tells_is_not() {
    let folder = tiny();
    let at = folder.path();
    beliefs(at);
    let output = call(at, &calibrate(&["-o", "fit"]));
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    // What is asked by default is written as before there was a choice of methods: folders begun then are gone on with.
    assert!(!fs::read_to_string(at.join("fit/study.json")).unwrap().contains("method"));
    let posterior = Posterior::read(&at.join("fit")).unwrap();
    assert_eq!(posterior.manifest.method, Method::Esl);
    let [life, spread, lag] = &posterior.manifest.parameters[..] else { panic!("three parameters") };
    for (found, truth) in [(life, 6.0), (spread, 1.6)] {
        assert!(found.posterior.low < truth && truth < found.posterior.high, "{found:?}");
        assert!(found.contraction > 0.5, "{found:?}");
    }
    assert!(lag.contraction.abs() < 0.15, "no figure tells of it: {lag:?}");
    assert_eq!(posterior.manifest.prior_driven(), 1);
    let figures = &posterior.manifest.figures;
    assert_eq!(figures.in_band(), (3, 3), "{figures:?}");
    assert!(figures.figures.iter().all(|figure| figure.off.abs() < 0.05), "{figures:?}");
    for gate in ["G1", "G2", "G3", "G4", "G6", "G7", "G8"] {
        assert!(posterior.manifest.gates.iter().any(|found| found.id == gate), "{gate} is missing");
    }
    assert!(said.contains("1 of 3 parameters are driven by their prior"), "{said}");

    // A forecast from it, and what that means.
    let words =
        ["forecast", "-q", "-c", "tiny.toml", "--params", "posterior:fit", "-n", "64", "--cache", "cache"];
    let output = call(at, &[&words[..], &["-o", "then"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("64 draws of 3 parameters"), "{}", text(&output.stdout));
    let output = call(at, &["identify", "fit", "--forecast", "then"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page = text(&output.stdout);
    for told in ["creative_life_days", "store_lag", "an assumption", "market_total_usd_2025 moves by"] {
        assert!(page.contains(told), "{told} is not in\n{page}");
    }
    assert!(at.join("fit/identify.md").exists());
    // A value that is given is not drawn over.
    let output = call(at, &[&words[..], &["-o", "given", "--set", "creatives.life_days=5.0"]].concat());
    assert!(text(&output.stdout).contains("64 draws of 2 parameters"), "{}", text(&output.stdout));
    let output = call(at, &["identify", "fit", "--forecast", "truth"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn a_calibration_that_was_broken_off_comes_to_the_same_posterior() {
    let folder = tiny();
    let at = folder.path();
    beliefs(at);
    let read = |name: &str, file: &str| fs::read(at.join(name).join(file)).unwrap();
    let whole = call(at, &calibrate(&["-q", "-o", "whole", "-j", "1"]));
    assert!(whole.status.success(), "{}", text(&whole.stderr));
    let outputs = [
        "posterior.csv",
        "posterior.json",
        "calibration.json",
        "figures.csv",
        "parameters.csv",
        "checked.csv",
    ];
    // As a kill leaves it: in the first wave; after it, with what it led to lost; in the check, with all waves sampled.
    for (name, n_rounds, state) in [("first", 1, false), ("second", 2, false), ("check", 3, true)] {
        copy(&at.join("whole"), &at.join(name));
        for file in outputs {
            fs::remove_file(at.join(name).join(file)).unwrap();
        }
        if !state {
            fs::remove_file(at.join(name).join("calibration.state.json")).unwrap();
        }
        for round in n_rounds..3 {
            fs::remove_dir_all(at.join(name).join(format!("rounds/{round:02}"))).unwrap();
        }
        for kind in ["results", "series"] {
            let last = at.join(name).join(format!("rounds/{:02}/{kind}/part-00001.parquet", n_rounds - 1));
            fs::remove_file(last).unwrap();
        }
        let output = call(at, &["resume", name, "-q", "--no-cache", "-j", "2"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    for name in ["first", "second", "check"] {
        for file in [
            "posterior.csv",
            "calibration.json",
            "figures.csv",
            "parameters.csv",
            "checked.csv",
            "calibration.state.json",
        ] {
            assert!(read("whole", file) == read(name, file), "{file} of {name} differs");
        }
    }
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

#[test]
fn what_cannot_be_calibrated_is_refused_before_the_work() {
    let folder = tiny();
    let at = folder.path();
    beliefs(at);
    let refused = |words: &[&str], hint: &str| {
        let output = call(at, words);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains(hint), "{words:?}: {said}");
        assert!(!at.join("no").exists(), "{words:?}");
    };
    refused(&calibrate(&["-o", "no", "--shard", "1/2"]), "shared out");
    let mine = fs::read_to_string(at.join("mine.toml")).unwrap();
    let with =
        |name: &str, from: &str, to: &str| fs::write(at.join(name), mine.replacen(from, to, 1)).unwrap();
    let words = |file: &'static str| {
        ["calibrate", "-c", "tiny.toml", "--beliefs", file, "-o", "no", "--first", "32", "--later", "24"]
    };
    with("lacks.toml", "sd_model = 0.02\n", "");
    refused(&words("lacks.toml"), "sd_model");
    with("metric.toml", "metric = \"paid_share\"", "metric = \"payed_share\"");
    refused(&words("metric.toml"), "paid_share");
    with("year.toml", "year = 2025", "year = 2031");
    refused(&words("year.toml"), "run.end_date");
    with("prior.toml", "creatives.life_days", "creatives.live_days");
    refused(&words("prior.toml"), "creatives.life_days");
    let few = ["calibrate", "-c", "tiny.toml", "--beliefs", "mine.toml", "-o", "no", "--first", "33"];
    refused(&few, "power of two");
    let output = call(at, &["identify", "nowhere"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
}
