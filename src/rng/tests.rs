//! Known answers, and distributions against their probability functions.

use rand::Rng;
use statrs::distribution::{Binomial, ChiSquared, ContinuousCDF, Discrete, DiscreteCDF, Poisson};

use super::*;

/// Draws per test; standard errors below are of means over these.
const N: u64 = 200_000;

fn stream(purpose: u64) -> Stream {
    Streams::new(42, 7).open(purpose, 3, 11)
}

#[test]
fn known_answers_of_random123() {
    // philox4x64 10 in the file kat_vectors of Random123.
    let pi = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89];
    let pi_key = [0x4528_21e6_38d0_1377, 0xbe54_66cf_34e9_0c6c];
    let cases = [
        (
            [0; 2],
            [0; 4],
            [0x1655_4d9e_ca36_314c, 0xdb20_fe9d_672d_0fdc, 0xd7e7_72ce_e186_176b, 0x7e68_b68a_ec7b_a23b],
        ),
        (
            [u64::MAX; 2],
            [u64::MAX; 4],
            [0x87b0_92c3_013f_e90b, 0x438c_3c67_be8d_0224, 0x9cc7_d7c6_9cd7_77b6, 0xa09c_aebf_594f_0ba0],
        ),
        (
            pi_key,
            pi,
            [0xa528_f454_03e6_1d95, 0x38c7_2dbd_566e_9788, 0xa5a1_610e_72fd_18b5, 0x57bd_43b5_e52b_7fe6],
        ),
    ];
    for (key, counter, expected) in cases {
        assert_eq!(philox(key, counter), expected);
    }
}

#[test]
fn known_answers_of_xoshiro() {
    // The first words of xoshiro256plusplus.c from the state 1, 2, 3, 4, as crate rand_xoshiro tests them.
    let mut stream = Stream { state: [1, 2, 3, 4] };
    let expected = [
        41943041,
        58720359,
        3588806011781223,
        3591011842654386,
        9228616714210784205,
        9973669472204895162,
        14011001112246962877,
        12406186145184390807,
        15849039046786891736,
        10450023813501588000,
    ];
    assert_eq!(expected.map(|_| stream.next_u64()), expected);
}

#[test]
fn an_address_is_the_key_and_the_counter() {
    assert_eq!(Streams::new(1, 2).open(3, 4, 5).state, philox([1, 2], [0, 3, 4, 5]));
}

#[test]
fn numpy_enciphers_the_same() {
    // numpy.random.Philox(counter=[0, 3, 4, 5], key=[1, 2]).random_raw(4); NumPy counts up before its first block.
    let expected = [4189792100658428757, 12666372961043322608, 4024337450628799383, 1863647832253266197];
    assert_eq!(philox([1, 2], [1, 3, 4, 5]), expected);
}

#[test]
fn rand_sees_the_same_words() {
    let (mut ours, mut theirs, mut bytes) = (stream(0), stream(0), [0; 20]);
    assert_eq!(ours.next_u64(), Rng::next_u64(&mut theirs));
    assert_eq!(ours.next_u64() as u32, theirs.next_u32());
    theirs.fill_bytes(&mut bytes);
    assert_eq!(bytes[..8], ours.next_u64().to_le_bytes());
    assert_eq!(bytes[8..16], ours.next_u64().to_le_bytes());
    assert_eq!(bytes[16..], ours.next_u64().to_le_bytes()[..4]);
    assert_eq!(ours.next_u64(), theirs.try_next_u64().unwrap());
}

#[test]
fn unit_stays_inside_the_open_interval() {
    assert!(to_unit(0) > 0.0);
    assert!(to_unit(u64::MAX) < 1.0);
    assert_eq!(to_unit(0).to_bits(), (1.0 - to_unit(u64::MAX)).to_bits());
}

/// Asserts that counts fit probabilities: chi-square below its 1 − 1e-4 quantile.
fn assert_fits(counts: &[f64], probabilities: &[f64], label: &str) {
    let n: f64 = counts.iter().sum();
    let statistic: f64 =
        counts.iter().zip(probabilities).map(|(count, p)| (count - n * p).powi(2) / (n * p)).sum();
    let limit = ChiSquared::new(counts.len() as f64 - 1.0).unwrap().inverse_cdf(1.0 - 1e-4);
    assert!(statistic < limit, "{label}: chi-square {statistic} above {limit}");
}

#[test]
fn unit_is_uniform() {
    let mut counts = [0.0; 256];
    let mut stream = stream(1);
    for _ in 0..N {
        counts[(stream.unit() * 256.0) as usize] += 1.0;
    }
    assert_fits(&counts, &[1.0 / 256.0; 256], "within a stream");
}

