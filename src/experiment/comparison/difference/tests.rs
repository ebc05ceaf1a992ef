//! Differences against closed forms: what sharing is worth, what relative intervals cover, what equals nothing.

use super::*;
use crate::experiment::comparison::layout::Pair;
use crate::rng::{Stream, Streams};

fn independent(n: usize) -> Layout {
    let pairs: Vec<Pair> = (0..n as u64).map(|replication| Pair { draw: 0, replication }).collect();
    Layout::of(&pairs)
}

/// Normal pairs of unit variance with that correlation, `shift` apart in the mean.
fn normal_pairs(n: usize, correlation: f64, shift: f64, stream: &mut Stream) -> (Vec<f64>, Vec<f64>) {
    let rest = (1.0 - correlation * correlation).sqrt();
    let pair = |_| {
        let (common, own) = (stream.normal(), stream.normal());
        (10.0 + common, 10.0 + shift + correlation * common + rest * own)
    };
    (0..n).map(pair).unzip()
}

#[test]
fn a_scenario_against_itself_differs_by_exactly_nothing() {
    let mut stream = Streams::new(20_250_101, 1).open(1, 0, 0);
    let values: Vec<f64> = (0..24).map(|_| 1e9 * stream.normal().exp()).collect();
    let of_draws: Vec<Pair> = (0..24).map(|k| Pair { draw: k / 4, replication: u64::from(k) }).collect();
    let crossed: Vec<Pair> = (0..24).map(|k| Pair { draw: k / 4, replication: u64::from(k % 4) }).collect();
    for layout in [independent(24), Layout::of(&of_draws), Layout::of(&crossed)] {
        let found = difference(&layout, &values, &values).unwrap();
        let nothing = Measured { value: 0.0, mcse: 0.0, low: 0.0, high: 0.0 };
        assert!(found.identical);
        assert_eq!((found.difference, found.relative), (nothing, Some(nothing)));
        assert_eq!((found.variance_reduction, found.variance_reduction_mcse), (None, None));
        assert_eq!(found.reference, found.scenario);
        assert!((found.correlation.unwrap() - 1.0).abs() < 1e-12);
        assert_eq!((found.above.value, found.equal_pairs), (0.0, 24));
        assert_eq!(found.for_one_percent.pairs, Some(2));
        assert_eq!(found.for_half_width.pairs, None, "no interval has half the width of none");
    }
}

#[test]
fn sharing_is_worth_one_over_one_less_the_correlation() {
    // Logarithms of 300 estimates, each from 1,000 pairs: their mean has the truth within 4 standard errors, and the error
    // that each states is their scatter, which 300 of them tell to √(1/600) = 4 %.
    let mut found = Vec::new();
    let mut stated = Vec::new();
    for study in 0..300 {
        let mut stream = Streams::new(20_250_101, study).open(2, 0, 0);
        let (a, b) = normal_pairs(1_000, 0.8, 0.3, &mut stream);
        let difference = difference(&independent(1_000), &a, &b).unwrap();
        let reduction = difference.variance_reduction.unwrap();
        found.push(reduction.ln());
        stated.push(difference.variance_reduction_mcse.unwrap() / reduction);
    }
    let (mean, error) = (stats::mean(&found).unwrap(), stats::mcse(&found).unwrap());
    assert!((mean - 5.0_f64.ln()).abs() < 4.0 * error, "{mean} ±{error}");
    let (scatter, stated) = (stats::sample_sd(&found).unwrap(), stats::mean(&stated).unwrap());
    assert!((stated / scatter - 1.0).abs() < 4.0 * (1.0_f64 / 600.0).sqrt(), "{stated} {scatter}");
}

#[test]
fn probability_of_lying_above_is_that_of_the_normal_law() {
    // P(b > a) = Φ(0.3/√(2 − 1.6)) = Φ(0.474342) = 0.682372.
    let mut stream = Streams::new(20_250_101, 1).open(3, 0, 0);
    let (a, b) = normal_pairs(4_000, 0.8, 0.3, &mut stream);
    let above = difference(&independent(4_000), &a, &b).unwrap().above;
    assert!((above.value - 0.682_372).abs() < 4.0 * above.mcse, "{above:?}");
    assert!((above.mcse - (0.682_372 * 0.317_628 / 4_000.0_f64).sqrt()).abs() < 1e-4);
    assert!(above.low < above.value && above.value < above.high);
}

#[test]
fn relative_intervals_cover_on_lognormal_pairs() {
    // Means e^{1/8} and 2 e^{1/8} with a correlation of the logarithms of 0.95, so that all three terms of the variance
    // count, 100 pairs. 1,000 studies tell a coverage of 95 % to 0.7 points; skewness costs a point or two at 100 pairs.
    let covered = (0..1_000)
        .filter(|&study| {
            let mut stream = Streams::new(20_250_101, study).open(4, 0, 0);
            let (a, b) = normal_pairs(100, 0.95, 0.0, &mut stream);
            let lognormal = |x: &f64| (0.5 * (x - 10.0)).exp();
            let a: Vec<f64> = a.iter().map(lognormal).collect();
            let b: Vec<f64> = b.iter().map(|x| 2.0 * lognormal(x)).collect();
            let relative = difference(&independent(100), &a, &b).unwrap().relative.unwrap();
            (relative.low..=relative.high).contains(&1.0)
        })
        .count();
    assert!((915..=978).contains(&covered), "{covered}");
}

