//! Searches on functions whose root is known, with noise, bends and jumps.

use super::*;
use crate::rng::{Stream, Streams};

const RULE: SeekRule = SeekRule {
    goal: Goal::Mean(0.0),
    bracket: (-2.0, 3.0),
    tolerance: 0.2,
    level: 0.95,
    max_evaluations: 20_000,
};

/// Seeks with outcomes from a function of level and stream.
fn run(rule: SeekRule, mut outcome: impl FnMut(f64, usize) -> f64) -> Found {
    let mut search = Seek::try_new(rule).unwrap();
    while let Some(ask) = search.ask() {
        assert!(ask.n > 0);
        let values: Vec<f64> = (0..ask.n).map(|i| outcome(ask.at, ask.first_replication + i)).collect();
        search.tell(&values).unwrap();
    }
    search.found()
}

fn stream(repetition: u64, purpose: u64) -> Stream {
    Streams::new(20_250_101, repetition).open(purpose, 0, 0)
}

#[test]
fn intervals_hold_the_root_of_a_noisy_curve() {
    let (mut held, mut narrow, mut used) = (0_u32, 0_u32, 0);
    for repetition in 0..500 {
        let mut stream = stream(repetition, 1);
        let root = 0.5 + stream.unit();
        let found = run(RULE, |x, _| (x - root).powi(3) + (x - root) + (0.5 + x.abs()) * stream.normal());
        held += u32::from(found.interval.unwrap().contains(root));
        narrow += u32::from(found.ended == Ended::Narrow);
        used += found.n_evaluations;
    }
    assert!(held >= 465, "{held}");
    assert!(narrow == 500 && used / 500 < 2_500, "{narrow} {used}");
}

#[test]
fn a_falling_function_is_no_obstacle_and_no_draw_is_used_twice() {
    let mut held = 0_u32;
    for repetition in 0..200 {
        let root = 0.2 + 0.001 * repetition as f64;
        let streams = Streams::new(20_250_101, repetition);
        let noise = |replication: usize| streams.open(2, replication as u64, 0).normal();
        let mut next = 0;
        let found = run(RULE, |x, replication| {
            assert_eq!(replication, next);
            next += 1;
            root - x + noise(replication)
        });
        held += u32::from(found.interval.unwrap().contains(root));
    }
    assert!(held >= 186, "{held}");
}

#[test]
fn skewed_outcomes_are_no_obstacle() {
    // Lognormal with a coefficient of variation of 0.53 around a mean of x.
    let sd = (0.53_f64 * 0.53).ln_1p().sqrt();
    let mut held = 0_u32;
    for repetition in 0..300 {
        let mut stream = stream(repetition, 6);
        let root = 2.0 + stream.unit();
        let rule = SeekRule { goal: Goal::Mean(root), bracket: (1.0, 5.0), ..RULE };
        let found = run(rule, |x, _| x * stream.lognormal(-sd * sd / 2.0, sd));
        held += u32::from(found.interval.unwrap().contains(root));
    }
    assert!(held >= 279, "{held}");
}

#[test]
fn without_noise_the_interval_is_as_narrow_as_asked_and_cheap() {
    let found = run(SeekRule { tolerance: 1e-3, ..RULE }, |x, _| x - 0.7);
    let interval = found.interval.unwrap();
    assert!(interval.contains(0.7) && interval.half_width() <= 5e-4 && found.ended == Ended::Narrow);
    assert!((found.guess.unwrap() - 0.7).abs() < 1e-9);
    // Two ends and log2(5/0.001) = 13 halvings, eight values each.
    assert!(found.n_levels <= 15 && found.n_evaluations <= 120, "{found:?}");
}

