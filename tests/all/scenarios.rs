//! The scenarios that come with the program: all load, say why, change what they say, and move the market as they should;
//! and the list of parameters that a shock reaches late or never agrees with the engine.

#![allow(clippy::unwrap_used, reason = "a scenario that does not load should fail the test on the spot")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use crate::cli::{call, folder, printed, text};
use crate::common::{moments, outcomes, record, small, small_2026, try_small_over, yearly, z_of_mean};
use bidcast::metrics::{Outcome, index_of};
use bidcast::scenario::{
    BASE, LIBRARY, Layer, Overlay, READ_ONCE, RawShock, Reach, Scenario, Shipped, read_once, resolve,
};

/// Parts that still can be told apart, in a table and by those who read it.
const MOST_PARTS: usize = 6;

fn raw_shocks(shipped: &Shipped) -> Vec<RawShock> {
    let layer = shipped.layer();
    resolve(&Layer::new("base", BASE), &[Overlay::File(&layer)]).unwrap().shocks
}

/// A layer with one shock of a scenario alone.
fn alone(shock: &RawShock) -> Layer {
    Layer::new("alone.toml", format!("[[shock]]\n{}", toml::to_string(&shock.table).unwrap()))
}

#[test]
fn the_library_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/scenarios");
    let files: BTreeSet<String> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let listed: BTreeSet<String> = LIBRARY.iter().map(|shipped| format!("{}.toml", shipped.name)).collect();
    assert_eq!(listed.len(), LIBRARY.len(), "a scenario is listed twice");
    assert_eq!(files, listed, "configs/scenarios/ and LIBRARY of src/scenario/library.rs");
}

#[test]
fn every_scenario_is_explained_in_the_docs() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios.md")).unwrap();
    for shipped in LIBRARY {
        assert!(page.contains(&format!("\n## `{}`\n", shipped.name)), "{} has no paragraph", shipped.name);
    }
}

#[test]
fn every_scenario_loads_says_what_it_is_and_leaves_no_doubt() {
    for shipped in LIBRARY {
        let layer = shipped.layer();
        let scenario = Scenario::load(&[Overlay::File(&layer)]).unwrap_or_else(|p| panic!("{p}"));
        assert_eq!(scenario.name(), shipped.name);
        let about = scenario.about();
        assert!(
            about.len() > 20 && !about.ends_with('.') && !about.contains('\n'),
            "{}: {about:?}",
            shipped.name
        );
        assert!(scenario.warnings().0.is_empty(), "{}: {}", shipped.name, scenario.warnings());
        let parts: BTreeSet<&str> = scenario.shocks().iter().map(|shock| shock.spec.name.as_str()).collect();
        assert!((1..=MOST_PARTS).contains(&parts.len()), "{}: {parts:?}", shipped.name);
        for part in parts {
            let plain = part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            assert!(plain, "{}: part {part:?}", shipped.name);
        }
    }
}

#[test]
fn every_shock_of_every_scenario_changes_the_parameters_by_itself() {
    for shipped in LIBRARY {
        for shock in raw_shocks(shipped) {
            let layer = alone(&shock);
            let scenario = Scenario::load(&[Overlay::File(&layer)]).unwrap_or_else(|p| panic!("{p}"));
            let full = scenario.changes().iter().filter(|c| &c.parameters != scenario.parameters()).count();
            assert!(full > 0, "{}: {} changes nothing", shipped.name, shock.table["parameter"]);
        }
    }
}

#[test]
fn the_combinations_are_the_single_scenarios_shock_for_shock() {
    let find = |name: &str| LIBRARY.iter().find(|shipped| shipped.name == name);
    for name in ["all_adverse", "all_favourable"] {
        let together = raw_shocks(find(name).unwrap());
        let parts: BTreeSet<&str> = together.iter().map(|s| s.table["name"].as_str().unwrap()).collect();
        for part in parts {
            let single = raw_shocks(find(part).unwrap_or_else(|| panic!("{name}: no scenario `{part}`")));
            let of_part = together.iter().filter(|shock| shock.table["name"].as_str() == Some(part));
            let without_name = |shock: &RawShock| {
                let mut table = shock.table.clone();
                table.remove("name");
                table
            };
            let (found, expected): (Vec<_>, Vec<_>) =
                (of_part.map(without_name).collect(), single.iter().map(without_name).collect());
            assert_eq!(found, expected, "{name}: part {part}");
        }
    }
}

