//! Results for people: numbers as text, charts as SVG, PNG and CSV.
//!
//! Everything here is drawn from a stored [`Summary`](crate::experiment::Summary) alone, so a run is redrawn
//! without simulating it again. Nothing here simulates, reads the clock or writes to the terminal.

#[cfg(feature = "charts")]
pub mod chart;
pub mod table;

#[cfg(feature = "charts")]
pub use chart::gallery::{Gallery, ReportError, draw_all};
