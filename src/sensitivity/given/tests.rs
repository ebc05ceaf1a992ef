//! Tables whose indices are known in closed form, and tables that cannot be asked.

use statrs::distribution::{ContinuousCDF, Normal};

use super::*;
use crate::rng::Streams;

fn stream(replication: u64) -> Stream {
    Streams::new(20_250_101, replication).open(5, 0, 0)
}

const RULE: GivenRule = GivenRule { n_dummies: 3, n_resamples: 100, level: 0.95 };

/// Columns of standard normal inputs and a + Σ slope · input + noise.
fn linear(n: usize, slopes: &[f64], noise: f64, stream: &mut Stream) -> (Vec<Vec<f64>>, Vec<f64>) {
    let columns: Vec<Vec<f64>> = slopes.iter().map(|_| (0..n).map(|_| stream.normal()).collect()).collect();
    let outcome = (0..n)
        .map(|row| {
            let sum: f64 = columns.iter().zip(slopes).map(|(column, slope)| slope * column[row]).sum();
            1e3 + sum + noise * stream.normal()
        })
        .collect();
    (columns, outcome)
}

fn ask(columns: &[Vec<f64>], outcome: &[f64], rule: &GivenRule, stream: &mut Stream) -> Given {
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    given(&columns, outcome, rule, stream).unwrap()
}

#[test]
fn shares_of_a_linear_outcome() {
    let mut stream = stream(1);
    let slopes = [3.0, 2.0, 1.0, 0.0];
    let (columns, outcome) = linear(4_096, &slopes, 2.0_f64.sqrt(), &mut stream);
    let found = ask(&columns, &outcome, &RULE, &mut stream);
    for (input, slope) in found.inputs.iter().zip(slopes) {
        let share = slope * slope / 16.0;
        assert!((input.first.value - share).abs() < 0.03, "{slope}: {:?}", input.first);
        assert!(input.first.interval.unwrap().half_width() < 0.03);
        // Spearman's coefficient of a normal pair: 6/π asin(ρ/2).
        let rank = 6.0 / std::f64::consts::PI * (slope / 8.0).asin();
        assert!((input.spearman.value - rank).abs() < 4.0 / 64.0 * 1.1, "{slope}");
        assert!(input.spearman.interval.unwrap().half_width() < 0.035);
        // Mean of the upper tenth of a standard normal: φ(z)/0.1 = 1.755.
        assert!(
            (input.mean_high - input.mean_low - 2.0 * 1.755 * slope).abs()
                < 4.0 * 4.0 * (2.0_f64 / 410.0).sqrt()
        );
    }
    assert!(found.inputs[2].first.value > found.floor.first && found.floor.first < 0.02);
    assert!(found.inputs[2].delta.value > found.floor.delta, "{:?} {:?}", found.inputs[2], found.floor);
}

#[test]
fn noise_leaves_the_index_unbiased() {
    // No input matters: the mean index over tables is 0 within 4 standard errors, where the plain ratio would show
    // (B − 1)/(N − 1) = 0.029.
    let rule = GivenRule { n_dummies: 0, n_resamples: 0, level: 0.95 };
    let found: Vec<f64> = (0..400)
        .map(|table| {
            let mut stream = stream(100 + table);
            let (columns, outcome) = linear(256, &[0.0], 1.0, &mut stream);
            ask(&columns, &outcome, &rule, &mut stream).inputs[0].first.value
        })
        .collect();
    let error = crate::stats::mcse(&found).unwrap();
    assert!(mean(&found).unwrap().abs() < 4.0 * error && error < 0.003);
}

