//! Cost before work: what a study would simulate, and from a few of its jobs how long that takes and how much disk it needs.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use bidcast::experiment::study::{Design, Finished, Limits, Part, run_job, run_parts};
use bidcast::metrics::index_of;
use bidcast::stats::{mcse, mean, variance_split};
use bidcast::store::StoreError;
use bidcast::store::study::{Cache, PART_JOBS, Shape, known_or_run, results_parquet, series_parquet};
use indicatif::HumanDuration;

use super::args::{Manner, WorkArgs};
use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::grid::grouped;
use super::output::{say, show};
use super::setup;
use super::study::{cache, how};
use super::watch::Watcher;

/// What a pilot asks after.
const PILOT_METRIC: &str = "market_total_usd";
/// The most replications that a pilot advises.
const MOST_REPLICATIONS: usize = 16;
/// Fewest and most jobs of a pilot, where there are as many.
const JOBS: (u64, u64) = (16, 128);
/// A pilot ends once its error is below this share of the time.
const PRECISE: f64 = 0.04;

/// Says what a study would cost. Outcomes of the pilot go to the cache: they are not simulated again.
///
/// # Errors
/// A design that is refused; threads that cannot be started; Ctrl-C.
pub(crate) fn estimate(design: &Design, work: &WorkArgs, manner: Manner) -> Result<(), Failure> {
    let cache = cache(work);
    let all = design.jobs.len() as u64;
    let known =
        cache.as_ref().map_or(0, |cache| (0..all).filter(|job| cache.has(design, *job)).count() as u64);
    let threads = setup::jobs(work.jobs);
    show(&planned(design, known))?;
    if manner.quiet || known == all {
        return Ok(());
    }
    let jobs = spread(all, JOBS.1);
    let watcher = Watcher::install_for("jobs of the pilot, at most", jobs.len() as u64, manner)?;
    watcher.draw();
    let (mut results, mut seconds) = (Vec::new(), Vec::new());
    for batch in jobs.chunks(JOBS.0 as usize) {
        let (more, took) = timed(design, batch, threads, cache.as_ref(), &watcher)?;
        if more.len() < batch.len() {
            watcher.clear();
            return Err(Failure::Said(Status::Interrupted));
        }
        results.extend(more);
        seconds.extend(took);
        if error_share(&seconds) < PRECISE {
            break;
        }
    }
    watcher.clear();
    results.sort_unstable_by_key(|finished| finished.job);
    let written = Instant::now();
    let bytes = size(design, &results).map_err(store_failure)?;
    // Threads wait for one another where parts are written: that is nobody's time but the study's.
    let each = written.elapsed().as_secs_f64() / results.len().min(PART_JOBS as usize).max(1) as f64;
    say(&cost(&seconds, each, all - known, all, threads, bytes));
    Ok(())
}

/// The standard error of the mean time, as a share of it.
fn error_share(seconds: &[f64]) -> f64 {
    mcse(seconds).unwrap_or(f64::INFINITY) / mean(seconds).unwrap_or(f64::NAN)
}

/// How many replications of each draw tell parameters from chance best, by a pilot: of the market size in the last year.
///
/// # Errors
/// A pilot that fails; threads that cannot be started; Ctrl-C.
pub(crate) fn best_replications(pilot: &Design, work: &WorkArgs, manner: Manner) -> Result<u64, Failure> {
    let cache = cache(work);
    let n_jobs = pilot.jobs.len() as u64;
    let parts: Vec<Part> = (0..n_jobs).map(|job| Part { number: job, jobs: job..job + 1 }).collect();
    let watcher = Watcher::install_for("jobs of the pilot", n_jobs, manner)?;
    watcher.draw();
    let how = how(work, cache.as_ref(), n_jobs);
    let mut by_draw = vec![Vec::new(); pilot.draws.len()];
    let mut keep = |part: &Part, finished: &[Finished]| -> Result<(), StoreError> {
        for result in finished {
            // A replication that fails here fails in the study too, and is told there.
            if let Ok(outcome) = &result.outcome
                && let (Some(year), Some(metric)) = (outcome.yearly.last(), index_of(PILOT_METRIC))
            {
                by_draw[pilot.jobs[part.number as usize].draw as usize].push((result.job, year[metric]));
            }
        }
        Ok(())
    };
    let work = |job| known_or_run(pilot, job, &how);
    let progress = run_parts(&parts, how.threads, &work, &mut keep, &watcher)
        .map_err(|error| Failure::told(Status::Io, error).hint("ask for fewer threads with -j"))?;
    watcher.clear();
    if progress.interrupted {
        say("interrupted in the pilot");
        return Err(Failure::Said(Status::Interrupted));
    }
    let values: Vec<Vec<f64>> = by_draw
        .into_iter()
        .map(|mut values| {
            values.sort_unstable_by_key(|(job, _)| *job);
            values.into_iter().map(|(_, value)| value).collect()
        })
        .collect();
    let Some(split) = variance_split(&values) else {
        return Err(Failure::message(
            Status::CheckFailed,
            "the pilot is too small to tell parameters from chance",
        )
        .hint("ask for more draws with -n, or fix the replications with --reps 2"));
    };
    let best = split.best_replications(MOST_REPLICATIONS) as u64;
    if !manner.quiet {
        let share = split.parameter_share().unwrap_or(f64::NAN);
        say(&format!(
            "pilot of {} draws × 2: parameters have {:.0} % of the variance of {PILOT_METRIC}; {best} replications of each draw",
            pilot.draws.len(),
            100.0 * share
        ));
    }
    Ok(best)
}

