//! The search for the value of a lever: what it finds, that it can be broken off, and how it says no.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bidcast::store::study::StudyFolder;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::cli::{call, folder, printed, text};

const LEVER: &str = "supply.cpm_usd_per_mille*";

/// How narrow, and with how many runs at most.
const RULE: [&str; 4] = ["-n", "56", "--tol", "1.2"];

/// A handful of apps for a year: a few hundredths of a second each.
const TINY: &str = r#"
name = "tiny"
[run]
start_date = "2025-01-01"
end_date = "2025-12-31"
[entry]
enabled = false
[archetype.funded_paid]
start_apps = 3.0
[archetype.fringe_paid]
start_apps = 1.0
[archetype.fringe_free]
start_apps = 1.0
[archetype.hybrid]
start_apps = 1.0
"#;

/// A folder with `tiny.toml` in it.
pub(crate) fn tiny() -> tempfile::TempDir {
    let folder = folder();
    fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
    folder
}

/// Words of a search in a market of a few apps.
fn search<'a>(goal: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words = [
        "seek",
        "-c",
        "tiny.toml",
        "--lever",
        LEVER,
        "--bracket",
        "0.4,2.5",
        "--goal",
        goal,
        "--cache",
        "cache",
    ];
    words.into_iter().chain(more.iter().copied()).collect()
}

/// The median of the unmoved market, as a goal that the unmoved lever meets.
fn median_goal(folder: &Path) -> String {
    let words = [
        "forecast",
        "-q",
        "-c",
        "tiny.toml",
        "-n",
        "32",
        "--seed",
        "99",
        "--no-cache",
        "-o",
        "plain",
        "--format",
        "json",
    ];
    let summary: Value = serde_json::from_str(&printed(folder, &words)).unwrap();
    format!("p50(market_total_usd_2025) = {}", summary["metrics"]["market_total_usd"]["2025"]["p50"])
}

