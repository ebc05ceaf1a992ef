//! Turning points in the lives of apps, noted as they happen, in order: for whoever tells the story afterwards.
//!
//! Nothing in the market reads them.

use super::ledger::Account;
use crate::units::Usd;

/// Why an app stopped advertising.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It could pay neither its debts nor a minimal campaign.
    Bankrupt,
    /// Its owners gave up.
    GaveUp,
}

/// What happened to an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It stopped advertising.
    Stopped {
        /// Why.
        cause: Cause,
        /// Whether it stays in the stores; otherwise it left.
        dormant: bool,
    },
    /// Dormant before, it advertises again.
    Relaunched {
        /// What its owners put in.
        money: Usd,
    },
    /// Dormant before, it left the stores.
    Vanished,
    /// It took over another app.
    Bought {
        /// The other.
        target: u32,
        /// Account of the other since birth, from now on part of its own.
        account: Account,
    },
    /// It was taken over, and left.
    Sold {
        /// Who has it.
        buyer: u32,
        /// Its account since birth, which went with it.
        account: Account,
    },
}

impl Turn {
    /// Whether the app leaves for good.
    pub const fn is_end(&self) -> bool {
        matches!(self, Self::Stopped { dormant: false, .. } | Self::Vanished | Self::Sold { .. })
    }
}

/// A turn with its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurningPoint {
    /// Day.
    pub day: i64,
    /// Whose.
    pub app: u32,
    /// What happened.
    pub turn: Turn,
}
