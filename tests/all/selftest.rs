//! The suite of known answers: every check passes, is explained, is tight enough to fail, and the program asks it.
//!
//! That checks fail when a mechanism is wrong is tested beside each of them, in `src/experiment/selftest/`.

#![allow(clippy::unwrap_used, reason = "a program that cannot be started should fail the test on the spot")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use bidcast::experiment::selftest::{CHECKS, Kind};

#[test]
fn every_known_answer_is_given_and_no_tolerance_lets_anything_pass() {
    let mut problems = Vec::new();
    for check in CHECKS {
        let answer = (check.run)();
        if !answer.passed() {
            problems.push(format!(
                "{}: {} expected, {} got (± {})",
                check.name, answer.expected, answer.got, answer.tolerance
            ));
        }
        // Twice asked, twice the same answer: nothing in it depends on the call.
        if check.name.starts_with("gini") && (check.run)() != answer {
            problems.push(format!("{} changes its answer", check.name));
        }
        let widest = if answer.kind == Kind::Chance { 0.1 } else { 0.06 };
        if answer.tolerance > widest * answer.expected.abs() {
            problems
                .push(format!("{}: ± {} at {} is too wide", check.name, answer.tolerance, answer.expected));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn names_are_unique_and_every_check_is_explained() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation.md")).unwrap();
    for (index, check) in CHECKS.iter().enumerate() {
        assert!(
            CHECKS[..index].iter().all(|other| other.name != check.name),
            "{} is listed twice",
            check.name
        );
        assert!(!check.about.is_empty() && !check.source.is_empty(), "{}", check.name);
        assert!(
            page.contains(&format!("`{}`", check.name)),
            "{} is not in docs/validation.md\nhint: name it in backticks in the table of known answers",
            check.name
        );
    }
}

fn selftest(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bidcast")).arg("selftest").args(words).output().unwrap()
}

#[test]
fn the_program_asks_what_is_named_and_says_the_same_each_time() {
    let words = ["cr20_zipf", "gini_pareto", "--format", "json"];
    let (first, second) = (selftest(&words), selftest(&words));
    assert_eq!(first.status.code(), Some(0));
    assert_eq!(first.stdout, second.stdout);
    let rows: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!((&rows[0]["check"], &rows[0]["verdict"]), (&"cr20_zipf".into(), &"passed".into()));
    assert!((rows[1]["expected"].as_f64().unwrap() - 0.2).abs() < 1e-12);
    // The time is told beside the result, not in it.
    assert!(String::from_utf8(first.stderr).unwrap().contains("2 checks passed in "));
    assert!(selftest(&["cr20_zipf", "-q"]).stderr.is_empty());
}

#[test]
fn a_name_that_is_no_check_is_a_mistake_of_the_command_line() {
    let output = selftest(&["mm1_wiat"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("there is no check `mm1_wiat`") && said.contains("did you mean `mm1_wait`?"),
        "{said}"
    );
}
