//! What is said of runs that are there: their state, what two of them differ in, and what may be thrown away.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{call, listing, printed, text};
use crate::seek::tiny;

const DEARER: &str = "supply.cpm_usd_per_mille*=1.05";

/// Runs that are made once: `a`; `again`, the same; `dearer`, with another price; `seeded`, of another seed; `one`, a single
/// replication.
fn runs() -> &'static Path {
    static RUNS: OnceLock<TempDir> = OnceLock::new();
    let folder = RUNS.get_or_init(|| {
        let folder = tiny();
        let forecast = ["forecast", "-q", "-c", "tiny.toml", "-n", "12", "--cache", "cache", "-o"];
        for more in [&["a"][..], &["again"], &["dearer", "--set", DEARER], &["seeded", "--seed", "7"]] {
            printed(folder.path(), &[&forecast[..], more].concat());
        }
        printed(folder.path(), &["run", "-q", "-c", "tiny.toml", "-o", "one"]);
        folder
    });
    folder.path()
}

fn json(folder: &Path, words: &[&str]) -> Value {
    serde_json::from_str(&printed(folder, &[words, &["--format", "json"]].concat())).unwrap()
}

/// A copy of a run that may be damaged.
fn copied(run: &str) -> TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().flatten() {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target)
            } else {
                fs::copy(entry.path(), target).map(drop).unwrap()
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&runs().join(run), &folder.path().join("run"));
    folder
}

#[test]
fn a_complete_run_is_told_to_be_whole() {
    let seen = json(runs(), &["inspect", "a", "--shares", "2"]);
    assert_eq!(
        (&seen["verb"], &seen["state"], &seen["scenario"][0]),
        (&"forecast".into(), &"complete".into(), &"tiny".into())
    );
    assert_eq!(
        seen["jobs"],
        serde_json::json!({"planned": 12, "done": 12, "failed": 0, "missing": 0, "damaged": 0})
    );
    assert_eq!((&seen["summary"], &seen["problems"]), (&"agrees".into(), &Value::Array(Vec::new())));
    assert_eq!((&seen["shares"][0]["done"], &seen["shares"][1]["jobs"]), (&8.into(), &4.into()));
    assert_eq!(seen["build"]["version"], env!("CARGO_PKG_VERSION"));
    let page = printed(runs(), &["inspect", "a"]);
    for part in [
        "12 planned, 12 done",
        "manifest.json",
        "results/",
        "in all",
        "this build simulates the same markets",
    ] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    let one = json(runs(), &["inspect", "one"]);
    assert_eq!(
        (&one["verb"], &one["configuration"]["unchanged"]),
        (&"run --replication 0".into(), &true.into())
    );
}

