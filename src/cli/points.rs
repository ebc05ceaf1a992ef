//! The points of a sweep: a grid, or the rows of a CSV file.

use std::fs;
use std::path::Path;

use bidcast::diagnostic::{Diagnostic, Diagnostics, Place};
use bidcast::experiment::study::{Design, DesignError, Lever};
use bidcast::scenario::Scenario;

use super::args::Axis;
use super::failure::{Failure, Status};
use super::vary::refused;

/// Most points of a grid: more would not be a plan.
const MOST: usize = 1_000_000;

/// Parameters and the values that they take together, a row for each point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Points {
    /// What is varied.
    pub(crate) levers: Vec<Lever>,
    /// Its values.
    pub(crate) rows: Vec<Vec<f64>>,
}

/// Every value of every axis with every value of the others; the last axis turns fastest.
///
/// # Errors
/// A parameter that is named twice or not there, a value that it does not take, more points than anybody can run.
pub(crate) fn grid(axes: &[Axis], scenario: &Scenario) -> Result<Points, Failure> {
    let size = axes.iter().try_fold(1_usize, |size, axis| size.checked_mul(axis.values.len()));
    if size.is_none_or(|size| size > MOST) {
        return Err(Failure::message(Status::Usage, format!("the grid has more than {MOST} points"))
            .hint("take fewer values, or spread points with --design sobol:N"));
    }
    let mut problems = Vec::new();
    for (k, axis) in axes.iter().enumerate() {
        let values: Vec<String> = axis.values.iter().map(ToString::to_string).collect();
        let place = Place {
            source: "--grid".into(),
            line: 1,
            column: 1,
            length: axis.path.chars().count(),
            line_text: format!("{}={}", axis.path, values.join(",")),
        };
        if axes[..k].iter().any(|before| before.path == axis.path) {
            problems.push(Diagnostic::error(format!("`{}` is in the grid twice", axis.path)).at(place));
        } else if let Some(problem) =
            axis.values.iter().find_map(|value| refused(scenario, &axis.path, *value))
        {
            problems.push(problem.at(place));
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Input(Diagnostics(problems)));
    }
    let mut rows = vec![Vec::new()];
    for axis in axes {
        rows = rows
            .iter()
            .flat_map(|row: &Vec<f64>| {
                axis.values.iter().map(|value| row.iter().copied().chain([*value]).collect())
            })
            .collect();
    }
    Ok(Points { levers: axes.iter().map(|axis| Lever::of(axis.path.as_str())).collect(), rows })
}

/// The points of a CSV file: its header names parameters, every other row is a point.
///
/// # Errors
/// A file that cannot be read; all problems of its content at once, with line and column.
pub(crate) fn file(path: &Path, scenario: &Scenario) -> Result<Points, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        let told = anyhow::Error::from(error).context(format!("cannot read {}", path.display()));
        Failure::told(Status::Io, told).hint("give the path of a CSV file that exists and can be read")
    })?;
    table(&path.display().to_string(), &text, scenario)
        .map_err(|problems| Failure::Input(Diagnostics(problems)))
}

/// One field of a line, and where it stands.
struct Field<'a> {
    text: &'a str,
    place: Place,
}

