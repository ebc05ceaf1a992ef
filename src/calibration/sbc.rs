//! Simulation-based calibration: does the whole procedure find what it should, when truths are drawn and known?
//!
//! # Model
//!
//! A truth is drawn from the prior (or from a posterior), data from the truth, and the posterior of the data is sampled; the
//! place of the truth among the draws ([`pit`](crate::stats::pit)) is uniform when the procedure is right. Three tests look
//! at the places of each parameter, as each is blind where others see: with 200 of them a posterior 0.7 times as wide as it
//! should be is found by χ² and by the coverage of 90 % intervals, one that is off by 0.3 deviations by
//! Kolmogorov–Smirnov. All p-values are adjusted together by Holm's rule, which holds whatever their dependence.
//!
//! For the eye there is the distribution function of the places less the diagonal, with a band that holds it everywhere at
//! once with a given probability.
//!
//! # Source
//!
//! S. Talts et al., *Validating Bayesian Inference Algorithms with Simulation-Based Calibration*, arXiv:1804.06788; T.
//! Säilynoja, P.-C. Bürkner, A. Vehtari, *Graphical Test for Discrete Uniformity and its Applications in Goodness-of-Fit
//! Evaluation and Multiple Sample Comparison*, Statistics and Computing 32 (2022), for the band; S. Holm, Scandinavian
//! Journal of Statistics 6 (1979).

use serde::Serialize;
use statrs::distribution::{Binomial, DiscreteCDF};

use super::address::Address;
use super::error::{CalibrationError, at_least, exactly, setting};
use crate::rng::Streams;
use crate::stats::{coverage, pit_tests};

/// Fewest truths that three tests can be made of.
const LEAST_TRUTHS: usize = 20;
/// Uniform samples behind a band.
const BAND_SAMPLES: u64 = 1_000;

/// Places of the truths of one parameter, tested.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SbcParameter {
    /// P-values, adjusted for all tests of all parameters: Kolmogorov–Smirnov, χ², coverage.
    pub kolmogorov_smirnov: f64,
    /// χ² over equal cells.
    pub chi_square: f64,
    /// Exact binomial test of how many truths 90 % intervals hold.
    pub coverage: f64,
    /// Share of truths that they hold.
    pub held: f64,
}

/// The procedure, tested.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sbc {
    /// Truths.
    pub n: usize,
    /// Each parameter.
    pub parameters: Vec<SbcParameter>,
}

impl Sbc {
    /// Tests places of truths, one row for each truth and one column for each parameter.
    ///
    /// # Errors
    ///
    /// Fewer than 20 truths, no parameters, rows of different length, a place that is not within 0..=1.
    pub fn of(places: &[Vec<f64>]) -> Result<Self, CalibrationError> {
        at_least("truths", LEAST_TRUTHS, places.len())?;
        let p = places[0].len();
        at_least("parameters", 1, p)?;
        places.iter().try_for_each(|row| exactly("places of a truth", p, row.len()))?;
        let (mut raw, mut held) = (Vec::with_capacity(3 * p), Vec::with_capacity(p));
        for parameter in 0..p {
            let column: Vec<f64> = places.iter().map(|row| row[parameter]).collect();
            let wrong = column.iter().find(|place| !(0.0..=1.0).contains(*place));
            setting("place of a truth", wrong.copied().unwrap_or(0.0), wrong.is_none(), "between 0 and 1")?;
            let tests = pit_tests(&column).ok_or(CalibrationError::TooFew {
                what: "truths",
                least: LEAST_TRUTHS,
                found: column.len(),
            })?;
            raw.extend([tests.kolmogorov_smirnov, tests.chi_square, tests.coverage]);
            held.push(coverage(&column, 0.9).unwrap_or_default());
        }
        let adjusted = holm(&raw);
        let parameter = |(tests, held): (&[f64], f64)| SbcParameter {
            kolmogorov_smirnov: tests[0],
            chi_square: tests[1],
            coverage: tests[2],
            held,
        };
        let parameters = adjusted.chunks_exact(3).zip(held).map(parameter).collect();
        Ok(Self { n: places.len(), parameters })
    }

