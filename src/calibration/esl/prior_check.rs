//! Are the targets within reach of the model, whatever its parameters?

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::calibration::emulator::Light;
use crate::calibration::matrix::{cholesky, forward};
use crate::calibration::table::{Table, Target};

/// A target is within reach when its place among the runs of the prior lies within these.
const BAND: (f64, f64) = (0.005, 0.995);
/// Below this share of runs that lie as far out as the targets together, they are out of reach.
const LEAST_DEPTH: f64 = 0.01;

/// Where one target lies among the runs of the prior.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Column of the moment.
    pub moment: usize,
    /// What was observed.
    pub observed: f64,
    /// The nearest that a run came to it.
    pub nearest: f64,
    /// Share of the runs below it, each smeared by sd_obs and sd_model.
    pub place: f64,
}

impl Reach {
    /// Whether the place is within the middle 99 %.
    pub fn holds(&self) -> bool {
        BAND.0 <= self.place && self.place <= BAND.1
    }
}

/// Where the targets lie among the runs of the prior, one by one and together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriorCheck {
    /// Each target.
    pub targets: Vec<Reach>,
    /// Share of the runs that lie at least as far from the middle as the targets, in Mahalanobis' distance; none when the
    /// moments depend on each other exactly.
    pub depth: Option<f64>,
    /// Runs without moments.
    pub n_failed: usize,
}

impl PriorCheck {
    /// Green when every target is within its band and the depth is a hundredth or more; red when not; amber when more than a
    /// twentieth of the runs failed.
    pub fn light(&self, n_runs: usize) -> Light {
        let reached = self.targets.iter().all(Reach::holds);
        if !reached || self.depth.is_some_and(|depth| depth < LEAST_DEPTH) {
            Light::Red
        } else if 20 * self.n_failed > n_runs {
            Light::Amber
        } else {
            Light::Green
        }
    }

    /// Looks at runs of the prior and targets of some of their columns as they are, without their transforms.
    pub fn new(table: &Table, targets: &[(usize, Target)]) -> Self {
        let rows: Vec<Vec<f64>> =
            table.usable().map(|(_, row)| targets.iter().map(|&(moment, _)| row[moment]).collect()).collect();
        let normal = Normal::standard();
        let reach = |(column, &(moment, target)): (usize, &(usize, Target))| {
            let sd = target.variance().sqrt();
            let below = |value: f64| {
                let missed = target.observed - value;
                if sd > 0.0 { normal.cdf(missed / sd) } else { f64::from(u8::from(missed >= 0.0)) }
            };
            let values = || rows.iter().map(|row| row[column]);
            let nearer = |a: f64, b: f64| {
                if (b - target.observed).abs() < (a - target.observed).abs() { b } else { a }
            };
            Reach {
                moment,
                observed: target.observed,
                nearest: values().reduce(nearer).unwrap_or_default(),
                place: values().map(below).sum::<f64>() / rows.len().max(1) as f64,
            }
        };
        Self {
            targets: targets.iter().enumerate().map(reach).collect(),
            depth: depth(&rows, targets),
            n_failed: table.n_failed(),
        }
    }
}

/// Share of the rows at least as far from the middle as the targets.
fn depth(rows: &[Vec<f64>], targets: &[(usize, Target)]) -> Option<f64> {
    let (n, m) = (rows.len() as f64, targets.len());
    let means: Vec<f64> = (0..m).map(|j| rows.iter().map(|row| row[j]).sum::<f64>() / n).collect();
    let mut factor = vec![0.0; m * m];
    for i in 0..m {
        for j in 0..=i {
            let sum: f64 = rows.iter().map(|row| (row[i] - means[i]) * (row[j] - means[j])).sum();
            factor[i * m + j] = sum / (n - 1.0);
        }
        factor[i * m + i] += targets[i].1.variance();
    }
    cholesky(&mut factor, m)?;
    let distance = |values: &mut dyn Iterator<Item = f64>| {
        let mut missed: Vec<f64> = values.zip(&means).map(|(x, mean)| x - mean).collect();
        forward(&factor, m, &mut missed);
        missed.iter().map(|x| x * x).sum::<f64>()
    };
    let observed = distance(&mut targets.iter().map(|(_, target)| target.observed));
    let farther = rows.iter().filter(|row| distance(&mut row.iter().copied()) >= observed).count();
    Some(farther as f64 / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;

    #[test]
    fn targets_out_of_reach_are_named_alone_and_together() {
        let mut stream = Streams::new(20_250_101, 1).open(13, 0, 0);
        let points: Vec<Vec<f64>> = (0..1_000).map(|_| vec![stream.unit(), stream.unit()]).collect();
        // Two moments that go together.
        let rows = points.iter().map(|u| vec![u[0], u[0] + 0.05 * u[1]]).collect();
        let table = Table::try_new(points.clone(), rows).unwrap();
        let check = |a: f64, b: f64| {
            let target = |observed| Target { observed, sd_obs: 0.01, sd_model: 0.0 };
            PriorCheck::new(&table, &[(0, target(a)), (1, target(b))])
        };
        assert_eq!(check(0.5, 0.52).light(1_000), Light::Green);
        let far = check(0.5, 1.4);
        assert_eq!(far.light(1_000), Light::Red);
        assert!(far.targets[0].holds() && !far.targets[1].holds());
        assert!((far.targets[1].nearest - 1.04).abs() < 0.02, "{far:?}");
        // Each within reach by itself, never both.
        let apart = check(0.2, 0.8);
        assert!(apart.targets.iter().all(Reach::holds) && apart.light(1_000) == Light::Red);
    }
}
