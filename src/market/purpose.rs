//! What a draw is for: the second part of its address, so that no two decisions ever share a draw.

/// Purpose of a stream of draws. Numbers are part of the results: never reuse or reorder one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Traits of an app at birth; entity = app key.
    Birth = 1,
    /// Errors of an app's prior beliefs; entity = app key, occurrence = cell or region.
    PriorError = 2,
    /// Impressions and prices of an app; entity = app key, occurrence = tick and cell.
    Auction = 3,
    /// Outside demand and unsold impressions; entity = cell, occurrence = tick.
    OutsideDemand = 4,
    /// New materials; entity = app key, occurrence = day.
    Creative = 5,
    /// Conversions of an app's lots; entity = app key, occurrence = day.
    LotLearning = 6,
    /// Time and traits of a title; entity = app key, occurrence = number of the release.
    Title = 7,
    /// Payers and value of a cohort; entity = app key, occurrence = day and region.
    Cohort = 8,
    /// Organic installs; entity = app key, occurrence = day and region.
    Organic = 9,
    /// Number of entrants; occurrence = day.
    Entry = 10,
    /// Monthly review of an app: exit and funding; entity = app key, occurrence = day.
    Review = 11,
    /// Installs of won impressions; entity = app key, occurrence = tick and cell.
    Install = 12,
    /// Impressions that a platform gives to its own app, and their installs; entity = app key, occurrence = tick and cell.
    House = 13,
    /// Acquisitions; occurrence = day.
    Acquisition = 14,
    /// Auctions of a cell one by one: their number, winners and prices; entity = cell, occurrence = tick and cell.
    MicroAuction = 15,
    /// Match noise of an app in single auctions; entity = app key, occurrence = tick and cell.
    MatchNoise = 16,
    /// Orders in which the parts of a scenario are switched on; entity = number of the pair of orders.
    Attribution = 20,
}

impl Purpose {
    /// Number in the address.
    pub const fn code(self) -> u64 {
        self as u64
    }
}
