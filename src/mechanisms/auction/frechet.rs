//! Closed forms of an auction with Fréchet scores: who wins, at what score, at what price, above a floor.
//!
//! # Model
//! With `a = 1/θ`, a bidder of share `s = T/Φ` and a floor F, `x = ΦF^−θ`:
//! - `P(i wins) = s`, independent of the winning score `v1 ~ Fréchet` with scale `Φ^a`;
//! - a floor sells with probability `1 − exp(−x)`;
//! - the runner-up given that *i* wins has mean `Γ(1−a) Φ^a · ((1−s)^a − (1−s))/s`;
//! - the second price is the larger of runner-up and floor, the first price is `v1`, with moments
//!   `E[v1^k] = Γ(1−ka) Φ^(ka) P(1−ka, x)/(1 − exp(−x))`, P the regularised lower incomplete gamma function.
//!
//! Strengths in USD^θ (per impression), prices in USD per impression, shares in 0..1.

use statrs::function::gamma::{checked_gamma_lr, gamma};

use super::params::Format;
use crate::math;
use crate::rng::Stream;

/// The constants of Fréchet auctions at one θ, computed once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frechet {
    /// Shape θ.
    pub theta: f64,
    /// `1/θ`.
    pub inv_theta: f64,
    /// `Γ(1 − 1/θ)`.
    gamma_1: f64,
    /// `Γ(1 − 2/θ)`.
    gamma_2: f64,
}

/// What one batch of impressions of a cell costs and yields, before looking at any single bidder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clearing {
    /// What winners pay.
    pub format: Format,
    /// Total strength Φ, in USD^θ.
    pub phi: f64,
    /// Floor price, USD per impression.
    pub floor: f64,
    /// Probability that an impression is sold, 0..1.
    pub sold_share: f64,
    /// Mean winning score of a sold impression, USD per impression.
    pub mean_score: f64,
    /// `Φ^(1/θ)`.
    scale: f64,
    /// `Φ F^−θ`: expected number of scores above the floor.
    pub(super) above_floor: f64,
}

/// Beyond this expected number of scores above the floor, the winner's own left out, the floor changes no price by more than
/// a rounding error.
const FLOOR_IS_IDLE: f64 = 40.0;
/// Below this share the moment with a floor is interpolated from its limit.
const CANCELS_BELOW: f64 = 1e-3;
/// Below this share, `((1−s)^a − (1−s))/s` is taken from its series: the direct form cancels digits.
const SERIES_BELOW: f64 = 1e-2;
/// Below this the series of the incomplete gamma function has 14 terms above a rounding error.
const SERIES_OF_GAMMA_BELOW: f64 = 0.5;
/// Most prices that are drawn together.
pub(super) const PRICES_AT_ONCE: usize = 16;
/// Numbers that are worked on together: whole vectors on any machine.
pub(super) const LANES: usize = 8;

impl Frechet {
    /// Prepares the constants for shape `theta`, which must exceed 2.
    pub fn new(theta: f64) -> Self {
        let inv_theta = 1.0 / theta;
        Self { theta, inv_theta, gamma_1: gamma(1.0 - inv_theta), gamma_2: gamma(1.0 - 2.0 * inv_theta) }
    }

    /// Mean of match noise, `Γ(1 − 1/θ)`.
    pub fn mean_match(&self) -> f64 {
        self.gamma_1
    }

    /// Strength of a bidder whose bid times predicted conversion is `score` USD per impression.
    #[inline]
    pub fn strength(&self, score: f64) -> f64 {
        if score > f64::MIN_POSITIVE { math::powf(score, self.theta) } else { 0.0 }
    }

    /// Strength, as bid, of outside demand that alone makes a mean price of `price` USD per impression.
    ///
    /// Outside demand is a continuum, so the mean second price is `Γ(2 − 1/θ) T_0^(1/θ)`. The mean first price is the mean
    /// score, `Γ(1 − 1/θ) T_0^(1/θ)`.
    pub fn outside_strength(&self, price: f64, format: Format) -> f64 {
        let per_scale = match format {
            Format::SecondPrice => self.gamma_1 * (1.0 - self.inv_theta),
            Format::FirstPrice => self.gamma_1,
        };
        (price / per_scale).powf(self.theta)
    }

