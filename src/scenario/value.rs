//! Checks a value that a layer gives against the parameter it is for: type, shape, finiteness, range, choices.

use std::ops::Range;

use toml::de::DeValue;
use toml::{Spanned, Value};

use super::locator::Locator;
use super::misfit::{mismatch, not_finite, path_of, show, show_range, too_large};
use super::suggest::{did_you_mean, nearest, quoted_list};
use super::unit::unit_of;
use crate::diagnostic::Diagnostic;

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule<'a> {
    /// Path of the parameter, with the element for a part of an array.
    pub(crate) key: &'a str,
    /// A value of the right type and shape.
    pub(crate) shape: &'a Value,
    /// Allowed range of each number.
    pub(crate) range: Option<[f64; 2]>,
    /// Allowed strings; any when empty.
    pub(crate) choices: &'a [String],
    /// Lists of names by which elements of an array of that length may be called.
    pub(crate) axes: &'a [Vec<String>],
}

/// Reads a value under a rule; all problems in it are reported, and then there is no value.
pub(crate) fn read(
    rule: Rule<'_>,
    given: &Spanned<DeValue<'_>>,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let span = given.span();
    match (rule.shape, given.get_ref()) {
        (Value::Float(_), DeValue::Float(_) | DeValue::Integer(_)) => {
            let number = number(given.get_ref())?;
            in_range(rule, number, span, at, problems).then_some(Value::Float(number))
        }
        (Value::Integer(_), DeValue::Integer(_)) => {
            let Some(whole) = whole(given.get_ref()) else {
                problems.push(too_large(rule.key, span, at));
                return None;
            };
            // Ranges are far below 2^53, so the comparison in floating point is exact where it decides.
            in_range(rule, whole as f64, span, at, problems).then_some(Value::Integer(whole))
        }
        (Value::Boolean(_), DeValue::Boolean(flag)) => Some(Value::Boolean(*flag)),
        (Value::String(_), DeValue::String(text)) => {
            is_choice(rule, text, span, at, problems).then(|| Value::String(text.to_string()))
        }
        (Value::Array(shapes), DeValue::Array(elements)) if shapes.len() == elements.len() => {
            let mut values = Vec::with_capacity(shapes.len());
            for (i, (shape, element)) in shapes.iter().zip(elements.iter()).enumerate() {
                let key = element_key(rule.key, i, shapes.len(), rule.axes);
                values.extend(read(Rule { key: &key, shape, ..rule }, element, at, problems));
            }
            (values.len() == shapes.len()).then_some(Value::Array(values))
        }
        _ => {
            problems.push(mismatch(rule, given, at));
            None
        }
    }
}

/// The name of an element: `cpm[us]` where exactly one list of names has the array's length, else `cpm[0]`.
pub(crate) fn element_key(key: &str, i: usize, length: usize, axes: &[Vec<String>]) -> String {
    let mut fitting = axes.iter().filter(|names| names.len() == length);
    match (fitting.next().and_then(|names| names.get(i)), fitting.next()) {
        (Some(name), None) => format!("{key}[{name}]"),
        _ => format!("{key}[{i}]"),
    }
}

/// A TOML value as it stands, for what no parameter describes; numbers must still be finite and fit.
pub(crate) fn plain(
    key: &str,
    given: &Spanned<DeValue<'_>>,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Value> {
    Some(match given.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Datetime(datetime) => Value::Datetime(*datetime),
        DeValue::Integer(_) => match whole(given.get_ref()) {
            Some(whole) => Value::Integer(whole),
            None => {
                problems.push(too_large(key, given.span(), at));
                return None;
            }
        },
        DeValue::Float(_) => {
            let number = number(given.get_ref())?;
            if !number.is_finite() {
                problems.push(not_finite(key, None, given.span(), at));
                return None;
            }
            Value::Float(number)
        }
        DeValue::Array(elements) => {
            let values: Vec<Value> = elements
                .iter()
                .enumerate()
                .filter_map(|(i, element)| plain(&format!("{key}[{i}]"), element, at, problems))
                .collect();
            if values.len() != elements.len() {
                return None;
            }
            Value::Array(values)
        }
        DeValue::Table(entries) => {
            let values: toml::Table = entries
                .iter()
                .filter_map(|(name, value)| {
                    let name = name.get_ref();
                    Some((name.to_string(), plain(&format!("{key}.{name}"), value, at, problems)?))
                })
                .collect();
            if values.len() != entries.len() {
                return None;
            }
            Value::Table(values)
        }
    })
}

