//! The waves: what was run, what it said, and what to run next.

use serde::{Deserialize, Serialize};

use super::design;
use super::prior_check::PriorCheck;
use super::report::{Spread, Status, WaveReport};
use super::rule::EslRule;
use crate::calibration::address::Address;
use crate::calibration::emulator::{Emulator, Light, Scratch};
use crate::calibration::ensemble::sample_cube;
use crate::calibration::error::{CalibrationError, at_least};
use crate::calibration::likelihood::{Likelihood, Observable};
use crate::calibration::modes::valleys;
use crate::calibration::table::Table;
use crate::calibration::transform::Transform;
use crate::rng::Streams;

/// Waves before a calibration can have settled: only then do the runs of the first, from all over the prior, leave the fit.
const FEWEST_WAVES: usize = 3;

/// A calibration by waves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Esl {
    rule: EslRule,
    seed: u64,
    n_parameters: usize,
    observables: Vec<Observable>,
    waves: Vec<Table>,
    reports: Vec<WaveReport>,
    draws: Vec<Vec<f64>>,
}

impl Esl {
    /// Begins, without a run.
    ///
    /// # Errors
    ///
    /// No parameters, settings outside their range, waves too small for the features, no target, targets that are not
    /// finite or have no place on their scale.
    pub fn new(
        rule: EslRule,
        seed: u64,
        n_parameters: usize,
        observables: Vec<Observable>,
    ) -> Result<Self, CalibrationError> {
        rule.check(n_parameters)?;
        let mut n_targets = 0;
        for (moment, observable) in observables.iter().enumerate() {
            n_targets += usize::from(observable.scaled(moment)?.is_some());
        }
        at_least("targets", 1, n_targets)?;
        Ok(Self {
            rule,
            seed,
            n_parameters,
            observables,
            waves: Vec::new(),
            reports: Vec::new(),
            draws: Vec::new(),
        })
    }

    /// Points of the next wave, each to be run once, with chance of its own; equal points are meant to be run twice.
    ///
    /// # Errors
    ///
    /// A first wave that is not a power of two.
    pub fn ask(&self) -> Result<Vec<Vec<f64>>, CalibrationError> {
        if self.waves.is_empty() {
            design::first(&self.rule, self.n_parameters, &self.streams())
        } else {
            Ok(design::later(&self.rule, &self.draws, self.waves.len(), &self.streams()))
        }
    }

    /// Takes the moments of the runs that [`ask`](Self::ask) named, in that order, a row that is not finite for a run that
    /// failed; fits, samples and judges.
    ///
    /// On an error nothing is changed.
    ///
    /// # Errors
    ///
    /// Rows that are not those of the points; what [`Emulator::fit`] and [`sample_cube`] refuse.
    pub fn tell(&mut self, moments: Vec<Vec<f64>>) -> Result<&WaveReport, CalibrationError> {
        let wave = Table::try_new(self.ask()?, moments)?;
        if 2 * wave.n_failed() > wave.n_runs() {
            return Err(CalibrationError::Failed { failed: wave.n_failed(), runs: wave.n_runs() });
        }
        self.waves.push(wave);
        match self.judge() {
            Ok((report, draws)) => {
                self.draws = draws;
                let place = self.reports.len();
                self.reports.push(report);
                Ok(&self.reports[place])
            }
            Err(error) => {
                self.waves.pop();
                Err(error)
            }
        }
    }

    /// Draws of the posterior, points of the cube; none before the first wave.
    pub fn posterior(&self) -> &[Vec<f64>] {
        &self.draws
    }

    /// What was said of each wave.
    pub fn reports(&self) -> &[WaveReport] {
        &self.reports
    }

    /// Runs of each wave.
    pub fn waves(&self) -> &[Table] {
        &self.waves
    }

    /// Sizes and shares of the waves.
    pub fn rule(&self) -> &EslRule {
        &self.rule
    }

    /// Parameters.
    pub fn n_parameters(&self) -> usize {
        self.n_parameters
    }

    /// Moments and their targets.
    pub fn observables(&self) -> &[Observable] {
        &self.observables
    }

    /// Fits the emulator of the last wave once more: it is made of the runs, and not stored.
    ///
    /// # Errors
    ///
    /// Before the first wave.
    pub fn emulator(&self) -> Result<Emulator, CalibrationError> {
        if self.waves.is_empty() {
            return Err(CalibrationError::Order { step: "an emulator", needs: "a wave of runs" });
        }
        let transforms: Vec<Transform> =
            self.observables.iter().map(|observable| observable.transform).collect();
        Emulator::fit(&self.fitted(), self.rule.features, &transforms)
    }

    /// Usable runs of the last wave: those whose residuals tell how moments go together.
    pub fn n_last(&self) -> usize {
        self.waves.last().map_or(0, |wave| wave.n_runs() - wave.n_failed())
    }

    /// Runs that are fitted: all, from the third wave on those of the first no more.
    fn fitted(&self) -> Table {
        let from = usize::from(self.waves.len() >= 3);
        let mut union = Table::default();
        self.waves[from..].iter().for_each(|wave| union.extend(wave));
        union
    }

    fn streams(&self) -> Streams {
        Streams::new(self.seed, 0)
    }

