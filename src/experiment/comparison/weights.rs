//! How likely each scenario is taken to be: weights that the user states.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::diagnostic::nearest;

/// Weights of scenarios by name; they sum to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights(BTreeMap<String, f64>);

/// Why weights cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum WeightsError {
    /// A name that no compared scenario has.
    #[error("there is no scenario `{name}` to give a weight to")]
    Unknown {
        /// The name.
        name: String,
        /// Scenarios that are compared.
        known: Vec<String>,
    },
    /// A name that occurs twice.
    #[error("scenario `{name}` is given two weights")]
    Twice {
        /// The name.
        name: String,
    },
    /// A compared scenario without a weight.
    #[error("scenario `{name}` has no weight")]
    Missing {
        /// The name.
        name: String,
    },
    /// A weight that is negative or no number.
    #[error("the weight of scenario `{name}` is {weight}; it must be 0 or more")]
    Negative {
        /// The name.
        name: String,
        /// Its weight.
        weight: f64,
    },
    /// Weights without any above zero, or too large to be summed.
    #[error("the weights sum to {sum}, which cannot be made 1")]
    Sum {
        /// Their sum.
        sum: f64,
    },
}

impl WeightsError {
    /// What the user can do.
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown { name, known } => match nearest(name, known.iter().map(String::as_str)).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("scenarios that are compared: {}", known.join(", ")),
            },
            Self::Twice { .. } => "give each scenario one weight".to_owned(),
            Self::Missing { .. } => "give it a weight; 0 leaves it out of the mixture".to_owned(),
            Self::Negative { .. } => "weights are shares, such as 0.3, or parts, such as 3".to_owned(),
            Self::Sum { .. } => "give at least one scenario a weight above 0".to_owned(),
        }
    }
}

impl Weights {
    /// Takes one weight for each of the scenarios, in any order, and makes them sum to one.
    ///
    /// # Errors
    /// A name that is not among `scenarios` or occurs twice, one of them without a weight, a weight that is negative or no
    /// number, and weights that are all zero.
    pub fn try_new<S: AsRef<str>>(scenarios: &[S], given: &[(String, f64)]) -> Result<Self, WeightsError> {
        let mut weights = BTreeMap::new();
        for (name, weight) in given {
            if scenarios.iter().all(|scenario| scenario.as_ref() != name) {
                let known = scenarios.iter().map(|scenario| scenario.as_ref().to_owned()).collect();
                return Err(WeightsError::Unknown { name: name.clone(), known });
            }
            // Written so that NaN does not pass.
            if !(*weight >= 0.0 && weight.is_finite()) {
                return Err(WeightsError::Negative { name: name.clone(), weight: *weight });
            }
            if weights.insert(name.clone(), *weight).is_some() {
                return Err(WeightsError::Twice { name: name.clone() });
            }
        }
        if let Some(name) = scenarios.iter().map(AsRef::as_ref).find(|name| !weights.contains_key(*name)) {
            return Err(WeightsError::Missing { name: name.to_owned() });
        }
        let sum: f64 = weights.values().sum();
        if !(sum > 0.0 && sum.is_finite()) {
            return Err(WeightsError::Sum { sum });
        }
        weights.values_mut().for_each(|weight| *weight /= sum);
        Ok(Self(weights))
    }

    /// Weight of a scenario.
    pub fn of(&self, scenario: &str) -> Option<f64> {
        self.0.get(scenario).copied()
    }

    /// Weights by name.
    pub fn by_name(&self) -> &BTreeMap<String, f64> {
        &self.0
    }
}

/// Weights when one of them is set to another value and the others keep their ratios.
///
/// `None` when the others have none to keep and would have to take some.
pub(super) fn with_weight(weights: &[f64], place: usize, weight: f64) -> Option<Vec<f64>> {
    let others: f64 = weights.iter().enumerate().filter(|(k, _)| *k != place).map(|(_, weight)| weight).sum();
    let scale = if weight >= 1.0 { 0.0 } else { (1.0 - weight) / others };
    let scaled = |(k, other): (usize, &f64)| if k == place { weight } else { scale * other };
    scale.is_finite().then(|| weights.iter().enumerate().map(scaled).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(given: &[(&str, f64)]) -> Result<Weights, WeightsError> {
        let given: Vec<(String, f64)> =
            given.iter().map(|(name, weight)| ((*name).into(), *weight)).collect();
        Weights::try_new(&["base", "privacy", "entry"], &given)
    }

    #[test]
    fn weights_are_made_to_sum_to_one() {
        let found = weights(&[("entry", 1.0), ("base", 5.0), ("privacy", 2.0)]).unwrap();
        assert_eq!(
            [found.of("base"), found.of("privacy"), found.of("entry")],
            [Some(0.625), Some(0.25), Some(0.125)]
        );
        assert_eq!(found.of("other"), None);
    }

    #[test]
    fn what_is_refused_says_what_to_do() {
        let told = |given: &[(&str, f64)]| {
            let error = weights(given).unwrap_err();
            (error.to_string(), error.hint())
        };
        let (error, hint) = told(&[("base", 1.0), ("privcay", 1.0), ("entry", 1.0)]);
        assert!(error.contains("`privcay`") && hint == "did you mean `privacy`?", "{error} {hint}");
        assert!(told(&[("zzz", 1.0)]).1.ends_with("base, privacy, entry"));
        assert!(told(&[("base", 1.0), ("privacy", -0.1), ("entry", 1.0)]).0.contains("-0.1"));
        assert!(told(&[("base", f64::NAN), ("privacy", 1.0), ("entry", 1.0)]).0.contains("NaN"));
        assert!(told(&[("base", 0.0), ("privacy", 0.0), ("entry", 0.0)]).0.contains("sum to 0"));
        assert!(told(&[("base", 1.0), ("entry", 1.0)]).0.contains("`privacy` has no weight"));
        assert!(
            told(&[("base", 1.0), ("base", 1.0), ("privacy", 1.0), ("entry", 1.0)]).0.contains("two weights")
        );
    }

    #[test]
    fn the_others_keep_their_ratios() {
        let given = [0.5, 0.3, 0.2];
        let found = with_weight(&given, 0, 0.0).unwrap();
        assert!((found[1] - 0.6).abs() < 1e-15 && (found[2] - 0.4).abs() < 1e-15);
        assert_eq!(with_weight(&given, 0, 1.0), Some(vec![1.0, 0.0, 0.0]));
        assert_eq!(with_weight(&[1.0, 0.0], 0, 0.0), None, "there is nobody to take it");
    }
}
