//! From values to pixels, and where an axis has its ticks.

/// A mapping of values to pixels, linear or logarithmic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
    log: bool,
    /// Distance of the ticks, where the range was chosen to end on them.
    step: Option<f64>,
}

impl Scale {
    /// Maps `low..high` to the pixels `start..end`. An empty or senseless range is widened to one that can be drawn.
    pub(crate) fn linear(low: f64, high: f64, start: f64, end: f64) -> Self {
        let (low, high) = if low.is_finite() && high.is_finite() && high > low {
            (low, high)
        } else {
            let middle = if low.is_finite() { low } else { 0.0 };
            let half = if middle.abs() > 0.0 { middle.abs() * 0.1 } else { 1.0 };
            (middle - half, middle + half)
        };
        Self { low, high, start, end, log: false, step: None }
    }

    /// A linear scale that shows all values and ends on ticks, about `wanted` of them, so that the grid closes the plot.
    ///
    /// With `from_zero` zero is in it, which honest heights need; otherwise the range hugs the values.
    pub(crate) fn around(
        values: impl IntoIterator<Item = f64>,
        from_zero: bool,
        wanted: usize,
        (start, end): (f64, f64),
    ) -> Self {
        let (low, high, step) = round_range(values, from_zero, wanted);
        Self { step: Some(step), ..Self::linear(low, high, start, end) }
    }

    /// As [`Scale::linear`] with equal ratios equally long; both ends must be positive.
    pub(crate) fn log(low: f64, high: f64, start: f64, end: f64) -> Self {
        let (low, high) = if low > 0.0 && high.is_finite() && high > low { (low, high) } else { (1.0, 10.0) };
        Self { low, high, start, end, log: true, step: None }
    }

    /// Pixel of a value. Values outside the range lie outside the pixels.
    pub(crate) fn pixel(&self, value: f64) -> f64 {
        let part = if self.log {
            (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.start + part * (self.end - self.start)
    }

    /// Whether a value lies in the range.
    pub(crate) fn holds(&self, value: f64) -> bool {
        let slack = 1e-9 * (self.high - self.low);
        value >= self.low - slack && value <= self.high + slack
    }

    /// About `wanted` round values in the range.
    pub(crate) fn ticks(&self, wanted: usize) -> Vec<f64> {
        if self.log { self.log_ticks(wanted) } else { self.linear_ticks(wanted) }
    }

    fn linear_ticks(&self, wanted: usize) -> Vec<f64> {
        let step = self.step.unwrap_or_else(|| round_step((self.high - self.low) / wanted.max(1) as f64));
        let first = (self.low / step - 1e-9).ceil();
        let last = (self.high / step + 1e-9).floor();
        let n = (last - first).clamp(0.0, 1000.0) as usize;
        (0..=n).map(|i| (first + i as f64) * step).collect()
    }

    /// 1-2-5 of every decade, or whole decades when those are already many.
    fn log_ticks(&self, wanted: usize) -> Vec<f64> {
        let decades = (self.low.log10().floor() as i32)..=(self.high.log10().ceil() as i32);
        let of = |digits: &[f64], every: i32| -> Vec<f64> {
            decades
                .clone()
                .filter(|d| d.rem_euclid(every) == 0)
                .flat_map(|d| digits.iter().map(move |digit| digit * 10f64.powi(d)))
                .filter(|v| self.holds(*v))
                .collect()
        };
        let fine = of(&[1.0, 2.0, 5.0], 1);
        if fine.len() <= wanted {
            return fine;
        }
        (1..).map(|every| of(&[1.0], every)).find(|t| t.len() <= wanted.max(2)).unwrap_or_default()
    }
}

/// An axis covers at least this share of its level.
const NARROWEST: f64 = 0.02;

/// Ends and step of a range that shows all values and ends on multiples of the step.
fn round_range(values: impl IntoIterator<Item = f64>, from_zero: bool, wanted: usize) -> (f64, f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.into_iter().filter(|v| v.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    if low > high {
        return (0.0, 1.0, 0.5);
    }
    if from_zero {
        low = low.min(0.0);
        high = high.max(0.0);
    }
    // An axis that hugs a nearly flat series would blow up noise into mountains, and one without height cannot be drawn.
    let level = high.abs().max(low.abs());
    if high - low <= NARROWEST * level {
        let half = if level > 0.0 { NARROWEST * level } else { 1.0 };
        (low, high) = (if from_zero { low } else { low - half }, high + half);
    }
    let step = round_step((high - low) / wanted.max(1) as f64);
    ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step, step)
}

/// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `rough`.
fn round_step(rough: f64) -> f64 {
    if !(rough > 0.0 && rough.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(rough.log10().floor());
    let digit =
        [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|d| d * power >= rough * (1.0 - 1e-9)).unwrap_or(10.0);
    digit * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_meet_their_ends() {
        let linear = Scale::linear(2.0, 4.0, 100.0, 300.0);
        assert!((linear.pixel(3.0) - 200.0).abs() < 1e-9);
        let log = Scale::log(1.0, 10_000.0, 0.0, 400.0);
        assert!((log.pixel(100.0) - 200.0).abs() < 1e-9);
        assert!(log.holds(1.0) && !log.holds(0.5));
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(Scale::linear(0.0, 500.0, 0.0, 1.0).ticks(5), [0.0, 100.0, 200.0, 300.0, 400.0, 500.0]);
        assert_eq!(Scale::log(1.0, 1000.0, 0.0, 1.0).ticks(4), [1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(Scale::log(1.0, 10.0, 0.0, 1.0).ticks(4), [1.0, 2.0, 5.0, 10.0]);
    }

    #[test]
    fn a_range_that_was_rounded_outwards_keeps_its_ticks() {
        let scale = Scale::around([-58.0, 110.0], true, 4, (0.0, 1.0));
        assert_eq!(scale.ticks(4), [-100.0, -50.0, 0.0, 50.0, 100.0, 150.0]);
    }

    #[test]
    fn ranges_survive_flat_empty_and_extreme_values() {
        assert_eq!(round_range([], true, 5), (0.0, 1.0, 0.5));
        assert_eq!(round_range([f64::NAN], false, 5), (0.0, 1.0, 0.5));
        for value in [0.0, 1e-300, 0.83, -5.0, 1e18] {
            for from_zero in [true, false] {
                let (low, high, step) = round_range([value], from_zero, 5);
                assert!(step > 0.0);
                assert!(low < high && low <= value && value <= high, "{value}: {low}..{high}");
            }
        }
        assert_eq!(round_range([210.0, 480.0], true, 5), (0.0, 500.0, 100.0));
    }
}
