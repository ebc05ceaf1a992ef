//! `bidcast completions`: a completion script for a shell, generated from the declared command line.

use clap::CommandFactory;

use super::args::{Cli, CompletionsArgs};
use super::failure::Failure;
use super::output::show;

/// Prints the script.
///
/// # Errors
/// Only that stdout cannot be written.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    // Generated into memory: the generator panics on a pipe that closes early.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "bidcast", &mut script);
    show(&String::from_utf8_lossy(&script))
}
