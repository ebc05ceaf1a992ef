//! From outcomes to a summary: means and quantiles over replications, each with its Monte Carlo error.

use std::collections::BTreeMap;

use super::columns::Columns;
use super::discrepancy::Discrepancy;
use super::ensemble::{Ensemble, Plan};
use super::summary::{Curve, Draws, Estimate, Split, Summary, TargetCheck};
use crate::metrics::{LORENZ_POINTS, METRICS, RANKS, index_of};
use crate::rng::Streams;
use crate::scenario::{FACTS, Scenario, facts};
use crate::stats;
use crate::units::Month;

/// What the intervals of a single parameter set hold.
const CHANCE_ONLY: &str =
    "Intervals hold chance only, at one parameter set: parameter uncertainty is not in them.";
/// Metric whose single replications are kept.
const PATHS_OF: &str = "market_total_usd";
/// Metric whose sizes a rank-size curve shows.
const SIZES: &str = "iap_usd";
/// Single replications kept to show what one future looks like.
const PATHS: usize = 5;

/// Resamples behind the interval of a split.
const RESAMPLES: usize = 400;
/// Names the stream of those resamples.
const RESAMPLED_DRAWS: u64 = 0x5355_4D4D_0001;
/// The most replications of a draw that are ever advised.
const MOST_REPLICATIONS: usize = 16;
/// Level of that interval.
const LEVEL: f64 = 0.95;

/// How replications hang together when parameters were drawn for them.
#[derive(Debug, Clone, PartialEq)]
pub struct Nesting {
    /// How parameters were drawn.
    pub draws: Draws,
    /// Draw that each replication belongs to, in the order of the columns.
    pub draw: Vec<u32>,
    /// Number of each replication's job, in the same order.
    pub jobs: Vec<u64>,
    /// What the model leaves out, when that is to be in the figures.
    pub discrepancy: Option<Discrepancy>,
}

impl Nesting {
    /// Randomization that each replication belongs to.
    pub fn groups(&self) -> Vec<u32> {
        self.draw.iter().map(|draw| self.draws.drawing.randomization(*draw)).collect()
    }

    /// Puts what the model leaves out on figures of a metric by year.
    fn move_years(&self, metric: usize, years: &[i32], values: &mut [Vec<f64>]) {
        let Some(discrepancy) = &self.discrepancy else { return };
        for (year, values) in years.iter().zip(values) {
            discrepancy.year(&self.jobs, metric, *year, values);
        }
    }

    /// Puts what the model leaves out of the size of the market on the sizes of its apps; their shares stay the model's own.
    fn move_sizes(&self, year: i32, sizes: &mut [Vec<f64>]) {
        let mut factors = vec![1.0; sizes.len()];
        if let (Some(discrepancy), Some(metric)) = (&self.discrepancy, index_of(SIZES)) {
            discrepancy.year(&self.jobs, metric, year, &mut factors);
        }
        for (sizes, factor) in sizes.iter_mut().zip(factors) {
            sizes.iter_mut().for_each(|size| *size *= factor);
        }
    }

    /// Puts what the model leaves out on figures of a metric by month.
    fn move_months(&self, metric: usize, months: &[Month], values: &mut [Vec<f64>]) {
        let Some(discrepancy) = &self.discrepancy else { return };
        for (month, values) in months.iter().zip(values) {
            discrepancy.months(&self.jobs, metric, &[*month], values);
        }
    }
}

/// Distribution of `values` over replications; `None` when there is none or one is not a number.
pub fn estimate(values: &[f64]) -> Option<Estimate> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let error = |p: f64| stats::quantile_mcse(&sorted, p);
    distribution(values, &sorted, stats::mcse(values), error)
}

/// As [`estimate`], of values of which only those of different groups are independent: errors are those between groups.
fn estimate_grouped(values: &[f64], groups: &[u32]) -> Option<Estimate> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let of = |estimand| stats::grouped_mcse(estimand, values, groups);
    let error = |p: f64| of(stats::Estimand::Quantile(p));
    distribution(values, &sorted, of(stats::Estimand::Mean), error)
}

