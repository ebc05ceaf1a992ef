//! One seam for all methods: a state that says which points to run next, takes what came out, and holds the posterior.

use std::borrow::Cow;

use serde::Serialize;

use super::abc::{AbcReg, TableReport};
use super::method::{Method, Size};
use super::smoother::Smoother;
use crate::calibration::{CalibrationError, Esl, Observable, PriorCheck, Status};

/// A calibration under way, by one of the methods.
///
/// It is written as the state of its method, and read with the method as seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Engine {
    /// Waves, emulator and sample.
    Esl(Esl),
    /// Regression on a table.
    AbcReg(AbcReg),
    /// An ensemble in passes.
    Esmda(Smoother),
}

impl Engine {
    /// Begins, without a run.
    pub(super) fn begin(
        method: Method,
        size: Size,
        seed: u64,
        p: usize,
        observables: Vec<Observable>,
    ) -> Result<Self, CalibrationError> {
        Ok(match method {
            Method::Esl => Self::Esl(Esl::new(size.rule(p), seed, p, observables)?),
            Method::AbcReg => Self::AbcReg(AbcReg::new(size, seed, p, observables)?),
            Method::Esmda => Self::Esmda(Smoother::new(size, seed, p, observables)?),
        })
    }

    /// Points of the next round.
    pub(super) fn ask(&self) -> Result<Vec<Vec<f64>>, CalibrationError> {
        match self {
            Self::Esl(esl) => esl.ask(),
            Self::AbcReg(abc) => abc.ask(),
            Self::Esmda(smoother) => smoother.ask(),
        }
    }

    /// Takes the moments of the runs of a round.
    pub(super) fn tell(&mut self, moments: Vec<Vec<f64>>) -> Result<(), CalibrationError> {
        match self {
            Self::Esl(esl) => esl.tell(moments).map(|_| ()),
            Self::AbcReg(abc) => abc.tell(moments),
            Self::Esmda(smoother) => smoother.tell(moments),
        }
    }

    /// Rounds that are done.
    pub fn n_rounds(&self) -> usize {
        match self {
            Self::Esl(esl) => esl.waves().len(),
            Self::AbcReg(abc) => usize::from(abc.report().is_some()),
            Self::Esmda(smoother) => smoother.reports().len(),
        }
    }

