//! Scores of forecasts where they are known in closed form, and the tests whether forecasts mean what they say.

use statrs::distribution::{ContinuousCDF, Normal};

use super::check::{Answer, Check};
use super::draws::{Subject, moments, share_is, streams};
use crate::rng::Stream;
use crate::stats::{self, SpreadTerm, on_grid};

type Crps = fn(&[f64], f64, SpreadTerm) -> Option<f64>;

/// Members of a small ensemble.
const MEMBERS: usize = 20;
/// Ensembles scored.
const ENSEMBLES: u64 = 20_000;

fn known(score: Option<f64>) -> f64 {
    score.unwrap_or(f64::NAN)
}

/// Mean fair score of ensembles against that of the distribution they are drawn from.
fn fair(crps: Crps, purpose: u64, draw: fn(&mut Stream) -> f64, outcome: f64, expected: f64) -> Answer {
    let streams = streams(Subject::Scores);
    let scores: Vec<f64> = (0..ENSEMBLES)
        .map(|ensemble| {
            let mut stream = streams.open(purpose, ensemble, 0);
            let sample: Vec<f64> = (0..MEMBERS).map(|_| draw(&mut stream)).collect();
            known(crps(&sample, outcome, SpreadTerm::Fair))
        })
        .collect();
    moments(&scores).mean_is(expected)
}

pub(super) const CRPS_MIDDLE: Check = Check {
    name: "crps_middle",
    about: "mean fair CRPS of 20 standard normal members at 0, against (√2 - 1)/√π",
    source: "Gneiting & Raftery 2007, eq. 21",
    run: || fair(stats::crps, 1, Stream::normal, 0.0, 0.233_694_977),
};

pub(super) const CRPS_TAIL: Check = Check {
    name: "crps_tail",
    about: "mean fair CRPS of 20 standard normal members at 2, against 2(2Φ(2) - 1) + 2φ(2) - 1/√π",
    source: "Gneiting & Raftery 2007, eq. 21",
    run: || fair(stats::crps, 2, Stream::normal, 2.0, 1.452_791_821),
};

pub(super) const CRPS_EXPONENTIAL: Check = Check {
    name: "crps_exponential",
    about: "mean fair CRPS of 20 exponential members at 1, against 2/e - 1/2",
    source: "Jordan, Krüger & Lerch 2019, appendix A",
    run: || fair(stats::crps, 3, Stream::exponential, 1.0, 2.0 * (-1.0_f64).exp() - 0.5),
};

/// Points that stand for a whole distribution.
const GRID: u32 = 20_000;

pub(super) const CRPS_CLOSED: Check = Check {
    name: "crps_closed_forms",
    about: "largest error of the CRPS of 20,000 even quantiles: standard normal at 0, 1 and 2, uniform at ½, exponential at 1, Laplace at 0, against 0.233695, 0.602441, 1.452792, 1/12, 2/e - 1/2 and 1/4",
    source: "Gneiting & Raftery 2007, eq. 21; Jordan, Krüger & Lerch 2019, appendix A",
    run: || crps_closed(stats::crps),
};

fn crps_closed(crps: Crps) -> Answer {
    let normal = Normal::standard();
    let normal = on_grid(GRID, |p| normal.inverse_cdf(p));
    let laplace = on_grid(GRID, |p| if p < 0.5 { (2.0 * p).ln() } else { -(2.0 - 2.0 * p).ln() });
    let cases = [
        (&normal, 0.0, 0.233_694_977),
        (&normal, 1.0, 0.602_441_361),
        (&normal, 2.0, 1.452_791_821),
        (&on_grid(GRID, |p| p), 0.5, 1.0 / 12.0),
        (&on_grid(GRID, |p| -(1.0 - p).ln()), 1.0, 2.0 * (-1.0_f64).exp() - 0.5),
        (&laplace, 0.0, 0.25),
    ];
    // Points that stand for the distribution are all of it: nothing is left out that a fair score would make up for.
    let scored =
        cases.map(|(points, outcome, expected)| (expected, known(crps(points, outcome, SpreadTerm::Naive))));
    Answer::errors(scored, 1e-6)
}

