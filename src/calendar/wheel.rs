//! A wheel of days: constant-time scheduling for the work that recurs at the start of days.
//!
//! The wheel has one place for each of the next 64 days, and in each place one queue per phase. As events are
//! scheduled in order of sequence, a queue is in order by construction; one word tells which days have events.

use std::collections::VecDeque;

use super::key::{Key, Moment};
use crate::units::SimTime;

/// Days that the wheel spans, from the current one: as many as a word has bits. All monthly work fits.
const N_DAYS: i64 = u64::BITS as i64;

/// The events of one phase of one day, first in, first out.
#[derive(Debug, Clone)]
struct Lane<E> {
    phase: u8,
    queue: VecDeque<(u64, E)>,
}

#[derive(Debug, Clone)]
pub(super) struct Wheel<E> {
    /// Queues of each day by ascending phase; emptied queues stay, for their memory.
    days: Vec<Vec<Lane<E>>>,
    /// Bit `d` is set when the day at place `d` has events.
    occupied: u64,
    /// Key of the next event.
    next: Key,
    len: usize,
}

impl<E: Copy> Wheel<E> {
    pub(super) fn new() -> Self {
        Self { days: vec![Vec::new(); N_DAYS as usize], occupied: 0, next: Key::NEVER, len: 0 }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Key of the next event; [`Key::NEVER`] when there is none.
    #[inline]
    pub(super) fn next(&self) -> Key {
        self.next
    }

    /// Whether the wheel has a place for an instant that is not in the past: the start of a day within its span.
    ///
    /// Events only wait here between now and the end of the span, so that no two days share a place.
    #[inline]
    pub(super) fn spans(now: SimTime, at: SimTime) -> bool {
        at.minute_of_day() == 0 && at.day() - now.day() < N_DAYS
    }

    /// Adds an event at an instant that the wheel [spans](Self::spans).
    #[inline]
    pub(super) fn push(&mut self, moment: Moment, sequence: u64, event: E) {
        let place = place(moment);
        let phase = moment.phase();
        let lanes = &mut self.days[place];
        let lane = match lanes.binary_search_by_key(&phase, |lane| lane.phase) {
            Ok(found) => &mut lanes[found],
            Err(gap) => {
                lanes.insert(gap, Lane { phase, queue: VecDeque::new() });
                &mut lanes[gap]
            }
        };
        lane.queue.push_back((sequence, event));
        self.occupied |= 1 << place;
        self.len += 1;
        self.next = self.next.min(moment.key(sequence, 0));
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<(Key, E)> {
        if self.len == 0 {
            return None;
        }
        let key = self.next;
        let moment = key.moment();
        let lane = self.days[place(moment)].iter_mut().find(|lane| lane.phase == moment.phase())?;
        let (_, event) = lane.queue.pop_front()?;
        self.len -= 1;
        self.next = match lane.queue.front() {
            Some(&(sequence, _)) => moment.key(sequence, 0),
            None => self.find_next(moment.time()),
        };
        Some((key, event))
    }

    pub(super) fn clear(&mut self) {
        for lane in self.days.iter_mut().flatten() {
            lane.queue.clear();
        }
        self.occupied = 0;
        self.next = Key::NEVER;
        self.len = 0;
    }

    /// Key of the first event from the day of `from` on; forgets that day when it has no more.
    fn find_next(&mut self, from: SimTime) -> Key {
        let mut day = from.day();
        while self.occupied != 0 {
            // The bit of the current day comes first, then those of the days after it, around the wheel.
            let ahead = self.occupied.rotate_right(place_of_day(day) as u32);
            day += i64::from(ahead.trailing_zeros());
            let place = place_of_day(day);
            let mut fronts =
                self.days[place].iter().filter_map(|lane| Some((lane.phase, lane.queue.front()?.0)));
            if let Some((phase, sequence)) = fronts.next() {
                return Key::pack(SimTime::from_days(day), phase, sequence, 0).unwrap_or(Key::NEVER);
            }
            self.occupied &= !(1 << place);
        }
        Key::NEVER
    }
}

#[inline]
fn place(moment: Moment) -> usize {
    place_of_day(moment.time().day())
}

#[inline]
fn place_of_day(day: i64) -> usize {
    day.rem_euclid(N_DAYS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(wheel: &mut Wheel<u64>, day: i64, phase: u8, sequence: u64) {
        wheel.push(Moment::pack(SimTime::from_days(day), phase).unwrap(), sequence, sequence);
    }

    fn pop(wheel: &mut Wheel<u64>) -> Option<(i64, u8, u64)> {
        wheel.pop().map(|(key, event)| (key.moment().time().day(), key.moment().phase(), event))
    }

    #[test]
    fn spans_the_starts_of_64_days() {
        let now = SimTime::from_minutes(-1);
        assert!(Wheel::<()>::spans(now, SimTime::from_days(0)));
        assert!(Wheel::<()>::spans(now, SimTime::from_days(62)));
        assert!(!Wheel::<()>::spans(now, SimTime::from_days(63)));
        assert!(!Wheel::<()>::spans(now, SimTime::from_minutes(1)));
    }

    #[test]
    fn days_come_in_order_around_the_wheel() {
        let mut wheel = Wheel::new();
        for (sequence, day) in [(0, 63), (1, -1), (2, 0), (3, 62)] {
            // -1 and 63 would share a place; the caller's span keeps them apart.
            if day < 63 {
                push(&mut wheel, day, 0, sequence);
            }
        }
        assert_eq!(pop(&mut wheel), Some((-1, 0, 1)));
        push(&mut wheel, 63, 0, 4);
        assert_eq!(pop(&mut wheel), Some((0, 0, 2)));
        assert_eq!(pop(&mut wheel), Some((62, 0, 3)));
        assert_eq!(pop(&mut wheel), Some((63, 0, 4)));
        assert_eq!((pop(&mut wheel), wheel.len()), (None, 0));
    }

    #[test]
    fn phases_of_a_day_come_in_order_and_a_later_push_can_go_first() {
        let mut wheel = Wheel::new();
        push(&mut wheel, 5, 9, 0);
        push(&mut wheel, 5, 3, 1);
        push(&mut wheel, 5, 9, 2);
        assert_eq!(pop(&mut wheel), Some((5, 3, 1)));
        push(&mut wheel, 5, 4, 3);
        assert_eq!(pop(&mut wheel), Some((5, 4, 3)));
        assert_eq!(pop(&mut wheel), Some((5, 9, 0)));
        assert_eq!(pop(&mut wheel), Some((5, 9, 2)));
        assert_eq!(wheel.next(), Key::NEVER);
    }
}
