//! Exact counts: Poisson and binomial draws, fast at every mean.
//!
//! Small Poisson means are split, as sums of Poisson counts are Poisson: into a multiple of 8 and one of a half, whose
//! distribution functions are in tables, and a rest below a half, whose count is mostly 0. Small binomial means invert the distribution function by a search from 0. Larger means use
//! transformed rejection, whose cost does not grow with the mean. All accept by the probability function itself, without a normal approximation, and
//! without cancellation at large means (C. Loader, *Fast and Accurate Computation of Binomial Probabilities*, 2000).
//!
//! # Source
//!
//! W. Hörmann, *The transformed rejection method for generating Poisson random variables*, Insurance: Mathematics and
//! Economics 12 (1993), algorithm PTRS; W. Hörmann, *The generation of binomial random variates*, Journal of
//! Statistical Computation and Simulation 46 (1993), algorithm BTRS.

use std::f64::consts::TAU;

use super::Stream;

/// Poisson mean from which rejection is used: the hat of PTRS is proven from 10, but it costs more than tables that fit the
/// nearest cache.
const REJECTION_MEAN: f64 = 128.0;
/// Binomial mean from which rejection is used: the hat of BTRS is proven from 10.
const BINOMIAL_REJECTION_MEAN: f64 = 10.0;
/// Mean from which whole numbers are no longer told apart by the floats that rejection works with.
const NORMAL_MEAN: f64 = 1e15;
/// Last number of a search from 0: below mean 10 its probability is under 1e-60, less than that of any one draw.
const LAST_SEARCHED: usize = 100;
/// 1/k, so that the search multiplies instead of dividing; the first is not used.
const RECIPROCALS: [f64; LAST_SEARCHED + 1] = {
    let mut table = [0.0; LAST_SEARCHED + 1];
    let mut k = 1;
    while k <= LAST_SEARCHED {
        table[k] = 1.0 / k as f64;
        k += 1;
    }
    table
};

/// Numbers whose Stirling error is in the table.
const TABLE_LEN: usize = 16;
/// ln k! − ln(√(2πk) (k/e)^k) for k from 1 to 15; the first is not used.
const STIRLING_ERRORS: [f64; TABLE_LEN] = [
    0.0,
    0.081_061_466_795_327_26,
    0.041_340_695_955_409_29,
    0.027_677_925_684_998_34,
    0.020_790_672_103_765_093,
    0.016_644_691_189_821_193,
    0.013_876_128_823_070_748,
    0.011_896_709_945_891_77,
    0.010_411_265_261_972_096,
    0.009_255_462_182_712_733,
    0.008_330_563_433_362_87,
    0.007_573_675_487_951_841,
    0.006_942_840_107_209_53,
    0.006_408_994_188_004_207,
    0.005_951_370_112_758_848,
    0.005_554_733_551_962_801,
];

/// What Stirling's formula leaves out of ln k!, for k ≥ 1; accurate to 1e-16.
#[inline]
pub(super) fn stirling_error(k: f64) -> f64 {
    if let Some(&error) = STIRLING_ERRORS.get(k as usize) {
        return error;
    }
    let x = 1.0 / (k * k);
    (1.0 / 12.0 - x * (1.0 / 360.0 - x * (1.0 / 1_260.0 - x * (1.0 / 1_680.0 - x / 1_188.0)))) / k
}

/// Logarithm of the Poisson probability of `k` at `mean`.
///
/// With x = k/mean − 1: −mean ((1 + x) ln(1 + x) − x) − error(k) − ½ ln(2πk). Its terms are of the size of x, where those
/// of the textbook form are of the size of the mean and cancel.
#[inline]
pub(super) fn poisson_ln_pmf(k: f64, mean: f64) -> f64 {
    if k < 1.0 {
        return -mean;
    }
    -mean * deviance((k - mean) / mean) - stirling_error(k) - 0.5 * (TAU * k).ln()
}

/// Logarithm of the binomial probability of `k` of `n` at `p`, in the same way.
#[inline]
pub(super) fn binomial_ln_pmf(k: f64, n: f64, p: f64) -> f64 {
    let rest = n - k;
    if k < 1.0 {
        return n * (-p).ln_1p();
    }
    if rest < 1.0 {
        return n * p.ln();
    }
    let (mean, mean_rest) = (n * p, n * (1.0 - p));
    stirling_error(n)
        - stirling_error(k)
        - stirling_error(rest)
        - mean * deviance((k - mean) / mean)
        - mean_rest * deviance((rest - mean_rest) / mean_rest)
        - 0.5 * (TAU * k * (rest / n)).ln()
}

