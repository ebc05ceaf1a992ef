//! Waves on problems whose posterior is known.

use super::*;
use crate::calibration::ensemble::EnsembleRule;
use crate::calibration::table::Target;
use crate::stats;

/// Small enough for a test: the posterior is known to a few hundredths.
const SAMPLER: EnsembleRule = EnsembleRule { walkers: 60, burn_in: 600, steps: 6_000, thin: 10 };

fn observable(observed: f64, sd_obs: f64) -> Observable {
    Observable { transform: Transform::Identity, target: Some(Target { observed, sd_obs, sd_model: 0.0 }) }
}

/// Runs a wave: chance is addressed by the number of the wave and of the run.
fn run(esl: &mut Esl, model: impl Fn(&[f64], &mut crate::rng::Stream) -> Vec<f64>) -> WaveReport {
    let chance = Streams::new(7, esl.waves().len() as u64);
    let points = esl.ask().unwrap();
    let rows = points.iter().zip(0..).map(|(point, row)| model(point, &mut chance.open(1, row, 0))).collect();
    esl.tell(rows).unwrap().clone()
}

fn column(esl: &Esl, parameter: usize) -> Vec<f64> {
    esl.posterior().iter().map(|draw| draw[parameter]).collect()
}

#[test]
fn three_directions_are_learned_and_two_stay_at_the_prior() {
    // y = A θ + noise on the first three of five parameters; well inside the cube the posterior is normal with covariance
    // A⁻¹ Σ A⁻ᵀ, in the other two uniform.
    let a = [[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0]];
    let (noise, sd_obs) = (0.03_f64, 0.04_f64);
    let truth = [0.5, 0.45, 0.55];
    let mean = |u: &[f64]| a.map(|row| row.iter().zip(u).map(|(a, u)| a * u).sum::<f64>());
    let observables = mean(&truth).map(|y| observable(y, sd_obs)).to_vec();
    let rule = EslRule {
        first_points: 512,
        later_points: 400,
        sampler: SAMPLER,
        kept_draws: 20_000,
        ..EslRule::standard(5)
    };
    let mut esl = Esl::new(rule, 20_250_101, 5, observables).unwrap();
    let model = |u: &[f64], stream: &mut crate::rng::Stream| {
        mean(u).iter().map(|y| y + noise * stream.normal()).collect()
    };
    let reports: Vec<WaveReport> = (0..3).map(|_| run(&mut esl, model)).collect();
    // A⁻¹ A⁻ᵀ: A is circulant, A⁻¹ = (1, −½, ¼; ¼, 1, −½; −½, ¼, 1)/1.125, rows of square 1.3125/1.2656.
    let sd = ((noise * noise + sd_obs * sd_obs) * 1.3125 / (1.125 * 1.125)).sqrt();
    let prior_sd = 1.0 / 12.0_f64.sqrt();
    for (parameter, truth) in truth.iter().enumerate() {
        let values = column(&esl, parameter);
        let (found, spread) = (stats::mean(&values).unwrap(), stats::sample_sd(&values).unwrap());
        assert!((found - truth).abs() < 0.03 * prior_sd, "{parameter}: {found}");
        // Three hundredths for the method, and the error of the sample.
        assert!((spread / sd - 1.0).abs() < 0.06, "{parameter}: {spread} {sd}");
    }
    let covariance = |i: usize, j: usize| {
        let (x, y) = (column(&esl, i), column(&esl, j));
        let (mx, my) = (stats::mean(&x).unwrap(), stats::mean(&y).unwrap());
        x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / x.len() as f64
    };
    // Rows 0 and 1 of A⁻¹: ¼ − ½ − ⅛ = −3/8.
    let expected = (noise * noise + sd_obs * sd_obs) * -0.375 / (1.125 * 1.125);
    assert!((covariance(0, 1) / expected - 1.0).abs() < 0.15, "{} {expected}", covariance(0, 1));
    for parameter in 3..5 {
        let contraction = 1.0 - 12.0 * stats::sample_sd(&column(&esl, parameter)).unwrap().powi(2);
        assert!(contraction.abs() < 0.03, "{parameter}: {contraction}");
    }
    assert!(
        reports.iter().all(|report| !report.is_multimodal() && report.convergence.holds()),
        "{reports:?}"
    );
    assert_eq!(reports[0].prior_check.as_ref().unwrap().light(562), Light::Green);
    assert!(reports[2].emulator_light() <= Light::Amber && reports[2].emulator_share < 0.1);
    // 40 pairs of three moments: each ratio is known to 22 %.
    assert!(reports[2].pure_error.as_ref().unwrap().iter().all(|ratio| (ratio - 1.0).abs() < 0.9));
    assert!(reports[2].moved.unwrap().median < 0.1, "{:?}", reports[2].moved);
}

