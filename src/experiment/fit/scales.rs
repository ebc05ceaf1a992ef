//! Targets and moments on the scales of the fit, for methods that know no transforms: what is relative becomes a difference.

use crate::calibration::{CalibrationError, Observable, Target, Transform};

/// Columns of the moments that have a target.
pub(super) struct Scales {
    columns: Vec<(usize, Transform)>,
    targets: Vec<Target>,
}

impl Scales {
    /// Those of some observables.
    ///
    /// # Errors
    /// A target that is not finite, or has no place on its scale.
    pub(super) fn of(observables: &[Observable]) -> Result<Self, CalibrationError> {
        let mut found = Self { columns: Vec::new(), targets: Vec::new() };
        for (column, seen) in observables.iter().enumerate() {
            if let Some(target) = seen.scaled(column)? {
                found.columns.push((column, seen.transform));
                found.targets.push(target);
            }
        }
        Ok(found)
    }

    /// Targets on their scales.
    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Moments of a run on the scales of their targets, NaN where there is no such place: the run failed.
    pub(super) fn row(&self, row: &[f64]) -> Vec<f64> {
        let on_scale = |&(column, transform): &(usize, Transform)| {
            row.get(column).and_then(|value| transform.apply(*value)).unwrap_or(f64::NAN)
        };
        self.columns.iter().map(on_scale).collect()
    }
}

/// Targets as they are, with their columns.
pub(super) fn raw_targets(observables: &[Observable]) -> Vec<(usize, Target)> {
    let each = observables.iter().enumerate();
    each.filter_map(|(column, seen)| seen.target.map(|target| (column, target))).collect()
}
