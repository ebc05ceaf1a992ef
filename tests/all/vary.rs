//! Verbs that vary parameters, end to end: `sweep`, `sensitivity`, `discover`, on a tiny market and on runs whose answer is known.

#![cfg(all(feature = "cli", feature = "charts", feature = "parquet"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::fs;
use std::path::Path;

use bidcast::experiment::study::{Design, Drawing, Finished, Lever, Limits, parts, run_job};
use bidcast::metrics::index_of;
use bidcast::rng::Streams;
use bidcast::sampling::Sampler;
use bidcast::sensitivity::{Noise, SaltelliLayout, SobolRule, sobol_indices};
use bidcast::stats::{mcse, mean};
use bidcast::store::study::{PART_JOBS, StudyFolder, read_columns};
use serde_json::{Value, json};

use crate::cli::{call, folder, listing, printed, text};
use crate::common::{SEED, small};

const METRIC: &str = "market_total_usd_2025";
const SWEEP: [&str; 10] = [
    "sweep",
    "-q",
    "-c",
    "small.toml",
    "--cache",
    "cache",
    "--grid",
    "auction.theta=3,5",
    "--grid",
    "supply.cpm_usd_per_mille*=0.9:1.1:2",
];

/// A table of numbers with its header, from CSV; NaN where a cell is empty or holds words.
fn numbers(csv: &str) -> (Vec<String>, Vec<Vec<f64>>) {
    let mut lines = csv.lines();
    let header = lines.next().unwrap().split(',').map(str::to_owned).collect();
    (
        header,
        lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()).collect(),
    )
}

/// Columns of the results of a run folder.
fn results(run: &Path, names: &[&str]) -> Vec<Vec<f64>> {
    let files = listing(&run.join("results")).into_iter().map(|name| run.join("results").join(name));
    read_columns(&files.collect::<Vec<_>>(), names).unwrap()
}

#[test]
fn a_sweep_shows_every_point_of_its_grid_under_the_same_chance() {
    let folder = folder();
    let mut words = SWEEP.to_vec();
    words.extend(["--reps", "2", "-o", "out", "--format", "csv"]);
    let shown = printed(folder.path(), &words);
    let run = folder.path().join("out");
    assert_eq!(fs::read_to_string(run.join("points.csv")).unwrap(), shown);
    let (header, rows) = numbers(&shown);
    assert_eq!(header[..4], ["point", "auction.theta", "supply.cpm_usd_per_mille*", "runs"]);
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let points: Vec<[f64; 3]> = rows.iter().map(|row| [row[1], row[2], row[3]]).collect();
    assert_eq!(points, [[3.0, 0.9, 2.0], [3.0, 1.1, 2.0], [5.0, 0.9, 2.0], [5.0, 1.1, 2.0]]);
    let found = results(&run, &["draw", "replication", METRIC]);
    assert_eq!(
        found[1],
        [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0],
        "replication k is the same at every point"
    );
    for (point, row) in (0_u32..).zip(&rows) {
        let of = |(draw, _): &(&f64, &f64)| (**draw - f64::from(point)).abs() < 0.5;
        let values: Vec<f64> = found[0].iter().zip(&found[2]).filter(of).map(|(_, y)| *y).collect();
        assert!((row[place(METRIC)] / mean(&values).unwrap() - 1.0).abs() < 1e-12);
        assert!((row[place(&format!("{METRIC}_mcse"))] / mcse(&values).unwrap() - 1.0).abs() < 1e-9);
    }
    assert!(
        (rows[0][place(METRIC)] / rows[3][place(METRIC)] - 1.0).abs() > 1e-3,
        "parameters reach the market"
    );
    let table = printed(folder.path(), &["resume", "-q", "out"]);
    assert!(table.contains("auction.theta") && table.contains("4 points × 2 runs"), "{table}");
}

