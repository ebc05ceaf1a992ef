//! The grammar as a whole: what is read, what is refused and how, and that nothing panics.

use proptest::prelude::*;

use super::*;
use crate::metrics::{METRICS, index_of};
use crate::rng::Streams;
use crate::stats::{LOOK_EVERY, Precision};

fn quantity(name: &str) -> Quantity {
    Quantity { metric: index_of(name).unwrap(), year: 2026 }
}

fn until(text: &str) -> Until {
    text.parse().unwrap()
}

#[test]
fn every_form_is_read() {
    let (size, cr20) = (quantity("market_total_usd"), quantity("cr20"));
    assert_eq!("market_total_usd_2026".parse(), Ok(size));
    assert_eq!(" downloads_h1_2026 ".parse(), Ok(quantity("downloads_h1")));
    let large = Event { quantity: size, above: true, threshold: 5e9 };
    assert_eq!("market_total_usd_2026 > 5e9".parse(), Ok(large));
    assert_eq!("cr20_2026<80%".parse(), Ok(Event { quantity: cr20, above: false, threshold: 0.8 }));
    for (text, statistic, value) in [
        ("p50(market_total_usd_2026) = 6e9", Statistic::Quantile(0.5, size), 6e9),
        ("mean ( cr20_2026 )=0.8", Statistic::Mean(cr20), 0.8),
        ("prob(market_total_usd_2026 > 5e9) = 0.9", Statistic::Prob(large), 0.9),
        ("p2.5(cr20_2026) = 80%", Statistic::Quantile(0.025, cr20), 0.8),
    ] {
        assert_eq!(text.parse(), Ok(Goal { statistic, value }), "{text}");
    }
    let (from, to) = ("base".to_owned(), "ai_content".to_owned());
    for (text, target, precision) in [
        ("rel_hw(mean(cr20_2026)) < 1%", Target::Statistic(Statistic::Mean(cr20)), Precision::Relative(0.01)),
        (
            "hw(p95(market_total_usd_2026)) < 20",
            Target::Statistic(Statistic::Quantile(0.95, size)),
            Precision::Absolute(20.0),
        ),
        (
            "hw(prob(market_total_usd_2026 > 5e9)) < 2pp",
            Target::Statistic(Statistic::Prob(large)),
            Precision::Absolute(0.02),
        ),
        (
            "rel_hw(diff(mean(cr20_2026), base, ai_content)) < 5%",
            Target::Difference { quantity: cr20, from, to },
            Precision::Relative(0.05),
        ),
    ] {
        assert_eq!(text.parse(), Ok(Until { target, precision }), "{text}");
        assert_eq!(until(text).to_string(), text.replace("2pp", "0.02"));
    }
}

/// Problem and hint of a text that is not what it should be.
fn refused<T: std::str::FromStr<Err = ExpressionError>>(text: &str) -> (String, String) {
    let error = text.parse::<T>().err().unwrap();
    (error.to_string(), error.hint())
}

#[test]
fn quantities_and_events_that_are_none_are_explained() {
    for (text, problem, hint) in [
        (
            "market_totl_usd_2026 > 1",
            "column 1: there is no metric `market_totl_usd`",
            "did you mean `market_total_usd_2026`?",
        ),
        (" cr21 > 1", "column 2: there is no metric `cr21`", "did you mean `cr1` or `cr20`?"),
        ("roi_2026 > 1", "column 1: there is no metric `roi`", ""),
        ("cr20 > 1", "column 1: `cr20` does not end in a year of four digits", "`cr20_2026`"),
        ("cr20_26 > 1", "column 1: `cr20_26` does not end in a year of four digits", "`cr20_2026`"),
        ("cr20_ > 1", "column 1: `cr20_` does not end in a year of four digits", "`cr20_2026`"),
        ("cr20_2026 = 1", "column 11: expected `>` or `<`, found `=`", "`market_total_usd_2026 > 5e9`"),
        ("cr20_2026 >= 1", "column 12: expected a number, found `=`", "`market_total_usd_2026 > 5e9`"),
        ("cr20_2026 >", "column 12: expected a number, found the end", "`market_total_usd_2026 > 5e9`"),
        ("cr20_2026 > 1 2", "column 15: expected the end, found `2`", "`market_total_usd_2026 > 5e9`"),
        ("cr20_2026 > 5bn", "column 13: `5bn` is no number", "5e9"),
        (
            "market_total_usd_2026 > 80 %",
            "column 25: `80%` is a share, market_total_usd_2026 is given in USD",
            "USD",
        ),
        ("", "column 1: expected a metric and its year, found the end", "`market_total_usd_2026 > 5e9`"),
    ] {
        let (found, advice) = refused::<Event>(text);
        assert_eq!(found, problem);
        assert!(advice.contains(hint), "{text}: {advice}");
    }
    let error = quantity("cr20").among(&[2024, 2025]).unwrap_err();
    assert_eq!(error.to_string(), "the study does not report on cr20_2026");
    assert_eq!(error.hint(), "it reports on 2024, 2025");
    assert_eq!(quantity("cr20").among(&[2025, 2026]), Ok(quantity("cr20")));
}

