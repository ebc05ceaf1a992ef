//! M/M/1 and the hold model on ixa: every event is a plan.

use ixa::prelude::*;
use rand_distr::Exp1;
use workload::queues::{ARRIVAL_MEAN, SERVICE_MEAN, Station};
use workload::report::Args;

define_rng!(QueueRng);
define_data_plugin!(StationPlugin, Station, Station::default());
define_data_plugin!(FiredPlugin, u64, 0);

fn schedule(context: &mut Context, mean: f64, plan: fn(&mut Context)) {
    let unit: f64 = context.sample_distr(QueueRng, Exp1);
    schedule_relative!(context, unit * mean, plan);
}

fn arrival(context: &mut Context) {
    schedule(context, ARRIVAL_MEAN, arrival);
    let now = context.get_current_time();
    if context.get_data_mut(StationPlugin).arrive(now) {
        schedule(context, SERVICE_MEAN, departure);
    }
}

fn departure(context: &mut Context) {
    let now = context.get_current_time();
    if context.get_data_mut(StationPlugin).depart(now) {
        schedule(context, SERVICE_MEAN, departure);
    }
}

fn mm1(customers: u64, seed: u64) -> (u64, f64) {
    let mut context = Context::new();
    context.init_random(seed);
    schedule(&mut context, ARRIVAL_MEAN, arrival);
    while context.get_data(StationPlugin).served() < customers {
        context.execute_single_step();
    }
    let station = context.get_data(StationPlugin);
    (station.served(), station.mean_time())
}

fn fire(context: &mut Context) {
    *context.get_data_mut(FiredPlugin) += 1;
    schedule(context, 1.0, fire);
}

fn hold(pending: u64, time: f64, seed: u64) -> u64 {
    let mut context = Context::new();
    context.init_random(seed);
    for _ in 0..pending {
        schedule(&mut context, 1.0, fire);
    }
    context.schedule_shutdown(time);
    context.execute();
    *context.get_data(FiredPlugin)
}

fn main() {
    Args::parse("mm1").replicate_queues("ixa", mm1, hold);
}
