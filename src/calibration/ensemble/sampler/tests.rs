//! Densities whose moments are known.

use super::*;
use crate::stats;

const STREAMS: Streams = Streams::new(20_250_101, 9);

fn column(sample: &Sample, parameter: usize) -> Vec<f64> {
    sample.draws.iter().map(|draw| draw[parameter]).collect()
}

fn variance(values: &[f64]) -> f64 {
    stats::sample_sd(values).unwrap().powi(2)
}

#[test]
fn what_the_density_does_not_know_stays_uniform_to_the_borders() {
    let rule = EnsembleRule { walkers: 100, burn_in: 500, steps: 10_000, thin: 10 };
    let sample = sample_cube(&rule, 20, 1, None, &STREAMS, |points| vec![0.0; points.len()]).unwrap();
    assert!(sample.convergence.holds(), "{:?}", sample.convergence);
    let variances: Vec<f64> = (0..20).map(|j| 12.0 * variance(&column(&sample, j))).collect();
    let ends: Vec<f64> = (0..20)
        .map(|j| column(&sample, j).iter().filter(|&&u| !(0.01..0.99).contains(&u)).count() as f64)
        .map(|count| count / sample.draws.len() as f64 / 0.02)
        .collect();
    let (contraction, ends) = (1.0 - stats::mean(&variances).unwrap(), stats::mean(&ends).unwrap());
    assert!(contraction.abs() < 0.01, "{contraction}");
    assert!((ends - 1.0).abs() < 0.05, "{ends}");
    for (j, variance) in variances.iter().enumerate() {
        assert!((variance - 1.0).abs() < 0.05, "{j}: {variance}");
        assert!((stats::mean(&column(&sample, j)).unwrap() - 0.5).abs() < 0.02);
    }
}

#[test]
fn a_correlated_normal_of_twenty_dimensions_has_its_moments() {
    // Mean ½, deviation 0.03, all correlations ½: the cube's borders are sixteen deviations away.
    let (p, sd, rho) = (20, 0.03, 0.5);
    let log = |point: &Vec<f64>| {
        let z: Vec<f64> = point.iter().map(|u| (u - 0.5) / sd).collect();
        let (squares, sum) = (z.iter().map(|z| z * z).sum::<f64>(), z.iter().sum::<f64>());
        let shared = rho / (1.0 + (p as f64 - 1.0) * rho);
        -0.5 * (squares - shared * sum * sum) / (1.0 - rho)
    };
    let rule = EnsembleRule { walkers: 100, burn_in: 2_000, steps: 20_000, thin: 20 };
    let sample = sample_cube(&rule, p, 2, None, &STREAMS, |points| points.iter().map(log).collect()).unwrap();
    assert!(sample.convergence.holds(), "{:?}", sample.convergence);
    let columns: Vec<Vec<f64>> = (0..p).map(|j| column(&sample, j)).collect();
    for column in &columns {
        assert!((stats::mean(column).unwrap() - 0.5).abs() < 0.15 * sd);
        assert!((variance(column).sqrt() / sd - 1.0).abs() < 0.06, "{}", variance(column).sqrt() / sd);
    }
    let all = columns.iter().map(|column| variance(column)).sum::<f64>() / (p as f64 * sd * sd);
    assert!((all - 1.0).abs() < 0.04, "{all}");
    // The sum has variance p(1 + (p − 1)ρ).
    let sums: Vec<f64> = sample.draws.iter().map(|draw| draw.iter().sum()).collect();
    let expected = p as f64 * (1.0 + (p as f64 - 1.0) * rho) * sd * sd;
    assert!((variance(&sums) / expected - 1.0).abs() < 0.08, "{}", variance(&sums) / expected);
}

#[test]
fn two_modes_keep_their_mass() {
    let log = |point: &Vec<f64>| {
        let mode = |at: f64| -0.5 * ((point[0] - at) / 0.02).powi(2);
        (mode(0.25).exp() + 2.0 * mode(0.8).exp()).ln()
    };
    let rule = EnsembleRule { walkers: 100, burn_in: 1_000, steps: 4_000, thin: 10 };
    let sample = sample_cube(&rule, 2, 3, None, &STREAMS, |points| points.iter().map(log).collect()).unwrap();
    let upper = column(&sample, 0).iter().filter(|&&u| u > 0.5).count() as f64 / sample.draws.len() as f64;
    assert!((upper - 2.0 / 3.0).abs() < 0.05, "{upper}");
}

#[test]
fn the_order_of_evaluation_does_not_matter() {
    let log = |point: &Vec<f64>| -((point[0] - 0.3) / 0.1).powi(2) - ((point[1] - point[0]) / 0.2).powi(2);
    let rule = EnsembleRule { walkers: 20, burn_in: 50, steps: 100, thin: 5 };
    let forward =
        sample_cube(&rule, 2, 4, None, &STREAMS, |points| points.iter().map(log).collect()).unwrap();
    let threads = sample_cube(&rule, 2, 4, None, &STREAMS, |points| {
        let (first, second) = points.split_at(points.len() / 2);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| second.iter().map(log).collect::<Vec<f64>>());
            let first = scope.spawn(|| first.iter().map(log).collect::<Vec<f64>>());
            [first.join().unwrap(), second.join().unwrap()].concat()
        })
    })
    .unwrap();
    assert_eq!(forward, threads);
    let other = sample_cube(&rule, 2, 5, None, &STREAMS, |points| points.iter().map(log).collect()).unwrap();
    assert_ne!(forward, other);
}

#[test]
fn what_cannot_be_sampled_is_refused() {
    let rule = EnsembleRule { walkers: 20, burn_in: 10, steps: 40, thin: 5 };
    let zero = |points: &[Vec<f64>]| vec![f64::NEG_INFINITY; points.len()];
    assert!(matches!(
        sample_cube(&rule, 2, 1, None, &STREAMS, zero),
        Err(CalibrationError::NoStart { found: 0, .. })
    ));
    let one = |points: &[Vec<f64>]| vec![0.0; points.len()];
    assert!(sample_cube(&rule, 0, 1, None, &STREAMS, one).is_err());
    assert!(sample_cube(&rule, 30, 1, None, &STREAMS, one).is_err());
    assert!(sample_cube(&EnsembleRule { walkers: 21, ..rule }, 2, 1, None, &STREAMS, one).is_err());
    assert!(sample_cube(&EnsembleRule { thin: 0, ..rule }, 2, 1, None, &STREAMS, one).is_err());
    assert!(sample_cube(&rule, 2, 1, None, &STREAMS, |_| vec![]).is_err());
    // Starts that are too few, or on the border.
    assert!(sample_cube(&rule, 2, 1, Some(&[vec![0.5; 2]]), &STREAMS, one).is_err());
    assert!(sample_cube(&rule, 2, 1, Some(&vec![vec![1.0; 2]; 50]), &STREAMS, one).is_err());
    // A likelihood that is nowhere but in a corner is entered from there, and never left.
    let corner =
        |points: &[Vec<f64>]| points.iter().map(|u| if u[0] < 0.6 { 0.0 } else { f64::NAN }).collect();
    let sample = sample_cube(&rule, 2, 1, None, &STREAMS, corner).unwrap();
    assert!(sample.draws.iter().all(|draw| draw[0] < 0.6));
}
