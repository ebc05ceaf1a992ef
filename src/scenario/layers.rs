//! Layers of configuration become one checked table: the base, then files, then `--set` arguments; the last wins.
//!
//! # Model
//! The base (a [`Layer`]) describes every parameter: value, range, basis, source, meaning. Overlays give other
//! values, plain or with fields of their own. Each value must have the shape of the base value and lie in the range
//! in force in its layer. Three top-level keys are no parameters: `name` and `about` (the last layer wins) and the
//! array of tables `[[shock]]` (joined over all layers).
//!
//! # Invariants
//! * All problems of all layers are reported at once, in the order of the layers and of the text.
//! * A value that is not a finite number within its range never gets into a [`Resolved`].
//! * [`Resolved::to_toml`], read back as a base or as an overlay, gives the same values.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::Value;
use toml::de::{DeTable, DeValue};

use super::raw_shock::{RawShock, not_tables, read_shock};
use super::registry::Registry;
use super::{base_layer, document, file_layer, locator::Locator, set};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};

/// Top-level keys that are no parameters.
const NOT_PARAMETERS: [&str; 3] = ["name", "about", "shock"];

/// A TOML text and the name under which its problems are reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// File name, as the user gave it.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A layer that could not be read.
#[derive(Debug, Error)]
pub enum LayerError {
    /// The file does not exist or cannot be opened.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not text.
    #[error("{}:{line} is not UTF-8 text", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Line of the first byte in error, from 1.
        line: usize,
    },
}

impl Layer {
    /// A layer from a text at hand.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`LayerError`] when the file cannot be read or is not UTF-8.
    pub fn from_file(path: &Path) -> Result<Self, LayerError> {
        let bytes = fs::read(path).map_err(|source| LayerError::Read { path: path.to_owned(), source })?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(path.display().to_string(), text)),
            Err(error) => {
                let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = valid.iter().filter(|&&byte| byte == b'\n').count() + 1;
                Err(LayerError::NotUtf8 { path: path.to_owned(), line })
            }
        }
    }
}

/// What is laid over the base.
#[derive(Debug, Clone, Copy)]
pub enum Overlay<'a> {
    /// A file of overrides, or a scenario.
    File(&'a Layer),
    /// An argument of `--set`, such as `auction.theta=5` or `supply.cpm_usd_per_mille[us]=15`.
    Set(&'a str),
}

/// The checked result of all layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// `name` of the last layer that has one.
    pub name: Option<String>,
    /// `about` of the last layer that has one.
    pub about: Option<String>,
    /// Every parameter with its provenance.
    pub registry: Registry,
    /// The plain values as nested tables, ready for serde.
    pub values: toml::Table,
    /// Shocks of all layers, in order.
    pub shocks: Vec<RawShock>,
    /// What is allowed, but probably not meant.
    pub warnings: Diagnostics,
}

/// Lays the overlays over the base, in order, and checks everything.
///
/// # Errors
/// All problems of all layers; those of the base alone when it has any, because nothing can be checked against it.
pub fn resolve(base: &Layer, overlays: &[Overlay<'_>]) -> Result<Resolved, Diagnostics> {
    let mut heading = Heading::default();
    let mut problems = Vec::new();
    let mut registry = read_base(base, &mut heading, &mut problems);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(Diagnostics(problems));
    }
    let mut set_before: Vec<(String, Place)> = Vec::new();
    for overlay in overlays {
        match overlay {
            Overlay::File(layer) => {
                let mut found = Vec::new();
                let at = Locator::file(&layer.name, &layer.text);
                if let Some(table) = document::parse(&layer.text, &at, &mut found) {
                    heading.read(&table, &layer.name, &at, &mut found);
                    file_layer::apply("", &table, &NOT_PARAMETERS, &at, &mut registry, &mut found);
                }
                append_in_text_order(&mut problems, found);
            }
            Overlay::Set(argument) => {
                let Some((path, place)) = set::apply(argument, &mut registry, &mut problems) else {
                    continue;
                };
                if set_before.iter().any(|(before, _)| *before == path) {
                    problems.push(
                        Diagnostic::warning(format!(
                            "`{path}` is set more than once: this one, the last, counts"
                        ))
                        .with_key(&path)
                        .at(place.clone()),
                    );
                }
                set_before.push((path, place));
            }
        }
    }
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(Diagnostics(problems));
    }
    let Heading { name, about, shocks } = heading;
    Ok(Resolved { name, about, values: registry.values(), registry, shocks, warnings: Diagnostics(problems) })
}

fn read_base(base: &Layer, heading: &mut Heading, problems: &mut Vec<Diagnostic>) -> Registry {
    let mut found = Vec::new();
    let mut parameters = Vec::new();
    let at = Locator::file(&base.name, &base.text);
    if let Some(table) = document::parse(&base.text, &at, &mut found) {
        heading.read(&table, super::registry::BASE_ORIGIN, &at, &mut found);
        parameters = base_layer::read_section("", &table, &NOT_PARAMETERS, &at, &mut found);
    }
    append_in_text_order(problems, found);
    // Sections were walked one by one; dotted keys may mix them in the text.
    parameters.sort_by_key(|(at, _)| *at);
    Registry::new(parameters.into_iter().map(|(_, parameter)| parameter).collect())
}

/// Problems are found by kind; a reader wants them by line.
fn append_in_text_order(problems: &mut Vec<Diagnostic>, mut found: Vec<Diagnostic>) {
    found.sort_by_key(|problem| problem.place.as_ref().map(|place| (place.line, place.column)));
    problems.append(&mut found);
}

/// The top-level keys that are no parameters, over all layers so far.
#[derive(Debug, Default)]
struct Heading {
    name: Option<String>,
    about: Option<String>,
    shocks: Vec<RawShock>,
}

impl Heading {
    fn read(&mut self, table: &DeTable<'_>, origin: &str, at: &Locator<'_>, problems: &mut Vec<Diagnostic>) {
        for (key, field) in [("name", &mut self.name), ("about", &mut self.about)] {
            let Some(value) = table.get(key) else { continue };
            match value.get_ref() {
                DeValue::String(text) => *field = Some(text.to_string()),
                _ => problems.push(
                    Diagnostic::error(format!("`{key}` takes a string, found {}", at.excerpt(value.span())))
                        .with_key(key)
                        .at(at.place(value.span())),
                ),
            }
        }
        match table.get("shock").map(|value| (value, value.get_ref())) {
            None => {}
            Some((_, DeValue::Array(elements))) => {
                for element in elements.iter() {
                    let number = self.shocks.len();
                    self.shocks.extend(read_shock(element, number, origin, at, problems));
                }
            }
            Some((value, other)) => problems
                .push(not_tables("shock", format!("a {}", other.type_str())).at(at.place(value.span()))),
        }
    }
}

impl Resolved {
    /// The shocks as one TOML array, for serde.
    pub fn shock_values(&self) -> Vec<Value> {
        self.shocks.iter().map(|shock| Value::Table(shock.table.clone())).collect()
    }
}
