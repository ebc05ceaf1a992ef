//! The future event list: what happens next, and nothing about what it means.
//!
//! [`Calendar`] joins two structures behind one order: an indexed 4-ary heap for events that may be cancelled or moved
//! (`heap`), and a wheel of days for the dense periodic work that every day brings (`wheel`).
//!
//! # Ordering guarantees
//!
//! 1. Events are popped in ascending order of `(time, phase, sequence)`. Time is in whole minutes, the phase is a
//!    small number that the caller chooses, and the sequence is the order of scheduling.
//! 2. Events of equal time and phase are therefore popped first in, first out; nothing else, such as the event's
//!    content or the structure that holds it, decides a tie.
//! 3. Rules 1 and 2 hold across [`schedule`](Calendar::schedule) and [`schedule_dense`](Calendar::schedule_dense):
//!    both take their sequence numbers from one counter.
//! 4. A rescheduled event counts as scheduled anew: it goes behind the events already at its instant and phase.
//! 5. The past is closed: once an event is popped, no event can be scheduled before its `(time, phase)`. At the same
//!    time and phase it can; it is then popped after all that were already there. Before the first pop, the past is
//!    what lies before the calendar's start in phase 0.
//! 6. A cancelled event leaves at once and takes no more memory; its ticket, like that of a popped event, is dead for
//!    ever and never stands for a later event.
//!
//! # Limits
//!
//! Time ±1 million years from 2025, 2³² events pending with a ticket, 2⁴⁸ events scheduled in the life of a
//! calendar. Beyond them scheduling returns an error.

mod heap;
mod wheel;

use thiserror::Error;

use crate::units::SimTime;
use heap::Heap;
use wheel::Wheel;

/// Bits of the key that tell which place of the heap's table holds the event.
const SLOT_BITS: u32 = 32;
/// Bits of the key that hold the sequence number.
const SEQUENCE_BITS: u32 = 48;
/// Bits of the key that hold the phase.
const PHASE_BITS: u32 = 8;
/// Half of the range of time, which takes the 40 bits that remain.
const TIME_HALF_RANGE: i64 = 1 << 39;

/// `(time, phase, sequence)` in one integer whose order is theirs; the lowest bits hold the heap's slot.
///
/// Sequence numbers are unique, so the slot never decides a comparison. Sixteen bytes put the four children of a heap
/// node in one cache line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    /// Later than every event.
    const NEVER: Self = Self(u128::MAX);

    /// Packs a key; `None` when the time is out of range.
    #[inline]
    fn pack(at: SimTime, phase: u8, sequence: u64, slot: u32) -> Option<Self> {
        let moment = Moment::pack(at, phase)?;
        Some(moment.key(sequence, slot))
    }

    #[inline]
    fn moment(self) -> Moment {
        Moment((self.0 >> (SEQUENCE_BITS + SLOT_BITS)) as u64)
    }

    #[inline]
    fn slot(self) -> u32 {
        self.0 as u32
    }
}

/// `(time, phase)` in one integer whose order is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(u64);

impl Moment {
    /// Packs a moment; `None` when the time is out of range.
    #[inline]
    fn pack(at: SimTime, phase: u8) -> Option<Self> {
        let minutes = at.minutes();
        let in_range = (-TIME_HALF_RANGE..TIME_HALF_RANGE).contains(&minutes);
        in_range.then(|| Self((((minutes + TIME_HALF_RANGE) as u64) << PHASE_BITS) | u64::from(phase)))
    }

    #[inline]
    fn key(self, sequence: u64, slot: u32) -> Key {
        let high = u128::from(self.0) << (SEQUENCE_BITS + SLOT_BITS);
        Key(high | (u128::from(sequence) << SLOT_BITS) | u128::from(slot))
    }

    #[inline]
    fn time(self) -> SimTime {
        SimTime::from_minutes((self.0 >> PHASE_BITS) as i64 - TIME_HALF_RANGE)
    }

    #[inline]
    fn phase(self) -> u8 {
        self.0 as u8
    }
}

/// Why an event is not scheduled. The calendar is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// The instant lies before the event that was popped last.
    #[error("cannot schedule at {at} phase {at_phase}: it is already {now} phase {now_phase}")]
    InThePast {
        /// Time of the event that was popped last.
        now: SimTime,
        /// Its phase.
        now_phase: u8,
        /// Time asked for.
        at: SimTime,
        /// Phase asked for.
        at_phase: u8,
    },
    /// The instant is more than a million years away.
    #[error("cannot schedule {minutes} minutes from 2025-01-01: the calendar spans a million years each way", minutes = .at.minutes())]
    OutOfRange {
        /// Time asked for.
        at: SimTime,
    },
    /// A limit on numbers is reached: 2³² pending, or 2⁴⁸ scheduled in all.
    #[error("the calendar is full")]
    Full,
}

/// Stands for one scheduled event until it is popped or cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// Place in the heap's table; places are used again.
    slot: u32,
    /// Sequence number given at scheduling; numbers are never used again.
    stamp: u64,
}

/// An event whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fired<E> {
    /// When.
    pub time: SimTime,
    /// In which phase of the instant.
    pub phase: u8,
    /// What.
    pub event: E,
}