pub(super) const CRPS_NAIVE: Check = Check {
    name: "crps_naive_bias",
    about: "mean naive less fair CRPS of 20 standard normal members, against E|X - X'|/40",
    source: "Ferro 2014",
    run: || {
        let streams = streams(Subject::Scores);
        let excess: Vec<f64> = (0..ENSEMBLES)
            .map(|ensemble| {
                let mut stream = streams.open(4, ensemble, 0);
                let sample: Vec<f64> = (0..MEMBERS).map(|_| stream.normal()).collect();
                known(stats::crps(&sample, 1.0, SpreadTerm::Naive))
                    - known(stats::crps(&sample, 1.0, SpreadTerm::Fair))
            })
            .collect();
        moments(&excess).mean_is(2.0 / std::f64::consts::PI.sqrt() / (2.0 * MEMBERS as f64))
    },
};

pub(super) const LOG_SCORE: Check = Check {
    name: "log_score",
    about: "log score of N(1, 2²) at 1.5 against that of R",
    source: "-dnorm(1.5, 1, 2, log = TRUE) in R",
    run: || Answer::rounding(1.643_335_713_764_618, known(stats::log_score_normal(1.0, 2.0, 1.5))),
};

pub(super) const DAWID_SEBASTIANI: Check = Check {
    name: "dawid_sebastiani",
    about: "Dawid–Sebastiani score of mean 1 and sd 2 at 4, against 2 ln 2 + 9/4",
    source: "definition",
    run: || Answer::rounding(2.0 * 2.0_f64.ln() + 2.25, known(stats::dawid_sebastiani(1.0, 2.0, 4.0))),
};

pub(super) const INTERVAL_SCORE: Check = Check {
    name: "interval_score",
    about: "largest error of the score of the central 80 % interval of a standard normal at 2, 0 and -3, against 2z + 10 (|y| - z)₊ with z the 90 % quantile",
    source: "Gneiting & Raftery 2007, eq. 43",
    run: || interval_score(0.8),
};

/// The errors of an interval that is said to be of some level.
fn interval_score(level: f64) -> Answer {
    let z = Normal::standard().inverse_cdf(0.9);
    let scored = [2.0_f64, 0.0, -3.0].map(|outcome| {
        let expected = 2.0 * z + 10.0 * (outcome.abs() - z).max(0.0);
        (expected, known(stats::interval_score(-z, z, level, outcome)))
    });
    Answer::errors(scored, 1e-9)
}

pub(super) const WEIGHTED_INTERVAL: Check = Check {
    name: "weighted_interval_score",
    about: "weighted interval score of a standard normal with 99 levels at 1, against its CRPS",
    source: "Bracher et al. 2021",
    run: || {
        let normal = Normal::standard();
        let intervals: Vec<(f64, f64, f64)> = (1..=99)
            .map(|level| f64::from(level) / 100.0)
            .map(|level| {
                let high = normal.inverse_cdf(0.5 + level / 2.0);
                (level, -high, high)
            })
            .collect();
        Answer::limit(0.602_441_36, known(stats::weighted_interval_score(0.0, &intervals, 1.0)), 0.01)
    },
};

pub(super) const ENERGY: Check = Check {
    name: "energy_score",
    about: "energy score of 50 members in one dimension against their CRPS",
    source: "Gneiting & Raftery 2007, §4.3",
    run: || {
        let mut stream = streams(Subject::Scores).open(5, 0, 0);
        let sample: Vec<f64> = (0..50).map(|_| stream.exponential()).collect();
        let members: Vec<[f64; 1]> = sample.iter().map(|&x| [x]).collect();
        let of_one = known(stats::crps(&sample, 0.3, SpreadTerm::Fair));
        let of_many = known(stats::energy_score(&members, &[0.3], SpreadTerm::Fair));
        Answer { tolerance: 1e-12, ..Answer::rounding(of_one, of_many) }
    },
};