/// Distance of the means of the coarse tables.
const COARSE_STEP: f64 = 8.0;
/// Distance of the means of the fine tables, which fill one step of the coarse.
const FINE_STEP: f64 = 0.5;
/// Parts into which a table divides the uniform draw, to start its search near the end.
const PARTS: usize = 128;

/// The distribution function of a Poisson count, worked out by the compiler.
struct Table<const N: usize> {
    /// Probability of at most k; 1 from where it is 1 to rounding.
    at_most: [f64; N],
    /// First count that a draw in each part of (0, 1) can stand for.
    first: [u8; PARTS],
}

/// e^−½.
const EXP_MINUS_HALF: f64 = 0.606_530_659_712_633_4;
static FINE: [Table<64>; (COARSE_STEP / FINE_STEP) as usize] = tables(FINE_STEP);
static COARSE: [Table<256>; (REJECTION_MEAN / COARSE_STEP) as usize] = tables(COARSE_STEP);

/// Tables from mean 0 on, `step` apart, which must be a multiple of a half.
const fn tables<const N: usize, const M: usize>(step: f64) -> [Table<N>; M] {
    let mut tables = [const { Table { at_most: [1.0; N], first: [0; PARTS] } }; M];
    let (mut at, mut halves, mut none) = (0, 0, 1.0);
    while at < M {
        tables[at] = Table::new(at as f64 * step, none);
        at += 1;
        while halves < (2.0 * step) as usize * at {
            none *= EXP_MINUS_HALF;
            halves += 1;
        }
    }
    tables
}

impl<const N: usize> Table<N> {
    /// `none` is the probability of a count of 0, `e^−mean`.
    const fn new(mean: f64, none: f64) -> Self {
        let (mut at_most, mut first) = ([1.0; N], [0; PARTS]);
        let (mut probability, mut sum, mut k) = (none, 0.0, 0);
        // Above its mean a probability that no longer changes the sum is below what a draw can tell; the sum may end a few
        // units short of 1, which then belong to the last count.
        while k < N - 1 && (k as f64 <= mean || sum + probability > sum) {
            sum += probability;
            at_most[k] = sum;
            k += 1;
            probability *= mean / k as f64;
        }
        let (mut part, mut count) = (0, 0);
        while part < PARTS {
            while at_most[count] < part as f64 / PARTS as f64 {
                count += 1;
            }
            first[part] = count as u8;
            part += 1;
        }
        Self { at_most, first }
    }

    /// The count that a uniform draw stands for.
    #[inline]
    fn draw(&self, unit: f64) -> u64 {
        let mut k = usize::from(self.first[(unit * PARTS as f64) as usize % PARTS]);
        while self.at_most.get(k).is_some_and(|at_most| unit > *at_most) {
            k += 1;
        }
        k as u64
    }
}

/// 1/(k(k − 1)) for k from 12 down to 2.
const DEVIANCE_SERIES: [f64; 11] = {
    let (mut table, mut at) = ([0.0; 11], 0);
    while at < 11 {
        let k = 12 - at;
        table[at] = 1.0 / (k * (k - 1)) as f64;
        at += 1;
    }
    table
};

/// `(1 + x) ln(1 + x) − x`, by its series where the terms are small and would cancel.
#[inline]
fn deviance(x: f64) -> f64 {
    if x.abs() > 0.1 {
        return (1.0 + x) * x.ln_1p() - x;
    }
    let mut sum = 0.0;
    for coefficient in DEVIANCE_SERIES {
        sum = coefficient - x * sum;
    }
    x * x * sum
}

