//! Which inputs matter, from any table of runs that is there already: no design, no further runs.
//!
//! # Model
//!
//! Rows are put into cells of equal number by the size of one input. With N rows in B cells, SSB and SSW the sums of squares
//! of the outcome between and within cells, the first-order index is
//!
//! S = (SSB − (B − 1) MSW) / (SSB + SSW), MSW = SSW/(N − B),
//!
//! the share of the variance of the mean given the input, with the part that chance makes between cells taken off. What
//! inputs do within a cell is missed: of a straight line 1/B² for a uniform input, and for a normal one, with its tails, 2 %
//! at 16 cells and 1 % at 32.
//!
//! Borgonovo's δ is the mean over cells of half the absolute difference between the distribution of the outcome in the cell
//! and that in all rows, in classes of equal number: 0 for an input that does not matter in any way, 1 at most. The counts
//! in the classes are noisy, which adds to δ; as the bootstrap adds it a second time, it is taken off by doubling the
//! estimate and subtracting the mean over resamples. That is right where δ is large; where there is nothing, about 0.05
//! is left whatever the number of rows between 2,000 and 20,000, which is what the floor is for.
//!
//! Dummies, inputs drawn here that cannot matter, go through the same mill: what is below the largest of them is noise.
//!
//! Inputs may depend on each other; an index then counts what an input tells, whether or not it is the cause.
//!
//! # Source
//!
//! E. Plischke, E. Borgonovo, C. L. Smith, *Global Sensitivity Measures from Given Data*, European Journal of Operational
//! Research 226 (2013); interval of a rank correlation: D. G. Bonett, T. A. Wright, *Sample Size Requirements for
//! Estimating Pearson, Kendall and Spearman Correlations*, Psychometrika 65 (2000). Dummies and numbers of cells are
//! judgement.

use super::shape::{ShapeError, columns, exactly, finite, level};
use crate::rng::Stream;
use crate::stats::{Interval, mean, normal_critical, normal_interval, resample_counts};

/// Fewest rows that tell anything.
const LEAST_ROWS: usize = 32;
/// Share of the rows at either end of an input whose mean outcome is shown.
const END: f64 = 0.1;

/// A number with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its interval; `None` without enough resamples.
    pub interval: Option<Interval>,
}

/// How to analyse a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GivenRule {
    /// Dummies that make the noise floor.
    pub n_dummies: usize,
    /// Bootstrap resamples; below 20 there are no intervals, without any δ keeps its noise.
    pub n_resamples: usize,
    /// Confidence level of the intervals.
    pub level: f64,
}

/// What one input says of the outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GivenInput {
    /// First-order index: share of the variance. Possibly negative.
    pub first: Estimate,
    /// Borgonovo's δ, 0..1 but for noise.
    pub delta: Estimate,
    /// Spearman's rank correlation, −1..1; 0 for an input that does not vary.
    pub spearman: Estimate,
    /// Mean outcome where the input is in its lowest tenth, in the unit of the outcome.
    pub mean_low: f64,
    /// Mean outcome where the input is in its highest tenth.
    pub mean_high: f64,
}

/// The largest that dummies reach; without dummies, 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoiseFloor {
    /// Of the first-order index.
    pub first: f64,
    /// Of δ.
    pub delta: f64,
    /// Of the size of the rank correlation.
    pub spearman: f64,
}

/// What a table says of an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Of each input, in order.
    pub inputs: Vec<GivenInput>,
    /// Below it lies noise.
    pub floor: NoiseFloor,
}

