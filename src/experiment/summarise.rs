//! From outcomes to a summary: means and quantiles over replications, each with its Monte Carlo error.

use std::collections::BTreeMap;

use super::columns::Columns;
use super::ensemble::{Ensemble, Plan};
use super::summary::{Curve, Estimate, Summary, TargetCheck};
use crate::metrics::{LORENZ_POINTS, METRICS, RANKS};
use crate::scenario::{FACTS, Scenario, facts};
use crate::stats;

/// What the intervals of a single parameter set hold.
const CHANCE_ONLY: &str =
    "Intervals hold chance only, at one parameter set: parameter uncertainty is not in them.";
/// Metric whose single replications are kept.
const PATHS_OF: &str = "market_total_usd";
/// Single replications kept to show what one future looks like.
const PATHS: usize = 5;

/// Distribution of `values` over replications; `None` when there is none or one is not a number.
pub fn estimate(values: &[f64]) -> Option<Estimate> {
    if values.is_empty() || values.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let q = |p: f64| stats::quantile(&sorted, p).unwrap_or(f64::NAN);
    let error = |p: f64| stats::quantile_mcse(&sorted, p);
    Some(Estimate {
        mean: stats::mean(values)?,
        mcse: stats::mcse(values),
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
    let Ok(summary) = summarise_columns(scenario, plan, ensemble.outcomes.as_slice(), ensemble.interrupted);
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
    interrupted: bool,
) -> Result<Summary, C::Error> {
    let (years, months) = (columns.years(), columns.months());
    let mut metrics = BTreeMap::new();
    let mut monthly = BTreeMap::new();
    let mut paths = BTreeMap::new();
    let some = columns.replications() > 0;
    for from in (0..METRICS.len()).step_by(AT_ONCE).filter(|_| some) {
        let group = from..(from + AT_ONCE).min(METRICS.len());
        let (by_year, by_month) = (columns.yearly(group.clone())?, columns.monthly(group.clone())?);
        for ((metric, by_year), by_month) in METRICS[group].iter().zip(by_year).zip(by_month) {
            metrics.insert(metric.name.to_owned(), estimates(&years, &by_year));
            if metric.monthly {
                monthly.insert(metric.name.to_owned(), estimates(&months, &by_month));
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
        lorenz.insert(year.to_string(), curve(grid, &columns.lorenz(y)?));
        let ranks = RANKS.iter().map(|r| *r as f64).collect();
        rank_size.insert(year.to_string(), curve(ranks, &columns.rank_size(y)?));
    }
    let (laws, work) = columns.totals()?;
    Ok(Summary {
        schema: "bidcast/summary/1".into(),
        scenario: scenario.name().to_owned(),
        seed: plan.seed,
        replications: columns.replications(),
        planned: plan.replications,
        interrupted,
        uncertainty: CHANCE_ONLY.into(),
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
fn estimates<P: ToString>(periods: &[P], values: &[Vec<f64>]) -> BTreeMap<String, Estimate> {
    let known = periods.iter().zip(values).filter_map(|(period, x)| Some((period.to_string(), estimate(x)?)));
    known.collect()
}

fn curve(x: Vec<f64>, rows: &[Vec<f64>]) -> Curve {
    let mut result = Curve { x, ..Curve::default() };
    for k in 0..result.x.len() {
        let values: Vec<f64> = rows.iter().map(|row| row[k]).collect();
        if let Some(e) = estimate(&values) {
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
