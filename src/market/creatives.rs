//! Creative lots: batches of ad materials cut from one title, and what their app believes of them.

/// A lot. Each app keeps its own in one piece of memory: they are visited app by app, every day. What is
/// learned of a lot is known to a few conversions, so single precision holds it, and twice the lots fit a cache.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lot {
    /// Posterior shape: prior conversions plus observed conversions.
    pub shape: f32,
    /// Posterior inverse scale: conversions expected at attractiveness 1.
    pub inverse_scale: f32,
    /// Materials times their pull: weight in its app's strength at title strength 1, as played today.
    pub force: f32,
    /// Installs per expected install: true over believed attractiveness, as played today.
    pub yield_ratio: f32,
    /// True attractiveness.
    pub attractiveness: f32,
    /// Money spent on it, USD.
    pub spend_usd: f32,
    /// Installs observed over its life.
    pub conversions: f32,
    /// When it went on air, minutes from day 0.
    pub launched_minute: i32,
    /// When it goes off air, minutes from day 0; planned, until it does.
    pub ends_minute: i32,
    /// Number of the lot, counted from 0 in order of launch.
    pub number: u32,
    /// Title it is cut from.
    pub title: u32,
    /// Ad materials in it.
    pub materials: u32,
}

/// What there is of lots beyond those that their apps keep.
#[derive(Debug, Clone, Default)]
pub struct Lots {
    /// Lots that there ever were: the number of the next.
    pub launched: u32,
    /// Lots that went off air on the creative day that was last.
    pub retired: Vec<Lot>,
}
