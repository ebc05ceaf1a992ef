//! Run folders: complete or absent, never somebody else's files; and what is written is what is read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bidcast::experiment::{Curve, Estimate, LawTotals, Summary, TargetCheck, Work};
use bidcast::metrics::METRICS;
use bidcast::store::{
    Build, IfOccupied, MANIFEST_SCHEMA, Manifest, Occupant, RunFolder, StoreError, monthly_csv, next_free,
    read_manifest, read_summary, summary_csv, summary_json, write_file,
};

/// An estimate whose quantiles are those of a normal law around `p50`.
pub(crate) fn estimate(p50: f64, sd: f64, n: u64) -> Estimate {
    let q = |z: f64| p50 + z * sd;
    let error = |factor: f64| (n > 1).then(|| factor * sd / (n as f64).sqrt());
    let sd = if n > 1 { sd } else { 0.0 };
    let q = |z: f64| if sd > 0.0 { q(z) } else { p50 };
    Estimate {
        mean: p50,
        mcse: error(1.0),
        p2_5: q(-1.959_963_984_540_054),
        p10: q(-1.281_551_565_544_600_4),
        p25: q(-0.674_489_750_196_081_7),
        p50,
        p75: q(0.674_489_750_196_081_7),
        p90: q(1.281_551_565_544_600_4),
        p97_5: q(1.959_963_984_540_054),
        p50_mcse: error(1.253_3),
        p10_mcse: error(1.71),
        p90_mcse: error(1.71),
        sd: (n > 1).then_some(sd),
    }
}

