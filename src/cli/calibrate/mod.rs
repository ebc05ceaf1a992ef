//! `bidcast calibrate`: parameters fitted to what was published, with their doubt, checked by real runs.
//!
//! | file | what it does |
//! |---|---|
//! | `asked` | what is asked, and the market that is fitted |
//! | `waves` | round after round of a method, then the check |
//! | `simulate` | the markets of a round |
//! | `result` | gates, files, the page |
//! | `scores` | the page of a backtest |
//! | `tables`, `directions` | what the page shows |

mod asked;
mod directions;
mod result;
mod scores;
mod simulate;
mod tables;
mod waves;

pub(crate) use asked::{Asked, failed, stored_rounds};
pub(crate) use directions::{known, sentence};
pub(crate) use waves::{backtest, calibrate, resume};
