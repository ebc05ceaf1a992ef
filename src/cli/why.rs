//! `bidcast why`: which parts of a scenario make the difference, divided so that it adds up.

use std::time::{Duration, Instant};

use bidcast::experiment::attribution::{
    Attribution, AttributionError, Common, Contrast, ContrastError, Study, Target, Workload, attribute,
};
use bidcast::experiment::{ReplicationError, replicate};
use bidcast::scenario::nearest;
use indicatif::HumanDuration;

use super::args::{Format, Manner, ScenarioArgs, Thoroughness, WhyArgs};
use super::failure::{Failure, Status};
use super::grid::{Grid, grouped};
use super::output::{say, show};
use super::watch::Watcher;
use super::{reasons, setup};

/// What is explained unless something else is asked for: how large, how concentrated.
const METRICS: [&str; 2] = ["market_total_usd", "cr20"];
/// The name that means no scenario over the base.
const BASE: &str = "base";

/// Takes two scenarios apart, runs their mixtures, shows what each part contributes.
///
/// # Errors
/// Problems of the input before any work; a broken law; Ctrl-C, after what was finished has been shown.
pub(crate) fn why(args: &WhyArgs, manner: Manner) -> Result<(), Failure> {
    let contrast = contrast(args)?;
    setup::warn(contrast.to().warnings(), manner);
    if contrast.parts().is_empty() {
        return nothing(args.format, &contrast);
    }
    let study = study(args, &contrast)?;
    let workload = study.workload(&contrast);
    if args.dry_run {
        show(&planned(&contrast, &study, &workload, args.format)?)?;
        if !manner.quiet {
            let one = time_of_one(&contrast, study.seed).map_err(|error| failure(error, args, study.seed))?;
            // Beside the result: the time differs from call to call, the plan does not.
            say(&estimate(one, workload.runs, setup::jobs(args.jobs)));
        }
        return Ok(());
    }
    let watcher = Watcher::install_for("runs", workload.runs, manner)?;
    watcher.draw();
    let done = attribute(&contrast, &study, &watcher);
    watcher.clear();
    let found = done.map_err(|error| failure(error, args, study.seed))?;
    if found.replications > 0 {
        show(&text(&found, workload.settings, args.format, manner)?)?;
    }
    if found.interrupted {
        say(&format!("interrupted: {} of {} replications used", found.replications, found.planned));
        return Err(Failure::Said(Status::Interrupted));
    }
    Ok(())
}

fn contrast(args: &WhyArgs) -> Result<Contrast, Failure> {
    let files = args.shared.config.iter().map(|path| setup::layer(path)).collect::<Result<Vec<_>, _>>()?;
    let common = Common { files, sets: args.shared.set.clone() };
    let made = match (&args.scenario, &args.mechanisms) {
        (Some(scenario), _) => {
            let to = setup::scenario_layer(scenario)?;
            let from = Some(args.against.as_str()).filter(|name| *name != BASE);
            let from = from.map(setup::scenario_layer).transpose()?.flatten();
            Contrast::between(common, from.as_ref(), to.as_ref())
        }
        // Clap has seen to it that there is the one or the other.
        (None, names) => Contrast::mechanisms(common, names.as_deref().unwrap_or_default()),
    };
    made.map_err(|error| match error {
        ContrastError::Input(problems) => Failure::Input(problems),
        ContrastError::UnknownMechanism { ref name, ref known } => {
            let near = nearest(name, known.iter().map(String::as_str));
            let hint = match near.first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("those that are on: {}", known.join(", ")),
            };
            Failure::told(Status::Usage, error).hint(hint)
        }
        error @ ContrastError::Run { .. } => Failure::told(Status::Usage, error)
            .hint("give settings of `run` to both scenarios, with -c or --set"),
        error @ ContrastError::Order => Failure::told(Status::Usage, error)
            .hint("write the shocks that both have in the same order in both files"),
        error @ ContrastError::TooManyParts { .. } => Failure::told(Status::Usage, error)
            .hint("give settings that are not in question to both scenarios, with -c"),
    })
}