/// The first number of a value that lies outside a range, with the element it is in.
pub(crate) fn first_outside(
    key: &str,
    value: &Value,
    [low, high]: [f64; 2],
    axes: &[Vec<String>],
) -> Option<(String, f64)> {
    let number = match value {
        Value::Float(number) => *number,
        Value::Integer(whole) => *whole as f64,
        Value::Array(elements) => {
            return elements.iter().enumerate().find_map(|(i, element)| {
                first_outside(&element_key(key, i, elements.len(), axes), element, [low, high], axes)
            });
        }
        _ => return None,
    };
    // Written so that NaN counts as outside.
    if number >= low && number <= high { None } else { Some((key.to_owned(), number)) }
}

/// Whether a value is a number or an array with a number in it: then it needs a range.
pub(crate) fn holds_number(value: &Value) -> bool {
    match value {
        Value::Float(_) | Value::Integer(_) => true,
        Value::Array(elements) => elements.iter().any(holds_number),
        _ => false,
    }
}

/// Whether a value is a string or an array with a string in it: then it may have choices.
pub(crate) fn holds_string(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Array(elements) => elements.iter().any(holds_string),
        _ => false,
    }
}

/// The number of a TOML number, infinite when it is too large.
pub(crate) fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        // The parser has checked the digits, so only the grammar's own `nan` and `inf` give no finite number.
        DeValue::Float(float) => float.as_str().parse().ok(),
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
        DeValue::Integer(_) => whole(value).map(|whole| whole as f64),
        _ => None,
    }
}

fn whole(value: &DeValue<'_>) -> Option<i64> {
    match value {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    }
}

fn in_range(
    rule: Rule<'_>,
    number: f64,
    span: Range<usize>,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> bool {
    if !number.is_finite() {
        problems.push(not_finite(rule.key, rule.range, span, at));
        return false;
    }
    let Some([low, high]) = rule.range else { return true };
    // Written so that NaN can never pass.
    if number >= low && number <= high {
        return true;
    }
    let raw = at.excerpt(span.clone());
    let mut problem = Diagnostic::error(format!(
        "`{}` is {raw}, outside its range {}",
        rule.key,
        show_range([low, high], rule.key)
    ))
    .with_key(rule.key)
    .at(at.place(span));
    if high <= 1.0 && number > 1.0 && number <= 100.0 && unit_of(path_of(rule.key)) == "share" {
        problem =
            problem.hint(format!("shares are written from 0 to 1: {raw} % is {}", show(number / 100.0)));
    }
    problems.push(problem.hint(format!(
        "to go beyond the range, give your own in a file and say why: `{} = {{ value = …, range = [{}, {}], source = \"…\" }}`",
        path_of(rule.key),
        show(low.min(number)),
        show(high.max(number))
    )));
    false
}

fn is_choice(
    rule: Rule<'_>,
    text: &str,
    span: Range<usize>,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> bool {
    if rule.choices.is_empty() || rule.choices.iter().any(|choice| choice == text) {
        return true;
    }
    let choices: Vec<&str> = rule.choices.iter().map(String::as_str).collect();
    let near = nearest(text, choices.iter().copied());
    let hint = if near.is_empty() {
        format!("allowed are {}", quoted_list(&choices))
    } else {
        format!("{} allowed are {}", did_you_mean(&near), quoted_list(&choices))
    };
    problems.push(
        Diagnostic::error(format!("`{}` has no choice {}", rule.key, at.excerpt(span.clone())))
            .with_key(rule.key)
            .at(at.place(span))
            .hint(hint),
    );
    false
}
