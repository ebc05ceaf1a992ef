//! Everything that can be refused before the long work is refused here: files, overrides, the plan.

use std::path::Path;
use std::thread::available_parallelism;

use bidcast::diagnostic::Diagnostics;
use bidcast::experiment::ReplicationError;
use bidcast::scenario::{Layer, LayerError, Overlay, Scenario, Shipped, shipped};

use super::args::{Manner, ScenarioArgs};
use super::failure::{Failure, Status};
use super::output::say;
use super::picture;

/// Reads a configuration file.
///
/// # Errors
/// A file that cannot be read is an I/O failure, a file that is not text is a wrong configuration.
pub(crate) fn layer(path: &Path) -> Result<Layer, Failure> {
    Layer::from_file(path).map_err(|error| match &error {
        LayerError::Read { .. } => {
            Failure::told(Status::Io, error).hint("give the path of a TOML file that exists and can be read")
        }
        LayerError::NotUtf8 { .. } => Failure::told(Status::Usage, error).hint("save the file as UTF-8 text"),
    })
}

/// Finds a scenario that comes with the program; none for `base`.
///
/// # Errors
/// A name that does not exist, with those that do.
pub(crate) fn library(name: &str) -> Result<Option<Shipped>, Failure> {
    shipped(name).map_err(|unknown| {
        let failure = Failure::message(Status::Usage, unknown.message);
        unknown.hints.into_iter().fold(failure, Failure::hint)
    })
}

/// The layer of a scenario that the command line names: one that comes with the program, or a file.
///
/// # Errors
/// As [`layer`] for a path, as [`library`] for a name.
pub(crate) fn scenario_layer(name_or_path: &str) -> Result<Option<Layer>, Failure> {
    let path = Path::new(name_or_path);
    if path.extension().is_some() || path.components().count() > 1 {
        return layer(path).map(Some);
    }
    Ok(library(name_or_path)?.map(|shipped| shipped.layer()))
}

/// Loads the base scenario with the named one, the files and the overrides of the command line over it, and shows its
/// warnings.
///
/// # Errors
/// Files that cannot be read, and all problems in their content and in the overrides at once.
pub(crate) fn scenario(args: &ScenarioArgs, manner: Manner) -> Result<Scenario, Failure> {
    let named = args.scenario.as_deref().map(library).transpose()?.flatten();
    let own = args.layers.config.iter().map(|path| layer(path));
    let layers =
        named.map(|shipped| Ok(shipped.layer())).into_iter().chain(own).collect::<Result<Vec<_>, _>>()?;
    let files = layers.iter().map(Overlay::File);
    let mode = args.auction.as_ref().map(|mode| format!("auction.mode={mode}"));
    let sets = args.layers.set.iter().chain(&mode).map(|set| Overlay::Set(set));
    let overlays: Vec<_> = files.chain(sets).collect();
    let scenario = Scenario::load(&overlays).map_err(Failure::Input)?;
    warn(scenario.warnings(), manner);
    Ok(scenario)
}

/// Draws warnings, unless asked to be quiet.
pub(crate) fn warn(warnings: &Diagnostics, manner: Manner) {
    if !warnings.0.is_empty() && !manner.quiet {
        say(&picture::draw(warnings));
    }
}

/// The threads that are meant by `-j`.
pub(crate) fn jobs(asked: u16) -> usize {
    match usize::from(asked) {
        0 => available_parallelism().map_or(1, usize::from),
        jobs => jobs,
    }
}

/// A replication that failed: which, why, and how to see it again.
pub(crate) fn replication_failure(error: ReplicationError, args: &ScenarioArgs) -> Failure {
    match &error {
        ReplicationError::Law { replication, seed, violation } => {
            let replay = replay(args, *seed, *replication);
            let told = anyhow::Error::msg(violation.to_string()).context(error.to_string());
            Failure::told(Status::CheckFailed, told)
                .hint(format!("see it again with `{replay}`"))
                .hint("a broken law is a fault of the model, not of your scenario: please report it")
        }
    }
}

/// The command that repeats one replication.
pub(crate) fn replay(args: &ScenarioArgs, seed: u64, replication: u64) -> String {
    let mut command = format!("bidcast run --replication {replication} --seed {seed}");
    if let Some(name) = &args.scenario {
        command.push_str(&format!(" --scenario {}", quoted(name)));
    }
    for file in &args.layers.config {
        command.push_str(&format!(" -c {}", quoted(&file.display().to_string())));
    }
    if let Some(mode) = &args.auction {
        command.push_str(&format!(" --auction {mode}"));
    }
    for set in &args.layers.set {
        command.push_str(&format!(" --set {}", quoted(set)));
    }
    command
}

/// A word as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/=+:,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::LayerArgs;
    use bidcast::engine::Violation;

    use super::*;

    #[test]
    fn a_replay_repeats_the_scenario_flags_as_a_shell_reads_them() {
        let args = ScenarioArgs {
            scenario: Some("ai_content".into()),
            auction: Some("tree".into()),
            layers: LayerArgs {
                config: vec!["my scenarios/a.toml".into()],
                set: vec!["auction.theta=3.5".into(), r#"auction.form="first_price""#.into()],
            },
        };
        assert_eq!(
            replay(&args, 7, 12),
            "bidcast run --replication 12 --seed 7 --scenario ai_content -c 'my scenarios/a.toml' --auction tree --set auction.theta=3.5 \
             --set 'auction.form=\"first_price\"'"
        );
    }

    #[test]
    fn a_broken_law_names_the_law_the_replication_and_the_replay() {
        let violation = Violation { law: 7, day: 12, found: "spent 5 of 4".into() };
        let error = ReplicationError::Law { replication: 3, seed: 9, violation };
        let args = ScenarioArgs {
            scenario: None,
            auction: None,
            layers: LayerArgs { config: vec!["a.toml".into()], set: Vec::new() },
        };
        let Failure::Told { status, error, hints } = replication_failure(error, &args) else {
            panic!("a broken law is told");
        };
        let told = format!("{error:#}");
        assert_eq!(status, Status::CheckFailed);
        assert!(
            told.contains("replication 3") && told.contains("law 7") && told.contains("spent 5 of 4"),
            "{told}"
        );
        assert!(hints[0].contains("bidcast run --replication 3 --seed 9 -c a.toml"), "{hints:?}");
    }

    #[test]
    fn quotes_inside_words_survive() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
