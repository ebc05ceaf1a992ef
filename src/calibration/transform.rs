//! Scales on which moments are emulated: as they are, their logarithm, their logit.

use serde::{Deserialize, Serialize};

use super::table::Target;

/// Scale of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transform {
    /// As it is.
    #[default]
    Identity,
    /// Logarithm of a positive number.
    Log,
    /// Logarithm of the odds of a share strictly between 0 and 1.
    Logit,
}

impl Transform {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Log => "logarithm",
            Self::Logit => "logit",
        }
    }

    /// A value on this scale; `None` where there is none.
    pub fn apply(self, value: f64) -> Option<f64> {
        let found = match self {
            Self::Identity => value,
            Self::Log => value.ln(),
            Self::Logit => (value / (1.0 - value)).ln(),
        };
        found.is_finite().then_some(found)
    }

    /// The value that stands at a place of this scale.
    pub fn invert(self, place: f64) -> f64 {
        match self {
            Self::Identity => place,
            Self::Log => place.exp(),
            Self::Logit => 1.0 / (1.0 + (-place).exp()),
        }
    }

    /// A target on this scale, its standard deviations by the slope of the scale at what was observed.
    pub fn target(self, target: &Target) -> Option<Target> {
        let y = target.observed;
        let slope = match self {
            Self::Identity => 1.0,
            Self::Log => 1.0 / y,
            Self::Logit => 1.0 / (y * (1.0 - y)),
        };
        Some(Target {
            observed: self.apply(y)?,
            sd_obs: slope * target.sd_obs,
            sd_model: slope * target.sd_model,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_left_as_they_were_entered() {
        for scale in [Transform::Identity, Transform::Log, Transform::Logit] {
            for value in [0.01, 0.4, 0.97] {
                assert!((scale.invert(scale.apply(value).unwrap()) - value).abs() < 1e-14);
                // The slope is that of the scale.
                let target = Target { observed: value, sd_obs: 1.0, sd_model: 2.0 };
                let found = scale.target(&target).unwrap();
                let step = 1e-6 * value;
                let slope =
                    (scale.apply(value + step).unwrap() - scale.apply(value - step).unwrap()) / (2.0 * step);
                assert!(
                    (found.sd_obs / slope - 1.0).abs() < 1e-6 && (found.sd_model / slope - 2.0).abs() < 1e-6
                );
            }
        }
        assert_eq!(Transform::Log.apply(0.0), None);
        assert_eq!(Transform::Log.apply(-1.0), None);
        assert_eq!(Transform::Logit.apply(1.0), None);
    }
}
