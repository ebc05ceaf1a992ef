//! Words for a value that does not fit its parameter: what it takes, what was found, what to write instead.

use std::ops::Range;

use toml::de::DeValue;
use toml::{Spanned, Value};

use super::locator::Locator;
use super::suggest::quoted_list;
use super::unit::{in_unit, unit_of};
use super::value::{Rule, element_key};
use crate::diagnostic::Diagnostic;

/// The problem with NaN or an infinite number.
pub(crate) fn not_finite(
    key: &str,
    range: Option<[f64; 2]>,
    span: Range<usize>,
    at: &Locator<'_>,
) -> Diagnostic {
    let problem =
        Diagnostic::error(format!("`{key}` is {}, which is not a finite number", at.excerpt(span.clone())))
            .with_key(key)
            .at(at.place(span));
    match range {
        Some(range) => problem.hint(format!("give a number in the range {}", show_range(range, key))),
        None => problem.hint("give a finite number"),
    }
}

/// The problem with a whole number of more than 64 bits.
pub(crate) fn too_large(key: &str, span: Range<usize>, at: &Locator<'_>) -> Diagnostic {
    Diagnostic::error(format!("`{key}` is {}, too large for a whole number", at.excerpt(span.clone())))
        .with_key(key)
        .at(at.place(span))
        .hint("whole numbers have 64 bits; write a larger number with an exponent, such as 1e20")
}

/// The problem with a value of the wrong type or shape, with what to write instead.
pub(crate) fn mismatch(rule: Rule<'_>, given: &Spanned<DeValue<'_>>, at: &Locator<'_>) -> Diagnostic {
    let raw = at.excerpt(given.span());
    let problem = Diagnostic::error(format!(
        "`{}` takes {}, found {}",
        rule.key,
        expected(rule.shape, rule.key),
        found(given.get_ref(), &raw)
    ))
    .with_key(rule.key)
    .at(at.place(given.span()));
    match (rule.shape, given.get_ref()) {
        (Value::Float(_) | Value::Integer(_), DeValue::String(text)) => {
            if text.trim().parse::<f64>().is_ok() {
                return problem.hint("remove the quotes");
            }
            match unit_of(path_of(rule.key)) {
                "1" => problem.hint("write the number alone, without quotes"),
                unit => problem.hint(format!(
                    "write the number alone, without quotes: the key says that it is {}",
                    in_unit(unit)
                )),
            }
        }
        (Value::Boolean(_), DeValue::String(text)) if matches!(text.trim(), "true" | "false") => {
            problem.hint("remove the quotes")
        }
        (Value::Boolean(_), _) => problem.hint("write true or false"),
        (Value::String(_), DeValue::Datetime(_)) => {
            problem.hint(format!("write the date in quotes: \"{raw}\""))
        }
        (Value::Array(shapes), given) => {
            let lists: Vec<String> = rule
                .axes
                .iter()
                .filter(|names| names.len() == shapes.len())
                .map(|names| names.join(", "))
                .collect();
            let problem = if lists.is_empty() {
                problem.hint(format!("give all {} elements", shapes.len()))
            } else {
                problem.hint(format!("one element for each of: {}", lists.join("; or ")))
            };
            match given {
                DeValue::Array(_) => problem,
                _ => problem.hint(format!(
                    "to change one element: `--set {}=…`",
                    element_key(rule.key, 0, shapes.len(), rule.axes)
                )),
            }
        }
        (Value::String(_), _) if !rule.choices.is_empty() => {
            let choices: Vec<&str> = rule.choices.iter().map(String::as_str).collect();
            problem.hint(format!("allowed are {}", quoted_list(&choices)))
        }
        (_, DeValue::Table(_)) => {
            problem.hint("give the value alone: a table with `range` and `source` belongs in a file")
        }
        _ => problem,
    }
}

fn expected(shape: &Value, key: &str) -> String {
    let unit = match unit_of(path_of(key)) {
        "1" => String::new(),
        unit => format!(" {}", in_unit(unit)),
    };
    match shape {
        Value::Float(_) => format!("a number{unit}"),
        Value::Integer(_) => format!("a whole number{unit}"),
        Value::Boolean(_) => "true or false".to_owned(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(elements) => {
            let kind = match elements.first() {
                Some(Value::Float(_)) => format!(" numbers{unit}"),
                Some(Value::Integer(_)) => format!(" whole numbers{unit}"),
                Some(Value::String(_)) => " strings".to_owned(),
                Some(Value::Boolean(_)) => " booleans".to_owned(),
                _ => " elements".to_owned(),
            };
            format!("an array of {}{kind}", elements.len())
        }
        Value::Datetime(_) | Value::Table(_) => "another type".to_owned(),
    }
}

fn found(given: &DeValue<'_>, raw: &str) -> String {
    match given {
        DeValue::String(_) => format!("the string {raw}"),
        DeValue::Integer(_) | DeValue::Float(_) => format!("the number {raw}"),
        DeValue::Boolean(_) => format!("the boolean {raw}"),
        DeValue::Datetime(_) => format!("the date {raw}"),
        DeValue::Array(elements) => format!("an array of {}", elements.len()),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The path of a parameter from the name of its element: `a.b[us]` gives `a.b`.
pub(crate) fn path_of(key: &str) -> &str {
    key.split('[').next().unwrap_or(key)
}

/// A range in words, with the unit of the key.
pub(crate) fn show_range([low, high]: [f64; 2], key: &str) -> String {
    let unit = match unit_of(path_of(key)) {
        "1" | "share" => String::new(),
        unit => format!(" {unit}"),
    };
    format!("{} to {}{unit}", show(low), show(high))
}

/// A number in its shortest form that reads back the same.
pub(crate) fn show(number: f64) -> String {
    let size = number.abs();
    if size >= 1e7 || (size > 0.0 && size < 1e-4) { format!("{number:e}") } else { format!("{number}") }
}
