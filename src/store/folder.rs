//! The folder of a run: staged beside its place before the simulation, moved there in one step after it.
//!
//! # Guarantees
//! 1. [`RunFolder::prepare`] fails before any work is done when the results could not be written.
//! 2. Until [`RunFolder::finish`] the target is untouched; afterwards it is complete. A run that is dropped leaves
//!    nothing; one that is killed leaves only a hidden folder `.NAME.partial-…`, which may be deleted.
//! 3. Nothing is replaced that is not a run of ours, and a replaced run is deleted only once the new one is in place.
//! 4. Finished results are never thrown away: when they cannot be moved, the error says where they are.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::error::{Occupant, StoreError};
use super::manifest::is_run;

/// What to do when something stands at the target already. An empty folder is never in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfOccupied {
    /// Refuse.
    Refuse,
    /// Replace it if it is a run of ours; refuse otherwise.
    Replace,
}

/// A run folder that is being filled.
#[derive(Debug)]
pub struct RunFolder {
    target: PathBuf,
    staging: TempDir,
    policy: IfOccupied,
}

/// A run folder that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Where it is.
    pub path: PathBuf,
    /// The replaced run, when it was moved aside but could not be deleted.
    pub left_behind: Option<PathBuf>,
}

impl RunFolder {
    /// Claims a place for a run: makes the parents and a staging folder beside `dir`, and so proves that results can be
    /// written there. Call it before the simulation.
    ///
    /// # Errors
    /// [`StoreError::NoName`] for `.` and the like, [`StoreError::Occupied`] when something stands there that `policy`
    /// does not allow to replace, [`StoreError::Io`] when the system refuses.
    pub fn prepare(dir: &Path, policy: IfOccupied) -> Result<Self, StoreError> {
        // A link is followed, so that what it points to is judged and replaced, not the link.
        let target = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
        let no_name = || StoreError::NoName { path: dir.to_owned() };
        if dir.file_name().is_none() {
            return Err(no_name());
        }
        let name = target.file_name().ok_or_else(no_name)?.to_string_lossy().into_owned();
        check_occupant(&target, policy)?;
        let parent = parent_of(&target);
        fs::create_dir_all(parent).map_err(StoreError::io("create the folder", parent))?;
        let prefix = format!(".{name}.partial-");
        let staging = builder(&prefix, true)
            .tempdir_in(parent)
            .map_err(StoreError::io("write into the folder", parent))?;
        if target.is_dir() && occupant(&target)?.is_none() {
            // An empty folder may be one that cannot be renamed, such as the root of a volume. Better to learn it now.
            let aside = staging.path().join("probe");
            fs::rename(&target, &aside).map_err(StoreError::io("replace the empty folder", &target))?;
            fs::rename(&aside, &target).map_err(StoreError::io("put back the folder", &target))?;
        }
        Ok(Self { target, staging, policy })
    }

    /// Where files are collected until the run is finished.
    pub fn staging(&self) -> &Path {
        self.staging.path()
    }

    /// Where the folder will be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Writes a file, named relative to the folder; folders on the way are made.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the system refuses.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), StoreError> {
        write_file(&self.staging.path().join(name), bytes)
    }

    /// Moves the folder to its place in one step.
    ///
    /// # Errors
    /// [`StoreError::Blocked`] when that is not possible; the results then stay where the error says.
    pub fn finish(self) -> Result<Finished, StoreError> {
        let Self { target, staging, policy } = self;
        let kept = staging.keep();
        let blocked =
            |source: io::Error| StoreError::Blocked { path: target.clone(), kept: kept.clone(), source };
        // The place was free before the simulation; in the hours since, it may have been taken.
        check_occupant(&target, policy).map_err(|e| blocked(io::Error::other(e.to_string())))?;
        let aside = set_aside(&target).map_err(blocked)?;
        if let Err(error) = fs::rename(&kept, &target) {
            if let Some(aside) = &aside {
                // Should this fail too, the old run still exists beside its place and the first error is the one to tell.
                let _ = fs::rename(aside.path().join("run"), &target);
            }
            return Err(blocked(error));
        }
        let left_behind = aside.and_then(|aside| {
            let path = aside.path().to_owned();
            aside.close().err().map(|_| path)
        });
        Ok(Finished { path: target, left_behind })
    }
}

