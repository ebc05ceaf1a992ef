//! Where results are kept: the run folder claimed before the work, filled and moved to its place after it.

use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bidcast::experiment::study::Variant;
use bidcast::experiment::{LawTotals, Plan, Summary, Work};
use bidcast::report::{ReportError, draw_all};
use bidcast::scenario::Scenario;
use bidcast::store::study::RoundsFolder;
use bidcast::store::{
    Build, Finished, IfOccupied, MANIFEST_FILE, MANIFEST_SCHEMA, Manifest, RunFolder, SUMMARY_FILE,
    StoreError, monthly_csv, summary_csv, summary_json,
};

use super::args::{Manner, OutArgs};
use super::failure::{Failure, Status};
use super::output::say;
use super::study::Done;

/// Folder under which runs without `-o` are numbered.
pub(crate) const ROOT: &str = "runs";
/// The whole configuration as one file; `-c` with it repeats the run.
const CONFIG_FILE: &str = "config.resolved.toml";

/// When work began: for the manifest and the last line.
pub(crate) struct Began {
    at: Instant,
    unix_s: u64,
}

/// How far a study in rounds came.
pub(crate) struct Rounds<'a> {
    pub(crate) folder: &'a RoundsFolder,
    pub(crate) variant: &'a Variant,
    pub(crate) seed: u64,
    /// Most jobs that were asked for.
    pub(crate) planned: u64,
    /// Jobs that ended, well or not.
    pub(crate) finished: u64,
    pub(crate) failed: u64,
    pub(crate) interrupted: bool,
    pub(crate) laws: LawTotals,
    pub(crate) work: Work,
}

/// A run folder to be filled, and since when the work goes on.
pub(crate) struct Keeper {
    folder: RunFolder,
    began: Began,
}

impl Began {
    /// Now.
    pub(crate) fn now() -> Self {
        Self { at: Instant::now(), unix_s: now_unix_s() }
    }

    /// The manifest of a study of which `finished` jobs are there.
    pub(crate) fn manifest(
        &self,
        verb: &str,
        done: &Done<'_>,
        finished: u64,
        (laws, work): (LawTotals, Work),
    ) -> Manifest {
        let variants: Vec<&Variant> = done.design.variants.iter().collect();
        let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
        let configs: String = variants.iter().map(|variant| variant.resolved_toml.as_str()).collect();
        Manifest {
            schema: MANIFEST_SCHEMA.to_owned(),
            build: Build::current(),
            verb: verb.to_owned(),
            scenario: names.join(", "),
            config_sha256: Manifest::config_hash(&configs),
            design: done.folder.fingerprint().to_owned(),
            seed: done.design.seed,
            planned: done.design.jobs.len() as u64,
            replications: finished - done.failed,
            failed: done.failed,
            interrupted: done.interrupted,
            events: work.events,
            auctions: work.auctions,
            laws,
            started_unix_s: self.unix_s,
            wall_seconds: self.at.elapsed().as_secs_f64(),
        }
    }
}

impl Began {
    /// The manifest of a study in rounds, of which there are so many jobs in all.
    pub(crate) fn manifest_in_rounds(&self, verb: &str, rounds: &Rounds<'_>) -> Manifest {
        let Rounds { folder, variant, seed, planned, finished, failed, interrupted, ref laws, ref work } =
            *rounds;
        Manifest {
            schema: MANIFEST_SCHEMA.to_owned(),
            build: Build::current(),
            verb: verb.to_owned(),
            scenario: variant.name.clone(),
            config_sha256: Manifest::config_hash(&variant.resolved_toml),
            design: folder.fingerprint().to_owned(),
            seed,
            planned,
            replications: finished - failed,
            failed,
            interrupted,
            events: work.events,
            auctions: work.auctions,
            laws: laws.clone(),
            started_unix_s: self.unix_s,
            wall_seconds: self.at.elapsed().as_secs_f64(),
        }
    }
}

impl Keeper {
    /// Claims the folder, so that a place that cannot be written is refused before the work.
    ///
    /// # Errors
    /// An occupied place without `--force`, or what the system refuses.
    pub(crate) fn claim(place: &Path, args: &OutArgs) -> Result<Self, Failure> {
        let policy = if args.force { IfOccupied::Replace } else { IfOccupied::Refuse };
        let folder = RunFolder::prepare(place, policy).map_err(store_failure)?;
        Ok(Self { folder, began: Began::now() })
    }