/// Sets of outcomes that are tested.
const SETS: u64 = 1_000;

/// Sets of 200 standard normal outcomes for which normal forecasts of that sd pass a test at 5 %.
fn accepted(sd: f64, passes: fn(&[f64]) -> bool) -> u64 {
    let streams = streams(Subject::Scores);
    let normal = Normal::standard();
    let passes = |set: &u64| {
        let mut stream = streams.open(6, *set, 0);
        let pits: Vec<f64> = (0..200).map(|_| normal.cdf(stream.normal() / sd)).collect();
        passes(&pits)
    };
    (0..SETS).filter(passes).count() as u64
}

pub(super) const PIT_LEVEL: Check = Check {
    name: "pit_level",
    about: "share of 1,000 exact forecasters that the Kolmogorov–Smirnov test of 200 outcomes lets pass at 5 %",
    source: "definition of the level",
    run: || {
        let passes =
            |pits: &[f64]| stats::pit_tests(pits).is_some_and(|tests| tests.kolmogorov_smirnov > 0.05);
        share_is(0.95, accepted(1.0, passes), SETS)
    },
};

pub(super) const PIT_LEVEL_CHI: Check = Check {
    name: "pit_level_cells",
    about: "the same for the χ² test over cells",
    source: "definition of the level",
    run: || {
        let passes = |pits: &[f64]| stats::pit_tests(pits).is_some_and(|tests| tests.chi_square > 0.05);
        share_is(0.95, accepted(1.0, passes), SETS)
    },
};

pub(super) const PIT_HOLM: Check = Check {
    name: "pit_three_tests",
    about: "share of 1,000 exact forecasters that hold by Holm's rule over three tests at 5 %, against the middle of 95 to 99 %",
    source: "Holm 1979: at least the nominal level, and tests that overlap fail together",
    run: || pit_holm(1.0),
};

fn pit_holm(sd: f64) -> Answer {
    let passes = |pits: &[f64]| stats::pit_tests(pits).is_some_and(|tests| tests.hold(0.05));
    Answer { tolerance: 0.02, ..Answer::limit(0.97, accepted(sd, passes) as f64 / SETS as f64, 0.0) }
}

pub(super) const PIT_POWER: Check = Check {
    name: "pit_power",
    about: "share of forecasters with an sd of 0.7 of the true one that three tests of 200 outcomes catch at 5 %, against 1",
    source: "measured: coverage test 1.00, χ² .99, Kolmogorov–Smirnov .89",
    run: || pit_power(0.7),
};

fn pit_power(sd: f64) -> Answer {
    let passes = |pits: &[f64]| stats::pit_tests(pits).is_some_and(|tests| tests.hold(0.05));
    let caught = SETS - accepted(sd, passes);
    Answer::limit(1.0, caught as f64 / SETS as f64, 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_in_scores_are_noticed() {
        let naive: Crps = |sample, outcome, _| stats::crps(sample, outcome, SpreadTerm::Naive);
        assert!(!fair(naive, 1, Stream::normal, 0.0, 0.233_694_977).passed());
        let late: Crps = |sample, outcome, spread| stats::crps(&sample[1..], outcome + 0.02, spread);
        assert!(!fair(late, 2, Stream::normal, 2.0, 1.452_791_821).passed());
        assert!(crps_closed(stats::crps).passed());
        assert!(!crps_closed(|sample, outcome, _| stats::crps(sample, outcome, SpreadTerm::Fair)).passed());
        assert!(!interval_score(0.800_001).passed());
        assert!(!pit_holm(0.9).passed());
        // Forecasters who are nearly right are not caught that often.
        assert!(!pit_power(0.95).passed());
    }
}