/// Every file below a folder but the manifest, which says when and how long.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            files.extend(
                content(&entry.path()).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)),
            );
        } else if name != "manifest.json" {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// The same files with the same bytes.
fn assert_same(first: &Path, second: &Path) {
    let (a, b) = (content(first), content(second));
    let differing: Vec<&String> =
        a.keys().chain(b.keys()).filter(|name| a.get(*name) != b.get(*name)).collect();
    assert!(differing.is_empty(), "{differing:?} differ");
}

#[test]
fn a_search_finds_the_lever_and_can_be_broken_off_anywhere() {
    let folder = tiny();
    let goal = median_goal(folder.path());
    let budget = [&RULE[..], &["-o", "whole", "--format", "json"]].concat();
    let whole = call(folder.path(), &search(&goal, &budget));
    // The budget may be used up before the interval is narrow: an answer all the same.
    assert!([Some(0), Some(4)].contains(&whole.status.code()), "{}", text(&whole.stderr));
    let found: Value = serde_json::from_slice(&whole.stdout).unwrap();
    let (low, high) = (found["low"].as_f64().unwrap(), found["high"].as_f64().unwrap());
    assert!(low < 1.0 && 1.0 < high, "the unmoved lever is at 1, not in {low} to {high}");
    let (first, last) = (&found["ends"][0], &found["ends"][1]);
    assert!(
        first["estimate"].as_f64() > last["estimate"].as_f64(),
        "dearer impressions make a smaller market"
    );
    let rounds = found["rounds"].as_array().unwrap().len();
    assert!(rounds >= 3, "{found}");

    // Broken off before anything is simulated, then killed within one round after the other. Time that is up keeps what was
    // complete and says so; the folder alone is enough to go on.
    let killed = folder.path().join("broken");
    let at_once = [&RULE[..], &["-o", "broken", "-q", "--resume", "--max-time", "0.000001s"]].concat();
    for complete in 0..rounds {
        for later in complete + 1..rounds {
            let _ = fs::remove_dir_all(killed.join(format!("rounds/{later:02}")));
        }
        let _ = fs::remove_dir_all(killed.join(format!("rounds/{complete:02}/results")));
        let output = call(folder.path(), &search(&goal, &at_once));
        assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
        let state: Value = serde_json::from_slice(&fs::read(killed.join("seek.json")).unwrap()).unwrap();
        assert_eq!(
            (&state["ended"], state["rounds"].as_array().unwrap().len()),
            (&"interrupted".into(), complete)
        );
        // The last round is simulated again; those before it are known from the cache.
        let last = complete + 1 == rounds;
        let rest = if last { &["--no-cache"][..] } else { &["--cache", "cache"] };
        let output = call(folder.path(), &[&["resume", "broken", "-q"][..], rest].concat());
        assert_eq!(output.status.code(), whole.status.code(), "{}", text(&output.stderr));
        assert_same(&folder.path().join("whole"), &killed);
    }

    // A round is a study like any other: its lever, dots and all, is read back, and its jobs can be repeated.
    let round = StudyFolder::read::<IgnoredAny>(&killed.join("rounds/00")).unwrap();
    assert_eq!((round.design.levers[0].name.as_str(), round.design.draws[0].as_slice()), (LEVER, &[0.4][..]));
    printed(folder.path(), &["run", "--study", "whole/rounds/01", "--job", "0"]);
    let seen = printed(folder.path(), &["inspect", "whole", "--format", "json"]);
    let seen: Value = serde_json::from_str(&seen).unwrap();
    assert_eq!((&seen["verb"], seen["rounds"].as_array().unwrap().len()), (&"seek".into(), rounds));
    let shared = call(folder.path(), &["resume", "whole", "--shard", "1/2"]);
    assert!(text(&shared.stderr).contains("cannot be shared out"), "{}", text(&shared.stderr));
    // Another goal is another search.
    let other =
        call(folder.path(), &search("mean(market_total_usd_2025) = 1e9", &["-o", "whole", "--resume"]));
    assert_eq!(other.status.code(), Some(2), "{}", text(&other.stderr));
}

#[test]
fn a_goal_outside_the_bracket_is_told_with_both_ends() {
    let folder = tiny();
    let output =
        call(folder.path(), &search("prob(market_total_usd_2025 > 1) = 0.3", &["-n", "400", "-o", "out"]));
    let stdout = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for part in ["not reached", "= 0.4 (", "= 2.5 (", "±", "100"] {
        assert!(stdout.contains(part), "{part:?} is missing in\n{stdout}");
    }
    let found: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out/seek.json")).unwrap()).unwrap();
    assert_eq!((&found["ended"], &found["low"]), (&"not_bracketed".into(), &Value::Null));
    assert!((found["ends"][0]["estimate"].as_f64().unwrap() - 1.0).abs() < 1e-12);
}

#[test]
fn wrong_searches_are_refused_before_any_work() {
    let folder = tiny();
    let goal = "p50(market_total_usd_2025) = 1e9";
    let with = |from: &'static str, to: &'static str| -> Vec<&str> {
        search(goal, &["-o", "out"]).into_iter().map(|word| if word == from { to } else { word }).collect()
    };
    let wrong: [(Vec<&str>, &str); 7] = [
        (
            search("p50(market_total_usd_2031) = 1e9", &["-o", "out"]),
            "does not report on market_total_usd_2031",
        ),
        (search("p50(market_total_2025) = 1e9", &["-o", "out"]), "did you mean `market_total_usd_2025`?"),
        (with(LEVER, "supply.cpm_usd*"), "supply.cpm_usd"),
        (with("0.4,2.5", "2.5,0.4"), "lowest and the highest"),
        (with("0.4,2.5", "0.4,1e12"), "outside its range"),
        (search(goal, &["-o", "out", "--tol", "0"]), "must be positive"),
        (search(goal, &["-o", "out", "--shard", "1/2"]), "cannot be shared out"),
    ];
    for (words, why) in wrong {
        let output = call(folder.path(), &words);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains(why), "{why:?} is missing in\n{said}");
        assert!(!folder.path().join("out").exists(), "{why}: something was left behind");
    }
}
