//! Workload R in columns: the market's state as arrays and its events but for auctions, for the programs that own their
//! loop. How events are queued is theirs.
//!
//! An auction reads one number of each app, the logarithm of its score before noise, which the events keep up; it is -∞
//! while the budget is exhausted.

use std::f32::consts::{LN_2, LOG2_E};

use crate::report::Report;
use crate::{
    AppSpec, BUDGET_SD, FATIGUE_DAYS, LAUNCH_DAYS, MAX_LIVE, N_APPS, PURCHASE_DAYS, PURCHASE_SD, RETIRE_DAYS,
    STRENGTH_SD, cr20,
};

/// Places in the tables by app: a power of two.
pub const N_PLACES: usize = 2_048;

const LN_NO_CREATIVE: f32 = -1.609_438;
const LN_FATIGUED: f32 = -LN_2;
const LN_STEP_DOWN: f32 = -0.030_459_207;
const LN_STEP_UP: f32 = 0.019_802_628;

/// What an event does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The app launches a creative.
    Launch,
    /// A creative loses strength.
    Fatigue,
    /// A creative leaves.
    Retire,
    /// A user pays.
    Purchase,
    /// The app moves its bid and fills its budget.
    Replan,
}

/// A queued event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What it does.
    pub kind: Kind,
    /// Place of the creative in its app.
    pub creative: u8,
    /// The app.
    pub app: u16,
}

/// Where events are queued.
pub trait Agenda {
    /// Queues an event so many days from now.
    fn after(&mut self, days: f32, event: Event);
}

/// The rarer draws.
pub trait Draws {
    /// Standard normal.
    fn normal(&mut self) -> f32;
    /// Exponential of mean 1.
    fn exponential(&mut self) -> f32;
}

/// The apps in the order of their re-plans, so that a day of them walks the arrays from end to end; no result depends on
/// the order of the apps.
pub fn by_phase(specs: &[AppSpec]) -> Vec<AppSpec> {
    let mut sorted = specs.to_vec();
    sorted.sort_by(|a, b| a.phase.total_cmp(&b.phase));
    sorted
}

/// What a win touches, in a quarter of a cache line.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(16))]
pub struct Purse {
    /// Budget left today.
    left: f32,
    /// Budget of today.
    planned: f32,
    /// Auctions won.
    wins: u32,
    /// Conversion probability, in 2⁻³².
    pub conversion: u32,
}

/// The market.
#[derive(Debug)]
pub struct Market {
    /// Logarithm of the score before noise, by app; -∞ while exhausted.
    pub log_score: Box<[f32; N_PLACES]>,
    /// By app.
    pub purse: Box<[Purse; N_APPS]>,
    log_base: Vec<f32>,
    log_multiplier: Vec<f32>,
    log_freshness: Vec<f32>,
    budget: Vec<f32>,
    value: Vec<f32>,
    log_strength: Vec<[f32; MAX_LIVE]>,
    /// Bit `k` is set while the app's creative at place `k` is live.
    live: Vec<u32>,
    spend: Vec<f64>,
    revenue: Vec<f64>,
    installs: u64,
    purchases: u64,
}

impl Market {
    /// The market at time 0, after the first launches.
    pub fn new(specs: &[AppSpec], draws: &mut impl Draws, agenda: &mut impl Agenda) -> Self {
        let purse = |spec: &AppSpec| {
            let left = (spec.budget * spec.phase) as f32;
            Purse { left, planned: left, wins: 0, conversion: (spec.conversion * 2_f64.powi(32)) as u32 }
        };
        let mut market = Self {
            log_score: Box::new([f32::NEG_INFINITY; N_PLACES]),
            purse: Box::new(std::array::from_fn(|app| purse(&specs[app]))),
            log_base: specs.iter().map(|spec| (spec.bid * spec.quality).ln() as f32).collect(),
            log_multiplier: vec![0.0; N_APPS],
            log_freshness: vec![LN_NO_CREATIVE; N_APPS],
            budget: specs.iter().map(|spec| spec.budget as f32).collect(),
            value: specs
                .iter()
                .map(|s| (s.value * (-PURCHASE_SD * PURCHASE_SD / 2.0).exp()) as f32)
                .collect(),
            log_strength: vec![[0.0; MAX_LIVE]; N_APPS],
            live: vec![0; N_APPS],
            spend: vec![0.0; N_APPS],
            revenue: vec![0.0; N_APPS],
            installs: 0,
            purchases: 0,
        };
        for app in 0..N_APPS {
            market.launch(app, draws, agenda);
        }
        market
    }

