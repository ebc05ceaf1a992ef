//! Acquisition cohorts by app, region and day, kept as totals by stage of age: people and offered value in integers.
//!
//! A stage's total gains what turns the stage's first age today and loses what turns the next one's, both looked up in a
//! ring of daily cohorts. That is the sum over all cohorts exactly, at a cost that does not grow with their number.

use crate::market::stages::{LAST_STAGE_START, N_STAGES, STAGE_STARTS};

/// No book: the app is not active in the region.
pub const NO_BOOK: u32 = u32::MAX;

/// The cohort books of all apps and regions, in a slab.
#[derive(Debug, Clone, Default)]
pub struct CohortBooks {
    /// People by stage of age, as installed (retention applies when read).
    pub people: Vec<[i64; N_STAGES]>,
    /// Offered lifetime value by stage, micro-dollars.
    pub value: Vec<[i64; N_STAGES]>,
    /// People who left the open last stage for good.
    pub departed: Vec<i64>,
    /// People ever installed.
    pub installed: Vec<i64>,
    people_ring: Vec<u32>,
    value_ring: Vec<i64>,
    free: Vec<u32>,
}

/// Books whose rings lie interleaved, day by day: books are visited in turn and look up the same days.
const SIDE_BY_SIDE: usize = 16;

/// Place of a day in the ring of a book.
#[inline]
fn ring_place(slot: usize, day: usize) -> usize {
    (slot / SIDE_BY_SIDE * LAST_STAGE_START + day) * SIDE_BY_SIDE + slot % SIDE_BY_SIDE
}

impl CohortBooks {
    /// Opens an empty book and gives its slot.
    pub fn open(&mut self) -> u32 {
        let slot = if let Some(slot) = self.free.pop() {
            slot as usize
        } else {
            self.people.push([0; N_STAGES]);
            self.value.push([0; N_STAGES]);
            self.departed.push(0);
            self.installed.push(0);
            if self.people_ring.len() < self.people.len() * LAST_STAGE_START {
                let room = self.people_ring.len() + SIDE_BY_SIDE * LAST_STAGE_START;
                self.people_ring.resize(room, 0);
                self.value_ring.resize(room, 0);
            }
            self.people.len() - 1
        };
        self.people[slot] = [0; N_STAGES];
        self.value[slot] = [0; N_STAGES];
        self.departed[slot] = 0;
        self.installed[slot] = 0;
        for day in 0..LAST_STAGE_START {
            let at = ring_place(slot, day);
            (self.people_ring[at], self.value_ring[at]) = (0, 0);
        }
        slot as u32
    }

    /// Moves all cohorts of one book into another, which must have been advanced to the same day, and closes it.
    pub fn absorb(&mut self, into: u32, from: u32) {
        let (a, b) = (into as usize, from as usize);
        for stage in 0..N_STAGES {
            self.people[a][stage] += self.people[b][stage];
            self.value[a][stage] += self.value[b][stage];
        }
        self.departed[a] += self.departed[b];
        self.installed[a] += self.installed[b];
        for age in 0..LAST_STAGE_START {
            let (to, at) = (ring_place(a, age), ring_place(b, age));
            self.people_ring[to] = self.people_ring[to].saturating_add(self.people_ring[at]);
            self.value_ring[to] += self.value_ring[at];
        }
        self.close(from);
    }

    /// Closes a book.
    pub fn close(&mut self, slot: u32) {
        self.free.push(slot);
    }

