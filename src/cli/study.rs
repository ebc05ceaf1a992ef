//! The way of every study: planned, begun on disk, run part by part, concluded from what is on disk.
//!
//! A verb plans a design and says what it asks of the results; the rest is the same for all of them, so that each can be
//! interrupted, gone on with, run in shares and looked at again.

use std::path::{Path, PathBuf};
use std::time::Instant;

use bidcast::experiment::Columns;
use bidcast::experiment::study::{Design, Limits};
use bidcast::store::study::{
    Begun, Cache, ExecuteError, How, PART_JOBS, RoundsFolder, Shard, Status as Ended, StudyFolder,
    StudyResults, execute, read_status, to_run,
};
use bidcast::store::{IfOccupied, MANIFEST_FILE, clear_place, next_free, write_file};

use super::args::{Format, Manner, MergeArgs, OnError, ResumeArgs, StudyArgs, WorkArgs};
use super::failure::{Failure, Status};
use super::folder::{Began, ROOT, seconds, store_failure};
use super::grid::grouped;
use super::output::{say, show};
use super::pilot;
use super::question::Question;
use super::watch::Watcher;
use super::{rounds, setup};

/// Of a hundred replications, so many may fail before there is no result.
pub(crate) const MOST_FAILED_PERCENT: f64 = 1.0;
/// One line for each job that failed.
pub(crate) const FAILURES_FILE: &str = "failures.jsonl";

/// A study as a verb plans it.
pub(crate) struct Study {
    /// What is asked of the results.
    pub(crate) question: Question,
    /// Which markets are simulated.
    pub(crate) design: Design,
}

/// What a study says.
pub(crate) struct Concluded {
    /// The result as it is shown.
    pub(crate) page: String,
    /// Whether it is as precise as was asked for.
    pub(crate) precise: bool,
}

impl Concluded {
    /// A result of which no precision was asked.
    pub(crate) fn precise(page: String) -> Self {
        Self { page, precise: true }
    }
}

/// What is there when a study is concluded.
pub(crate) struct Done<'a> {
    pub(crate) folder: &'a StudyFolder,
    pub(crate) design: &'a Design,
    /// Jobs from here on were not asked for: the study was precise enough before.
    pub(crate) up_to: u64,
    /// Jobs that failed.
    pub(crate) failed: u64,
    /// Whether jobs are missing that were asked for.
    pub(crate) interrupted: bool,
    pub(crate) format: Format,
    pub(crate) manner: Manner,
}

impl Done<'_> {
    /// Results of the jobs that `chosen` takes, of those asked for.
    ///
    /// # Errors
    /// Parts that cannot be read.
    pub(crate) fn results(&self, chosen: impl Fn(u64) -> bool) -> Result<StudyResults, Failure> {
        let taken = |number: u64, _: &_| number < self.up_to && chosen(number);
        StudyResults::of(self.folder, self.design, taken).map_err(store_failure)
    }

    /// Writes a file of the run folder.
    ///
    /// # Errors
    /// What the system refuses.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        write_file(&self.folder.path().join(name), bytes).map_err(store_failure)
    }
}

/// Begins a study, or goes on with it, and shows its result.
///
/// # Errors
/// An occupied folder; what cannot be kept; too many failures; time that is up; Ctrl-C, after what is finished was shown.
pub(crate) fn carry_out(study: &Study, args: &StudyArgs, manner: Manner) -> Result<(), Failure> {
    if args.dry_run {
        return pilot::estimate(&study.design, &args.work, manner);
    }
    let verb = study.question.verb();
    let name = study.design.variants.last().map_or("", |variant| variant.name.as_str());
    let place = args.out.clone().unwrap_or_else(|| next_free(Path::new(ROOT), &format!("{verb}-{name}")));
    let watcher = Watcher::install(study.design.jobs.len() as u64, manner)?;
    if !args.resume {
        let policy = if args.force { IfOccupied::Replace } else { IfOccupied::Refuse };
        clear_place(&place, policy).map_err(|error| occupied(error, &place))?;
    }
    let folder = StudyFolder::begin(&place, &study.design, &study.question).map_err(store_failure)?;
    go_on(&folder, &study.design, &study.question, &args.work, watcher, manner)
}

/// A place that is taken: by this study, begun and not finished, or by something else.
pub(crate) fn occupied(error: bidcast::store::StoreError, place: &Path) -> Failure {
    let failure = store_failure(error);
    if place.join(bidcast::store::STUDY_FILE).exists() {
        failure.hint("go on with the study that is there: --resume, or `bidcast resume DIR`")
    } else {
        failure
    }
}

/// `bidcast resume`: goes on with a study from its folder alone.
///
/// # Errors
/// A folder that holds no study, or one of another model; else as [`carry_out`].
pub(crate) fn resume(args: &ResumeArgs, manner: Manner) -> Result<(), Failure> {
    if RoundsFolder::holds(&args.run) {
        return rounds::resume(args, manner);
    }
    let Begun { folder, design, question, .. } = begun(&args.run)?;
    let watcher = Watcher::install(design.jobs.len() as u64, manner)?;
    go_on(&folder, &design, &question, &args.work, watcher, manner)
}

