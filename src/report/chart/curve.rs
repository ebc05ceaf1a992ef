//! Curves over apps (Lorenz, rank-size) of the two latest years, and their table.

use std::collections::BTreeMap;

use crate::experiment::Curve;

use super::ChartError;
use super::canvas::Canvas;
use super::fan::text_of;
use super::panel::Panel;
use super::style::{Colour, Style};

/// A curve of one year that can be drawn: point by point, gaps left out.
pub(crate) struct YearCurve<'s> {
    pub(crate) year: &'s str,
    pub(crate) colour: Colour,
    pub(crate) points: Vec<Point>,
}

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) p10: f64,
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p50_mcse: Option<f64>,
}

/// The two latest years, the latest last and in the main colour, so that it is painted on top.
pub(crate) fn latest_two<'s>(curves: &'s BTreeMap<String, Curve>, style: &Style) -> Vec<YearCurve<'s>> {
    let mut years: Vec<YearCurve<'_>> = curves
        .iter()
        .map(|(year, curve)| YearCurve { year, colour: style.main, points: points(curve) })
        .filter(|c| c.points.len() > 1)
        .collect();
    let keep = years.len().saturating_sub(2);
    years.drain(..keep);
    if let [earlier, _] = years.as_mut_slice() {
        earlier.colour = style.other;
    }
    years
}

fn points(curve: &Curve) -> Vec<Point> {
    let rows = curve.x.iter().zip(&curve.p10).zip(curve.p50.iter().zip(&curve.p90)).enumerate();
    rows.map(|(i, ((x, p10), (p50, p90)))| Point {
        x: *x,
        p10: *p10,
        p50: *p50,
        p90: *p90,
        p50_mcse: curve.p50_mcse.get(i).copied(),
    })
    .filter(|p| [p.x, p.p10, p.p50, p.p90].iter().all(|v| v.is_finite()))
    .collect()
}

/// Draws the bands of all years, then the medians over them, so that no line is tinted by another year's band. What is
/// below `floor` is left out: it has no place on a logarithmic axis.
pub(crate) fn draw(canvas: &mut Canvas<'_>, panel: &Panel<'_>, curves: &[YearCurve<'_>], floor: f64) {
    for curve in curves {
        let seen = curve.points.iter().filter(|p| p.p90 >= floor);
        let band: Vec<_> = seen.map(|p| (p.x, p.p10.max(floor), p.p90)).collect();
        panel.band(canvas, &band, curve.colour, 0.22);
    }
    for curve in curves {
        let median: Vec<_> = curve.points.iter().filter(|p| p.p50 >= floor).map(|p| (p.x, p.p50)).collect();
        panel.line(canvas, &median, curve.colour, 1.0, 4.0);
    }
}

/// The plotted points as CSV.
pub(crate) fn table(x_name: &str, y_name: &str, curves: &[YearCurve<'_>]) -> Result<String, ChartError> {
    let failed = |e: csv::Error| ChartError::Table(e.to_string());
    let mut rows = csv::Writer::from_writer(Vec::new());
    let columns = ["p10", "p50", "p90", "p50_mcse"].map(|q| format!("{y_name}_{q}"));
    rows.write_record(["year", x_name].into_iter().chain(columns.iter().map(String::as_str)))
        .map_err(failed)?;
    for curve in curves {
        for p in &curve.points {
            let error = p.p50_mcse.map_or_else(String::new, |e| e.to_string());
            let row = [
                curve.year.to_owned(),
                p.x.to_string(),
                p.p10.to_string(),
                p.p50.to_string(),
                p.p90.to_string(),
                error,
            ];
            rows.write_record(row).map_err(failed)?;
        }
    }
    text_of(rows)
}
