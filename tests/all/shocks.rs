//! Shocks are paths of parameters: nothing moves before them, what they name moves after, and nonsense is refused in place.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up should fail on the spot")]

use bidcast::scenario::Layer;
use bidcast::units::Date;

use crate::common::{record, small, small_over, try_small_over};

fn layer(text: &str) -> Layer {
    Layer::new("shock.toml", text)
}

fn shock(parameter: &str, rest: &str) -> Layer {
    layer(&format!(
        "name = \"shocked\"\n\n[[shock]]\nname = \"s\"\nparameter = \"{parameter}\"\n{rest}\nwhy = \"test\"\nsource = \"test\"\n"
    ))
}

#[test]
fn nothing_moves_before_the_shock_and_fees_move_after_it() {
    let cut = shock("cash.store_fee_share", "date = \"2025-07-01\"\nvalue = 0.10\nramp_days = 30");
    let (base, shocked) = (record(&small(&[]), 0), record(&small_over(&[&cut], &[]), 0));
    for (a, b) in base.months.iter().zip(&shocked.months) {
        if a.month.to_string().as_str() < "2025-07" {
            assert_eq!(a, b, "{} was moved by a shock of July", a.month);
        }
    }
    let spend =
        |r: &bidcast::engine::Record| r.months.iter().rev().take(4).map(|m| m.ad_spend.to_f64()).sum::<f64>();
    // Developers keep more of each dollar, so installs are worth more to them and they bid more for them.
    assert!(spend(&shocked) > 1.02 * spend(&base), "{} against {}", spend(&shocked), spend(&base));
}

#[test]
fn a_shock_can_name_a_region_and_end() {
    let dark = shock(
        "supply.addressable_impressions_per_day",
        "date = \"2025-03-01\"\nend_date = \"2025-05-31\"\nfactor = 0.001\nonly = [\"us\"]",
    );
    // 0.001 of the US supply is still above the parameter's lower bound in the small market.
    let scenario = small_over(&[&dark], &[]);
    let day = |text: &str| text.parse::<Date>().unwrap().to_day();
    let days: Vec<i64> = scenario.changes().iter().map(|c| c.day).collect();
    assert_eq!(days, [day("2025-03-01"), day("2025-06-01")]);
    let supply = |k: usize| &scenario.changes()[k].parameters.spec.supply.addressable_impressions_per_day;
    let before = &scenario.parameters().spec.supply.addressable_impressions_per_day;
    assert!((supply(0)[0] / before[0] - 0.001).abs() < 1e-12);
    assert_eq!(supply(0)[1..], before[1..]);
    assert_eq!(supply(1), before);
    let (base, dark) = (record(&small(&[]), 0), record(&scenario, 0));
    let april = |r: &bidcast::engine::Record| {
        r.months.iter().find(|m| m.month.to_string() == "2025-04").unwrap().impressions as f64
    };
    assert!(april(&dark) < april(&base));
}

#[test]
fn a_ramp_climbs_in_steps() {
    let ramp = shock("wallet.payers_people_exponent", "date = \"2025-02-01\"\nfactor = 0.5\nramp_days = 120");
    let scenario = small_over(&[&ramp], &[]);
    let path: Vec<f64> =
        scenario.changes().iter().map(|c| c.parameters.spec.wallet.payers_people_exponent).collect();
    let start = scenario.parameters().spec.wallet.payers_people_exponent;
    assert!(path.len() > 5 && path.windows(2).all(|w| w[1] < w[0]));
    assert!((path[0] - start).abs() < 1e-12 && (path.last().unwrap() / start - 0.5).abs() < 1e-12);
}

#[test]
fn nonsense_is_refused_where_it_stands() {
    let at_date = "date = \"2025-07-01\"\nfactor = 0.5";
    let cases = [
        ("cash.store_fee_shar", at_date, "there is no parameter", Some(5), "cash.store_fee_share"),
        ("run.seed", at_date, "cannot be shocked", Some(5), ""),
        ("cash.store_fee_share", "date = \"2025-07-01\"\nfactor = 9.0", "outside", None, "smaller"),
        ("cash.store_fee_share", "date = \"July\"\nfactor = 0.5", "", Some(6), "YYYY-MM-DD"),
        ("cash.store_fee_share", "date = \"2025-07-01\"", "exactly one", Some(3), "factor"),
        (
            "cash.store_fee_share",
            "date = \"2025-07-01\"\nfactor = 0.5\nonly = [\"mars\"]",
            "mars",
            Some(8),
            "us",
        ),
        ("cash.store_fee_share", "date = \"2025-07-01\"\nfactr = 0.5", "cannot be read", Some(3), "factor"),
        ("wallet.enabled", at_date, "not a number", None, ""),
    ];
    for (parameter, rest, message, line, hint) in cases {
        let problems = try_small_over(&[&shock(parameter, rest)], &[]).unwrap_err();
        let problem = &problems.0[0];
        assert!(problem.message.contains(message), "{parameter} {rest}: {problem}");
        if let Some(line) = line {
            let place = problem.place.as_ref().unwrap();
            assert_eq!(
                (place.source.as_str(), place.line),
                ("shock.toml", line),
                "{parameter} {rest}: {problem}"
            );
        }
        assert!(
            hint.is_empty() || problem.hints.iter().any(|h| h.contains(hint)),
            "{parameter} {rest}: {problem}"
        );
    }
}
