//! Parquet parts read back, a few columns at a time: what is held grows with the columns asked for, not with the results.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::write::DESIGN_KEY;
use crate::store::StoreError;

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Number of the job.
    pub job: u64,
    /// `ok`, or the kind of failure.
    pub status: String,
    /// Why it failed.
    pub error: Option<String>,
}

/// Numbers of one column, part after part; NaN where there is none.
///
/// # Errors
/// As [`read_columns`].
pub fn read_column(parts: &[PathBuf], name: &str) -> Result<Vec<f64>, StoreError> {
    Ok(read_columns(parts, &[name])?.remove(0))
}

/// Numbers of some columns (dates as days from 1970-01-01), in the order of the names, part after part; NaN where there is none.
///
/// # Errors
/// [`StoreError::Io`] for a file that cannot be read, [`StoreError::Part`] for one that is damaged or lacks a column.
pub fn read_columns(parts: &[PathBuf], names: &[&str]) -> Result<Vec<Vec<f64>>, StoreError> {
    let mut columns = vec![Vec::new(); names.len()];
    for path in parts {
        for batch in batches(path, names)? {
            for (column, name) in columns.iter_mut().zip(names) {
                append(&batch, name, column).ok_or_else(|| no_column(path, name))?;
            }
        }
    }
    Ok(columns)
}

/// A column of lists, part after part; none where a job has no list.
///
/// # Errors
/// As [`read_columns`].
pub fn read_curves(parts: &[PathBuf], name: &str) -> Result<Vec<Option<Vec<f64>>>, StoreError> {
    let mut curves = Vec::new();
    for path in parts {
        for batch in batches(path, &[name])? {
            let lists = batch.column_by_name(name).and_then(|column| column.as_list_opt::<i32>());
            let lists = lists.ok_or_else(|| no_column(path, name))?;
            for list in lists.iter() {
                let points = |list: ArrayRef| Some(list.as_primitive_opt::<Float64Type>()?.values().to_vec());
                let curve = list.map(|list| points(list).ok_or_else(|| no_column(path, name)));
                curves.push(curve.transpose()?);
            }
        }
    }
    Ok(curves)
}

/// How the jobs of some parts of `results` ended.
///
/// # Errors
/// As [`read_columns`].
pub fn read_status(parts: &[PathBuf]) -> Result<Vec<Status>, StoreError> {
    let mut found = Vec::new();
    for path in parts {
        for batch in batches(path, &["job_id", "status", "error"])? {
            let text =
                |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            let jobs =
                batch.column_by_name("job_id").and_then(|column| column.as_primitive_opt::<Int64Type>());
            let (Some(jobs), Some(status), Some(errors)) = (jobs, text("status"), text("error")) else {
                return Err(no_column(path, "job_id, status or error"));
            };
            for row in 0..batch.num_rows() {
                found.push(Status {
                    job: jobs.value(row) as u64,
                    status: status.value(row).to_owned(),
                    error: (!errors.is_null(row)).then(|| errors.value(row).to_owned()),
                });
            }
        }
    }
    Ok(found)
}

/// Fingerprint of the design that a file belongs to; none when it is not ours.
pub(super) fn design_of(path: &Path) -> Result<Option<String>, StoreError> {
    let builder = open(path)?;
    let pairs = builder.metadata().file_metadata().key_value_metadata();
    Ok(pairs.into_iter().flatten().find(|pair| pair.key == DESIGN_KEY).and_then(|pair| pair.value.clone()))
}

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, StoreError> {
    let file = File::open(path).map_err(StoreError::io("read", path))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged(path))
}

fn damaged<E: ToString>(path: &Path) -> impl Fn(E) -> StoreError {
    let path = path.to_owned();
    move |error| StoreError::Part { path: path.clone(), reason: error.to_string() }
}

fn no_column(path: &Path, name: &str) -> StoreError {
    damaged(path)(format!("it has no column `{name}` of the right type"))
}

fn batches(path: &Path, names: &[&str]) -> Result<Vec<RecordBatch>, StoreError> {
    let builder = open(path)?;
    // By place: names of parameters have points in them, which a mask by name takes for the path of a nested column.
    let fields = builder.parquet_schema().root_schema().get_fields();
    let places =
        fields.iter().enumerate().filter(|(_, field)| names.contains(&field.name())).map(|(place, _)| place);
    let mask = ProjectionMask::roots(builder.parquet_schema(), places);
    let reader = builder.with_projection(mask).build().map_err(damaged(path))?;
    reader.collect::<Result<_, _>>().map_err(damaged(path))
}

fn append(batch: &RecordBatch, name: &str, to: &mut Vec<f64>) -> Option<()> {
    let column = batch.column_by_name(name)?;
    if let Some(numbers) = column.as_primitive_opt::<Float64Type>() {
        to.extend(numbers.iter().map(|number| number.unwrap_or(f64::NAN)));
    } else if let Some(days) = column.as_primitive_opt::<Date32Type>() {
        to.extend(days.iter().map(|day| day.map_or(f64::NAN, f64::from)));
    } else {
        let whole = column.as_primitive_opt::<Int64Type>()?;
        to.extend(whole.iter().map(|number| number.map_or(f64::NAN, |number| number as f64)));
    }
    Some(())
}
