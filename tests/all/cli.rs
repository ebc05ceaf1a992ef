//! The program end to end: what it prints where, how it fails, what it leaves on disk, how it is interrupted.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A market small enough to be simulated in a blink: one year, few apps, nobody enters.
const SMALL: &str = r#"
name = "small"
[run]
start_date = "2025-01-01"
end_date = "2025-12-31"
[entry]
enabled = false
[archetype.funded_paid]
start_apps = 6.0
[archetype.fringe_paid]
start_apps = 4.0
[archetype.fringe_free]
start_apps = 4.0
[archetype.hybrid]
start_apps = 2.0
"#;

/// A folder with `small.toml` in it, in which the program is called.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    folder
}

/// Folder of known outcomes, which listings leave out.
const CACHE: &str = ".cache";

pub(crate) fn program(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bidcast"));
    command.current_dir(folder).args(words).stdin(Stdio::null());
    // What one test simulated is not known to another, nor to the user.
    command.env("BIDCAST_CACHE", folder.join(CACHE));
    command
}

pub(crate) fn call(folder: &Path, words: &[&str]) -> Output {
    program(folder, words).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a call that must succeed prints on stdout.
pub(crate) fn printed(folder: &Path, words: &[&str]) -> String {
    let output = call(folder, words);
    assert!(output.status.success(), "{words:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Every entry of a folder, hidden ones too, in order.
pub(crate) fn listing(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != CACHE);
    names.sort();
    names
}

/// One wrong call: file `bad.toml`, words, exit code, what stderr must say.
struct Wrong {
    name: &'static str,
    file: &'static [u8],
    words: &'static [&'static str],
    code: i32,
    says: &'static [&'static str],
}

const BAD: &[&str] = &["forecast", "-n", "1", "-o", "out", "-c", "bad.toml"];
const SET: [&str; 6] = ["forecast", "-n", "1", "-o", "out", "--set"];

