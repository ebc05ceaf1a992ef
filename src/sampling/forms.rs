//! Ways in which each family can be given: which fields belong together, and what is said when they do not.

use super::distribution_error::{DistributionError, listed};
use crate::diagnostic::nearest;

/// How a family can be given.
pub(super) struct Forms {
    family: &'static str,
    /// Sets of fields, one of which must be there.
    sets: &'static [&'static [&'static str]],
    /// Fields that stand beside two percentiles; nothing when percentiles are not taken.
    pub(super) percentiles: Option<&'static [&'static str]>,
    /// Fields that may be left out.
    pub(super) optional: &'static [&'static str],
}

const MEAN_SD: &[&str] = &["mean", "sd"];
const SHAPE_SCALE: &[&str] = &["shape", "scale"];
const BOUNDS: &[&str] = &["min", "max"];
const THREE: &[&str] = &["min", "mode", "max"];

/// Every family, simple ones first.
const FORMS: &[Forms] = &[
    Forms { family: "point", sets: &[&["value"]], percentiles: None, optional: &[] },
    Forms { family: "uniform", sets: &[BOUNDS], percentiles: Some(&[]), optional: &[] },
    Forms { family: "loguniform", sets: &[BOUNDS], percentiles: Some(&[]), optional: &[] },
    Forms { family: "normal", sets: &[MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms { family: "truncnormal", sets: &[MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms {
        family: "lognormal",
        sets: &[&["mu", "sigma"], &["median", "sigma"], MEAN_SD],
        percentiles: Some(&[]),
        optional: BOUNDS,
    },
    Forms { family: "triangular", sets: &[THREE], percentiles: None, optional: &[] },
    Forms { family: "pert", sets: &[THREE], percentiles: None, optional: &["shape"] },
    Forms { family: "beta", sets: &[&["alpha", "beta"], MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms { family: "gamma", sets: &[SHAPE_SCALE, MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms { family: "weibull", sets: &[SHAPE_SCALE, MEAN_SD], percentiles: Some(&[]), optional: BOUNDS },
    Forms {
        family: "student_t",
        sets: &[&["dof", "location", "scale"]],
        percentiles: Some(&["dof"]),
        optional: BOUNDS,
    },
    Forms { family: "discrete", sets: &[&["values", "weights"]], percentiles: None, optional: &[] },
    Forms { family: "empirical", sets: &[&["values"]], percentiles: None, optional: &[] },
    Forms { family: "mixture", sets: &[&["components"]], percentiles: None, optional: BOUNDS },
];

/// Probability that a name such as `p5` or `p97_5` stands for.
pub(super) fn percentile(name: &str) -> Option<f64> {
    let number = name.strip_prefix('p')?;
    let digits = |c: char| c.is_ascii_digit() || c == '_' || c == '.';
    if !number.starts_with(|c: char| c.is_ascii_digit()) || !number.chars().all(digits) {
        return None;
    }
    Some(number.replace('_', ".").parse::<f64>().ok()? / 100.0)
}

/// Names of all families.
pub(super) fn families() -> Vec<&'static str> {
    FORMS.iter().map(|forms| forms.family).collect()
}

impl Forms {
    pub(super) fn of(family: &str) -> Result<&'static Self, DistributionError> {
        FORMS.iter().find(|forms| forms.family == family).ok_or_else(|| {
            let known = || FORMS.iter().map(|forms| forms.family);
            let near = nearest(family, known());
            let near = if near.is_empty() { known().collect() } else { near };
            DistributionError::UnknownFamily { name: family.to_owned(), near }
        })
    }

    /// Names of all fields but percentiles.
    fn known(&self) -> Vec<&'static str> {
        let mut known: Vec<&str> = Vec::new();
        let all = self.sets.iter().copied().flatten().chain(self.percentiles.into_iter().flatten());
        for field in all.chain(self.optional) {
            if !known.contains(field) {
                known.push(field);
            }
        }
        known
    }

    /// The ways to give the family, one phrase each.
    fn phrases(&self) -> Vec<String> {
        let mut phrases: Vec<String> = self.sets.iter().map(|set| listed(set, "and")).collect();
        if let Some(beside) = self.percentiles {
            let two = "two percentiles such as `p5` and `p95`";
            phrases.push(if beside.is_empty() {
                two.to_owned()
            } else {
                format!("{} with {two}", listed(beside, "and"))
            });
        }
        phrases
    }

    /// Refuses fields that the family does not have, and sets of fields that are none of its ways.
    pub(super) fn check(&self, written: &[&str]) -> Result<(), DistributionError> {
        let known = self.known();
        let is_percentile = |name: &str| self.percentiles.is_some() && percentile(name).is_some();
        if let Some(stranger) = written.iter().find(|name| !known.contains(name) && !is_percentile(name)) {
            let mut all: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
            let near = nearest(stranger, known.iter().copied()).into_iter().map(str::to_owned).collect();
            if self.percentiles.is_some() {
                all.push("p5".to_owned());
            }
            let (family, field) = (self.family.to_owned(), (*stranger).to_owned());
            return Err(DistributionError::UnknownField { family, field, near, known: all });
        }
        let percentiles = written.iter().filter(|name| is_percentile(name)).count();
        let rest: Vec<&str> = written
            .iter()
            .copied()
            .filter(|name| !is_percentile(name) && !self.optional.contains(name))
            .collect();
        let is = |set: &[&str]| set.len() == rest.len() && set.iter().all(|name| rest.contains(name));
        let right = match percentiles {
            0 => self.sets.iter().any(|set| is(set)),
            2 => self.percentiles.is_some_and(is),
            _ => false,
        };
        let bounded = self.family != "truncnormal" || BOUNDS.iter().any(|name| written.contains(name));
        if right && bounded {
            return Ok(());
        }
        let forms = if right { vec!["`min`, `max` or both as well".to_owned()] } else { self.phrases() };
        Err(DistributionError::Fields {
            family: self.family.to_owned(),
            given: listed(written, "and"),
            forms,
        })
    }
}
