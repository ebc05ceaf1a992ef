//! Statistics of studies: where variance comes from, how well quantiles are known, when to stop.

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

/// Studies that are stopped when they look precise.
const STUDIES: u32 = 600;

pub(super) const SEQUENTIAL_LOOSE: Check = Check {
    name: "stopping_at_10_percent",
    about: "coverage of 95 % intervals of lognormal means (cv 0.53) that were stopped when precise to 10 %, against 94 %",
    source: "measured: optional stopping costs a point or two",
    run: || {
        let answer = share_is(0.94, covered(0.1, 2), u64::from(STUDIES));
        // What stopping costs is known to a point.
        Answer { tolerance: answer.tolerance + 0.01, ..answer }
    },
};

pub(super) const SEQUENTIAL_TIGHT: Check = Check {
    name: "stopping_at_2_percent",
    about: "coverage of 95 % intervals of lognormal means (cv 0.53) that were stopped when precise to 2 %",
    source: "Chow & Robbins 1965: the nominal coverage in the limit",
    run: || share_is(0.95, covered(0.02, 3), u64::from(STUDIES)),
};

/// Lognormal with mean 1 and a coefficient of variation of 0.53.
fn lognormal(stream: &mut Stream) -> f64 {
    let variance = (0.53_f64 * 0.53).ln_1p();
    stream.lognormal(-variance / 2.0, variance.sqrt())
}

/// Studies whose last interval holds the mean.
fn covered(precision: f64, purpose: u64) -> u64 {
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
    (0..STUDIES).filter(holds).count() as u64
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
    }
}
