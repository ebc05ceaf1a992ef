//! A whole replication of the base, beside its limit: the bare draws that any unbiased engine makes for the same outputs.
//!
//! ```sh
//! cargo bench --bench replication
//! ```
//!
//! Runs are taken in turn, engine and limit, so that a slow minute of the machine slows both; the ratio is the median of
//! pairs. A table says where the time goes by kind of event. Criterion's own figures follow, for its comparisons with the
//! last run.

#![allow(clippy::print_stdout, reason = "a bench talks to whoever runs it")]

mod census;
mod kinds;
mod limit;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bidcast::engine::simulate;
use bidcast::scenario::Scenario;
use criterion::{Criterion, criterion_group, criterion_main};

use census::Census;

/// Pairs of runs behind the ratio.
const PAIRS: usize = 7;
/// Replication that is timed, an ordinary one.
const REPLICATION: u64 = 7;

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn base(criterion: &mut Criterion) {
    let scenario = Scenario::load(&[]).expect("the embedded base is sound");
    let census = Census::take(&scenario, REPLICATION);
    println!(
        "census: {} lot-days, {} lots, {} purchases, {} cohorts",
        census.lot_means.len(),
        census.lots,
        census.purchases.len(),
        census.cohorts.len()
    );
    let engine = || drop(black_box(simulate(&scenario, scenario.seed(), REPLICATION)));
    let bare = || {
        black_box(limit::draw(&census, &scenario));
    };
    let mut pairs: Vec<(Duration, Duration)> = (0..PAIRS).map(|_| (timed(engine), timed(bare))).collect();
    pairs.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let (engine_time, limit_time) = pairs[PAIRS / 2];
    println!(
        "engine / limit: {:.2} [{:.2}, {:.2}], {:.2} s against {:.2} s in the median pair of {PAIRS}",
        ratio(&pairs[PAIRS / 2]),
        ratio(&pairs[0]),
        ratio(&pairs[PAIRS - 1]),
        engine_time.as_secs_f64(),
        limit_time.as_secs_f64()
    );
    kinds::table(&scenario, REPLICATION);
    let mut group = criterion.benchmark_group("replication");
    group.sample_size(10);
    group.bench_function("base", |bencher| bencher.iter(engine));
    group.bench_function("limit", |bencher| bencher.iter(bare));
    group.finish();
}

fn ratio(pair: &(Duration, Duration)) -> f64 {
    pair.0.as_secs_f64() / pair.1.as_secs_f64()
}

criterion_group!(benches, base);
criterion_main!(benches);
