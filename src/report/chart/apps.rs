//! How many apps advertise, and how many enter and leave each month.

use crate::experiment::Summary;
use crate::metrics::Unit;
use crate::report::table::{format_axis, format_value};

use super::canvas::{Anchor, Canvas, Type, Weight, paint};
use super::concentration::stacked;
use super::fan::{Band, Fan, PlottedMonths, interval_in_words, legend};
use super::market_fan::calibration_line;
use super::months::Series;
use super::page::{Area, description, page};
use super::panel::{EndLabel, Panel, axis_width};
use super::render::text_width;
use super::scale::Scale;
use super::{Chart, ChartError, Drawing, Style};

const ADVERTISING: &str = "apps_end";
const ENTRIES: &str = "entries";
const EXITS: &str = "exits";
const BANDS: &[Band] = &[Band::NineteenTwentieths, Band::FourFifths];
const FLOW_BANDS: &[Band] = &[Band::FourFifths];
const TICKS: usize = 4;

pub(super) const CHART: Chart = Chart {
    name: "apps",
    about: "Apps that advertise in each month, and apps that enter and leave",
    title,
    draw,
};

fn title(summary: &Summary) -> Result<String, ChartError> {
    let Some(((start, first), (end, last))) = Series::of(summary, ADVERTISING)?.ends() else {
        return Ok(CHART.about.to_owned());
    };
    let (count, interval) = (format_value(Unit::Apps, last.p50), interval_in_words(Unit::Apps, &last));
    let now = format!("{count} apps advertise in {}{interval}", end.name());
    Ok(if start == end {
        now
    } else {
        format!("{now}, after {} in {}", format_value(Unit::Apps, first.p50), start.name())
    })
}

/// One kind of flow: drawn as bars on one side of the zero line.
struct Flow<'a> {
    series: &'a Series,
    name: &'static str,
    sign: f64,
    colour: super::style::Colour,
}

fn draw(summary: &Summary, style: &Style) -> Result<Drawing, ChartError> {
    let apps = Series::of(summary, ADVERTISING)?;
    let (entries, exits) = (Series::of(summary, ENTRIES)?, Series::of(summary, EXITS)?);
    let title = title(summary)?;
    let svg = paint(&title, &description(summary, CHART.about), |canvas| {
        let whisker = if summary.replications == 1 { "" } else { "; whiskers hold 80 %" };
        let subtitle = format!("Number of apps; {}{whisker}", legend(summary, "80 and 95 %"));
        let whole = page(canvas, summary, style, &title, &subtitle);
        let areas = stacked(whole, 0.56, style);
        let fan = Fan { series: &apps, unit: Unit::Apps, bands: BANDS };
        let flows = [
            Flow { series: &entries, name: "enter", sign: 1.0, colour: style.main },
            Flow { series: &exits, name: "leave", sign: -1.0, colour: style.other },
        ];
        let stock_y = Scale::around(fan.values(), true, TICKS, (areas[0].bottom, areas[0].top));
        let ends = |f: &Flow<'_>| -> Vec<f64> {
            let sign = f.sign;
            f.series.estimates.iter().flatten().flat_map(|e| [sign * e.p90, sign * e.p50]).collect()
        };
        let flow_y = Scale::around(flows.iter().flat_map(ends), true, TICKS, (areas[1].bottom, areas[1].top));
        let left =
            axis_width(Unit::Apps, &stock_y, TICKS, style).max(axis_width(Unit::Apps, &flow_y, TICKS, style));
        let labels = fan.end_labels(style);
        let gutter = labels.iter().chain(&flow_labels(&flows)).map(|l| l.width(style)).fold(0.0, f64::max);
        let n = apps.len();
        let [above, below] =
            areas.map(|a| Area { left: whole.left + left, right: whole.right - gutter, ..a });
        let x = Scale::linear(0.0, n as f64, above.left, above.right);

        let panel = Panel { area: above, x, y: stock_y, style };
        panel.y_axis(canvas, Unit::Apps, TICKS);
        let taken = panel.heading(canvas, "Apps that advertise in the month");
        fan.draw(canvas, &panel);
        calibration_line(canvas, &panel, summary, &apps, taken);
        panel.end_labels(canvas, &labels);
        panel.month_axis(canvas, apps.first, n);

        let panel = Panel { area: below, x, y: flow_y, style };
        flow_axis(canvas, &panel);
        heading(canvas, &panel);
        for flow in &flows {
            bars(canvas, &panel, flow, &apps);
        }
        panel.line(canvas, &[(0.0, 0.0), (n as f64, 0.0)], style.grey, 1.0, 2.0);
        panel.end_labels(canvas, &flow_labels(&flows).map(|l| EndLabel { x: n as f64, ..l }));
        panel.month_axis(canvas, apps.first, n);
    })?;
    let mut table = PlottedMonths::new()?;
    table.fan(ADVERTISING, "apps", &apps, BANDS)?;
    table.fan(ENTRIES, "apps", &entries, FLOW_BANDS)?;
    table.fan(EXITS, "apps", &exits, FLOW_BANDS)?;
    Ok(Drawing { svg, csv: table.finish()? })
}

