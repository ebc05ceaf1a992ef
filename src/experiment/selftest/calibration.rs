//! Calibration on problems whose posterior is known.

use statrs::distribution::{ContinuousCDF, Normal};

use super::check::{Answer, Check};
use super::draws::{SEED, Subject, streams};
use crate::calibration::{
    AbcRule, CalibrationError, Chance, Emulator, EnsembleRule, EsMda, Esl, EslRule, FeatureSet, Observable,
    Sbc, Table, Target, Transform, abc_regression, sample_cube,
};
use crate::rng::Stream;
use crate::stats;

/// Tables over which the moments of regression-adjusted draws are averaged, and runs of each.
const TABLES: u64 = 4;
const RUNS: u64 = 20_000;

pub(super) const ABC_NORMAL: Check = Check {
    name: "abc_normal_mean",
    about: "regression-adjusted draws from 4 tables of 20,000 runs for the mean of ten normal draws that average 1.2: largest error of mean and standard deviation against 12/11 and √(1/11)",
    source: "conjugate normal posterior",
    run: || abc_normal(true),
};

fn abc_normal(adjusted: bool) -> Answer {
    let normal = Normal::standard();
    let run = |stream: &mut Stream| {
        let u = stream.unit();
        (u, normal.inverse_cdf(u) + stream.normal() / 10.0_f64.sqrt())
    };
    abc(1, adjusted, 1.2, run, |u| normal.inverse_cdf(u), (12.0 / 11.0, (1.0_f64 / 11.0).sqrt()))
}

pub(super) const ABC_BINOMIAL: Check = Check {
    name: "abc_beta_binomial",
    about: "regression-adjusted draws from 4 tables of 20,000 runs for a probability, 14 successes of 20 seen: largest error of mean and standard deviation against those of Beta(15, 7)",
    source: "conjugate beta posterior",
    run: || abc_binomial(14.0),
};

fn abc_binomial(seen: f64) -> Answer {
    let run = |stream: &mut Stream| {
        let u = stream.unit();
        (u, (0..20).filter(|_| stream.unit() < u).count() as f64)
    };
    abc(2, true, seen, run, |u| u, (15.0 / 22.0, (15.0 * 7.0 / (22.0 * 22.0 * 23.0_f64)).sqrt()))
}

/// Mean and deviation of some scale of the draws, averaged over tables, against what they should be.
fn abc(
    purpose: u64,
    adjusted: bool,
    observed: f64,
    run: impl Fn(&mut Stream) -> (f64, f64),
    scale: impl Fn(f64) -> f64,
    expected: (f64, f64),
) -> Answer {
    let streams = streams(Subject::Calibration);
    let target = [Target { observed, sd_obs: 0.0, sd_model: 0.0 }];
    let moments = |table: u64| -> Result<(f64, f64), CalibrationError> {
        let runs = (0..RUNS).map(|row| run(&mut streams.open(purpose, row, table)));
        let (points, rows) = runs.map(|(u, y)| (vec![u], vec![y])).unzip();
        let rule = AbcRule { kept: 0.2, adjusted };
        let found = abc_regression(&Table::try_new(points, rows)?, &target, None, &rule, &streams)?;
        let weighted = |of: &dyn Fn(f64) -> f64| {
            found
                .draws
                .iter()
                .zip(&found.weights)
                .map(|(draw, weight)| weight * of(scale(draw[0])))
                .sum::<f64>()
        };
        let mean = weighted(&|x| x);
        Ok((mean, weighted(&|x| (x - mean).powi(2)).sqrt()))
    };
    let Ok(found) = (0..TABLES).map(moments).collect::<Result<Vec<_>, _>>() else { return Answer::none() };
    let average = |of: fn(&(f64, f64)) -> f64| found.iter().map(of).sum::<f64>() / TABLES as f64;
    Answer::errors([(expected.0, average(|found| found.0)), (expected.1, average(|found| found.1))], 0.01)
}

pub(super) const EMULATOR_QUADRATIC: Check = Check {
    name: "emulator_quadratic",
    about: "largest error of an emulator of a polynomial without noise, fitted to 80 runs, at 100 other points",
    source: "least squares recovers what its features span",
    run: || emulator_quadratic(0.0),
};