#[test]
fn first_draws_of_adjacent_addresses_are_uniform_and_independent() {
    // Neighbours along each word of the address; pairs fall evenly into 16 × 16 cells when they are independent.
    let at = |word: usize, i: u64| {
        let mut address = [42, 7, 1, 3, 11];
        address[word] += i;
        Streams::new(address[0], address[1]).open(address[2], address[3], address[4])
    };
    for word in 0..5 {
        let mut counts = [0.0; 256];
        let mut products = 0.0;
        let mut previous = at(word, 0).unit();
        for i in 1..=N {
            let unit = at(word, i).unit();
            counts[(unit * 16.0) as usize * 16 + (previous * 16.0) as usize] += 1.0;
            products += (unit - 0.5) * (previous - 0.5);
            previous = unit;
        }
        assert_fits(&counts, &[1.0 / 256.0; 256], "adjacent addresses");
        // The correlation of independent pairs has standard error 1/√n.
        let correlation = 12.0 * products / N as f64;
        assert!(correlation.abs() < 4.0 / (N as f64).sqrt(), "word {word}: {correlation}");
    }
}

/// Asserts mean and variance within 4 standard errors, given the fourth central moment.
fn assert_moments(draws: impl Iterator<Item = f64>, mean: f64, variance: f64, fourth: f64, label: &str) {
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for draw in draws {
        n += 1.0;
        sum += draw - mean;
        squares += (draw - mean).powi(2);
    }
    let mean_error = (variance / n).sqrt();
    assert!((sum / n).abs() < 4.0 * mean_error, "{label}: mean is off by {} (se {mean_error})", sum / n);
    let variance_error = ((fourth - variance * variance) / n).sqrt();
    let off = squares / n - variance;
    assert!(off.abs() < 4.0 * variance_error, "{label}: variance is off by {off} (se {variance_error})");
}

#[test]
fn normal_and_lognormal_moments() {
    let mut normal = stream(2);
    assert_moments((0..N).map(|_| normal.normal()), 0.0, 1.0, 3.0, "normal");
    let mut lognormal = stream(3);
    let logs = (0..N).map(|_| (lognormal.lognormal(2.0, 0.5).ln() - 2.0) / 0.5);
    assert_moments(logs, 0.0, 1.0, 3.0, "lognormal");
}

#[test]
fn exponential_moments() {
    let mut stream = stream(4);
    assert_moments((0..N).map(|_| stream.exponential()), 1.0, 1.0, 9.0, "exponential");
}

#[test]
fn gamma_fits_its_distribution() {
    for (purpose, shape) in [(5, 0.3), (6, 1.0), (7, 5.0)] {
        let label = format!("gamma of shape {shape}");
        let mut draws = stream(purpose);
        // Fourth central moment of a gamma of scale 1: 3a² + 6a.
        let fourth = 3.0 * shape * shape + 6.0 * shape;
        assert_moments((0..N).map(|_| draws.gamma(shape)), shape, shape, fourth, &label);
        let gamma = statrs::distribution::Gamma::new(shape, 1.0).unwrap();
        let mut counts = [0.0; 100];
        for _ in 0..N {
            counts[(gamma.cdf(draws.gamma(shape)) * 100.0).min(99.0) as usize] += 1.0;
        }
        assert_fits(&counts, &[0.01; 100], &label);
    }
}

/// Counts draws in cells of about `n_cells` equal steps between the 1e-4 and the 1 − 1e-4 quantile, with open ends.
fn assert_counts_fit(draw: impl FnMut() -> u64, low: u64, high: u64, cdf: impl Fn(u64) -> f64, label: &str) {
    let step = ((high - low) / 60).max(1);
    let n_cells = ((high - low) / step + 2) as usize;
    let mut counts = vec![0.0; n_cells];
    let mut draw = draw;
    for _ in 0..N {
        // Cell 0 is everything below `low`, the last everything from the last edge on.
        let value = draw();
        let cell = if value < low { 0 } else { (((value - low) / step) as usize + 1).min(n_cells - 1) };
        counts[cell] += 1.0;
    }
    let edge = |i: usize| low + i as u64 * step;
    let below = |value: u64| if value == 0 { 0.0 } else { cdf(value - 1) };
    let mut probabilities: Vec<f64> = vec![below(low)];
    probabilities.extend((0..n_cells - 2).map(|i| below(edge(i + 1)) - below(edge(i))));
    probabilities.push(1.0 - below(edge(n_cells - 2)));
    // Cells that are expected to hold under ten draws join their neighbour towards the middle.
    let (mut joined_counts, mut joined_probabilities) = (vec![0.0], vec![0.0]);
    for (count, p) in counts.into_iter().zip(probabilities) {
        if joined_probabilities.last().is_some_and(|last| last * N as f64 >= 10.0) && p * N as f64 >= 10.0 {
            joined_counts.push(0.0);
            joined_probabilities.push(0.0);
        }
        *joined_counts.last_mut().unwrap() += count;
        *joined_probabilities.last_mut().unwrap() += p;
    }
    assert!(joined_counts.len() >= 2, "{label}");
    assert_fits(&joined_counts, &joined_probabilities, label);
}

