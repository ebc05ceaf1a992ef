//! Auctions: a batch in closed form (kernel), auction by auction from a tree, and by brute force (scan, the naive way), with
//! 110, 1,100 and 11,000 bidders; each beside its limit, the bare draws that any unbiased way makes for the same outputs.
//!
//! ```sh
//! cargo bench --bench auction
//! ```
//!
//! First tables of medians of runs taken in turn: the kernel's cost a bidder whatever the number of impressions, the cost
//! of one auction in the other modes. Then criterion's own figures, for its comparisons with the last run.

#![allow(clippy::print_stdout, reason = "a bench talks to whoever runs it")]

mod cell;
#[path = "../common/turns.rs"]
mod turns;

use std::hint::black_box;
use std::time::Duration;

use bidcast::mechanisms::auction::Mode;
use bidcast::scenario::Scenario;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

use cell::Cell;
use turns::{Spread, in_turn, ratio};

/// Rounds behind a median.
const ROUNDS: usize = 9;
/// Bidders of a cell.
const BIDDERS: [usize; 3] = [110, 1_100, 11_000];
/// Mean impressions of a batch.
const SUPPLIES: [f64; 7] = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
/// Draws for bidders in one round of the kernel.
const DRAWS: usize = 660_000;
/// Auctions of one batch of the tree: an ordinary batch is larger, so that building the tree is no part of the cost.
const AUCTIONS: usize = 100_000;
/// Scores in one round of the scan.
const SCORES: usize = 2_200_000;

fn median_ns(seconds: &[f64], per: usize) -> f64 {
    Spread::of(seconds.iter().copied()).median * 1e9 / per as f64
}

/// Fails when a mode does not sell what the closed form expects: a bench of a wrong sale is worth nothing.
fn check(what: &str, sold: u64, expected: f64) {
    let error = (sold as f64 - expected) / expected.sqrt();
    assert!(
        error.abs() < 6.0,
        "{what} sold {sold} where {expected:.0} are expected: {error:.1} standard errors"
    );
}

fn table_of_batches(scenario: &Scenario) {
    println!("\nkernel: ns a bidder and batch, median of {ROUNDS} rounds taken in turn\n");
    println!("| bidders | impressions a batch | kernel | limit | kernel / limit [min, max] |");
    println!("|---|---|---|---|---|");
    for n in BIDDERS {
        let (mut cell, mut bare) = (Cell::new(scenario, n), Cell::new(scenario, n));
        let batches = DRAWS / n;
        for supply in SUPPLIES {
            let mut sold = 0;
            let [kernel, limit] = in_turn(
                ROUNDS,
                [
                    &mut || sold += (0..batches).map(|_| cell.sell(Mode::Kernel, supply)).sum::<u64>(),
                    &mut || {
                        black_box(bare.draw_batches(supply, batches));
                    },
                ],
            );
            check("the kernel", sold, bare.expected(supply) * (batches * (ROUNDS + 1)) as f64);
            let over = ratio(&kernel, &limit);
            println!(
                "| {n} | {supply:.0e} | {:.0} | {:.0} | {:.2} [{:.2}, {:.2}] |",
                median_ns(&kernel, batches * n),
                median_ns(&limit, batches * n),
                over.median,
                over.least,
                over.most
            );
        }
    }
}

fn table_of_auctions(scenario: &Scenario) {
    println!("\nauction by auction: ns an auction, median of {ROUNDS} rounds taken in turn\n");
    println!(
        "| bidders | tree | limit | tree / limit [min, max] | scan | a bidder | limit | scan / limit [min, max] | scan / tree |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for n in BIDDERS {
        let (mut by_tree, mut by_scan, mut bare) =
            (Cell::new(scenario, n), Cell::new(scenario, n), Cell::new(scenario, n));
        let mut bare_scan = Cell::new(scenario, n);
        let scans = SCORES / n;
        let (mut from_tree, mut from_scan) = (0, 0);
        let [tree, tree_limit, scan, scan_limit] = in_turn(
            ROUNDS,
            [
                &mut || from_tree += by_tree.sell(Mode::Tree, AUCTIONS as f64),
                &mut || {
                    black_box(bare.draw_auctions(AUCTIONS));
                },
                &mut || from_scan += by_scan.sell(Mode::Scan, scans as f64),
                &mut || {
                    black_box(bare_scan.draw_scores(scans));
                },
            ],
        );
        let rounds = (ROUNDS + 1) as f64;
        check("the tree", from_tree, by_tree.expected(AUCTIONS as f64) * rounds);
        check("the scan", from_scan, by_scan.expected(scans as f64) * rounds);
        let (tree_over, scan_over) = (ratio(&tree, &tree_limit), ratio(&scan, &scan_limit));
        let (tree_ns, scan_ns) = (median_ns(&tree, AUCTIONS), median_ns(&scan, scans));
        println!(
            "| {n} | {tree_ns:.0} | {:.0} | {:.2} [{:.2}, {:.2}] | {scan_ns:.0} | {:.1} | {:.0} | {:.2} [{:.2}, {:.2}] | {:.0} |",
            median_ns(&tree_limit, AUCTIONS),
            tree_over.median,
            tree_over.least,
            tree_over.most,
            scan_ns / n as f64,
            median_ns(&scan_limit, scans),
            scan_over.median,
            scan_over.least,
            scan_over.most,
            scan_ns / tree_ns
        );
    }
}

fn all(criterion: &mut Criterion) {
    let scenario = Scenario::load(&[]).expect("the embedded base is sound");
    table_of_batches(&scenario);
    table_of_auctions(&scenario);
    println!();
    let mut group = criterion.benchmark_group("auction");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500));
    for n in BIDDERS {
        let mut cell = Cell::new(&scenario, n);
        let supply = 1e6;
        group.bench_function(BenchmarkId::new("kernel, a batch of 1e6", n), |b| {
            b.iter(|| black_box(cell.sell(Mode::Kernel, supply)));
        });
        for (name, mode, auctions) in
            [("tree, a batch of 1e4", Mode::Tree, 1e4), ("scan, a batch of 1e2", Mode::Scan, 1e2)]
        {
            group.bench_function(BenchmarkId::new(name, n), |b| {
                b.iter(|| black_box(cell.sell(mode, auctions)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, all);
criterion_main!(benches);
