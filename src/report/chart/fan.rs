//! A fan: the median of a monthly metric and nested bands around it, one hue, wider bands lighter.

use crate::experiment::{Estimate, Summary};
use crate::metrics::Unit;
use crate::report::table::{format_range, format_value};

use super::ChartError;
use super::canvas::Canvas;
use super::months::Series;
use super::panel::{EndLabel, Panel};
use super::style::Style;

/// A band of the fan, by the share of futures that it holds in each month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Band {
    Half,
    FourFifths,
    NineteenTwentieths,
}

impl Band {
    pub(crate) fn ends(self, e: &Estimate) -> (f64, f64) {
        match self {
            Self::Half => (e.p25, e.p75),
            Self::FourFifths => (e.p10, e.p90),
            Self::NineteenTwentieths => (e.p2_5, e.p97_5),
        }
    }

    fn notes(self) -> (&'static str, &'static str) {
        match self {
            Self::Half => ("p25", "p75"),
            Self::FourFifths => ("p10", "p90"),
            Self::NineteenTwentieths => ("p2.5", "p97.5"),
        }
    }

    fn alpha(self) -> f64 {
        match self {
            Self::Half => 0.32,
            Self::FourFifths => 0.24,
            Self::NineteenTwentieths => 0.15,
        }
    }
}

/// A series to be drawn as a fan.
pub(crate) struct Fan<'a> {
    pub(crate) series: &'a Series,
    pub(crate) unit: Unit,
    /// From the widest to the narrowest, the order in which they are painted.
    pub(crate) bands: &'a [Band],
}

impl Fan<'_> {
    /// Every number that the fan shows, for the range of the axis.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let ends = |e: &Estimate| {
            self.bands.iter().flat_map(|b| <[f64; 2]>::from(b.ends(e))).chain([e.p50]).collect::<Vec<_>>()
        };
        self.series.estimates.iter().flatten().flat_map(ends)
    }

    /// Labels for the last month: median and band ends, or the one value when there is no spread.
    pub(crate) fn end_labels(&self, style: &Style) -> Vec<EndLabel> {
        let Some((_, (last, e))) = self.series.ends() else { return Vec::new() };
        let x = f64::from(last.since(self.series.first)) + 0.5;
        let label = |y: f64, note: &str, colour| EndLabel {
            x,
            y,
            value: format_value(self.unit, y),
            note: note.to_owned(),
            colour,
        };
        if single(&e) {
            return vec![label(e.p50, "", style.main)];
        }
        let mut labels = vec![label(e.p50, "median", style.main)];
        for band in self.bands {
            let ((low, high), (low_note, high_note)) = (band.ends(&e), band.notes());
            labels.push(label(low, low_note, style.ink));
            labels.push(label(high, high_note, style.ink));
        }
        // From low to high, so that labels of equal values still come in the order of their quantiles.
        let rank = |l: &EndLabel| -> f64 {
            match l.note.strip_prefix('p') {
                Some(percent) => percent.parse().unwrap_or(50.0),
                None => 50.0,
            }
        };
        labels.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
        labels
    }

    /// Paints bands, median and, at the last month, the Monte Carlo error of the 80 % band and the median. Each month
    /// stands at its middle on an axis where a month is 1 long.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, panel: &Panel<'_>) {
        let style = panel.style;
        for stretch in self.stretches() {
            for band in self.bands {
                let points: Vec<_> = widened(&stretch, |e| band.ends(e));
                panel.band(canvas, &points, style.main, band.alpha());
            }
            let median: Vec<_> =
                widened(&stretch, |e| (e.p50, e.p50)).iter().map(|(x, y, _)| (*x, *y)).collect();
            panel.line(canvas, &median, style.main, 1.0, 4.0);
        }
        let Some((_, (last, e))) = self.series.ends() else { return };
        let x = f64::from(last.since(self.series.first)) + 0.5;
        let mut edges = vec![(e.p50, e.p50_mcse)];
        if self.bands.contains(&Band::FourFifths) {
            edges.extend([(e.p10, e.p10_mcse), (e.p90, e.p90_mcse)]);
        }
        for (edge, mcse) in edges {
            if let Some(mcse) = mcse {
                panel.error_bar(canvas, x, edge - mcse, edge + mcse);
            }
        }
    }

    /// Runs of months without a gap, each month with its place on the axis.
    fn stretches(&self) -> Vec<Vec<(f64, Estimate)>> {
        let mut stretches = vec![Vec::new()];
        for (i, estimate) in self.series.estimates.iter().enumerate() {
            match (estimate, stretches.last_mut()) {
                (Some(e), Some(stretch)) if e.p50.is_finite() => stretch.push((i as f64 + 0.5, *e)),
                _ => stretches.push(Vec::new()),
            }
        }
        stretches.retain(|s| !s.is_empty());
        stretches
    }
}

