//! Parses the text of a layer and reports its syntax errors as diagnostics.

use toml::de::{DeTable, DeValue};

use super::fields::in_text_order;
use super::locator::Locator;
use crate::diagnostic::{Diagnostic, Place};

/// What the parser calls a key given twice.
const DUPLICATE: &str = "duplicate key";

/// Parses a text; syntax errors are reported, one for each line.
///
/// The table is absent when the text is broken in a way that makes the rest of it doubtful. After a duplicate key it
/// is there, with the first of the two, so that the other problems of the file can be reported too.
pub(crate) fn parse<'t>(
    text: &'t str,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<DeTable<'t>> {
    let (document, mut errors) = DeTable::parse_recoverable(text);
    let table = document.into_inner();
    let mut usable = true;
    let mut last_line = 0;
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let place = at.place(span.clone());
        if error.message() == DUPLICATE {
            let name = text.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
            problems.push(duplicate(&table, name, span.start, place, at));
            continue;
        }
        usable = false;
        // What follows on the same line is mostly an echo of the first error.
        if place.line != last_line {
            last_line = place.line;
            problems.push(broken(error.message(), place));
        }
    }
    usable.then_some(table)
}

/// A problem that the parser found in a value, in its own words.
pub(crate) fn broken(message: &str, place: Place) -> Diagnostic {
    let problem = Diagnostic::error(format!("not valid TOML: {message}")).at(place);
    if message.contains("string values must be quoted") {
        problem.hint(
            "strings stand in quotes; numbers use a dot and no other separator than `_`: 1_000_000.5 or 1e6",
        )
    } else if message.contains("unexpected key or value") {
        problem.hint("one `key = value` stands on a line; numbers use a dot, not a comma: 4.5")
    } else {
        problem
    }
}

fn duplicate(table: &DeTable<'_>, name: &str, start: usize, place: Place, at: &Locator<'_>) -> Diagnostic {
    let mut first = None;
    nearest_before(table, "", name, start, &mut first);
    let problem = Diagnostic::error(format!("`{name}` is given twice"));
    match first {
        Some((path, before)) => problem.with_key(path).at(place).hint(format!(
            "it already stands on line {}: keep one of the two",
            at.place(before..before).line
        )),
        None => problem.with_key(name).at(place).hint("keep one of the two, with all that belongs in it"),
    }
}

/// Finds the last key of that name before `start`: the one that a duplicate repeats.
fn nearest_before(
    table: &DeTable<'_>,
    prefix: &str,
    name: &str,
    start: usize,
    found: &mut Option<(String, usize)>,
) {
    for (key, value) in in_text_order(table) {
        let path = join(prefix, key.get_ref());
        let at = key.span().start;
        if key.get_ref() == name && at < start && found.as_ref().is_none_or(|(_, best)| at > *best) {
            *found = Some((path.clone(), at));
        }
        match value.get_ref() {
            DeValue::Table(inner) => nearest_before(inner, &path, name, start, found),
            DeValue::Array(elements) => {
                for inner in elements.iter().filter_map(|element| element.get_ref().as_table()) {
                    nearest_before(inner, &path, name, start, found);
                }
            }
            _ => {}
        }
    }
}

/// A dotted path; a key that is not bare is quoted, so that a dot in it cannot pass for a section.
pub(crate) fn join(prefix: &str, key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    match (prefix, bare) {
        ("", true) => key.to_owned(),
        ("", false) => format!("{key:?}"),
        (_, true) => format!("{prefix}.{key}"),
        (_, false) => format!("{prefix}.{key:?}"),
    }
}