/// A market like the published one: 24 months, 200 to 500 M$ a month, growing, uncertain.
pub(crate) fn summary(n: u64) -> Summary {
    let months: Vec<String> = (0..24).map(|i| format!("{}-{:02}", 2025 + i / 12, i % 12 + 1)).collect();
    let wave = |i: usize| 1.0 + 0.05 * (i as f64 * 1.7).sin();
    let monthly = |level: &dyn Fn(usize) -> f64, cv: &dyn Fn(usize) -> f64| -> BTreeMap<String, Estimate> {
        months.iter().enumerate().map(|(i, m)| (m.clone(), estimate(level(i), level(i) * cv(i), n))).collect()
    };
    let t = |i: usize| i as f64 / 23.0;
    let market = |i: usize| (240e6 + 230e6 * t(i)) * wave(i);
    let grow = |i: usize| 0.02 + 0.09 * t(i);
    let yearly = |a: f64, b: f64, cv: f64| {
        BTreeMap::from([
            ("2025".to_owned(), estimate(a, a * cv, n)),
            ("2026".to_owned(), estimate(b, b * cv, n)),
        ])
    };
    let lorenz = |alpha: f64| {
        let x: Vec<f64> = (0..=100).map(|i| f64::from(i) / 100.0).collect();
        let y =
            |shift: f64| x.iter().map(|p| 1.0 - (1.0 - p).powf(1.0 / (alpha + shift))).collect::<Vec<f64>>();
        let shift = if n > 1 { 1.5 } else { 0.0 };
        let errors = if n > 1 { vec![0.001; 101] } else { Vec::new() };
        Curve { x: x.clone(), p10: y(shift), p50: y(0.0), p90: y(-shift), p50_mcse: errors }
    };
    let ranks = |top: f64| {
        let x: Vec<f64> = (1..=280).map(f64::from).collect();
        let y = |k: f64| x.iter().map(|r| k * top * r.powf(-0.8) * (-r / 60.0).exp()).collect::<Vec<f64>>();
        let k = if n > 1 { 1.5 } else { 1.0 };
        Curve { p10: y(1.0 / k), p50: y(1.0), p90: y(k), p50_mcse: Vec::new(), x }
    };
    let target = |id: &str, quantity: &str, metric: &str, year: &str, value: f64, median: f64, role: &str| {
        TargetCheck {
            id: id.to_owned(),
            quantity: quantity.to_owned(),
            metric: metric.to_owned(),
            period: year.to_owned(),
            year: year.to_owned(),
            value,
            bound: if role == "reference" { "at least" } else { "about" }.to_owned(),
            role: role.to_owned(),
            sd_kind: "log".to_owned(),
            median,
            median_mcse: (n > 1).then_some(0.01 * median),
            deviation: median / value - 1.0,
            source: "a source".to_owned(),
        }
    };
    let path = |k: usize| {
        (0..24).map(|i| market(i) * (1.0 + grow(i) * ((k + 1) as f64 * 1.3 + i as f64 * 0.9).sin())).collect()
    };
    Summary {
        schema: "bidcast/summary/1".to_owned(),
        scenario: "base".to_owned(),
        seed: 20_260_101,
        replications: n,
        planned: n,
        interrupted: false,
        failed: 0,
        draws: None,
        posterior: None,
        uncertainty: "Chance only: one parameter set.".to_owned(),
        metrics: BTreeMap::from([
            ("market_total_usd".to_owned(), yearly(4.02e9, 5.42e9, 0.09)),
            ("iap_usd".to_owned(), yearly(2.31e9, 3.05e9, 0.05)),
            ("cr20".to_owned(), yearly(0.8326, 0.811, 0.02)),
            ("gini".to_owned(), yearly(0.912, 0.925, 0.01)),
        ]),
        monthly: BTreeMap::from([
            ("market_total_usd".to_owned(), monthly(&market, &grow)),
            ("cr20".to_owned(), monthly(&|i| 0.835 - 0.03 * t(i), &|i| 0.005 + 0.01 * t(i))),
            ("hhi".to_owned(), monthly(&|i| 0.083 - 0.01 * t(i), &|i| 0.03 + 0.05 * t(i))),
            ("apps_end".to_owned(), monthly(&|i| 214.0 + 1272.0 * t(i), &|_| 0.04)),
            ("entries".to_owned(), monthly(&|i| 60.0 + 30.0 * wave(i), &|_| 0.15)),
            ("exits".to_owned(), monthly(&|i| 12.0 + 35.0 * t(i), &|_| 0.2)),
        ]),
        lorenz: BTreeMap::from([("2025".to_owned(), lorenz(9.0)), ("2026".to_owned(), lorenz(13.0))]),
        rank_size: BTreeMap::from([("2025".to_owned(), ranks(3.1e8)), ("2026".to_owned(), ranks(4.2e8))]),
        split: BTreeMap::new(),
        probabilities: Vec::new(),
        stopping: None,
        paths: BTreeMap::from([("market_total_usd".to_owned(), (0..n.min(4) as usize).map(path).collect())]),
        targets: vec![
            target(
                "market_total_2025",
                "total market revenue (IAP + IAA + web/off-store)",
                "market_total_usd",
                "2025",
                4.0e9,
                4.02e9,
                "fit",
            ),
            target(
                "iap_global_2025",
                "in-app purchase revenue of all apps",
                "iap_usd",
                "2025",
                2.2785e9,
                2.31e9,
                "fit",
            ),
            target(
                "cr20_iap_2025",
                "share of the 20 largest platforms in IAP",
                "cr20",
                "2025",
                0.8326,
                0.8326,
                "fit",
            ),
            target("iap_h1_2025", "in-app purchase revenue", "iap_usd", "2025-H1", 1.079e9, 0.83e9, "fit"),
            target("apps_end_2025", "apps seen advertising", "apps_end", "2025-12", 1100.0, 4200.0, "fit"),
            target(
                "market_total_2026_published",
                "total market revenue 2026",
                "market_total_usd",
                "2026",
                5.0e9,
                5.42e9,
                "reference",
            ),
        ],
        laws: LawTotals { checked: 1_000_000, violated: 0 },
        work: Work { events: 9_000_000, auctions: 8.1e12 },
    }
}

fn manifest() -> Manifest {
    Manifest {
        schema: MANIFEST_SCHEMA.to_owned(),
        build: Build::current(),
        verb: "forecast".to_owned(),
        scenario: "base".to_owned(),
        config_sha256: Manifest::config_hash("a = 1"),
        design: "5f3a".to_owned(),
        seed: u64::MAX,
        planned: 200,
        replications: 120,
        failed: 2,
        interrupted: true,
        events: 9_000_000,
        auctions: 8.1e12,
        laws: LawTotals { checked: 10, violated: 0 },
        started_unix_s: 1_700_000_000,
        wall_seconds: 61.25,
    }
}

/// A finished run at `target`, whose summary has so many replications.
fn run_at(target: &Path, policy: IfOccupied, n: u64) -> Result<(), StoreError> {
    let folder = RunFolder::prepare(target, policy)?;
    folder.write("summary.json", &summary_json(&summary(n))?)?;
    folder.write("manifest.json", &manifest().to_json()?)?;
    folder.finish()?;
    Ok(())
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_is_written_is_what_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("deep/er/run");
    run_at(&target, IfOccupied::Refuse, 200).unwrap();
    // Compared whole, to the last bit of every number; printed whole, a difference would be unreadable.
    assert!(read_summary(&target).unwrap() == summary(200), "numbers changed on the way through JSON");
    assert_eq!(read_manifest(&target).unwrap(), manifest());
    assert_eq!(names(target.parent().unwrap()), ["run"], "nothing is left beside the run");
}

