//! What can be wrong with a distribution, and what to do about it.

use thiserror::Error;

use crate::diagnostic::Diagnostic;

/// Why a distribution cannot be made.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum DistributionError {
    /// No family was named.
    #[error("a distribution without `dist`")]
    NoFamily {
        /// All families.
        known: Vec<&'static str>,
    },
    /// A family that does not exist.
    #[error("there is no distribution `{name}`")]
    UnknownFamily {
        /// As given.
        name: String,
        /// Those that look alike, nearest first; all, when none does.
        near: Vec<&'static str>,
    },
    /// A field that the family does not have.
    #[error("`{family}` has no `{field}`")]
    UnknownField {
        /// Family.
        family: String,
        /// As given.
        field: String,
        /// Fields that look alike, nearest first.
        near: Vec<String>,
        /// All that it has.
        known: Vec<String>,
    },
    /// A field of the wrong type.
    #[error("`{field}` must be {wanted}")]
    Type {
        /// Field.
        field: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// Too few fields, too many, or fields that say the same thing twice.
    #[error("`{family}` cannot be made from {given}")]
    Fields {
        /// Family.
        family: String,
        /// What was given, as a phrase.
        given: String,
        /// The ways to give it, one phrase each.
        forms: Vec<String>,
    },
    /// A number outside its range.
    #[error("`{field}` is {value}, which is not {wanted}")]
    Range {
        /// Field.
        field: String,
        /// As given.
        value: f64,
        /// The range, as a phrase.
        wanted: &'static str,
    },
    /// Two numbers in the wrong order.
    #[error("`{low}` = {low_value} is not below `{high}` = {high_value}")]
    Order {
        /// The field that must be less.
        low: String,
        /// Its value.
        low_value: f64,
        /// The field that must be more.
        high: String,
        /// Its value.
        high_value: f64,
    },
    /// Bounds that cut away nearly everything.
    #[error("between {min} and {max} lies {kept:.2e} of the distribution")]
    Kept {
        /// Lower bound.
        min: f64,
        /// Upper bound.
        max: f64,
        /// Probability between them.
        kept: f64,
    },
    /// No member of the family has what was asked for.
    #[error("no `{family}` has {wanted}")]
    NoFit {
        /// Family.
        family: String,
        /// What was asked for, as a phrase.
        wanted: String,
    },
    /// Values or a mean beyond what a float can hold.
    #[error("values of this distribution are too large for numbers")]
    Overflow,
    /// A list without elements.
    #[error("`{field}` is empty")]
    Empty {
        /// Field.
        field: &'static str,
    },
    /// Lists of different length.
    #[error("there are {values} `values` and {weights} `weights`")]
    Lengths {
        /// Number of values.
        values: usize,
        /// Number of weights.
        weights: usize,
    },
    /// A part of a mixture is wrong.
    #[error("component {number} of the mixture: {source}")]
    Part {
        /// Which one, from 1.
        number: usize,
        /// What is wrong with it.
        source: Box<DistributionError>,
    },
}

/// Names in backticks with a word before the last.
pub(super) fn listed<S: AsRef<str>>(names: &[S], word: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => "nothing".to_owned(),
    }
}

impl DistributionError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoFamily { known } => format!("add `dist`: {}", listed(known, "or")),
            Self::UnknownFamily { near, .. } if near.len() > 3 => {
                format!("there are {}", listed(near, "and"))
            }
            Self::UnknownFamily { near, .. } => format!("did you mean {}?", listed(near, "or")),
            Self::UnknownField { near, .. } if !near.is_empty() => {
                format!("did you mean {}?", listed(near, "or"))
            }
            Self::UnknownField { known, .. } => format!("it takes {}", listed(known, "and")),
            Self::Type { wanted, .. } => format!("write {wanted}"),
            Self::Fields { forms, .. } => format!("give {}", forms.join("; or ")),
            Self::Range { wanted, .. } => format!("take a number that is {wanted}"),
            Self::Order { low, high, .. } => format!("raise `{high}` or lower `{low}`"),
            Self::Kept { .. } => {
                "choose another distribution: bounds are there to cut a tail, not to make a shape".to_owned()
            }
            Self::NoFit { .. } => "take another family, or numbers less far apart or less alike".to_owned(),
            Self::Overflow => "take a smaller spread, or bounds".to_owned(),
            Self::Empty { .. } => "give at least one".to_owned(),
            Self::Lengths { .. } => "give one weight for each value".to_owned(),
            Self::Part { source, .. } => source.hint(),
        }
    }
}

impl From<&DistributionError> for Diagnostic {
    fn from(error: &DistributionError) -> Self {
        Self::error(error.to_string()).hint(error.hint())
    }
}
