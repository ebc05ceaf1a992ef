//! Works timed in turn, A B C A B C, so that a slow minute of the machine slows all of them; and the middle of what came.

use std::time::Instant;

/// Median and range of some runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    /// Middle one; of an even number the upper of the two.
    pub(crate) median: f64,
    /// Least.
    pub(crate) least: f64,
    /// Largest.
    pub(crate) most: f64,
}

impl Spread {
    /// Of numbers of which there is at least one.
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = numbers.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Self { median: sorted[sorted.len() / 2], least: sorted[0], most: sorted[sorted.len() - 1] }
    }
}

/// Seconds of each work in each round. A round before the first, which warms caches and buffers, is not counted.
pub(crate) fn in_turn<const N: usize>(rounds: usize, mut works: [&mut dyn FnMut(); N]) -> [Vec<f64>; N] {
    let mut seconds = [const { Vec::new() }; N];
    for round in 0..=rounds {
        for (work, seconds) in works.iter_mut().zip(&mut seconds) {
            let start = Instant::now();
            work();
            let taken = start.elapsed().as_secs_f64();
            if round > 0 {
                seconds.push(taken);
            }
        }
    }
    seconds
}

/// First over second, round by round.
pub(crate) fn ratio(first: &[f64], second: &[f64]) -> Spread {
    Spread::of(first.iter().zip(second).map(|(first, second)| first / second))
}