fn table(name: &str, text: &str, scenario: &Scenario) -> Result<Points, Vec<Diagnostic>> {
    // Spreadsheets put a byte order mark before the first name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let Some((line, header)) = lines.next() else {
        let empty = Diagnostic::error(format!("{name} is empty"));
        return Err(vec![
            empty.hint("its first row names the parameters, as --set does; every other row is a point"),
        ]);
    };
    let header = fields(name, line, header);
    // Values of parameters that are not there are not looked at: the header is the one thing to mend.
    let mut problems = wrong_names(&header, scenario);
    let named = problems.is_empty();
    let levers: Vec<Lever> = header.iter().map(|field| Lever::of(field.text)).collect();
    let mut rows = Vec::new();
    for (line, text) in lines {
        let row = fields(name, line, text);
        if row.len() != header.len() {
            let message = format!("this row has {} fields, the header has {}", row.len(), header.len());
            let place = row.get(header.len()).or(row.last()).map(|field| field.place.clone());
            problems.extend(place.map(|place| Diagnostic::error(message).at(place)));
            continue;
        }
        let mut values = Vec::with_capacity(row.len());
        for field in &row {
            match field.text.parse::<f64>().ok().filter(|value| value.is_finite()) {
                Some(value) => values.push(value),
                None => {
                    let wrong = Diagnostic::error(format!("`{}` is not a number", field.text));
                    problems
                        .push(wrong.at(field.place.clone()).hint("write numbers with a point, such as 0.25"));
                }
            }
        }
        if values.len() == row.len() {
            if named {
                problems.extend(refused_row(scenario, &levers, &values, &row));
            }
            rows.push(values);
        }
    }
    if rows.is_empty() && problems.is_empty() {
        let none = Diagnostic::error(format!("{name} has no point below its header"));
        problems.push(none.at(header[0].place.clone()));
    }
    if problems.is_empty() { Ok(Points { levers, rows }) } else { Err(problems) }
}

/// Columns that name nothing, something twice, or what is no parameter of the world.
fn wrong_names(header: &[Field<'_>], scenario: &Scenario) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (k, field) in header.iter().enumerate() {
        let plain = field.text.split('[').next().unwrap_or_default().trim_end_matches('*');
        let problem = if field.text.is_empty() {
            Some(Diagnostic::error("a column has no name"))
        } else if header[..k].iter().any(|before| before.text == field.text) {
            Some(Diagnostic::error(format!("there are two columns `{}`", field.text)))
        } else if plain.starts_with("run.") || scenario.registry().get(plain).is_none() {
            // Any value: what is not there takes none.
            refused(scenario, field.text, 1.0)
        } else {
            None
        };
        problems.extend(problem.map(|problem| problem.at(field.place.clone())));
    }
    problems
}

