//! An indexed 4-ary heap: a priority queue whose entries can be taken out or moved by ticket.
//!
//! The heap itself holds keys only. Each key ends in a slot number, and tables by slot hold the event, where its key
//! stands in the heap, and the stamp that tells its ticket from those of earlier users of the slot.

use super::key::{Key, Moment, SLOT_BITS, Ticket};

/// Children of a node: shallower than a binary heap, and a node's children share a cache line.
const ARITY: usize = 4;
/// Stamp of a slot that holds no event; no sequence number is as large.
const VACANT: u64 = u64::MAX;

#[derive(Debug, Clone)]
pub(super) struct Heap<E> {
    keys: Vec<Key>,
    positions: Vec<u32>,
    stamps: Vec<u64>,
    events: Vec<E>,
    vacant: Vec<u32>,
}

impl<E: Copy> Heap<E> {
    pub(super) fn new() -> Self {
        Self {
            keys: Vec::new(),
            positions: Vec::new(),
            stamps: Vec::new(),
            events: Vec::new(),
            vacant: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Key of the next event; [`Key::NEVER`] when there is none.
    #[inline]
    pub(super) fn next(&self) -> Key {
        self.keys.first().copied().unwrap_or(Key::NEVER)
    }

    /// Adds an event; `None` when 2³² are pending.
    #[inline]
    pub(super) fn push(&mut self, moment: Moment, sequence: u64, event: E) -> Option<Ticket> {
        let slot = match self.vacant.pop() {
            Some(slot) => {
                self.events[slot as usize] = event;
                self.stamps[slot as usize] = sequence;
                slot
            }
            None => {
                let slot = u32::try_from(self.events.len()).ok()?;
                self.events.push(event);
                self.stamps.push(sequence);
                self.positions.push(0);
                slot
            }
        };
        let key = moment.key(sequence, slot);
        self.keys.push(key);
        self.rise(self.keys.len() - 1, key);
        Some(Ticket { slot, stamp: sequence })
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<(Key, E)> {
        let first = *self.keys.first()?;
        self.remove(0);
        Some((first, self.release(first.slot())))
    }

    #[inline]
    pub(super) fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        let position = self.position(ticket)?;
        self.remove(position);
        Some(self.release(ticket.slot))
    }

    /// Phase of a pending event; `None` when the ticket is dead.
    #[inline]
    pub(super) fn phase(&self, ticket: Ticket) -> Option<u8> {
        Some(self.keys[self.position(ticket)?].moment().phase())
    }

    /// Gives an event another key; `false` when the ticket is dead.
    #[inline]
    pub(super) fn reschedule(&mut self, ticket: Ticket, moment: Moment, sequence: u64) -> bool {
        let Some(position) = self.position(ticket) else {
            return false;
        };
        self.settle(position, moment.key(sequence, ticket.slot));
        true
    }

    pub(super) fn clear(&mut self) {
        for key in self.keys.drain(..) {
            self.stamps[key.slot() as usize] = VACANT;
            self.vacant.push(key.slot());
        }
    }

    /// Where the event of a live ticket stands.
    #[inline]
    fn position(&self, ticket: Ticket) -> Option<usize> {
        let slot = ticket.slot as usize;
        (self.stamps.get(slot) == Some(&ticket.stamp)).then(|| self.positions[slot] as usize)
    }

    /// Empties a slot and returns what it held.
    #[inline]
    fn release(&mut self, slot: u32) -> E {
        self.stamps[slot as usize] = VACANT;
        self.vacant.push(slot);
        self.events[slot as usize]
    }

    /// Takes the key at a position out of the heap: the last key fills the hole.
    #[inline]
    fn remove(&mut self, position: usize) {
        if let Some(last) = self.keys.pop()
            && position < self.keys.len()
        {
            self.settle(position, last);
        }
    }

    /// Puts a key where it belongs, starting from a hole anywhere in the heap.
    #[inline]
    fn settle(&mut self, hole: usize, key: Key) {
        if hole > 0 && key < self.keys[(hole - 1) / ARITY] {
            self.rise(hole, key);
        } else {
            self.sink(hole, key);
        }
    }

    #[inline]
    fn rise(&mut self, mut hole: usize, key: Key) {
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            let above = self.keys[parent];
            if above < key {
                break;
            }
            self.place(hole, above);
            hole = parent;
        }
        self.place(hole, key);
    }

    #[inline]
    fn sink(&mut self, mut hole: usize, key: Key) {
        loop {
            let first = hole * ARITY + 1;
            let child = if let Some(&[a, b, c, d]) =
                self.keys.get(first..first + ARITY).and_then(|kids| kids.first_chunk())
            {
                // Two independent comparisons, then one: no chain of four.
                let left = if b < a { (b, first + 1) } else { (a, first) };
                let right = if d < c { (d, first + 3) } else { (c, first + 2) };
                if right.0 < left.0 { right } else { left }
            } else {
                let kids = self.keys.iter().copied().zip(0..).skip(first);
                let Some(least) = kids.min() else { break };
                least
            };
            if key < child.0 {
                break;
            }
            self.place(hole, child.0);
            hole = child.1;
        }
        self.place(hole, key);
    }

    #[inline]
    fn place(&mut self, position: usize, key: Key) {
        self.keys[position] = key;
        self.positions[key.slot() as usize] = position as u32;
    }
}

const _: () = assert!(SLOT_BITS == u32::BITS, "a slot number is a u32");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimTime;

