//! Linear models, whose posterior is Kalman's; failures; refusals.

use super::*;
use crate::stats;

/// Three normal parameters, two moments: y = H z + chance.
const H: [[f64; 3]; 2] = [[1.0, 0.5, 0.0], [0.0, -1.0, 1.0]];

/// Four passes; `pairs` of the members are run twice, none when the variance of chance is told.
fn run(chance: f64, n: usize, failing: bool, pairs: usize) -> EsMda {
    let target = |observed| Target { observed, sd_obs: 0.3, sd_model: 0.4 };
    let targets = vec![target(1.0), target(-0.5)];
    let known = if pairs > 0 { Chance::Measured { pairs } } else { Chance::Known(vec![chance; 2]) };
    let mut state = EsMda::new(20_250_101, 3, n, 4, targets, known).unwrap();
    let normal = Normal::standard();
    while let Some(points) = state.ask() {
        let streams = Streams::new(3, state.passes_done() as u64);
        let rows = points.iter().zip(0..).map(|(point, row)| {
            let mut stream = streams.open(1, row, 0);
            let z: Vec<f64> = point.iter().map(|u| normal.inverse_cdf(*u)).collect();
            let lost = failing && row % 10 == 0;
            H.iter()
                .map(|h| h.iter().zip(&z).map(|(h, z)| h * z).sum::<f64>())
                .map(|y| if lost { f64::NAN } else { y + chance.sqrt() * stream.normal() })
                .collect()
        });
        state.tell(rows.collect()).unwrap();
    }
    state
}

/// Mean and covariance of Kalman's update from a standard normal prior.
fn kalman(noise: f64) -> ([f64; 3], [[f64; 3]; 3]) {
    // S = H Hᵀ + noise.
    let dot = |a: [f64; 3], b: [f64; 3]| (0..3).map(|k| a[k] * b[k]).sum::<f64>();
    let (a, b, c) = (dot(H[0], H[0]) + noise, dot(H[0], H[1]), dot(H[1], H[1]) + noise);
    let determinant = a * c - b * b;
    let inverse = [[c / determinant, -b / determinant], [-b / determinant, a / determinant]];
    let gain = |k: usize, j: usize| H[0][k] * inverse[0][j] + H[1][k] * inverse[1][j];
    let mean = [0, 1, 2].map(|k| gain(k, 0) - 0.5 * gain(k, 1));
    let covariance = [0, 1, 2].map(|k| {
        [0, 1, 2].map(|l| f64::from(u8::from(k == l)) - gain(k, 0) * H[0][l] - gain(k, 1) * H[1][l])
    });
    (mean, covariance)
}

#[test]
fn a_linear_model_ends_where_kalman_does() {
    for (chance, pairs) in [(0.0, 0), (0.25, 0), (0.25, 200)] {
        let state = run(chance, 2_000, false, pairs);
        let (mean, covariance) = kalman(0.25 + chance);
        let normal = Normal::standard();
        let members: Vec<Vec<f64>> = state
            .members()
            .iter()
            .map(|point| point.iter().map(|u| normal.inverse_cdf(*u)).collect())
            .collect();
        for k in 0..3 {
            let z: Vec<f64> = members.iter().map(|member| member[k]).collect();
            let (found, sd) = (stats::mean(&z).unwrap(), stats::sample_sd(&z).unwrap());
            // Four standard errors of 2,000 members: 9 % of a deviation, 6 % of a deviation's size.
            let expected = covariance[k][k].sqrt();
            assert!((found - mean[k]).abs() < 0.09 * expected, "{chance} {k}: {found} {}", mean[k]);
            assert!((sd / expected - 1.0).abs() < 0.065, "{chance} {k}: {sd} {expected}");
            for l in 0..k {
                let centre = stats::mean(&members.iter().map(|m| m[l]).collect::<Vec<_>>()).unwrap();
                let product =
                    members.iter().map(|member| (member[k] - found) * (member[l] - centre)).sum::<f64>()
                        / 2e3;
                assert!((product - covariance[k][l]).abs() < 0.07, "{k}{l}: {product} {}", covariance[k][l]);
            }
        }
    }
}

#[test]
fn failed_members_are_left_behind_and_states_can_be_stored() {
    let state = run(0.0, 200, true, 0);
    assert_eq!(state.members().len() + state.n_failed(), 200);
    // A tenth in each of four passes.
    assert!((60..=75).contains(&state.n_failed()), "{}", state.n_failed());
    let mut again: EsMda = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(again, state);
    assert!(matches!(again.tell(vec![]), Err(CalibrationError::Order { .. })));
}

#[test]
fn what_cannot_be_assimilated_is_refused() {
    let target = Target { observed: 1.0, sd_obs: 0.1, sd_model: 0.0 };
    let new =
        |members, chance: Vec<f64>, target| EsMda::new(1, 2, members, 2, vec![target], Chance::Known(chance));
    assert!(new(5, vec![0.0], target).is_err());
    assert!(new(50, vec![], target).is_err());
    assert!(new(50, vec![f64::NAN], target).is_err());
    assert!(new(50, vec![0.0], Target { sd_obs: 0.0, ..target }).is_err());
    let paired = |pairs| EsMda::new(1, 2, 50, 2, vec![target], Chance::Measured { pairs });
    assert!(paired(4).is_err() && paired(51).is_err());
    let mut state = paired(6).unwrap();
    assert_eq!(state.ask().unwrap()[50..], state.members()[..6]);
    // Two of six pairs lost: four do not tell a variance.
    let rows =
        |lost: usize| (0..56).map(|row| vec![if row < lost { f64::NAN } else { row as f64 }]).collect();
    assert!(matches!(state.tell(rows(2)), Err(CalibrationError::TooFew { found: 4, .. })));
    assert_eq!(state, paired(6).unwrap());
    state.tell(rows(1)).unwrap();
    // Runs 50 apart: half of 50².
    assert_eq!((state.variances(), state.members().len()), (&[vec![1_250.0]][..], 49));
    let mut state = new(50, vec![0.0], target).unwrap();
    assert!(state.tell(vec![vec![f64::NAN]; 50]).is_err());
    assert!(state.tell(vec![vec![1.0, 2.0]; 50]).is_err());
    // Moments that are the same everywhere teach nothing, and break nothing.
    state.tell(vec![vec![1.0]; 50]).unwrap();
    assert!(state.members().iter().flatten().all(|u| u.is_finite()));
}