fn study(args: &WhyArgs, contrast: &Contrast) -> Result<Study, Failure> {
    let named = args.metric.iter().map(String::as_str);
    let names: Vec<&str> = if args.metric.is_empty() { METRICS.to_vec() } else { named.collect() };
    let targets = names.iter().map(|name| Target::try_new(contrast, name, args.year));
    let seed = args.seed.unwrap_or_else(|| contrast.from().seed());
    Ok(Study {
        seed,
        replications: args.replications.unwrap_or(match args.profile {
            Thoroughness::Quick => 4,
            Thoroughness::Standard => 16,
            Thoroughness::Deep => 64,
        }),
        jobs: usize::from(args.jobs),
        exact_up_to: usize::from(args.exact_up_to),
        pairs: args.pairs,
        targets: targets.collect::<Result<_, _>>().map_err(|error| failure(error, args, seed))?,
    })
}

fn text(found: &Attribution, settings: usize, format: Format, manner: Manner) -> Result<String, Failure> {
    match format {
        Format::Table => Ok(reasons::page(found, settings, manner.verbose)),
        Format::Md => reasons::table(found, false).render(Format::Md),
        Format::Csv => reasons::rows(found).render(Format::Csv),
        Format::Json => serde_json::to_string_pretty(found)
            .map(|text| text + "\n")
            .map_err(|error| Failure::told(Status::Io, error)),
    }
}

/// Two scenarios that do not differ: that is the answer, and no mistake.
fn nothing(format: Format, contrast: &Contrast) -> Result<(), Failure> {
    let (from, to) = (contrast.from_name(), contrast.to_name());
    match format {
        Format::Table => show(&format!("{to} does not differ from {from}: there is nothing to attribute\n")),
        format => show(&parts(contrast).render(format)?),
    }
}

fn parts(contrast: &Contrast) -> Grid {
    let mut grid = Grid::new(["part", "change"]);
    for part in contrast.parts() {
        grid.push(vec![part.name.as_str().into(), part.change.as_str().into()]);
    }
    grid
}

/// What would be run.
fn planned(
    contrast: &Contrast,
    study: &Study,
    workload: &Workload,
    format: Format,
) -> Result<String, Failure> {
    let grid = parts(contrast);
    if format != Format::Table {
        return grid.render(format);
    }
    Ok(format!(
        "{}\n{} → {}: {}, {}\n{} settings of {}: {} runs\n",
        grid.table(),
        contrast.from_name(),
        contrast.to_name(),
        reasons::counted(contrast.parts().len(), "part"),
        reasons::way(workload.method),
        workload.settings,
        reasons::counted(study.replications as usize, "replication"),
        grouped(workload.runs)
    ))
}

/// How long one run takes, here and now: the scenario with all parts off in replication 0.
fn time_of_one(contrast: &Contrast, seed: u64) -> Result<Duration, AttributionError> {
    let started = Instant::now();
    replicate(contrast.from(), seed, 0).map_err(|source| AttributionError::Law {
        setting: contrast.describe(0),
        layer: contrast.layer(0),
        source: Box::new(source),
    })?;
    Ok(started.elapsed())
}

