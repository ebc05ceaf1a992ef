//! `bidcast compare`: scenarios under common random numbers, each against the first, and what they say together.

use std::collections::BTreeSet;

use bidcast::experiment::comparison::{
    Comparison, ComparisonError, Pair, Side, Weights, compare as compared, complete_pairs,
};
use bidcast::experiment::expression::{Rules, Until};
use bidcast::experiment::study::{Design, Drawing};
use bidcast::scenario::{Overlay, Scenario};
use bidcast::store::study::{Shape, StudyResults};
use bidcast::store::{COMPARISON_FILE, StoreError, comparison_csv, comparison_json};
use serde::{Deserialize, Serialize};

use super::args::{CompareArgs, Format, Manner};
use super::failure::{Failure, Status, wrong};
use super::folder::store_failure;
use super::headline::stopped;
use super::output::say;
use super::question::Question;
use super::source::{Drawn, Source, Wanted};
use super::stopping::Stopping;
use super::study::{Concluded, Done, Study, carry_out};
use super::{contrasts, setup};

/// What a comparison asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// How parameters are drawn; one set of them without.
    drawing: Option<Drawing>,
    /// Pairs of each draw.
    replications: u64,
    /// How likely each scenario is taken to be; none when nobody said.
    weights: Vec<(String, f64)>,
    /// When it is precise enough; as many pairs as the design has without.
    until: Vec<Until>,
}

/// Plans the study and carries it out.
///
/// # Errors
/// Problems of the input before any work; else those of any study.
pub(crate) fn compare(args: &CompareArgs, manner: Manner) -> Result<(), Failure> {
    carry_out(&plan(args, manner)?, &args.study, manner)
}

fn plan(args: &CompareArgs, manner: Manner) -> Result<Study, Failure> {
    let named = scenarios(args, manner)?;
    let sides: Vec<&Scenario> = named.iter().map(|(_, scenario)| scenario).collect();
    let first = sides[0];
    let seed = args.seed.unwrap_or_else(|| first.seed());
    let wanted = args.draws.unwrap_or(args.profile.pairs());
    let until = args.until.iter().map(|text| text.parse()).collect::<Result<Vec<Until>, _>>();
    let mut asked =
        Asked { drawing: None, replications: 1, weights: args.weights.clone(), until: until.map_err(wrong)? };
    let mut design = match Source::read(&args.params, first)? {
        None => Design::paired(&sides, seed, Vec::new(), vec![Vec::new()], wanted),
        Some(source) => {
            let wanted = Wanted {
                sampler: args.sampler.into(),
                draws: wanted as usize,
                randomizations: usize::from(args.randomizations),
                seed,
            };
            let Drawn { drawing, levers, values } = source.draw(&sides, wanted)?;
            asked.drawing = Some(drawing);
            asked.replications = args.reps;
            Design::contrasted(&sides, seed, levers, values, args.reps)
        }
    };
    for (variant, (name, _)) in design.variants.iter_mut().zip(&named) {
        variant.name.clone_from(name);
    }
    asked.check(&design)?;
    Ok(Study { question: Question::Compare(asked), design })
}

/// The scenarios with the same files and overrides over each of them, as they are called on the command line; one from a file
/// is called as it calls itself.
fn scenarios(args: &CompareArgs, manner: Manner) -> Result<Vec<(String, Scenario)>, Failure> {
    let files = args.layers.config.iter().map(|path| setup::layer(path)).collect::<Result<Vec<_>, _>>()?;
    let mut found: Vec<(String, Scenario)> = Vec::new();
    for word in &args.scenarios {
        let own = setup::scenario_layer(word)?;
        // The scenario lies over what is common: files describe the world in which it happens.
        let overlays: Vec<Overlay<'_>> = files
            .iter()
            .chain(&own)
            .map(Overlay::File)
            .chain(args.layers.set.iter().map(|set| Overlay::Set(set)))
            .collect();
        let scenario = Scenario::load(&overlays).map_err(Failure::Input)?;
        setup::warn(scenario.warnings(), manner);
        let is_file = own.as_ref().is_some_and(|layer| layer.name == *word);
        let name = if is_file { scenario.name().to_owned() } else { word.clone() };
        if found.iter().any(|(other, _)| *other == name) {
            let message = format!("two of the scenarios are called `{name}`");
            return Err(Failure::message(Status::Usage, message).hint("give each file a `name` of its own"));
        }
        let days = |scenario: &Scenario| (scenario.parameters().report_day, scenario.parameters().end_day);
        if let Some((first, _)) = found.first().filter(|(_, first)| days(first) != days(&scenario)) {
            let message = format!("`{name}` does not report on the same time as `{first}`");
            return Err(Failure::message(Status::Usage, message)
                .hint("give settings of `run` to all scenarios, with -c or --set"));
        }
        found.push((name, scenario));
    }
    if found.len() < 2 {
        return Err(Failure::message(Status::Usage, "a comparison takes two scenarios or more").hint(
            "such as `--scenarios base,privacy_loss`; the first is what the others are compared with",
        ));
    }
    Ok(found)
}

