//! Which results are independent of each other, and so how well their mean is known.
//!
//! # Model
//! A pair has a draw of the parameters and a replication, the chance of the market. Results with the same draw are alike, and
//! so are those with the same chance. With y_dr = μ + a_d + b_r + e_dr and U_g the sum of deviations from the mean within
//! a group g of G,
//!
//! | layout | variance of the mean of n pairs |
//! |---|---|
//! | no draw and no replication twice | V = n/(n − 1) ΣU²/n² over pairs: s²/n |
//! | draws with replications of their own | V = D/(D − 1) ΣU²/n² over draws |
//! | every draw under the same replications | V over draws + V over replications − V of e |
//!
//! What occurs only once in all, such as one parameter set, is given: its spread is not in the error. V of e is taken off
//! only when every draw has every replication; of an incomplete grid the sum of both is kept, which is too large rather
//! than too small.
//!
//! # Source
//! S. R. Searle, G. Casella, C. E. McCulloch, *Variance Components* (1992), chapter 4; degrees of freedom of the sum:
//! F. E. Satterthwaite, *An Approximate Distribution of Estimates of Variance Components*, Biometrics Bulletin 2 (1946).

use std::collections::BTreeMap;

use crate::experiment::study::Job;

/// What two scenarios share in a pair of results: the draw of the parameters, and the chance of the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Place among the draws of the parameters.
    pub draw: u32,
    /// Number of the replication.
    pub replication: u64,
}

impl From<&Job> for Pair {
    fn from(job: &Job) -> Self {
        Self { draw: job.draw, replication: job.replication }
    }
}

/// Groups of pairs, each by the places of its members.
pub(super) type Groups = Vec<Vec<usize>>;

/// Which pairs are alike.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Alike {
    /// None of them.
    None,
    /// Those of a group.
    Groups(Groups),
    /// Those of a draw, and those of a replication.
    Crossed { draws: Groups, replications: Groups, complete: bool },
}

/// How pairs hang together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub(super) n_pairs: usize,
    pub(super) n_draws: usize,
    pub(super) n_replications: usize,
    /// By draw.
    pub(super) draws: Groups,
    pub(super) alike: Alike,
}

/// A variance of a mean, and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MeanVariance {
    pub(super) variance: f64,
    /// Degrees of freedom, at least 1.
    pub(super) freedom: usize,
}

impl Layout {
    /// The layout of pairs, all of them different and two at least.
    pub(super) fn of(pairs: &[Pair]) -> Self {
        let draws = groups(pairs.iter().map(|pair| u64::from(pair.draw)));
        let replications = groups(pairs.iter().map(|pair| pair.replication));
        let (n_pairs, n_draws, n_replications) = (pairs.len(), draws.len(), replications.len());
        let repeated = |groups: &Groups| groups.len() > 1 && groups.len() < n_pairs;
        let alike = match (repeated(&draws), repeated(&replications)) {
            (false, false) => Alike::None,
            (true, false) => Alike::Groups(draws.clone()),
            (false, true) => Alike::Groups(replications),
            (true, true) => Alike::Crossed {
                draws: draws.clone(),
                replications,
                // Pairs are different: as many as places in the grid fill it.
                complete: n_draws * n_replications == n_pairs,
            },
        };
        Self { n_pairs, n_draws, n_replications, draws, alike }
    }

    /// Whether all draws were run under the same, single chance: then no error can hold chance.
    pub(super) fn shares_one_chance(&self) -> bool {
        self.n_replications == 1
    }

    /// Covariance of the means of two results of the same pairs.
    pub(super) fn covariance(&self, u: &[f64], v: &[f64]) -> f64 {
        let (u, v) = (deviations(u), deviations(v));
        match &self.alike {
            Alike::None => over_pairs(&u, &v),
            Alike::Groups(groups) => over_groups(groups, &u, &v),
            Alike::Crossed { draws, replications, complete } => {
                let sum = over_groups(draws, &u, &v) + over_groups(replications, &u, &v);
                if *complete {
                    sum - self.interaction(draws, replications, &u, &v) / self.n_pairs as f64
                } else {
                    sum
                }
            }
        }
    }