    /// Whether no test of any parameter rejects at a significance level, such as 0.05.
    pub fn holds(&self, significance: f64) -> bool {
        let least = |found: &SbcParameter| found.kolmogorov_smirnov.min(found.chi_square).min(found.coverage);
        self.parameters.iter().all(|found| least(found) > significance)
    }
}

/// P-values adjusted by Holm's rule, in the order in which they came.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let n = p_values.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; n];
    let mut largest = 0.0_f64;
    for (rank, place) in order.into_iter().enumerate() {
        largest = largest.max((n - rank) as f64 * p_values[place]).min(1.0);
        adjusted[place] = largest;
    }
    adjusted
}

/// A band around the diagonal for the distribution function of uniform places.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EcdfBand {
    /// Where the distribution function is asked, within (0, 1).
    pub at: Vec<f64>,
    /// Lower end of the band, less the diagonal.
    pub low: Vec<f64>,
    /// Upper end, less the diagonal.
    pub high: Vec<f64>,
}

/// The band that holds the distribution function of `n` uniform places at `points` points at once with probability `level`.
///
/// # Errors
///
/// No places or points, a level that is none.
pub fn ecdf_band(
    n: usize,
    points: usize,
    level: f64,
    streams: &Streams,
) -> Result<EcdfBand, CalibrationError> {
    at_least("places", 1, n)?;
    at_least("points", 1, points)?;
    setting("level", level, level > 0.0 && level < 1.0, "between 0 and 1")?;
    let at: Vec<f64> = (1..=points).map(|k| k as f64 / (points + 1) as f64).collect();
    let laws: Vec<Binomial> = at.iter().filter_map(|place| Binomial::new(*place, n as u64).ok()).collect();
    exactly("points", points, laws.len())?;
    // Of each uniform sample the smallest two-sided tail over the points; its lower quantile is the level of each point.
    let mut smallest: Vec<f64> = (0..BAND_SAMPLES)
        .map(|sample| {
            let mut stream = Address::Band.open(streams, sample, n as u64);
            let mut places: Vec<f64> = (0..n).map(|_| stream.unit()).collect();
            places.sort_unstable_by(f64::total_cmp);
            at.iter()
                .zip(&laws)
                .map(|(at, law)| tail(law, places.partition_point(|place| place <= at) as u64))
                .fold(1.0, f64::min)
        })
        .collect();
    smallest.sort_unstable_by(f64::total_cmp);
    let rank = ((1.0 - level) * BAND_SAMPLES as f64) as usize;
    let each = smallest[rank.min(smallest.len() - 1)];
    let inside = |law: &Binomial| {
        let held = |count: &u64| tail(law, *count) >= each;
        let low = (0..=n as u64).find(held).unwrap_or(0);
        let high = (0..=n as u64).rev().find(held).unwrap_or(n as u64);
        (low as f64 / n as f64, high as f64 / n as f64)
    };
    let ends: Vec<(f64, f64)> = laws.iter().map(inside).collect();
    let less = |pick: fn(&(f64, f64)) -> f64| ends.iter().zip(&at).map(|(end, at)| pick(end) - at).collect();
    Ok(EcdfBand { low: less(|end| end.0), high: less(|end| end.1), at })
}

/// Twice the smaller tail of a count.
fn tail(law: &Binomial, count: u64) -> f64 {
    let lower = law.cdf(count);
    let upper = count.checked_sub(1).map_or(1.0, |fewer| law.sf(fewer));
    (2.0 * lower.min(upper)).min(1.0)
}

impl EcdfBand {
    /// Distribution function of places less the diagonal, at the points of the band.
    pub fn differences(&self, places: &[f64]) -> Vec<f64> {
        let n = places.len().max(1) as f64;
        let below = |at: &f64| places.iter().filter(|place| *place <= at).count() as f64 / n;
        self.at.iter().map(|at| below(at) - at).collect()
    }

