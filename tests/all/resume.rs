//! Studies from the command line: killed, gone on with, run in shares, on other threads, from the cache; the folder is always
//! the same, byte by byte.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::cli::{call, folder, listing, printed, program, text};

/// A study of three parts, the last of them short, with drawn parameters.
const STUDY: [&str; 13] = [
    "forecast",
    "-q",
    "-c",
    "small.toml",
    "--params",
    "prior",
    "-n",
    "10",
    "--sampler",
    "lhs",
    "--randomizations",
    "5",
    "-o",
];

/// All files of a run but the manifest, which holds times.
fn content(run: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(dir: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                walk(&entry.path(), &format!("{name}/"), files);
            } else if name != "manifest.json" {
                files.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(run, "", &mut files);
    files
}

fn same(a: &Path, b: &Path) {
    let (a, b) = (content(a), content(b));
    assert!(a.keys().eq(b.keys()), "{:?} and {:?}", a.keys(), b.keys());
    for (name, bytes) in &a {
        assert!(bytes == &b[name], "{name} differs");
    }
}

/// The study in a folder, with more flags.
fn study(folder: &Path, out: &str, more: &[&str]) -> String {
    let words: Vec<&str> = STUDY.iter().copied().chain([out]).chain(more.iter().copied()).collect();
    printed(folder, &words)
}

#[test]
fn threads_shares_and_the_cache_do_not_show() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let page = study(folder.path(), "whole", &["-j", "1", "--no-cache"]);
    assert_eq!(listing(&at("whole/results")).len(), 3);
    assert!(!at(".cache").exists(), "an outcome was kept although nobody wanted it");
    for (share, name) in ["1/4", "2/4", "3/4", "4/4"].into_iter().zip(["a", "b", "c", "d"]) {
        let nothing = study(folder.path(), name, &["--shard", share, "-j", "2"]);
        assert!(nothing.is_empty(), "a share has no result of its own: {nothing}");
    }
    // Outcomes of the shares are known by now; the whole from them is the same.
    assert_eq!(study(folder.path(), "known", &["-j", "2"]), page);
    same(&at("whole"), &at("known"));
    let some = call(folder.path(), &["merge", "a", "c", "-o", "merged"]);
    assert_eq!(some.status.code(), Some(2));
    assert!(text(&some.stderr).contains("8 of 20 jobs are in none of the folders"), "{}", text(&some.stderr));
    assert_eq!(printed(folder.path(), &["merge", "a", "b", "c", "d", "-o", "merged"]), page);
    same(&at("whole"), &at("merged"));
    // Shown again without simulating.
    assert_eq!(printed(folder.path(), &["resume", "merged"]), page);
    same(&at("whole"), &at("merged"));
}

#[test]
fn a_study_killed_again_and_again_is_the_unbroken_one() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let page = study(folder.path(), "whole", &["--no-cache"]);
    let words: Vec<&str> = STUDY.iter().copied().chain(["broken", "--no-cache", "--resume"]).collect();
    let parts = |table: &str| fs::read_dir(at("broken").join(table)).map_or(0, Iterator::count);
    // Killed once the design is there, then in each part.
    for wanted in 0..3 {
        let mut child =
            program(folder.path(), &words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while !(at("broken/study.json").exists() && parts("results") >= wanted) {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it was killed");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(!at("broken/summary.json").exists(), "it was never interrupted");
    assert_eq!(printed(folder.path(), &["resume", "broken", "--no-cache"]), page);
    same(&at("whole"), &at("broken"));
}

#[test]
fn time_that_is_up_leaves_a_study_to_go_on_with() {
    let folder = folder();
    let words: Vec<&str> = STUDY.iter().copied().chain(["out", "--max-time", "0.001s"]).collect();
    let output = call(folder.path(), &words);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("`bidcast resume out` goes on"), "{}", text(&output.stderr));
    let page = printed(folder.path(), &["resume", "out"]);
    assert!(page.contains("20 replications of scenario small"), "{page}");
}

#[test]
fn too_many_failures_are_no_result_and_each_can_be_seen_again() {
    let folder = folder();
    let words: Vec<&str> = STUDY.iter().copied().chain(["out", "--run-timeout", "0.000001s"]).collect();
    let output = call(folder.path(), &words);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for part in ["20 of 20 replications failed", "gave up after", "bidcast run --study out --job 0"] {
        assert!(stderr.contains(part), "{part:?} is missing in\n{stderr}");
    }
    assert!(output.stdout.is_empty() && !folder.path().join("out/summary.json").exists());
    let listed = fs::read_to_string(folder.path().join("out/failures.jsonl")).unwrap();
    let first: Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    assert_eq!((listed.lines().count(), &first["status"]), (20, &Value::from("timeout")));
    // The replay is the job: parameters of its draw, its chance.
    let seen = printed(folder.path(), &["run", "--study", "out", "--job", "3", "--format", "json"]);
    let whole = study(folder.path(), "whole", &["--format", "csv"]);
    assert!(whole.starts_with("metric,"), "{whole}");
    let results = [folder.path().join("whole/results/part-00000.parquet")];
    let stored = bidcast::store::study::read_column(&results, "market_total_usd_2025").unwrap()[3];
    assert!(seen.contains(&stored.to_string()), "{stored} is not in\n{seen}");
    let none = call(folder.path(), &["run", "--study", "out", "--job", "20"]);
    assert!(text(&none.stderr).contains("its jobs are 0 to 19"), "{}", text(&none.stderr));
}

#[test]
fn a_dry_run_says_what_it_costs_and_keeps_nothing() {
    let folder = folder();
    let words: Vec<&str> =
        STUDY.iter().copied().filter(|word| *word != "-q").chain(["out", "--dry-run"]).collect();
    let output = call(folder.path(), &words);
    assert_eq!(text(&output.stdout), "20 runs: 10 draws of 27 parameters × 2 replications\n");
    let said = text(&output.stderr);
    assert!(said.contains("20 runs × ") && said.contains("pilot of 8") && said.contains(" MB"), "{said}");
    assert_eq!(listing(folder.path()), ["small.toml"]);
    // What the pilot simulated is not simulated again.
    let again = call(folder.path(), &words);
    assert!(text(&again.stdout).contains("8 of them are known from the cache"), "{}", text(&again.stdout));
}

#[test]
fn another_study_is_not_mixed_in() {
    let folder = folder();
    study(folder.path(), "out", &[]);
    let other = ["forecast", "-c", "small.toml", "-n", "2", "-o", "out", "--resume"];
    let output = call(folder.path(), &other);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("another study"), "{}", text(&output.stderr));
    // A study that a build with another model began.
    let file = folder.path().join("out/study.json");
    let mut record: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    record["build"]["model"] = "0123456789abcdef".into();
    fs::write(&file, record.to_string()).unwrap();
    let output = call(folder.path(), &["resume", "out"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("with another model (0123456789abcdef)"),
        "{}",
        text(&output.stderr)
    );
}
