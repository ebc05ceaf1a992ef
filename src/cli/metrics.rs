//! `bidcast metrics`: every named outcome with its unit and meaning.

use bidcast::metrics::{METRICS, Unit};

use super::args::MetricsArgs;
use super::failure::Failure;
use super::grid::Grid;
use super::output::show;

/// Lists the registry of metrics.
///
/// # Errors
/// Only that stdout cannot be written.
pub(crate) fn metrics(args: &MetricsArgs) -> Result<(), Failure> {
    let mut grid = Grid::new(["metric", "unit", "monthly", "meaning"]);
    for metric in METRICS {
        let monthly = if metric.monthly { "yes" } else { "no" };
        grid.push(vec![
            metric.name.into(),
            unit_name(metric.unit).into(),
            monthly.into(),
            metric.about.into(),
        ]);
    }
    show(&grid.render(args.format)?)
}

/// A unit in words.
fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Usd => "USD",
        Unit::Share => "share, 0 to 1",
        Unit::Ratio => "1",
        Unit::Installs => "installs",
        Unit::People => "people",
        Unit::Materials => "ad materials",
        Unit::Apps => "apps",
        Unit::Days => "days",
        Unit::UsdPerInstall => "USD per install",
        Unit::UsdPerMille => "USD per 1000 impressions",
    }
}
