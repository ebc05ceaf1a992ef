//! Draws one at a time, from the samplers of the library.

use bidcast::rng::Stream;
use workload::columns::{AliasTable, Draws, N_PLACES};
use workload::{N_SLOTS, NOISE_SD};

use crate::auctions::{Auctions, top_two};

/// A stream, and its samplers.
pub(crate) struct Samplers(pub(crate) Stream);

impl Draws for Samplers {
    #[inline]
    fn normal(&mut self) -> f32 {
        self.0.normal() as f32
    }

    #[inline]
    fn exponential(&mut self) -> f32 {
        self.0.exponential() as f32
    }
}

/// Auctions whose slots are drawn when they are held.
pub(crate) struct Single {
    draws: Samplers,
    alias: AliasTable,
    gap: f32,
}

impl Single {
    /// Takes the mean gap in ticks.
    pub(crate) fn new(draws: Samplers, alias: AliasTable, gap: f32) -> Self {
        Self { draws, alias, gap }
    }
}

impl Auctions for Single {
    #[inline]
    fn top_two(&mut self, log_score: &[f32; N_PLACES]) -> (f32, usize, f32) {
        let (mut apps, mut noise) = ([0; N_SLOTS], [0.0; N_SLOTS]);
        for (app, noise) in apps.iter_mut().zip(&mut noise) {
            *app = self.alias.app(self.draws.0.next_u64() as u32);
            *noise = NOISE_SD as f32 * self.draws.normal();
        }
        top_two(log_score, &apps, &noise)
    }

    #[inline]
    fn chance(&mut self) -> u32 {
        self.draws.0.next_u64() as u32
    }

    #[inline]
    fn gap(&mut self) -> i64 {
        (self.draws.exponential() * self.gap) as i64
    }
}
