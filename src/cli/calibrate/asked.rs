//! What a calibration is asked, as its folder keeps it: the beliefs word by word, so that it can go on from there alone.

use std::path::Path;

use bidcast::calibration::CalibrationError;
use bidcast::diagnostic::Diagnostics;
use bidcast::digest::Fingerprint;
use bidcast::experiment::fit::{Engine, Fit, Method, Moment, Size, known_by, moments};
use bidcast::experiment::study::{Design, Variant};
use bidcast::metrics::METRICS;
use bidcast::scenario::{Beliefs, FACTS, Fact, Layer, Overlay, PRIORS, Priors, Scenario};
use bidcast::store::StoreError;
use bidcast::store::study::Shape;
use bidcast::units::{Date, DateError, Month};
use serde::de::DeserializeSeed;
use serde::{Deserialize, Serialize};

use super::super::failure::{Failure, Status};
use super::super::folder::store_failure;

/// The rounds as the method sees them, kept after each of them.
pub(crate) const STATE_FILE: &str = "calibration.state.json";

/// What a calibration asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Name and text of the file of beliefs.
    pub(crate) beliefs: Option<(String, String)>,
    /// Identifies priors and targets, those of the program included.
    pub(crate) beliefs_sha256: String,
    /// How it is fitted. Not written when it is the default: what was asked before there was a choice is asked the same way.
    #[serde(default, skip_serializing_if = "Method::is_default")]
    pub(crate) method: Method,
    /// How large the waves are.
    pub(crate) size: Size,
    /// Real runs at the posterior.
    pub(crate) check: usize,
    /// Whether posterior SBC is asked for.
    pub(crate) sbc: bool,
    /// Truths of the prior to be sought.
    pub(crate) recovery: usize,
    /// Last month of which anything is taken to be known, such as `2025-06`, for a backtest.
    #[serde(default)]
    pub(crate) known_until: Option<String>,
}

impl Asked {
    /// Identifies the shipped beliefs with those of a file over them.
    pub(crate) fn digest(beliefs: Option<&(String, String)>) -> String {
        let print = Fingerprint::new("bidcast/beliefs/1").text(PRIORS).text(FACTS);
        beliefs.into_iter().fold(print, |print, (_, text)| print.text(text)).hex()
    }

    /// The calibration that is asked for, without a run.
    ///
    /// # Errors
    /// Beliefs that are wrong; a size that is too small.
    pub(crate) fn fit(&self, variant: &Variant, seed: u64) -> Result<Fit, Failure> {
        let scenario = variant.scenario().map_err(Failure::Input)?;
        let (priors, moments) = self.believed(&scenario)?;
        Fit::new(variant.clone(), priors, moments, self.method, self.size, seed).map_err(|error| {
            let hint = error.hint();
            Failure::told(Status::Usage, error).hint(hint)
        })
    }

    /// Priors and moments.
    ///
    /// # Errors
    /// Beliefs that are wrong.
    pub(crate) fn believed(&self, scenario: &Scenario) -> Result<(Priors, Vec<Moment>), Failure> {
        let over = self.beliefs.as_ref().map(|(name, text)| Layer::new(name.as_str(), text.as_str()));
        let Beliefs { priors, facts } = Beliefs::read(over.as_ref(), scenario).map_err(Failure::Input)?;
        let facts = match self.until()? {
            Some(until) => known_by(facts, until),
            None => facts,
        };
        let moments = moments(&facts).map_err(|error| {
            let hint = error.hint();
            Failure::told(Status::Usage, error).hint(hint)
        })?;
        // What was not simulated cannot be looked back on; what is fitted to it is refused with the first wave.
        let start = scenario.parameters().start_day;
        let reaches = |moment: &Moment| {
            let before = METRICS.get(moment.metric).is_some_and(|metric| metric.looks_back);
            let first = Date::from_day(start).year();
            !before || moment.is_fitted() || first < moment.year
        };
        Ok((priors, moments.into_iter().filter(reaches).collect()))
    }