/// Asks a table, given as one column for each input, what drives an outcome.
///
/// # Errors
///
/// No inputs, fewer than 32 rows, columns of other lengths or with values that are not finite, an outcome that does not
/// vary, a level that is none.
pub fn given(
    inputs: &[&[f64]],
    outcome: &[f64],
    rule: &GivenRule,
    stream: &mut Stream,
) -> Result<Given, ShapeError> {
    let n = outcome.len();
    columns("input", inputs, n, LEAST_ROWS)?;
    exactly("rows of the outcome", inputs[0].len(), n)?;
    finite("outcome", outcome)?;
    level(rule.level)?;
    let centre = mean(outcome).unwrap_or_default();
    if outcome.iter().all(|y| y.total_cmp(&outcome[0]).is_eq()) {
        return Err(ShapeError::Constant);
    }
    let centred: Vec<f64> = outcome.iter().map(|y| y - centre).collect();
    let dummies: Vec<Vec<f64>> =
        (0..rule.n_dummies).map(|_| (0..n).map(|_| stream.unit()).collect()).collect();
    let all: Vec<&[f64]> = inputs.iter().copied().chain(dummies.iter().map(Vec::as_slice)).collect();

    let side = grid_side(n);
    let (order, ranks) = ranked(outcome);
    let table = Table { outcome: &centred, classes: cells(outcome, &order, side), n_classes: side };
    let split: Vec<Split> = all.iter().map(|input| Split::new(input, n, side)).collect();
    let once = vec![1.0; n];
    let whole: Vec<(f64, f64)> = split.iter().map(|split| table.measures(split, &once)).collect();
    let mut resampled = vec![(Vec::new(), Vec::new()); all.len()];
    for _ in 0..rule.n_resamples {
        let counts = resample_counts(n, stream);
        for (split, (first, delta)) in split.iter().zip(&mut resampled) {
            let found = table.measures(split, &counts);
            first.push(found.0);
            delta.push(found.1);
        }
    }
    let measured: Vec<GivenInput> = (0..all.len())
        .map(|i| {
            let (first, delta) = whole[i];
            let delta = mean(&resampled[i].1).map_or(delta, |again| 2.0 * delta - again);
            let (mean_low, mean_high) = ends(&split[i].order, outcome);
            GivenInput {
                first: Estimate {
                    value: first,
                    interval: normal_interval(first, &resampled[i].0, rule.level),
                },
                delta: Estimate {
                    value: delta,
                    interval: normal_interval(delta, &resampled[i].1, rule.level),
                },
                spearman: spearman(&split[i].ranks, &ranks, rule.level),
                mean_low,
                mean_high,
            }
        })
        .collect();
    let (real, dummies) = measured.split_at(inputs.len());
    let largest = |of: &dyn Fn(&GivenInput) -> f64| dummies.iter().map(of).fold(0.0, f64::max);
    let floor = NoiseFloor {
        first: largest(&|dummy| dummy.first.value),
        delta: largest(&|dummy| dummy.delta.value),
        spearman: largest(&|dummy| dummy.spearman.value.abs()),
    };
    Ok(Given { inputs: real.to_vec(), floor })
}

/// Cells of an input for the first-order index: enough to follow a bend, few enough to hold rows.
fn n_cells(n: usize) -> usize {
    ((n as f64).sqrt() / 2.0).round().clamp(4.0, 64.0) as usize
}

/// Cells of an input and classes of the outcome for δ: about thirty-two rows in each field.
fn grid_side(n: usize) -> usize {
    (n as f64 / 32.0).sqrt().round().clamp(2.0, 24.0) as usize
}

/// Rows by size, and the rank of each row from 1, equal values sharing their mean rank.
fn ranked(values: &[f64]) -> (Vec<usize>, Vec<f64>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    for tie in order.chunk_by(|&a, &b| values[a] >= values[b]) {
        let rank = from as f64 + (tie.len() + 1) as f64 / 2.0;
        tie.iter().for_each(|&row| ranks[row] = rank);
        from += tie.len();
    }
    (order, ranks)
}

/// Cell of each row, of about equal number; equal values lie in one cell, the one in which they begin.
fn cells(values: &[f64], order: &[usize], n_cells: usize) -> Vec<usize> {
    let mut cells = vec![0; values.len()];
    let mut from = 0;
    for tie in order.chunk_by(|&a, &b| values[a] >= values[b]) {
        tie.iter().for_each(|&row| cells[row] = from * n_cells / values.len());
        from += tie.len();
    }
    cells
}

/// One input, sorted and cut into cells.
struct Split {
    order: Vec<usize>,
    ranks: Vec<f64>,
    fine: Vec<usize>,
    n_fine: usize,
    coarse: Vec<usize>,
    n_coarse: usize,
}