#[test]
fn a_sweep_broken_off_or_shared_out_is_the_unbroken_one() {
    let folder = folder();
    let call_with = |more: &[&str]| {
        let words: Vec<&str> =
            SWEEP.iter().chain(&["--reps", "5", "--no-cache"]).chain(more).copied().collect();
        printed(folder.path(), &words)
    };
    let whole = call_with(&["-o", "whole"]);
    call_with(&["-o", "one", "--shard", "1/2"]);
    call_with(&["-o", "two", "--shard", "2/2", "-j", "2"]);
    assert!(!folder.path().join("one/points.csv").exists());
    assert_eq!(printed(folder.path(), &["merge", "-q", "one", "two", "-o", "both"]), whole);
    // What a killed program leaves half-written is no result.
    fs::write(folder.path().join("one/results/.partial-x"), b"half").unwrap();
    assert_eq!(printed(folder.path(), &["resume", "-q", "one", "--no-cache"]), whole);
    let bytes = |run: &str, file: &str| fs::read(folder.path().join(run).join(file)).unwrap();
    let parts = listing(&folder.path().join("whole/results"));
    assert_eq!(parts.len(), 3, "20 jobs in parts of 8");
    let parts = parts.iter().map(|part| format!("results/{part}"));
    for file in parts.chain(["points.csv".into(), "design.parquet".into(), "study.json".into()]) {
        assert_eq!(bytes("whole", &file), bytes("one", &file), "{file}");
        assert_eq!(bytes("whole", &file), bytes("both", &file), "{file}");
    }
}

#[test]
fn points_of_a_file_and_of_a_design_are_simulated_as_they_are() {
    let folder = folder();
    fs::write(folder.path().join("points.csv"), "auction.theta,supply.growth_per_year\n3.5,0.1\n4.5,0.2\n")
        .unwrap();
    let common =
        ["sweep", "-q", "-c", "small.toml", "--cache", "cache", "--format", "csv", "--metric", "cr20"];
    let with = |more: &[&str]| {
        let words: Vec<&str> = common.iter().chain(more).copied().collect();
        numbers(&printed(folder.path(), &words))
    };
    let (header, rows) = with(&["--from", "points.csv", "-o", "file"]);
    assert_eq!(header[4..], ["cr20_2025", "cr20_2025_mcse"]);
    assert_eq!((rows[0][1], rows[1][2], rows.len()), (3.5, 0.2, 2));
    let (_, rows) = with(&["--design", "lhs:4", "--vary", "auction.theta=3:5", "-o", "spread"]);
    let mut strata: Vec<u32> = rows.iter().map(|row| ((row[1] - 3.0) / 0.5) as u32).collect();
    strata.sort_unstable();
    assert_eq!(strata, [0, 1, 2, 3]);
    let planned = printed(
        folder.path(),
        &["sweep", "-q", "-c", "small.toml", "--design", "sobol:8", "--params", "prior", "--dry-run"],
    );
    assert!(planned.contains("8 runs: 8 draws of 33 parameters"), "{planned}");
}

#[test]
fn wrong_points_are_refused_with_their_place_before_any_work() {
    let folder = folder();
    let csv = "auction.theta, supply.growth_per_year\n3.5,0.1\n3.5,much\n99,0.1\n3.5\n";
    fs::write(folder.path().join("points.csv"), csv).unwrap();
    fs::write(folder.path().join("names.csv"), "auction.theta,auction.tehta\n3.5,1\n").unwrap();
    let cases: [(&[&str], i32, &[&str]); 9] = [
        (
            &["--from", "points.csv"],
            2,
            &[
                "points.csv:3:5",
                "`much` is not a number",
                "points.csv:4:1",
                "outside its range",
                "points.csv:5:1",
                "1 fields",
            ],
        ),
        (&["--from", "names.csv"], 2, &["names.csv:1:15", "auction.tehta", "did you mean `auction.theta`?"]),
        (&["--from", "nowhere.csv"], 3, &["cannot read nowhere.csv"]),
        (&["--grid", "auction.theta=3:5"], 2, &["--grid", "PATH=LO:HI:N"]),
        (&["--grid", "auction.theta=3,99"], 2, &["outside its range", "--grid:1:1"]),
        (&["--design", "lhs:4"], 2, &["no parameter is varied", "--vary"]),
        (&["--design", "sobol:6", "--vary", "auction.theta=3:5"], 2, &["take 4 or 8 points"]),
        (&["--design", "lhs:4", "--vary", "auction.theta=3:99"], 2, &["outside its range", "--vary:1:1"]),
        (&["--grid", "auction.theta=3,4", "--vary", "auction.theta=3:5"], 2, &["need no --vary"]),
    ];
    for (words, code, says) in cases {
        let all: Vec<&str> =
            ["sweep", "-q", "-c", "small.toml", "-o", "out"].iter().chain(words).copied().collect();
        let output = call(folder.path(), &all);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
        assert!(says.iter().all(|part| told.contains(part)), "{words:?}: {told}");
    }
    assert!(!folder.path().join("out").exists());
}

