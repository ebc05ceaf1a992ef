//! Reads the base configuration: every parameter complete, with value, range, basis, source and meaning.

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Value};

use super::document::join;
use super::fields::{Fields, in_text_order, is_parameter, read_fields};
use super::locator::Locator;
use super::registry::{BASE_ORIGIN, Basis, Parameter};
use super::value::{Rule, holds_number, holds_string, plain, read};
use crate::diagnostic::Diagnostic;

/// Reads the parameters below `prefix`, each with the byte at which its key stands.
pub(crate) fn read_section(
    prefix: &str,
    table: &DeTable<'_>,
    skip: &[&str],
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<(usize, Parameter)> {
    let mut parameters = Vec::new();
    for (key, value) in in_text_order(table) {
        if prefix.is_empty() && skip.contains(&key.get_ref().as_ref()) {
            continue;
        }
        let path = join(prefix, key.get_ref());
        if path.contains('"') {
            problems.push(
                Diagnostic::error(format!("{path} needs quotes, and parameters cannot"))
                    .with_key(path)
                    .at(at.place(key.span()))
                    .hint("name sections and parameters with letters, digits, `_` and `-`"),
            );
            continue;
        }
        match value.get_ref() {
            DeValue::Table(inner) if is_parameter(inner) => {
                let fields = read_fields(&path, inner, at, problems);
                let here = at.place(key.span());
                for field in ["basis", "source", "about"] {
                    if !inner.contains_key(field) {
                        problems.push(
                            Diagnostic::error(format!("`{path}` has no `{field}`"))
                                .with_key(&path)
                                .at(here.clone()),
                        );
                    }
                }
                let declares_range = inner.contains_key("range");
                parameters.extend(
                    parameter(&path, key, &fields, declares_range, at, problems)
                        .map(|p| (key.span().start, p)),
                );
            }
            DeValue::Table(inner) => parameters.extend(read_section(&path, inner, skip, at, problems)),
            _ => problems.push(
                Diagnostic::error(format!("`{path}` is a bare value in the base configuration"))
                    .with_key(path)
                    .at(at.place(value.span()))
                    .hint("write `{ value = …, range = […], basis = \"…\", source = \"…\", about = \"…\" }`"),
            ),
        }
    }
    parameters
}

fn parameter(
    path: &str,
    key: &Spanned<std::borrow::Cow<'_, str>>,
    fields: &Fields<'_, '_>,
    declares_range: bool,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Parameter> {
    let given = fields.value?;
    let shape = uniform(&plain(path, given, at, problems)?);
    if matches!(shape, Value::Datetime(_)) {
        problems.push(
            Diagnostic::error(format!("`{path}` is a TOML date"))
                .with_key(path)
                .at(at.place(given.span()))
                .hint("write dates as strings: \"2025-01-01\""),
        );
        return None;
    }
    match (&fields.range, holds_number(&shape)) {
        (None, true) if !declares_range => problems.push(
            Diagnostic::error(format!("`{path}` is a number and has no `range`"))
                .with_key(path)
                .at(at.place(key.span()))
                .hint("give the smallest and largest value that make sense: `range = [low, high]`"),
        ),
        (Some(range), false) => problems.push(no_range(path).at(at.place(range.span()))),
        _ => {}
    }
    if let Some(choices) = fields.choices.as_ref().filter(|_| !holds_string(&shape)) {
        problems.push(no_choices(path).at(at.place(choices.span())));
    }
    let range = fields.range.as_ref().map(|range| *range.get_ref());
    let choices = fields.choices.as_ref().map(|choices| choices.get_ref().clone()).unwrap_or_default();
    let value =
        read(Rule { key: path, shape: &shape, range, choices: &choices, axes: &[] }, given, at, problems)?;
    Some(Parameter {
        path: path.to_owned(),
        base_value: value.clone(),
        value,
        range,
        choices,
        // A missing field is reported above, and then no parameter leaves this layer.
        basis: fields.basis.unwrap_or(Basis::Judgement),
        source: fields.source.clone().unwrap_or_default(),
        about: fields.about.clone().unwrap_or_default(),
        origin: BASE_ORIGIN.to_owned(),
    })
}

/// The problem with a range for a value without numbers.
pub(crate) fn no_range(path: &str) -> Diagnostic {
    Diagnostic::error(format!("`{path}` holds no number and takes no `range`")).with_key(path)
}

/// The problem with choices for a value without strings.
pub(crate) fn no_choices(path: &str) -> Diagnostic {
    Diagnostic::error(format!("`{path}` holds no string and takes no `choices`")).with_key(path)
}

/// An array with one number in floating point has all its numbers so: `[14.0, 6]` means `[14.0, 6.0]`.
fn uniform(value: &Value) -> Value {
    fn any_float(value: &Value) -> bool {
        match value {
            Value::Float(_) => true,
            Value::Array(elements) => elements.iter().any(any_float),
            _ => false,
        }
    }
    fn to_float(value: &Value) -> Value {
        match value {
            Value::Integer(whole) => Value::Float(*whole as f64),
            Value::Array(elements) => Value::Array(elements.iter().map(to_float).collect()),
            other => other.clone(),
        }
    }
    if any_float(value) { to_float(value) } else { value.clone() }
}
