//! The published facts that the model was fitted to, and where the model stands to each of them.

use crate::experiment::{Estimate, Summary, TargetCheck};
use crate::metrics::{METRICS, Unit};
use crate::report::table::{format_change, format_value};

use super::canvas::{Anchor, Canvas, Type, Weight, paint};
use super::fan::{single, text_of};
use super::labels::shorten;
use super::months::calibration_year;
use super::page::{Area, description, page};
use super::panel::Panel;
use super::scale::Scale;
use super::{Chart, ChartError, Drawing, Style, missing};

/// Half width of the shaded zone, relative to the published value. A reading aid, not a test.
const ZONE: f64 = 0.15;
/// The axis never reaches further than this; what lies beyond is written at its edge.
const FURTHEST: f64 = 0.60;
/// Rows closer than this, in text sizes, touch.
const ROW: f64 = 1.25;
/// Room for the two columns of values at the right.
const RIGHT_PX: f64 = 380.0;

pub(super) const CHART: Chart = Chart {
    name: "targets",
    about: "Published facts that the model was fitted to, and the model's median beside each",
    title,
    draw,
};

/// A published value with what the model says, both relative to the published value.
struct Row<'s> {
    target: &'s TargetCheck,
    unit: Unit,
    estimate: Option<&'s Estimate>,
    median: f64,
}

impl<'s> Row<'s> {
    fn of(summary: &'s Summary, target: &'s TargetCheck) -> Option<Self> {
        let relative = target.median / target.value - 1.0;
        let unit = METRICS.iter().find(|m| m.name == target.metric).map_or(Unit::Ratio, |m| m.unit);
        let estimate = summary.metrics.get(&target.metric).and_then(|years| years.get(&target.year));
        (target.role == "fit" && relative.is_finite()).then_some(Self {
            target,
            unit,
            estimate,
            median: relative,
        })
    }

    fn relative(&self, x: f64) -> f64 {
        x / self.target.value - 1.0
    }

    /// 10 % and 90 % quantile relative to the published value, where there is a spread.
    fn interval(&self) -> Option<(f64, f64)> {
        let e = self.estimate.filter(|e| !single(e))?;
        Some((self.relative(e.p10), self.relative(e.p90)))
    }
}

fn rows(summary: &Summary) -> Result<Vec<Row<'_>>, ChartError> {
    let rows: Vec<_> = summary.targets.iter().filter_map(|t| Row::of(summary, t)).collect();
    if rows.is_empty() { Err(missing("target that the model is fitted to")) } else { Ok(rows) }
}

fn title(summary: &Summary) -> Result<String, ChartError> {
    let rows = rows(summary)?;
    let near = rows.iter().filter(|r| r.median.abs() <= ZONE).count();
    let all = rows.len();
    Ok(format!(
        "The model’s median is within ±{:.0} % of {near} of the {all} published facts it is fitted to",
        100.0 * ZONE
    ))
}

fn draw(summary: &Summary, style: &Style) -> Result<Drawing, ChartError> {
    let rows = rows(summary)?;
    let title = title(summary)?;
    let svg = paint(&title, &description(summary, CHART.about), |canvas| {
        let spread =
            if summary.replications == 1 { "one simulated future" } else { "median and 80 % of futures" };
        let zone =
            format!("Model relative to the published value: {spread}; shaded: within ±{:.0} %", 100.0 * ZONE);
        let whole = page(canvas, summary, style, &title, &zone);
        let (top, bottom) = (whole.top + 1.4 * style.label_px, whole.bottom - 1.6 * style.label_px);
        let room = ((bottom - top) / (ROW * style.label_px)).floor().max(1.0) as usize;
        let shown = worst(&rows, room);
        let reach = shown
            .iter()
            .flat_map(|r| [r.median, r.interval().map_or(0.0, |i| i.0), r.interval().map_or(0.0, |i| i.1)]);
        let reach = (reach.map(f64::abs).fold(2.0 * ZONE, f64::max) * 10.0).ceil() / 10.0;
        let reach = if reach.is_finite() { reach.min(FURTHEST) } else { FURTHEST };
        let area = Area { left: whole.left + 640.0, top, right: whole.right - RIGHT_PX, bottom };
        let pitch = (bottom - top) / shown.len() as f64;
        let panel = Panel {
            area,
            x: Scale::linear(-reach, reach, area.left, area.right),
            y: Scale::linear(0.0, shown.len() as f64, top, bottom),
            style,
        };
        canvas.rectangle(panel.x.pixel(-ZONE), top, panel.x.pixel(ZONE), bottom, style.zone, 1.0);
        axis(canvas, &panel);
        headings(canvas, &panel, whole, shown.len() < rows.len());
        for (i, row) in shown.iter().enumerate() {
            draw_row(
                canvas,
                &panel,
                row,
                (whole.left, top + (i as f64 + 0.5) * pitch),
                reach,
                calibration_year(summary),
            );
        }
    })?;
    Ok(Drawing { svg, csv: table(&rows)? })
}