const PLACED: [&str; 10] = [
    "sensitivity",
    "-q",
    "-c",
    "small.toml",
    "--cache",
    "cache",
    "--vary",
    "auction.theta=3:5",
    "--vary",
    "supply.cpm_usd_per_mille*=0.8:1.2",
];

fn placed(folder: &Path, more: &[&str]) -> String {
    let words: Vec<&str> = PLACED.iter().chain(more).copied().collect();
    printed(folder, &words)
}

#[test]
fn sobol_indices_are_those_of_the_rows_on_disk() {
    let folder = folder();
    let more =
        ["--method", "sobol", "-N", "8", "--metric", "market_total_usd", "--metric", "hhi", "-o", "out"];
    let table = placed(folder.path(), &more);
    let run = folder.path().join("out");
    for part in [
        "auction.theta",
        "supply.cpm_usd_per_mille*",
        "ST at N/2",
        "From N/2 to N",
        "8 base points of 4 rows",
    ] {
        assert!(table.contains(part), "{part} is missing in\n{table}");
    }
    let found = results(&run, &["replication", METRIC, "job_id"]);
    assert_eq!(found[0][..5], [0.0, 0.0, 0.0, 0.0, 1_000.0], "rows of a base point share their chance");
    let layout = SaltelliLayout { n_inputs: 2, second_order: false };
    let rule = SobolRule { layout, noise: Noise::Aligned, n_resamples: 0, level: 0.95 };
    let mut stream = Streams::new(1, 1).open(1, 0, 0);
    let expected = sobol_indices(&found[1], &rule, &mut stream).unwrap();
    let json: Value = serde_json::from_slice(&fs::read(run.join("sensitivity.json")).unwrap()).unwrap();
    assert_eq!((json["method"].as_str(), json["outcomes"].as_array().unwrap().len()), (Some("sobol"), 2));
    for (name, index) in [("auction.theta", 0), ("supply.cpm_usd_per_mille*", 1)] {
        let rows = json["rows"].as_array().unwrap();
        let row =
            rows.iter().find(|row| row["metric"] == "market_total_usd" && row["parameter"] == name).unwrap();
        assert!((row["s1"].as_f64().unwrap() - expected.inputs[index].first.value).abs() < 1e-12);
        assert!((row["st"].as_f64().unwrap() - expected.inputs[index].total.value).abs() < 1e-12);
        assert!(row["st_low"].as_f64().unwrap() <= row["st_high"].as_f64().unwrap());
    }
    let csv = fs::read_to_string(run.join("sensitivity.csv")).unwrap();
    assert_eq!(csv.lines().count(), 5);
    // Its rows repeat each other's parameters: they are no sample for other questions.
    for words in
        [vec!["sensitivity", "--run", "out"], vec!["discover", "--run", "out", "--case", "cr20_2025 > 0.5"]]
    {
        let output = call(folder.path(), &words);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("no sample"), "{}", text(&output.stderr));
    }
}

#[test]
fn replicated_rows_have_chance_of_their_own_and_factor_makes_it_an_input() {
    let folder = folder();
    let table =
        placed(folder.path(), &["--method", "sobol", "-N", "4", "--reps", "2", "--dummy", "1", "-o", "own"]);
    assert!(table.contains("cr20_2025") && table.contains("nothing drives it"), "{table}");
    for part in
        ["dummy_1", "ST of the explained", "4 base points of 5 rows, 2 runs of each", "go nowhere reach"]
    {
        assert!(table.contains(part), "{part} is missing in\n{table}");
    }
    let own = results(&folder.path().join("own"), &["replication"]);
    assert_eq!(own[0][..4], [0.0, 1.0, 1_000.0, 1_001.0]);
    let factor = [
        "--method",
        "sobol",
        "-N",
        "4",
        "--noise",
        "factor",
        "--second-order",
        "-o",
        "factor",
        "--format",
        "csv",
    ];
    let table = placed(folder.path(), &factor);
    // Three inputs with chance, and three pairs; with fewer than 20 apps cr20 is 1 and nothing drives it.
    assert!(table.lines().count() == 1 + 6 && table.contains(",chance,"), "{table}");
    let factor = results(&folder.path().join("factor"), &["replication"]);
    assert_eq!(factor[0][..8], [0.0, 0.0, 0.0, 1_000.0, 1_000.0, 1_000.0, 0.0, 1_000.0]);
}

