//! Sensitivity indices of functions whose indices are known, with and without noise.

use std::f64::consts::PI;

use super::check::{Answer, Check};
use super::draws::{Subject, moments, streams};
use crate::rng::Stream;
use crate::sensitivity::{
    GivenRule, Noise, SaltelliLayout, SobolIndices, SobolRule, given, morris_design, morris_effects,
    saltelli_rows, sobol_indices,
};

/// Independent designs over which indices are averaged.
const DESIGNS: u64 = 40;
/// Base rows of each.
const BASE_ROWS: usize = 1_024;
/// Variance of the noise that is added, and of the function below.
pub(super) const NOISE: f64 = 9.0;
pub(super) const ISHIGAMI_VARIANCE: f64 = 13.844_587_940_719_254;
/// Variance of the interaction of its first and third input, 8b²π⁸/225.
pub(super) const ISHIGAMI_PAIR_VARIANCE: f64 = 3.373_699_916_825_092_5;

/// Ishigami's function, a = 7 and b = 0.1, on the unit cube; a fourth input has no effect.
pub(super) fn ishigami(u: &[f64]) -> f64 {
    let x = |i: usize| -PI + 2.0 * PI * u[i];
    x(0).sin() + 7.0 * x(1).sin().powi(2) + 0.1 * x(2).powi(4) * x(0).sin()
}

/// Sobol's g-function with coefficients 0, 1, 4.5, 9 and four of 99.
pub(super) fn g_function(u: &[f64]) -> f64 {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product()
}

/// What is analysed, how, and which number is read.
struct Study {
    purpose: u64,
    function: fn(&[f64]) -> f64,
    layout: SaltelliLayout,
    noise: Noise,
    /// Adds noise to the outcomes of one block.
    spoil: fn(&mut [f64], &mut Stream),
    read: fn(&SobolIndices) -> Option<f64>,
}

const CLEAN: Study = Study {
    purpose: 1,
    function: ishigami,
    layout: SaltelliLayout { n_inputs: 3, second_order: false },
    noise: Noise::Independent,
    spoil: |_, _| {},
    read: |found| Some(found.inputs[0].total.value),
};

/// Mean of the number over independent designs.
fn averaged(expected: f64, study: &Study) -> Answer {
    let streams = streams(Subject::Sensitivity);
    let found: Vec<f64> = (0..DESIGNS)
        .map(|design| {
            let mut stream = streams.open(study.purpose, design, 0);
            let base: Vec<Vec<f64>> = (0..BASE_ROWS)
                .map(|_| (0..2 * study.layout.n_inputs).map(|_| stream.unit()).collect())
                .collect();
            let rows = saltelli_rows(&base, study.layout).unwrap_or_default();
            let mut outcomes: Vec<f64> = rows.iter().map(|row| (study.function)(row)).collect();
            outcomes.chunks_mut(study.layout.block()).for_each(|block| (study.spoil)(block, &mut stream));
            let rule = SobolRule { layout: study.layout, noise: study.noise, n_resamples: 0, level: 0.95 };
            let found = sobol_indices(&outcomes, &rule, &mut stream);
            found.ok().as_ref().and_then(study.read).unwrap_or(f64::NAN)
        })
        .collect();
    moments(&found).mean_is(expected)
}

pub(super) const ISHIGAMI_1986: &str = "Ishigami & Homma 1990; Saltelli, Chan & Scott 2000";

pub(super) const ISHIGAMI_FIRST: Check = Check {
    name: "ishigami_first",
    about: "first-order index of the second input of the Ishigami function, over 40 designs, against 0.442411",
    source: ISHIGAMI_1986,
    run: || averaged(0.442_411, &Study { read: |found| Some(found.inputs[1].first.value), ..CLEAN }),
};

pub(super) const ISHIGAMI_TOTAL: Check = Check {
    name: "ishigami_total",
    about: "total index of the first input of the Ishigami function, over 40 designs, against 0.557589",
    source: ISHIGAMI_1986,
    run: || averaged(0.557_589, &CLEAN),
};

pub(super) const ISHIGAMI_PAIR: Check = Check {
    name: "ishigami_pair",
    about: "total index of the third input of the Ishigami function, all of it interaction with the first, against 8b²π⁸/225 over the variance",
    source: ISHIGAMI_1986,
    run: || {
        let read = |found: &SobolIndices| Some(found.inputs[2].total.value);
        averaged(ISHIGAMI_PAIR_VARIANCE / ISHIGAMI_VARIANCE, &Study { read, ..CLEAN })
    },
};

const G_FUNCTION: Study = Study {
    purpose: 2,
    function: g_function,
    layout: SaltelliLayout { n_inputs: 8, second_order: false },
    ..CLEAN
};

pub(super) const G_FUNCTION_FIRST: Check = Check {
    name: "g_function_first",
    about: "first-order index of the first of eight inputs of the g-function, over 40 designs, against 0.716192",
    source: "Saltelli & Sobol' 1995",
    run: || averaged(0.716_192, &Study { read: |found| Some(found.inputs[0].first.value), ..G_FUNCTION }),
};

