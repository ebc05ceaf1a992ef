//! Titles (series): what ads are cut from.

use std::ops::{Index, IndexMut};

/// A title. All that its app's creative day needs of it lies together: titles are visited in no order of memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Title {
    /// Log appeal at release.
    pub log_appeal: f64,
    /// Half-life of appeal, days.
    pub half_life_days: f64,
    /// Day of release, with fraction.
    pub released_day: f64,
    /// Exposures of all materials cut from it.
    pub exposures: f64,
    /// Strength as of the last creative day, `(appeal · fatigue)^θ`.
    pub strength: f64,
    /// Force of its live lots, summed.
    pub force: f64,
    /// The same, each lot's times its yield.
    pub yielding: f64,
    /// Impressions per unit of force on the day before, while these are split over lots.
    pub impressions: f64,
    /// Live lots cut from it.
    pub lots: u32,
    /// Whether it is still in its owner's catalogue.
    pub in_catalogue: bool,
    /// Number of the title, counted from 0 in order of release: unlike its slot it is never given to another.
    pub number: u64,
}

/// State of the titles in a slab; a slot is reused after its title left the catalogue and its last lot went off air.
#[derive(Debug, Clone, Default)]
pub struct Titles {
    rows: Vec<Title>,
    /// Strength factor by region, `fit^θ`; `n_regions` a title.
    fit_strength: Vec<f64>,
    n_regions: usize,
    released: u64,
    free: Vec<u32>,
}

/// Traits of a new title.
#[derive(Debug, Clone, Copy)]
pub struct NewTitle<'a> {
    /// Log appeal at release.
    pub log_appeal: f64,
    /// Half-life, days.
    pub half_life_days: f64,
    /// Day of release.
    pub released_day: f64,
    /// Strength factor by region.
    pub fit_strength: &'a [f64],
}

impl Titles {
    /// An empty slab for `n_regions` regions.
    pub fn new(n_regions: usize) -> Self {
        Self { n_regions, ..Self::default() }
    }

    /// Adds a title and gives its slot.
    pub fn add(&mut self, title: &NewTitle<'_>) -> u32 {
        let row = Title {
            log_appeal: title.log_appeal,
            half_life_days: title.half_life_days,
            released_day: title.released_day,
            exposures: 0.0,
            strength: 0.0,
            force: 0.0,
            yielding: 0.0,
            impressions: 0.0,
            lots: 0,
            in_catalogue: true,
            number: self.released,
        };
        self.released += 1;
        let Some(slot) = self.free.pop() else {
            self.rows.push(row);
            self.fit_strength.extend_from_slice(title.fit_strength);
            return self.rows.len() as u32 - 1;
        };
        self.rows[slot as usize] = row;
        let from = slot as usize * self.n_regions;
        self.fit_strength[from..from + self.n_regions].copy_from_slice(title.fit_strength);
        slot
    }

    /// Strength factors by region of a title.
    #[inline]
    pub fn fit(&self, slot: u32) -> &[f64] {
        let from = slot as usize * self.n_regions;
        &self.fit_strength[from..from + self.n_regions]
    }

    /// Sums strength × force × fit over titles, for each region.
    pub fn weigh(&self, slots: &[u32], sums: &mut [f64]) {
        sums.fill(0.0);
        for &slot in slots {
            let weight = self[slot].strength * self[slot].force;
            for (sum, fit) in sums.iter_mut().zip(self.fit(slot)) {
                *sum += weight * fit;
            }
        }
    }

    /// Takes a title out of the catalogue; its slot is freed once no lot hangs on it.
    pub fn leave_catalogue(&mut self, slot: u32) {
        self[slot].in_catalogue = false;
        self.free_if_idle(slot);
    }

    /// Notes that a lot cut from the title went on air; gives whether it is the only one.
    pub fn attach_lot(&mut self, slot: u32) -> bool {
        self[slot].lots += 1;
        self[slot].lots == 1
    }

    /// Notes that a lot cut from the title went off air.
    pub fn detach_lot(&mut self, slot: u32) {
        self[slot].lots -= 1;
        self.free_if_idle(slot);
    }

    fn free_if_idle(&mut self, slot: u32) {
        if !self[slot].in_catalogue && self[slot].lots == 0 {
            self.free.push(slot);
        }
    }

    /// Titles that there ever were.
    pub fn released(&self) -> u64 {
        self.released
    }

    /// Titles in use.
    pub fn len(&self) -> usize {
        self.rows.len() - self.free.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Index<u32> for Titles {
    type Output = Title;

    #[inline]
    fn index(&self, slot: u32) -> &Title {
        &self.rows[slot as usize]
    }
}

impl IndexMut<u32> for Titles {
    #[inline]
    fn index_mut(&mut self, slot: u32) -> &mut Title {
        &mut self.rows[slot as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_reused_only_when_nothing_hangs_on_it() {
        let mut titles = Titles::new(2);
        let fit = [1.0, 2.0];
        let new = NewTitle { log_appeal: 0.1, half_life_days: 20.0, released_day: 3.0, fit_strength: &fit };
        let a = titles.add(&new);
        titles.attach_lot(a);
        titles.leave_catalogue(a);
        let b = titles.add(&new);
        assert_ne!(a, b, "a lot still hangs on the first title");
        titles.detach_lot(a);
        assert_eq!(titles.len(), 1);
        assert_eq!(titles.add(&new), a);
        assert_eq!(titles.fit(a), &fit);
    }
}
