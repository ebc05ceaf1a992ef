//! `bidcast run`: one replication, year by year, with its laws. The replay of anything that an ensemble found odd.

use bidcast::engine::{Chronicle, LAW_NAMES, Observer};
use bidcast::experiment::study::DesignError;
use bidcast::experiment::{Ensemble, Outcome, Plan, replicate_observed, summarise};
use bidcast::metrics::METRICS;
use bidcast::report::table::format_value;
use bidcast::scenario::Scenario;
use bidcast::store::study::StudyFolder;
use serde::de::IgnoredAny;

use super::args::{Format, Manner, RunArgs};
use super::failure::{Failure, Status};
use super::folder::{Keeper, store_failure};
use super::grid::{Cell, Grid, grouped};
use super::output::{say, show};
use super::trace::EventLog;
use super::watch::Watcher;
use super::{follow, setup};

/// Simulates one replication; keeps it when a folder is named, and its events when a file is.
///
/// # Errors
/// Problems of the input before any work; a broken law; results that cannot be kept; an app that never lived.
pub(crate) fn run(args: &RunArgs, manner: Manner) -> Result<(), Failure> {
    let (scenario, seed, replication) = what(args, manner)?;
    let plan = Plan { seed, replications: 1, jobs: 1 };
    // Where nothing is written there is nothing to tidy up, and Ctrl-C may end the program as it does everywhere.
    let written = args.out.out.is_some() || args.story.trace.is_some();
    let watcher = if written { Some(Watcher::install(plan.replications, manner)?) } else { None };
    let mut log = EventLog::claim(&args.story, &args.out, &scenario)?;
    let keeper = args.out.out.as_deref().map(|place| Keeper::claim(place, &args.out)).transpose()?;
    if let Some(watcher) = &watcher {
        log.iter().map(EventLog::partial).for_each(|partial| watcher.begin(partial));
        keeper.iter().map(Keeper::staging).for_each(|staging| watcher.begin(staging));
    }

    let mut chronicle = Chronicle::new();
    let mut tracer = log.as_mut().map(|log| log.tracer(&scenario));
    let mut observers: Vec<&mut dyn Observer> = Vec::new();
    if args.story.follow.is_some() || manner.verbose {
        observers.push(&mut chronicle);
    }
    if let Some(tracer) = &mut tracer {
        observers.push(tracer);
    }
    let done = replicate_observed(&scenario, plan.seed, replication, &mut observers);
    drop(tracer);
    if let Some(watcher) = &watcher {
        watcher.clear();
    }
    // The log of a replication that broke a law is kept too: it is the one that will be read.
    let logged = {
        let _held = watcher.as_ref().map(Watcher::hold);
        log.map(EventLog::finish).transpose()?
    };
    if let Some(logged) = logged.filter(|_| !manner.quiet) {
        say(&logged);
    }
    let (outcome, _) = done.map_err(|error| setup::replication_failure(error, &args.scenario))?;

    let of = format!("replication {} of seed {}", outcome.replication, plan.seed);
    let text = match (args.story.follow, args.format) {
        (Some(who), format) => follow::story(&chronicle, &scenario, who, &of, format),
        (None, Format::Table) if manner.verbose => {
            Ok(page(&outcome, &of, manner) + "\n" + &follow::largest(&chronicle, &scenario))
        }
        (None, Format::Table) => Ok(page(&outcome, &of, manner)),
        (None, format) => years(&outcome).render(format),
    };
    let mut kept = None;
    if let Some(keeper) = keeper {
        let ensemble = Ensemble { outcomes: vec![outcome], interrupted: false };
        let summary = summarise(&scenario, &plan, &ensemble);
        let verb = format!("run --replication {replication}");
        keeper.fill(&verb, &scenario, &plan, &summary, manner)?;
        let _held = watcher.as_ref().map(Watcher::hold);
        kept = Some(keeper.finish()?);
    }
    // An app that never lived is only found out now; what was asked to be kept is kept all the same.
    show(&text?)?;
    if let Some(kept) = kept.filter(|_| !manner.quiet) {
        say(&kept);
    }
    Ok(())
}

/// What is simulated: a replication of a scenario, or a job of a study.
fn what(args: &RunArgs, manner: Manner) -> Result<(Scenario, u64, u64), Failure> {
    let (Some(study), Some(job)) = (&args.study, args.job) else {
        let scenario = setup::scenario(&args.scenario, manner)?;
        let seed = args.seed.unwrap_or_else(|| scenario.seed());
        return Ok((scenario, seed, args.replication));
    };
    let begun = StudyFolder::read::<IgnoredAny>(study).map_err(store_failure)?;
    let Some(row) = usize::try_from(job).ok().and_then(|job| begun.design.jobs.get(job)) else {
        let message = format!("{} has no job {job}", study.display());
        return Err(Failure::message(Status::Usage, message)
            .hint(format!("its jobs are 0 to {}", begun.design.jobs.len().saturating_sub(1))));
    };
    let scenario = begun.design.scenario(job).map_err(|error| match error {
        DesignError::Refused { diagnostics, .. } => Failure::Input(diagnostics),
        error @ DesignError::Misfit { .. } => Failure::told(Status::Io, error),
    })?;
    Ok((scenario, begun.design.seed, row.replication))
}

fn page(outcome: &Outcome, of: &str, manner: Manner) -> String {
    let mut text = format!("{of}\n\n{}\n", years(outcome).table());
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