#[test]
fn until_it_is_finished_the_target_is_untouched_and_dropped_runs_leave_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("run");
    let folder = RunFolder::prepare(&target, IfOccupied::Refuse).unwrap();
    folder.write("figures/a.svg", b"<svg/>").unwrap();
    assert!(!target.exists());
    assert!(folder.staging().join("figures/a.svg").exists());
    drop(folder);
    assert!(names(dir.path()).is_empty());
}

#[test]
fn an_empty_folder_is_not_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("run");
    fs::create_dir(&target).unwrap();
    let folder = RunFolder::prepare(&target, IfOccupied::Refuse).unwrap();
    assert!(target.exists(), "it is still there while the run goes on");
    folder.write("a", b"a").unwrap();
    folder.finish().unwrap();
    assert_eq!(names(&target), ["a"]);
}

#[test]
fn an_occupied_place_is_refused_before_the_work() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("run");
    run_at(&target, IfOccupied::Refuse, 1).unwrap();
    let error = RunFolder::prepare(&target, IfOccupied::Refuse).unwrap_err();
    assert!(matches!(error, StoreError::Occupied { occupant: Occupant::Run, .. }), "{error}");
    assert!(error.hint().unwrap().contains("--force"));
    assert_eq!(names(dir.path()), ["run"]);
}

#[test]
fn force_replaces_a_run_and_only_a_run() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("run");
    run_at(&target, IfOccupied::Refuse, 1).unwrap();
    write_file(&target.join("old.txt"), b"old").unwrap();
    run_at(&target, IfOccupied::Replace, 20).unwrap();
    assert_eq!(read_summary(&target).unwrap().replications, 20);
    assert_eq!(names(dir.path()), ["run"]);
    assert_eq!(names(&target), ["manifest.json", "summary.json"]);

    let foreign = dir.path().join("thesis");
    fs::create_dir(&foreign).unwrap();
    let file = dir.path().join("notes.txt");
    fs::write(&file, "mine").unwrap();
    for content in ["chapter one", "{}", r#"{"schema": "another/manifest/1"}"#] {
        fs::write(foreign.join("manifest.json"), content).unwrap();
        let error = RunFolder::prepare(&foreign, IfOccupied::Replace).unwrap_err();
        assert!(matches!(error, StoreError::Occupied { occupant: Occupant::Foreign, .. }), "{error}");
        assert_eq!(fs::read_to_string(foreign.join("manifest.json")).unwrap(), content);
    }
    let error = RunFolder::prepare(&file, IfOccupied::Replace).unwrap_err();
    assert!(matches!(error, StoreError::Occupied { occupant: Occupant::File, .. }), "{error}");
}

#[test]
fn results_survive_when_their_place_is_taken_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("run");
    let folder = RunFolder::prepare(&target, IfOccupied::Refuse).unwrap();
    folder.write("summary.json", b"results").unwrap();
    fs::create_dir(&target).unwrap();
    fs::write(target.join("other"), "mine").unwrap();
    let error = folder.finish().unwrap_err();
    let StoreError::Blocked { kept, .. } = &error else { panic!("{error}") };
    assert_eq!(fs::read(kept.join("summary.json")).unwrap(), b"results");
    assert!(error.hint().unwrap().contains(&kept.display().to_string()));
    assert_eq!(names(&target), ["other"]);
}

