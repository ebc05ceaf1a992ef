//! Wave after wave of markets, then real runs at the posterior. Each is a round of the study: what was simulated before an
//! interruption is read, not run again, and the calibration comes the same way to the same posterior.

use std::path::Path;
use std::time::Instant;

use bidcast::calibration::{Light, Status as Wave};
use bidcast::experiment::fit::{Agreement, Backtest, Fit, RealRuns, Size, Truths};
use bidcast::experiment::study::{Design, Variant};
use bidcast::experiment::{Columns, LawTotals, Work};
use bidcast::store::study::{
    Cache, RoundsFolder, Shard, StudyFolder, StudyResults, execute, read_status, to_run,
};
use bidcast::store::{IfOccupied, clear_place, evenly_taken, next_free, write_file};

use super::super::args::{BacktestArgs, CalibrateArgs, Manner, OnError, WorkArgs};
use super::super::failure::{Failure, Status};
use super::super::folder::{Began, ROOT, Rounds, seconds, store_failure};
use super::super::output::{say, show};
use super::super::rounds::{Begun, Question};
use super::super::study::{FAILURES_FILE, cache, execute_failure, how, listed, occupied, refuse_many};
use super::super::watch::Watcher;
use super::super::{pilot, setup};
use super::asked::{Asked, STATE_FILE, failed, failed_of, stored_waves};
use super::result::{Found, Result as Calibrated};

/// Begins a calibration, or goes on with it, and shows its result.
///
/// # Errors
/// Problems of the input before any work; an occupied folder; what cannot be kept; too many failures; time that is up; Ctrl-C;
/// a gate that is red, after all was kept and shown.
pub(crate) fn calibrate(args: &CalibrateArgs, manner: Manner) -> Result<(), Failure> {
    begin(args, None, manner)
}

/// The same with what was known at some month, scored against what came after.
///
/// # Errors
/// As [`calibrate`]; a month that is none.
pub(crate) fn backtest(args: &BacktestArgs, manner: Manner) -> Result<(), Failure> {
    begin(&args.calibrate, Some(args.known_until.clone()), manner)
}

fn begin(args: &CalibrateArgs, known_until: Option<String>, manner: Manner) -> Result<(), Failure> {
    let scenario = setup::scenario(&args.scenario, manner)?;
    let beliefs = args.beliefs.as_deref().map(setup::layer).transpose()?;
    let beliefs = beliefs.map(|layer| (layer.name, layer.text));
    let asked = Asked {
        beliefs_sha256: Asked::digest(beliefs.as_ref()),
        beliefs,
        size: Size { first: args.first, later: args.later, waves: usize::from(args.waves) },
        check: usize::from(args.check),
        sbc: args.sbc,
        recovery: args.recovery.map_or(0, usize::from),
        known_until,
    };
    let seed = args.seed.unwrap_or_else(|| scenario.seed());
    let variant = asked.market(&scenario)?;
    let work = &args.study.work;
    let fit = asked.fit(&variant, seed)?;
    refuse_share(work)?;
    let first = fit.design().map_err(|error| {
        let hint = error.hint();
        Failure::told(Status::Usage, error).hint(hint)
    })?;
    if args.study.dry_run {
        say(&format!(
            "at most {} waves and a check, {} runs in all; the first wave:",
            asked.size.waves,
            planned(&asked)
        ));
        return pilot::estimate(&first, work, manner);
    }
    let place = args
        .study
        .out
        .clone()
        .unwrap_or_else(|| next_free(Path::new(ROOT), &format!("{}-{}", asked.verb(), variant.name)));
    let watcher = Watcher::install(planned(&asked), manner)?;
    if !args.study.resume {
        let policy = if args.study.force { IfOccupied::Replace } else { IfOccupied::Refuse };
        clear_place(&place, policy).map_err(|error| occupied(error, &place))?;
    }
    let question = Question::Calibrate(asked);
    let folder = RoundsFolder::begin(&place, &variant, seed, &question).map_err(store_failure)?;
    let Question::Calibrate(asked) = question else { return Ok(()) };
    Calibration::new(&folder, variant, seed, asked, fit).go_on(work, watcher, manner)
}

/// Goes on with a calibration from its folder alone.
///
/// # Errors
/// As [`calibrate`].
pub(crate) fn resume(begun: Begun, asked: Asked, work: &WorkArgs, manner: Manner) -> Result<(), Failure> {
    let Begun { folder, variant, seed, .. } = begun;
    refuse_share(work)?;
    if asked.beliefs_sha256 != Asked::digest(asked.beliefs.as_ref()) {
        return Err(Failure::message(
            Status::Usage,
            "the calibration was begun by a program that comes with other priors or targets",
        )
        .hint("begin another, or go on with the program that began it"));
    }
    let fit = asked.fit(&variant, seed)?;
    let watcher = Watcher::install(planned(&asked), manner)?;
    Calibration::new(&folder, variant, seed, asked, fit).go_on(work, watcher, manner)
}

