//! A `[[shock]]` as it stands in a file: plain values, and where each of them is.

use std::collections::BTreeMap;

use toml::de::DeValue;
use toml::{Spanned, Table, Value};

use super::document::join;
use super::fields::in_text_order;
use super::locator::Locator;
use super::value::plain;
use crate::diagnostic::{Diagnostic, Place};

/// A shock that has been read but not yet understood.
#[derive(Debug, Clone, PartialEq)]
pub struct RawShock {
    /// Its plain values.
    pub table: Table,
    /// Where each key stands; keys of inner tables are dotted, of inner arrays numbered: `apps[0].name`.
    pub key_places: BTreeMap<String, Place>,
    /// Where each value stands, by the same keys.
    pub value_places: BTreeMap<String, Place>,
    /// Where the shock begins.
    pub place: Place,
    /// The layer that holds it.
    pub origin: String,
}

impl RawShock {
    /// Where a key stands; the shock itself when it has no such key.
    pub fn key_place(&self, key: &str) -> &Place {
        self.key_places.get(key).unwrap_or(&self.place)
    }

    /// Where the value of a key stands; the shock itself when it has no such key.
    pub fn value_place(&self, key: &str) -> &Place {
        self.value_places.get(key).unwrap_or(&self.place)
    }
}

/// Reads one element of the array `shock`.
pub(crate) fn read_shock(
    element: &Spanned<DeValue<'_>>,
    number: usize,
    origin: &str,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<RawShock> {
    read_entry("shock", element, number, origin, at, problems)
}

/// Reads one element of an array of tables such as `[[shock]]`, named by `kind`.
pub(crate) fn read_entry(
    kind: &str,
    element: &Spanned<DeValue<'_>>,
    number: usize,
    origin: &str,
    at: &Locator<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<RawShock> {
    let place = at.place(element.span());
    if !element.get_ref().is_table() {
        problems.push(not_tables(kind, at.excerpt(element.span())).at(place));
        return None;
    }
    let Value::Table(table) = plain(&format!("{kind}[{number}]"), element, at, problems)? else {
        return None;
    };
    let mut shock = RawShock {
        table,
        key_places: BTreeMap::new(),
        value_places: BTreeMap::new(),
        place,
        origin: origin.to_owned(),
    };
    note_places("", element, at, &mut shock);
    Some(shock)
}

/// The problem with a `shock`, or whatever `kind` names, that is not an array of tables.
pub(crate) fn not_tables(kind: &str, found: String) -> Diagnostic {
    Diagnostic::error(format!("`{kind}` takes an array of tables, found {found}"))
        .with_key(kind)
        .hint(format!("begin each {kind} with a line `[[{kind}]]`, in double brackets"))
}

fn note_places(prefix: &str, value: &Spanned<DeValue<'_>>, at: &Locator<'_>, shock: &mut RawShock) {
    match value.get_ref() {
        DeValue::Table(entries) => {
            for (key, inner) in in_text_order(entries) {
                let path = join(prefix, key.get_ref());
                shock.key_places.insert(path.clone(), at.place(key.span()));
                shock.value_places.insert(path.clone(), at.place(inner.span()));
                note_places(&path, inner, at, shock);
            }
        }
        DeValue::Array(elements) => {
            for (i, inner) in elements.iter().enumerate() {
                let path = format!("{prefix}[{i}]");
                shock.key_places.insert(path.clone(), at.place(inner.span()));
                shock.value_places.insert(path.clone(), at.place(inner.span()));
                note_places(&path, inner, at, shock);
            }
        }
        _ => {}
    }
}