/// What a study would take when each run takes as long as the one that was timed.
fn estimate(one: Duration, runs: u64, jobs: usize) -> String {
    // Threads take runs one by one: the last round may leave some of them idle.
    let rounds = runs.div_ceil(jobs as u64);
    let seconds = one.as_secs_f64() * rounds as f64;
    let whole = HumanDuration(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    format!(
        "one run takes {:.1} s here: about {whole:#} on {}",
        one.as_secs_f64(),
        reasons::counted(jobs, "thread")
    )
}

/// What went wrong, and how to see it again.
fn failure(error: AttributionError, args: &WhyArgs, seed: u64) -> Failure {
    match error {
        AttributionError::Mixture { .. } => Failure::told(Status::Usage, error)
            .hint("parts that are valid only together cannot be told apart: give one of them to both scenarios, with -c"),
        AttributionError::Law { ref layer, ref source, .. } => {
            let mut layers = args.shared.clone();
            layers.config.push((&layer.name).into());
            let replay = setup::replay(&ScenarioArgs { scenario: None, auction: None, layers }, seed, source.replication());
            let text = layer.text.clone();
            let violation = match source.as_ref() {
                ReplicationError::Law { violation, .. } => violation.to_string(),
            };
            let told = anyhow::Error::msg(violation).context(error.to_string());
            Failure::told(Status::CheckFailed, told)
                .hint(format!("see it again with `{replay}`, where {} holds:\n{text}", layer.name))
                .hint("a broken law is a fault of the model, not of your scenario: please report it")
        }
        AttributionError::UnknownMetric { ref name } => {
            let near = nearest(name, bidcast::metrics::METRICS.iter().map(|metric| metric.name));
            let hint = match near.first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`bidcast metrics` lists them".to_owned(),
            };
            Failure::told(Status::Usage, error).hint(hint)
        }
        AttributionError::UnknownYear { .. } => Failure::told(Status::Usage, error),
        AttributionError::NoValue { .. } => {
            Failure::told(Status::Usage, error).hint("ask for another metric or another year")
        }
        AttributionError::Threads { .. } => {
            Failure::told(Status::Io, error).hint("ask for fewer threads with -j")
        }
    }
}

#[cfg(test)]
mod tests {
    use bidcast::engine::Violation;
    use bidcast::scenario::Layer;
    use clap::Parser;

    use super::super::args::{Cli, Verb};
    use super::*;

    fn args(line: &str) -> WhyArgs {
        match Cli::try_parse_from(line.split(' ')) {
            Ok(Cli { verb: Verb::Why(args), .. }) => args,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_broken_law_names_the_parts_and_how_to_see_it_again() {
        let violation = Violation { law: 7, day: 12, found: "spent 5 of 4".into() };
        let error = AttributionError::Law {
            setting: "fee on and theta off".into(),
            layer: Layer::new("mixture.toml", "[cash]\nstore_fee_share = 0.1\n"),
            source: Box::new(ReplicationError::Law { replication: 3, seed: 9, violation }),
        };
        let args = args("bidcast why --scenario a.toml -c small.toml --set auction.theta=3");
        let Failure::Told { status, error, hints } = failure(error, &args, 9) else { panic!("it is told") };
        assert_eq!(status, Status::CheckFailed);
        let told = format!("{error:#}");
        assert!(told.contains("replication 3") && told.contains("fee on and theta off"), "{told}");
        assert!(told.contains("law 7") && told.contains("spent 5 of 4"), "{told}");
        let replay =
            "`bidcast run --replication 3 --seed 9 -c small.toml -c mixture.toml --set auction.theta=3`";
        assert!(hints[0].contains(replay) && hints[0].ends_with("store_fee_share = 0.1\n"), "{hints:?}");
    }

    #[test]
    fn the_estimate_counts_rounds_of_threads() {
        let one = Duration::from_millis(7_900);
        assert_eq!(estimate(one, 8, 2), "one run takes 7.9 s here: about 32s on 2 threads");
        assert_eq!(estimate(one, 9, 2), "one run takes 7.9 s here: about 40s on 2 threads");
        assert_eq!(estimate(one, 1_000, 1), "one run takes 7.9 s here: about 2h on 1 thread");
    }

    #[test]
    fn mechanisms_are_all_or_those_named() {
        assert_eq!(args("bidcast why --mechanisms").mechanisms, Some(Vec::new()));
        assert_eq!(args("bidcast why --mechanisms=a,b.c").mechanisms, Some(vec!["a".into(), "b.c".into()]));
        assert_eq!(args("bidcast why --scenario a.toml").mechanisms, None);
        for line in
            ["bidcast why", "bidcast why --against a.toml", "bidcast why --mechanisms --scenario a.toml"]
        {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line} was accepted");
        }
    }
}
