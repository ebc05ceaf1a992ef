//! From outcomes to a summary: means and quantiles over replications, each with its Monte Carlo error.

use std::collections::BTreeMap;

use super::ensemble::{Ensemble, Plan};
use super::summary::{Curve, Estimate, LawTotals, Summary, TargetCheck, Work};
use crate::metrics::{LORENZ_POINTS, METRICS, RANKS, index_of};
use crate::scenario::{FACTS, Scenario, facts};
use crate::stats;

/// What the intervals of a single parameter set hold.
const CHANCE_ONLY: &str =
    "Intervals hold chance only, at one parameter set: parameter uncertainty is not in them.";
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

/// Sums up an ensemble.
pub fn summarise(scenario: &Scenario, plan: &Plan, ensemble: &Ensemble) -> Summary {
    let outcomes = &ensemble.outcomes;
    let mut metrics = BTreeMap::new();
    let mut monthly = BTreeMap::new();
    let mut paths = BTreeMap::new();
    let mut lorenz = BTreeMap::new();
    let mut rank_size = BTreeMap::new();
    if let Some(first) = outcomes.first() {
        for (m, metric) in METRICS.iter().enumerate() {
            let mut by_year = BTreeMap::new();
            for (y, year) in first.years.iter().enumerate() {
                let values: Vec<f64> = outcomes.iter().map(|o| o.yearly[y][m]).collect();
                if let Some(e) = estimate(&values) {
                    by_year.insert(year.to_string(), e);
                }
            }
            metrics.insert(metric.name.to_owned(), by_year);
            if metric.monthly {
                let mut by_month = BTreeMap::new();
                for (k, month) in first.months.iter().enumerate() {
                    let values: Vec<f64> = outcomes.iter().map(|o| o.monthly[k][m]).collect();
                    if let Some(e) = estimate(&values) {
                        by_month.insert(month.to_string(), e);
                    }
                }
                monthly.insert(metric.name.to_owned(), by_month);
            }
        }
        if let Some(m) = index_of("market_total_usd") {
            let some =
                outcomes.iter().take(PATHS).map(|o| o.monthly.iter().map(|row| row[m]).collect()).collect();
            paths.insert("market_total_usd".to_owned(), some);
        }
        for (y, year) in first.years.iter().enumerate() {
            let grid = (0..LORENZ_POINTS).map(|j| j as f64 / (LORENZ_POINTS - 1) as f64).collect();
            lorenz.insert(year.to_string(), curve(grid, outcomes.iter().map(|o| &o.lorenz[y])));
            let ranks = RANKS.iter().map(|r| *r as f64).collect();
            rank_size.insert(year.to_string(), curve(ranks, outcomes.iter().map(|o| &o.rank_size[y])));
        }
    }
    Summary {
        schema: "bidcast/summary/1".into(),
        scenario: scenario.name().to_owned(),
        seed: plan.seed,
        replications: outcomes.len() as u64,
        planned: plan.replications,
        interrupted: ensemble.interrupted,
        uncertainty: CHANCE_ONLY.into(),
        targets: targets(&metrics),
        metrics,
        monthly,
        lorenz,
        rank_size,
        paths,
        laws: LawTotals {
            checked: outcomes.iter().map(|o| o.laws_checked).sum(),
            violated: outcomes.iter().map(|o| o.laws_violated).sum(),
        },
        work: Work {
            events: outcomes.iter().map(|o| o.events).sum(),
            auctions: outcomes.iter().map(|o| o.auctions as f64).sum(),
        },
    }
}

fn curve<'a>(x: Vec<f64>, rows: impl Iterator<Item = &'a Vec<f64>>) -> Curve {
    let rows: Vec<&Vec<f64>> = rows.collect();
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
