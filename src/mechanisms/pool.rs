//! Decides how many people of a region are in the market, and how many of them are users in a month.
//!
//! # Model
//! In-market people P diffuse through the reachable people M (Bass 1969): `dP/dt = (p + q P/M)(M − P) − c P`, c churn.
//! When fewer people can be reached than are in the market, those above leave at once: `P = min(P, M)`. App-users A spread over people as a negative binomial with dispersion k: monthly people
//! `= P · (1 − (1 + A/(P k))^−k)`. People are counted once, app-users as often as they have apps.
//!
//! # Inputs and outputs
//! People (count), rates per year → people.
//!
//! # Assumptions
//! Diffusion is deterministic at the scale of a region; chance enters through the apps.
//!
//! # Invariants
//! `matches_the_bass_curve`, `people_are_never_negative_nor_out_of_reach`, `people_are_at_most_app_users_and_pool`.
//!
//! # Source
//! Bass 1969, "A new product growth for model consumer durables"; multi-homing: judgement, see `configs/base.toml`.

use serde::Deserialize;

/// Parameters of the pool.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolParams {
    /// Whether the pool grows; off, it keeps its start size as long as so many can be reached.
    pub enabled: bool,
    /// Reachable people, per region.
    pub reachable_people: Vec<f64>,
    /// In-market share of the reachable people at the start of the simulation.
    pub start_share: f64,
    /// Innovation p.
    pub innovation_per_year: f64,
    /// Imitation q.
    pub imitation_per_year: f64,
    /// Churn c out of the market.
    pub churn_per_year: f64,
    /// Dispersion k of apps per person.
    pub multihoming_dispersion: f64,
}

impl PoolParams {
    /// In-market people one day later, 0..`reachable`.
    ///
    /// Whoever can no longer be reached is gone before the day's growth and churn: adoption among the missing would be
    /// negative, and after a deep cut larger than the people there are.
    pub fn next_day(&self, people: f64, reachable: f64) -> f64 {
        let people = if people < reachable { people } else { reachable };
        if !self.enabled {
            return people;
        }
        let adoption =
            (self.innovation_per_year + self.imitation_per_year * people / reachable) * (reachable - people);
        people + (adoption - self.churn_per_year * people) / 365.0
    }

    /// People active in a month when `app_users` app-users are spread over `people`.
    pub fn monthly_people(&self, app_users: f64, people: f64) -> f64 {
        if !(app_users > 0.0 && people > 0.0) {
            return 0.0;
        }
        let k = self.multihoming_dispersion;
        people * -(-k * (app_users / (people * k)).ln_1p()).exp_m1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> PoolParams {
        PoolParams {
            enabled: true,
            reachable_people: vec![1e8],
            start_share: 0.0,
            innovation_per_year: 0.03,
            imitation_per_year: 0.45,
            churn_per_year: 0.0,
            multihoming_dispersion: 1.0,
        }
    }

    #[test]
    fn matches_the_bass_curve() {
        let p = params();
        let mut people = 0.0;
        for day in 1..=3 * 365 {
            people = p.next_day(people, 1e8);
            let t = f64::from(day) / 365.0;
            let e = (-(0.03 + 0.45) * t).exp();
            let exact = 1e8 * (1.0 - e) / (1.0 + 15.0 * e);
            assert!((people / exact - 1.0).abs() < 2e-3, "day {day}: {people} against {exact}");
        }
    }

    #[test]
    fn people_are_never_negative_nor_out_of_reach() {
        // The largest rates that a configuration may ask for, and a reach cut to a part, down to a ten-thousandth.
        let fast = PoolParams {
            innovation_per_year: 1.0,
            imitation_per_year: 20.0,
            churn_per_year: 20.0,
            ..params()
        };
        let still = PoolParams { enabled: false, ..params() };
        for p in [params(), fast, still] {
            for part in [1.0, 0.5, 0.01, 1e-4] {
                let (reachable, mut people) = (1e8 * part, 1e8);
                for day in 0..3 * 365 {
                    people = p.next_day(people, reachable);
                    assert!(people > 0.0 && people <= reachable, "day {day}: {people} of {reachable}");
                }
            }
        }
        // At once: the day of the cut ends with those who are left, less a day's churn.
        let churn = PoolParams { churn_per_year: 3.65, ..params() };
        assert!((churn.next_day(1e8, 1e6) / (1e6 * 0.99) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn people_are_at_most_app_users_and_pool() {
        let p = params();
        for app_users in [0.0, 1e3, 1e7, 1e9] {
            let people = p.monthly_people(app_users, 1e8);
            assert!(people <= app_users && people <= 1e8);
        }
        // k = 1: A P / (A + P).
        assert!((p.monthly_people(1e8, 1e8) - 5e7).abs() < 1.0);
    }
}
