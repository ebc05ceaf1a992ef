//! The parameters as the tables of the model description: what each is set to, what it may be, and why.
//!
//! A pure function of the registry, so that the page can be compared with the configuration and never lags behind it.

use std::collections::BTreeMap;

use toml::Value;

use crate::scenario::{Parameter, Registry};

/// Arrays with more elements than this are cut to their ends.
const SHOWN_IN_FULL: usize = 4;
/// From this size on a number is written with an exponent: rows of zeros are hard to count.
const LONG: f64 = 1e6;

/// All parameters as Markdown: one table of those that stand once, and one for each family of sections with the same
/// keys, such as the archetypes, with the members side by side.
pub fn parameter_table(registry: &Registry) -> String {
    let mut text = header(&["parameter", "value", "range", "unit", "basis", "source", "meaning"]);
    let mut families: Vec<&str> = Vec::new();
    for parameter in registry {
        match family(parameter) {
            Some(name) if families.contains(&name) => {}
            Some(name) => families.push(name),
            None => text.push_str(&row(&[
                format!("`{}`", parameter.path),
                short(&parameter.value),
                range(parameter),
                unit(parameter).to_owned(),
                parameter.basis.letter().to_string(),
                parameter.source.clone(),
                parameter.about.clone(),
            ])),
        }
    }
    for name in families {
        text.push('\n');
        text.push_str(&family_table(registry, name));
    }
    text
}

/// Name of the family of a parameter of the form `family.member.key`.
fn family(parameter: &Parameter) -> Option<&str> {
    parameter.section().split_once('.').map(|(name, _)| name)
}

/// Keys down, members across; what differs between members in basis or source is listed once each.
fn family_table(registry: &Registry, name: &str) -> String {
    let mut members: Vec<&str> = Vec::new();
    let mut keys: Vec<&str> = Vec::new();
    let mut found: BTreeMap<(&str, &str), &Parameter> = BTreeMap::new();
    for parameter in registry.section(name) {
        let member = parameter.section();
        if !members.contains(&member) {
            members.push(member);
        }
        if !keys.contains(&parameter.key()) {
            keys.push(parameter.key());
        }
        found.insert((member, parameter.key()), parameter);
    }
    let own =
        |member: &str| format!("`{}`", member.strip_prefix(name).unwrap_or(member).trim_start_matches('.'));
    let mut columns = vec![format!("`{name}.*`")];
    columns.extend(members.iter().map(|member| own(member)));
    columns.extend(["range", "unit", "basis", "source", "meaning"].map(str::to_owned));
    let mut text = header(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for key in keys {
        let of_key: Vec<&Parameter> =
            members.iter().filter_map(|member| found.get(&(*member, key)).copied()).collect();
        let each = |of: fn(&Parameter) -> String| {
            let mut words: Vec<String> = Vec::new();
            for parameter in &of_key {
                let word = of(parameter);
                if !word.is_empty() && !words.contains(&word) {
                    words.push(word);
                }
            }
            words.join("; ")
        };
        let mut cells = vec![format!("`{key}`")];
        cells.extend(members.iter().map(|member| {
            found.get(&(*member, key)).map_or_else(String::new, |parameter| short(&parameter.value))
        }));
        cells.extend([
            each(range),
            each(|p| unit(p).to_owned()),
            each(|p| p.basis.letter().to_string()),
            each(|p| p.source.clone()),
            each(|p| p.about.clone()),
        ]);
        text.push_str(&row(&cells));
    }
    text
}

fn header(columns: &[&str]) -> String {
    let cells: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    row(&cells) + &row(&vec!["---".to_owned(); columns.len()])
}

fn row(cells: &[String]) -> String {
    let escaped: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", escaped.join(" | "))
}

/// Unit of a number; a word or a switch has none.
fn unit(parameter: &Parameter) -> &'static str {
    if parameter.range.is_some() { parameter.unit() } else { "" }
}

fn range(parameter: &Parameter) -> String {
    match parameter.range {
        Some([low, high]) => format!("{} to {}", number(low), number(high)),
        None => parameter.choices.join(", "),
    }
}

/// A value in few characters; of a long array its ends and its length.
fn short(value: &Value) -> String {
    match value {
        Value::Float(x) => number(*x),
        Value::Integer(n) => n.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(elements) => {
            let words: Vec<String> = elements.iter().map(short).collect();
            match words.as_slice() {
                [first, _, ..] if words.iter().all(|word| word == first) => {
                    format!("{} × {first}", words.len())
                }
                [first, second, .., last] if words.len() > SHOWN_IN_FULL => {
                    format!("{first}, {second}, … {last} ({})", words.len())
                }
                words => words.join(", "),
            }
        }
        other => other.to_string(),
    }
}

fn number(x: f64) -> String {
    if x.abs() >= LONG { format!("{x:e}") } else { x.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn values_are_short() {
        let cases = [
            ("x = 650_000_000.0", "6.5e8"),
            ("x = 0.165", "0.165"),
            ("x = true", "true"),
            ("x = [1.0, 1.0, 1.0, 1.0, 1.0]", "5 × 1"),
            ("x = [3.0, 2.0, 1.0]", "3, 2, 1"),
            ("x = [14.0, 6.5, 8.0, 2.0, 1.5]", "14, 6.5, … 1.5 (5)"),
            ("x = [\"us\", \"rest\"]", "us, rest"),
        ];
        for (text, expected) in cases {
            let table: toml::Table = text.parse().unwrap();
            assert_eq!(short(&table["x"]), expected);
        }
    }

    #[test]
    fn every_parameter_has_its_place() {
        let scenario = Scenario::load(&[]).unwrap();
        let text = parameter_table(scenario.registry());
        for parameter in scenario.registry() {
            let name = if family(parameter).is_some() { parameter.key() } else { &parameter.path };
            assert!(text.contains(&format!("| `{name}` |")), "{}", parameter.path);
        }
        // As many cells in every row of a table as in its header.
        for table in text.split("\n\n") {
            let bars = |line: &str| line.replace("\\|", "").matches('|').count();
            let mut lines = table.lines();
            let expected = lines.next().map(bars).unwrap();
            assert!(lines.all(|line| bars(line) == expected));
        }
    }
}