    /// Clears a cell with total strength `phi` and floor price `floor` (USD per impression; 0 for none).
    pub fn clear(&self, phi: f64, floor: f64, format: Format) -> Clearing {
        let scale = phi.powf(self.inv_theta);
        let above_floor = if floor > 0.0 {
            phi * floor.powf(-self.theta)
        } else if phi > 0.0 {
            f64::INFINITY
        } else {
            // Where nobody bids nothing is sold, floor or not.
            0.0
        };
        let sold_share = -(-above_floor).exp_m1();
        let idle = above_floor > FLOOR_IS_IDLE;
        let lower = if idle { 1.0 } else { lower_gamma(1.0 - self.inv_theta, above_floor) / sold_share };
        Clearing {
            format,
            phi,
            floor,
            sold_share,
            mean_score: self.gamma_1 * scale * lower,
            scale,
            above_floor,
        }
    }

    /// Mean price of an impression won by a bidder of strength `t`, USD per impression.
    pub fn mean_price(&self, clearing: &Clearing, t: f64) -> f64 {
        if clearing.format == Format::FirstPrice {
            return clearing.mean_score;
        }
        let s = t / clearing.phi;
        if clearing.above_floor * (1.0 - s) > FLOOR_IS_IDLE {
            return self.gamma_1 * clearing.scale * runner_up_factor(self.inv_theta, s);
        }
        self.price_moment(clearing, s, self.inv_theta, clearing.floor)
    }

    /// Variance of the price of one impression won by a bidder of strength `t`, USD² per impression².
    pub fn price_variance(&self, clearing: &Clearing, t: f64) -> f64 {
        let a = 2.0 * self.inv_theta;
        let square = clearing.scale * clearing.scale;
        let s = t / clearing.phi;
        let second = if clearing.format == Format::FirstPrice {
            self.gamma_2 * square * clearing.part_above_floor(a) / clearing.sold_share
        } else if clearing.above_floor * (1.0 - s) > FLOOR_IS_IDLE {
            self.gamma_2 * square * runner_up_factor(a, s)
        } else {
            self.price_moment(clearing, s, a, clearing.floor * clearing.floor)
        };
        let mean = self.mean_price(clearing, t);
        not_negative(second - mean * mean)
    }

    /// Draws the price of one impression won above the floor by a bidder of strength `t`, USD.
    pub fn draw_price(&self, clearing: &Clearing, t: f64, stream: &mut Stream) -> f64 {
        self.draw_prices(clearing, t, 1, stream)
    }

    /// Draws the prices of `n` impressions, at most [`PRICES_AT_ONCE`], won by a bidder of strength `t`; gives their sum, USD.
    pub(super) fn draw_prices(&self, clearing: &Clearing, t: f64, n: usize, stream: &mut Stream) -> f64 {
        let first_price = clearing.format == Format::FirstPrice;
        let (mut own, mut other) = ([0.5; PRICES_AT_ONCE], [1.0; PRICES_AT_ONCE]);
        for (own, other) in own.iter_mut().zip(&mut other).take(n) {
            *own = stream.unit();
            if !first_price {
                *other = stream.unit();
            }
        }
        // Whole vectors; what is worked out beyond n is left out of the sum.
        let whole = n.next_multiple_of(LANES).min(PRICES_AT_ONCE);
        let others_strength = if first_price { 1.0 } else { clearing.phi - t };
        for (own, other) in own[..whole].iter_mut().zip(&other[..whole]) {
            // The winner's exponential is cut where its score would fall below the floor.
            let e1 = -math::ln(1.0 - *own * clearing.sold_share);
            let e2 = -math::ln(*other);
            let price = math::powf(e1 / clearing.phi + e2 / others_strength, -self.inv_theta);
            *own = if price > clearing.floor { price } else { clearing.floor };
        }
        own[..n].iter().sum()
    }

    /// Turns exponentials, in rising order, into the scores they stand for and gives the sum of these, USD.
    pub(super) fn sum_scores(&self, clearing: &Clearing, e1: &mut [f64; LANES]) -> f64 {
        for e in e1.iter_mut() {
            *e = math::powf(*e / clearing.phi, -self.inv_theta);
        }
        e1.iter().sum()
    }

    /// Winning score at `e1`, the exponential that it is a power of.
    pub(super) fn score(&self, clearing: &Clearing, e1: f64) -> f64 {
        (e1 / clearing.phi).powf(-self.inv_theta)
    }

    /// Price paid by a winner of strength `t` whose score lies at `e1`; the runner-up is drawn.
    pub(super) fn price(&self, clearing: &Clearing, t: f64, e1: f64, stream: &mut Stream) -> f64 {
        if clearing.format == Format::FirstPrice {
            return self.score(clearing, e1);
        }
        let e2 = stream.exponential();
        let second = (e1 / clearing.phi + e2 / (clearing.phi - t)).powf(-self.inv_theta);
        if second > clearing.floor { second } else { clearing.floor }
    }

