//! `bidcast calibrate`: parameters fitted to what was published, with their doubt, checked by real runs.
//!
//! | file | what it does |
//! |---|---|
//! | `asked` | what is asked, and the market that is fitted |
//! | `waves` | wave after wave, then the check |
//! | `result` | gates, files, the page |
//! | `scores` | the page of a backtest |

mod asked;
mod result;
mod scores;
mod waves;

pub(crate) use asked::{Asked, failed, stored_waves};
pub(crate) use result::sentence;
pub(crate) use waves::{backtest, calibrate, resume};