/// The error, with something added that the features do not span.
fn emulator_quadratic(bend: f64) -> Answer {
    let model = |u: &[f64]| 1.0 + u[0] - 2.0 * u[1] * u[2] + 0.5 * u[2] * u[2] + bend * (9.0 * u[0]).sin();
    let mut stream = streams(Subject::Calibration).open(3, 0, 0);
    let mut points =
        |n: usize| -> Vec<Vec<f64>> { (0..n).map(|_| (0..3).map(|_| stream.unit()).collect()).collect() };
    let (runs, others) = (points(80), points(100));
    let rows = runs.iter().map(|u| vec![model(u)]).collect();
    let fitted = Table::try_new(runs, rows)
        .and_then(|table| Emulator::fit(&table, FeatureSet::Full, &[Transform::Identity]));
    let Ok(emulator) = fitted else { return Answer::none() };
    Answer::errors(others.iter().map(|u| (model(u), emulator.predict(u)[0].mean)), 1e-8)
}

pub(super) const EMULATOR_NOISE: Check = Check {
    name: "emulator_noise",
    about: "slope of the logarithm of the noise variance that emulators find in 20 tables of 1,500 runs, over the true one of 2",
    source: "Harvey 1976",
    run: || emulator_noise(1.0),
};

fn emulator_noise(slope: f64) -> Answer {
    let slopes = (0..20).map(|table| -> Result<f64, CalibrationError> {
        let mut stream = streams(Subject::Calibration).open(4, table, 0);
        let points: Vec<Vec<f64>> = (0..1_500).map(|_| (0..4).map(|_| stream.unit()).collect()).collect();
        let rows = points.iter().map(|u| {
            let sd = (slope * (2.0 * u[0] - 1.0)).exp();
            vec![10.0 * u[1] * u[2] + sd * stream.normal()]
        });
        let rows = rows.collect();
        let emulator =
            Emulator::fit(&Table::try_new(points, rows)?, FeatureSet::Full, &[Transform::Identity])?;
        let log = |u: f64| emulator.predict(&[u, 0.5, 0.5, 0.5])[0].noise.ln();
        Ok((log(0.9) - log(0.1)) / 1.6)
    });
    let found: Result<Vec<f64>, _> = slopes.collect();
    found
        .ok()
        .and_then(|found| stats::mean(&found))
        .map_or_else(Answer::none, |mean| Answer::limit(2.0, mean, 0.025))
}

pub(super) const ENSEMBLE_UNIFORM: Check = Check {
    name: "ensemble_uniform",
    about: "mean variance of twenty parameters that a density does not know, sampled by 100 walkers, over that of the uniform distribution",
    source: "the Jacobian of the logit",
    run: || ensemble_uniform(|_| 0.0),
};

fn ensemble_uniform(log: fn(&Vec<f64>) -> f64) -> Answer {
    let rule = EnsembleRule { walkers: 100, burn_in: 300, steps: 4_000, thin: 10 };
    let streams = streams(Subject::Calibration);
    let sample = sample_cube(&rule, 20, 5, None, &streams, |points| points.iter().map(log).collect());
    let Ok(sample) = sample else { return Answer::none() };
    let variance = |parameter: usize| {
        let values: Vec<f64> = sample.draws.iter().map(|draw| draw[parameter]).collect();
        stats::sample_sd(&values).map_or(f64::NAN, |sd| 12.0 * sd * sd)
    };
    let mean = (0..20).map(variance).sum::<f64>() / 20.0;
    Answer::limit(1.0, mean, 0.02)
}

pub(super) const ENSEMBLE_NORMAL: Check = Check {
    name: "ensemble_normal",
    about: "standard deviation of a parameter and of the sum of twenty that are normal with correlations ½, sampled by 100 walkers, over the true ones, the farther",
    source: "variance of a sum",
    run: || ensemble_normal(0.5),
};

fn ensemble_normal(correlation: f64) -> Answer {
    let (p, sd) = (20.0_f64, 0.03);
    let log = |point: &Vec<f64>| {
        let z = || point.iter().map(|u| (u - 0.5) / sd);
        let (squares, sum) = (z().map(|z| z * z).sum::<f64>(), z().sum::<f64>());
        let shared = correlation / (1.0 + (p - 1.0) * correlation);
        -0.5 * (squares - shared * sum * sum) / (1.0 - correlation)
    };
    let rule = EnsembleRule { walkers: 100, burn_in: 1_000, steps: 8_000, thin: 10 };
    let streams = streams(Subject::Calibration);
    let sample = sample_cube(&rule, 20, 6, None, &streams, |points| points.iter().map(log).collect());
    let Ok(sample) = sample else { return Answer::none() };
    let spread = |of: &dyn Fn(&Vec<f64>) -> f64| {
        stats::sample_sd(&sample.draws.iter().map(of).collect::<Vec<_>>()).unwrap_or(f64::NAN)
    };
    let one = (0..20).map(|k| spread(&|draw| draw[k]).powi(2)).sum::<f64>() / p;
    let sum = spread(&|draw| draw.iter().sum());
    let expected = (p * (1.0 + (p - 1.0) * 0.5)).sqrt() * sd;
    Answer::errors([(1.0, one.sqrt() / sd), (1.0, sum / expected)], 0.05)
}

