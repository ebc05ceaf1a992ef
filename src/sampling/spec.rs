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
use super::distribution_error::DistributionError;
use super::forms::{Forms, families, percentile};
use super::percentiles::Percentiles;

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
            return Err(DistributionError::NoFamily { known: families() });
        }
    };
    let forms = Forms::of(family)?;
    let written: Vec<&str> = fields.keys().map(String::as_str).filter(|name| *name != "dist").collect();
    forms.check(&written)?;
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
mod tests;