#[test]
fn a_level_exactly_at_the_goal_does_not_stop_the_search() {
    // The first middle is the root: it stays undecided for ever, and flanks beside it are decided.
    let mut stream = stream(1, 3);
    let found = run(SeekRule { bracket: (-1.0, 1.0), ..RULE }, |x, _| x + 0.5 * stream.normal());
    assert!(found.interval.unwrap().contains(0.0) && found.ended == Ended::Narrow, "{found:?}");
    let found = run(SeekRule { bracket: (-1.0, 1.0), ..RULE }, |x, _| x);
    assert!(found.interval.unwrap().contains(0.0) && found.ended == Ended::Narrow, "{found:?}");
}

#[test]
fn budget_and_bracket_end_the_search_honestly() {
    let mut stream = stream(2, 4);
    let rule = SeekRule { max_evaluations: 300, tolerance: 1e-4, ..RULE };
    let found = run(rule, |x, _| x - 0.7 + stream.normal());
    assert_eq!(found.ended, Ended::Budget);
    assert!(found.n_evaluations <= 300 && found.interval.unwrap().contains(0.7), "{found:?}");
    let found = run(RULE, |x, _| x + 100.0);
    assert_eq!((found.ended, found.interval, found.guess), (Ended::NotBracketed, None, None));
    assert_eq!(found.n_evaluations, 16);
    // Nothing but noise: the whole bracket is what is known.
    let found = run(SeekRule { max_evaluations: 500, ..RULE }, |_, _| stream.normal());
    assert_eq!((found.ended, found.interval.map(|i| i.half_width())), (Ended::Budget, Some(2.5)));
}

#[test]
fn a_jump_across_the_goal_is_bounded_from_both_sides() {
    // With little noise the bounds find it; with much a line would be laid across the jump, and must be refused.
    for (noise, least) in [(1.0, 97), (3.0, 90)] {
        let held = (0..100)
            .filter(|&repetition| {
                let mut stream = stream(repetition, 7);
                let root = 0.5 + stream.unit();
                let found = run(RULE, |x, _| if x < root { -1.0 } else { 1.0 } + noise * stream.normal());
                found.interval.unwrap().contains(root)
            })
            .count();
        assert!(held >= least, "{noise}: {held}");
    }
}

#[test]
fn a_quantile_is_sought_by_telling_what_lies_above() {
    // The 90 % quantile of exponential outcomes of mean x is x ln 10: it meets 5 at 2.171.
    let mut stream = stream(3, 5);
    let rule = SeekRule { goal: Goal::Share(0.1), bracket: (1.0, 4.0), tolerance: 0.6, ..RULE };
    let held = (0..100)
        .filter(|_| {
            let found = run(rule, |x, _| f64::from(u8::from(x * stream.exponential() > 5.0)));
            assert_eq!(found.ended, Ended::Narrow);
            found.interval.unwrap().contains(5.0 / 10.0_f64.ln())
        })
        .count();
    assert!(held >= 93, "{held}");
}

#[test]
fn rules_and_values_that_are_none_are_refused() {
    let error = |rule| Seek::try_new(rule).err();
    assert_eq!(error(SeekRule { goal: Goal::Mean(f64::NAN), ..RULE }), Some(SeekError::Goal));
    assert_eq!(error(SeekRule { goal: Goal::Share(1.0), ..RULE }), Some(SeekError::Goal));
    assert_eq!(error(SeekRule { bracket: (1.0, 1.0), ..RULE }), Some(SeekError::Bracket(1.0, 1.0)));
    assert_eq!(error(SeekRule { tolerance: 0.0, ..RULE }), Some(SeekError::Tolerance(0.0)));
    assert_eq!(error(SeekRule { level: 1.0, ..RULE }), Some(SeekError::Level(1.0)));
    let mut search = Seek::try_new(RULE).unwrap();
    assert_eq!(search.tell(&[1.0]), Err(SeekError::Count { expected: 8, found: 1 }));
    assert_eq!(search.tell(&[f64::NAN; 8]), Err(SeekError::Value));
    assert_eq!(search.found().n_evaluations, 0);
    let mut search = Seek::try_new(SeekRule { goal: Goal::Share(0.5), ..RULE }).unwrap();
    assert_eq!(search.tell(&[0.5; 8]), Err(SeekError::Value));
}
