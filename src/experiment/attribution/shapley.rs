//! Shapley values: how a difference that several parts make together is divided among them.
//!
//! # Model
//!
//! Each of n parts is off or on; a *setting* says which are on, as a bit mask, and v(S) is an outcome under it. The
//! Shapley value of part i is what switching it on changes, averaged over all n! orders in which the parts can be
//! switched on one after the other:
//!
//! φ_i = Σ_{S ∌ i} |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S))
//!
//! Few parts are done exactly, over all 2ⁿ settings. For many, orders are drawn at random, each together with its
//! reverse: a part that comes early in one comes late in the other, which cancels much of the spread.
//!
//! # Invariants
//!
//! * Efficiency: the values of all parts add up to v(all on) − v(all off), to rounding, for *every* draw of orders.
//! * Symmetry: parts that do the same get the same. Null part: one that never changes anything gets 0.
//! * The mean over draws of orders is the exact value.
//!
//! # Source
//!
//! L. S. Shapley, *A Value for n-Person Games*, Contributions to the Theory of Games II (1953). Sampling of orders:
//! J. Castro, D. Gómez, J. Tejada, *Polynomial calculation of the Shapley value based on sampling*, Computers &
//! Operations Research 36 (2009); in pairs with the reverse: R. Mitchell, J. Cooper, E. Frank, G. Holmes, *Sampling
//! Permutations for Shapley Value Estimation*, JMLR 23 (2022).

use serde::Serialize;

use crate::market::purpose::Purpose;
use crate::rng::Streams;

/// How the orders are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// All of them, through all settings.
    Exact,
    /// Drawn for each replication anew.
    Sampled {
        /// Random orders, each taken forwards and backwards.
        pairs: u32,
    },
}

impl Method {
    /// Exact for few parts, and wherever it needs no more settings than sampling would.
    pub fn choose(n_parts: usize, exact_up_to: usize, pairs: u32) -> Self {
        // An order and its reverse share both ends and pass n − 1 settings each on the way.
        let sampled = 2 + 2 * u64::from(pairs) * (n_parts as u64).saturating_sub(1);
        let few =
            n_parts <= exact_up_to || 1_u64.checked_shl(n_parts as u32).is_some_and(|all| all <= sampled);
        // Above that, even the list of settings would not fit in memory.
        if few && n_parts <= MOST_EXACT { Self::Exact } else { Self::Sampled { pairs: pairs.max(1) } }
    }

    /// The settings that are needed, ascending: first all off, last all on.
    pub fn settings(self, n_parts: usize, streams: &Streams) -> Vec<u64> {
        match self {
            Self::Exact => (0..=all(n_parts)).collect(),
            Self::Sampled { pairs } => {
                let mut settings = vec![0];
                for order in orders(n_parts, pairs, streams) {
                    let mut on = 0;
                    settings.extend(order.iter().map(|part| {
                        on |= 1 << part;
                        on
                    }));
                }
                settings.sort_unstable();
                settings.dedup();
                settings
            }
        }
    }

    /// Divides v(all on) − v(all off) among the parts. `value` is asked for the settings of [`Method::settings`] only.
    pub fn divide(self, n_parts: usize, streams: &Streams, value: impl Fn(u64) -> f64) -> Vec<f64> {
        match self {
            Self::Exact => exact(n_parts, value),
            Self::Sampled { pairs } => along(n_parts, &orders(n_parts, pairs, streams), value),
        }
    }
}

/// Most parts that are ever done exactly.
const MOST_EXACT: usize = 16;

/// The setting with all parts on.
pub(crate) fn all(n_parts: usize) -> u64 {
    1_u64.checked_shl(n_parts as u32).map_or(u64::MAX, |next| next - 1)
}

