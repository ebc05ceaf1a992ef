//! A whole market sold in closed form, from a tree, and by a scan of all bidders: every outcome is the same in law.
//!
//! The comparison at full size, with its figures, is made by `examples/paired.rs`; this is a smaller one of the same kind.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

use std::path::Path;

use crate::common::{SEED, moments};
use bidcast::experiment::replicate;
use bidcast::metrics::{METRICS, Outcome};
use bidcast::scenario::{Layer, Overlay, Scenario};

/// Paired replications.
const PAIRS: u64 = 20;
/// A fifth of the file's impressions, at the same price: the scan of debug builds takes half a second a replication.
const SUPPLY: &str = "supply.addressable_impressions_per_day=[420, 380, 190, 830, 900, 710, 360, 210]";

fn outcomes(sets: &[&str]) -> Vec<Outcome> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/micro.toml");
    let layer = Layer::from_file(&file).unwrap();
    let overlays: Vec<Overlay<'_>> = [Overlay::File(&layer), Overlay::Set(SUPPLY)]
        .into_iter()
        .chain(sets.iter().map(|set| Overlay::Set(set)))
        .collect();
    let scenario = Scenario::load(&overlays).unwrap();
    (0..PAIRS).map(|k| replicate(&scenario, SEED, k).unwrap()).collect()
}

/// Metrics whose means differ by four standard errors of the paired differences or more.
fn differing(a: &[Outcome], b: &[Outcome]) -> Vec<String> {
    let mut found = Vec::new();
    for (index, metric) in METRICS.iter().enumerate() {
        let differences: Vec<f64> =
            a.iter().zip(b).map(|(a, b)| b.yearly[0][index] - a.yearly[0][index]).collect();
        let (mean, variance, _) = moments(&differences);
        // What is the same number in all replications has no error.
        if variance > 0.0 && !(mean.abs() < 4.0 * (variance / PAIRS as f64).sqrt()) {
            found.push(format!("{}: {mean} ± {}", metric.name, (variance / PAIRS as f64).sqrt()));
        }
    }
    found
}

#[test]
fn kernel_tree_and_scan_make_the_same_market() {
    let kernel = outcomes(&["auction.mode=kernel"]);
    for mode in ["tree", "scan"] {
        let found = differing(&kernel, &outcomes(&[&format!("auction.mode={mode}")]));
        assert!(found.is_empty(), "{mode}: {}", found.join("\n"));
    }
    // The comparison sees what it should see: noise with a thinner tail makes other prices.
    let lognormal = outcomes(&["auction.mode=scan", "auction.match_noise=lognormal"]);
    let found = differing(&kernel, &lognormal);
    assert!(!found.is_empty(), "lognormal noise made no visible difference");
}

#[test]
fn a_large_market_is_not_held_auction_by_auction() {
    let problems = Scenario::load(&[Overlay::Set("auction.mode=tree")]).unwrap_err().to_string();
    assert!(
        problems.contains("run.single_auctions_limit") && problems.contains("configs/micro.toml"),
        "{problems}"
    );
}