/// Replications of a comparison. Scenarios share their noise, so few are enough.
const REPLICATIONS: u64 = 4;
/// What must move, in the year 2026 of the small market, and whether up or down.
#[rustfmt::skip]
const MOVES: &[(&str, &str, f64)] = &[
    ("ai_content", "entries", 1.0),
    ("cpm_shock_q4", "cpm_usd", 1.0),
    ("free_wave", "iaa_usd", 1.0),
    ("funding_dries_up", "ad_spend_usd", -1.0),
    ("media_giant", "content_spend_usd", 1.0),
    // No total moves: beliefs are noisier, not worse. What a lot is seen to bring is, and more lots are taken off by chance.
    ("privacy_loss", "creative_life_days", -1.0),
    ("production_inflation", "entries", -1.0),
    ("region_closes", "market_total_usd", -1.0),
    ("store_fees_10", "ad_spend_usd", 1.0),
    ("tiktok_push", "content_spend_usd", 1.0),
    ("tiktok_push", "house_share", 1.0),
    ("all_adverse", "market_total_usd", -1.0),
    ("all_favourable", "market_total_usd", 1.0),
];

fn base_2026() -> &'static [Outcome] {
    static OUTCOMES: OnceLock<Vec<Outcome>> = OnceLock::new();
    OUTCOMES.get_or_init(|| outcomes(&small_2026("base"), REPLICATIONS))
}

/// Mean change of a metric over paired replications, in its standard errors.
fn z_of_change(before: &[Outcome], after: &[Outcome], metric: &str) -> f64 {
    let changes: Vec<f64> =
        before.iter().zip(after).map(|(b, a)| yearly(a, metric) - yearly(b, metric)).collect();
    let (mean, variance, _) = moments(&changes);
    mean / (variance / changes.len() as f64).sqrt()
}

fn moves_as_it_should(cases: &[(&str, &str, f64)]) {
    for (scenario, metric, sign) in cases {
        let after = outcomes(&small_2026(scenario), REPLICATIONS);
        let z = z_of_change(base_2026(), &after, metric);
        assert!(sign * z > 3.0, "{scenario}: {metric} moves by {z:.1} standard errors");
    }
}

#[test]
fn single_scenarios_move_the_market_as_they_should() {
    // Two halves, for two threads.
    moves_as_it_should(&MOVES[..5]);
}

#[test]
fn other_single_scenarios_move_the_market_as_they_should() {
    moves_as_it_should(&MOVES[5..11]);
}

#[test]
fn combinations_move_the_market_as_they_should() {
    moves_as_it_should(&MOVES[11..]);
}

/// Replications where a handful of firms make the difference: who they are is chance.
const MORE_REPLICATIONS: u64 = 12;

#[test]
fn few_firms_move_concentration_as_they_should() {
    let base = outcomes(&small_2026("base"), MORE_REPLICATIONS);
    // Studios are not from the Chinese mainland.
    let studios = outcomes(&small_2026("media_giant"), MORE_REPLICATIONS);
    let z = z_of_change(&base, &studios, "iap_share_chinese");
    assert!(z < -3.0, "media_giant: iap_share_chinese moves by {z:.1} standard errors");
    // The year's shares hold what an app earned before it was bought, under its own name: months tell sooner. In the last
    // quarter most of the year's deals are made.
    let deals = outcomes(&small_2026("consolidation"), MORE_REPLICATIONS);
    let hhi = index_of("hhi").unwrap();
    let change = |(before, after): (&Outcome, &Outcome)| -> f64 {
        (9..12).map(|month| (after.monthly[month][hhi] / before.monthly[month][hhi]).ln()).sum::<f64>() / 3.0
    };
    let changes: Vec<f64> = base.iter().zip(&deals).map(change).collect();
    let z = z_of_mean(&changes, 0.0);
    assert!(z > 3.0, "consolidation: hhi moves by {z:.1} standard errors");
}

#[test]
fn nothing_differs_before_the_first_shock() {
    let (base, closes) = (record(&small_2026("base"), 0), record(&small_2026("region_closes"), 0));
    let july = base.months.iter().position(|m| m.month.to_string() == "2026-07").unwrap();
    assert_eq!(base.months[..july], closes.months[..july]);
    assert_ne!(base.months[july], closes.months[july]);
}

/// A shock that is sure to change the value of a parameter, on a day in the middle of the small market.
fn lines(path: &str) -> String {
    let size = match path {
        // Shares and prior weights stay in their range; preferences count against each other, so one of them moves.
        "regions.preference" => "factor = 4.0\nonly = [\"us\"]",
        "channels.preference" => "factor = 4.0\nonly = [\"meta\"]",
        _ if path.ends_with("chinese_share") => "factor = 0.5",
        _ => "factor = 1.5",
    };
    format!(
        "[[shock]]\nname = \"late\"\nparameter = \"{path}\"\ndate = \"2025-04-15\"\n{size}\n\
         why = \"to see what it reaches\"\nbasis = \"J\"\nsource = \"none\"\n"
    )
}