    /// Ages all cohorts of a book to `day` and adds the cohort of that day.
    ///
    /// Must be called once for each day in turn. `tail_survival` is the share of the open last stage that stays.
    pub fn advance(&mut self, slot: u32, day: i64, tail_survival: f64, people: u32, value: i64) {
        let slot = slot as usize;
        let today = day.rem_euclid(LAST_STAGE_START as i64) as usize;
        let at =
            |age: usize| ring_place(slot, if age > today { today + LAST_STAGE_START } else { today } - age);
        let (count, worth) = (&mut self.people[slot], &mut self.value[slot]);
        let last = N_STAGES - 1;
        let staying = (count[last] as f64 * tail_survival).round() as i64;
        self.departed[slot] += count[last] - staying;
        count[last] = staying;
        for stage in (1..N_STAGES).rev() {
            let cell = at(STAGE_STARTS[stage]);
            let (p, v) = (i64::from(self.people_ring[cell]), self.value_ring[cell]);
            count[stage - 1] -= p;
            count[stage] += p;
            worth[stage - 1] -= v;
            worth[stage] += v;
        }
        // What enters the open stage pays no more: its value leaves the book.
        worth[last] = 0;
        let today = at(0);
        self.people_ring[today] = people;
        self.value_ring[today] = value;
        count[0] += i64::from(people);
        worth[0] += value;
        self.installed[slot] += i64::from(people);
    }

    /// Sum over stages of people × rate.
    pub fn people_at(&self, slot: u32, rates: &[f64; N_STAGES]) -> f64 {
        self.people[slot as usize].iter().zip(rates).map(|(n, r)| *n as f64 * r).sum()
    }

    /// Sum over stages of value × rate, in USD.
    pub fn value_at(&self, slot: u32, rates: &[f64; N_STAGES]) -> f64 {
        self.value[slot as usize].iter().zip(rates).map(|(v, r)| *v as f64 * r).sum::<f64>() / 1e6
    }

    /// Books in use.
    pub fn len(&self) -> usize {
        self.people.len() - self.free.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_hold_exactly_the_cohorts_of_their_ages() {
        let mut books = CohortBooks::default();
        let slot = books.open();
        let cohort = |day: i64| 10 + (day * 7).rem_euclid(13) as u32;
        let n_days = 300_i64;
        for day in -20..n_days {
            books.advance(slot, day, 1.0, cohort(day), i64::from(cohort(day)) * 1_000);
        }
        let today = n_days - 1;
        for stage in 0..N_STAGES {
            let to = if stage + 1 < N_STAGES { STAGE_STARTS[stage + 1] } else { 10_000 };
            let expected: i64 = (-20..n_days)
                .filter(|d| (STAGE_STARTS[stage]..to).contains(&((today - d) as usize)))
                .map(|d| i64::from(cohort(d)))
                .sum();
            assert_eq!(books.people[slot as usize][stage], expected, "stage {stage}");
            if stage + 1 < N_STAGES {
                assert_eq!(books.value[slot as usize][stage], expected * 1_000, "stage {stage}");
            }
        }
        let all: i64 = books.people[slot as usize].iter().sum();
        assert_eq!(all + books.departed[slot as usize], books.installed[slot as usize]);
    }

    #[test]
    fn an_absorbed_book_ages_as_if_it_had_always_been_one() {
        let mut books = CohortBooks::default();
        let (a, b, sum) = (books.open(), books.open(), books.open());
        for day in 0..400 {
            let (x, y) = (7 + (day % 5) as u32, 3 + (day % 7) as u32);
            books.advance(sum, day, 1.0, x + y, i64::from(x + y) * 10);
            books.advance(
                a,
                day,
                1.0,
                if day <= 250 { x } else { x + y },
                i64::from(if day <= 250 { x } else { x + y }) * 10,
            );
            if day <= 250 {
                books.advance(b, day, 1.0, y, i64::from(y) * 10);
            }
            if day == 250 {
                books.absorb(a, b);
            }
        }
        assert_eq!(books.people[a as usize], books.people[sum as usize]);
        assert_eq!(books.value[a as usize], books.value[sum as usize]);
        assert_eq!(books.installed[a as usize], books.installed[sum as usize]);
        assert_eq!(books.len(), 2);
    }

    #[test]
    fn a_reused_book_starts_empty() {
        let mut books = CohortBooks::default();
        let slot = books.open();
        books.advance(slot, 0, 0.9, 5, 5);
        books.close(slot);
        assert_eq!(books.open(), slot);
        assert_eq!(books.people[slot as usize], [0; N_STAGES]);
        books.advance(slot, 241, 0.9, 0, 0);
        assert_eq!(books.people[slot as usize].iter().sum::<i64>(), 0);
    }
}
