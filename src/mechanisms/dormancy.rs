//! Decides whether an app that gives up stays in the stores as a zombie, and when zombies come back or vanish.
//!
//! # Model
//! An app that stops advertising stays dormant with probability z: it keeps its users, earns what they spend, and buys
//! nothing. At each monthly review a dormant app vanishes with probability v, else it is relaunched with probability r
//! by owners who put in a share of its first money again: it has its first budget, new titles, new beliefs about
//! conversion, a new prior on payer value beside the evidence that it kept, and its old users.
//!
//! # Inputs and outputs
//! Uniform draws → what happens; USD → USD.
//!
//! # Assumptions
//! Owners relaunch at random as far as the data can see; bankrupt apps can be bought and relaunched like others.
//!
//! # Invariants
//! `off_lets_every_app_go`, `fates_have_their_probabilities`.
//!
//! # Source
//! Judgement: stores list far more apps than advertise; no public data on relaunches. A sensitivity axis.

use serde::Deserialize;

/// Parameters of dormancy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DormancyParams {
    /// Whether apps that stop may stay in the stores.
    pub enabled: bool,
    /// Share of the apps that stop which stay.
    pub dormant_share: f64,
    /// Probability at a monthly review that a dormant app vanishes.
    pub vanish_per_month: f64,
    /// Probability at a monthly review that a dormant app which stays is relaunched.
    pub relaunch_per_month: f64,
    /// Money of a relaunch as a share of the app's first money.
    pub relaunch_cash_share: f64,
}

/// What a review brings to a dormant app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Sleeps,
    /// It advertises again.
    Relaunches,
    /// It leaves the stores.
    Vanishes,
}

impl DormancyParams {
    /// Whether an app that stops stays in the stores, given a uniform draw.
    pub fn stays(&self, draw: f64) -> bool {
        self.enabled && draw < self.dormant_share
    }

    /// What a review brings to a dormant app, given two uniform draws.
    pub fn fate(&self, vanish_draw: f64, relaunch_draw: f64) -> Fate {
        if vanish_draw < self.vanish_per_month {
            Fate::Vanishes
        } else if relaunch_draw < self.relaunch_per_month {
            Fate::Relaunches
        } else {
            Fate::Sleeps
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    fn params() -> DormancyParams {
        DormancyParams {
            enabled: true,
            dormant_share: 0.5,
            vanish_per_month: 0.1,
            relaunch_per_month: 0.02,
            relaunch_cash_share: 0.5,
        }
    }

    #[test]
    fn off_lets_every_app_go() {
        assert!(params().stays(0.4) && !params().stays(0.6));
        assert!(!DormancyParams { enabled: false, ..params() }.stays(0.4));
    }

    #[test]
    fn fates_have_their_probabilities() {
        let mut stream = Streams::new(5, 0).open(1, 0, 0);
        let n = 100_000_u32;
        let (mut gone, mut back) = (0_u32, 0_u32);
        for _ in 0..n {
            match params().fate(stream.unit(), stream.unit()) {
                Fate::Vanishes => gone += 1,
                Fate::Relaunches => back += 1,
                Fate::Sleeps => {}
            }
        }
        for (count, p) in [(gone, 0.1), (back, 0.9 * 0.02)] {
            let se = (p * (1.0 - p) / f64::from(n)).sqrt();
            assert!((f64::from(count) / f64::from(n) - p).abs() < 4.0 * se, "{count} at {p}");
        }
    }
}
