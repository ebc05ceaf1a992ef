//! The written form of a distribution: `{ dist = "gamma", mean = 12.0, sd = 4.0, max = 30.0 }`.
//!
//! | `dist` | given by | bounds |
//! |---|---|---|
//! | `point` | `value` | |
//! | `uniform`, `loguniform` | `min`, `max`; or two percentiles | |
//! | `normal` | `mean`, `sd`; or two percentiles | `min`, `max` |
//! | `truncnormal` | as `normal` | `min`, `max`, at least one |
//! | `lognormal` | `mu`, `sigma`; `median`, `sigma`; `mean`, `sd`; or two percentiles | `min`, `max` |
//! | `triangular` | `min`, `mode`, `max` | |
//! | `pert` | `min`, `mode`, `max`, and `shape`, 4 if not said | |
//! | `beta` | `alpha`, `beta`; `mean`, `sd`; or two percentiles; with `min`, `max`, 0 and 1 if not said | |
//! | `gamma`, `weibull` | `shape`, `scale`; `mean`, `sd`; or two percentiles | `min`, `max` |
//! | `student_t` | `dof` with `location`, `scale` or with two percentiles | `min`, `max` |
//! | `discrete` | `values`, `weights` | |
//! | `empirical` | `values` | |
//! | `mixture` | `components`, each a distribution with a `weight` | `min`, `max` |
//!
//! Percentiles are any two of `p1` … `p99`, with decimals as in `p2_5`. Bounds cut what the other fields describe.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny};

use super::constructors::PERT_SHAPE;
use super::distribution::Distribution;
use super::distribution_error::{DistributionError, listed};
use super::percentiles::Percentiles;
use crate::diagnostic::nearest;

/// A value as written.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(untagged)]
enum Written {
    Number(f64),
    Text(String),
    Numbers(Vec<f64>),
    Tables(Vec<Fields>),
    Other(IgnoredAny),
}

/// Fields as written.
type Fields = BTreeMap<String, Written>;

/// How a family can be given.
struct Forms {
    family: &'static str,
    /// Sets of fields, one of which must be there.
    sets: &'static [&'static [&'static str]],
    /// Fields that stand beside two percentiles; nothing when percentiles are not taken.
    percentiles: Option<&'static [&'static str]>,
    /// Fields that may be left out.
    optional: &'static [&'static str],
}

const MEAN_SD: &[&str] = &["mean", "sd"];
const SHAPE_SCALE: &[&str] = &["shape", "scale"];
const BOUNDS: &[&str] = &["min", "max"];
const THREE: &[&str] = &["min", "mode", "max"];

