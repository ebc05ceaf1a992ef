//! `bidcast inspect`: where a run folder comes from and how it stands, whether it is complete, broken off or damaged.

use std::fs;
use std::path::Path;

use bidcast::store::study::{
    Inspection, PartState, RoundsFolder, StudyFolder, SummaryState, inspect as look,
};
use bidcast::store::{Build, MANIFEST_FILE, Manifest, STUDY_FILE, StoreError, read_manifest};
use serde_json::{Map, Value, json};

use super::args::{Format, InspectArgs, Manner};
use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::gc::in_words;
use super::grid::{Cell, Grid, grouped};
use super::output::{say, show};

/// The configuration of a run that is no study.
const CONFIG_FILE: &str = "config.resolved.toml";
/// Parts and failures that a page lists; the JSON form has all.
const LISTED: usize = 10;

/// What is known of a run, in the order in which it is told.
#[derive(Default)]
struct Sheet {
    lines: Vec<(&'static str, String)>,
    json: Map<String, Value>,
    /// What is not as it should be.
    problems: Vec<String>,
}

impl Sheet {
    fn tell(&mut self, what: &'static str, words: impl Into<String>, exact: Value) {
        self.lines.push((what, words.into()));
        self.json.insert(what.replace(' ', "_"), exact);
    }
}

/// Shows provenance and state of a run folder.
///
/// # Errors
/// A folder that holds no run; files that cannot be read; after all was shown, whatever is damaged.
pub(crate) fn inspect(args: &InspectArgs, _: Manner) -> Result<(), Failure> {
    let run = &args.run;
    let mut sheet = Sheet::default();
    let manifest = match read_manifest(run) {
        Ok(manifest) => Some(manifest),
        Err(StoreError::NotARun { .. }) => None,
        Err(error) => return Err(store_failure(error)),
    };
    if RoundsFolder::holds(run) {
        in_rounds(&mut sheet, run)?;
    } else if run.join(STUDY_FILE).exists() {
        study(&mut sheet, run, args.shares, manifest.as_ref())?;
    } else if let Some(manifest) = &manifest {
        single(&mut sheet, run, manifest)?;
    } else {
        return Err(store_failure(StoreError::NotARun { path: run.clone(), file: MANIFEST_FILE }));
    }
    match &manifest {
        Some(manifest) => {
            let words = format!("{:.1} s, {} events", manifest.wall_seconds, grouped(manifest.events));
            sheet.tell("last run", words, json!({ "started_unix_s": manifest.started_unix_s, "wall_seconds": manifest.wall_seconds, "events": manifest.events, "auctions": manifest.auctions }));
            let laws = &manifest.laws;
            let words = format!("{} checks, {} violated", grouped(laws.checked), laws.violated);
            sheet.tell("laws", words, json!(laws));
        }
        None => sheet.tell("last run", "not ended: there is no manifest", Value::Null),
    }
    let files = files(run)?;
    let bytes: u64 = files.iter().map(|file| file.1).sum();
    sheet.json.insert(
        "files".into(),
        files
            .iter()
            .map(|(name, bytes, count)| json!({ "name": name, "bytes": bytes, "count": count }))
            .collect(),
    );
    sheet.json.insert("problems".into(), json!(sheet.problems));
    show(&render(&sheet, &files, bytes, args.format)?)?;
    if sheet.problems.is_empty() { Ok(()) } else { Err(Failure::Said(Status::CheckFailed)) }
}

fn render(
    sheet: &Sheet,
    files: &[(String, u64, u64)],
    bytes: u64,
    format: Format,
) -> Result<String, Failure> {
    let mut grid = Grid::new(["what", "is"]);
    for (what, words) in &sheet.lines {
        grid.push(vec![(*what).into(), words.as_str().into()]);
    }
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&Value::Object(sheet.json.clone()));
            text.map(|text| text + "\n").map_err(|error| Failure::told(Status::Io, error))
        }
        Format::Csv | Format::Md => grid.render(format),
        Format::Table => {
            let mut text: String =
                sheet.lines.iter().map(|(what, words)| format!("{what:<14}{words}\n")).collect();
            text.push('\n');
            let mut table = Grid::new(["file", "size", "files"]);
            for (name, bytes, count) in files {
                table.push(vec![
                    name.as_str().into(),
                    Cell::number(in_words(*bytes), *bytes as f64),
                    Cell::number(grouped(*count), *count as f64),
                ]);
            }
            table.push(vec![
                "in all".into(),
                Cell::number(in_words(bytes), bytes as f64),
                Cell::number(grouped(files.iter().map(|f| f.2).sum()), 0.0),
            ]);
            text.push_str(&table.table());
            for problem in &sheet.problems {
                say(&format!("problem: {problem}"));
            }
            Ok(text)
        }
    }
}

