//! Outcomes of a study by row of its design: replications averaged, blocks of rows kept whole.

use bidcast::experiment::Columns;
use bidcast::stats::mean;

use super::super::failure::Failure;
use super::super::folder::store_failure;
use super::super::outcomes::Target;
use super::super::study::Done;

/// A row of a design that is placed for a method.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Values of the parameters.
    pub(super) values: Vec<f64>,
    /// Number of its chance: rows of one number share theirs.
    pub(super) chance: u64,
}

/// Outcomes of blocks of which all runs are there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Blocks {
    /// Their numbers.
    pub(super) numbers: Vec<usize>,
    /// Mean outcome of each row, block after block.
    pub(super) outcomes: Vec<f64>,
    /// Variance between replications of a row; none without replications.
    pub(super) within: Option<f64>,
    /// Blocks of the design.
    pub(super) planned: usize,
}

/// Outcome of every job of a study; NaN for those that are not there.
///
/// # Errors
/// Results that cannot be read.
pub(super) fn by_job(done: &Done<'_>, target: Target) -> Result<Vec<f64>, Failure> {
    let results = done.results(|_| true)?;
    let mut values = vec![f64::NAN; done.design.jobs.len()];
    let Some(year) = results.years().iter().position(|year| *year == target.year) else { return Ok(values) };
    let columns = results.yearly(target.metric..target.metric + 1).map_err(store_failure)?;
    for (job, value) in results.jobs().iter().zip(&columns[0][year]) {
        values[*job as usize] = *value;
    }
    Ok(values)
}

/// Gathers values by job, `replications` for each row and `rows` rows for each block, into blocks.
pub(super) fn blocks(values: &[f64], rows: usize, replications: usize) -> Blocks {
    let size = rows * replications;
    let whole = |block: &[f64]| block.iter().all(|value| value.is_finite());
    let kept: Vec<(usize, &[f64])> =
        values.chunks_exact(size).enumerate().filter(|(_, block)| whole(block)).collect();
    let rows = || kept.iter().flat_map(|(_, block)| block.chunks_exact(replications));
    let outcomes: Vec<f64> = rows().filter_map(mean).collect();
    let squares: f64 = rows()
        .zip(&outcomes)
        .map(|(row, middle)| row.iter().map(|y| (y - middle).powi(2)).sum::<f64>())
        .sum();
    let freedom = outcomes.len() * (replications - 1);
    Blocks {
        numbers: kept.iter().map(|(number, _)| *number).collect(),
        within: (freedom > 0).then(|| squares / freedom as f64),
        planned: values.len() / size,
        outcomes,
    }
}

impl Blocks {
    /// What is said when blocks are missing.
    pub(super) fn left_out(&self, what: &str) -> Option<String> {
        let missing = self.planned - self.numbers.len();
        (missing > 0).then(|| format!("{missing} of {} {what} are not complete and left out.", self.planned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_kept_whole_and_replications_averaged() {
        let values = [1.0, 3.0, 5.0, 5.0, f64::NAN, 1.0, 2.0, 2.0, 7.0, 9.0, 4.0, 4.0];
        let found = blocks(&values, 2, 2);
        assert_eq!(found.numbers, [0, 2]);
        assert_eq!(found.outcomes, [2.0, 5.0, 8.0, 4.0]);
        // Sums of squares 2, 0, 2, 0 with one degree of freedom each.
        assert!(found.within.is_some_and(|within| (within - 1.0).abs() < 1e-12));
        assert!(found.left_out("blocks").is_some_and(|text| text.starts_with("1 of 3 blocks")));
        let single = blocks(&values[..4], 2, 1);
        assert_eq!((single.within, single.left_out("blocks")), (None, None));
    }
}
