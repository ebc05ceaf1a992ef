//! Market size month by month: the fan, a few single futures, and the published expectation.

use crate::experiment::{Summary, TargetCheck};
use crate::metrics::Unit;
use crate::report::table::{format_range, format_value};

use super::canvas::{Anchor, Canvas, Type, Weight, paint};
use super::fan::{Band, Fan, PlottedMonths, legend, single};
use super::months::{Month, Series, calibration_year, last_year};
use super::page::{Area, description, page};
use super::panel::{Panel, axis_width};
use super::render::text_width;
use super::scale::Scale;
use super::{Chart, ChartError, Drawing, Style};

const METRIC: &str = "market_total_usd";
const BANDS: &[Band] = &[Band::NineteenTwentieths, Band::FourFifths, Band::Half];
const TICKS: usize = 6;
/// More single futures than this hide the fan.
const MOST_PATHS: usize = 5;

pub(super) const CHART: Chart = Chart {
    name: "market_fan",
    about: "Market size month by month, as a fan of simulated futures",
    title,
    draw,
};

fn title(summary: &Summary) -> Result<String, ChartError> {
    let series = Series::of(summary, METRIC)?;
    Ok(match (last_year(summary, METRIC), series.ends()) {
        (Some((year, e)), _) if single(e) => {
            format!("{year} market: {} in the one simulated future", format_value(Unit::Usd, e.p50))
        }
        (Some((year, e)), _) => format!(
            "{year} market: {} median, 80 % of futures {}",
            format_value(Unit::Usd, e.p50),
            format_range(Unit::Usd, e.p10, e.p90)
        ),
        (None, Some((_, (month, e)))) => {
            format!("Market in {}: {} median", month.name(), format_value(Unit::Usd, e.p50))
        }
        (None, None) => CHART.about.to_owned(),
    })
}

/// A published value for a whole year, spread evenly over its months.
struct Reference<'s> {
    year: i32,
    monthly: f64,
    target: &'s TargetCheck,
}

impl<'s> Reference<'s> {
    fn find(summary: &'s Summary, series: &Series) -> Option<Self> {
        let target =
            summary.targets.iter().find(|t| t.role == "reference" && t.metric == METRIC && t.value > 0.0)?;
        let year: i32 = target.year.parse().ok()?;
        let starts = Month::january(year).since(series.first);
        let shown = starts + 12 > 0 && starts < series.len() as i32;
        shown.then_some(Self { year, monthly: target.value / 12.0, target })
    }

    /// Start and end on the axis of months.
    fn span(&self, series: &Series) -> (f64, f64) {
        let start = Month::january(self.year).since(series.first);
        (f64::from(start.max(0)), f64::from((start + 12).min(series.len() as i32)))
    }

    fn text(&self) -> String {
        format!(
            "published for {}: {}{} = {} a month",
            self.year,
            if self.target.bound == "at least" { "more than " } else { "" },
            format_value(Unit::Usd, self.target.value),
            format_value(Unit::Usd, self.monthly)
        )
    }
}

fn draw(summary: &Summary, style: &Style) -> Result<Drawing, ChartError> {
    let series = Series::of(summary, METRIC)?;
    // The path of the only replication would lie on the median.
    let most = if summary.replications > 1 { MOST_PATHS } else { 0 };
    let paths: Vec<&[f64]> = summary
        .paths
        .get(METRIC)
        .into_iter()
        .flatten()
        .take(most)
        .map(|p| &p[..p.len().min(series.len())])
        .collect();
    let reference = Reference::find(summary, &series);
    let title = title(summary)?;
    let svg = paint(&title, &description(summary, CHART.about), |canvas| {
        let futures = match paths.len() {
            0 => String::new(),
            1 => "; thin line: one future".to_owned(),
            n => format!("; thin lines: {n} single futures"),
        };
        let subtitle = format!(
            "Consumer payments plus in-app ad revenue, gross of fees, US$ a month; {}{}",
            legend(summary, "50, 80 and 95 %"),
            futures
        );
        let area = page(canvas, summary, style, &title, &subtitle);
        let fan = Fan { series: &series, unit: Unit::Usd, bands: BANDS };
        let seen = fan
            .values()
            .chain(paths.iter().flat_map(|p| p.iter().copied()))
            .chain(reference.as_ref().map(|r| r.monthly));
        let labels = fan.end_labels(style);
        let top = area.top + 1.6 * style.label_px;
        let bottom = area.bottom - 1.8 * style.label_px;
        let y = Scale::around(seen, true, TICKS, (bottom, top));
        let gutter = labels.iter().map(|l| l.width(style)).fold(0.0, f64::max);
        let area = Area {
            left: area.left + axis_width(Unit::Usd, &y, TICKS, style),
            top,
            right: area.right - gutter,
            bottom,
        };
        let panel =
            Panel { area, x: Scale::linear(0.0, series.len() as f64, area.left, area.right), y, style };
        panel.y_axis(canvas, Unit::Usd, TICKS);
        panel.month_axis(canvas, series.first, series.len());
        for path in &paths {
            let points: Vec<_> = path.iter().enumerate().map(|(i, v)| (i as f64 + 0.5, *v)).collect();
            panel.line(canvas, &points, style.grey, 0.75, 1.5);
        }
        fan.draw(canvas, &panel);
        calibration_line(canvas, &panel, summary, &series, 0.0);
        if let Some(reference) = &reference {
            draw_reference(canvas, &panel, reference, &series, &fan, &paths);
        }
        panel.end_labels(canvas, &labels);
    })?;
    Ok(Drawing { svg, csv: table(&series, &paths, reference.as_ref())? })
}

