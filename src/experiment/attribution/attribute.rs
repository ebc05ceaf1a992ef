//! Runs the mixtures of two scenarios and divides their difference, replication by replication.
//!
//! Within a replication all mixtures share their random numbers, so the difference of two of them is due to the parts
//! alone. Each replication is divided for itself and adds up for itself; the error of a contribution is the spread
//! over replications, which holds both the chance of the market and, where orders are sampled, that of the orders.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use super::effects::{Effect, Finished, Values, effect};
use super::failure::AttributionError;
use super::parts::Contrast;
use super::shapley::Method;
use crate::experiment::{Outcome, Watch, replicate};
use crate::metrics::{METRICS, Metric, index_of};
use crate::rng::Streams;
use crate::scenario::Scenario;
use crate::units::Date;

/// An outcome to explain: a metric in a year.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub(crate) metric: &'static Metric,
    /// Place in the registry of metrics.
    index: usize,
    pub(crate) year: i32,
}

impl Target {
    /// A metric by its name in a year, the last one when none is given.
    ///
    /// # Errors
    /// A metric or a year that is not there.
    pub fn try_new(contrast: &Contrast, name: &str, year: Option<i32>) -> Result<Self, AttributionError> {
        let Some(index) = index_of(name) else {
            return Err(AttributionError::UnknownMetric { name: name.to_owned() });
        };
        let parameters = contrast.from().parameters();
        let first = Date::from_day(parameters.report_day).year();
        let last = Date::from_day(parameters.end_day).year();
        match year.unwrap_or(last) {
            year if (first..=last).contains(&year) => Ok(Self { metric: &METRICS[index], index, year }),
            year => Err(AttributionError::UnknownYear { year, first, last }),
        }
    }

    fn read(&self, outcome: &Outcome) -> Result<f64, AttributionError> {
        let year = outcome.years.iter().position(|year| *year == self.year);
        match year.map(|year| outcome.yearly[year][self.index]) {
            Some(value) if value.is_finite() => Ok(value),
            _ => Err(AttributionError::NoValue { metric: self.metric.name.to_owned(), year: self.year }),
        }
    }
}

/// How to find out.
#[derive(Debug, Clone)]
pub struct Study {
    /// Master seed.
    pub seed: u64,
    /// Replications, numbered from 0.
    pub replications: u64,
    /// Threads; 0 for one per core.
    pub jobs: usize,
    /// Up to so many parts, all settings are run.
    pub exact_up_to: usize,
    /// Above that: random orders for each replication, each taken forwards and backwards.
    pub pairs: u32,
    /// What to explain.
    pub targets: Vec<Target>,
}

/// How much there is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// How orders are gone through.
    pub method: Method,
    /// Settings of each replication.
    pub settings: usize,
    /// Settings of all replications: so many markets are simulated.
    pub runs: u64,
}

impl Study {
    /// What the study of a contrast takes.
    pub fn workload(&self, contrast: &Contrast) -> Workload {
        let n_parts = contrast.parts().len();
        let method = Method::choose(n_parts, self.exact_up_to, self.pairs);
        let settings = |replication| method.settings(n_parts, &Streams::new(self.seed, replication)).len();
        // Two random orders may meet in a setting, so replications can differ by a few.
        let runs = (0..self.replications).map(|replication| settings(replication) as u64).sum();
        Workload { method, settings: settings(0), runs }
    }
}

/// The difference between two scenarios, divided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attribution {
    /// Version of this format: `bidcast/attribution/1`.
    pub schema: String,
    /// Name of the scenario with all parts off.
    pub from: String,
    /// Name of the scenario with all parts on.
    pub to: String,
    /// Master seed.
    pub seed: u64,
    /// How orders were gone through.
    pub method: Method,
    /// Replications finished; all figures are over these.
    pub replications: u64,
    /// Replications asked for.
    pub planned: u64,
    /// Whether it was stopped before all were done.
    pub interrupted: bool,
    /// Each target.
    pub effects: Vec<Effect>,
}

