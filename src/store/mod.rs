//! A run on disk: one folder, complete or absent.
//!
//! | file | content |
//! |---|---|
//! | `manifest.json` | what was run, by which build, and how far it came ([`Manifest`]) |
//! | `summary.json` | everything that the ensemble says, with every digit ([`summary_json`]) |
//! | `summary.csv` | one line per metric and year ([`summary_csv`]) |
//! | `monthly.csv` | one line per metric and month ([`monthly_csv`]) |
//! | `forecast.csv` | the forecast as forecast hubs read it ([`forecast_csv`]) |
//! | `comparison.json` | scenarios against a reference, with every digit ([`comparison_json`]) |
//! | `comparison.csv` | one line per scenario, metric and year ([`comparison_csv`]) |
//! | `posterior.csv`, `posterior.json` | draws of the parameters and where they come from ([`Posterior`]) |
//!
//! The event log of one replication is a file of its own ([`TraceFile`]).
//!
//! Writers are pure functions from results to bytes; only [`RunFolder`], [`write_file`] and [`TraceFile`], which is too
//! long to be held in memory, touch the disk.

mod comparison;
mod error;
mod folder;
mod hubverse;
mod json;
mod ledger;
mod manifest;
mod posterior;
#[cfg(feature = "parquet")]
pub mod study;
mod tables;
mod trace_file;

pub use comparison::{COMPARISON_FILE, COMPARISON_SCHEMA, comparison_json, read_comparison};
pub use error::{Occupant, StoreError};
pub use folder::{Finished, IfOccupied, RunFolder, clear_place, next_free, write_file};
pub use hubverse::forecast_csv;
pub use json::{SUMMARY_FILE, SUMMARY_SCHEMA, read_summary, summary_json};
pub use ledger::{LEDGER_FILE, append_ledger};
pub use manifest::{Build, MANIFEST_FILE, MANIFEST_SCHEMA, Manifest, STUDY_FILE, read_manifest};
pub use posterior::{
    FittedParameter, POSTERIOR_FILE, POSTERIOR_MANIFEST, Posterior, PosteriorManifest, evenly_taken,
};
pub use tables::{comparison_csv, monthly_csv, summary_csv};
pub use trace_file::{TRACE_COLUMNS, TraceFile, TraceWritten};
