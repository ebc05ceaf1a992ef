//! Stages of a cohort's age: within a stage all days are alike.

/// Ages at which stages begin, in days. The last stage is open.
pub const STAGE_STARTS: [usize; 10] = [0, 1, 2, 3, 7, 14, 30, 60, 120, 240];
/// Number of stages.
pub const N_STAGES: usize = STAGE_STARTS.len();
/// Days that a book of cohorts remembers day by day.
pub const LAST_STAGE_START: usize = STAGE_STARTS[N_STAGES - 1];
