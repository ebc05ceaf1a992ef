//! Who pays what: the rule of a single auction, bids where the winner pays its own, impressions that no auction sells, and
//! two ways to sell the same batch.

use super::check::{Answer, Check};
use super::draws::{Subject, moments, streams, with_base};
use crate::mechanisms::auction::{Batch, Bidder, Format, Frechet, MatchNoise, Mode, Sale, award, sell};
use crate::mechanisms::house::exposure_per_impression;

/// Single auctions a check.
const AUCTIONS: u64 = 60_000;
/// Bidders of a single auction.
const BIDDERS: u32 = 5;

pub(super) const SECOND_PRICE: Check = Check {
    name: "uniform_second_price",
    about: "revenue of a second-price auction among five uniform values against (N - 1)/(N + 1)",
    source: "Krishna, Auction Theory, §2.4: mean of the second of N uniform values",
    run: || uniform(2, BIDDERS, 1.0, 0.0, Format::SecondPrice, second_of(BIDDERS)),
};

pub(super) const FIRST_PRICE: Check = Check {
    name: "uniform_first_price",
    about: "revenue of a first-price auction where five uniform values bid (N - 1)/N of themselves, against that of second price",
    source: "Vickrey 1961: revenue equivalence",
    run: || uniform(3, BIDDERS, 0.8, 0.0, Format::FirstPrice, second_of(BIDDERS)),
};

pub(super) const RESERVE: Check = Check {
    name: "uniform_reserve",
    about: "revenue of a second-price auction between two uniform values with a reserve of one half, against 5/12",
    source: "Myerson 1981: the optimal auction of two uniform values",
    run: || uniform(4, 2, 1.0, 0.5, Format::SecondPrice, 5.0 / 12.0),
};

/// Mean of the second highest of `n` uniform values.
fn second_of(n: u32) -> f64 {
    f64::from(n - 1) / f64::from(n + 1)
}

/// Revenue when `n` bidders bid the share `bid` of uniform values, against what it should be.
fn uniform(purpose: u64, n: u32, bid: f64, floor: f64, format: Format, expected: f64) -> Answer {
    let mut stream = streams(Subject::Formats).open(purpose, 0, 0);
    let revenues: Vec<f64> = (0..AUCTIONS)
        .map(|_| {
            let bids: Vec<f64> = (0..n).map(|_| bid * stream.unit()).collect();
            award(&bids, floor, format).map_or(0.0, |(_, price)| price)
        })
        .collect();
    moments(&revenues).mean_is(expected)
}

/// Share of a first-price cell that the bidder of the next check brings.
const SHARE: f64 = 0.3;

pub(super) const SHADING: Check = Check {
    name: "first_price_shading",
    about: "share of its full score that a bidder of 30 % of a first-price cell bids, against the one that earns most",
    source: "search over bids for the largest value less price at the closed-form price",
    run: || {
        with_base(|base| {
            let frechet = Frechet::new(base.auction.theta);
            shading(&frechet, frechet.shade(SHARE, 1.0))
        })
    },
};

/// The share `stated` of the full score against the best one, for a bidder that has [`SHARE`] of the cell when it bids that.
fn shading(frechet: &Frechet, stated: f64) -> Answer {
    let full = 1.0;
    let as_bid = |beta: f64| full * beta.powf(frechet.theta);
    let others = as_bid(stated) * (1.0 - SHARE) / SHARE;
    let payoff = |beta: f64| {
        let t = as_bid(beta);
        let clearing = frechet.clear(others + t, 0.0, Format::FirstPrice);
        // Who bids β of a score is worth 1/β of it.
        t / clearing.phi * (clearing.mean_score / beta - frechet.mean_price(&clearing, t))
    };
    // The payoff has one top: a third is cut off at the end that is lower. At the top rounding hides what lies nearer than
    // the root of it.
    let (mut low, mut high) = (1e-6, 1.0);
    for _ in 0..60 {
        let third = (high - low) / 3.0;
        if payoff(low + third) < payoff(high - third) { low += third } else { high -= third }
    }
    Answer::limit((low + high) / 2.0, stated, 1e-6)
}

pub(super) const FIRST_PRICE_REVENUE: Check = Check {
    name: "first_price_revenue",
    about: "price in a cell of small bidders that pay their own shaded bid, against the second price of the same bidders",
    source: "Vickrey 1961, Myerson 1981: revenue equivalence",
    run: || {
        with_base(|base| {
            let frechet = Frechet::new(base.auction.theta);
            revenue(&frechet, frechet.shade(0.0, 1.0))
        })
    },
};