#[rustfmt::skip]
const GALLERY: &[Wrong] = &[
    Wrong { name: "misspelled key", file: b"[auction]\ntehta = 5.0", words: BAD, code: 2,
        says: &["error: unknown parameter", "bad.toml:2:1", "auction.tehta", "hint: did you mean `auction.theta`?"] },
    Wrong { name: "misspelled section", file: b"\n[acution]\ntheta = 5.0", words: BAD, code: 2,
        says: &["unknown section", "bad.toml:2:2", "hint: did you mean `auction`?"] },
    Wrong { name: "negative budget", file: b"[archetype.funded_paid]\nstart_budget_usd_per_day = -5.0", words: BAD, code: 2,
        says: &["-5", "bad.toml:2:28", "archetype.funded_paid.start_budget_usd_per_day", "hint:"] },
    Wrong { name: "not a number", file: b"[auction]\ntheta = nan", words: BAD, code: 2,
        says: &["not a finite number", "bad.toml:2:9", "auction.theta", "hint:"] },
    Wrong { name: "wrong unit", file: b"[archetype.funded_paid]\nstart_cash_eur = 5.0", words: BAD, code: 2,
        says: &["bad.toml:2:1", "archetype.funded_paid.start_cash_eur", "hint: bidcast takes this in USD"] },
    Wrong { name: "wrong type", file: b"[auction]\ntheta = \"large\"", words: BAD, code: 2,
        says: &["bad.toml:2:9", "auction.theta", "hint:"] },
    Wrong { name: "broken TOML", file: b"[auction]\ntheta = = 4", words: BAD, code: 2,
        says: &["error:", "bad.toml:2:"] },
    Wrong { name: "not text", file: b"[auction]\n\xff\xfe", words: BAD, code: 2,
        says: &["bad.toml:2 is not UTF-8", "hint: save the file as UTF-8"] },
    Wrong { name: "missing file", file: b"", words: &["forecast", "-o", "out", "-c", "nowhere.toml"], code: 3,
        says: &["error: cannot read nowhere.toml", "caused by:", "hint: give the path of a TOML file"] },
    Wrong { name: "folder as file", file: b"", words: &["run", "-o", "out", "-c", "."], code: 3,
        says: &["error: cannot read .", "caused by:", "hint:"] },
    Wrong { name: "override without value", file: b"", words: &[SET[0], SET[1], SET[2], SET[3], SET[4], SET[5], "auction.theta"], code: 2,
        says: &["error:", "--set", "hint:"] },
    Wrong { name: "override of nothing", file: b"", words: &[SET[0], SET[1], SET[2], SET[3], SET[4], SET[5], "auction.tehta=3"], code: 2,
        says: &["--set:1:1", "auction.tehta", "hint: did you mean `auction.theta`?"] },
    Wrong { name: "override out of range", file: b"", words: &[SET[0], SET[1], SET[2], SET[3], SET[4], SET[5], "auction.theta=-1"], code: 2,
        says: &["outside its range 2.1 to 20", "--set:1:15", "auction.theta", "hint:"] },
    Wrong { name: "override nonsense", file: b"", words: &[SET[0], SET[1], SET[2], SET[3], SET[4], SET[5], "=[;"], code: 2,
        says: &["error:", "--set"] },
    Wrong { name: "folder below a file", file: b"", words: &["forecast", "-n", "1", "-o", "bad.toml/out"], code: 3,
        says: &["error: could not", "bad.toml", "caused by:"] },
    Wrong { name: "file in the way", file: b"", words: &["forecast", "-n", "1", "-o", "bad.toml", "--force"], code: 2,
        says: &["bad.toml` exists already and is a file", "hint: choose another folder with -o"] },
    Wrong { name: "no draws", file: b"", words: &["forecast", "-n", "0"], code: 2,
        says: &["error:", "--draws"] },
    Wrong { name: "unknown verb", file: b"", words: &["forcast"], code: 2,
        says: &["error:", "forecast"] },
    Wrong { name: "unknown scenario", file: b"", words: &["run", "--scenario", "privacy_los", "-o", "out"], code: 2,
        says: &["error: there is no scenario `privacy_los`", "hint: did you mean `privacy_loss`?", "hint: the scenarios are `ai_content`"] },
    Wrong { name: "file as scenario", file: b"", words: &["forecast", "--scenario", "bad.toml"], code: 2,
        says: &["error: there is no scenario `bad.toml`", "hint: a file of your own is laid over the base with -c: `-c bad.toml`"] },
    Wrong { name: "unknown scenario to show", file: b"", words: &["scenarios", "tiktok"], code: 2,
        says: &["error: there is no scenario `tiktok`", "hint: did you mean `tiktok_push`?"] },
    Wrong { name: "shock without basis", file: b"[[shock]]\nname = \"a\"\nparameter = \"auction.theta\"\ndate = \"2026-01-01\"\nfactor = 2.0\nwhy = \"w\"\nsource = \"s\"", words: BAD, code: 2,
        says: &["missing field `basis`", "bad.toml:1:1", "why, basis, source"] },
    Wrong { name: "unknown parameter to explain", file: b"", words: &["explain", "auction.tehta"], code: 2,
        says: &["error: there is no parameter or section `auction.tehta`", "hint: did you mean `auction.theta`?"] },
    Wrong { name: "nothing like it to explain", file: b"", words: &["explain", "zzzzzzzzzzzz"], code: 2,
        says: &["error: there is no parameter or section", "hint: the sections are", "auction"] },
];

#[test]
fn every_wrong_call_says_what_is_wrong_and_leaves_nothing() {
    for Wrong { name, file, words, code, says } in GALLERY {
        let folder = folder();
        fs::write(folder.path().join("bad.toml"), file).unwrap();
        let before = listing(folder.path());
        let output = call(folder.path(), words);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(*code), "{name}: {stderr}");
        assert!(output.stdout.is_empty(), "{name}: an error is no result");
        for part in *says {
            assert!(stderr.contains(part), "{name}: {part:?} is missing in\n{stderr}");
        }
        assert!(!stderr.contains('\u{1b}'), "{name}: no colours in a pipe");
        assert!(!stderr.contains("panicked"), "{name}: {stderr}");
        assert_eq!(listing(folder.path()), before, "{name}: something was left behind");
    }
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let folder = folder();
    fs::write(folder.path().join("bad.toml"), "[auction]\ntehta = 5.0\ntheta = 900.0\n").unwrap();
    let output = call(folder.path(), &["check", "bad.toml", "small.toml", "nowhere.toml"]);
    let stderr = text(&output.stderr);
    for part in ["bad.toml:2:1", "bad.toml:3:9", "cannot read nowhere.toml", "2 of 3 files cannot be used"] {
        assert!(stderr.contains(part), "{part:?} is missing in\n{stderr}");
    }
    assert_eq!(text(&output.stdout), "ok  small.toml: 7 parameters changed\n");
    assert_eq!(output.status.code(), Some(3), "a file that cannot be read is worse than one that is wrong");
    assert_eq!(call(folder.path(), &["check", "bad.toml"]).status.code(), Some(2));
    assert_eq!(call(folder.path(), &["check", "small.toml"]).status.code(), Some(0));
}