#[test]
fn goals_and_precisions_that_are_none_are_explained() {
    for (text, problem, hint) in [
        ("p100(cr20_2026) = 1", "column 1: `p100` is no quantile", "below 100"),
        ("p0(cr20_2026) = 1", "column 1: `p0` is no quantile", "below 100"),
        ("max(cr20_2026) = 1", "column 1: `max` is none of mean, prob, p2.5, p50, p95", "p50("),
        ("mean(cr20_2026 = 1", "column 16: expected `)`, found `=`", "p50("),
        ("prob(cr20_2026 > 80%) = 1", "column 25: a probability of 1 cannot be sought", "90%"),
    ] {
        let (found, advice) = refused::<Goal>(text);
        assert_eq!(found, problem);
        assert!(advice.contains(hint), "{text}: {advice}");
    }
    for (text, problem, hint) in [
        (
            "rel_hw(mean(cr20_2026)) < 20%",
            "column 27: a relative precision of 0.2 is too loose for its interval to cover: at most 0.1",
            "covers too seldom",
        ),
        (
            "hw(mean(cr20_2026)) < 0",
            "column 23: a precision of 0 cannot be reached: it must be a positive number",
            "above 0",
        ),
        (
            "rel_hw(mean(cr20_2026)) < 2pp",
            "column 27: `2pp` is a difference of shares, `rel_hw` takes a share of the estimate",
            "`hw`",
        ),
        (
            "hw(mean(market_total_usd_2026)) < 1%",
            "column 35: `1%` is a share, market_total_usd_2026 is given in USD",
            "`rel_hw`",
        ),
        (
            "hw(prob(iap_usd_2026 > 5e9)) < 2",
            "column 32: a half width of 2 says nothing of prob(iap_usd_2026 > 5e9): its whole range is that wide",
            "2pp",
        ),
        (
            "hw(diff(p50(cr20_2026), a, b)) < 1pp",
            "column 9: only means have a paired difference, not p50(cr20_2026)",
            "diff(mean(",
        ),
        (
            "hw(diff(mean(cr20_2026), a, a)) < 1pp",
            "column 29: `a` does not differ from itself",
            "two scenarios",
        ),
        ("width(mean(cr20_2026)) < 1pp", "column 1: `width` is none of hw, rel_hw", "rel_hw("),
        ("hw(mean(cr20_2026)) > 1pp", "column 21: expected `<`, found `>`", "rel_hw("),
    ] {
        let (found, advice) = refused::<Until>(text);
        assert_eq!(found, problem);
        assert!(advice.contains(hint), "{text}: {advice}");
    }
}

/// Texts that come close to an expression.
fn fragments() -> impl Strategy<Value = String> {
    let words = [
        "market_total_usd_2026",
        "cr20_2026",
        "cr20",
        "mean",
        "prob",
        "diff",
        "p50",
        "p2.5",
        "p-1",
        "p1e9",
        "hw",
        "rel_hw",
        "base",
        "(",
        ")",
        ",",
        "<",
        ">",
        "=",
        " ",
        "1",
        "80%",
        "2pp",
        "%",
        "5e9",
        "1e-400",
        "9e999",
        "_",
        "预算",
        "",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..24).prop_map(|words| words.concat())
}

fn any_quantity() -> impl Strategy<Value = Quantity> {
    (0..METRICS.len(), 1_000..=9_999).prop_map(|(metric, year)| Quantity { metric, year })
}

fn any_statistic() -> impl Strategy<Value = Statistic> {
    let number = prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL;
    let event = (any_quantity(), any::<bool>(), number).prop_map(|(quantity, above, threshold)| Event {
        quantity,
        above,
        threshold,
    });
    prop_oneof![
        any_quantity().prop_map(Statistic::Mean),
        (1e-12..1.0, any_quantity()).prop_map(|(p, quantity)| Statistic::Quantile(p, quantity)),
        (1_u32..1_000, any_quantity())
            .prop_map(|(p, quantity)| Statistic::Quantile(f64::from(p) / 1e3, quantity)),
        event.prop_map(Statistic::Prob),
    ]
}

