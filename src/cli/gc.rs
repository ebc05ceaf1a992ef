//! `bidcast gc`: removes what can be made again or was left behind, says what, and touches nothing else.

use std::time::SystemTime;

use bidcast::store::study::{Disposable, Keep, cached, dispose, left_among_runs, left_in_cache, too_much};

use super::args::{Format, GcArgs, Manner};
use super::failure::Failure;
use super::folder::store_failure;
use super::grid::{Cell, Grid, grouped};
use super::output::{say, show};
use super::study::user_cache;

/// Removes what is too much or too old in the cache, and what killed programs left there and among the runs.
///
/// # Errors
/// Folders that cannot be listed, files that cannot be removed.
pub(crate) fn gc(args: &GcArgs, manner: Manner) -> Result<(), Failure> {
    let now = now();
    let cache = args.cache.clone().or_else(user_cache);
    let (mut entries, mut left) = (Vec::new(), Vec::new());
    if let Some(root) = &cache {
        entries = cached(root).map_err(store_failure)?;
        left = left_in_cache(root, now).map_err(store_failure)?;
    }
    left.extend(left_among_runs(&args.runs, now).map_err(store_failure)?);
    let keep = Keep { bytes: Some(args.keep), age: args.older_than };
    let pruned = too_much(&entries, keep, now);
    let stays = &entries[pruned.len()..];
    if !args.dry_run {
        for of in pruned.iter().chain(&left) {
            dispose(of).map_err(store_failure)?;
        }
    }
    let mut grid = Grid::new(["what", "count", "bytes"]);
    let removed = if args.dry_run { "would be removed" } else { "removed" };
    for (what, of) in [
        (format!("outcomes in the cache, {removed}"), pruned),
        ("outcomes in the cache, kept".to_owned(), stays),
        (format!("left behind, {removed}"), &left),
    ] {
        let bytes: u64 = of.iter().map(|of| of.bytes).sum();
        grid.push(vec![
            what.into(),
            Cell::number(grouped(of.len() as u64), of.len() as f64),
            Cell::number(in_words(bytes), bytes as f64),
        ]);
    }
    show(&grid.render(args.format)?)?;
    if !manner.quiet {
        // Outcomes are known by digests, which tell nobody anything.
        left.iter().for_each(|Disposable { path, .. }| say(&format!("{removed}: {}", path.display())));
        if let (Some(root), Format::Table) = (&cache, args.format) {
            say(&format!("the cache is {}", root.display()));
        }
    }
    Ok(())
}

/// A size as a person reads it.
pub(crate) fn in_words(bytes: u64) -> String {
    let bytes = bytes as f64;
    let (divisor, unit) = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
        .into_iter()
        .find(|(divisor, _)| bytes >= *divisor)
        .unwrap_or((1.0, "B"));
    let decimals = usize::from(divisor > 1.0);
    format!("{:.decimals$} {unit}", bytes / divisor)
}

#[expect(clippy::disallowed_methods, reason = "how old a file is depends on the time; no result does")]
fn now() -> SystemTime {
    SystemTime::now()
}
