//! Lorenz curve of in-app purchases over apps, with the Gini index.

use crate::experiment::{Estimate, Summary};
use crate::metrics::Unit;
use crate::report::table::{format_axis, format_range, format_value, with_error};

use super::canvas::{Anchor, Canvas, Type, paint};
use super::curve::{Point, YearCurve, draw as draw_curves, latest_two, table};
use super::fan::single;
use super::page::{Area, description, page};
use super::panel::{Panel, axis_width};
use super::scale::Scale;
use super::{Chart, ChartError, Drawing, Style, missing};

/// The largest apps whose share the title names, as a share of all apps.
const TOP: f64 = 0.05;

pub(super) const CHART: Chart = Chart {
    name: "lorenz",
    about: "Lorenz curve of in-app purchases over apps, with the Gini index",
    title,
    draw,
};

fn title(summary: &Summary) -> Result<String, ChartError> {
    let style = Style::default();
    let curves = latest_two(&summary.lorenz, &style);
    let last = curves.last().ok_or_else(|| missing("Lorenz curve"))?;
    let share = top_share(&last.points).map_or_else(
        || CHART.about.to_owned(),
        |s| {
            format!(
                "{}: the top 5 % of apps take {} of in-app purchases",
                last.year,
                format_value(Unit::Share, s)
            )
        },
    );
    Ok(match gini(summary, last.year) {
        Some(e) => format!("{share} (Gini {})", with_error(Unit::Ratio, e.p50, e.p50_mcse)),
        None => share,
    })
}

fn gini<'s>(summary: &'s Summary, year: &str) -> Option<&'s Estimate> {
    summary.metrics.get("gini")?.get(year)
}

/// Share of the largest apps, read off the median curve between its points.
fn top_share(points: &[Point]) -> Option<f64> {
    let at = 1.0 - TOP;
    let pair = points.windows(2).find(|w| w[0].x <= at && at <= w[1].x && w[1].x > w[0].x)?;
    let part = (at - pair[0].x) / (pair[1].x - pair[0].x);
    Some(1.0 - (pair[0].p50 + part * (pair[1].p50 - pair[0].p50)))
}

fn draw(summary: &Summary, style: &Style) -> Result<Drawing, ChartError> {
    let curves = latest_two(&summary.lorenz, style);
    let title = title(summary)?;
    let svg = paint(&title, &description(summary, CHART.about), |canvas| {
        let subtitle = if summary.replications == 1 {
            "Apps with in-app purchases (IAP) in the year, smallest first; one simulated future, no spread"
        } else {
            "Apps with in-app purchases (IAP) in the year, smallest first; median, and band that holds 80 % of futures"
        };
        let whole = page(canvas, summary, style, &title, subtitle);
        let (top, bottom) = (whole.top + 1.6 * style.label_px, whole.bottom - 1.8 * style.label_px);
        let y = Scale::linear(0.0, 1.0, bottom, top);
        let left = whole.left + axis_width(Unit::Share, &y, 5, style);
        let right = left + 1.45 * (bottom - top);
        let panel = Panel {
            area: Area { left, top, right, bottom },
            x: Scale::linear(0.0, 1.0, left, right),
            y,
            style,
        };
        panel.y_axis(canvas, Unit::Share, 5);
        panel.heading(canvas, "Cumulative share of IAP");
        panel.floor(canvas);
        share_axis(canvas, &panel);
        panel.line(canvas, &[(0.0, 0.0), (1.0, 1.0)], style.grey, 1.0, 1.5);
        let note = Type::new(style.label_px, style.grey).anchor(Anchor::End);
        canvas.text("all apps equal", panel.x.pixel(0.62) - 24.0, panel.y.pixel(0.64), note);
        draw_curves(canvas, &panel, &curves, f64::NEG_INFINITY);
        facts(canvas, summary, style, &curves, (right + 70.0, top));
    })?;
    Ok(Drawing { svg, csv: table("share_of_apps", "share_of_iap", &curves)? })
}

fn share_axis(canvas: &mut Canvas<'_>, panel: &Panel<'_>) {
    let style = panel.style;
    let set = Type::new(style.label_px, style.grey).anchor(Anchor::Middle);
    let y = panel.area.bottom + 1.2 * style.label_px;
    let ticks = panel.x.ticks(5);
    for (tick, label) in ticks.iter().zip(format_axis(Unit::Share, &ticks)) {
        let x = panel.x.pixel(*tick);
        canvas.line(&[(x, panel.area.bottom), (x, panel.area.bottom + 10.0)], style.grey, 1.0, 2.0);
        canvas.text(&label, x, y, set);
    }
    let set = Type::new(style.label_px, style.ink).semi_bold();
    canvas.text("Share of apps", panel.area.right + 50.0, y, set);
}

/// What the curves say, in their colours: the latest year first.
fn facts(
    canvas: &mut Canvas<'_>,
    summary: &Summary,
    style: &Style,
    curves: &[YearCurve<'_>],
    (x, top): (f64, f64),
) {
    let mut y = top + 0.5 * style.title_px;
    for curve in curves.iter().rev() {
        canvas.text(curve.year, x, y, Type::new(style.title_px, curve.colour).semi_bold());
        y += 1.5 * style.title_px;
        let mut lines = Vec::new();
        if let Some(e) = gini(summary, curve.year) {
            lines.push((format!("Gini {}", with_error(Unit::Ratio, e.p50, e.p50_mcse)), true));
            if !single(e) {
                lines.push((format!("80 % of futures: {}", format_range(Unit::Ratio, e.p10, e.p90)), false));
            }
        }
        if let Some(share) = top_share(&curve.points) {
            lines.push((format!("top 5 % of apps: {} of IAP", format_value(Unit::Share, share)), false));
        }
        for (line, strong) in lines {
            let set = Type::new(1.15 * style.label_px, style.ink);
            canvas.text(&line, x, y, if strong { set.semi_bold() } else { set });
            y += 1.6 * style.label_px;
        }
        y += 1.4 * style.title_px;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_share_is_read_between_points() {
        let point = |x, p50| Point { x, p10: p50, p50, p90: p50, p50_mcse: None };
        let points = [point(0.0, 0.0), point(0.9, 0.1), point(1.0, 1.0)];
        assert!((top_share(&points).unwrap() - 0.45).abs() < 1e-12);
        assert_eq!(top_share(&[]), None);
        assert_eq!(top_share(&[point(0.0, 0.0), point(0.5, 0.1)]), None);
    }
}