#[test]
fn poisson_fits_its_distribution() {
    for (purpose, mean) in
        [(8, 0.01), (9, 0.7), (10, 9.9), (11, 10.1), (12, 19.9), (13, 20.1), (14, 55.0), (15, 1e4), (16, 1e7)]
    {
        let label = format!("Poisson of mean {mean}");
        let mut draws = stream(purpose);
        // Fourth central moment: μ + 3μ².
        let fourth = mean + 3.0 * mean * mean;
        assert_moments((0..N).map(|_| draws.poisson(mean) as f64), mean, mean, fourth, &label);
        let poisson = Poisson::new(mean).unwrap();
        let low = (mean - 3.7 * mean.sqrt()).max(0.0) as u64;
        let high = (mean + 3.7 * mean.sqrt() + 1.0) as u64;
        assert_counts_fit(|| draws.poisson(mean), low, high, |k| poisson.cdf(k), &label);
    }
}

#[test]
fn poisson_of_a_huge_mean() {
    for (purpose, mean) in [(31, 1e12), (32, 9e14), (33, 2e15)] {
        let mut draws = stream(purpose);
        let standard = (0..N).map(|_| (draws.poisson(mean) as f64 - mean) / mean.sqrt());
        assert_moments(standard, 0.0, 1.0, 3.0, &format!("Poisson of mean {mean}"));
    }
}

#[test]
fn poisson_outside_its_precondition() {
    let mut draws = stream(18);
    for mean in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(draws.poisson(mean), 0);
    }
    assert_eq!(draws.poisson(f64::INFINITY), u64::MAX);
    assert_eq!(draws.poisson(f64::MIN_POSITIVE), 0);
}

#[test]
fn binomial_fits_its_distribution() {
    let cases = [
        (1, 0.3),
        (30, 0.1),
        (30, 0.95),
        (40, 0.5),
        (1_000, 0.02),
        (5_000, 0.4),
        (3_000_000, 1e-6),
        (1_000_000, 0.7),
    ];
    for (purpose, (n, p)) in (20..).zip(cases) {
        let label = format!("binomial of {n} and {p}");
        let mut draws = stream(purpose);
        let (mean, variance) = (n as f64 * p, n as f64 * p * (1.0 - p));
        // Fourth central moment: v (1 + 3 v − 6 p q).
        let fourth = variance * (1.0 + 3.0 * variance - 6.0 * p * (1.0 - p));
        assert_moments((0..N).map(|_| draws.binomial(n, p) as f64), mean, variance, fourth, &label);
        let binomial = Binomial::new(p, n).unwrap();
        let low = (mean - 3.7 * variance.sqrt()).max(0.0) as u64;
        let high = (mean + 3.7 * variance.sqrt() + 1.0) as u64;
        assert_counts_fit(|| draws.binomial(n, p), low, high, |k| binomial.cdf(k), &label);
    }
}

#[test]
fn binomial_at_the_ends() {
    let mut draws = stream(34);
    for (n, p, expected) in
        [(10, 0.0, 0), (10, -1.0, 0), (10, f64::NAN, 0), (10, 1.0, 10), (10, 2.0, 10), (0, 0.5, 0)]
    {
        assert_eq!(draws.binomial(n, p), expected);
    }
    assert!((0..1_000).all(|_| draws.binomial(20, 0.999) <= 20));
}

#[test]
fn probability_functions_are_accurate() {
    // Against statrs where its own cancellation does not matter, and against exact sums of logarithms.
    for (k, mean) in [(1, 12.0), (15, 12.0), (16, 12.0), (60, 55.0), (200, 150.0)] {
        let expected = Poisson::new(mean).unwrap().ln_pmf(k);
        let found = counts::poisson_ln_pmf(k as f64, mean);
        assert!((found - expected).abs() < 1e-10, "{k} at {mean}: {found} {expected}");
    }
    for (k, n, p) in [(0, 50, 0.3), (50, 50, 0.3), (1, 50, 0.3), (20, 50, 0.3), (300, 700, 0.5)] {
        let expected = Binomial::new(p, n).unwrap().ln_pmf(k);
        let found = counts::binomial_ln_pmf(k as f64, n as f64, p);
        assert!((found - expected).abs() < 1e-10, "{k} of {n} at {p}: {found} {expected}");
    }
    let mut ln_factorial = 0.0;
    for k in 1..=40_u32 {
        let k = f64::from(k);
        ln_factorial += k.ln();
        let stirling = (k + 0.5) * k.ln() - k + 0.5 * std::f64::consts::TAU.ln();
        assert!((counts::stirling_error(k) - (ln_factorial - stirling)).abs() < 1e-13, "{k}");
    }
}

#[test]
fn a_pick_follows_the_weights() {
    let streams = Streams::new(9, 9);
    let weights = [1.0, 0.0, 3.0];
    let n = 40_000_u64;
    let mut counts = [0_u32; 3];
    for k in 0..n {
        counts[streams.open(1, k, 0).pick(&weights)] += 1;
    }
    assert_eq!(counts[1], 0);
    let share = f64::from(counts[2]) / n as f64;
    assert!((share - 0.75).abs() < 4.0 * (0.75 * 0.25 / n as f64).sqrt(), "{share}");
}
