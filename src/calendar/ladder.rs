//! A ladder of ever finer slots: constant-time scheduling of events that nobody will cancel.
//!
//! The 48 bits of a moment are eight digits of six bits. An event waits on the rung of the highest digit in which it
//! differs from the time that the front has reached, in the slot of its own digit there, unsorted. When the front is
//! used up, the next slot becomes the front if it holds few events; otherwise it is spread over the rung below. So an
//! event moves down a few rungs in its life, whatever the number of events and the unit of time, and only the few that
//! come next are ever sorted.
//!
//! W. T. Tang, R. S. M. Goh, I. L.-J. Thng, *Ladder Queue*, ACM TOMACS 15 (2005), with the rungs of G. Varghese,
//! T. Lauck, *Hashed and Hierarchical Timing Wheels*, SOSP (1987).

use super::front::{Entry, Front};
use super::key::{Key, Moment};

/// Bits of a digit: a rung has as many slots as a word has bits.
const DIGIT_BITS: u32 = u64::BITS.ilog2();
/// Slots of a rung.
const N_SLOTS: usize = 1 << DIGIT_BITS;
/// Rungs.
const N_RUNGS: usize = Moment::BITS.div_ceil(DIGIT_BITS) as usize;
/// A slot of at most so many events is sorted; a larger one is spread.
const N_SORTED: usize = 24;
/// Events are sorted into a front of fewer; behind the last they may always queue.
const N_FRONT: usize = 64;

#[derive(Debug, Clone)]
pub(super) struct Ladder<E> {
    /// Every event up to `reached`.
    front: Front<E>,
    /// First moment of the slot that became the front.
    opened: Moment,
    /// Last moment of that slot.
    reached: Moment,
    /// The slots of all rungs, the finest rung first. In a slot, events of one moment are in order of sequence.
    slots: Vec<Vec<Entry<E>>>,
    /// By rung: bit `d` is set when the slot of digit `d` has events.
    occupied: [u64; N_RUNGS],
    len: usize,
}

