//! The standard library's binary heap as a queue of future events.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

struct Scheduled<E> {
    time: f64,
    sequence: u64,
    event: E,
}

impl<E> Ord for Scheduled<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest first: the earliest must be the greatest.
        other.time.total_cmp(&self.time).then(other.sequence.cmp(&self.sequence))
    }
}

impl<E> PartialOrd for Scheduled<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Scheduled<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<E> Eq for Scheduled<E> {}

/// Future events in the order of their times, and a clock.
pub struct Queue<E> {
    heap: BinaryHeap<Scheduled<E>>,
    sequence: u64,
    now: f64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), sequence: 0, now: 0.0 }
    }
}

impl<E> Queue<E> {
    /// Time of the event that was popped last.
    pub fn now(&self) -> f64 {
        self.now
    }

    /// Queues an event.
    pub fn schedule(&mut self, delay: f64, event: E) {
        self.sequence += 1;
        self.heap.push(Scheduled { time: self.now + delay, sequence: self.sequence, event });
    }

    /// Takes the next event and sets the clock to it.
    pub fn pop(&mut self) -> Option<E> {
        let next = self.heap.pop()?;
        self.now = next.time;
        Some(next.event)
    }
}
