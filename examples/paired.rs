//! Compares two settings of one market over paired replications: every metric, and by how many standard errors and seed
//! standard deviations it moves. It makes the tables of agreement and convergence in `docs/validation.md`.
//!
//! ```sh
//! cargo run --release --example paired -- -n 64 -c configs/micro.toml auction.mode=kernel -- auction.mode=scan
//! ```
//!
//! Words before `--` set the first market, words after it the second; files given with `-c` are under both.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to whoever runs it")]

use std::error::Error;
use std::path::Path;
use std::thread::available_parallelism;

use bidcast::experiment::{Outcome, Plan, Silent, ensemble};
use bidcast::metrics::METRICS;
use bidcast::scenario::{Layer, Overlay, Scenario};
use bidcast::stats;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut replications, mut files, mut sets) = (64, Vec::new(), [Vec::new(), Vec::new()]);
    let mut side = 0;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-n" => replications = words.next().ok_or("-n takes a number")?.parse()?,
            "-c" => files.push(Layer::from_file(Path::new(&words.next().ok_or("-c takes a file")?))?),
            "--" => side = 1,
            _ => sets[side].push(word),
        }
    }
    let mut outcomes = Vec::new();
    for own in &sets {
        let overlays: Vec<Overlay<'_>> =
            files.iter().map(Overlay::File).chain(own.iter().map(|set| Overlay::Set(set))).collect();
        let scenario = Scenario::load(&overlays).map_err(|problems| problems.to_string())?;
        let plan = Plan { seed: scenario.seed(), replications, jobs: available_parallelism()?.get() };
        outcomes.push(ensemble(&scenario, &plan, &Silent)?.outcomes);
    }
    println!("{} against {}, {replications} pairs\n", sets[0].join(" "), sets[1].join(" "));
    println!(
        "| metric | year | first | second | difference / seed sd | ± | z |\n|---|---|---|---|---|---|---|"
    );
    for year in 0..outcomes[0][0].years.len() {
        for (index, metric) in METRICS.iter().enumerate() {
            if let Some(row) = row(&outcomes, year, index) {
                println!("| `{}` | {} | {row} |", metric.name, outcomes[0][0].years[year]);
            }
        }
    }
    Ok(())
}

/// Means of both, their difference in seed standard deviations with its error, and in its own standard errors; none for a
/// metric that is the same number in every replication.
fn row(outcomes: &[Vec<Outcome>], year: usize, metric: usize) -> Option<String> {
    let values =
        |side: usize| -> Vec<f64> { outcomes[side].iter().map(|o| o.yearly[year][metric]).collect() };
    let (a, b) = (values(0), values(1));
    let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
    let spread = |x: &[f64]| stats::sample_sd(x).filter(|sd| *sd > 0.0);
    let seeds = ((spread(&a)?.powi(2) + spread(&b)?.powi(2)) / 2.0).sqrt();
    let (mean, error) = (stats::mean(&differences)?, stats::mcse(&differences)?);
    Some(format!(
        "{:.5e} | {:.5e} | {:+.3} | {:.3} | {:+.2}",
        stats::mean(&a)?,
        stats::mean(&b)?,
        mean / seeds,
        error / seeds,
        mean / error
    ))
}
