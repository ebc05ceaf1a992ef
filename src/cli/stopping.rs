//! When a study is precise enough: looks at whole units, the same for any number of threads.

use bidcast::experiment::Discrepancy;
use bidcast::experiment::expression::{Needed, Rules, Sample, Until};
use bidcast::experiment::study::Drawing;
use bidcast::stats::LOOK_EVERY;
use bidcast::store::study::Shape;

use super::failure::{Failure, Status, wrong};
use super::folder::store_failure;
use super::study::{Done, whole_parts};

/// Level of the intervals of rules and probabilities.
pub(crate) const LEVEL: f64 = 0.95;

/// The rules of a study and what its units are: draws, or replications where nothing is drawn.
pub(crate) struct Stopping<'a> {
    pub(crate) until: &'a [Until],
    /// Consecutive jobs that make a unit.
    pub(crate) jobs_of_a_unit: u64,
    /// How parameters are drawn, if they are.
    pub(crate) drawing: Option<Drawing>,
    /// Whether what the model leaves out is in the figures.
    pub(crate) discrepancy: bool,
}

/// What the model leaves out, when it is wanted.
///
/// # Errors
/// None as long as the embedded table can be read.
pub(crate) fn discrepancy(wanted: bool, seed: u64) -> Result<Option<Discrepancy>, Failure> {
    let shipped = wanted.then(|| Discrepancy::shipped(seed)).transpose();
    shipped.map_err(|error| Failure::told(Status::CheckFailed, error))
}

/// Values of one quantity, with job and group of each.
struct Column {
    needed: Needed,
    jobs: Vec<u64>,
    values: Vec<f64>,
    groups: Option<Vec<u32>>,
}

impl Stopping<'_> {
    /// What the rules are asked of.
    ///
    /// # Errors
    /// Rules that cannot be followed; years that are not reported.
    pub(crate) fn needed(&self, shape: &Shape) -> Result<Vec<Needed>, Failure> {
        let needed = self.fresh()?.needed();
        for needed in &needed {
            needed.quantity.among(&shape.years).map_err(wrong)?;
        }
        Ok(needed)
    }

    fn fresh(&self) -> Result<Rules, Failure> {
        Rules::try_new(self.until.to_vec(), LEVEL).map_err(|error| Failure::told(Status::Usage, error))
    }

    /// Jobs to run before the first look, of `all`.
    pub(crate) fn first_look(&self, all: u64) -> u64 {
        if self.until.is_empty() { all } else { self.jobs(LOOK_EVERY).min(all) }
    }

    /// Jobs of so many units, in whole parts.
    fn jobs(&self, units: usize) -> u64 {
        whole_parts(units as u64 * self.jobs_of_a_unit)
    }

    /// Jobs to run until the next look; none when all rules hold.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub(crate) fn next_look(&self, done: &Done<'_>) -> Result<Option<u64>, Failure> {
        Ok(self.rules(done)?.next_look().map(|units| self.jobs(units)))
    }

    /// The rules after all looks that the jobs so far allow; what later jobs brought is not seen by an earlier look.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub(crate) fn rules(&self, done: &Done<'_>) -> Result<Rules, Failure> {
        let mut rules = self.fresh()?;
        let columns = rules
            .needed()
            .into_iter()
            .map(|needed| self.column(done, needed))
            .collect::<Result<Vec<_>, _>>()?;
        let there = done.up_to.min(done.design.jobs.len() as u64);
        while let Some(units) = rules.next_look() {
            let last = units as u64 * self.jobs_of_a_unit;
            if last > there || done.interrupted {
                break;
            }
            rules.look(units, &|needed| {
                let column = columns.iter().find(|column| column.needed == *needed)?;
                let n = column.jobs.partition_point(|job| *job < last);
                let groups = column.groups.as_ref().map(|groups| &groups[..n]);
                Some(Sample { values: column.values.get(..n)?, groups })
            });
        }
        Ok(rules)
    }

    fn column(&self, done: &Done<'_>, needed: Needed) -> Result<Column, Failure> {
        let design = done.design;
        let variant = match &needed.scenario {
            Some(name) => design.variants.iter().position(|variant| variant.name == *name),
            None => Some(0),
        };
        let of_variant = |job: u64| Some(design.jobs[job as usize].variant as usize) == variant;
        let results = done.results(of_variant)?;
        let (metric, year) = (needed.quantity.metric, needed.quantity.year);
        let mut values = results.values(metric, year).map_err(store_failure)?.unwrap_or_default();
        if let Some(discrepancy) = discrepancy(self.discrepancy, design.seed)? {
            discrepancy.year(results.jobs(), metric, year, &mut values);
        }
        let group = |drawing: Drawing| {
            results.jobs().iter().map(|job| drawing.randomization(design.jobs[*job as usize].draw)).collect()
        };
        Ok(Column { needed, jobs: results.jobs().to_vec(), values, groups: self.drawing.map(group) })
    }
}
