//! Creative lots: batches of ad materials cut from one title, and what their app believes of them.

use crate::units::SimTime;

/// A lot. Each app keeps its own in one piece of memory: they are visited app by app, every day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lot {
    /// Posterior shape: prior conversions plus observed conversions.
    pub shape: f64,
    /// Posterior inverse scale: conversions expected at attractiveness 1.
    pub inverse_scale: f64,
    /// Materials times their pull: weight in its app's strength at title strength 1, as played today.
    pub force: f64,
    /// Installs per expected install: true over believed attractiveness, as played today.
    pub yield_ratio: f64,
    /// True attractiveness.
    pub attractiveness: f64,
    /// Money spent on it, USD.
    pub spend_usd: f64,
    /// Installs observed over its life.
    pub conversions: f64,
    /// When it went on air.
    pub launched: SimTime,
    /// When it goes off air; planned, until it does.
    pub ends: SimTime,
    /// Number of the lot, counted from 0 in order of launch.
    pub number: u64,
    /// Title it is cut from.
    pub title: u32,
    /// Ad materials in it.
    pub materials: u32,
}

/// What there is of lots beyond those that their apps keep.
#[derive(Debug, Clone, Default)]
pub struct Lots {
    /// Lots that there ever were: the number of the next.
    pub launched: u64,
    /// Lots that went off air on the creative day that was last.
    pub retired: Vec<Lot>,
}
