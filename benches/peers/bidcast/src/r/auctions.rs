//! What an auction needs of its draws, and the two best of its slots.

use workload::N_SLOTS;
use workload::columns::N_PLACES;

/// The draws of one auction after the other.
pub(crate) trait Auctions {
    /// Draws the slots of the next auction: the best score, its app, and the best score of another app, all as logarithms.
    fn top_two(&mut self, log_score: &[f32; N_PLACES]) -> (f32, usize, f32);
    /// A random word that decides on the install.
    fn chance(&mut self) -> u32;
    /// Ticks until the next auction.
    fn gap(&mut self) -> i64;
}

/// The best score, its app and the best score of another app.
#[inline]
pub(crate) fn top_two(
    log_score: &[f32; N_PLACES],
    apps: &[u32; N_SLOTS],
    noise: &[f32; N_SLOTS],
) -> (f32, usize, f32) {
    let mut scores = [f32::NEG_INFINITY; LANES];
    for slot in 0..N_SLOTS {
        scores[slot] = log_score[apps[slot] as usize % N_PLACES] + noise[slot];
    }
    let best = largest(&scores);
    // Only the best slot keeps its app, so that the largest of them is the winner.
    let mut candidates = [0; LANES];
    for slot in 0..N_SLOTS {
        candidates[slot] = if scores[slot] == best { apps[slot] } else { 0 };
    }
    let winner = largest(&candidates);
    for slot in 0..N_SLOTS {
        scores[slot] = if apps[slot] == winner { f32::NEG_INFINITY } else { scores[slot] };
    }
    (best, winner as usize, largest(&scores))
}

/// Slots in whole vectors.
const LANES: usize = N_SLOTS.next_power_of_two();

/// Largest of the values, found in halves: four steps that are each one vector instruction or two.
#[inline]
fn largest<T: Copy + PartialOrd>(values: &[T; LANES]) -> T {
    let larger = |a: T, b: T| if a > b { a } else { b };
    let eight: [T; 8] = std::array::from_fn(|i| larger(values[i], values[i + 8]));
    let four: [T; 4] = std::array::from_fn(|i| larger(eight[i], eight[i + 4]));
    larger(larger(four[0], four[2]), larger(four[1], four[3]))
}
