//! Every number says where it comes from, and the model description lists all of them as they are.

#![allow(clippy::unwrap_used, reason = "a page that cannot be read should fail the test on the spot")]

use std::fs;
use std::path::Path;
use std::process::Command;

use bidcast::report::parameter_table::parameter_table;
use bidcast::scenario::{Basis, Scenario};

const BEGIN: &str = "<!-- parameters: begin (generated) -->\n";
const END: &str = "<!-- parameters: end -->";

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/odd.md")).unwrap()
}

#[test]
fn the_model_description_lists_every_parameter_as_it_is() {
    let page = page();
    let (_, rest) = page.split_once(BEGIN).expect("docs/odd.md has lost the marker before its parameters");
    let (listed, _) = rest.split_once(END).expect("docs/odd.md has lost the marker after its parameters");
    let made = parameter_table(Scenario::load(&[]).unwrap().registry());
    let stale: Vec<&str> = made.lines().filter(|line| !listed.lines().any(|other| other == *line)).collect();
    assert!(
        listed == made,
        "docs/odd.md lists other parameters than configs/base.toml; first of {} lines that are missing:\n{}\n\
         hint: remake it with `just odd`, or put the output of `bidcast explain --format md` between its two markers",
        stale.len(),
        stale.first().unwrap_or(&"(none: some are too many, or in another order)")
    );
}

/// What is wrong with the evidence given for a value.
fn doubts(basis: Basis, source: &str, about: &str) -> Option<&'static str> {
    let words = source.split_whitespace().count();
    if about.trim().is_empty() {
        Some("does not say what it is")
    } else if source.trim().is_empty() {
        Some("gives no source")
    } else if basis == Basis::Judgement && !source.contains("judgement") && words < 2 {
        Some("is a judgement, and neither says so nor why")
    } else if basis == Basis::Fitted && !source.contains("fitted") {
        Some("is fitted, and does not say to what")
    } else if basis != Basis::Judgement && source.trim() == "judgement" {
        Some("is called evidence and is a judgement")
    } else {
        None
    }
}

#[test]
fn every_number_has_a_source_or_is_called_a_judgement() {
    let scenario = Scenario::load(&[]).unwrap();
    let found: Vec<String> = scenario
        .registry()
        .iter()
        .filter_map(|p| doubts(p.basis, &p.source, &p.about).map(|doubt| format!("{} {doubt}", p.path)))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The rule itself, on samples.
    assert!(doubts(Basis::Judgement, "judgement", "a share").is_none());
    assert!(doubts(Basis::Judgement, "exits are for the small", "a share").is_none());
    for (basis, source) in [
        (Basis::Judgement, "guess"),
        (Basis::OtherPublic, ""),
        (Basis::Fitted, "0.3"),
        (Basis::OtherPublic, "judgement"),
    ] {
        assert!(doubts(basis, source, "a share").is_some(), "{source}");
    }
}

#[test]
fn explain_prints_basis_and_source_of_every_parameter() {
    let explain = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_bidcast")).arg("explain").args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let scenario = Scenario::load(&[]).unwrap();
    let all: serde_json::Value = serde_json::from_str(&explain(&["--format", "json"])).unwrap();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), scenario.registry().len());
    for (row, parameter) in all.iter().zip(scenario.registry()) {
        assert_eq!(row["parameter"], parameter.path.as_str());
        assert_eq!(row["source"], parameter.source.as_str());
        assert_eq!(row["basis"], parameter.basis.to_string());
    }
    // A line a parameter and one for the header.
    assert_eq!(explain(&[]).lines().count(), scenario.registry().len() + 1);
    assert_eq!(explain(&["--format", "md"]), parameter_table(scenario.registry()));
    let section: serde_json::Value = serde_json::from_str(&explain(&["cash", "--format", "json"])).unwrap();
    assert_eq!(section.as_array().unwrap().len(), scenario.registry().section("cash").count());
}
