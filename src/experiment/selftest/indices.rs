//! All sensitivity indices of functions whose indices are known, at the sizes that studies use, each to the stated error.

use super::check::{Answer, Check};
use super::draws::{Subject, streams};
use super::sensitivity::{
    ISHIGAMI_1986, ISHIGAMI_PAIR_VARIANCE, ISHIGAMI_VARIANCE, NOISE, g_function, ishigami,
};
use crate::rng::Stream;
use crate::sampling::Sobol;
use crate::sensitivity::{
    GivenRule, Noise, SaltelliLayout, SobolIndices, SobolRule, given, saltelli_rows, sobol_indices,
};
use crate::stats;

/// Rows of the base of an even design, and of a design of independent points.
const EVEN_ROWS: u32 = 1 << 12;
const INDEPENDENT_ROWS: usize = 1 << 14;
/// Scrambles looked at.
const SCRAMBLES: u64 = 8;

/// A function of the unit cube and what is known of it.
struct Known {
    function: fn(&[f64]) -> f64,
    variance: f64,
    first: &'static [f64],
    total: &'static [f64],
    /// Interaction of the first and third input; not looked at when absent.
    pair: Option<f64>,
}

const ISHIGAMI: Known = Known {
    function: ishigami,
    variance: ISHIGAMI_VARIANCE,
    first: &[0.313_905, 0.442_411, 0.0],
    total: &[0.557_589, 0.442_411, 0.243_684],
    pair: Some(ISHIGAMI_PAIR_VARIANCE / ISHIGAMI_VARIANCE),
};

const G_FUNCTION: Known = Known {
    function: g_function,
    variance: 0.465_424,
    first: &[0.716_192, 0.179_048, 0.023_676, 0.007_162, 7.16e-5, 7.16e-5, 7.16e-5, 7.16e-5],
    total: &[0.787_144, 0.242_198, 0.034_317, 0.010_460, 1.05e-4, 1.05e-4, 1.05e-4, 1.05e-4],
    pair: None,
};

/// Rows of an even design, scrambled.
fn even_rows(dimensions: usize, scramble: u64) -> Vec<Vec<f64>> {
    let sequence = Sobol::scrambled(dimensions, &streams(Subject::Sensitivity), scramble);
    sequence
        .map_or_else(|_| Vec::new(), |sequence| (0..EVEN_ROWS).map(|index| sequence.point(index)).collect())
}

/// Indices from a base of rows; noise is added to the outcomes of each block.
fn indices(
    function: fn(&[f64]) -> f64,
    base: &[Vec<f64>],
    second_order: bool,
    (noise, spoil): (Noise, fn(&mut [f64], &mut Stream)),
    stream: &mut Stream,
) -> Option<SobolIndices> {
    let layout = SaltelliLayout { n_inputs: base.first()?.len() / 2, second_order };
    let rows = saltelli_rows(base, layout).ok()?;
    let mut outcomes: Vec<f64> = rows.iter().map(|row| function(row)).collect();
    outcomes.chunks_mut(layout.block()).for_each(|block| spoil(block, stream));
    sobol_indices(&outcomes, &SobolRule { layout, noise, n_resamples: 0, level: 0.95 }, stream).ok()
}

/// Every known number beside what was found: the variance as a ratio, indices as they are.
fn compared(known: &Known, found: &SobolIndices) -> Vec<(f64, f64)> {
    let mut pairs = vec![(1.0, found.variance / known.variance)];
    for (input, (first, total)) in found.inputs.iter().zip(known.first.iter().zip(known.total)) {
        pairs.extend([(*first, input.first.value), (*total, input.total.value)]);
    }
    let third = found.pairs.iter().find(|pair| pair.inputs == (0, 2));
    pairs.extend(known.pair.map(|pair| (pair, third.map_or(f64::NAN, |found| found.second.value))));
    pairs
}

/// Largest error of any number in any of the bases.
fn all_indices(known: &Known, bases: impl Iterator<Item = Vec<Vec<f64>>>, allowed: f64) -> Answer {
    let mut stream = streams(Subject::Sensitivity).open(6, 0, 0);
    let mut pairs = Vec::new();
    for base in bases {
        let quiet: fn(&mut [f64], &mut Stream) = |_, _| {};
        let asked = known.pair.is_some();
        match indices(known.function, &base, asked, (Noise::Independent, quiet), &mut stream) {
            Some(found) if found.inputs.len() == known.first.len() => pairs.extend(compared(known, &found)),
            _ => return Answer::none(),
        }
    }
    Answer::errors(pairs, allowed)
}

pub(super) const ISHIGAMI_EVEN: Check = Check {
    name: "ishigami_sobol_points",
    about: "largest error of variance (relative), all first-order and total indices and S13 of the Ishigami function, from 4,096 scrambled Sobol' rows, in 8 scrambles",
    source: ISHIGAMI_1986,
    run: || all_indices(&ISHIGAMI, (0..SCRAMBLES).map(|scramble| even_rows(6, scramble)), 0.02),
};

pub(super) const ISHIGAMI_INDEPENDENT: Check = Check {
    name: "ishigami_independent_points",
    about: "the same from 16,384 rows of independent points",
    source: ISHIGAMI_1986,
    run: || {
        let mut stream = streams(Subject::Sensitivity).open(7, 0, 0);
        let base = (0..INDEPENDENT_ROWS).map(|_| (0..6).map(|_| stream.unit()).collect()).collect();
        all_indices(&ISHIGAMI, std::iter::once(base), 0.03)
    },
};

