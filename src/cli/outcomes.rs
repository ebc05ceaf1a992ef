//! The metrics that a call asks for, by name and year.

use bidcast::metrics::{METRICS, Metric, index_of};
use bidcast::scenario::nearest;

use super::failure::{Failure, Status};

/// What is explained unless something else is asked for: how large, how concentrated.
const USUAL: [&str; 2] = ["market_total_usd", "cr20"];

/// A metric in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// Place in [`METRICS`].
    pub(crate) metric: usize,
    /// The year.
    pub(crate) year: i32,
}

impl Target {
    /// The metric.
    pub(crate) fn of(self) -> &'static Metric {
        &METRICS[self.metric]
    }

    /// What it is called in tables.
    pub(crate) fn name(self) -> String {
        format!("{}_{}", self.of().name, self.year)
    }
}

/// Places of metrics, by name.
///
/// # Errors
/// A name that is none, with the nearest that is.
pub(crate) fn metrics(names: &[String]) -> Result<Vec<usize>, Failure> {
    names.iter().map(|name| metric(name)).collect()
}

fn metric(name: &str) -> Result<usize, Failure> {
    index_of(name).ok_or_else(|| {
        let unknown = Failure::message(Status::Usage, format!("there is no metric `{name}`"));
        match nearest(name, METRICS.iter().map(|metric| metric.name)).first() {
            Some(near) => unknown.hint(format!("did you mean `{near}`?")),
            None => unknown.hint("`bidcast metrics` lists them"),
        }
    })
}

/// The metrics named, or the usual ones, in a year or the last.
///
/// # Errors
/// A metric or a year that is not there.
pub(crate) fn targets(names: &[String], year: Option<i32>, years: &[i32]) -> Result<Vec<Target>, Failure> {
    let year = match (year, years.last()) {
        (Some(year), _) if years.contains(&year) => year,
        (None, Some(last)) => *last,
        (asked, _) => {
            let known: Vec<String> = years.iter().map(ToString::to_string).collect();
            let asked = asked.map_or_else(String::new, |year| format!(" {year}"));
            return Err(Failure::message(Status::Usage, format!("the year{asked} is not reported"))
                .hint(format!("the years are {}", known.join(", "))));
        }
    };
    let usual = || USUAL.iter().map(|name| (*name).to_owned()).collect();
    let names: Vec<String> = if names.is_empty() { usual() } else { names.to_vec() };
    Ok(metrics(&names)?.into_iter().map(|metric| Target { metric, year }).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a target that is not found fails the test")]

    use super::*;

    #[test]
    fn targets_are_the_usual_ones_in_the_last_year_or_those_named() {
        let names = |targets: Vec<Target>| targets.into_iter().map(Target::name).collect::<Vec<_>>();
        let of = |asked: &[&str], year| {
            let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
            targets(&asked, year, &[2025, 2026]).map(names)
        };
        assert_eq!(of(&[], None).unwrap(), ["market_total_usd_2026", "cr20_2026"]);
        assert_eq!(of(&["hhi"], Some(2025)).unwrap(), ["hhi_2025"]);
        assert!(of(&[], Some(2031)).is_err() && of(&["hih"], None).is_err());
    }
}
