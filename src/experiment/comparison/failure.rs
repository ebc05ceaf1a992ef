//! Why scenarios cannot be compared.

use std::error::Error;

use super::weights::WeightsError;

/// Why scenarios cannot be compared; `E` is what goes wrong when results are read.
#[derive(Debug, thiserror::Error)]
pub enum ComparisonError<E: Error + 'static> {
    /// Fewer than two scenarios.
    #[error("a comparison needs two scenarios or more, not {found}")]
    TooFew {
        /// Scenarios given.
        found: usize,
    },
    /// Two scenarios of one name.
    #[error("two of the scenarios are called `{name}`")]
    SameName {
        /// Their name.
        name: String,
    },
    /// A pair that occurs twice in a scenario.
    #[error("scenario `{scenario}` has draw {draw}, replication {replication} twice")]
    Repeated {
        /// The scenario.
        scenario: String,
        /// Place among the draws.
        draw: u32,
        /// Number of the replication.
        replication: u64,
    },
    /// A result that one scenario has and another lacks, or that stands at another place.
    #[error(
        "scenario `{scenario}` has no result for draw {draw}, replication {replication} where the reference has it"
    )]
    Unpaired {
        /// The scenario.
        scenario: String,
        /// Place among the draws.
        draw: u32,
        /// Number of the replication.
        replication: u64,
    },
    /// Too few pairs for an error.
    #[error("a comparison needs two pairs of results or more, not {found}")]
    TooFewPairs {
        /// Pairs given.
        found: usize,
    },
    /// A scenario that reports other years or months, or another number of results than it has pairs.
    #[error("the results of scenario `{scenario}` do not have the shape of those of the reference")]
    Shape {
        /// The scenario.
        scenario: String,
    },
    /// Weights of other scenarios.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// Results that cannot be read.
    #[error("the results of scenario `{scenario}` cannot be read")]
    Columns {
        /// The scenario.
        scenario: String,
        /// Why.
        source: E,
    },
}

impl<E: Error + 'static> ComparisonError<E> {
    /// What the user can do, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::TooFew { .. } => Some("name a reference and a scenario to hold against it".to_owned()),
            Self::SameName { .. } => Some("give each scenario a name of its own".to_owned()),
            Self::Unpaired { .. } => {
                Some("leave the pair out of all scenarios, or run what is missing".to_owned())
            }
            Self::TooFewPairs { .. } => Some("run more replications".to_owned()),
            Self::Weights(error) => Some(error.hint()),
            Self::Repeated { .. } | Self::Shape { .. } | Self::Columns { .. } => None,
        }
    }
}
