//! The entities and their ledgers, as structure-of-arrays: what there is, not what anyone decides.

pub mod apps;
pub mod cells;
pub mod cohorts;
pub mod creatives;
pub mod ledger;
pub mod purpose;
pub mod regions;
pub mod stages;
pub mod titles;
pub mod turns;
pub mod world;
