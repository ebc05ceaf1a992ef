//! Workload R on krABMaga: every event is an `Agent` in its `Schedule`, a priority queue with an index by hash. Re-plans
//! use the framework's own repetition, which is every 1.0.

use krabmaga::engine::agent::Agent;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use peers_krabmaga::{Pending, next_time, plain_state};
use workload::objects::{App, Draws, Picker, auction, picker, total};
use workload::report::{Args, Report};
use workload::{AppSpec, BUDGET_SD, FATIGUE_DAYS, LAUNCH_DAYS, Params, RETIRE_DAYS, STRENGTH_SD};

struct Market {
    apps: Vec<App>,
    picker: Picker,
    draws: Draws,
    pending: Pending,
    auction_gap: f64,
    auctions: u64,
    events: u64,
}

impl Market {
    /// The market behind a framework's state, for an event.
    fn of(state: &mut dyn State) -> &mut Self {
        let market = state.as_any_mut().downcast_mut::<Self>().expect("the state is the market");
        market.events += 1;
        market
    }

    fn schedule(&mut self, mean_delay: f64, agent: impl Agent + 'static) {
        let delay = self.draws.exponential(mean_delay);
        self.pending.push(delay, agent);
    }

    fn launch(&mut self, app: usize) {
        let strength = self.draws.lognormal(STRENGTH_SD);
        if let Some(creative) = self.apps[app].launch(strength) {
            self.schedule(FATIGUE_DAYS, Fatigue { app, creative });
        }
        self.schedule(LAUNCH_DAYS, Launch { app });
    }
}

impl State for Market {
    fn init(&mut self, schedule: &mut Schedule) {
        for app in 0..self.apps.len() {
            self.launch(app);
            schedule.schedule_repeating(Box::new(Replan { app }), self.apps[app].spec.phase as f32, 0);
        }
        self.schedule(self.auction_gap, Auction);
        self.pending.flush(schedule);
    }

    fn after_step(&mut self, schedule: &mut Schedule) {
        self.pending.flush(schedule);
    }

    plain_state!();
}

#[derive(Clone)]
struct Auction;

impl Agent for Auction {
    fn step(&mut self, state: &mut dyn State) {
        let market = Market::of(state);
        market.auctions += 1;
        if let Some((winner, price)) = auction(&market.apps, &market.picker, &mut market.draws)
            && let Some(days) = market.apps[winner].win(price, &mut market.draws)
        {
            market.pending.push(days, Purchase { app: winner });
        }
        market.schedule(market.auction_gap, Auction);
    }
}

#[derive(Clone)]
struct Replan {
    app: usize,
}

impl Agent for Replan {
    fn step(&mut self, state: &mut dyn State) {
        let market = Market::of(state);
        let noise = market.draws.lognormal(BUDGET_SD);
        market.apps[self.app].replan(noise);
    }
}

#[derive(Clone)]
struct Launch {
    app: usize,
}

impl Agent for Launch {
    fn step(&mut self, state: &mut dyn State) {
        Market::of(state).launch(self.app);
    }
}

#[derive(Clone)]
struct Fatigue {
    app: usize,
    creative: u64,
}

impl Agent for Fatigue {
    fn step(&mut self, state: &mut dyn State) {
        let market = Market::of(state);
        market.apps[self.app].fatigue(self.creative);
        market.schedule(RETIRE_DAYS, Retire { app: self.app, creative: self.creative });
    }
}

#[derive(Clone)]
struct Retire {
    app: usize,
    creative: u64,
}

impl Agent for Retire {
    fn step(&mut self, state: &mut dyn State) {
        Market::of(state).apps[self.app].retire(self.creative);
    }
}

#[derive(Clone)]
struct Purchase {
    app: usize,
}

impl Agent for Purchase {
    fn step(&mut self, state: &mut dyn State) {
        let market = Market::of(state);
        market.apps[self.app].purchase(&mut market.draws);
    }
}

fn run(params: &Params, specs: &[AppSpec], seed: u64) -> Report {
    let mut market = Market {
        apps: specs.iter().map(App::new).collect(),
        picker: picker(specs),
        draws: Draws::new(seed),
        pending: Pending::default(),
        auction_gap: 1.0 / params.auctions_per_day,
        auctions: 0,
        events: 0,
    };
    let mut schedule = Schedule::new();
    market.init(&mut schedule);
    while next_time(&schedule).is_some_and(|time| time <= params.days) {
        schedule.step(&mut market);
    }
    total(market.apps.iter(), market.auctions, market.events)
}

fn main() {
    Args::parse("").replicate_r("krabmaga", run);
}
