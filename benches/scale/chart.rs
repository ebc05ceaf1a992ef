//! The picture of the table: time and memory over those of the base, a panel for each thing that grows.
//!
//! Axes are logarithmic, and a decade is as long in all panels, so that growth in proportion is equally steep in all. It is
//! drawn with the canvas, the scales and the style of the project's other charts, which the library keeps to itself: so
//! their files are compiled here once more.

#[allow(dead_code, reason = "this picture needs fewer primitives than the library's charts")]
#[path = "../../src/report/chart/canvas.rs"]
mod canvas;
#[allow(dead_code, unused_imports, reason = "logarithmic scales are enough; its tests run in the library")]
#[path = "../../src/report/chart/scale.rs"]
mod scale;
#[allow(dead_code, unreachable_pub, reason = "written for a library, where others see it")]
#[path = "../../src/report/chart/style.rs"]
mod style;

use bidcast::report::chart::{ChartError, Drawing};

use super::sizes::{GROWTHS, Growth};
use super::table::{self, Row};
use canvas::{Anchor, Canvas, HEIGHT, Type, WIDTH, paint};
use scale::Scale;
use style::{Colour, Style};

/// Decades left free at both ends of an axis.
const MARGIN_DECADES: f64 = 0.06;
/// Room to the left of the first panel for the numbers of the y axis.
const AXIS_PX: f64 = 84.0;
/// Room to the right of each panel for the labels of its lines.
const LABELS_PX: f64 = 250.0;
/// Upper and lower end of what panels and the names of their axes may take.
const BAND_PX: [f64; 2] = [240.0, 970.0];

/// A line of a panel: what it shows, its colour, a value over that of the base, and that value with its unit.
struct Measure {
    colour: Colour,
    value: fn(&Row) -> f64,
    label: fn(&Row) -> String,
}

/// Draws the table, whose first row is the base.
pub(crate) fn draw(rows: &[Row]) -> Result<Drawing, ChartError> {
    let style = Style::default();
    let base = &rows[0];
    let mut measures = vec![Measure {
        colour: style.main,
        value: |row| row.processor_seconds,
        label: |row| format!("time {} s", short(row.processor_seconds)),
    }];
    // A system that does not tell the peak has zeros, which have no logarithm.
    if rows.iter().all(|row| row.peak_mib > 0.0) {
        measures.push(Measure {
            colour: style.other,
            value: |row| row.peak_mib,
            label: |row| format!("memory {} MiB", short(row.peak_mib)),
        });
    }
    let (title, about) =
        (title(rows), "Time and memory of one replication as the model grows, over the base");
    let svg = paint(&title, about, |canvas| {
        let (left, right) = (style.margin_px, f64::from(WIDTH) - style.margin_px);
        canvas.text(&title, left, style.margin_px, Type::new(style.title_px, style.ink).semi_bold());
        let grey = Type::new(style.subtitle_px, style.grey);
        let lines = [
            format!(
                "Processor time and peak memory of one replication, over those of the base: {} s and {} MiB",
                short(base.processor_seconds),
                short(base.peak_mib)
            ),
            "Logarithmic axes, the same in all panels; dashed: growth in proportion".to_owned(),
        ];
        let mut y = style.margin_px + 1.25 * style.title_px;
        for line in lines {
            canvas.text(&line, left, y, grey);
            y += 1.3 * style.subtitle_px;
        }
        let s = if base.rounds == 1 { "" } else { "s" };
        let foot = format!(
            "one replication of {}, each in a process of its own · medians of {} round{s} taken in turn",
            base.reach, base.rounds
        );
        let below = f64::from(HEIGHT) - 0.65 * style.margin_px;
        canvas.text(&foot, left, below, Type::new(style.label_px, style.grey));
        panels(canvas, &style, rows, &measures, [left + AXIS_PX, right]);
    })?;
    Ok(Drawing { svg, csv: table::csv(rows) })
}

/// Says what the largest market costs.
fn title(rows: &[Row]) -> String {
    let base = &rows[0];
    let apps = rows.iter().filter(|row| row.axis == "apps");
    let Some(most) = apps.max_by(|a, b| a.amount.total_cmp(&b.amount)) else {
        return "What a larger model costs".to_owned();
    };
    let time = short(most.processor_seconds / base.processor_seconds);
    let memory = match most.peak_mib / base.peak_mib {
        times if times.is_finite() => format!(" and {} times the memory", short(times)),
        _ => String::new(),
    };
    format!("{} times the apps take {time} times the time{memory}", short(most.amount))
}

