//! What a calibration found: gates, files of the run folder, the page.

use std::path::Path;

use bidcast::calibration::{Contraction, Spread, WaveReport, contractions};
use bidcast::experiment::fit::{
    Agreement, Backtest, Engine, Fit, Gate, Method, PassReport, RealRuns, TableReport, Truths, gates,
};
use bidcast::rng::Streams;
use bidcast::scenario::Prior;
use bidcast::store::{
    FittedParameter, MANIFEST_FILE, Manifest, Posterior, PosteriorManifest, evenly_taken, write_file,
};
use serde::Serialize;

use super::super::args::{Format, Manner};
use super::super::failure::{Failure, Status};
use super::super::folder::store_failure;
use super::super::grid::Grid;
use super::super::output::say;
use super::asked::{Asked, failed};
use super::directions::{Known, known, named, sentence};
use super::scores;

/// Format of `calibration.json`.
const SCHEMA: &str = "bidcast/calibration/1";
/// Names the streams of resamples.
const RESAMPLES: u64 = u64::MAX - 2;

/// What the rounds brought.
pub(super) struct Found {
    /// Draws of the posterior at which the market was really simulated.
    pub(super) points: Vec<Vec<f64>>,
    /// Its moments there, NaN where a run failed.
    pub(super) rows: Vec<Vec<f64>>,
    pub(super) real: RealRuns,
    /// None without an emulator.
    pub(super) agreement: Option<Agreement>,
    pub(super) truths: Vec<Truths>,
    pub(super) backtest: Option<Backtest>,
}

/// A calibration that ended, or how far it came.
pub(super) struct Result<'a> {
    pub(super) fit: &'a Fit,
    pub(super) asked: &'a Asked,
    pub(super) manifest: Manifest,
    /// Runs, and those of them that failed.
    pub(super) runs: (u64, u64),
}

/// The content of `calibration.json`.
#[derive(Serialize)]
struct Record<'a> {
    schema: &'static str,
    method: Method,
    gates: &'a [Gate],
    #[serde(flatten)]
    rounds: Rounds<'a>,
    directions: Vec<Known<'a>>,
    agreement: Option<&'a Agreement>,
    truths: &'a [Truths],
}

