//! The bare draws of a replication in tight loops: no market, no money, no memory but the means.

use bidcast::rng::{Stream, Streams};
use bidcast::scenario::Scenario;

use super::census::{Census, Purchase};

/// What a seat drew for a batch.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bought {
    /// Impressions.
    pub(crate) impressions: u64,
    /// What they cost together, as a standard normal number.
    pub(crate) cost: f64,
    /// Installs.
    pub(crate) installs: u64,
    /// Installs that can be attributed.
    pub(crate) seen: u64,
}

/// The one stream of a limit.
pub(crate) fn stream() -> Stream {
    Streams::new(1, 2).open(3, 4, 5)
}

/// Draws what the census counted; gives the sum of all counts and that of all else, so that nothing is left out.
pub(crate) fn draw(census: &Census, scenario: &Scenario) -> (u64, f64) {
    let spec = &scenario.parameters().spec;
    let mut stream = stream();
    let (mut sum, mut counts) = (0.0, 0_u64);
    for _ in 0..census.lots {
        sum += new_lot(&mut stream);
    }
    for mean in &census.lot_means {
        counts += stream.poisson(f64::from(*mean));
    }
    for purchase in &census.purchases {
        let bought = buy(&mut stream, purchase, spec.learning.unobserved_share);
        counts += bought.impressions + bought.seen;
        sum += bought.cost;
    }
    for installs in &census.cohorts {
        let (payers, worth) = join(&mut stream, *installs, spec.payers.payer_share);
        counts += payers;
        sum += worth;
    }
    for mean in &census.organic {
        counts += stream.poisson(f64::from(*mean));
    }
    (counts, sum)
}

/// Draws a title, attractiveness and a life.
#[inline]
pub(crate) fn new_lot(stream: &mut Stream) -> f64 {
    stream.unit() + stream.normal().exp() + stream.gamma_2()
}

/// Draws what a seat buys, what it costs together, the installs, and which of them are seen.
#[inline]
pub(crate) fn buy(stream: &mut Stream, purchase: &Purchase, unobserved_share: f64) -> Bought {
    let impressions = stream.poisson(f64::from(purchase.impressions));
    if impressions == 0 {
        return Bought::default();
    }
    let cost = stream.normal();
    let installs = stream.poisson(f64::from(purchase.installs));
    Bought { impressions, cost, installs, seen: installs - stream.binomial(installs, unobserved_share) }
}

/// Draws the payers of a cohort and what one of them is worth.
#[inline]
pub(crate) fn join(stream: &mut Stream, installs: f32, payer_share: f64) -> (u64, f64) {
    (stream.binomial(installs as u64, payer_share), stream.normal().exp())
}