pub(super) const G_FUNCTION_TOTAL: Check = Check {
    name: "g_function_total",
    about: "total index of the second of eight inputs of the g-function, over 40 designs, against 0.242198",
    source: "Saltelli & Sobol' 1995",
    run: || averaged(0.242_198, &Study { read: |found| Some(found.inputs[1].total.value), ..G_FUNCTION }),
};

/// The Ishigami function with an input that has no effect, and noise of its own in every run.
const NOISY: Study = Study {
    purpose: 3,
    layout: SaltelliLayout { n_inputs: 4, second_order: false },
    spoil: |block, stream| block.iter_mut().for_each(|y| *y += NOISE.sqrt() * stream.normal()),
    ..CLEAN
};

pub(super) const NOISE_INERT: Check = Check {
    name: "noise_inert",
    about: "total index of an input without effect in a noisy Ishigami function, own draws in every run, against s²/(V + s²)",
    source: "expectation of Jansen's estimator",
    run: || {
        let read = |found: &SobolIndices| Some(found.inputs[3].total.value);
        averaged(NOISE / (ISHIGAMI_VARIANCE + NOISE), &Study { read, ..NOISY })
    },
};

pub(super) const NOISE_ALIGNED: Check = Check {
    name: "noise_aligned",
    about: "total index of the first input of a noisy Ishigami function, draws shared within blocks, against ST V/(V + s²)",
    source: "expectation of Jansen's estimator",
    run: || {
        let spoil = |block: &mut [f64], stream: &mut Stream| {
            let draw = NOISE.sqrt() * stream.normal();
            block.iter_mut().for_each(|y| *y += draw);
        };
        let expected = 0.557_589 * ISHIGAMI_VARIANCE / (ISHIGAMI_VARIANCE + NOISE);
        averaged(expected, &Study { noise: Noise::Aligned, spoil, ..NOISY })
    },
};

pub(super) const NOISE_CORRECTED: Check = Check {
    name: "noise_corrected",
    about: "total index of the first input of a noisy Ishigami function against what inputs explain, noise subtracted, against 0.557589",
    source: "expectation of Jansen's estimator",
    run: || corrected(NOISE),
};

fn corrected(chance: f64) -> Answer {
    let read = |found: &SobolIndices| found.inputs[0].total_explainable.map(|total| total.value);
    averaged(0.557_589, &Study { noise: Noise::Corrected { chance, replications: 1 }, read, ..NOISY })
}

pub(super) const GIVEN_LINEAR: Check = Check {
    name: "given_linear",
    about: "first-order index from 40 tables of 1,024 runs: the larger of two uniform inputs of a line, slopes 2 and 1, against 4/5",
    source: "variance of a sum",
    run: || {
        let streams = streams(Subject::Sensitivity);
        let rule = GivenRule { n_dummies: 0, n_resamples: 0, level: 0.95 };
        let found: Vec<f64> = (0..DESIGNS)
            .map(|table| {
                let mut stream = streams.open(4, table, 0);
                let inputs: [Vec<f64>; 2] = [(); 2].map(|()| (0..BASE_ROWS).map(|_| stream.unit()).collect());
                let outcome: Vec<f64> =
                    inputs[0].iter().zip(&inputs[1]).map(|(first, second)| 2.0 * first + second).collect();
                let found = given(&[&inputs[0], &inputs[1]], &outcome, &rule, &mut stream);
                found.map_or(f64::NAN, |found| found.inputs[0].first.value)
            })
            .collect();
        let answer = moments(&found).mean_is(0.8);
        // Sixteen cells miss 1/16² of what an input does.
        Answer { tolerance: answer.tolerance + answer.expected / 256.0, ..answer }
    },
};

pub(super) const MORRIS_LINEAR: Check = Check {
    name: "morris_linear",
    about: "largest error of μ* and σ of a line with slopes 3, -2 and ½, against their sizes and 0",
    source: "Morris 1991",
    run: || morris_linear(0.0),
};

/// The errors, with a bend in the line.
fn morris_linear(bend: f64) -> Answer {
    let mut stream = streams(Subject::Sensitivity).open(5, 0, 0);
    let slopes = [3.0_f64, -2.0, 0.5];
    let effects = morris_design(3, 20, 4, &mut stream).and_then(|design| {
        let line =
            |point: &Vec<f64>| point.iter().zip(slopes).map(|(u, slope)| u * slope + bend * u * u).sum();
        let outcomes: Vec<f64> = design.points.iter().map(line).collect();
        morris_effects(&design, &outcomes, 0.95)
    });
    let found = effects.unwrap_or_default();
    let errors = found
        .iter()
        .zip(slopes)
        .flat_map(|(effect, slope)| [(slope.abs(), effect.mean_size), (0.0, effect.sd)]);
    Answer::errors(errors, 1e-12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_in_indices_are_noticed() {
        let first_for_total = Study { read: |found| Some(found.inputs[0].first.value), ..CLEAN };
        assert!(!averaged(0.557_589, &first_for_total).passed());
        assert!(!corrected(0.8 * NOISE).passed());
        // Draws that are said to be shared and are not.
        let pretended = Study { noise: Noise::Aligned, ..NOISY };
        assert!(!averaged(0.557_589 * ISHIGAMI_VARIANCE / (ISHIGAMI_VARIANCE + NOISE), &pretended).passed());
        assert!(!morris_linear(1e-9).passed());
    }
}