#[test]
fn delta_is_the_mean_distance_of_distributions() {
    // Y = ρX + √(1 − ρ²)E: half the area between N(0, 1) and N(ρx, 1 − ρ²), averaged over x, by numerical integration
    // between the points where the densities cross.
    let normal = Normal::standard();
    let distance = |shift: f64, sd: f64| {
        // (y − shift)²/sd² + 2 ln sd = y².
        let (a, b, c) =
            (1.0 / (sd * sd) - 1.0, -2.0 * shift / (sd * sd), (shift / sd).powi(2) + 2.0 * sd.ln());
        let root = (b * b - 4.0 * a * c).sqrt();
        let ends = [(-b - root) / (2.0 * a), (-b + root) / (2.0 * a)];
        let inside = |low: f64, high: f64, shift: f64, sd: f64| {
            normal.cdf((high - shift) / sd) - normal.cdf((low - shift) / sd)
        };
        inside(ends[0], ends[1], shift, sd) - inside(ends[0], ends[1], 0.0, 1.0)
    };
    for rho in [0.8_f64, 0.4] {
        let sd = (1.0 - rho * rho).sqrt();
        let expected = (0..2_000)
            .map(|i| distance(rho * normal.inverse_cdf((f64::from(i) + 0.5) / 2_000.0), sd))
            .sum::<f64>()
            / 2_000.0;
        let mut stream = stream(2);
        let (columns, outcome) = linear(8_192, &[rho], sd, &mut stream);
        let found = ask(&columns, &outcome, &RULE, &mut stream);
        // Classes smooth the distributions: δ is a little too small.
        let off = found.inputs[0].delta.value - expected;
        assert!((-0.03..0.015).contains(&off), "{rho}: {} {expected}", found.inputs[0].delta.value);
        assert!((0.02..0.06).contains(&found.floor.delta), "{}", found.floor.delta);
    }
}

#[test]
fn delta_and_the_index_see_what_correlation_does_not() {
    let mut stream = stream(3);
    let (columns, _) = linear(2_048, &[0.0, 0.0], 1.0, &mut stream);
    // A parabola in the first input; the second sets the spread only.
    let outcome: Vec<f64> =
        (0..2_048).map(|row| columns[0][row].powi(2) + columns[1][row].exp() * stream.normal()).collect();
    let found = ask(&columns, &outcome, &RULE, &mut stream);
    assert!(found.inputs[0].spearman.value.abs() < 0.1 && found.inputs[0].first.value > found.floor.first);
    assert!(found.inputs[1].first.value < 0.1 && found.inputs[1].delta.value > found.floor.delta + 0.05);
}

#[test]
fn switches_and_constants_are_inputs_too() {
    let mut stream = stream(4);
    let switch: Vec<f64> = (0..1_000).map(|row| f64::from(row % 2)).collect();
    let outcome: Vec<f64> = switch.iter().map(|on| 2.0 * on + stream.normal()).collect();
    let found = ask(&[switch, vec![5.0; 1_000]], &outcome, &RULE, &mut stream);
    // Variance 1 of the switch, 1 of the noise.
    assert!((found.inputs[0].first.value - 0.5).abs() < 0.08, "{:?}", found.inputs[0]);
    assert!(found.inputs[1].first.value.abs() < 1e-12 && found.inputs[1].delta.value.abs() < 1e-12);
    assert_eq!(found.inputs[1].spearman, Estimate { value: 0.0, interval: None });
}

#[test]
fn intervals_cover_the_share() {
    let covered = (0..200)
        .filter(|&table| {
            let mut stream = stream(1_000 + table);
            let (columns, outcome) = linear(512, &[1.0], 1.0, &mut stream);
            let rule = GivenRule { n_dummies: 0, ..RULE };
            let found = ask(&columns, &outcome, &rule, &mut stream);
            found.inputs[0].first.interval.unwrap().contains(0.5)
        })
        .count();
    // 95 %, less what cells miss of the tails; 4 standard errors are 6 %.
    assert!(covered >= 176, "{covered}");
}

#[test]
fn tables_that_cannot_be_asked_are_refused() {
    let mut stream = stream(5);
    let column = vec![1.0; 40];
    let mut ask = |inputs: &[&[f64]], outcome: &[f64]| given(inputs, outcome, &RULE, &mut stream).err();
    assert_eq!(ask(&[&column], &column), Some(ShapeError::Constant));
    assert!(matches!(ask(&[], &column), Some(ShapeError::TooFew { what: "inputs" | "input", .. })));
    assert!(matches!(ask(&[&column[1..]], &column), Some(ShapeError::Length { expected: 40, .. })));
    assert!(matches!(ask(&[&column[..8]], &column[..8]), Some(ShapeError::TooFew { found: 8, .. })));
    let mut broken = column.clone();
    broken[7] = f64::INFINITY;
    assert!(matches!(ask(&[&broken], &column), Some(ShapeError::NotFinite { row: 7, .. })));
    assert!(matches!(ask(&[&column], &broken), Some(ShapeError::NotFinite { row: 7, .. })));
}