    /// Variance of the mean of results.
    pub(super) fn variance(&self, values: &[f64]) -> MeanVariance {
        let one = |variance, n: usize| MeanVariance { variance, freedom: n.saturating_sub(1).max(1) };
        match &self.alike {
            Alike::None => one(self.covariance(values, values), self.n_pairs),
            Alike::Groups(groups) => one(self.covariance(values, values), groups.len()),
            Alike::Crossed { draws, replications, .. } => {
                let u = deviations(values);
                let parts = [draws, replications].map(|groups| over_groups(groups, &u, &u));
                // Each part alone already holds what is taken off: less than the larger cannot be.
                let variance = self.covariance(values, values).max(parts[0].max(parts[1]));
                let free = [draws, replications].map(|groups| groups.len() as f64 - 1.0);
                let weight = parts[0] * parts[0] / free[0] + parts[1] * parts[1] / free[1];
                let freedom = (parts[0] + parts[1]).powi(2) / weight;
                let least = free[0].min(free[1]);
                let freedom = if freedom.is_finite() { freedom.max(least) } else { least };
                MeanVariance { variance, freedom: (freedom.floor() as usize).max(1) }
            }
        }
    }

    /// Standard error of the mean of results.
    pub(super) fn error(&self, values: &[f64]) -> f64 {
        self.variance(values).variance.max(0.0).sqrt()
    }

    /// Mean square, or product, of what neither the draw nor the replication explains, in a complete grid.
    pub(super) fn interaction(&self, draws: &Groups, replications: &Groups, u: &[f64], v: &[f64]) -> f64 {
        let (u, v) = (unexplained(draws, replications, u), unexplained(draws, replications, v));
        let products: f64 = u.iter().zip(&v).map(|(u, v)| u * v).sum();
        products / ((draws.len() - 1) * (replications.len() - 1)) as f64
    }

    /// How many independent pairs would tell a share of pairs as well as these do.
    pub(super) fn effective_pairs(&self, indicators: &[f64]) -> usize {
        let groups = match &self.alike {
            Alike::None => return self.n_pairs,
            Alike::Groups(groups) => groups.len(),
            Alike::Crossed { draws, replications, .. } => draws.len().min(replications.len()),
        };
        let u = deviations(indicators);
        let independent = over_pairs(&u, &u);
        let inflation = self.variance(indicators).variance / independent;
        if inflation.is_finite() {
            ((self.n_pairs as f64 / inflation.max(1.0)).round() as usize).max(1)
        } else {
            // All agree: how alike they are cannot be seen, so the groups count and not their members.
            groups
        }
    }
}

/// Deviations from the mean.
pub(super) fn deviations(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| value - mean).collect()
}

/// Deviations of a complete grid from the means of their draw and of their replication.
pub(super) fn unexplained(draws: &Groups, replications: &Groups, deviations: &[f64]) -> Vec<f64> {
    let mut left = deviations.to_vec();
    for groups in [draws, replications] {
        for group in groups {
            let mean = group.iter().map(|&i| deviations[i]).sum::<f64>() / group.len() as f64;
            group.iter().for_each(|&i| left[i] -= mean);
        }
    }
    left
}

fn groups(labels: impl Iterator<Item = u64>) -> Groups {
    let mut by_label: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (place, label) in labels.enumerate() {
        by_label.entry(label).or_default().push(place);
    }
    by_label.into_values().collect()
}

fn over_pairs(u: &[f64], v: &[f64]) -> f64 {
    let n = u.len() as f64;
    u.iter().zip(v).map(|(u, v)| u * v).sum::<f64>() / (n * (n - 1.0))
}

