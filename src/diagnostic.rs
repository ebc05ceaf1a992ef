//! What is wrong with an input, where, and what to do about it: problems as data, drawn by whoever shows them.
//!
//! A [`Diagnostic`] carries the message, the place (file, line, column, the line's own text) and hints; a
//! [`Diagnostics`] carries all problems of an input at once, so that a user mends a file in one pass.

use std::fmt;

mod near;

pub use near::{edit_distance, nearest};

/// How much a problem matters: an error stops the work, a warning is reported and the work goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, but probably not as meant.
    Warning,
}

/// A place in an input text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File name, or `--set` for an override given on the command line.
    pub source: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Length of the marked text in characters, at least 1.
    pub length: usize,
    /// The whole line, without its end.
    pub line_text: String,
}

/// One problem with an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in one sentence, with the value and the allowed range where there is one.
    pub message: String,
    /// Path of the parameter concerned, such as `auction.theta`.
    pub key: Option<String>,
    /// Where it stands.
    pub place: Option<Place>,
    /// What the user can do; one sentence each.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// Makes an error without place, key or hints.
    pub fn error(message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, message: message.into(), key: None, place: None, hints: Vec::new() }
    }

    /// Makes a warning without place, key or hints.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// Names the parameter concerned.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Says where it stands.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{word}: {}", self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  at {}:{}:{}", place.source, place.line, place.column)?;
        }
        if let Some(key) = &self.key {
            write!(f, "\n  key: {key}")?;
        }
        for hint in &self.hints {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

/// All problems found in an input, in the order in which they stand there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f, "\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