#[test]
fn effects_of_morris_are_the_steps_of_its_trajectories() {
    let folder = folder();
    let more = [
        "--method",
        "morris",
        "--trajectories",
        "4",
        "--metric",
        "market_total_usd",
        "-o",
        "out",
        "--format",
        "json",
    ];
    let json: Value = serde_json::from_str(&placed(folder.path(), &more)).unwrap();
    let run = folder.path().join("out");
    let found = results(&run, &["replication", METRIC]);
    assert_eq!(found[0][..4], [0.0, 0.0, 0.0, 1_000.0], "runs of a trajectory share their chance");
    let levers = ["auction.theta", "supply.cpm_usd_per_mille*"];
    let points = read_columns(&[run.join("design.parquet")], &levers).unwrap();
    for (k, (name, width)) in levers.into_iter().zip([2.0, 0.4]).enumerate() {
        let effects: Vec<f64> = (0..12)
            .filter(|job| job % 3 < 2 && (points[k][job + 1] - points[k][*job]).abs() > 1e-9)
            .map(|job| (found[1][job + 1] - found[1][job]) / ((points[k][job + 1] - points[k][job]) / width))
            .collect();
        assert_eq!(effects.len(), 4, "each moves once a trajectory");
        let row = json["rows"].as_array().unwrap().iter().find(|row| row["parameter"] == name).unwrap();
        assert!((row["mu"].as_f64().unwrap() / mean(&effects).unwrap() - 1.0).abs() < 1e-9, "{row}");
        let sizes: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
        assert!((row["mu_star"].as_f64().unwrap() / mean(&sizes).unwrap() - 1.0).abs() < 1e-9, "{row}");
        assert!(points[k].iter().all(|x| [0.0, 1.0, 2.0, 3.0].iter().any(|level| {
            let low = if k == 0 { 3.0 } else { 0.8 };
            (x - low - level * width / 3.0).abs() < 1e-9
        })));
    }
}

#[test]
fn correlated_priors_are_refused_unless_they_are_drawn_apart() {
    let folder = folder();
    for method in ["sobol", "morris"] {
        let words =
            ["sensitivity", "-q", "-c", "small.toml", "--method", method, "--params", "prior", "-o", "out"];
        let output = call(folder.path(), &words);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("believed to be correlated") && told.contains("--independent"), "{told}");
    }
    let words =
        ["sensitivity", "-q", "-c", "small.toml", "--method", "sobol", "-N", "2", "--params", "prior"];
    let planned = printed(folder.path(), &[&words[..], &["--independent", "--dry-run"]].concat());
    assert!(planned.contains("70 runs: 70 draws of 33 parameters"), "{planned}");
    for (more, says) in [
        (vec!["-N", "6"], "take -N 4 or -N 8"),
        (vec!["--noise", "correct"], "--reps 2"),
        (vec!["--noise", "factor", "--reps", "2"], "leave out --reps"),
        (vec!["--dummy", "2"], "exactly 0"),
        (vec!["--metric", "hih"], "did you mean `hhi`?"),
        (vec!["--year", "2031"], "the years are 2025"),
        (vec!["--run", "x"], "cannot be used with"),
    ] {
        let words: Vec<&str> =
            PLACED.iter().copied().chain(["--method", "sobol"]).chain(more.iter().copied()).collect();
        let output = call(folder.path(), &words);
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(text(&output.stderr).contains(says), "{more:?}: {}", text(&output.stderr));
    }
}