/// Jobs evenly spread over a design, since what they cost may depend on the parameters, in an order in which the first few
/// are spread as well.
fn spread(all: u64, wanted: u64) -> Vec<u64> {
    let n = wanted.min(all);
    let bits = n.next_power_of_two().trailing_zeros();
    let mirrored = |k: u64| if bits == 0 { k } else { k.reverse_bits() >> (u64::BITS - bits) };
    (0..n.next_power_of_two()).map(mirrored).filter(|k| *k < n).map(|k| k * all / n).collect()
}

/// Runs some jobs as a study does, and takes the time of each.
fn timed(
    design: &Design,
    jobs: &[u64],
    threads: usize,
    cache: Option<&Cache>,
    watcher: &Watcher,
) -> Result<(Vec<Finished>, Vec<f64>), Failure> {
    let parts: Vec<Part> =
        (0_u64..).zip(jobs).map(|(number, job)| Part { number, jobs: *job..job + 1 }).collect();
    let times = Mutex::new(Vec::new());
    let work = |job| {
        let start = Instant::now();
        let finished = run_job(design, job, Limits::default());
        if let (Some(cache), Ok(outcome)) = (cache, &finished.outcome) {
            // What cannot be cached is simulated again.
            let _ = cache.put(design, job, outcome);
        }
        let seconds = start.elapsed().as_secs_f64();
        if let Ok(mut times) = times.lock() {
            times.push(seconds);
        }
        finished
    };
    let mut results: Vec<Finished> = Vec::new();
    let mut keep = |_: &Part, finished: &[Finished]| -> Result<(), StoreError> {
        results.extend_from_slice(finished);
        Ok(())
    };
    run_parts(&parts, threads, &work, &mut keep, watcher)
        .map_err(|error| Failure::told(Status::Io, error).hint("ask for fewer threads with -j"))?;
    results.sort_unstable_by_key(|finished| finished.job);
    Ok((results, times.into_inner().unwrap_or_default()))
}

/// Bytes that a job takes on disk.
fn size(design: &Design, results: &[Finished]) -> Result<f64, StoreError> {
    let refused = |error| StoreError::Encode { what: "the pilot", reason: format!("{error}") };
    let shape = Shape::of(design).map_err(refused)?;
    // Parts as a study writes them: what a job takes depends on how many stand together.
    let some = &results[..results.len().min(PART_JOBS as usize)];
    let print = design.fingerprint();
    let bytes = results_parquet(design, &shape, &print, some)?.len() + series_parquet(&print, some)?.len();
    Ok(bytes as f64 / some.len().max(1) as f64)
}

fn planned(design: &Design, known: u64) -> String {
    let draws = design.draws.len() as u64;
    let variants = design.variants.len() as u64;
    let n = design.jobs.len() as u64;
    let each = n / (draws * variants).max(1);
    let mut text = format!("{} runs", grouped(n));
    let mut of = Vec::new();
    if variants > 1 {
        of.push(format!("{} scenarios", grouped(variants)));
    }
    if draws > 1 {
        of.push(format!("{} draws of {} parameters", grouped(draws), design.levers.len()));
    }
    if !of.is_empty() {
        of.push(format!("{} {}", grouped(each), if each == 1 { "replication" } else { "replications" }));
        text.push_str(&format!(": {}", of.join(" × ")));
    }
    if known > 0 {
        text.push_str(&format!("\n{} of them are known from the cache", grouped(known)));
    }
    text + "\n"
}

/// Time and disk in words: `each` are the seconds in which a job's results are written.
fn cost(seconds: &[f64], each: f64, to_run: u64, all: u64, threads: usize, bytes: f64) -> String {
    let one = mean(seconds).unwrap_or(f64::NAN);
    let error = mcse(seconds).unwrap_or(0.0) / one;
    let total = one * to_run as f64 / threads as f64 + each * all as f64;
    let whole = Duration::try_from_secs_f64(total).unwrap_or(Duration::MAX);
    format!(
        "{} runs × {one:.2} s (±{:.0} %, pilot of {}) / {threads} {} = {}, {:.1} MB",
        grouped(to_run),
        100.0 * error,
        seconds.len(),
        if threads == 1 { "thread" } else { "threads" },
        clock(whole),
        bytes * all as f64 / 1e6,
    )
}

/// A time as a person plans with it.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 3_600 {
        format!("{} m {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:#}", HumanDuration(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pilot_is_spread_over_the_design() {
        assert_eq!(spread(100, 8), [0, 50, 25, 75, 12, 62, 37, 87]);
        let mut few = spread(3, 8);
        few.sort_unstable();
        assert_eq!(few, [0, 1, 2]);
        assert_eq!(spread(1, 8), [0]);
    }

    #[test]
    fn the_cost_is_that_of_what_is_to_run() {
        let text = cost(&[1.0, 3.0], 0.1, 100, 200, 2, 5_000.0);
        assert_eq!(text, "100 runs × 2.00 s (±50 %, pilot of 2) / 2 threads = 2 m 00 s, 1.0 MB");
    }
}
