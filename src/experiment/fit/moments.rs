//! Moments: the figures of a market by which its parameters are judged, and what was published of each.

use thiserror::Error;

use crate::calibration::{Observable, Target, Transform};
use crate::metrics::{METRICS, index_of};
use crate::scenario::{Fact, WrongFact};

/// Role of a fact that parameters are fitted to.
const FIT: &str = "fit";
/// Role of a fact that is kept out of the fit and looked at afterwards.
const HELD_OUT: &str = "initial";

/// A figure of the market.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// What was published of it.
    pub fact: Fact,
    /// Its place in [`METRICS`], and the year.
    pub metric: usize,
    /// The year of the metric.
    pub year: i32,
    /// How it is emulated; it has a target when parameters are fitted to it.
    pub observable: Observable,
}

impl Moment {
    /// Whether parameters are fitted to it.
    pub fn is_fitted(&self) -> bool {
        self.observable.target.is_some()
    }
}

/// Facts that cannot be moments.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FitError {
    /// A fact that lacks something or is out of range.
    #[error("target `{id}`: {message}")]
    Fact {
        /// Which.
        id: String,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// No fact has the role `fit`.
    #[error("there is no target to fit to")]
    NoTarget,
}

impl FitError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Fact { hint, .. } => hint.clone(),
            Self::NoTarget => "give at least one target the role `fit`".into(),
        }
    }
}

/// The moments that facts speak of: those to fit to, and those held out of the fit; references are left aside.
///
/// # Errors
/// A fact without errors of observation and model, without a metric or year; none to fit to.
pub fn moments(facts: &[Fact]) -> Result<Vec<Moment>, FitError> {
    let wanted = facts.iter().filter(|fact| fact.role == FIT || fact.role == HELD_OUT);
    let found = wanted.map(moment).collect::<Result<Vec<_>, _>>()?;
    if found.iter().any(Moment::is_fitted) { Ok(found) } else { Err(FitError::NoTarget) }
}

fn moment(fact: &Fact) -> Result<Moment, FitError> {
    let wrong = |message: String, hint: String| FitError::Fact { id: fact.id.clone(), message, hint };
    fact.check().map_err(|WrongFact { message, hint, .. }| wrong(message, hint.to_owned()))?;
    let metric = index_of(&fact.metric).ok_or_else(|| {
        let near = crate::diagnostic::nearest(&fact.metric, METRICS.iter().map(|metric| metric.name));
        let hint = match near.first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`bidcast metrics` lists what the model reports".into(),
        };
        wrong(format!("there is no metric `{}`", fact.metric), hint)
    })?;
    let year = fact
        .year
        .parse()
        .map_err(|_| wrong(format!("`{}` is no year", fact.year), "give a year such as 2025".into()))?;
    let relative = fact.sd_kind == "log";
    let target = match (fact.role.as_str(), fact.sd, fact.sd_model) {
        (FIT, Some(sd), Some(sd_model)) => {
            let scale = if relative { fact.value } else { 1.0 };
            Some(Target { observed: fact.value, sd_obs: sd * scale, sd_model: sd_model * scale })
        }
        _ => None,
    };
    let transform = if relative { Transform::Log } else { Transform::Identity };
    Ok(Moment { fact: fact.clone(), metric, year, observable: Observable { transform, target } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{FACTS, facts};

    #[test]
    fn the_shipped_facts_are_moments() {
        let found = moments(&facts(FACTS).unwrap()).unwrap();
        let fitted = found.iter().filter(|moment| moment.is_fitted()).count();
        assert!(fitted >= 20 && found.len() > fitted, "{fitted} of {}", found.len());
        let market = found.iter().find(|moment| moment.fact.id == "market_total_2025").unwrap();
        let target = market.observable.target.unwrap();
        // A relative error is one of the value.
        assert!((target.sd_obs / target.observed - market.fact.sd.unwrap()).abs() < 1e-12);
        assert_eq!(market.observable.transform, Transform::Log);
    }

    #[test]
    fn a_target_without_either_error_is_refused() {
        for strip in [|fact: &mut Fact| fact.sd = None, |fact: &mut Fact| fact.sd_model = None] {
            let mut all = facts(FACTS).unwrap();
            strip(&mut all[0]);
            let error = moments(&all).unwrap_err();
            assert!(error.to_string().contains("market_total_2025"), "{error}");
            assert!(error.hint().contains("sd_model"), "{}", error.hint());
        }
        let mut all = facts(FACTS).unwrap();
        all[0].metric = "market_totl_usd".into();
        assert!(moments(&all).unwrap_err().hint().contains("market_total_usd"));
        all.retain(|fact| fact.role != FIT);
        assert_eq!(moments(&all), Err(FitError::NoTarget));
    }
}
