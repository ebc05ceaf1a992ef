//! Creative lots: batches of ad materials cut from one title, and what their app believes of them.

use crate::calendar::Ticket;

/// What is read and written of a lot every day, in one line of a cache: lots are visited app by app, and an app's lots lie
/// scattered over the slab.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LotState {
    /// Posterior shape: prior conversions plus observed conversions.
    pub shape: f64,
    /// Posterior inverse scale: conversions expected at attractiveness 1.
    pub inverse_scale: f64,
    /// Weight in its app's strength today.
    pub weight: f64,
    /// Installs per expected install: true over believed attractiveness, as played today.
    pub yield_ratio: f64,
    /// True attractiveness.
    pub attractiveness: f64,
    /// Money spent on it, USD.
    pub spend_usd: f64,
    /// Installs observed over its life.
    pub conversions: f64,
    /// Title it is cut from.
    pub title: u32,
    /// Ad materials in it.
    pub materials: u32,
}

/// The lots in a slab.
#[derive(Debug, Clone, Default)]
pub struct Lots {
    /// Number of the lot, counted from 0 in order of launch: unlike its slot it is never given to another.
    pub number: Vec<u64>,
    /// Owner, index of app.
    pub app: Vec<u32>,
    /// Place in its owner's list of lots.
    pub place: Vec<u32>,
    /// What changes daily.
    pub state: Vec<LotState>,
    /// Time of launch, days with fraction.
    pub launched_day: Vec<f64>,
    /// Ticket of its retirement.
    pub ticket: Vec<Option<Ticket>>,
    launched: u64,
    free: Vec<u32>,
}

/// Traits of a new lot.
#[derive(Debug, Clone, Copy)]
pub struct NewLot {
    /// Owner.
    pub app: u32,
    /// Title.
    pub title: u32,
    /// Ad materials.
    pub materials: u32,
    /// True attractiveness.
    pub attractiveness: f64,
    /// Prior shape.
    pub prior_shape: f64,
    /// Prior inverse scale.
    pub prior_inverse_scale: f64,
    /// Time of launch, days.
    pub launched_day: f64,
}

impl Lots {
    /// Adds a lot and gives its slot.
    pub fn add(&mut self, lot: &NewLot) -> u32 {
        let slot = if let Some(slot) = self.free.pop() {
            slot as usize
        } else {
            self.number.push(0);
            self.app.push(0);
            self.place.push(0);
            self.state.push(LotState::default());
            self.launched_day.push(0.0);
            self.ticket.push(None);
            self.app.len() - 1
        };
        self.number[slot] = self.launched;
        self.launched += 1;
        self.app[slot] = lot.app;
        self.state[slot] = LotState {
            shape: lot.prior_shape,
            inverse_scale: lot.prior_inverse_scale,
            weight: 0.0,
            yield_ratio: 1.0,
            attractiveness: lot.attractiveness,
            spend_usd: 0.0,
            conversions: 0.0,
            title: lot.title,
            materials: lot.materials,
        };
        self.launched_day[slot] = lot.launched_day;
        self.ticket[slot] = None;
        slot as u32
    }

    /// Frees a lot's slot. Its row can be read until the slot is given to another lot.
    pub fn remove(&mut self, slot: u32) {
        self.free.push(slot);
    }

    /// Lots that there ever were.
    pub fn launched(&self) -> u64 {
        self.launched
    }

    /// Lots on air.
    pub fn len(&self) -> usize {
        self.app.len() - self.free.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
