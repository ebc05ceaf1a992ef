//! The surface that charts draw on: a few primitives in slide pixels, over plotters' SVG back end.
//!
//! Coordinates are `f64` pixels of a 1920×1080 slide. The back end rounds to whole units, so the document is drawn twice
//! as large and shown at half size. Drawing into memory cannot fail in practice; should the back end refuse, the first
//! refusal is kept and returned by [`paint`], so that the drawing code stays free of `?`.

use plotters::prelude::{DrawingBackend, FontFamily, IntoTextStyle, RGBAColor, SVGBackend, ShapeStyle};
use plotters::style::FontStyle;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::ChartError;
use super::style::Colour;

/// Width of a finished picture in pixels.
pub(crate) const WIDTH: u32 = 1920;
/// Height of a finished picture in pixels.
pub(crate) const HEIGHT: u32 = 1080;
/// Font of all text, with a fallback for viewers that do not have it.
pub(crate) const FONT_FAMILY: &str = "Inter, sans-serif";

/// Drawing units per pixel.
const FINE: f64 = 2.0;
/// Plotters divides text sizes by this before it writes them.
const PLOTTERS_TEXT_FACTOR: f64 = 1.24;
/// Height of the capital letters of Inter, in units of the text size: centres text on a line.
const CAP_HEIGHT: f64 = 0.727;

/// Thickness of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    pub(crate) fn css(self) -> &'static str {
        match self {
            Self::Regular => "400",
            Self::SemiBold => "600",
        }
    }
}

/// Which end of a text stands at its x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) px: f64,
    pub(crate) colour: Colour,
    pub(crate) weight: Weight,
    pub(crate) anchor: Anchor,
}

impl Type {
    pub(crate) fn new(px: f64, colour: Colour) -> Self {
        Self { px, colour, weight: Weight::Regular, anchor: Anchor::Start }
    }

    pub(crate) fn semi_bold(self) -> Self {
        Self { weight: Weight::SemiBold, ..self }
    }

    pub(crate) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }
}

/// A surface to draw on.
pub(crate) struct Canvas<'a> {
    backend: SVGBackend<'a>,
    refusal: Option<ChartError>,
}

/// Runs a drawing function on an empty white slide and returns the SVG document, with a title and a description for
/// screen readers and for whoever finds the file alone.
pub(crate) fn paint(
    title: &str,
    description: &str,
    draw: impl FnOnce(&mut Canvas<'_>),
) -> Result<String, ChartError> {
    let (wide, high) = (WIDTH * FINE as u32, HEIGHT * FINE as u32);
    let mut body = String::new();
    let mut canvas = Canvas { backend: SVGBackend::with_string(&mut body, (wide, high)), refusal: None };
    canvas.rectangle(
        0.0,
        0.0,
        f64::from(WIDTH),
        f64::from(HEIGHT),
        Colour { red: 255, green: 255, blue: 255 },
        1.0,
    );
    draw(&mut canvas);
    let closed = canvas.backend.present().map_err(|e| ChartError::Draw(e.to_string()));
    let refusal = canvas.refusal.take();
    drop(canvas);
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    closed?;
    // The first line is the root element at its drawn size; ours states the shown size and says what the picture is.
    let rest = body
        .split_once('\n')
        .map_or("", |(_, rest)| rest)
        .replace(r#"font-weight="bold""#, r#"font-weight="600""#);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {wide} {high}\" \
         role=\"img\" stroke-linejoin=\"round\">\n<title>{}</title>\n<desc>{}</desc>\n{rest}",
        escape(title),
        escape(description)
    ))
}

/// Text that may stand in an XML document: markup escaped, characters that XML forbids left out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            other => out.push(other),
        }
    }
    out
}

/// One line without control characters and without the code points that XML forbids.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