impl<E: Copy> Ladder<E> {
    pub(super) fn new() -> Self {
        Self {
            front: Front::new(),
            opened: Moment::FIRST,
            reached: Moment::LAST,
            slots: vec![Vec::new(); N_RUNGS * N_SLOTS],
            occupied: [0; N_RUNGS],
            len: 0,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Key of the next event; [`Key::NEVER`] when there is none.
    #[inline]
    pub(super) fn next(&self) -> Key {
        self.front.first().map_or(Key::NEVER, Entry::key)
    }

    /// Adds an event whose moment is not in the past and whose sequence number is the largest so far; `false` when the
    /// front is too crowded to sort it in.
    #[inline]
    pub(super) fn push(&mut self, moment: Moment, sequence: u64, event: E) -> bool {
        let entry = Entry { moment, sequence, event };
        if moment > self.reached {
            self.wait(rung(moment, self.reached), entry);
        } else if self.front.len() < N_FRONT || self.front.last().is_some_and(|last| last.moment <= moment) {
            self.front.insert(entry);
        } else {
            return self.push_crowded(entry);
        }
        self.len += 1;
        true
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<(Key, E)> {
        let entry = self.front.pop()?;
        self.len -= 1;
        if self.front.len() == 0 {
            self.advance();
        }
        Some((entry.key(), entry.event))
    }

    pub(super) fn clear(&mut self) {
        self.front.clear();
        self.slots.iter_mut().for_each(Vec::clear);
        self.occupied = [0; N_RUNGS];
        (self.opened, self.reached) = (Moment::FIRST, Moment::LAST);
        self.len = 0;
    }

    /// Puts an event in its slot of a rung.
    #[inline]
    fn wait(&mut self, rung: usize, entry: Entry<E>) {
        let digit = digit(entry.moment, rung);
        self.slots[rung * N_SLOTS + digit].push(entry);
        self.occupied[rung] |= 1 << digit;
    }

    /// Fills the empty front with the events of the next slot.
    fn advance(&mut self) {
        // What waits on a lower rung is nearer.
        while let Some(rung) = self.occupied.iter().position(|&occupied| occupied != 0) {
            let place = rung * N_SLOTS + self.occupied[rung].trailing_zeros() as usize;
            self.occupied[rung] &= self.occupied[rung] - 1;
            if rung == 0 || self.slots[place].len() <= N_SORTED {
                self.front.take(&mut self.slots[place]);
                if let Some(first) = self.front.first() {
                    (self.opened, self.reached) = span(first.moment, rung);
                }
                return;
            }
            let mut entries = std::mem::take(&mut self.slots[place]);
            for entry in entries.drain(..) {
                self.wait(rung - 1, entry);
            }
            // The slot keeps its memory.
            self.slots[place] = entries;
        }
        // Nothing waits: whatever comes next is in front.
        (self.opened, self.reached) = (Moment::FIRST, Moment::LAST);
    }

    /// Adds an event to a front that has grown long, once that is spread over the rungs below its slot.
    ///
    /// It cannot be spread when all its events are due at once, nor when some are due before its slot: they came after
    /// the events before it were used up, and no rung has a place for them.
    #[cold]
    fn push_crowded(&mut self, entry: Entry<E>) -> bool {
        let (Some(first), Some(last)) = (self.front.first(), self.front.last()) else { return false };
        if first.moment == last.moment || first.moment.min(entry.moment) < self.opened {
            return false;
        }
        // All rungs below the slot of the front are empty.
        let rung = rung(first.moment, last.moment);
        let mut front = std::mem::replace(&mut self.front, Front::new());
        for entry in front.drain() {
            self.wait(rung, entry);
        }
        self.front = front;
        self.advance();
        self.push(entry.moment, entry.sequence, entry.event)
    }
}

/// Rung of the highest digit in which two moments differ.
#[inline]
fn rung(a: Moment, b: Moment) -> usize {
    ((a.0 ^ b.0).ilog2() / DIGIT_BITS) as usize
}

#[inline]
fn digit(moment: Moment, rung: usize) -> usize {
    (moment.0 >> (rung as u32 * DIGIT_BITS)) as usize % N_SLOTS
}

/// First and last moment of the slot that a moment has on a rung.
#[inline]
fn span(moment: Moment, rung: usize) -> (Moment, Moment) {
    let below = (1 << (rung as u32 * DIGIT_BITS)) - 1;
    (Moment(moment.0 & !below), Moment(moment.0 | below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;
    use std::collections::BTreeSet;

    /// Every event is where its moment says, and the words tell which slots have events.
    fn check(ladder: &Ladder<u64>) {
        assert!(ladder.front.last().is_none_or(|last| last.moment <= ladder.reached));
        let mut n_waiting = 0;
        for (place, slot) in ladder.slots.iter().enumerate() {
            let (level, number) = (place / N_SLOTS, place % N_SLOTS);
            assert_eq!(ladder.occupied[level] >> number & 1 == 1, !slot.is_empty());
            for entry in slot {
                assert!(entry.moment > ladder.reached);
                assert_eq!((rung(entry.moment, ladder.reached), digit(entry.moment, level)), (level, number));
            }
            n_waiting += slot.len();
        }
        assert_eq!(ladder.front.len() + n_waiting, ladder.len());
        assert!(ladder.front.len() > 0 || n_waiting == 0);
    }

    #[test]
    fn pops_in_order_whatever_the_number_of_events_and_the_unit_of_time() {
        let mut stream = Streams::new(20_250_101, 0).open(0, 0, 0);
        let cases = [1, 2, 60, 500, 3_000].into_iter().flat_map(|n| [0, 3, 9, 20, 41].map(|bits| (n, bits)));
        for (n_pending, bits) in cases {
            let (mut ladder, mut refused, mut pending) = (Ladder::new(), BTreeSet::new(), BTreeSet::new());
            let (mut now, mut n_refused) = (Moment(12_345), 0);
            let n_events = 200 + 3 * n_pending as u64;
            for sequence in 0..n_events {
                // Mostly near and seldom far, so that every rung is used; in small units most moments are shared.
                let delay = (stream.unit().powi(4) * (2.0_f64).powi(bits)) as u64;
                let moment = Moment(now.0 + delay);
                pending.insert((moment, sequence));
                if !ladder.push(moment, sequence, sequence) {
                    refused.insert((moment, sequence));
                    n_refused += 1;
                }
                while pending.len() > if sequence + 1 < n_events { n_pending } else { 0 } {
                    let (moment, sequence) = pending.pop_first().unwrap();
                    if !refused.remove(&(moment, sequence)) {
                        assert_eq!(ladder.pop(), Some((moment.key(sequence, 0), sequence)));
                    }
                    now = moment;
                }
                if sequence % 64 == 0 {
                    check(&ladder);
                }
            }
            assert_eq!((ladder.pop(), ladder.len(), ladder.next()), (None, 0, Key::NEVER));
            // What the ladder refuses costs more. Where moments are few, their crowds stand in the way.
            assert!(bits < 9 || n_refused * 20 < n_events, "{n_pending} {bits}: {n_refused} of {n_events}");
        }
    }

    #[test]
    fn a_crowd_at_one_moment_is_first_in_first_out() {
        let mut ladder = Ladder::new();
        let crowd = Moment(1 << 30);
        for sequence in 0..1_000 {
            assert!(ladder.push(crowd, sequence, sequence));
        }
        // To move a thousand would cost too much.
        assert!(!ladder.push(Moment(5), 1_000, 1_000));
        assert!(ladder.push(crowd, 1_001, 1_001));
        check(&ladder);
        for sequence in (0..1_000).chain([1_001]) {
            assert_eq!(ladder.pop(), Some((crowd.key(sequence, 0), sequence)));
        }
        assert_eq!(ladder.pop(), None);
    }

    #[test]
    fn what_comes_before_the_slot_of_the_front_is_sorted_in_or_refused() {
        let mut ladder = Ladder::new();
        for sequence in 0..200 {
            assert!(ladder.push(Moment(10 * sequence), sequence, sequence));
        }
        // This spreads the front. Once it is used up to 60, the next slot opens at 64.
        assert!(ladder.push(Moment(0), 200, 200));
        while ladder.next().moment() < Moment(64) {
            ladder.pop();
        }
        check(&ladder);
        let times = (300..500).map(|sequence| (Moment(62 + sequence % 2), sequence));
        let taken = times.take_while(|&(moment, sequence)| ladder.push(moment, sequence, sequence)).count();
        assert!(0 < taken && taken <= N_FRONT, "{taken}");
        check(&ladder);
        let moments: Vec<u64> = std::iter::from_fn(|| ladder.pop()).map(|(key, _)| key.moment().0).collect();
        assert!(moments.is_sorted());
        assert_eq!(moments.len(), taken + 193);
    }

    #[test]
    fn clearing_forgets_events_on_every_rung() {
        let mut ladder = Ladder::new();
        for sequence in 0..200 {
            assert!(ladder.push(Moment(sequence * sequence * sequence), sequence, sequence));
        }
        assert!(ladder.push(Moment(0), 200, 200));
        assert!(ladder.occupied.iter().filter(|&&occupied| occupied != 0).count() > 1);
        ladder.clear();
        check(&ladder);
        assert_eq!((ladder.pop(), ladder.len()), (None, 0));
        assert!(ladder.push(Moment::LAST, 201, 201));
        assert_eq!(ladder.pop(), Some((Moment::LAST.key(201, 0), 201)));
    }
}
