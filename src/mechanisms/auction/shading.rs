//! Decides how far below its full score a bidder of a first-price cell bids, because the winner pays its own bid.
//!
//! # Model
//! Bidding the share β of its full score, a bidder of full strength T has the strength `Tβ^θ` and expects, per impression,
//! `Γ(1−1/θ) · Tβ^θ · (1/β − 1) · Φ^(1/θ−1)` with `Φ = O + Tβ^θ` and O the strength of all others. The best response is
//! `β* = 1 − 1/(θ − s(θ−1))` at the share `s = Tβ*^θ/Φ` that it brings: `1 − 1/θ` for a small bidder, which makes first
//! price and second price equal in revenue, and the less the larger the bidder.
//!
//! # Inputs and outputs
//! Share of the strength of the cell as bid, 0..1; share of the best response, 0..1 → β in 0..1.
//!
//! # Assumptions
//! Bidders maximise value less price of the next impression and take the others' bids as given. The floor is left out: near
//! it the best response is higher.
//!
//! # Source
//! First-order condition of the payoff above; equal revenue: Vickrey 1961, Myerson 1981.

use super::frechet::Frechet;

impl Frechet {
    /// Share β of its full score that a bidder of share `share` bids; its strength as bid is `Tβ^θ`.
    ///
    /// With `shading_share` 1 this is the best response, with 0 the full score, and between them a line.
    pub fn shade(&self, share: f64, shading_share: f64) -> f64 {
        // A share that rounding took past 1 would else shade by more than the whole.
        let share = if share < 1.0 { share } else { 1.0 };
        // θ − s(θ − 1), in a form that is exactly 1 at s = 1.
        let shaded_off = 1.0 / (self.theta * (1.0 - share) + share);
        1.0 - shading_share * shaded_off
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::auction::Format;

    #[test]
    fn the_best_response_is_the_best_of_a_grid() {
        for theta in [2.5, 4.0, 8.0] {
            let f = Frechet::new(theta);
            for share in [0.001, 0.1, 0.5, 0.9] {
                let stated = f.shade(share, 1.0);
                // The others' strength at which a bidder of full strength 1 has that share.
                let others = stated.powf(theta) * (1.0 - share) / share;
                let payoff = |beta: f64| {
                    let t = beta.powf(theta);
                    t * (1.0 / beta - 1.0) * (others + t).powf(1.0 / theta - 1.0)
                };
                let step = 1e-5;
                let (mut best, mut most) = (0.0, 0.0);
                for k in 1..100_000 {
                    let beta = f64::from(k) * step;
                    if payoff(beta) > most {
                        (best, most) = (beta, payoff(beta));
                    }
                }
                assert!((best - stated).abs() < 2.0 * step, "θ {theta}, share {share}: {best} for {stated}");
            }
        }
    }

    #[test]
    fn first_price_makes_the_revenue_of_second_price_for_small_bidders() {
        for theta in [2.5, 4.0, 8.0] {
            let f = Frechet::new(theta);
            let (phi, beta) = (3.0, f.shade(0.0, 1.0));
            assert!((beta - (1.0 - 1.0 / theta)).abs() < 1e-15);
            let second = f.clear(phi, 0.0, Format::SecondPrice);
            let first = f.clear(phi * beta.powf(theta), 0.0, Format::FirstPrice);
            let (price, same) = (f.mean_price(&first, 1e-12), f.mean_price(&second, 1e-12));
            assert!((price / same - 1.0).abs() < 1e-9, "θ {theta}: {price} for {same}");
            assert!((price / second.mean_score - (1.0 - 1.0 / theta)).abs() < 1e-9);
        }
    }

    #[test]
    fn shading_runs_from_the_full_score_to_the_best_response() {
        let f = Frechet::new(4.0);
        assert!((f.shade(0.3, 0.0) - 1.0).abs() < 1e-15);
        assert!((f.shade(0.3, 0.5) - 0.5 * (1.0 + f.shade(0.3, 1.0))).abs() < 1e-15);
        assert!(f.shade(0.5, 1.0) < f.shade(0.1, 1.0), "the larger, the more is shaded off");
        for theta in [2.1, 4.1, 20.0] {
            for share in [1.0_f64.next_down(), 1.0, 1.0_f64.next_up()] {
                let beta = Frechet::new(theta).shade(share, 1.0);
                assert!((0.0..1e-12).contains(&beta), "without rivals nothing is bid: {beta}");
            }
        }
    }
}
