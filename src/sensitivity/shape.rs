//! What can be wrong with the tables and designs that come in, and the checks that say so.

use thiserror::Error;

/// A table or design that cannot be analysed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ShapeError {
    /// Two things that belong together differ in length.
    #[error("{what}: {found} where {expected} are needed")]
    Length {
        /// What was counted.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// There are too few of something.
    #[error("{what}: {found} are too few, at least {least} are needed")]
    TooFew {
        /// What was counted.
        what: &'static str,
        /// How many there must be.
        least: usize,
        /// How many there are.
        found: usize,
    },
    /// A value is not a finite number.
    #[error("{what}: row {row} is not a finite number")]
    NotFinite {
        /// Where it stands.
        what: &'static str,
        /// Its row, from 0.
        row: usize,
    },
    /// The outcome is the same everywhere: there is no variance to explain.
    #[error("the outcome is the same in all runs: nothing drives it")]
    Constant,
    /// A setting lies outside its range.
    #[error("{what} is {found}, but must be {allowed}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// What it is.
        found: f64,
        /// What it may be.
        allowed: &'static str,
    },
}

/// At least so many of something.
pub(super) fn at_least(what: &'static str, least: usize, found: usize) -> Result<(), ShapeError> {
    if found < least { Err(ShapeError::TooFew { what, least, found }) } else { Ok(()) }
}

/// Exactly so many of something.
pub(super) fn exactly(what: &'static str, expected: usize, found: usize) -> Result<(), ShapeError> {
    if found == expected { Ok(()) } else { Err(ShapeError::Length { what, expected, found }) }
}

/// Finite numbers only.
pub(super) fn finite(what: &'static str, values: &[f64]) -> Result<(), ShapeError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(row) => Err(ShapeError::NotFinite { what, row }),
        None => Ok(()),
    }
}

/// Columns of one length, all finite, at least one of them and at least `least` rows.
pub(super) fn columns(
    what: &'static str,
    columns: &[&[f64]],
    rows: usize,
    least: usize,
) -> Result<(), ShapeError> {
    at_least(what, 1, columns.len())?;
    at_least("rows", least, rows)?;
    columns
        .iter()
        .try_for_each(|column| exactly(what, rows, column.len()).and_then(|()| finite(what, column)))
}

/// A confidence level.
pub(super) fn level(found: f64) -> Result<(), ShapeError> {
    if found > 0.0 && found < 1.0 {
        Ok(())
    } else {
        Err(ShapeError::Setting { what: "the confidence level", found, allowed: "between 0 and 1" })
    }
}
