//! Conjugate problems, whose posterior is known.

use statrs::distribution::{ContinuousCDF, Normal};

use super::*;

const STREAMS: Streams = Streams::new(20_250_101, 15);

/// Weighted mean and deviation of a function of the draws.
fn moments(found: &AbcPosterior, of: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let mean: f64 = found.draws.iter().zip(&found.weights).map(|(draw, weight)| weight * of(draw)).sum();
    let square: f64 =
        found.draws.iter().zip(&found.weights).map(|(draw, weight)| weight * (of(draw) - mean).powi(2)).sum();
    (mean, square.sqrt())
}

/// θ from N(0, 1) and the mean of ten draws from N(θ, 1).
fn normal_mean(n: u64, proposal: impl Fn(f64) -> f64) -> Table {
    let rows = (0..n).map(|row| {
        let mut stream = STREAMS.open(1, row, 0);
        let u = proposal(stream.unit());
        let theta = Normal::standard().inverse_cdf(u);
        (vec![u], vec![theta + stream.normal() / 10.0_f64.sqrt()])
    });
    let (points, moments): (Vec<_>, Vec<_>) = rows.unzip();
    Table::try_new(points, moments).unwrap()
}

const SEEN: [Target; 1] = [Target { observed: 1.2, sd_obs: 0.0, sd_model: 0.0 }];

#[test]
fn the_mean_of_a_normal_sample() {
    // N(12/11, 1/11).
    let table = normal_mean(20_000, |u| u);
    let theta = |draw: &[f64]| Normal::standard().inverse_cdf(draw[0]);
    let ask = |kept: f64, adjusted: bool| {
        let found = abc_regression(&table, &SEEN, None, &AbcRule { kept, adjusted }, &STREAMS).unwrap();
        (moments(&found, theta), found.effective)
    };
    let ((mean, sd), effective) = ask(0.2, true);
    // Of so many draws the mean is known to 0.3/√effective; 0.01 beside it for the bend of the logit.
    let error = 0.3015 / effective.sqrt();
    assert!((mean - 12.0 / 11.0).abs() < 0.01 + 3.0 * error, "{mean}");
    assert!((sd - (1.0_f64 / 11.0).sqrt()).abs() < 0.01 + 3.0 * error, "{sd}");
    // Plain rejection of as many runs is wider and pulled to the prior.
    let ((plain_mean, plain_sd), _) = ask(0.2, false);
    assert!(plain_sd > 1.1 * sd && plain_mean < mean, "{plain_mean} {plain_sd}");
}

#[test]
fn error_of_observation_widens_the_posterior() {
    // 1/10 of chance and 0.3 of observation: 1/(1 + 1/0.4) of variance.
    let table = normal_mean(20_000, |u| u);
    let target = [Target { sd_obs: 0.3_f64.sqrt(), ..SEEN[0] }];
    let rule = AbcRule { kept: 0.2, adjusted: true };
    let found = abc_regression(&table, &target, None, &rule, &STREAMS).unwrap();
    let (mean, sd) = moments(&found, |draw| Normal::standard().inverse_cdf(draw[0]));
    let precision: f64 = 1.0 + 1.0 / 0.4;
    assert!((mean - 3.0 / precision).abs() < 0.03, "{mean}");
    assert!((sd - precision.recip().sqrt()).abs() < 0.025, "{sd}");
}

