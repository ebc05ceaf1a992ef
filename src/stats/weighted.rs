//! Quantiles of a sample whose values count differently much.

/// An ascending sample with weights, ready to be asked for quantiles.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedSample {
    values: Vec<f64>,
    /// Where each value stands between 0 and 1.
    positions: Vec<f64>,
}

impl WeightedSample {
    /// Takes values in ascending order, each with its weight; those of weight zero are left out.
    ///
    /// `None` without any weight, with a negative one, or with values that are not in order.
    ///
    /// # Formula
    ///
    /// The k-th of n values stands at S_k/S_n, S_k = (k − 1) w_k + (n − 1) Σ_{i<k} w_i; between two values it is
    /// interpolated linearly. With equal weights this is (k − 1)/(n − 1), type 7 of Hyndman and Fan.
    ///
    /// # Source
    ///
    /// The weighted percentile of J. Andrews (`wprctile`), which is type 7 with weights; S_k does not fall, since
    /// S_{k+1} − S_k = k w_{k+1} + (n − k) w_k.
    pub fn try_new(ascending: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let (mut values, mut weights) = (Vec::new(), Vec::new());
        for (value, weight) in ascending {
            if !(weight >= 0.0 && weight.is_finite()) || values.last().is_some_and(|last| !(*last <= value)) {
                return None;
            }
            if weight > 0.0 {
                values.push(value);
                weights.push(weight);
            }
        }
        let last = values.len().checked_sub(1)?;
        let mut below = 0.0;
        let mut positions = Vec::with_capacity(values.len());
        for (k, weight) in weights.iter().enumerate() {
            positions.push(k as f64 * weight + last as f64 * below);
            below += weight;
        }
        let whole = positions[last];
        if whole > 0.0 {
            positions.iter_mut().for_each(|position| *position /= whole);
        }
        Some(Self { values, positions })
    }

    /// The quantile; `None` when `p` is not within 0..=1.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        if !(0.0..=1.0).contains(&p) {
            return None;
        }
        let above = self.positions.partition_point(|position| *position < p);
        let Some(below) = above.checked_sub(1) else { return self.values.first().copied() };
        let Some(high) = self.values.get(above) else { return self.values.last().copied() };
        let (low, from, to) = (self.values[below], self.positions[below], self.positions[above]);
        // Equal neighbours are not subtracted: what is interpolated between them is what they are.
        Some(if low < *high { low + (p - from) / (to - from) * (high - low) } else { low })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{on_grid, quantile};

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-12)
    }

    #[test]
    fn equal_weights_are_type_7() {
        let values = [15.0, 20.0, 35.0, 40.0, 50.0];
        let sample = WeightedSample::try_new(values.map(|value| (value, 0.2))).unwrap();
        for p in [0.0, 0.05, 0.3, 0.4, 0.5, 0.77, 1.0] {
            assert!(near(sample.quantile(p), quantile(&values, p).unwrap()), "{p}");
        }
    }

    #[test]
    fn weights_shift_quantiles_as_masses_do() {
        // Three quarters of the mass uniform on (0, 1), a quarter on (1, 2): the CDF is ¾x, then ¾ + ¼(x − 1).
        let half = on_grid(2_000, |u| u).into_iter().map(|x| (x, 3.0));
        let sample =
            WeightedSample::try_new(half.chain(on_grid(2_000, |u| 1.0 + u).into_iter().map(|x| (x, 1.0))));
        let sample = sample.unwrap();
        for (p, expected) in [(0.3, 0.4), (0.6, 0.8), (0.9, 1.6)] {
            let found = sample.quantile(p).unwrap();
            assert!((found - expected).abs() < 1e-3, "{p}: {found}");
        }
    }

    #[test]
    fn what_has_no_weight_is_not_there() {
        let sample = WeightedSample::try_new([(1.0, 0.0), (2.0, 1.0), (3.0, 0.0), (4.0, 1.0)]).unwrap();
        assert!(
            near(sample.quantile(0.0), 2.0)
                && near(sample.quantile(0.5), 3.0)
                && near(sample.quantile(1.0), 4.0)
        );
        assert_eq!(WeightedSample::try_new([(7.0, 0.1)]).unwrap().quantile(0.3), Some(7.0));
    }

    #[test]
    fn what_is_no_weighted_sample() {
        assert_eq!(WeightedSample::try_new([(1.0, 0.0)]), None);
        assert_eq!(WeightedSample::try_new([(1.0, -1.0), (2.0, 3.0)]), None);
        assert_eq!(WeightedSample::try_new([(2.0, 1.0), (1.0, 1.0)]), None);
        assert_eq!(WeightedSample::try_new([(f64::NAN, 1.0), (1.0, 1.0)]), None);
        assert_eq!(WeightedSample::try_new([(1.0, 1.0)]).unwrap().quantile(f64::NAN), None);
    }
}
