//! The table of the bench: a row for each size, printed for people, written as CSV, and read back from there.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// One size: what the replication of the middle time took and held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What grows; `base` for the size with which all others are compared.
    pub(crate) axis: String,
    /// Its name.
    pub(crate) size: String,
    /// How much there is of what grows.
    pub(crate) amount: f64,
    /// Time on a processor.
    pub(crate) processor_seconds: f64,
    /// The same over that of the base.
    pub(crate) seconds_over_base: f64,
    /// Memory at its peak; 0 on a system that does not tell.
    pub(crate) peak_mib: f64,
    /// Live apps, summed over days.
    pub(crate) app_days: u64,
    /// Events.
    pub(crate) events: u64,
    /// What was simulated.
    pub(crate) reach: String,
    /// Rounds behind the median.
    pub(crate) rounds: usize,
}

/// Reads a file with what [`csv`] made.
pub(crate) fn read(path: &Path) -> Vec<Row> {
    let mut file = csv::Reader::from_path(path).expect("the table can be opened");
    let rows: Vec<Row> =
        file.deserialize().collect::<Result<_, _>>().expect("the table is one of this bench");
    assert!(rows.first().is_some_and(|row| row.axis == "base"), "the table begins with the base");
    rows
}

/// All rows as CSV.
pub(crate) fn csv(rows: &[Row]) -> String {
    let mut file = csv::Writer::from_writer(Vec::new());
    for row in rows {
        file.serialize(row).expect("a row is plain text and numbers");
    }
    let bytes = file.into_inner().expect("memory takes all that is written");
    String::from_utf8(bytes).expect("names and numbers are UTF-8")
}

/// Prints all rows; the first is the base.
pub(crate) fn print(rows: &[Row]) {
    let base = &rows[0];
    let s = if base.rounds == 1 { "" } else { "s" };
    println!("\none replication of {}, medians of {} round{s} taken in turn\n", base.reach, base.rounds);
    println!(
        "| grows | size | seconds | over base | app-days over base | µs an app-day | peak MiB | events |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for row in rows {
        println!(
            "| {} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} | {} |",
            row.axis,
            row.size,
            row.processor_seconds,
            row.seconds_over_base,
            row.app_days as f64 / base.app_days as f64,
            row.processor_seconds * 1e6 / row.app_days as f64,
            row.peak_mib,
            row.events
        );
    }
}
