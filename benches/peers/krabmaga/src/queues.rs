//! M/M/1 and the hold model on krABMaga. Its clock is an `f32`, so time grows coarse in a long run.

use krabmaga::engine::agent::Agent;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use peers_krabmaga::{Pending, next_time, plain_state};
use workload::objects::Draws;
use workload::queues::{ARRIVAL_MEAN, SERVICE_MEAN, Station};
use workload::report::Args;

struct World {
    draws: Draws,
    pending: Pending,
    station: Station,
    now: f64,
    fired: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let (pending, station) = (Pending::default(), Station::default());
        Self { draws: Draws::new(seed), pending, station, now: 0.0, fired: 0 }
    }

    fn of(state: &mut dyn State) -> &mut Self {
        state.as_any_mut().downcast_mut().expect("the state is the world")
    }

    fn schedule(&mut self, mean_delay: f64, agent: impl Agent + 'static) {
        let delay = self.draws.exponential(mean_delay);
        self.pending.push(delay, agent);
    }
}

impl State for World {
    fn init(&mut self, schedule: &mut Schedule) {
        self.pending.flush(schedule);
    }

    fn before_step(&mut self, schedule: &mut Schedule) {
        // The schedule moves its clock after this call, to the time of its first event.
        self.now = next_time(schedule).unwrap_or(self.now);
    }

    fn after_step(&mut self, schedule: &mut Schedule) {
        self.pending.flush(schedule);
    }

    plain_state!();
}

#[derive(Clone)]
struct Arrival;

impl Agent for Arrival {
    fn step(&mut self, state: &mut dyn State) {
        let world = World::of(state);
        world.schedule(ARRIVAL_MEAN, Arrival);
        if world.station.arrive(world.now) {
            world.schedule(SERVICE_MEAN, Departure);
        }
    }
}

#[derive(Clone)]
struct Departure;

impl Agent for Departure {
    fn step(&mut self, state: &mut dyn State) {
        let world = World::of(state);
        if world.station.depart(world.now) {
            world.schedule(SERVICE_MEAN, Departure);
        }
    }
}

#[derive(Clone)]
struct Token;

impl Agent for Token {
    fn step(&mut self, state: &mut dyn State) {
        let world = World::of(state);
        world.fired += 1;
        world.schedule(1.0, Token);
    }
}

/// Serves so many customers: how many there were, and their mean time in the system.
fn mm1(customers: u64, seed: u64) -> (u64, f64) {
    let (mut world, mut schedule) = (World::new(seed), Schedule::new());
    world.schedule(ARRIVAL_MEAN, Arrival);
    world.init(&mut schedule);
    while world.station.served() < customers {
        schedule.step(&mut world);
    }
    (world.station.served(), world.station.mean_time())
}

fn hold(pending: u64, time: f64, seed: u64) -> u64 {
    let (mut world, mut schedule) = (World::new(seed), Schedule::new());
    for _ in 0..pending {
        world.schedule(1.0, Token);
    }
    world.init(&mut schedule);
    while next_time(&schedule).is_some_and(|next| next <= time) {
        schedule.step(&mut world);
    }
    world.fired
}

fn main() {
    Args::parse("mm1").replicate_queues("krabmaga", mm1, hold);
}
