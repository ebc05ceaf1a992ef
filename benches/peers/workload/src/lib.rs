//! What the peers share: the parameters of workload R and its population, random draws, the app as an object and as
//! columns, the queueing workloads, and the line that every replication reports.
//!
//! `README.md` beside the workspace defines the workloads.

pub mod columns;
pub mod objects;
pub mod queues;
pub mod report;

/// Number of apps.
pub const N_APPS: usize = 1_100;
/// Slots of an auction.
pub const N_SLOTS: usize = 12;
/// Log standard deviation of the noise of a score, whose mean is 1.
pub const NOISE_SD: f64 = 0.4;
/// Lowest price.
pub const RESERVE: f64 = 1.0;
/// Budget of a day, per auction of the app's weight.
pub const BUDGET_PER_AUCTION: f64 = 12.0;
/// Mean days between launches.
pub const LAUNCH_DAYS: f64 = 14.0;
/// Mean days from launch to fatigue.
pub const FATIGUE_DAYS: f64 = 10.0;
/// Mean days from fatigue to retirement.
pub const RETIRE_DAYS: f64 = 10.0;
/// Mean days from install to purchase.
pub const PURCHASE_DAYS: f64 = 7.0;
/// Log standard deviation of the strength of a creative.
pub const STRENGTH_SD: f64 = 0.3;
/// What fatigue leaves of a creative's strength.
pub const FATIGUED: f64 = 0.5;
/// Freshness of an app without a live creative.
pub const NO_CREATIVE: f64 = 0.2;
/// Live creatives of an app, at most.
pub const MAX_LIVE: usize = 16;
/// Log standard deviation of a day's budget.
pub const BUDGET_SD: f64 = 0.2;
/// Factor on the bid after a day that exhausted the budget.
pub const STEP_DOWN: f64 = 0.97;
/// Factor on the bid after any other day.
pub const STEP_UP: f64 = 1.02;
/// Lowest bid multiplier.
pub const MULTIPLIER_MIN: f64 = 0.5;
/// Highest bid multiplier.
pub const MULTIPLIER_MAX: f64 = 2.0;
/// Log standard deviation of a purchase, whose mean is the app's value.
pub const PURCHASE_SD: f64 = 0.8;

/// Length and density of a run.
#[derive(Debug, Clone, Copy)]
pub struct Params {
    /// Horizon in days.
    pub days: f64,
    /// Mean number of auctions a day.
    pub auctions_per_day: f64,
}

/// What never changes of an app.
#[derive(Debug, Clone)]
pub struct AppSpec {
    /// Weight with which a slot goes to the app.
    pub weight: f64,
    /// Bid before the multiplier.
    pub bid: f64,
    /// Quality of its ads.
    pub quality: f64,
    /// Mean budget of a day.
    pub budget: f64,
    /// Probability that a win becomes an install.
    pub conversion: f64,
    /// Mean revenue of a purchase.
    pub value: f64,
    /// Time of day of its re-plan, in days.
    pub phase: f64,
}

/// The population, which is the same in every run.
pub fn population(params: &Params) -> Vec<AppSpec> {
    let weight = |app: usize| ((app + 1) as f64).powf(-0.8);
    let total: f64 = (0..N_APPS).map(weight).sum();
    let spec = |app: usize| {
        let z = |field| (2.0 * hash_unit(app as u64, field) - 1.0) * 3_f64.sqrt();
        let share = weight(app) / total;
        AppSpec {
            weight: weight(app),
            bid: 10.0 * (0.5 * z(0)).exp(),
            quality: (0.3 * z(1)).exp(),
            budget: BUDGET_PER_AUCTION * params.auctions_per_day * share * (0.5 * z(2)).exp(),
            conversion: 0.03 * (0.3 * z(3)).exp(),
            value: 40.0 * (0.5 * z(4)).exp(),
            phase: hash_unit(app as u64, 5),
        }
    };
    (0..N_APPS).map(spec).collect()
}

/// Share of the twenty largest apps in all revenue.
pub fn cr20(revenue: &[f64]) -> f64 {
    let mut sorted = revenue.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    sorted.iter().take(20).sum::<f64>() / sorted.iter().sum::<f64>()
}

/// A number in (0, 1) that belongs to an app and a field: SplitMix64's finaliser over a counter.
fn hash_unit(app: u64, field: u64) -> f64 {
    let mut x = (app * 64 + field + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^= x >> 31;
    ((x >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
}
