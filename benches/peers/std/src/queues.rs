//! M/M/1 and the hold model on the standard library's binary heap.

use peers_std::heap::Queue;
use workload::objects::Draws;
use workload::queues::{ARRIVAL_MEAN, SERVICE_MEAN, Station};
use workload::report::Args;

enum Event {
    Arrival,
    Departure,
}

/// Serves so many customers: how many there were, and their mean time in the system.
fn mm1(customers: u64, seed: u64) -> (u64, f64) {
    let (mut queue, mut draws, mut station) = (Queue::default(), Draws::new(seed), Station::default());
    queue.schedule(draws.exponential(ARRIVAL_MEAN), Event::Arrival);
    while station.served() < customers
        && let Some(event) = queue.pop()
    {
        let serve = match event {
            Event::Arrival => {
                queue.schedule(draws.exponential(ARRIVAL_MEAN), Event::Arrival);
                station.arrive(queue.now())
            }
            Event::Departure => station.depart(queue.now()),
        };
        if serve {
            queue.schedule(draws.exponential(SERVICE_MEAN), Event::Departure);
        }
    }
    (station.served(), station.mean_time())
}

fn hold(pending: u64, time: f64, seed: u64) -> u64 {
    let (mut queue, mut draws) = (Queue::default(), Draws::new(seed));
    for token in 0..pending {
        queue.schedule(draws.exponential(1.0), token);
    }
    let mut fired = 0;
    while let Some(token) = queue.pop() {
        if queue.now() > time {
            break;
        }
        fired += 1;
        queue.schedule(draws.exponential(1.0), token);
    }
    fired
}

fn main() {
    Args::parse("mm1").replicate_queues("std", mm1, hold);
}