/// Reads a study to go on with it.
fn begun(path: &Path) -> Result<Begun<Question>, Failure> {
    if RoundsFolder::holds(path) {
        let message =
            format!("`{}` goes in rounds that follow from one another: there are no shares", path.display());
        return Err(
            Failure::message(Status::Usage, message).hint("run it in one place; -j takes more threads")
        );
    }
    let begun = StudyFolder::read::<Question>(path).map_err(store_failure)?;
    begun.go_on().map_err(store_failure)?;
    Ok(begun)
}

/// `bidcast merge`: shares of a study put together, and concluded when nothing is missing.
///
/// # Errors
/// Folders that hold shares of different studies, or not all of one.
pub(crate) fn merge(args: &MergeArgs, manner: Manner) -> Result<(), Failure> {
    let shares = args.shares.iter().map(|path| begun(path)).collect::<Result<Vec<_>, _>>()?;
    let first = &shares[0];
    let into = if args.out.join(bidcast::store::STUDY_FILE).exists() {
        begun(&args.out)?.folder
    } else {
        clear_place(&args.out, IfOccupied::Refuse).map_err(store_failure)?;
        StudyFolder::begin(&args.out, &first.design, &first.question).map_err(store_failure)?
    };
    let mut taken = 0;
    for share in &shares {
        taken += into.take(&share.folder).map_err(store_failure)?;
    }
    if !manner.quiet {
        say(&format!("{taken} parts taken from {} folders", shares.len()));
    }
    let missing = into.missing().map_err(store_failure)?;
    let jobs: u64 = missing.iter().map(|part| part.jobs.end - part.jobs.start).sum();
    if jobs > 0 {
        let message = format!("{jobs} of {} jobs are in none of the folders", first.design.jobs.len());
        return Err(Failure::message(Status::Usage, message).hint(format!(
            "run them with `bidcast resume {}`, or name the folders that have them",
            args.out.display()
        )));
    }
    let began = Began::now();
    let all = first.design.jobs.len() as u64;
    conclude(&into, &first.design, &first.question, all, args.format, manner, &began)
}

/// Where outcomes are known from, unless nobody wants to know.
pub(crate) fn cache(work: &WorkArgs) -> Option<Cache> {
    if work.no_cache {
        return None;
    }
    work.cache.clone().or_else(user_cache).map(|root| Cache::at(&root))
}

/// The folder of the user in which programs keep what they can make again.
pub(crate) fn user_cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let root = folder("XDG_CACHE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .or_else(|| folder("LOCALAPPDATA"));
    root.map(|root| root.join("bidcast"))
}

/// How the flags say that jobs are run.
pub(crate) fn how<'a>(work: &WorkArgs, cache: Option<&'a Cache>, up_to: u64) -> How<'a> {
    How {
        threads: setup::jobs(work.jobs),
        limits: Limits { time: work.run_timeout },
        shard: work.shard,
        cache,
        up_to,
    }
}

fn go_on(
    folder: &StudyFolder,
    design: &Design,
    question: &Question,
    work: &WorkArgs,
    watcher: Watcher,
    manner: Manner,
) -> Result<(), Failure> {
    let began = Began::now();
    let place = folder.path().display();
    let watcher = watcher.of_study(
        format!("what is finished is kept: `bidcast resume {place}` goes on"),
        work.max_time.map(|time| Instant::now() + time),
        work.on_error == OnError::Fail,
    );
    let cache = cache(work);
    let all = design.jobs.len() as u64;
    // A share of a study cannot be looked at: what it lacks is elsewhere.
    let mut up_to = if work.shard == Shard::WHOLE { question.first_look(design) } else { all };
    watcher.draw();
    let interrupted = loop {
        let how = how(work, cache.as_ref(), up_to);
        let waiting: u64 = to_run(folder, &how).map_err(store_failure)?.iter().map(jobs_of).sum();
        watcher.expect(waiting);
        let progress = execute(folder, design, &how, &watcher).map_err(execute_failure)?;
        if progress.interrupted {
            break true;
        }
        let done = Done { folder, design, up_to, failed: 0, interrupted: false, format: work.format, manner };
        match question.next_look(&done)? {
            Some(next) if work.shard == Shard::WHOLE && up_to < all => up_to = next.min(all),
            _ => break false,
        }
    };
    watcher.clear();
    if work.shard != Shard::WHOLE && !interrupted {
        if !manner.quiet {
            let Shard { index, of } = work.shard;
            say(&format!("share {}/{of} is complete in {place}, {}", index + 1, seconds(&began)));
            say("`bidcast merge` puts the shares together");
        }
        return Ok(());
    }
    let shown = conclude(folder, design, question, up_to, work.format, manner, &began);
    if interrupted && watcher.broke_on_failure() {
        shown?;
        return Err(Failure::message(
            Status::CheckFailed,
            "a replication failed, and --on-error fail ended the study",
        )
        .hint(format!(
            "see {place}/{FAILURES_FILE} once its part is complete; --on-error skip leaves it out"
        )));
    }
    if interrupted && (shown.is_ok() || matches!(shown, Err(Failure::Said(_)))) {
        say(&format!("`bidcast resume {place}` goes on"));
        return Err(Failure::Said(if watcher.out_of_time() {
            Status::OutOfTime
        } else {
            Status::Interrupted
        }));
    }
    shown
}