#[test]
fn two_modes_are_both_kept_and_flagged() {
    // θ² is observed, θ in ± 1: both roots of 0.36, half of the mass each.
    let rule = EslRule { first_points: 256, later_points: 200, sampler: SAMPLER, ..EslRule::standard(1) };
    let mut esl = Esl::new(rule, 20_250_101, 1, vec![observable(0.36, 0.02)]).unwrap();
    for _ in 0..3 {
        let report = run(&mut esl, |u, stream| vec![(2.0 * u[0] - 1.0).powi(2) + 0.03 * stream.normal()]);
        assert!(report.is_multimodal(), "{report:?}");
        assert!((report.valleys[0].mass_below - 0.5).abs() < 0.1);
        let values = column(&esl, 0);
        let upper = values.iter().filter(|&&u| u > 0.5).count() as f64 / values.len() as f64;
        assert!((upper - 0.5).abs() < 0.1, "{upper}");
        let roots: Vec<f64> = values.iter().map(|u| (2.0 * u - 1.0).abs()).collect();
        assert!((stats::mean(&roots).unwrap() - 0.6).abs() < 0.02);
    }
}

#[test]
fn a_stored_calibration_goes_on_as_if_nothing_had_happened() {
    let rule = EslRule {
        sampler: EnsembleRule { walkers: 20, burn_in: 100, steps: 200, thin: 2 },
        kept_draws: 200,
        ..EslRule::standard(2)
    };
    let model = |u: &[f64], stream: &mut crate::rng::Stream| {
        // One run in twenty fails.
        let y = u[0] + u[1] * u[1] + 0.1 * stream.normal();
        vec![if stream.unit() < 0.05 { f64::NAN } else { y }, u[1] + 0.1 * stream.normal()]
    };
    let observables = vec![observable(0.8, 0.0), Observable { transform: Transform::Identity, target: None }];
    let mut esl = Esl::new(rule, 5, 2, observables).unwrap();
    let report = run(&mut esl, model);
    assert!(report.n_failed > 0 && report.moved.is_none());
    let mut again: Esl = serde_json::from_str(&serde_json::to_string(&esl).unwrap()).unwrap();
    assert_eq!(again, esl);
    assert_eq!(run(&mut esl, model), run(&mut again, model));
    assert_eq!(again, esl);
    assert_eq!(esl.waves().len(), 2);
    assert!(esl.reports()[1].moved.is_some());
}

#[test]
fn what_is_out_of_reach_or_broken_is_said() {
    let rule = EslRule {
        sampler: EnsembleRule { walkers: 20, burn_in: 100, steps: 200, thin: 2 },
        ..EslRule::standard(2)
    };
    let mut esl = Esl::new(rule, 5, 2, vec![observable(3.0, 0.05)]).unwrap();
    assert!(matches!(esl.emulator(), Err(CalibrationError::Order { .. })));
    let n = esl.ask().unwrap().len();
    assert_eq!(
        esl.tell(vec![vec![f64::NAN]; n]).unwrap_err(),
        CalibrationError::Failed { failed: n, runs: n }
    );
    assert_eq!(esl.tell(vec![vec![1.0]; n]).unwrap_err(), CalibrationError::Constant { moment: 0 });
    assert!(matches!(esl.tell(vec![vec![1.0]; 3]), Err(CalibrationError::Length { .. })));
    assert!(esl.waves().is_empty() && esl.posterior().is_empty());
    let report = run(&mut esl, |u, stream| vec![u[0] + 0.1 * stream.normal()]);
    assert_eq!(report.status, Status::OutOfReach);
    assert!(Esl::new(rule, 5, 0, vec![observable(1.0, 0.1)]).is_err());
    assert!(Esl::new(rule, 5, 2, vec![]).is_err());
    assert!(Esl::new(rule, 5, 2, vec![observable(f64::NAN, 0.1)]).is_err());
    assert!(Esl::new(rule, 5, 2, vec![observable(1.0, -0.1)]).is_err());
    assert!(Esl::new(EslRule { first_points: 4, ..rule }, 5, 2, vec![observable(1.0, 0.1)]).is_err());
}