pub(super) const G_FUNCTION_EVEN: Check = Check {
    name: "g_function_sobol_points",
    about: "largest error of variance (relative) and all first-order and total indices of the g-function of eight inputs, from 4,096 scrambled Sobol' rows, in 8 scrambles",
    source: "Saltelli & Sobol' 1995",
    run: || all_indices(&G_FUNCTION, (0..SCRAMBLES).map(|scramble| even_rows(16, scramble)), 0.02),
};

/// What the draws do to the outcomes of a block.
type Treatment = (Noise, fn(&mut [f64], &mut Stream));

const OWN_DRAWS: fn(&mut [f64], &mut Stream) =
    |block, stream| block.iter_mut().for_each(|y| *y += NOISE.sqrt() * stream.normal());
const SHARED_DRAWS: fn(&mut [f64], &mut Stream) = |block, stream| {
    let draw = NOISE.sqrt() * stream.normal();
    block.iter_mut().for_each(|y| *y += draw);
};

pub(super) const NOISE_EVERYWHERE: Check = Check {
    name: "noise_everywhere",
    about: "largest error of first-order and total indices of the Ishigami function with noise of sd 3 and a fourth input without effect: own draws, shared draws, noise subtracted; means over 8 scrambles of 4,096 Sobol' rows",
    source: "expectations of Saltelli's and Jansen's estimators: own draws (ST V + s²)/(V + s²), shared draws ST V/(V + s²), subtracted ST",
    run: || noise_everywhere(NOISE),
};

/// The errors, when the variance that is subtracted is said to be `chance`.
fn noise_everywhere(chance: f64) -> Answer {
    let treatments: [Treatment; 3] = [
        (Noise::Independent, OWN_DRAWS),
        (Noise::Aligned, SHARED_DRAWS),
        (Noise::Corrected { chance, replications: 1 }, OWN_DRAWS),
    ];
    let explained = ISHIGAMI_VARIANCE / (ISHIGAMI_VARIANCE + NOISE);
    let first = [ISHIGAMI.first, &[0.0]].concat();
    let total = [ISHIGAMI.total, &[0.0]].concat();
    let mut pairs = Vec::new();
    for (number, treatment) in (0..).zip(treatments) {
        let mut stream = streams(Subject::Sensitivity).open(8, number, 0);
        let found: Vec<SobolIndices> = (0..SCRAMBLES)
            .filter_map(|scramble| indices(ishigami, &even_rows(8, scramble), false, treatment, &mut stream))
            .collect();
        if found.len() as u64 != SCRAMBLES {
            return Answer::none();
        }
        let mean = |read: &dyn Fn(&SobolIndices) -> f64| {
            stats::mean(&found.iter().map(read).collect::<Vec<f64>>()).unwrap_or(f64::NAN)
        };
        let share = if treatment.0 == Noise::Independent { 1.0 - explained } else { 0.0 };
        for input in 0..first.len() {
            pairs.push((first[input] * explained, mean(&|found| found.inputs[input].first.value)));
            pairs.push((total[input] * explained + share, mean(&|found| found.inputs[input].total.value)));
            if matches!(treatment.0, Noise::Corrected { .. }) {
                let of =
                    |estimate: Option<crate::sensitivity::Estimate>| estimate.map_or(f64::NAN, |of| of.value);
                pairs.push((first[input], mean(&|found| of(found.inputs[input].first_explainable))));
                pairs.push((total[input], mean(&|found| of(found.inputs[input].total_explainable))));
            }
        }
    }
    Answer::errors(pairs, 0.03)
}

pub(super) const GIVEN_GAUSSIAN: Check = Check {
    name: "given_gaussian",
    about: "largest error of first-order indices from a table of 4,096 runs of a sum of four normal inputs with slopes 3, -2, 1 and ½, against a²/Σa²",
    source: "variance of a sum",
    run: || given_gaussian([3.0, -2.0, 1.0, 0.5]),
};

/// The errors of a table made with other slopes than theory is told.
fn given_gaussian(made_with: [f64; 4]) -> Answer {
    let mut stream = streams(Subject::Sensitivity).open(9, 0, 0);
    let inputs: [Vec<f64>; 4] = [(); 4].map(|()| (0..EVEN_ROWS).map(|_| stream.normal()).collect());
    let sum =
        |row| inputs.iter().zip(made_with).map(|(input, slope): (&Vec<f64>, f64)| slope * input[row]).sum();
    let outcome: Vec<f64> = (0..EVEN_ROWS as usize).map(sum).collect();
    let rule = GivenRule { n_dummies: 0, n_resamples: 0, level: 0.95 };
    let columns: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
    let Ok(found) = given(&columns, &outcome, &rule, &mut stream) else { return Answer::none() };
    let expected = [9.0, 4.0, 1.0, 0.25].map(|square| square / 14.25);
    Answer::errors(expected.into_iter().zip(found.inputs.iter().map(|input| input.first.value)), 0.03)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_in_any_index_are_noticed() {
        let bases = || std::iter::once(even_rows(6, 0));
        assert!(all_indices(&ISHIGAMI, bases(), 0.02).passed());
        let slips = [
            Known { variance: 1.03 * ISHIGAMI_VARIANCE, ..ISHIGAMI },
            Known { first: &[0.313_905, 0.442_411, 0.025], ..ISHIGAMI },
            Known { total: &[0.58, 0.442_411, 0.243_684], ..ISHIGAMI },
            Known { pair: Some(0.22), ..ISHIGAMI },
        ];
        assert!(slips.iter().all(|slip| !all_indices(slip, bases(), 0.02).passed()));
        assert!(!noise_everywhere(0.8 * NOISE).passed());
        assert!(!given_gaussian([3.0, -2.3, 1.0, 0.5]).passed());
    }
}