fn jobs_of(part: &bidcast::experiment::study::Part) -> u64 {
    part.jobs.end - part.jobs.start
}

/// Sums up what is on disk, keeps that and shows it.
fn conclude(
    folder: &StudyFolder,
    design: &Design,
    question: &Question,
    up_to: u64,
    format: Format,
    manner: Manner,
    began: &Began,
) -> Result<(), Failure> {
    let mut ended = read_status(&folder.results()).map_err(store_failure)?;
    ended.retain(|job| job.job < up_to);
    let failed: Vec<&Ended> = ended.iter().filter(|job| job.status != "ok").collect();
    let n_done = ended.len() as u64;
    let interrupted = n_done < up_to;
    if interrupted {
        say(&format!("interrupted: {} of {} replications kept", grouped(n_done), grouped(up_to)));
    }
    if n_done == 0 {
        return Err(Failure::Said(Status::Interrupted));
    }
    let done = Done { folder, design, up_to, failed: failed.len() as u64, interrupted, format, manner };
    done.write(FAILURES_FILE, listed(&failed, design).as_bytes())?;
    refuse_many(&failed, n_done, folder)?;
    let Concluded { page, precise } = question.conclude(&done)?;
    let totals = done.results(|_| true)?.totals().map_err(store_failure)?;
    let manifest = began.manifest(question.verb(), &done, n_done, totals);
    done.write(MANIFEST_FILE, &manifest.to_json().map_err(store_failure)?)?;
    show(&page)?;
    if !manner.quiet {
        if !failed.is_empty() {
            let percent = 100.0 * failed.len() as f64 / n_done as f64;
            say(&format!(
                "{} of {n_done} replications failed ({percent:.2} %) and are in no figure: {}",
                failed.len(),
                folder.path().join(FAILURES_FILE).display()
            ));
        }
        say(&format!("run folder {}, {}", folder.path().display(), seconds(began)));
    }
    if !precise && !interrupted {
        say("all was run, and the result is not as precise as asked for: allow more with -n");
        return Err(Failure::Said(Status::OutOfTime));
    }
    Ok(())
}

/// The failures, one JSON object a line, each with the command that shows it again.
pub(crate) fn listed(failed: &[&Ended], design: &Design) -> String {
    let mut text = String::new();
    for job in failed {
        let row = design.jobs.get(job.job as usize);
        let line = serde_json::json!({
            "job": job.job,
            "scenario": row.and_then(|row| design.variants.get(row.variant as usize)).map(|variant| &variant.name),
            "draw": row.map(|row| row.draw),
            "seed": design.seed,
            "replication": row.map(|row| row.replication),
            "status": job.status,
            "error": job.error,
            "replay": format!("bidcast run --study . --job {}", job.job),
        });
        text.push_str(&format!("{line}\n"));
    }
    text
}

/// A result from which many failures are missing would be one of the markets that did not fail.
///
/// # Errors
/// When more than a hundredth failed.
pub(crate) fn refuse_many(failed: &[&Ended], n_done: u64, folder: &StudyFolder) -> Result<(), Failure> {
    let percent = 100.0 * failed.len() as f64 / n_done as f64;
    let Some(first) = failed.first().filter(|_| percent > MOST_FAILED_PERCENT) else { return Ok(()) };
    let place = folder.path().display();
    let message = format!(
        "{} of {n_done} replications failed ({percent:.1} %), more than {MOST_FAILED_PERCENT} %: there is no result",
        failed.len()
    );
    let reason = first.error.clone().unwrap_or_else(|| first.status.clone());
    Err(Failure::told(Status::CheckFailed, anyhow::Error::msg(reason).context(message))
        .hint(format!("see the first again with `bidcast run --study {place} --job {}`", first.job))
        .hint(format!("all are listed in {place}/{FAILURES_FILE}")))
}

/// What cannot be run on.
pub(crate) fn execute_failure(error: ExecuteError) -> Failure {
    match error {
        ExecuteError::Store(error) => store_failure(error),
        ExecuteError::Run(bidcast::experiment::study::RunError::Keep(error)) => store_failure(error),
        error @ ExecuteError::Run(_) => {
            Failure::told(Status::Io, error).hint("ask for fewer threads with -j")
        }
    }
}

/// Jobs that make whole parts: a look at a study never splits one.
pub(crate) fn whole_parts(jobs: u64) -> u64 {
    jobs.next_multiple_of(PART_JOBS)
}
