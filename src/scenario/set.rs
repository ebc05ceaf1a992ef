//! Applies one `--set path=value`, or `--set path*=factor`, of the command line.

use std::borrow::Cow;

use toml::de::DeValue;
use toml::{Spanned, Value};

use super::document::broken;
use super::key_path::{AXES, KeyPath, names, position};
use super::locator::Locator;
use super::registry::Registry;
use super::scale::scaled;
use super::suggest;
use super::value::{Rule, element_key, read};
use crate::diagnostic::{Diagnostic, Place};

/// Origin of a value given on the command line.
pub(crate) const SET_ORIGIN: &str = "--set";

/// Applies an argument and returns the path that it set, with its element, and where it stands.
pub(crate) fn apply(
    argument: &str,
    registry: &mut Registry,
    problems: &mut Vec<Diagnostic>,
) -> Option<(String, Place)> {
    let whole = Locator::argument(argument, 0);
    let Some((path, text)) = argument.split_once('=') else {
        problems.push(
            Diagnostic::error(format!("`--set {}` has no `=`", whole.excerpt(0..argument.len())))
                .at(whole.place(0..argument.len()))
                .hint("write the path, `=` and the value: `--set auction.theta=5`"),
        );
        return None;
    };
    let lead = path.len() - path.trim_start().len();
    let path = path.trim();
    let (path, multiplies) = path.strip_suffix('*').map_or((path, false), |path| (path.trim_end(), true));
    let key_place = whole.place(lead..lead + path.len());
    let Some(key) = KeyPath::parse(path).filter(|key| !key.parameter.is_empty()) else {
        problems.push(
            Diagnostic::error(format!("`{path}` is not a path"))
                .with_key(path)
                .at(key_place)
                .hint("paths look like `section.key`, elements like `section.key[0]` or `section.key[us]`"),
        );
        return None;
    };
    if registry.get(key.parameter).is_none() {
        problems.push(unknown(registry, key.parameter).at(key_place));
        return None;
    }
    let axes: Vec<Vec<String>> =
        AXES.iter().map(|axis| names(registry.get(axis).map(|p| &p.value))).collect();
    let parameter = registry.get_mut(key.parameter)?;

    // Walk to the element named, and remember its shape.
    let mut name = key.parameter.to_owned();
    let mut target = parameter.value.clone();
    let mut steps = Vec::with_capacity(key.elements.len());
    for element in &key.elements {
        let Value::Array(elements) = target else {
            problems.push(
                Diagnostic::error(format!("`{name}` is not an array and has no element `{element}`"))
                    .with_key(key.parameter)
                    .at(key_place)
                    .hint(format!("write `--set {name}=…`")),
            );
            return None;
        };
        let length = elements.len();
        let found = position(element, length, &axes);
        let Some((step, inner)) = found.and_then(|i| Some((i, elements.into_iter().nth(i)?))) else {
            problems.push(no_element(&name, element, length, &axes).with_key(key.parameter).at(key_place));
            return None;
        };
        name = element_key(&name, step, length, &axes);
        steps.push(step);
        target = inner;
    }

    let lead = argument.len() - text.len() + (text.len() - text.trim_start().len());
    let at = Locator::argument(argument, lead);
    let value = if multiplies {
        scaled(text.trim(), &target, &name, parameter, &axes, &at, problems)?
    } else {
        let given = parse_value(text.trim(), &target, &name, &at, problems)?;
        let (range, choices) = (parameter.range, &parameter.choices);
        read(Rule { key: &name, shape: &target, range, choices, axes: &axes }, &given, &at, problems)?
    };
    let mut slot = &mut parameter.value;
    for step in steps {
        slot = slot.as_array_mut()?.get_mut(step)?;
    }
    *slot = value;
    parameter.origin = SET_ORIGIN.to_owned();
    // Factors add up to one another and to a value set before: none of them takes the place of another.
    (!multiplies).then_some((name, key_place))
}

/// Reads the text of a value; where the base holds a string, quotes may be left out.
fn parse_value<'t>(
    text: &'t str,
    shape: &Value,
    name: &str,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Spanned<DeValue<'t>>> {
    // A shell eats quotes, so `run.start=2025-01-01` arrives bare: what looks like a date here is a string.
    if shape.is_str() && !text.is_empty() && !text.starts_with(['"', '\'']) {
        return Some(Spanned::new(0..text.len(), DeValue::String(Cow::Borrowed(text))));
    }
    match DeValue::parse(text) {
        Ok(value) => Some(value),
        Err(_) if text.is_empty() => {
            problems.push(
                Diagnostic::error(format!("`{name}` is given no value")).with_key(name).at(at.place(0..0)),
            );
            None
        }
        // A bare word is meant as a word: the check of its kind then says what is taken instead.
        Err(_) if text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) => {
            Some(Spanned::new(0..text.len(), DeValue::String(Cow::Borrowed(text))))
        }
        Err(error) => {
            let mut problem = broken(error.message(), at.place(0..text.len())).with_key(name);
            problem.message =
                format!("`{name}` is given `{}`: {}", at.excerpt(0..text.len()), problem.message);
            problems.push(problem);
            None
        }
    }
}

/// The problem with a path that names no parameter.
pub(crate) fn unknown(registry: &Registry, path: &str) -> Diagnostic {
    if registry.has_section(path) {
        let inside: Vec<&str> = registry.section(path).map(|p| p.path.as_str()).take(3).collect();
        return Diagnostic::error(format!("`{path}` is a section, not a parameter"))
            .with_key(path)
            .hint(format!("its parameters begin with {}", suggest::quoted_list(&inside)));
    }
    if path == "shock" || path.starts_with("shock.") {
        return Diagnostic::error("shocks cannot be given by `--set`")
            .with_key(path)
            .hint("write `[[shock]]` in a scenario file");
    }
    let mut problem = Diagnostic::error(format!("unknown parameter `{path}`")).with_key(path);
    problem.hints = suggest::hints(registry, path);
    problem
}

fn no_element(name: &str, element: &str, length: usize, axes: &[Vec<String>]) -> Diagnostic {
    let problem = Diagnostic::error(format!("`{name}` has no element `{element}`"));
    let known: Vec<&str> =
        axes.iter().filter(|names| names.len() == length).flatten().map(String::as_str).collect();
    let near = suggest::nearest(element, known.iter().copied());
    let problem = if near.is_empty() { problem } else { problem.hint(suggest::did_you_mean(&near)) };
    match (length, known.is_empty()) {
        (0, _) => problem.hint("it is empty"),
        (_, true) => problem.hint(format!("elements are numbered 0 to {}", length - 1)),
        (_, false) => {
            problem.hint(format!("elements are numbered 0 to {} or named {}", length - 1, known.join(", ")))
        }
    }
}