#[test]
fn weights_undo_what_points_were_proposed_from() {
    // Half of the points from the prior, half the roots of uniform draws, whose density is 2u.
    let (n, half) = (20_000_usize, 10_000_usize);
    let prior = normal_mean(half as u64, |u| u);
    let upper = normal_mean(half as u64, f64::sqrt);
    let mut table = prior.clone();
    table.extend(&upper);
    let flat = vec![1.0; n];
    let rising: Vec<f64> = table.points().iter().map(|point| 2.0 * point[0]).collect();
    let weights = importance_weights(n, &[(half, &flat), (half, &rising)]).unwrap();
    let mean_weight = weights.iter().sum::<f64>() / n as f64;
    assert!((mean_weight - 1.0).abs() < 0.02, "{mean_weight}");
    let rule = AbcRule { kept: 0.2, adjusted: true };
    let target = [Target { observed: -0.5, ..SEEN[0] }];
    let of = |weights| abc_regression(&table, &target, weights, &rule, &STREAMS).unwrap();
    let theta = |draw: &[f64]| Normal::standard().inverse_cdf(draw[0]);
    let (mean, sd) = moments(&of(Some(&weights)), theta);
    assert!((mean + 5.0 / 11.0).abs() < 0.025, "{mean}");
    assert!((sd - 0.3015).abs() < 0.02, "{sd}");
    // Without them the prior is another one: its density ½ + u pulls upwards.
    assert!(moments(&of(None), theta).0 > mean + 0.02);
    assert!(importance_weights(n, &[(n, &vec![0.0; n])]).is_err());
    assert!(importance_weights(n, &[(half, &flat)]).is_err());
}

#[test]
fn fourteen_successes_of_twenty() {
    // Beta(15, 7): mean 0.681818, deviation 0.09712.
    let rows = (0..20_000).map(|row| {
        let mut stream = STREAMS.open(2, row, 0);
        let u = stream.unit();
        (vec![u], vec![(0..20).filter(|_| stream.unit() < u).count() as f64])
    });
    let (points, counts): (Vec<_>, Vec<_>) = rows.unzip();
    let table = Table::try_new(points, counts).unwrap();
    let target = [Target { observed: 14.0, sd_obs: 0.0, sd_model: 0.0 }];
    let rule = AbcRule { kept: 0.2, adjusted: true };
    let found = abc_regression(&table, &target, None, &rule, &STREAMS).unwrap();
    let (mean, sd) = moments(&found, |draw| draw[0]);
    assert!((mean - 0.681_818).abs() < 0.01, "{mean}");
    assert!((sd - 0.097_12).abs() < 0.01, "{sd}");
}

#[test]
fn what_cannot_be_used_is_refused_with_a_hint() {
    let table = normal_mean(100, |u| u);
    let rule = AbcRule { kept: 0.5, adjusted: true };
    let ask = |targets: &[Target], weights: Option<&[f64]>, rule: &AbcRule| {
        let error = abc_regression(&table, targets, weights, rule, &STREAMS).unwrap_err();
        assert!(!error.hint().is_empty());
    };
    ask(&[], None, &rule);
    ask(&[SEEN[0], SEEN[0]], None, &rule);
    ask(&SEEN, Some(&[1.0]), &rule);
    ask(&SEEN, Some(&[f64::NAN; 100]), &rule);
    ask(&SEEN, Some(&[0.0; 100]), &rule);
    ask(&SEEN, None, &AbcRule { kept: 0.0, ..rule });
    ask(&SEEN, None, &AbcRule { kept: 0.01, ..rule });
    let constant = Table::try_new(vec![vec![0.5]; 50], vec![vec![2.0]; 50]).unwrap();
    let found = abc_regression(&constant, &SEEN, None, &rule, &STREAMS);
    assert_eq!(found, Err(CalibrationError::Constant { moment: 0 }));
}

#[test]
fn resamples_hold_each_draw_as_often_as_it_weighs() {
    let weights = vec![0.5, 0.3, 0.001, 0.199];
    let draws: Vec<Vec<f64>> = (1..=4).map(|number| vec![f64::from(number) / 10.0]).collect();
    let found = AbcPosterior { draws: draws.clone(), weights, tolerance: 1.0, effective: 2.6 };
    for (number, n) in [100, 101, 7].into_iter().enumerate() {
        let resampled = found.resampled(n, &mut STREAMS.open(3, number as u64, 0));
        assert_eq!(resampled.len(), n);
        for (draw, weight) in draws.iter().zip(&found.weights) {
            let there = resampled.iter().filter(|one| *one == draw).count() as f64;
            assert!((there - weight * n as f64).abs() < 1.0, "{n}: {there} for a weight of {weight}");
        }
    }
    let none = AbcPosterior { draws: vec![], weights: vec![], tolerance: 0.0, effective: 0.0 };
    assert!(none.resampled(5, &mut STREAMS.open(3, 9, 0)).is_empty());
}
