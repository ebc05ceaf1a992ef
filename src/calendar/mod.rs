//! The future event list: what happens next, and nothing about what it means.
//!
//! [`Calendar`] joins two structures behind one order: an indexed 4-ary heap for events that may be cancelled or moved
//! (`heap`), and a ladder of ever finer slots for all others (`ladder`), whose next events are a short sorted run
//! (`front`).
//!
//! # Ordering guarantees
//!
//! 1. Events are popped in ascending order of `(time, phase, sequence)`. Time is in whole minutes, the phase is a
//!    small number that the caller chooses, and the sequence is the order of scheduling.
//! 2. Events of equal time and phase are therefore popped first in, first out; nothing else, such as the event's
//!    content or the structure that holds it, decides a tie.
//! 3. Rules 1 and 2 hold across [`schedule`](Calendar::schedule) and
//!    [`schedule_without_ticket`](Calendar::schedule_without_ticket): both take their sequence numbers from one counter.
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

mod event_list;
mod front;
mod heap;
mod key;
mod ladder;

pub use event_list::{Calendar, CalendarError, Fired};
pub use key::Ticket;
