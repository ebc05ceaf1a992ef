//! The house rules that a compiler does not check: imports point down, files say what they are, names are documented,
//! configurations check. Each rule is a function from text to problems, tried on bad samples below.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::fs;
use std::path::{Path, PathBuf};

use bidcast::metrics::METRICS;
use bidcast::report::chart::CHARTS;
use bidcast::scenario::{Layer, Overlay, Priors, Scenario};

/// Layer of each room: data goes up, imports point down or stay within the layer.
const LAYERS: &[(&str, u8)] = &[
    ("units", 0),
    ("math", 0),
    ("rng", 0),
    ("calendar", 0),
    ("stats", 0),
    ("diagnostic", 0),
    ("digest", 0),
    ("market", 1),
    ("sampling", 1),
    ("sensitivity", 1),
    ("calibration", 1),
    ("mechanisms", 2),
    ("scenario", 3),
    ("engine", 4),
    ("metrics", 5),
    ("experiment", 6),
    ("store", 7),
    ("report", 8),
    ("cli", 9),
];

fn layer(room: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == room).map(|&(_, layer)| layer)
}

/// Room of a file: first folder or file below `src/`.
fn room(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// Lines of code with their numbers, comments cut off.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let cut = |line| str::split(line, "//").next().unwrap_or_default();
    text.lines()
        .enumerate()
        .map(move |(index, line)| (index + 1, cut(line)))
        .filter(|(_, line)| !line.trim().is_empty())
}

/// Rooms named after `crate::` or `bidcast::` in a line, groups in braces included.
fn imported(line: &str) -> Vec<&str> {
    let word = |text: &'_ str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut rooms = Vec::new();
    for root in ["crate::", "bidcast::"] {
        for (at, _) in line.match_indices(root) {
            let rest = &line[at + root.len()..];
            match rest.strip_prefix('{') {
                None => rooms.push(&rest[..word(rest)]),
                Some(group) => {
                    let mut depth = 0_i32;
                    let parts = group.split(move |c| {
                        depth += i32::from(c == '{') - i32::from(c == '}');
                        c == ',' && depth == 0
                    });
                    rooms.extend(parts.map(str::trim_start).map(|part| &part[..word(part)]));
                }
            }
        }
    }
    rooms
}

/// Imports that point up.
fn check_imports(path: &str, text: &str) -> Vec<String> {
    let here = room(path);
    let Some(height) = layer(here) else {
        let known = ["lib", "main"].contains(&here);
        return if known {
            Vec::new()
        } else {
            vec![format!(
                "{path}: `{here}` is in no layer\nhint: give it a place in LAYERS of tests/all/architecture.rs"
            )]
        };
    };
    // Groups may span lines: one statement is looked at as a whole.
    let joined = code(text).fold(Vec::<(usize, String)>::new(), |mut lines, (number, line)| {
        match lines.last_mut() {
            Some((_, open)) if open.contains("::{") && !open.contains('}') => open.push_str(line.trim()),
            _ => lines.push((number, line.to_owned())),
        }
        lines
    });
    let mut problems = Vec::new();
    for (number, line) in joined {
        for other in imported(&line) {
            let Some(there) = layer(other) else { continue };
            if there > height {
                problems.push(format!(
                    "{path}:{number}: `{here}` (layer {height}) imports `{other}` (layer {there})\n\
                     hint: imports point down; move what both need into a lower layer, or hand it in as an argument"
                ));
            }
        }
    }
    problems
}

/// A file that does not open by saying what it is.
fn check_opening(path: &str, text: &str) -> Vec<String> {
    if text.starts_with("//! ") {
        Vec::new()
    } else {
        vec![format!("{path}: does not open with `//!`\nhint: say in one sentence what the file is")]
    }
}

/// What belongs to one room only: threads to experiments, terminal and process to the program.
fn check_privileges(path: &str, text: &str) -> Vec<String> {
    let here = room(path);
    let program = ["cli", "main"].contains(&here);
    let rules: &[(&str, bool, &str)] = &[
        (
            "rayon",
            here == "experiment",
            "only experiment/ runs things in parallel; return a value that it can collect",
        ),
        ("print!(", program, "the library prints nothing; return a value or a diagnostic"),
        ("println!(", program, "the library prints nothing; return a value or a diagnostic"),
        ("process::exit", program, "the library ends no process; return an error"),
        ("env::args", program, "the library reads no arguments; take a parameter"),
        ("SystemTime::now", program, "the clock must not reach a result; take the time as an argument"),
    ];
    let mut problems = Vec::new();
    for (number, line) in code(text) {
        for (word, allowed, hint) in rules {
            if !allowed && line.contains(word) {
                problems.push(format!("{path}:{number}: `{word}` in `{here}`\nhint: {hint}"));
            }
        }
    }
    problems
}