/// The parameters of an entry of the list, one for each archetype.
fn paths(entry: &str) -> Vec<String> {
    match entry.split_once(".*.") {
        None => vec![entry.to_owned()],
        Some((section, key)) => {
            let base = Scenario::load(&[]).unwrap();
            base.parameters().spec.archetype.keys().map(|name| format!("{section}.{name}.{key}")).collect()
        }
    }
}

/// The small market with late shocks to all parameters of the given reach, and what was said of them.
fn shocked(entries: &[&str], sets: &[&str]) -> Scenario {
    let shocks: String = entries.iter().flat_map(|entry| paths(entry)).map(|path| lines(&path)).collect();
    let layer = Layer::new("late.toml", shocks);
    let scenario = try_small_over(&[&layer], sets).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(scenario.warnings().0.len(), scenario.shocks().len(), "each is warned of");
    scenario
}

fn entries(reach: Reach) -> Vec<&'static str> {
    READ_ONCE.iter().filter(|entry| entry.reach == reach).map(|entry| entry.path).collect()
}

#[test]
fn shocks_to_what_is_read_at_the_start_reach_nothing() {
    let scenario = shocked(&entries(Reach::Nothing), &[]);
    for warning in &scenario.warnings().0 {
        assert!(warning.message.contains("acts on nothing after the start"), "{warning}");
        assert!(
            warning.place.as_ref().is_some_and(|place| place.line_text.contains("parameter")),
            "{warning}"
        );
    }
    assert_eq!(record(&scenario, 0).months, record(&small(&[]), 0).months);
}

#[test]
fn shocks_to_what_is_read_at_birth_reach_no_living_app() {
    const NOBODY_ENTERS: &[&str] = &["entry.enabled=false"];
    let birth = entries(Reach::Entrants);
    let scenario = shocked(&birth, NOBODY_ENTERS);
    assert!(scenario.warnings().0.iter().all(|w| w.message.contains("acts only on apps born later")));
    assert_eq!(record(&scenario, 0).months, record(&small(NOBODY_ENTERS), 0).months);
    // They do reach entrants, each of them, or they would belong to the list above.
    let base = record(&small(&[]), 0).months;
    for entry in birth {
        assert_ne!(record(&shocked(&[entry], &[]), 0).months, base, "{entry}");
    }
}

#[test]
fn what_is_read_at_the_end_reaches_the_years_before() {
    let base = record(&small(&[]), 0);
    let late = record(&shocked(&entries(Reach::AllYears), &[]), 0);
    assert_eq!(late.months, base.months);
    assert!((late.measurable_iap_usd / base.measurable_iap_usd - 1.5).abs() < 1e-12);
    assert!((late.top_materials_share / base.top_materials_share - 1.5).abs() < 1e-12);
}

#[test]
fn every_path_of_the_list_is_a_parameter_and_others_are_not_on_it() {
    let base = Scenario::load(&[]).unwrap();
    for entry in READ_ONCE {
        for path in paths(entry.path) {
            assert!(base.registry().get(&path).is_some(), "{path} is no parameter");
            assert_eq!(read_once(&path), Some(entry), "{path}");
        }
    }
    for daily in
        ["cash.store_fee_share", "archetype.hybrid.target_roas", "pool.reachable_people", "regions.names"]
    {
        assert_eq!(read_once(daily), None, "{daily}");
    }
}

/// What is said of a scenario with this shock.
fn warnings(lines: &str) -> Vec<String> {
    let text = format!("[[shock]]\nname = \"s\"\nwhy = \"w\"\nbasis = \"J\"\nsource = \"s\"\n{lines}\n");
    let scenario = Scenario::load(&[Overlay::File(&Layer::new("s.toml", text))]).unwrap();
    scenario.warnings().0.iter().map(|warning| warning.message.clone()).collect()
}