/// A study: what is asked, and the state of each part.
fn study(sheet: &mut Sheet, run: &Path, shares: u64, manifest: Option<&Manifest>) -> Result<(), Failure> {
    let begun = StudyFolder::read::<Value>(run).map_err(store_failure)?;
    let design = &begun.design;
    ask(sheet, &begun.question);
    of_build(sheet, &begun.build);
    let names: Vec<&str> = design.variants.iter().map(|variant| variant.name.as_str()).collect();
    sheet.tell("scenario", names.join(", "), json!(names));
    sheet.tell("seed", design.seed.to_string(), json!(design.seed));
    sheet.tell("design", begun.folder.fingerprint(), json!(begun.folder.fingerprint()));
    let levers: Vec<&str> = design.levers.iter().map(|lever| lever.name.as_str()).collect();
    let drawn = match levers.len() {
        0 => "none: one set of parameters".to_owned(),
        n => format!("{n}, {} draws: {}", grouped(design.draws.len() as u64), levers.join(", ")),
    };
    sheet.tell("drawn", drawn, json!({ "parameters": levers, "draws": design.draws.len() }));
    let found = look(run).map_err(store_failure)?;
    state(sheet, &found, design.jobs.len() as u64, manifest);
    if shares > 1 {
        by_share(sheet, &found, shares);
    }
    failures(sheet, &found, run);
    Ok(())
}

fn ask(sheet: &mut Sheet, question: &Value) {
    let verb = question.get("verb").and_then(Value::as_str).unwrap_or("unknown");
    let mut rest = question.clone();
    if let Some(fields) = rest.as_object_mut() {
        fields.remove("verb");
        fields.retain(|_, value| !value.is_null());
    }
    sheet.tell("verb", verb, json!(verb));
    sheet.tell("question", rest.to_string(), rest);
}

fn of_build(sheet: &mut Sheet, build: &Build) {
    let dirty = match build.git_dirty {
        Some(true) => ", with changes that are in no commit",
        _ => "",
    };
    let short = |text: &str| text.chars().take(12).collect::<String>();
    let words = format!(
        "version {}, commit {}{dirty}, {}, {}",
        build.version,
        short(&build.git_commit),
        build.profile,
        build.target
    );
    sheet.tell("build", words, json!(build));
    let same = if Build::current().simulates_like(build) {
        "this build simulates the same markets"
    } else {
        "this build simulates other markets"
    };
    sheet.tell("model", format!("{}, {same}", short(&build.model)), json!({ "fingerprint": build.model, "is_that_of_this_build": Build::current().simulates_like(build) }));
}

