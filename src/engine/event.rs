//! The closed set of events and the order in which those of one instant happen.

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The scenario's parameters change; number of the change.
    Shock(u32),
    /// Apps may enter, once a day.
    Entry,
    /// All apps are reviewed, on the first of a month: some stop, vanish or are relaunched, some are funded.
    Review,
    /// An app takes over another.
    Acquisition {
        /// Buyer.
        buyer: u32,
        /// Bought.
        target: u32,
    },
    /// A granted round arrives at an app, micro-dollars.
    Funding {
        /// App.
        app: u32,
        /// Size.
        micros: i64,
    },
    /// An app releases a title.
    TitleRelease(u32),
    /// An app looks at its creative lots, retires some and launches those of the day.
    LotLaunch(u32),
    /// A creative lot goes off air, on its app's creative day. Observers are told of it; the calendar does not hold it.
    LotRetire {
        /// Whose.
        app: u32,
        /// Place among the lots that went off air on that day.
        place: u32,
    },
    /// An app plans its budget: daily, or early when its money falls below its plan.
    BudgetPlan(u32),
    /// All apps pace their bids for the coming tick.
    Pace,
    /// The impressions of a cell are sold, for one tick.
    AuctionBatch(u32),
    /// The day's installs become cohorts; all cohorts age, use and pay.
    CohortAge,
    /// What is due is paid out to the apps.
    Payout,
    /// Word of mouth and charts bring installs to a region; its pool grows.
    OrganicTick(u32),
    /// The day is closed; on the last of a month the month is recorded.
    Snapshot,
}

/// Order of events within an instant, first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// Parameters change first.
    Shock = 0,
    /// Then apps come and go.
    Life = 1,
    /// Then titles are released.
    Title = 2,
    /// Then creatives change.
    Lot = 3,
    /// Then budgets are planned.
    Plan = 4,
    /// Then bids are paced against the plans.
    Pace = 5,
    /// Then auctions are cleared.
    Auction = 6,
    /// Then users arrive, use and pay.
    Cohort = 7,
    /// Then money arrives.
    Payout = 8,
    /// Then users bring users.
    Organic = 9,
    /// Last, all is counted.
    Snapshot = 10,
}

impl Event {
    /// Names of all kinds of event, in the order of the phases: the one list that files, filters and help share.
    pub const NAMES: [&str; 15] = [
        "Shock",
        "Entry",
        "Review",
        "Acquisition",
        "Funding",
        "TitleRelease",
        "LotLaunch",
        "LotRetire",
        "BudgetPlan",
        "Pace",
        "AuctionBatch",
        "CohortAge",
        "Payout",
        "OrganicTick",
        "Snapshot",
    ];

    /// Which kind it is: index into [`Event::NAMES`].
    pub const fn kind(&self) -> usize {
        match self {
            Self::Shock(_) => 0,
            Self::Entry => 1,
            Self::Review => 2,
            Self::Acquisition { .. } => 3,
            Self::Funding { .. } => 4,
            Self::TitleRelease(_) => 5,
            Self::LotLaunch(_) => 6,
            Self::LotRetire { .. } => 7,
            Self::BudgetPlan(_) => 8,
            Self::Pace => 9,
            Self::AuctionBatch(_) => 10,
            Self::CohortAge => 11,
            Self::Payout => 12,
            Self::OrganicTick(_) => 13,
            Self::Snapshot => 14,
        }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        Self::NAMES[self.kind()]
    }

    /// Phase in which it happens.
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Shock(_) => Phase::Shock,
            Self::Entry | Self::Review | Self::Acquisition { .. } | Self::Funding { .. } => Phase::Life,
            Self::TitleRelease(_) => Phase::Title,
            Self::LotLaunch(_) | Self::LotRetire { .. } => Phase::Lot,
            Self::BudgetPlan(_) => Phase::Plan,
            Self::Pace => Phase::Pace,
            Self::AuctionBatch(_) => Phase::Auction,
            Self::CohortAge => Phase::Cohort,
            Self::Payout => Phase::Payout,
            Self::OrganicTick(_) => Phase::Organic,
            Self::Snapshot => Phase::Snapshot,
        }
    }
}
