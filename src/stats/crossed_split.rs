//! Where the variance comes from when all draws of the parameters are run under the same chances.
//!
//! # Model
//!
//! Draw i under chance j gives y = μ + aᵢ + cⱼ + eᵢⱼ: a of variance σ_A² is what the parameters do, c of variance σ_C² what
//! a chance does to all draws alike, e of variance σ_E² what it does to some and not to others. With n draws, m chances and
//! the mean squares of the two-way table,
//!
//! σ_E² = MS_E, σ_A² = (MS_A − MS_E)/m, σ_C² = (MS_C − MS_E)/n,
//!
//! all unbiased, hence possibly negative. One run varies by σ_A² + σ_C² + σ_E²; means of the m runs of a draw differ between
//! draws by σ_A² + σ_E²/m only, because c is the same in all of them.
//!
//! # Source
//!
//! S. R. Searle, G. Casella, C. E. McCulloch, *Variance Components* (1992), section 4.7.

use super::moments::mean;

/// The variance of an outcome under shared chance, in its unit squared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossedSplit {
    /// Chances that all draws share.
    pub replications: usize,
    /// Variance that the parameters make, σ_A².
    pub parameters: f64,
    /// Variance that chance makes in all draws alike, σ_C².
    pub alike: f64,
    /// Variance that parameters and chance make together, σ_E².
    pub together: f64,
}

/// Splits the variance of outcomes, a row for each draw and in it a value for each chance, in the same order.
///
/// `None` below two draws or two chances, or when rows differ in length.
pub fn crossed_split<R: AsRef<[f64]>>(draws: &[R]) -> Option<CrossedSplit> {
    let (n, m) = (draws.len(), draws.first()?.as_ref().len());
    if n < 2 || m < 2 || draws.iter().any(|draw| draw.as_ref().len() != m) {
        return None;
    }
    let rows: Vec<f64> = draws.iter().filter_map(|draw| mean(draw.as_ref())).collect();
    let grand = mean(&rows)?;
    let column = |j: usize| draws.iter().map(|draw| draw.as_ref()[j]).sum::<f64>() / n as f64;
    let columns: Vec<f64> = (0..m).map(column).collect();
    let squares = |means: &[f64]| means.iter().map(|x| (x - grand).powi(2)).sum::<f64>();
    let between_draws = m as f64 * squares(&rows) / (n - 1) as f64;
    let between_chances = n as f64 * squares(&columns) / (m - 1) as f64;
    let mut left = 0.0;
    for (draw, row) in draws.iter().zip(&rows) {
        left += draw.as_ref().iter().zip(&columns).map(|(y, c)| (y - row - c + grand).powi(2)).sum::<f64>();
    }
    let together = left / ((n - 1) * (m - 1)) as f64;
    Some(CrossedSplit {
        replications: m,
        parameters: (between_draws - together) / m as f64,
        alike: (between_chances - together) / n as f64,
        together,
    })
}

impl CrossedSplit {
    /// Variance that chance makes in one run.
    pub fn chance(&self) -> f64 {
        self.alike + self.together
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Streams;
    use crate::stats::mcse;

    #[test]
    fn parts_of_a_table_are_found_without_bias() {
        // σ_A² = 4, σ_C² = 1, σ_E² = 0.25; the nested split would take σ_C² for none of the parameters' own.
        let found: Vec<CrossedSplit> = (0..400)
            .map(|table| {
                let mut stream = Streams::new(20_250_101, table).open(11, 0, 0);
                let chances: Vec<f64> = (0..5).map(|_| stream.normal()).collect();
                let draws: Vec<Vec<f64>> = (0..20)
                    .map(|_| {
                        let a = 2.0 * stream.normal();
                        chances.iter().map(|c| 7.0 + a + c + 0.5 * stream.normal()).collect()
                    })
                    .collect();
                crossed_split(&draws).unwrap()
            })
            .collect();
        let near = |of: &dyn Fn(&CrossedSplit) -> f64, expected: f64| {
            let values: Vec<f64> = found.iter().map(of).collect();
            let (middle, error) = (mean(&values).unwrap(), mcse(&values).unwrap());
            assert!((middle - expected).abs() < 4.0 * error, "{middle} ± {error}, not {expected}");
        };
        near(&|split| split.parameters, 4.0);
        near(&|split| split.alike, 1.0);
        near(&|split| split.together, 0.25);
        near(&CrossedSplit::chance, 1.25);
    }

    #[test]
    fn an_additive_table_has_nothing_left() {
        let split = crossed_split(&[[1.0, 2.0], [4.0, 5.0]]).unwrap();
        assert!(split.together.abs() < 1e-12 && (split.parameters - 4.5).abs() < 1e-12, "{split:?}");
        assert!((split.alike - 0.5).abs() < 1e-12);
    }

    #[test]
    fn tables_too_small_or_ragged_have_no_split() {
        assert_eq!(crossed_split::<Vec<f64>>(&[]), None);
        assert_eq!(crossed_split(&[vec![1.0, 2.0]]), None);
        assert_eq!(crossed_split(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(crossed_split(&[vec![1.0, 2.0], vec![2.0]]), None);
    }
}
