//! Studies: what is interrupted and resumed, run on other threads, or run in parts elsewhere, is what an unbroken run is.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bidcast::experiment::study::{
    Design, Failure, Finished, Lever, Limits, Part, RunError, parts, run_job, run_parts,
};
use bidcast::experiment::{Plan, Silent, Watch, ensemble, summarise, summarise_columns};
use bidcast::metrics::index_of;
use bidcast::scenario::Scenario;
use bidcast::store::StoreError;
use bidcast::store::study::{
    PART_JOBS, Shape, StudyFolder, StudyResults, read_column, read_columns, read_curves, read_status,
};

use crate::common::{SEED, small};

/// A market small and short enough to be run dozens of times.
fn tiny() -> Scenario {
    small(&[
        "run.start_date=2025-01-01",
        "supply.addressable_impressions_per_day*=0.05",
        "entry.rate_low_apps_per_month*=0.2",
        "entry.rate_peak_apps_per_month*=0.2",
        "entry.rate_late_apps_per_month*=0.2",
    ])
}

/// Two draws of two parameters, so many replications each.
fn design(replications: u64) -> Design {
    let levers = ["auction.theta", "supply.cpm_usd_per_mille*"].map(Lever::of).to_vec();
    Design::nested(&tiny(), SEED, levers, vec![vec![3.5, 1.0], vec![4.5, 1.2]], replications)
}

/// Stops after so many jobs.
struct StopAfter(AtomicU64);

impl Watch for StopAfter {
    fn finished(&self, _: u64, _: u64) {
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    }
    fn stop(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }
}

/// Runs what a folder lacks.
fn go_on(dir: &Path, design: &Design, threads: usize, watch: &dyn Watch) -> bool {
    let folder = StudyFolder::begin(dir, design, &()).unwrap();
    let missing = folder.missing().unwrap();
    let work = |job| run_job(design, job, Limits::default());
    let mut keep = |part: &Part, results: &[Finished]| folder.add(design, part, results);
    run_parts(&missing, threads, &work, &mut keep, watch).unwrap().interrupted
}

