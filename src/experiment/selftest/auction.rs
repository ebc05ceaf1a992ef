//! The auction: shares, prices and elasticities of Fréchet scores against draws and closed forms.

use statrs::function::gamma::gamma;

use super::check::{Answer, Check};
use super::draws::{Subject, moments, share_is, streams, with_base};
use crate::mechanisms::auction::{Clearing, Format, Frechet};

/// Draws a check.
const N: u64 = 100_000;
/// Strength of all bidders together.
const PHI: f64 = 3.0;
/// Strength of a bidder too small to be its own rival.
const SMALL: f64 = 1e-6;

/// A cell without a floor.
fn clear(frechet: &Frechet, phi: f64) -> Clearing {
    frechet.clear(phi, 0.0, Format::SecondPrice)
}

pub(super) const SHARE: Check = Check {
    name: "frechet_share",
    about: "share of impressions that a bidder wins among three when each draws its match, against T/Φ",
    source: "McFadden 1974; Eaton & Kortum 2002, eq. 8",
    run: || with_base(|base| share(&Frechet::new(base.auction.theta), base.auction.theta)),
};

/// Wins of the first of three bidders when matches have shape `theta`, against the share that `frechet` gives it.
fn share(frechet: &Frechet, theta: f64) -> Answer {
    let scores = [1.2, 1.0, 0.9];
    let mut stream = streams(Subject::Auction).open(1, 0, 0);
    let mut wins = 0;
    for _ in 0..N {
        let drawn = scores.map(|score| score * stream.exponential().powf(-1.0 / theta));
        wins += u64::from(drawn[0] > drawn[1] && drawn[0] > drawn[2]);
    }
    let strengths = scores.map(|score| frechet.strength(score));
    share_is(strengths[0] / strengths.iter().sum::<f64>(), wins, N)
}

pub(super) const PRICE: Check = Check {
    name: "frechet_price",
    about: "mean of drawn second prices of a small bidder against Γ(2 - 1/θ) Φ^(1/θ)",
    source: "Eaton & Kortum 2002, eq. 9; second order statistic of Fréchet scores",
    run: || with_base(|base| price(&Frechet::new(base.auction.theta), base.auction.theta)),
};

fn price(frechet: &Frechet, theta: f64) -> Answer {
    let clearing = clear(frechet, PHI);
    let mut stream = streams(Subject::Auction).open(2, 0, 0);
    let prices: Vec<f64> = (0..N).map(|_| frechet.draw_price(&clearing, SMALL, &mut stream)).collect();
    moments(&prices).mean_is(gamma(2.0 - 1.0 / theta) * PHI.powf(1.0 / theta))
}

pub(super) const PRICE_OVER_SCORE: Check = Check {
    name: "frechet_price_over_score",
    about: "mean price over mean winning score of a small bidder against 1 - 1/θ",
    source: "Γ(2 - a) = (1 - a) Γ(1 - a)",
    run: || {
        with_base(|base| {
            let frechet = Frechet::new(base.auction.theta);
            let clearing = clear(&frechet, PHI);
            // A small bidder's own strength bends its price by a/2 of its share.
            let got = frechet.mean_price(&clearing, SMALL * PHI) / clearing.mean_score;
            Answer::limit(1.0 - 1.0 / base.auction.theta, got, SMALL)
        })
    },
};

pub(super) const CPM_GROWTH: Check = Check {
    name: "frechet_cpm_growth",
    about: "price of an impression when bidders add half of outside demand, against (1 + ½)^(1/θ)",
    source: "Eaton & Kortum 2002, eq. 9",
    run: || {
        with_base(|base| {
            let frechet = Frechet::new(base.auction.theta);
            let outside = frechet.outside_strength(0.01, Format::SecondPrice);
            let crowded = clear(&frechet, 1.5 * outside);
            let price = frechet.mean_price(&crowded, 0.0);
            Answer::rounding(0.01 * 1.5_f64.powf(1.0 / base.auction.theta), price)
        })
    },
};

pub(super) const ELASTICITY: Check = Check {
    name: "frechet_elasticity",
    about: "elasticity of a bidder's impressions in its bid against θ (1 - share)",
    source: "logit demand: McFadden 1974",
    run: || {
        with_base(|base| {
            let frechet = Frechet::new(base.auction.theta);
            let share = |bid: f64| frechet.strength(bid) / (PHI + frechet.strength(bid));
            let step = 1e-4_f64;
            let slope = (share(step.exp()) / share((-step).exp())).ln() / (2.0 * step);
            // A central difference is off by the square of its step.
            Answer::limit(base.auction.theta * (1.0 - share(1.0)), slope, 1e-6)
        })
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_shape_is_noticed() {
        let (right, wrong) = (Frechet::new(4.0), Frechet::new(4.2));
        assert!(share(&right, 4.0).passed() && !share(&wrong, 4.0).passed());
        assert!(price(&right, 4.0).passed() && !price(&wrong, 4.0).passed());
    }
}
