//! Addressed randomness: each draw has an address, and its value depends on nothing else.
//!
//! # Model
//!
//! The generator is Philox4x64-10, a bijection of 256-bit counters under a 128-bit key whose output passes the known
//! batteries of tests for any structure of counters. The address *is* the input, without hashing:
//!
//! | word | holds |
//! |---|---|
//! | key 0 | master seed |
//! | key 1 | replication |
//! | counter 0 | block within the stream, four draws each |
//! | counter 1 | purpose: what the draws decide |
//! | counter 2 | entity: a stable identity of whom they concern |
//! | counter 3 | occurrence: which time, such as a day |
//!
//! # Invariants
//!
//! * Two different addresses never share a draw, and no order of opening, no thread and no other entity changes what
//!   an address yields. An entity added to a scenario leaves the draws of all others as they were.
//! * The scenario is not part of the address: scenarios share their noise, and their differences are sharp.
//!
//! # Source
//!
//! J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3*, SC'11 (2011); the
//! reference implementation is Random123, whose known answers the tests repeat.

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
/// Words of a block.
const BLOCK: usize = 4;
/// Words that a stream makes at a time, after its first block.
const BUFFER: usize = 4 * BLOCK;
/// Distance of two neighbouring values of [`Stream::unit`], 2⁻⁵².
const UNIT_STEP: f64 = f64::EPSILON;

/// High and low half of a product.
#[inline(always)]
fn wide_product(a: u64, b: u64) -> (u64, u64) {
    let product = u128::from(a) * u128::from(b);
    ((product >> 64) as u64, product as u64)
}

/// One round of Philox4x64.
#[inline(always)]
fn round(key: [u64; 2], counter: [u64; BLOCK]) -> [u64; BLOCK] {
    let (high_0, low_0) = wide_product(MULTIPLIERS[0], counter[0]);
    let (high_1, low_1) = wide_product(MULTIPLIERS[1], counter[2]);
    [high_1 ^ counter[1] ^ key[0], low_1, high_0 ^ counter[3] ^ key[1], low_0]
}

/// Key of the round after the one with `key`.
#[inline(always)]
fn next_key(key: [u64; 2]) -> [u64; 2] {
    [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])]
}

/// Philox4x64-10: the block of four random words at a counter, under a key.
#[inline(always)]
fn philox(mut key: [u64; 2], mut counter: [u64; BLOCK]) -> [u64; BLOCK] {
    for _ in 0..ROUNDS {
        counter = round(key, counter);
        key = next_key(key);
    }
    counter
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
        let counter = [0, purpose, entity, occurrence];
        // Whoever opens a stream draws from it, so the first block is made at once, without a branch.
        let mut words = [0; BUFFER];
        words[BUFFER - BLOCK..].copy_from_slice(&philox(self.key, counter));
        Stream { key: self.key, counter, words, used: BUFFER - BLOCK }
    }
}

/// The draws of one address, in order.
///
/// Besides the draws below it serves every distribution of `rand_distr`, through [`rand::Rng`].
#[derive(Debug, Clone)]
pub struct Stream {
    key: [u64; 2],
    counter: [u64; 4],
    /// Words made; the first block of a stream stands at the end.
    words: [u64; BUFFER],
    used: usize,
}

impl Stream {
    /// Draws 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        if let Some(&word) = self.words.get(self.used) {
            self.used += 1;
            word
        } else {
            self.refill()
        }
    }

    /// Makes the next blocks and takes their first word.
    #[inline(never)]
    fn refill(&mut self) -> u64 {
        let mut blocks = [self.counter; BUFFER / BLOCK];
        for block in &mut blocks {
            // 2^64 blocks of one address cannot be used up.
            self.counter[0] = self.counter[0].wrapping_add(1);
            *block = self.counter;
        }
        // A round of one block waits for its last; blocks side by side fill the wait.
        let mut key = self.key;
        for _ in 0..ROUNDS {
            for block in &mut blocks {
                *block = round(key, *block);
            }
            key = next_key(key);
        }
        for (words, block) in self.words.chunks_exact_mut(BLOCK).zip(&blocks) {
            words.copy_from_slice(block);
        }
        self.used = 1;
        self.words[0]
    }

    /// Draws uniformly from the open interval (0, 1).
    ///
    /// Values are the odd multiples of 2⁻⁵³, so that neither 0 nor 1 occurs, the mean is exactly ½, and `u` is as
    /// likely as `1 - u`.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        ((self.next_u64() >> 12) as f64 + 0.5) * UNIT_STEP
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
