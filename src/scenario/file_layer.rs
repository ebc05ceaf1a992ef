//! Applies a file of overrides to the table: plain values, or parameter tables with any of their fields.

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Value};

use super::base_layer::{no_choices, no_range};
use super::document::join;
use super::fields::{FIELDS, in_text_order, read_fields};
use super::key_path::{AXES, names};
use super::locator::Locator;
use super::misfit::{show, show_range};
use super::registry::{Parameter, Registry};
use super::set::unknown;
use super::suggest;
use super::value::{Rule, first_outside, holds_number, holds_string, read};
use crate::diagnostic::Diagnostic;

/// Applies the keys below `prefix`; all problems are reported, and a value with a problem is left as it was.
pub(crate) fn apply(
    prefix: &str,
    table: &DeTable<'_>,
    skip: &[&str],
    at: &Locator<'_>,
    registry: &mut Registry,
    problems: &mut Vec<Diagnostic>,
) {
    for (key, value) in in_text_order(table) {
        if prefix.is_empty() && skip.contains(&key.get_ref().as_ref()) {
            continue;
        }
        let path = join(prefix, key.get_ref());
        if registry.get(&path).is_some() {
            let axes: Vec<Vec<String>> =
                AXES.iter().map(|axis| names(registry.get(axis).map(|p| &p.value))).collect();
            let Some(parameter) = registry.get_mut(&path) else { continue };
            match value.get_ref() {
                DeValue::Table(fields) => apply_fields(parameter, key.span(), fields, &axes, at, problems),
                _ => apply_value(parameter, value, &axes, at, problems),
            }
            continue;
        }
        match value.get_ref() {
            DeValue::Table(inner) if registry.has_section(&path) => {
                apply(&path, inner, skip, at, registry, problems);
            }
            DeValue::Table(inner) if !inner.contains_key("value") => {
                let mut problem = Diagnostic::error(format!("unknown section `{path}`")).with_key(&path);
                problem.hints = suggest::section_hints(registry, &path);
                problems.push(problem.at(at.place(key.span())));
            }
            _ => problems.push(unknown(registry, &path).at(at.place(key.span()))),
        }
    }
}

fn apply_value(
    parameter: &mut Parameter,
    given: &Spanned<DeValue<'_>>,
    axes: &[Vec<String>],
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) {
    let rule = Rule {
        key: &parameter.path,
        shape: &parameter.base_value,
        range: parameter.range,
        choices: &parameter.choices,
        axes,
    };
    if let Some(value) = read(rule, given, at, problems) {
        parameter.value = value;
        parameter.origin = at.source().to_owned();
    }
}

fn apply_fields(
    parameter: &mut Parameter,
    key_span: std::ops::Range<usize>,
    table: &DeTable<'_>,
    axes: &[Vec<String>],
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) {
    let path = parameter.path.clone();
    if !FIELDS.iter().any(|field| table.contains_key(*field)) {
        problems.push(
            Diagnostic::error(format!("`{path}` is a parameter, not a section"))
                .with_key(&path)
                .at(at.place(key_span))
                .hint(format!("write `{} = …`, or a table with `value`", parameter.key())),
        );
        return;
    }
    let fields = read_fields(&path, table, at, problems);
    if let Some(range) = &fields.range {
        if !holds_number(&parameter.base_value) {
            problems.push(no_range(&path).at(at.place(range.span())));
        } else {
            let [low, high] = *range.get_ref();
            if let Some([old_low, old_high]) = parameter.range
                && (low < old_low || high > old_high)
            {
                problems.push(
                    Diagnostic::warning(format!(
                        "`{path}` is given a range wider than the {} it had",
                        show_range([old_low, old_high], &path)
                    ))
                    .with_key(&path)
                    .at(at.place(range.span())),
                );
            }
            parameter.range = Some([low, high]);
        }
    } else if table.contains_key("range") {
        // The range given is in error: the old one would only add a second, misleading complaint.
        parameter.range = None;
    }
    if let Some(choices) = &fields.choices {
        if holds_string(&parameter.base_value) {
            parameter.choices = choices.get_ref().clone();
        } else {
            problems.push(no_choices(&path).at(at.place(choices.span())));
        }
    }
    if let Some(given) = fields.value {
        apply_value(parameter, given, axes, at, problems);
    } else {
        still_fits(parameter, &fields, axes, at, problems);
    }
    parameter.basis = fields.basis.unwrap_or(parameter.basis);
    parameter.source = fields.source.unwrap_or_else(|| std::mem::take(&mut parameter.source));
    parameter.about = fields.about.unwrap_or_else(|| std::mem::take(&mut parameter.about));
}

/// Reports a value of a lower layer that a new range or new choices leave out.
fn still_fits(
    parameter: &Parameter,
    fields: &super::fields::Fields<'_, '_>,
    axes: &[Vec<String>],
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) {
    let path = &parameter.path;
    if let (Some(new), Some(range)) = (&fields.range, parameter.range)
        && let Some((key, number)) = first_outside(path, &parameter.value, range, axes)
    {
        problems.push(
            Diagnostic::error(format!(
                "`{key}` is {} (from {}), outside its new range {}",
                show(number),
                parameter.origin,
                show_range(range, path)
            ))
            .with_key(key)
            .at(at.place(new.span()))
            .hint("give a `value` beside the `range`"),
        );
    }
    if let (Some(new), Value::String(text)) = (&fields.choices, &parameter.value)
        && !parameter.choices.contains(text)
    {
        problems.push(
            Diagnostic::error(format!(
                "`{path}` is \"{text}\" (from {}), which the new choices leave out",
                parameter.origin
            ))
            .with_key(path)
            .at(at.place(new.span()))
            .hint("give a `value` beside the `choices`"),
        );
    }
}