#[test]
fn json_on_stdout_is_the_summary_of_the_folder_and_nothing_else() {
    let folder = folder();
    let words = ["forecast", "-c", "small.toml", "-n", "2", "--seed", "7", "-o", "a/b", "--format", "json"];
    let stdout = printed(folder.path(), &words);
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(summary["schema"], "bidcast/summary/1");
    assert_eq!((&summary["replications"], &summary["seed"]), (&Value::from(2), &Value::from(7)));
    let run = folder.path().join("a/b");
    assert_eq!(stdout, fs::read_to_string(run.join("summary.json")).unwrap());
    for file in ["manifest.json", "summary.csv", "monthly.csv", "config.resolved.toml", "figures"] {
        assert!(run.join(file).exists(), "{file} is missing");
    }
    assert_eq!(listing(&folder.path().join("a")), ["b"], "the staging folder is gone");
}

#[test]
fn a_run_folder_is_replaced_only_by_force_and_its_config_repeats_it() {
    let folder = folder();
    let first = ["forecast", "-c", "small.toml", "-n", "1", "-o", "out", "--format", "json"];
    let summary = printed(folder.path(), &first);
    let again = call(folder.path(), &first);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("replace the run with --force"), "{}", text(&again.stderr));

    let resolved =
        ["forecast", "-c", "out/config.resolved.toml", "-n", "1", "-o", "again", "--format", "json"];
    assert_eq!(printed(folder.path(), &resolved), summary);
    let seed_8 = ["forecast", "-c", "small.toml", "-n", "1", "-o", "out", "--force", "--seed", "8"];
    printed(folder.path(), &seed_8);
    let kept: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out/summary.json")).unwrap()).unwrap();
    assert_eq!(kept["seed"], 8);
    assert_eq!(listing(folder.path()), ["again", "out", "small.toml"]);
}

#[test]
fn threads_do_not_change_a_byte() {
    let folder = folder();
    for jobs in ["1", "2", "8"] {
        printed(folder.path(), &["forecast", "-q", "-c", "small.toml", "-n", "3", "-j", jobs, "-o", jobs]);
    }
    for file in ["summary.json", "summary.csv", "monthly.csv"] {
        let bytes = ["1", "2", "8"].map(|jobs| fs::read(folder.path().join(jobs).join(file)).unwrap());
        assert!(bytes[0] == bytes[1] && bytes[0] == bytes[2], "{file} depends on the number of threads");
    }
}

#[test]
fn the_forecast_page_shows_intervals_targets_laws_and_where_it_is_kept() {
    let folder = folder();
    let output = call(folder.path(), &["forecast", "-c", "small.toml", "-n", "2"]);
    let stdout = text(&output.stdout);
    for part in
        ["Market size", "50 %", "80 %", "95 %", "±", "published", " checks, 0 violated", "2 replications"]
    {
        assert!(stdout.contains(part), "{part:?} is missing in\n{stdout}");
    }
    assert!(text(&output.stderr).contains("runs/forecast-small-001"), "{}", text(&output.stderr));
    assert!(folder.path().join("runs/forecast-small-001/summary.json").exists());
    // One line of the core table fits a terminal of 100 columns.
    let core = stdout.lines().take_while(|line| !line.is_empty());
    let widest = core.map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 100, "{widest} columns:\n{stdout}");

    let quiet = call(folder.path(), &["forecast", "-q", "-v", "-c", "small.toml", "-n", "1"]);
    assert_eq!(quiet.status.code(), Some(2), "quiet and verbose contradict each other");
    let all = printed(folder.path(), &["forecast", "-v", "-c", "small.toml", "-n", "1"]);
    for metric in bidcast::metrics::METRICS {
        // A metric that compares with the year before is unknown in the first simulated year.
        assert!(
            all.contains(metric.name) || metric.name.contains("growth") || metric.name.contains("previous")
        );
    }
}

