//! What a calibration found, as tables: figures, parameters, the runs of the check.

use bidcast::calibration::{Learned, Spread};
use bidcast::experiment::fit::RealRuns;
use bidcast::metrics::{METRICS, Unit};
use bidcast::report::table::{format_change, format_range, format_value};
use bidcast::store::Posterior;

use super::super::grid::{Cell, Grid};
use super::result::{Found, Result};

impl Result<'_> {
    /// Figures of real runs beside what was published.
    pub(super) fn figures(&self, real: &RealRuns) -> Grid {
        let mut grid =
            Grid::new(["figure", "published", "median", "90 %", "off", "in", "emulator"]).aligned(&[3]);
        for (figure, moment) in real.figures.iter().zip(self.fit.moments()) {
            let unit = METRICS.get(moment.metric).map_or(Unit::Ratio, |metric| metric.unit);
            let name = if figure.fitted { figure.id.clone() } else { format!("{} (held out)", figure.id) };
            grid.push(vec![
                name.into(),
                Cell::number(format_value(unit, figure.observed), figure.observed),
                Cell::number(format_value(unit, figure.median), figure.median),
                format_range(unit, figure.low, figure.high).into(),
                Cell::number(format_change(figure.off), figure.off),
                (if figure.holds() { "yes" } else { "NO" }).into(),
                figure.emulator_rms.map_or(Cell::Absent, |rms| Cell::number(format!("{rms:.2}"), rms)),
            ]);
        }
        grid
    }

    /// Prior beside posterior of each parameter.
    pub(super) fn parameters(&self, posterior: &Posterior) -> Grid {
        let mut grid =
            Grid::new(["parameter", "prior", "posterior", "median", "contraction", "class"]).aligned(&[1, 2]);
        let range = |spread: &Spread| format!("{} – {}", four(spread.low), four(spread.high));
        for parameter in &posterior.manifest.parameters {
            let class = match parameter.class {
                Learned::Learned => "learned",
                Learned::Partly => "partly",
                Learned::PriorDriven => "prior",
            };
            grid.push(vec![
                parameter.name.as_str().into(),
                range(&parameter.prior).into(),
                range(&parameter.posterior).into(),
                Cell::number(four(parameter.posterior.median), parameter.posterior.median),
                Cell::number(
                    format!(
                        "{:.2} ({:.2}–{:.2})",
                        parameter.contraction, parameter.contraction_low, parameter.contraction_high
                    ),
                    parameter.contraction,
                ),
                class.into(),
            ]);
        }
        grid
    }

    /// The runs of the check as a table: values of the parameters, then figures; empty where a run failed.
    pub(super) fn checked(&self, found: &Found) -> String {
        let priors = self.fit.priors();
        let names = priors.priors.iter().map(|prior| prior.name.as_str());
        let ids = self.fit.moments().iter().map(|moment| moment.fact.id.as_str());
        let mut text = names.chain(ids).collect::<Vec<_>>().join(",") + "\n";
        for (point, row) in found.points.iter().zip(&found.rows) {
            let values = priors.values(point.clone()).into_iter().chain(row.iter().copied());
            let words: Vec<String> =
                values.map(|x| if x.is_finite() { x.to_string() } else { String::new() }).collect();
            text.push_str(&(words.join(",") + "\n"));
        }
        text
    }
}

/// A value to four digits, large ones with groups.
fn four(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let digits = (3.0 - x.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    format!("{x:.digits$}")
}
