//! Stdout: results and nothing else.

use std::io::{self, ErrorKind, Write};

use anyhow::Context;

use super::failure::{Failure, Status};

/// Writes a result to stdout.
///
/// A reader that has gone (`| head`) is not a failure: it has read what it wanted, and the work itself was done.
///
/// # Errors
/// Any other failure to write, such as a full disk behind a redirection, is an I/O failure.
pub(crate) fn show(text: &str) -> Result<(), Failure> {
    match write(text, &mut anstream::stdout().lock()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other
            .context("cannot write the result to stdout")
            .map_err(|error| Failure::told(Status::Io, error)),
    }
}

fn write(text: &str, stream: &mut impl Write) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        stream.write_all(b"\n")?;
    }
    stream.flush()
}

/// Says something on stderr beside the result. Stderr that is closed is no reason to stop, hence no error.
pub(crate) fn say(text: &str) {
    let _ = write(text, &mut anstream::stderr().lock());
}
