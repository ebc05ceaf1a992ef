//! What may be typed for `diff`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Format;

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Run folder
    #[arg(value_name = "A", value_hint = ValueHint::DirPath)]
    pub(crate) first: PathBuf,
    /// Run folder that is compared with it
    #[arg(value_name = "B", value_hint = ValueHint::DirPath)]
    pub(crate) second: PathBuf,
    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub(crate) format: Format,
}
