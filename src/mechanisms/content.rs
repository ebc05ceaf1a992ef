//! Decides what titles an app releases, what they cost and how much they pull, day by day.
//!
//! # Model
//! Appeal `A(t) = exp(γ(σ z + skill + b_kind)) · 2^(−γ t/h)`: lognormal at release with log-sd σ, an advantage b by kind of
//! production, halving every h days; γ is how much of a title's appeal an ad cut from it carries. Fit by region is
//! lognormal. A copied title takes its z from a top title seen some weeks before, with a loss.
//! Cost: by kind (shot locally, translated, AI), lognormal around its median.
//!
//! # Inputs and outputs
//! Standard normal draws → appeal relative to an average title; USD per title.
//!
//! # Assumptions
//! An app without cash for the title it planned releases a translated one; one without cash for that releases none.
//!
//! # Invariants
//! `appeal_halves_in_its_half_life`, `median_cost_is_the_stated_one`.
//!
//! # Source
//! Production costs and decay: trade reports, see `configs/base.toml` and `configs/facts/priors.csv`.

use serde::Deserialize;

/// How a title is produced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Production {
    /// Shot with local actors.
    Shot,
    /// A domestic title, translated or dubbed.
    Translated,
    /// Made by generative models.
    Ai,
}

/// Parameters of content.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentParams {
    /// Whether titles differ and decay; off, every title has average appeal for ever.
    pub enabled: bool,
    /// Log standard deviation of appeal.
    pub appeal_log_sd: f64,
    /// Part of a title's log appeal that its ads carry (γ).
    pub appeal_elasticity: f64,
    /// Log standard deviation of a title's fit over regions.
    pub fit_log_sd: f64,
    /// Shortest half-life of appeal.
    pub half_life_min_days: f64,
    /// Longest half-life of appeal.
    pub half_life_max_days: f64,
    /// Age at which a title leaves the catalogue.
    pub catalogue_days: f64,
    /// Median cost of a title shot locally.
    pub shot_cost_usd_per_title: f64,
    /// Median cost of a translated title.
    pub translated_cost_usd_per_title: f64,
    /// Median cost of an AI title.
    pub ai_cost_usd_per_title: f64,
    /// Log standard deviation of cost.
    pub cost_log_sd: f64,
    /// Log appeal advantage of a title shot locally over a translated one.
    pub shot_log_advantage: f64,
    /// Log appeal advantage of an AI title over a translated one.
    pub ai_log_advantage: f64,
    /// A title is not made when it costs more than this share of the app's cash.
    pub max_share_of_cash: f64,
    /// Probability that a release copies a top title.
    pub copy_probability: f64,
    /// Age from which a title can be copied.
    pub copy_delay_days: f64,
    /// Log appeal lost in copying.
    pub copy_log_loss: f64,
    /// Releases a month in the market are multiplied by this (AI waves, strikes).
    pub release_factor: f64,
}

impl ContentParams {
    /// Log appeal at release from a standard normal draw.
    pub fn log_appeal(&self, z: f64, skill: f64, production: Production) -> f64 {
        if !self.enabled {
            return 0.0;
        }
        let advantage = match production {
            Production::Shot => self.shot_log_advantage,
            Production::Translated => 0.0,
            Production::Ai => self.ai_log_advantage,
        };
        self.appeal_elasticity * (self.appeal_log_sd * z + skill + advantage)
    }

    /// Log appeal after `age_days`.
    pub fn decayed(&self, log_appeal: f64, half_life_days: f64, age_days: f64) -> f64 {
        if self.enabled {
            log_appeal - self.appeal_elasticity * std::f64::consts::LN_2 * age_days / half_life_days
        } else {
            log_appeal
        }
    }

    /// Cost of a title from a standard normal draw, USD.
    pub fn cost(&self, z: f64, production: Production) -> f64 {
        let median = match production {
            Production::Shot => self.shot_cost_usd_per_title,
            Production::Translated => self.translated_cost_usd_per_title,
            Production::Ai => self.ai_cost_usd_per_title,
        };
        median * (self.cost_log_sd * z).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> ContentParams {
        ContentParams {
            enabled: true,
            appeal_log_sd: 0.75,
            appeal_elasticity: 0.5,
            fit_log_sd: 0.1,
            half_life_min_days: 15.0,
            half_life_max_days: 40.0,
            catalogue_days: 90.0,
            shot_cost_usd_per_title: 2e5,
            translated_cost_usd_per_title: 1.5e4,
            ai_cost_usd_per_title: 4e4,
            cost_log_sd: 0.3,
            shot_log_advantage: 0.3,
            ai_log_advantage: -0.2,
            max_share_of_cash: 0.2,
            copy_probability: 0.1,
            copy_delay_days: 21.0,
            copy_log_loss: 0.3,
            release_factor: 1.0,
        }
    }

    #[test]
    fn appeal_halves_in_its_half_life() {
        let p = params();
        let fresh = p.log_appeal(1.0, 0.0, Production::Translated);
        let old = p.decayed(fresh, 20.0, 20.0);
        // The ads carry half of it in logs: 2^(−γ).
        assert!(((old - fresh).exp() - 2.0_f64.powf(-0.5)).abs() < 1e-12);
        let off = ContentParams { enabled: false, ..p };
        assert!((off.decayed(0.0, 20.0, 20.0)).abs() < 1e-15);
    }

    #[test]
    fn median_cost_is_the_stated_one() {
        let p = params();
        assert!((p.cost(0.0, Production::Shot) - 2e5).abs() < 1e-6);
        assert!(p.cost(0.0, Production::Translated) < p.cost(0.0, Production::Ai));
    }

    #[test]
    fn shot_titles_pull_more_than_ai_titles() {
        let p = params();
        assert!(p.log_appeal(0.0, 0.0, Production::Shot) > p.log_appeal(0.0, 0.0, Production::Ai));
    }
}