/// Draws all panels side by side between two x.
fn panels(
    canvas: &mut Canvas<'_>,
    style: &Style,
    rows: &[Row],
    measures: &[Measure],
    [left, right]: [f64; 2],
) {
    let base = &rows[0];
    let over = |measure: &Measure, row: &Row| (measure.value)(row) / (measure.value)(base);
    let xs: Vec<[f64; 2]> = GROWTHS
        .iter()
        .map(|growth| reach(points(growth, rows).iter().map(|(amount, _)| amount / growth.base)))
        .collect();
    let all = measures.iter().flat_map(|measure| rows.iter().map(move |row| over(measure, row)));
    let ys = reach(all);
    let room = right - left - LABELS_PX * GROWTHS.len() as f64;
    let decade = room / xs.iter().map(decades).sum::<f64>();
    let heading = 1.8 * style.label_px;
    let (top, bottom) = (BAND_PX[0] + heading, BAND_PX[1] - heading);
    let y = Scale::log(ys[0], ys[1], bottom, top);
    let mut from = left;
    for (index, (growth, range)) in GROWTHS.iter().zip(&xs).enumerate() {
        let to = from + decade * decades(range);
        let x = Scale::log(range[0], range[1], from, to);
        let heading = Type::new(style.label_px, style.ink).semi_bold();
        canvas.text(growth.heading, from, top - 0.9 * style.label_px, heading);
        grid(canvas, style, &y, [from, to], index == 0);
        canvas.line(&[(from, bottom), (to, bottom)], style.grey, 1.0, 2.0);
        let points = points(growth, rows);
        // Growth in proportion, from the least to the most, where it is in sight.
        let (low, high) = points.iter().fold((1.0_f64, 1.0_f64), |(low, high), (amount, _)| {
            (low.min(amount / growth.base), high.max(amount / growth.base))
        });
        let ends = [low.max(ys[0]), high.min(ys[1])].map(|ratio| (x.pixel(ratio), y.pixel(ratio)));
        canvas.dashes(ends[0], ends[1], style.grey, 2.0);
        let set = Type::new(style.label_px, style.grey).anchor(Anchor::Middle);
        for (amount, _) in &points {
            let at = x.pixel(amount / growth.base);
            canvas.line(&[(at, bottom), (at, bottom + 10.0)], style.grey, 1.0, 2.0);
            canvas.text(&short(*amount), at, bottom + 1.2 * style.label_px, set);
        }
        let mut ends = Vec::new();
        for measure in measures {
            let line: Vec<(f64, f64)> = points
                .iter()
                .map(|(amount, row)| (x.pixel(amount / growth.base), y.pixel(over(measure, row))))
                .collect();
            canvas.line(&line, measure.colour, 1.0, 4.0);
            for at in &line {
                canvas.dot(*at, 8.0, measure.colour);
            }
            if let (Some(at), Some((_, row))) = (line.last(), points.last()) {
                ends.push((*at, (measure.label)(row), measure.colour));
            }
        }
        label(canvas, style, &ends);
        from = to + LABELS_PX;
    }
}

/// Grid lines of the y axis, with their values at the first panel.
fn grid(canvas: &mut Canvas<'_>, style: &Style, y: &Scale, [from, to]: [f64; 2], named: bool) {
    let set = Type::new(style.label_px, style.grey).anchor(Anchor::End);
    for tick in y.ticks(8) {
        let at = y.pixel(tick);
        canvas.line(&[(from, at), (to, at)], style.grid, 1.0, 1.5);
        if named {
            canvas.text(&format!("{}×", short(tick)), from - 16.0, at, set);
        }
    }
}

/// Labels to the right of the last points, pushed apart where they would touch.
fn label(canvas: &mut Canvas<'_>, style: &Style, ends: &[((f64, f64), String, Colour)]) {
    let gap = 1.25 * style.label_px;
    let middle = ends.iter().map(|((_, y), ..)| y).sum::<f64>() / ends.len() as f64;
    let crowded = ends.windows(2).any(|pair| (pair[0].0.1 - pair[1].0.1).abs() < gap);
    for ((x, y), text, colour) in ends {
        let rank = ends.iter().filter(|((_, other), ..)| other < y).count() as f64;
        let y = if crowded { middle + gap * (rank - 0.5 * (ends.len() - 1) as f64) } else { *y };
        canvas.text(text, x + 18.0, y, Type::new(style.label_px, *colour).semi_bold());
    }
}

/// The rows of a growth and the base among them, with their amounts, from the least.
fn points<'r>(growth: &Growth, rows: &'r [Row]) -> Vec<(f64, &'r Row)> {
    let of_it = rows.iter().filter(|row| row.axis == growth.axis).map(|row| (row.amount, row));
    let mut points: Vec<(f64, &Row)> = of_it.chain([(growth.base, &rows[0])]).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

/// Ends of a logarithmic axis that shows all ratios, and 1.
fn reach(ratios: impl Iterator<Item = f64>) -> [f64; 2] {
    let (low, high) = ratios.fold((1.0_f64, 1.0_f64), |(low, high), ratio| (low.min(ratio), high.max(ratio)));
    let margin = 10_f64.powf(MARGIN_DECADES);
    [low / margin, high * margin]
}

fn decades(range: &[f64; 2]) -> f64 {
    (range[1] / range[0]).log10()
}

/// A number with two digits where it is small.
fn short(number: f64) -> String {
    let digits = if number < 10.0 && (number - number.round()).abs() > 0.05 { 1 } else { 0 };
    format!("{number:.digits$}")
}
