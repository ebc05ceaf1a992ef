//! A stored run that is asked again: its draws of the parameters beside its outcomes, nothing simulated.

use std::path::Path;

use bidcast::experiment::Columns;
use bidcast::experiment::study::Design;
use bidcast::stats::{crossed_split, mean, variance_split};
use bidcast::store::study::{StudyFolder, StudyResults};
use bidcast::store::write_file;

use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::outcomes::Target;
use super::question::Question;

/// A run in which parameters were varied.
pub(crate) struct Stored {
    folder: StudyFolder,
    /// Which markets were simulated.
    pub(crate) design: Design,
    results: StudyResults,
}

/// Where the variance of a table comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shares {
    /// Variance that the parameters make.
    pub(crate) parameters: f64,
    /// Variance that chance makes in one run.
    pub(crate) chance: f64,
    /// Variance of the rows of the table, means of replications, between each other.
    pub(crate) rows: f64,
}

/// An outcome with the parameters that led to it, a row for each draw.
pub(crate) struct Table {
    /// A column for each parameter.
    pub(crate) inputs: Vec<Vec<f64>>,
    /// Mean outcome of the replications of each draw.
    pub(crate) outcome: Vec<f64>,
    /// Replications of every draw.
    pub(crate) replications: usize,
    /// Draws of which replications are missing; they are left out.
    pub(crate) left_out: usize,
    /// Whether all draws were run under the same chances.
    pub(crate) same_chance: bool,
    /// Parts of the variance; none without replications.
    pub(crate) shares: Option<Shares>,
}

impl Stored {
    /// Opens a run.
    ///
    /// # Errors
    /// A folder that holds none; one in which nothing was varied, or whose draws are no sample.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let begun = StudyFolder::read::<Question>(path).map_err(store_failure)?;
        let shown = path.display();
        let unfit = |why: String| Err(Failure::message(Status::Usage, why));
        let hint = "take a forecast with drawn parameters (bidcast forecast --params prior) or a sweep";
        let (folder, design) = (begun.folder, begun.design);
        if design.levers.is_empty() {
            return unfit(format!("no parameter is varied in {shown}: nothing can be told of parameters"))
                .map_err(|failure| failure.hint(hint));
        }
        if let Question::Sensitivity(_) = begun.question {
            return unfit(format!("the rows of {shown} repeat each other's parameters: they are no sample"))
                .map_err(|failure| {
                    failure.hint(hint).hint(format!("`bidcast resume {shown}` shows its own result"))
                });
        }
        if design.variants.len() != 1 {
            return unfit(format!("{shown} holds several scenarios, whose outcomes do not make one table"))
                .map_err(|failure| failure.hint(hint));
        }
        let results = StudyResults::of(&folder, &design, |_, _| true).map_err(store_failure)?;
        Ok(Self { folder, design, results })
    }

    /// Reported years.
    pub(crate) fn years(&self) -> Vec<i32> {
        self.results.years()
    }

    /// Names of the parameters.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.design.levers.iter().map(|lever| lever.name.as_str()).collect()
    }

    /// Outcome of every run.
    ///
    /// # Errors
    /// A year that is not there; results that cannot be read.
    pub(crate) fn outcomes(&self, target: Target) -> Result<Vec<f64>, Failure> {
        let years = self.years();
        let Some(year) = years.iter().position(|year| *year == target.year) else {
            let known: Vec<String> = years.iter().map(ToString::to_string).collect();
            return Err(Failure::message(Status::Usage, format!("the run does not report {}", target.year))
                .hint(format!("its years are {}", known.join(", "))));
        };
        let mut columns = self.results.yearly(target.metric..target.metric + 1).map_err(store_failure)?;
        Ok(columns.remove(0).remove(year))
    }

    /// Values of every parameter, a column each, by run.
    pub(crate) fn inputs(&self) -> Vec<Vec<f64>> {
        let draw = |job: &u64| self.design.jobs[*job as usize].draw as usize;
        let value = |lever: usize| {
            self.results.jobs().iter().map(|job| self.design.draws[draw(job)][lever]).collect()
        };
        (0..self.design.levers.len()).map(value).collect()
    }

    /// One row for each draw: replications averaged, their chance told apart.
    ///
    /// # Errors
    /// As [`Stored::outcomes`].
    pub(crate) fn table(&self, target: Target) -> Result<Table, Failure> {
        let mut draws: Vec<Vec<(u64, f64)>> = vec![Vec::new(); self.design.draws.len()];
        for (job, value) in self.results.jobs().iter().zip(self.outcomes(target)?) {
            let row = self.design.jobs[*job as usize];
            draws[row.draw as usize].push((row.replication, value));
        }
        let begun = draws.iter().filter(|draw| !draw.is_empty()).count();
        // As many replications as most draws have: what was broken off or failed has fewer.
        let most = draws.iter().map(Vec::len).max().unwrap_or_default();
        let having = |m: &usize| draws.iter().filter(|draw| draw.len() == *m).count();
        let replications = (1..=most).max_by_key(having).unwrap_or_default();
        let kept: Vec<usize> =
            (0..draws.len()).filter(|d| replications > 0 && draws[*d].len() >= replications).collect();
        let row = |d: &usize| draws[*d].iter().take(replications);
        let values: Vec<Vec<f64>> = kept.iter().map(|d| row(d).map(|(_, value)| *value).collect()).collect();
        let numbers = |d: &usize| row(d).map(|(number, _)| *number).collect::<Vec<_>>();
        let same_chance = kept.windows(2).all(|pair| numbers(&pair[0]) == numbers(&pair[1]));
        let outcome: Vec<f64> = values.iter().filter_map(|values| mean(values)).collect();
        Ok(Table {
            inputs: (0..self.design.levers.len())
                .map(|lever| kept.iter().map(|d| self.design.draws[*d][lever]).collect())
                .collect(),
            replications,
            left_out: begun - kept.len(),
            same_chance,
            shares: shares(&values, same_chance),
            outcome,
        })
    }

    /// Writes a file into the folder of the run.
    ///
    /// # Errors
    /// What the system refuses.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        write_file(&self.folder.path().join(name), bytes).map_err(store_failure)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Splits the variance: draws that share their chance differ by less than all of it.
fn shares(values: &[Vec<f64>], same_chance: bool) -> Option<Shares> {
    if same_chance {
        let split = crossed_split(values)?;
        let rows = split.parameters + split.together / split.replications as f64;
        return Some(Shares { parameters: split.parameters, chance: split.chance(), rows });
    }
    let split = variance_split(values)?;
    let rows = split.parameters + split.chance / split.replications;
    Some(Shares { parameters: split.parameters, chance: split.chance, rows })
}

impl Shares {
    /// Share of chance in the variance of one run; none without any variance.
    pub(crate) fn chance_share(&self) -> Option<f64> {
        let whole = self.parameters + self.chance;
        (whole > 0.0).then_some(self.chance / whole)
    }
}