/// Every family, simple ones first.
const FORMS: &[Forms] = &[
    Forms { family: "point", sets: &[&["value"]], percentiles: None, optional: &[] },
    Forms { family: "uniform", sets: &[BOUNDS], percentiles: Some(&[]), optional: &[] },
    Forms { family: "loguniform", sets: &[BOUNDS], percentiles: Some(&[]), optional: &[] },
    Forms { family: "normal", sets: &[MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms { family: "truncnormal", sets: &[MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms {
        family: "lognormal",
        sets: &[&["mu", "sigma"], &["median", "sigma"], MEAN_SD],
        percentiles: Some(&[]),
        optional: BOUNDS,
    },
    Forms { family: "triangular", sets: &[THREE], percentiles: None, optional: &[] },
    Forms { family: "pert", sets: &[THREE], percentiles: None, optional: &["shape"] },
    Forms { family: "beta", sets: &[&["alpha", "beta"], MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms { family: "gamma", sets: &[SHAPE_SCALE, MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms { family: "weibull", sets: &[SHAPE_SCALE, MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms {
        family: "student_t",
        sets: &[&["dof", "location", "scale"]],
        percentiles: Some(&["dof"]),
        optional: BOUNDS,
    },
    Forms { family: "discrete", sets: &[&["values", "weights"]], percentiles: None, optional: &[] },
    Forms { family: "empirical", sets: &[&["values"]], percentiles: None, optional: &[] },
    Forms { family: "mixture", sets: &[&["components"]], percentiles: None, optional: BOUNDS },
];

/// Probability that a name such as `p5` or `p97_5` stands for.
fn percentile(name: &str) -> Option<f64> {
    let number = name.strip_prefix('p')?;
    let digits = |c: char| c.is_ascii_digit() || c == '_' || c == '.';
    if !number.starts_with(|c: char| c.is_ascii_digit()) || !number.chars().all(digits) {
        return None;
    }
    Some(number.replace('_', ".").parse::<f64>().ok()? / 100.0)
}

impl Forms {
    fn of(family: &str) -> Result<&'static Self, DistributionError> {
        FORMS.iter().find(|forms| forms.family == family).ok_or_else(|| {
            let known = || FORMS.iter().map(|forms| forms.family);
            let near = nearest(family, known());
            let near = if near.is_empty() { known().collect() } else { near };
            DistributionError::UnknownFamily { name: family.to_owned(), near }
        })
    }

    /// Names of all fields but percentiles.
    fn known(&self) -> Vec<&'static str> {
        let mut known: Vec<&str> = Vec::new();
        let all = self.sets.iter().copied().flatten().chain(self.percentiles.into_iter().flatten());
        for field in all.chain(self.optional) {
            if !known.contains(field) {
                known.push(field);
            }
        }
        known
    }

    /// The ways to give the family, one phrase each.
    fn phrases(&self) -> Vec<String> {
        let mut phrases: Vec<String> = self.sets.iter().map(|set| listed(set, "and")).collect();
        if let Some(beside) = self.percentiles {
            let two = "two percentiles such as `p5` and `p95`";
            phrases.push(if beside.is_empty() {
                two.to_owned()
            } else {
                format!("{} with {two}", listed(beside, "and"))
            });
        }
        phrases
    }

    /// Refuses fields that the family does not have, and sets of fields that are none of its ways.
    fn check(&self, fields: &Fields) -> Result<(), DistributionError> {
        let known = self.known();
        let written: Vec<&str> = fields.keys().map(String::as_str).filter(|name| *name != "dist").collect();
        let is_percentile = |name: &str| self.percentiles.is_some() && percentile(name).is_some();
        if let Some(stranger) = written.iter().find(|name| !known.contains(name) && !is_percentile(name)) {
            let mut all: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
            let near = nearest(stranger, known.iter().copied()).into_iter().map(str::to_owned).collect();
            if self.percentiles.is_some() {
                all.push("p5".to_owned());
            }
            let (family, field) = (self.family.to_owned(), (*stranger).to_owned());
            return Err(DistributionError::UnknownField { family, field, near, known: all });
        }
        let percentiles = written.iter().filter(|name| is_percentile(name)).count();
        let rest: Vec<&str> = written
            .iter()
            .copied()
            .filter(|name| !is_percentile(name) && !self.optional.contains(name))
            .collect();
        let is = |set: &[&str]| set.len() == rest.len() && set.iter().all(|name| rest.contains(name));
        let right = match percentiles {
            0 => self.sets.iter().any(|set| is(set)),
            2 => self.percentiles.is_some_and(is),
            _ => false,
        };
        let bounded = self.family != "truncnormal" || BOUNDS.iter().any(|name| written.contains(name));
        if right && bounded {
            return Ok(());
        }
        let forms = if right { vec!["`min`, `max` or both as well".to_owned()] } else { self.phrases() };
        Err(DistributionError::Fields {
            family: self.family.to_owned(),
            given: listed(&written, "and"),
            forms,
        })
    }
}

/// Reads fields that were checked to be there.
struct Reader<'a>(&'a Fields);

impl Reader<'_> {
    fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    fn number(&self, field: &str) -> Result<f64, DistributionError> {
        match self.0.get(field) {
            Some(Written::Number(value)) => Ok(*value),
            _ => Err(DistributionError::Type { field: field.to_owned(), wanted: "a number" }),
        }
    }

    fn number_or(&self, field: &str, otherwise: f64) -> Result<f64, DistributionError> {
        if self.has(field) { self.number(field) } else { Ok(otherwise) }
    }

    fn numbers(&self, field: &str) -> Result<&[f64], DistributionError> {
        match self.0.get(field) {
            Some(Written::Numbers(values)) => Ok(values),
            _ => Err(DistributionError::Type { field: field.to_owned(), wanted: "a list of numbers" }),
        }
    }

    /// Two percentiles, the lower first; nothing when the family is given in another way.
    fn percentiles(&self) -> Result<Option<Percentiles>, DistributionError> {
        let named = self.0.keys().filter_map(|name| Some((percentile(name)?, name)));
        let mut pairs: Vec<(f64, f64)> =
            named.map(|(p, name)| Ok((p, self.number(name)?))).collect::<Result<_, DistributionError>>()?;
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(pairs.try_into().ok())
    }
}

fn from_fields(fields: &Fields) -> Result<Distribution, DistributionError> {
    let family = match fields.get("dist") {
        Some(Written::Text(family)) => family.as_str(),
        Some(_) => {
            return Err(DistributionError::Type { field: "dist".to_owned(), wanted: "a name in quotes" });
        }
        None => {
            return Err(DistributionError::NoFamily {
                known: FORMS.iter().map(|forms| forms.family).collect(),
            });
        }
    };
    let forms = Forms::of(family)?;
    forms.check(fields)?;
    let read = Reader(fields);
    let of = |field| read.number(field);
    let pair = if forms.percentiles.is_some() { read.percentiles()? } else { None };
    let whole = match (family, pair) {
        ("uniform", Some(pair)) => Distribution::uniform_from_percentiles(pair),
        ("uniform", None) => Distribution::uniform(of("min")?, of("max")?),
        ("loguniform", Some(pair)) => Distribution::loguniform_from_percentiles(pair),
        ("loguniform", None) => Distribution::loguniform(of("min")?, of("max")?),
        ("normal" | "truncnormal", Some(pair)) => Distribution::normal_from_percentiles(pair),
        ("normal" | "truncnormal", None) => Distribution::normal(of("mean")?, of("sd")?),
        ("lognormal", Some(pair)) => Distribution::lognormal_from_percentiles(pair),
        ("lognormal", None) if read.has("mu") => Distribution::lognormal(of("mu")?, of("sigma")?),
        ("lognormal", None) if read.has("median") => lognormal_of_median(of("median")?, of("sigma")?),
        ("lognormal", None) => Distribution::lognormal_from_moments(of("mean")?, of("sd")?),
        ("triangular", _) => Distribution::triangular(of("min")?, of("mode")?, of("max")?),
        ("pert", _) => {
            Distribution::pert(of("min")?, of("mode")?, of("max")?, read.number_or("shape", PERT_SHAPE)?)
        }
        ("beta", pair) => {
            let (min, max) = (read.number_or("min", 0.0)?, read.number_or("max", 1.0)?);
            match pair {
                Some(pair) => Distribution::beta_from_percentiles(min, max, pair),
                None if read.has("alpha") => Distribution::beta(of("alpha")?, of("beta")?, min, max),
                None => Distribution::beta_from_moments(of("mean")?, of("sd")?, min, max),
            }
        }
        ("gamma", Some(pair)) => Distribution::gamma_from_percentiles(pair),
        ("gamma", None) if read.has("shape") => Distribution::gamma(of("shape")?, of("scale")?),
        ("gamma", None) => Distribution::gamma_from_moments(of("mean")?, of("sd")?),
        ("weibull", Some(pair)) => Distribution::weibull_from_percentiles(pair),
        ("weibull", None) if read.has("shape") => Distribution::weibull(of("shape")?, of("scale")?),
        ("weibull", None) => Distribution::weibull_from_moments(of("mean")?, of("sd")?),
        ("student_t", Some(pair)) => Distribution::student_t_from_percentiles(of("dof")?, pair),
        ("student_t", None) => Distribution::student_t(of("dof")?, of("location")?, of("scale")?),
        ("discrete", _) => Distribution::discrete(read.numbers("values")?, read.numbers("weights")?),
        ("empirical", _) => Distribution::empirical(read.numbers("values")?),
        ("mixture", _) => mixture(fields),
        _ => Distribution::point(of("value")?),
    }?;
    // In the other families these fields are parameters.
    let cut = forms.optional.contains(&"min") && family != "beta" && (read.has("min") || read.has("max"));
    if !cut {
        return Ok(whole);
    }
    whole.truncated(read.number_or("min", f64::NEG_INFINITY)?, read.number_or("max", f64::INFINITY)?)
}

fn lognormal_of_median(median: f64, sigma: f64) -> Result<Distribution, DistributionError> {
    if median > 0.0 {
        return Distribution::lognormal(median.ln(), sigma);
    }
    Err(DistributionError::Range { field: "median".to_owned(), value: median, wanted: "positive" })
}

fn mixture(fields: &Fields) -> Result<Distribution, DistributionError> {
    let tables: &[Fields] = match fields.get("components") {
        Some(Written::Tables(tables)) => tables,
        // An empty list reads as a list of no numbers.
        Some(Written::Numbers(none)) if none.is_empty() => &[],
        _ => {
            let wanted = "a list of distributions, each with a `weight`";
            return Err(DistributionError::Type { field: "components".to_owned(), wanted });
        }
    };
    let part = |table: &Fields| {
        let mut rest = table.clone();
        let weight = rest.remove("weight");
        let Some(Written::Number(weight)) = weight else {
            return Err(DistributionError::Type { field: "weight".to_owned(), wanted: "a number" });
        };
        Ok((weight, from_fields(&rest)?))
    };
    let parts = tables.iter().enumerate().map(|(index, table)| {
        part(table).map_err(|source| DistributionError::Part { number: index + 1, source: Box::new(source) })
    });
    Distribution::mixture(parts.collect::<Result<_, _>>()?)
}

impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        from_fields(&fields).map_err(|error| D::Error::custom(format!("{error}\nhint: {}", error.hint())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Param {
        prior: Distribution,
    }

    fn read(prior: &str) -> Result<Distribution, String> {
        toml::from_str::<Param>(&format!("prior = {prior}"))
            .map(|p| p.prior)
            .map_err(|e| e.message().to_owned())
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
            (
                r#"{ dist = "normal", rate = 1 }"#,
                "has no `rate`",
                "it takes `mean`, `sd`, `min`, `max` and `p5`",
            ),
            (
                r#"{ dist = "triangular", p5 = 1, p95 = 2 }"#,
                "has no `p5`",
                "it takes `min`, `mode` and `max`",
            ),
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
            (
                r#"{ dist = "beta", mean = 0.5, sd = 0.6 }"#,
                "no `beta` has mean 0.5 and sd 0.6",
                "another family",
            ),
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
}
