//! Which method is meant, what it is asked for, and what it cannot be asked.

use bidcast::experiment::study::{Design, Job, REPLICATIONS_OF_A_DRAW};
use bidcast::scenario::{Priors, Scenario};
use bidcast::store::study::Shape;
use serde::{Deserialize, Serialize};

use super::super::args::{Manner, Method, SensitivityArgs};
use super::super::failure::{Failure, Status};
use super::super::outcomes::{self, Target};
use super::super::question::Question;
use super::super::study::{Done, Study, carry_out};
use super::super::{setup, vary};
use super::given;
use super::morris::Morris;
use super::saltelli::Saltelli;

/// What is asked of runs that are placed for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// How it is asked.
    way: Way,
    /// Metrics to explain; the usual ones when empty.
    metrics: Vec<String>,
    /// Year to explain; the last without.
    year: Option<i32>,
}

/// A method that places its runs itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    /// Screening.
    Morris(Morris),
    /// Shares of the variance.
    Sobol(Saltelli),
}

/// Asks a stored run, or plans a study and carries it out.
///
/// # Errors
/// Flags that do not go together; problems of the input before any work; else those of any study.
pub(crate) fn sensitivity(args: &SensitivityArgs, manner: Manner) -> Result<(), Failure> {
    if args.method == Method::Given {
        return given::given(args, manner);
    }
    if args.run.is_some() {
        return Err(Failure::message(Status::Usage, "a stored run is asked by --method given only").hint(
            "the other methods place their runs themselves: leave out --run, name --vary or --params",
        ));
    }
    let scenario = setup::scenario(&args.scenario, manner)?;
    let study = plan(args, &scenario)?;
    carry_out(&study, &args.study, manner)
}

fn plan(args: &SensitivityArgs, scenario: &Scenario) -> Result<Study, Failure> {
    let seed = args.seed.unwrap_or_else(|| scenario.seed());
    let priors = vary::inputs(&args.inputs, scenario)?;
    independent(&priors, args.independent)?;
    let (way, rows) = match args.method {
        Method::Morris => {
            let morris = Morris::plan(args)?;
            let rows = morris.rows(&priors, seed)?;
            (Way::Morris(morris), rows)
        }
        Method::Given | Method::Sobol => {
            let saltelli = Saltelli::plan(args)?;
            let rows = saltelli.rows(&priors, seed)?;
            (Way::Sobol(saltelli), rows)
        }
    };
    let levers = match &way {
        Way::Morris(_) => bidcast::experiment::study::levers(&priors),
        Way::Sobol(saltelli) => saltelli.levers(&priors),
    };
    let mut design = Design::nested(scenario, seed, levers, Vec::new(), args.reps);
    for (draw, row) in (0..).zip(rows) {
        let first = row.chance * REPLICATIONS_OF_A_DRAW;
        design.jobs.extend((first..first + args.reps).map(|replication| Job {
            variant: 0,
            draw,
            replication,
        }));
        design.draws.push(row.values);
    }
    let years = Shape::of(&design).map_err(|error| Failure::message(Status::Usage, error.to_string()))?.years;
    let asked = Asked { way, metrics: args.metric.clone(), year: args.year };
    asked.targets(&years)?;
    Ok(Study { question: Question::Sensitivity(asked), design })
}

/// Both methods move parameters one at a time, which what is correlated does not do: the effect of one would be that of all
/// that move with it.
fn independent(priors: &Priors, anyway: bool) -> Result<(), Failure> {
    let correlated = priors.copula.correlated();
    let Some(&(one, other)) = correlated.first() else { return Ok(()) };
    if anyway {
        return Ok(());
    }
    let name = |place: usize| &priors.priors[place].name;
    let more = match correlated.len() {
        1 => String::new(),
        n => format!(" (and {} more pairs)", n - 1),
    };
    let message = format!(
        "`{}` and `{}` are believed to be correlated{more}: moved one at a time they would not be what is believed",
        name(one),
        name(other)
    );
    Err(Failure::message(Status::Usage, message)
        .hint("ask a forecast with drawn parameters instead: bidcast sensitivity --run DIR")
        .hint("or draw each parameter by itself with --independent: indices are then those of independent parameters"))
}

impl Asked {
    /// Metrics and year that are explained.
    fn targets(&self, years: &[i32]) -> Result<Vec<Target>, Failure> {
        outcomes::targets(&self.metrics, self.year, years)
    }

    /// Sums up: indices in two files, a table of them.
    ///
    /// # Errors
    /// Results that cannot be read, explained or kept.
    pub(crate) fn conclude(&self, done: &Done<'_>) -> Result<String, Failure> {
        let targets = self.targets(&done.folder.shape().years)?;
        let report = match &self.way {
            Way::Morris(morris) => morris.conclude(done, &targets)?,
            Way::Sobol(saltelli) => saltelli.conclude(done, &targets)?,
        };
        for (name, bytes) in report.files()? {
            done.write(name, &bytes)?;
        }
        report.render(done.format)
    }
}
