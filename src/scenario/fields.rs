//! Reads the table that describes a parameter: `{ value, range, choices, basis, source, about }`.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::locator::Locator;
use super::registry::Basis;
use super::suggest::{did_you_mean, nearest, quoted_list};
use super::value::number;
use crate::diagnostic::Diagnostic;

/// Every field that a parameter table may have.
pub(crate) const FIELDS: [&str; 6] = ["value", "range", "choices", "basis", "source", "about"];

/// The fields found; one that was wrong is absent and reported.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a, 't> {
    pub(crate) value: Option<&'a Spanned<DeValue<'t>>>,
    pub(crate) range: Option<Spanned<[f64; 2]>>,
    pub(crate) choices: Option<Spanned<Vec<String>>>,
    pub(crate) basis: Option<Basis>,
    pub(crate) source: Option<String>,
    pub(crate) about: Option<String>,
}

/// Whether a table describes a parameter: it has a `value` that is not itself a table.
pub(crate) fn is_parameter(table: &DeTable<'_>) -> bool {
    table.get("value").is_some_and(|value| !value.get_ref().is_table())
}

/// Entries of a table in the order of the text; the parser keeps them sorted by key.
pub(crate) fn in_text_order<'a, 't>(
    table: &'a DeTable<'t>,
) -> Vec<(&'a Spanned<std::borrow::Cow<'t, str>>, &'a Spanned<DeValue<'t>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// Reads the fields of the parameter `path`.
pub(crate) fn read_fields<'a, 't>(
    path: &str,
    table: &'a DeTable<'t>,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Fields<'a, 't> {
    let mut fields = Fields::default();
    for (key, value) in in_text_order(table) {
        let name: &str = key.get_ref();
        match name {
            "value" => fields.value = Some(value),
            "range" => match range(value.get_ref()) {
                Some(range) => fields.range = Some(Spanned::new(value.span(), range)),
                None => {
                    problems.push(wrong(path, name, "two finite numbers, low and high", value.span(), at))
                }
            },
            "choices" => match strings(value.get_ref()) {
                Some(choices) => fields.choices = Some(Spanned::new(value.span(), choices)),
                None => problems.push(wrong(path, name, "an array of at least one string", value.span(), at)),
            },
            "basis" => match value.get_ref().as_str().and_then(Basis::from_letter) {
                Some(basis) => fields.basis = Some(basis),
                None => {
                    let legend: Vec<String> = Basis::ALL.iter().map(Basis::to_string).collect();
                    problems.push(
                        wrong(path, name, "one of the letters S, P, E, J, F", value.span(), at)
                            .hint(legend.join(", ")),
                    );
                }
            },
            "source" | "about" => match value.get_ref().as_str() {
                Some(text) if !text.trim().is_empty() => {
                    let field = if name == "source" { &mut fields.source } else { &mut fields.about };
                    *field = Some(text.to_owned());
                }
                _ => problems.push(wrong(path, name, "a string that is not empty", value.span(), at)),
            },
            unknown => {
                let near = nearest(unknown, FIELDS);
                let hint = if near.is_empty() {
                    format!("the fields are {}", quoted_list(&FIELDS))
                } else {
                    did_you_mean(&near)
                };
                problems.push(
                    Diagnostic::error(format!("`{path}` is a parameter and has no field `{unknown}`"))
                        .with_key(path)
                        .at(at.place(key.span()))
                        .hint(hint),
                );
            }
        }
    }
    fields
}

fn wrong(path: &str, field: &str, expected: &str, span: Range<usize>, at: &Locator<'_>) -> Diagnostic {
    Diagnostic::error(format!("`{field}` of `{path}` takes {expected}, found {}", at.excerpt(span.clone())))
        .with_key(path)
        .at(at.place(span))
}

fn range(value: &DeValue<'_>) -> Option<[f64; 2]> {
    let [low, high] =
        value.as_array()?.iter().map(|end| number(end.get_ref())).collect::<Option<Vec<_>>>()?[..]
    else {
        return None;
    };
    (low.is_finite() && high.is_finite() && low <= high).then_some([low, high])
}

fn strings(value: &DeValue<'_>) -> Option<Vec<String>> {
    let choices: Vec<String> =
        value.as_array()?.iter().map(|c| c.get_ref().as_str().map(str::to_owned)).collect::<Option<_>>()?;
    (!choices.is_empty()).then_some(choices)
}