fn refuse_share(work: &WorkArgs) -> Result<(), Failure> {
    if work.shard == Shard::WHOLE {
        return Ok(());
    }
    let message = "a calibration cannot be shared out: its waves follow from one another";
    Err(Failure::message(Status::Usage, message).hint("leave --shard out; -j takes more threads"))
}

/// Runs at most.
fn planned(asked: &Asked) -> u64 {
    let Size { first, later, waves } = asked.size;
    // A tenth of each wave is run twice.
    let of = |points: usize| points + (points as f64 / 10.0).round() as usize;
    (of(first) + of(later) * waves.saturating_sub(1) + asked.check) as u64
}

/// A calibration under way.
struct Calibration<'a> {
    folder: &'a RoundsFolder,
    variant: Variant,
    seed: u64,
    asked: Asked,
    fit: Fit,
    finished: u64,
    failed: u64,
    laws: LawTotals,
    work: Work,
}

/// What the rounds brought.
enum Came {
    /// Through.
    Through(Box<Found>),
    /// Some target is out of reach of every parameter.
    OutOfReach,
    /// Broken off.
    Interrupted,
}

impl<'a> Calibration<'a> {
    fn new(folder: &'a RoundsFolder, variant: Variant, seed: u64, asked: Asked, fit: Fit) -> Self {
        let (laws, work) = (LawTotals::default(), Work::default());
        Self { folder, variant, seed, asked, fit, finished: 0, failed: 0, laws, work }
    }

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
        let came = self.rounds(work, known.as_ref(), &watcher)?;
        watcher.clear();
        let extent = Rounds {
            folder: self.folder,
            variant: &self.variant,
            seed: self.seed,
            planned: planned(&self.asked),
            finished: self.finished,
            failed: self.failed,
            interrupted: matches!(came, Came::Interrupted),
            laws: self.laws.clone(),
            work: self.work.clone(),
        };
        let manifest = began.manifest_in_rounds(self.asked.verb(), &extent);
        let result =
            Calibrated { fit: &self.fit, asked: &self.asked, manifest, runs: (self.finished, self.failed) };
        let (page, gates) = match &came {
            Came::Through(found) => result.conclude(self.folder.path(), found, work.format, manner)?,
            Came::OutOfReach | Came::Interrupted => result.so_far(self.folder.path(), work.format)?,
        };
        show(&page)?;
        if !manner.quiet {
            for gate in &gates {
                say(&format!("{} {gate}", gate.id));
            }
            say(&format!("run folder {place}, {}", seconds(&began)));
        }
        if matches!(came, Came::Interrupted) {
            say(&format!("interrupted: `bidcast resume {place}` goes on"));
            let late = watcher.out_of_time();
            return Err(Failure::Said(if late { Status::OutOfTime } else { Status::Interrupted }));
        }
        let red: Vec<&str> =
            gates.iter().filter(|gate| gate.light == Light::Red).map(|gate| gate.name.as_str()).collect();
        if !red.is_empty() {
            let message = format!("red: {}", red.join(", "));
            return Err(Failure::message(Status::CheckFailed, message)
                .hint("the posterior was kept, but should not be believed as it is"));
        }
        Ok(())
    }

    /// Waves, real runs, and what is asked of them.
    fn rounds(&mut self, work: &WorkArgs, known: Option<&Cache>, watcher: &Watcher) -> Result<Came, Failure> {
        self.take_up()?;
        let mut wave = self.fit.esl().waves().len();
        while !self.has_ended() {
            let design = self.fit.design().map_err(failed)?;
            let Some(rows) = self.simulate(wave, &design, work, known, watcher)? else {
                return Ok(Came::Interrupted);
            };
            wave += 1;
            if let Err(error) = self.fit.tell(&rows) {
                return Err(failed_of(&self.fit, error));
            }
            let state =
                serde_json::to_vec(self.fit.esl()).map_err(|error| Failure::told(Status::Io, error))?;
            write_file(&self.folder.path().join(STATE_FILE), &state).map_err(store_failure)?;
        }
        if self.status() == Some(Wave::OutOfReach) {
            return Ok(Came::OutOfReach);
        }
        let points = evenly_taken(self.fit.esl().posterior(), self.asked.check);
        let design = self.fit.of_points(points.clone(), wave);
        let Some(rows) = self.simulate(wave, &design, work, known, watcher)? else {
            return Ok(Came::Interrupted);
        };
        let esl = self.fit.esl();
        let emulator = esl.emulator().map_err(failed)?;
        let real = RealRuns::new(self.fit.moments(), &points, &rows, &emulator).map_err(failed)?;
        let names: Vec<String> = self.fit.priors().priors.iter().map(|prior| prior.name.clone()).collect();
        let agreement = Agreement::of(esl, &names, self.seed).map_err(failed)?;
        let (targets, seen) = (self.fit.targets(), self.fit.of_targets(&rows));
        let (mut truths, threads) = (Vec::new(), setup::jobs(work.jobs));
        if self.asked.recovery > 0 {
            watcher.expect(self.asked.recovery as u64);
            let found = Truths::recovery(esl, &targets, self.asked.recovery, self.seed, threads, watcher);
            let Some(found) = found.map_err(failed)? else { return Ok(Came::Interrupted) };
            truths.push(found);
        }
        if self.asked.sbc {
            watcher.expect(points.len() as u64);
            let found = Truths::posterior(esl, &targets, &points, &seen, self.seed, threads, watcher);
            let Some(found) = found.map_err(failed)? else { return Ok(Came::Interrupted) };
            truths.push(found);
        }
        let backtest = self.backtest(&rows)?;
        Ok(Came::Through(Box::new(Found { points, rows, real, agreement, truths, backtest })))
    }

    /// What the real runs say of what came later, when that was held out.
    fn backtest(&self, rows: &[Vec<f64>]) -> Result<Option<Backtest>, Failure> {
        let Some(until) = self.asked.until()? else { return Ok(None) };
        let facts = self.asked.facts(&self.variant.scenario().map_err(Failure::Input)?)?;
        let found = Backtest::of(self.fit.moments(), &facts, rows, until, self.seed);
        found.map(Some).map_err(|error| Failure::told(Status::CheckFailed, error))
    }

    /// What the last wave said.
    fn status(&self) -> Option<Wave> {
        self.fit.esl().reports().last().map(|report| report.status)
    }

    /// Whether no further wave is needed, or would help.
    fn has_ended(&self) -> bool {
        self.status().is_some_and(|status| status != Wave::Moving)
    }

    /// Takes up what an earlier call came to, so that no wave is sampled twice. It is a function of the rounds: without it
    /// they would lead to the same.
    fn take_up(&mut self) -> Result<(), Failure> {
        let Some(esl) = stored_waves(self.folder.path())? else { return Ok(()) };
        for round in self.folder.rounds().iter().take(esl.waves().len()) {
            let begun = StudyFolder::read::<serde_json::Value>(round).map_err(store_failure)?;
            let results =
                StudyResults::of(&begun.folder, &begun.design, |_, _| true).map_err(store_failure)?;
            self.count(&begun.folder, &begun.design, &results)?;
        }
        self.fit = Fit::restored(
            self.variant.clone(),
            self.fit.priors().clone(),
            self.fit.moments().to_vec(),
            self.seed,
            esl,
        )
        .map_err(failed)?;
        Ok(())
    }

    /// Moments of the markets of a round, a row each, NaN where one failed; none when it was broken off.
    fn simulate(
        &mut self,
        round: usize,
        design: &Design,
        work: &WorkArgs,
        known: Option<&Cache>,
        watcher: &Watcher,
    ) -> Result<Option<Vec<Vec<f64>>>, Failure> {
        let folder = self.folder.round(round, design).map_err(store_failure)?;
        let n = design.jobs.len();
        let how = how(work, known, n as u64);
        let waiting = to_run(&folder, &how).map_err(store_failure)?;
        watcher.expect(waiting.iter().map(|part| part.jobs.end - part.jobs.start).sum());
        if execute(&folder, design, &how, watcher).map_err(execute_failure)?.interrupted {
            return Ok(None);
        }
        let results = StudyResults::of(&folder, design, |_, _| true).map_err(store_failure)?;
        let mut rows = vec![vec![f64::NAN; self.fit.moments().len()]; n];
        for (column, moment) in self.fit.moments().iter().enumerate() {
            let values = results.values(moment.metric, moment.year).map_err(store_failure)?;
            for (job, value) in results.jobs().iter().zip(values.unwrap_or_default()) {
                rows[*job as usize][column] = value;
            }
        }
        self.count(&folder, design, &results)?;
        Ok(Some(rows))
    }

    /// Counts what a round brought.
    fn count(
        &mut self,
        folder: &StudyFolder,
        design: &Design,
        results: &StudyResults,
    ) -> Result<(), Failure> {
        let (laws, done) = results.totals().map_err(store_failure)?;
        self.laws.checked += laws.checked;
        self.work.events += done.events;
        self.work.auctions += done.auctions;
        let n = design.jobs.len() as u64;
        self.finished += n;
        self.failed += n - results.jobs().len() as u64;
        self.list_failures(folder, design)
    }

    /// Lists what failed in a round; refuses a calibration on what is left when it is much.
    fn list_failures(&self, folder: &StudyFolder, design: &Design) -> Result<(), Failure> {
        let ended = read_status(&folder.results()).map_err(store_failure)?;
        let failed: Vec<_> = ended.iter().filter(|job| job.status != "ok").collect();
        if failed.is_empty() {
            return Ok(());
        }
        write_file(&folder.path().join(FAILURES_FILE), listed(&failed, design).as_bytes())
            .map_err(store_failure)?;
        refuse_many(&failed, ended.len() as u64, folder)
    }
}
