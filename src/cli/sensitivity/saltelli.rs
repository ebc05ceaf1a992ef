//! The runs behind `--method sobol`: rows of a Saltelli design, and under which chance each is run.
//!
//! | noise | chance | what it costs and tells |
//! |---|---|---|
//! | `correct` | each row its own | replications tell the variance of chance, which is taken off the total indices |
//! | `crn` | each base point its own, all its rows the same | chance that acts alike on all rows cancels |
//! | `factor` | an input like others: two for each base point, in the two samples | the total index of chance is its share |

use bidcast::experiment::study::{Drawing, Lever, levers};
use bidcast::sampling::Sampler;
use bidcast::scenario::Priors;
use bidcast::sensitivity::{Noise, SaltelliLayout, SobolRule, saltelli_rows};
use serde::{Deserialize, Serialize};

use super::super::args::{NoiseArg, SensitivityArgs};
use super::super::failure::{Failure, Status};
use super::runs::{Blocks, Row};

/// Confidence of the intervals.
const LEVEL: f64 = 0.95;

/// What is done about chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Chance {
    /// Own for each row, known from replications.
    Correct,
    /// Shared by the rows of a base point.
    Crn,
    /// An input.
    Factor,
}

/// What Sobol' indices are asked of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saltelli {
    pub(super) base_points: usize,
    pub(super) replications: u64,
    pub(super) chance: Chance,
    /// Inputs that go nowhere.
    pub(super) dummies: usize,
    pub(super) second_order: bool,
    pub(super) bootstrap: usize,
}

impl Saltelli {
    /// What the flags ask.
    ///
    /// # Errors
    /// Flags that do not go together.
    pub(super) fn plan(args: &SensitivityArgs) -> Result<Self, Failure> {
        let refuse = |message: String, hint: &str| Err(Failure::message(Status::Usage, message).hint(hint));
        let chance = match args.noise {
            None if args.reps > 1 => Chance::Correct,
            None | Some(NoiseArg::Crn) => Chance::Crn,
            Some(NoiseArg::Correct) => Chance::Correct,
            Some(NoiseArg::Factor) => Chance::Factor,
        };
        let dummies = args.dummy.unwrap_or_default() as usize;
        if !args.base_points.is_power_of_two() {
            let near = args.base_points.next_power_of_two();
            return refuse(
                format!("{} base points are no power of two", args.base_points),
                &format!("Sobol' points are even in powers of two only: take -N {} or -N {near}", near / 2),
            );
        }
        if chance == Chance::Correct && args.reps < 2 {
            return refuse(
                "one run of a row does not tell the variance of chance".into(),
                "replicate every row with --reps 2, or let rows share their chance with --noise crn",
            );
        }
        if chance == Chance::Factor && args.reps > 1 {
            return refuse(
                "replications average away the chance that is to be an input".into(),
                "leave out --reps, or take --noise correct",
            );
        }
        if chance != Chance::Correct && dummies > 0 {
            return refuse(
                "with shared chance an input that goes nowhere shows exactly 0: --dummy tells nothing".into(),
                "leave it out, or take --noise correct --reps 2",
            );
        }
        Ok(Self {
            base_points: args.base_points as usize,
            replications: args.reps,
            chance,
            dummies,
            second_order: args.second_order,
            bootstrap: args.bootstrap as usize,
        })
    }

    /// What is varied: the priors, then dummies that go nowhere.
    pub(super) fn levers(&self, priors: &Priors) -> Vec<Lever> {
        let dummy = |number: usize| Lever { name: format!("dummy_{number}"), paths: Vec::new() };
        levers(priors).into_iter().chain((1..=self.dummies).map(dummy)).collect()
    }

    /// Order of the rows; `n_levers` with dummies.
    pub(super) fn layout(&self, n_levers: usize) -> SaltelliLayout {
        let n_inputs = n_levers + usize::from(self.chance == Chance::Factor);
        SaltelliLayout { n_inputs, second_order: self.second_order }
    }

    /// How indices are worked out; `within` is the variance between replications of a row.
    pub(super) fn rule(&self, n_levers: usize, within: Option<f64>, bootstrap: usize) -> SobolRule {
        let noise = match (self.chance, within) {
            (Chance::Correct, Some(chance)) => {
                Noise::Corrected { chance, replications: self.replications as usize }
            }
            (Chance::Correct, None) => Noise::Independent,
            // As an input, chance is held fixed like any other: nothing is left to take off.
            (Chance::Crn | Chance::Factor, _) => Noise::Aligned,
        };
        SobolRule { layout: self.layout(n_levers), noise, n_resamples: bootstrap, level: LEVEL }
    }

