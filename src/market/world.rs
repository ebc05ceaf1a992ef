//! The whole state of one replication.

use super::apps::Apps;
use super::cells::Cell;
use super::cohorts::CohortBooks;
use super::creatives::Lots;
use super::ledger::MarketLedger;
use super::regions::Regions;
use super::titles::Titles;

/// Everything that changes while a replication runs, except its calendar and its records.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Apps.
    pub apps: Apps,
    /// Cells, region-major: index = region × channels + channel.
    pub cells: Vec<Cell>,
    /// Titles.
    pub titles: Titles,
    /// Creative lots.
    pub lots: Lots,
    /// Cohorts.
    pub books: CohortBooks,
    /// Regions.
    pub regions: Regions,
    /// Books of the market.
    pub ledger: MarketLedger,
    /// Titles worth copying: (day of release, draw), newest last.
    pub hits: Vec<(f64, f64)>,
}
