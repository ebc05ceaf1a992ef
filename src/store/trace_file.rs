//! The event log on disk: a CSV file that grows row by row beside its place and is moved there when it is complete.

use std::fmt::{Display, Write as _};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::StoreError;
use super::folder::{IfOccupied, builder, parent_of};
use crate::engine::TraceRow;
use crate::units::{Date, Usd};

/// Columns of the file.
pub const TRACE_COLUMNS: [&str; 13] = [
    "sequence",
    "date",
    "minute",
    "phase",
    "event",
    "app",
    "app_key",
    "region",
    "channel",
    "title",
    "lot",
    "amount_usd",
    "count",
];

/// Bytes held back before they are written.
const BUFFER_BYTES: usize = 1 << 16;

/// An event log that is being written.
///
/// Until [`TraceFile::finish`] nothing stands at its place; one that is dropped leaves nothing.
#[derive(Debug)]
pub struct TraceFile {
    target: PathBuf,
    policy: IfOccupied,
    partial: PathBuf,
    rows: csv::Writer<NamedTempFile>,
    n_rows: u64,
    /// Date of the last row: most rows share theirs with the row before.
    date: Option<(i64, String)>,
    failed: Option<io::Error>,
}

/// An event log that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceWritten {
    /// Where it is.
    pub path: PathBuf,
    /// Rows, without the line of columns.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
}

impl TraceFile {
    /// Opens a file beside `path` and so proves that a log can be written there. Call it before the simulation.
    ///
    /// # Errors
    /// [`StoreError::NotCsv`] for another extension, [`StoreError::IsFolder`], [`StoreError::FileExists`] under
    /// [`IfOccupied::Refuse`], [`StoreError::NoFolder`] without a folder to write to, [`StoreError::Io`] when the system
    /// refuses.
    pub fn create(path: &Path, policy: IfOccupied) -> Result<Self, StoreError> {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        // A link is followed, so that what it points to is replaced, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let path = path.to_owned();
        if target.is_dir() {
            return Err(StoreError::IsFolder { path });
        }
        if !is_csv {
            return Err(StoreError::NotCsv { path });
        }
        if target.exists() && policy == IfOccupied::Refuse {
            return Err(StoreError::FileExists { path });
        }
        let parent = parent_of(&target);
        if !parent.is_dir() {
            return Err(StoreError::NoFolder { path: parent.to_owned() });
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let file = builder(&format!(".{name}.partial-"), false)
            .tempfile_in(parent)
            .map_err(StoreError::io("write into the folder", parent))?;
        let partial = file.path().to_owned();
        let mut rows = csv::WriterBuilder::new().buffer_capacity(BUFFER_BYTES).from_writer(file);
        let failed = rows.write_record(TRACE_COLUMNS).err().map(io::Error::from);
        Ok(Self { target, policy, partial, rows, n_rows: 0, date: None, failed })
    }

    /// Where it grows.
    pub fn partial(&self) -> &Path {
        &self.partial
    }

    /// Adds a row. A failure is kept and told by [`TraceFile::finish`]: an observer cannot stop a simulation.
    pub fn append(&mut self, row: &TraceRow<'_>) {
        if self.failed.is_none() {
            self.failed = self.write(row).err().map(io::Error::from);
            self.n_rows += 1;
        }
    }

    fn write(&mut self, row: &TraceRow<'_>) -> csv::Result<()> {
        let day = row.time.day();
        if self.date.as_ref().is_none_or(|(of, _)| *of != day) {
            self.date = Some((day, Date::from_day(day).to_string()));
        }
        let date = self.date.as_ref().map_or("", |(_, date)| date);
        let rows = &mut self.rows;
        let mut cell = String::new();
        put(rows, &mut cell, Some(row.sequence))?;
        rows.write_field(date)?;
        put(rows, &mut cell, Some(row.time.minute_of_day()))?;
        put(rows, &mut cell, Some(row.phase))?;
        rows.write_field(row.event)?;
        put(rows, &mut cell, row.app)?;
        // Hexadecimal, so that no reader takes 64 bits for a number with 53.
        put(rows, &mut cell, row.app_key.map(|key| format!("{key:#018x}")))?;
        rows.write_field(row.region.unwrap_or_default())?;
        rows.write_field(row.channel.unwrap_or_default())?;
        put(rows, &mut cell, row.title)?;
        put(rows, &mut cell, row.lot)?;
        put(rows, &mut cell, row.amount.map(decimals))?;
        put(rows, &mut cell, row.count)?;
        rows.write_record(None::<&[u8]>)
    }

    /// Moves the file to its place in one step.
    ///
    /// # Errors
    /// What kept a row from being written; [`StoreError::Blocked`] when the file cannot be moved: it then stays where the
    /// error says.
    pub fn finish(self) -> Result<TraceWritten, StoreError> {
        let Self { target, policy, rows, n_rows, failed, .. } = self;
        let refused = || StoreError::io("write", &target);
        if let Some(error) = failed {
            return Err(refused()(error));
        }
        let file = rows.into_inner().map_err(|error| refused()(error.into_error()))?;
        file.as_file().sync_all().map_err(refused())?;
        let bytes = file.as_file().metadata().map_err(refused())?.len();
        let moved = match policy {
            IfOccupied::Replace => file.persist(&target),
            // The place was free before the simulation; since then it may have been taken.
            IfOccupied::Refuse => file.persist_noclobber(&target),
        };
        if let Err(error) = moved {
            let (_, kept) = error.file.keep().map_err(|error| refused()(error.error))?;
            return Err(StoreError::Blocked { path: target, kept, source: error.error });
        }
        Ok(TraceWritten { path: target, rows: n_rows, bytes })
    }
}

/// Writes a field, empty when there is no value.
fn put(
    rows: &mut csv::Writer<NamedTempFile>,
    cell: &mut String,
    value: Option<impl Display>,
) -> csv::Result<()> {
    cell.clear();
    if let Some(value) = value {
        // Writing to a string does not fail.
        let _ = write!(cell, "{value}");
    }
    rows.write_field(cell.as_bytes())
}

/// Dollars with all six decimals.
fn decimals(amount: Usd) -> String {
    let text = amount.to_string();
    text.strip_suffix(" USD").map_or_else(|| text.clone(), str::to_owned)
}