impl Split {
    fn new(input: &[f64], n: usize, side: usize) -> Self {
        let (order, ranks) = ranked(input);
        let n_fine = n_cells(n);
        Self {
            fine: cells(input, &order, n_fine),
            n_fine,
            coarse: cells(input, &order, side),
            n_coarse: side,
            order,
            ranks,
        }
    }
}

/// The outcome, centred, and the class that each row falls in.
struct Table<'a> {
    outcome: &'a [f64],
    classes: Vec<usize>,
    n_classes: usize,
}

impl Table<'_> {
    /// First-order index and δ of the sample in which rows count so often.
    fn measures(&self, split: &Split, counts: &[f64]) -> (f64, f64) {
        let mut sums = vec![(0.0, 0.0); split.n_fine];
        let mut fields = vec![0.0; split.n_coarse * self.n_classes];
        let mut squares = 0.0;
        for (row, &count) in counts.iter().enumerate() {
            let y = self.outcome[row];
            let sum = &mut sums[split.fine[row]];
            *sum = (sum.0 + count, sum.1 + count * y);
            squares += count * y * y;
            fields[split.coarse[row] * self.n_classes + self.classes[row]] += count;
        }
        (first_order(&sums, squares), delta(&fields, self.n_classes))
    }
}

/// The index from number and sum of the outcome in each cell, and its sum of squares.
fn first_order(cells: &[(f64, f64)], squares: f64) -> f64 {
    let (n, sum) = cells.iter().fold((0.0, 0.0), |all, cell| (all.0 + cell.0, all.1 + cell.1));
    let held = cells.iter().filter(|cell| cell.0 > 0.0);
    let n_cells = held.clone().count() as f64;
    let whole = squares - sum * sum / n;
    let between = held.map(|cell| cell.1 * cell.1 / cell.0).sum::<f64>() - sum * sum / n;
    // Cells that hold one row each leave nothing to tell noise from effect.
    if !(n > n_cells && whole > 0.0) {
        return f64::NAN;
    }
    let noise = (whole - between) / (n - n_cells);
    (between - (n_cells - 1.0) * noise) / whole
}

/// δ from the number of rows in each field of cells and classes.
fn delta(fields: &[f64], n_classes: usize) -> f64 {
    let mut classes = vec![0.0; n_classes];
    for cell in fields.chunks_exact(n_classes) {
        classes.iter_mut().zip(cell).for_each(|(class, field)| *class += field);
    }
    let n: f64 = classes.iter().sum();
    let shift = |cell: &[f64]| {
        let held: f64 = cell.iter().sum();
        cell.iter().zip(&classes).map(|(field, class)| (field - class * held / n).abs()).sum::<f64>()
    };
    fields.chunks_exact(n_classes).map(shift).sum::<f64>() / (2.0 * n)
}

/// Correlation of ranks, with an interval on the scale of Fisher's z.
fn spearman(a: &[f64], b: &[f64], level: f64) -> Estimate {
    let n = a.len() as f64;
    let middle = (n + 1.0) / 2.0;
    let product =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum::<f64>();
    let scale = (product(a, a) * product(b, b)).sqrt();
    if !(scale > 0.0) {
        return Estimate { value: 0.0, interval: None };
    }
    let value = (product(a, b) / scale).clamp(-1.0, 1.0);
    let reach = normal_critical(level).map(|z| z * ((1.0 + value * value / 2.0) / (n - 3.0)).sqrt());
    let interval = reach.map(|reach| {
        let z = value.atanh();
        Interval { low: (z - reach).tanh(), high: (z + reach).tanh() }
    });
    Estimate { value, interval }
}

/// Mean outcome of the rows at both ends of an order.
fn ends(order: &[usize], outcome: &[f64]) -> (f64, f64) {
    let n = ((order.len() as f64 * END).round() as usize).max(1);
    let average = |rows: &[usize]| rows.iter().map(|&row| outcome[row]).sum::<f64>() / rows.len() as f64;
    (average(&order[..n]), average(&order[order.len() - n..]))
}

#[cfg(test)]
mod tests;