#[test]
fn independent_pairs_are_compared_as_everywhere() {
    let mut stream = Streams::new(20_250_101, 1).open(5, 0, 0);
    let (a, b) = normal_pairs(50, 0.5, 0.3, &mut stream);
    let (found, plain) =
        (difference(&independent(50), &a, &b).unwrap(), stats::paired(&a, &b, 0.95).unwrap());
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-12;
    assert!(
        near(found.difference.mcse, plain.standard_error) && near(found.difference.low, plain.interval.low)
    );
    assert!(near(found.variance_reduction.unwrap(), plain.variance_reduction.unwrap()));
    let mut sorted = a;
    sorted.sort_by(f64::total_cmp);
    assert!(near(found.reference.p50_mcse, stats::quantile_mcse(&sorted, 0.5).unwrap()));
}

#[test]
fn halving_an_interval_takes_four_times_the_pairs_and_independent_runs_the_gain_more() {
    let mut stream = Streams::new(20_250_101, 1).open(6, 0, 0);
    let (a, b) = normal_pairs(500, 0.8, 0.3, &mut stream);
    let found = difference(&independent(500), &a, &b).unwrap();
    let pairs = found.for_half_width.pairs.unwrap() as f64;
    // Student's t falls a little with the number.
    assert!((pairs / 2_000.0 - 1.0).abs() < 0.01, "{pairs}");
    let gain = found.for_half_width.independent.unwrap() as f64 / pairs;
    assert!((gain / found.variance_reduction.unwrap() - 1.0).abs() < 0.01, "{gain}");
    // 1 % of 10 is 0.1, and a difference of pairs has the standard deviation √0.4: (1.96 √0.4/0.1)² = 154.
    let found = found.for_one_percent.pairs.unwrap();
    assert!((130..180).contains(&found), "{found}");
}

#[test]
fn a_constant_shift_has_no_noise_to_speak_of() {
    // Sums of tenths are not exact: what rounding leaves is no variation.
    let a: Vec<f64> = (0..40).map(|k| f64::from(k) * 0.1).collect();
    let b: Vec<f64> = a.iter().map(|x| x + 0.7).collect();
    let found = difference(&independent(40), &a, &b).unwrap();
    assert_eq!((found.variance_reduction, found.identical), (None, false));
    assert!((found.difference.value - 0.7).abs() < 1e-12 && found.difference.mcse < 1e-15);
    assert_eq!((found.above.value, found.equal_pairs), (1.0, 0));
}

#[test]
fn replications_of_a_draw_do_not_pass_for_independent_pairs() {
    // 20 draws, each four times the same: the error is that of 20 values, that of 80 would be half as large.
    let pairs: Vec<Pair> = (0..80).map(|k| Pair { draw: k / 4, replication: u64::from(k) }).collect();
    let mut stream = Streams::new(20_250_101, 1).open(7, 0, 0);
    let (a, b) = normal_pairs(20, 0.5, 0.3, &mut stream);
    let fourfold = |values: &[f64]| values.iter().flat_map(|x| [*x; 4]).collect::<Vec<f64>>();
    let found = difference(&Layout::of(&pairs), &fourfold(&a), &fourfold(&b)).unwrap();
    let plain = difference(&independent(20), &a, &b).unwrap();
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
    assert!(near(found.difference.mcse, plain.difference.mcse));
    assert!(near(found.difference.low, plain.difference.low));
    assert!(near(found.variance_reduction.unwrap(), plain.variance_reduction.unwrap()));
    assert!(near(found.variance_reduction_mcse.unwrap(), plain.variance_reduction_mcse.unwrap()));
    assert!(near(found.above.low, plain.above.low) || (found.above.low - plain.above.low).abs() < 0.03);
    assert!((found.reference.p50_mcse / plain.reference.p50_mcse - 1.0).abs() < 0.35, "{found:?}");
}

#[test]
fn nothing_is_said_of_what_is_no_number() {
    let layout = independent(3);
    assert_eq!(difference(&layout, &[1.0, f64::NAN, 2.0], &[1.0, 2.0, 3.0]), None);
    assert_eq!(difference(&layout, &[1.0, 1.0, 2.0], &[1.0, f64::INFINITY, 3.0]), None);
    assert_eq!(monthly_difference(&layout, &[1.0, f64::NAN, 2.0], &[1.0, 2.0, 3.0]), None);
    let none_yet = difference(&layout, &[0.0; 3], &[1.0, 2.0, 3.0]).unwrap();
    assert_eq!((none_yet.relative, none_yet.for_one_percent.pairs), (None, None), "relative to nothing");
    assert_eq!(none_yet.correlation, None);
}