fn over_groups(groups: &Groups, u: &[f64], v: &[f64]) -> f64 {
    let (n, n_groups) = (u.len() as f64, groups.len() as f64);
    let sum = |group: &[usize], of: &[f64]| group.iter().map(|&i| of[i]).sum::<f64>();
    let products: f64 = groups.iter().map(|group| sum(group, u) * sum(group, v)).sum();
    products * n_groups / ((n_groups - 1.0) * n * n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;
    use crate::stats;

    fn pairs(n_draws: u32, n_replications: u64, number: impl Fn(u32, u64) -> u64) -> Vec<Pair> {
        let all = (0..n_draws).flat_map(|draw| (0..n_replications).map(move |k| (draw, k)));
        all.map(|(draw, k)| Pair { draw, replication: number(draw, k) }).collect()
    }

    #[test]
    fn independent_pairs_have_the_error_of_the_textbook() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        for pairs in [pairs(1, 8, |_, k| k), pairs(8, 1, |d, _| u64::from(d)), pairs(8, 1, |_, _| 3)] {
            let layout = Layout::of(&pairs);
            let found = layout.variance(&values);
            assert!((found.variance.sqrt() - stats::mcse(&values).unwrap()).abs() < 1e-15);
            assert_eq!((found.freedom, layout.effective_pairs(&[1.0; 8])), (7, 8));
        }
        assert!(Layout::of(&pairs(8, 1, |_, _| 3)).shares_one_chance());
    }

    #[test]
    fn replications_of_a_draw_count_together() {
        // Means of the draws 2, 5, 8: their spread is all that tells the error.
        let layout = Layout::of(&pairs(3, 2, |d, k| 2 * u64::from(d) + k));
        let found = layout.variance(&[1.0, 3.0, 3.0, 7.0, 7.0, 9.0]);
        assert!((found.variance - 3.0).abs() < 1e-14, "{found:?}");
        assert_eq!(found.freedom, 2);
        assert_eq!(layout.effective_pairs(&[1.0; 6]), 3, "when all agree, draws count");
    }

    #[test]
    fn errors_hold_what_the_mean_scatters_by_in_every_layout() {
        // a of variance 1, b of 0.5, e of 2: over 600 studies the mean of the variances that were stated must be the
        // variance of the means that were found, within 4 standard errors (a variance over n studies is known to √(2/n)).
        let truth = |d: f64, r: f64, crossed: bool| {
            1.0 / d + if crossed { 0.5 / r } else { 0.5 / (d * r) } + 2.0 / (d * r)
        };
        for (n_draws, n_replications, crossed) in [(12_u32, 5_u64, true), (12, 5, false), (40, 2, false)] {
            let number = |d: u32, k: u64| if crossed { k } else { u64::from(d) * n_replications + k };
            let pairs = pairs(n_draws, n_replications, number);
            let layout = Layout::of(&pairs);
            let (mut means, mut variances) = (Vec::new(), Vec::new());
            for study in 0..600 {
                let mut stream =
                    Streams::new(20_250_101, study).open(1, u64::from(n_draws), u64::from(crossed));
                let a: Vec<f64> = (0..n_draws).map(|_| stream.normal()).collect();
                let b: Vec<f64> = (0..pairs.len()).map(|_| 0.5_f64.sqrt() * stream.normal()).collect();
                let values: Vec<f64> = pairs
                    .iter()
                    .map(|pair| {
                        a[pair.draw as usize]
                            + b[pair.replication as usize]
                            + 2.0_f64.sqrt() * stream.normal()
                    })
                    .collect();
                means.push(stats::mean(&values).unwrap());
                variances.push(layout.variance(&values).variance);
            }
            let expected = truth(f64::from(n_draws), n_replications as f64, crossed);
            let stated = stats::mean(&variances).unwrap();
            // Never below the larger part: a little too large on average.
            let slack = if crossed { 0.03 * expected } else { 0.0 };
            assert!(
                (stated - expected).abs() < 4.0 * stats::mcse(&variances).unwrap() + slack,
                "{stated} {expected}"
            );
            let scatter = stats::sample_sd(&means).unwrap().powi(2);
            assert!(
                (scatter / expected - 1.0).abs() < 4.0 * (2.0_f64 / 600.0).sqrt(),
                "{scatter} {expected}"
            );
        }
    }

    #[test]
    fn an_incomplete_grid_errs_on_the_large_side() {
        let mut holes = pairs(6, 4, |_, k| k);
        let values: Vec<f64> = (0..24).map(|i| f64::from(i * i % 17)).collect();
        holes.pop();
        let layout = Layout::of(&holes);
        assert!(matches!(layout.alike, Alike::Crossed { complete: false, .. }));
        let u = deviations(&values[..23]);
        let Alike::Crossed { draws, replications, .. } = &layout.alike else { panic!("it is a grid") };
        let sum = over_groups(draws, &u, &u) + over_groups(replications, &u, &u);
        assert!((layout.variance(&values[..23]).variance / sum - 1.0).abs() < 1e-12);
    }
}
