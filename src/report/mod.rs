//! Results for people: numbers as text, charts as SVG, PNG and CSV.
//!
//! What is said of a run is drawn from its stored [`Summary`](crate::experiment::Summary) alone, so a run is redrawn
//! without simulating it again; what is said of parameters comes from their registry. Nothing here simulates, reads the clock or writes to the terminal.

#[cfg(feature = "charts")]
pub mod chart;
pub mod parameter_table;
pub mod table;

#[cfg(feature = "charts")]
pub use chart::gallery::{Gallery, ReportError, draw_all};
