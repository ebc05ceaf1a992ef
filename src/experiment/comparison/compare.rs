//! From results of several scenarios to a comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use super::difference::{LEVEL, difference, monthly_difference};
use super::failure::ComparisonError;
use super::layout::{Layout, Pair};
use super::mixture::{Pool, mixed};
use super::result::{Against, Comparison, Difference, Mixture, Warning};
use super::weights::{Weights, WeightsError};
use crate::experiment::Columns;
use crate::metrics::METRICS;

/// Metrics that are read together: a few columns of all scenarios are in memory at a time.
const AT_ONCE: usize = 8;
/// A variance reduction below this saves so few runs that pairing is hardly worth its mention.
const LEAST_REDUCTION: f64 = 1.2;
/// What the intervals hold.
const CHANCE_ONLY: &str =
    "Intervals hold chance only, at one parameter set: parameter uncertainty is not in them.";
const WITH_PARAMETERS: &str =
    "Intervals are of means over draws of the parameters and chance; both are shared by all scenarios.";

/// Results of one scenario.
#[derive(Debug)]
pub struct Side<'a, C: ?Sized> {
    /// Name of the scenario.
    pub name: &'a str,
    /// What each of its results is a result of, in the order of the columns.
    pub pairs: &'a [Pair],
    /// The results.
    pub columns: &'a C,
}

/// Pairs that all scenarios have: what a study that was stopped, or in which a run failed, can be compared by.
pub fn complete_pairs<'a>(scenarios: impl IntoIterator<Item = &'a [Pair]>) -> BTreeSet<Pair> {
    let sets = scenarios.into_iter().map(|pairs| pairs.iter().copied().collect::<BTreeSet<Pair>>());
    sets.reduce(|all, own| &all & &own).unwrap_or_default()
}