/// The sum over all settings.
fn exact(n_parts: usize, value: impl Fn(u64) -> f64) -> Vec<f64> {
    let values: Vec<f64> = (0..=all(n_parts)).map(value).collect();
    // |S|! (n − |S| − 1)! / n! is one part in n times one setting in all with so many of the others on.
    let mut weights = Vec::with_capacity(n_parts);
    let mut settings_of_size = 1.0;
    for size in 0..n_parts {
        weights.push(1.0 / (n_parts as f64 * settings_of_size));
        settings_of_size *= (n_parts - 1 - size) as f64 / (size + 1) as f64;
    }
    let share = |part: usize| {
        let bit = 1_usize << part;
        let without = (0..values.len()).filter(|on| on & bit == 0);
        without.map(|on| weights[on.count_ones() as usize] * (values[on | bit] - values[on])).sum()
    };
    (0..n_parts).map(share).collect()
}

/// The mean over the orders given.
fn along(n_parts: usize, orders: &[Vec<usize>], value: impl Fn(u64) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; n_parts];
    for order in orders {
        let mut on = 0;
        let mut before = value(on);
        for &part in order {
            on |= 1 << part;
            let after = value(on);
            sums[part] += after - before;
            before = after;
        }
    }
    sums.iter().map(|sum| sum / orders.len() as f64).collect()
}

