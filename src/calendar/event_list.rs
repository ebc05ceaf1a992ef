//! The calendar: heap and ladder behind one order.

use thiserror::Error;

use super::heap::Heap;
use super::key::{Key, Moment, PHASE_BITS, SEQUENCE_BITS, TIME_HALF_RANGE, Ticket};
use super::ladder::Ladder;
use crate::units::SimTime;

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

/// A future event list; see the [module](super) for the order it promises.
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
/// calendar.schedule_without_ticket(SimTime::from_days(1), 0, "first")?;
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
    ladder: Ladder<E>,
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
        Self { heap: Heap::new(), ladder: Ladder::new(), last, sequence: 0 }
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

    /// Schedules an event that nobody will cancel or move, at less cost.
    ///
    /// The cost does not grow with what is pending, unless very many events are scheduled before the next that is.
    ///
    /// # Errors
    ///
    /// When `(at, phase)` is before what was popped last, or a limit is exceeded.
    #[inline]
    pub fn schedule_without_ticket(&mut self, at: SimTime, phase: u8, event: E) -> Result<(), CalendarError> {
        let moment = self.open_moment(at, phase)?;
        let sequence = self.next_sequence()?;
        if self.ladder.push(moment, sequence, event) {
            Ok(())
        } else {
            self.push_on_heap(moment, sequence, event)
        }
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
            if self.ladder.next() < self.heap.next() { self.ladder.pop() } else { self.heap.pop() }?;
        self.last = key.moment();
        Some(Fired { time: self.last.time(), phase: self.last.phase(), event })
    }

    /// Time of the next event.
    #[inline]
    pub fn peek_time(&self) -> Option<SimTime> {
        let next = self.heap.next().min(self.ladder.next());
        (next != Key::NEVER).then(|| next.moment().time())
    }

    /// Number of pending events.
    #[inline]
    pub fn len(&self) -> usize {
        self.heap.len() + self.ladder.len()
    }

    /// Whether nothing is pending.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops all pending events and kills their tickets; keeps the clock and the memory.
    pub fn clear(&mut self) {
        self.heap.clear();
        self.ladder.clear();
    }

    /// The heap takes any event, at its own cost; out of line, as the ladder refuses few.
    #[cold]
    #[inline(never)]
    fn push_on_heap(&mut self, moment: Moment, sequence: u64, event: E) -> Result<(), CalendarError> {
        self.heap.push(moment, sequence, event).map(drop).ok_or(CalendarError::Full)
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