    fn judge(&self) -> Result<(WaveReport, Vec<Vec<f64>>), CalibrationError> {
        let number = self.waves.len();
        let wave = &self.waves[number - 1];
        let emulator = self.emulator()?;
        let likelihood = Likelihood::new(&emulator, &self.observables, self.n_last())?;
        let log = |points: &[Vec<f64>]| likelihood.log_at(points);
        // A later emulator knows little of what lies far from its runs: a walker from there could stay with a mirage.
        let from = (number > 1).then_some(self.draws.as_slice());
        let run = number as u64;
        let sample = sample_cube(&self.rule.sampler, self.n_parameters, run, from, &self.streams(), log)?;
        let draws = sample.thinned(self.rule.kept_draws);
        let raw = self.observables.iter().enumerate();
        let raw: Vec<_> =
            raw.filter_map(|(moment, seen)| seen.target.map(|target| (moment, target))).collect();
        let column = |j: usize| Spread::of(&sample.draws.iter().map(|draw| draw[j]).collect::<Vec<f64>>());
        let mut report = WaveReport {
            wave: number,
            n_runs: wave.n_runs(),
            n_failed: wave.n_failed(),
            prior_check: (number == 1).then(|| PriorCheck::new(wave, &raw)),
            quality: emulator.quality(),
            pure_error: self.pure_error(&emulator),
            convergence: sample.convergence,
            valleys: valleys(&draws),
            parameters: (0..self.n_parameters).filter_map(column).collect(),
            moments: self.predicted(&emulator, &draws),
            emulator_share: emulator_share(&likelihood, &draws),
            moved: None,
            status: Status::Moving,
        };
        let forecast: Vec<usize> =
            (0..self.observables.len()).filter(|&moment| self.observables[moment].target.is_none()).collect();
        report.moved = self.reports.last().map(|before| report.movement(before, &forecast));
        report.status = self.status(&report);
        Ok((report, draws))
    }

    fn status(&self, report: &WaveReport) -> Status {
        let check = report.prior_check.as_ref();
        let limit = self.rule.settled;
        let still = report.moved.is_some_and(|moved| moved.median < limit && moved.width < limit);
        if check.is_some_and(|check| check.light(report.n_runs) == Light::Red) {
            Status::OutOfReach
        } else if report.wave >= FEWEST_WAVES
            && still
            && report.emulator_share < 2.0 * limit
            && report.convergence.holds()
        {
            Status::Settled
        } else if report.wave >= self.rule.most_waves {
            Status::Spent
        } else {
            Status::Moving
        }
    }

    /// Variance between equal points of the last wave over the noise stated there, of each moment.
    fn pure_error(&self, emulator: &Emulator) -> Option<Vec<f64>> {
        let wave = self.waves.last()?;
        let (points, rows) = (wave.points(), wave.rows());
        let points_run = if self.waves.len() == 1 { self.rule.first_points } else { self.rule.later_points };
        let mut scratch = Scratch::default();
        let mut sums = vec![0.0; self.observables.len()];
        let mut pairs = 0_usize;
        for (first, second) in (0..).zip(points_run..points.len()) {
            let (Some(one), Some(other)) = (&rows[first], &rows[second]) else { continue };
            let predictions = emulator.predict_smooth(&points[first], &mut scratch);
            for (moment, sum) in sums.iter_mut().enumerate() {
                let scale = self.observables[moment].transform;
                let difference = scale.apply(one[moment])? - scale.apply(other[moment])?;
                *sum += difference * difference / 2.0 / predictions[moment].noise;
            }
            pairs += 1;
        }
        (pairs > 0).then(|| sums.iter().map(|sum| sum / pairs as f64).collect())
    }

    /// Single runs that the posterior predicts; chance is the same in every wave, so that only what was learnt moves them.
    fn predicted(&self, emulator: &Emulator, draws: &[Vec<f64>]) -> Vec<Spread> {
        let streams = self.streams();
        let mut scratch = Scratch::default();
        let mut columns = vec![Vec::with_capacity(draws.len()); self.observables.len()];
        for (number, draw) in draws.iter().enumerate() {
            let mut stream = Address::Observation.open(&streams, number as u64, 0);
            for (column, found) in columns.iter_mut().zip(emulator.predict_smooth(draw, &mut scratch)) {
                column.push(found.mean + (found.noise + found.emulator).sqrt() * stream.normal());
            }
        }
        columns.iter().filter_map(|column| Spread::of(column)).collect()
    }
}

/// Largest share of the emulator in the variance of a target, at the mean of the draws.
fn emulator_share(likelihood: &Likelihood<'_>, draws: &[Vec<f64>]) -> f64 {
    let n = draws.len().max(1) as f64;
    let p = draws.first().map_or(0, Vec::len);
    let mean: Vec<f64> = (0..p).map(|j| draws.iter().map(|draw| draw[j]).sum::<f64>() / n).collect();
    let predictions = likelihood.emulator().predict(&mean);
    let share = |(moment, target): &(usize, crate::calibration::Target)| {
        let found = &predictions[*moment];
        found.emulator / (found.emulator + found.noise + target.variance())
    };
    likelihood.targets().iter().map(share).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests;
