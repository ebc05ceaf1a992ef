//! What every chart has around its plot: message, subtitle, footer.

use crate::experiment::Summary;
use crate::report::table::format_count;

use super::canvas::{Canvas, HEIGHT, Type, WIDTH, Weight};
use super::labels::{balanced, shorten, wrap};
use super::render::text_width;
use super::style::Style;

/// A rectangle of the slide, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// Draws title, subtitle and footer, and returns what is left for the plot.
pub(crate) fn page(
    canvas: &mut Canvas<'_>,
    summary: &Summary,
    style: &Style,
    title: &str,
    subtitle: &str,
) -> Area {
    let (left, right) = (style.margin_px, f64::from(WIDTH) - style.margin_px);
    let mut y = style.margin_px;
    let set = Type::new(style.title_px, style.ink).semi_bold();
    for line in balanced(title, set.px, set.weight, right - left, 2) {
        canvas.text(&line, left, y, set);
        y += 1.25 * set.px;
    }
    let set = Type::new(style.subtitle_px, style.grey);
    for line in wrap(subtitle, set.px, set.weight, right - left, 2) {
        canvas.text(&line, left, y, set);
        y += 1.3 * set.px;
    }
    let foot = f64::from(HEIGHT) - 0.65 * style.margin_px;
    footer(canvas, summary, style, (left, right), foot);
    Area { left, top: y + 0.6 * style.label_px, right, bottom: foot - 1.2 * style.label_px }
}

/// Where the numbers come from and what the intervals hold. Only the scenario's name may be shortened.
fn footer(canvas: &mut Canvas<'_>, summary: &Summary, style: &Style, (left, right): (f64, f64), y: f64) {
    let set = Type::new(style.label_px, style.grey);
    let replications = match (summary.interrupted, summary.replications) {
        (true, n) => {
            format!("{} of {} replications", format_count(n as f64), format_count(summary.planned as f64))
        }
        (false, 1) => "1 replication".to_owned(),
        (false, n) => format!("{} replications", format_count(n as f64)),
    };
    let intervals = match (summary.replications, summary.draws) {
        (0 | 1, _) => "no intervals".to_owned(),
        (_, None) => "intervals: chance only, one parameter set".to_owned(),
        (_, Some(drawn)) => {
            let left_out = if summary.holds_discrepancy() { ", what the model leaves out" } else { "" };
            format!("intervals: chance, {} parameters{left_out}", drawn.parameters)
        }
    };
    let rest = format!(" · {replications} · seed {} · {intervals}", summary.seed);
    let broken = (summary.laws.violated > 0)
        .then(|| format!(" · laws broken: {}", format_count(summary.laws.violated as f64)));
    let tail = text_width(&rest, set.px, set.weight)
        + broken.as_deref().map_or(0.0, |b| text_width(b, set.px, Weight::SemiBold));
    let name = shorten(&format!("scenario {}", summary.scenario), set.px, set.weight, right - left - tail);
    let line = format!("{name}{rest}");
    canvas.text(&line, left, y, set);
    if let Some(broken) = broken {
        // A run that broke a law of the model must not look like one that did not.
        let x = left + text_width(&line, set.px, set.weight);
        canvas.text(&broken, x, y, Type::new(style.label_px, style.other).semi_bold());
    }
}

/// What the picture is, in words, for the description inside the SVG.
pub(crate) fn description(summary: &Summary, about: &str) -> String {
    format!(
        "{about}. Scenario {}, {} of {} replications, seed {}. {}",
        summary.scenario, summary.replications, summary.planned, summary.seed, summary.uncertainty
    )
}
