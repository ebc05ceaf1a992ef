//! `bidcast scenarios`: the scenarios that come with the program, and one of them shock by shock.

use bidcast::diagnostic::Diagnostics;
use bidcast::scenario::{BASE, LIBRARY, Layer, Overlay, Scenario, Shipped, Shock, resolve};
use bidcast::units::Date;

use super::args::{Format, ScenariosArgs};
use super::failure::Failure;
use super::grid::{Cell, Grid};
use super::output::show;
use super::setup;

/// Lists the library, or shows one scenario in full.
///
/// # Errors
/// A name that is not in the library; stdout that cannot be written.
pub(crate) fn scenarios(args: &ScenariosArgs) -> Result<(), Failure> {
    let Some(name) = &args.name else { return show(&list()?.render(args.format)?) };
    let overlay = setup::library(name)?.map(|shipped| shipped.layer());
    let overlays: Vec<_> = overlay.iter().map(Overlay::File).collect();
    let scenario = Scenario::load(&overlays).map_err(Failure::Input)?;
    show(&match args.format {
        Format::Table => page(&scenario),
        format => table(&scenario).render(format)?,
    })
}

/// One line for each scenario.
fn list() -> Result<Grid, Failure> {
    let mut grid = Grid::new(["scenario", "about", "parts"]);
    for shipped in LIBRARY {
        let (about, parts) = heading(shipped).map_err(Failure::Input)?;
        grid.push(vec![shipped.name.into(), about.into(), parts.join(", ").into()]);
    }
    Ok(grid)
}

/// What a scenario is, and the names of its shocks; shocks of one name are one part.
fn heading(shipped: &Shipped) -> Result<(String, Vec<String>), Diagnostics> {
    let layer = shipped.layer();
    let resolved = resolve(&Layer::new("configs/base.toml", BASE), &[Overlay::File(&layer)])?;
    let mut parts: Vec<String> = Vec::new();
    for name in resolved.shocks.iter().filter_map(|shock| shock.table.get("name")?.as_str()) {
        if !parts.iter().any(|part| part == name) {
            parts.push(name.to_owned());
        }
    }
    Ok((resolved.about.unwrap_or_default(), parts))
}

/// A scenario as people read it: a paragraph for each shock.
fn page(scenario: &Scenario) -> String {
    let mut text = format!("{}\n", scenario.name());
    if !scenario.about().is_empty() {
        text.push_str(&format!("  {}\n", scenario.about()));
    }
    if scenario.shocks().is_empty() {
        text.push_str("  no shocks: every parameter keeps its value\n");
    }
    for shock in scenario.shocks() {
        text.push_str(&format!("\n{}: {}\n", shock.spec.name, shock.spec.parameter));
        let lines = [
            ("when", when(shock)),
            ("size", size(scenario, shock)),
            ("where", place(shock)),
            ("why", shock.spec.why.clone()),
            ("basis", shock.basis.to_string()),
            ("source", shock.spec.source.clone()),
        ];
        for (name, content) in lines {
            text.push_str(&format!("  {name:<7} {content}\n"));
        }
    }
    text
}

/// A shock on one line: size, time, place, and which part of its scenario it is.
pub(crate) fn line(scenario: &Scenario, shock: &Shock) -> String {
    format!("{}, {}, {} ({})", size(scenario, shock), when(shock), place(shock), shock.spec.name)
}

fn when(shock: &Shock) -> String {
    let mut text = format!("from {}", shock.spec.date);
    if shock.spec.ramp_days > 0 {
        let full = Date::from_day(shock.from + shock.spec.ramp_days);
        text.push_str(&format!(", at full size on {full}"));
    }
    if let Some(end) = &shock.spec.end_date {
        text.push_str(&format!(", until {end}"));
    }
    text
}

/// The change itself; for a single number what it is before and after.
fn size(scenario: &Scenario, shock: &Shock) -> String {
    let change = match (shock.spec.factor, shock.spec.value) {
        (Some(factor), _) => format!("× {factor}"),
        (None, value) => format!("= {}", value.unwrap_or_default()),
    };
    let parameter = scenario.registry().get(&shock.spec.parameter);
    let number = |value: &toml::Value| value.as_float().or(value.as_integer().map(|whole| whole as f64));
    match parameter.and_then(|p| number(&p.value).map(|before| (before, p.unit()))) {
        None => change,
        Some((before, unit)) => {
            let after = shock.spec.value.unwrap_or(before * shock.spec.factor.unwrap_or(1.0));
            let unit = if unit == "1" { String::new() } else { format!(" {unit}") };
            format!("{change}: {before} → {}{unit}", rounded(after))
        }
    }
}

/// A product of two decimals without the digits that are none.
fn rounded(x: f64) -> f64 {
    format!("{x:.12e}").parse().unwrap_or(x)
}

fn place(shock: &Shock) -> String {
    let mut text = if shock.spec.only.is_empty() { "everywhere".into() } else { shock.spec.only.join(", ") };
    if shock.spec.entrants_only {
        text.push_str(", apps born later");
    }
    text
}

/// A scenario as data: a row for each shock.
fn table(scenario: &Scenario) -> Grid {
    let mut grid = Grid::new([
        "part",
        "parameter",
        "date",
        "ramp_days",
        "end_date",
        "factor",
        "value",
        "only",
        "entrants_only",
        "why",
        "basis",
        "source",
    ]);
    for shock in scenario.shocks() {
        let spec = &shock.spec;
        let number = |x: Option<f64>| x.map_or(Cell::Absent, |x| Cell::number(x.to_string(), x));
        grid.push(vec![
            spec.name.as_str().into(),
            spec.parameter.as_str().into(),
            spec.date.as_str().into(),
            Cell::number(spec.ramp_days.to_string(), spec.ramp_days as f64),
            spec.end_date.as_deref().map_or(Cell::Absent, Cell::from),
            number(spec.factor),
            number(spec.value),
            spec.only.join(" ").into(),
            if spec.entrants_only { "yes" } else { "no" }.into(),
            spec.why.as_str().into(),
            shock.basis.to_string().into(),
            spec.source.as_str().into(),
        ]);
    }
    grid
}
