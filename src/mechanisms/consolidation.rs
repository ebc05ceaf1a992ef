//! Decides which of the leading apps buys which.
//!
//! # Model
//! At a monthly review the number of acquisitions is Poisson with mean rate/12. Each happens among the `among_top_apps`
//! advertising apps with the largest gross revenue of the month: the buyer is drawn in proportion to revenue, its
//! target evenly from the others with any. The buyer takes over users, books, money, titles and ad materials; the
//! target's brand is closed.
//!
//! # Inputs and outputs
//! Revenues, largest first → (buyer, target) as places in that list.
//!
//! # Assumptions
//! Deals are paid in shares of the buyer, so no cash leaves the market; skills and beliefs are the buyer's.
//!
//! # Invariants
//! `nobody_buys_itself`, `the_largest_buy_most`.
//!
//! # Source
//! Judgement: no deal between leading apps is on record; the base has none, a scenario has.

use serde::Deserialize;

use crate::rng::Stream;

/// Parameters of consolidation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsolidationParams {
    /// Acquisitions a year in the market.
    pub acquisitions_per_year: f64,
    /// Rank by revenue down to which apps buy and are bought.
    pub among_top_apps: f64,
}

/// Draws buyer and target from revenues, as places in the list; none when fewer than two earn anything.
pub fn draw_deal(revenues_usd: &[f64], stream: &mut Stream) -> Option<(usize, usize)> {
    let earning = revenues_usd.iter().filter(|x| **x > 0.0).count();
    if earning < 2 {
        return None;
    }
    let buyer = stream.pick(&revenues_usd[..earning]);
    let place = ((stream.unit() * (earning - 1) as f64) as usize).min(earning - 2);
    Some((buyer, if place < buyer { place } else { place + 1 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    #[test]
    fn nobody_buys_itself() {
        let mut stream = Streams::new(9, 0).open(1, 0, 0);
        for _ in 0..10_000 {
            let (buyer, target) = draw_deal(&[5.0, 3.0, 1.0, 0.0], &mut stream).unwrap();
            assert!(buyer != target && buyer < 3 && target < 3);
        }
        assert!(draw_deal(&[5.0, 0.0], &mut stream).is_none());
    }

    #[test]
    fn the_largest_buy_most() {
        let mut stream = Streams::new(9, 1).open(1, 0, 0);
        let (n, mut first, mut bought) = (40_000_u32, 0_u32, 0_u32);
        for _ in 0..n {
            let (buyer, target) = draw_deal(&[6.0, 3.0, 1.0], &mut stream).unwrap();
            first += u32::from(buyer == 0);
            bought += u32::from(target == 0);
        }
        // Buyer first with .6; target first with half of the rest.
        for (count, p) in [(first, 0.6), (bought, 0.2)] {
            let se = (p * (1.0 - p) / f64::from(n)).sqrt();
            assert!((f64::from(count) / f64::from(n) - p).abs() < 4.0 * se, "{count} at {p}");
        }
    }
}
