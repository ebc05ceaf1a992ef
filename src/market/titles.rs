//! Titles (series): what ads are cut from.

/// A title with live lots, as of its app's last creative day.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TitleDay {
    /// Strength, `(appeal · fatigue)^θ`.
    pub strength: f64,
    /// Force of its live lots, summed.
    pub force: f64,
    /// The same, each lot's times its yield.
    pub yielding: f64,
    /// Impressions per unit of force on the day before, while these are split over lots.
    pub impressions: f64,
}

/// State of the titles in a slab; a slot is reused after its title left the catalogue and its last lot went off air.
#[derive(Debug, Clone, Default)]
pub struct Titles {
    /// Number of the title, counted from 0 in order of release: unlike its slot it is never given to another.
    pub number: Vec<u64>,
    /// Log appeal at release.
    pub log_appeal: Vec<f64>,
    /// Half-life of appeal, days.
    pub half_life_days: Vec<f64>,
    /// Day of release, with fraction.
    pub released_day: Vec<f64>,
    /// Exposures of all materials cut from it.
    pub exposures: Vec<f64>,
    /// Live lots cut from it.
    pub lots: Vec<u32>,
    /// Whether it is still in its owner's catalogue.
    pub in_catalogue: Vec<bool>,
    /// What its live lots make of it today.
    pub today: Vec<TitleDay>,
    /// Strength factor by region, `fit^θ`; `n_regions` a title.
    pub fit_strength: Vec<f64>,
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
        let slot = if let Some(slot) = self.free.pop() {
            slot as usize
        } else {
            self.number.push(0);
            self.log_appeal.push(0.0);
            self.half_life_days.push(0.0);
            self.released_day.push(0.0);
            self.exposures.push(0.0);
            self.today.push(TitleDay::default());
            self.lots.push(0);
            self.in_catalogue.push(false);
            self.fit_strength.resize(self.fit_strength.len() + self.n_regions, 1.0);
            self.log_appeal.len() - 1
        };
        self.number[slot] = self.released;
        self.released += 1;
        self.log_appeal[slot] = title.log_appeal;
        self.half_life_days[slot] = title.half_life_days;
        self.released_day[slot] = title.released_day;
        self.exposures[slot] = 0.0;
        self.today[slot] = TitleDay::default();
        self.lots[slot] = 0;
        self.in_catalogue[slot] = true;
        self.fit_strength[slot * self.n_regions..(slot + 1) * self.n_regions]
            .copy_from_slice(title.fit_strength);
        slot as u32
    }

    /// Strength factors by region of a title.
    pub fn fit(&self, slot: u32) -> &[f64] {
        let from = slot as usize * self.n_regions;
        &self.fit_strength[from..from + self.n_regions]
    }

    /// Sums strength × force × fit over titles, for each region.
    pub fn weigh(&self, slots: &[u32], sums: &mut Vec<f64>) {
        sums.clear();
        sums.resize(self.n_regions, 0.0);
        for &slot in slots {
            let today = &self.today[slot as usize];
            let weight = today.strength * today.force;
            for (sum, fit) in sums.iter_mut().zip(self.fit(slot)) {
                *sum += weight * fit;
            }
        }
    }

    /// Takes a title out of the catalogue; its slot is freed once no lot hangs on it.
    pub fn leave_catalogue(&mut self, slot: u32) {
        self.in_catalogue[slot as usize] = false;
        self.free_if_idle(slot);
    }

    /// Notes that a lot cut from the title went on air; gives whether it is the only one.
    pub fn attach_lot(&mut self, slot: u32) -> bool {
        self.lots[slot as usize] += 1;
        self.lots[slot as usize] == 1
    }

    /// Notes that a lot cut from the title went off air.
    pub fn detach_lot(&mut self, slot: u32) {
        self.lots[slot as usize] -= 1;
        self.free_if_idle(slot);
    }

    fn free_if_idle(&mut self, slot: u32) {
        if !self.in_catalogue[slot as usize] && self.lots[slot as usize] == 0 {
            self.free.push(slot);
        }
    }

    /// Titles that there ever were.
    pub fn released(&self) -> u64 {
        self.released
    }

    /// Titles in use.
    pub fn len(&self) -> usize {
        self.log_appeal.len() - self.free.len()
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
