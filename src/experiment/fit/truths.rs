//! Does the procedure find truths that are known? Two ways, neither of which needs a run that is not there already.
//!
//! * *Recovery*: runs of the first wave are left out of the fit, one after the other taken as the world. Their moments,
//!   with an error of observation, are the targets; the emulator of the other runs is sampled. Truths come from the prior.
//! * *Posterior SBC*: truths are draws of the posterior at which the market was really simulated. Each is sought from what
//!   was published and from its own moments together, by the emulator of the last wave, which holds there. If the procedure
//!   is right, the place of a truth among the draws is uniform, given what was published.
//!
//! # Source
//!
//! S. Talts et al., arXiv:1804.06788; for the second, T. Säilynoja et al., *Posterior SBC: Simulation-Based Calibration
//! Checking Conditional on Data*, arXiv:2502.03279.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use super::moments::Moment;
use crate::calibration::{
    CalibrationError, Emulator, EnsembleRule, Esl, Likelihood, Observable, Sbc, Table, Target, sample_cube,
};
use crate::experiment::Watch;
use crate::rng::Streams;
use crate::stats::pit;

/// Adjusted p-values from here on are no reason to doubt.
const SIGNIFICANCE: f64 = 0.05;
/// Names the streams of truths; their replications count truths.
const PURPOSE: u64 = 0x5452_5554_4853;
/// Number of the run of the sampler: apart from those of the waves.
const RUN: u64 = 1 << 20;
/// Draws that a truth is placed among.
const RANKED: usize = 200;

/// Where truths come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// From the prior.
    Recovery,
    /// From the posterior.
    Posterior,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Posterior => "posterior SBC",
        }
    }
}

/// Truths and where they were found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Truths {
    /// Where they come from.
    pub kind: Kind,
    /// Place of each truth among its draws, a row for each truth and a column for each parameter.
    pub places: Vec<Vec<f64>>,
    /// The three tests of each parameter, adjusted together.
    pub sbc: Sbc,
}

impl Truths {
    fn of(kind: Kind, places: Vec<Vec<f64>>) -> Result<Self, CalibrationError> {
        let sbc = Sbc::of(&places)?;
        Ok(Self { kind, places, sbc })
    }

    /// Whether no test rejects.
    pub fn holds(&self) -> bool {
        self.sbc.holds(SIGNIFICANCE)
    }

    /// Share of truths within their 90 % intervals, over all parameters.
    pub fn covered(&self) -> f64 {
        let held: f64 = self.sbc.parameters.iter().map(|found| found.held).sum();
        held / self.sbc.parameters.len().max(1) as f64
    }

    /// Smallest adjusted p-value.
    pub fn least_p(&self) -> f64 {
        let each = self.sbc.parameters.iter();
        each.map(|found| found.kolmogorov_smirnov.min(found.chi_square).min(found.coverage))
            .fold(1.0, f64::min)
    }

    /// Recovery of `n` runs of the first wave, evenly taken, left out of the fit together.
    ///
    /// On `threads` threads, 0 for one per core; none when the watch says stop.
    ///
    /// # Errors
    /// Before the first wave; too few runs left for the emulator; fewer than 20 truths.
    pub fn recovery(
        esl: &Esl,
        moments: &[Moment],
        n: usize,
        seed: u64,
        threads: usize,
        watch: &dyn Watch,
    ) -> Result<Option<Self>, CalibrationError> {
        let wave = esl
            .waves()
            .first()
            .ok_or(CalibrationError::Order { step: "recovery", needs: "a wave of runs" })?;
        let runs: Vec<(Vec<f64>, Vec<f64>)> =
            wave.usable().map(|(point, row)| (point.to_vec(), row.to_vec())).collect();
        let n = n.min(runs.len());
        let taken: Vec<usize> = (0..n).map(|k| k * runs.len() / n.max(1)).collect();
        // A point that was run twice must not be known from its twin.
        let is_truth = |point: &[f64]| taken.iter().any(|&at| runs[at].0 == point);
        let (points, rows) = runs.iter().filter(|(point, _)| !is_truth(point)).cloned().unzip();
        let transforms: Vec<_> = moments.iter().map(|moment| moment.observable.transform).collect();
        let emulator = Emulator::fit(&Table::try_new(points, rows)?, esl.rule().features, &transforms)?;
        let n_last = emulator.standardised_residuals().len();
        let place = |number: usize| {
            let (truth, row) = &runs[taken[number]];
            let seen = observed(moments, row, seed, number as u64);
            let likelihood = Likelihood::new(&emulator, &seen, n_last)?;
            let log = |points: &[Vec<f64>]| likelihood.log_at(points);
            let draws = sample(esl, None, seed, number as u64, log)?;
            Ok(placed(truth, &draws))
        };
        let Some(places) = side_by_side(n, threads, watch, place)? else { return Ok(None) };
        Self::of(Kind::Recovery, places).map(Some)
    }

