//! How studies run: the same results on any number of threads, in any shards, after any break, and no failure is silent.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::check::{Answer, Check};
use super::draws::SEED;
use super::tiny::tiny;
use crate::digest::Fingerprint;
use crate::experiment::study::{
    Design, Failure, Finished, Lever, Limits, Part, attempt, parts, run_job, run_parts,
};
use crate::experiment::{Outcome, Silent, Watch};
use crate::metrics::METRICS;

/// Results by number of the part.
type Kept = BTreeMap<u64, Vec<Finished>>;
/// Work on a job.
type Work<'a> = dyn Fn(u64) -> Finished + Sync + 'a;

/// Runs parts and keeps what they bring; gives whether all was done.
fn run(parts: &[Part], threads: usize, work: &Work<'_>, watch: &dyn Watch, kept: &mut Kept) -> Option<bool> {
    let mut keep = |part: &Part, results: &[Finished]| {
        kept.insert(part.number, results.to_vec());
        Ok::<(), Infallible>(())
    };
    run_parts(parts, threads, work, &mut keep, watch).ok().map(|progress| !progress.interrupted)
}

/// SHA-256 of all results in the order of the jobs, every bit of every number.
fn digest(kept: &Kept) -> String {
    let mut print = Fingerprint::new("bidcast/selftest/1");
    for finished in kept.values().flatten() {
        print = print.whole(finished.job);
        print = match &finished.outcome {
            Ok(outcome) => {
                let tables = [&outcome.yearly, &outcome.monthly, &outcome.lorenz, &outcome.rank_size];
                let rows = tables.into_iter().flatten();
                let numbers = rows.fold(print.whole(outcome.replication), |print, row| print.numbers(row));
                numbers.whole(outcome.laws_checked).whole(outcome.events).whole(outcome.auctions)
            }
            Err(failure) => print.text(failure.kind()).text(&failure.to_string()),
        };
    }
    print.hex()
}

/// Lets so many jobs end and then no more begin.
struct StopAfter(AtomicU64);

impl Watch for StopAfter {
    fn finished(&self, _: u64, _: u64) {
        // An error says that none were left to count.
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).ok();
    }
    fn stop(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }
}

/// A way of running the same jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In one go.
    Threads(usize),
    /// Dealt to four machines, put together afterwards.
    Shards,
    /// Broken off again and again, and resumed.
    Breaks,
}

/// Ways that must not differ from one thread in one go.
const WAYS: [Way; 4] = [Way::Threads(2), Way::Threads(8), Way::Shards, Way::Breaks];
/// Fewer apps yet: each market is run five times.
const FEWER: [&str; 4] = [
    "archetype.funded_paid.start_apps=2",
    "archetype.fringe_paid.start_apps=2",
    "archetype.fringe_free.start_apps=2",
    "archetype.hybrid.start_apps=1",
];
/// Shards into which a study is dealt.
const SHARDS: u64 = 4;
/// Jobs after which a run is broken off: in the middle of the second part.
const BREAK_AFTER: u64 = 3;

/// What a way brings; nothing when it does not come to its end, or was not what it says.
fn by(way: Way, all: &[Part], work: &Work<'_>) -> Option<Kept> {
    let mut kept = Kept::new();
    match way {
        Way::Threads(threads) => run(all, threads, work, &Silent, &mut kept)?.then_some(kept),
        Way::Shards => {
            // The last shard first: each is a run of its own.
            for shard in (0..SHARDS).rev() {
                let own: Vec<Part> =
                    all.iter().filter(|part| part.number % SHARDS == shard).cloned().collect();
                let mut brought = Kept::new();
                run(&own, 1, work, &Silent, &mut brought)?.then_some(())?;
                kept.extend(brought);
            }
            Some(kept)
        }
        Way::Breaks => {
            let mut breaks = 0;
            loop {
                let missing: Vec<Part> =
                    all.iter().filter(|part| !kept.contains_key(&part.number)).cloned().collect();
                if run(&missing, 1, work, &StopAfter(AtomicU64::new(BREAK_AFTER)), &mut kept)? {
                    return (breaks > 1).then_some(kept);
                }
                breaks += 1;
                // A run that is resumed must get further: there are not more breaks than parts.
                (breaks <= all.len()).then_some(())?;
            }
        }
    }
}

pub(super) const ANY_WAY: Check = Check {
    name: "any_way_of_running",
    about: "ways of running 8 markets whose results have the hash of one thread in one go: 2 threads, 8 threads, four shards put together, broken off after every third market and resumed",
    source: "a market is a function of its row: all four",
    run: || any_way(|_, finished| finished),
};