#[test]
fn shocks_that_reach_less_than_they_seem_to_are_warned_of() {
    let cash = "parameter = \"archetype.hybrid.start_cash_usd\"\ndate = \"2026-01-01\"\nfactor = 2.0\n";
    assert_eq!(warnings(cash).len(), 1);
    assert_eq!(warnings(&format!("{cash}entrants_only = true")), Vec::<String>::new());
    let fee = "parameter = \"cash.store_fee_share\"\ndate = \"2026-01-01\"\nfactor = 0.5\n";
    assert_eq!(warnings(fee), Vec::<String>::new());
    assert!(warnings(&format!("{fee}entrants_only = true"))[0].contains("does not hold"));

    // The number of scheduled apps is read on the one day of their entry.
    let giant = |date: &str| {
        warnings(&format!(
            "parameter = \"archetype.platform_giant.scheduled_apps\"\ndate = \"{date}\"\nvalue = 3.0\n"
        ))
    };
    assert_eq!(giant("2026-01-15"), Vec::<String>::new());
    assert!(giant("2026-01-16")[0].contains("is read on 2026-01-15 only, when the shock has 0 %"));

    let late = warnings("parameter = \"cash.store_fee_share\"\ndate = \"2027-01-01\"\nfactor = 0.5\n");
    assert!(late[0].contains("outside the simulated time"), "{late:?}");
    let early = "parameter = \"cash.store_fee_share\"\ndate = \"2020-01-01\"\nend_date = \"2023-12-31\"\nfactor = 0.5\n";
    assert_eq!(warnings(early).len(), 1);
}

#[test]
fn the_list_and_the_page_of_a_scenario_say_what_is_in_the_files() {
    let folder = folder();
    for form in ["table", "json", "csv", "md"] {
        let list = printed(folder.path(), &["scenarios", "--format", form]);
        for shipped in LIBRARY {
            assert!(list.contains(shipped.name), "{} is missing as {form}", shipped.name);
        }
    }
    let table = printed(folder.path(), &["scenarios"]);
    assert_eq!(table.lines().count(), 1 + LIBRARY.len(), "one line each:\n{table}");
    let json = printed(folder.path(), &["scenarios", "--format", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["scenario"], "ai_content");
    assert_eq!(rows[0]["parts"], "cheap_titles, more_titles");

    let page = printed(folder.path(), &["scenarios", "store_fees_10"]);
    for part in [
        "store_fees_10: cash.store_fee_share",
        "from 2026-01-01, at full size on 2026-03-02",
        "= 0.1: 0.27 → 0.1",
        "everywhere",
        "J judgement",
        "Apple's terms",
    ] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    let page = printed(folder.path(), &["scenarios", "cpm_shock_q4"]);
    assert!(page.contains("× 1.6") && page.contains("until 2026-12-31"), "{page}");
    let page = printed(folder.path(), &["scenarios", "region_closes"]);
    assert!(page.contains("us, apps born later") && page.contains("P other public estimate"), "{page}");
    assert!(printed(folder.path(), &["scenarios", "base"]).contains("no shocks"));
    let csv = printed(folder.path(), &["scenarios", "ai_content", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 1 + 4, "a row for each shock:\n{csv}");
}

#[test]
fn a_named_scenario_lies_below_files_and_overrides() {
    let folder = folder();
    let file = LIBRARY.iter().find(|shipped| shipped.name == "store_fees_10").unwrap();
    fs::write(folder.path().join("fees.toml"), file.text).unwrap();
    let until_2026 =
        ["-c", "small.toml", "--set", "run.end_date=2026-12-31", "--set", "run.report_from_date=2026-01-01"];
    let run = |words: &[&str]| printed(folder.path(), &[&["run"], words, &until_2026].concat());

    let named = run(&["--scenario", "store_fees_10"]);
    assert_eq!(named, run(&["-c", "fees.toml"]), "by name as by file");
    let base = run(&[]);
    assert_ne!(named, base);
    assert_eq!(run(&["--scenario", "base"]), base, "base is nothing");

    let explain = |words: &[&str]| {
        printed(
            folder.path(),
            &[&["explain", "cash.store_fee_share", "--scenario", "store_fees_10"], words].concat(),
        )
    };
    let sheet = explain(&["--set", "cash.store_fee_share=0.2"]);
    assert!(
        sheet.contains("0.2 (default 0.27)")
            && sheet.contains("shocked  = 0.1: 0.2 → 0.1 share, from 2026-01-01"),
        "{sheet}"
    );

    // The last layer that has a name gives it: the file lies above the scenario.
    run(&["--scenario", "store_fees_10", "-o", "out"]);
    let resolved = fs::read_to_string(folder.path().join("out/config.resolved.toml")).unwrap();
    assert!(resolved.contains("\nname = \"small\"\n") && resolved.contains("\nname = \"store_fees_10\"\n"));

    let too_late = call(folder.path(), &["run", "--scenario", "store_fees_10", "-c", "small.toml"]);
    assert!(too_late.status.success());
    assert!(text(&too_late.stderr).contains("outside the simulated time"), "{}", text(&too_late.stderr));
}
