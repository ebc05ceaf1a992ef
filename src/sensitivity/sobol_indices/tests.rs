//! Indices against closed forms, against SALib, and under noise.

use std::f64::consts::PI;

use super::*;
use crate::rng::Streams;
use crate::sensitivity::saltelli_rows;

fn ishigami(u: &[f64]) -> f64 {
    let x = |i: usize| -PI + 2.0 * PI * u[i];
    x(0).sin() + 7.0 * x(1).sin().powi(2) + 0.1 * x(2).powi(4) * x(0).sin()
}

fn stream(replication: u64) -> Stream {
    Streams::new(20_250_101, replication).open(7, 0, 0)
}

fn independent(n: usize, width: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
    (0..n).map(|_| (0..width).map(|_| stream.unit()).collect()).collect()
}

fn rule(n_inputs: usize, second_order: bool, noise: Noise) -> SobolRule {
    SobolRule { layout: SaltelliLayout { n_inputs, second_order }, noise, n_resamples: 0, level: 0.95 }
}

#[test]
fn the_same_runs_give_the_indices_of_salib() {
    // SALib 1.6, analyze.sobol of the Ishigami function on 64 base rows of fractional parts of i √p.
    let primes = [2.0_f64, 3.0, 5.0, 7.0, 11.0, 13.0];
    let base: Vec<Vec<f64>> = (1..=64)
        .map(|i| primes.iter().map(|prime| (f64::from(i) * prime.sqrt()).fract()).collect())
        .collect();
    let first = [
        [0.234_589_195_348_478_47, 0.498_264_269_479_933_63, -0.083_601_995_760_840_87],
        [0.234_621_306_975_602_57, 0.498_246_647_142_342_6, -0.083_457_101_824_184_4],
    ];
    let total = [0.270_791_833_455_963_6, 0.422_286_592_718_770_6, 0.216_757_706_177_625_4];
    let second = [-0.101_427_324_549_147_71, 0.286_547_291_174_358_5, -0.026_726_718_402_091_9];
    for (second_order, first) in [true, false].into_iter().zip(first) {
        let rule = rule(3, second_order, Noise::Independent);
        let outcomes: Vec<f64> =
            saltelli_rows(&base, rule.layout).unwrap().iter().map(|row| ishigami(row)).collect();
        let found = sobol_indices(&outcomes, &rule, &mut stream(0)).unwrap();
        for (i, input) in found.inputs.iter().enumerate() {
            assert!((input.first.value - first[i]).abs() < 1e-10, "{i}: {}", input.first.value);
            assert!((input.total.value - total[i]).abs() < 1e-10, "{i}: {}", input.total.value);
        }
        for (pair, expected) in found.pairs.iter().zip(second) {
            assert!((pair.second.value - expected).abs() < 1e-10, "{:?}: {}", pair.inputs, pair.second.value);
        }
        assert_eq!(found.pairs.len(), if second_order { 3 } else { 0 });
    }
}

#[test]
fn ishigami_indices_are_the_closed_forms_and_intervals_hold_them() {
    let rule = SobolRule { n_resamples: 200, ..rule(3, true, Noise::Independent) };
    let base = independent(1 << 14, 6, &mut stream(1));
    let outcomes: Vec<f64> =
        saltelli_rows(&base, rule.layout).unwrap().iter().map(|row| ishigami(row)).collect();
    let found = sobol_indices(&outcomes, &rule, &mut stream(2)).unwrap();
    let (first, total) = ([0.313_905, 0.442_411, 0.0], [0.557_589, 0.442_411, 0.243_684]);
    for (i, input) in found.inputs.iter().enumerate() {
        for (estimate, expected) in [(input.first, first[i]), (input.total, total[i])] {
            assert!((estimate.value - expected).abs() < 0.03, "{i}: {estimate:?}");
            let reach = estimate.interval.unwrap().half_width();
            assert!((estimate.value - expected).abs() < 2.0 * reach && reach < 0.03, "{i}: {estimate:?}");
        }
    }
    assert!((found.pairs[1].second.value - 0.243_684).abs() < 0.04, "{:?}", found.pairs[1]);
    assert!((found.variance - 13.844_588).abs() < 0.4);
    assert_eq!(found.explainable, None);
}

