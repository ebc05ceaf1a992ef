//! Methods of calibration without emulator, as a user calls them: they find parameters that are known, can be broken off, and
//! say what does not apply to them.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::fs;
use std::path::Path;

use bidcast::experiment::fit::Method;
use bidcast::store::Posterior;
use serde_json::Value;
use tempfile::TempDir;

use crate::calibrate::{beliefs, copy};
use crate::cli::{call, folder, text};

/// One app for a year, with few ad materials: methods without emulator take many runs.
const LONE: &str = r#"
name = "lone"
[run]
start_date = "2025-01-01"
end_date = "2025-12-31"
[entry]
enabled = false
[creatives]
materials_per_day_at_1_usd = 0.01
[archetype.funded_paid]
start_apps = 1.0
[archetype.fringe_paid]
start_apps = 0.0
[archetype.fringe_free]
start_apps = 0.0
[archetype.hybrid]
start_apps = 0.0
"#;

/// A folder with that market and figures of it in which `life` is 6 and `spread` 1.6.
fn lone() -> TempDir {
    let folder = folder();
    fs::write(folder.path().join("tiny.toml"), LONE).unwrap();
    beliefs(folder.path());
    folder
}

fn calibrate<'a>(method: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words = ["calibrate", "-c", "tiny.toml", "--beliefs", "mine.toml", "--cache", "cache", "-q"];
    words.into_iter().chain(["--method", method]).chain(more.iter().copied()).collect()
}

