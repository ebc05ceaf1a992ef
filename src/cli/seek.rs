//! `bidcast seek`: the value of a lever at which the market meets a goal, as an interval.
//!
//! The search asks for one round after the other; each is a study of its own below the run folder, so that what was
//! simulated before an interruption is read, not run again, and the search comes the same way to the same result.

use std::path::Path;
use std::time::Instant;

use bidcast::experiment::study::{Design, DesignError, Job, Lever, Variant};
use bidcast::experiment::{Columns, LawTotals, Work};
use bidcast::sensitivity::{Ask, Ended, Seek, SeekError, SeekRule};
use bidcast::store::study::{
    Cache, RoundsFolder, Shape, Shard, StudyFolder, StudyResults, execute, read_status, to_run,
};
use bidcast::store::{IfOccupied, MANIFEST_FILE, clear_place, next_free, write_file};
use serde::{Deserialize, Serialize};

use super::args::{Manner, OnError, SeekArgs, WorkArgs};
use super::failure::{Failure, Status, wrong};
use super::folder::{Began, ROOT, Rounds, seconds, store_failure};
use super::goal::Goal;
use super::output::{say, show};
use super::rounds::{Begun, Question};
use super::sought::{Report, Round};
use super::study::{FAILURES_FILE, MOST_FAILED_PERCENT, cache, execute_failure, how, listed, occupied};
use super::watch::Watcher;
use super::{pilot, setup};

/// Tolerances that a bracket holds, unless a tolerance is given.
const TOLERANCES: f64 = 50.0;

/// What a search asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Path of the lever.
    pub(crate) lever: String,
    /// Lowest and highest value of the lever.
    pub(crate) bracket: (f64, f64),
    /// As it is typed.
    pub(crate) goal: String,
    /// Width of the interval that is narrow enough.
    pub(crate) tolerance: f64,
    /// Confidence of the interval.
    pub(crate) level: f64,
    /// Most replications to run.
    pub(crate) max_runs: u64,
}

/// Begins a search, or goes on with it, and shows its result.
///
/// # Errors
/// Problems of the input before any work; an occupied folder; what cannot be kept; too many failures; time that is up; Ctrl-C.
pub(crate) fn seek(args: &SeekArgs, manner: Manner) -> Result<(), Failure> {
    let scenario = setup::scenario(&args.scenario, manner)?;
    let (low, high) = args.bracket;
    let asked = Asked {
        lever: args.lever.clone(),
        bracket: args.bracket,
        goal: args.goal.clone(),
        tolerance: args.tol.unwrap_or((high - low) / TOLERANCES),
        level: args.level / 100.0,
        max_runs: args.max_runs,
    };
    let seed = args.seed.unwrap_or_else(|| scenario.seed());
    let variant = Variant::of(&scenario);
    let work = &args.study.work;
    let goal = check(&asked, &variant, seed, work)?;
    if args.study.dry_run {
        say("a search ends as soon as its interval is narrow; at most it takes");
        return pilot::estimate(&at_most(&asked, &variant, seed), work, manner);
    }
    let place = args
        .study
        .out
        .clone()
        .unwrap_or_else(|| next_free(Path::new(ROOT), &format!("seek-{}", variant.name)));
    let watcher = Watcher::install(asked.max_runs, manner)?;
    if !args.study.resume {
        let policy = if args.study.force { IfOccupied::Replace } else { IfOccupied::Refuse };
        clear_place(&place, policy).map_err(|error| occupied(error, &place))?;
    }
    let question = Question::Seek(asked);
    let folder = RoundsFolder::begin(&place, &variant, seed, &question).map_err(store_failure)?;
    let Question::Seek(asked) = question else { return Ok(()) };
    Search::new(&folder, variant, seed, asked, goal)?.go_on(work, watcher, manner)
}

/// Goes on with a search from its folder alone.
///
/// # Errors
/// As [`seek`].
pub(crate) fn resume(begun: Begun, asked: Asked, work: &WorkArgs, manner: Manner) -> Result<(), Failure> {
    let Begun { folder, variant, seed, .. } = begun;
    let goal = check(&asked, &variant, seed, work)?;
    let watcher = Watcher::install(asked.max_runs, manner)?;
    Search::new(&folder, variant, seed, asked, goal)?.go_on(work, watcher, manner)
}