    /// Rows of the study in the order of the layout.
    ///
    /// Parameters are drawn independently of each other, as the method needs, whatever their copula.
    ///
    /// # Errors
    /// More parameters than Sobol' points have dimensions.
    pub(super) fn rows(&self, priors: &Priors, seed: u64) -> Result<Vec<Row>, Failure> {
        let k = priors.priors.len() + self.dummies;
        let drawing = Drawing { sampler: Sampler::Sobol, draws: self.base_points, randomizations: 1 };
        let base = drawing.points(2 * k, seed).map_err(|error| {
            let hint = error.hint();
            Failure::told(Status::Usage, error).hint(hint)
        })?;
        let value = |(place, u): (usize, &f64)| match priors.priors.get(place) {
            Some(prior) => prior.distribution.quantile(*u),
            None => *u,
        };
        let rows = self.placed(&base).map_err(|error| Failure::told(Status::Usage, error))?;
        let row = |(point, chance): (Vec<f64>, u64)| Row {
            values: point.iter().enumerate().map(value).collect(),
            chance,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Points of the unit cube with the number of their chance, from base points of two samples each.
    fn placed(&self, base: &[Vec<f64>]) -> Result<Vec<(Vec<f64>, u64)>, bidcast::sensitivity::ShapeError> {
        let k = base.first().map_or(0, |point| point.len() / 2);
        let layout = self.layout(k);
        if self.chance == Chance::Factor {
            // Chance has a number in either sample, and the layout exchanges it as it does any input.
            let with_chance = |(number, point): (usize, &Vec<f64>)| {
                let (first, second) = point.split_at(k);
                let chances = [2.0 * number as f64, 2.0 * number as f64 + 1.0];
                [first, &chances[..1], second, &chances[1..]].concat()
            };
            let base: Vec<Vec<f64>> = base.iter().enumerate().map(with_chance).collect();
            let mut rows = saltelli_rows(&base, layout)?;
            let chance = |row: &mut Vec<f64>| row.pop().map_or(0, |chance| chance as u64);
            return Ok(rows
                .iter_mut()
                .map(|row| (chance(row), std::mem::take(row)))
                .map(|(c, row)| (row, c))
                .collect());
        }
        let number = |row: usize| if self.chance == Chance::Crn { row / layout.block() } else { row };
        let rows = saltelli_rows(base, layout)?;
        Ok(rows.into_iter().enumerate().map(|(row, point)| (point, number(row) as u64)).collect())
    }

    /// Outcomes of the first `n` blocks that are there.
    pub(super) fn beginning<'a>(&self, found: &'a Blocks, n_levers: usize, n: usize) -> &'a [f64] {
        &found.outcomes[..n * self.layout(n_levers).block()]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a design that cannot be placed fails the test")]

    use std::f64::consts::PI;

    use bidcast::rng::Streams;
    use bidcast::sampling::{Distribution, GaussianCopula};
    use bidcast::scenario::{Basis, Prior};
    use bidcast::sensitivity::{SobolIndices, sobol_indices};

    use super::super::runs::blocks;
    use super::*;

    /// Three inputs, uniform on (−π, π).
    fn priors() -> Priors {
        let names = ["a", "b", "c"];
        let prior = |name: &str| Prior {
            name: name.into(),
            parameters: vec![name.into()],
            distribution: Distribution::uniform(-PI, PI).unwrap(),
            group: "test".into(),
            basis: Basis::Judgement,
            source: "none".into(),
        };
        Priors {
            priors: names.iter().map(|name| prior(name)).collect(),
            copula: GaussianCopula::try_new(&names, &[]).unwrap(),
        }
    }

    fn ishigami(x: &[f64]) -> f64 {
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    }

    fn asked(chance: Chance, replications: u64, base_points: usize) -> Saltelli {
        Saltelli { base_points, replications, chance, dummies: 0, second_order: true, bootstrap: 0 }
    }

    /// Standard normal noise of a run, a function of its replication number alone.
    fn noise(replication: u64) -> f64 {
        Streams::new(5, replication).open(1, 0, 0).normal()
    }

    /// Indices of the Ishigami function with noise of a standard deviation, run row by row as a study is.
    fn indices(asked: &Saltelli, sd: f64) -> SobolIndices {
        let priors = priors();
        let k = asked.levers(&priors).len();
        let rows = asked.rows(&priors, 20_250_101).unwrap();
        let m = asked.replications;
        let values: Vec<f64> = rows
            .iter()
            .flat_map(|row| (0..m).map(move |r| ishigami(&row.values) + sd * noise(row.chance * 1_000 + r)))
            .collect();
        let found = blocks(&values, asked.layout(k).block(), m as usize);
        assert_eq!(found.numbers.len(), asked.base_points);
        let rule = asked.rule(k, found.within, 0);
        sobol_indices(&found.outcomes, &rule, &mut Streams::new(1, 1).open(1, 0, 0)).unwrap()
    }

    const FIRST: [f64; 3] = [0.313_905, 0.442_411, 0.0];
    const TOTAL: [f64; 3] = [0.557_589, 0.442_411, 0.243_684];
    const VARIANCE: f64 = 13.844_588;

    #[test]
    fn rows_of_the_verb_give_the_indices_of_ishigami() {
        // Scrambled Sobol' points: the error falls nearly as 1/N; 0.01 is far above it at 4,096.
        let found = indices(&asked(Chance::Crn, 1, 4_096), 0.0);
        for i in 0..3 {
            assert!((found.inputs[i].first.value - FIRST[i]).abs() < 0.01, "{:?}", found.inputs[i]);
            assert!((found.inputs[i].total.value - TOTAL[i]).abs() < 0.01, "{:?}", found.inputs[i]);
        }
        assert!((found.pairs[1].second.value - 0.243_684).abs() < 0.02, "{:?}", found.pairs[1]);
    }

    #[test]
    fn noise_goes_where_each_way_says() {
        let sd = 3.0_f64;
        let share = sd * sd / (VARIANCE + sd * sd);
        let part = 1.0 - share;
        let corrected = indices(&asked(Chance::Correct, 2, 4_096), sd);
        let aligned = indices(&asked(Chance::Crn, 1, 4_096), sd);
        let factor = indices(&asked(Chance::Factor, 1, 4_096), sd);
        for i in 0..3 {
            // Monte Carlo error of noise at 4,096 rows: about 0.015.
            let near = |found: f64, expected: f64| {
                assert!((found - expected).abs() < 0.05, "{i}: {found}, not {expected}")
            };
            near(corrected.inputs[i].total.value, TOTAL[i] * part);
            near(corrected.inputs[i].total_explainable.unwrap().value, TOTAL[i]);
            near(aligned.inputs[i].total.value, TOTAL[i] * part);
            near(factor.inputs[i].total.value, TOTAL[i] * part);
            near(factor.inputs[i].first.value, FIRST[i] * part);
        }
        assert!((factor.inputs[3].total.value - share).abs() < 0.05, "{:?}", factor.inputs[3]);
        assert!((factor.inputs[3].first.value - share).abs() < 0.05, "{:?}", factor.inputs[3]);
    }

    #[test]
    fn dummies_go_nowhere_and_show_nothing_but_noise() {
        let asked = Saltelli { dummies: 2, second_order: false, ..asked(Chance::Correct, 2, 2_048) };
        let levers = asked.levers(&priors());
        assert_eq!((levers[3].name.as_str(), levers[4].paths.len()), ("dummy_1", 0));
        let found = indices(&asked, 1.0);
        assert!(
            found.inputs[3..].iter().all(|dummy| dummy.total.value.abs() < 0.02),
            "{:?}",
            &found.inputs[3..]
        );
    }

    #[test]
    fn chances_are_shared_as_the_noise_says() {
        let chances = |chance| -> Vec<u64> {
            let asked = Saltelli { second_order: false, ..asked(chance, 1, 2) };
            asked.rows(&priors(), 1).unwrap().iter().map(|row| row.chance).collect()
        };
        assert_eq!(chances(Chance::Crn), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
        assert_eq!(chances(Chance::Correct), (0..10).collect::<Vec<u64>>());
        // a, a with each of three inputs of b, a with the chance of b, b.
        assert_eq!(chances(Chance::Factor), [0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3]);
    }
}
