//! The columns of a study's tables: names, types, and how they follow from metrics, years and months.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema};

use crate::experiment::study::{Design, DesignError, Lever};
use crate::metrics::METRICS;
use crate::scenario::Scenario;
use crate::units::Month;

/// Days from 1970-01-01, the first day of Arrow's dates, to 2025-01-01, the first of ours.
pub(super) const UNIX_EPOCH_DAYS: i64 = 20_089;

/// The periods on which a study reports; tables have a column for each metric and year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// Years, rising.
    pub years: Vec<i32>,
    /// Months, rising.
    pub months: Vec<Month>,
}

impl Shape {
    /// Periods that any variant of the design reports on.
    ///
    /// # Errors
    /// A variant whose configuration is refused.
    pub fn of(design: &Design) -> Result<Self, DesignError> {
        let (mut years, mut months) = (BTreeSet::new(), BTreeSet::new());
        for variant in 0..design.variants.len() as u32 {
            let Some(job) = design.jobs.iter().position(|job| job.variant == variant) else { continue };
            let scenario = design.scenario(job as u64)?;
            for month in reported(&scenario) {
                years.insert(month.year());
                months.insert(month);
            }
        }
        Ok(Self { years: years.into_iter().collect(), months: months.into_iter().collect() })
    }
}

/// Months on which a scenario reports.
fn reported(scenario: &Scenario) -> impl Iterator<Item = Month> + use<> {
    let parameters = scenario.parameters();
    let (first, last) = (Month::of_day(parameters.report_day), Month::of_day(parameters.end_day));
    std::iter::successors(Some(first), |month| Some(month.next())).take_while(move |month| *month <= last)
}

/// Name of the column of a metric in a year.
pub(super) fn yearly(metric: &str, year: i32) -> String {
    format!("{metric}_{year}")
}

fn number(name: impl Into<String>) -> Field {
    Field::new(name, DataType::Float64, true)
}

fn count(name: &str) -> Field {
    Field::new(name, DataType::Int64, true)
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

/// A column whose cells are lists of numbers.
fn curve(name: String) -> Field {
    Field::new(name, DataType::List(Arc::new(Field::new("item", DataType::Float64, true))), true)
}

/// Columns of `results`.
pub(super) fn results(shape: &Shape) -> Schema {
    let mut fields = vec![
        Field::new("job_id", DataType::Int64, false),
        text("scenario"),
        count("draw"),
        count("replication"),
        text("status"),
        text("error"),
        count("laws_checked"),
        count("events"),
        number("auctions"),
    ];
    for year in &shape.years {
        fields.extend(METRICS.iter().map(|metric| number(yearly(metric.name, *year))));
    }
    for name in ["lorenz", "rank_size"] {
        fields.extend(shape.years.iter().map(|year| curve(format!("{name}_{year}"))));
    }
    Schema::new(fields)
}

/// Columns of `series`.
pub(super) fn series() -> Schema {
    let head = [Field::new("job_id", DataType::Int64, false), Field::new("month", DataType::Date32, false)];
    let monthly = METRICS.iter().filter(|metric| metric.monthly).map(|metric| number(metric.name));
    Schema::new(head.into_iter().chain(monthly).collect::<Vec<_>>())
}

/// Columns of `design`.
pub(super) fn design(levers: &[Lever]) -> Schema {
    let head = [
        Field::new("job_id", DataType::Int64, false),
        text("scenario"),
        count("variant"),
        count("draw"),
        count("seed"),
        count("replication"),
    ];
    let values = levers.iter().map(|lever| number(lever.name.as_str()));
    Schema::new(head.into_iter().chain(values).collect::<Vec<_>>())
}