impl Canvas<'_> {
    /// A line through points, in pixels. Fewer than two finite points draw nothing.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], colour: Colour, alpha: f64, px: f64) {
        let points: Vec<_> = points.iter().copied().filter_map(fine).collect();
        if points.len() > 1 {
            let style = ShapeStyle { color: ink(colour, alpha), filled: false, stroke_width: stroke(px) };
            let done = self.backend.draw_path(points, &style);
            self.keep(done);
        }
    }

    /// A straight dashed line.
    pub(crate) fn dashes(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, px: f64) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let (dash, pitch) = (6.0 * px, 10.0 * px);
        if !(length > 0.0 && pitch > 0.0 && length.is_finite()) {
            return;
        }
        let mut start = 0.0;
        while start < length {
            let end = (start + dash).min(length);
            let at = |s: f64| (from.0 + dx * s / length, from.1 + dy * s / length);
            self.line(&[at(start), at(end)], colour, 1.0, px);
            start += pitch;
        }
    }

    /// A filled shape without an outline.
    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], colour: Colour, alpha: f64) {
        let points: Vec<_> = points.iter().copied().filter_map(fine).collect();
        if points.len() > 2 {
            let style = ShapeStyle { color: ink(colour, alpha), filled: true, stroke_width: 0 };
            let done = self.backend.fill_polygon(points, &style);
            self.keep(done);
        }
    }

    /// A filled rectangle; the corners may come in any order.
    pub(crate) fn rectangle(&mut self, x0: f64, y0: f64, x1: f64, y1: f64, colour: Colour, alpha: f64) {
        let corners = (fine((x0.min(x1), y0.min(y1))), fine((x0.max(x1), y0.max(y1))));
        if let (Some(a), Some(b)) = corners {
            let style = ShapeStyle { color: ink(colour, alpha), filled: true, stroke_width: 0 };
            let done = self.backend.draw_rect(a, b, &style, true);
            self.keep(done);
        }
    }

    /// A filled circle.
    pub(crate) fn dot(&mut self, at: (f64, f64), radius: f64, colour: Colour) {
        if let Some(at) = fine(at) {
            let style = ShapeStyle { color: ink(colour, 1.0), filled: true, stroke_width: 0 };
            let done = self.backend.draw_circle(at, (radius * FINE).round() as u32, &style, true);
            self.keep(done);
        }
    }

    /// One line of text, its capitals centred on `y`.
    pub(crate) fn text(&mut self, text: &str, x: f64, y: f64, set: Type) {
        self.letters(text, x, y + set.px * CAP_HEIGHT / 2.0, set);
    }

    /// One line of text standing on a baseline.
    fn letters(&mut self, text: &str, x: f64, baseline: f64, set: Type) {
        let text = printable(text);
        // Plotters shifts text anchored at the top by this many text sizes; undone, so that y is the baseline.
        let Some(at) = fine((x, baseline - 0.76 * set.px)) else { return };
        if text.trim().is_empty() {
            return;
        }
        let h_pos = match set.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let weight = match set.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::SemiBold => FontStyle::Bold,
        };
        let colour = ink(set.colour, 1.0);
        let style = (FontFamily::Name(FONT_FAMILY), set.px * FINE * PLOTTERS_TEXT_FACTOR, weight, &colour)
            .into_text_style(&(WIDTH, HEIGHT))
            .pos(Pos::new(h_pos, VPos::Top));
        let done = self.backend.draw_text(&text, &style, at);
        self.keep(done);
    }

    fn keep(&mut self, done: Result<(), impl std::fmt::Display>) {
        if let Err(error) = done {
            self.refusal.get_or_insert(ChartError::Draw(error.to_string()));
        }
    }
}

/// Drawing units of a point, or nothing for one that is nowhere (NaN, or far outside any slide).
fn fine((x, y): (f64, f64)) -> Option<(i32, i32)> {
    let far = 1e6;
    (x.abs() < far && y.abs() < far).then(|| ((x * FINE).round() as i32, (y * FINE).round() as i32))
}

fn stroke(px: f64) -> u32 {
    (px * FINE).round().max(1.0) as u32
}

fn ink(colour: Colour, alpha: f64) -> RGBAColor {
    RGBAColor(colour.red, colour.green, colour.blue, alpha)
}
