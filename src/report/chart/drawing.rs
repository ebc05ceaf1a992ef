//! What a chart is, what it makes, and why it may fail.

use super::render;
use super::style::Style;
use crate::experiment::Summary;

/// One chart of the gallery.
#[derive(Debug, Clone, Copy)]
pub struct Chart {
    /// Name of its files, without extension.
    pub name: &'static str,
    /// One sentence: what it shows.
    pub about: &'static str,
    /// The message of the chart, made from the numbers.
    pub title: fn(&Summary) -> Result<String, ChartError>,
    /// Draws it.
    pub draw: fn(&Summary, &Style) -> Result<Drawing, ChartError>,
}

/// A finished chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The picture as an SVG document of 1920×1080 user pixels.
    pub svg: String,
    /// The plotted numbers, and no others, as CSV with a header.
    pub csv: String,
}

impl Drawing {
    /// Renders the picture as PNG, 1920×1080. This takes some tens of milliseconds, so it is done only when asked for.
    ///
    /// # Errors
    /// [`ChartError::Render`] when the document cannot be rendered.
    pub fn png(&self) -> Result<Vec<u8>, ChartError> {
        render::png(&self.svg)
    }
}

/// Why a chart was not drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// The summary does not hold what the chart shows.
    #[error("nothing to plot: the summary has no {missing}")]
    NothingToPlot {
        /// What is missing.
        missing: String,
    },
    /// The drawing library refused a primitive.
    #[error("drawing failed: {0}")]
    Draw(String),
    /// The SVG could not be turned into a picture.
    #[error("rendering failed: {0}")]
    Render(String),
    /// The table of plotted numbers could not be written.
    #[error("writing the plotted numbers failed: {0}")]
    Table(String),
}

pub(super) fn missing(what: impl Into<String>) -> ChartError {
    ChartError::NothingToPlot { missing: what.into() }
}
