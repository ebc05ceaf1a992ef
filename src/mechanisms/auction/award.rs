//! The rule of a single auction: who of the bidders with these scores wins, and at what price.

use super::params::Format;

/// Awards one impression: place and price of the winner, or nothing when no score reaches the floor.
///
/// Scores and floor in USD. A score exactly at the floor sells. Among equal scores the first wins, and pays that score in
/// either format. A score of minus infinity, or one that is not a number, is no bid.
#[inline]
pub fn award(scores: &[f64], floor: f64, format: Format) -> Option<(usize, f64)> {
    let (mut winner, mut first, mut second) = (0, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (place, &score) in scores.iter().enumerate() {
        if score > first {
            (winner, first, second) = (place, score, first);
        } else if score > second {
            second = score;
        }
    }
    // Written so that a floor that is not a number sells nothing; no bid at all reaches no floor.
    if !(first >= floor && first > f64::NEG_INFINITY) {
        return None;
    }
    Some((
        winner,
        match format {
            Format::FirstPrice => first,
            Format::SecondPrice if second > floor => second,
            Format::SecondPrice => floor,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, Streams};

    const AUCTIONS: u64 = 60_000;

    /// Asserts that the mean of `AUCTIONS` revenues is `expected`, within four standard errors.
    fn mean_revenue(expected: f64, what: &str, mut revenue: impl FnMut(&mut Stream) -> f64) {
        let mut stream = Streams::new(17, 0).open(1, 0, 0);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..AUCTIONS {
            let x = revenue(&mut stream);
            sum += x;
            squares += x * x;
        }
        let n = AUCTIONS as f64;
        let mean = sum / n;
        let z = (mean - expected) / ((squares / n - mean * mean) / n).sqrt();
        assert!(z.abs() < 4.0, "{what}: mean {mean}, expected {expected}, {z:.2} standard errors");
    }

    #[test]
    fn uniform_bidders_pay_the_second_highest_value() {
        for n in [2_u32, 3, 10] {
            let expected = f64::from(n - 1) / f64::from(n + 1);
            mean_revenue(expected, &format!("second price, {n} bidders"), |stream| {
                let values: Vec<f64> = (0..n).map(|_| stream.unit()).collect();
                award(&values, 0.0, Format::SecondPrice).map_or(0.0, |(_, price)| price)
            });
        }
    }

    #[test]
    fn first_price_equilibrium_bids_make_the_same_revenue() {
        // With N uniform values the equilibrium bid is (N − 1)/N of the value (Vickrey 1961).
        for n in [2_u32, 3, 10] {
            let shade = f64::from(n - 1) / f64::from(n);
            let expected = f64::from(n - 1) / f64::from(n + 1);
            mean_revenue(expected, &format!("first price, {n} bidders"), |stream| {
                let bids: Vec<f64> = (0..n).map(|_| shade * stream.unit()).collect();
                award(&bids, 0.0, Format::FirstPrice).map_or(0.0, |(_, price)| price)
            });
        }
    }

    #[test]
    fn a_reserve_of_one_half_raises_the_revenue_of_two_to_five_twelfths() {
        mean_revenue(5.0 / 12.0, "reserve", |stream| {
            let values = [stream.unit(), stream.unit()];
            award(&values, 0.5, Format::SecondPrice).map_or(0.0, |(_, price)| price)
        });
    }

    #[test]
    fn a_bid_exactly_at_the_reserve_is_sold() {
        for format in [Format::SecondPrice, Format::FirstPrice] {
            assert_eq!(award(&[0.2, 0.5], 0.5, format), Some((1, 0.5)));
            assert_eq!(award(&[0.2, 0.5_f64.next_down()], 0.5, format), None);
            assert_eq!(
                award(&[0.0], 0.0, format),
                Some((0, 0.0)),
                "a bid of nothing reaches no floor at all"
            );
        }
    }

    #[test]
    fn the_first_of_equal_scores_wins() {
        for format in [Format::SecondPrice, Format::FirstPrice] {
            assert_eq!(award(&[0.1, 0.7, 0.7], 0.3, format), Some((1, 0.7)));
        }
    }

    #[test]
    fn without_a_bid_nothing_is_sold() {
        for scores in [&[][..], &[f64::NEG_INFINITY; 2], &[f64::NAN]] {
            for floor in [0.0, 1.0, f64::NEG_INFINITY, f64::NAN] {
                assert_eq!(award(scores, floor, Format::SecondPrice), None, "{scores:?}, floor {floor}");
            }
        }
        let absent = [f64::NEG_INFINITY, 0.4, f64::NAN];
        assert_eq!(award(&absent, 0.3, Format::SecondPrice), Some((1, 0.3)), "alone, it pays the floor");
        assert_eq!(award(&absent, 0.3, Format::FirstPrice), Some((1, 0.4)));
    }
}