#[test]
fn paths_that_name_no_folder_are_refused() {
    for path in [".", "..", "/", ""] {
        let error = RunFolder::prepare(Path::new(path), IfOccupied::Replace).unwrap_err();
        assert!(matches!(error, StoreError::NoName { .. }), "{path}: {error}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    let error = RunFolder::prepare(&file.join("run"), IfOccupied::Refuse).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}

#[cfg(unix)]
#[test]
fn others_may_read_results_as_far_as_the_umask_lets_them() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    // Files and folders made the plain way are the measure, whatever the umask of whoever runs the test.
    fs::write(dir.path().join("plain"), "x").unwrap();
    fs::create_dir(dir.path().join("plain_folder")).unwrap();
    let target = dir.path().join("run");
    let folder = RunFolder::prepare(&target, IfOccupied::Refuse).unwrap();
    folder.write("figures/a", b"a").unwrap();
    folder.finish().unwrap();
    assert_eq!(mode(&target), mode(&dir.path().join("plain_folder")));
    assert_eq!(mode(&target.join("figures")), mode(&dir.path().join("plain_folder")));
    assert_eq!(mode(&target.join("figures/a")), mode(&dir.path().join("plain")));
}

#[test]
fn numbered_folders_go_on_after_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let next = |stem: &str| next_free(dir.path(), stem).file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(next("forecast-base"), "forecast-base-001");
    for taken in ["forecast-base-001", "forecast-base-007", "forecast-base-x", "forecast-based-050"] {
        fs::create_dir(dir.path().join(taken)).unwrap();
    }
    assert_eq!(next("forecast-base"), "forecast-base-008");
    let running = RunFolder::prepare(&dir.path().join("forecast-base-008"), IfOccupied::Refuse).unwrap();
    assert_eq!(next("forecast-base"), "forecast-base-009", "a run under way counts");
    drop(running);
    assert_eq!(next("a/b c"), "a-b-c-001");
    assert_eq!(next("../.."), "-..-001");
    assert_eq!(next_free(&dir.path().join("none"), "run").file_name().unwrap(), "run-001");
}

#[test]
fn reading_says_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let error = read_summary(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::NotARun { .. }), "{error}");
    write_file(&dir.path().join("summary.json"), b"{\"schema\": \"bidcast/summary/9\"}").unwrap();
    let error = read_summary(dir.path()).unwrap_err();
    assert!(matches!(&error, StoreError::Schema { found, .. } if found == "bidcast/summary/9"), "{error}");
    write_file(&dir.path().join("summary.json"), b"{\"schema\": \"bidcast/summary/1\"").unwrap();
    let error = read_summary(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Format { .. }), "{error}");
}

#[test]
fn numbers_that_json_cannot_hold_are_named_not_lost() {
    let place = |spoil: &dyn Fn(&mut Summary)| {
        let mut spoilt = summary(20);
        spoil(&mut spoilt);
        summary_json(&spoilt).unwrap_err().to_string()
    };
    let text = place(&|s| s.metrics.get_mut("cr20").unwrap().get_mut("2026").unwrap().p90 = f64::NAN);
    assert_eq!(text, "`cr20` in 2026 (p90) is NaN, which cannot be stored");
    let text =
        place(&|s| s.monthly.get_mut("hhi").unwrap().get_mut("2026-03").unwrap().sd = Some(f64::INFINITY));
    assert_eq!(text, "`hhi` in 2026-03 (sd) is inf, which cannot be stored");
    for spoil in [
        (&|s: &mut Summary| s.lorenz.get_mut("2025").unwrap().p50[3] = f64::NAN) as &dyn Fn(&mut Summary),
        &|s| s.paths.get_mut("market_total_usd").unwrap()[0][0] = f64::NEG_INFINITY,
        &|s| s.targets[0].deviation = f64::NAN,
        &|s| s.work.auctions = f64::NAN,
    ] {
        assert!(place(spoil).ends_with("which cannot be stored"));
    }
}

#[test]
fn tables_have_a_line_per_metric_and_period_in_the_order_of_the_registry() {
    let summary = summary(20);
    for (bytes, values, period) in [
        (summary_csv(&summary).unwrap(), &summary.metrics, "year"),
        (monthly_csv(&summary).unwrap(), &summary.monthly, "month"),
    ] {
        let mut table = csv::Reader::from_reader(bytes.as_slice());
        let header: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(header[..6], ["metric", "unit", period, "mean", "mcse", "sd"]);
        assert_eq!(
            header[6..],
            ["p2_5", "p10", "p25", "p50", "p75", "p90", "p97_5", "p10_mcse", "p50_mcse", "p90_mcse"]
        );
        let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), values.values().map(BTreeMap::len).sum::<usize>());
        let rank = |name: &str| METRICS.iter().position(|m| m.name == name).unwrap_or(usize::MAX);
        assert!(
            rows.windows(2)
                .all(|w| (rank(&w[0][0]), &w[0][0], &w[0][2]) < (rank(&w[1][0]), &w[1][0], &w[1][2]))
        );
        for row in &rows {
            let e = values[&row[0]][&row[2]];
            assert_eq!(row[3].parse::<f64>().unwrap().to_bits(), e.mean.to_bits());
            assert_eq!(row[12].parse::<f64>().unwrap().to_bits(), e.p97_5.to_bits());
            assert_eq!(row[15].parse::<f64>().unwrap().to_bits(), e.p90_mcse.unwrap().to_bits());
        }
    }
}

#[test]
fn one_replication_has_empty_errors_in_tables_and_null_in_json() {
    let one = summary(1);
    let text = String::from_utf8(summary_csv(&one).unwrap()).unwrap();
    assert!(text.lines().skip(1).all(|line| line.ends_with(",,,")), "{text}");
    let json = String::from_utf8(summary_json(&one).unwrap()).unwrap();
    assert!(json.contains("\"mcse\": null") && !json.contains("NaN"));
}