    /// Does what an event says and queues what follows.
    #[inline(never)]
    pub fn handle(&mut self, event: Event, draws: &mut impl Draws, agenda: &mut impl Agenda) {
        let (app, creative) = (usize::from(event.app), usize::from(event.creative));
        match event.kind {
            Kind::Launch => self.launch(app, draws, agenda),
            Kind::Fatigue => {
                self.log_strength[app][creative] += LN_FATIGUED;
                self.refresh(app);
                agenda.after(draws.exponential() * RETIRE_DAYS as f32, Event { kind: Kind::Retire, ..event });
            }
            Kind::Retire => {
                self.live[app] &= !(1 << creative);
                self.refresh(app);
            }
            Kind::Purchase => {
                self.purchases += 1;
                self.revenue[app] += f64::from(self.value[app] * exp(PURCHASE_SD as f32 * draws.normal()));
            }
            Kind::Replan => {
                self.replan(app, exp(BUDGET_SD as f32 * draws.normal()));
                agenda.after(1.0, event);
            }
        }
    }

    fn launch(&mut self, app: usize, draws: &mut impl Draws, agenda: &mut impl Agenda) {
        let creative = (!self.live[app]).trailing_zeros() as usize;
        let event = |kind| Event { kind, creative: creative as u8, app: app as u16 };
        if creative < MAX_LIVE {
            self.live[app] |= 1 << creative;
            self.log_strength[app][creative] = STRENGTH_SD as f32 * draws.normal();
            self.refresh(app);
            agenda.after(draws.exponential() * FATIGUE_DAYS as f32, event(Kind::Fatigue));
        }
        agenda.after(draws.exponential() * LAUNCH_DAYS as f32, event(Kind::Launch));
    }

    /// Finds the freshness again after a change of creatives.
    fn refresh(&mut self, app: usize) {
        let mut best = f32::NEG_INFINITY;
        let mut live = self.live[app];
        while live != 0 {
            best = best.max(self.log_strength[app][live.trailing_zeros() as usize]);
            live &= live - 1;
        }
        self.log_freshness[app] = if best == f32::NEG_INFINITY { LN_NO_CREATIVE } else { best };
        let score = self.log_base[app] + self.log_multiplier[app] + self.log_freshness[app];
        self.log_score[app] = if self.purse[app].left > 0.0 { score } else { f32::NEG_INFINITY };
    }

    /// Moves the bid and fills the budget, times the noise of the day.
    #[inline(always)]
    pub fn replan(&mut self, app: usize, noise: f32) {
        let purse = &mut self.purse[app];
        self.spend[app] += f64::from(purse.planned - purse.left);
        let step = if purse.left <= 0.0 { LN_STEP_DOWN } else { LN_STEP_UP };
        purse.planned = self.budget[app] * noise;
        purse.left = purse.planned;
        // The bounds ½ and 2 of the multiplier are ∓ln 2.
        self.log_multiplier[app] = (self.log_multiplier[app] + step).clamp(-LN_2, LN_2);
        self.log_score[app] = self.log_base[app] + self.log_multiplier[app] + self.log_freshness[app];
    }

    /// The winner of an auction pays.
    #[inline(always)]
    pub fn win(&mut self, app: usize, price: f32) {
        let purse = &mut self.purse[app];
        purse.left -= price;
        purse.wins += 1;
        if purse.left <= 0.0 {
            self.log_score[app] = f32::NEG_INFINITY;
        }
    }

    /// A win becomes an install, and later a purchase.
    #[cold]
    pub fn install(&mut self, app: usize, draws: &mut impl Draws, agenda: &mut impl Agenda) {
        self.installs += 1;
        let event = Event { kind: Kind::Purchase, creative: 0, app: app as u16 };
        agenda.after(draws.exponential() * PURCHASE_DAYS as f32, event);
    }