    /// Mean and variance of a winning score above the floor and below the one at `e1`.
    pub(super) fn score_moments_below(&self, clearing: &Clearing, e1: f64) -> (f64, f64) {
        let mass = (-e1).exp() * -(e1 - clearing.above_floor).exp_m1();
        let a = self.inv_theta;
        let below = |order: f64, of_one_more: f64| {
            if e1 < SERIES_OF_GAMMA_BELOW {
                small_lower_gamma(order, of_one_more, e1)
            } else {
                lower_gamma(order, e1)
            }
        };
        let below_1 = below(1.0 - a, self.gamma_1 * (1.0 - a));
        let below_2 = below(1.0 - 2.0 * a, self.gamma_2 * (1.0 - 2.0 * a));
        let mean = self.gamma_1 * clearing.scale * (clearing.part_above_floor(a) - below_1) / mass;
        let second =
            self.gamma_2 * clearing.scale * clearing.scale * (clearing.part_above_floor(2.0 * a) - below_2)
                / mass;
        (mean, not_negative(second - mean * mean))
    }

    /// Moment `E[max(runner-up, F)^(aθ)]` given that a bidder of share `s` wins above the floor, for `a = 1/θ` or `2/θ`.
    ///
    /// Integrates the density of the others' best score M against `P(own score > M)`; with `x = ΦF^−θ` the integrals
    /// are lower incomplete gamma functions at `x(1−s)` and `x`.
    fn price_moment(&self, clearing: &Clearing, s: f64, a: f64, floor_moment: f64) -> f64 {
        let x = clearing.above_floor;
        let rest = 1.0 - s;
        if s < CANCELS_BELOW {
            // The direct form divides a small difference by s; between the limit s → 0 and a safe share it is a line.
            let limit = (floor_moment * x * (-x).exp()
                + clearing.phi.powf(a) * gamma(2.0 - a) * lower_gamma(2.0 - a, x))
                / clearing.sold_share;
            let safe = self.price_moment(clearing, CANCELS_BELOW, a, floor_moment);
            return limit + (safe - limit) * s / CANCELS_BELOW;
        }
        let win = s * clearing.sold_share;
        let at_floor = floor_moment * (-x * rest).exp() * -(-x * s).exp_m1();
        let above = gamma(1.0 - a)
            * clearing.phi.powf(a)
            * (rest.powf(a) * lower_gamma(1.0 - a, x * rest) - rest * lower_gamma(1.0 - a, x));
        (at_floor + above) / win
    }
}

impl Clearing {
    /// Takes an exponential to the one at the same quantile among those whose score reaches the floor.
    pub(super) fn cut_at_floor(&self, e: f64) -> f64 {
        if self.above_floor > FLOOR_IS_IDLE { e } else { -((-e).exp_m1() * self.sold_share).ln_1p() }
    }

    /// Part of the moment of order `aθ` of the best score that lies above the floor.
    fn part_above_floor(&self, a: f64) -> f64 {
        if self.above_floor > FLOOR_IS_IDLE { 1.0 } else { lower_gamma(1.0 - a, self.above_floor) }
    }
}

/// A variance that rounding may have taken below 0, or that is not a number, as one that has a root.
fn not_negative(variance: f64) -> f64 {
    if variance > 0.0 { variance } else { 0.0 }
}

/// Regularised lower incomplete gamma function `P(a, x)` for a > 0 and every x ≥ 0, its ends included.
fn lower_gamma(a: f64, x: f64) -> f64 {
    if !(x > 0.0) {
        return 0.0;
    }
    // The library refuses an infinite x, where P is 1.
    checked_gamma_lr(a, x).unwrap_or(1.0)
}

/// The same for x below [`SERIES_OF_GAMMA_BELOW`], given `Γ(a + 1)`: `x^a e^−x / Γ(a + 1) · Σ x^k / ((a + 1) … (a + k))`.
fn small_lower_gamma(a: f64, gamma_of_one_more: f64, x: f64) -> f64 {
    if x < f64::MIN_POSITIVE {
        return 0.0;
    }
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..=14 {
        term *= x / (a + f64::from(k));
        sum += term;
    }
    math::exp(a * math::ln(x) - x) * sum / gamma_of_one_more
}