/// What was said of the rounds.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Rounds<'a> {
    Waves(&'a [WaveReport]),
    Table(Option<&'a TableReport>),
    Passes(&'a [PassReport]),
}

impl<'a> Rounds<'a> {
    fn of(engine: &'a Engine) -> Self {
        match engine {
            Engine::Esl(esl) => Self::Waves(esl.reports()),
            Engine::AbcReg(abc) => Self::Table(abc.report()),
            Engine::Esmda(smoother) => Self::Passes(smoother.reports()),
        }
    }
}

impl Result<'_> {
    /// Judges, writes every file, puts the page together.
    ///
    /// # Errors
    /// What cannot be written.
    pub(super) fn conclude(
        &self,
        dir: &Path,
        found: &Found,
        format: Format,
        manner: Manner,
    ) -> std::result::Result<(String, Vec<Gate>), Failure> {
        let engine = self.fit.engine();
        let draws = self.fit.posterior();
        let worth = engine.effective().unwrap_or_default() as usize;
        let some = evenly_taken(&draws, worth.clamp(20, draws.len().max(20)));
        let learned = contractions(&some, &Streams::new(self.fit.seed(), RESAMPLES)).map_err(failed)?;
        let known = self.fit.esl().map_or_else(|| Ok(Vec::new()), known).map_err(failed)?;
        let gates = self.judged(found, &learned);
        let posterior = self.posterior(&learned, &found.real, &gates);
        posterior.write(dir).map_err(store_failure)?;
        let record = Record {
            schema: SCHEMA,
            method: self.asked.method,
            gates: &gates,
            rounds: Rounds::of(engine),
            directions: known.iter().map(|direction| named(self.fit, direction)).collect(),
            agreement: found.agreement.as_ref(),
            truths: &found.truths,
        };
        keep(dir, "calibration.json", &json(&record)?)?;
        keep(dir, "checked.csv", self.checked(found).as_bytes())?;
        keep(dir, MANIFEST_FILE, &self.manifest.to_json().map_err(store_failure)?)?;
        let (figures, parameters) = (self.figures(&found.real), self.parameters(&posterior));
        keep(dir, "figures.csv", figures.render(Format::Csv)?.as_bytes())?;
        keep(dir, "parameters.csv", parameters.render(Format::Csv)?.as_bytes())?;
        if let Some(backtest) = &found.backtest {
            keep(dir, "backtest.json", &json(backtest)?)?;
            keep(dir, "backtest.csv", scores::table(backtest).render(Format::Csv)?.as_bytes())?;
        }
        let page = match (format, &found.backtest) {
            (_, Some(backtest)) => scores::page(backtest, format)?,
            (Format::Json, None) => String::from_utf8_lossy(&json(&posterior.manifest)?).into_owned(),
            (Format::Csv, None) => parameters.render(Format::Csv)?,
            (Format::Table | Format::Md, None) => {
                let mut page = figures.render(format)? + "\n" + &parameters.render(format)?;
                for direction in known.iter().filter(|direction| direction.signal > 1.0) {
                    page.push_str(&sentence(self.fit, direction));
                }
                page
            }
        };
        if !manner.quiet {
            let (n, driven) = (posterior.manifest.parameters.len(), posterior.manifest.prior_driven());
            let mut said = format!("{driven} of {n} parameters are driven by their prior");
            if self.asked.method.has_emulator() {
                let better = known.iter().filter(|direction| direction.signal > 1.0).count();
                said.push_str(&format!(", and {better} directions are known better than before"));
            }
            say(&said);
        }
        Ok((page, gates))
    }

    /// The gates that apply to the method, in their order.
    fn judged(&self, found: &Found, learned: &[Contraction]) -> Vec<Gate> {
        let (n_runs, n_failed) = self.runs;
        let engine = self.fit.engine();
        let mut gates = self.judged_so_far();
        if self.asked.method.has_emulator() {
            gates.push(gates::emulator_there(&found.real));
        }
        gates.push(gates::predictive(&found.real));
        gates.extend(found.truths.iter().map(gates::truths));
        gates.push(gates::learned(learned));
        gates.extend(found.agreement.as_ref().map(gates::agreement));
        gates.extend(match engine {
            Engine::Esl(esl) => esl.reports().last().map(|last| gates::convergence(last, n_failed, n_runs)),
            Engine::AbcReg(abc) => {
                let kept = abc.report().and_then(|table| table.kept.as_ref());
                kept.map(|kept| gates::weighted(kept, n_failed, n_runs))
            }
            Engine::Esmda(smoother) => {
                let last = smoother.reports().last();
                last.map(|pass| gates::failures(pass.n_members, n_failed, n_runs))
            }
        });
        gates
    }

    /// The gates of the rounds alone.
    fn judged_so_far(&self) -> Vec<Gate> {
        let targets = self.fit.targets();
        let check = self.fit.engine().prior_check();
        let reach = check.map(|(check, n_runs)| gates::prior_predictive(check, n_runs, &targets));
        let last = self.fit.esl().and_then(|esl| esl.reports().last());
        reach.into_iter().chain(last.map(|last| gates::emulator(last, &targets))).collect()
    }

    /// What is known before the end: the gates of the rounds that were run.
    ///
    /// # Errors
    /// What cannot be written.
    pub(super) fn so_far(
        &self,
        dir: &Path,
        format: Format,
    ) -> std::result::Result<(String, Vec<Gate>), Failure> {
        let found = self.judged_so_far();
        keep(dir, MANIFEST_FILE, &self.manifest.to_json().map_err(store_failure)?)?;
        let mut grid = Grid::new(["gate", "asks", "light", "said"]);
        for gate in &found {
            let light = format!("{:?}", gate.light).to_lowercase();
            grid.push(vec![
                gate.id.as_str().into(),
                gate.name.as_str().into(),
                light.into(),
                gate.said.as_str().into(),
            ]);
        }
        Ok((if grid.is_empty() { String::new() } else { grid.render(format)? }, found))
    }

    fn posterior(&self, learned: &[Contraction], real: &RealRuns, gates: &[Gate]) -> Posterior {
        let priors = self.fit.priors();
        let draws: Vec<Vec<f64>> =
            self.fit.posterior().iter().map(|point| priors.values(point.clone())).collect();
        let parameter = |(at, (prior, learned)): (usize, (&Prior, &Contraction))| {
            let column: Vec<f64> = draws.iter().map(|draw| draw[at]).collect();
            let nowhere = Spread { low: f64::NAN, median: f64::NAN, high: f64::NAN };
            let interval = learned
                .interval
                .unwrap_or(bidcast::stats::Interval { low: learned.value, high: learned.value });
            FittedParameter {
                name: prior.name.clone(),
                paths: prior.parameters.clone(),
                basis: prior.basis.letter(),
                source: prior.source.clone(),
                prior: Spread {
                    low: prior.distribution.quantile(0.05),
                    median: prior.distribution.quantile(0.5),
                    high: prior.distribution.quantile(0.95),
                },
                posterior: Spread::of(&column).unwrap_or(nowhere),
                contraction: learned.value,
                contraction_low: interval.low,
                contraction_high: interval.high,
                class: learned.class,
            }
        };
        let parameters = priors.priors.iter().zip(learned).enumerate().map(parameter).collect();
        let manifest = PosteriorManifest {
            schema: PosteriorManifest::SCHEMA.to_owned(),
            build: self.manifest.build.clone(),
            scenario: self.manifest.scenario.clone(),
            config_sha256: self.manifest.config_sha256.clone(),
            beliefs_sha256: self.asked.beliefs_sha256.clone(),
            seed: self.fit.seed(),
            method: self.asked.method,
            size: self.asked.size,
            waves: self.fit.engine().n_rounds(),
            runs: self.runs.0,
            parameters,
            figures: real.clone(),
            gates: gates.to_vec(),
        };
        Posterior { manifest, draws }
    }
}

fn json(value: &impl Serialize) -> std::result::Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| Failure::told(Status::Io, error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn keep(dir: &Path, name: &str, bytes: &[u8]) -> std::result::Result<(), Failure> {
    write_file(&dir.join(name), bytes).map_err(store_failure)
}
