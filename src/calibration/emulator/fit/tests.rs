//! Emulators of functions that are known.

use super::*;
use crate::rng::{Stream, Streams};

fn stream(purpose: u64) -> Stream {
    Streams::new(20_250_101, 7).open(purpose, 0, 0)
}

fn points(n: usize, p: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
    (0..n).map(|_| (0..p).map(|_| stream.unit()).collect()).collect()
}

fn table(points: &[Vec<f64>], mut moments: impl FnMut(&[f64]) -> Vec<f64>) -> Table {
    let rows = points.iter().map(|point| moments(point)).collect();
    Table::try_new(points.to_vec(), rows).unwrap()
}

fn quadratic(u: &[f64]) -> f64 {
    3.0 + 2.0 * u[0] - u[1] + 4.0 * u[0] * u[2] + 1.5 * u[1] * u[1] - 0.7 * u[2].powi(3)
}

#[test]
fn a_quadratic_without_noise_is_recovered() {
    let mut stream = stream(1);
    let runs = table(&points(60, 3, &mut stream), |u| vec![quadratic(u)]);
    let emulator = Emulator::fit(&runs, FeatureSet::Full, &[Transform::Identity]).unwrap();
    for point in points(50, 3, &mut stream) {
        let found = emulator.predict(&point)[0];
        assert!((found.mean - quadratic(&point)).abs() < 1e-8, "{} {}", found.mean, quadratic(&point));
        assert!(found.noise < 1e-14 && found.emulator < 1e-14, "{found:?}");
    }
    assert!(emulator.quality()[0].q2 > 1.0 - 1e-12);
    // Its slope by the first coordinate is 2 + 4 u_2.
    let slopes = &emulator.jacobian(&[0.3, 0.4, 0.25])[0];
    assert!((slopes[0] - 3.0).abs() < 1e-7 && (slopes[1] - 0.2).abs() < 1e-7, "{slopes:?}");
}

#[test]
fn noise_that_grows_exponentially_is_recovered() {
    // Averages over 20 tables of 1,500 runs; ln v = −2 + 2 x_0, x_0 in ± 1.
    let mut slopes = Vec::new();
    let mut levels = Vec::new();
    for repetition in 0..20 {
        let mut stream = Streams::new(20_250_101, repetition).open(8, 0, 0);
        let points = points(1_500, 4, &mut stream);
        let runs = table(&points, |u| {
            let sd = (-1.0 + (2.0 * u[0] - 1.0)).exp();
            vec![quadratic(u) + sd * stream.normal()]
        });
        let emulator = Emulator::fit(&runs, FeatureSet::Full, &[Transform::Identity]).unwrap();
        let at = |u: f64| emulator.predict(&[u, 0.5, 0.5, 0.5])[0].noise.ln();
        slopes.push((at(0.9) - at(0.1)) / 1.6);
        levels.push(at(0.5));
        assert_ne!(emulator.quality()[0].light(), super::super::Light::Red);
    }
    let (slope, level) = (crate::stats::mean(&slopes).unwrap(), crate::stats::mean(&levels).unwrap());
    assert!((slope - 2.0).abs() < 0.05, "{slope}");
    assert!((level + 2.0).abs() < 0.05, "{level}");
}

#[test]
fn emulator_variance_is_that_of_fits_to_other_noise() {
    // The same points with noise drawn again: how much does the fitted mean move?
    let mut stream = stream(3);
    let points = points(120, 3, &mut stream);
    let (mut means, mut stated, mut smooth) = (Vec::new(), Vec::new(), Vec::new());
    let at = [0.4, 0.7, 0.3];
    for _ in 0..300 {
        let runs = table(&points, |u| vec![quadratic(u) + 0.3 * stream.normal()]);
        let emulator = Emulator::fit(&runs, FeatureSet::Full, &[Transform::Identity]).unwrap();
        let found = emulator.predict(&at)[0];
        means.push(found.mean);
        stated.push(found.emulator);
        smooth.push(emulator.predict_smooth(&at, &mut Scratch::default())[0].emulator);
    }
    let seen = crate::stats::sample_sd(&means).unwrap().powi(2);
    let stated = crate::stats::mean(&stated).unwrap();
    // The stated one holds the pull of the penalty as well, and is never smaller but by chance: √(2/300) = 8 %.
    assert!(stated > 0.8 * seen && stated < 1.6 * seen, "{stated} {seen}");
    let ratio = crate::stats::mean(&smooth).unwrap() / stated;
    assert!((0.6..1.6).contains(&ratio), "{ratio}");
}

#[test]
fn on_its_scale_a_product_is_a_sum() {
    let mut stream = stream(4);
    let points = points(80, 2, &mut stream);
    let runs = table(&points, |u| vec![(2.0 * u[0] - 3.0 * u[1]).exp()]);
    let emulator = Emulator::fit(&runs, FeatureSet::Linear, &[Transform::Log]).unwrap();
    assert!((emulator.predict(&[0.5, 0.5])[0].mean + 0.5).abs() < 1e-8);
}

#[test]
fn what_cannot_be_fitted_is_refused_with_a_hint() {
    let mut stream = stream(5);
    let points = points(60, 2, &mut stream);
    let set = FeatureSet::Full;
    let none = [Transform::Identity];
    let refused = |found: Result<Emulator, CalibrationError>| {
        let error = found.err().unwrap();
        assert!(!error.hint().is_empty());
        error
    };
    let constant = table(&points, |_| vec![7.0]);
    assert_eq!(refused(Emulator::fit(&constant, set, &none)), CalibrationError::Constant { moment: 0 });
    let few = table(&points[..10], |u| vec![u[0]]);
    assert!(matches!(refused(Emulator::fit(&few, set, &none)), CalibrationError::TooFew { .. }));
    let negative = table(&points, |u| vec![u[0] - 0.5]);
    assert!(matches!(
        refused(Emulator::fit(&negative, set, &[Transform::Log])),
        CalibrationError::Untransformable { .. }
    ));
    let failed = table(&points, |u| vec![if u[0] < 0.8 { f64::NAN } else { u[1] }]);
    assert!(matches!(refused(Emulator::fit(&failed, set, &none)), CalibrationError::Failed { .. }));
    assert!(matches!(refused(Emulator::fit(&constant, set, &[])), CalibrationError::Length { .. }));
    // A few failed runs are left out, and only they.
    let some = table(&points, |u| vec![if u[0] < 0.1 { f64::NAN } else { quadratic(&[u[0], u[1], 0.0]) }]);
    let emulator = Emulator::fit(&some, set, &none).unwrap();
    assert!((emulator.predict(&[0.5, 0.5])[0].mean - quadratic(&[0.5, 0.5, 0.0])).abs() < 1e-8);
}