/// All files below a folder with their content.
fn content(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for sub in ["", "results", "series"] {
        for entry in fs::read_dir(dir.join(sub)).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            let name = format!("{sub}/{}", entry.file_name().to_string_lossy());
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

#[test]
fn a_study_broken_off_again_and_again_is_the_unbroken_one() {
    let design = design(PART_JOBS + 2);
    let root = tempfile::tempdir().unwrap();
    let (whole, broken) = (root.path().join("whole"), root.path().join("broken"));
    assert!(!go_on(&whole, &design, 2, &Silent));
    let mut breaks = 0;
    while go_on(&broken, &design, 1 + breaks % 3, &StopAfter(AtomicU64::new(PART_JOBS + 1))) {
        // What a killed program leaves half-written is not taken for a result.
        fs::write(broken.join("results/.partial-x"), b"half").unwrap();
        breaks += 1;
        assert!(breaks < 10, "a run that is resumed gets no further");
    }
    assert!(breaks >= 2, "the study was hardly broken off");
    assert_eq!(content(&whole), content(&broken));
}

#[test]
fn tables_hold_what_the_replications_brought() {
    let design = design(2);
    let root = tempfile::tempdir().unwrap();
    go_on(root.path(), &design, 1, &Silent);
    let shape = Shape::of(&design).unwrap();
    assert_eq!((shape.years.clone(), shape.months.len()), (vec![2025], 12));
    let folder = StudyFolder::begin(root.path(), &design, &()).unwrap();
    let outcomes: Vec<_> =
        (0..4).map(|job| run_job(&design, job, Limits::default()).outcome.unwrap()).collect();
    let m = index_of("market_total_usd").unwrap();
    let expected: Vec<f64> = outcomes.iter().map(|o| o.yearly[0][m]).collect();
    assert_eq!(read_column(&folder.results(), "market_total_usd_2025").unwrap(), expected);
    let rows = read_columns(&folder.results(), &["draw", "replication", "job_id"]).unwrap();
    assert_eq!(rows, [[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1000.0, 1001.0], [0.0, 1.0, 2.0, 3.0]]);
    let monthly: Vec<f64> = outcomes.iter().flat_map(|o| o.monthly.iter().map(|row| row[m])).collect();
    assert_eq!(read_column(&folder.series(), "market_total_usd").unwrap(), monthly);
    let lorenz: Vec<_> = outcomes.iter().map(|o| Some(o.lorenz[0].clone())).collect();
    assert_eq!(read_curves(&folder.results(), "lorenz_2025").unwrap(), lorenz);
    // Draws differ, or nothing would have been varied.
    assert!((expected[0] / expected[2] - 1.0).abs() > 1e-3);
    let Err(StoreError::Part { reason, .. }) = read_column(&folder.results(), "market_total") else {
        panic!("a column that is not there must be an error");
    };
    assert!(reason.contains("market_total"), "{reason}");
}

#[test]
fn a_summary_from_disk_is_the_one_from_memory() {
    let scenario = tiny();
    let plan = Plan { seed: SEED, replications: 5, jobs: 2 };
    let from_memory = summarise(&scenario, &plan, &ensemble(&scenario, &plan, &Silent).unwrap());
    let design = Design::ensemble(&scenario, SEED, 5);
    let root = tempfile::tempdir().unwrap();
    go_on(root.path(), &design, 2, &Silent);
    let folder = StudyFolder::begin(root.path(), &design, &()).unwrap();
    let results = StudyResults::of(&folder, &design, |_, _| true).unwrap();
    let from_disk = summarise_columns(&scenario, &plan, &results, None, false).unwrap();
    assert_eq!(from_disk, from_memory);
    let two = StudyResults::of(&folder, &design, |_, job| job.replication >= 3).unwrap();
    assert_eq!(two.jobs(), [3, 4]);
    assert_eq!(summarise_columns(&scenario, &plan, &two, None, true).unwrap().replications, 2);
}

#[test]
fn a_folder_takes_no_results_of_another_design() {
    let root = tempfile::tempdir().unwrap();
    let (one, other) = (design(1), design(2));
    StudyFolder::begin(root.path(), &one, &()).unwrap();
    let refused = StudyFolder::begin(root.path(), &other, &());
    assert!(matches!(refused, Err(StoreError::OtherDesign { .. })), "{refused:?}");
}

#[test]
fn a_damaged_part_is_told_and_run_again_when_it_is_gone() {
    let design = design(1);
    let root = tempfile::tempdir().unwrap();
    go_on(root.path(), &design, 1, &Silent);
    let file = root.path().join("results/part-00000.parquet");
    let good = fs::read(&file).unwrap();
    fs::write(&file, &good[..good.len() / 2]).unwrap();
    let folder = StudyFolder::begin(root.path(), &design, &()).unwrap();
    assert!(matches!(folder.missing(), Err(StoreError::Part { .. })));
    fs::remove_file(&file).unwrap();
    go_on(root.path(), &design, 1, &Silent);
    assert_eq!(fs::read(&file).unwrap(), good);
}

#[test]
fn failures_are_results_with_a_reason() {
    let design = design(2);
    let root = tempfile::tempdir().unwrap();
    let folder = StudyFolder::begin(root.path(), &design, &()).unwrap();
    let work = |job| match job {
        0 => Finished { job, outcome: Err(Failure::Panic("index out of bounds".into())) },
        1 => Finished {
            job,
            outcome: Err(Failure::NotFinite { metric: "cr20".into(), period: "2025".into() }),
        },
        2 => run_job(&design, job, Limits { time: Some(Duration::ZERO) }),
        _ => run_job(&design, job, Limits::default()),
    };
    let all: Vec<Part> = parts(4, PART_JOBS).collect();
    let mut keep = |part: &Part, results: &[Finished]| folder.add(&design, part, results);
    run_parts(&all, 2, &work, &mut keep, &Silent).unwrap();
    let status = read_status(&folder.results()).unwrap();
    let kinds: Vec<&str> = status.iter().map(|row| row.status.as_str()).collect();
    assert_eq!(kinds, ["panic", "not_finite", "timeout", "ok"]);
    let reason = |row: usize| status[row].error.clone().unwrap();
    assert!(reason(0).contains("index out of bounds") && reason(1).contains("`cr20` of 2025"));
    assert!(reason(2).contains("gave up after 0 s"), "{}", reason(2));
    assert_eq!(status[3].error, None);
    let values = read_column(&folder.results(), "market_total_usd_2025").unwrap();
    assert!(values[..3].iter().all(|x| x.is_nan()) && values[3] > 0.0);
}

#[test]
fn a_refused_draw_and_a_job_that_is_not_there_fail_alone() {
    let mut design = design(1);
    design.draws[0][0] = 1.0;
    let Err(Failure::Refused(reason)) = run_job(&design, 0, Limits::default()).outcome else {
        panic!("θ below its range must be refused");
    };
    assert!(reason.contains("auction.theta") && reason.contains("2.1"), "{reason}");
    assert!(run_job(&design, 1, Limits::default()).outcome.is_ok());
    assert!(matches!(run_job(&design, 9, Limits::default()).outcome, Err(Failure::Refused(_))));
}

#[test]
fn a_disk_that_takes_no_more_ends_the_run() {
    let all: Vec<Part> = parts(40, 4).collect();
    let ran = AtomicU64::new(0);
    let work = |job| {
        ran.fetch_add(1, Ordering::SeqCst);
        Finished { job, outcome: Err(Failure::Panic("not simulated here".into())) }
    };
    let mut kept = Vec::new();
    let mut keep = |part: &Part, results: &[Finished]| {
        assert!(results.iter().map(|row| row.job).eq(part.jobs.clone()), "results in the order of the jobs");
        if part.number == 3 {
            return Err(StoreError::NoFolder { path: "gone".into() });
        }
        kept.push(part.number);
        Ok(())
    };
    let ended = run_parts(&all, 1, &work, &mut keep, &Silent);
    assert!(matches!(ended, Err(RunError::Keep(StoreError::NoFolder { .. }))), "{ended:?}");
    assert_eq!((kept, ran.into_inner()), (vec![0, 1, 2], 16));
}
