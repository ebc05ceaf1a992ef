//! `bidcast man`: manual pages, generated from the declared command line.

use std::fs;
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_mangen::Man;

use super::args::{Cli, ManArgs, Manner};
use super::failure::{Failure, Status};
use super::output::{say, show};

/// Prints the main page, or writes one page for the program and one for each verb to a folder.
///
/// # Errors
/// A folder or stdout that cannot be written.
pub(crate) fn man(args: &ManArgs, manner: Manner) -> Result<(), Failure> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &args.dir else {
        return show(&String::from_utf8_lossy(&page(&command)));
    };
    let verbs = command.get_subcommands().filter(|verb| !verb.is_hide_set());
    let pages = verbs.map(|verb| (format!("bidcast-{}.1", verb.get_name()), page(verb)));
    let pages: Vec<_> = std::iter::once(("bidcast.1".to_owned(), page(&command))).chain(pages).collect();
    write(folder, &pages).map_err(|error| Failure::told(Status::Io, error))?;
    if !manner.quiet {
        say(&format!("{} pages written to {}", pages.len(), folder.display()));
    }
    Ok(())
}

fn page(command: &clap::Command) -> Vec<u8> {
    let mut text = Vec::new();
    let rendered = Man::new(command.clone()).render(&mut text);
    debug_assert!(rendered.is_ok(), "writing to memory does not fail");
    text
}

fn write(folder: &Path, pages: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    for (name, text) in pages {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
