//! `bidcast forecast`: an ensemble of replications, kept in a run folder and summed up on stdout.

use bidcast::experiment::{Summary, ensemble, summarise};
use bidcast::metrics::METRICS;
use bidcast::report::table::{format_range, with_error};
use bidcast::store::{StoreError, summary_csv, summary_json};

use super::args::{ForecastArgs, Format, Manner};
use super::failure::{Failure, Status};
use super::folder::{Keeper, place};
use super::grid::{Cell, Grid};
use super::output::{say, show};
use super::watch::Watcher;
use super::{headline, setup};

/// Checks everything, simulates, keeps, shows.
///
/// # Errors
/// Problems of the input before any work; a broken law; results that cannot be kept; Ctrl-C, after what was finished
/// has been kept and shown.
pub(crate) fn forecast(args: &ForecastArgs, manner: Manner) -> Result<(), Failure> {
    let scenario = setup::scenario(&args.scenario, manner)?;
    let plan = setup::plan(args, &scenario);
    let watcher = Watcher::install(plan.replications, manner)?;
    let keeper = Keeper::claim(&place(&args.out, "forecast", &scenario), &args.out)?;
    watcher.begin(keeper.staging());

    let done = ensemble(&scenario, &plan, &watcher);
    watcher.clear();
    let ensemble = done.map_err(|error| setup::ensemble_failure(error, &args.scenario))?;
    if ensemble.outcomes.is_empty() {
        say(&format!("interrupted: 0 of {} replications kept", plan.replications));
        return Err(Failure::Said(Status::Interrupted));
    }
    let summary = summarise(&scenario, &plan, &ensemble);
    keeper.fill("forecast", &scenario, &plan, &summary, manner)?;
    let text = text(&summary, args.format, manner)?;
    let held = watcher.hold();
    let kept = keeper.finish()?;
    drop(held);

    show(&text)?;
    if !manner.quiet {
        say(&kept);
    }
    if summary.interrupted {
        say(&format!("interrupted: {} of {} replications kept", summary.replications, summary.planned));
        return Err(Failure::Said(Status::Interrupted));
    }
    if summary.laws.violated > 0 {
        let message = format!("{} checks of the model's laws failed", summary.laws.violated);
        return Err(Failure::message(Status::CheckFailed, message));
    }
    Ok(())
}

fn text(summary: &Summary, format: Format, manner: Manner) -> Result<String, Failure> {
    match format {
        Format::Table => Ok(headline::page(summary, manner.verbose)),
        Format::Json => file(summary_json(summary)),
        Format::Csv => file(summary_csv(summary)),
        Format::Md => table(summary).render(Format::Md),
    }
}

/// A file of the run folder as text.
fn file(bytes: Result<Vec<u8>, StoreError>) -> Result<String, Failure> {
    let bytes = bytes.map_err(|error| Failure::told(Status::CheckFailed, error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Every metric and year, one row each, as people read numbers.
fn table(summary: &Summary) -> Grid {
    let mut grid = Grid::new(["metric", "year", "median", "50 %", "80 %", "95 %"]);
    for metric in METRICS {
        for (year, e) in summary.metrics.get(metric.name).into_iter().flatten() {
            let range = |low, high| Cell::from(format_range(metric.unit, low, high));
            grid.push(vec![
                metric.name.into(),
                year.as_str().into(),
                with_error(metric.unit, e.p50, e.p50_mcse).into(),
                range(e.p25, e.p75),
                range(e.p10, e.p90),
                range(e.p2_5, e.p97_5),
            ]);
        }
    }
    grid
}
