//! What may be deleted: outcomes in the cache, the oldest first, and what killed programs left among the runs.
//!
//! # Guarantees
//! 1. Nothing is named that is not ours: entries of the cache by the form of their names, leftovers by theirs.
//! 2. A run is never named, nor the folder of one that is complete but could not be moved to its place, nor one that was moved
//!    aside and never replaced.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::store::StoreError;
use crate::store::manifest::is_run;

/// Digits of a folder of the cache, and of a file in one.
const KEY_DIGITS: (usize, usize) = (2, 62);
/// Random characters at the end of a temporary name.
const TEMPORARY_CHARACTERS: usize = 6;
/// A leftover is one only after so long: a program may still be writing what is younger.
const LEFT_BEHIND_AFTER: Duration = Duration::from_secs(86_400);

/// A file or folder that may be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposable {
    /// Where it is.
    pub path: PathBuf,
    /// Bytes that it takes, with all that is below it.
    pub bytes: u64,
    /// When it was last read or written.
    pub used: SystemTime,
}

/// What of the cache is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    /// Most bytes; all when absent.
    pub bytes: Option<u64>,
    /// Longest time since an entry was used; for ever when absent.
    pub age: Option<Duration>,
}

/// Outcomes in a folder of the cache, the least recently used first. A folder that is not there holds none.
///
/// # Errors
/// [`StoreError::Io`] when the system refuses to list it.
pub fn cached(root: &Path) -> Result<Vec<Disposable>, StoreError> {
    let mut found = Vec::new();
    for folder in listed(root)?.into_iter().filter(|path| is_key(path, KEY_DIGITS.0) && path.is_dir()) {
        let files = listed(&folder)?;
        found.extend(files.into_iter().filter(|path| is_key(path, KEY_DIGITS.1)).filter_map(disposable));
    }
    // Names decide among equals, so that two looks see the same order.
    found.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
    Ok(found)
}

/// Those of `entries`, the least recently used first, that a rule does not keep.
pub fn too_much(entries: &[Disposable], keep: Keep, now: SystemTime) -> &[Disposable] {
    let old = |entry: &Disposable| {
        let age = now.duration_since(entry.used).unwrap_or_default();
        keep.age.is_some_and(|longest| age > longest)
    };
    let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let stays = entries.iter().position(|entry| {
        let stays = !old(entry) && keep.bytes.is_none_or(|most| bytes <= most);
        bytes -= entry.bytes;
        stays
    });
    &entries[..stays.unwrap_or(entries.len())]
}

/// What killed programs left in a folder of the cache.
///
/// # Errors
/// [`StoreError::Io`] when the system refuses to list it.
pub fn left_in_cache(root: &Path, now: SystemTime) -> Result<Vec<Disposable>, StoreError> {
    let mut found = Vec::new();
    for folder in listed(root)?.into_iter().filter(|path| is_key(path, KEY_DIGITS.0) && path.is_dir()) {
        found.extend(
            listed(&folder)?
                .into_iter()
                .filter(|path| path.is_file() && hidden(path) == Some(("", "partial"))),
        );
    }
    Ok(old(found, now))
}

/// What killed programs left beside the runs in a folder.
///
/// # Errors
/// [`StoreError::Io`] when the system refuses to list it.
pub fn left_among_runs(root: &Path, now: SystemTime) -> Result<Vec<Disposable>, StoreError> {
    let mut found = listed(root)?;
    found.retain(|path| match hidden(path) {
        // A complete run that could not be moved to its place is a result.
        Some((_, "partial")) => !is_run(path),
        // A run that was moved aside is done with only where another took its place.
        Some((name, _)) => path.is_dir() && (is_run(&root.join(name)) || !path.join("run").exists()),
        None => false,
    });
    Ok(old(found, now))
}

/// Deletes a file or a folder with all that is below it.
///
/// # Errors
/// [`StoreError::Io`] when the system refuses.
pub fn dispose(of: &Disposable) -> Result<(), StoreError> {
    let path = &of.path;
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(StoreError::io("remove", path))?;
    if path.parent().is_some_and(|folder| is_key(folder, KEY_DIGITS.0)) {
        // Only ever removes a folder that is empty.
        let _ = path.parent().map(fs::remove_dir);
    }
    Ok(())
}