fn distribution(
    values: &[f64],
    sorted: &[f64],
    mcse: Option<f64>,
    error: impl Fn(f64) -> Option<f64>,
) -> Option<Estimate> {
    if values.is_empty() || values.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let q = |p: f64| stats::quantile(sorted, p).unwrap_or(f64::NAN);
    Some(Estimate {
        mean: stats::mean(values)?,
        mcse,
        p2_5: q(0.025),
        p10: q(0.1),
        p25: q(0.25),
        p50: q(0.5),
        p75: q(0.75),
        p90: q(0.9),
        p97_5: q(0.975),
        p50_mcse: error(0.5),
        p10_mcse: error(0.1),
        p90_mcse: error(0.9),
        sd: stats::sample_sd(values),
    })
}

/// Metrics that are read together: a few columns of all replications are in memory at a time.
const AT_ONCE: usize = 8;

/// Sums up an ensemble.
pub fn summarise(scenario: &Scenario, plan: &Plan, ensemble: &Ensemble) -> Summary {
    let outcomes = ensemble.outcomes.as_slice();
    let Ok(summary) = summarise_columns(scenario, plan, outcomes, None, ensemble.interrupted);
    summary
}

/// Sums up results, wherever they are.
///
/// # Errors
/// A column that cannot be had.
pub fn summarise_columns<C: Columns + ?Sized>(
    scenario: &Scenario,
    plan: &Plan,
    columns: &C,
    nesting: Option<&Nesting>,
    interrupted: bool,
) -> Result<Summary, C::Error> {
    let groups = nesting.map(Nesting::groups);
    let estimate_of = |values: &[f64]| match &groups {
        Some(groups) => estimate_grouped(values, groups),
        None => estimate(values),
    };
    let (years, months) = (columns.years(), columns.months());
    let mut metrics = BTreeMap::new();
    let mut monthly = BTreeMap::new();
    let mut paths = BTreeMap::new();
    let mut split = BTreeMap::new();
    let some = columns.replications() > 0;
    for from in (0..METRICS.len()).step_by(AT_ONCE).filter(|_| some) {
        let group = from..(from + AT_ONCE).min(METRICS.len());
        let (by_year, by_month) = (columns.yearly(group.clone())?, columns.monthly(group.clone())?);
        for ((at, by_year), mut by_month) in group.zip(by_year).zip(by_month) {
            let metric = &METRICS[at];
            let mut moved = by_year.clone();
            if let Some(nesting) = nesting {
                nesting.move_years(at, &years, &mut moved);
                nesting.move_months(at, &months, &mut by_month);
                let all = years.iter().zip(by_year.iter().zip(&moved));
                let known = all.filter_map(|(year, (own, moved))| {
                    Some((year.to_string(), split_of(own, moved, &nesting.draw, plan.seed)?))
                });
                let known: BTreeMap<String, Split> = known.collect();
                if !known.is_empty() {
                    split.insert(metric.name.to_owned(), known);
                }
            }
            metrics.insert(metric.name.to_owned(), estimates(&years, &moved, &estimate_of));
            if metric.monthly {
                monthly.insert(metric.name.to_owned(), estimates(&months, &by_month, &estimate_of));
            }
            if metric.name == PATHS_OF {
                let n = by_month.first().map_or(0, Vec::len).min(PATHS);
                let path = |k: usize| by_month.iter().map(|values| values[k]).collect::<Vec<f64>>();
                paths.insert(metric.name.to_owned(), (0..n).map(path).collect());
            }
        }
    }
    let mut lorenz = BTreeMap::new();
    let mut rank_size = BTreeMap::new();
    for (y, year) in years.iter().enumerate().filter(|_| some) {
        let grid = (0..LORENZ_POINTS).map(|j| j as f64 / (LORENZ_POINTS - 1) as f64).collect();
        lorenz.insert(year.to_string(), curve(grid, &columns.lorenz(y)?, &estimate_of));
        let ranks = RANKS.iter().map(|r| *r as f64).collect();
        let mut sizes = columns.rank_size(y)?;
        if let Some(nesting) = nesting {
            nesting.move_sizes(*year, &mut sizes);
        }
        rank_size.insert(year.to_string(), curve(ranks, &sizes, &estimate_of));
    }
    let (laws, work) = columns.totals()?;
    Ok(Summary {
        schema: "bidcast/summary/1".into(),
        scenario: scenario.name().to_owned(),
        seed: plan.seed,
        replications: columns.replications(),
        planned: plan.replications,
        interrupted,
        failed: 0,
        draws: nesting.map(|nesting| nesting.draws),
        uncertainty: nesting.map_or_else(|| CHANCE_ONLY.into(), doubt),
        posterior: None,
        split,
        probabilities: Vec::new(),
        stopping: None,
        targets: targets(&metrics),
        metrics,
        monthly,
        lorenz,
        rank_size,
        paths,
        laws,
        work,
    })
}