#[test]
fn what_is_missing_or_damaged_is_told() {
    let folder = copied("a");
    let run = folder.path().join("run");
    fs::remove_file(run.join("manifest.json")).unwrap();
    fs::remove_file(run.join("summary.json")).unwrap();
    fs::remove_file(run.join("results/part-00001.parquet")).unwrap();
    let seen = json(folder.path(), &["inspect", "run"]);
    assert_eq!(
        (&seen["state"], &seen["jobs"]["missing"], &seen["last_run"]),
        (&"broken off".into(), &4.into(), &Value::Null)
    );

    let file = run.join("results/part-00000.parquet");
    let good = fs::read(&file).unwrap();
    fs::write(&file, &good[..good.len() / 2]).unwrap();
    let output = call(folder.path(), &["inspect", "run"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("part 0 is damaged"), "{}", text(&output.stderr));
    // Results of another design under the right name.
    fs::copy(runs().join("dearer/results/part-00000.parquet"), &file).unwrap();
    let output = call(folder.path(), &["inspect", "run"]);
    assert!(text(&output.stderr).contains("belongs to another design"), "{}", text(&output.stderr));
    assert_eq!(call(folder.path(), &["inspect", "."]).status.code(), Some(3), "a folder without a run");
}

#[test]
fn a_summary_or_configuration_that_was_changed_is_told() {
    let folder = copied("a");
    let path = folder.path().join("run/summary.json");
    let mut summary: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let median = &mut summary["metrics"]["hhi"]["2025"]["p50"];
    *median = (median.as_f64().unwrap() * 1.001).into();
    fs::write(&path, summary.to_string()).unwrap();
    let output = call(folder.path(), &["inspect", "run"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("for hhi in 2025"), "{}", text(&output.stderr));

    let folder = copied("one");
    let path = folder.path().join("run/config.resolved.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "\n# later\n").unwrap();
    let output = call(folder.path(), &["inspect", "run"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
}

#[test]
fn failures_are_listed_with_the_command_that_shows_them() {
    let folder = tiny();
    let words = [
        "forecast",
        "-c",
        "tiny.toml",
        "-n",
        "1",
        "--no-cache",
        "--run-timeout",
        "0.000000001s",
        "-o",
        "out",
    ];
    assert_eq!(call(folder.path(), &words).status.code(), Some(1));
    let seen = json(folder.path(), &["inspect", "out"]);
    assert_eq!((&seen["jobs"]["failed"], &seen["failures"][0]["status"]), (&1.into(), &"timeout".into()));
    let replay = seen["failures"][0]["replay"].as_str().unwrap();
    printed(folder.path(), &replay.split(' ').skip(1).collect::<Vec<_>>());
}

#[test]
fn the_same_run_twice_is_identical() {
    let found = json(runs(), &["diff", "a", "again"]);
    assert_eq!((&found["identical"], &found["configuration"]), (&true.into(), &Value::Array(Vec::new())));
    let page = printed(runs(), &["diff", "a", "again"]);
    assert!(
        page.contains("identical, byte by byte") && page.contains("the configurations are the same"),
        "{page}"
    );
}

#[test]
fn a_difference_is_measured_in_pairs_where_chance_is_shared() {
    let found = json(runs(), &["diff", "a", "dearer"]);
    let changed = &found["configuration"];
    assert_eq!(
        (changed.as_array().unwrap().len(), &changed[0]["what"]),
        (1, &"supply.cpm_usd_per_mille".into())
    );
    let market = |found: &Value| {
        let rows = found["metrics"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["metric"] == "market_total_usd").unwrap()
    };
    let paired = market(&found);
    assert_eq!((&paired["pairs"], &paired["identical"]), (&12.into(), &false.into()));
    let apart = market(&json(runs(), &["diff", "a", "seeded"]));
    assert_eq!(apart["pairs"], 0);
    let error = |row: &Value| row["mean"]["error"].as_f64().unwrap();
    assert!(error(&paired) < 0.7 * error(&apart), "{} in pairs, {} without", error(&paired), error(&apart));
    let mean = &paired["mean"];
    let by = mean["second"].as_f64().unwrap() - mean["first"].as_f64().unwrap();
    assert!((mean["by"].as_f64().unwrap() - by).abs() <= 1e-9 * by.abs());
    for form in ["table", "csv", "md"] {
        assert!(
            printed(runs(), &["diff", "a", "dearer", "-v", "--format", form]).contains("market_total_usd"),
            "{form}"
        );
    }
    // A single replication has summaries only.
    let summaries = json(runs(), &["diff", "one", "a"]);
    assert_eq!(market(&summaries)["pairs"], 0);
}

/// Makes a file or folder look as if it had not been touched for so many days.
#[expect(clippy::disallowed_methods, reason = "files are older than now by as many days, whenever that is")]
fn aged(path: &Path, days: u64) {
    let then = SystemTime::now() - Duration::from_secs(days * 86_400);
    let times = fs::FileTimes::new().set_accessed(then).set_modified(then);
    fs::File::open(path).unwrap().set_times(times).unwrap();
}

/// An entry of the cache, as far as its name goes.
fn entry(cache: &Path, digit: char, days: u64) {
    let folder = cache.join(format!("{digit}0"));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(String::from(digit).repeat(62));
    fs::write(&file, [b'x'; 1_000]).unwrap();
    aged(&file, days);
}

#[test]
#[cfg(unix)]
fn gc_removes_the_oldest_and_nothing_that_is_not_ours() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    for (digit, days) in [('a', 40), ('b', 20), ('c', 10), ('d', 2)] {
        entry(&cache, digit, days);
    }
    fs::write(cache.join("a0/notes.txt"), "mine").unwrap();
    fs::create_dir_all(cache.join("mine")).unwrap();
    let gc = |more: &[&str]| -> Value {
        json(folder.path(), &[&["gc", "-q", "--cache", "cache"][..], more].concat())
    };
    let would = gc(&["--dry-run", "--older-than", "30d"]);
    assert_eq!((&would[0]["count"], &would[0]["bytes"]), (&1.0.into(), &1_000.0.into()));
    assert_eq!(listing(&cache), ["a0", "b0", "c0", "d0", "mine"], "a dry run removes nothing");
    gc(&["--older-than", "30d"]);
    assert_eq!(listing(&cache.join("a0")), ["notes.txt"]);
    let kept = gc(&["--keep", "2kB"]);
    assert_eq!((&kept[0]["count"], &kept[1]["count"]), (&1.0.into(), &2.0.into()));
    assert_eq!(listing(&cache), ["a0", "c0", "d0", "mine"], "folders that are empty go too");
    assert_eq!(call(folder.path(), &["gc", "--cache", "cache", "--keep", "much"]).status.code(), Some(2));
}

#[test]
#[cfg(unix)]
fn gc_keeps_runs_and_what_may_be_one() {
    let folder = copied("one");
    let runs = folder.path().join("runs");
    fs::create_dir_all(&runs).unwrap();
    fs::rename(folder.path().join("run"), runs.join("one")).unwrap();
    let make = |name: &str, days: u64| {
        fs::create_dir_all(runs.join(name)).unwrap();
        fs::write(runs.join(name).join("some"), "x").unwrap();
        aged(&runs.join(name).join("some"), days);
        aged(&runs.join(name), days);
    };
    make(".two.partial-aB3xYz", 3);
    make(".young.partial-aB3xYz", 0);
    make(".one.replaced-aB3xYz", 3);
    make(".git", 3);
    // Complete, but could not be moved to its place; and moved aside, but never replaced.
    make(".done.partial-aB3xYz", 3);
    fs::copy(runs.join("one/manifest.json"), runs.join(".done.partial-aB3xYz/manifest.json")).unwrap();
    aged(&runs.join(".done.partial-aB3xYz/manifest.json"), 3);
    aged(&runs.join(".done.partial-aB3xYz"), 3);
    make(".gone.replaced-aB3xYz", 3);
    fs::create_dir_all(runs.join(".gone.replaced-aB3xYz/run")).unwrap();
    aged(&runs.join(".gone.replaced-aB3xYz/run"), 3);
    aged(&runs.join(".gone.replaced-aB3xYz"), 3);
    let output = call(folder.path(), &["gc", "--cache", "cache"]);
    assert!(
        output.status.success() && text(&output.stderr).contains(".two.partial-"),
        "{}",
        text(&output.stderr)
    );
    let left = [".done.partial-aB3xYz", ".git", ".gone.replaced-aB3xYz", ".young.partial-aB3xYz", "one"];
    assert_eq!(listing(&runs), left);
}
