//! Paths such as `supply.cpm_usd_per_mille[us]`: a parameter, or one element of it.

use toml::{Table, Value};

/// Parameters that list names, by which arrays of the same length may be indexed.
pub(crate) const AXES: [&str; 2] = ["regions.names", "channels.names"];

/// A path, split into the parameter and the elements chosen in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyPath<'a> {
    /// Path of the parameter.
    pub(crate) parameter: &'a str,
    /// Content of each `[…]`, outermost first.
    pub(crate) elements: Vec<&'a str>,
}

impl<'a> KeyPath<'a> {
    /// Splits a path; `None` when a bracket does not close, or something follows it.
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let Some(open) = path.find('[') else {
            return (!path.contains(']')).then(|| Self { parameter: path.trim(), elements: Vec::new() });
        };
        let mut elements = Vec::new();
        let mut rest = path[open..].trim_end();
        while !rest.is_empty() {
            let (element, after) = rest.strip_prefix('[')?.split_once(']')?;
            if element.contains('[') {
                return None;
            }
            elements.push(element.trim().trim_matches(['"', '\'']));
            rest = after;
        }
        Some(Self { parameter: path[..open].trim(), elements })
    }
}

/// Position of an element, given by number or by name, in an array of `length`.
///
/// Names count only from lists that have the array's length.
pub(crate) fn position(element: &str, length: usize, axes: &[Vec<String>]) -> Option<usize> {
    if let Ok(number) = element.parse::<usize>() {
        return (number < length).then_some(number);
    }
    axes.iter()
        .filter(|names| names.len() == length)
        .find_map(|names| names.iter().position(|name| name == element))
}

/// The strings of a list of names; empty when it is something else.
pub(crate) fn names(value: Option<&Value>) -> Vec<String> {
    let elements = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    elements.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The value at a path of a table of plain values, to be changed in place.
///
/// Elements of arrays may be named by number, or by the names in `regions.names` and `channels.names` of the same
/// table where these have the array's length.
///
/// ```
/// # use bidcast::scenario::lookup;
/// let mut table: toml::Table = toml::from_str("regions.names = ['us', 'jp']\nsupply.cpm = [14.0, 8.0]")?;
/// assert_eq!(lookup(&mut table, "supply.cpm[jp]"), Some(&mut toml::Value::Float(8.0)));
/// assert_eq!(lookup(&mut table, "supply.fill"), None);
/// # Ok::<(), toml::de::Error>(())
/// ```
pub fn lookup<'a>(table: &'a mut Table, path: &str) -> Option<&'a mut Value> {
    let path = KeyPath::parse(path)?;
    let axes: Vec<Vec<String>> = AXES.iter().map(|axis| names(at(table, axis))).collect();
    let (section, key) = match path.parameter.rsplit_once('.') {
        Some((section, key)) => (Some(section), key),
        None => (None, path.parameter),
    };
    let mut inner = table;
    for part in section.into_iter().flat_map(|section| section.split('.')) {
        inner = inner.get_mut(part)?.as_table_mut()?;
    }
    let mut value = inner.get_mut(key)?;
    for element in path.elements {
        let elements = value.as_array_mut()?;
        let position = position(element, elements.len(), &axes)?;
        value = elements.get_mut(position)?;
    }
    Some(value)
}

fn at<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => table.get(path),
        Some((first, rest)) => at(table.get(first)?.as_table()?, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split() {
        let path = KeyPath::parse("a.b[us][2]").unwrap();
        assert_eq!((path.parameter, path.elements), ("a.b", vec!["us", "2"]));
        for broken in ["a[", "a]", "a[0", "a[0]x", "a[[0]]"] {
            assert_eq!(KeyPath::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn names_count_only_where_the_length_fits() {
        let axes = [vec!["us".to_owned(), "jp".to_owned()]];
        assert_eq!(position("jp", 2, &axes), Some(1));
        assert_eq!(position("jp", 3, &axes), None);
        assert_eq!(position("2", 2, &axes), None);
    }
}
