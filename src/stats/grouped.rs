//! Errors of estimates from values of which only those of different groups are independent.

use std::collections::BTreeMap;

use super::moments::mcse;
use super::sequential::{Estimand, estimate};

/// Standard error of an estimate, from the spread of the estimates of single groups; `None` below two groups.
pub fn grouped_mcse(estimand: Estimand, values: &[f64], groups: &[u32]) -> Option<f64> {
    let mut by_group: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (value, group) in values.iter().zip(groups) {
        by_group.entry(*group).or_default().push(*value);
    }
    let of = |values: &Vec<f64>| estimate(estimand, values, 0.95).map(|(centre, _)| centre);
    mcse(&by_group.values().filter_map(of).collect::<Vec<f64>>())
}
