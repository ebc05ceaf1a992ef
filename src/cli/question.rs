//! What is asked of a study, kept in its folder: one variant for each verb that simulates studies.

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::study::Done;
use super::{forecast, sensitivity, sweep};

/// A verb with what it asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase")]
pub(crate) enum Question {
    /// How large, how concentrated?
    Forecast(forecast::Asked),
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
            Self::Sweep(_) => "sweep",
            Self::Sensitivity(_) => "sensitivity",
        }
    }

    /// Jobs to run before the study is looked at for the first time, of `all`.
    pub(crate) fn first_look(&self, all: u64) -> u64 {
        match self {
            Self::Forecast(asked) => asked.first_look(all),
            Self::Sweep(_) | Self::Sensitivity(_) => all,
        }
    }

    /// Jobs to run until the next look; none when enough is known.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub(crate) fn next_look(&self, done: &Done<'_>) -> Result<Option<u64>, Failure> {
        match self {
            Self::Forecast(asked) => asked.next_look(done),
            Self::Sweep(_) | Self::Sensitivity(_) => Ok(None),
        }
    }

    /// Sums up: writes the files of the run folder, gives what is shown.
    ///
    /// # Errors
    /// Results that cannot be read, kept or drawn.
    pub(crate) fn conclude(&self, done: &Done<'_>) -> Result<String, Failure> {
        match self {
            Self::Forecast(asked) => asked.conclude(done),
            Self::Sweep(asked) => asked.conclude(done),
            Self::Sensitivity(asked) => asked.conclude(done),
        }
    }
}
