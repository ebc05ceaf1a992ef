//! In-app purchases by rank of the app, both axes logarithmic.

use crate::experiment::Summary;
use crate::metrics::Unit;
use crate::report::table::{format_count, format_value};

use super::canvas::{Anchor, Canvas, Type, paint};
use super::curve::{YearCurve, draw as draw_curves, latest_two, table};
use super::page::{Area, description, page};
use super::panel::{EndLabel, Panel, axis_width};
use super::scale::Scale;
use super::{Chart, ChartError, Drawing, Style, missing};

const TICKS: usize = 8;
/// Apps that earn less than this share of the largest one are below the plot: a tail of cents would squeeze the rest.
const SMALLEST_SHARE: f64 = 1e-7;

pub(super) const CHART: Chart = Chart {
    name: "rank_size",
    about: "In-app purchases of apps by rank in the year, both axes logarithmic",
    title,
    draw,
};

fn title(summary: &Summary) -> Result<String, ChartError> {
    let style = Style::default();
    let curves = latest_two(&summary.rank_size, &style);
    let last = curves.last().ok_or_else(|| missing("rank-size curve"))?;
    let first = last.points.first().ok_or_else(|| missing("rank-size curve"))?;
    // Of the ranks that people speak of, the deepest that still earns something.
    let deep = last.points.iter().rfind(|p| p.p50 > 0.0 && [10.0, 100.0].contains(&p.x));
    let top = format!(
        "{}: app no. {} earns {}",
        last.year,
        format_count(first.x),
        format_value(Unit::Usd, first.p50)
    );
    Ok(match deep {
        Some(p) => format!("{top}, no. {} earns {}", format_count(p.x), format_value(Unit::Usd, p.p50)),
        None => top,
    })
}

fn draw(summary: &Summary, style: &Style) -> Result<Drawing, ChartError> {
    let curves = latest_two(&summary.rank_size, style);
    let title = title(summary)?;
    let plotted = || curves.iter().flat_map(|c| &c.points).filter(|p| p.x > 0.0);
    let high = plotted().map(|p| p.p90.max(p.p50)).fold(0.0, f64::max);
    if high <= 0.0 {
        return Err(missing("app with in-app purchases"));
    }
    let floor = high * SMALLEST_SHARE;
    let low = plotted().flat_map(|p| [p.p10, p.p50]).filter(|v| *v > floor).fold(high, f64::min);
    let ranks = plotted().map(|p| p.x).fold(1.0, f64::max).max(2.0);
    let (low, high) = (10f64.powf(low.log10().floor()), 10f64.powf((high.log10() * 10.0).ceil() / 10.0));
    let svg = paint(&title, &description(summary, CHART.about), |canvas| {
        let subtitle = if summary.replications == 1 {
            "In-app purchases (IAP) of the app at each rank, US$ in the year; one simulated future, no spread"
        } else {
            "In-app purchases (IAP) of the app at each rank, US$ in the year; median, and band that holds 80 % of futures; \
             which app holds a rank differs between futures"
        };
        let whole = page(canvas, summary, style, &title, subtitle);
        let (top, bottom) = (whole.top + 1.6 * style.label_px, whole.bottom - 1.8 * style.label_px);
        let y = Scale::log(low, high, bottom, top);
        let labels = end_labels(&curves, low);
        let gutter = labels.iter().map(|l| l.width(style)).fold(0.0, f64::max);
        let area = Area {
            left: whole.left + axis_width(Unit::Usd, &y, TICKS, style).max(110.0),
            top,
            right: whole.right - gutter,
            bottom,
        };
        let panel = Panel { area, x: Scale::log(1.0, ranks, area.left, area.right), y, style };
        money_axis(canvas, &panel);
        panel.heading(canvas, "IAP in the year");
        rank_axis(canvas, &panel);
        panel.floor(canvas);
        draw_curves(canvas, &panel, &curves, low);
        panel.end_labels(canvas, &labels);
    })?;
    Ok(Drawing { svg, csv: table("rank", "iap_usd", &curves)? })
}

/// A label at the last plotted rank of each year.
fn end_labels(curves: &[YearCurve<'_>], low: f64) -> Vec<EndLabel> {
    let label = |c: &YearCurve<'_>| {
        let p = c.points.iter().rev().find(|p| p.p50 >= low)?;
        let note = format!("no. {}: {}", format_count(p.x), format_value(Unit::Usd, p.p50));
        Some(EndLabel { x: p.x, y: p.p50, value: c.year.to_owned(), note, colour: c.colour })
    };
    curves.iter().filter_map(label).collect()
}

/// A logarithmic axis spans prefixes, so every tick is written in its own.
fn money_axis(canvas: &mut Canvas<'_>, panel: &Panel<'_>) {
    let set = Type::new(panel.style.label_px, panel.style.grey).anchor(Anchor::End);
    for tick in panel.y.ticks(TICKS) {
        let y = panel.y.pixel(tick);
        canvas.line(&[(panel.area.left, y), (panel.area.right, y)], panel.style.grid, 1.0, 1.5);
        canvas.text(&round_money(tick), panel.area.left - 16.0, y, set);
    }
}

/// `100 k$` rather than `100.0 k$`, `1 B$` rather than `1.00 B$`: ticks are one digit and zeros.
fn round_money(tick: f64) -> String {
    let text = format_value(Unit::Usd, tick);
    let (number, unit) = text.split_once(' ').unwrap_or((&text, ""));
    let number =
        if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
    format!("{number} {unit}")
}

fn rank_axis(canvas: &mut Canvas<'_>, panel: &Panel<'_>) {
    let style = panel.style;
    let set = Type::new(style.label_px, style.grey).anchor(Anchor::Middle);
    let y = panel.area.bottom + 1.2 * style.label_px;
    for tick in panel.x.ticks(12) {
        let x = panel.x.pixel(tick);
        canvas.line(&[(x, panel.area.top), (x, panel.area.bottom + 10.0)], style.grid, 1.0, 1.5);
        canvas.text(&format_count(tick), x, y, set);
    }
    let set = Type::new(style.label_px, style.ink).semi_bold();
    canvas.text("Rank of the app", panel.area.right + 72.0, y, set);
}
