//! `bidcast forecast`: an ensemble of replications, kept in a run folder and summed up on stdout.

use bidcast::experiment::study::{Design, Drawing, levers};
use bidcast::experiment::{Draws, Nesting, Plan, Summary, summarise_columns};
use bidcast::metrics::METRICS;
use bidcast::report::draw_all;
use bidcast::report::table::{format_range, with_error};
use bidcast::scenario::Scenario;
use bidcast::store::{
    SUMMARY_FILE, StoreError, append_ledger, forecast_csv, monthly_csv, summary_csv, summary_json,
};
use serde::{Deserialize, Serialize};

use super::args::{ForecastArgs, Format, Manner, Reps};
use super::failure::{Failure, Status};
use super::folder::{report_failure, store_failure};
use super::grid::{Cell, Grid};
use super::output::say;
use super::question::Question;
use super::study::{Done, Study, carry_out};
use super::{headline, setup};

/// What a forecast asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// How parameters are drawn; one set of them without.
    drawing: Option<Drawing>,
    /// Replications of each draw.
    replications: u64,
    /// Whether it is entered in the ledger.
    freeze: bool,
}

/// Plans the study and carries it out.
///
/// # Errors
/// Problems of the input before any work; else those of any study.
pub(crate) fn forecast(args: &ForecastArgs, manner: Manner) -> Result<(), Failure> {
    let scenario = setup::scenario(&args.scenario, manner)?;
    let study = plan(args, &scenario)?;
    carry_out(&study, &args.study, manner)
}

fn plan(args: &ForecastArgs, scenario: &Scenario) -> Result<Study, Failure> {
    let seed = args.seed.unwrap_or_else(|| scenario.seed());
    let wanted = args.draws.unwrap_or_else(|| scenario.replications(args.profile.into()));
    let freeze = args.freeze;
    let Some(priors) = setup::priors(&args.params, scenario)? else {
        let question = Question::Forecast(Asked { drawing: None, replications: wanted, freeze });
        return Ok(Study { question, design: Design::ensemble(scenario, seed, wanted) });
    };
    let randomizations = usize::from(args.randomizations);
    // A profile is a number of runs; draws that are asked for are taken as they are.
    let draws = match args.draws {
        Some(draws) => draws as usize,
        None => (wanted as usize / 2 / randomizations).max(1).next_power_of_two() * randomizations,
    };
    let drawing = Drawing { sampler: args.sampler.into(), draws, randomizations };
    let values = drawing.values(&priors, seed).map_err(|error| {
        let hint = error.hint();
        Failure::told(Status::Usage, error).hint(hint)
    })?;
    let Reps::Fixed(replications) = args.reps else { return Err(Failure::Said(Status::Usage)) };
    let design = Design::nested(scenario, seed, levers(&priors), values, replications);
    Ok(Study { question: Question::Forecast(Asked { drawing: Some(drawing), replications, freeze }), design })
}

impl Asked {
    /// Jobs to run before the first look.
    pub(crate) fn first_look(&self, all: u64) -> u64 {
        all
    }

    /// Jobs to run until the next look.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub(crate) fn next_look(&self, _: &Done<'_>) -> Result<Option<u64>, Failure> {
        Ok(None)
    }

    /// Sums up the replications: files, figures, page.
    ///
    /// # Errors
    /// Results that cannot be read, kept or drawn.
    pub(crate) fn conclude(&self, done: &Done<'_>) -> Result<String, Failure> {
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
            let ledger = append_ledger(done.folder.path(), done.folder.fingerprint(), &summary)
                .map_err(store_failure)?;
            if !done.manner.quiet {
                say(&format!("entered in {}", ledger.display()));
            }
        }
        page(&summary, done.format, done.manner)
    }

    fn summary(&self, done: &Done<'_>, scenario: &Scenario) -> Result<Summary, Failure> {
        let results = done.results(|_| true)?;
        let nesting = self.drawing.map(|drawing| {
            let draw: Vec<u32> =
                results.jobs().iter().map(|job| done.design.jobs[*job as usize].draw).collect();
            let draws = draw.iter().collect::<std::collections::BTreeSet<_>>().len() as u64;
            Nesting { draws: Draws { draws, parameters: done.design.levers.len() as u64, drawing }, draw }
        });
        let plan = Plan { seed: done.design.seed, replications: done.up_to, jobs: 0 };
        let mut summary = summarise_columns(scenario, &plan, &results, nesting.as_ref(), done.interrupted)
            .map_err(store_failure)?;
        summary.failed = done.failed;
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
