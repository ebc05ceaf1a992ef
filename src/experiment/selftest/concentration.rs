//! Measures of concentration and quantiles, on distributions for which they are known.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::erf::erf;

use super::check::{Answer, Check, Kind};
use super::draws::{Subject, moments, streams};
use crate::stats::{self, on_grid};

fn known(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

pub(super) const GINI_PARETO: Check = Check {
    name: "gini_pareto",
    about: "Gini coefficient of a Pareto distribution of index 3 against 1/(2·3 - 1)",
    source: "Gastwirth 1972",
    run: || gini_pareto(stats::gini),
};

/// Sizes whose Lorenz curve passes through the given one at every whole number of sizes: what each of so many equal parts
/// of the firms has on average.
fn sizes(n: u32, curve: impl Fn(f64) -> f64) -> Vec<f64> {
    let points: Vec<f64> = (0..=n).map(|k| curve(f64::from(k) / f64::from(n))).collect();
    points.windows(2).map(|pair| f64::from(n) * (pair[1] - pair[0])).collect()
}

/// Lorenz curve of the Pareto distribution of index 3.
fn pareto(p: f64) -> f64 {
    1.0 - (1.0 - p).powf(1.0 - 1.0 / 3.0)
}

fn gini_pareto(gini: fn(&[f64]) -> Option<f64>) -> Answer {
    Answer { tolerance: 1e-6, ..Answer::limit(0.2, known(gini(&sizes(100_000, pareto))), 0.0) }
}

pub(super) const LORENZ_PARETO: Check = Check {
    name: "lorenz_pareto",
    about: "largest error of 101 points of the Lorenz curve of 10,000 sizes, a Pareto distribution of index 3, against 1 - (1 - p)^(2/3)",
    source: "Gastwirth 1972",
    run: || lorenz_pareto(stats::lorenz),
};

fn lorenz_pareto(lorenz: fn(&[f64], usize) -> Option<Vec<f64>>) -> Answer {
    let found = lorenz(&sizes(10_000, pareto), 101).unwrap_or_default();
    Answer::errors((0..=100).map(|k| pareto(f64::from(k) / 100.0)).zip(found), 1e-6)
}

pub(super) const EQUAL_SHARES: Check = Check {
    name: "equal_shares",
    about: "largest error of HHI, effective number (relative), Gini coefficient and share of the 20 largest of N equal sizes, N = 1, 20, 200 and 1,100, against 1/N, N, 0 and 20/N",
    source: "definition",
    run: || equal_shares(stats::hhi),
};

fn equal_shares(hhi: fn(&[f64]) -> Option<f64>) -> Answer {
    Answer::errors(
        [1_u32, 20, 200, 1_100].into_iter().flat_map(|n| {
            let (values, n) = (vec![3.7; n as usize], f64::from(n));
            [
                (1.0 / n, known(hhi(&values))),
                (1.0, known(stats::effective_number(&values)) / n),
                (0.0, known(stats::gini(&values))),
                ((20.0 / n).min(1.0), known(stats::cr(&values, 20))),
            ]
        }),
        1e-6,
    )
}

pub(super) const GINI_LOGNORMAL: Check = Check {
    name: "gini_lognormal",
    about: "Gini coefficient of a lognormal distribution of log-sd 1 against erf(1/2)",
    source: "Aitchison & Brown 1957, §11.2",
    run: || {
        let normal = Normal::standard();
        // The normal quantiles of both ends are infinite, and so the curve ends where it must.
        let values = sizes(100_000, |p| normal.cdf(normal.inverse_cdf(p) - 1.0));
        Answer { tolerance: 1e-6, ..Answer::limit(erf(0.5), known(stats::gini(&values)), 0.0) }
    },
};

pub(super) const GINI_LORENZ: Check = Check {
    name: "gini_lorenz",
    about: "Gini coefficient against one less twice the area under the Lorenz curve",
    source: "definition",
    run: || {
        let values: Vec<f64> = (0..100_u32).map(|i| f64::from(i * 37 % 101).powi(2)).collect();
        let curve = stats::lorenz(&values, 101).unwrap_or_default();
        let area: f64 = curve.windows(2).map(|pair| (pair[0] + pair[1]) / 200.0).sum();
        Answer::rounding(1.0 - 2.0 * area, known(stats::gini(&values)))
    },
};

pub(super) const EFFECTIVE_NUMBER: Check = Check {
    name: "effective_number",
    about: "1/HHI of 10,000 lognormal sizes of log-sd 0.5 against n exp(-¼)",
    source: "moments of the lognormal: HHI = exp(s²)/n",
    run: || {
        let normal = Normal::standard();
        let values = on_grid(10_000, |p| (0.5 * normal.inverse_cdf(p)).exp());
        Answer::limit(10_000.0 * (-0.25_f64).exp(), known(stats::effective_number(&values)), 1e-3)
    },
};

pub(super) const CR20: Check = Check {
    name: "cr20_zipf",
    about: "share of the 20 largest of 1,100 sizes 1/rank against H(20)/H(1100)",
    source: "Euler–Maclaurin: H(n) = ln n + γ + 1/2n - 1/12n² + 1/120n⁴",
    run: || cr20(stats::cr),
};

fn cr20(cr: fn(&[f64], usize) -> Option<f64>) -> Answer {
    const EULER: f64 = 0.577_215_664_901_532_9;
    let harmonic = |n: f64| {
        let x = 1.0 / (n * n);
        n.ln() + EULER + 0.5 / n - x * (1.0 / 12.0 - x * (1.0 / 120.0 - x / 252.0))
    };
    let sizes: Vec<f64> = (1..=1_100).map(|rank| 1.0 / f64::from(rank)).collect();
    Answer::rounding(harmonic(20.0) / harmonic(1_100.0), known(cr(&sizes, 20)))
}

pub(super) const QUANTILE: Check = Check {
    name: "quantile_type7",
    about: "four quantiles of a textbook sample, summed, against those of R and NumPy",
    source: "quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4, 1)) in R: 16, 23, 29, 50",
    run: || {
        let found = stats::quantiles(&[35.0, 15.0, 50.0, 20.0, 40.0], &[0.05, 0.3, 0.4, 1.0]);
        Answer::rounding(118.0, found.unwrap_or_default().iter().sum())
    },
};

/// Values in each sample whose median is reported with its error.
const SAMPLE: u32 = 400;

pub(super) const QUANTILE_ERROR: Check = Check {
    name: "quantile_error",
    about: "mean of the reported error of a median of 400 exponential draws, against the standard deviation of that median",
    source: "David & Nagaraja 2003, §10.2: √(p/((1 - p) n))",
    run: || quantile_error(stats::quantile_mcse),
};

fn quantile_error(mcse: fn(&[f64], f64) -> Option<f64>) -> Answer {
    let streams = streams(Subject::Concentration);
    let errors: Vec<f64> = (0..4_000)
        .map(|sample| {
            let mut stream = streams.open(1, sample, 0);
            let mut values: Vec<f64> = (0..SAMPLE).map(|_| stream.exponential()).collect();
            values.sort_unstable_by(f64::total_cmp);
            known(mcse(&values, 0.5))
        })
        .collect();
    let answer = moments(&errors).mean_is(1.0 / f64::from(SAMPLE).sqrt());
    // Four standard errors, and a hundredth because 400 draws are not infinitely many.
    Answer { tolerance: answer.tolerance + 0.01 * answer.expected, kind: Kind::Approximation, ..answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_in_measures_are_noticed() {
        assert!(!gini_pareto(|values| stats::gini(&values[..values.len() - 20])).passed());
        // The largest is left out: without its smallest a Pareto distribution is one of the same index, and has the same curve.
        assert!(!lorenz_pareto(|values, n| stats::lorenz(&values[..values.len() - 1], n)).passed());
        assert!(!equal_shares(|values| stats::hhi(values).map(|hhi| hhi + 1e-5)).passed());
        assert!(!cr20(|values, k| stats::cr(values, k + 1)).passed());
        assert!(
            !quantile_error(|values, p| stats::quantile_mcse(values, p).map(|error| 1.1 * error)).passed()
        );
    }
}