/// Makes a place free for a study, which grows where it will stay: what stands there is removed if `policy` allows it.
///
/// # Errors
/// [`StoreError::NoName`] for `.` and the like, [`StoreError::Occupied`] when something stands there that `policy` does not
/// allow to replace, [`StoreError::Io`] when the system refuses.
pub fn clear_place(dir: &Path, policy: IfOccupied) -> Result<(), StoreError> {
    if dir.file_name().is_none() {
        return Err(StoreError::NoName { path: dir.to_owned() });
    }
    check_occupant(dir, policy)?;
    fs::create_dir_all(parent_of(dir)).map_err(StoreError::io("create the folder", parent_of(dir)))?;
    let removed = set_aside(dir).and_then(|aside| aside.map_or(Ok(()), TempDir::close));
    removed.map_err(StoreError::io("replace the run", dir))
}

/// Moves what stands at the target out of the way: an empty folder is removed, a run goes into a hidden folder.
fn set_aside(target: &Path) -> io::Result<Option<TempDir>> {
    // `remove_dir` only ever removes an empty folder.
    if !target.exists() || fs::remove_dir(target).is_ok() {
        return Ok(None);
    }
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let aside = builder(&format!(".{name}.replaced-"), true).tempdir_in(parent_of(target))?;
    fs::rename(target, aside.path().join("run"))?;
    Ok(Some(aside))
}

/// Writes a file so that it appears whole or not at all: into a hidden file beside it, to the disk, then renamed.
///
/// # Errors
/// [`StoreError::Io`] when the system refuses.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let parent = parent_of(path);
    fs::create_dir_all(parent).map_err(StoreError::io("create the folder", parent))?;
    let failed = || StoreError::io("write", path);
    let mut file = builder(".partial-", false).tempfile_in(parent).map_err(failed())?;
    file.write_all(bytes).map_err(failed())?;
    file.as_file().sync_all().map_err(failed())?;
    file.persist(path).map_err(|e| failed()(e.error))?;
    Ok(())
}

/// The first numbered folder under `root` that comes after all runs of that name: `forecast-base-001`, `-002`, …
///
/// Characters of `stem` that do not belong in a file name are replaced by `-`. Runs that are still being computed
/// count as taken.
pub fn next_free(root: &Path, stem: &str) -> PathBuf {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let stem: String = stem.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    let stem = match stem.trim_start_matches('.') {
        "" => "run",
        stem => stem,
    };
    let number = |name: &str| -> Option<u64> {
        let name = name.split_once(".partial-").map_or(name, |(hidden, _)| hidden.trim_start_matches('.'));
        name.strip_prefix(stem)?.strip_prefix('-')?.parse().ok()
    };
    // A folder that cannot be listed holds no runs as far as we can tell; `prepare` has the last word.
    let names = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let last = names.filter_map(|name| number(&name.to_string_lossy())).max().unwrap_or(0);
    root.join(format!("{stem}-{:03}", last.saturating_add(1)))
}

pub(super) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// What stands at a path; nothing when it is free or an empty folder.
fn occupant(path: &Path) -> Result<Option<Occupant>, StoreError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("look at", path)(error)),
        Ok(found) if !found.is_dir() => Ok(Some(Occupant::File)),
        Ok(_) => {
            let mut entries = fs::read_dir(path).map_err(StoreError::io("list the folder", path))?;
            Ok(match entries.next() {
                None => None,
                Some(_) if is_run(path) => Some(Occupant::Run),
                Some(_) => Some(Occupant::Foreign),
            })
        }
    }
}

fn check_occupant(path: &Path, policy: IfOccupied) -> Result<(), StoreError> {
    match (occupant(path)?, policy) {
        (None, _) | (Some(Occupant::Run), IfOccupied::Replace) => Ok(()),
        (Some(occupant), _) => Err(StoreError::Occupied { path: path.to_owned(), occupant }),
    }
}

/// Temporary files are private by default and would stay so when renamed; results are for others to read, as far as the
/// user's umask lets them.
pub(super) fn builder(prefix: &str, folder: bool) -> Builder<'_, '_> {
    let mut builder = Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(if folder { 0o777 } else { 0o666 }));
    }
    #[cfg(not(unix))]
    let _ = folder;
    builder
}