    /// Posterior SBC of truths and the moments of one real run at each, NaN where it failed.
    ///
    /// On `threads` threads, 0 for one per core; none when the watch says stop.
    ///
    /// # Errors
    /// Before the first wave; fewer than 20 truths.
    pub fn posterior(
        esl: &Esl,
        moments: &[Moment],
        points: &[Vec<f64>],
        rows: &[Vec<f64>],
        seed: u64,
        threads: usize,
        watch: &dyn Watch,
    ) -> Result<Option<Self>, CalibrationError> {
        let emulator = esl.emulator()?;
        let published = Likelihood::new(&emulator, esl.observables(), esl.n_last())?;
        let truths: Vec<(&Vec<f64>, &Vec<f64>)> =
            points.iter().zip(rows).filter(|(_, row)| row.iter().all(|x| x.is_finite())).collect();
        let place = |number: usize| {
            let (truth, row) = truths[number];
            let seen = observed(moments, row, seed, number as u64);
            let own = Likelihood::new(&emulator, &seen, esl.n_last())?;
            let log = |points: &[Vec<f64>]| -> Vec<f64> {
                published.log_at(points).into_iter().zip(own.log_at(points)).map(|(a, b)| a + b).collect()
            };
            let draws = sample(esl, Some(esl.posterior()), seed, number as u64, log)?;
            Ok(placed(truth, &draws))
        };
        let Some(places) = side_by_side(truths.len(), threads, watch, place)? else { return Ok(None) };
        Self::of(Kind::Posterior, places).map(Some)
    }
}

/// Places of truths, in their order on any number of threads; none when the watch says stop.
fn side_by_side(
    n: usize,
    threads: usize,
    watch: &dyn Watch,
    place: impl Fn(usize) -> Result<Vec<f64>, CalibrationError> + Sync,
) -> Result<Option<Vec<Vec<f64>>>, CalibrationError> {
    let done = AtomicU64::new(0);
    let one = |number: usize| -> Option<Result<Vec<f64>, CalibrationError>> {
        if watch.stop() {
            return None;
        }
        let found = place(number);
        watch.finished(done.fetch_add(1, Ordering::Relaxed) + 1, n as u64);
        Some(found)
    };
    let found: Option<Vec<Result<Vec<f64>, CalibrationError>>> =
        match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
            Ok(pool) => pool.install(|| (0..n).into_par_iter().map(one).collect()),
            // Without threads it takes longer and comes to the same.
            Err(_) => (0..n).map(one).collect(),
        };
    found.map(|found| found.into_iter().collect()).transpose()
}

/// The moments of a run as if they had been published: with an error of observation and of the model, on the scale of the fit.
fn observed(moments: &[Moment], row: &[f64], seed: u64, truth: u64) -> Vec<Observable> {
    let mut stream = Streams::new(seed, truth).open(PURPOSE, 0, 0);
    let seen = |(moment, value): (&Moment, &f64)| {
        let transform = moment.observable.transform;
        let error = stream.normal();
        let target = moment.observable.target.and_then(|target| {
            let scaled = transform.target(&target)?;
            let place = transform.apply(*value)? + scaled.variance().sqrt() * error;
            let value = transform.invert(place);
            // The same relative errors at another value.
            let back = transform.target(&Target { observed: value, sd_obs: 1.0, sd_model: 1.0 })?;
            Some(Target {
                observed: value,
                sd_obs: scaled.sd_obs / back.sd_obs,
                sd_model: scaled.sd_model / back.sd_model,
            })
        });
        Observable { transform, target }
    };
    moments.iter().zip(row).map(seen).collect()
}

/// A short sample: enough to place a truth among two hundred draws.
fn sample(
    esl: &Esl,
    from: Option<&[Vec<f64>]>,
    seed: u64,
    truth: u64,
    log: impl Fn(&[Vec<f64>]) -> Vec<f64>,
) -> Result<Vec<Vec<f64>>, CalibrationError> {
    let whole = esl.rule().sampler;
    let rule = EnsembleRule { burn_in: whole.burn_in / 2, steps: whole.steps / 8, ..whole };
    let streams = Streams::new(seed, truth);
    Ok(sample_cube(&rule, esl.n_parameters(), RUN, from, &streams, log)?.thinned(RANKED))
}

fn placed(truth: &[f64], draws: &[Vec<f64>]) -> Vec<f64> {
    let place = |(parameter, truth): (usize, &f64)| {
        let values: Vec<f64> = draws.iter().map(|draw| draw[parameter]).collect();
        pit(&values, *truth, 0.5)
    };
    truth.iter().enumerate().map(place).collect()
}
