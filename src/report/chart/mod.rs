//! The charts: one file each, one line each in [`CHARTS`].
//!
//! A chart is a pure function from a [`Summary`](crate::experiment::Summary) and a [`Style`] to a [`Drawing`]. It is drawn as SVG only, at
//! 3840×2160 and shown at 1920×1080 (the drawing library rounds to whole pixels, which would leave kinks in curves), and
//! turned into PNG by a renderer that knows the two embedded fonts and no others: a picture is the same on every
//! machine, fonts installed or not.
//!
//! To add a chart: a file with its `draw` and `title`, and a line in [`CHARTS`]. Help, gallery and tests loop over
//! the list.

mod apps;
mod canvas;
mod concentration;
mod curve;
mod drawing;
mod fan;
pub mod gallery;
mod labels;
mod lorenz;
mod market_fan;
mod months;
mod page;
mod panel;
mod rank_size;
mod render;
mod scale;
mod style;
mod targets;

pub use drawing::{Chart, ChartError, Drawing};
pub use style::Style;

use drawing::missing;

/// Every chart, in the order of a talk.
pub const CHARTS: &[Chart] =
    &[market_fan::CHART, targets::CHART, concentration::CHART, lorenz::CHART, rank_size::CHART, apps::CHART];