    /// Whether the distribution function of places stays within.
    pub fn holds(&self, places: &[f64]) -> bool {
        let ends = self.low.iter().zip(&self.high);
        // Counts over n against counts over n: equal ones are inside whatever the rounding.
        let within = |(x, (low, high)): (&f64, (&f64, &f64))| low - 1e-12 <= *x && *x <= high + 1e-12;
        self.differences(places).iter().zip(ends).all(within)
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Normal};

    use super::*;

    /// Places of 200 truths of three parameters, whose posteriors are off by so much.
    fn places(repetition: u64, bias: f64, sd: f64) -> Vec<Vec<f64>> {
        let mut stream = Streams::new(20_250_101, repetition).open(16, 0, 0);
        let normal = Normal::standard();
        (0..200).map(|_| vec![normal.cdf((stream.normal() - bias) / sd)]).collect()
    }

    fn share(count: usize, of: impl Fn(u64) -> bool) -> f64 {
        (0..count as u64).filter(|&repetition| of(repetition)).count() as f64 / count as f64
    }

    #[test]
    fn exact_samplers_pass_and_others_fail_as_often_as_they_should() {
        let held = |bias, sd| share(500, |r| Sbc::of(&places(r, bias, sd)).unwrap().holds(0.05));
        let exact = held(0.0, 1.0);
        // Holm's rule is conservative; 4 standard errors of 500 are 4 %.
        assert!(exact >= 0.93, "{exact}");
        assert!(held(0.0, 0.7) <= 0.05);
        // 0.8: the coverage test alone finds .95 of them; adjusted for three, four fifths at least.
        assert!(held(0.0, 0.8) <= 0.2, "{}", held(0.0, 0.8));
        assert!(held(0.3, 1.0) <= 0.2, "{}", held(0.3, 1.0));
    }

    #[test]
    fn truths_among_draws_of_their_posterior() {
        // Gamma–Poisson, truths from the prior, 99 draws: the procedure is exact.
        let rank = |repetition: u64| {
            let mut stream = Streams::new(20_250_101, repetition).open(17, 0, 0);
            let truth = stream.gamma(2.0);
            let count = stream.poisson(truth) as f64;
            let draws: Vec<f64> = (0..99).map(|_| stream.gamma(2.0 + count) / 2.0).collect();
            vec![crate::stats::pit(&draws, truth, stream.unit())]
        };
        let found = Sbc::of(&(0..400).map(rank).collect::<Vec<_>>()).unwrap();
        assert!(found.holds(0.01) && (found.parameters[0].held - 0.9).abs() < 0.06, "{found:?}");
    }

    #[test]
    fn the_band_holds_uniform_places_as_often_as_it_says() {
        let band = ecdf_band(200, 50, 0.95, &Streams::new(20_250_101, 1)).unwrap();
        let column = |places: Vec<Vec<f64>>| places.into_iter().flatten().collect::<Vec<f64>>();
        let held = share(1_000, |r| band.holds(&column(places(r, 0.0, 1.0))));
        // 0.7 % of the repetitions, and as much of the band's own; counts are whole, so that it may hold more.
        assert!((0.925..=0.98).contains(&held), "{held}");
        assert!(share(200, |r| band.holds(&column(places(r, 0.0, 0.6)))) < 0.1);
        assert!(band.low.iter().all(|low| *low < 0.0) && band.high.iter().all(|high| *high > 0.0));
    }

    #[test]
    fn holm_steps_down() {
        let found = holm(&[0.04, 0.01, 0.03, 0.5]);
        for (found, expected) in found.iter().zip([0.09, 0.04, 0.09, 0.5]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn places_that_are_none_are_refused() {
        assert!(Sbc::of(&[]).is_err());
        assert!(Sbc::of(&vec![vec![]; 30]).is_err());
        assert!(Sbc::of(&vec![vec![1.5]; 30]).is_err());
        assert!(Sbc::of(&vec![vec![f64::NAN]; 30]).is_err());
        assert!(ecdf_band(0, 5, 0.9, &Streams::new(1, 1)).is_err());
        assert!(ecdf_band(10, 5, 1.0, &Streams::new(1, 1)).is_err());
    }
}
