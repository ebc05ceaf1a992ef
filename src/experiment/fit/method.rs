//! The methods by which parameters are fitted, and how many runs each takes.

use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer, Serialize};

use super::abc::AbcReg;
use super::engine::Engine;
use super::smoother::{Smoother, n_pairs};
use crate::calibration::{EnsembleRule, Esl, EslRule, FeatureSet};

/// A third of the standard steps: with a hundred walkers still worth several hundred draws, which G8 checks.
const SAMPLER: EnsembleRule =
    EnsembleRule { burn_in: 1_000, steps: 3_600, thin: 10, ..EnsembleRule::STANDARD };

/// How parameters are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Waves of runs, an emulator and a sample of its likelihood.
    #[default]
    Esl,
    /// Regression on a table of runs of the prior.
    AbcReg,
    /// An ensemble that is moved to the data in a few passes.
    Esmda,
}

impl Method {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Esl => "esl",
            Self::AbcReg => "abc-reg",
            Self::Esmda => "esmda",
        }
    }

    /// Whether it is the one that is taken when none is asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it has an emulator: truths are sought and targets left out with it, without further runs.
    pub fn has_emulator(self) -> bool {
        self == Self::Esl
    }
}

/// The state of a calibration is read as that of its method: it does not name it.
impl<'de> DeserializeSeed<'de> for Method {
    type Value = Engine;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Engine, D::Error> {
        match self {
            Self::Esl => Esl::deserialize(deserializer).map(Engine::Esl),
            Self::AbcReg => AbcReg::deserialize(deserializer).map(Engine::AbcReg),
            Self::Esmda => Smoother::deserialize(deserializer).map(Engine::Esmda),
        }
    }
}

/// How large a calibration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Different points of the first wave: a power of two.
    pub first: usize,
    /// Different points of each later wave; members of an ensemble.
    pub later: usize,
    /// Waves at most; passes of an ensemble.
    pub waves: usize,
}

impl Size {
    /// The rule of a calibration of `p` parameters by waves.
    ///
    /// Few parameters get all products of pairs, many the screened ones: what a wave of this size can tell.
    pub fn rule(self, p: usize) -> EslRule {
        let smallest = self.first.min(self.later);
        let sets = [FeatureSet::Full, FeatureSet::Screened, FeatureSet::Additive];
        let features =
            sets.into_iter().find(|set| set.least_runs(p) <= smallest).unwrap_or(FeatureSet::Linear);
        // Walkers need company: more than twice the parameters, and an even number.
        let walkers = SAMPLER.walkers.max(4 * p);
        EslRule {
            first_points: self.first,
            later_points: self.later,
            most_waves: self.waves,
            features,
            sampler: EnsembleRule { walkers, ..SAMPLER },
            ..EslRule::standard(p)
        }
    }

    /// Different points of all waves: the runs of a table that is as large.
    pub fn points(self) -> usize {
        self.first + self.later * self.waves.saturating_sub(1)
    }

    /// Runs at most, with a check of so many.
    pub fn runs(self, method: Method, check: usize) -> usize {
        // A tenth of each wave is run twice.
        let of = |points: usize| points + (points as f64 / 10.0).round() as usize;
        match method {
            Method::Esl => of(self.first) + of(self.later) * self.waves.saturating_sub(1) + check,
            Method::AbcReg => self.points() + check,
            // Of an ensemble there are no more draws than members.
            Method::Esmda => (self.later + n_pairs(self.later)) * self.waves + check.min(self.later),
        }
    }
}