/// A `mod.rs` that is more than a front page: docs, modules, re-exports, and a registry that is one list.
fn check_front_page(path: &str, text: &str) -> Vec<String> {
    if !path.ends_with("/mod.rs") {
        return Vec::new();
    }
    let allowed = ["mod ", "use ", "const ", "static ", "#", "}", "]", ")"];
    let item = |line: &str| {
        let line = line
            .strip_prefix("pub(crate) ")
            .or_else(|| line.strip_prefix("pub(super) "))
            .unwrap_or(line)
            .to_owned();
        line.strip_prefix("pub ").map(str::to_owned).unwrap_or(line)
    };
    code(text)
        // Indented lines continue the item above.
        .filter(|(_, line)| !line.starts_with(' '))
        .filter(|(_, line)| {
            !allowed.iter().any(|start| item(line).starts_with(start)) || line.contains("const fn")
        })
        .map(|(number, line)| {
            format!(
                "{path}:{number}: `{}`\nhint: a mod.rs is a front page; move code into a file of its own",
                line.trim()
            )
        })
        .collect()
}

/// Names that repeat, or that no document explains in backticks.
fn check_names(what: &str, names: &[&str], docs: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            problems.push(format!("{what} `{name}` is listed twice\nhint: give one of them another name"));
        }
        if !docs.contains(&format!("`{name}`")) {
            problems.push(format!("{what} `{name}` is not explained\nhint: add it in backticks to docs/glossary.md or docs/odd.md"));
        }
    }
    problems
}

