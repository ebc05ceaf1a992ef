//! What orders events: time, phase and sequence in one integer; and the ticket that stands for an event.

use crate::units::SimTime;

/// Bits of the key that tell which place of the heap's table holds the event.
pub(super) const SLOT_BITS: u32 = 32;
/// Bits of the key that hold the sequence number.
pub(super) const SEQUENCE_BITS: u32 = 48;
/// Bits of the key that hold the phase.
pub(super) const PHASE_BITS: u32 = 8;
/// Half of the range of time, which takes the 40 bits that remain.
pub(super) const TIME_HALF_RANGE: i64 = 1 << 39;

/// `(time, phase, sequence)` in one integer whose order is theirs; the lowest bits hold the heap's slot.
///
/// Sequence numbers are unique, so the slot never decides a comparison. Sixteen bytes put the four children of a heap
/// node in one cache line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u128);

impl Key {
    /// Later than every event.
    pub(super) const NEVER: Self = Self(u128::MAX);

    #[inline]
    pub(super) fn moment(self) -> Moment {
        Moment((self.0 >> (SEQUENCE_BITS + SLOT_BITS)) as u64)
    }

    #[inline]
    pub(super) fn slot(self) -> u32 {
        self.0 as u32
    }
}

/// `(time, phase)` in one integer whose order is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) u64);

impl Moment {
    /// Bits of a moment.
    pub(super) const BITS: u32 = u128::BITS - SEQUENCE_BITS - SLOT_BITS;
    /// No moment is earlier.
    pub(super) const FIRST: Self = Self(0);
    /// No moment is later.
    pub(super) const LAST: Self = Self((1 << Self::BITS) - 1);

    /// Packs a moment; `None` when the time is out of range.
    #[inline]
    pub(super) fn pack(at: SimTime, phase: u8) -> Option<Self> {
        let minutes = at.minutes();
        let in_range = (-TIME_HALF_RANGE..TIME_HALF_RANGE).contains(&minutes);
        in_range.then(|| Self((((minutes + TIME_HALF_RANGE) as u64) << PHASE_BITS) | u64::from(phase)))
    }

    #[inline]
    pub(super) fn key(self, sequence: u64, slot: u32) -> Key {
        let high = u128::from(self.0) << (SEQUENCE_BITS + SLOT_BITS);
        Key(high | (u128::from(sequence) << SLOT_BITS) | u128::from(slot))
    }

    #[inline]
    pub(super) fn time(self) -> SimTime {
        SimTime::from_minutes((self.0 >> PHASE_BITS) as i64 - TIME_HALF_RANGE)
    }

    #[inline]
    pub(super) fn phase(self) -> u8 {
        self.0 as u8
    }
}

/// Stands for one scheduled event until it is popped or cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// Place in the heap's table; places are used again.
    pub(super) slot: u32,
    /// Sequence number given at scheduling; numbers are never used again.
    pub(super) stamp: u64,
}
