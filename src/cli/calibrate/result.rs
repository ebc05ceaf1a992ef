//! What a calibration found: gates, files of the run folder, the page.

use std::path::Path;

use bidcast::calibration::{
    Contraction, Direction, Learned, Likelihood, Spread, WaveReport, contractions, directions,
};
use bidcast::experiment::fit::{Agreement, Backtest, Fit, Gate, RealRuns, Truths, gates};
use bidcast::metrics::{METRICS, Unit};
use bidcast::report::table::{format_change, format_range, format_value};
use bidcast::rng::Streams;
use bidcast::scenario::Prior;
use bidcast::store::{
    FittedParameter, MANIFEST_FILE, Manifest, Posterior, PosteriorManifest, evenly_taken, write_file,
};
use serde::Serialize;

use super::super::args::{Format, Manner};
use super::super::failure::{Failure, Status};
use super::super::folder::store_failure;
use super::super::grid::{Cell, Grid};
use super::super::output::say;
use super::asked::{Asked, failed};
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
    pub(super) agreement: Agreement,
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
    gates: &'a [Gate],
    waves: &'a [WaveReport],
    directions: Vec<Known<'a>>,
    agreement: &'a Agreement,
    truths: &'a [Truths],
}

/// A direction in the space of parameters, the largest parts first.
#[derive(Serialize)]
struct Known<'a> {
    signal: f64,
    low: f64,
    high: f64,
    parts: Vec<(&'a str, f64)>,
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
        let esl = self.fit.esl();
        let (Some(first), Some(last)) = (esl.reports().first(), esl.reports().last()) else {
            return Ok((String::new(), Vec::new()));
        };
        let worth = (last.convergence.effective as usize).clamp(20, esl.posterior().len().max(20));
        let some = evenly_taken(esl.posterior(), worth);
        let learned = contractions(&some, &Streams::new(self.fit.seed(), RESAMPLES)).map_err(failed)?;
        let emulator = esl.emulator().map_err(failed)?;
        let likelihood = Likelihood::new(&emulator, esl.observables(), esl.n_last()).map_err(failed)?;
        let known = directions(&likelihood, esl.posterior()).map_err(failed)?;
        let targets = self.fit.targets();
        let gates: Vec<Gate> = gates::prior_predictive(first, &targets)
            .into_iter()
            .chain([
                gates::emulator(last, &targets),
                gates::emulator_there(&found.real),
                gates::predictive(&found.real),
            ])
            .chain(found.truths.iter().map(gates::truths))
            .chain([
                gates::learned(&learned),
                gates::agreement(&found.agreement),
                gates::convergence(last, self.runs.1, self.runs.0),
            ])
            .collect();
        let posterior = self.posterior(&learned, &found.real, &gates);
        posterior.write(dir).map_err(store_failure)?;
        let record = Record {
            schema: SCHEMA,
            gates: &gates,
            waves: esl.reports(),
            directions: known.iter().map(|direction| named(self.fit, direction)).collect(),
            agreement: &found.agreement,
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
            let n = posterior.manifest.parameters.len();
            say(&format!(
                "{} of {n} parameters are driven by their prior, and {} directions are known better than before",
                posterior.manifest.prior_driven(),
                known.iter().filter(|direction| direction.signal > 1.0).count()
            ));
        }
        Ok((page, gates))
    }

    /// What is known before the end: the gates of the waves that were run.
    ///
    /// # Errors
    /// What cannot be written.
    pub(super) fn so_far(
        &self,
        dir: &Path,
        format: Format,
    ) -> std::result::Result<(String, Vec<Gate>), Failure> {
        let reports = self.fit.esl().reports();
        let targets = self.fit.targets();
        let mut found: Vec<Gate> =
            reports.first().and_then(|first| gates::prior_predictive(first, &targets)).into_iter().collect();
        found.extend(reports.last().map(|last| gates::emulator(last, &targets)));
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
            self.fit.esl().posterior().iter().map(|point| priors.values(point.clone())).collect();
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
            size: self.asked.size,
            waves: self.fit.esl().waves().len(),
            runs: self.runs.0,
            parameters,
            figures: real.clone(),
            gates: gates.to_vec(),
        };
        Posterior { manifest, draws }
    }

    /// Figures of real runs beside what was published.
    fn figures(&self, real: &RealRuns) -> Grid {
        let mut grid =
            Grid::new(["figure", "published", "median", "90 %", "off", "in", "emulator"]).aligned(&[3]);
        for (figure, moment) in real.figures.iter().zip(self.fit.moments()) {
            let unit = METRICS.get(moment.metric).map_or(Unit::Ratio, |metric| metric.unit);
            let name = if figure.fitted { figure.id.clone() } else { format!("{} (held out)", figure.id) };
            grid.push(vec![
                name.into(),
                Cell::number(format_value(unit, figure.observed), figure.observed),
                Cell::number(format_value(unit, figure.median), figure.median),
                format_range(unit, figure.low, figure.high).into(),
                Cell::number(format_change(figure.off), figure.off),
                (if figure.holds() { "yes" } else { "NO" }).into(),
                figure.emulator_rms.map_or(Cell::Absent, |rms| Cell::number(format!("{rms:.2}"), rms)),
            ]);
        }
        grid
    }

    /// Prior beside posterior of each parameter.
    fn parameters(&self, posterior: &Posterior) -> Grid {
        let mut grid =
            Grid::new(["parameter", "prior", "posterior", "median", "contraction", "class"]).aligned(&[1, 2]);
        let range = |spread: &Spread| format!("{} – {}", four(spread.low), four(spread.high));
        for parameter in &posterior.manifest.parameters {
            let class = match parameter.class {
                Learned::Learned => "learned",
                Learned::Partly => "partly",
                Learned::PriorDriven => "prior",
            };
            grid.push(vec![
                parameter.name.as_str().into(),
                range(&parameter.prior).into(),
                range(&parameter.posterior).into(),
                Cell::number(four(parameter.posterior.median), parameter.posterior.median),
                Cell::number(
                    format!(
                        "{:.2} ({:.2}–{:.2})",
                        parameter.contraction, parameter.contraction_low, parameter.contraction_high
                    ),
                    parameter.contraction,
                ),
                class.into(),
            ]);
        }
        grid
    }

    /// The runs of the check as a table: values of the parameters, then figures; empty where a run failed.
    fn checked(&self, found: &Found) -> String {
        let priors = self.fit.priors();
        let names = priors.priors.iter().map(|prior| prior.name.as_str());
        let ids = self.fit.moments().iter().map(|moment| moment.fact.id.as_str());
        let mut text = names.chain(ids).collect::<Vec<_>>().join(",") + "\n";
        for (point, row) in found.points.iter().zip(&found.rows) {
            let values = priors.values(point.clone()).into_iter().chain(row.iter().copied());
            let words: Vec<String> =
                values.map(|x| if x.is_finite() { x.to_string() } else { String::new() }).collect();
            text.push_str(&(words.join(",") + "\n"));
        }
        text
    }
}