/// A mechanism that does not say where it comes from. In a folder the front page may say it for all.
fn check_source(path: &str, text: &str, front_page: Option<&str>) -> Vec<String> {
    let has = |text: &str| text.lines().any(|line| line == "//! # Source");
    if has(text) || front_page.is_some_and(has) {
        Vec::new()
    } else {
        vec![format!(
            "{path}: has no `# Source` section\nhint: name the literature, or say that it is judgement"
        )]
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder with that extension, sorted.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Applies a rule to every source file of the crate.
fn every_source(rule: fn(&str, &str) -> Vec<String>) {
    let sources = files(&root().join("src"), "rs");
    assert!(sources.len() > 50, "the sources were not found");
    let mut problems = Vec::new();
    for path in sources {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        problems.extend(rule(&name, &fs::read_to_string(&path).unwrap()));
    }
    none(&problems);
}

fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n\n{}\n", problems.join("\n\n"));
}

#[test]
fn imports_point_down() {
    every_source(check_imports);
}

#[test]
fn every_file_says_what_it_is() {
    every_source(check_opening);
}

#[test]
fn threads_terminal_and_process_stay_in_their_rooms() {
    every_source(check_privileges);
}

#[test]
fn front_pages_hold_no_code() {
    every_source(check_front_page);
}

#[test]
fn every_mechanism_names_its_source() {
    let folder = root().join("src/mechanisms");
    let mut problems = Vec::new();
    for path in files(&folder, "rs").iter().filter(|path| **path != folder.join("mod.rs")) {
        let inside = path.parent().filter(|parent| **parent != folder);
        let front_page = inside.and_then(|inside| fs::read_to_string(inside.join("mod.rs")).ok());
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        problems.extend(check_source(&name, &fs::read_to_string(path).unwrap(), front_page.as_deref()));
    }
    none(&problems);
}

#[test]
fn every_metric_and_chart_is_listed_once_and_explained() {
    let docs: String = files(&root().join("docs"), "md")
        .iter()
        .filter(|path| path.ends_with("glossary.md") || path.ends_with("odd.md"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let metrics: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
    let charts: Vec<&str> = CHARTS.iter().map(|chart| chart.name).collect();
    none(&[check_names("metric", &metrics, &docs), check_names("chart", &charts, &docs)].concat());
}

#[test]
fn every_test_named_in_the_docs_exists() {
    let page = fs::read_to_string(root().join("docs/validation.md")).unwrap();
    let code: String = ["src", "tests"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let named: Vec<&str> = page
        .split('`')
        .filter_map(|words| words.split_once(".rs::").map(|(_, test)| test))
        .filter(|test| test.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .collect();
    assert!(named.len() > 20, "the tests were not found");
    let missing = named.iter().filter(|test| !code.contains(&format!("fn {test}(")));
    none(&missing.map(|test| format!("docs/validation.md: no test `{test}`")).collect::<Vec<_>>());
}

#[test]
fn every_config_checks_without_a_warning() {
    let configs = files(&root().join("configs"), "toml");
    assert!(configs.iter().any(|path| path.ends_with("base.toml")), "the configurations were not found");
    let of_benches =
        ["benches/scale/overlays", "benches/check"].map(|folder| files(&root().join(folder), "toml"));
    assert!(of_benches.iter().all(|files| !files.is_empty()), "the configurations of benches were not found");
    for path in configs.into_iter().chain(of_benches.into_iter().flatten()) {
        let layer = Layer::from_file(&path).unwrap();
        if Priors::are_in(&layer) {
            let base = Scenario::load(&[]).unwrap();
            Priors::read(&layer, &base).unwrap_or_else(|problems| panic!("\n\n{problems}\n"));
            continue;
        }
        match Scenario::load(&[Overlay::File(&layer)]) {
            Ok(scenario) => none(&scenario.warnings().0.iter().map(ToString::to_string).collect::<Vec<_>>()),
            Err(problems) => panic!("\n\n{problems}\n"),
        }
    }
}

#[test]
fn rooms_and_layers_are_the_same() {
    for (name, _) in LAYERS {
        let exists = [root().join("src").join(name), root().join("src").join(format!("{name}.rs"))];
        assert!(exists.iter().any(|path| path.exists()), "layer `{name}` has no room in src/");
    }
}

/// The rules themselves, on samples that must be refused and samples that must pass.
mod rules {
    use super::*;

    #[test]
    fn an_import_that_points_up_is_found_however_it_is_written() {
        for line in [
            "use crate::engine::simulate;",
            "use crate::{units::Usd, engine::{Event, Phase}};",
            "use crate::{\n    units::Usd,\n    engine::Event,\n};",
            "fn f() -> crate::report::Chart {",
            "pub(crate) use crate::scenario;",
        ] {
            let problems = check_imports("src/market/apps.rs", line);
            assert_eq!(problems.len(), 1, "{line}: {problems:?}");
            assert!(
                problems[0].starts_with("src/market/apps.rs:") && problems[0].contains("hint: "),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn imports_down_and_links_in_comments_pass() {
        let text = "//! See [`simulate`](crate::engine::simulate).\nuse crate::units::{Usd, engine};\nuse crate::rng::Streams;\n";
        assert_eq!(check_imports("src/market/apps.rs", text), Vec::<String>::new());
        assert_eq!(check_imports("src/calendar.rs", "use crate::units::Date;"), Vec::<String>::new());
        assert_eq!(check_imports("src/cli/run.rs", "use bidcast::report::draw_all;"), Vec::<String>::new());
    }

    #[test]
    fn a_room_without_a_layer_is_refused() {
        assert_eq!(check_imports("src/gadgets.rs", "fn f() {}").len(), 1);
    }

    #[test]
    fn a_file_without_opening_is_refused() {
        assert_eq!(check_opening("src/units.rs", "// What it is.\n//! Late.").len(), 1);
        assert!(check_opening("src/units.rs", "//! Units.").is_empty());
    }

    #[test]
    fn privileges_end_at_the_door() {
        for (path, line) in [
            ("src/engine/simulation.rs", "use rayon::prelude::*;"),
            ("src/metrics/period.rs", "    eprintln!(\"here\");"),
            ("src/report/table.rs", "    print!(\"here\");"),
            ("src/scenario/load.rs", "    std::process::exit(2)"),
            ("src/store/manifest.rs", "    let now = SystemTime::now();"),
            ("src/cli/forecast.rs", "use rayon::ThreadPoolBuilder;"),
        ] {
            assert_eq!(check_privileges(path, line).len(), 1, "{path}: {line}");
        }
        assert!(check_privileges("src/experiment/ensemble.rs", "use rayon::prelude::*;").is_empty());
        assert!(
            check_privileges("src/engine/simulation.rs", "// no println!() and no rayon here").is_empty()
        );
    }

    #[test]
    fn a_front_page_may_hold_a_registry_but_no_code() {
        let page = "//! Charts.\n\nmod fan;\npub mod table;\n\npub use fan::Fan;\n\n/// All.\npub const ALL: &[Fan] = &[\n    Fan,\n];\n";
        assert!(check_front_page("src/report/mod.rs", page).is_empty());
        for item in
            ["pub fn draw() {}", "struct Chart;", "impl Chart {\n    fn x() {}\n}", "pub const fn f() {}"]
        {
            assert_eq!(check_front_page("src/report/mod.rs", &format!("{page}{item}\n")).len(), 1, "{item}");
        }
        assert!(check_front_page("src/report/fan.rs", "pub fn draw() {}").is_empty());
    }

    #[test]
    fn a_mechanism_without_a_source_is_refused() {
        let (with, without) =
            ("//! Decides.\n//!\n//! # Source\n//! Judgement.", "//! Decides.\n// # Source");
        assert!(check_source("src/mechanisms/x.rs", with, None).is_empty());
        assert_eq!(check_source("src/mechanisms/x.rs", without, None).len(), 1);
        assert!(check_source("src/mechanisms/x/y.rs", without, Some(with)).is_empty());
        assert_eq!(check_source("src/mechanisms/x/y.rs", without, Some(without)).len(), 1);
    }

    #[test]
    fn names_must_be_unique_and_explained() {
        let docs = "- `cr20`: share of the 20 largest\n- hhi without backticks\n";
        assert!(check_names("metric", &["cr20"], docs).is_empty());
        assert_eq!(check_names("metric", &["cr20", "cr20"], docs).len(), 1);
        assert_eq!(check_names("metric", &["hhi"], docs).len(), 1);
    }
}