/// Name and kind of a hidden temporary: `.NAME.partial-XXXXXX`, `.NAME.replaced-XXXXXX`, `.partial-XXXXXX`.
fn hidden(path: &Path) -> Option<(&str, &str)> {
    let name = path.file_name()?.to_str()?.strip_prefix('.')?;
    let (head, end) = name.rsplit_once('-')?;
    let random = end.len() == TEMPORARY_CHARACTERS && end.chars().all(|c| c.is_ascii_alphanumeric());
    let (name, kind) = head.rsplit_once('.').unwrap_or(("", head));
    let known = kind == "partial" || (kind == "replaced" && !name.is_empty());
    (random && known).then_some((name, kind))
}

fn is_key(path: &Path, digits: usize) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.len() == digits && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    match fs::read_dir(folder) {
        // A link is not followed: what it points to may not be ours.
        Ok(entries) => Ok(entries.flatten().map(|e| e.path()).filter(|path| !path.is_symlink()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(StoreError::io("list the folder", folder)(error)),
    }
}

fn old(found: Vec<PathBuf>, now: SystemTime) -> Vec<Disposable> {
    let mut found: Vec<Disposable> = found.into_iter().filter_map(disposable).collect();
    found.retain(|left| now.duration_since(left.used).is_ok_and(|age| age > LEFT_BEHIND_AFTER));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Size and time of a path, with all that is below it; none when it is gone meanwhile.
fn disposable(path: PathBuf) -> Option<Disposable> {
    let about = fs::symlink_metadata(&path).ok()?;
    let written = about.modified().ok()?;
    if !about.is_dir() {
        let used = about.accessed().map_or(written, |read| read.max(written));
        return Some(Disposable { path, bytes: about.len(), used });
    }
    // Listing a folder reads it: only what was written counts.
    let below = fs::read_dir(&path).ok()?.flatten().filter_map(|entry| disposable(entry.path()));
    let (bytes, used) =
        below.fold((0, written), |(bytes, used), inner| (bytes + inner.bytes, used.max(inner.used)));
    Some(Disposable { path, bytes, used })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(ages_s: &[u64], now: SystemTime) -> Vec<Disposable> {
        let entry = |age: &u64| Disposable {
            path: format!("{age}").into(),
            bytes: 10,
            used: now - Duration::from_secs(*age),
        };
        ages_s.iter().map(entry).collect()
    }

    #[test]
    fn the_oldest_go_first_until_little_enough_is_left() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let all = entries(&[400, 300, 200, 100], now);
        let gone = |keep| too_much(&all, keep, now).len();
        assert_eq!(gone(Keep::default()), 0);
        assert_eq!(
            (gone(Keep { bytes: Some(40), age: None }), gone(Keep { bytes: Some(39), age: None })),
            (0, 1)
        );
        assert_eq!(gone(Keep { bytes: Some(0), age: None }), 4);
        assert_eq!(gone(Keep { bytes: None, age: Some(Duration::from_secs(200)) }), 2);
        assert_eq!(gone(Keep { bytes: Some(10), age: Some(Duration::from_secs(350)) }), 3);
    }

    #[test]
    fn only_our_temporary_names_are_known() {
        let of = |name: &str| hidden(Path::new(name)).map(|(name, kind)| (name.to_owned(), kind.to_owned()));
        let some = |name: &str, kind: &str| Some((name.to_owned(), kind.to_owned()));
        assert_eq!(of("runs/.a-001.partial-aB3xYz"), some("a-001", "partial"));
        assert_eq!(of(".a.b.replaced-aB3xYz"), some("a.b", "replaced"));
        assert_eq!(of(".partial-aB3xYz"), some("", "partial"));
        for other in [
            "a.partial-aB3xYz",
            ".a.partial-short",
            ".replaced-aB3xYz",
            ".git",
            ".a.parts-aB3xYz",
            ".partial-aB3xY/",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
