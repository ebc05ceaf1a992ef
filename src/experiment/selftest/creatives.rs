//! Ad materials and titles: few of them take most of the spend, and they wear out at the stated pace.

use statrs::distribution::{ContinuousCDF, Normal};

use super::check::{Answer, Check};
use super::draws::{Subject, moments, streams, with_base};
use super::people::top_share;
use crate::mechanisms::content::{ContentParams, Production};
use crate::mechanisms::creatives::CreativeParams;

/// Materials in a batch of draws.
const MATERIALS: u64 = 10_000;
/// Batches.
const BATCHES: u64 = 40;

pub(super) const TOP_MATERIALS: Check = Check {
    name: "materials_top2",
    about: "share of strength, hence of spend, of the top 2 % of materials against Φ(s - z.98)",
    source: "Lorenz curve of the lognormal: Aitchison & Brown 1957, §11.1",
    run: || with_base(|base| top(&base.creatives, base.creatives.spend_log_sd, base.auction.theta)),
};

fn top(creatives: &CreativeParams, log_sd: f64, theta: f64) -> Answer {
    let shares: Vec<f64> =
        (0..BATCHES).map(|batch| top_share(strengths(creatives, theta, batch).into_iter(), 0.02)).collect();
    let normal = Normal::standard();
    moments(&shares).mean_is(normal.cdf(log_sd - normal.inverse_cdf(0.98)))
}

fn strengths(creatives: &CreativeParams, theta: f64, batch: u64) -> Vec<f64> {
    let mut stream = streams(Subject::Creatives).open(1, batch, 0);
    (0..MATERIALS).map(|_| creatives.attractiveness(stream.normal(), theta).powf(theta)).collect()
}

pub(super) const STRENGTH: Check = Check {
    name: "materials_strength",
    about: "mean strength of ad materials against 1: skew moves spend between materials, not the app's strength",
    source: "mean of the lognormal",
    run: || {
        with_base(|base| {
            let theta = base.auction.theta;
            let all: Vec<f64> =
                (0..BATCHES).flat_map(|batch| strengths(&base.creatives, theta, batch)).collect();
            moments(&all).mean_is(1.0)
        })
    },
};

pub(super) const TITLE_SPREAD: Check = Check {
    name: "title_spread",
    about: "variance of log appeal over titles against that stated, (γσ)²",
    source: "variance of the lognormal",
    run: || {
        with_base(|base| {
            let content = ContentParams { enabled: true, ..base.content.clone() };
            let mut stream = streams(Subject::Creatives).open(2, 0, 0);
            let appeals: Vec<f64> = (0..50_000)
                .map(|_| content.log_appeal(stream.normal(), 0.0, Production::Translated))
                .collect();
            moments(&appeals).variance_is((content.appeal_elasticity * content.appeal_log_sd).powi(2))
        })
    },
};

pub(super) const TITLE_DECAY: Check = Check {
    name: "title_decay",
    about: "appeal of a title three half-lives old, relative to its release and before the ads' elasticity, against 1/8",
    source: "exponential decay",
    run: || {
        with_base(|base| {
            let content = ContentParams { enabled: true, appeal_elasticity: 1.0, ..base.content.clone() };
            let days = content.half_life_min_days;
            Answer::rounding(0.125, (content.decayed(0.4, days, 3.0 * days) - 0.4).exp())
        })
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_even_materials_are_noticed() {
        let answer = with_base(|base| {
            let even =
                CreativeParams { spend_log_sd: base.creatives.spend_log_sd - 0.05, ..base.creatives.clone() };
            top(&even, base.creatives.spend_log_sd, base.auction.theta)
        });
        assert!(!answer.passed() && answer.got.is_finite());
    }
}