/// Jobs by what became of them, and the parts that are not whole.
fn state(sheet: &mut Sheet, found: &Inspection, planned: u64, manifest: Option<&Manifest>) {
    let missing = found.jobs(|state| *state == PartState::Missing);
    let damaged = found.jobs(|state| matches!(state, PartState::Damaged { .. }));
    let done = planned - missing - damaged;
    let failed = found.failures.len() as u64;
    let ended = match manifest {
        _ if damaged > 0 => "damaged",
        _ if missing == 0 => "complete",
        // Jobs beyond those that were asked for are no loss.
        Some(manifest) if !manifest.interrupted => "ended early, precise enough",
        _ => "broken off",
    };
    sheet.tell("state", ended, json!(ended));
    let percent = 100.0 * done as f64 / planned.max(1) as f64;
    let words = format!(
        "{} planned, {} done ({percent:.1} %), {} of them failed, {} missing, {} damaged",
        grouped(planned),
        grouped(done),
        grouped(failed),
        grouped(missing),
        grouped(damaged)
    );
    sheet.tell(
        "jobs",
        words,
        json!({ "planned": planned, "done": done, "failed": failed, "missing": missing, "damaged": damaged }),
    );
    let parts = |is: &dyn Fn(&PartState) -> bool| -> Vec<u64> {
        found.parts.iter().filter(|(_, state)| is(state)).map(|(part, _)| part.number).collect()
    };
    let absent = parts(&|state| *state == PartState::Missing);
    let whole = parts(&|state| matches!(state, PartState::Whole { .. })).len();
    let mut words = format!("{whole} of {} whole", found.parts.len());
    if !absent.is_empty() {
        words.push_str(&format!(", missing {}", ranges(&absent)));
    }
    let rows: Vec<Value> = found.parts.iter().map(|(part, state)| {
        let (is, failed, reason) = match state {
            PartState::Missing => ("missing", None, None),
            PartState::Whole { failed } => ("whole", Some(failed), None),
            PartState::Damaged { reason } => ("damaged", None, Some(reason)),
        };
        json!({ "part": part.number, "first_job": part.jobs.start, "jobs": part.jobs.end - part.jobs.start, "state": is, "failed": failed, "reason": reason })
    }).collect();
    sheet.tell("parts", words, json!(rows));
    for (part, state) in &found.parts {
        if let PartState::Damaged { reason } = state {
            sheet.problems.push(format!("part {} is damaged: {reason}", part.number));
        }
    }
    let (words, exact) = match &found.summary {
        SummaryState::Absent => ("there is none".to_owned(), json!("absent")),
        SummaryState::Agrees { compared } => {
            (format!("its {compared} means and medians are those of the results"), json!("agrees"))
        }
        SummaryState::Differs { at, says, is } => {
            sheet.problems.push(format!("summary.json says {says} for {at}, the results say {is}"));
            ("is not that of the results".to_owned(), json!({ "at": at, "says": says, "is": is }))
        }
        SummaryState::Unknown { reason } => (format!("not compared: {reason}"), json!({ "unknown": reason })),
    };
    sheet.tell("summary", words, exact);
}

/// How much of each of so many shares is there.
fn by_share(sheet: &mut Sheet, found: &Inspection, shares: u64) {
    let mut rows = vec![(0_u64, 0_u64); shares as usize];
    for (part, state) in &found.parts {
        let jobs = part.jobs.end - part.jobs.start;
        let row = &mut rows[(part.number % shares) as usize];
        row.0 += jobs;
        row.1 += if matches!(state, PartState::Whole { .. }) { jobs } else { 0 };
    }
    let words: Vec<String> =
        (1..).zip(&rows).map(|(k, (all, done))| format!("{k}/{shares}: {done} of {all}")).collect();
    let exact: Vec<Value> = (1_u64..)
        .zip(&rows)
        .map(|(k, (all, done))| json!({ "share": k, "of": shares, "jobs": all, "done": done }))
        .collect();
    sheet.tell("shares", words.join("; "), json!(exact));
}

/// The jobs that failed, each with the command that shows it again.
fn failures(sheet: &mut Sheet, found: &Inspection, run: &Path) {
    let replay = |job: u64| format!("bidcast run --study {} --job {job}", run.display());
    let exact: Vec<Value> = found
        .failures
        .iter()
        .map(|job| json!({ "job": job.job, "status": job.status, "error": job.error, "replay": replay(job.job) }))
        .collect();
    sheet.json.insert("failures".into(), json!(exact));
    for job in found.failures.iter().take(LISTED) {
        let reason = job.error.as_deref().unwrap_or_default();
        sheet
            .lines
            .push(("failed", format!("job {}, {} ({reason}): `{}`", job.job, job.status, replay(job.job))));
    }
    if found.failures.len() > LISTED {
        sheet
            .lines
            .push(("failed", format!("and {} more, see failures.jsonl", found.failures.len() - LISTED)));
    }
}