/// Draws orders of all parts, each followed by its reverse.
fn orders(n_parts: usize, pairs: u32, streams: &Streams) -> Vec<Vec<usize>> {
    let mut orders = Vec::with_capacity(2 * pairs as usize);
    for pair in 0..u64::from(pairs) {
        let mut stream = streams.open(Purpose::Attribution.code(), pair, 0);
        let mut order: Vec<usize> = (0..n_parts).collect();
        // Fisher and Yates: each place takes one of those left, all equally likely.
        for place in (1..n_parts).rev() {
            let drawn = (stream.unit() * (place + 1) as f64) as usize;
            order.swap(place, drawn.min(place));
        }
        let reverse = order.iter().rev().copied().collect();
        orders.push(order);
        orders.push(reverse);
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats;

    const STREAMS: Streams = Streams::new(2025, 0);

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() <= 1e-12 * e.abs().max(1.0), "{found:?}, expected {expected:?}");
        }
    }

    fn exactly(n: usize, game: impl Fn(u64) -> f64) -> Vec<f64> {
        Method::Exact.divide(n, &STREAMS, game)
    }

    /// One left glove (part 0) and two right gloves: a pair is worth 1.
    fn gloves(on: u64) -> f64 {
        f64::from(u8::from(on & 1 != 0 && on & 0b110 != 0))
    }

    /// Costs of a runway: it must be as long as the largest user needs.
    const RUNWAYS: [f64; 4] = [8.0, 11.0, 13.0, 18.0];

    fn airport(on: u64) -> f64 {
        (0..4).filter(|part| on & (1 << part) != 0).map(|part| RUNWAYS[part]).fold(0.0, f64::max)
    }

    /// Weights 4, 3, 2, 1; more than half of them decides.
    fn majority(on: u64) -> f64 {
        let weight: u64 = (0..4).filter(|part| on & (1 << part) != 0).map(|part| 4 - part).sum();
        f64::from(u8::from(weight > 5))
    }

    /// Seven parts with effects of their own and a product of neighbours.
    fn mixed(on: u64) -> f64 {
        let is_on = |part: u64| f64::from(u8::from(on & (1 << part) != 0));
        (0..7).map(|part| (part as f64 - 2.0) * is_on(part) + 5.0 * is_on(part) * is_on((part + 1) % 7)).sum()
    }

    /// The cube of a sum: parts act on each other in threes, so that a reverse does not cancel everything.
    fn cube(on: u64) -> f64 {
        let sum: f64 = (0..6).filter(|part| on & (1 << part) != 0).map(|part| f64::from(part + 1)).sum();
        sum.powi(3)
    }

    #[test]
    fn gloves_are_divided_as_in_the_textbook() {
        near(&exactly(3, gloves), &[2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]);
    }

    #[test]
    fn an_airport_is_paid_in_sections() {
        // Littlechild and Owen 1973: each section of the runway is shared equally by all who need it.
        let sections = [8.0 / 4.0, 3.0 / 3.0, 2.0 / 2.0, 5.0];
        let expected: Vec<f64> = (0..4).map(|part| sections[..=part].iter().sum()).collect();
        near(&exactly(4, airport), &expected);
    }

    #[test]
    fn votes_have_the_power_of_their_pivots() {
        // Counted over the 24 orders by hand: Shapley and Shubik 1954.
        near(&exactly(4, majority), &[10.0 / 24.0, 6.0 / 24.0, 6.0 / 24.0, 2.0 / 24.0]);
    }

    #[test]
    fn without_interplay_each_part_gets_its_own_effect() {
        let effects = [1.5, -2.0, 0.0, 7.25, 3.0];
        let game =
            |on: u64| (0..5).filter(|part| on & (1 << part) != 0).map(|part| effects[part]).sum::<f64>();
        near(&exactly(5, game), &effects);
        // A single draw of orders is enough then.
        near(&Method::Sampled { pairs: 1 }.divide(5, &STREAMS, game), &effects);
    }

    #[test]
    fn a_null_part_gets_nothing_and_equal_parts_get_the_same() {
        // Part 2 changes nothing; parts 0 and 1 are interchangeable.
        let values = exactly(3, |on| f64::from((on & 0b011).count_ones()).powi(3));
        near(&values, &[4.0, 4.0, 0.0]);
        assert_eq!(values[2].to_bits(), 0.0_f64.to_bits(), "not even rounding");
    }

    #[test]
    fn every_draw_of_orders_adds_up() {
        let exact = exactly(6, cube);
        let mut differ = false;
        for replication in 0..50 {
            let values = Method::Sampled { pairs: 1 }.divide(6, &Streams::new(2025, replication), cube);
            near(&[values.iter().sum()], &[cube(all(6)) - cube(0)]);
            differ |= (values[0] - exact[0]).abs() > 0.1;
        }
        assert!(differ, "the orders must matter, or this shows nothing");
    }

    #[test]
    fn sampled_orders_mean_the_exact_value() {
        let exact = exactly(6, cube);
        let draws: Vec<Vec<f64>> = (0..2_000)
            .map(|replication| Method::Sampled { pairs: 1 }.divide(6, &Streams::new(7, replication), cube))
            .collect();
        for part in 0..6 {
            let found: Vec<f64> = draws.iter().map(|draw| draw[part]).collect();
            let (mean, error) = (stats::mean(&found).unwrap(), stats::mcse(&found).unwrap());
            assert!(error > 0.0);
            assert!(
                (mean - exact[part]).abs() < 4.0 * error,
                "part {part}: {mean} ±{error}, not {}",
                exact[part]
            );
        }
    }

    #[test]
    fn a_reverse_cancels_what_pairs_of_parts_do() {
        // With interplay of two parts only, an order and its reverse give each part exactly half of it.
        near(&Method::Sampled { pairs: 1 }.divide(7, &STREAMS, mixed), &exactly(7, mixed));
    }

    #[test]
    fn only_the_settings_announced_are_asked_for() {
        for method in [Method::Exact, Method::Sampled { pairs: 3 }] {
            let settings = method.settings(6, &STREAMS);
            assert!(settings.is_sorted() && settings[0] == 0 && settings.last() == Some(&all(6)));
            method.divide(6, &STREAMS, |on| {
                assert!(settings.contains(&on), "{method:?} asks for {on:b}");
                mixed(on)
            });
        }
    }

    #[test]
    fn few_parts_are_done_exactly() {
        assert_eq!(Method::choose(4, 4, 1), Method::Exact);
        assert_eq!(Method::choose(5, 4, 1), Method::Sampled { pairs: 1 });
        // Two parts have four settings, and so has an order with its reverse.
        assert_eq!(Method::choose(2, 0, 1), Method::Exact);
        assert_eq!(Method::choose(5, 4, 4), Method::Exact, "32 settings instead of 34");
        assert_eq!(Method::choose(40, 40, 2), Method::Sampled { pairs: 2 });
        assert_eq!(Method::choose(0, 4, 1), Method::Exact);
    }
}
