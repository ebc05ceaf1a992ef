//! One pair of axes: grid, bands, lines, and labels at the right end of what they name.

use crate::metrics::Unit;
use crate::report::table::format_axis;

use super::canvas::{Anchor, Canvas, Type, Weight};
use super::labels::spread;
use super::months::Month;
use super::page::Area;
use super::render::text_width;
use super::scale::Scale;
use super::style::{Colour, Style};

/// A label at the right end of a curve: a value, and in grey what it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EndLabel {
    /// The point that it names, on the axes of the panel.
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) value: String,
    pub(crate) note: String,
    pub(crate) colour: Colour,
}

/// Room between the end of a curve and its label, for the connector.
const CONNECTOR_PX: f64 = 36.0;

impl EndLabel {
    /// Width of the label with its connector.
    pub(crate) fn width(&self, style: &Style) -> f64 {
        CONNECTOR_PX
            + text_width(&self.value, style.label_px, Weight::SemiBold)
            + text_width(&self.note, style.label_px, Weight::Regular)
            + 0.35 * style.label_px
    }
}

/// Width of the tick labels of a y axis, with the space between them and the plot.
pub(crate) fn axis_width(unit: Unit, y: &Scale, wanted: usize, style: &Style) -> f64 {
    let labels = format_axis(unit, &y.ticks(wanted));
    labels.iter().map(|l| text_width(l, style.label_px, Weight::Regular)).fold(0.0, f64::max) + 16.0
}

/// A plot.
pub(crate) struct Panel<'s> {
    pub(crate) area: Area,
    pub(crate) x: Scale,
    pub(crate) y: Scale,
    pub(crate) style: &'s Style,
}

impl Panel<'_> {
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x.pixel(x), self.y.pixel(y))
    }

    /// Grid lines and their values.
    pub(crate) fn y_axis(&self, canvas: &mut Canvas<'_>, unit: Unit, wanted: usize) {
        let ticks = self.y.ticks(wanted);
        let set = Type::new(self.style.label_px, self.style.grey).anchor(Anchor::End);
        for (tick, label) in ticks.iter().zip(format_axis(unit, &ticks)) {
            let y = self.y.pixel(*tick);
            canvas.line(&[(self.area.left, y), (self.area.right, y)], self.style.grid, 1.0, 1.5);
            canvas.text(&label, self.area.left - 16.0, y, set);
        }
    }

    /// What the panel shows, above its top left corner. Returns the width that it takes there.
    pub(crate) fn heading(&self, canvas: &mut Canvas<'_>, text: &str) -> f64 {
        let set = Type::new(self.style.label_px, self.style.ink).semi_bold();
        canvas.text(text, self.area.left, self.area.top - 0.9 * self.style.label_px, set);
        text_width(text, set.px, set.weight) + set.px
    }

    /// A line in the colour of the axes along the bottom.
    pub(crate) fn floor(&self, canvas: &mut Canvas<'_>) {
        let ends = [(self.area.left, self.area.bottom), (self.area.right, self.area.bottom)];
        canvas.line(&ends, self.style.grey, 1.0, 2.0);
    }

    /// Names of quarters (months on a short axis, years on a long one) under the plot. The axis runs from 0, the
    /// start of `first`, to `n`, the end of the last month.
    pub(crate) fn month_axis(&self, canvas: &mut Canvas<'_>, first: Month, n: usize) {
        let set = Type::new(self.style.label_px, self.style.grey).anchor(Anchor::Middle);
        let y = self.area.bottom + 1.2 * self.style.label_px;
        self.floor(canvas);
        let span = if n <= 5 { 1 } else { 3 };
        // Long axes name every second, fourth… span, starting with the year, so that names never touch.
        let room = (self.x.pixel(f64::from(span)) - self.x.pixel(0.0)).max(1e-6);
        let needed = text_width("Q4 2000", set.px, set.weight) + 24.0;
        let every = [1, 2, 4, 8, 20, 40].into_iter().find(|k| f64::from(*k) * room >= needed).unwrap_or(80);
        for i in 0..n {
            let month = first.plus(i as i32);
            if month.of_year() % span != 0 {
                continue;
            }
            let x = self.x.pixel(i as f64);
            canvas.line(&[(x, self.area.bottom), (x, self.area.bottom + 10.0)], self.style.grey, 1.0, 2.0);
            if (month.year() * (12 / span) + month.of_year() / span) % every != 0 {
                continue;
            }
            let name = if span == 1 {
                month.name()
            } else {
                format!("Q{} {}", month.of_year() / 3 + 1, month.year())
            };
            // A span cut off by the end of the axis still gets its name where that fits.
            let middle = 0.5 * (i as f64 + (i + span as usize).min(n) as f64);
            let half = 0.5 * text_width(&name, set.px, set.weight);
            let x = self.x.pixel(middle);
            if x + half <= self.area.right + 0.5 * room && x - half >= self.area.left - 0.5 * room {
                canvas.text(&name, x, y, set);
            }
        }
    }

    /// A shaded band between two curves: (x, low, high) from left to right.
    pub(crate) fn band(
        &self,
        canvas: &mut Canvas<'_>,
        points: &[(f64, f64, f64)],
        colour: Colour,
        alpha: f64,
    ) {
        let upper = points.iter().map(|(x, _, high)| self.at(*x, *high));
        let lower = points.iter().rev().map(|(x, low, _)| self.at(*x, *low));
        let outline: Vec<_> = upper.chain(lower).collect();
        canvas.polygon(&outline, colour, alpha);
    }

    pub(crate) fn line(
        &self,
        canvas: &mut Canvas<'_>,
        points: &[(f64, f64)],
        colour: Colour,
        alpha: f64,
        px: f64,
    ) {
        let points: Vec<_> = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        canvas.line(&points, colour, alpha, px);
    }

    /// A vertical bar with caps from `low` to `high`; nothing when it would be too small to be seen.
    pub(crate) fn error_bar(&self, canvas: &mut Canvas<'_>, x: f64, low: f64, high: f64) {
        let (x, y0, y1) = (self.x.pixel(x), self.y.pixel(low), self.y.pixel(high));
        if (y0 - y1).abs() < 4.0 {
            return;
        }
        let ink = self.style.ink;
        canvas.line(&[(x, y0), (x, y1)], ink, 1.0, 1.5);
        for y in [y0, y1] {
            canvas.line(&[(x - 5.0, y), (x + 5.0, y)], ink, 1.0, 1.5);
        }
    }

    /// Labels at the right of the plot, pushed apart; a thin connector leads each to its point.
    pub(crate) fn end_labels(&self, canvas: &mut Canvas<'_>, labels: &[EndLabel]) {
        let half = 0.5 * self.style.label_px;
        let wanted: Vec<f64> = labels.iter().map(|l| self.y.pixel(l.y)).collect();
        let placed =
            spread(&wanted, 1.2 * self.style.label_px, self.area.top - half, self.area.bottom + half);
        for (label, (from, to)) in labels.iter().zip(wanted.into_iter().zip(placed)) {
            let start = self.x.pixel(label.x) + 8.0;
            let text = self.area.right + CONNECTOR_PX;
            canvas.line(&[(start, from), (text - 18.0, to), (text - 6.0, to)], self.style.grey, 0.7, 1.5);
            canvas.text(&label.value, text, to, Type::new(self.style.label_px, label.colour).semi_bold());
            let after = text
                + text_width(&label.value, self.style.label_px, Weight::SemiBold)
                + 0.35 * self.style.label_px;
            canvas.text(&label.note, after, to, Type::new(self.style.label_px, self.style.grey));
        }
    }
}
