//! `bidcast forecast`: an ensemble of replications, kept in a run folder and summed up on stdout.

use std::collections::BTreeSet;

use bidcast::experiment::expression::{Event, Rules, Sample, Until};
use bidcast::experiment::study::{Design, Drawing};
use bidcast::experiment::{Draws, Fitted, Nesting, Plan, Probability, Summary, summarise_columns};
use bidcast::metrics::METRICS;
use bidcast::report::draw_all;
use bidcast::report::table::{format_range, with_error};
use bidcast::scenario::{Profile, Scenario};
use bidcast::store::study::{Shape, StudyResults};
use bidcast::store::{
    SUMMARY_FILE, StoreError, append_ledger, forecast_csv, monthly_csv, summary_csv, summary_json,
};
use serde::{Deserialize, Serialize};

use super::args::{ForecastArgs, Format, Manner, Reps};
use super::failure::{Failure, Status, wrong};
use super::folder::{now_unix_s, report_failure, store_failure};
use super::grid::{Cell, Grid};
use super::output::say;
use super::question::Question;
use super::source::{Drawn, Source, Wanted};
use super::stopping::{LEVEL, Stopping, discrepancy};
use super::study::{Concluded, Done, Study, carry_out};
use super::{headline, pilot, setup};

/// Draws of the pilot that is asked how many replications each draw should have.
const PILOT_DRAWS: usize = 64;
/// Draws of a posterior that are worth a first look.
const FEWEST_DRAWS: usize = 4;

/// What a forecast asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// How parameters are drawn; one set of them without.
    drawing: Option<Drawing>,
    /// Replications of each draw, 1 where nothing is drawn.
    replications: u64,
    /// When it is precise enough; as many as the design has without.
    until: Vec<Until>,
    /// Events whose probability is asked for.
    prob: Vec<String>,
    /// Whether it is entered in the ledger.
    freeze: bool,
    /// Whether what the model leaves out is in the intervals.
    #[serde(default)]
    discrepancy: bool,
    /// The posterior that is drawn from, and what it passed.
    #[serde(default)]
    posterior: Option<Fitted>,
}

/// Plans the study and carries it out.
///
/// # Errors
/// Problems of the input before any work; else those of any study.
pub(crate) fn forecast(args: &ForecastArgs, manner: Manner) -> Result<(), Failure> {
    let scenario = setup::scenario(&args.scenario, manner)?;
    let study = plan(args, &scenario, manner)?;
    carry_out(&study, &args.study, manner)
}

fn plan(args: &ForecastArgs, scenario: &Scenario, manner: Manner) -> Result<Study, Failure> {
    let seed = args.seed.unwrap_or_else(|| scenario.seed());
    // A study that stops by itself needs room to go on.
    let profile = if args.until.is_empty() { args.profile.into() } else { Profile::Deep };
    let wanted = args.draws.unwrap_or_else(|| scenario.replications(profile));
    let until = args.until.iter().map(|text| text.parse()).collect::<Result<Vec<Until>, _>>();
    let mut asked = Asked {
        drawing: None,
        replications: 1,
        until: until.map_err(wrong)?,
        prob: args.prob.clone(),
        freeze: args.freeze,
        discrepancy: false,
        posterior: None,
    };
    let mut pilot = None;
    let source = match &args.params {
        Some(params) => Source::read(params, scenario)?,
        None => Source::usual(scenario, manner)?,
    };
    let mut design = match source {
        None => Design::ensemble(scenario, seed, wanted),
        Some(source) => {
            let randomizations = usize::from(args.randomizations);
            // A profile is a number of runs; draws that are asked for are taken as they are.
            let draws = match (args.draws, &source) {
                (Some(draws), _) => draws as usize,
                (None, Source::Posterior(..)) => (wanted as usize).div_ceil(2).max(FEWEST_DRAWS),
                (None, Source::Prior(_)) => {
                    (wanted as usize / 2 / randomizations).max(1).next_power_of_two() * randomizations
                }
            };
            asked.discrepancy = !args.no_discrepancy;
            asked.posterior = source.fitted();
            let wanted = Wanted { sampler: args.sampler.into(), draws, randomizations, seed };
            let Drawn { drawing, levers, values } = source.draw(&[scenario], wanted)?;
            asked.drawing = Some(drawing);
            asked.replications = match args.reps {
                Reps::Fixed(replications) => replications,
                Reps::Auto => {
                    let some = values.iter().take(PILOT_DRAWS).cloned().collect();
                    pilot = Some(Design::nested(scenario, seed, levers.clone(), some, 2));
                    2
                }
            };
            Design::nested(scenario, seed, levers, values, asked.replications)
        }
    };
    asked.check(&design)?;
    if let Some(pilot) = &pilot {
        asked.replications = pilot::best_replications(pilot, &args.study.work, manner)?;
        design = Design::nested(scenario, seed, design.levers, design.draws, asked.replications);
    }
    Ok(Study { question: Question::Forecast(asked), design })
}

impl Asked {
    /// Refuses before the work what could not be answered after it.
    fn check(&self, design: &Design) -> Result<(), Failure> {
        let shape = Shape::of(design).map_err(|error| Failure::told(Status::Usage, error))?;
        for event in self.events()? {
            event.quantity.among(&shape.years).map_err(wrong)?;
        }
        for needed in self.stopping().needed(&shape)? {
            if let Some(scenario) = needed.scenario {
                let message =
                    format!("a forecast is of one scenario: there is no difference to `{scenario}`");
                return Err(
                    Failure::message(Status::Usage, message).hint("`bidcast compare` has differences")
                );
            }
        }
        Ok(())
    }