/// Simulates all mixtures that are needed and divides the difference of each target among the parts.
///
/// A replication counts when all its mixtures are done, so one that is stopped half-way leaves no trace.
///
/// # Errors
/// A mixture that is not valid, before any is run; the first broken law; threads that cannot be started.
pub fn attribute(
    contrast: &Contrast,
    study: &Study,
    watch: &dyn Watch,
) -> Result<Attribution, AttributionError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(study.jobs)
        .build()
        .map_err(|source| AttributionError::Threads { jobs: study.jobs, source })?;
    let method = study.workload(contrast).method;
    let settings: Vec<Vec<u64>> = (0..study.replications)
        .map(|replication| method.settings(contrast.parts().len(), &Streams::new(study.seed, replication)))
        .collect();
    pool.install(|| check(contrast, &settings, watch))?;
    let units: Vec<(u64, u64)> =
        (0..).zip(&settings).flat_map(|(k, settings)| settings.iter().map(move |on| (k, *on))).collect();
    let (done, planned) = (AtomicU64::new(0), units.len() as u64);
    let results: Vec<Option<Result<Values, AttributionError>>> = pool.install(|| {
        units
            .par_iter()
            // One run is long: hand them out one by one, so that no thread waits at the end.
            .with_max_len(1)
            .map(|&(replication, on)| {
                if watch.stop() {
                    return None;
                }
                let values = run(contrast, study, replication, on);
                watch.finished(done.fetch_add(1, Ordering::Relaxed) + 1, planned);
                Some(values)
            })
            .collect()
    });
    let interrupted = results.iter().any(Option::is_none);
    let mut results = results.into_iter();
    let mut finished = Vec::new();
    for (replication, settings) in (0..).zip(settings) {
        let results: Vec<_> = results.by_ref().take(settings.len()).collect();
        // The first broken law is told even when the replication was not finished.
        let values = results.into_iter().map(Option::transpose).collect::<Result<Vec<_>, _>>()?;
        if let Some(values) = values.into_iter().collect() {
            finished.push(Finished { replication, settings, values });
        }
    }
    let effects = if finished.is_empty() { &[][..] } else { &study.targets };
    Ok(Attribution {
        schema: "bidcast/attribution/1".into(),
        from: contrast.from_name().to_owned(),
        to: contrast.to_name().to_owned(),
        seed: study.seed,
        method,
        replications: finished.len() as u64,
        planned: study.replications,
        interrupted,
        effects: effects
            .iter()
            .enumerate()
            .map(|(index, target)| effect(target, index, contrast.parts(), method, study.seed, &finished))
            .collect(),
    })
}

/// Loads every mixture once: what can be refused is refused before the long work.
fn check(contrast: &Contrast, settings: &[Vec<u64>], watch: &dyn Watch) -> Result<(), AttributionError> {
    let distinct: BTreeSet<u64> = settings.iter().flatten().copied().collect();
    let problems: Vec<Option<AttributionError>> = distinct
        .into_par_iter()
        // Whoever has stopped runs nothing of it either.
        .map(|on| if watch.stop() { None } else { mixture(contrast, on).err() })
        .collect();
    problems.into_iter().flatten().next().map_or(Ok(()), Err)
}

fn mixture(contrast: &Contrast, on: u64) -> Result<Scenario, AttributionError> {
    contrast
        .scenario(on)
        .map_err(|source| AttributionError::Mixture { setting: contrast.describe(on), source })
}

/// One mixture in one replication.
///
/// Loading takes milliseconds and a run takes seconds, so mixtures are loaded again instead of kept: there may be
/// thousands of them.
fn run(contrast: &Contrast, study: &Study, replication: u64, on: u64) -> Result<Values, AttributionError> {
    let scenario = mixture(contrast, on)?;
    let outcome = replicate(&scenario, study.seed, replication).map_err(|source| AttributionError::Law {
        setting: contrast.describe(on),
        layer: contrast.layer(on),
        source: Box::new(source),
    })?;
    study.targets.iter().map(|target| target.read(&outcome)).collect()
}