/// What is wrong with the values of a row, each at its field.
fn refused_row(scenario: &Scenario, levers: &[Lever], values: &[f64], row: &[Field<'_>]) -> Vec<Diagnostic> {
    let whole = Design::nested(scenario, 0, levers.to_vec(), vec![values.to_vec()], 1);
    let Err(error) = whole.scenario(0) else { return Vec::new() };
    let alone = |((lever, value), field): ((&Lever, &f64), &Field<'_>)| {
        refused(scenario, &lever.name, *value).map(|problem| problem.at(field.place.clone()))
    };
    let found: Vec<Diagnostic> = levers.iter().zip(values).zip(row).filter_map(alone).collect();
    if !found.is_empty() {
        return found;
    }
    // Each value is taken alone, but not all of them together.
    let reason = match error {
        DesignError::Refused { diagnostics, .. } => diagnostics.0.into_iter().next(),
        DesignError::Misfit { .. } => None,
    };
    let reason = reason.unwrap_or_else(|| Diagnostic::error("the values of this row do not go together"));
    vec![reason.at(row[0].place.clone())]
}

/// Splits a line at its commas; those between double quotes do not count.
fn fields<'a>(name: &str, line: usize, text: &'a str) -> Vec<Field<'a>> {
    let mut quoted = false;
    let commas = text.char_indices().filter(|(_, c)| {
        quoted ^= *c == '"';
        *c == ',' && !quoted
    });
    let ends: Vec<usize> = commas.map(|(at, _)| at).chain([text.len()]).collect();
    let mut from = 0;
    let mut found = Vec::with_capacity(ends.len());
    for end in ends {
        let raw = &text[from..end];
        let lead = raw.len() - raw.trim_start().len();
        let column = text[..from + lead].chars().count() + 1;
        let trimmed = raw.trim();
        found.push(Field {
            text: trimmed.trim_matches('"').trim(),
            place: Place {
                source: name.to_owned(),
                line,
                column,
                length: trimmed.chars().count().max(1),
                line_text: text.to_owned(),
            },
        });
        from = end + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

    use super::*;

    fn base() -> Scenario {
        Scenario::load(&[]).unwrap()
    }

    fn places(text: &str) -> Vec<(String, usize, usize)> {
        let problems = table("points.csv", text, &base()).unwrap_err();
        problems
            .into_iter()
            .map(|d| d.place.map_or((d.message.clone(), 0, 0), |p| (d.message, p.line, p.column)))
            .collect()
    }

    #[test]
    fn the_last_axis_of_a_grid_turns_fastest() {
        let axes =
            ["auction.theta=3,4", "supply.cpm_usd_per_mille*=0.9:1.1:3"].map(|text| text.parse().unwrap());
        let points = grid(&axes, &base()).unwrap();
        let expected = [[3.0, 0.9], [3.0, 1.0], [3.0, 1.1], [4.0, 0.9], [4.0, 1.0], [4.0, 1.1]];
        assert_eq!(points.rows.len(), 6);
        for (row, expected) in points.rows.iter().zip(expected) {
            assert!(
                row.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-12),
                "{row:?}"
            );
        }
        assert_eq!(points.levers[1].paths, ["supply.cpm_usd_per_mille*"]);
    }

    #[test]
    fn grids_of_nothing_twice_or_too_much_are_refused() {
        let of = |texts: &[&str]| {
            let axes: Vec<Axis> = texts.iter().map(|text| text.parse().unwrap()).collect();
            grid(&axes, &base()).unwrap_err()
        };
        for (texts, says) in [
            (vec!["auction.tehta=3,4"], "auction.tehta"),
            (vec!["auction.theta=3,4", "auction.theta=5,6"], "twice"),
            (vec!["auction.theta=3,400"], "outside its range"),
            (vec!["run.seed=3,4"], "belongs to the run"),
        ] {
            let Failure::Input(problems) = of(&texts) else { panic!("{texts:?}") };
            assert!(
                problems.to_string().contains(says) && problems.to_string().contains("--grid:1:1"),
                "{problems}"
            );
        }
        let axis = "auction.theta=3:4:100000";
        assert!(matches!(of(&[axis, "pacing.passes=1:2:100000"]), Failure::Told { .. }));
    }

    #[test]
    fn a_file_is_read_as_spreadsheets_write_it() {
        let text = "\u{feff}\"auction.theta\", supply.cpm_usd_per_mille*\r\n3.5,1\r\n\r\n4.5, 1.2\r\n";
        let points = table("points.csv", text, &base()).unwrap();
        assert_eq!(points.rows, [[3.5, 1.0], [4.5, 1.2]]);
        assert_eq!(points.levers[0], Lever::of("auction.theta"));
    }

    #[test]
    fn every_problem_of_a_file_has_its_place() {
        let found = places("auction.theta,supply.growth_per_year\n3.5,0.1\n4,x\n400,0.1\n3\n3,0.1,7\n");
        let at: Vec<(usize, usize)> = found.iter().map(|(_, line, column)| (*line, *column)).collect();
        assert_eq!(at, [(3, 3), (4, 1), (5, 1), (6, 7)], "{found:?}");
        assert!(found[0].0.contains("`x`") && found[1].0.contains("outside its range"), "{found:?}");
        // An unknown parameter is told once, in the header.
        let found = places("auction.theta, auction.tehta\n3,1\n4,1\n");
        assert_eq!((found.len(), found[0].1, found[0].2), (1, 1, 16), "{found:?}");
        assert_eq!(places("auction.theta,auction.theta\n3,3\n")[0].1, 1);
        assert!(places("")[0].0.contains("is empty"));
        assert!(places("auction.theta\n")[0].0.contains("no point"));
    }
}