/// Distribution of each period's values, by the period as text.
fn estimates<P: ToString>(
    periods: &[P],
    values: &[Vec<f64>],
    of: &dyn Fn(&[f64]) -> Option<Estimate>,
) -> BTreeMap<String, Estimate> {
    let known = periods.iter().zip(values).filter_map(|(period, x)| Some((period.to_string(), of(x)?)));
    known.collect()
}

/// What the intervals of drawn parameters hold.
fn doubt(nesting: &Nesting) -> String {
    let Draws { draws, parameters, .. } = nesting.draws;
    if nesting.discrepancy.is_some() {
        return format!(
            "Intervals hold chance, the doubt about {parameters} parameters ({draws} draws; what is not among them is held fixed) \
             and what the model leaves out."
        );
    }
    format!(
        "Intervals hold chance and the doubt about {parameters} parameters, {draws} draws; what is not among them is held fixed, \
         and what the model leaves out is not in them."
    )
}

/// Where the variance of values comes from, each of the draw that stands beside it: `moved` are the values with what the model
/// leaves out.
fn split_of(values: &[f64], moved: &[f64], draw: &[u32], seed: u64) -> Option<Split> {
    if values.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let (own, all) = (stats::sample_sd(values)?, stats::sample_sd(moved)?);
    // What the model leaves out is independent of draws and chance, so that variances add.
    let within = if all > 0.0 { (own / all).powi(2) } else { 1.0 };
    let mut by_draw: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (value, draw) in values.iter().zip(draw) {
        by_draw.entry(*draw).or_default().push(*value);
    }
    let by_draw: Vec<Vec<f64>> = by_draw.into_values().collect();
    let found = stats::variance_split(&by_draw)?;
    let mut stream = Streams::new(seed, 0).open(RESAMPLED_DRAWS, 0, 0);
    let interval = stats::split_intervals(&by_draw, RESAMPLES, LEVEL, &mut stream)?.parameter_share;
    Some(Split {
        parameters: within * found.parameter_share()?,
        low: within * interval.low,
        high: within * interval.high,
        model: 1.0 - within,
        best_replications: found.best_replications(MOST_REPLICATIONS) as u64,
    })
}

fn curve(x: Vec<f64>, rows: &[Vec<f64>], of: &dyn Fn(&[f64]) -> Option<Estimate>) -> Curve {
    let mut result = Curve { x, ..Curve::default() };
    for k in 0..result.x.len() {
        let values: Vec<f64> = rows.iter().map(|row| row[k]).collect();
        if let Some(e) = of(&values) {
            result.p10.push(e.p10);
            result.p50.push(e.p50);
            result.p90.push(e.p90);
            result.p50_mcse.extend(e.p50_mcse);
        }
    }
    result
}

/// Published facts beside the model; facts that no metric speaks of, or that were not simulated, are left out.
fn targets(metrics: &BTreeMap<String, BTreeMap<String, Estimate>>) -> Vec<TargetCheck> {
    // The embedded table is proven readable by a test; were it not, there would be nothing to compare with.
    let Ok(facts) = facts(FACTS) else { return Vec::new() };
    facts
        .into_iter()
        .filter_map(|fact| {
            let e = metrics.get(&fact.metric)?.get(&fact.year)?;
            let deviation = if fact.sd_kind == "abs" { e.p50 - fact.value } else { e.p50 / fact.value - 1.0 };
            Some(TargetCheck {
                id: fact.id,
                quantity: fact.quantity,
                metric: fact.metric,
                period: fact.period,
                year: fact.year,
                value: fact.value,
                bound: fact.bound,
                role: fact.role,
                sd_kind: fact.sd_kind,
                median: e.p50,
                median_mcse: e.p50_mcse,
                deviation,
                source: fact.source,
            })
        })
        .collect()
}
