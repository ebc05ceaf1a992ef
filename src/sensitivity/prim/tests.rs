//! Boxes that are there to be found.

use super::*;
use crate::rng::Streams;

const RULE: PrimRule =
    PrimRule { peel: 0.05, least_mass: 0.03, significance: 0.05, most_inputs: usize::MAX, n_resamples: 0 };

fn stream(replication: u64) -> Stream {
    Streams::new(20_250_101, replication).open(8, 0, 0)
}

fn uniform(n: usize, k: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
    (0..k).map(|_| (0..n).map(|_| stream.unit()).collect()).collect()
}

fn ask(columns: &[Vec<f64>], cases: &[bool], rule: &PrimRule, stream: &mut Stream) -> Prim {
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    prim(&columns, cases, rule, stream).unwrap()
}

#[test]
fn a_box_in_two_of_five_inputs_is_found() {
    for replication in 0..10 {
        let mut stream = stream(replication);
        let columns = uniform(2_000, 5, &mut stream);
        let cases: Vec<bool> = (0..2_000)
            .map(|row| (0.3..=0.6).contains(&columns[0][row]) && (0.2..=0.5).contains(&columns[1][row]))
            .collect();
        let rule = PrimRule { n_resamples: 10, ..RULE };
        let found = ask(&columns, &cases, &rule, &mut stream);
        assert!(found.chosen.density > 0.95 && found.chosen.coverage > 0.9, "{:?}", found.chosen);
        let named: Vec<usize> = found.restrictions.iter().map(|restriction| restriction.input).collect();
        assert_eq!(named, [0, 1]);
        for (restriction, (low, high)) in found.restrictions.iter().zip([(0.3, 0.6), (0.2, 0.5)]) {
            assert!((restriction.low - low).abs() < 0.03 && (restriction.high - high).abs() < 0.03);
            assert!(restriction.quasi_p < 1e-10 && restriction.reproduced == Some(1.0));
        }
    }
}

#[test]
fn coverage_falls_and_mass_with_it_along_the_way() {
    let mut stream = stream(20);
    let columns = uniform(500, 3, &mut stream);
    let cases: Vec<bool> = (0..500).map(|row| columns[0][row] + columns[1][row] > 1.4).collect();
    let found = ask(&columns, &cases, &RULE, &mut stream);
    let first = &found.trajectory[0];
    assert_eq!((first.n_rows, first.bounds[0].0), (500, f64::NEG_INFINITY));
    assert!((first.coverage - 1.0).abs() < 1e-15 && (first.mass - 1.0).abs() < 1e-15);
    for pair in found.trajectory.windows(2) {
        assert!(pair[1].n_rows < pair[0].n_rows && pair[1].coverage <= pair[0].coverage);
        // A peel takes a twentieth, rounded up.
        assert!(pair[0].n_rows - pair[1].n_rows <= pair[0].n_rows / 20 + 1);
    }
    assert!(found.trajectory.last().unwrap().mass >= 0.03);
    assert!(found.trajectory.last().unwrap().density > 0.95);
}

#[test]
fn the_restriction_that_matters_is_reproduced() {
    let mut stream = stream(21);
    let columns = uniform(400, 4, &mut stream);
    let cases: Vec<bool> = (0..400).map(|row| columns[2][row] > 0.7 || stream.unit() < 0.05).collect();
    let found = ask(&columns, &cases, &PrimRule { n_resamples: 40, ..RULE }, &mut stream);
    let named: Vec<usize> = found.restrictions.iter().map(|restriction| restriction.input).collect();
    assert_eq!(named, [2]);
    assert!(found.restrictions[0].high.is_infinite() && (found.restrictions[0].low - 0.7).abs() < 0.03);
    assert!(found.restrictions[0].reproduced.unwrap() >= 0.9, "{:?}", found.restrictions);
}

#[test]
fn the_weakest_restrictions_are_given_up_first() {
    let mut stream = stream(24);
    let columns = uniform(1_000, 3, &mut stream);
    // The first input decides more than the second.
    let cases: Vec<bool> = (0..1_000).map(|row| columns[0][row] > 0.8 && columns[1][row] > 0.3).collect();
    let named = |most_inputs: usize, stream: &mut Stream| -> Vec<usize> {
        let found = ask(&columns, &cases, &PrimRule { most_inputs, ..RULE }, stream);
        found.restrictions.iter().map(|restriction| restriction.input).collect()
    };
    assert_eq!(named(2, &mut stream), [0, 1]);
    assert_eq!(named(1, &mut stream), [0]);
    assert!(named(0, &mut stream).is_empty());
}

#[test]
fn switches_are_peeled_whole() {
    let mut stream = stream(22);
    let switch: Vec<f64> = (0..300).map(|row| f64::from(row % 3 == 0)).collect();
    let cases: Vec<bool> = switch.iter().map(|&on| on > 0.5).collect();
    let columns = [uniform(300, 1, &mut stream).remove(0), switch];
    let found = ask(&columns, &cases, &RULE, &mut stream);
    assert!((found.chosen.density - 1.0).abs() < 1e-15 && (found.chosen.coverage - 1.0).abs() < 1e-15);
    assert_eq!(found.restrictions.len(), 1);
    assert!((found.restrictions[0].low - 0.5).abs() < 1e-15);
}

#[test]
fn tables_without_a_question_are_refused() {
    let column = vec![1.0; 40];
    let ask = |cases: &[bool], rule: &PrimRule| prim(&[&column], cases, rule, &mut stream(23)).err();
    assert_eq!(ask(&[true; 40], &RULE), Some(ShapeError::Constant));
    assert_eq!(ask(&[false; 40], &RULE), Some(ShapeError::Constant));
    assert!(matches!(ask(&[true; 39], &RULE), Some(ShapeError::Length { .. })));
    let mut cases = [false; 40];
    cases[0] = true;
    assert!(matches!(ask(&cases, &PrimRule { peel: 0.5, ..RULE }), Some(ShapeError::Setting { .. })));
    // One value only: there is nothing to peel.
    assert_eq!(ask(&cases, &RULE), None);
}