impl Stream {
    /// Draws a Poisson count of the given mean.
    ///
    /// `mean` must be a number; a mean that is not positive, or not a number, yields 0. Exact up to a mean of 1e15;
    /// beyond, the normal distribution stands in for it (their distribution functions differ by less than 1e-8) and
    /// the count stops at `u64::MAX`.
    #[inline]
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean.is_nan() || mean <= 0.0 {
            0
        } else if mean < FINE_STEP {
            self.poisson_by_search(mean)
        } else if mean < REJECTION_MEAN {
            self.poisson_by_tables(mean)
        } else if mean < NORMAL_MEAN {
            self.poisson_by_rejection(mean)
        } else {
            // Written as a product so that an infinite mean is not subtracted from itself.
            (mean * (1.0 + self.normal() / mean.sqrt())).round() as u64
        }
    }

    #[inline]
    fn poisson_by_tables(&mut self, mean: f64) -> u64 {
        let coarse = (mean / COARSE_STEP) as usize;
        let left = mean - coarse as f64 * COARSE_STEP;
        let fine = (left / FINE_STEP) as usize;
        let count = self.poisson_by_search(left - fine as f64 * FINE_STEP) + FINE[fine].draw(self.unit());
        if coarse > 0 { count + COARSE[coarse].draw(self.unit()) } else { count }
    }

    #[inline]
    fn poisson_by_search(&mut self, mean: f64) -> u64 {
        let mut u = self.unit();
        // exp(-mean) is above 1 - mean: rare events are mostly settled without the exponential.
        if u <= 1.0 - mean {
            return 0;
        }
        let mut probability = (-mean).exp();
        for (k, reciprocal) in RECIPROCALS.iter().skip(1).enumerate() {
            if u <= probability {
                return k as u64;
            }
            u -= probability;
            probability *= mean * reciprocal;
        }
        // Reached only if rounding leaves u above a sum that is 1 to the last bit.
        LAST_SEARCHED as u64
    }

    fn poisson_by_rejection(&mut self, mean: f64) -> u64 {
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.024_83 * b;
        loop {
            let u = self.unit() - 0.5;
            let v = self.unit();
            let us = 0.5 - u.abs();
            let x = (2.0 * a / us + b) * u + mean + 0.43;
            // v ≤ 0.9277 - 3.6224 / (b - 2), without the division; x is positive there.
            if us >= 0.07 && (0.9277 - v) * (b - 2.0) >= 3.6224 {
                return x as u64;
            }
            if x < 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let k = x.floor();
            let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
            if (v * inverse_alpha / (a / (us * us) + b)).ln() <= poisson_ln_pmf(k, mean) {
                return k as u64;
            }
        }
    }

    /// Draws how many of `n` independent trials succeed, each with probability `p`.
    ///
    /// A `p` that is not positive, or not a number, yields 0; a `p` of 1 or more yields `n`. Exact up to `n` of 1e15;
    /// beyond, the last digits of the count are not random.
    pub fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if p.is_nan() || p <= 0.0 {
            return 0;
        }
        if p >= 1.0 {
            return n;
        }
        // Failures are counted when they are the rarer outcome; 1 - p is exact there.
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        if (n as f64) * p < BINOMIAL_REJECTION_MEAN {
            self.binomial_by_search(n, p)
        } else {
            self.binomial_by_rejection(n, p)
        }
    }

    fn binomial_by_search(&mut self, n: u64, p: f64) -> u64 {
        let mut u = self.unit();
        let mut probability = (n as f64 * (-p).ln_1p()).exp();
        let odds = p / (1.0 - p);
        let last = n.min(LAST_SEARCHED as u64);
        for (k, reciprocal) in (0..last).zip(RECIPROCALS.iter().skip(1)) {
            if u <= probability {
                return k;
            }
            u -= probability;
            probability *= (n - k) as f64 * reciprocal * odds;
        }
        last
    }

    fn binomial_by_rejection(&mut self, n: u64, p: f64) -> u64 {
        let trials = n as f64;
        let sd = (trials * p * (1.0 - p)).sqrt();
        let b = 1.15 + 2.53 * sd;
        let a = -0.0873 + 0.0248 * b + 0.01 * p;
        let centre = trials * p + 0.5;
        let quick = 0.92 - 4.2 / b;
        let mode = ((trials + 1.0) * p).floor();
        loop {
            let u = self.unit() - 0.5;
            let v = self.unit();
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + centre).floor();
            if us >= 0.07 && v <= quick {
                return k as u64;
            }
            if k < 0.0 || k > trials {
                continue;
            }
            let alpha = (2.83 + 5.1 / b) * sd;
            let ratio = binomial_ln_pmf(k, trials, p) - binomial_ln_pmf(mode, trials, p);
            if (v * alpha / (a / (us * us) + b)).ln() <= ratio {
                return k as u64;
            }
        }
    }
}
