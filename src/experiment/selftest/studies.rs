//! Statistics of studies: where variance comes from, how well quantiles are known, when to stop.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::check::{Answer, Check};
use super::draws::{Subject, moments, share_is, streams};
use crate::rng::Stream;
use crate::stats::{self, Estimand, Looks, Precision, VarianceSplit};

pub(super) const VARIANCE_SPLIT: Check = Check {
    name: "variance_split",
    about: "mean variance between 200 draws of two replications each, by nested ANOVA over 2,000 tables, against 1, where chance has a variance of 4",
    source: "Searle, Casella & McCulloch 1992, §3.5",
    run: || variance_split(|split| split.parameters),
};

fn variance_split(read: fn(&VarianceSplit) -> f64) -> Answer {
    let streams = streams(Subject::Studies);
    let found: Vec<f64> = (0..2_000)
        .map(|table| {
            let mut stream = streams.open(1, table, 0);
            let draws: Vec<[f64; 2]> = (0..200)
                .map(|_| {
                    let effect = stream.normal();
                    [effect + 2.0 * stream.normal(), effect + 2.0 * stream.normal()]
                })
                .collect();
            stats::variance_split(&draws).map_or(f64::NAN, |split| read(&split))
        })
        .collect();
    moments(&found).mean_is(1.0)
}

/// How loud chance is, as its variance over that of the parameters, and the replications that suit it.
const LOUDNESS: [(f64, usize); 4] = [(0.25, 2), (1.0, 2), (4.0, 5), (9.0, 10)];
/// Replications of all draws of a study together, and studies.
const VALUES: usize = 2_000;
const SPLITS: u64 = 1_000;

pub(super) const SPLIT_MEAN: Check = Check {
    name: "variance_split_mean",
    about: "mean variance between draws by nested ANOVA over 1,000 studies of 2,000 runs, against 1, the hardest of four: chance has a variance of ¼, 1, 4 and 9 times that, in 2, 2, 5 and 10 replications",
    source: "Searle, Casella & McCulloch 1992, §3.5",
    run: || Answer::hardest(splits(|split| split.parameters).map(|(found, _)| moments(&found).mean_is(1.0))),
};

pub(super) const SPLIT_SPREAD: Check = Check {
    name: "variance_split_spread",
    about: "standard deviation of that estimate, the hardest of the four, against its closed form: 0.05, 0.07, 0.13 and 0.19",
    source: "mean squares of normal draws are χ²: 2/m² ((m + s²)²/(n - 1) + s⁴/(n (m - 1)))",
    run: || split_spread(|split| split.parameters),
};

fn split_spread(read: fn(&VarianceSplit) -> f64) -> Answer {
    Answer::hardest(splits(read).map(|(found, sd)| {
        let n = found.len() as f64;
        // Of a sum of many squares, as of a normal draw, a standard deviation is known to 1/√(2n).
        Answer::chance(sd, stats::sample_sd(&found).unwrap_or(f64::NAN), sd / (2.0 * n).sqrt())
    }))
}

/// For each loudness what is read of the split of each study, and the standard deviation that theory gives to the variance
/// between draws.
fn splits(read: fn(&VarianceSplit) -> f64) -> impl Iterator<Item = (Vec<f64>, f64)> {
    let streams = streams(Subject::Studies);
    (4..).zip(LOUDNESS).map(move |(purpose, (chance, replications))| {
        let found = (0..SPLITS).map(|study| {
            let mut stream = streams.open(purpose, study, 0);
            let draws: Vec<Vec<f64>> = (0..VALUES / replications)
                .map(|_| {
                    let effect = stream.normal();
                    (0..replications).map(|_| effect + chance.sqrt() * stream.normal()).collect()
                })
                .collect();
            stats::variance_split(&draws).map_or(f64::NAN, |split| read(&split))
        });
        let (m, n) = (replications as f64, (VALUES / replications) as f64);
        let variance = 2.0 / (m * m) * ((m + chance).powi(2) / (n - 1.0) + chance * chance / (n * (m - 1.0)));
        (found.collect(), variance.sqrt())
    })
}

