//! Sells a batch in closed form: for each bidder one Poisson count of impressions, and one draw of what they cost.
//!
//! A Poisson number of auctions, each won independently with probability `sold·qT/Φ`, splits into independent Poisson
//! counts. The split is exact, and its cost does not depend on the number of impressions.

use super::frechet::{Clearing, Frechet, LANES, PRICES_AT_ONCE};
use super::params::Format;
use super::sale::{Batch, Purchase, Sale, usd};
use crate::market::purpose::Purpose;
use crate::rng::{Stream, Streams};
use crate::units::Usd;

/// Sells a batch; a bidder's draws are its own, so that no other bidder changes them.
pub(super) fn sell(
    frechet: &Frechet,
    batch: &Batch<'_>,
    streams: &Streams,
    cell: u64,
    address: u64,
    sale: &mut Sale,
) {
    let clearing = &batch.clearing;
    let per_strength = batch.supply * clearing.sold_share / clearing.phi;
    let mut outside = streams.open(Purpose::OutsideDemand.code(), cell, address);
    sale.lost = outside.poisson(per_strength * batch.outside);
    sale.unsold = outside.poisson(batch.supply * (1.0 - clearing.sold_share));
    sale.purchases.extend(batch.bidders.iter().map(|bidder| {
        let t = bidder.mean_strength();
        let mut stream = streams.open(Purpose::Auction.code(), bidder.key, address);
        let n = stream.poisson(per_strength * t);
        if n == 0 {
            return Purchase::default();
        }
        let price = frechet.mean_price(clearing, t);
        Purchase {
            n,
            asked: spend(frechet, clearing, t, n, price, &mut stream),
            score_usd: n as f64 * clearing.mean_score,
            price_usd: price,
        }
    }));
}

/// Up to this many won impressions, each price is drawn by itself.
const DRAW_EACH_UP_TO: u64 = PRICES_AT_ONCE as u64;

/// Draws what `n` impressions won by a bidder of strength `t` cost together.
///
/// Price by price from the joint law of winning and second score for small n. For larger n a second-price sum is a normal
/// draw with exact mean and variance: the price's tail index is 2θ, so the sum is close to normal. In a first-price cell
/// the tail index is θ, a few dear impressions carry much of the sum, and these are drawn one by one. Never below the floor.
pub fn draw_spend(frechet: &Frechet, clearing: &Clearing, t: f64, n: u64, stream: &mut Stream) -> Usd {
    if n == 0 {
        return Usd::ZERO;
    }
    let price = if n <= DRAW_EACH_UP_TO { 0.0 } else { frechet.mean_price(clearing, t) };
    spend(frechet, clearing, t, n, price, stream)
}

/// As [`draw_spend`] for n above 0, with the mean price at hand.
fn spend(frechet: &Frechet, clearing: &Clearing, t: f64, n: u64, price: f64, stream: &mut Stream) -> Usd {
    if n <= DRAW_EACH_UP_TO {
        return usd(frechet.draw_prices(clearing, t, n as usize, stream));
    }
    if clearing.format == Format::FirstPrice {
        return usd(sum_of_scores(frechet, clearing, n, stream));
    }
    let count = n as f64;
    let variance = frechet.price_variance(clearing, t);
    usd(normal_sum(count, price, variance, clearing.floor, stream))
}

/// Sum of `count` prices of that mean and variance as a normal draw, not below the floor.
fn normal_sum(count: f64, mean: f64, variance: f64, floor: f64, stream: &mut Stream) -> f64 {
    let sum = count * mean + (count * variance).sqrt() * stream.normal();
    let least = count * floor;
    if sum > least { sum } else { least }
}

/// So many of the highest scores of a sum are drawn one by one.
const HIGHEST: usize = LANES;

/// Sum of `n` winning scores above the floor: the highest one by one, the rest, bounded by them, as a normal draw.
///
/// A winning score is `(E/Φ)^(−1/θ)` with E exponential and cut at the floor, so the highest scores are the lowest of n
/// such E. These follow each other by Rényi's spacings, and given the last of them the others are independent above it.
fn sum_of_scores(frechet: &Frechet, clearing: &Clearing, n: u64, stream: &mut Stream) -> f64 {
    let (mut spacing, mut lowest) = (0.0, [0.0; HIGHEST]);
    for (drawn, e1) in (0..).zip(&mut lowest) {
        spacing += stream.exponential() / (n - drawn) as f64;
        *e1 = clearing.cut_at_floor(spacing);
    }
    let e1 = lowest[HIGHEST - 1];
    let sum = frechet.sum_scores(clearing, &mut lowest);
    let (mean, variance) = frechet.score_moments_below(clearing, e1);
    sum + normal_sum((n - HIGHEST as u64) as f64, mean, variance, clearing.floor, stream)
}
