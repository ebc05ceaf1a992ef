//! `--method morris`: screening by trajectories in which one parameter moves at a time.

use bidcast::report::table::{format_range, format_value};
use bidcast::rng::Streams;
use bidcast::scenario::Priors;
use bidcast::sensitivity::{MorrisDesign, MorrisEffect, morris_design, morris_effects};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::args::SensitivityArgs;
use super::super::failure::{Failure, Status};
use super::super::grid::{Cell, Grid, grouped};
use super::super::outcomes::Target;
use super::super::study::Done;
use super::report::{Report, unexplained};
use super::runs::{Row, blocks, by_job};

/// Names the streams of trajectories: no replication has so high a number.
const WALKS: u64 = u64::MAX - 3;
/// Confidence of the intervals.
const LEVEL: f64 = 0.95;

const COLUMNS: &[&str] =
    &["parameter", "mu_star", "mu_star_low", "mu_star_high", "mu", "mu_low", "mu_high", "sigma"];

/// What screening asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Morris {
    trajectories: usize,
    levels: usize,
    replications: u64,
    /// Whether levels lie at the middle of equally likely parts, because ends of a prior may be anywhere.
    inner: bool,
}

impl Morris {
    /// What the flags ask.
    ///
    /// # Errors
    /// Flags that belong to another method; an odd number of levels.
    pub(super) fn plan(args: &SensitivityArgs) -> Result<Self, Failure> {
        let other = [
            ("--noise", args.noise.is_some()),
            ("--second-order", args.second_order),
            ("--dummy", args.dummy.is_some()),
        ];
        if let Some((flag, _)) = other.into_iter().find(|(_, given)| *given) {
            return Err(Failure::message(Status::Usage, format!("{flag} says nothing to --method morris"))
                .hint("runs of a trajectory share their chance, which cancels in its effects"));
        }
        if !args.levels.is_multiple_of(2) {
            return Err(Failure::message(Status::Usage, format!("{} levels are an odd number", args.levels))
                .hint(format!(
                    "take --levels {}: steps of half the levels then visit all equally often",
                    args.levels + 1
                )));
        }
        Ok(Self {
            trajectories: args.trajectories as usize,
            levels: args.levels as usize,
            replications: args.reps,
            inner: args.inputs.params.is_some(),
        })
    }

    /// The trajectories, which follow from the seed.
    fn design(&self, n_inputs: usize, seed: u64) -> Result<MorrisDesign, Failure> {
        let mut stream = Streams::new(seed, WALKS).open(0, 0, 0);
        morris_design(n_inputs, self.trajectories, self.levels, &mut stream)
            .map_err(|error| Failure::told(Status::Usage, error))
    }

    /// Rows of the study: those of a trajectory share their chance.
    ///
    /// # Errors
    /// Trajectories that cannot be drawn.
    pub(super) fn rows(&self, priors: &Priors, seed: u64) -> Result<Vec<Row>, Failure> {
        let k = priors.priors.len();
        let value =
            |(prior, u): (&bidcast::scenario::Prior, &f64)| prior.distribution.quantile(self.probability(*u));
        let design = self.design(k, seed)?;
        let row = |(number, point): (usize, &Vec<f64>)| Row {
            values: priors.priors.iter().zip(point).map(value).collect(),
            chance: (number / (k + 1)) as u64,
        };
        Ok(design.points.iter().enumerate().map(row).collect())
    }

    /// Where a level stands in a distribution.
    fn probability(&self, level: f64) -> f64 {
        let p = self.levels as f64;
        if self.inner { (level * (p - 1.0) + 0.5) / p } else { level }
    }

    /// Effects of every parameter on every metric.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub(super) fn conclude(&self, done: &Done<'_>, targets: &[Target]) -> Result<Report, Failure> {
        let names: Vec<&str> = done.design.levers.iter().map(|lever| lever.name.as_str()).collect();
        let k = names.len();
        let design = self.design(k, done.design.seed)?;
        let mut report = Report::new("morris", COLUMNS);
        for target in targets {
            let found = blocks(&by_job(done, *target)?, k + 1, self.replications as usize);
            let facts = json!({
                "trajectories": found.numbers.len(),
                "levels": self.levels,
                "replications": self.replications,
                "lowest_probability": self.probability(0.0),
                "highest_probability": self.probability(1.0),
            });
            if found.numbers.len() < 2 {
                let few = format!(
                    "{} of {} trajectories are complete: too few for effects.",
                    found.numbers.len(),
                    found.planned
                );
                report.answer(*target, Grid::new(["parameter"]), facts, vec![few]);
                continue;
            }
            let kept = MorrisDesign {
                n_inputs: k,
                points: found
                    .numbers
                    .iter()
                    .flat_map(|t| design.points[t * (k + 1)..(t + 1) * (k + 1)].to_vec())
                    .collect(),
                moved: found.numbers.iter().flat_map(|t| design.moved[t * k..(t + 1) * k].to_vec()).collect(),
            };
            let effects =
                morris_effects(&kept, &found.outcomes, LEVEL).map_err(|error| unexplained(error, *target))?;
            let mut said = self.sentences(found.numbers.len(), k);
            said.extend(found.left_out("trajectories"));
            let grid = tell(&mut report, *target, &names, &effects);
            report.answer(*target, grid, facts, said);
        }
        Ok(report)
    }

    fn sentences(&self, trajectories: usize, k: usize) -> Vec<String> {
        let (low, high) = (self.probability(0.0), self.probability(1.0));
        let reach = if self.inner {
            format!("from its {:.1} % to its {:.1} % quantile", 100.0 * low, 100.0 * high)
        } else {
            "from the low to the high end of its range".to_owned()
        };
        vec![
            format!(
                "{} trajectories of {} runs, {} {} of each; runs of a trajectory share their chance.",
                grouped(trajectories as u64),
                k + 1,
                self.replications,
                if self.replications == 1 { "replication" } else { "replications" },
            ),
            format!(
                "μ* is the mean size of the change of the outcome when the parameter goes {reach}, as if straight; μ keeps the sign."
            ),
            "σ is the spread of that change: beside μ*, it tells of bends and of what other parameters do to it.".into(),
        ]
    }
}

fn tell(report: &mut Report, target: Target, names: &[&str], effects: &[MorrisEffect]) -> Grid {
    let unit = target.of().unit;
    let mut lines: Vec<(&&str, &MorrisEffect)> = names.iter().zip(effects).collect();
    lines.sort_by(|a, b| b.1.mean_size.total_cmp(&a.1.mean_size));
    let mut grid = Grid::new(["parameter", "μ*", "95 %", "μ", "95 %", "σ"]).aligned(&[2, 4]);
    for (name, effect) in lines {
        let value = |x: f64| Cell::number(format_value(unit, x), x);
        let exact = |x: f64| Cell::number(x.to_string(), x);
        let (size, mean) = (effect.mean_size_interval, effect.mean_interval);
        grid.push(vec![
            (*name).into(),
            value(effect.mean_size),
            format_range(unit, size.low, size.high).into(),
            value(effect.mean),
            format_range(unit, mean.low, mean.high).into(),
            value(effect.sd),
        ]);
        let mut row = vec![Cell::from(*name)];
        row.extend(
            [effect.mean_size, size.low, size.high, effect.mean, mean.low, mean.high, effect.sd].map(exact),
        );
        report.row(target, row);
    }
    grid
}