    /// What a second Ctrl-C has to remove.
    pub(crate) fn staging(&self) -> PathBuf {
        self.folder.staging().to_owned()
    }

    /// Writes every file of the run. The folder stays staged until [`Keeper::finish`].
    ///
    /// # Errors
    /// A result that cannot be stored or drawn, or what the system refuses.
    pub(crate) fn fill(
        &self,
        verb: &str,
        scenario: &Scenario,
        plan: &Plan,
        summary: &Summary,
        manner: Manner,
    ) -> Result<(), Failure> {
        let manifest = self.manifest(verb, scenario, plan, summary);
        let files = [
            (SUMMARY_FILE, summary_json(summary)),
            ("summary.csv", summary_csv(summary)),
            ("monthly.csv", monthly_csv(summary)),
            (CONFIG_FILE, Ok(scenario.resolved_toml().as_bytes().to_vec())),
            (MANIFEST_FILE, manifest.to_json()),
        ];
        for (name, bytes) in files {
            bytes.and_then(|bytes| self.folder.write(name, &bytes)).map_err(store_failure)?;
        }
        let gallery = draw_all(summary, self.folder.staging()).map_err(report_failure)?;
        if !manner.quiet {
            for (chart, why) in &gallery.skipped {
                say(&format!("chart `{chart}` is left out: {why}"));
            }
        }
        Ok(())
    }

    /// Moves the folder to its place and returns where that is and how long all took, for the last line on stderr.
    ///
    /// # Errors
    /// When the place was taken meanwhile or the system refuses; the results are then where the hint says.
    pub(crate) fn finish(self) -> Result<String, Failure> {
        let Finished { path, left_behind } = self.folder.finish().map_err(store_failure)?;
        if let Some(old) = left_behind {
            say(&format!("warning: the replaced run is still in {}", old.display()));
        }
        Ok(format!("run folder {}, {}", path.display(), seconds(&self.began)))
    }

    fn manifest(&self, verb: &str, scenario: &Scenario, plan: &Plan, summary: &Summary) -> Manifest {
        Manifest {
            schema: MANIFEST_SCHEMA.to_owned(),
            build: Build::current(),
            verb: verb.to_owned(),
            scenario: scenario.name().to_owned(),
            config_sha256: Manifest::config_hash(scenario.resolved_toml()),
            design: String::new(),
            seed: plan.seed,
            planned: summary.planned,
            replications: summary.replications,
            failed: 0,
            interrupted: summary.interrupted,
            events: summary.work.events,
            auctions: summary.work.auctions,
            laws: summary.laws.clone(),
            started_unix_s: self.began.unix_s,
            wall_seconds: self.began.at.elapsed().as_secs_f64(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the manifest says when a run began, the ledger when a forecast was frozen; no result depends on it"
)]
pub(crate) fn now_unix_s() -> u64 {
    // A clock before 1970 is no reason to refuse the work.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Time since `began`, as a person says it.
pub(crate) fn seconds(began: &Began) -> String {
    let seconds = began.at.elapsed().as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// A store error with its exit code and hint.
pub(crate) fn store_failure(error: StoreError) -> Failure {
    let status = match error {
        StoreError::NoName { .. }
        | StoreError::Occupied { .. }
        | StoreError::NotCsv { .. }
        | StoreError::FileExists { .. }
        | StoreError::OtherDesign { .. }
        | StoreError::OtherModel { .. }
        | StoreError::IsFolder { .. } => Status::Usage,
        // A result that is no number is the model's fault, not the disk's.
        StoreError::NotFinite { .. } => Status::CheckFailed,
        _ => Status::Io,
    };
    let hint = error.hint();
    let failure = Failure::told(status, error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

pub(crate) fn report_failure(error: ReportError) -> Failure {
    match error {
        ReportError::Store(error) => store_failure(error),
        error @ ReportError::Chart { .. } => Failure::told(Status::CheckFailed, error),
    }
}