/// The parts of a direction that make most of it, by name.
fn named<'a>(fit: &'a Fit, direction: &Direction) -> Known<'a> {
    let priors = &fit.priors().priors;
    let mut parts: Vec<(&str, f64)> =
        priors.iter().map(|prior| prior.name.as_str()).zip(direction.loadings.iter().copied()).collect();
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    Known { signal: direction.signal, low: direction.interval.low, high: direction.interval.high, parts }
}

/// A direction in words.
pub(crate) fn sentence(fit: &Fit, direction: &Direction) -> String {
    let named = named(fit, direction);
    let parts: Vec<String> =
        named.parts.iter().take(4).map(|(name, part)| format!("{part:+.2} {name}")).collect();
    format!(
        "known {:.1} times better than by the prior ({:.1}–{:.1}): {}\n",
        named.signal,
        named.low,
        named.high,
        parts.join(" ")
    )
}

/// A value to four digits, large ones with groups.
fn four(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let digits = (3.0 - x.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    format!("{x:.digits$}")
}

fn json(value: &impl Serialize) -> std::result::Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| Failure::told(Status::Io, error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn keep(dir: &Path, name: &str, bytes: &[u8]) -> std::result::Result<(), Failure> {
    write_file(&dir.join(name), bytes).map_err(store_failure)
}