    /// Last month of which anything is taken to be known.
    ///
    /// # Errors
    /// Text that is no month.
    pub(crate) fn until(&self) -> Result<Option<Month>, Failure> {
        self.known_until.as_deref().map(str::parse).transpose().map_err(|error: DateError| {
            Failure::told(Status::Usage, error).hint("give a month such as --known-until 2025-06")
        })
    }

    /// All facts that were published, of later months, too.
    ///
    /// # Errors
    /// Beliefs that are wrong.
    pub(crate) fn facts(&self, scenario: &Scenario) -> Result<Vec<Fact>, Failure> {
        let over = self.beliefs.as_ref().map(|(name, text)| Layer::new(name.as_str(), text.as_str()));
        Beliefs::read(over.as_ref(), scenario).map(|beliefs| beliefs.facts).map_err(Failure::Input)
    }

    /// The verb that asks.
    pub(crate) fn verb(&self) -> &'static str {
        if self.known_until.is_some() { "backtest" } else { "calibrate" }
    }

    /// The market that is fitted: the scenario up to the last year of which something was published.
    ///
    /// # Errors
    /// Beliefs that are wrong; a scenario that does not reach the years of the targets.
    pub(crate) fn market(&self, scenario: &Scenario) -> Result<Variant, Failure> {
        let (_, moments) = self.believed(scenario)?;
        let one = Design::ensemble(scenario, scenario.seed(), 1);
        let years = Shape::of(&one).map_err(|error| Failure::told(Status::Usage, error))?.years;
        let (first, last) =
            (years.first().copied().unwrap_or_default(), years.last().copied().unwrap_or_default());
        if let Some(moment) = moments.iter().find(|moment| !(first..=last).contains(&moment.year)) {
            let message = format!(
                "target `{}` is of {}, and the market is reported from {first} to {last}",
                moment.fact.id, moment.year
            );
            return Err(Failure::message(Status::Usage, message)
                .hint("set run.report_from_date and run.end_date around the years of the targets"));
        }
        let until = moments.iter().map(|moment| moment.year).max().unwrap_or(last);
        if until == last {
            return Ok(Variant::of(scenario));
        }
        // What comes after the last target cannot be judged, and takes time.
        let layer = Layer::new(scenario.name(), scenario.resolved_toml());
        let set = format!("run.end_date=\"{until}-12-31\"");
        let cut: Result<Scenario, Diagnostics> = Scenario::load(&[Overlay::File(&layer), Overlay::Set(&set)]);
        Ok(Variant { name: scenario.name().to_owned(), ..Variant::of(&cut.map_err(Failure::Input)?) })
    }
}

/// The rounds of the calibration in a folder, as its last call left them; none before the first.
///
/// # Errors
/// A file that is damaged.
pub(crate) fn stored_rounds(dir: &Path, method: Method) -> Result<Option<Engine>, Failure> {
    let path = dir.join(STATE_FILE);
    let Ok(bytes) = std::fs::read(&path) else { return Ok(None) };
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    let engine = method.deserialize(&mut json).and_then(|engine| json.end().map(|()| engine));
    engine.map(Some).map_err(|source| store_failure(StoreError::Format { path, source }))
}

/// What cannot be told to a calibration, with the name of the figure or parameter that the error counts.
pub(crate) fn failed_of(fit: &Fit, error: CalibrationError) -> Failure {
    let named = match &error {
        CalibrationError::Constant { moment } | CalibrationError::Untransformable { moment, .. } => {
            let target = fit.targets().into_iter().nth(*moment);
            target.map(|target| format!("moment {moment} is the target `{}`", target.fact.id))
        }
        CalibrationError::FixedParameter { parameter } | CalibrationError::OutsideCube { parameter, .. } => {
            let prior = fit.priors().priors.get(*parameter);
            prior.map(|prior| format!("parameter {parameter} is `{}`", prior.name))
        }
        _ => None,
    };
    named.into_iter().fold(failed(error), Failure::hint)
}

/// What cannot be calibrated.
pub(crate) fn failed(error: CalibrationError) -> Failure {
    let hint = error.hint();
    Failure::told(Status::CheckFailed, error).hint(hint)
}
