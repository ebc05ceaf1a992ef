//! Small fixed workloads whose instructions `benches/check/run` counts and compares with those on file.
//!
//! ```sh
//! just bench-check                        # counts, compares, fails when a workload became more than 3 % dearer
//! just bench-check --update               # writes what was counted to benches/instructions.txt
//! cargo bench --bench instructions        # only runs them, as a test that they run
//! ```
//!
//! One word names the workload; without one all are run. `nothing` is what starting and
//! reading the base cost, and is taken off the others.

#![allow(clippy::print_stdout, reason = "a bench talks to whoever runs it")]

#[allow(dead_code, reason = "the limits are of the bench whose file it is")]
#[path = "../auction/cell.rs"]
mod cell;
#[allow(dead_code, reason = "the naive queues are of the bench whose file it is")]
#[path = "../calendar/queues.rs"]
mod queues;
#[allow(dead_code, reason = "other workloads are of the bench whose file it is")]
#[path = "../calendar/workloads.rs"]
mod workloads;

use std::env::args;
use std::hint::black_box;

use bidcast::engine::simulate;
use bidcast::mechanisms::auction::Mode;
use bidcast::rng::Streams;
use bidcast::scenario::{Layer, Overlay, Scenario};

use cell::Cell;
use queues::{Dense, KeptTickets, Tickets};
use workloads::{Daily, Hold};

/// A workload by name; what it works out is given back, so that nothing is left out.
type Workload = (&'static str, fn(&Scenario) -> f64);

const WORKLOADS: [Workload; 9] = [
    ("nothing", |base| base.seed() as f64),
    ("calendar_hold", calendar_hold),
    ("calendar_cancel", calendar_cancel),
    ("calendar_daily", calendar_daily),
    ("auction_kernel", auction_kernel),
    ("auction_tree", auction_tree),
    ("poisson", poisson),
    ("binomial", binomial),
    ("replication", replication),
];

/// Pending events.
const PENDING: usize = 10_000;
/// Bidders of a cell.
const BIDDERS: usize = 1_100;
/// Means of counts, from those settled without an exponential to those drawn as normal.
const MEANS: [f64; 8] = [0.01, 0.1, 0.7, 3.0, 12.0, 100.0, 3e4, 1e9];

fn calendar_hold(_: &Scenario) -> f64 {
    let mut hold = Hold::<Tickets>::new(PENDING);
    (0..200_000).map(|_| hold.step()).sum::<i64>() as f64
}

fn calendar_cancel(_: &Scenario) -> f64 {
    let mut hold = Hold::<KeptTickets>::new(PENDING);
    (0..50_000).map(|_| hold.step_with_cancels(1)).sum::<i64>() as f64
}

fn calendar_daily(_: &Scenario) -> f64 {
    let mut daily = Daily::<Dense>::new(PENDING);
    (0..200_000).map(|_| daily.step()).sum::<i64>() as f64
}

fn auction_kernel(base: &Scenario) -> f64 {
    let mut cell = Cell::new(base, BIDDERS);
    [1e3, 1e5, 1e7]
        .iter()
        .map(|supply| (0..30).map(|_| cell.sell(Mode::Kernel, *supply)).sum::<u64>() as f64)
        .sum()
}

fn auction_tree(base: &Scenario) -> f64 {
    Cell::new(base, BIDDERS).sell(Mode::Tree, 200_000.0) as f64
}

fn poisson(_: &Scenario) -> f64 {
    let mut stream = Streams::new(1, 0).open(1, 0, 0);
    (0..30_000).flat_map(|_| MEANS).map(|mean| stream.poisson(mean) as f64).sum()
}

fn binomial(_: &Scenario) -> f64 {
    let mut stream = Streams::new(1, 0).open(1, 0, 0);
    let cases = [(3, 0.3), (40, 0.06), (1_000, 0.06), (1_000_000, 0.3)];
    (0..30_000).flat_map(|_| cases).map(|(n, p)| stream.binomial(n, p) as f64).sum()
}

/// A year of a small market.
fn replication(_: &Scenario) -> f64 {
    let market = Layer::new("eighth.toml", include_str!("eighth.toml"));
    let scenario = Scenario::load(&[Overlay::File(&market)]).expect("the market is sound");
    simulate(&scenario, scenario.seed(), 7).expect("no law is broken").events as f64
}

fn main() {
    // Cargo adds a flag of its own.
    let asked: Vec<String> = args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if asked.iter().any(|word| word == "list") {
        for (name, _) in WORKLOADS {
            println!("{name}");
        }
        return;
    }
    for name in &asked {
        assert!(WORKLOADS.iter().any(|(known, _)| known == name), "there is no workload `{name}`");
    }
    // Read for every workload, so that its reading is in all counts and in `nothing`.
    let base = Scenario::load(&[]).expect("the embedded base is sound");
    for (name, work) in WORKLOADS {
        if asked.is_empty() || asked.iter().any(|word| word == name) {
            println!("{name}: {:e}", black_box(work(&base)));
        }
    }
}
