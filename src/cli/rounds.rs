//! What is asked of a study in rounds, kept in its folder: one variant for each verb whose next markets follow from the last.

use bidcast::store::study::{BegunRounds, RoundsFolder};
use serde::{Deserialize, Serialize};

use super::args::{Manner, ResumeArgs};
use super::failure::Failure;
use super::folder::store_failure;
use super::{calibrate, seek};

/// A verb with what it asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase")]
pub(crate) enum Question {
    /// At which value of a lever is a goal met?
    Seek(seek::Asked),
    /// Which parameters agree with what was published?
    Calibrate(calibrate::Asked),
}

/// `bidcast resume` of a study in rounds: goes on from its folder alone.
///
/// # Errors
/// A folder that holds none, or one of another model; else as the verb that began it.
pub(crate) fn resume(args: &ResumeArgs, manner: Manner) -> Result<(), Failure> {
    let begun = RoundsFolder::read::<Question>(&args.run).map_err(store_failure)?;
    begun.go_on().map_err(store_failure)?;
    match begun.question.clone() {
        Question::Seek(asked) => seek::resume(begun, asked, &args.work, manner),
        Question::Calibrate(asked) => calibrate::resume(begun, asked, &args.work, manner),
    }
}

/// A study in rounds that was begun.
pub(crate) type Begun = BegunRounds<Question>;
