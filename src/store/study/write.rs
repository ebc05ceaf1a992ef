//! Designs and results as Parquet: pure functions from rows to bytes, so that the same rows are the same file.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, ListBuilder};
use arrow_array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::Schema;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::columns::{self, Shape, UNIX_EPOCH_DAYS};
use crate::experiment::study::{Design, Finished, Job};
use crate::metrics::{METRICS, Outcome};
use crate::store::StoreError;

/// Key of the design's fingerprint in the metadata of every file.
pub(super) const DESIGN_KEY: &str = "bidcast.design";
/// Compression: a third of the size at a hundredth of the time that the results took.
const ZSTD_LEVEL: i32 = 3;

/// The design as a table, one row a job; levers are columns of their name.
///
/// # Errors
/// [`StoreError::Encode`] when the table cannot be put together.
pub fn design_parquet(design: &Design, fingerprint: &str) -> Result<Vec<u8>, StoreError> {
    let jobs = &design.jobs;
    let mut table: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(0..jobs.len() as i64)),
        names(design, jobs.iter()),
        whole(jobs.iter().map(|job| Some(u64::from(job.variant)))),
        whole(jobs.iter().map(|job| Some(u64::from(job.draw)))),
        whole(jobs.iter().map(|_| Some(design.seed))),
        whole(jobs.iter().map(|job| Some(job.replication))),
    ];
    for lever in 0..design.levers.len() {
        let value = |job: &Job| design.draws.get(job.draw as usize)?.get(lever).copied();
        table.push(Arc::new(jobs.iter().map(value).collect::<Float64Array>()));
    }
    encode("design.parquet", columns::design(&design.levers), table, fingerprint)
}

/// Results of some jobs, one row each; a job that failed has a status and an error, and no values.
///
/// # Errors
/// [`StoreError::Encode`] when the table cannot be put together.
pub fn results_parquet(
    design: &Design,
    shape: &Shape,
    fingerprint: &str,
    results: &[Finished],
) -> Result<Vec<u8>, StoreError> {
    let rows = || results.iter().map(|row| (design.jobs.get(row.job as usize), row.outcome.as_ref()));
    let outcomes = || rows().map(|(_, outcome)| outcome.ok());
    let failures = || rows().map(|(_, outcome)| outcome.err());
    let mut table: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(results.iter().map(|row| row.job as i64))),
        names(design, rows().filter_map(|(job, _)| job)),
        whole(rows().map(|(job, _)| job.map(|job| u64::from(job.draw)))),
        whole(rows().map(|(job, _)| job.map(|job| job.replication))),
        Arc::new(StringArray::from_iter_values(failures().map(|failure| failure.map_or("ok", |f| f.kind())))),
        Arc::new(failures().map(|failure| failure.map(ToString::to_string)).collect::<StringArray>()),
        whole(outcomes().map(|outcome| outcome.map(|o| o.laws_checked))),
        whole(outcomes().map(|outcome| outcome.map(|o| o.events))),
        Arc::new(outcomes().map(|outcome| outcome.map(|o| o.auctions as f64)).collect::<Float64Array>()),
    ];
    let in_year = |outcome: &Outcome, year: i32| outcome.years.iter().position(|y| *y == year);
    for year in &shape.years {
        for metric in 0..METRICS.len() {
            let value = |o: Option<&Outcome>| {
                o.and_then(|o| Some(o.yearly[in_year(o, *year)?][metric])).filter(|x| !x.is_nan())
            };
            table.push(Arc::new(outcomes().map(value).collect::<Float64Array>()));
        }
    }
    for of in [|o: &Outcome, y: usize| o.lorenz[y].clone(), |o: &Outcome, y: usize| o.rank_size[y].clone()] {
        for year in &shape.years {
            let mut lists = ListBuilder::new(Float64Builder::new());
            for outcome in outcomes() {
                match outcome.and_then(|o| Some(of(o, in_year(o, *year)?))) {
                    Some(points) => lists.append_value(points.into_iter().map(Some)),
                    None => lists.append_null(),
                }
            }
            table.push(Arc::new(lists.finish()));
        }
    }
    encode("results", columns::results(shape), table, fingerprint)
}

/// Monthly values of some jobs, one row a job and month; a job that failed has no rows.
///
/// # Errors
/// [`StoreError::Encode`] when the table cannot be put together.
pub fn series_parquet(fingerprint: &str, results: &[Finished]) -> Result<Vec<u8>, StoreError> {
    let rows: Vec<(u64, usize, &Outcome)> = results
        .iter()
        .filter_map(|row| Some((row.job, row.outcome.as_ref().ok()?)))
        .flat_map(|(job, outcome)| (0..outcome.months.len()).map(move |month| (job, month, outcome)))
        .collect();
    let date = |(_, month, outcome): &(u64, usize, &Outcome)| {
        (outcome.months[*month].first_day() + UNIX_EPOCH_DAYS) as i32
    };
    let mut table: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|(job, ..)| *job as i64))),
        Arc::new(Date32Array::from_iter_values(rows.iter().map(date))),
    ];
    for metric in (0..METRICS.len()).filter(|metric| METRICS[*metric].monthly) {
        let values = rows.iter().map(|(_, month, outcome)| outcome.monthly[*month][metric]);
        table.push(Arc::new(Float64Array::from_iter_values(values)));
    }
    encode("series", columns::series(), table, fingerprint)
}

/// Names of the variants of jobs.
fn names<'a>(design: &Design, jobs: impl Iterator<Item = &'a Job>) -> ArrayRef {
    let name = |job: &Job| design.variants.get(job.variant as usize).map(|variant| variant.name.as_str());
    Arc::new(jobs.map(name).collect::<StringArray>())
}

/// Whole numbers; R has none without sign, so those beyond its range wrap, which seeds may do.
fn whole(numbers: impl Iterator<Item = Option<u64>>) -> ArrayRef {
    Arc::new(numbers.map(|number| number.map(|number| number as i64)).collect::<Int64Array>())
}

fn encode(
    what: &'static str,
    schema: Schema,
    table: Vec<ArrayRef>,
    fingerprint: &str,
) -> Result<Vec<u8>, StoreError> {
    let failed = |reason: String| StoreError::Encode { what, reason };
    let batch = RecordBatch::try_new(Arc::new(schema), table).map_err(|error| failed(error.to_string()))?;
    let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(|error| failed(error.to_string()))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_key_value_metadata(Some(vec![KeyValue::new(DESIGN_KEY.to_owned(), fingerprint.to_owned())]))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties))
        .map_err(|error| failed(error.to_string()))?;
    writer.write(&batch).map_err(|error| failed(error.to_string()))?;
    writer.into_inner().map_err(|error| failed(error.to_string()))
}