    fn events(&self) -> Result<Vec<Event>, Failure> {
        self.prob.iter().map(|text| text.parse().map_err(wrong)).collect()
    }

    /// When it is looked at.
    fn stopping(&self) -> Stopping<'_> {
        Stopping {
            until: &self.until,
            jobs_of_a_unit: self.replications,
            drawing: self.drawing,
            discrepancy: self.discrepancy,
        }
    }

    /// Jobs to run before the first look.
    pub(crate) fn first_look(&self, all: u64) -> u64 {
        self.stopping().first_look(all)
    }

    /// Jobs to run until the next look; none when all rules hold.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub(crate) fn next_look(&self, done: &Done<'_>) -> Result<Option<u64>, Failure> {
        self.stopping().next_look(done)
    }

    /// Which draw each replication is of.
    fn nesting(&self, done: &Done<'_>, results: &StudyResults) -> Result<Option<Nesting>, Failure> {
        let Some(drawing) = self.drawing else { return Ok(None) };
        let jobs = results.jobs().to_vec();
        let draw: Vec<u32> = jobs.iter().map(|job| done.design.jobs[*job as usize].draw).collect();
        let draws = draw.iter().collect::<BTreeSet<_>>().len() as u64;
        let draws = Draws { draws, parameters: done.design.levers.len() as u64, drawing };
        let discrepancy = discrepancy(self.discrepancy, done.design.seed)?;
        Ok(Some(Nesting { draws, draw, jobs, discrepancy }))
    }

    /// Sums up the replications: files, figures, page.
    ///
    /// # Errors
    /// Results that cannot be read, kept or drawn.
    pub(crate) fn conclude(&self, done: &Done<'_>) -> Result<Concluded, Failure> {
        let scenario = done.design.variants[0].scenario().map_err(Failure::Input)?;
        let summary = self.summary(done, &scenario)?;
        let files = [
            (SUMMARY_FILE, summary_json(&summary)),
            ("summary.csv", summary_csv(&summary)),
            ("monthly.csv", monthly_csv(&summary)),
            ("forecast.csv", forecast_csv(&summary)),
        ];
        for (name, bytes) in files {
            done.write(name, &bytes.map_err(store_failure)?)?;
        }
        let gallery = draw_all(&summary, done.folder.path()).map_err(report_failure)?;
        if !done.manner.quiet {
            for (chart, why) in &gallery.skipped {
                say(&format!("chart `{chart}` is left out: {why}"));
            }
        }
        if self.freeze && !done.interrupted {
            let ledger = append_ledger(done.folder.path(), done.folder.fingerprint(), &summary, now_unix_s())
                .map_err(store_failure)?;
            if !done.manner.quiet {
                say(&format!("entered in {}", ledger.display()));
            }
        }
        let precise = summary.stopping.as_ref().is_none_or(Rules::complete);
        let shown = page(&summary, done.format, done.manner)?;
        Ok(Concluded { page: shown, precise })
    }

    fn summary(&self, done: &Done<'_>, scenario: &Scenario) -> Result<Summary, Failure> {
        let results = done.results(|_| true)?;
        let nesting = self.nesting(done, &results)?;
        let plan = Plan { seed: done.design.seed, replications: done.up_to, jobs: 0 };
        let mut summary = summarise_columns(scenario, &plan, &results, nesting.as_ref(), done.interrupted)
            .map_err(store_failure)?;
        summary.failed = done.failed;
        summary.posterior.clone_from(&self.posterior);
        let groups = nesting.as_ref().map(Nesting::groups);
        let n_units = nesting.as_ref().map_or(results.jobs().len(), |nesting| nesting.draws.draws as usize);
        for event in self.events()? {
            let (metric, year) = (event.quantity.metric, event.quantity.year);
            let mut values = results.values(metric, year).map_err(store_failure)?.unwrap_or_default();
            if let Some(discrepancy) = nesting.as_ref().and_then(|nesting| nesting.discrepancy.as_ref()) {
                discrepancy.year(results.jobs(), metric, year, &mut values);
            }
            let sample = Sample { values: &values, groups: groups.as_deref() };
            if let Some((probability, Some(interval))) = sample.estimate(event.estimand(), n_units, LEVEL) {
                summary.probabilities.push(Probability {
                    event: event.to_string(),
                    probability,
                    low: interval.low.max(0.0),
                    high: interval.high.min(1.0),
                });
            }
        }
        if !self.until.is_empty() {
            summary.stopping = Some(self.stopping().rules(done)?);
        }
        Ok(summary)
    }
}

fn page(summary: &Summary, format: Format, manner: Manner) -> Result<String, Failure> {
    match format {
        Format::Table => Ok(headline::page(summary, manner.verbose)),
        Format::Json => file(summary_json(summary)),
        Format::Csv => file(summary_csv(summary)),
        Format::Md => table(summary).render(Format::Md),
    }
}
/// A file of the run folder as text.
fn file(bytes: Result<Vec<u8>, StoreError>) -> Result<String, Failure> {
    let bytes = bytes.map_err(|error| Failure::told(Status::CheckFailed, error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Every metric and year, one row each, as people read numbers.
fn table(summary: &Summary) -> Grid {
    let mut grid = Grid::new(["metric", "year", "median", "50 %", "80 %", "95 %"]);
    for metric in METRICS {
        for (year, e) in summary.metrics.get(metric.name).into_iter().flatten() {
            let range = |low, high| Cell::from(format_range(metric.unit, low, high));
            grid.push(vec![
                metric.name.into(),
                year.as_str().into(),
                with_error(metric.unit, e.p50, e.p50_mcse).into(),
                range(e.p25, e.p75),
                range(e.p10, e.p90),
                range(e.p2_5, e.p97_5),
            ]);
        }
    }
    grid
}