/// The moments of a problem with 20 parameters, 14 of which matter, and 10 moments.
fn ten_moments(u: &[f64], mix: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let x: Vec<f64> = u.iter().map(|u| 2.0 * u - 1.0).collect();
    let mean = |j: usize| {
        let sum: f64 = (0..5).map(|k| mix[j][k] * x[(3 * j + 5 * k + j * k) % 14]).sum();
        let pair = 0.3 * (1.5 * x[j % 14]).sin() * x[(j + 4) % 14];
        sum.tanh() + pair + 0.2 * x[(j + 9) % 14].exp()
    };
    let sd = |j: usize| 0.05 * (0.5 * x[(2 * j + 1) % 14]).exp();
    ((0..10).map(mean).collect(), (0..10).map(sd).collect())
}

/// Row 18 of the known answers: waves against the exact posterior, a minute or so for each data set in release:
/// `BIDCAST_DATA_SETS=30 cargo test --release --lib twenty_parameters -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes; run by name in release"]
fn twenty_parameters_and_ten_moments() {
    let n_sets: u64 = std::env::var("BIDCAST_DATA_SETS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let sampler = EnsembleRule::STANDARD;
    let rule =
        EslRule { first_points: 1_024, later_points: 1_000, doubled: 0.0, sampler, ..EslRule::standard(20) };
    let (mut ratios, mut held, mut held_exact) = (Vec::new(), Vec::new(), Vec::new());
    for set in 0..n_sets {
        let mut stream = Streams::new(20_250_101, set).open(18, 0, 0);
        let mix: Vec<Vec<f64>> = (0..10).map(|_| (0..5).map(|_| 0.6 * stream.normal()).collect()).collect();
        let truth: Vec<f64> = (0..20).map(|_| stream.unit()).collect();
        let (mean, sd) = ten_moments(&truth, &mix);
        let seen: Vec<f64> = mean.iter().zip(&sd).map(|(mean, sd)| mean + sd * stream.normal()).collect();
        let exact = sample_cube(&sampler, 20, 99, None, &Streams::new(20_250_101, set), |points| {
            let log = |point: &Vec<f64>| {
                let (mean, sd) = ten_moments(point, &mix);
                let terms = mean.iter().zip(&sd).zip(&seen);
                terms.map(|((mean, sd), y)| -0.5 * ((y - mean) / sd).powi(2) - sd.ln()).sum()
            };
            points.iter().map(log).collect()
        })
        .unwrap();
        let observables = seen.iter().map(|y| observable(*y, 0.0)).collect();
        let mut esl = Esl::new(rule, set, 20, observables).unwrap();
        for _ in 0..3 {
            run(&mut esl, |u, stream| {
                let (mean, sd) = ten_moments(u, &mix);
                mean.iter().zip(&sd).map(|(mean, sd)| mean + sd * stream.normal()).collect()
            });
        }
        for parameter in 0..14 {
            let reference: Vec<f64> = exact.draws.iter().map(|draw| draw[parameter]).collect();
            let values = column(&esl, parameter);
            let sd = stats::sample_sd(&reference).unwrap();
            ratios.push(stats::sample_sd(&values).unwrap() / sd);
            let inside = |values: &[f64]| {
                let ends = stats::quantiles(values, &[0.05, 0.95]).unwrap();
                f64::from(u8::from(ends[0] <= truth[parameter] && truth[parameter] <= ends[1]))
            };
            held.push(inside(&values));
            held_exact.push(inside(&reference));
        }
    }
    let [ratio, covered, covered_exact] =
        [&ratios, &held, &held_exact].map(|values| stats::mean(values).unwrap());
    assert!((0.95..=1.2).contains(&ratio), "{ratio}");
    // 14 parameters of a set go together: the error of a coverage is that of some 7 for each set.
    let error = (0.09 / (7.0 * n_sets as f64)).sqrt();
    assert!((covered - covered_exact).abs() < 0.05 + 2.0 * error, "{covered} {covered_exact}");
}
