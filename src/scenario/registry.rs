//! The checked table of parameters: each with its value, allowed range, evidence, and the layer that set it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use toml::Value;

use super::suggest::{self, split_path};
use super::unit::unit_of;

/// What kind of evidence stands behind a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// A published report.
    Published,
    /// Another public estimate.
    OtherPublic,
    /// A choice of the experiment, such as its dates.
    Experiment,
    /// Judgement.
    Judgement,
    /// Fitted to the targets of 2025.
    Fitted,
}

impl Basis {
    /// Every basis, in the order of the legend.
    pub const ALL: [Self; 5] =
        [Self::Published, Self::OtherPublic, Self::Experiment, Self::Judgement, Self::Fitted];

    /// The letter that stands for it in a configuration.
    pub fn letter(self) -> char {
        match self {
            Self::Published => 'S',
            Self::OtherPublic => 'P',
            Self::Experiment => 'E',
            Self::Judgement => 'J',
            Self::Fitted => 'F',
        }
    }

    /// Reads the letter.
    pub fn from_letter(letter: &str) -> Option<Self> {
        let mut letters = letter.chars();
        let first = letters.next()?;
        if letters.next().is_some() {
            return None;
        }
        Self::ALL.into_iter().find(|basis| basis.letter() == first)
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Published => "published report",
            Self::OtherPublic => "other public estimate",
            Self::Experiment => "experiment",
            Self::Judgement => "judgement",
            Self::Fitted => "fitted to the 2025 targets",
        };
        write!(f, "{} {words}", self.letter())
    }
}

/// One parameter as the run will use it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Full name, such as `auction.theta`.
    pub path: String,
    /// Value in force.
    pub value: Value,
    /// Value of the base configuration.
    pub base_value: Value,
    /// Smallest and largest allowed value, of each element for an array; absent when the value holds no number.
    pub range: Option<[f64; 2]>,
    /// Allowed strings; empty when any string will do.
    pub choices: Vec<String>,
    /// Kind of evidence for the value.
    pub basis: Basis,
    /// Where the value comes from, in words.
    pub source: String,
    /// What the parameter does, in words.
    pub about: String,
    /// The layer that set the value: `base`, a file name, or `--set`.
    pub origin: String,
}

/// Origin of a parameter that no overlay touches.
pub(crate) const BASE_ORIGIN: &str = "base";

impl Parameter {
    /// Unit announced by the key's suffix; `"1"` for a number without unit.
    pub fn unit(&self) -> &'static str {
        unit_of(&self.path)
    }

    /// Last part of the path.
    pub fn key(&self) -> &str {
        split_path(&self.path).1
    }

    /// The path without its last part; empty for a parameter outside all sections.
    pub fn section(&self) -> &str {
        split_path(&self.path).0
    }

    /// Whether a layer above the base set the value.
    pub fn is_overridden(&self) -> bool {
        self.origin != BASE_ORIGIN
    }
}

/// All parameters, in the order of the base configuration.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Registry {
    parameters: Vec<Parameter>,
    index: BTreeMap<String, usize>,
    sections: BTreeSet<String>,
}

impl Registry {
    /// Builds the table from parameters in the order of the base configuration.
    pub(crate) fn new(parameters: Vec<Parameter>) -> Self {
        let index = parameters.iter().enumerate().map(|(i, p)| (p.path.clone(), i)).collect();
        let mut sections = BTreeSet::new();
        for parameter in &parameters {
            let mut section = parameter.section();
            // Every ancestor is a section too: `[a.b.c]` makes `a` and `a.b` known.
            while !section.is_empty() && sections.insert(section.to_owned()) {
                section = split_path(section).0;
            }
        }
        Self { parameters, index, sections }
    }

    /// The parameters in the order of the base configuration.
    pub fn iter(&self) -> std::slice::Iter<'_, Parameter> {
        self.parameters.iter()
    }

    /// Number of parameters.
    pub fn len(&self) -> usize {
        self.parameters.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// The parameter of that path.
    pub fn get(&self, path: &str) -> Option<&Parameter> {
        self.index.get(path).and_then(|&i| self.parameters.get(i))
    }

    /// The parameter of that path, to be changed by a layer.
    pub(crate) fn get_mut(&mut self, path: &str) -> Option<&mut Parameter> {
        self.index.get(path).and_then(|&i| self.parameters.get_mut(i))
    }

    /// Whether parameters stand below that path.
    pub fn has_section(&self, path: &str) -> bool {
        self.sections.contains(path)
    }

    /// Names of all sections, nested ones as dotted paths, sorted.
    pub fn sections(&self) -> Vec<&str> {
        self.sections.iter().map(String::as_str).collect()
    }

    /// Parameters of a section and of the sections below it, in order.
    pub fn section<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Parameter> {
        self.iter().filter(move |p| p.path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.')))
    }

    /// The parameters that `path` may have meant, best first, at most three.
    pub fn closest(&self, path: &str) -> Vec<&str> {
        suggest::closest(self, path)
    }

    /// The plain values as nested tables, ready for serde.
    pub fn values(&self) -> toml::Table {
        let mut table = toml::Table::new();
        for parameter in &self.parameters {
            insert(&mut table, &parameter.path, parameter.value.clone());
        }
        table
    }
}

impl<'a> IntoIterator for &'a Registry {
    type Item = &'a Parameter;
    type IntoIter = std::slice::Iter<'a, Parameter>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Puts a value at a dotted path and makes the tables on the way.
///
/// Returns `false`, and changes nothing, when a part of the way is taken by something other than a table.
pub fn insert(table: &mut toml::Table, path: &str, value: Value) -> bool {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
            true
        }
        Some((first, rest)) => match table.get_mut(first) {
            Some(Value::Table(inner)) => insert(inner, rest, value),
            Some(_) => false,
            None => {
                let mut inner = toml::Table::new();
                let inserted = insert(&mut inner, rest, value);
                table.insert(first.to_owned(), Value::Table(inner));
                inserted
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(path: &str) -> Parameter {
        Parameter {
            path: path.to_owned(),
            value: Value::Float(1.0),
            base_value: Value::Float(1.0),
            range: Some([0.0, 2.0]),
            choices: Vec::new(),
            basis: Basis::Judgement,
            source: "judgement".to_owned(),
            about: "a number".to_owned(),
            origin: BASE_ORIGIN.to_owned(),
        }
    }

    #[test]
    fn sections_hold_their_own_parameters_only() {
        let registry = Registry::new(["a.b.x", "a.y", "ab.z"].into_iter().map(parameter).collect());
        assert_eq!(registry.sections(), ["a", "a.b", "ab"]);
        assert_eq!(registry.section("a").map(|p| p.path.as_str()).collect::<Vec<_>>(), ["a.b.x", "a.y"]);
        assert!(registry.has_section("a.b") && !registry.has_section("a.y"));
    }

    #[test]
    fn basis_letters_are_read_back() {
        for basis in Basis::ALL {
            assert_eq!(Basis::from_letter(&basis.letter().to_string()), Some(basis));
        }
        assert_eq!(Basis::from_letter("SP"), None);
        assert_eq!(Basis::Published.to_string(), "S published report");
    }

    #[test]
    fn insertion_does_not_overwrite_a_value_by_a_table() {
        let mut table = toml::Table::new();
        assert!(insert(&mut table, "a.b.c", Value::Integer(1)));
        assert!(!insert(&mut table, "a.b.c.d", Value::Integer(2)));
        assert_eq!(table["a"]["b"]["c"], Value::Integer(1));
    }
}
