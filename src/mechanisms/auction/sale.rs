//! What is offered and what came of it: a batch of impressions, its bidders, their purchases, and the one way in.

use super::frechet::{Clearing, Frechet};
use super::params::{Format, MatchNoise, Mode};
use super::{kernel, scan, tree};
use crate::rng::{Stream, Streams};
use crate::units::Usd;

/// Impressions of a cell that are sold together, at unchanged bids.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// What winners pay; the clearing is of the same format.
    pub format: Format,
    /// The cell at `Φ = outside + Σ presence × strength`.
    pub clearing: Clearing,
    /// Mean number of impressions offered; their number is Poisson.
    pub supply: f64,
    /// Strength of outside demand as bid, USD^θ.
    pub outside: f64,
    /// Who bids; each with a strength above 0.
    pub bidders: &'a [Bidder],
}

/// One app in a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bidder {
    /// Stable identity, the address of its draws.
    pub key: u64,
    /// Strength as bid, after pacing and shading, USD^θ.
    pub strength: f64,
    /// Share of auctions that it enters, 0..1: 1 unless it is throttled.
    pub presence: f64,
}

impl Bidder {
    /// Strength of a bidder that is always there and wins as much, if it is small.
    #[inline]
    pub(super) fn mean_strength(&self) -> f64 {
        self.presence * self.strength
    }
}

/// What one bidder bought.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Purchase {
    /// Impressions won.
    pub n: u64,
    /// What they cost together.
    pub asked: Usd,
    /// Sum of their winning scores, USD; in the kernel its mean, given their number.
    pub score_usd: f64,
    /// Price of one, USD: the mean over possible prices in the kernel, over those drawn otherwise; 0 without impressions.
    pub price_usd: f64,
}

impl Purchase {
    /// Adds one impression; until [`Purchase::close`] the price holds the sum of prices.
    #[inline]
    pub(super) fn add(&mut self, score: f64, price: f64) {
        self.n += 1;
        self.score_usd += score;
        self.price_usd += price;
    }

    /// Turns the sum of prices into what is asked and the mean price.
    fn close(&mut self) {
        if self.n > 0 {
            self.asked = usd(self.price_usd);
            self.price_usd /= self.n as f64;
        }
    }
}

/// What came of a batch. Kept from batch to batch, it allocates only while batches grow.
#[derive(Debug, Clone, Default)]
pub struct Sale {
    /// What each bidder bought, in the order of the bidders.
    pub purchases: Vec<Purchase>,
    /// Impressions that outside demand won.
    pub lost: u64,
    /// Impressions in which no score reached the floor.
    pub unsold: u64,
    /// Room for what a mode works with.
    pub(super) scratch: Scratch,
}

/// Buffers of the modes; they carry nothing from one batch to the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    /// Sums of strengths, as a tree.
    pub(super) nodes: Vec<f64>,
    /// Bids of the bidders on the scale of scores, USD.
    pub(super) bids: Vec<f64>,
    /// Scores of one auction, outside demand last, USD.
    pub(super) scores: Vec<f64>,
    /// Each bidder's own noise.
    pub(super) noise: Vec<Stream>,
}

/// Sells a batch and writes what came of it to `sale`, whose former content is gone.
///
/// Draws are addressed by each bidder's key, or by `cell` where they belong to no bidder, and by `address`, which no other
/// batch of the replication may have. `noise` acts in [`Mode::Scan`] only.
#[allow(clippy::too_many_arguments, reason = "settings, batch and address of the draws have no common owner")]
pub fn sell(
    mode: Mode,
    noise: MatchNoise,
    frechet: &Frechet,
    batch: &Batch<'_>,
    streams: &Streams,
    cell: u64,
    address: u64,
    sale: &mut Sale,
) {
    (sale.lost, sale.unsold) = (0, 0);
    sale.purchases.clear();
    match mode {
        Mode::Kernel => kernel::sell(frechet, batch, streams, cell, address, sale),
        Mode::Tree | Mode::Scan => {
            sale.purchases.resize(batch.bidders.len(), Purchase::default());
            if mode == Mode::Tree {
                tree::sell(frechet, batch, streams, cell, address, sale);
            } else {
                scan::sell(noise, frechet, batch, streams, cell, address, sale);
            }
            for purchase in &mut sale.purchases {
                purchase.close();
            }
        }
    }
}

/// An amount of dollars; a batch costs far less than the largest amount that micro-dollars hold.
pub(super) fn usd(dollars: f64) -> Usd {
    Usd::try_from_f64(dollars).unwrap_or(Usd::ZERO)
}
