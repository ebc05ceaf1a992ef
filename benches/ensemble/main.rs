//! An ensemble of replications with two threads beside one: replications a second, and the memory that a thread takes.
//!
//! ```sh
//! cargo bench --bench ensemble              # the year 2025 of the base, three minutes
//! cargo bench --bench ensemble -- --full    # the whole base
//! ```
//!
//! Pairs of runs are taken in turn. Memory is the peak of the process, which never falls: with one thread after n and after
//! 4n replications, where the difference is what results take, then with two threads, where the difference is a worker.

#![allow(clippy::print_stdout, reason = "a bench talks to whoever runs it")]

#[path = "../common/memory.rs"]
mod memory;
#[path = "../common/turns.rs"]
mod turns;

use std::env::args;

use bidcast::experiment::{Outcome, Plan, Silent, ensemble};
use bidcast::scenario::{Overlay, Scenario};

use memory::peak_mib;
use turns::{Spread, in_turn, ratio};

/// Pairs of runs behind a ratio.
const PAIRS: usize = 7;
/// Replications of a run that is timed: so many that the thread that ends first does not wait long for the other.
const REPLICATIONS: u64 = 16;
/// Replications after which memory is read for the first time.
const FEW: u64 = 4;

fn replicate(scenario: &Scenario, replications: u64, jobs: usize) -> Vec<Outcome> {
    let plan = Plan { seed: scenario.seed(), replications, jobs };
    ensemble(scenario, &plan, &Silent).expect("no law is broken").outcomes
}

fn main() {
    let short = ["run.start_date=2025-01-01", "run.report_from_date=2025-01-01", "run.end_date=2025-12-31"]
        .map(Overlay::Set);
    let full = args().any(|word| word == "--full");
    let overlays: &[Overlay<'_>] = if full { &[] } else { &short };
    let scenario = Scenario::load(overlays).expect("the embedded base is sound");

    if let Some(before) = peak_mib() {
        println!("\n| peak memory after | MiB | more than before |\n|---|---|---|");
        println!("| loading the scenario | {before:.1} | |");
        let mut last = before;
        let runs = [("one thread", FEW, 1), ("one thread", 4 * FEW, 1), ("two threads", FEW, 2)];
        for (what, replications, jobs) in runs {
            replicate(&scenario, replications, jobs);
            let peak = peak_mib().unwrap_or(last);
            println!("| {replications} replications, {what} | {peak:.1} | {:.1} |", peak - last);
            last = peak;
        }
    }

    let (mut alone, mut together) = (Vec::new(), Vec::new());
    let [one, two] = in_turn(
        PAIRS,
        [&mut || alone = replicate(&scenario, REPLICATIONS, 1), &mut || {
            together = replicate(&scenario, REPLICATIONS, 2);
        }],
    );
    // As text, for what has no year before it is not a number, and that is not equal to itself.
    assert!(format!("{alone:?}") == format!("{together:?}"), "the number of threads shows in the results");
    println!("\n| threads | replications a second [min, max] |\n|---|---|");
    for (threads, seconds) in [(1, &one), (2, &two)] {
        let speed = Spread::of(seconds.iter().map(|s| REPLICATIONS as f64 / s));
        println!("| {threads} | {:.3} [{:.3}, {:.3}] |", speed.median, speed.least, speed.most);
    }
    let gain = ratio(&one, &two);
    println!(
        "\ntwo threads over one: {:.2} [{:.2}, {:.2}], median of {PAIRS} pairs of {REPLICATIONS} replications",
        gain.median, gain.least, gain.most
    );
}
