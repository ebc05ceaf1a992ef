//! One cell to sell: the prices of the base, any number of bidders of lognormal strength, and the bare draws of its sale.

use bidcast::mechanisms::auction::{Batch, Bidder, Format, Frechet, MatchNoise, Mode, Sale, sell};
use bidcast::rng::Streams;
use bidcast::scenario::Scenario;

/// Share of the impressions that the bidders win together; outside demand wins the rest.
const BIDDERS_SHARE: f64 = 0.3;

/// A cell, its bidders and what is kept from batch to batch.
pub(crate) struct Cell {
    frechet: Frechet,
    floor: f64,
    outside: f64,
    bidders: Vec<Bidder>,
    streams: Streams,
    /// Number of the batch: no two batches share draws.
    batch: u64,
    sale: Sale,
}

impl Cell {
    /// The first cell of a market, with that many bidders instead of its own.
    pub(crate) fn new(scenario: &Scenario, n_bidders: usize) -> Self {
        let parameters = scenario.parameters();
        let (spec, frechet) = (&parameters.spec, parameters.frechet);
        let price = spec.supply.cpm_usd_per_mille[0] * spec.supply.channel_cpm_factor[0] / 1_000.0;
        let outside = frechet.outside_strength(price, Format::SecondPrice);
        let streams = Streams::new(1, 0);
        let weights: Vec<f64> =
            (0..n_bidders as u64).map(|key| streams.open(1, key, 0).lognormal(0.0, 1.5)).collect();
        let scale = outside * BIDDERS_SHARE / (1.0 - BIDDERS_SHARE) / weights.iter().sum::<f64>();
        let bidders = (0..)
            .zip(&weights)
            .map(|(key, weight)| Bidder { key, strength: scale * weight, presence: 1.0 })
            .collect();
        let floor = price * spec.auction.floor_share;
        Self { frechet, floor, outside, bidders, streams, batch: 0, sale: Sale::default() }
    }

    fn phi(&self) -> f64 {
        self.outside + self.bidders.iter().map(|bidder| bidder.strength).sum::<f64>()
    }

    /// Sells a batch of `supply` impressions on average; gives those that the bidders won.
    pub(crate) fn sell(&mut self, mode: Mode, supply: f64) -> u64 {
        let format = Format::SecondPrice;
        let clearing = self.frechet.clear(self.phi(), self.floor, format);
        let batch = Batch { format, clearing, supply, outside: self.outside, bidders: &self.bidders };
        let noise = MatchNoise::Frechet;
        self.batch += 1;
        sell(mode, noise, &self.frechet, &batch, &self.streams, 0, self.batch, &mut self.sale);
        self.sale.purchases.iter().map(|purchase| purchase.n).sum()
    }

    /// Impressions that the bidders win of `supply`, on average.
    pub(crate) fn expected(&self, supply: f64) -> f64 {
        self.means(supply).sum()
    }

    /// Mean number of impressions of each bidder.
    fn means(&self, supply: f64) -> impl Iterator<Item = f64> {
        let phi = self.phi();
        let sold = self.frechet.clear(phi, self.floor, Format::SecondPrice).sold_share;
        self.bidders.iter().map(move |bidder| supply * sold * bidder.strength / phi)
    }

    /// The limit of a batch sold at once: a count for each bidder, and what it costs where it is not 0.
    pub(crate) fn draw_batches(&mut self, supply: f64, batches: usize) -> f64 {
        let means: Vec<f64> = self.means(supply).collect();
        self.batch += 1;
        let mut stream = self.streams.open(2, 0, self.batch);
        let mut sum = 0.0;
        for _ in 0..batches {
            for mean in &means {
                let n = stream.poisson(*mean);
                if n > 0 {
                    sum += n as f64 + stream.normal();
                }
            }
        }
        sum
    }

    /// The limit of auctions sold one by one from their closed form: the best score, the winner, and what a bidder pays.
    pub(crate) fn draw_auctions(&mut self, auctions: usize) -> f64 {
        self.batch += 1;
        let mut stream = self.streams.open(2, 0, self.batch);
        let mut sum = 0.0;
        for _ in 0..auctions {
            sum += stream.exponential();
            if stream.unit() < BIDDERS_SHARE {
                sum += stream.exponential();
            }
        }
        sum
    }

    /// The limit of auctions in which everybody draws: a score for each bidder and for outside demand.
    pub(crate) fn draw_scores(&mut self, auctions: usize) -> f64 {
        self.batch += 1;
        let mut stream = self.streams.open(2, 0, self.batch);
        let mut sum = 0.0;
        for _ in 0..auctions {
            let best = (0..=self.bidders.len()).fold(f64::INFINITY, |best, _| {
                let e = stream.exponential();
                if e < best { e } else { best }
            });
            sum += best;
        }
        sum
    }
}