    /// Whether another round is needed; none before the first.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Esl(esl) => esl.reports().last().map(|report| report.status),
            Self::AbcReg(abc) => abc.report().map(TableReport::status),
            Self::Esmda(smoother) => smoother.status(),
        }
    }

    /// Draws of the posterior so far, points of the cube.
    pub fn posterior(&self) -> Cow<'_, [Vec<f64>]> {
        match self {
            Self::Esl(esl) => Cow::Borrowed(esl.posterior()),
            Self::AbcReg(abc) => Cow::Borrowed(abc.posterior()),
            Self::Esmda(smoother) => Cow::Owned(smoother.members()),
        }
    }

    /// Independent draws that the posterior is worth; none before the first round.
    pub fn effective(&self) -> Option<f64> {
        match self {
            Self::Esl(esl) => esl.reports().last().map(|report| report.convergence.effective),
            Self::AbcReg(abc) => abc.report()?.kept.map(|kept| kept.effective),
            Self::Esmda(smoother) => smoother.reports().last().map(|report| report.n_members as f64),
        }
    }

    /// Whether the targets are within reach, and the runs that say so; none before the first round.
    pub fn prior_check(&self) -> Option<(&PriorCheck, usize)> {
        let (check, n_runs) = match self {
            Self::Esl(esl) => esl.reports().first().map(|first| (first.prior_check.as_ref(), first.n_runs)),
            Self::AbcReg(abc) => abc.report().map(|table| (Some(&table.prior_check), table.n_runs)),
            Self::Esmda(smoother) => {
                smoother.reports().first().map(|first| (first.prior_check.as_ref(), first.n_runs))
            }
        }?;
        Some((check?, n_runs))
    }

    /// Parameters, and moments that they are fitted to.
    pub(super) fn extent(&self) -> (usize, usize) {
        match self {
            Self::Esl(esl) => (esl.n_parameters(), esl.observables().len()),
            Self::AbcReg(abc) => (abc.n_parameters(), abc.observables().len()),
            Self::Esmda(smoother) => (smoother.n_parameters(), smoother.observables().len()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot fit has failed")]

    use serde::de::DeserializeSeed;

    use super::*;
    use crate::calibration::{Target, Transform};
    use crate::rng::Streams;
    use crate::stats::{mean, sample_sd};

    /// Chance of a run and error of a target; together the deviation of the posterior.
    const CHANCE: f64 = 0.1;
    const ERROR: f64 = 0.05;
    const SIZE: Size = Size { first: 1_024, later: 400, waves: 4 };

    /// Two parameters, each seen by a figure of its own: the first on its logarithm.
    fn begin(method: Method, size: Size, seen: [f64; 2]) -> Result<Engine, CalibrationError> {
        let target = |observed, sd_obs| Some(Target { observed, sd_obs, sd_model: 0.0 });
        let first = target(seen[0].exp(), ERROR * seen[0].exp());
        let observables = vec![
            Observable { transform: Transform::Log, target: first },
            Observable { transform: Transform::Identity, target: target(seen[1], ERROR) },
        ];
        Engine::begin(method, size, 20_250_101, 2, observables)
    }

    /// One round; every fiftieth run fails.
    fn run(engine: &mut Engine) {
        let streams = Streams::new(3, engine.n_rounds() as u64);
        let points = engine.ask().unwrap();
        let rows = points.iter().zip(0..).map(|(u, row)| {
            let mut stream = streams.open(1, row, 0);
            let mut figure = |u: f64| if row % 50 == 7 { f64::NAN } else { u + CHANCE * stream.normal() };
            vec![figure(u[0]).exp(), figure(u[1])]
        });
        let rows = rows.collect();
        engine.tell(rows).unwrap();
    }

    #[test]
    fn a_posterior_that_is_known_is_found_without_an_emulator() {
        let seen = [0.5, 0.45];
        for (method, waves) in [(Method::AbcReg, 1), (Method::Esmda, 4)] {
            let mut engine = begin(method, Size { waves, ..SIZE }, seen).unwrap();
            while engine.status().is_none_or(|status| status == Status::Moving) {
                run(&mut engine);
            }
            assert_eq!(engine.n_rounds(), if method == Method::AbcReg { 1 } else { 4 });
            let n = engine.effective().unwrap();
            assert!(n > 180.0, "{method:?}: {n}");
            let expected = CHANCE.hypot(ERROR);
            for (parameter, seen) in seen.into_iter().enumerate() {
                let values: Vec<f64> = engine.posterior().iter().map(|draw| draw[parameter]).collect();
                let (centre, sd) = (mean(&values).unwrap(), sample_sd(&values).unwrap());
                // Four standard errors of so many draws.
                assert!(
                    (centre - seen).abs() < 4.0 * expected / n.sqrt(),
                    "{method:?} {parameter}: {centre}"
                );
                assert!((sd / expected - 1.0).abs() < 4.0 / (2.0 * n).sqrt(), "{method:?} {parameter}: {sd}");
            }
            if let Engine::Esmda(smoother) = &engine {
                // Chance was measured, on the scale of the fit: 40 pairs know a deviation to 11 %.
                let all = smoother.reports().iter().flat_map(|pass| &pass.chance_sd);
                assert!(all.clone().count() == 8 && all.clone().all(|sd| (sd / CHANCE - 1.0).abs() < 0.45));
            }
        }
    }

    #[test]
    fn a_stored_state_goes_on_as_if_nothing_had_happened() {
        let size = Size { first: 64, later: 40, waves: 2 };
        let stored = |engine: &Engine, method: Method| {
            let text = serde_json::to_string(engine).unwrap();
            method.deserialize(&mut serde_json::Deserializer::from_str(&text)).unwrap()
        };
        for method in [Method::AbcReg, Method::Esmda] {
            let mut engine = begin(method, size, [0.5, 0.45]).unwrap();
            while engine.status().is_none_or(|status| status == Status::Moving) {
                let mut again = stored(&engine, method);
                run(&mut engine);
                run(&mut again);
                assert_eq!(again, engine);
            }
            assert_eq!((stored(&engine, method), engine.extent()), (engine.clone(), (2, 2)));
        }
        // Waves are written as they were before there were other methods.
        let engine = begin(Method::Esl, size, [0.5, 0.45]).unwrap();
        assert_eq!(stored(&engine, Method::Esl), engine);
        let Engine::Esl(esl) = &engine else { panic!("waves") };
        assert_eq!(serde_json::to_string(esl).unwrap(), serde_json::to_string(&engine).unwrap());
    }

    #[test]
    fn targets_out_of_reach_end_it_after_the_first_round() {
        for method in [Method::AbcReg, Method::Esmda] {
            let mut engine = begin(method, SIZE, [0.5, 3.0]).unwrap();
            run(&mut engine);
            assert_eq!(engine.status(), Some(Status::OutOfReach), "{method:?}");
            assert!(!engine.prior_check().unwrap().0.targets[1].holds());
        }
        let small = Size { first: 8, later: 8, waves: 2 };
        for method in [Method::AbcReg, Method::Esmda] {
            assert!(begin(method, small, [0.5, 0.45]).is_err(), "{method:?}");
        }
    }
}
