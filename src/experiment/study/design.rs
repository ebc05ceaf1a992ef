//! Which markets a study simulates, row by row, fixed before the first of them.
//!
//! # Model
//! A row is a variant (a whole configuration), a draw (values of the levers that the study varies), and a replication (the
//! chance of the market). Rows are numbered; results are kept by number, so neither threads, nor order, nor interruptions
//! can show in them.
//!
//! # Invariants
//! Two designs have the same fingerprint if and only if they simulate the same markets in the same order.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use toml::Value;

use crate::diagnostic::Diagnostics;
use crate::digest::Fingerprint;
use crate::scenario::{Layer, Overlay, Scenario};

/// A configuration of the study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Name of the scenario.
    pub name: String,
    /// Its resolved configuration, which loads to it again.
    pub resolved_toml: String,
}

impl Variant {
    /// The variant that a scenario is.
    pub fn of(scenario: &Scenario) -> Self {
        Self { name: scenario.name().to_owned(), resolved_toml: scenario.resolved_toml().to_owned() }
    }

    fn layer(&self) -> Layer {
        Layer::new(self.name.as_str(), self.resolved_toml.as_str())
    }

    /// The scenario that it is, with nothing varied.
    ///
    /// # Errors
    /// A configuration that is refused.
    pub fn scenario(&self) -> Result<Scenario, Diagnostics> {
        Scenario::load(&[Overlay::File(&self.layer())])
    }
}

/// A row of the design: one market to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// Place among the variants.
    pub variant: u32,
    /// Place among the draws.
    pub draw: u32,
    /// Number of the replication: with the seed, the chance of the market.
    pub replication: u64,
}

/// A number that the study varies, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lever {
    /// Name of its column.
    pub name: String,
    /// Paths as of `--set`, such as `auction.theta`, or `supply.cpm_usd_per_mille*` for a factor: all take the same number.
    pub paths: Vec<String>,
}

impl Lever {
    /// The lever that is one parameter, and named after it.
    pub fn of(path: impl Into<String>) -> Self {
        let path = path.into();
        Self { name: path.clone(), paths: vec![path] }
    }
}

/// Numbers of replications that are set aside for each draw of a nested design: a draw's chance is the same in a design with
/// more replications or more draws, so that what was simulated for the smaller one serves the larger.
pub const REPLICATIONS_OF_A_DRAW: u64 = 1_000;

/// All rows of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Master seed.
    pub seed: u64,
    /// Configurations.
    pub variants: Vec<Variant>,
    /// What is varied.
    pub levers: Vec<Lever>,
    /// Values of the levers, a row for each draw; one empty row when nothing is varied.
    pub draws: Vec<Vec<f64>>,
    /// The markets, in order.
    pub jobs: Vec<Job>,
}

/// Why a design cannot be run.
#[derive(Debug, Error)]
pub enum DesignError {
    /// A row names a variant or a draw that is not there, or a draw has another number of values.
    #[error("job {job} of the design does not fit it")]
    Misfit {
        /// Number of the job.
        job: u64,
    },
    /// The values of a draw do not make a valid configuration.
    #[error("draw {draw} of scenario {scenario} cannot be simulated")]
    Refused {
        /// Number of the draw.
        draw: u32,
        /// Name of the variant.
        scenario: String,
        /// What is wrong with it.
        diagnostics: Diagnostics,
    },
}

impl Design {
    /// Replications of one scenario, numbered from 0; nothing else varies.
    pub fn ensemble(scenario: &Scenario, seed: u64, replications: u64) -> Self {
        let jobs = (0..replications).map(|replication| Job { variant: 0, draw: 0, replication }).collect();
        Self {
            seed,
            variants: vec![Variant::of(scenario)],
            levers: Vec::new(),
            draws: vec![Vec::new()],
            jobs,
        }
    }

    /// Every draw of the levers, `replications` times each, in one scenario; no two jobs share their chance. Draw d has the
    /// replications from d × [`REPLICATIONS_OF_A_DRAW`] on, of which there cannot be more.
    pub fn nested(
        scenario: &Scenario,
        seed: u64,
        levers: Vec<Lever>,
        draws: Vec<Vec<f64>>,
        replications: u64,
    ) -> Self {
        Self::contrasted(&[scenario], seed, levers, draws, replications)
    }

