//! Workload R in objects, as the peers on a framework hold it: an app with its state, and draws through `rand`.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::weighted::WeightedAliasIndex;
use rand_distr::{Distribution, Exp1, LogNormal, StandardNormal};

use crate::report::Report;
use crate::{
    AppSpec, FATIGUED, MAX_LIVE, MULTIPLIER_MAX, MULTIPLIER_MIN, N_SLOTS, NO_CREATIVE, NOISE_SD, PURCHASE_SD,
    RESERVE, STEP_DOWN, STEP_UP, cr20,
};

/// A generator with the distributions of the workloads.
#[derive(Debug)]
pub struct Draws {
    rng: SmallRng,
    noise: LogNormal<f64>,
}

impl Draws {
    /// Seeds the generator.
    pub fn new(seed: u64) -> Self {
        let noise = LogNormal::new(-NOISE_SD * NOISE_SD / 2.0, NOISE_SD).expect("a positive deviation");
        Self { rng: SmallRng::seed_from_u64(seed), noise }
    }

    /// Exponential.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        let unit: f64 = Exp1.sample(&mut self.rng);
        unit * mean
    }

    /// Exponential of a normal of mean 0.
    pub fn lognormal(&mut self, sd: f64) -> f64 {
        let z: f64 = StandardNormal.sample(&mut self.rng);
        (sd * z).exp()
    }

    /// Noise of a score.
    pub fn noise(&mut self) -> f64 {
        self.noise.sample(&mut self.rng)
    }

    /// Whether something of this probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.rng.random::<f64>() < probability
    }

    /// The app that gets a slot.
    pub fn slot(&mut self, picker: &Picker) -> usize {
        picker.sample(&mut self.rng)
    }
}

/// Picks apps by weight.
pub type Picker = WeightedAliasIndex<f64>;

/// Prepares the picking of apps.
pub fn picker(specs: &[AppSpec]) -> Picker {
    WeightedAliasIndex::new(specs.iter().map(|spec| spec.weight).collect()).expect("positive weights")
}

/// An app and its state.
#[derive(Debug, Clone)]
pub struct App {
    /// What never changes.
    pub spec: AppSpec,
    budget_left: f64,
    multiplier: f64,
    /// Name and strength of the live creatives.
    creatives: Vec<(u64, f64)>,
    next_creative: u64,
    freshness: f64,
    /// What it paid.
    pub spend: f64,
    /// What it earned.
    pub revenue: f64,
    /// Auctions won.
    pub wins: u64,
    /// Installs won.
    pub installs: u64,
    /// Purchases made in it.
    pub purchases: u64,
}

impl App {
    /// The app at time 0, before its first launch.
    pub fn new(spec: &AppSpec) -> Self {
        Self {
            spec: spec.clone(),
            budget_left: spec.budget * spec.phase,
            multiplier: 1.0,
            creatives: Vec::new(),
            next_creative: 0,
            freshness: NO_CREATIVE,
            spend: 0.0,
            revenue: 0.0,
            wins: 0,
            installs: 0,
            purchases: 0,
        }
    }

    /// Adds a creative and returns its name, unless the app has as many as it may.
    pub fn launch(&mut self, strength: f64) -> Option<u64> {
        if self.creatives.len() == MAX_LIVE {
            return None;
        }
        let name = self.next_creative;
        self.next_creative += 1;
        self.creatives.push((name, strength));
        self.refresh();
        Some(name)
    }

    /// Weakens a creative.
    pub fn fatigue(&mut self, name: u64) {
        for creative in self.creatives.iter_mut().filter(|creative| creative.0 == name) {
            creative.1 *= FATIGUED;
        }
        self.refresh();
    }

    /// Takes a creative away.
    pub fn retire(&mut self, name: u64) {
        self.creatives.retain(|creative| creative.0 != name);
        self.refresh();
    }

    fn refresh(&mut self) {
        let strengths = self.creatives.iter().map(|creative| creative.1);
        self.freshness = strengths.reduce(f64::max).unwrap_or(NO_CREATIVE);
    }

    /// Moves the bid and fills the budget, times the noise of the day.
    pub fn replan(&mut self, noise: f64) {
        let step = if self.budget_left <= 0.0 { STEP_DOWN } else { STEP_UP };
        self.multiplier = (self.multiplier * step).clamp(MULTIPLIER_MIN, MULTIPLIER_MAX);
        self.budget_left = self.spec.budget * noise;
    }

    /// Score before noise; `None` while the budget is exhausted.
    pub fn score(&self) -> Option<f64> {
        let score = self.spec.bid * self.multiplier * self.spec.quality * self.freshness;
        (self.budget_left > 0.0).then_some(score)
    }

    /// Pays for an auction won, which may bring an install: then draws the days until its purchase.
    pub fn win(&mut self, price: f64, draws: &mut Draws) -> Option<f64> {
        self.budget_left -= price;
        self.spend += price;
        self.wins += 1;
        draws.happens(self.spec.conversion).then(|| {
            self.installs += 1;
            draws.exponential(crate::PURCHASE_DAYS)
        })
    }

    /// Takes the revenue of a purchase.
    pub fn purchase(&mut self, draws: &mut Draws) {
        self.purchases += 1;
        self.revenue +=
            self.spec.value * draws.lognormal(PURCHASE_SD) * (-PURCHASE_SD * PURCHASE_SD / 2.0).exp();
    }
}

/// The best score of an auction and the best of another app, offered one by one.
#[derive(Debug, Clone, Copy, Default)]
pub struct TopTwo {
    best: Option<(usize, f64)>,
    second: f64,
}

impl TopTwo {
    /// Adds the score of a slot.
    pub fn offer(&mut self, app: usize, score: f64) {
        match self.best {
            Some((holder, best)) if score > best => {
                if holder != app {
                    self.second = best;
                }
                self.best = Some((app, score));
            }
            Some((holder, _)) if holder != app => self.second = self.second.max(score),
            Some(_) => {}
            None => self.best = Some((app, score)),
        }
    }

    /// Winner and price, unless nobody reaches the reserve.
    pub fn sale(&self) -> Option<(usize, f64)> {
        let (winner, best) = self.best?;
        (best >= RESERVE).then(|| (winner, self.second.max(RESERVE)))
    }
}

/// Holds an auction among apps: winner and price.
pub fn auction(apps: &[App], picker: &Picker, draws: &mut Draws) -> Option<(usize, f64)> {
    let mut top = TopTwo::default();
    for _ in 0..N_SLOTS {
        let app = draws.slot(picker);
        if let Some(score) = apps[app].score() {
            top.offer(app, score * draws.noise());
        }
    }
    top.sale()
}

/// Sums what the apps have done.
pub fn total<'a>(apps: impl Iterator<Item = &'a App>, auctions: u64, events: u64) -> Report {
    let mut report = Report { auctions, events, ..Report::default() };
    let mut revenue = Vec::new();
    for app in apps {
        report.sold += app.wins;
        report.spend += app.spend;
        report.installs += app.installs;
        report.purchases += app.purchases;
        revenue.push(app.revenue);
    }
    report.revenue = revenue.iter().sum();
    report.cr20 = cr20(&revenue);
    report
}
