//! The calendar beside std's `BinaryHeap`: the hold model at 10² to 10⁶ pending events, a daily round, M/M/1, and the hold
//! model when 0, 50 or 90 % of what is scheduled is cancelled before its time (std: lazy deletion by tombstones).
//!
//! ```sh
//! cargo bench --bench calendar
//! ```
//!
//! First a table of medians of runs taken in turn, then criterion's own figures, for its comparisons with the last run. All
//! queues of a row must take the same events at the same minutes, and the bench fails if they do not.

#![allow(clippy::print_stdout, reason = "a bench talks to whoever runs it")]

mod queues;
#[path = "../common/turns.rs"]
mod turns;
mod workloads;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

use queues::{Cancel, Dense, KeptTickets, Queue, Std, StdTombstones, Tickets};
use turns::{Spread, in_turn, ratio};
use workloads::{Daily, Hold, SingleServer};

/// Rounds behind a median.
const ROUNDS: usize = 9;
/// Events taken in a round.
const STEPS: u32 = 300_000;
/// Pending events of the hold model.
const PENDING: [usize; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];
/// Pending events where they are not varied: about as many as a market of 1,100 apps has.
const ORDINARY: usize = 10_000;
/// Events cancelled for each that happens: 0, 50 and 90 % of all.
const CANCELLED: [u32; 3] = [0, 1, 9];

/// `STEPS` steps; gives a sum of what they said, which must be the same for every queue.
fn run<T: Into<i128>>(mut step: impl FnMut() -> T) -> i128 {
    (0..STEPS).map(|_| step().into()).sum()
}

/// One row: the calendar with tickets, without, and std, each `STEPS` steps a round.
fn row<T: Into<i128>>(
    what: &str,
    mut tickets: impl FnMut() -> T,
    mut dense: impl FnMut() -> T,
    mut naive: impl FnMut() -> T,
) {
    let mut sums = [0; 3];
    let [of_tickets, of_dense, of_naive] = &mut sums;
    let seconds = in_turn(
        ROUNDS,
        [&mut || *of_tickets += run(&mut tickets), &mut || *of_dense += run(&mut dense), &mut || {
            *of_naive += run(&mut naive)
        }],
    );
    assert!(sums.iter().all(|sum| *sum == sums[0]), "{what}: the queues disagree: {sums:?}");
    let ns: Vec<f64> =
        seconds.iter().map(|s| Spread::of(s.iter().copied()).median * 1e9 / f64::from(STEPS)).collect();
    let speed = ratio(&seconds[2], &seconds[0]);
    println!(
        "| {what} | {:.0} | {:.0} | {:.0} | {:.2} [{:.2}, {:.2}] | {:.2} |",
        ns[0],
        ns[1],
        ns[2],
        speed.median,
        speed.least,
        speed.most,
        ratio(&seconds[2], &seconds[1]).median
    );
}

fn table() {
    println!(
        "\nns an event, medians of {ROUNDS} rounds of {STEPS} events taken in turn; std / ours above 1 is faster\n"
    );
    println!("| workload | tickets | no tickets | std | std / tickets [min, max] | std / no tickets |");
    println!("|---|---|---|---|---|---|");
    for pending in PENDING {
        let mut tickets = Hold::<Tickets>::new(pending);
        let (mut dense, mut naive) = (Hold::<Dense>::new(pending), Hold::<Std>::new(pending));
        row(&format!("hold, {pending} pending"), || tickets.step(), || dense.step(), || naive.step());
    }
    let mut tickets = Daily::<Tickets>::new(ORDINARY);
    let (mut dense, mut naive) = (Daily::<Dense>::new(ORDINARY), Daily::<Std>::new(ORDINARY));
    row(&format!("daily round of {ORDINARY}"), || tickets.step(), || dense.step(), || naive.step());
    let mut tickets = SingleServer::<Tickets>::new();
    let (mut dense, mut naive) = (SingleServer::<Dense>::new(), SingleServer::<Std>::new());
    row("M/M/1", || tickets.step(), || dense.step(), || naive.step());
}

/// Cost by share of events cancelled, per event that happens, with all that was put off for it.
fn table_of_cancels() {
    println!("\nns an event that happens, {ORDINARY} pending, with the events that are put off meanwhile\n");
    println!("| cancelled | calendar | std, tombstones | ratio [min, max] | entries held, calendar | std |");
    println!("|---|---|---|---|---|---|");
    for n in CANCELLED {
        let mut ours = Hold::<KeptTickets>::new(ORDINARY);
        let mut naive = Hold::<StdTombstones>::new(ORDINARY);
        let mut sums = [0; 2];
        let [of_ours, of_naive] = &mut sums;
        let seconds = in_turn(
            ROUNDS,
            [&mut || *of_ours += run(|| ours.step_with_cancels(n)), &mut || {
                *of_naive += run(|| naive.step_with_cancels(n))
            }],
        );
        assert_eq!(sums[0], sums[1], "the queues disagree");
        let ns = seconds.each_ref().map(|s| Spread::of(s.iter().copied()).median * 1e9 / f64::from(STEPS));
        let speed = ratio(&seconds[1], &seconds[0]);
        println!(
            "| {} % | {:.0} | {:.0} | {:.2} [{:.2}, {:.2}] | {} | {} |",
            100 * n / (n + 1),
            ns[0],
            ns[1],
            speed.median,
            speed.least,
            speed.most,
            ours.queue.held(),
            naive.queue.held()
        );
    }
}

fn hold<Q: Queue>(criterion: &mut Criterion, name: &str) {
    let mut group = criterion.benchmark_group("calendar/hold");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500));
    for pending in PENDING {
        let mut hold = Hold::<Q>::new(pending);
        group.bench_function(BenchmarkId::new(name, pending), |b| b.iter(|| black_box(hold.step())));
    }
    group.finish();
}

fn cancel<Q: Cancel>(criterion: &mut Criterion, name: &str) {
    let mut group = criterion.benchmark_group("calendar/cancelled");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500));
    for n in CANCELLED {
        let mut hold = Hold::<Q>::new(ORDINARY);
        let share = format!("{} %", 100 * n / (n + 1));
        group.bench_function(BenchmarkId::new(name, share), |b| {
            b.iter(|| black_box(hold.step_with_cancels(n)))
        });
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    table();
    table_of_cancels();
    println!();
    hold::<Tickets>(criterion, "tickets");
    hold::<Dense>(criterion, "no tickets");
    hold::<Std>(criterion, "std");
    cancel::<KeptTickets>(criterion, "calendar");
    cancel::<StdTombstones>(criterion, "std");
}

criterion_group!(benches, all);
criterion_main!(benches);