/// A stored run of 1,024 draws in two replications, with outcomes that are known: y = 4a + 2b + c·0 and chance of the variance
/// of both, in 1e8 USD over a level of 10.
fn known(run: &Path) {
    let scenario = small(&["run.start_date=2025-01-01", "supply.addressable_impressions_per_day*=0.05"]);
    let one = run_job(&Design::ensemble(&scenario, SEED, 1), 0, Limits::default()).outcome.unwrap();
    let metric = index_of("market_total_usd").unwrap();
    let drawing = Drawing { sampler: Sampler::Independent, draws: 1_024, randomizations: 1 };
    let levers = ["a", "b", "c"].map(|name| Lever { name: name.into(), paths: Vec::new() });
    let design = Design::nested(&scenario, SEED, levers.to_vec(), drawing.points(3, SEED).unwrap(), 2);
    let question = json!({ "verb": "forecast", "drawing": null, "replications": 2, "until": [], "prob": [], "freeze": false });
    let folder = StudyFolder::begin(run, &design, &question).unwrap();
    let finished = |job: u64| {
        let row = design.jobs[job as usize];
        let draw = &design.draws[row.draw as usize];
        let chance = (20.0_f64 / 12.0).sqrt() * Streams::new(9, row.replication).open(1, 0, 0).normal();
        let mut outcome = one.clone();
        outcome.yearly[0][metric] = 1e8 * (10.0 + 4.0 * draw[0] + 2.0 * draw[1] + chance);
        Finished { job, outcome: Ok(outcome) }
    };
    for part in parts(design.jobs.len() as u64, PART_JOBS) {
        folder.add(&design, &part, &part.jobs.clone().map(finished).collect::<Vec<_>>()).unwrap();
    }
}

#[test]
fn a_stored_run_tells_what_drives_it_and_where_its_cases_lie() {
    let root = folder();
    known(&root.path().join("run"));
    let words = ["sensitivity", "--run", "run", "--metric", "market_total_usd"];
    let output = call(root.path(), &words);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    assert!(
        table.contains("below the floor") && table.contains("1,024 draws of 3 parameters, 2 runs of each"),
        "{table}"
    );
    let json: Value =
        serde_json::from_slice(&fs::read(root.path().join("run/sensitivity.json")).unwrap()).unwrap();
    // Of all variance a has 0.4, b 0.1, chance half. Standard errors at 1,024 draws are about 0.02.
    let share = json["outcomes"][0]["facts"]["share_of_chance"].as_f64().unwrap();
    assert!((share - 0.5).abs() < 0.08, "{share}");
    for (row, (name, first, above)) in
        [("a", 0.4, "yes"), ("b", 0.1, "yes"), ("c", 0.0, "no")].into_iter().enumerate()
    {
        let row = &json["rows"][row];
        assert_eq!(
            (row["parameter"].as_str(), row["above_floor"].as_str()),
            (Some(name), Some(above)),
            "{row}"
        );
        assert!((row["s1"].as_f64().unwrap() - first).abs() < 0.08, "{row}");
        assert!((row["s1_explainable"].as_f64().unwrap() - 2.0 * first).abs() < 0.12, "{row}");
    }
    // The expected outcome is above 14.5 where a is large, and b helps.
    let case = format!("{METRIC} > 14.5e8");
    let words = ["discover", "--run", "run", "--case", case.as_str(), "--bootstrap", "10"];
    let page = printed(root.path(), &words);
    assert!(page.contains("came back") && page.contains("runs of a draw are alike"), "{page}");
    let one = printed(root.path(), &[&words[..], &["--max-dims", "1", "--format", "md"]].concat());
    assert!(one.lines().count() == 3 && one.contains("| a | 0."), "{one}");
    let boxes = fs::read_to_string(root.path().join("run/boxes.csv")).unwrap();
    assert!(boxes.lines().any(|line| line.starts_with("chosen,") && line.contains(",a,0.")), "{boxes}");
    let never = call(root.path(), &["discover", "--run", "run", "--case", "market_total_usd_2025 < 1"]);
    assert!(
        never.status.code() == Some(2) && text(&never.stderr).contains("in none"),
        "{}",
        text(&never.stderr)
    );
}

#[test]
fn a_run_without_drawn_parameters_cannot_be_asked() {
    let folder = folder();
    let forecast = ["forecast", "-q", "-c", "small.toml", "-n", "2", "-o", "out", "--cache", "cache"];
    printed(folder.path(), &forecast);
    for (words, says) in [
        (vec!["sensitivity", "--run", "out"], "no parameter is varied in out"),
        (vec!["sensitivity"], "there is no run to ask"),
        (vec!["sensitivity", "--run", "nowhere"], "nowhere"),
        (vec!["discover", "--run", "out", "--case", "cr20 < 1"], "does not end in a year"),
    ] {
        let output = call(folder.path(), &words);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(says), "{words:?}: {}", text(&output.stderr));
    }
}