    fn moment(minutes: i64) -> Moment {
        Moment::pack(SimTime::from_minutes(minutes), 0).unwrap()
    }

    /// Every key is behind its parent, and the tables agree with the heap.
    fn check<E: Copy>(heap: &Heap<E>) {
        for (position, key) in heap.keys.iter().enumerate() {
            assert!(position == 0 || heap.keys[(position - 1) / ARITY] < *key);
            assert_eq!(heap.positions[key.slot() as usize] as usize, position);
            assert_ne!(heap.stamps[key.slot() as usize], VACANT);
        }
        assert_eq!(heap.vacant.len() + heap.keys.len(), heap.events.len());
    }

    #[test]
    fn removal_from_every_position_keeps_the_heap_in_order() {
        // 37 is prime to 61, so times are scattered; among so many sizes the key that fills the hole goes both ways.
        for (n, removed) in (2..61).flat_map(|n| (0..n).map(move |removed| (n, removed))) {
            let mut heap = Heap::new();
            let tickets: Vec<Ticket> =
                (0..n).filter_map(|i| heap.push(moment((i * 37 % 61) as i64), i, i)).collect();
            assert_eq!(heap.cancel(tickets[removed as usize]), Some(removed));
            assert_eq!(heap.cancel(tickets[removed as usize]), None);
            assert_eq!(heap.len() as u64, n - 1);
            check(&heap);
        }
    }

    #[test]
    fn slots_are_used_again_but_tickets_are_not() {
        let mut heap = Heap::new();
        let first = heap.push(moment(1), 0, 'a').unwrap();
        assert_eq!(heap.pop().map(|(_, event)| event), Some('a'));
        let second = heap.push(moment(1), 1, 'b').unwrap();
        assert_eq!(first.slot, second.slot);
        assert_eq!(heap.cancel(first), None);
        assert!(!heap.reschedule(first, moment(5), 2));
        assert_eq!(heap.cancel(second), Some('b'));
        check(&heap);
    }

    #[test]
    fn clearing_keeps_memory_and_kills_tickets() {
        let mut heap = Heap::new();
        let tickets: Vec<Ticket> = (0..10).filter_map(|i| heap.push(moment(0), i, i)).collect();
        let capacity = heap.keys.capacity();
        heap.clear();
        assert_eq!((heap.len(), heap.next()), (0, Key::NEVER));
        assert_eq!(heap.keys.capacity(), capacity);
        assert!(tickets.iter().all(|&ticket| heap.cancel(ticket).is_none()));
        assert_eq!(heap.push(moment(0), 10, 10).map(|ticket| (ticket.slot as usize) < capacity), Some(true));
        check(&heap);
    }
}
