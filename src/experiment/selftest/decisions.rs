//! What decisions rest on: the box in which cases lie, the worth of knowing more, the level that meets a goal.

use std::f64::consts::TAU;

use super::check::{Answer, Check};
use super::draws::{Subject, streams};
use crate::experiment::attribution::Method;
use crate::sensitivity::{self, Goal, PrimBox, PrimRule, Seek, SeekRule};

/// The box that is found where cases fill [.3, .6] × [.2, .5] of five uniform inputs.
fn boxed(purpose: u64, least_mass: f64) -> Option<PrimBox> {
    let mut stream = streams(Subject::Studies).open(purpose, 0, 0);
    let columns: [Vec<f64>; 5] = [(); 5].map(|()| (0..2_000).map(|_| stream.unit()).collect());
    let cases: Vec<bool> = columns[0]
        .iter()
        .zip(&columns[1])
        .map(|(a, b)| (0.3..=0.6).contains(a) && (0.2..=0.5).contains(b))
        .collect();
    let inputs: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let rule =
        PrimRule { peel: 0.05, least_mass, significance: 0.05, most_inputs: usize::MAX, n_resamples: 0 };
    let found = sensitivity::prim(&inputs, &cases, &rule, &mut stream).ok()?;
    let restricted: Vec<usize> = found.restrictions.iter().map(|restriction| restriction.input).collect();
    (restricted == [0, 1]).then_some(found.chosen)
}

pub(super) const PRIM_DENSITY: Check = Check {
    name: "prim_density",
    about: "density of cases in the box that PRIM finds where they fill one of two inputs out of five, against 1; no answer when it restricts others",
    source: "Bryant & Lempert 2010",
    run: || prim_density(0.05),
};

fn prim_density(least_mass: f64) -> Answer {
    boxed(10, least_mass).map_or_else(Answer::none, |found| Answer::limit(1.0, found.density, 0.05))
}

pub(super) const PRIM_COVERAGE: Check = Check {
    name: "prim_coverage",
    about: "share of all cases in that box, against 1",
    source: "Bryant & Lempert 2010",
    run: || boxed(10, 0.05).map_or_else(Answer::none, |found| Answer::limit(1.0, found.coverage, 0.06)),
};

/// Net benefit of an option with two normal unknowns of sd 2 and 1; the other option is worth nothing.
fn information(read: fn(&sensitivity::ValueOfInformation) -> f64) -> f64 {
    let mut stream = streams(Subject::Studies).open(11, 0, 0);
    let first: Vec<f64> = (0..40_000).map(|_| 2.0 * stream.normal()).collect();
    let option: Vec<f64> = first.iter().map(|first| first + stream.normal()).collect();
    let nothing = vec![0.0; first.len()];
    let found = sensitivity::evppi(&[&nothing, &option], &first, 0, 0.95, &mut stream);
    found.map_or(f64::NAN, |found| read(&found))
}

pub(super) const EVPPI: Check = Check {
    name: "evppi_normal",
    about: "value of learning one of two normal unknowns before an option is taken, against 2/√(2π)",
    source: "Strong, Oakley & Brennan 2014; E max(0, N(0, a²)) = a/√(2π)",
    run: || Answer::limit(2.0 / TAU.sqrt(), information(|found| found.value.value), 0.03),
};

pub(super) const EVPI: Check = Check {
    name: "evpi_normal",
    about: "value of learning both, against √5/√(2π)",
    source: "E max(0, N(0, a²)) = a/√(2π)",
    run: || Answer::limit(5.0_f64.sqrt() / TAU.sqrt(), information(|found| found.perfect), 0.03),
};

/// Searches repeated.
const SEARCHES: u64 = 500;

pub(super) const SEEK: Check = Check {
    name: "seek_coverage",
    about: "share of 500 searches for the root of a noisy rising curve whose 95 % interval holds it; at least 93 %",
    source: "Fieller 1954",
    run: || seek(1.0),
};

/// The share, with intervals made narrower by a factor.
fn seek(narrower: f64) -> Answer {
    let streams = streams(Subject::Studies);
    let held = |search: &u64| {
        let mut stream = streams.open(12, *search, 0);
        let root = 0.5 + stream.unit();
        let rule = SeekRule {
            goal: Goal::Mean(0.0),
            bracket: (-2.0, 3.0),
            tolerance: 0.3,
            level: 0.95,
            max_evaluations: 20_000,
        };
        let Ok(mut search) = Seek::try_new(rule) else { return false };
        while let Some(ask) = search.ask() {
            let off = ask.at - root;
            let values: Vec<f64> = (0..ask.n).map(|_| off.powi(3) + off + 1.5 * stream.normal()).collect();
            if search.tell(&values).is_err() {
                return false;
            }
        }
        let interval = search.found().interval;
        interval.is_some_and(|found| {
            let middle = found.low.midpoint(found.high);
            (root - middle).abs() <= narrower * found.half_width()
        })
    };
    let share = (0..SEARCHES).filter(held).count() as f64 / SEARCHES as f64;
    // Two standard errors, the least that the search promises below its level.
    Answer { tolerance: 0.02, ..Answer::limit(0.95, share, 0.0) }
}

/// Effects of three parts that add up, and an effect that two more have only together.
const ALONE: [f64; 3] = [3.0, -2.0, 0.5];
const TOGETHER: f64 = 5.0;

pub(super) const SHAPLEY: Check = Check {
    name: "shapley_waterfall",
    about: "largest error of the contributions of five parts and of their sum: three that add 3, -2 and ½, and two that bring 5 together and nothing alone, against their own effects and halves; over all orders and over 8 drawn ones",
    source: "Shapley 1953: efficiency, symmetry, additivity",
    run: || shapley(|on| if on & 0b11000 == 0b11000 { TOGETHER } else { 0.0 }),
};

/// The errors, for what the last two parts bring.
fn shapley(bring: fn(u64) -> f64) -> Answer {
    let streams = streams(Subject::Studies);
    let value = |on: u64| {
        let alone: f64 = (0..3).filter(|part| on >> part & 1 == 1).map(|part| ALONE[part]).sum();
        alone + bring(on)
    };
    let expected = [ALONE[0], ALONE[1], ALONE[2], TOGETHER / 2.0, TOGETHER / 2.0];
    let methods = [Method::Exact, Method::Sampled { pairs: 4 }];
    let pairs = methods.into_iter().flat_map(|method| {
        let found = method.divide(expected.len(), &streams, value);
        let sum = (expected.iter().sum(), found.iter().sum());
        expected.into_iter().zip(found).chain([sum]).collect::<Vec<(f64, f64)>>()
    });
    Answer::errors(pairs, 1e-12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_in_decisions_are_noticed() {
        assert!(!seek(0.5).passed());
        // One part brings a little alone.
        assert!(
            !shapley(|on| if on & 0b11000 == 0b11000 { 5.0 } else { 1e-9 * (on >> 3 & 1) as f64 }).passed()
        );
        // Peeling that stops early leaves a box that is not dense.
        assert!(!prim_density(0.2).passed());
        let spread = information(|found| found.perfect - found.value.value);
        assert!((spread - (5.0_f64.sqrt() - 2.0) / TAU.sqrt()).abs() < 0.03, "{spread}");
    }
}
