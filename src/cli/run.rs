//! `bidcast run`: one replication, year by year, with its laws. The replay of anything that an ensemble found odd.

use bidcast::engine::LAW_NAMES;
use bidcast::experiment::{Ensemble, Outcome, Plan, replicate, summarise};
use bidcast::metrics::METRICS;
use bidcast::report::table::format_value;

use super::args::{Format, Manner, RunArgs};
use super::failure::Failure;
use super::folder::Keeper;
use super::grid::{Cell, Grid, grouped};
use super::output::{say, show};
use super::setup;
use super::watch::Watcher;

/// Simulates one replication; keeps it when a folder is named.
///
/// # Errors
/// Problems of the input before any work; a broken law; results that cannot be kept.
pub(crate) fn run(args: &RunArgs, manner: Manner) -> Result<(), Failure> {
    let scenario = setup::scenario(&args.scenario, manner)?;
    let plan = Plan { seed: args.seed.unwrap_or_else(|| scenario.seed()), replications: 1, jobs: 1 };
    // Without a folder there is nothing to tidy up, and Ctrl-C may end the program as it does everywhere.
    let kept_by = match args.out.out.as_deref() {
        Some(place) => {
            let watcher = Watcher::install(plan.replications, manner)?;
            let keeper = Keeper::claim(place, &args.out)?;
            watcher.begin(keeper.staging());
            Some((keeper, watcher))
        }
        None => None,
    };
    let done = replicate(&scenario, plan.seed, args.replication);
    if let Some((_, watcher)) = &kept_by {
        watcher.clear();
    }
    let outcome = done.map_err(|error| setup::replication_failure(error, &args.scenario))?;
    let text = match args.format {
        Format::Table => page(&outcome, plan.seed, manner),
        format => years(&outcome).render(format)?,
    };
    let mut kept = None;
    if let Some((keeper, watcher)) = kept_by {
        let ensemble = Ensemble { outcomes: vec![outcome], interrupted: false };
        let summary = summarise(&scenario, &plan, &ensemble);
        let verb = format!("run --replication {}", args.replication);
        keeper.fill(&verb, &scenario, &plan, &summary, manner)?;
        let _held = watcher.hold();
        kept = Some(keeper.finish()?);
    }
    show(&text)?;
    if let Some(kept) = kept.filter(|_| !manner.quiet) {
        say(&kept);
    }
    Ok(())
}

fn page(outcome: &Outcome, seed: u64, manner: Manner) -> String {
    let mut text =
        format!("replication {} of seed {seed}\n\n{}\n", outcome.replication, years(outcome).table());
    text.push_str(&format!("laws: {} checks, 0 violated\n", grouped(outcome.laws_checked)));
    if manner.verbose {
        for (index, name) in LAW_NAMES.iter().enumerate() {
            text.push_str(&format!("  {:>2}  held  {name}\n", index + 1));
        }
    }
    text.push_str(&format!(
        "work: {} events, {} auctions\n",
        grouped(outcome.events),
        grouped(outcome.auctions)
    ));
    text
}

/// Metrics down, years across.
fn years(outcome: &Outcome) -> Grid {
    let mut grid =
        Grid::new(["metric".to_owned()].into_iter().chain(outcome.years.iter().map(i32::to_string)));
    for (index, metric) in METRICS.iter().enumerate() {
        let values = outcome.yearly.iter().map(|year| match year.get(index) {
            Some(&exact) => Cell::number(format_value(metric.unit, exact), exact),
            None => Cell::Absent,
        });
        grid.push([metric.name.into()].into_iter().chain(values).collect());
    }
    grid
}
