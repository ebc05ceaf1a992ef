//! Addresses of the draws of a design: apart from those of the market, so that parameters and chance share no draw.

use crate::rng::{Stream, Streams};

/// What a draw of a design is for. Numbers are part of the results: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Address {
    /// Scramble and shift of a Sobol' sequence; entity = dimension, occurrence = randomization.
    Scramble = 0x5A4D_504C_0001,
    /// Order of the strata of a Latin hypercube; entity = dimension, occurrence = randomization.
    Strata = 0x5A4D_504C_0002,
    /// Place within a stratum; entity = dimension, occurrence = randomization.
    Within = 0x5A4D_504C_0003,
    /// Points drawn independently; entity = point, occurrence = randomization.
    Independent = 0x5A4D_504C_0004,
}

impl Address {
    /// Opens the stream.
    pub(super) fn open(self, streams: &Streams, entity: u64, occurrence: u64) -> Stream {
        streams.open(self as u64, entity, occurrence)
    }
}

/// The middle of the interval of length 2⁻⁵² that the first digits of a word name.
pub(super) fn digits_to_unit(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * f64::EPSILON
}