/// The hairline at which the fitted year ends and the forecast begins. Its words leave the first `taken` pixels above
/// the plot to the heading.
pub(super) fn calibration_line(
    canvas: &mut Canvas<'_>,
    panel: &Panel<'_>,
    summary: &Summary,
    series: &Series,
    taken: f64,
) {
    let Some(year) = calibration_year(summary) else { return };
    let end = Month::january(year + 1).since(series.first);
    if end < 0 || end as usize > series.len() {
        return;
    }
    let x = panel.x.pixel(f64::from(end));
    let style = panel.style;
    let y = panel.area.top - 0.9 * style.label_px;
    canvas.line(&[(x, panel.area.top - 1.3 * style.label_px), (x, panel.area.bottom)], style.grey, 1.0, 1.5);
    let set = Type::new(style.label_px, style.grey);
    for (text, x, anchor, room) in [
        (format!("fitted to {year}"), x - 14.0, Anchor::End, x - panel.area.left - taken),
        ("forecast".to_owned(), x + 14.0, Anchor::Start, panel.area.right - x),
    ] {
        if text_width(&text, set.px, set.weight) + 14.0 <= room {
            canvas.text(&text, x, y, set.anchor(anchor));
        }
    }
}

/// The dashed line, and its label in the wider gap above or below everything else in its months.
fn draw_reference(
    canvas: &mut Canvas<'_>,
    panel: &Panel<'_>,
    reference: &Reference<'_>,
    series: &Series,
    fan: &Fan<'_>,
    paths: &[&[f64]],
) {
    let style = panel.style;
    let (start, end) = reference.span(series);
    let level = panel.y.pixel(reference.monthly);
    let (x0, x1) = (panel.x.pixel(start), panel.x.pixel(end));
    canvas.dashes((x0, level), (x1, level), style.other, 4.0);
    let set = Type::new(style.label_px, style.other).semi_bold();
    let text = reference.text();
    let width = text_width(&text, set.px, Weight::SemiBold);
    // The label may start before its line does when the line is short: it must end inside the plot.
    let left = (x0 + 14.0).min(panel.area.right - width).max(panel.area.left);
    let (mut above, mut below) = (level, level);
    let marks = fan.series.estimates.iter().enumerate().filter_map(|(i, e)| Some((i, (*e)?)));
    let marks = marks.flat_map(|(i, e)| [(i, e.p2_5), (i, e.p97_5)]);
    let singles = paths.iter().flat_map(|p| p.iter().copied().enumerate());
    for (i, value) in marks.chain(singles) {
        let x = panel.x.pixel(i as f64 + 0.5);
        if x > left - 60.0 && x < left + width + 60.0 && value.is_finite() {
            let y = panel.y.pixel(value);
            above = above.min(y);
            below = below.max(y);
        }
    }
    let (room_above, room_below) = (above - panel.area.top, panel.area.bottom - below);
    let y = if room_below >= room_above {
        below + 0.5 * room_below.min(4.0 * set.px)
    } else {
        above - 0.5 * room_above.min(4.0 * set.px)
    };
    let x = left + 24.0;
    let foot = if y > level { y - 0.7 * set.px } else { y + 0.7 * set.px };
    canvas.line(&[(x, level), (x, foot)], style.other, 1.0, 1.5);
    canvas.text(&text, left, y, set);
}

fn table(series: &Series, paths: &[&[f64]], reference: Option<&Reference<'_>>) -> Result<String, ChartError> {
    let mut table = PlottedMonths::new()?;
    table.fan(METRIC, "USD", series, BANDS)?;
    for (i, path) in paths.iter().enumerate() {
        let months = path.iter().enumerate().map(|(m, v)| (series.first.plus(m as i32).key(), *v));
        table.line(&format!("single_future_{}", i + 1), "USD", months)?;
    }
    if let Some(reference) = reference {
        let (start, end) = reference.span(series);
        let months = (start as i32..end as i32).map(|m| (series.first.plus(m).key(), reference.monthly));
        table.line(&reference.target.id, "USD", months)?;
    }
    table.finish()
}
