//! What is asked of a study, kept in its folder: one variant for each verb that simulates studies.

use bidcast::experiment::study::Design;
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::study::{Concluded, Done};
use super::{compare, forecast, sensitivity, sweep};

/// A verb with what it asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase")]
pub(crate) enum Question {
    /// How large, how concentrated?
    Forecast(forecast::Asked),
    /// What difference does a scenario make?
    Compare(compare::Asked),
    /// What comes of these points of the parameters?
    Sweep(sweep::Asked),
    /// What drives an outcome?
    Sensitivity(sensitivity::Asked),
}

impl Question {
    /// The verb that asks it.
    pub(crate) fn verb(&self) -> &'static str {
        match self {
            Self::Forecast(_) => "forecast",
            Self::Compare(_) => "compare",
            Self::Sweep(_) => "sweep",
            Self::Sensitivity(_) => "sensitivity",
        }
    }

    /// Jobs to run before the study is looked at for the first time.
    pub(crate) fn first_look(&self, design: &Design) -> u64 {
        match self {
            Self::Forecast(asked) => asked.first_look(design.jobs.len() as u64),
            Self::Compare(asked) => asked.first_look(design),
            Self::Sweep(_) | Self::Sensitivity(_) => design.jobs.len() as u64,
        }
    }

    /// Jobs to run until the next look; none when enough is known.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub(crate) fn next_look(&self, done: &Done<'_>) -> Result<Option<u64>, Failure> {
        match self {
            Self::Forecast(asked) => asked.next_look(done),
            Self::Compare(asked) => asked.next_look(done),
            Self::Sweep(_) | Self::Sensitivity(_) => Ok(None),
        }
    }

    /// Sums up: writes the files of the run folder, says what is shown.
    ///
    /// # Errors
    /// Results that cannot be read, kept or drawn.
    pub(crate) fn conclude(&self, done: &Done<'_>) -> Result<Concluded, Failure> {
        match self {
            Self::Forecast(asked) => asked.conclude(done),
            Self::Compare(asked) => asked.conclude(done),
            Self::Sweep(asked) => asked.conclude(done).map(Concluded::precise),
            Self::Sensitivity(asked) => asked.conclude(done).map(Concluded::precise),
        }
    }
}