fn any_way(bend: fn(Way, Finished) -> Finished) -> Answer {
    let Ok(market) = tiny(&FEWER) else { return Answer::none() };
    let levers = vec![Lever::of("auction.theta"), Lever::of("supply.cpm_usd_per_mille*")];
    let design = Design::nested(&market, SEED, levers, vec![vec![3.5, 1.0], vec![4.5, 1.2]], 4);
    let all: Vec<Part> = parts(design.jobs.len() as u64, 2).collect();
    let work = |way| {
        let design = &design;
        move |job| bend(way, run_job(design, job, Limits::default()))
    };
    let alone = Way::Threads(1);
    let Some(reference) = by(alone, &all, &work(alone)) else { return Answer::none() };
    if !reference.values().flatten().all(|finished| finished.outcome.is_ok()) {
        return Answer::none();
    }
    let reference = digest(&reference);
    let same = |way: &&Way| by(**way, &all, &work(**way)).is_some_and(|kept| digest(&kept) == reference);
    Answer::rounding(WAYS.len() as f64, WAYS.iter().filter(same).count() as f64)
}

/// Jobs, and how often one of them fails: two in a hundred.
const JOBS: u64 = 1_000;
const ONE_IN: u64 = 50;

pub(super) const FAILURES: Check = Check {
    name: "failures_are_told",
    about: "jobs out of 1,000 that end as they must on 8 threads: 20 with a number that is none, a panic, a time that is over, a broken law, five of each, told by kind under their numbers; the others with the outcome that they have alone",
    source: "what was put in: all of them",
    run: || failures(true),
};

/// What is put into a job, if anything.
fn injected(job: u64) -> Option<&'static str> {
    let kinds = ["not_finite", "panic", "timeout", "law"];
    (job % ONE_IN == 7).then(|| kinds[(job / ONE_IN) as usize % kinds.len()])
}

/// An outcome as a market would bring it, of numbers that tell the job.
fn fake(job: u64) -> Outcome {
    Outcome {
        replication: job,
        years: vec![2025],
        months: Vec::new(),
        yearly: vec![(0..METRICS.len()).map(|metric| (job * 100) as f64 + metric as f64).collect()],
        monthly: Vec::new(),
        lorenz: Vec::new(),
        rank_size: Vec::new(),
        laws_checked: job,
        laws_violated: 0,
        events: 1,
        auctions: 1,
    }
}

/// The work of a job into which something was put. Panic and number go through the guard that all jobs have.
fn fail(job: u64, kind: &str) -> Result<Outcome, Failure> {
    match kind {
        "not_finite" => {
            let mut outcome = fake(job);
            outcome.yearly[0][3] = f64::NAN;
            Ok(outcome)
        }
        // Without the message that a panic prints: nobody need be alarmed.
        "panic" => resume_unwind(Box::new("index out of bounds")),
        "timeout" => Err(Failure::TimedOut { allowed: Duration::from_secs(1), day: 7 }),
        _ => Err(Failure::Law("law 1".into())),
    }
}

/// Jobs that end as they must, when failures are put in or are not.
fn failures(put_in: bool) -> Answer {
    let work = |job| {
        attempt(job, || match injected(job).filter(|_| put_in) {
            Some(kind) => fail(job, kind),
            None => Ok(fake(job)),
        })
    };
    let mut kept = Kept::new();
    let all: Vec<Part> = parts(JOBS, 16).collect();
    if run(&all, 8, &work, &Silent, &mut kept) != Some(true) {
        return Answer::none();
    }
    let as_it_must = |finished: &&Finished| match (&finished.outcome, injected(finished.job)) {
        (Ok(outcome), None) => *outcome == fake(finished.job),
        (Err(failure), Some(kind)) => failure.kind() == kind && !failure.to_string().is_empty(),
        _ => false,
    };
    // By number, so that a job that is told twice counts once.
    let right: BTreeSet<u64> =
        kept.values().flatten().filter(as_it_must).map(|finished| finished.job).collect();
    Answer::rounding(JOBS as f64, right.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_that_depends_on_the_way_is_noticed() {
        let bend = |way, mut finished: Finished| {
            if let (Way::Shards, 7, Ok(outcome)) = (way, finished.job, &mut finished.outcome) {
                outcome.yearly[0][0] = outcome.yearly[0][0].next_up();
            }
            finished
        };
        let answer = any_way(bend);
        assert!(!answer.passed() && (answer.got - 3.0).abs() < 0.5, "{answer:?}");
        // So is a failure that one way alone brings.
        let failed = |way, finished: Finished| match way {
            Way::Breaks => Finished { outcome: Err(Failure::Law("law 1".into())), ..finished },
            _ => finished,
        };
        assert!((any_way(failed).got - 3.0).abs() < 0.5);
    }

    #[test]
    fn failures_that_are_not_there_are_missed() {
        let answer = failures(false);
        assert!(!answer.passed() && (answer.got - 980.0).abs() < 0.5, "{answer:?}");
    }
}
