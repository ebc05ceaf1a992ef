//! A queue of day buckets: constant time to queue for a later day, one small sort a day.

use workload::columns::{Agenda, Event, Kind};

/// Ticks of a day.
pub(crate) const DAY: u64 = 1 << 32;
/// Bits of a key below its time.
const EVENT_BITS: u32 = 20;
const KINDS: [Kind; 4] = [Kind::Launch, Kind::Fatigue, Kind::Retire, Kind::Purchase];

/// Queued events as keys: time, kind, creative and app in one integer.
pub(crate) struct Queue {
    buckets: Vec<Vec<u64>>,
    today: Vec<u64>,
    position: usize,
    /// First day that still has its bucket.
    later: usize,
    now: u64,
}

impl Queue {
    pub(crate) fn new(n_days: usize) -> Self {
        Self { buckets: vec![Vec::new(); n_days], today: vec![u64::MAX], position: 0, later: 0, now: 0 }
    }

    /// Sorts the events of a day, which becomes the current one; a sentinel ends them.
    pub(crate) fn begin_day(&mut self, day: usize) {
        self.later = day + 1;
        self.position = 0;
        self.today = std::mem::take(&mut self.buckets[day]);
        self.today.sort_unstable();
        self.today.push(u64::MAX);
    }

    /// Time of the next event of the day.
    #[inline(always)]
    pub(crate) fn next_time(&self) -> u64 {
        self.today[self.position] >> EVENT_BITS
    }

    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Event {
        let key = self.today[self.position];
        self.position += 1;
        self.now = key >> EVENT_BITS;
        let (kind, creative) = (KINDS[(key >> 16 & 3) as usize], (key >> 12 & 15) as u8);
        Event { kind, creative, app: (key & 0xFFF) as u16 }
    }

    /// Sets the clock.
    #[inline(always)]
    pub(crate) fn set_now(&mut self, now: u64) {
        self.now = now;
    }

    #[cold]
    fn push_today(&mut self, key: u64) {
        let place = self.position + self.today[self.position..].partition_point(|&other| other < key);
        self.today.insert(place, key);
    }
}

impl Agenda for Queue {
    /// Drops what lies beyond the horizon.
    #[inline(always)]
    fn after(&mut self, days: f32, event: Event) {
        let time = self.now + (days * DAY as f32) as u64;
        let low = (event.kind as u64) << 16 | u64::from(event.creative) << 12 | u64::from(event.app);
        let (key, day) = (time << EVENT_BITS | low, (time / DAY) as usize);
        if day < self.later {
            self.push_today(key);
        } else if let Some(bucket) = self.buckets.get_mut(day) {
            bucket.push(key);
        }
    }
}
