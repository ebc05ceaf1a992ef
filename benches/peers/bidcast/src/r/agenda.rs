//! The calendar of bidcast as the queue of workload R.

use bidcast::calendar::Calendar;
use bidcast::units::SimTime;
use workload::columns::{Agenda, Event};

/// Ticks of a day. The calendar orders whole numbers, minutes in the market; these are finer, so that the law of the
/// workload stays as it is.
pub(crate) const DAY: i64 = 1 << 30;

/// The calendar and the instant from which delays count.
pub(crate) struct Queue {
    calendar: Calendar<Event>,
    now: i64,
    end: i64,
}

impl Queue {
    pub(crate) fn new(days: f64) -> Self {
        Self { calendar: Calendar::new(SimTime::ZERO), now: 0, end: (days * DAY as f64) as i64 }
    }

    /// Queues an event at a time in days.
    pub(crate) fn at(&mut self, days: f64, event: Event) {
        self.schedule((days * DAY as f64) as i64, event);
    }

    /// Tick of the next event; the end of the run when there is none.
    #[inline]
    pub(crate) fn next_time(&self) -> i64 {
        self.calendar.peek_time().map_or(self.end, SimTime::minutes)
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Event> {
        let fired = self.calendar.pop()?;
        self.now = fired.time.minutes();
        Some(fired.event)
    }

    /// Sets the instant from which delays count.
    #[inline]
    pub(crate) fn set_now(&mut self, now: i64) {
        self.now = now;
    }

    /// Queues an event unless it lies beyond the end of the run.
    #[inline]
    fn schedule(&mut self, at: i64, event: Event) {
        if at < self.end {
            self.calendar.schedule_without_ticket(SimTime::from_minutes(at), 0, event).expect("an instant of the run");
        }
    }
}

impl Agenda for Queue {
    #[inline]
    fn after(&mut self, days: f32, event: Event) {
        self.schedule(self.now + (days * DAY as f32) as i64, event);
    }
}
