//! A whole replication of the base, beside its limits: the bare draws that any unbiased engine makes for the same outputs, and
//! these draws with the sums that any engine makes of them.
//!
//! ```sh
//! cargo bench --bench replication
//! ```
//!
//! Runs are taken in turn, engine and limits, so that a slow minute of the machine slows all; a ratio is the median over
//! pairs of one turn. A table says where the time goes by kind of event. Criterion's own figures follow, for its comparisons
//! with the last run.

#![allow(clippy::print_stdout, reason = "a bench talks to whoever runs it")]

mod census;
mod kinds;
mod limit;
#[allow(
    dead_code,
    unused_imports,
    reason = "the sums need two of its functions; its tests run in the library"
)]
#[path = "../../src/math.rs"]
mod math;
mod sums;
#[path = "../common/turns.rs"]
mod turns;

use std::hint::black_box;

use bidcast::engine::simulate;
use bidcast::scenario::Scenario;
use criterion::{Criterion, criterion_group, criterion_main};

use census::Census;
use turns::{Spread, in_turn, ratio};

/// Turns behind a ratio.
const TURNS: usize = 7;
/// Replication that is timed, an ordinary one.
const REPLICATION: u64 = 7;

fn base(criterion: &mut Criterion) {
    let scenario = Scenario::load(&[]).expect("the embedded base is sound");
    let census = Census::take(&scenario, REPLICATION);
    println!(
        "drawn: {} lot-days, {} lots, {} purchases, {} cohorts",
        census.lot_means.len(),
        census.lots,
        census.purchases.len(),
        census.cohorts.len()
    );
    println!(
        "summed: {} lot-days in {} strengths, {} bidder-batches in {} batches, {} book-days for {} cohort-days",
        census.lot_means.len(),
        census.creative_days.len(),
        census.purchases.len(),
        census.batches.len(),
        census.cohorts.len(),
        census.cohort_days
    );
    let mut engine = || drop(black_box(simulate(&scenario, scenario.seed(), REPLICATION)));
    let mut draws = || {
        black_box(limit::draw(&census, &scenario));
    };
    let mut sums = || {
        black_box(sums::draw_and_sum(&census, &scenario));
    };
    let (bare, summed) = (limit::draw(&census, &scenario).0, sums::draw_and_sum(&census, &scenario).0);
    assert_eq!(bare, summed, "the limits draw different counts");
    let [engine_seconds, draws_seconds, sums_seconds] = in_turn(TURNS, [&mut engine, &mut draws, &mut sums]);
    for (limit, seconds) in [("draws", &draws_seconds), ("draws and sums", &sums_seconds)] {
        let over = ratio(&engine_seconds, seconds);
        println!(
            "engine over {limit}: {:.2} [{:.2}, {:.2}], medians {:.2} s and {:.2} s of {TURNS} turns",
            over.median,
            over.least,
            over.most,
            Spread::of(engine_seconds.iter().copied()).median,
            Spread::of(seconds.iter().copied()).median
        );
    }
    kinds::table(&scenario, REPLICATION);
    let mut group = criterion.benchmark_group("replication");
    group.sample_size(10);
    group.bench_function("base", |bencher| bencher.iter(&mut engine));
    group.bench_function("limit", |bencher| bencher.iter(&mut draws));
    group.bench_function("limit_with_sums", |bencher| bencher.iter(&mut sums));
    group.finish();
}

criterion_group!(benches, base);
criterion_main!(benches);
