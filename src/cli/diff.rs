//! `bidcast diff`: two runs side by side: who made them, from what, and how far their results are apart.

use std::fs;
use std::path::Path;

use bidcast::experiment::study::Variant;
use bidcast::metrics::METRICS;
use bidcast::report::table::{format_value, with_error};
use bidcast::scenario::{Scenario, ScenarioDifference, ShockSpec};
use bidcast::store::study::{
    Begun, Compared, Difference, RoundsFolder, RunDifference, StudyFolder, compare_runs,
};
use bidcast::store::{Build, STUDY_FILE, read_manifest};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::args::{DiffArgs, Format, Manner};
use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::grid::{Cell, Grid};
use super::output::show;

/// Differences in standard errors below this are no news.
const NEWS: f64 = 2.0;

/// A run as it is compared.
struct Side {
    build: Build,
    seed: u64,
    design: String,
    jobs: u64,
    variants: Vec<Variant>,
}

/// Shows what two runs differ in.
///
/// # Errors
/// Folders that hold no run, or files that cannot be read.
pub(crate) fn diff(args: &DiffArgs, manner: Manner) -> Result<(), Failure> {
    let (a, b) = (side(&args.first)?, side(&args.second)?);
    let facts = facts(&a, &b);
    let configs = configs(&a, &b)?;
    let found = compare_runs(&args.first, &args.second).map_err(store_failure)?;
    let text = match args.format {
        Format::Json => {
            let exact = json!({
                "first": args.first.display().to_string(),
                "second": args.second.display().to_string(),
                "identical": found.identical,
                "provenance": facts.json(),
                "configuration": configs.json(),
                "metrics": found.rows.iter().map(exact).collect::<Vec<Value>>(),
            });
            let text = serde_json::to_string_pretty(&exact).map(|text| text + "\n");
            text.map_err(|error| Failure::told(Status::Io, error))?
        }
        Format::Csv | Format::Md => exact_table(&found).render(args.format)?,
        Format::Table => page(&facts, &configs, &found, manner),
    };
    show(&text)
}

fn side(run: &Path) -> Result<Side, Failure> {
    if RoundsFolder::holds(run) {
        let message = format!("`{}` is a search, which has no one result to compare", run.display());
        return Err(Failure::message(Status::Usage, message)
            .hint("compare its seek.json, or one of its rounds/NN with another"));
    }
    if run.join(STUDY_FILE).exists() {
        let Begun { folder, design, build, .. } =
            StudyFolder::read::<IgnoredAny>(run).map_err(store_failure)?;
        let (design_print, jobs) = (folder.fingerprint().to_owned(), design.jobs.len() as u64);
        return Ok(Side { build, seed: design.seed, design: design_print, jobs, variants: design.variants });
    }
    let manifest = read_manifest(run).map_err(store_failure)?;
    let path = run.join("config.resolved.toml");
    let resolved_toml = fs::read_to_string(&path).map_err(|error| {
        Failure::told(
            Status::Io,
            anyhow::Error::new(error).context(format!("cannot read {}", path.display())),
        )
    })?;
    let variants = vec![Variant { name: manifest.scenario.clone(), resolved_toml }];
    Ok(Side {
        build: manifest.build,
        seed: manifest.seed,
        design: manifest.design,
        jobs: manifest.planned,
        variants,
    })
}

/// Builds, seeds and designs side by side.
fn facts(a: &Side, b: &Side) -> Grid {
    let mut grid = Grid::new(["what", "A", "B", "same"]);
    let short = |text: &str| text.chars().take(12).collect::<String>();
    let dirty = |side: &Side| side.build.git_dirty.map_or("unknown".to_owned(), |dirty| dirty.to_string());
    let names = |side: &Side| side.variants.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ");
    let rows = [
        ("version", a.build.version.clone(), b.build.version.clone()),
        ("commit", short(&a.build.git_commit), short(&b.build.git_commit)),
        ("changed since", dirty(a), dirty(b)),
        ("model", short(&a.build.model), short(&b.build.model)),
        ("compiler", a.build.rustc.clone(), b.build.rustc.clone()),
        ("target", a.build.target.clone(), b.build.target.clone()),
        ("scenario", names(a), names(b)),
        ("seed", a.seed.to_string(), b.seed.to_string()),
        ("jobs", a.jobs.to_string(), b.jobs.to_string()),
        ("design", short(&a.design), short(&b.design)),
    ];
    for (what, first, second) in rows {
        let same = if first == second { "yes" } else { "no" };
        grid.push(vec![what.into(), first.into(), second.into(), same.into()]);
    }
    grid
}