fn revenue(frechet: &Frechet, beta: f64) -> Answer {
    let phi = 3.0;
    let second = frechet.clear(phi, 0.0, Format::SecondPrice);
    let first = frechet.clear(phi * beta.powf(frechet.theta), 0.0, Format::FirstPrice);
    Answer::rounding(frechet.mean_price(&second, 0.0), frechet.mean_price(&first, 0.0))
}

/// Materials of the app that the next check shows.
const MATERIALS: u32 = 16;

pub(super) const HOUSE: Check = Check {
    name: "house_exposure",
    about: "worth of an impression that a platform gives to its own app of 16 materials, against the best of 16 drawn matches",
    source: "max-stability of the Fréchet law: Γ(1 - 1/θ) K^(1/θ)",
    run: || {
        with_base(|base| {
            let frechet = Frechet::new(base.auction.theta);
            house(
                &frechet,
                exposure_per_impression(frechet.mean_match(), f64::from(MATERIALS), frechet.inv_theta),
            )
        })
    },
};

fn house(frechet: &Frechet, stated: f64) -> Answer {
    let mut stream = streams(Subject::Formats).open(5, 0, 0);
    let best: Vec<f64> = (0..AUCTIONS)
        .map(|_| {
            let least = (0..MATERIALS).map(|_| stream.exponential()).fold(f64::INFINITY, f64::min);
            least.powf(-frechet.inv_theta)
        })
        .collect();
    let drawn = moments(&best);
    Answer::chance(drawn.mean, stated, drawn.mean_error)
}

/// Batches that are sold both ways.
const BATCHES: u64 = 400;

pub(super) const TREE: Check = Check {
    name: "tree_kernel_spend",
    about: "spend in a cell with a floor when its auctions are held one by one, against the kernel's closed forms",
    source: "winner and score of Fréchet auctions are independent: Eaton & Kortum 2002, §2",
    run: || with_base(|base| tree(&Frechet::new(base.auction.theta), 1.0)),
};

/// Mean spend on a batch by tree, against that by kernel among bidders `stronger` times as strong.
fn tree(frechet: &Frechet, stronger: f64) -> Answer {
    let sold = |mode: Mode, stronger: f64| {
        let strengths = [1.0, 0.5, 0.1].map(|strength| stronger * strength);
        let bidders: Vec<Bidder> =
            (1..).zip(strengths).map(|(key, strength)| Bidder { key, strength, presence: 1.0 }).collect();
        let outside = 0.8;
        let clearing = frechet.clear(outside + strengths.iter().sum::<f64>(), 0.9, Format::SecondPrice);
        let batch =
            Batch { format: Format::SecondPrice, clearing, supply: 500.0, outside, bidders: &bidders };
        let (streams, mut sale) = (streams(Subject::Formats), Sale::default());
        let spends: Vec<f64> = (0..BATCHES)
            .map(|address| {
                sell(mode, MatchNoise::Frechet, frechet, &batch, &streams, 0, address, &mut sale);
                sale.purchases.iter().map(|purchase| purchase.asked.to_f64()).sum()
            })
            .collect();
        moments(&spends)
    };
    let (kernel, tree) = (sold(Mode::Kernel, stronger), sold(Mode::Tree, 1.0));
    Answer::chance(kernel.mean, tree.mean, kernel.mean_error.hypot(tree.mean_error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_rules_bids_and_strengths_are_noticed() {
        let second = |bid, floor| uniform(2, BIDDERS, bid, floor, Format::SecondPrice, second_of(BIDDERS));
        assert!(second(1.0, 0.0).passed() && !second(0.99, 0.0).passed() && !second(1.0, 0.5).passed());
        assert!(!uniform(3, BIDDERS, 0.8, 0.0, Format::SecondPrice, second_of(BIDDERS)).passed());
        let f = Frechet::new(4.0);
        assert!(
            shading(&f, f.shade(SHARE, 1.0)).passed() && !shading(&f, f.shade(0.99 * SHARE, 1.0)).passed()
        );
        assert!(revenue(&f, 0.75).passed() && !revenue(&f, 0.75001).passed());
        let worth = |materials: f64| exposure_per_impression(f.mean_match(), materials, f.inv_theta);
        assert!(house(&f, worth(16.0)).passed() && !house(&f, worth(15.0)).passed());
        assert!(tree(&f, 1.0).passed() && !tree(&f, 1.1).passed());
    }
}