    /// Sums what the apps have done.
    pub fn report(&self, auctions: u64, events: u64) -> Report {
        let today = self.purse.iter().map(|purse| f64::from(purse.planned - purse.left));
        Report {
            auctions,
            sold: self.purse.iter().map(|purse| u64::from(purse.wins)).sum(),
            spend: self.spend.iter().zip(today).map(|(before, today)| before + today).sum(),
            installs: self.installs,
            purchases: self.purchases,
            revenue: self.revenue.iter().sum(),
            cr20: cr20(&self.revenue),
            events,
        }
    }
}

/// a·b + c, rounded once where the processor can do so in one instruction.
#[inline(always)]
fn multiply_add(a: f32, b: f32, c: f32) -> f32 {
    if cfg!(target_feature = "fma") { a.mul_add(b, c) } else { a * b + c }
}

/// e^x for |x| < 80; relative error about 1e-7.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Adding and taking away 1.5 · 2²³ rounds to the nearest whole number.
    const ROUNDER: f32 = 12_582_912.0;
    let shifted = multiply_add(x, LOG2_E, ROUNDER);
    let f = multiply_add(x, LOG2_E, -(shifted - ROUNDER));
    // Pairs of terms side by side: a shorter chain than one term after the other.
    let (low, square) = (multiply_add(f, LN_2, 1.0), f * f);
    let middle = multiply_add(f, 0.055_504_11, 0.240_226_5);
    let high = multiply_add(f, 0.001_333_355_8, 0.009_618_129);
    let p = multiply_add(square, multiply_add(square, high, middle), low);
    f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// ln x of a positive normal number; absolute error about 1e-6, and 1e-7 near 1.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    let bits = x.to_bits() as i32;
    let exponent = (bits - 0x3f2a_aaab) >> 23;
    let fraction = f32::from_bits((bits - (exponent << 23)) as u32);
    // ln m = 2 artanh((m − 1)/(m + 1)).
    let q = (fraction - 1.0) / (fraction + 1.0);
    let square = q * q;
    let p = 0.2 + square * (0.142_857_15 + square * 0.111_111_11);
    2.0 * q * (1.0 + square * (0.333_333_34 + square * p)) + exponent as f32 * LN_2
}

/// Picks an app by weight from one random word: 2,048 places that each hold a threshold in the high 21 bits and the other
/// app of the place in the low 11.
#[derive(Debug)]
pub struct AliasTable {
    /// By place.
    pub places: Box<[u32; N_PLACES]>,
}

impl AliasTable {
    /// Prepares the table (Walker 1977, in Vose's form).
    pub fn new(specs: &[AppSpec]) -> Self {
        let total: f64 = specs.iter().map(|spec| spec.weight).sum();
        let mass = |place: usize| specs.get(place).map_or(0.0, |spec| spec.weight / total * N_PLACES as f64);
        let mut mass: Vec<f64> = (0..N_PLACES).map(mass).collect();
        let mut other: Vec<usize> = (0..N_PLACES).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..N_PLACES).partition(|&i| mass[i] < 1.0);
        while let (Some(poor), Some(&rich)) = (small.pop(), large.last()) {
            other[poor] = rich;
            mass[rich] -= 1.0 - mass[poor];
            if mass[rich] < 1.0 {
                large.pop();
                small.push(rich);
            }
        }
        let highest = f64::from((1_u32 << 21) - 1);
        let place = |place: usize| {
            let keep = if other[place] == place { 1.0 } else { mass[place] };
            let threshold = (keep * f64::from(1_u32 << 21)).round().min(highest) as u32;
            (threshold << 11) | other[place] as u32
        };
        Self { places: Box::new(std::array::from_fn(place)) }
    }

    /// The app of a random word: its high 11 bits choose the place.
    #[inline(always)]
    pub fn app(&self, word: u32) -> u32 {
        let place = word >> 21;
        let entry = self.places[place as usize];
        if word & 0x001f_ffff < entry >> 11 { place } else { entry & 2_047 }
    }
}