pub(super) const ESL_LINEAR: Check = Check {
    name: "esl_linear",
    about: "two waves on three linear moments of five parameters, largest error: means against the truth and deviations against √(A⁻¹ΣA⁻ᵀ) in deviations of the prior, contraction of the two that matter to no moment against 0",
    source: "posterior of a linear model with normal noise",
    run: || esl_linear(0.04),
};

fn esl_linear(believed_sd: f64) -> Answer {
    let a = [[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0]];
    let truth = [0.5, 0.45, 0.55];
    let clean = |u: &[f64]| a.map(|row| row.iter().zip(u).map(|(a, u)| a * u).sum::<f64>());
    let noise = 0.03_f64;
    let Ok(esl) = waves(2, 5, &clean(&truth), believed_sd, 7, |u, stream| {
        clean(u).iter().map(|y| y + noise * stream.normal()).collect()
    }) else {
        return Answer::none();
    };
    let column = |parameter: usize| esl.posterior().iter().map(|draw| draw[parameter]).collect::<Vec<f64>>();
    // A is circulant: the rows of its inverse have squares that sum to 1.3125/1.125².
    let sd = ((noise * noise + 0.04 * 0.04) * 1.3125 / (1.125 * 1.125)).sqrt();
    let prior_sd = 1.0 / 12.0_f64.sqrt();
    let spread = |parameter: usize| stats::sample_sd(&column(parameter)).unwrap_or(f64::NAN);
    let centre = |parameter: usize| stats::mean(&column(parameter)).unwrap_or(f64::NAN);
    let learned = truth.iter().enumerate().flat_map(|(k, truth)| {
        [(truth / prior_sd, centre(k) / prior_sd), (sd / prior_sd, spread(k) / prior_sd)]
    });
    let prior = (3..5).map(|k| (0.0, 1.0 - (spread(k) / prior_sd).powi(2)));
    Answer::hardest([Answer::errors(learned, 0.02), Answer::errors(prior, 0.04)])
}

pub(super) const ESL_MODES: Check = Check {
    name: "esl_two_modes",
    about: "two waves on the square of a parameter: share of the draws at the positive root, against ½, and the flag of several modes",
    source: "symmetry",
    run: || esl_modes(0.0),
};

/// With a bend the curve is steeper at one root than at the other, which then has less of the posterior. (A slope would move
/// both roots and leave the steepness of both the same.)
fn esl_modes(bend: f64) -> Answer {
    let model = |x: f64| x * x * (1.0 + bend * x);
    let found =
        waves(2, 1, &[0.36], 0.02, 8, |u, stream| vec![model(2.0 * u[0] - 1.0) + 0.03 * stream.normal()]);
    let Ok(esl) = found else { return Answer::none() };
    if !esl.reports().iter().all(|report| report.is_multimodal()) {
        return Answer::none();
    }
    let upper = esl.posterior().iter().filter(|draw| draw[0] > 0.5).count() as f64;
    Answer::errors([(0.5, upper / esl.posterior().len() as f64)], 0.05)
}

/// Some waves of runs of a model.
fn waves(
    n: u64,
    p: usize,
    seen: &[f64],
    sd_obs: f64,
    purpose: u64,
    model: impl Fn(&[f64], &mut Stream) -> Vec<f64>,
) -> Result<Esl, CalibrationError> {
    let observable = |&observed: &f64| Observable {
        transform: Transform::Identity,
        target: Some(Target { observed, sd_obs, sd_model: 0.0 }),
    };
    let sampler = EnsembleRule { walkers: 60, burn_in: 300, steps: 2_000, thin: 5 };
    let rule =
        EslRule { first_points: 256, later_points: 250, sampler, kept_draws: 10_000, ..EslRule::standard(p) };
    let mut esl = Esl::new(rule, SEED, p, seen.iter().map(observable).collect())?;
    for wave in 0..n {
        let streams = streams(Subject::Calibration);
        let rows = esl
            .ask()?
            .iter()
            .zip(0..)
            .map(|(u, row)| model(u, &mut streams.open(purpose, row, wave)))
            .collect();
        esl.tell(rows)?;
    }
    Ok(esl)
}