/// Holds all other scenarios against the first, and mixes them by `weights`.
///
/// All sides have the same pairs in the same order; what is not a number in some pair (growth in the first year) is left
/// out, as in a summary.
///
/// # Errors
/// Fewer than two scenarios or pairs, two scenarios of one name, pairs that are incomplete, repeated or in another order,
/// columns of another shape, weights of other scenarios, and a column that cannot be had.
pub fn compare<C>(
    seed: u64,
    sides: &[Side<'_, C>],
    weights: Option<&Weights>,
) -> Result<Comparison, ComparisonError<C::Error>>
where
    C: Columns + ?Sized,
    C::Error: Error + 'static,
{
    let layout = check(sides)?;
    let reference = &sides[0];
    // The mixture is summed in the order of names, whatever the order given.
    let mut order: Vec<usize> = (0..sides.len()).collect();
    order.sort_by_key(|&side| sides[side].name);
    let names: Vec<&str> = order.iter().map(|&side| sides[side].name).collect();
    let ordered_weights = weights.map(|weights| in_order(weights, &names)).transpose()?;
    let (years, months) = (texts(&reference.columns.years()), texts(&reference.columns.months()));
    let mut against: Vec<Against> = sides[1..]
        .iter()
        .map(|side| Against {
            scenario: side.name.to_owned(),
            metrics: BTreeMap::new(),
            monthly: BTreeMap::new(),
        })
        .collect();
    let mut mixtures = BTreeMap::new();
    for from in (0..METRICS.len()).step_by(AT_ONCE) {
        let group = from..(from + AT_ONCE).min(METRICS.len());
        let yearly = read(sides, years.len(), |columns| columns.yearly(group.clone()))?;
        let monthly = read(sides, months.len(), |columns| columns.monthly(group.clone()))?;
        for (place, metric) in METRICS[group].iter().enumerate() {
            for (side, against) in against.iter_mut().enumerate() {
                let of_years = by_period(&years, |year| {
                    difference(&layout, &yearly[0][place][year], &yearly[side + 1][place][year])
                });
                against.metrics.insert(metric.name.to_owned(), of_years);
                if metric.monthly {
                    let of_months = by_period(&months, |month| {
                        monthly_difference(
                            &layout,
                            &monthly[0][place][month],
                            &monthly[side + 1][place][month],
                        )
                    });
                    against.monthly.insert(metric.name.to_owned(), of_months);
                }
            }
            if let Some(weights) = &ordered_weights {
                let of_years = by_period(&years, |year| {
                    let columns = order.iter().map(|&side| yearly[side][place][year].as_slice()).collect();
                    let reference = order.iter().position(|&side| side == 0)?;
                    mixed(&Pool::of(&layout, columns, reference)?, &names, weights)
                });
                mixtures.insert(metric.name.to_owned(), of_years);
            }
        }
    }
    Ok(Comparison {
        schema: "bidcast/comparison/1".into(),
        seed,
        level: LEVEL,
        reference: reference.name.to_owned(),
        pairs: layout.n_pairs as u64,
        draws: layout.n_draws as u64,
        replications: layout.n_replications as u64,
        uncertainty: if layout.n_draws > 1 { WITH_PARAMETERS } else { CHANCE_ONLY }.into(),
        warnings: warnings(&layout, &against),
        against,
        mixture: weights.map(|weights| Mixture { weights: weights.by_name().clone(), metrics: mixtures }),
    })
}

/// Refuses what cannot be paired, and says how the pairs hang together.
fn check<C>(sides: &[Side<'_, C>]) -> Result<Layout, ComparisonError<C::Error>>
where
    C: Columns + ?Sized,
    C::Error: Error + 'static,
{
    let Some(reference) = sides.first().filter(|_| sides.len() > 1) else {
        return Err(ComparisonError::TooFew { found: sides.len() });
    };
    let shape = (reference.columns.years(), reference.columns.months());
    for (place, side) in sides.iter().enumerate() {
        let scenario = side.name.to_owned();
        if sides[..place].iter().any(|other| other.name == side.name) {
            return Err(ComparisonError::SameName { name: scenario });
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = side.pairs.iter().find(|pair| !seen.insert(**pair)) {
            let Pair { draw, replication } = *twice;
            return Err(ComparisonError::Repeated { scenario, draw, replication });
        }
        let longest = side.pairs.len().max(reference.pairs.len());
        if let Some(at) = (0..longest).find(|&at| side.pairs.get(at) != reference.pairs.get(at)) {
            return Err(unpaired(reference, side, at));
        }
        let fits = side.columns.replications() == side.pairs.len() as u64;
        if !fits || (side.columns.years(), side.columns.months()) != shape {
            return Err(ComparisonError::Shape { scenario });
        }
    }
    match reference.pairs.len() {
        found @ (0 | 1) => Err(ComparisonError::TooFewPairs { found }),
        _ => Ok(Layout::of(reference.pairs)),
    }
}

/// The pair that one of two scenarios lacks at the first place where they differ.
fn unpaired<C: Columns<Error: Error + 'static> + ?Sized>(
    reference: &Side<'_, C>,
    side: &Side<'_, C>,
    at: usize,
) -> ComparisonError<C::Error> {
    // What the reference has there and the other does not; failing that, what only the other has.
    let (scenario, pair) = match (reference.pairs.get(at), side.pairs.get(at)) {
        (Some(pair), Some(other)) if side.pairs.contains(pair) && !reference.pairs.contains(other) => {
            (reference.name, *other)
        }
        (Some(pair), _) => (side.name, *pair),
        (None, other) => (reference.name, other.copied().unwrap_or(Pair { draw: 0, replication: 0 })),
    };
    ComparisonError::Unpaired {
        scenario: scenario.to_owned(),
        draw: pair.draw,
        replication: pair.replication,
    }
}

fn in_order(weights: &Weights, names: &[&str]) -> Result<Vec<f64>, WeightsError> {
    if let Some(name) = weights.by_name().keys().find(|name| !names.contains(&name.as_str())) {
        let known = names.iter().map(|name| (*name).to_owned()).collect();
        return Err(WeightsError::Unknown { name: name.clone(), known });
    }
    let of = |name: &&str| weights.of(name).ok_or_else(|| WeightsError::Missing { name: (*name).to_owned() });
    names.iter().map(of).collect()
}

/// A few columns: `[metric][period][pair]`.
type Read = Vec<Vec<Vec<f64>>>;

/// A few columns of every scenario, as many values in each as there are pairs.
fn read<C>(
    sides: &[Side<'_, C>],
    n_periods: usize,
    of: impl Fn(&C) -> Result<Read, C::Error>,
) -> Result<Vec<Read>, ComparisonError<C::Error>>
where
    C: Columns + ?Sized,
    C::Error: Error + 'static,
{
    let one = |side: &Side<'_, C>| {
        let scenario = || side.name.to_owned();
        let columns =
            of(side.columns).map_err(|source| ComparisonError::Columns { scenario: scenario(), source })?;
        // A metric that is not reported by month has no months at all.
        let fits = columns.iter().all(|periods| {
            (periods.is_empty() || periods.len() == n_periods)
                && periods.iter().all(|values| values.len() == side.pairs.len())
        });
        if fits { Ok(columns) } else { Err(ComparisonError::Shape { scenario: scenario() }) }
    };
    sides.iter().map(one).collect()
}

fn texts<P: ToString>(periods: &[P]) -> Vec<String> {
    periods.iter().map(ToString::to_string).collect()
}

/// What is said of each period, without those of which nothing is.
fn by_period<T>(periods: &[String], of: impl Fn(usize) -> Option<T>) -> BTreeMap<String, T> {
    periods.iter().enumerate().filter_map(|(place, period)| Some((period.clone(), of(place)?))).collect()
}

fn warnings(layout: &Layout, against: &[Against]) -> Vec<Warning> {
    let mut warnings: Vec<Warning> =
        layout.shares_one_chance().then_some(Warning::OneChance).into_iter().collect();
    for against in against {
        // In the order of the registry, as everything that is printed.
        for metric in METRICS {
            let by_year = against.metrics.get(metric.name).into_iter().flatten();
            let weak = |(_, found): &(&String, &Difference)| {
                found.variance_reduction.is_some_and(|r| r < LEAST_REDUCTION)
            };
            warnings.extend(by_year.filter(weak).map(|(year, found)| Warning::WeakPairing {
                scenario: against.scenario.clone(),
                metric: metric.name.to_owned(),
                year: year.clone(),
                variance_reduction: found.variance_reduction.unwrap_or(f64::NAN),
            }));
        }
    }
    warnings
}