    /// As [`Design::nested`] in several scenarios, which share draws and chance: results of one are paired with those of any
    /// other, and pairs are independent but for the draws.
    pub fn contrasted(
        scenarios: &[&Scenario],
        seed: u64,
        levers: Vec<Lever>,
        draws: Vec<Vec<f64>>,
        replications: u64,
    ) -> Self {
        let n_variants = scenarios.len() as u32;
        // Pairs lie together: what is stopped early holds whole pairs but for the last few rows.
        let jobs = (0..draws.len() as u32)
            .flat_map(|draw| {
                let first = u64::from(draw) * REPLICATIONS_OF_A_DRAW;
                (first..first + replications.min(REPLICATIONS_OF_A_DRAW)).flat_map(move |replication| {
                    (0..n_variants).map(move |variant| Job { variant, draw, replication })
                })
            })
            .collect();
        let variants = scenarios.iter().map(|scenario| Variant::of(scenario)).collect();
        Self { seed, variants, levers, draws, jobs }
    }

    /// Every scenario and every draw under the same chance: replication k of one is paired with replication k of any other.
    pub fn paired(
        scenarios: &[&Scenario],
        seed: u64,
        levers: Vec<Lever>,
        draws: Vec<Vec<f64>>,
        replications: u64,
    ) -> Self {
        let n_variants = scenarios.len() as u32;
        // Pairs lie together: what is stopped early holds whole pairs but for the last few rows.
        let jobs = (0..replications)
            .flat_map(|replication| {
                (0..draws.len() as u32).flat_map(move |draw| {
                    (0..n_variants).map(move |variant| Job { variant, draw, replication })
                })
            })
            .collect();
        let variants = scenarios.iter().map(|scenario| Variant::of(scenario)).collect();
        Self { seed, variants, levers, draws, jobs }
    }

    /// What identifies the design: SHA-256, 64 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        let mut print =
            Fingerprint::new("bidcast/design/1").whole(self.seed).whole(self.variants.len() as u64);
        for variant in &self.variants {
            print = print.text(&variant.name).text(&variant.resolved_toml);
        }
        print = print.whole(self.levers.len() as u64);
        for lever in &self.levers {
            print = print.text(&lever.name).whole(lever.paths.len() as u64);
            for path in &lever.paths {
                print = print.text(path);
            }
        }
        print = print.whole(self.draws.len() as u64);
        for draw in &self.draws {
            print = print.numbers(draw);
        }
        print = print.whole(self.jobs.len() as u64);
        for job in &self.jobs {
            print = print.whole(u64::from(job.variant)).whole(u64::from(job.draw)).whole(job.replication);
        }
        print.hex()
    }

    /// The configuration of a job.
    ///
    /// # Errors
    /// A job that is not in the design or does not fit it; values that the configuration refuses.
    pub fn scenario(&self, job: u64) -> Result<Scenario, DesignError> {
        let misfit = || DesignError::Misfit { job };
        let row = usize::try_from(job).ok().and_then(|job| self.jobs.get(job)).ok_or_else(misfit)?;
        let variant = self.variants.get(row.variant as usize).ok_or_else(misfit)?;
        let draw = self.draws.get(row.draw as usize).ok_or_else(misfit)?;
        if draw.len() != self.levers.len() {
            return Err(misfit());
        }
        let refused = |diagnostics| DesignError::Refused {
            draw: row.draw,
            scenario: variant.name.clone(),
            diagnostics,
        };
        let plain = variant.scenario().map_err(refused)?;
        if draw.is_empty() {
            return Ok(plain);
        }
        let sets: Vec<String> = self
            .levers
            .iter()
            .zip(draw)
            .flat_map(|(lever, value)| lever.paths.iter().map(|path| setting(&plain, path, *value)))
            .collect();
        let layer = variant.layer();
        let overlays: Vec<Overlay<'_>> =
            [Overlay::File(&layer)].into_iter().chain(sets.iter().map(|set| Overlay::Set(set))).collect();
        Scenario::load(&overlays).map_err(refused)
    }

    /// What identifies the market of a job, whatever study it is in: configuration, values, chance. SHA-256, 64 hexadecimal
    /// digits; none for a job that is not in the design.
    pub fn market(&self, job: u64) -> Option<String> {
        let row = self.jobs.get(usize::try_from(job).ok()?)?;
        let variant = self.variants.get(row.variant as usize)?;
        let draw = self.draws.get(row.draw as usize)?;
        let mut print = Fingerprint::new("bidcast/market/1").text(&variant.resolved_toml).numbers(draw);
        for lever in &self.levers {
            print = lever
                .paths
                .iter()
                .fold(print.whole(lever.paths.len() as u64), |print, path| print.text(path));
        }
        Some(print.whole(self.seed).whole(row.replication).hex())
    }
}

