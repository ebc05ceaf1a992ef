//! A round of markets, simulated or read, and what is counted of it.

use bidcast::experiment::Columns;
use bidcast::experiment::study::Design;
use bidcast::store::study::{Cache, StudyFolder, StudyResults, execute, read_status, to_run};
use bidcast::store::write_file;

use super::super::args::WorkArgs;
use super::super::failure::Failure;
use super::super::folder::store_failure;
use super::super::study::{FAILURES_FILE, execute_failure, how, listed, refuse_many};
use super::super::watch::Watcher;
use super::waves::Calibration;

impl Calibration<'_> {
    /// Moments of the markets of a round, a row each, NaN where one failed; none when it was broken off.
    pub(super) fn simulate(
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
    pub(super) fn count(
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
