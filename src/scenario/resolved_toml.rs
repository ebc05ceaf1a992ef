//! Writes a resolved configuration back as TOML: the full record of what a run used, fit to be read again.

use std::fmt::Write as _;

use toml::{Table, Value};

use super::layers::Resolved;
use super::registry::Parameter;

impl Resolved {
    /// The whole configuration: every value with range, basis, source and meaning, its origin as a comment.
    ///
    /// The text depends on nothing but the content. Read back as a base or as an overlay it gives the same values.
    pub fn to_toml(&self) -> String {
        let mut text = String::from(
            "# Resolved configuration: every parameter as the run used it.\n\
             # The comment behind a value names the layer that set it.\n",
        );
        for (key, value) in [("name", &self.name), ("about", &self.about)] {
            if let Some(value) = value {
                push_line(&mut text, format_args!("{key} = {}", quoted(value)));
            }
        }
        // A table may be opened only once, so parameters are gathered by section; those without one come first.
        let mut sections: Vec<&str> = vec![""];
        for parameter in &self.registry {
            if !sections.contains(&parameter.section()) {
                sections.push(parameter.section());
            }
        }
        for section in sections {
            let mut parameters = self.registry.iter().filter(|p| p.section() == section).peekable();
            if parameters.peek().is_some() && !section.is_empty() {
                push_line(&mut text, format_args!("\n[{section}]"));
            }
            for parameter in parameters {
                push_line(&mut text, format_args!("{} # {}", entry(parameter), comment(parameter)));
            }
        }
        for shock in &self.shocks {
            push_line(&mut text, format_args!("\n[[shock]] # {}", one_line(&shock.origin)));
            for (key, value) in &shock.table {
                push_line(&mut text, format_args!("{} = {}", key_of(key), inline(value)));
            }
        }
        text
    }
}

fn push_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn entry(parameter: &Parameter) -> String {
    let mut fields = vec![format!("value = {}", inline(&parameter.value))];
    if let Some([low, high]) = parameter.range {
        fields.push(format!("range = [{low:?}, {high:?}]"));
    }
    if !parameter.choices.is_empty() {
        let choices: Vec<String> = parameter.choices.iter().map(|choice| quoted(choice)).collect();
        fields.push(format!("choices = [{}]", choices.join(", ")));
    }
    fields.push(format!("basis = \"{}\"", parameter.basis.letter()));
    fields.push(format!("source = {}", quoted(&parameter.source)));
    fields.push(format!("about = {}", quoted(&parameter.about)));
    format!("{} = {{ {} }}", parameter.key(), fields.join(", "))
}

fn comment(parameter: &Parameter) -> String {
    let origin = one_line(&parameter.origin);
    if parameter.is_overridden() {
        // The source field speaks of the base value unless the layer gave its own: the comment keeps the two apart.
        format!("{origin}; base value {}", inline(&parameter.base_value))
    } else {
        origin
    }
}

/// A name fit for a comment, which control characters would end or break.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        // The shortest form that reads back the same; always with a point or an exponent, so that it stays a float.
        Value::Float(number) => format!("{number:?}"),
        Value::Integer(whole) => whole.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Datetime(datetime) => datetime.to_string(),
        Value::Array(elements) => format!("[{}]", elements.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => inline_table(table),
    }
}

fn inline_table(table: &Table) -> String {
    let entries: Vec<String> =
        table.iter().map(|(key, value)| format!("{} = {}", key_of(key), inline(value))).collect();
    if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}

fn key_of(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { key.to_owned() } else { quoted(key) }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_string_and_number_reads_back() {
        let strings = ["", "a\"b\\c", "line\nline\r\n\ttab", "\u{7f}\u{1}\u{85}", "预算 🚀", "'''\"\"\""];
        let mut table: Table =
            strings.iter().enumerate().map(|(i, s)| (format!("k {i}"), Value::from(*s))).collect();
        let numbers = [0.1, 1e300, -0.0, 5e-324, 4.0, 123_456_789.123];
        table.insert("numbers".into(), Value::Array(numbers.map(Value::Float).to_vec()));
        let text = format!("t = {}", inline_table(&table));
        let read: Table = toml::from_str(&text).unwrap();
        assert_eq!(read["t"], Value::Table(table));
    }
}