/// What can be refused before the work: a share, the goal, its year, the rule, both ends of the bracket.
fn check(asked: &Asked, variant: &Variant, seed: u64, work: &WorkArgs) -> Result<Goal, Failure> {
    if work.shard != Shard::WHOLE {
        let message = "a search cannot be shared out: its rounds follow from one another";
        return Err(Failure::message(Status::Usage, message).hint("leave --shard out; -j takes more threads"));
    }
    let goal = Goal::read(&asked.goal)?;
    Seek::try_new(rule(asked, &goal)).map_err(seek_failure)?;
    let ends = at_most(asked, variant, seed);
    for end in 0..2 {
        ends.scenario(end).map_err(|error| match error {
            DesignError::Refused { diagnostics, .. } => Failure::Input(diagnostics),
            error => Failure::told(Status::Usage, error),
        })?;
    }
    let years = Shape::of(&ends).map_err(|error| Failure::told(Status::Usage, error))?.years;
    goal.written().statistic.quantity().among(&years).map_err(wrong)?;
    Ok(goal)
}

/// What is sought, as the search takes it.
fn rule(asked: &Asked, goal: &Goal) -> SeekRule {
    SeekRule {
        goal: goal.sought(),
        bracket: asked.bracket,
        tolerance: asked.tolerance,
        level: asked.level,
        max_evaluations: asked.max_runs as usize,
    }
}

/// The longest a search can be, at the ends of its bracket: for its cost and for a first look at the configurations.
fn at_most(asked: &Asked, variant: &Variant, seed: u64) -> Design {
    let (low, high) = asked.bracket;
    let jobs = (0..asked.max_runs).map(|replication| Job {
        variant: 0,
        draw: (replication % 2) as u32,
        replication,
    });
    Design {
        seed,
        variants: vec![variant.clone()],
        levers: vec![Lever::of(&asked.lever)],
        draws: vec![vec![low], vec![high]],
        jobs: jobs.collect(),
    }
}

/// A search under way.
struct Search<'a> {
    folder: &'a RoundsFolder,
    variant: Variant,
    seed: u64,
    asked: Asked,
    goal: Goal,
    seek: Seek,
    rounds: Vec<Round>,
    /// Folders of rounds that are complete.
    n_folders: usize,
    finished: u64,
    failed: u64,
    laws: LawTotals,
    work: Work,
}

impl<'a> Search<'a> {
    fn new(
        folder: &'a RoundsFolder,
        variant: Variant,
        seed: u64,
        asked: Asked,
        goal: Goal,
    ) -> Result<Self, Failure> {
        let seek = Seek::try_new(rule(&asked, &goal)).map_err(seek_failure)?;
        let (rounds, laws, work) = (Vec::new(), LawTotals::default(), Work::default());
        Ok(Self {
            folder,
            variant,
            seed,
            asked,
            goal,
            seek,
            rounds,
            n_folders: 0,
            finished: 0,
            failed: 0,
            laws,
            work,
        })
    }

    /// Round after round until the search has ended or is broken off; then shows what is known.
    fn go_on(mut self, work: &WorkArgs, watcher: Watcher, manner: Manner) -> Result<(), Failure> {
        let began = Began::now();
        let place = self.folder.path().display().to_string();
        let watcher = watcher.of_study(
            format!("what is finished is kept: `bidcast resume {place}` goes on"),
            work.max_time.map(|time| Instant::now() + time),
            work.on_error == OnError::Fail,
        );
        let known = cache(work);
        watcher.draw();
        let interrupted = loop {
            let Some(ask) = self.seek.ask() else { break false };
            let Some(values) = self.round(&ask, work, known.as_ref(), &watcher)? else { break true };
            let told: Vec<f64> = values.iter().map(|x| self.goal.told(*x)).collect();
            self.seek.tell(&told).map_err(seek_failure)?;
            self.rounds.push(Round::new(
                self.rounds.len(),
                &ask,
                values,
                &self.goal,
                self.seek.found().interval,
            ));
        };
        watcher.clear();
        let found = self.seek.found();
        let market = (self.variant.name.as_str(), self.seed);
        let report =
            Report::new(&self.asked, &self.goal, market, found, self.failed, &self.rounds, interrupted);
        self.keep("seek.json", report.json()?.as_bytes())?;
        self.keep("seek.csv", report.csv()?.as_bytes())?;
        let manifest = began.manifest_in_rounds("seek", &self.extent(interrupted));
        self.keep(MANIFEST_FILE, &manifest.to_json().map_err(store_failure)?)?;
        if !self.rounds.is_empty() {
            show(&report.render(work.format)?)?;
        }
        if !manner.quiet {
            say(&format!("run folder {place}, {}", seconds(&began)));
        }
        if interrupted && watcher.broke_on_failure() {
            return Err(Failure::message(
                Status::CheckFailed,
                "a replication failed, and --on-error fail ended the search",
            )
            .hint("see rounds/*/failures.jsonl once its part is complete; --on-error skip makes up for it"));
        }
        if interrupted {
            say(&format!("interrupted after {} rounds: `bidcast resume {place}` goes on", self.rounds.len()));
            return Err(Failure::Said(if watcher.out_of_time() {
                Status::OutOfTime
            } else {
                Status::Interrupted
            }));
        }
        if found.ended == Ended::Budget {
            say(&format!(
                "all {} runs are used, and the interval is wider than {}",
                self.asked.max_runs, self.asked.tolerance
            ));
            say(
                "more runs (-n) in another folder, or --force, narrow it; what is known from the cache is not run again",
            );
            return Err(Failure::Said(Status::OutOfTime));
        }
        Ok(())
    }

