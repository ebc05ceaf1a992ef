//! All charts of a summary, written to a folder.

use std::path::{Path, PathBuf};

use crate::experiment::Summary;
use crate::store::{StoreError, write_file};

use super::{CHARTS, ChartError, Style};

/// What [`draw_all`] did.
#[derive(Debug)]
pub struct Gallery {
    /// Files written, in the order of [`CHARTS`].
    pub files: Vec<PathBuf>,
    /// Charts that the summary holds no numbers for, by name, with what is missing.
    pub skipped: Vec<(&'static str, ChartError)>,
}

/// Why the gallery was not finished.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A chart could not be drawn although its numbers are there.
    #[error("chart `{name}` was not drawn")]
    Chart {
        /// Name of the chart.
        name: &'static str,
        /// What went wrong.
        source: ChartError,
    },
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Draws every chart and writes `figures/NAME.svg`, `.png` and `.csv` under `dir`.
///
/// The three files of a chart are made in full before the first is written, and each appears whole or not at all, so
/// a failure leaves no empty picture. A chart whose numbers the summary does not have is skipped and named in the
/// result.
///
/// # Errors
/// [`ReportError::Chart`] when a chart cannot be drawn, [`ReportError::Store`] when a file cannot be written; the
/// charts before it are on disk.
pub fn draw_all(summary: &Summary, dir: &Path) -> Result<Gallery, ReportError> {
    let style = Style::default();
    let mut gallery = Gallery { files: Vec::new(), skipped: Vec::new() };
    for chart in CHARTS {
        let failed = |source| ReportError::Chart { name: chart.name, source };
        let drawing = match (chart.draw)(summary, &style) {
            Ok(drawing) => drawing,
            Err(nothing @ ChartError::NothingToPlot { .. }) => {
                gallery.skipped.push((chart.name, nothing));
                continue;
            }
            Err(error) => return Err(failed(error)),
        };
        let png = drawing.png().map_err(failed)?;
        for (extension, bytes) in
            [("svg", drawing.svg.as_bytes()), ("png", &png), ("csv", drawing.csv.as_bytes())]
        {
            let path = dir.join("figures").join(format!("{}.{extension}", chart.name));
            write_file(&path, bytes)?;
            gallery.files.push(path);
        }
    }
    Ok(gallery)
}