/// A value as an argument of `--set`; parameters that are whole numbers get the nearest.
fn setting(scenario: &Scenario, path: &str, value: f64) -> String {
    let whole = scenario.registry().get(path).is_some_and(|p| matches!(p.value, Value::Integer(_)));
    if whole { format!("{path}={value:.0}") } else { format!("{path}={value:?}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot load the base has failed")]

    use super::*;

    fn base() -> Scenario {
        Scenario::load(&[]).unwrap()
    }

    fn two_draws() -> Design {
        let levers = ["auction.theta", "supply.cpm_usd_per_mille*"].map(Lever::of).to_vec();
        Design::nested(&base(), 7, levers, vec![vec![3.0, 1.0], vec![5.0, 1.5]], 2)
    }

    #[test]
    fn no_two_jobs_of_a_nested_design_share_their_chance() {
        let rows: Vec<(u32, u64)> = two_draws().jobs.iter().map(|job| (job.draw, job.replication)).collect();
        assert_eq!(rows, [(0, 0), (0, 1), (1, 1_000), (1, 1_001)]);
    }

    #[test]
    fn all_variants_of_a_paired_design_share_their_chance() {
        let (a, b) = (base(), base());
        let design = Design::paired(&[&a, &b], 7, Vec::new(), vec![Vec::new()], 2);
        let rows: Vec<(u32, u64)> = design.jobs.iter().map(|job| (job.variant, job.replication)).collect();
        assert_eq!(rows, [(0, 0), (1, 0), (0, 1), (1, 1)]);
    }

    #[test]
    fn a_draw_sets_values_and_multiplies_arrays() {
        let (design, base) = (two_draws(), base());
        let scenario = design.scenario(2).unwrap();
        assert!((scenario.parameters().spec.auction.theta - 5.0).abs() < 1e-15);
        let (new, old) = (
            &scenario.parameters().spec.supply.cpm_usd_per_mille,
            &base.parameters().spec.supply.cpm_usd_per_mille,
        );
        assert!(new.iter().zip(old).all(|(new, old)| (new / old - 1.5).abs() < 1e-12));
        // The configuration of a job loads again to itself, factors included.
        let first = design.scenario(0).unwrap();
        let again = Design::ensemble(&first, 7, 1).scenario(0).unwrap();
        assert_eq!(first.parameters(), again.parameters());
    }

    #[test]
    fn whole_numbers_stay_whole() {
        let design = Design::nested(&base(), 7, vec![Lever::of("pacing.passes")], vec![vec![2.6]], 1);
        assert_eq!(design.scenario(0).unwrap().parameters().spec.pacing.passes, 3);
    }

    #[test]
    fn the_fingerprint_tells_designs_apart() {
        let design = two_draws();
        assert_eq!(design.fingerprint(), two_draws().fingerprint());
        let mut others = [design.clone(), design.clone(), design.clone(), design.clone()];
        others[0].seed = 8;
        others[1].draws[1][0] = 5.000_000_000_000_001;
        others[2].jobs.swap(0, 1);
        others[3].levers[1].paths[0] = "supply.cpm_usd_per_mille".into();
        assert!(others.iter().all(|other| other.fingerprint() != design.fingerprint()));
    }

    #[test]
    fn rows_that_do_not_fit_and_values_that_are_refused_are_errors() {
        let mut design = two_draws();
        assert!(matches!(design.scenario(4), Err(DesignError::Misfit { job: 4 })));
        design.draws[0].pop();
        assert!(matches!(design.scenario(0), Err(DesignError::Misfit { job: 0 })));
        design.draws[1][0] = 1.0;
        let Err(DesignError::Refused { draw: 1, diagnostics, .. }) = design.scenario(2) else {
            panic!("θ below its range must be refused");
        };
        assert!(diagnostics.to_string().contains("auction.theta"));
    }
}