/// The heading names the two colours, so that no legend is needed.
fn heading(canvas: &mut Canvas<'_>, panel: &Panel<'_>) {
    let style = panel.style;
    let y = panel.area.top - 0.9 * style.label_px;
    let mut x = panel.area.left;
    let space = 0.28 * style.label_px;
    for (text, colour) in [
        ("Apps that", style.ink),
        ("enter", style.main),
        ("and", style.ink),
        ("leave", style.other),
        ("in the month", style.ink),
    ] {
        canvas.text(text, x, y, Type::new(style.label_px, colour).semi_bold());
        x += text_width(text, style.label_px, Weight::SemiBold) + space;
    }
}

/// As the usual axis, but numbers of apps that leave are not negative: down is only where they are drawn.
fn flow_axis(canvas: &mut Canvas<'_>, panel: &Panel<'_>) {
    let ticks = panel.y.ticks(TICKS);
    let set = Type::new(panel.style.label_px, panel.style.grey).anchor(Anchor::End);
    for (tick, label) in ticks.iter().zip(format_axis(Unit::Apps, &ticks)) {
        let y = panel.y.pixel(*tick);
        canvas.line(&[(panel.area.left, y), (panel.area.right, y)], panel.style.grid, 1.0, 1.5);
        canvas.text(label.trim_start_matches('−'), panel.area.left - 16.0, y, set);
    }
}

/// The median of the last month for each flow.
fn flow_labels(flows: &[Flow<'_>; 2]) -> [EndLabel; 2] {
    [0, 1].map(|i| {
        let flow = &flows[i];
        let last = flow.series.ends().map_or(0.0, |(_, (_, e))| e.p50);
        EndLabel {
            x: 0.0,
            y: flow.sign * last,
            value: format_value(Unit::Apps, last),
            note: flow.name.to_owned(),
            colour: flow.colour,
        }
    })
}

fn bars(canvas: &mut Canvas<'_>, panel: &Panel<'_>, flow: &Flow<'_>, axis: &Series) {
    for (month, estimate) in flow.series.months() {
        let (Some(e), Ok(i)) = (estimate, usize::try_from(month.since(axis.first))) else { continue };
        if i >= axis.len() || !e.p50.is_finite() {
            continue;
        }
        let x = i as f64;
        let (zero, end) = (panel.y.pixel(0.0), panel.y.pixel(flow.sign * e.p50));
        canvas.rectangle(panel.x.pixel(x + 0.2), zero, panel.x.pixel(x + 0.8), end, flow.colour, 0.75);
        panel.error_bar(canvas, x + 0.5, flow.sign * e.p10, flow.sign * e.p90);
    }
}
