//! Every family in every way it can be written, and every mistake with its advice.

use super::*;

#[derive(Debug, serde::Deserialize)]
struct Param {
    prior: Distribution,
}

fn read(prior: &str) -> Result<Distribution, String> {
    toml::from_str::<Param>(&format!("prior = {prior}")).map(|p| p.prior).map_err(|e| e.message().to_owned())
}

#[test]
fn every_family_is_read_in_every_way() {
    for (written, median) in [
        (r#"{ dist = "point", value = 3 }"#, 3.0),
        (r#"{ dist = "uniform", min = 1, max = 4 }"#, 2.5),
        (r#"{ dist = "uniform", p10 = 1, p90 = 4 }"#, 2.5),
        (r#"{ dist = "loguniform", min = 1, max = 100 }"#, 10.0),
        (r#"{ dist = "loguniform", p25 = 1, p75 = 100 }"#, 10.0),
        (r#"{ dist = "normal", mean = 3, sd = 2 }"#, 3.0),
        (r#"{ dist = "normal", p2_5 = 1, p97_5 = 5 }"#, 3.0),
        (r#"{ dist = "normal", "p2.5" = 1, "p97.5" = 5 }"#, 3.0),
        (r#"{ dist = "truncnormal", mean = 3, sd = 2, min = 1, max = 5 }"#, 3.0),
        (r#"{ dist = "lognormal", mu = 0, sigma = 0.5 }"#, 1.0),
        (r#"{ dist = "lognormal", median = 7, sigma = 0.5 }"#, 7.0),
        (r#"{ dist = "lognormal", mean = 5, sd = 3.75 }"#, 4.0),
        (r#"{ dist = "lognormal", p5 = 0.5, p95 = 2 }"#, 1.0),
        (r#"{ dist = "triangular", min = 0, mode = 1, max = 2 }"#, 1.0),
        (r#"{ dist = "pert", min = 0, mode = 1, max = 2 }"#, 1.0),
        (r#"{ dist = "pert", min = 0, mode = 1, max = 2, shape = 9 }"#, 1.0),
        (r#"{ dist = "beta", alpha = 3, beta = 3 }"#, 0.5),
        (r#"{ dist = "beta", alpha = 3, beta = 3, min = 2, max = 6 }"#, 4.0),
        (r#"{ dist = "beta", mean = 0.5, sd = 0.1 }"#, 0.5),
        (r#"{ dist = "beta", p5 = 0.3, p95 = 0.7 }"#, 0.5),
        (r#"{ dist = "gamma", shape = 1, scale = 2 }"#, 2.0 * std::f64::consts::LN_2),
        (r#"{ dist = "gamma", mean = 2, sd = 2, min = 0 }"#, 2.0 * std::f64::consts::LN_2),
        (r#"{ dist = "gamma", p50 = 3, p90 = 7 }"#, 3.0),
        (r#"{ dist = "weibull", shape = 1, scale = 2 }"#, 2.0 * std::f64::consts::LN_2),
        (r#"{ dist = "weibull", mean = 2, sd = 2 }"#, 2.0 * std::f64::consts::LN_2),
        (r#"{ dist = "weibull", p50 = 3, p90 = 7 }"#, 3.0),
        (r#"{ dist = "student_t", dof = 4, location = 3, scale = 2 }"#, 3.0),
        (r#"{ dist = "student_t", dof = 4, p5 = 1, p95 = 5 }"#, 3.0),
        (r#"{ dist = "discrete", values = [5, 1, 2], weights = [1, 1, 3] }"#, 2.0),
        (r#"{ dist = "empirical", values = [5, 1.5, 2] }"#, 2.0),
        (
            r#"{ dist = "mixture", components = [{ weight = 1, dist = "normal", mean = -1, sd = 1 }, { weight = 1, dist = "normal", mean = 1, sd = 1 }], min = -2, max = 2 }"#,
            0.0,
        ),
    ] {
        let got = read(written).unwrap_or_else(|problem| panic!("{written}: {problem}")).median();
        assert!((got - median).abs() < 1e-9, "{written}: {got}");
    }
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    for (written, message, hint) in [
        (r#"{ p5 = 1 }"#, "without `dist`", "add `dist`: `point`, "),
        (r#"{ dist = 3 }"#, "`dist` must be a name", "write a name in quotes"),
        (
            r#"{ dist = "lognorml", p5 = 1, p95 = 2 }"#,
            "no distribution `lognorml`",
            "did you mean `lognormal`?",
        ),
        (r#"{ dist = "zipf" }"#, "no distribution `zipf`", "there are `point`, "),
        (r#"{ dist = "normal", maen = 1, sd = 1 }"#, "`normal` has no `maen`", "did you mean `mean`?"),
        (r#"{ dist = "normal", rate = 1 }"#, "has no `rate`", "it takes `mean`, `sd`, `min`, `max` and `p5`"),
        (r#"{ dist = "triangular", p5 = 1, p95 = 2 }"#, "has no `p5`", "it takes `min`, `mode` and `max`"),
        (r#"{ dist = "normal", mean = "1", sd = 1 }"#, "`mean` must be a number", "write a number"),
        (r#"{ dist = "normal", mean = true, sd = 1 }"#, "`mean` must be a number", "write a number"),
        (r#"{ dist = "empirical", values = 3 }"#, "`values` must be a list", "write a list"),
        (
            r#"{ dist = "gamma", mean = 1 }"#,
            "cannot be made from `mean`",
            "give `shape` and `scale`; or `mean` and `sd`; or two",
        ),
        (
            r#"{ dist = "gamma", mean = 1, sd = 1, p5 = 1 }"#,
            "from `mean`, `p5` and `sd`",
            "or two percentiles such as `p5` and `p95`",
        ),
        (r#"{ dist = "normal", p5 = 1, p50 = 2, p95 = 3 }"#, "cannot be made from", "two percentiles"),
        (
            r#"{ dist = "normal", p5 = 1, p5_0 = 2 }"#,
            "cannot be made from `p5` and `p5`",
            "two different percentiles",
        ),
        (
            r#"{ dist = "truncnormal", mean = 1, sd = 1 }"#,
            "cannot be made",
            "give `min`, `max` or both as well",
        ),
        (
            r#"{ dist = "lognormal", p5 = 3, p95 = 2 }"#,
            "`p5` = 3 is not below `p95` = 2",
            "raise `p95` or lower `p5`",
        ),
        (r#"{ dist = "lognormal", p5 = -1, p95 = 2 }"#, "`p5` is -1", "a number that is positive"),
        (r#"{ dist = "lognormal", median = 0, sigma = 2 }"#, "`median` is 0", "positive"),
        (r#"{ dist = "normal", p0 = 1, p95 = 2 }"#, "`p0` is 0", "between p0 and p100"),
        (r#"{ dist = "normal", mean = nan, sd = 1 }"#, "`mean` is NaN", "finite"),
        (r#"{ dist = "normal", mean = 1, sd = 0 }"#, "`sd` is 0", "positive"),
        (
            r#"{ dist = "normal", mean = 0, sd = 1, min = 5 }"#,
            "of the distribution",
            "choose another distribution",
        ),
        (
            r#"{ dist = "normal", mean = 0, sd = 1, min = 1, max = 1 }"#,
            "`min` = 1 is not below",
            "raise `max`",
        ),
        (r#"{ dist = "uniform", min = 2, max = 1 }"#, "`min` = 2 is not below `max` = 1", "raise `max`"),
        (r#"{ dist = "loguniform", min = 0, max = 1 }"#, "`min` is 0", "positive"),
        (r#"{ dist = "pert", min = 0, mode = 3, max = 2 }"#, "`mode` is 3", "between `min` and `max`"),
        (r#"{ dist = "beta", mean = 0.5, sd = 0.6 }"#, "no `beta` has mean 0.5 and sd 0.6", "another family"),
        (r#"{ dist = "beta", p5 = -0.1, p95 = 0.5 }"#, "`p5` is -0.1", "between `min` and `max`"),
        (
            r#"{ dist = "gamma", p5 = 1, p95 = 1.000001 }"#,
            "no `gamma` has `p5` = 1 and `p95` = 1.000001",
            "another family",
        ),
        (r#"{ dist = "gamma", mean = 1, sd = 1e-9 }"#, "no `gamma` has", "another family"),
        (r#"{ dist = "weibull", mean = 1, sd = 1e9 }"#, "no `weibull` has", "another family"),
        (r#"{ dist = "lognormal", mu = 0, sigma = 1000 }"#, "too large", "smaller spread"),
        (r#"{ dist = "student_t", dof = 1, location = 0, scale = 1 }"#, "`dof` is 1", "above 1"),
        (
            r#"{ dist = "discrete", values = [1, 2], weights = [1] }"#,
            "2 `values` and 1 `weights`",
            "one weight for each",
        ),
        (r#"{ dist = "discrete", values = [1, 2], weights = [1, 0] }"#, "`weights` is 0", "positive"),
        (r#"{ dist = "empirical", values = [] }"#, "`values` is empty", "at least one"),
        (r#"{ dist = "mixture", components = [] }"#, "`components` is empty", "at least one"),
        (
            r#"{ dist = "mixture", components = [1] }"#,
            "`components` must be",
            "write a list of distributions",
        ),
        (
            r#"{ dist = "mixture", components = [{ weight = 1, dist = "normal", mean = 0, sd = 1 }, { weight = 1, dist = "norml" }] }"#,
            "component 2 of the mixture: there is no distribution `norml`",
            "did you mean `normal`?",
        ),
        (
            r#"{ dist = "mixture", components = [{ dist = "point", value = 1 }] }"#,
            "`weight` must be",
            "write a number",
        ),
    ] {
        let problem = read(written).map(|_| ()).unwrap_err();
        let (said, advised) = problem.split_once("\nhint: ").unwrap_or((&problem, ""));
        assert!(said.contains(message), "{written}: {said}");
        assert!(advised.contains(hint), "{written}: {advised}");
    }
}
