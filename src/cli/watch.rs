//! The long work watched: a progress bar with the time left, and Ctrl-C.
//!
//! The first Ctrl-C starts no more replications; what is finished is kept. The second gives up at once and removes
//! what was staged. Between the two nothing is ever half-written: the folder moves to its place in one step, and the
//! second Ctrl-C waits for that step.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Context;
use bidcast::experiment::Watch;
use indicatif::{ProgressBar, ProgressStyle};

use super::args::Manner;
use super::failure::{Failure, Status};
use super::output::say;

/// Removing a folder into which a thread is still writing can fail; a few attempts outlast any write.
const ATTEMPTS: usize = 20;

/// What a second Ctrl-C removes; its lock keeps results from moving to their place meanwhile.
type Staging = Arc<Mutex<Vec<PathBuf>>>;

/// Progress bar and Ctrl-C of one call.
pub(crate) struct Watcher {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
    staging: Staging,
    /// What is said when it is given up.
    aftermath: Arc<Mutex<String>>,
    /// When to stop by itself.
    deadline: Option<Instant>,
    /// Whether a failure stops it.
    stop_on_failure: bool,
    failed: AtomicBool,
    late: AtomicBool,
}

impl Watcher {
    /// Takes over Ctrl-C. Comes before anything is written, so that nothing is left behind whenever it is pressed.
    ///
    /// # Errors
    /// When the system lets nobody take over Ctrl-C.
    pub(crate) fn install(planned: u64, manner: Manner) -> Result<Self, Failure> {
        Self::install_for("replications", planned, manner)
    }

    /// As [`Watcher::install`], for work that is counted in something else.
    ///
    /// # Errors
    /// When the system lets nobody take over Ctrl-C.
    pub(crate) fn install_for(what: &str, planned: u64, manner: Manner) -> Result<Self, Failure> {
        let bar = if manner.quiet { ProgressBar::hidden() } else { ProgressBar::new(planned) };
        bar.set_style(style(what));
        let watcher = Self::new(bar);
        let (bar, stop) = (watcher.bar.clone(), Arc::clone(&watcher.stop));
        let (staging, aftermath) = (Arc::clone(&watcher.staging), Arc::clone(&watcher.aftermath));
        ctrlc::set_handler(move || {
            if stop.swap(true, Ordering::SeqCst) {
                give_up(&bar, &staging, &aftermath);
            }
            bar.suspend(|| say("finishing what is running; Ctrl-C again gives up"));
        })
        .context("cannot take over Ctrl-C")
        .map_err(|error| Failure::told(Status::Io, error))?;
        Ok(watcher)
    }

    fn new(bar: ProgressBar) -> Self {
        Self {
            bar,
            stop: Arc::default(),
            staging: Staging::default(),
            aftermath: Arc::new(Mutex::new("nothing kept".to_owned())),
            deadline: None,
            stop_on_failure: false,
            failed: AtomicBool::new(false),
            late: AtomicBool::new(false),
        }
    }

    /// Watches a study, which keeps what is finished: says so when it is given up, and stops at a time or on a failure.
    pub(crate) fn of_study(
        self,
        aftermath: String,
        deadline: Option<Instant>,
        stop_on_failure: bool,
    ) -> Self {
        *self.aftermath.lock().unwrap_or_else(PoisonError::into_inner) = aftermath;
        Self { deadline, stop_on_failure, ..self }
    }

    /// So many jobs are to be run; the bar begins again.
    pub(crate) fn expect(&self, jobs: u64) {
        self.bar.set_length(jobs);
        self.bar.set_position(0);
        self.bar.reset_eta();
    }

    /// Whether it stopped because the time was up.
    pub(crate) fn out_of_time(&self) -> bool {
        self.late.load(Ordering::SeqCst)
    }

    /// Whether it stopped because a job failed.
    pub(crate) fn broke_on_failure(&self) -> bool {
        self.stop_on_failure && self.failed.load(Ordering::SeqCst)
    }

    /// The work begins: shows the bar (on a terminal only) and names a folder or file that a second Ctrl-C removes.
    pub(crate) fn begin(&self, staging: PathBuf) {
        lock(&self.staging).push(staging);
        self.draw();
    }

    /// Shows the bar at once: on a slow scenario the first run takes a while.
    pub(crate) fn draw(&self) {
        self.bar.tick();
    }

    /// Keeps a second Ctrl-C waiting while results move to their place.
    pub(crate) fn hold(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        lock(&self.staging)
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// The bar: how much of what is done, and the time left.
fn style(what: &str) -> ProgressStyle {
    ProgressStyle::with_template(&format!("{{bar:30}} {{pos}} of {{len}} {what}, {{eta}} left"))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A lock that a panicking thread left behind still guards a whole path.
fn lock(staging: &Mutex<Vec<PathBuf>>) -> MutexGuard<'_, Vec<PathBuf>> {
    staging.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch for Watcher {
    fn finished(&self, done: u64, _planned: u64) {
        // Threads report out of order; the bar only ever grows.
        if done > self.bar.position() {
            self.bar.set_position(done);
        }
    }

    fn failed(&self) {
        self.failed.store(true, Ordering::SeqCst);
    }

    fn stop(&self) -> bool {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.late.store(true, Ordering::SeqCst);
        }
        self.stop.load(Ordering::SeqCst) || self.out_of_time() || self.broke_on_failure()
    }
}

#[expect(clippy::exit, reason = "the second Ctrl-C ends the program from the thread that hears it")]
fn give_up(bar: &ProgressBar, staging: &Mutex<Vec<PathBuf>>, aftermath: &Mutex<String>) -> ! {
    // Held until the end, so that nothing moves to its place from here on.
    let held = lock(staging);
    for staged in held.iter() {
        for _ in 0..ATTEMPTS {
            let removed = if staged.is_dir() { fs::remove_dir_all(staged) } else { fs::remove_file(staged) };
            if removed.is_ok() || !staged.exists() {
                break;
            }
        }
    }
    bar.finish_and_clear();
    let aftermath = aftermath.lock().unwrap_or_else(PoisonError::into_inner);
    say(&format!("interrupted: {aftermath}"));
    std::process::exit(Status::Interrupted as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_follows_the_furthest_report() {
        let watcher = Watcher::new(ProgressBar::hidden());
        watcher.finished(5, 10);
        watcher.finished(4, 10);
        assert_eq!(watcher.bar.position(), 5);
        assert!(!watcher.stop());
    }
}
