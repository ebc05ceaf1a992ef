//! Mixtures against closed forms: two normal laws, parameters and chance of known size, scenarios that are the same.

use statrs::distribution::{ContinuousCDF, Normal};

use super::*;
use crate::experiment::comparison::layout::Pair;
use crate::experiment::comparison::result::Part;
use crate::rng::Streams;

fn layout(n_draws: u32, n_replications: u64, number: impl Fn(u32, u64) -> u64) -> Layout {
    let all = (0..n_draws).flat_map(|draw| (0..n_replications).map(move |k| (draw, k)));
    Layout::of(&all.map(|(draw, k)| Pair { draw, replication: number(draw, k) }).collect::<Vec<_>>())
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

#[test]
fn two_normal_laws_mix_as_they_should() {
    // N(0, 1) with 0.3 and N(3, 1) with 0.7, sharing half of their noise, in 300 studies of 400 pairs. Each figure has the
    // truth within 4 standard errors of the mean over studies (plus what 400 pairs shift a quantile by), and the error
    // that a study states is the scatter over studies, which 300 tell to 4 %.
    let normal = Normal::standard();
    let below = |x: f64| 0.3 * normal.cdf(x) + 0.7 * normal.cdf(x - 3.0);
    let quantile = |p: f64| {
        let (mut low, mut high) = (-5.0, 8.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if below(middle) < p { low = middle } else { high = middle }
        }
        low
    };
    let layout = layout(1, 400, |_, k| k);
    let mut figures: Vec<[(f64, f64); 7]> = Vec::new();
    for study in 0..300 {
        let mut stream = Streams::new(20_250_101, study).open(1, 0, 0);
        let half = 0.5_f64.sqrt();
        let (a, b): (Vec<f64>, Vec<f64>) = (0..400)
            .map(|_| {
                let common = half * stream.normal();
                (common + half * stream.normal(), 3.0 + common + half * stream.normal())
            })
            .unzip();
        let pool = Pool::of(&layout, vec![&a, &b], 0).unwrap();
        let found = mixed(&pool, &["a", "b"], &[0.3, 0.7]).unwrap();
        let (e, split) = (found.distribution, found.split);
        let part = |part: Part| (part.value, part.mcse);
        assert!(near(e.sd.unwrap().powi(2), split.scenarios.value + split.within.value));
        assert_eq!((split.parameters, split.chance), (None, None));
        figures.push([
            (e.mean, e.mcse.unwrap()),
            (e.p50, e.p50_mcse.unwrap()),
            (e.p10, e.p10_mcse.unwrap()),
            (e.p90, e.p90_mcse.unwrap()),
            part(split.scenarios),
            part(split.within),
            part(split.scenario_share.unwrap()),
        ]);
    }
    let truth = [2.1, quantile(0.5), quantile(0.1), quantile(0.9), 0.21 * 9.0, 1.0, 1.89 / 2.89];
    for (k, truth) in truth.into_iter().enumerate() {
        let values: Vec<f64> = figures.iter().map(|figures| figures[k].0).collect();
        let errors: Vec<f64> = figures.iter().map(|figures| figures[k].1).collect();
        let (mean, mcse) = (stats::mean(&values).unwrap(), stats::mcse(&values).unwrap());
        assert!((mean - truth).abs() < 4.0 * mcse + 0.005, "{k}: {mean} ±{mcse}, {truth}");
        let (scatter, stated) = (stats::sample_sd(&values).unwrap(), stats::mean(&errors).unwrap());
        assert!(
            (stated / scatter - 1.0).abs() < 4.0 * (1.0_f64 / 600.0).sqrt() + 0.03,
            "{k}: {stated} {scatter}"
        );
    }
}

#[test]
fn parameters_and_chance_are_told_apart_however_draws_are_laid_out() {
    // Parameters 1, chance 1.5, of which a third is shared by draws when they are crossed; the second scenario is 2 higher
    // with twice the noise: parameters (1 + 4)/2, chance (1.5 + 6)/2, between 1.
    for (case, crossed) in [(1, false), (2, true)] {
        let number = |draw: u32, k: u64| if crossed { k } else { u64::from(draw) * 8 + k };
        let layout = layout(30, 8, number);
        let mut figures: Vec<[(f64, f64); 3]> = Vec::new();
        for study in 0..200 {
            let mut stream = Streams::new(20_250_101, study).open(2, case, 0);
            let draws: Vec<f64> = (0..30).map(|_| stream.normal()).collect();
            let shared: Vec<f64> = (0..240).map(|_| 0.5_f64.sqrt() * stream.normal()).collect();
            let noise: Vec<f64> = (0..240)
                .map(|i| draws[i / 8] + shared[if crossed { i % 8 } else { i }] + stream.normal())
                .collect();
            let other: Vec<f64> = noise.iter().map(|x| 2.0 + 2.0 * x).collect();
            let pool = Pool::of(&layout, vec![&noise, &other], 0).unwrap();
            let split = mixed(&pool, &["a", "b"], &[0.5, 0.5]).unwrap().split;
            assert!(near(split.within.value, split.parameters.unwrap().value + split.chance.unwrap().value));
            figures.push(
                [split.scenarios, split.parameters.unwrap(), split.chance.unwrap()]
                    .map(|p| (p.value, p.mcse)),
            );
        }
        for (k, truth) in [1.0, 2.5, 3.75].into_iter().enumerate() {
            let values: Vec<f64> = figures.iter().map(|figures| figures[k].0).collect();
            let errors: Vec<f64> = figures.iter().map(|figures| figures[k].1).collect();
            let (mean, mcse) = (stats::mean(&values).unwrap(), stats::mcse(&values).unwrap());
            assert!((mean - truth).abs() < 4.0 * mcse, "{case} {k}: {mean} ±{mcse}, {truth}");
            // 30 draws and 8 replications tell an error roughly, and a little too small.
            let (scatter, stated) = (stats::sample_sd(&values).unwrap(), stats::mean(&errors).unwrap());
            assert!((stated / scatter - 1.0).abs() < 0.25, "{case} {k}: {stated} {scatter}");
        }
    }
}

#[test]
fn scenarios_that_are_the_same_mix_to_themselves() {
    let mut stream = Streams::new(20_250_101, 1).open(3, 0, 0);
    let values: Vec<f64> = (0..200).map(|_| stream.normal().exp()).collect();
    let layout = layout(1, 200, |_, k| k);
    let pool = Pool::of(&layout, vec![&values, &values, &values], 1).unwrap();
    let found = mixed(&pool, &["a", "b", "c"], &[0.2, 0.3, 0.5]).unwrap();
    let none = Part { value: 0.0, mcse: 0.0 };
    assert_eq!((found.split.scenarios, found.split.scenario_share), (none, Some(none)));
    assert_eq!(found.distribution.mean.to_bits(), stats::mean(&values).unwrap().to_bits());
    assert!(near(found.distribution.mcse.unwrap(), stats::mcse(&values).unwrap()));
    let median = stats::quantiles(&values, &[0.5]).unwrap()[0];
    assert!((found.distribution.p50 - median).abs() < 0.02 * median);
    for other in found.reweighted.values().flatten() {
        assert_eq!(other.level.mean.to_bits(), found.distribution.mean.to_bits());
    }
}

#[test]
fn a_scenario_alone_is_what_it_is_without_the_others() {
    let mut stream = Streams::new(20_250_101, 1).open(4, 0, 0);
    let columns: Vec<Vec<f64>> =
        (0..3).map(|k| (0..100).map(|_| f64::from(k) + stream.normal()).collect()).collect();
    let layout = layout(1, 100, |_, k| k);
    let pool = Pool::of(&layout, columns.iter().map(Vec::as_slice).collect(), 0).unwrap();
    let found = mixed(&pool, &["a", "b", "c"], &[0.6, 0.3, 0.1]).unwrap();
    for (name, values) in ["a", "b", "c"].into_iter().zip(&columns) {
        let alone = found.reweighted[name].last().unwrap();
        assert!(near(alone.level.mean, stats::mean(values).unwrap()), "{name}");
        assert!(near(alone.level.p50, stats::quantiles(values, &[0.5]).unwrap()[0]), "{name}");
        assert!((alone.weight - 1.0).abs() < 1e-15);
    }
    let weights = |name: &str| found.reweighted[name].iter().map(|other| other.weight).collect::<Vec<f64>>();
    assert_eq!(weights("a"), [0.0, 0.6, 1.0, 1.0], "a weight is doubled to 1 at most");
    assert_eq!(weights("b"), [0.0, 0.3, 0.6, 1.0]);
    // Without a, b and c weigh 3 : 1.
    let without = found.reweighted["a"][0].level.mean;
    let means: Vec<f64> = columns.iter().map(|values| stats::mean(values).unwrap()).collect();
    assert!(near(without, 0.75 * means[1] + 0.25 * means[2]));
    let alone = mixed(&pool, &["a", "b", "c"], &[1.0, 0.0, 0.0]).unwrap();
    assert_eq!(alone.reweighted["a"].len(), 3, "without the only one that counts nothing is left");
}

#[test]
fn the_split_is_that_of_the_law_of_total_variance() {
    // The general function leaves the noise of the means in: here three scenarios of two draws with two replications.
    let layout = layout(2, 2, |draw, k| u64::from(draw) * 2 + k);
    let columns = [[1.0, 3.0, 6.0, 4.0], [5.0, 4.0, 9.0, 12.0], [2.0, 2.5, 1.0, 7.0]];
    let weights = [0.5, 0.3, 0.2];
    let pool = Pool::of(&layout, columns.iter().map(<[f64; 4]>::as_slice).collect(), 0).unwrap();
    let found = mixed(&pool, &["a", "b", "c"], &weights).unwrap().split;
    let splits: Vec<(f64, stats::VarianceSplit)> = weights
        .into_iter()
        .zip(columns.iter().map(|x| stats::variance_split(&[&x[..2], &x[2..]]).unwrap()))
        .collect();
    let expected = stats::scenario_split(&splits).unwrap();
    assert!(near(found.parameters.unwrap().value, expected.parameters));
    assert!(near(found.chance.unwrap().value, expected.chance));
    // Variance of the mean distance to the mixture from two draws: squared half difference of the draws' means.
    let mixed: Vec<f64> = (0..4).map(|i| weights.iter().zip(&columns).map(|(w, x)| w * x[i]).sum()).collect();
    let noise: f64 = weights
        .iter()
        .zip(&columns)
        .map(|(weight, x)| {
            let apart = |i: usize| x[i] - mixed[i];
            weight * ((apart(0) + apart(1) - apart(2) - apart(3)) / 4.0).powi(2)
        })
        .sum();
    assert!(near(found.scenarios.value, expected.scenarios - noise), "{found:?} {expected:?} {noise}");
}
