//! What can go wrong between results and disk, and what the user can do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::experiment::study::DesignError;

/// What stands where a run folder should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occupant {
    /// A file.
    File,
    /// A run folder of ours.
    Run,
    /// A folder with other content.
    Foreign,
}

/// Why results were not written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The path has no last component that a folder could be named by, such as `.` or `/`.
    #[error("`{}` cannot be made a run folder", path.display())]
    NoName {
        /// The path asked for.
        path: PathBuf,
    },
    /// Something stands at the path already.
    #[error("`{}` exists already{}", path.display(), describe(*occupant))]
    Occupied {
        /// The path asked for.
        path: PathBuf,
        /// What stands there.
        occupant: Occupant,
    },
    /// The run is complete, but could not be moved to its place.
    #[error("the finished run could not be moved to `{}`", path.display())]
    Blocked {
        /// Where it should have gone.
        path: PathBuf,
        /// Where it is.
        kept: PathBuf,
        /// What the system said, or why the place is taken.
        source: io::Error,
    },
    /// An event log is asked for in a form that is not written.
    #[error("an event log is written as CSV, but `{}` does not end in .csv", path.display())]
    NotCsv {
        /// The path asked for.
        path: PathBuf,
    },
    /// A file stands at the path already.
    #[error("the file `{}` exists already", path.display())]
    FileExists {
        /// The path asked for.
        path: PathBuf,
    },
    /// A folder stands where a file should go.
    #[error("`{}` is a folder, not a file", path.display())]
    IsFolder {
        /// The path asked for.
        path: PathBuf,
    },
    /// The folder that a file should be in does not exist.
    #[error("the folder `{}` does not exist", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The system refused.
    #[error("could not {action} `{}`", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder concerned.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder that should hold a run does not.
    #[error("`{}` is not a run folder: it has no {file}", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
        /// The file that is missing.
        file: &'static str,
    },
    /// A file is not what it should be.
    #[error("`{}` is damaged or not ours", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        source: serde_json::Error,
    },
    /// A file was written in another format.
    #[error("`{}` has the format `{found}`, not `{expected}`", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What this build reads.
        expected: &'static str,
    },
    /// A Parquet file is not what it should be.
    #[error("`{}` is damaged or not ours: {reason}", path.display())]
    Part {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder or file belongs to another study.
    #[error("`{}` holds results of another study", path.display())]
    OtherDesign {
        /// The folder or file.
        path: PathBuf,
    },
    /// A study was begun by a build that simulates other markets.
    #[error("`{}` was begun by version {version} with another model ({model})", path.display())]
    OtherModel {
        /// The folder.
        path: PathBuf,
        /// Version of that build.
        version: String,
        /// What identifies its model.
        model: String,
    },
    /// A configuration of a study is refused.
    #[error("the study in `{}` cannot be run", path.display())]
    Refused {
        /// The folder.
        path: PathBuf,
        /// Which, and why.
        source: Box<DesignError>,
    },
    /// A result is NaN or infinite, which JSON cannot hold: written, it could not be read back.
    #[error("{place} is {value}, which cannot be stored")]
    NotFinite {
        /// Which number, in words.
        place: String,
        /// Its value.
        value: f64,
    },
    /// A table or document could not be put together.
    #[error("could not put {what} together: {reason}")]
    Encode {
        /// The file.
        what: &'static str,
        /// Why.
        reason: String,
    },
}

fn describe(occupant: Occupant) -> &'static str {
    match occupant {
        Occupant::File => " and is a file",
        Occupant::Run => " and holds a run",
        Occupant::Foreign => " and holds files that are not a run",
    }
}

impl StoreError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// What the user can do, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoName { .. } => Some("name a new folder with -o, such as `-o runs/first`".to_owned()),
            Self::Occupied { occupant: Occupant::Run, .. } => {
                Some("choose another folder with -o, or replace the run with --force".to_owned())
            }
            Self::Occupied { .. } => {
                Some("choose another folder with -o; --force replaces runs only, never other files".to_owned())
            }
            Self::NotCsv { .. } => Some("name a file that ends in .csv".to_owned()),
            Self::FileExists { .. } => Some("choose another file, or replace this one with --force".to_owned()),
            Self::IsFolder { .. } => Some("name a file in it, such as `trace.csv`".to_owned()),
            Self::NoFolder { .. } => Some("make the folder first, or choose one that exists".to_owned()),
            Self::Blocked { kept, .. } => Some(format!("the results are complete in `{}`", kept.display())),
            Self::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("choose a folder you may write to with -o".to_owned())
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotADirectory => {
                Some("a file stands where a folder is needed: choose another place with -o".to_owned())
            }
            Self::NotARun { .. } => Some("name a folder that a finished run was written to".to_owned()),
            Self::Format { .. } | Self::Schema { .. } => {
                Some("run the scenario again with this version, or read the folder with the version in its manifest".to_owned())
            }
            Self::Part { .. } => Some("delete the file and go on with --resume: its jobs are run again".to_owned()),
            Self::OtherDesign { .. } => Some("choose another folder with -o".to_owned()),
            Self::OtherModel { .. } => {
                Some("go on with the build that began it, or begin again in another folder".to_owned())
            }
            Self::Io { .. } | Self::Refused { .. } | Self::NotFinite { .. } | Self::Encode { .. } => None,
        }
    }
}
