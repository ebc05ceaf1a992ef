//! Addressed randomness: each draw has an address, and its value depends on nothing else.
//!
//! # Model
//!
//! An address is enciphered by Philox4x64-10, a bijection of 256-bit counters under a 128-bit key whose output passes the
//! known batteries of tests for any structure of counters. What comes out is the state of a xoshiro256++ generator, whose
//! words are the draws: most streams are a few draws long, so opening must be cheap, and those that are long cost a
//! nanosecond a word. The address *is* the input, without hashing:
//!
//! | word | holds |
//! |---|---|
//! | key 0 | master seed |
//! | key 1 | replication |
//! | counter 0 | 0 |
//! | counter 1 | purpose: what the draws decide |
//! | counter 2 | entity: a stable identity of whom they concern |
//! | counter 3 | occurrence: which time, such as a day |
//!
//! # Invariants
//!
//! * Two different addresses never start from the same state, and no order of opening, no thread and no other entity changes what
//!   an address yields. An entity added to a scenario leaves the draws of all others as they were.
//! * The scenario is not part of the address: scenarios share their noise, and their differences are sharp.
//!
//! # Source
//!
//! J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3*, SC'11 (2011); the
//! reference implementation is Random123, whose known answers the tests repeat. D. Blackman, S. Vigna, *Scrambled Linear
//! Pseudorandom Number Generators*, ACM TOMS 47 (2021); reference implementation `xoshiro256plusplus.c`, likewise.

use std::convert::Infallible;

use rand::TryRng;
use rand::rand_core::utils::fill_bytes_via_next_word;
use rand_distr::{Distribution, StandardNormal};

mod counts;

/// Multipliers of the two halves of a round.
const MULTIPLIERS: [u64; 2] = [0xD2E7_470E_E14C_6C93, 0xCA5A_8263_9512_1157];
/// Increments of the key between rounds: the golden ratio and √3 − 1.
const WEYL: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xBB67_AE85_84CA_A73B];
/// Rounds; the authors found 7 to suffice and recommend 10.
const ROUNDS: usize = 10;
/// Distance of two neighbouring values of [`Stream::unit`], 2⁻⁵².
const UNIT_STEP: f64 = f64::EPSILON;

/// High and low half of a product.
#[inline(always)]
fn wide_product(a: u64, b: u64) -> (u64, u64) {
    let product = u128::from(a) * u128::from(b);
    ((product >> 64) as u64, product as u64)
}

/// Philox4x64-10: the block of four random words at a counter, under a key.
#[inline(always)]
fn philox(mut key: [u64; 2], mut counter: [u64; 4]) -> [u64; 4] {
    for _ in 0..ROUNDS {
        let (high_0, low_0) = wide_product(MULTIPLIERS[0], counter[0]);
        let (high_1, low_1) = wide_product(MULTIPLIERS[1], counter[2]);
        counter = [high_1 ^ counter[1] ^ key[0], low_1, high_0 ^ counter[3] ^ key[1], low_0];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// A word as a number in the open interval (0, 1).
#[inline(always)]
fn to_unit(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * UNIT_STEP
}

/// All streams of one replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streams {
    key: [u64; 2],
}

impl Streams {
    /// Takes the master seed and the number of the replication.
    pub const fn new(seed: u64, replication: u64) -> Self {
        Self { key: [seed, replication] }
    }

    /// Opens the stream of one address, at its first draw.
    #[inline]
    pub fn open(&self, purpose: u64, entity: u64, occurrence: u64) -> Stream {
        Stream { state: philox(self.key, [0, purpose, entity, occurrence]) }
    }
}

/// The draws of one address, in order.
///
/// Besides the draws below it serves every distribution of `rand_distr`, through [`rand::Rng`].
#[derive(Debug, Clone)]
pub struct Stream {
    state: [u64; 4],
}

impl Stream {
    /// Draws 64 random bits: one step of xoshiro256++.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let word = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        word
    }

    /// Draws uniformly from the open interval (0, 1).
    ///
    /// Values are the odd multiples of 2⁻⁵³, so that neither 0 nor 1 occurs, the mean is exactly ½, and `u` is as
    /// likely as `1 - u`.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        to_unit(self.next_u64())
    }

    /// Draws a place in `weights` in proportion to them; the last place when all are 0.
    ///
    /// `weights` must not be empty.
    #[inline]
    pub fn pick(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        let place = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        place.unwrap_or(weights.len().saturating_sub(1))
    }

    /// Draws from the exponential distribution of mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        -self.unit().ln()
    }

    /// Draws from the standard normal distribution.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(self)
    }

    /// Draws a number whose logarithm is normal with mean `mu` and standard deviation `sigma`.
    ///
    /// Its median is `exp(mu)`, its mean `exp(mu + sigma²/2)`.
    #[inline]
    pub fn lognormal(&mut self, mu: f64, sigma: f64) -> f64 {
        (mu + sigma * self.normal()).exp()
    }

    /// Draws from the gamma distribution of shape 2 and scale 1, the sum of two exponential draws, at the cost of one.
    #[inline]
    pub fn gamma_2(&mut self) -> f64 {
        -(self.unit() * self.unit()).ln()
    }

    /// Draws from the gamma distribution of the given shape and scale 1; its mean and variance are the shape.
    ///
    /// `shape` must be positive and finite; otherwise the draw is 0. Shapes below about 0.001 often yield numbers
    /// smaller than a float can hold, which are 0.
    ///
    /// G. Marsaglia, W. W. Tsang, *A Simple Method for Generating Gamma Variables*, ACM TOMS 26 (2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if !(shape > 0.0 && shape.is_finite()) {
            return 0.0;
        }
        if shape < 1.0 {
            // Gamma(a) = Gamma(a + 1) · U^(1/a); the power is taken through the exponential draw.
            let boost = (-self.exponential() / shape).exp();
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let u = self.unit();
            // The first test is a cheap lower bound of the second and settles most draws.
            if u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_u64() as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill_bytes_via_next_word(bytes, || self.try_next_u64())
    }
}

#[cfg(test)]
mod tests;
