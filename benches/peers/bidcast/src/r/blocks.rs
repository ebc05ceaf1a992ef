//! Draws of many auctions at once: plain loops over arrays of random words, which the compiler turns into vector
//! instructions.

use std::f32::consts::FRAC_PI_4;

use bidcast::rng::{Stream, Streams};
use workload::columns::{AliasTable, Draws, N_PLACES, ln};
use workload::{N_SLOTS, NOISE_SD};

use crate::auctions::{Auctions, top_two};

/// Auctions of a block.
const N_AUCTIONS: usize = 128;
/// Slots of a block, each of which takes one random word.
const N_DRAWS: usize = N_AUCTIONS * N_SLOTS;
/// Streams that are drawn from in turn: as many as fit a vector.
const N_STREAMS: usize = 2;
/// Rarer draws of a block.
const N_RARE: usize = 256;

/// Random words of streams side by side: a word of one does not wait for those of the others.
pub(crate) struct Words([Stream; N_STREAMS]);

impl Words {
    pub(crate) fn open(streams: &Streams, purpose: u64) -> Self {
        Self(std::array::from_fn(|stream| streams.open(purpose, stream as u64, 0)))
    }

    /// Fills the low and the high halves of a whole number of rows: vectors hold twice as many halves as words.
    #[inline]
    fn fill(&mut self, low: &mut [u32], high: &mut [u32]) {
        let rows = low.as_chunks_mut::<N_STREAMS>().0.iter_mut().zip(high.as_chunks_mut::<N_STREAMS>().0);
        for (low, high) in rows {
            for ((low, high), stream) in low.iter_mut().zip(high).zip(&mut self.0) {
                let word = stream.next_u64();
                (*low, *high) = (word as u32, (word >> 32) as u32);
            }
        }
    }
}

/// The auctions of a block.
pub(crate) struct Block {
    words: Words,
    /// The halves of the words that a block is made of.
    low: [u32; N_DRAWS],
    high: [u32; N_DRAWS],
    alias: AliasTable,
    mean_gap: f32,
    apps: [[u32; N_SLOTS]; N_AUCTIONS],
    noise: [[f32; N_SLOTS]; N_AUCTIONS],
    gaps: [f32; N_AUCTIONS],
    chances: [u32; N_AUCTIONS],
    /// Place of the auction that is held.
    at: usize,
}

impl Block {
    /// Takes the mean gap in ticks.
    pub(crate) fn new(words: Words, alias: AliasTable, mean_gap: f32) -> Self {
        Self {
            words,
            low: [0; N_DRAWS],
            high: [0; N_DRAWS],
            alias,
            mean_gap,
            apps: [[0; N_SLOTS]; N_AUCTIONS],
            noise: [[0.0; N_SLOTS]; N_AUCTIONS],
            gaps: [0.0; N_AUCTIONS],
            chances: [0; N_AUCTIONS],
            at: N_AUCTIONS - 1,
        }
    }

    #[inline(never)]
    fn fill(&mut self) {
        self.words.fill(&mut self.low, &mut self.high);
        for (app, &word) in self.apps.as_flattened_mut().iter_mut().zip(&self.high) {
            *app = self.alias.app(word);
        }
        normals(&self.low, NOISE_SD as f32, self.noise.as_flattened_mut());
        let low = &mut self.low[..N_AUCTIONS];
        self.words.fill(low, &mut self.chances);
        for (gap, &word) in self.gaps.iter_mut().zip(&*low) {
            *gap = -ln(unit(word)) * self.mean_gap;
        }
    }
}

impl Auctions for Block {
    #[inline]
    fn top_two(&mut self, log_score: &[f32; N_PLACES]) -> (f32, usize, f32) {
        top_two(log_score, &self.apps[self.at], &self.noise[self.at])
    }

    #[inline]
    fn chance(&mut self) -> u32 {
        self.chances[self.at]
    }

    #[inline]
    fn gap(&mut self) -> i64 {
        self.at = (self.at + 1) % N_AUCTIONS;
        if self.at == 0 {
            self.fill();
        }
        self.gaps[self.at] as i64
    }
}

/// The rarer draws.
pub(crate) struct Rare {
    words: Words,
    normals: [f32; N_RARE],
    exponentials: [f32; N_RARE],
    normals_used: usize,
    exponentials_used: usize,
}

impl Rare {
    pub(crate) fn new(words: Words) -> Self {
        let none = [0.0; N_RARE];
        Self { words, normals: none, exponentials: none, normals_used: N_RARE, exponentials_used: N_RARE }
    }

    #[inline(never)]
    fn fill_normals(&mut self) {
        let (mut low, mut high) = ([0; N_RARE / 2], [0; N_RARE / 2]);
        self.words.fill(&mut low, &mut high);
        let (first, second) = self.normals.split_at_mut(N_RARE / 2);
        normals(&low, 1.0, first);
        normals(&high, 1.0, second);
        self.normals_used = 0;
    }

    #[inline(never)]
    fn fill_exponentials(&mut self) {
        let (mut low, mut high) = ([0; N_RARE / 2], [0; N_RARE / 2]);
        self.words.fill(&mut low, &mut high);
        for (exponential, &word) in self.exponentials.iter_mut().zip(low.iter().chain(&high)) {
            *exponential = -ln(unit(word));
        }
        self.exponentials_used = 0;
    }
}

impl Draws for Rare {
    #[inline]
    fn normal(&mut self) -> f32 {
        if self.normals_used == N_RARE {
            self.fill_normals();
        }
        self.normals_used += 1;
        self.normals[self.normals_used - 1]
    }

    #[inline]
    fn exponential(&mut self) -> f32 {
        if self.exponentials_used == N_RARE {
            self.fill_exponentials();
        }
        self.exponentials_used += 1;
        self.exponentials[self.exponentials_used - 1]
    }
}

/// A number in (0, 1) from the high 24 bits.
#[inline]
fn unit(word: u32) -> f32 {
    ((word >> 8) as i32 as f32 + 0.5) * (1.0 / 16_777_216.0)
}

/// Normals of mean 0 from as many half words (Box and Muller).
#[inline]
fn normals(words: &[u32], sd: f32, normals: &mut [f32]) {
    let half = normals.len() / 2;
    let (first, second) = normals.split_at_mut(half);
    let (radius_words, angle_words) = words.split_at(half);
    for (((x, y), &radius), &angle) in first.iter_mut().zip(second).zip(radius_words).zip(angle_words) {
        let radius = (-2.0 * sd * sd * ln(unit(radius))).sqrt();
        let (sine, cosine) = sine_cosine((2.0 * unit(angle) - 1.0) * FRAC_PI_4);
        // A quarter of the circle is drawn; the bits that are left choose the sign and which of the two comes first.
        let cosine = f32::from_bits(cosine.to_bits() ^ (angle << 31));
        let swap = angle & 2 != 0;
        *x = radius * if swap { sine } else { cosine };
        *y = radius * if swap { cosine } else { sine };
    }
}

/// Sine and cosine of an angle between ±π/4, to single precision.
#[inline]
fn sine_cosine(angle: f32) -> (f32, f32) {
    let square = angle * angle;
    let sine = -1.666_665_5e-1 + square * (8.332_161e-3 + square * -1.951_529_6e-4);
    let cosine = 4.166_664_6e-2 + square * (-1.388_731_6e-3 + square * 2.443_315_7e-5);
    (angle + angle * square * sine, 1.0 + square * (-0.5 + square * cosine))
}