pub(super) const ES_MDA: Check = Check {
    name: "esmda_linear",
    about: "2,000 members moved in four passes by a linear model with chance of its own: largest error of means and standard deviations against Kalman's update, prior deviation 1",
    source: "Kalman 1960; Emerick & Reynolds 2013",
    run: || es_mda(0.25),
};

fn es_mda(believed_chance: f64) -> Answer {
    // y = z_0 + ½ z_1 + chance, observed with a variance of ¼, seen at 1: the gain is H/(H Hᵀ + ½) = (1, ½)/1.75.
    let chance = 0.25_f64;
    let target = Target { observed: 1.0, sd_obs: 0.5, sd_model: 0.0 };
    let normal = Normal::standard();
    let members = || -> Result<Vec<Vec<f64>>, CalibrationError> {
        let known = Chance::Known(vec![believed_chance]);
        let mut state = EsMda::new(SEED, 3, 2_000, 4, vec![target], known)?;
        while let Some(points) = state.ask() {
            let pass = state.passes_done() as u64;
            let rows = points.iter().zip(0..).map(|(u, row)| {
                let mut stream = streams(Subject::Calibration).open(9, row, pass);
                let z = |k: usize| normal.inverse_cdf(u[k]);
                vec![z(0) + 0.5 * z(1) + chance.sqrt() * stream.normal()]
            });
            state.tell(rows.collect())?;
        }
        Ok(state.members())
    };
    let Ok(members) = members() else { return Answer::none() };
    let expected = [(1.0 / 1.75, 1.0 - 1.0 / 1.75), (0.5 / 1.75, 1.0 - 0.25 / 1.75), (0.0, 1.0_f64)];
    Answer::errors(
        expected.iter().enumerate().flat_map(|(k, (mean, variance))| {
            let z: Vec<f64> = members.iter().map(|u| normal.inverse_cdf(u[k])).collect();
            let found = [stats::mean(&z), stats::sample_sd(&z)].map(|found| found.unwrap_or(f64::NAN));
            [(*mean, found[0]), (variance.sqrt(), found[1])]
        }),
        0.06,
    )
}

/// Repetitions of a test with 200 truths.
const REPETITIONS: u64 = 500;

pub(super) const SBC_EXACT: Check = Check {
    name: "sbc_exact",
    about: "share of 500 sets of 200 truths for which an exact sampler passes the three tests together at 5 %, against 95 %",
    source: "Talts et al. 2018; Holm 1979",
    run: || {
        let spread: f64 = 0.95 * 0.05 / REPETITIONS as f64;
        Answer::chance(0.95, sbc_passed(0.0, 1.0), spread.sqrt())
    },
};

pub(super) const SBC_POWER: Check = Check {
    name: "sbc_power",
    about: "share of 500 sets of 200 truths for which a sampler 0.7 times as wide as it should be fails, against 1; at least 95 %",
    source: "measured: χ² and coverage see what Kolmogorov and Smirnov miss",
    run: || Answer::limit(1.0, 1.0 - sbc_passed(0.0, 0.7), 0.05),
};

fn sbc_passed(bias: f64, sd: f64) -> f64 {
    let normal = Normal::standard();
    let passes = |repetition: &u64| {
        let mut stream = streams(Subject::Calibration).open(10, *repetition, 0);
        let places: Vec<Vec<f64>> =
            (0..200).map(|_| vec![normal.cdf((stream.normal() - bias) / sd)]).collect();
        Sbc::of(&places).is_ok_and(|found| found.holds(0.05))
    };
    (0..REPETITIONS).filter(passes).count() as f64 / REPETITIONS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_in_calibration_are_noticed() {
        assert!(!abc_normal(false).passed());
        assert!(!abc_binomial(14.5).passed());
        assert!(!emulator_quadratic(1e-5).passed());
        assert!(!emulator_noise(1.1).passed());
        // Walkers that forget the Jacobian pile up at the borders.
        assert!(!ensemble_uniform(|u| -u.iter().map(|u| 0.1 * (u * (1.0 - u)).ln()).sum::<f64>()).passed());
        assert!(!ensemble_normal(0.4).passed());
        assert!(!esl_linear(0.06).passed());
        assert!(!esl_modes(0.25).passed());
        // Chance of the model that is taken for a fact.
        assert!(!es_mda(0.0).passed());
        assert!(sbc_passed(0.0, 0.85) < 0.9);
    }
}
