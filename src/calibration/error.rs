//! What can be wrong with tables, targets and settings of a calibration, and what to do about it.

use thiserror::Error;

use crate::sampling::DesignError;

/// Why there is no fit, or no sample.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// Two things that belong together differ in length.
    #[error("{what}: {found} where {expected} are needed")]
    Length {
        /// What was counted.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// There are too few of something.
    #[error("{what}: {found} are too few, at least {least} are needed")]
    TooFew {
        /// What was counted.
        what: &'static str,
        /// How many there must be.
        least: usize,
        /// How many there are.
        found: usize,
    },
    /// More runs failed than succeeded, or none succeeded.
    #[error("{failed} of {runs} runs failed")]
    Failed {
        /// Without a finite value of each moment.
        failed: usize,
        /// In all.
        runs: usize,
    },
    /// A coordinate that is not strictly between 0 and 1.
    #[error("parameter {parameter} of point {point} is {found}, outside the open unit interval")]
    OutsideCube {
        /// Row, from 0.
        point: usize,
        /// Column, from 0.
        parameter: usize,
        /// What stands there.
        found: f64,
    },
    /// A moment that is the same in all runs.
    #[error("moment {moment} is the same in all runs")]
    Constant {
        /// Its column, from 0.
        moment: usize,
    },
    /// A parameter that is the same in all runs.
    #[error("parameter {parameter} is the same in all runs")]
    FixedParameter {
        /// Its column, from 0.
        parameter: usize,
    },
    /// A moment whose transform does not exist at a value.
    #[error("moment {moment} is {found}, of which there is no {transform}")]
    Untransformable {
        /// Its column, from 0.
        moment: usize,
        /// The value.
        found: f64,
        /// Name of the transform.
        transform: &'static str,
    },
    /// A setting outside its range.
    #[error("{what} is {found}, but must be {allowed}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// What it is.
        found: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// A matrix that should have an inverse, and has none.
    #[error("{what} cannot be inverted")]
    Singular {
        /// Which matrix.
        what: &'static str,
    },
    /// The density is zero, or not a number, wherever walkers start.
    #[error("the likelihood is finite at only {found} of {walkers} starting points")]
    NoStart {
        /// Walkers with a finite density.
        found: usize,
        /// All walkers.
        walkers: usize,
    },
    /// A step that comes before another one.
    #[error("{step} needs {needs} first")]
    Order {
        /// What was asked for.
        step: &'static str,
        /// What must come before.
        needs: &'static str,
    },
    /// A first wave that cannot be placed.
    #[error(transparent)]
    Design(#[from] DesignError),
}

impl CalibrationError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Length { .. } => "give tables with one row for each point and one column for each name".into(),
            Self::TooFew { what: "usable runs", .. } => {
                "run more points, or take a smaller set of features".into()
            }
            Self::TooFew { .. } => "give more of them".into(),
            Self::Failed { .. } => {
                "find out why runs fail: where most do, the prior holds values that the model cannot take".into()
            }
            Self::OutsideCube { .. } => {
                "give parameters as probabilities under their prior, strictly between 0 and 1".into()
            }
            Self::Constant { .. } => {
                "leave the moment out: it says nothing of the parameters; or vary what drives it".into()
            }
            Self::FixedParameter { .. } => "leave the parameter out, or vary it".into(),
            Self::Untransformable { .. } => {
                "take the moment as it is: logarithms need positive numbers, logits shares strictly between 0 and 1"
                    .into()
            }
            Self::Setting { allowed, .. } => format!("take a value that is {allowed}"),
            Self::Singular { .. } => "give every target a positive sd_obs or sd_model".into(),
            Self::NoStart { .. } => {
                "see whether any parameter value reproduces the targets; widen sd_obs or sd_model where they are guesses"
                    .into()
            }
            Self::Order { needs, .. } => format!("do this first: {needs}"),
            Self::Design(error) => error.hint(),
        }
    }
}

/// At least so many of something.
pub(super) fn at_least(what: &'static str, least: usize, found: usize) -> Result<(), CalibrationError> {
    if found < least { Err(CalibrationError::TooFew { what, least, found }) } else { Ok(()) }
}

/// Exactly so many of something.
pub(crate) fn exactly(what: &'static str, expected: usize, found: usize) -> Result<(), CalibrationError> {
    if found == expected { Ok(()) } else { Err(CalibrationError::Length { what, expected, found }) }
}

/// A setting within its range.
pub(super) fn setting(
    what: &'static str,
    found: f64,
    holds: bool,
    allowed: &'static str,
) -> Result<(), CalibrationError> {
    if holds { Ok(()) } else { Err(CalibrationError::Setting { what, found, allowed }) }
}
