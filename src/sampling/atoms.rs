//! Distributions on finitely many values: given with weights, or a sample as it is.

/// Values in ascending order with the probability of each and of all up to it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Atoms {
    values: Vec<f64>,
    probabilities: Vec<f64>,
    cumulative: Vec<f64>,
}

impl Atoms {
    /// Takes pairs of a value and a positive weight, in any order; weights need not sum to 1. Equal values are joined.
    pub(super) fn new(mut pairs: Vec<(f64, f64)>) -> Self {
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut joined: Vec<(f64, f64)> = Vec::with_capacity(pairs.len());
        for (value, weight) in pairs {
            match joined.last_mut() {
                Some((last, sum)) if !(value > *last) => *sum += weight,
                _ => joined.push((value, weight)),
            }
        }
        let total: f64 = joined.iter().map(|(_, weight)| weight).sum();
        let mut so_far = 0.0;
        let mut cumulative: Vec<f64> = joined
            .iter()
            .map(|(_, weight)| {
                so_far += weight;
                // Dividing the sum, and not summing quotients, keeps k equal weights of n at k/n.
                so_far / total
            })
            .collect();
        if let Some(last) = cumulative.last_mut() {
            *last = 1.0;
        }
        Self {
            values: joined.iter().map(|(value, _)| *value).collect(),
            probabilities: joined.iter().map(|(_, weight)| weight / total).collect(),
            cumulative,
        }
    }

    /// The smallest value whose cumulative probability reaches `u`.
    pub(super) fn quantile(&self, u: f64) -> f64 {
        let place = self.cumulative.partition_point(|&sum| sum < u).min(self.values.len().saturating_sub(1));
        self.values.get(place).copied().unwrap_or(f64::NAN)
    }

    /// Probability of values up to `x`.
    pub(super) fn cdf(&self, x: f64) -> f64 {
        match self.values.partition_point(|&value| value <= x) {
            0 => 0.0,
            count => self.cumulative[count - 1],
        }
    }

    /// Sum of values up to `x`, each times its probability.
    pub(super) fn partial_mean(&self, x: f64) -> f64 {
        let pairs = self.values.iter().zip(&self.probabilities);
        pairs.take_while(|(value, _)| **value <= x).map(|(value, probability)| value * probability).sum()
    }

    /// The smallest and the largest value.
    pub(super) fn support(&self) -> (f64, f64) {
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        (end(self.values.first()), end(self.values.last()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_proportion_to_their_weights() {
        let atoms = Atoms::new(vec![(5.0, 3.0), (1.0, 1.0), (2.0, 4.0), (5.0, 2.0)]);
        let n = 1_000;
        let draws: Vec<f64> = (0..n).map(|k| atoms.quantile((f64::from(k) + 0.5) / f64::from(n))).collect();
        let count = |value: f64| draws.iter().filter(|&&x| (x - value).abs() < 1e-12).count();
        assert_eq!((count(1.0), count(2.0), count(5.0)), (100, 400, 500));
        assert!((atoms.partial_mean(f64::INFINITY) - 3.4).abs() < 1e-15);
        assert!((atoms.partial_mean(2.0) - 0.9).abs() < 1e-15);
        assert_eq!(atoms.support(), (1.0, 5.0));
    }

    #[test]
    fn a_sample_is_given_back_each_value_at_its_own_rank() {
        let atoms = Atoms::new([3.0, 1.0, 2.0, 10.0, 7.0, 4.0].map(|x| (x, 1.0)).to_vec());
        for x in [1.0, 2.0, 3.0, 4.0, 7.0, 10.0] {
            assert!((atoms.quantile(atoms.cdf(x)) - x).abs() < 1e-15);
        }
        assert!(atoms.cdf(0.9).abs() < 1e-15 && (atoms.cdf(6.9) - 4.0 / 6.0).abs() < 1e-15);
    }
}