/// A search: what is asked, and the state of each round.
fn in_rounds(sheet: &mut Sheet, run: &Path) -> Result<(), Failure> {
    let begun = RoundsFolder::read::<Value>(run).map_err(store_failure)?;
    ask(sheet, &begun.question);
    of_build(sheet, &begun.build);
    sheet.tell("scenario", begun.variant.name.as_str(), json!(begun.variant.name));
    sheet.tell("seed", begun.seed.to_string(), json!(begun.seed));
    sheet.tell("design", begun.folder.fingerprint(), json!(begun.folder.fingerprint()));
    let mut rounds = Vec::new();
    let (mut jobs, mut missing, mut failed) = (0, 0, 0);
    for place in begun.folder.rounds() {
        let found = look(&place).map_err(store_failure)?;
        let (all, absent) = (found.jobs(|_| true), found.jobs(|state| *state == PartState::Missing));
        for (part, state) in &found.parts {
            if let PartState::Damaged { reason } = state {
                sheet.problems.push(format!(
                    "part {} of {} is damaged: {reason}",
                    part.number,
                    place.display()
                ));
            }
        }
        jobs += all;
        missing += absent;
        failed += found.failures.len() as u64;
        failures(sheet, &found, &place);
        rounds.push(
            json!({ "round": rounds.len(), "jobs": all, "missing": absent, "failed": found.failures.len() }),
        );
    }
    let words = format!(
        "{} begun: {} jobs, {} missing, {} failed",
        rounds.len(),
        grouped(jobs),
        grouped(missing),
        grouped(failed)
    );
    sheet.tell("rounds", words, json!(rounds));
    Ok(())
}

/// A replication that was kept by `run -o`.
fn single(sheet: &mut Sheet, run: &Path, manifest: &Manifest) -> Result<(), Failure> {
    sheet.tell("verb", manifest.verb.as_str(), json!(manifest.verb));
    of_build(sheet, &manifest.build);
    sheet.tell("scenario", manifest.scenario.as_str(), json!(manifest.scenario));
    sheet.tell("seed", manifest.seed.to_string(), json!(manifest.seed));
    let path = run.join(CONFIG_FILE);
    let config = fs::read_to_string(&path).map_err(|error| Failure::told(Status::Io, error))?;
    let same = Manifest::config_hash(&config) == manifest.config_sha256;
    if !same {
        sheet.problems.push(format!("`{}` is not the configuration that was run", path.display()));
    }
    let words = if same { "is the one that was run" } else { "was changed since" };
    sheet.tell("configuration", words, json!({ "sha256": manifest.config_sha256, "unchanged": same }));
    let words =
        format!("{} planned, {} done, {} failed", manifest.planned, manifest.replications, manifest.failed);
    sheet.tell("jobs", words, json!({ "planned": manifest.planned, "done": manifest.replications, "failed": manifest.failed, "missing": 0, "damaged": 0 }));
    Ok(())
}

/// Numbers in words: `0, 3–7`.
fn ranges(numbers: &[u64]) -> String {
    let mut found: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match found.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => found.push((*number, *number)),
        }
    }
    let words = found.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}–{b}") });
    words.collect::<Vec<_>>().join(", ")
}

/// Files of a run, folders as a whole: name, bytes, number of files.
fn files(run: &Path) -> Result<Vec<(String, u64, u64)>, Failure> {
    let entries = fs::read_dir(run).map_err(|error| Failure::told(Status::Io, error))?;
    let mut found: Vec<(String, u64, u64)> = entries
        .flatten()
        .map(|entry| {
            let (bytes, count) = size(&entry.path());
            let slash = if entry.path().is_dir() { "/" } else { "" };
            (format!("{}{slash}", entry.file_name().to_string_lossy()), bytes, count)
        })
        .collect();
    found.sort();
    Ok(found)
}

fn size(path: &Path) -> (u64, u64) {
    let Ok(about) = fs::symlink_metadata(path) else { return (0, 0) };
    if !about.is_dir() {
        return (about.len(), 1);
    }
    let below = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size(&entry.path()));
    below.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_row_are_one_range() {
        assert_eq!(ranges(&[0, 2, 3, 4, 9]), "0, 2–4, 9");
        assert_eq!(ranges(&[]), "");
    }
}
