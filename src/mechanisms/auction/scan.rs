//! Sells a batch by brute force: in each auction every bidder draws its own match noise, and the scores are compared.
//!
//! Nothing here uses the closed forms of [`super::Frechet`]; this is what they are checked against, and the only mode in
//! which noise may have another law.
//!
//! Outside demand is a continuum of bidders so small that only its best can matter. If their bids have a power tail of
//! index θ, as those of many different advertisers do, the best of them is Fréchet with strength `T_0` whatever the law of
//! their match (extreme-value theory: noise of finite θ-th moment only rescales such a tail). So one draw stands for all
//! of it, under either noise.

use std::f64::consts::PI;

use statrs::consts::EULER_MASCHERONI;

use super::award::award;
use super::frechet::Frechet;
use super::params::MatchNoise;
use super::sale::{Batch, Sale};
use crate::market::purpose::Purpose;
use crate::rng::{Stream, Streams};

/// Sells a batch; the noise of a bidder is its own, so that no bid and no other bidder changes it.
pub(super) fn sell(
    noise: MatchNoise,
    frechet: &Frechet,
    batch: &Batch<'_>,
    streams: &Streams,
    cell: u64,
    address: u64,
    sale: &mut Sale,
) {
    let law = Match::new(noise, frechet);
    let outside_law = Match::new(MatchNoise::Frechet, frechet);
    let bid = |strength: f64| strength.powf(frechet.inv_theta);
    let outside = bid(batch.outside);
    let scratch = &mut sale.scratch;
    scratch.bids.clear();
    scratch.bids.extend(batch.bidders.iter().map(|bidder| bid(bidder.strength)));
    scratch.noise.clear();
    let own = |key| streams.open(Purpose::MatchNoise.code(), key, address);
    scratch.noise.extend(batch.bidders.iter().map(|bidder| own(bidder.key)));
    let mut stream = streams.open(Purpose::MicroAuction.code(), cell, address);
    for _ in 0..stream.poisson(batch.supply) {
        scratch.scores.clear();
        for ((bidder, bid), own) in batch.bidders.iter().zip(&scratch.bids).zip(&mut scratch.noise) {
            let enters = bidder.presence >= 1.0 || own.unit() < bidder.presence;
            scratch.scores.push(if enters { bid * law.draw(own) } else { f64::NEG_INFINITY });
        }
        scratch.scores.push(if outside > 0.0 {
            outside * outside_law.draw(&mut stream)
        } else {
            f64::NEG_INFINITY
        });
        let Some((winner, price)) = award(&scratch.scores, batch.clearing.floor, batch.format) else {
            sale.unsold += 1;
            continue;
        };
        match sale.purchases.get_mut(winner) {
            Some(purchase) => purchase.add(scratch.scores[winner], price),
            // Outside demand stands after the bidders.
            None => sale.lost += 1,
        }
    }
}

/// A law of match noise.
#[derive(Debug, Clone, Copy)]
enum Match {
    /// Shape as `−1/θ`.
    Frechet { exponent: f64 },
    /// Mean and standard deviation on the log scale.
    Lognormal { mu: f64, sigma: f64 },
}

impl Match {
    fn new(noise: MatchNoise, frechet: &Frechet) -> Self {
        match noise {
            MatchNoise::Frechet => Self::Frechet { exponent: -frechet.inv_theta },
            // The logarithm of Fréchet noise is Gumbel of scale 1/θ.
            MatchNoise::Lognormal => Self::Lognormal {
                mu: EULER_MASCHERONI * frechet.inv_theta,
                sigma: PI * frechet.inv_theta / 6.0_f64.sqrt(),
            },
        }
    }

    #[inline]
    fn draw(self, stream: &mut Stream) -> f64 {
        match self {
            // By inversion: E^(−1/θ) with E exponential.
            Self::Frechet { exponent } => stream.exponential().powf(exponent),
            Self::Lognormal { mu, sigma } => stream.lognormal(mu, sigma),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_noises_have_the_same_mean_and_deviation_of_logs() {
        let streams = Streams::new(23, 0);
        let n = 100_000;
        for theta in [2.5, 4.0, 8.0] {
            let f = Frechet::new(theta);
            let (mean, sd) = (EULER_MASCHERONI / theta, PI / (theta * 6.0_f64.sqrt()));
            for (k, noise) in [MatchNoise::Frechet, MatchNoise::Lognormal].into_iter().enumerate() {
                let law = Match::new(noise, &f);
                let mut stream = streams.open(1, k as u64, theta.to_bits());
                let z: Vec<f64> = (0..n).map(|_| (law.draw(&mut stream).ln() - mean) / sd).collect();
                let count = f64::from(n);
                let of_power = |p: i32| z.iter().map(|z| z.powi(p)).sum::<f64>() / count;
                assert!((of_power(1) * count.sqrt()).abs() < 4.0, "θ {theta}, {noise:?}: mean");
                let error = ((of_power(4) - 1.0) / count).sqrt();
                assert!((of_power(2) - 1.0).abs() < 4.0 * error, "θ {theta}, {noise:?}: deviation");
            }
        }
    }
}
