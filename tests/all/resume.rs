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
    // As left by a kill in the middle of a picture.
    fs::create_dir_all(at("broken/figures")).unwrap();
    fs::write(at("broken/figures/.partial-x"), b"half").unwrap();
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
    assert_eq!(text(&output.stdout), "20 runs: 10 draws of 33 parameters × 2 replications\n");
    let said = text(&output.stderr);
    assert!(said.contains("20 runs × ") && said.contains("pilot of ") && said.contains(" MB"), "{said}");
    assert_eq!(listing(folder.path()), ["small.toml"]);
    // What the pilot simulated is not simulated again.
    let again = call(folder.path(), &words);
    let known = |n| text(&again.stdout).contains(&format!("{n} of them are known from the cache"));
    assert!(known(16) || known(20), "{}", text(&again.stdout));
}

/// A market of three apps, of which hundreds can be simulated.
const TINY: &str = r#"
name = "tiny"
[run]
start_date = "2025-01-01"
end_date = "2025-12-31"
[entry]
enabled = false
[archetype.funded_paid]
start_apps = 2.0
[archetype.fringe_paid]
start_apps = 0.0
[archetype.fringe_free]
start_apps = 0.0
[archetype.hybrid]
start_apps = 1.0
"#;

#[test]
fn a_study_stops_when_it_is_precise_and_says_when_it_is_not() {
    let folder = folder();
    fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
    let study = |n: &'static str, out: &'static str, jobs: &'static str| {
        let rule = "hw(prob(market_total_usd_2025 > 1)) < 20pp";
        let few = "supply.addressable_impressions_per_day*=0.02";
        let words = [
            "forecast",
            "-q",
            "-c",
            "tiny.toml",
            "--set",
            few,
            "--until",
            rule,
            "-n",
            n,
            "-o",
            out,
            "-j",
            jobs,
        ];
        call(folder.path(), &words)
    };
    let short = study("64", "short", "2");
    assert_eq!(short.status.code(), Some(4), "{}", text(&short.stderr));
    assert!(
        text(&short.stdout).contains("not reached at 64")
            && text(&short.stderr).contains("allow more with -n")
    );
    let enough = study("1000", "enough", "1");
    assert!(enough.status.success(), "{}", text(&enough.stderr));
    let page = text(&enough.stdout);
    assert!(
        page.contains("128 replications of scenario tiny") && page.contains(": reached at 128"),
        "{page}"
    );
    // Looks do not depend on threads, nor on how far one got before.
    assert_eq!(text(&study("1000", "again", "2").stdout), page);
    same(&folder.path().join("enough"), &folder.path().join("again"));
}

#[test]
fn scenarios_are_compared_in_pairs_and_mixed_by_weights() {
    let folder = folder();
    fs::write(folder.path().join("fees.toml"), "name = \"fees\"\n[cash]\nstore_fee_share = 0.1\n").unwrap();
    let compared = |scenarios: &'static str, more: &[&'static str], out: &'static str| {
        let words = ["compare", "-c", "small.toml", "--scenarios", scenarios, "-n", "4", "-o", out];
        call(folder.path(), &words.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
    };
    let output = compared("base,fees.toml", &["--weights", "base=1,fees=3"], "out");
    let page = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for part in ["fees against base, 2025", "Market size", "25 %", "75 %"] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    for file in ["comparison.json", "comparison.csv", "manifest.json", "config/01.resolved.toml"] {
        assert!(folder.path().join("out").join(file).exists(), "{file} is missing");
    }
    assert_eq!(printed(folder.path(), &["resume", "out"]), page);
    let wrong = [
        ("base", &[][..], "two scenarios or more"),
        ("base,fees.toml", &["--weights", "bse=1,fees=1"][..], "bse"),
        ("base,fees.toml", &["--until", "hw(diff(mean(iap_usd_2025), base, fes)) < 1e6"][..], "`fes`"),
        ("fees.toml,fees.toml", &[][..], "two of the scenarios are called `fees`"),
        ("base,no_such", &[][..], "no_such"),
    ];
    for (scenarios, more, says) in wrong {
        let output = compared(scenarios, more, "none");
        assert_eq!(output.status.code(), Some(2), "{scenarios}");
        assert!(text(&output.stderr).contains(says), "{says:?} is missing in\n{}", text(&output.stderr));
    }
    assert!(!folder.path().join("none").exists());
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