impl Asked {
    /// Refuses before the work what could not be answered after it.
    fn check(&self, design: &Design) -> Result<(), Failure> {
        let names: Vec<&str> = design.variants.iter().map(|variant| variant.name.as_str()).collect();
        self.stated(&names)?;
        let shape = Shape::of(design).map_err(|error| Failure::told(Status::Usage, error))?;
        for needed in self.stopping(names.len()).needed(&shape)? {
            if let Some(scenario) = needed.scenario.filter(|name| !names.contains(&name.as_str())) {
                let message = format!("a rule names the scenario `{scenario}`, which is not compared");
                return Err(
                    Failure::message(Status::Usage, message).hint(format!("those are {}", names.join(", ")))
                );
            }
        }
        Ok(())
    }

    fn stated(&self, names: &[&str]) -> Result<Option<Weights>, Failure> {
        if self.weights.is_empty() {
            return Ok(None);
        }
        Weights::try_new(names, &self.weights).map(Some).map_err(|error| {
            let hint = error.hint();
            Failure::told(Status::Usage, error).hint(hint)
        })
    }

    /// When it is looked at; a unit is a draw, or a replication, in all scenarios.
    fn stopping(&self, n_variants: usize) -> Stopping<'_> {
        let jobs_of_a_unit = self.replications * n_variants as u64;
        Stopping { until: &self.until, jobs_of_a_unit, drawing: self.drawing, discrepancy: false }
    }

    /// Jobs to run before the first look.
    pub(crate) fn first_look(&self, design: &Design) -> u64 {
        self.stopping(design.variants.len()).first_look(design.jobs.len() as u64)
    }

    /// Jobs to run until the next look; none when all rules hold.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub(crate) fn next_look(&self, done: &Done<'_>) -> Result<Option<u64>, Failure> {
        self.stopping(done.design.variants.len()).next_look(done)
    }

    /// Sums up the pairs that are complete: files and page.
    ///
    /// # Errors
    /// Results that cannot be read or kept; fewer than two pairs.
    pub(crate) fn conclude(&self, done: &Done<'_>) -> Result<Concluded, Failure> {
        let found = self.comparison(done)?;
        for (name, bytes) in
            [(COMPARISON_FILE, comparison_json(&found)), ("comparison.csv", comparison_csv(&found))]
        {
            done.write(name, &bytes.map_err(store_failure)?)?;
        }
        let rules = self.stopping(done.design.variants.len()).rules(done)?;
        let mut page = match done.format {
            Format::Table => contrasts::page(&found, done.manner.verbose),
            Format::Json => text(comparison_json(&found))?,
            Format::Csv => text(comparison_csv(&found))?,
            Format::Md => {
                let grids = contrasts::grids(&found, done.manner.verbose);
                let all = grids.iter().map(|grid| grid.render(Format::Md)).collect::<Result<Vec<_>, _>>()?;
                all.join("\n")
            }
        };
        if done.format == Format::Table {
            rules.iter().for_each(|rule| page.push_str(&stopped(rule)));
        }
        Ok(Concluded { page, precise: self.until.is_empty() || Rules::complete(&rules) })
    }

    fn comparison(&self, done: &Done<'_>) -> Result<Comparison, Failure> {
        let names: Vec<&str> = done.design.variants.iter().map(|variant| variant.name.as_str()).collect();
        let pair = |job: u64| {
            let row = done.design.jobs[job as usize];
            Pair { draw: row.draw, replication: row.replication }
        };
        let of = |variant: usize, job: u64| done.design.jobs[job as usize].variant as usize == variant;
        let all: Vec<Vec<Pair>> = (0..names.len())
            .map(|variant| {
                let results = done.results(|job| of(variant, job))?;
                Ok(results.jobs().iter().map(|job| pair(*job)).collect())
            })
            .collect::<Result<_, Failure>>()?;
        // A replication that failed in one scenario, or is not there yet, is left out in all.
        let complete: BTreeSet<Pair> = complete_pairs(all.iter().map(Vec::as_slice));
        let left_out: usize = all.iter().map(|pairs| pairs.len() - complete.len()).sum();
        if left_out > 0 && !done.manner.quiet {
            say(&format!(
                "{left_out} replications are left out: they have no counterpart in another scenario"
            ));
        }
        let results: Vec<StudyResults> = (0..names.len())
            .map(|variant| done.results(|job| of(variant, job) && complete.contains(&pair(job))))
            .collect::<Result<_, _>>()?;
        let pairs: Vec<Vec<Pair>> =
            results.iter().map(|results| results.jobs().iter().map(|job| pair(*job)).collect()).collect();
        let sides: Vec<Side<'_, StudyResults>> = names
            .iter()
            .zip(&pairs)
            .zip(&results)
            .map(|((name, pairs), columns)| Side { name, pairs, columns })
            .collect();
        let weights = self.stated(&names)?;
        compared(done.design.seed, &sides, weights.as_ref()).map_err(|error| match error {
            ComparisonError::Columns { source, .. } => store_failure(source),
            error => Failure::told(Status::Usage, error),
        })
    }
}

/// A file of the run folder as text.
fn text(bytes: Result<Vec<u8>, StoreError>) -> Result<String, Failure> {
    let bytes = bytes.map_err(|error| Failure::told(Status::CheckFailed, error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
