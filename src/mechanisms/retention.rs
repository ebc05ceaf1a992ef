//! Decides what share of an acquisition cohort is still active at each age.
//!
//! # Model
//! Two-slope power law through the stated day-1, day-7 and day-30 retention: `r(t) = D1·t^−a` up to day 7,
//! `D7·(t/7)^−b` after. Ages are grouped in stages 0, 1, 2, 3, 7, 14, 30, 60, 120, 240 days; within a stage the rate is the
//! stage's mean. The last stage decays geometrically with the slope it starts with.
//!
//! # Inputs and outputs
//! Age in days → share active on that day; share active at least once in the last 30 days.
//!
//! # Assumptions
//! Everybody is active on the day of install; a monthly user is active on `active_days_per_month` of 30 days.
//!
//! # Invariants
//! `passes_through_the_stated_points`, `falls_with_age`.
//!
//! # Source
//! Sensor Tower 2024–2025 retention of short-drama apps, see `configs/facts/`.

use serde::Deserialize;

use crate::market::stages::{LAST_STAGE_START, N_STAGES, STAGE_STARTS};

/// Parameters of retention.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionParams {
    /// Share active on day 1.
    pub day1_share: f64,
    /// Share active on day 7.
    pub day7_share: f64,
    /// Share active on day 30.
    pub day30_share: f64,
    /// Days a month on which a monthly user is active.
    pub active_days_per_month: f64,
}

/// Stage rates derived from the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct RetentionCurve {
    /// Mean share active on a day of the stage.
    pub daily: [f64; N_STAGES],
    /// Share active at least once in the last 30 days.
    pub monthly: [f64; N_STAGES],
    /// Share of the last stage that stays from one day to the next.
    pub tail_survival: f64,
    /// Mean active days over the whole life.
    pub lifetime_active_days: f64,
}

impl RetentionParams {
    /// Share active on day `age`, 0 for the day of install.
    pub fn active_share(&self, age: f64) -> f64 {
        if age < 1.0 {
            return 1.0;
        }
        let a = (self.day1_share / self.day7_share).ln() / 7.0_f64.ln();
        let b = (self.day7_share / self.day30_share).ln() / (30.0_f64 / 7.0).ln();
        if age <= 7.0 { self.day1_share * age.powf(-a) } else { self.day7_share * (age / 7.0).powf(-b) }
    }

    /// Rates by stage.
    pub fn curve(&self) -> RetentionCurve {
        let b = (self.day7_share / self.day30_share).ln() / (30.0_f64 / 7.0).ln();
        let start = LAST_STAGE_START as f64;
        // The power law loses b/t of its users a day at age t; the open stage keeps that rate.
        let tail_survival = 1.0 - b / start;
        let mut daily = [0.0; N_STAGES];
        let mut monthly = [0.0; N_STAGES];
        let mut lifetime = 0.0;
        for stage in 0..N_STAGES {
            let from = STAGE_STARTS[stage];
            daily[stage] = if stage + 1 < N_STAGES {
                let to = STAGE_STARTS[stage + 1];
                let sum: f64 = (from..to).map(|age| self.active_share(age as f64)).sum();
                lifetime += sum;
                sum / (to - from) as f64
            } else {
                let r = self.active_share(start);
                lifetime += r / (1.0 - tail_survival);
                r
            };
            let in_month = daily[stage] * 30.0 / self.active_days_per_month;
            monthly[stage] = if from < 30 || in_month > 1.0 { 1.0 } else { in_month };
        }
        RetentionCurve { daily, monthly, tail_survival, lifetime_active_days: lifetime }
    }

    /// Active days of an install up to `window_days`, as a share of its lifetime active days.
    pub fn share_of_active_days(&self, window_days: f64) -> f64 {
        let inside: f64 = (0..window_days as usize).map(|age| self.active_share(age as f64)).sum();
        let all = self.curve().lifetime_active_days;
        if inside < all { inside / all } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> RetentionParams {
        RetentionParams {
            day1_share: 0.24,
            day7_share: 0.097,
            day30_share: 0.045,
            active_days_per_month: 4.0,
        }
    }

    #[test]
    fn passes_through_the_stated_points() {
        let p = params();
        for (age, share) in [(0.0, 1.0), (1.0, 0.24), (7.0, 0.097), (30.0, 0.045)] {
            assert!((p.active_share(age) - share).abs() < 1e-12, "day {age}");
        }
    }

    #[test]
    fn falls_with_age() {
        let p = params();
        let c = p.curve();
        assert!(c.daily.windows(2).all(|w| w[1] < w[0]));
        assert!(c.monthly.windows(2).all(|w| w[1] <= w[0]));
        assert!(c.tail_survival > 0.99 && c.tail_survival < 1.0);
        assert!(p.share_of_active_days(7.0) < p.share_of_active_days(60.0));
    }
}
