//! A study on disk: its design, and its results part by part, as Parquet that pandas, polars, DuckDB and R read without us.
//!
//! | file | content |
//! |---|---|
//! | `study.json` | what is asked of the study, and who began it |
//! | `config.resolved.toml` | the configuration; of several scenarios `config/00.resolved.toml`, … |
//! | `design.parquet` | one row a job: variant, draw, replication, values of the parameters |
//! | `results/part-00000.parquet` | one row a job: whether it ended well, every metric of every year, curves |
//! | `series/part-00000.parquet` | one row a job and month: every monthly metric |
//! | `failures.jsonl` | one line for each job that failed, with the command that repeats it |
//!
//! A part of `results` is written last, whole and once: where it stands, its jobs are done.

mod cache;
mod columns;
mod diff;
mod execute;
mod folder;
mod inspect;
mod prune;
mod read;
mod record;
mod results;
mod rounds;
mod write;

pub use cache::Cache;
pub use columns::Shape;
pub use diff::{Compared, Difference, RunDifference, compare_runs};
pub use execute::{ExecuteError, How, Shard, execute, known_or_run, to_run};
pub use folder::{Begun, PART_JOBS, StudyFolder};
pub use inspect::{Inspection, PartState, SummaryState, inspect};
pub use prune::{Disposable, Keep, cached, dispose, left_among_runs, left_in_cache, too_much};
pub use read::{Status, read_column, read_columns, read_curves, read_status};
pub use results::StudyResults;
pub use rounds::{BegunRounds, RoundsFolder};
pub use write::{design_parquet, results_parquet, series_parquet};