/// A future event list; see the [module](self) for the order it promises.
///
/// # Example
///
/// ```
/// use bidcast::calendar::Calendar;
/// use bidcast::units::SimTime;
///
/// let mut calendar = Calendar::new(SimTime::ZERO);
/// let late = calendar.schedule(SimTime::from_days(2), 0, "late")?;
/// calendar.schedule(SimTime::from_days(1), 1, "second")?;
/// calendar.schedule_dense(SimTime::from_days(1), 0, "first")?;
///
/// assert_eq!(calendar.pop().map(|fired| fired.event), Some("first"));
/// assert_eq!(calendar.cancel(late), Some("late"));
/// assert_eq!(calendar.pop().map(|fired| fired.event), Some("second"));
/// assert!(calendar.is_empty());
/// # Ok::<(), bidcast::calendar::CalendarError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Calendar<E: Copy> {
    heap: Heap<E>,
    wheel: Wheel<E>,
    last: Moment,
    sequence: u64,
}

impl<E: Copy> Calendar<E> {
    /// Makes an empty calendar whose clock stands at `start`.
    ///
    /// A start more than a million years from 2025 stands at the end of that range.
    pub fn new(start: SimTime) -> Self {
        let minutes = start.minutes().clamp(-TIME_HALF_RANGE, TIME_HALF_RANGE - 1);
        let last = Moment(((minutes + TIME_HALF_RANGE) as u64) << PHASE_BITS);
        Self { heap: Heap::new(), wheel: Wheel::new(), last, sequence: 0 }
    }

    /// Time of the event that was popped last; the start before the first.
    #[inline]
    pub fn now(&self) -> SimTime {
        self.last.time()
    }

    /// Schedules an event that can be cancelled or moved by its ticket.
    ///
    /// # Errors
    ///
    /// When `(at, phase)` is before what was popped last, or a limit is exceeded.
    #[inline]
    pub fn schedule(&mut self, at: SimTime, phase: u8, event: E) -> Result<Ticket, CalendarError> {
        let moment = self.open_moment(at, phase)?;
        let sequence = self.next_sequence()?;
        self.heap.push(moment, sequence, event).ok_or(CalendarError::Full)
    }

    /// Schedules an event that will not be cancelled, at less cost when it falls on the start of a day.
    ///
    /// The start of a day less than 64 days ahead costs constant time; any other instant is as good, but costs what
    /// [`schedule`](Self::schedule) costs.
    ///
    /// # Errors
    ///
    /// When `(at, phase)` is before what was popped last, or a limit is exceeded.
    #[inline]
    pub fn schedule_dense(&mut self, at: SimTime, phase: u8, event: E) -> Result<(), CalendarError> {
        let moment = self.open_moment(at, phase)?;
        let sequence = self.next_sequence()?;
        if Wheel::<E>::spans(self.now(), at) {
            self.wheel.push(moment, sequence, event);
            return Ok(());
        }
        self.heap.push(moment, sequence, event).map(drop).ok_or(CalendarError::Full)
    }

    /// Takes an event out; `None` when it was popped or cancelled before.
    #[inline]
    pub fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        self.heap.cancel(ticket)
    }

    /// Moves an event to another time, in the same phase and under the same ticket; `false` when it was popped or
    /// cancelled before.
    ///
    /// # Errors
    ///
    /// When the new `(time, phase)` is before what was popped last, or a limit is exceeded; the event then stays where
    /// it was.
    #[inline]
    pub fn reschedule(&mut self, ticket: Ticket, at: SimTime) -> Result<bool, CalendarError> {
        let Some(phase) = self.heap.phase(ticket) else {
            return Ok(false);
        };
        let moment = self.open_moment(at, phase)?;
        let sequence = self.next_sequence()?;
        Ok(self.heap.reschedule(ticket, moment, sequence))
    }

    /// Takes the next event and sets the clock to it.
    #[inline]
    pub fn pop(&mut self) -> Option<Fired<E>> {
        let (key, event) =
            if self.wheel.next() < self.heap.next() { self.wheel.pop() } else { self.heap.pop() }?;
        self.last = key.moment();
        Some(Fired { time: self.last.time(), phase: self.last.phase(), event })
    }

    /// Time of the next event.
    #[inline]
    pub fn peek_time(&self) -> Option<SimTime> {
        let next = self.heap.next().min(self.wheel.next());
        (next != Key::NEVER).then(|| next.moment().time())
    }

    /// Number of pending events.
    #[inline]
    pub fn len(&self) -> usize {
        self.heap.len() + self.wheel.len()
    }

    /// Whether nothing is pending.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops all pending events and kills their tickets; keeps the clock and the memory.
    pub fn clear(&mut self) {
        self.heap.clear();
        self.wheel.clear();
    }

    /// Packs a moment that is not in the past.
    #[inline]
    fn open_moment(&self, at: SimTime, phase: u8) -> Result<Moment, CalendarError> {
        let moment = Moment::pack(at, phase).ok_or(CalendarError::OutOfRange { at })?;
        if moment < self.last {
            let (now, now_phase) = (self.last.time(), self.last.phase());
            return Err(CalendarError::InThePast { now, now_phase, at, at_phase: phase });
        }
        Ok(moment)
    }

    #[inline]
    fn next_sequence(&mut self) -> Result<u64, CalendarError> {
        let sequence = self.sequence;
        if sequence >> SEQUENCE_BITS != 0 {
            return Err(CalendarError::Full);
        }
        self.sequence += 1;
        Ok(sequence)
    }
}
