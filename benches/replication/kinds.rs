//! Where the time of a replication goes, by kind of event, as an observer sees it from outside.
//!
//! An observer is called after every event, so what passes between two calls is what the second event took: its place in
//! the calendar, its handler and the laws checked meanwhile. Reading the clock takes time itself, about as much for every
//! event; it is measured and taken off.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bidcast::engine::{Event, Observer, Simulation};
use bidcast::market::world::World;
use bidcast::scenario::Scenario;
use bidcast::units::SimTime;

/// Readings by which the cost of one is measured.
const READINGS: u32 = 1_000_000;

/// Time by kind of event.
struct Kinds {
    last: Instant,
    taken: [Duration; Event::NAMES.len()],
    events: [u32; Event::NAMES.len()],
}

impl Observer for Kinds {
    fn begin(&mut self, _: &World) {
        self.last = Instant::now();
    }

    fn observe(&mut self, _: SimTime, event: &Event, _: &World) {
        let now = Instant::now();
        if matches!(event, Event::LotRetire { .. }) {
            // Observers are told of it after its app's creative day, which did the work: nothing happens here.
            self.last = now;
            return;
        }
        self.taken[event.kind()] += now - self.last;
        self.events[event.kind()] += 1;
        self.last = now;
    }
}

/// Watches one replication and prints a table, the dearest kind first.
pub(crate) fn table(scenario: &Scenario, replication: u64) {
    let mut kinds = Kinds {
        last: Instant::now(),
        taken: [Duration::ZERO; Event::NAMES.len()],
        events: [0; Event::NAMES.len()],
    };
    let record = Simulation::new(scenario, scenario.seed(), replication).run(&mut kinds);
    assert!(record.is_ok(), "a law is broken");
    let reading = cost_of_a_reading();
    let mut rows: Vec<(f64, u32, &str)> = kinds
        .taken
        .iter()
        .zip(kinds.events)
        .zip(Event::NAMES)
        .map(|((taken, events), name)| (taken.saturating_sub(reading * events).as_secs_f64(), events, name))
        .filter(|(_, events, _)| *events > 0)
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total: f64 = rows.iter().map(|(seconds, ..)| seconds).sum();
    println!(
        "\nby kind of event, {total:.2} s in all; reading the clock, {reading:?} an event, is taken off\n"
    );
    println!("| kind | share | events | µs each |\n|---|---|---|---|");
    for (seconds, events, name) in rows {
        println!(
            "| `{name}` | {:.1} % | {events} | {:.2} |",
            100.0 * seconds / total,
            1e6 * seconds / f64::from(events)
        );
    }
    println!();
}

fn cost_of_a_reading() -> Duration {
    let start = Instant::now();
    for _ in 0..READINGS {
        black_box(Instant::now());
    }
    start.elapsed() / READINGS
}
