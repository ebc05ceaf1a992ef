//! One metric of two scenarios in one period: how far they are apart, how well that is known, what sharing was worth.

use super::layout::{Alike, Layout, deviations};
use super::result::{Difference, Level, Measured, MonthlyDifference, RunsNeeded};
use crate::stats::{self, Interval, MeansOfPairs};

/// Probability that an interval holds what it is for.
pub(super) const LEVEL: f64 = 0.95;
/// Precision that is aimed at, relative to the reference.
const ONE_PERCENT: f64 = 0.01;
/// Differences of equal numbers differ by rounding: by so many units in the last place, and less is no variation.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Where a scenario lies; `None` when a value is no number.
pub(super) fn level(layout: &Layout, values: &[f64]) -> Option<Level> {
    let mut sorted = numbers(values)?.to_vec();
    sorted.sort_by(f64::total_cmp);
    let p50 = stats::quantile(&sorted, 0.5)?;
    let p50_mcse = match layout.alike {
        Alike::None => stats::quantile_mcse(&sorted, 0.5)?,
        // The share of pairs below has an error like any mean; the quantiles at that distance are as far apart.
        _ => {
            let below: Vec<f64> = values.iter().map(|value| f64::from(u8::from(*value <= p50))).collect();
            let reach = layout.error(&below);
            let at = |p: f64| stats::quantile(&sorted, p.clamp(0.0, 1.0));
            (at(0.5 + reach)? - at(0.5 - reach)?) / 2.0
        }
    };
    Some(Level { mean: stats::mean(values)?, mcse: layout.error(values), p50, p50_mcse })
}

/// A scenario against the reference in a year; `None` when a value is no number, such as growth in the first year.
pub(super) fn difference(layout: &Layout, reference: &[f64], scenario: &[f64]) -> Option<Difference> {
    let (a, b) = (numbers(reference)?, numbers(scenario)?);
    let of_pairs = differences(a, b);
    let (measured, critical) = mean_difference(layout, &of_pairs)?;
    let variances = [a, b, &of_pairs].map(|values| layout.variance(values).variance.max(0.0));
    let [base_variance, scenario_variance, change_variance] = variances;
    let largest = a.iter().chain(b).fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let n = layout.n_pairs as f64;
    let varies = (change_variance * n).sqrt() > ROUNDING * largest;
    let means = MeansOfPairs {
        base: stats::mean(a)?,
        change: measured.value,
        base_variance,
        change_variance,
        covariance: layout.covariance(a, &of_pairs),
    };
    let relative = means.relative(critical).map(|relative| {
        let Interval { low, high } = relative.interval;
        Measured { value: relative.value, mcse: relative.standard_error, low, high }
    });
    let independent_variance = base_variance + scenario_variance;
    let reduction = varies.then(|| independent_variance / change_variance);
    let runs = |half_width: f64| {
        let needed = |variance: f64| {
            stats::mean_runs_needed((variance * n).sqrt(), half_width, LEVEL).map(|runs| runs as u64)
        };
        RunsNeeded { pairs: needed(change_variance), independent: needed(independent_variance) }
    };
    Some(Difference {
        reference: level(layout, a)?,
        scenario: level(layout, b)?,
        difference: measured,
        relative,
        correlation: correlation(a, b),
        variance_reduction: reduction,
        variance_reduction_mcse: reduction.and_then(|reduction| reduction_error(layout, a, b, reduction)),
        identical: a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()),
        above: above(layout, &of_pairs)?,
        equal_pairs: of_pairs.iter().filter(|d| d.total_cmp(&0.0).is_eq()).count() as u64,
        for_one_percent: runs(ONE_PERCENT * means.base.abs()),
        for_half_width: runs((measured.high - measured.low) / 4.0),
    })
}

/// A scenario against the reference in a month; `None` when a value is no number.
pub(super) fn monthly_difference(
    layout: &Layout,
    reference: &[f64],
    scenario: &[f64],
) -> Option<MonthlyDifference> {
    let (a, b) = (numbers(reference)?, numbers(scenario)?);
    let (difference, _) = mean_difference(layout, &differences(a, b))?;
    Some(MonthlyDifference { reference: stats::mean(a)?, difference })
}

/// Values that are all there and all numbers.
pub(super) fn numbers(values: &[f64]) -> Option<&[f64]> {
    (!values.is_empty() && values.iter().all(|x| x.is_finite())).then_some(values)
}

/// Scenario − reference, pair by pair.
pub(super) fn differences(reference: &[f64], scenario: &[f64]) -> Vec<f64> {
    reference.iter().zip(scenario).map(|(a, b)| b - a).collect()
}

/// The mean with Student's interval, and the critical value of that.
fn mean_difference(layout: &Layout, of_pairs: &[f64]) -> Option<(Measured, f64)> {
    let found = layout.variance(of_pairs);
    let (value, mcse) = (stats::mean(of_pairs)?, found.variance.max(0.0).sqrt());
    let critical = stats::student_critical(LEVEL, found.freedom)?;
    let Interval { low, high } = Interval::around(value, critical * mcse);
    Some((Measured { value, mcse, low, high }, critical))
}

/// Correlation over pairs; `None` when either does not vary.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    stats::paired(a, b, LEVEL)?.correlation.map(|rho| rho.clamp(-1.0, 1.0))
}

/// Standard error of the variance reduction, by the delta method.
///
/// With U_g the sums of deviations over what is independent (pairs, or draws with all their replications), the reduction
/// is Σ(U_a² + U_b²)/ΣU_d², and its logarithm moves with each term by (U_a² + U_b²)/Σ(…) − U_d²/Σ(…). `None` when draws and
/// replications are crossed: there is nothing independent to sum over.
fn reduction_error(layout: &Layout, a: &[f64], b: &[f64], reduction: f64) -> Option<f64> {
    let sums = |values: &[f64]| -> Option<Vec<f64>> {
        let u = deviations(values);
        match &layout.alike {
            Alike::None => Some(u),
            Alike::Groups(groups) => Some(groups.iter().map(|g| g.iter().map(|&i| u[i]).sum()).collect()),
            Alike::Crossed { .. } => None,
        }
    };
    let (a, b) = (sums(a)?, sums(b)?);
    let apart: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a * a + b * b).collect();
    let together: Vec<f64> = a.iter().zip(&b).map(|(a, b)| (b - a).powi(2)).collect();
    let (whole_apart, whole_together) = (apart.iter().sum::<f64>(), together.iter().sum::<f64>());
    let influence = apart.iter().zip(&together).map(|(x, y)| (x / whole_apart - y / whole_together).powi(2));
    Some(reduction * influence.sum::<f64>().sqrt()).filter(|error| error.is_finite())
}

/// How often the scenario lies above, with Wilson's interval for as many pairs as are independent.
fn above(layout: &Layout, of_pairs: &[f64]) -> Option<Measured> {
    let indicators: Vec<f64> = of_pairs.iter().map(|d| f64::from(u8::from(*d > 0.0))).collect();
    let value = stats::mean(&indicators)?;
    let n = layout.effective_pairs(&indicators);
    let hits = (value * n as f64).round() as usize;
    let Interval { low, high } = stats::wilson(hits, n, LEVEL)?;
    // A share of few effective pairs is rounded: the interval must hold what was found all the same.
    Some(Measured { value, mcse: layout.error(&indicators), low: low.min(value), high: high.max(value) })
}

#[cfg(test)]
mod tests;