/// Fits by a method, and looks at what is the same for all without emulator.
fn known_parameters_are_found(at: &Path, method: Method, size: &[&str]) -> (Posterior, Value) {
    let output = call(at, &calibrate(method.name(), &[size, &["-o", "fit"]].concat()));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let found = Posterior::read(&at.join("fit")).unwrap();
    let manifest = &found.manifest;
    assert_eq!(manifest.method, method);
    let gates: Vec<&str> = manifest.gates.iter().map(|gate| gate.id.as_str()).collect();
    assert_eq!(gates, ["G1", "G4", "G6", "G8"], "what needs an emulator is left out");
    assert!(manifest.figures.figures.iter().all(|figure| figure.emulator_rms.is_none()));
    assert_eq!(manifest.figures.in_band(), (3, 3), "{:?}", manifest.figures);
    let [life, spread, lag] = &manifest.parameters[..] else { panic!("three parameters") };
    for (parameter, truth) in [(life, 6.0), (spread, 1.6)] {
        let posterior = parameter.posterior;
        assert!(posterior.low < truth && truth < posterior.high, "{parameter:?}");
        assert!(parameter.contraction > 0.5, "{parameter:?}");
        // Figures are medians of eight runs: off by two fifths of a deviation of the posterior where chance is most of
        // it; a median of sixty draws by a sixth. Four times both.
        let sd = (posterior.high - posterior.low) / 3.29;
        assert!((posterior.median - truth).abs() < 4.0 * 0.4_f64.hypot(1.0 / 6.0) * sd, "{parameter:?}");
    }
    // Of sixty draws a variance is known to a fifth.
    assert!(lag.contraction < 0.6, "no figure tells of it: {lag:?}");
    // What each target told cannot be said without an emulator.
    let output = call(at, &["identify", "fit"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no emulator") && said.contains("--method esl"), "{said}");
    let record = serde_json::from_slice(&fs::read(at.join("fit/calibration.json")).unwrap()).unwrap();
    (found, record)
}

#[test]
fn a_table_finds_known_parameters() {
    let folder = lone();
    let size = ["--first", "256", "--later", "64", "--waves", "2", "--check", "24"];
    let (found, record) = known_parameters_are_found(folder.path(), Method::AbcReg, &size);
    // 256 + 64 points and the check.
    assert_eq!((found.manifest.runs, found.manifest.waves, found.draws.len()), (344, 1, 2_000));
    let kept = &record["table"]["kept"];
    // Half of the table; with weights 1 − d² in three dimensions worth seven tenths of that or a little more.
    assert!(kept["runs"] == 160 && kept["effective"].as_f64().unwrap() > 100.0, "{kept}");
}

#[test]
fn an_ensemble_finds_known_parameters() {
    let folder = lone();
    let size = ["--later", "60", "--waves", "3", "--check", "24"];
    let (found, record) = known_parameters_are_found(folder.path(), Method::Esmda, &size);
    // Three passes of sixty members, ten of them run twice, and the check.
    assert_eq!((found.manifest.runs, found.manifest.waves, found.draws.len()), (234, 3, 60));
    let passes = record["passes"].as_array().unwrap();
    assert!(passes.len() == 3 && passes.iter().all(|pass| pass["chance_sd"][0].as_f64().unwrap() > 0.0));
    // A forecast takes as many draws as there are members.
    let words = ["forecast", "-q", "-c", "tiny.toml", "--params", "posterior:fit", "--cache", "cache"];
    let output = call(folder.path(), &[&words[..], &["-n", "8", "-o", "then"]].concat());
    assert!(text(&output.stdout).contains("8 draws of 3 parameters"), "{output:?}");
    let output = call(folder.path(), &[&words[..], &["-n", "64", "-o", "more"]].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn an_ensemble_that_was_broken_off_comes_to_the_same_posterior() {
    let folder = lone();
    let at = folder.path();
    let size = ["--later", "30", "--waves", "2", "--check", "24", "-o", "whole", "-j", "1"];
    let whole = call(at, &calibrate("esmda", &size));
    // So few members may miss a figure: that is said, and the posterior is kept.
    assert!([Some(0), Some(1)].contains(&whole.status.code()), "{}", text(&whole.stderr));
    let outputs = [
        "posterior.csv",
        "posterior.json",
        "calibration.json",
        "figures.csv",
        "parameters.csv",
        "checked.csv",
    ];
    // As a kill leaves it: in the first pass; after it, with what it led to lost; in the check, with all passes done.
    for (name, n_rounds, state) in [("first", 1, false), ("second", 2, false), ("check", 3, true)] {
        let here = at.join(name);
        copy(&at.join("whole"), &here);
        outputs.iter().for_each(|file| fs::remove_file(here.join(file)).unwrap());
        if !state {
            fs::remove_file(here.join("calibration.state.json")).unwrap();
        }
        for round in n_rounds..3 {
            fs::remove_dir_all(here.join(format!("rounds/{round:02}"))).unwrap();
        }
        for kind in ["results", "series"] {
            let last = here.join(format!("rounds/{:02}/{kind}/part-00001.parquet", n_rounds - 1));
            fs::remove_file(last).unwrap();
        }
        let output = call(at, &["resume", name, "-q", "--no-cache", "-j", "2"]);
        assert_eq!(output.status.code(), whole.status.code(), "{}", text(&output.stderr));
        for file in outputs.iter().chain(&["calibration.state.json"]) {
            let [one, other] = ["whole", name].map(|folder| fs::read(at.join(folder).join(file)).unwrap());
            assert!(one == other, "{file} of {name} differs");
        }
    }
}

#[test]
fn what_a_method_cannot_do_is_refused_before_the_work() {
    let folder = lone();
    let at = folder.path();
    let refused = |words: &[&str], hint: &str| {
        let output = call(at, &[words, &["-o", "no"]].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains(hint), "{words:?}: {said}");
        assert!(!at.join("no").exists(), "{words:?}");
    };
    refused(&calibrate("esmda", &["--sbc"]), "take --method esl");
    refused(&calibrate("abc-reg", &["--recovery", "20"]), "leave --recovery out");
    refused(&calibrate("esmda", &["--later", "12"]), "at least 24");
    refused(&calibrate("abc-reg", &["--first", "8", "--later", "8", "--waves", "2"]), "at least 32");
    refused(&calibrate("abc", &[]), "abc-reg");
    let output = call(at, &calibrate("abc-reg", &["--dry-run", "--first", "33", "--later", "11"]));
    assert!(text(&output.stderr).contains("a table of 66 points and a check, 266 runs"), "{output:?}");
}
