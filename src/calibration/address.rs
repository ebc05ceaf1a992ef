//! Addresses of the draws of a calibration: apart from those of the market and of designs.

use crate::rng::{Stream, Streams};

/// What a draw is for. Numbers are part of the results: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Address {
    /// Where walkers start; entity = walker, occurrence = run of the sampler.
    Start = 0x4341_4C49_0001,
    /// One move; entity = walker, occurrence = step and run of the sampler.
    Move = 0x4341_4C49_0002,
    /// One point of a later wave; entity = point, occurrence = wave.
    Design = 0x4341_4C49_0003,
    /// Noise of observation of one row; entity = row.
    Observation = 0x4341_4C49_0004,
    /// Members of an ensemble at the start; entity = member.
    Member = 0x4341_4C49_0005,
    /// Perturbed observation of a member; entity = member, occurrence = pass.
    Perturbation = 0x4341_4C49_0006,
    /// Uniform ranks behind a band; entity = repetition.
    Band = 0x4341_4C49_0007,
    /// Resamples of draws; entity = resample.
    Resample = 0x4341_4C49_0008,
}

impl Address {
    /// Opens the stream.
    pub(super) fn open(self, streams: &Streams, entity: u64, occurrence: u64) -> Stream {
        streams.open(self as u64, entity, occurrence)
    }
}