    /// Values of the metric that a round brings; none when it was broken off.
    fn round(
        &mut self,
        ask: &Ask,
        work: &WorkArgs,
        known: Option<&Cache>,
        watcher: &Watcher,
    ) -> Result<Option<Vec<f64>>, Failure> {
        let mut values = Vec::with_capacity(ask.n);
        let mut first = ask.first_replication as u64;
        while values.len() < ask.n {
            let n = (ask.n - values.len()) as u64;
            let design = self.design(ask.at, first, n);
            let folder = self.folder.round(self.n_folders, &design).map_err(store_failure)?;
            let how = how(work, known, n);
            watcher.expect(
                to_run(&folder, &how).map_err(store_failure)?.iter().map(|p| p.jobs.end - p.jobs.start).sum(),
            );
            if execute(&folder, &design, &how, watcher).map_err(execute_failure)?.interrupted {
                return Ok(None);
            }
            let results = StudyResults::of(&folder, &design, |_, _| true).map_err(store_failure)?;
            let quantity = self.goal.written().statistic.quantity();
            let column = results.values(quantity.metric, quantity.year).map_err(store_failure)?;
            values.extend(column.unwrap_or_default());
            let (laws, done) = results.totals().map_err(store_failure)?;
            self.laws.checked += laws.checked;
            self.work.events += done.events;
            self.work.auctions += done.auctions;
            // What failed is made up for by replications that no round has.
            first = self.asked.max_runs + self.failed;
            self.failed += n - results.jobs().len() as u64;
            self.finished += n;
            self.n_folders += 1;
            self.refuse_many(&folder, &design)?;
        }
        Ok(Some(values))
    }

    fn design(&self, at: f64, first: u64, n: u64) -> Design {
        Design {
            seed: self.seed,
            variants: vec![self.variant.clone()],
            levers: vec![Lever::of(&self.asked.lever)],
            draws: vec![vec![at]],
            jobs: (first..first + n).map(|replication| Job { variant: 0, draw: 0, replication }).collect(),
        }
    }

    /// Lists what failed in a round. Values from which many are missing would be those of the markets that did not fail.
    fn refuse_many(&self, folder: &StudyFolder, design: &Design) -> Result<(), Failure> {
        let ended = read_status(&folder.results()).map_err(store_failure)?;
        let failed: Vec<_> = ended.iter().filter(|job| job.status != "ok").collect();
        let Some(first) = failed.first() else { return Ok(()) };
        write_file(&folder.path().join(FAILURES_FILE), listed(&failed, design).as_bytes())
            .map_err(store_failure)?;
        let percent = 100.0 * self.failed as f64 / self.finished as f64;
        if percent <= MOST_FAILED_PERCENT {
            return Ok(());
        }
        let message = format!(
            "{} of {} replications failed ({percent:.1} %), more than {MOST_FAILED_PERCENT} %: there is no result",
            self.failed, self.finished
        );
        let reason = first.error.clone().unwrap_or_else(|| first.status.clone());
        Err(Failure::told(Status::CheckFailed, anyhow::Error::msg(reason).context(message)).hint(format!(
            "see the first again with `bidcast run --study {} --job {}`",
            folder.path().display(),
            first.job
        )))
    }

    fn extent(&self, interrupted: bool) -> Rounds<'_> {
        Rounds {
            folder: self.folder,
            variant: &self.variant,
            seed: self.seed,
            planned: self.asked.max_runs,
            finished: self.finished,
            failed: self.failed,
            interrupted,
            laws: self.laws.clone(),
            work: self.work.clone(),
        }
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        write_file(&self.folder.path().join(name), bytes).map_err(store_failure)
    }
}

fn seek_failure(error: SeekError) -> Failure {
    let failure = Failure::told(Status::Usage, error);
    match error {
        SeekError::Value => failure.hint("the metric has no value in this year: ask for a later one"),
        _ => failure,
    }
}
