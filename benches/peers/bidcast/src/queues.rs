//! M/M/1 and the hold model on the calendar of bidcast.

use bidcast::calendar::Calendar;
use bidcast::rng::{Stream, Streams};
use bidcast::units::SimTime;
use workload::queues::{ARRIVAL_MEAN, SERVICE_MEAN, Station};
use workload::report::Args;

/// Ticks of a unit of time: the calendar then spans eight million units.
const UNIT: f64 = (1_u64 << 16) as f64;

#[derive(Clone, Copy)]
enum Event {
    Arrival,
    Departure,
}

/// Schedules an event an exponential delay from now.
fn schedule<E: Copy>(calendar: &mut Calendar<E>, stream: &mut Stream, mean: f64, event: E) {
    let delay = stream.exponential() * mean * UNIT;
    let at = SimTime::from_minutes(calendar.now().minutes() + delay as i64);
    calendar.schedule_without_ticket(at, 0, event).expect("an instant within range");
}

fn time(instant: SimTime) -> f64 {
    instant.minutes() as f64 / UNIT
}

/// Serves so many customers: how many there were, and their mean time in the system.
fn mm1(customers: u64, seed: u64) -> (u64, f64) {
    let mut calendar = Calendar::new(SimTime::ZERO);
    let (mut stream, mut station) = (Streams::new(seed, 0).open(0, 0, 0), Station::default());
    schedule(&mut calendar, &mut stream, ARRIVAL_MEAN, Event::Arrival);
    while station.served() < customers
        && let Some(fired) = calendar.pop()
    {
        let serve = match fired.event {
            Event::Arrival => {
                schedule(&mut calendar, &mut stream, ARRIVAL_MEAN, Event::Arrival);
                station.arrive(time(fired.time))
            }
            Event::Departure => station.depart(time(fired.time)),
        };
        if serve {
            schedule(&mut calendar, &mut stream, SERVICE_MEAN, Event::Departure);
        }
    }
    (station.served(), station.mean_time())
}

fn hold(pending: u64, until: f64, seed: u64) -> u64 {
    let mut calendar = Calendar::new(SimTime::ZERO);
    let mut stream = Streams::new(seed, 0).open(1, 0, 0);
    for token in 0..pending {
        schedule(&mut calendar, &mut stream, 1.0, token);
    }
    let mut fired = 0;
    while let Some(next) = calendar.pop() {
        if time(next.time) > until {
            break;
        }
        fired += 1;
        schedule(&mut calendar, &mut stream, 1.0, next.event);
    }
    fired
}

fn main() {
    Args::parse("mm1").replicate_queues("bidcast", mm1, hold);
}