pub(super) const QUANTILE_RANKS: Check = Check {
    name: "quantile_ranks",
    about: "ranks of the order statistics around the 97.5 % quantile of 1,000 values, as 1,000 · lower + upper, against 965 and 986",
    source: "David & Nagaraja 2003, §7.1",
    run: || {
        let ranks: Vec<f64> = (1..=1_000).map(f64::from).collect();
        let interval = stats::quantile_interval(&ranks, 0.975, 0.95);
        Answer::rounding(965_986.0, interval.map_or(f64::NAN, |found| 1e3 * found.low + found.high))
    },
};

/// Samples whose quantile is looked for.
const SAMPLES: u64 = 2_000;

pub(super) const QUANTILE_COVERAGE: Check = Check {
    name: "quantile_coverage",
    about: "share of 2,000 samples of 1,000 values whose 95 % interval holds the 97.5 % quantile, against the probability that from 965 to 985 of the values lie below it, 96.7 %",
    source: "David & Nagaraja 2003, §7.1: values below the quantile are binomial",
    run: || quantile_coverage(0.95),
};

/// The share, of intervals asked for at some level.
fn quantile_coverage(level: f64) -> Answer {
    let streams = streams(Subject::Studies);
    let Ok(below) = Binomial::new(0.975, 1_000) else { return Answer::none() };
    let holds = |sample: &u64| {
        let mut stream = streams.open(8, *sample, 0);
        let mut values: Vec<f64> = (0..1_000).map(|_| stream.unit()).collect();
        values.sort_unstable_by(f64::total_cmp);
        stats::quantile_interval(&values, 0.975, level).is_some_and(|found| found.contains(0.975))
    };
    share_is(below.cdf(985) - below.cdf(964), (0..SAMPLES).filter(holds).count() as u64, SAMPLES)
}

/// Studies that are stopped when they look precise.
const STUDIES: u32 = 2_000;

pub(super) const SEQUENTIAL_LOOSE: Check = Check {
    name: "stopping_at_10_percent",
    about: "coverage of 95 % intervals of 2,000 lognormal means (cv 0.53) that were stopped when precise to 10 %, against 94 %; at least 92 %",
    source: "measured: optional stopping costs a point or two",
    run: || Answer { tolerance: 0.02, ..Answer::limit(0.94, covered(0.1, 2), 0.0) },
};

pub(super) const SEQUENTIAL_TIGHT: Check = Check {
    name: "stopping_at_2_percent",
    about: "coverage of 95 % intervals of 2,000 lognormal means (cv 0.53) that were stopped when precise to 2 %; at least 94 %",
    source: "Chow & Robbins 1965: the nominal coverage in the limit",
    run: || Answer { tolerance: 0.01, ..Answer::limit(0.95, covered(0.02, 3), 0.0) },
};

/// Lognormal with mean 1 and a coefficient of variation of 0.53.
fn lognormal(stream: &mut Stream) -> f64 {
    let variance = (0.53_f64 * 0.53).ln_1p();
    stream.lognormal(-variance / 2.0, variance.sqrt())
}

/// Share of studies whose last interval holds the mean.
fn covered(precision: f64, purpose: u64) -> f64 {
    let streams = streams(Subject::Studies);
    let holds = |study: &u32| {
        let mut stream = streams.open(purpose, u64::from(*study), 0);
        let (mut looks, mut values, mut interval) = (Looks::default(), Vec::new(), None);
        while let Some(next) = looks.next_look() {
            values.resize_with(next, || lognormal(&mut stream));
            let found = stats::estimate(Estimand::Mean, &values, 0.95);
            if looks.note(next, found, Precision::Relative(precision)).is_none() {
                return false;
            }
            interval = found.and_then(|(_, interval)| interval);
        }
        interval.is_some_and(|interval| interval.contains(1.0))
    };
    (0..STUDIES).filter(holds).count() as f64 / f64::from(STUDIES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_in_the_split_are_noticed() {
        // The variance of the draws' means is too large by the share of chance that they keep.
        assert!(!variance_split(|split| split.parameters + split.chance / split.replications).passed());
        // Estimates that are cut from below are too large on average.
        assert!(!variance_split(|split| split.parameters.max(0.9)).passed());
        assert!(!split_spread(|split| 1.2 * split.parameters).passed());
        // Intervals that are two or three ranks wider, or narrower.
        assert!(!quantile_coverage(0.985).passed() && !quantile_coverage(0.9).passed());
    }
}
