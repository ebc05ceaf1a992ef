//! The events that come next, in order: a short sorted run that is read from its head.

use super::key::{Key, Moment};

/// Entries that were read and still take room before the others are moved up.
const N_READ: usize = 64;

/// An event without a ticket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<E> {
    pub(super) moment: Moment,
    pub(super) sequence: u64,
    pub(super) event: E,
}

impl<E> Entry<E> {
    #[inline]
    pub(super) fn key(&self) -> Key {
        self.moment.key(self.sequence, 0)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Front<E> {
    /// Ascending by moment, and of one moment by sequence.
    entries: Vec<Entry<E>>,
    /// Entries that were read.
    n_read: usize,
}

impl<E: Copy> Front<E> {
    pub(super) fn new() -> Self {
        Self { entries: Vec::new(), n_read: 0 }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.n_read
    }

    #[inline]
    pub(super) fn first(&self) -> Option<&Entry<E>> {
        self.entries.get(self.n_read)
    }

    #[inline]
    pub(super) fn last(&self) -> Option<&Entry<E>> {
        self.entries.get(self.n_read..)?.last()
    }

    /// Adds an entry whose sequence number is larger than all before it: behind those of its moment.
    #[inline]
    pub(super) fn insert(&mut self, entry: Entry<E>) {
        if self.n_read > N_READ && self.n_read >= self.len() {
            self.entries.drain(..self.n_read);
            self.n_read = 0;
        }
        let mut place = self.entries.len();
        self.entries.push(entry);
        while place > self.n_read && entry.moment < self.entries[place - 1].moment {
            self.entries[place] = self.entries[place - 1];
            place -= 1;
        }
        self.entries[place] = entry;
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Entry<E>> {
        let entry = *self.first()?;
        self.n_read += 1;
        Some(entry)
    }

    /// Takes the entries of `slot`, which are in order of sequence at each moment, in exchange for its own memory.
    ///
    /// Nothing may be left in the front.
    #[inline]
    pub(super) fn take(&mut self, slot: &mut Vec<Entry<E>>) {
        self.clear();
        std::mem::swap(&mut self.entries, slot);
        self.entries.sort_by_key(|entry| entry.moment);
    }

    /// Takes all entries out, in order.
    #[inline]
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Entry<E>> {
        self.entries.drain(..std::mem::take(&mut self.n_read)).for_each(drop);
        self.entries.drain(..)
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.n_read = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(moment: u64, sequence: u64) -> Entry<u64> {
        Entry { moment: Moment(moment), sequence, event: sequence }
    }

    fn rest(front: &mut Front<u64>) -> Vec<(u64, u64)> {
        std::iter::from_fn(|| front.pop()).map(|entry| (entry.moment.0, entry.event)).collect()
    }

    #[test]
    fn equal_moments_stay_in_order_of_sequence() {
        let mut front = Front::new();
        front.take(&mut vec![entry(7, 0), entry(5, 1), entry(7, 2), entry(5, 3)]);
        assert_eq!(front.pop().map(|entry| entry.event), Some(1));
        front.insert(entry(5, 4));
        front.insert(entry(6, 5));
        front.insert(entry(7, 6));
        assert_eq!((front.len(), front.last().map(|entry| entry.event)), (6, Some(6)));
        assert_eq!(rest(&mut front), [(5, 3), (5, 4), (6, 5), (7, 0), (7, 2), (7, 6)]);
    }

    #[test]
    fn what_was_read_is_drained_no_more() {
        let mut front = Front::new();
        (0..5).for_each(|i| front.insert(entry(i, i)));
        front.pop();
        front.pop();
        assert_eq!(front.drain().map(|entry| entry.event).collect::<Vec<u64>>(), [2, 3, 4]);
        front.insert(entry(9, 9));
        assert_eq!(rest(&mut front), [(9, 9)]);
    }

    #[test]
    fn a_front_that_is_never_empty_does_not_grow() {
        let mut front = Front::new();
        front.insert(entry(0, 0));
        for i in 1..10_000 {
            front.insert(entry(i, i));
            assert_eq!(front.pop().map(|entry| entry.event), Some(i - 1));
        }
        assert!(front.entries.len() <= 2 * N_READ, "{}", front.entries.len());
    }
}
