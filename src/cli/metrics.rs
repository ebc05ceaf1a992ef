//! `bidcast metrics`: every named outcome with its unit and meaning.

use bidcast::metrics::METRICS;

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
        grid.push(vec![metric.name.into(), metric.unit.name().into(), monthly.into(), metric.about.into()]);
    }
    show(&grid.render(args.format)?)
}