#[test]
fn quiet_means_nothing_on_stderr() {
    let folder = folder();
    let output = call(folder.path(), &["forecast", "-q", "-c", "small.toml", "-n", "1", "-o", "out"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn a_replication_is_the_same_alone_and_in_a_folder() {
    let folder = folder();
    let alone = printed(folder.path(), &["run", "-c", "small.toml", "--replication", "3", "--seed", "5"]);
    assert!(alone.contains("replication 3 of seed 5") && alone.contains("market_total_usd"), "{alone}");
    assert!(alone.contains(" checks, 0 violated"), "{alone}");
    let kept = printed(
        folder.path(),
        &["run", "-c", "small.toml", "--replication", "3", "--seed", "5", "-o", "out"],
    );
    assert_eq!(kept, alone);
    let manifest: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["verb"], "run --replication 3");
    let other = printed(folder.path(), &["run", "-c", "small.toml", "--replication", "4", "--seed", "5"]);
    assert_ne!(other.lines().nth(3), alone.lines().nth(3), "another replication is another future");
}

#[test]
fn explain_says_value_default_and_who_set_it() {
    let folder = folder();
    let sheet = printed(folder.path(), &["explain", "auction.theta", "--set", "auction.theta=3.5"]);
    for part in ["meaning", "3.5 (default ", "range", "2.1 to 20", "basis", "source", "--set"] {
        assert!(sheet.contains(part), "{part:?} is missing in\n{sheet}");
    }
    let section = printed(folder.path(), &["explain", "auction"]);
    assert!(section.contains("auction.theta") && section.contains("auction.floor_share"), "{section}");
    let json = printed(folder.path(), &["explain", "auction", "--format", "json"]);
    let rows: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["parameter"], "auction.theta");
    assert_eq!(rows[0]["set_in"], "base");
}

#[test]
fn metrics_are_listed_in_every_form() {
    let folder = folder();
    let json: Value =
        serde_json::from_str(&printed(folder.path(), &["metrics", "--format", "json"])).unwrap();
    assert_eq!(json.as_array().unwrap().len(), bidcast::metrics::METRICS.len());
    for form in ["table", "csv", "md"] {
        let listed = printed(folder.path(), &["metrics", "--format", form]);
        for metric in bidcast::metrics::METRICS {
            assert!(listed.contains(metric.name), "{} is missing as {form}", metric.name);
        }
    }
}

#[test]
fn help_documents_every_verb_and_every_exit_code() {
    let folder = folder();
    let help = printed(folder.path(), &["--help"]);
    for part in [
        "forecast",
        "resume",
        "merge",
        "run",
        "check",
        "explain",
        "metrics",
        "scenarios",
        "selftest",
        "completions",
        "man",
        "Exit codes:",
        "  130  ",
    ] {
        assert!(help.contains(part), "{part:?} is missing in\n{help}");
    }
    let forecast = printed(folder.path(), &["forecast", "--help"]);
    for flag in [
        "--scenario",
        "--config",
        "--set",
        "--profile",
        "--draws",
        "--seed",
        "--jobs",
        "--out",
        "--force",
        "--format",
    ] {
        assert!(forecast.contains(flag), "{flag} is missing in\n{forecast}");
    }
    assert!(printed(folder.path(), &["--version"]).starts_with("bidcast "));
}

#[test]
fn completions_and_manual_pages_are_generated() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(printed(folder.path(), &["completions", shell]).contains("forecast"), "{shell}");
    }
    assert!(printed(folder.path(), &["man"]).contains(".TH bidcast"));
    printed(folder.path(), &["man", "--dir", "pages"]);
    let pages = listing(&folder.path().join("pages"));
    assert!(
        pages.contains(&"bidcast.1".to_owned()) && pages.contains(&"bidcast-forecast.1".to_owned()),
        "{pages:?}"
    );
    assert_eq!(call(folder.path(), &["man", "--dir", "small.toml/pages"]).status.code(), Some(3));
}