/// All rows in their order; when there is no room for all, those that deviate most.
fn worst<'r, 's>(rows: &'r [Row<'s>], room: usize) -> Vec<&'r Row<'s>> {
    let mut shown: Vec<(usize, &Row<'_>)> = rows.iter().enumerate().collect();
    shown.sort_by(|(_, a), (_, b)| b.median.abs().total_cmp(&a.median.abs()));
    shown.truncate(room);
    shown.sort_by_key(|(i, _)| *i);
    shown.into_iter().map(|(_, r)| r).collect()
}

fn axis(canvas: &mut Canvas<'_>, panel: &Panel<'_>) {
    let style = panel.style;
    let set = Type::new(style.label_px, style.grey).anchor(Anchor::Middle);
    for tick in panel.x.ticks(6) {
        let x = panel.x.pixel(tick);
        let at_zero = tick.abs() < 1e-9;
        let (colour, px) = if at_zero { (style.ink, 2.0) } else { (style.grid, 1.5) };
        canvas.line(&[(x, panel.area.top), (x, panel.area.bottom)], colour, 1.0, px);
        let text = if at_zero {
            "published".to_owned()
        } else {
            format!("{}{:.0} %", if tick > 0.0 { "+" } else { "−" }, 100.0 * tick.abs())
        };
        canvas.text(&text, x, panel.area.bottom + 1.0 * style.label_px, set);
    }
}

fn headings(canvas: &mut Canvas<'_>, panel: &Panel<'_>, whole: Area, some_left_out: bool) {
    let style = panel.style;
    let y = panel.area.top - 0.8 * style.label_px;
    let set = Type::new(style.label_px, style.ink).semi_bold();
    let what = if some_left_out { "Published fact (largest deviations)" } else { "Published fact" };
    canvas.text(what, whole.left, y, set);
    canvas.text("Model", whole.right - 0.5 * RIGHT_PX, y, set.anchor(Anchor::End));
    canvas.text("Published", whole.right, y, set.anchor(Anchor::End));
}

fn draw_row(
    canvas: &mut Canvas<'_>,
    panel: &Panel<'_>,
    row: &Row<'_>,
    (left, y): (f64, f64),
    reach: f64,
    fitted: Option<i32>,
) {
    let style = panel.style;
    let set = Type::new(style.label_px, style.ink);
    // The period is named where it is not the fitted year.
    let usual = fitted.is_some_and(|f| row.target.period == f.to_string());
    let name = if usual {
        row.target.quantity.clone()
    } else {
        format!("{}, {}", row.target.quantity, row.target.period)
    };
    canvas.text(&shorten(&name, set.px, Weight::Regular, panel.area.left - left - 30.0), left, y, set);
    let right = panel.area.right + RIGHT_PX;
    canvas.text(
        &format_value(row.unit, row.target.median),
        right - 0.5 * RIGHT_PX,
        y,
        set.semi_bold().anchor(Anchor::End),
    );
    canvas.text(
        &format_value(row.unit, row.target.value),
        right,
        y,
        Type::new(style.label_px, style.grey).anchor(Anchor::End),
    );

    let colour = if row.median.abs() <= ZONE { style.main } else { style.other };
    let inside = |v: f64| v.clamp(-reach, reach);
    if let Some((low, high)) = row.interval() {
        let (x0, x1) = (panel.x.pixel(inside(low)), panel.x.pixel(inside(high)));
        canvas.line(&[(x0, y), (x1, y)], colour, 0.55, 7.0);
    }
    if row.median.abs() <= reach {
        canvas.dot((panel.x.pixel(row.median), y), 9.0, colour);
    } else {
        // Beyond the axis: an arrow at its edge, with the number that it stands for.
        let side = row.median.signum();
        let tip = panel.x.pixel(side * reach);
        let arrow = [(tip, y), (tip - side * 18.0, y - 10.0), (tip - side * 18.0, y + 10.0)];
        canvas.polygon(&arrow, colour, 1.0);
        let anchor = if side > 0.0 { Anchor::End } else { Anchor::Start };
        canvas.text(
            &format_change(row.median),
            tip - side * 28.0,
            y,
            Type::new(style.label_px, colour).semi_bold().anchor(anchor),
        );
    }
}

fn table(rows: &[Row<'_>]) -> Result<String, ChartError> {
    let failed = |e: csv::Error| ChartError::Table(e.to_string());
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "id",
        "metric",
        "year",
        "published",
        "model_p50",
        "relative_p50",
        "relative_p10",
        "relative_p90",
    ])
    .map_err(failed)?;
    for row in rows {
        let (low, high) =
            row.interval().map_or_else(Default::default, |(a, b)| (a.to_string(), b.to_string()));
        let t = row.target;
        let (value, median, relative) = (t.value.to_string(), t.median.to_string(), row.median.to_string());
        out.write_record([&t.id, &t.metric, &t.year, &value, &median, &relative, &low, &high])
            .map_err(failed)?;
    }
    text_of(out)
}
