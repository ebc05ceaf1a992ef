//! How concentrated the market is, month by month: the share of the 20 largest apps above, the HHI below.

use crate::experiment::Summary;
use crate::metrics::Unit;
use crate::report::table::{format_count, format_value};

use super::canvas::paint;
use super::fan::{Band, Fan, PlottedMonths, interval_in_words, legend};
use super::market_fan::calibration_line;
use super::months::Series;
use super::page::{Area, description, page};
use super::panel::{Panel, axis_width};
use super::scale::Scale;
use super::{Chart, ChartError, Drawing, Style};

const BANDS: &[Band] = &[Band::NineteenTwentieths, Band::FourFifths];
const TICKS: usize = 4;
/// The HHI is between 0 and 1 in files and shown on the scale of competition authorities.
const HHI_POINTS: f64 = 10_000.0;

pub(super) const CHART: Chart = Chart {
    name: "concentration",
    about: "Share of the 20 largest apps and Herfindahl-Hirschman index of in-app purchases, month by month",
    title,
    draw,
};

fn title(summary: &Summary) -> Result<String, ChartError> {
    let share = Series::of(summary, "cr20")?;
    let hhi = Series::of(summary, "hhi")?.scaled(HHI_POINTS);
    let (Some((_, (month, cr20))), Some((_, (_, hhi)))) = (share.ends(), hhi.ends()) else {
        return Ok(CHART.about.to_owned());
    };
    Ok(format!(
        "{}: the 20 largest apps take {} of in-app purchases{}; HHI {}",
        month.name(),
        format_value(Unit::Share, cr20.p50),
        interval_in_words(Unit::Share, &cr20),
        format_count(hhi.p50)
    ))
}

fn draw(summary: &Summary, style: &Style) -> Result<Drawing, ChartError> {
    let share = Series::of(summary, "cr20")?;
    let hhi = Series::of(summary, "hhi")?.scaled(HHI_POINTS);
    let title = title(summary)?;
    let svg = paint(&title, &description(summary, CHART.about), |canvas| {
        let subtitle = format!("In-app purchases (IAP) by app; {}", legend(summary, "80 and 95 %"));
        let whole = page(canvas, summary, style, &title, &subtitle);
        let fans = [
            (Fan { series: &share, unit: Unit::Share, bands: BANDS }, "Share of the top 20 apps in IAP"),
            // The index is a plain number of four digits at most: written like a count.
            (Fan { series: &hhi, unit: Unit::Apps, bands: BANDS }, "HHI of IAP by app, ×10,000"),
        ];
        let areas = stacked(whole, 0.5, style);
        let scales =
            [0, 1].map(|i| Scale::around(fans[i].0.values(), false, TICKS, (areas[i].bottom, areas[i].top)));
        let widest = |f: &dyn Fn(usize) -> f64| f(0).max(f(1));
        let left = widest(&|i| axis_width(fans[i].0.unit, &scales[i], TICKS, style));
        let gutter =
            widest(&|i| fans[i].0.end_labels(style).iter().map(|l| l.width(style)).fold(0.0, f64::max));
        for (i, (fan, heading)) in fans.iter().enumerate() {
            let area = Area { left: whole.left + left, right: whole.right - gutter, ..areas[i] };
            let n = fan.series.len();
            let panel =
                Panel { area, x: Scale::linear(0.0, n as f64, area.left, area.right), y: scales[i], style };
            panel.y_axis(canvas, fan.unit, TICKS);
            let taken = panel.heading(canvas, heading);
            fan.draw(canvas, &panel);
            calibration_line(canvas, &panel, summary, fan.series, taken);
            panel.end_labels(canvas, &fan.end_labels(style));
            panel.month_axis(canvas, fan.series.first, n);
        }
    })?;
    let mut table = PlottedMonths::new()?;
    table.fan("cr20", "share", &share, BANDS)?;
    table.fan("hhi", "points_of_10000", &hhi, BANDS)?;
    Ok(Drawing { svg, csv: table.finish()? })
}

/// Two plots, one above the other, each with room for a heading above and an axis below; `part` is the upper one's.
pub(super) fn stacked(whole: Area, part: f64, style: &Style) -> [Area; 2] {
    let (head, foot) = (1.6 * style.label_px, 1.8 * style.label_px);
    let middle = whole.top + part * (whole.bottom - whole.top);
    [
        Area { top: whole.top + head, bottom: middle - foot, ..whole },
        Area { top: middle + head + 0.4 * style.label_px, bottom: whole.bottom - foot, ..whole },
    ]
}
