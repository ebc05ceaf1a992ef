//! How a call ends: exit codes, and errors as text with causes and hints.

use std::process::ExitCode;

use bidcast::diagnostic::Diagnostics;
use bidcast::experiment::expression::ExpressionError;
use clap::builder::styling::{AnsiColor, Style};

use super::output::say;
use super::picture;

/// How a call went, as the shell sees it. The numbers are an interface: scripts test them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// All went well.
    Fine = 0,
    /// A law of the model was broken.
    CheckFailed = 1,
    /// The command line or a configuration is wrong.
    Usage = 2,
    /// A file could not be read or written.
    Io = 3,
    /// What was allowed was used up before the result was there, or as precise as asked for.
    OutOfTime = 4,
    /// Ctrl-C: 128 + SIGINT, as shells expect.
    Interrupted = 130,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Why a call did not go well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Problems in configuration, each to be drawn at its place.
    Input(Diagnostics),
    /// One error with its causes and what can be done about it.
    Told { status: Status, error: anyhow::Error, hints: Vec<String> },
    /// All has been said already; only the exit code is left.
    Said(Status),
}

impl Failure {
    /// An error without hints.
    pub(crate) fn told(status: Status, error: impl Into<anyhow::Error>) -> Self {
        Self::Told { status, error: error.into(), hints: Vec::new() }
    }

    /// An error made of one message.
    pub(crate) fn message(status: Status, message: impl Into<String>) -> Self {
        Self::told(status, anyhow::Error::msg(message.into()))
    }

    /// Adds a hint; problems in configuration bring their own.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Told { hints, .. } = &mut self {
            hints.push(hint.into());
        }
        self
    }

    /// Says on stderr what went wrong and returns the exit code.
    pub(crate) fn report(&self) -> Status {
        match self {
            Self::Input(problems) => {
                say(&picture::draw(problems));
                Status::Usage
            }
            Self::Told { status, error, hints } => {
                say(&tell(error, hints));
                *status
            }
            Self::Said(status) => *status,
        }
    }
}

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const HINT: Style = AnsiColor::BrightCyan.on_default().bold();

/// `error: …`, a `caused by: …` line for each cause, a blank line, a `hint: …` line for each hint.
fn tell(error: &anyhow::Error, hints: &[String]) -> String {
    let mut text = format!("{ERROR}error:{ERROR:#} {error}\n");
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some libraries repeat the cause in their own message; it is said once.
        if !told.ends_with(&cause) {
            text.push_str(&format!("caused by: {cause}\n"));
        }
        told = cause;
    }
    if !hints.is_empty() {
        text.push('\n');
    }
    for hint in hints {
        text.push_str(&format!("{HINT}hint:{HINT:#} {hint}\n"));
    }
    text
}

/// An expression that cannot be read.
pub(crate) fn wrong(error: ExpressionError) -> Failure {
    let hint = error.hint();
    Failure::told(Status::Usage, error).hint(hint)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn an_error_is_told_with_causes_then_hints() {
        let error = Err::<(), _>(anyhow::anyhow!("disk full")).context("cannot write x").unwrap_err();
        let text = plain(&tell(&error, &["free some space".into()]));
        assert_eq!(text, "error: cannot write x\ncaused by: disk full\n\nhint: free some space\n");
    }

    #[test]
    fn a_cause_is_not_told_twice() {
        let error =
            Err::<(), _>(anyhow::anyhow!("disk full")).context("cannot write x: disk full").unwrap_err();
        assert_eq!(plain(&tell(&error, &[])), "error: cannot write x: disk full\n");
    }

    #[test]
    fn exit_codes_are_those_of_the_help() {
        let codes = [
            Status::Fine,
            Status::CheckFailed,
            Status::Usage,
            Status::Io,
            Status::OutOfTime,
            Status::Interrupted,
        ];
        assert_eq!(codes.map(|status| status as u8), [0, 1, 2, 3, 4, 130]);
    }
}
