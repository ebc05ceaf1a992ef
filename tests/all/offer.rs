//! Shared by the tests of the three ways to sell: a batch that is sold many times, and samples of what came of it.

use crate::common::moments;
use bidcast::mechanisms::auction::{Batch, Bidder, Format, Frechet, MatchNoise, Mode, Purchase, Sale, sell};
use bidcast::rng::Streams;

/// Bound on a deviation in standard errors.
pub(crate) const Z: f64 = 4.0;
pub(crate) const MODES: [Mode; 3] = [Mode::Kernel, Mode::Tree, Mode::Scan];
pub(crate) const FORMATS: [Format; 2] = [Format::SecondPrice, Format::FirstPrice];
/// θ and floor; strengths sum to 1, so scores are near 1 and the floors leave many impressions unsold.
pub(crate) const SHAPES: [(f64, f64); 6] =
    [(2.5, 0.0), (2.5, 0.8), (4.0, 0.0), (4.0, 0.9), (8.0, 0.0), (8.0, 0.95)];

/// A batch that owns its bidders.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) theta: f64,
    pub(crate) format: Format,
    pub(crate) floor: f64,
    pub(crate) supply: f64,
    pub(crate) outside: f64,
    pub(crate) bidders: Vec<Bidder>,
}

impl Offer {
    /// A dominant bidder and three others next to outside demand of 0.125; strengths sum to 1.
    pub(crate) fn four(theta: f64, floor: f64, format: Format) -> Self {
        let strengths = [0.6, 0.2, 0.07, 0.005];
        Self { theta, format, floor, supply: 151.3, outside: 0.125, bidders: always(&strengths) }
    }

    pub(crate) fn frechet(&self) -> Frechet {
        Frechet::new(self.theta)
    }

    pub(crate) fn batch(&self) -> Batch<'_> {
        let phi = self.outside + self.bidders.iter().map(|b| b.presence * b.strength).sum::<f64>();
        Batch {
            format: self.format,
            clearing: self.frechet().clear(phi, self.floor, self.format),
            supply: self.supply,
            outside: self.outside,
            bidders: &self.bidders,
        }
    }

    /// Sells the batch once for each address below `times`, and looks at each sale.
    pub(crate) fn sold(
        &self,
        mode: Mode,
        noise: MatchNoise,
        seed: u64,
        times: u64,
        mut look: impl FnMut(&Sale),
    ) {
        let (frechet, batch, streams) = (self.frechet(), self.batch(), Streams::new(seed, 0));
        let mut sale = Sale::default();
        for address in 0..times {
            sell(mode, noise, &frechet, &batch, &streams, 5, address, &mut sale);
            look(&sale);
        }
    }

    /// The purchases of all addresses below `times`.
    pub(crate) fn purchases(&self, mode: Mode, times: u64) -> Vec<Vec<Purchase>> {
        let mut all = Vec::new();
        self.sold(mode, MatchNoise::Frechet, 31, times, |sale| all.push(sale.purchases.clone()));
        all
    }
}

/// Bidders of these strengths that enter every auction.
pub(crate) fn always(strengths: &[f64]) -> Vec<Bidder> {
    let bidder =
        |(k, strength): (usize, &f64)| Bidder { key: 100 + k as u64, strength: *strength, presence: 1.0 };
    strengths.iter().enumerate().map(bidder).collect()
}

/// Samples over repetitions of one batch: of each bidder's impressions, spend and winning scores, and of the rest.
#[derive(Default)]
pub(crate) struct Sampled {
    pub(crate) n: Vec<Vec<f64>>,
    pub(crate) spend: Vec<Vec<f64>>,
    pub(crate) score: Vec<Vec<f64>>,
    pub(crate) lost: Vec<f64>,
    pub(crate) unsold: Vec<f64>,
}

pub(crate) fn sample(offer: &Offer, mode: Mode, noise: MatchNoise, times: u64) -> Sampled {
    let bidders = offer.bidders.len();
    let columns = || vec![Vec::new(); bidders];
    let mut s = Sampled { n: columns(), spend: columns(), score: columns(), ..Sampled::default() };
    offer.sold(mode, noise, 32 + mode as u64, times, |sale| {
        for (i, purchase) in sale.purchases.iter().enumerate() {
            s.n[i].push(purchase.n as f64);
            s.spend[i].push(purchase.asked.to_f64());
            s.score[i].push(purchase.score_usd);
        }
        s.lost.push(sale.lost as f64);
        s.unsold.push(sale.unsold as f64);
    });
    s
}

/// Asserts that a deviation is below [`Z`].
pub(crate) fn near(z: f64, what: &str) {
    assert!(z.abs() < Z, "{what}: {z:.2} standard errors off");
}

/// Distance of the means of two samples, in standard errors.
pub(crate) fn z_of_two(a: &[f64], b: &[f64]) -> f64 {
    let ((mean_a, variance_a, _), (mean_b, variance_b, _)) = (moments(a), moments(b));
    (mean_a - mean_b) / (variance_a / a.len() as f64 + variance_b / b.len() as f64).sqrt()
}

pub(crate) fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}