#[test]
fn the_g_function_in_eight_dimensions() {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    let g = |u: &[f64]| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product();
    let rule = rule(8, false, Noise::Independent);
    let base = independent(1 << 14, 16, &mut stream(3));
    let outcomes: Vec<f64> = saltelli_rows(&base, rule.layout).unwrap().iter().map(|row| g(row)).collect();
    let found = sobol_indices(&outcomes, &rule, &mut stream(4)).unwrap();
    let first = [0.716_192, 0.179_048, 0.023_676, 0.007_162];
    let total = [0.787_144, 0.242_198, 0.034_317, 0.010_460];
    for i in 0..4 {
        assert!((found.inputs[i].first.value - first[i]).abs() < 0.03, "{i}");
        assert!((found.inputs[i].total.value - total[i]).abs() < 0.03, "{i}");
    }
    assert!(found.inputs[4..].iter().all(|input| (input.total.value - 1.05e-4).abs() < 1e-5));
}

#[test]
fn noise_is_where_the_formulas_say() {
    let (variance, noise) = (13.844_588, 9.0);
    let truth = [0.557_589, 0.442_411, 0.243_684, 0.0];
    let base = independent(1 << 14, 8, &mut stream(5));
    let layout = SaltelliLayout { n_inputs: 4, second_order: false };
    let rows = saltelli_rows(&base, layout).unwrap();
    let mut draws = stream(6);
    let clean: Vec<f64> = rows.iter().map(|row| ishigami(row)).collect();
    let mut own = |replications: u32| -> Vec<f64> {
        let scale = (noise / f64::from(replications)).sqrt();
        clean.iter().map(|y| y + scale * draws.normal()).collect()
    };
    let found = |outcomes: &[f64], noise| {
        sobol_indices(outcomes, &SobolRule { layout, ..rule(4, false, noise) }, &mut stream(7)).unwrap()
    };
    let apart = found(&own(1), Noise::Independent);
    let corrected = found(&own(2), Noise::Corrected { chance: noise, replications: 2 });
    let mut shared = stream(8);
    let shared: Vec<f64> = clean
        .chunks(layout.block())
        .flat_map(|block| {
            let draw = 3.0 * shared.normal();
            block.iter().map(move |y| y + draw).collect::<Vec<f64>>()
        })
        .collect();
    let aligned = found(&shared, Noise::Aligned);
    let whole = variance + noise;
    for (i, total) in truth.into_iter().enumerate() {
        let near =
            |found: f64, expected: f64| assert!((found - expected).abs() < 0.03, "{i}: {found} {expected}");
        near(apart.inputs[i].total.value, (total * variance + noise) / whole);
        near(aligned.inputs[i].total.value, total * variance / whole);
        near(corrected.inputs[i].total.value, total * variance / whole);
        near(corrected.inputs[i].total_explainable.unwrap().value, total);
    }
    assert!((corrected.explainable.unwrap() - variance).abs() < 0.5);
    assert!(aligned.inputs[3].total.value.abs() < 1e-12);
}

#[test]
fn outcomes_that_cannot_be_analysed_are_refused() {
    let analyse =
        |outcomes: &[f64], noise| sobol_indices(outcomes, &rule(2, false, noise), &mut stream(9)).err();
    assert_eq!(analyse(&[1.0; 8], Noise::Independent), Some(ShapeError::Constant));
    assert!(matches!(analyse(&[1.0; 9], Noise::Independent), Some(ShapeError::Length { expected: 8, .. })));
    assert!(matches!(analyse(&[1.0; 4], Noise::Independent), Some(ShapeError::TooFew { .. })));
    let mut broken = [1.0; 8];
    broken[5] = f64::NAN;
    assert!(matches!(analyse(&broken, Noise::Aligned), Some(ShapeError::NotFinite { row: 5, .. })));
    let negative = Noise::Corrected { chance: -1.0, replications: 2 };
    assert!(matches!(analyse(&[1.0; 8], negative), Some(ShapeError::Setting { .. })));
}