#[test]
fn a_reader_that_goes_early_is_no_failure() {
    let folder = folder();
    let calls: [&[&str]; 4] = [
        &["metrics"],
        &["completions", "bash"],
        &["--help"],
        &["forecast", "-q", "-c", "small.toml", "-n", "1", "-o", "out", "--format", "json"],
    ];
    for words in calls {
        let mut child = started(folder.path(), words);
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", text(&output.stderr));
        assert!(output.stderr.is_empty(), "{words:?}: {}", text(&output.stderr));
    }
    assert!(folder.path().join("out/summary.json").exists(), "results are kept although nobody read them");
}

fn started(folder: &Path, words: &[&str]) -> Child {
    program(folder, words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[cfg(unix)]
mod interrupts {
    use super::*;

    fn interrupt(child: &Child) {
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until a study is begun or results are staged: from then on Ctrl-C is taken over and the work goes on.
    fn wait_for_work(folder: &Path, child: &mut Child) {
        let begun = || {
            folder.join("out/study.json").exists()
                || listing(folder).iter().any(|name| name.starts_with(".log.csv.partial-"))
        };
        while !begun() {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it was interrupted");
            std::thread::yield_now();
        }
    }

    /// Reads stderr until it says that the first Ctrl-C was heard.
    fn wait_until_heard(child: &mut Child) {
        let stderr = child.stderr.as_mut().unwrap();
        let mut said = Vec::new();
        let mut byte = [0];
        while !text(&said).contains("again gives up") {
            assert_eq!(stderr.read(&mut byte).unwrap(), 1, "it ended unheard: {}", text(&said));
            said.push(byte[0]);
        }
    }

    #[test]
    fn the_first_keeps_what_is_finished() {
        let folder = folder();
        let words = ["forecast", "-c", "small.toml", "-n", "100000", "-j", "1", "-o", "out"];
        let mut child = started(folder.path(), &words);
        wait_for_work(folder.path(), &mut child);
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{stderr}");
        let kept: u64 = stderr
            .lines()
            .find_map(|line| {
                line.strip_prefix("interrupted: ")?.strip_suffix(" of 100,000 replications kept")
            })
            .and_then(|kept| kept.replace(',', "").parse().ok())
            .unwrap_or_else(|| panic!("{stderr}"));
        assert_eq!(stderr.lines().last(), Some("`bidcast resume out` goes on"));
        assert_eq!(listing(folder.path()), ["out", "small.toml"]);
        let summary = folder.path().join("out/summary.json");
        if kept == 0 {
            // The signal came before the first part was complete: nothing to sum up.
            assert!(!summary.exists());
        } else {
            let summary: Value = serde_json::from_slice(&fs::read(summary).unwrap()).unwrap();
            assert_eq!((&summary["replications"], &summary["interrupted"]), (&kept.into(), &true.into()));
        }
    }

    #[test]
    fn the_second_gives_up_at_once_and_leaves_a_study_to_go_on_with() {
        let folder = folder();
        // The whole market: one replication lasts far longer than the two signals need.
        let mut child = started(folder.path(), &["forecast", "-n", "100", "-j", "1", "-o", "out"]);
        wait_for_work(folder.path(), &mut child);
        interrupt(&child);
        wait_until_heard(&mut child);
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        // When the first signal comes before the first replication began, there is nothing to give up.
        let said = text(&output.stderr);
        let ended = ["interrupted: what is finished is kept", "interrupted: 0 of 100 replications kept"];
        assert!(ended.iter().any(|words| said.contains(words)), "{said}");
        assert!(said.contains("`bidcast resume out` goes on"), "{said}");
        assert!(output.stdout.is_empty());
        assert_eq!(
            listing(&folder.path().join("out")),
            ["config.resolved.toml", "design.parquet", "study.json"]
        );
    }

    #[test]
    fn the_second_removes_the_event_log() {
        let folder = folder();
        let mut child = started(folder.path(), &["run", "--trace", "log.csv"]);
        wait_for_work(folder.path(), &mut child);
        interrupt(&child);
        wait_until_heard(&mut child);
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("interrupted: nothing kept") && output.stdout.is_empty());
        assert_eq!(listing(folder.path()), ["small.toml"]);
    }
}
