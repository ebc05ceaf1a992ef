//! An interval for an unknown number, and the critical values that most intervals are made with.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Degrees of freedom from which Student's t is expanded around the normal distribution.
const EXPANDED_FROM: usize = 500;

/// An interval, both ends in the unit of what is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The interval that reaches equally far to both sides of a number.
    pub fn around(centre: f64, half_width: f64) -> Self {
        Self { low: centre - half_width, high: centre + half_width }
    }

    /// Half of its width.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Whether a number lies within it, the ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// Standard deviations to both sides of the mean that hold `level` of a normal distribution, such as 1.96 for 0.95.
///
/// `None` unless the level lies strictly between 0 and 1.
pub fn normal_critical(level: f64) -> Option<f64> {
    (level > 0.0 && level < 1.0).then(|| Normal::standard().inverse_cdf(0.5 + level / 2.0))
}

/// The same for Student's t with `freedom` degrees of freedom, such as 2.36 for 0.95 and 7.
///
/// `None` also without a degree of freedom.
pub fn student_critical(level: f64, freedom: usize) -> Option<f64> {
    if freedom == 0 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    if freedom > EXPANDED_FROM {
        // The inverse of the incomplete beta function is slow there, and the expansion is right to 1e-9 (Abramowitz &
        // Stegun 26.7.5).
        let (z, freedom) = (normal_critical(level)?, freedom as f64);
        let square = z * z;
        let second = z * ((5.0 * square + 16.0) * square + 3.0) / (96.0 * freedom * freedom);
        return Some(z + z * (square + 1.0) / (4.0 * freedom) + second);
    }
    let student = StudentsT::new(0.0, 1.0, freedom as f64).ok()?;
    Some(student.inverse_cdf(0.5 + level / 2.0)).filter(|t| t.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_are_those_of_the_tables() {
        let near = |found: Option<f64>, expected: f64| found.is_some_and(|t| (t - expected).abs() < 5e-5);
        assert!(near(normal_critical(0.95), 1.959_96));
        assert!(near(normal_critical(0.8), 1.281_55));
        // Abramowitz & Stegun, table 26.10.
        assert!(near(student_critical(0.95, 1), 12.7062));
        assert!(near(student_critical(0.95, 7), 2.364_62));
        assert!(near(student_critical(0.99, 15), 2.946_71));
        assert!(near(student_critical(0.95, 1_000_000), 1.959_97));
        let steps = [500, 501].map(|freedom| student_critical(0.999, freedom).unwrap());
        assert!((0.0..4e-5).contains(&(steps[0] - steps[1])), "{steps:?}");
    }

    #[test]
    fn levels_that_are_none_have_no_critical_value() {
        for level in [0.0, 1.0, -0.5, f64::NAN] {
            assert_eq!(normal_critical(level), None);
            assert_eq!(student_critical(level, 5), None);
        }
        assert_eq!(student_critical(0.95, 0), None);
    }

    #[test]
    fn intervals_hold_their_ends() {
        let interval = Interval::around(3.0, 2.0);
        assert!(interval.contains(1.0) && interval.contains(5.0) && !interval.contains(5.1));
        assert!((interval.half_width() - 2.0).abs() < 1e-15);
    }
}
