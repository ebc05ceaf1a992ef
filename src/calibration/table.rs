//! Runs of a model as calibration sees them: points in the unit cube, moments beside them, and which of them failed.

use serde::{Deserialize, Serialize};

use super::error::{CalibrationError, at_least, exactly};

/// Points of the unit cube with the moments that the model gave there.
///
/// A coordinate is the probability of the parameter's value under its prior, so that the prior is uniform on the cube.
/// A run that failed has no moments; it is counted and left out of every fit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    points: Vec<Vec<f64>>,
    moments: Vec<Option<Vec<f64>>>,
}

impl Table {
    /// Puts n points of p coordinates beside n rows of m moments; a row that holds anything but finite numbers failed.
    ///
    /// # Errors
    ///
    /// No rows, rows of different length, a coordinate outside the open unit interval.
    pub fn try_new(points: Vec<Vec<f64>>, moments: Vec<Vec<f64>>) -> Result<Self, CalibrationError> {
        at_least("points", 1, points.len())?;
        exactly("rows of moments", points.len(), moments.len())?;
        let (p, m) = (points[0].len(), moments[0].len());
        at_least("parameters", 1, p)?;
        at_least("moments", 1, m)?;
        for (row, point) in points.iter().enumerate() {
            exactly("parameters of a point", p, point.len())?;
            if let Some(parameter) = point.iter().position(|&u| !(u > 0.0 && u < 1.0)) {
                return Err(CalibrationError::OutsideCube { point: row, parameter, found: point[parameter] });
            }
        }
        moments.iter().try_for_each(|row| exactly("moments of a row", m, row.len()))?;
        let moments =
            moments.into_iter().map(|row| row.iter().all(|x| x.is_finite()).then_some(row)).collect();
        Ok(Self { points, moments })
    }

    /// Runs, failed ones included.
    pub fn n_runs(&self) -> usize {
        self.points.len()
    }

    /// Parameters.
    pub fn n_parameters(&self) -> usize {
        self.points.first().map_or(0, Vec::len)
    }

    /// Runs without moments.
    pub fn n_failed(&self) -> usize {
        self.moments.iter().filter(|row| row.is_none()).count()
    }

    /// Points and moments of the runs that succeeded, in order.
    pub fn usable(&self) -> impl Iterator<Item = (&[f64], &[f64])> {
        self.points
            .iter()
            .zip(&self.moments)
            .filter_map(|(point, row)| row.as_ref().map(|row| (point.as_slice(), row.as_slice())))
    }

    /// Adds the runs of another table behind its own.
    pub(super) fn extend(&mut self, other: &Self) {
        self.points.extend_from_slice(&other.points);
        self.moments.extend_from_slice(&other.moments);
    }

    /// All points in order.
    pub(super) fn points(&self) -> &[Vec<f64>] {
        &self.points
    }

    /// All rows of moments in order.
    pub(super) fn rows(&self) -> &[Option<Vec<f64>>] {
        &self.moments
    }
}

/// What is known of a moment of the world, in the unit of the moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What was observed.
    pub observed: f64,
    /// Standard error of the observation.
    pub sd_obs: f64,
    /// Standard deviation of what the model leaves out.
    pub sd_model: f64,
}

impl Target {
    /// Variance of observation and model together.
    pub fn variance(&self) -> f64 {
        self.sd_obs * self.sd_obs + self.sd_model * self.sd_model
    }

    /// A finite number with standard deviations that are not negative.
    pub(super) fn check(&self) -> Result<(), CalibrationError> {
        for (what, found) in [("sd_obs", self.sd_obs), ("sd_model", self.sd_model)] {
            super::error::setting(what, found, found >= 0.0 && found.is_finite(), "finite and not negative")?;
        }
        super::error::setting("observed", self.observed, self.observed.is_finite(), "a finite number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_hold_no_number_failed_and_are_left_out() {
        let points = vec![vec![0.5], vec![0.2], vec![0.3]];
        let moments = vec![vec![1.0, 2.0], vec![f64::NAN, 2.0], vec![1.0, f64::INFINITY]];
        let table = Table::try_new(points, moments).unwrap();
        assert_eq!((table.n_runs(), table.n_failed(), table.n_parameters()), (3, 2, 1));
        assert_eq!(table.usable().collect::<Vec<_>>(), [(&[0.5][..], &[1.0, 2.0][..])]);
        let again: Table = serde_json::from_str(&serde_json::to_string(&table).unwrap()).unwrap();
        assert_eq!(again, table);
    }

    #[test]
    fn tables_that_do_not_fit_together_are_refused_with_a_hint() {
        let refused = [
            Table::try_new(vec![], vec![]),
            Table::try_new(vec![vec![0.5]], vec![]),
            Table::try_new(vec![vec![1.0]], vec![vec![1.0]]),
            Table::try_new(vec![vec![f64::NAN]], vec![vec![1.0]]),
            Table::try_new(vec![vec![0.5], vec![0.5, 0.5]], vec![vec![1.0], vec![1.0]]),
            Table::try_new(vec![vec![0.5], vec![0.5]], vec![vec![1.0], vec![]]),
        ];
        for table in refused {
            assert!(!table.unwrap_err().hint().is_empty());
        }
    }
}
