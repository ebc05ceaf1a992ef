//! What the queues are asked to do. Delays are drawn beforehand, so that only the queue is timed; every queue gets the same.

use bidcast::rng::Streams;
use bidcast::units::MINUTES_PER_DAY;

use super::queues::{Cancel, Queue};

/// Mean delay of an event of the hold model: that of a creative, a deal or a payout, 30 days.
const MEAN_DELAY_MINUTES: f64 = 30.0 * MINUTES_PER_DAY as f64;
/// Delays drawn beforehand and used again and again; a power of two.
const N_DELAYS: usize = 1 << 16;

/// Exponential delays in whole minutes, one after the other.
#[derive(Clone)]
pub(crate) struct Delays {
    minutes: Vec<i64>,
    next: usize,
}

impl Delays {
    pub(crate) fn new(mean_minutes: f64) -> Self {
        let mut stream = Streams::new(1, 0).open(1, 0, 0);
        let minutes = (0..N_DELAYS).map(|_| (mean_minutes * stream.exponential()) as i64).collect();
        Self { minutes, next: 0 }
    }

    fn draw(&mut self) -> i64 {
        self.next = (self.next + 1) % N_DELAYS;
        self.minutes[self.next]
    }
}

/// The hold model: so many events are pending; the next is taken, and one is scheduled a random delay later.
pub(crate) struct Hold<Q> {
    pub(crate) queue: Q,
    delays: Delays,
    n_events: u32,
    /// Walks over the events in an order that is neither theirs nor that of time.
    victim: u32,
}

impl<Q: Queue> Hold<Q> {
    pub(crate) fn new(n_events: usize) -> Self {
        let mut hold = Self {
            queue: Q::new(n_events),
            delays: Delays::new(MEAN_DELAY_MINUTES),
            n_events: n_events as u32,
            victim: 0,
        };
        for event in 0..hold.n_events {
            hold.queue.schedule(hold.delays.draw(), event);
        }
        hold
    }

    /// One hold; gives the minute, for comparisons.
    pub(crate) fn step(&mut self) -> i64 {
        let (now, event) = self.queue.pop();
        self.queue.schedule(now + self.delays.draw(), event);
        now
    }
}

impl<Q: Cancel> Hold<Q> {
    /// One hold in which `n_cancelled` events are put off besides: taken back and scheduled anew.
    pub(crate) fn step_with_cancels(&mut self, n_cancelled: u32) -> i64 {
        let now = self.step();
        for _ in 0..n_cancelled {
            // A prime step visits every event before any for the second time.
            self.victim = (self.victim + 7_919) % self.n_events;
            self.queue.cancel(self.victim);
            self.queue.schedule(now + self.delays.draw(), self.victim);
        }
        now
    }
}

/// So many events each recur at the start of every day: the daily round of a market.
pub(crate) struct Daily<Q> {
    queue: Q,
}

impl<Q: Queue> Daily<Q> {
    pub(crate) fn new(n_events: usize) -> Self {
        let mut queue = Q::new(n_events);
        for event in 0..n_events as u32 {
            queue.schedule(MINUTES_PER_DAY, event);
        }
        Self { queue }
    }

    /// One event is taken and comes again on the next day.
    pub(crate) fn step(&mut self) -> i64 {
        let (now, event) = self.queue.pop();
        self.queue.schedule(now + MINUTES_PER_DAY, event);
        now
    }
}

/// A queue with one server, arrivals at 0.8 of what it can serve: two events are pending at most.
pub(crate) struct SingleServer<Q> {
    queue: Q,
    arrivals: Delays,
    services: Delays,
    waiting: u64,
    served: u64,
}

const ARRIVAL: u32 = 0;
const DEPARTURE: u32 = 1;

impl<Q: Queue> SingleServer<Q> {
    pub(crate) fn new() -> Self {
        let mean_service_minutes = 1_000.0;
        let mut queue = Q::new(2);
        queue.schedule(0, ARRIVAL);
        let mut services = Delays::new(mean_service_minutes);
        // Both walk the same circle of draws; half a turn apart they never meet the same at once.
        services.next = N_DELAYS / 2;
        Self { queue, arrivals: Delays::new(mean_service_minutes / 0.8), services, waiting: 0, served: 0 }
    }

    /// One event; gives the number of customers served so far.
    pub(crate) fn step(&mut self) -> u64 {
        let (now, event) = self.queue.pop();
        if event == ARRIVAL {
            self.queue.schedule(now + self.arrivals.draw(), ARRIVAL);
            self.waiting += 1;
            if self.waiting == 1 {
                self.queue.schedule(now + self.services.draw(), DEPARTURE);
            }
        } else {
            self.served += 1;
            self.waiting -= 1;
            if self.waiting > 0 {
                self.queue.schedule(now + self.services.draw(), DEPARTURE);
            }
        }
        self.served
    }
}