fn any_until() -> impl Strategy<Value = Until> {
    let difference = (any_quantity(), "[a-z]{1,8}", "[A-Z0-9._-]{1,8}")
        .prop_map(|(quantity, from, to)| Target::Difference { quantity, from, to });
    let target = prop_oneof![any_statistic().prop_map(Target::Statistic), difference];
    // Below half the range of a share, which is refused.
    let precision = prop_oneof![
        (f64::MIN_POSITIVE..0.5).prop_map(Precision::Absolute),
        (1e-300..0.1).prop_map(Precision::Relative),
    ];
    (target, precision).prop_map(|(target, precision)| Until { target, precision })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, rng_seed: prop::test_runner::RngSeed::Fixed(2026), ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_every_problem_has_a_column_and_a_hint(text in prop_oneof![any::<String>(), fragments()]) {
        for error in [
            text.parse::<Quantity>().err(),
            text.parse::<Event>().err(),
            text.parse::<Statistic>().err(),
            text.parse::<Goal>().err(),
            text.parse::<Until>().err(),
        ].into_iter().flatten() {
            let (problem, hint) = (error.to_string(), error.hint());
            let column: Option<usize> =
                problem.strip_prefix("column ").and_then(|rest| rest.split_once(':')?.0.parse().ok());
            prop_assert!(column.is_some_and(|column| (1..=text.chars().count() + 1).contains(&column)), "{problem}");
            prop_assert!(!hint.is_empty() && problem.chars().count() < 400, "{problem}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same(statistic in any_statistic(), rule in any_until(), value in 1e-9..1.0) {
        prop_assert_eq!(statistic.quantity().to_string().parse(), Ok(statistic.quantity()));
        if let Statistic::Prob(event) = statistic {
            prop_assert_eq!(event.to_string().parse(), Ok(event));
        }
        prop_assert_eq!(statistic.to_string().parse(), Ok(statistic));
        let goal = Goal { statistic, value };
        prop_assert_eq!(goal.to_string().parse(), Ok(goal));
        prop_assert_eq!(rule.to_string().parse(), Ok(rule.clone()));
        let file = serde_json::to_string(&rule).unwrap();
        prop_assert_eq!(serde_json::from_str::<Until>(&file).unwrap(), rule);
    }
}

#[test]
fn events_hold_on_their_side_of_the_threshold_only() {
    let event = |text: &str| text.parse::<Event>().unwrap();
    let (above, below) = (event("cr20_2026 > 80%"), event("cr20_2026 < 80%"));
    for (value, holds) in
        [(0.9, [true, false]), (0.8, [false; 2]), (0.7, [false, true]), (f64::NAN, [false; 2])]
    {
        assert_eq!([above.holds(value), below.holds(value)], holds, "{value}");
        for (event, holds) in [(above, holds[0]), (below, holds[1])] {
            assert_eq!(event.estimand().of(&[value]), Some(f64::from(u8::from(holds))));
        }
    }
}

#[test]
fn a_study_is_complete_when_all_rules_pass_twice_at_once() {
    let untils = ["hw(mean(cr20_2026)) < 1pp", "hw(diff(mean(cr20_2026), a, b)) < 1pp"];
    let mut rules = Rules::try_new(untils.map(until).to_vec(), 0.95).unwrap();
    let noisy: Vec<f64> = (0..1_000).map(|i| f64::from(i % 2)).collect();
    let still = vec![0.5; 1_000];
    // Which of the samples vary at a look: that of the study, that of scenario `a`. Scenario `b` never does.
    let mut look = |own: bool, a: bool| {
        let n = rules.next_look().unwrap();
        let sample = |needed: &Needed| {
            let varies = match needed.scenario.as_deref() {
                None => own,
                Some("a") => a,
                Some(_) => false,
            };
            Some(Sample { values: &if varies { &noisy } else { &still }[..n], groups: None })
        };
        assert!(!rules.look(n - 1, &sample) && rules.look(n, &sample));
        (n / LOOK_EVERY, rules.complete())
    };
    assert_eq!(look(false, true), (1, false));
    assert_eq!(look(false, true), (2, false));
    // The first rule has passed twice by now, and fails again just when the second passes.
    assert_eq!(look(true, false), (3, false));
    assert_eq!(look(false, false), (4, false));
    assert_eq!(look(false, false), (5, true));
    assert_eq!(rules.next_look(), None);
    let precise = |rule: &Rule| rule.looks.iter().map(|look| look.precise).collect::<Vec<_>>();
    assert_eq!(
        rules.iter().map(precise).collect::<Vec<_>>(),
        [[true, true, false, true, true], [false, false, true, true, true]]
    );
    let last = rules.iter().next().unwrap().looks.last().unwrap();
    assert_eq!((last.n, last.estimate, last.wanted), (320, Some(0.5), Some(0.01)));
    assert!(!rules.look(384, &|_| None), "a complete study is not looked at");
}

#[test]
fn rules_ask_for_each_sample_once_and_wait_for_what_is_not_there() {
    let untils = [
        "rel_hw(mean(cr20_2026)) < 1%",
        "hw(prob(cr20_2026 > 80%)) < 2pp",
        "rel_hw(diff(mean(cr20_2026), b, a)) < 5%",
    ];
    let mut rules = Rules::try_new(untils.map(until).to_vec(), 0.95).unwrap();
    let of =
        |scenario: Option<&str>| Needed { quantity: quantity("cr20"), scenario: scenario.map(str::to_owned) };
    assert_eq!(rules.needed(), [of(None), of(Some("a")), of(Some("b"))]);
    let values = vec![0.5; 128];
    for n in [64, 128] {
        let own = |needed: &Needed| {
            needed.scenario.is_none().then(|| Sample { values: &values[..n], groups: None })
        };
        assert!(rules.look(n, &own));
    }
    let complete: Vec<bool> = rules.iter().map(|rule| rule.looks.complete()).collect();
    // 128 draws do not tell the probability of what never happened to 1 %, but to 2 %; the difference has no values.
    assert_eq!((complete, rules.complete()), (vec![true, false, false], false));
}

#[test]
fn rules_are_kept_with_their_looks() {
    let mut rules = Rules::try_new(vec![until("rel_hw(mean(cr20_2026)) < 1%")], 0.9).unwrap();
    let values = [0.5; 64];
    rules.look(64, &|_| Some(Sample { values: &values, groups: None }));
    rules.look(128, &|_| None);
    let file = serde_json::to_string(&rules).unwrap();
    let looks = r#"[{"n":64,"estimate":0.5,"half_width":0.0,"wanted":0.005,"precise":true},{"n":128,"estimate":null,"half_width":null,"wanted":null,"precise":false}]"#;
    assert_eq!(
        file,
        format!(r#"{{"level":0.9,"rules":[{{"until":"rel_hw(mean(cr20_2026)) < 1%","looks":{looks}}}]}}"#)
    );
    assert_eq!(serde_json::from_str::<Rules>(&file).unwrap(), rules);
    let too_loose = file.replace("< 1%", "< 11%");
    assert!(serde_json::from_str::<Rules>(&too_loose).unwrap_err().to_string().contains("too loose"));
}

#[test]
fn rules_that_cannot_be_followed_are_refused() {
    let rule = until("hw(mean(cr20_2026)) < 1pp");
    assert_eq!(Rules::try_new(vec![rule.clone()], 1.0), Err(RulesError::Level(1.0)));
    let loose = Until { precision: Precision::Relative(0.5), ..rule };
    assert!(matches!(Rules::try_new(vec![loose], 0.95), Err(RulesError::Precision(_))));
    // Without rules a study runs to its planned end.
    let none = Rules::try_new(Vec::new(), 0.95).unwrap();
    assert_eq!((none.complete(), none.next_look()), (false, None));
}

#[test]
fn stopping_on_groups_costs_two_points_of_coverage() {
    // Two replications of each draw, in 8 groups: the spread of 8 estimates is itself uncertain, and stopping picks the moments
    // at which it is small.
    const STUDIES: u64 = 1_000;
    let target = Target::Statistic(Statistic::Mean(quantity("cr20")));
    let rule = Until { target, precision: Precision::Relative(0.05) };
    let (mut covered, mut used) = (0_u32, 0);
    for study in 0..STUDIES {
        let mut stream = Streams::new(20_250_101, study).open(1, 0, 0);
        let mut rules = Rules::try_new(vec![rule.clone()], 0.95).unwrap();
        let (mut values, mut groups) = (Vec::new(), Vec::new());
        while let Some(n) = rules.next_look() {
            for draw in values.len() / 2..n {
                let effect = stream.lognormal(-0.125, 0.5);
                values.extend([(); 2].map(|()| effect * stream.lognormal(-0.02, 0.2)));
                groups.extend([draw as u32 % 8; 2]);
            }
            rules.look(n, &|_| Some(Sample { values: &values, groups: Some(&groups) }));
        }
        let last = rules.iter().next().unwrap().looks.last().unwrap();
        covered += u32::from((last.estimate.unwrap() - 1.0).abs() <= last.half_width.unwrap());
        used += last.n;
    }
    let coverage = f64::from(covered) / STUDIES as f64;
    assert!((coverage - 0.93).abs() < 4.0 * (0.93 * 0.07 / STUDIES as f64).sqrt(), "{coverage}");
    // t²(7) · (e^¼ − 1 + half of e^¼ (e^.04 − 1)) / .05² = 694 draws, and two batches for the looks.
    let mean_used = used as f64 / STUDIES as f64;
    assert!((600.0..900.0).contains(&mean_used), "{mean_used}");
}