/// Points of a stretch; a lone month is drawn as long as a month, because a band of no width cannot be seen.
fn widened(stretch: &[(f64, Estimate)], ends: impl Fn(&Estimate) -> (f64, f64)) -> Vec<(f64, f64, f64)> {
    let point = |x: f64, e: &Estimate| {
        let (low, high) = ends(e);
        (x, low, high)
    };
    match stretch {
        [(x, e)] => vec![point(x - 0.4, e), point(x + 0.4, e)],
        _ => stretch.iter().map(|(x, e)| point(*x, e)).collect(),
    }
}

/// Whether there is no spread at all, as with one replication.
pub(crate) fn single(e: &Estimate) -> bool {
    e.p97_5 <= e.p2_5
}

/// The 80 % interval in words, in brackets; nothing when there is no spread.
pub(crate) fn interval_in_words(unit: Unit, e: &Estimate) -> String {
    if single(e) {
        String::new()
    } else {
        format!(" (80 % of futures: {})", format_range(unit, e.p10, e.p90))
    }
}

/// What the bands mean, for a subtitle.
pub(crate) fn legend(summary: &Summary, bands: &str) -> String {
    if summary.replications == 1 {
        "one simulated future, no spread".to_owned()
    } else {
        format!("median and bands that hold {bands} of simulated futures in each month")
    }
}

/// Writes monthly fans as a table: name, unit, month, quantiles, errors, and which future for single paths.
pub(crate) struct PlottedMonths {
    rows: csv::Writer<Vec<u8>>,
}

impl PlottedMonths {
    pub(crate) fn new() -> Result<Self, ChartError> {
        let mut rows = csv::Writer::from_writer(Vec::new());
        let header = [
            "series", "unit", "month", "p2_5", "p10", "p25", "p50", "p75", "p90", "p97_5", "p10_mcse",
            "p50_mcse", "p90_mcse",
        ];
        rows.write_record(header).map_err(|e| ChartError::Table(e.to_string()))?;
        Ok(Self { rows })
    }

    /// Adds the median and those quantiles that the bands show; others stay empty, as does a month without numbers.
    pub(crate) fn fan(
        &mut self,
        name: &str,
        unit: &str,
        series: &Series,
        bands: &[Band],
    ) -> Result<(), ChartError> {
        let number = |show: bool, x: f64| if show { x.to_string() } else { String::new() };
        let error =
            |show: bool, x: Option<f64>| x.filter(|_| show).map_or_else(String::new, |x| x.to_string());
        for (month, e) in series.months().filter_map(|(m, e)| Some((m, e?))) {
            let (b50, b80, b95) = (
                bands.contains(&Band::Half),
                bands.contains(&Band::FourFifths),
                bands.contains(&Band::NineteenTwentieths),
            );
            let row = [
                name.to_owned(),
                unit.to_owned(),
                month.key(),
                number(b95, e.p2_5),
                number(b80, e.p10),
                number(b50, e.p25),
                number(true, e.p50),
                number(b50, e.p75),
                number(b80, e.p90),
                number(b95, e.p97_5),
                error(b80, e.p10_mcse),
                error(true, e.p50_mcse),
                error(b80, e.p90_mcse),
            ];
            self.rows.write_record(row).map_err(|e| ChartError::Table(e.to_string()))?;
        }
        Ok(())
    }

    /// Adds a line that is one number a month, in the column of the median.
    pub(crate) fn line(
        &mut self,
        name: &str,
        unit: &str,
        points: impl IntoIterator<Item = (String, f64)>,
    ) -> Result<(), ChartError> {
        for (month, value) in points {
            let value = value.to_string();
            let row = [name, unit, &month, "", "", "", &value, "", "", "", "", "", ""];
            self.rows.write_record(row).map_err(|e| ChartError::Table(e.to_string()))?;
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<String, ChartError> {
        text_of(self.rows)
    }
}

/// The finished text of a table.
pub(crate) fn text_of(rows: csv::Writer<Vec<u8>>) -> Result<String, ChartError> {
    let bytes = rows.into_inner().map_err(|e| ChartError::Table(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| ChartError::Table(e.to_string()))
}
