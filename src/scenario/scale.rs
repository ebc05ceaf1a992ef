//! Multiplies a value by a factor, as `--set path*=factor` asks.

use toml::Value;

use super::locator::Locator;
use super::misfit::{show, show_range};
use super::registry::Parameter;
use super::value::{first_outside, holds_number, number};
use crate::diagnostic::Diagnostic;
use toml::de::DeValue;

/// The value `old` of `parameter`, named `name` with its element, times the factor that `text` holds; all numbers of an
/// array alike, whole numbers rounded.
pub(crate) fn scaled(
    text: &str,
    old: &Value,
    name: &str,
    parameter: &Parameter,
    axes: &[Vec<String>],
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let mut refuse = |message: String, hint: &str| {
        problems.push(Diagnostic::error(message).with_key(name).at(at.place(0..text.len())).hint(hint));
        None
    };
    if !holds_number(old) {
        return refuse(
            format!("`{name}` holds no number that could be multiplied"),
            "set it with `=` instead",
        );
    }
    let factor =
        DeValue::parse(text).ok().and_then(|value| number(value.get_ref())).filter(|x| x.is_finite());
    let Some(factor) = factor else {
        return refuse(
            format!("`{name}` cannot be multiplied by `{}`", at.excerpt(0..text.len())),
            "give a number, such as 1.2 for a fifth more",
        );
    };
    let new = times(old, factor);
    if let Some((element, outside)) = parameter.range.and_then(|range| first_outside(name, &new, range, axes))
    {
        let range = parameter.range.map(|range| show_range(range, &element)).unwrap_or_default();
        return refuse(
            format!("`{element}` would become {}, outside its range {range}", show(outside)),
            "take a factor nearer to 1, or widen the range in a file of your own",
        );
    }
    Some(new)
}

fn times(value: &Value, factor: f64) -> Value {
    match value {
        Value::Float(x) => Value::Float(x * factor),
        Value::Integer(x) => Value::Integer((*x as f64 * factor).round() as i64),
        Value::Array(elements) => Value::Array(elements.iter().map(|x| times(x, factor)).collect()),
        other => other.clone(),
    }
}