/// Parameters and shocks that differ, one row each.
fn configs(a: &Side, b: &Side) -> Result<Grid, Failure> {
    let mut grid = Grid::new(["scenario", "what", "A", "B"]);
    let only_two = a.variants.len() == 1 && b.variants.len() == 1;
    for old in &a.variants {
        let Some(new) = b.variants.iter().find(|new| only_two || new.name == old.name) else { continue };
        if old.resolved_toml == new.resolved_toml {
            continue;
        }
        let load =
            |variant: &Variant| -> Result<Scenario, Failure> { variant.scenario().map_err(Failure::Input) };
        let there = ScenarioDifference::of(&load(old)?, &load(new)?);
        let cell = |text: Option<String>| text.map_or(Cell::Absent, Cell::Text);
        for parameter in there.parameters {
            grid.push(vec![
                new.name.as_str().into(),
                parameter.path.into(),
                cell(parameter.old),
                cell(parameter.new),
            ]);
        }
        let shock = |spec: &ShockSpec| format!("shock {} on {}", spec.name, spec.parameter);
        for spec in &there.shocks_only_in_first {
            grid.push(vec![new.name.as_str().into(), shock(spec).into(), size(spec).into(), Cell::Absent]);
        }
        for spec in &there.shocks_only_in_second {
            grid.push(vec![new.name.as_str().into(), shock(spec).into(), Cell::Absent, size(spec).into()]);
        }
    }
    Ok(grid)
}

/// A shock in a few words.
fn size(spec: &ShockSpec) -> String {
    let size = match (spec.factor, spec.value) {
        (Some(factor), _) => format!("× {factor}"),
        (_, Some(value)) => format!("= {value}"),
        _ => String::new(),
    };
    format!("{size} from {}", spec.date)
}

fn page(facts: &Grid, configs: &Grid, found: &RunDifference, manner: Manner) -> String {
    let mut text = facts.table();
    text.push('\n');
    text.push_str(&if configs.is_empty() {
        "the configurations are the same\n".to_owned()
    } else {
        configs.table()
    });
    text.push('\n');
    if found.identical {
        return text + "results: identical, byte by byte\n";
    }
    if !found.rows.is_empty() && found.rows.iter().all(|row| row.identical) {
        return text + "results: every metric of every pair is identical\n";
    }
    let pairs = found.rows.iter().map(|row| row.pairs).max().unwrap_or(0);
    let how = match pairs {
        0 => "as a whole: the runs share no chance".to_owned(),
        n => format!("in {n} pairs that share their chance"),
    };
    let news = |row: &&Compared| row.mean.z().or(row.median.z()).is_some_and(|z| z.abs() >= NEWS);
    let surely = found.rows.iter().filter(news).count();
    text.push_str(&format!(
        "{surely} of {} metrics differ by {NEWS} standard errors or more, compared {how}\n\n",
        found.rows.len()
    ));
    text.push_str(&table(found, manner.verbose).aligned(&[4, 7]).table());
    text
}

/// The metrics, all or those with a difference.
fn table(found: &RunDifference, all: bool) -> Grid {
    let mut grid = Grid::new(["scenario", "metric", "A", "B", "mean", "z", "pairs", "median", "z of median"]);
    for row in found.rows.iter().filter(|row| all || !row.identical) {
        let metric = &METRICS[row.metric];
        let number = |x: f64| Cell::number(format_value(metric.unit, x), x);
        let z = |difference: &Difference| {
            difference.z().map_or(Cell::Absent, |z| Cell::number(format!("{z:+.1}"), z))
        };
        let by = |d: &Difference| -> Cell {
            if row.identical { "identical".into() } else { with_error(metric.unit, d.by(), d.error).into() }
        };
        grid.push(vec![
            row.scenario.as_str().into(),
            format!("{}_{}", metric.name, row.year).into(),
            number(row.mean.first),
            number(row.mean.second),
            by(&row.mean),
            z(&row.mean),
            Cell::number(row.pairs.to_string(), row.pairs as f64),
            by(&row.median),
            z(&row.median),
        ]);
    }
    grid
}

/// Every metric with every digit and its errors in columns of their own.
fn exact_table(found: &RunDifference) -> Grid {
    let mut grid = Grid::new([
        "scenario",
        "metric",
        "year",
        "pairs",
        "identical",
        "mean_a",
        "mean_b",
        "mean_error",
        "median_a",
        "median_b",
        "median_error",
    ]);
    for row in &found.rows {
        let metric = &METRICS[row.metric];
        let number = |x: f64| Cell::number(format_value(metric.unit, x), x);
        let error = |d: &Difference| d.error.map_or(Cell::Absent, number);
        grid.push(vec![
            row.scenario.as_str().into(),
            metric.name.into(),
            Cell::number(row.year.to_string(), f64::from(row.year)),
            Cell::number(row.pairs.to_string(), row.pairs as f64),
            row.identical.to_string().into(),
            number(row.mean.first),
            number(row.mean.second),
            error(&row.mean),
            number(row.median.first),
            number(row.median.second),
            error(&row.median),
        ]);
    }
    grid
}

/// A metric with every digit.
fn exact(row: &Compared) -> Value {
    let of = |d: &Difference| json!({ "first": d.first, "second": d.second, "by": d.by(), "error": d.error, "z": d.z() });
    json!({
        "scenario": row.scenario,
        "metric": METRICS[row.metric].name,
        "year": row.year,
        "pairs": row.pairs,
        "identical": row.identical,
        "mean": of(&row.mean),
        "median": of(&row.median),
    })
}
