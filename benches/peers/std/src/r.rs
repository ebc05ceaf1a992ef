//! Workload R as a good engineer writes it first: the standard library's binary heap for the future events, `rand` for
//! every draw, a struct for every app.

use peers_std::heap::Queue;
use workload::objects::{App, Draws, Picker, auction, picker, total};
use workload::report::{Args, Report};
use workload::{AppSpec, BUDGET_SD, FATIGUE_DAYS, LAUNCH_DAYS, Params, RETIRE_DAYS, STRENGTH_SD};

#[derive(Clone, Copy)]
enum Event {
    Auction,
    Replan(usize),
    Launch(usize),
    Fatigue(usize, u64),
    Retire(usize, u64),
    Purchase(usize),
}

struct Market {
    queue: Queue<Event>,
    apps: Vec<App>,
    picker: Picker,
    draws: Draws,
    auction_gap: f64,
}

impl Market {
    fn new(params: &Params, specs: &[AppSpec], seed: u64) -> Self {
        let mut market = Self {
            queue: Queue::default(),
            apps: specs.iter().map(App::new).collect(),
            picker: picker(specs),
            draws: Draws::new(seed),
            auction_gap: 1.0 / params.auctions_per_day,
        };
        for (app, spec) in specs.iter().enumerate() {
            market.launch(app);
            market.queue.schedule(spec.phase, Event::Replan(app));
        }
        market.schedule_drawn(market.auction_gap, Event::Auction);
        market
    }

    fn schedule_drawn(&mut self, mean_delay: f64, event: Event) {
        let delay = self.draws.exponential(mean_delay);
        self.queue.schedule(delay, event);
    }

    fn launch(&mut self, app: usize) {
        let strength = self.draws.lognormal(STRENGTH_SD);
        if let Some(creative) = self.apps[app].launch(strength) {
            self.schedule_drawn(FATIGUE_DAYS, Event::Fatigue(app, creative));
        }
        self.schedule_drawn(LAUNCH_DAYS, Event::Launch(app));
    }

    fn auction(&mut self) {
        if let Some((winner, price)) = auction(&self.apps, &self.picker, &mut self.draws)
            && let Some(days) = self.apps[winner].win(price, &mut self.draws)
        {
            self.queue.schedule(days, Event::Purchase(winner));
        }
        self.schedule_drawn(self.auction_gap, Event::Auction);
    }

    fn run(mut self, days: f64) -> Report {
        let (mut auctions, mut events) = (0, 0);
        while let Some(event) = self.queue.pop() {
            if self.queue.now() > days {
                break;
            }
            events += 1;
            match event {
                Event::Auction => {
                    auctions += 1;
                    self.auction();
                }
                Event::Replan(app) => {
                    let noise = self.draws.lognormal(BUDGET_SD);
                    self.apps[app].replan(noise);
                    self.queue.schedule(1.0, Event::Replan(app));
                }
                Event::Launch(app) => self.launch(app),
                Event::Fatigue(app, creative) => {
                    self.apps[app].fatigue(creative);
                    self.schedule_drawn(RETIRE_DAYS, Event::Retire(app, creative));
                }
                Event::Retire(app, creative) => self.apps[app].retire(creative),
                Event::Purchase(app) => self.apps[app].purchase(&mut self.draws),
            }
        }
        total(self.apps.iter(), auctions, events)
    }
}

fn main() {
    Args::parse("")
        .replicate_r("std", |params, specs, seed| Market::new(params, specs, seed).run(params.days));
}