/// `((1−s)^a − (1−s))/s`: mean runner-up relative to `Γ(1−a)Φ^a`; tends to `1 − a` as the winner becomes small.
fn runner_up_factor(a: f64, s: f64) -> f64 {
    if s < SERIES_BELOW {
        let c2 = a * (a - 1.0) / 2.0;
        let c3 = c2 * (a - 2.0) / 3.0;
        let c4 = c3 * (a - 3.0) / 4.0;
        (1.0 - a) + s * (c2 - s * (c3 - s * c4))
    } else {
        ((1.0 - s).powf(a) - (1.0 - s)) / s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THETA: f64 = 4.0;

    #[test]
    fn the_series_of_the_incomplete_gamma_function_is_that_of_the_library() {
        for a in [0.5, 0.75, 0.04] {
            for x in [1e-12, 1e-3, 0.2, 0.499] {
                let ratio = small_lower_gamma(a, gamma(a + 1.0), x) / lower_gamma(a, x);
                assert!((ratio - 1.0).abs() < 1e-12, "{a} at {x}: {ratio}");
            }
        }
    }

    #[test]
    fn closed_forms_of_the_fréchet_auction() {
        let f = Frechet::new(THETA);
        let c = f.clear(3.0, 0.0, Format::SecondPrice);
        // Mean price over mean winning score tends to 1 − 1/θ for small winners.
        assert!((f.mean_price(&c, 1e-9) / c.mean_score - (1.0 - 1.0 / THETA)).abs() < 1e-9);
        // The series meets the direct form where they change over.
        let below = runner_up_factor(0.25, SERIES_BELOW - 1e-12);
        let above = runner_up_factor(0.25, SERIES_BELOW + 1e-12);
        assert!((below - above).abs() < 1e-9, "{below} {above}");
        // Outside demand alone makes the price it was built for.
        let t0 = f.outside_strength(0.014, Format::SecondPrice);
        let alone = f.clear(t0, 0.0, Format::SecondPrice);
        assert!((f.mean_price(&alone, 0.0) - 0.014).abs() < 1e-12);
        // CPM grows as (1 + ΣT/T_0)^(1/θ).
        let crowded = f.clear(t0 * 1.5, 0.0, Format::SecondPrice);
        assert!((f.mean_price(&crowded, 0.0) / 0.014 - 1.5_f64.powf(0.25)).abs() < 1e-12);
    }

    #[test]
    fn floor_forms_meet_the_forms_without_floor() {
        let f = Frechet::new(THETA);
        // ΦF^−θ just below the switch: the incomplete gammas must agree with the complete ones.
        let phi = 1.0;
        let floor = (phi / (FLOOR_IS_IDLE - 0.5)).powf(1.0 / THETA);
        let with = f.clear(phi, floor, Format::SecondPrice);
        let without = f.clear(phi, 0.0, Format::SecondPrice);
        for t in [1e-6, 0.1, 0.6] {
            // 1e-8: what interpolation costs below a share of a thousandth.
            let close = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-8;
            assert!(close(f.mean_price(&with, t), f.mean_price(&without, t)), "t {t}");
            assert!((f.price_variance(&with, t) / f.price_variance(&without, t) - 1.0).abs() < 1e-6, "t {t}");
        }
    }

    #[test]
    fn price_is_at_most_the_winning_score() {
        let f = Frechet::new(THETA);
        for floor in [0.0, 0.3, 0.9, 1.5] {
            let c = f.clear(1.0, floor, Format::SecondPrice);
            for t in [0.0, 1e-4, 0.2, 0.9] {
                assert!(f.mean_price(&c, t) <= c.mean_score * (1.0 + 1e-12), "floor {floor} t {t}");
            }
        }
    }

    #[test]
    fn price_is_at_least_the_floor() {
        let f = Frechet::new(THETA);
        for floor in [0.3, 0.9, 1.5] {
            let c = f.clear(1.0, floor, Format::SecondPrice);
            for t in [1e-6, 1e-4, 0.2, 0.9] {
                assert!(f.mean_price(&c, t) >= floor, "floor {floor} t {t}");
            }
        }
    }

    #[test]
    fn a_bidder_without_rivals_pays_the_floor() {
        let f = Frechet::new(THETA);
        let c = f.clear(1e6, 0.5, Format::SecondPrice);
        assert!((f.mean_price(&c, 1e6) - 0.5).abs() < 1e-12);
        assert!(f.price_variance(&c, 1e6) < 1e-9);
    }

    #[test]
    fn own_bid_raises_the_share() {
        let f = Frechet::new(THETA);
        let others = 5.0;
        let share = |bid: f64| f.strength(bid) / (others + f.strength(bid));
        let (low, high) = (share(1.0), share(1.01));
        assert!(high > low);
        // Own-bid elasticity of impressions is θ(1 − share).
        let elasticity = (high / low).ln() / 1.01_f64.ln();
        assert!((elasticity - THETA * (1.0 - low)).abs() < 0.02, "{elasticity}");
    }
}
