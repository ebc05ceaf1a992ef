//! `bidcast explain`: what a parameter is, what it is set to, by whom, and where the number comes from.

use bidcast::report::parameter_table::parameter_table;
use bidcast::scenario::{Parameter, Registry, Scenario};

use super::args::{ExplainArgs, Format, Manner};
use super::failure::{Failure, Status};
use super::grid::{Cell, Grid};
use super::output::show;
use super::{scenarios, setup};

/// Shows one parameter in full, or all parameters of a section, or of the whole configuration, as a table.
///
/// # Errors
/// A path that names neither a parameter nor a section, with the closest that exist.
pub(crate) fn explain(args: &ExplainArgs, manner: Manner) -> Result<(), Failure> {
    let scenario = setup::scenario(&args.scenario, manner)?;
    let registry = scenario.registry();
    let text = match &args.path {
        Some(path) => named(&scenario, path, args.format)?,
        None => match args.format {
            Format::Table => overview(&registry.iter().collect::<Vec<_>>()).table(),
            // The form of the model description, which is made by this.
            Format::Md => parameter_table(registry),
            format => full(registry).render(format)?,
        },
    };
    show(&text)
}

fn named(scenario: &Scenario, path: &str, format: Format) -> Result<String, Failure> {
    let registry = scenario.registry();
    Ok(match (registry.get(path), format) {
        (Some(parameter), Format::Table) => sheet(parameter, scenario),
        (Some(parameter), format) => full([parameter]).render(format)?,
        (None, format) => {
            let section: Vec<_> = registry.section(path.trim_end_matches('.')).collect();
            match (section.is_empty(), format) {
                (true, _) => return Err(unknown(registry, path)),
                (false, Format::Table) => overview(&section).table(),
                (false, format) => full(section).render(format)?,
            }
        }
    })
}

fn unknown(registry: &Registry, path: &str) -> Failure {
    let failure = Failure::message(Status::Usage, format!("there is no parameter or section `{path}`"));
    let closest = registry.closest(path);
    if closest.is_empty() {
        failure.hint(format!("the sections are {}", registry.sections().join(", ")))
    } else {
        let names: Vec<String> = closest.iter().map(|name| format!("`{name}`")).collect();
        failure.hint(format!("did you mean {}?", names.join(" or ")))
    }
}

fn sheet(parameter: &Parameter, scenario: &Scenario) -> String {
    let value = if parameter.value == parameter.base_value {
        format!("{} (the default)", parameter.value)
    } else {
        format!("{} (default {})", parameter.value, parameter.base_value)
    };
    let lines = [
        ("meaning", parameter.about.to_string()),
        ("value", value),
        ("unit", unit(parameter).to_owned()),
        ("range", range(parameter)),
        ("basis", parameter.basis.to_string()),
        ("source", parameter.source.to_string()),
        ("set in", parameter.origin.to_string()),
    ];
    let mut text = format!("{}\n", parameter.path);
    for (name, content) in lines.iter().filter(|(_, content)| !content.is_empty()) {
        text.push_str(&format!("  {name:<8} {content}\n"));
    }
    for shock in scenario.shocks().iter().filter(|shock| shock.spec.parameter == parameter.path) {
        text.push_str(&format!("  {:<8} {}\n", "shocked", scenarios::line(scenario, shock)));
    }
    text
}

/// What the value may be: an interval, a list of words, or nothing said.
fn range(parameter: &Parameter) -> String {
    match parameter.range {
        Some([low, high]) => format!("{} to {}", bound(low), bound(high)),
        None => parameter.choices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// A bound of a range; a long row of zeros is hard to count.
fn bound(x: f64) -> String {
    if x.abs() >= 1e7 { format!("{x:e}") } else { x.to_string() }
}

/// Unit of the value; a word or a switch has none.
fn unit(parameter: &Parameter) -> &'static str {
    if parameter.range.is_some() { parameter.unit() } else { "" }
}

fn overview(parameters: &[&Parameter]) -> Grid {
    let mut grid = Grid::new(["parameter", "value", "unit", "range", "meaning"]);
    for parameter in parameters {
        grid.push(vec![
            parameter.path.to_string().into(),
            value(&parameter.value),
            unit(parameter).into(),
            range(parameter).into(),
            parameter.about.to_string().into(),
        ]);
    }
    grid
}

fn full<'a>(parameters: impl IntoIterator<Item = &'a Parameter>) -> Grid {
    let mut grid =
        Grid::new(["parameter", "value", "default", "unit", "range", "basis", "source", "meaning", "set_in"]);
    for parameter in parameters {
        grid.push(vec![
            parameter.path.to_string().into(),
            value(&parameter.value),
            value(&parameter.base_value),
            unit(parameter).into(),
            range(parameter).into(),
            parameter.basis.to_string().into(),
            parameter.source.to_string().into(),
            parameter.about.to_string().into(),
            parameter.origin.to_string().into(),
        ]);
    }
    grid
}

/// A TOML value as a cell: numbers stay numbers, all else is its TOML spelling.
fn value(value: &toml::Value) -> Cell {
    match value {
        toml::Value::Float(exact) => Cell::Number { shown: value.to_string(), exact: *exact },
        other => other.to_string().into(),
    }
}
