//! A straight line through noisy values at several levels, and Fieller's interval of where it meets a goal.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::stats::{Interval, mean, sample_sd, student_critical};

/// Significance at which levels refuse a line.
const REFUSED: f64 = 0.01;

/// A level and the values told at it.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) at: f64,
    pub(super) values: &'a [f64],
}

/// A straight line of least squares through what was told at some levels.
pub(super) struct Line {
    n: f64,
    /// Means of levels and of values, the latter less the goal.
    centre: (f64, f64),
    pub(super) slope: f64,
    /// Σ(x − x̄)² over values.
    squares: f64,
    /// Standard deviation of a value around the mean of its level, and its degrees of freedom.
    pub(super) sd: f64,
    freedom: usize,
    /// Squares of the means of levels around the line, and their degrees of freedom.
    misfit: f64,
    n_free: usize,
}

impl Line {
    /// `None` below two different levels with values.
    pub(super) fn through(levels: &[Told<'_>], goal: f64) -> Option<Self> {
        let told: Vec<(f64, f64, f64)> = levels
            .iter()
            .filter_map(|tried| Some((tried.values.len() as f64, tried.at, mean(tried.values)? - goal)))
            .collect();
        let n: f64 = told.iter().map(|level| level.0).sum();
        let sum = |of: &dyn Fn(f64, f64) -> f64| told.iter().map(|&(n, x, y)| n * of(x, y)).sum::<f64>();
        let centre = (sum(&|x, _| x) / n, sum(&|_, y| y) / n);
        let squares = sum(&|x, _| (x - centre.0).powi(2));
        let slope = sum(&|x, y| (x - centre.0) * (y - centre.1)) / squares;
        let misfit = sum(&|x, y| (y - centre.1 - slope * (x - centre.0)).powi(2));
        let (within, freedom) = levels.iter().fold((0.0, 0), |(within, freedom), tried| {
            let free = tried.values.len().saturating_sub(1);
            let sd = sample_sd(tried.values).unwrap_or_default();
            (within + free as f64 * sd * sd, freedom + free)
        });
        (told.len() > 1 && squares > 0.0 && freedom > 0).then(|| Self {
            n,
            centre,
            slope,
            squares,
            sd: (within / freedom as f64).sqrt(),
            freedom,
            misfit,
            n_free: told.len() - 2,
        })
    }

    /// Where it meets the goal.
    pub(super) fn root(&self) -> f64 {
        self.centre.0 - self.centre.1 / self.slope
    }

    /// Fieller's interval of the root; `None` when the slope could be nothing, or the levels refuse the line.
    pub(super) fn interval(&self, level: f64) -> Option<Interval> {
        if !(self.sd > 0.0) {
            return None;
        }
        // Two levels never refuse a line: they tell nothing of it.
        let law = ChiSquared::new(self.n_free as f64).ok()?;
        if law.sf(self.misfit / (self.sd * self.sd)) < REFUSED {
            return None;
        }
        let noise = (student_critical(level, self.freedom)? * self.sd).powi(2);
        let (slope, off) = (self.slope, self.centre.1);
        let leading = slope * slope - noise / self.squares;
        if !(leading > 0.0) {
            return None;
        }
        let root = (off * off * noise / self.squares + leading * noise / self.n).sqrt();
        let middle = self.centre.0 - slope * off / leading;
        Some(Interval::around(middle, root / leading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fieller_by_hand() {
        // Values -1 ± 1, 0 ± 1 and 1 ± 1 at -1, 0 and 1: slope 1, root 0, s² = 2 with 3 degrees of freedom, Σ(x − x̄)² = 4.
        // u² = t² s² (1/6 + u²/4) at t² s² = 2 t².
        let (low, middle, high) = ([-2.0, 0.0], [-1.0, 1.0], [0.0, 2.0]);
        let told = [(-1.0, &low), (0.0, &middle), (1.0, &high)].map(|(at, values)| Told { at, values });
        let line = Line::through(&told, 0.0).unwrap();
        assert!(
            (line.slope - 1.0).abs() < 1e-12
                && line.root().abs() < 1e-12
                && (line.sd - 2.0_f64.sqrt()).abs() < 1e-12
        );
        let square = 2.0 * student_critical(0.5, 3).unwrap().powi(2);
        let expected = (square / 6.0 / (1.0 - square / 4.0)).sqrt();
        assert!((line.interval(0.5).unwrap().half_width() - expected).abs() < 1e-12);
        // At 95 % the slope could be nothing, and the root anywhere.
        assert_eq!(line.interval(0.95), None);
    }

    #[test]
    fn two_levels_and_bends_make_no_interval() {
        let (low, high) = ([-1.1, -0.9], [0.9, 1.1]);
        let two = [Told { at: -1.0, values: &low }, Told { at: 1.0, values: &high }];
        assert_eq!(Line::through(&two, 0.0).unwrap().interval(0.95), None);
        assert!(Line::through(&two[..1], 0.0).is_none());
        let bent = [two[0], Told { at: 0.0, values: &low }, two[1]];
        assert_eq!(Line::through(&bent, 0.0).unwrap().interval(0.5), None);
    }
}
