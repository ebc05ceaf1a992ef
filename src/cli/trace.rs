//! `--trace`: the event log of a replication, claimed before the work, filled by an observer, moved to its place after.

use std::fs;
use std::path::{Path, PathBuf};

use bidcast::engine::{Event, TraceFilter, TraceRow, Tracer};
use bidcast::scenario::Scenario;
use bidcast::store::{IfOccupied, TraceFile, TraceWritten};
use bidcast::units::Date;

use super::args::{OutArgs, StoryArgs};
use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::grid::grouped;

/// An event log to be filled.
pub(crate) struct EventLog {
    file: TraceFile,
    filter: TraceFilter,
}

impl EventLog {
    /// Checks the filter and claims the file, when a log is asked for.
    ///
    /// # Errors
    /// A filter that nothing passes, and a file that cannot or must not be written.
    pub(crate) fn claim(
        args: &StoryArgs,
        out: &OutArgs,
        scenario: &Scenario,
    ) -> Result<Option<Self>, Failure> {
        let Some(path) = &args.trace else { return Ok(None) };
        let filter = filter(args, scenario)?;
        if let Some(folder) = out.out.as_deref().filter(|folder| lies_in(path, folder)) {
            let message = format!("`{}` would be replaced with its folder", path.display());
            return Err(Failure::message(Status::Usage, message)
                .hint(format!("name a file outside of the run folder `{}`", folder.display())));
        }
        let policy = if out.force { IfOccupied::Replace } else { IfOccupied::Refuse };
        let file = TraceFile::create(path, policy).map_err(store_failure)?;
        Ok(Some(Self { file, filter }))
    }

    /// What a second Ctrl-C has to remove.
    pub(crate) fn partial(&self) -> PathBuf {
        self.file.partial().to_owned()
    }

    /// The observer that fills it.
    pub(crate) fn tracer<'a>(
        &'a mut self,
        scenario: &'a Scenario,
    ) -> Tracer<'a, impl FnMut(&TraceRow<'a>) + 'a> {
        let Self { file, filter } = self;
        Tracer::new(scenario, *filter, |row: &TraceRow<'a>| file.append(row))
    }

    /// Moves the file to its place and says so, for stderr.
    ///
    /// # Errors
    /// A row that could not be written, or a place that was taken meanwhile.
    pub(crate) fn finish(self) -> Result<String, Failure> {
        let TraceWritten { path, rows, bytes } = self.file.finish().map_err(store_failure)?;
        let megabytes = bytes as f64 / 1e6;
        Ok(format!("event log {}, {} events, {megabytes:.1} MB", path.display(), grouped(rows)))
    }
}

fn filter(args: &StoryArgs, scenario: &Scenario) -> Result<TraceFilter, Failure> {
    let (start, end) = (scenario.parameters().start_day, scenario.parameters().end_day);
    let from_day = args.trace_from.map_or(start, Date::to_day);
    let to_day = args.trace_to.map_or(end, Date::to_day);
    if from_day > to_day || from_day > end || to_day < start {
        let (from, to) = (Date::from_day(from_day), Date::from_day(to_day));
        return Err(Failure::message(Status::Usage, format!("nothing is simulated from {from} to {to}"))
            .hint(format!(
                "this scenario runs from {} to {}; narrow it with --trace-from and --trace-to",
                Date::from_day(start),
                Date::from_day(end)
            )));
    }
    let all = args.trace_events.is_empty();
    let mut kinds = [all; Event::NAMES.len()];
    for kind in &args.trace_events {
        kinds[*kind] = true;
    }
    Ok(TraceFilter { from_day, to_day, kinds })
}

/// Whether a file would lie in a folder that exists. One in a folder to be made has no place to be written to anyway.
fn lies_in(file: &Path, folder: &Path) -> bool {
    let parent = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match (fs::canonicalize(parent), fs::canonicalize(folder)) {
        (Ok(parent), Ok(folder)) => parent.starts_with(folder),
        _ => false,
    }
}
