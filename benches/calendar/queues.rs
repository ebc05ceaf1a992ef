//! The queues that are compared, behind one small trait: the calendar in both of its ways, and std's binary heap in two.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

use bidcast::calendar::{Calendar, Ticket};
use bidcast::units::SimTime;

/// A future event list of numbered events.
pub(crate) trait Queue {
    /// Made for events numbered below `n_events`.
    fn new(n_events: usize) -> Self;
    /// Adds an event, behind all others of its minute.
    fn schedule(&mut self, minute: i64, event: u32);
    /// Takes the next event, of which there is one.
    fn pop(&mut self) -> (i64, u32);
}

/// A queue in which an event, of which one is pending at most, can be taken back.
pub(crate) trait Cancel: Queue {
    /// Takes a pending event back.
    fn cancel(&mut self, event: u32);
    /// Entries held, dead ones included.
    fn held(&self) -> usize;
}

const PENDING: &str = "an event is pending";
const IN_RANGE: &str = "the minute is not in the past and within a million years";

fn taken(calendar: &mut Calendar<u32>) -> (i64, u32) {
    let fired = calendar.pop().expect(PENDING);
    (fired.time.minutes(), fired.event)
}

/// The calendar, every event with a ticket that nobody keeps.
pub(crate) struct Tickets(Calendar<u32>);

impl Queue for Tickets {
    fn new(_: usize) -> Self {
        Self(Calendar::new(SimTime::ZERO))
    }

    fn schedule(&mut self, minute: i64, event: u32) {
        black_box(self.0.schedule(SimTime::from_minutes(minute), 0, event).expect(IN_RANGE));
    }

    fn pop(&mut self) -> (i64, u32) {
        taken(&mut self.0)
    }
}

/// The calendar, no event with a ticket.
pub(crate) struct Dense(Calendar<u32>);

impl Queue for Dense {
    fn new(_: usize) -> Self {
        Self(Calendar::new(SimTime::ZERO))
    }

    fn schedule(&mut self, minute: i64, event: u32) {
        self.0.schedule_without_ticket(SimTime::from_minutes(minute), 0, event).expect(IN_RANGE);
    }

    fn pop(&mut self) -> (i64, u32) {
        taken(&mut self.0)
    }
}

/// The calendar, tickets kept by event as a model keeps them.
pub(crate) struct KeptTickets {
    calendar: Calendar<u32>,
    tickets: Vec<Option<Ticket>>,
}

impl Queue for KeptTickets {
    fn new(n_events: usize) -> Self {
        Self { calendar: Calendar::new(SimTime::ZERO), tickets: vec![None; n_events] }
    }

    fn schedule(&mut self, minute: i64, event: u32) {
        let ticket = self.calendar.schedule(SimTime::from_minutes(minute), 0, event).expect(IN_RANGE);
        self.tickets[event as usize] = Some(ticket);
    }

    fn pop(&mut self) -> (i64, u32) {
        taken(&mut self.calendar)
    }
}

impl Cancel for KeptTickets {
    fn cancel(&mut self, event: u32) {
        let ticket = self.tickets[event as usize].expect(PENDING);
        assert_eq!(self.calendar.cancel(ticket), Some(event));
    }

    fn held(&self) -> usize {
        self.calendar.len()
    }
}

/// The naive queue: std's heap of (minute, order of scheduling, event). Nothing can be taken back.
#[derive(Default)]
pub(crate) struct Std {
    heap: BinaryHeap<Reverse<(i64, u64, u32)>>,
    sequence: u64,
}

impl Queue for Std {
    fn new(_: usize) -> Self {
        Self::default()
    }

    fn schedule(&mut self, minute: i64, event: u32) {
        self.heap.push(Reverse((minute, self.sequence, event)));
        self.sequence += 1;
    }

    fn pop(&mut self) -> (i64, u32) {
        let Reverse((minute, _, event)) = self.heap.pop().expect(PENDING);
        (minute, event)
    }
}

/// Std's heap with lazy deletion: what is taken back stays, out of date, until its minute comes.
pub(crate) struct StdTombstones {
    heap: BinaryHeap<Reverse<(i64, u64, u32, u32)>>,
    sequence: u64,
    /// By event: version of it that counts; all others are dead.
    current: Vec<u32>,
}

impl Queue for StdTombstones {
    fn new(n_events: usize) -> Self {
        Self { heap: BinaryHeap::new(), sequence: 0, current: vec![0; n_events] }
    }

    fn schedule(&mut self, minute: i64, event: u32) {
        self.heap.push(Reverse((minute, self.sequence, event, self.current[event as usize])));
        self.sequence += 1;
    }

    fn pop(&mut self) -> (i64, u32) {
        loop {
            let Reverse((minute, _, event, version)) = self.heap.pop().expect(PENDING);
            if self.current[event as usize] == version {
                return (minute, event);
            }
        }
    }
}

impl Cancel for StdTombstones {
    fn cancel(&mut self, event: u32) {
        let version = &mut self.current[event as usize];
        *version = version.wrapping_add(1);
    }

    fn held(&self) -> usize {
        self.heap.len()
    }
}
