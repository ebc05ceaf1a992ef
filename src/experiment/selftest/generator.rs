//! The generator: published words, and moments of the counts that all of the market is made of.

use super::check::{Answer, Check};
use super::draws::{Subject, moments, share_is, streams};
use crate::rng::{Stream, Streams};

/// Draws a check.
const N: usize = 50_000;

pub(super) const WORDS: Check = Check {
    name: "generator_words",
    about: "words of the generator that are those of xoshiro256++ on blocks of Philox4x64-10, of 12",
    source: "Random123, kat_vectors (first block); xoshiro256plusplus.c; both repeated in a few lines of Python",
    run: || words(Streams::open),
};

fn words(open: fn(&Streams, u64, u64, u64) -> Stream) -> Answer {
    let zeros_words =
        [0x2b30_a688_8e00_904e, 0xcc42_3750_4c25_09a8, 0xe599_06d3_7bba_e6ef, 0x16f4_da36_f041_2f63];
    let ours_words = [
        15_526_473_861_763_232_665,
        12_296_412_920_249_712_789,
        1_217_245_817_161_842_846,
        3_541_791_210_151_515_626,
    ];
    let mut zeros = open(&Streams::new(0, 0), 0, 0, 0);
    let mut ours = open(&Streams::new(1, 2), 3, 4, 5);
    // An address opened again starts again.
    let mut again = open(&Streams::new(1, 2), 3, 4, 5);
    let same = zeros_words.iter().filter(|word| zeros.next_u64() == **word).count()
        + ours_words.iter().filter(|word| ours.next_u64() == **word).count()
        + ours_words.iter().filter(|word| again.next_u64() == **word).count();
    Answer::rounding(12.0, same as f64)
}

pub(super) const UNIFORM: Check = Check {
    name: "uniform_variance",
    about: "variance of uniform draws against 1/12",
    source: "textbook",
    run: || {
        let mut stream = streams(Subject::Generator).open(1, 0, 0);
        moments(&(0..N).map(|_| stream.unit()).collect::<Vec<_>>()).variance_is(1.0 / 12.0)
    },
};

pub(super) const NORMAL: Check = Check {
    name: "normal_tail",
    about: "share of normal draws above 1.96 against 2.5 %",
    source: "textbook: 1 - Φ(1.959964) = .025",
    run: || {
        let mut stream = streams(Subject::Generator).open(2, 0, 0);
        let n = 4 * N as u64;
        share_is(0.025, (0..n).filter(|_| stream.normal() > 1.959_963_985).count() as u64, n)
    },
};

pub(super) const GAMMA: Check = Check {
    name: "gamma_variance",
    about: "variance of gamma draws of shape 2 (lives of ad materials) against their shape",
    source: "textbook",
    run: || {
        let mut stream = streams(Subject::Generator).open(3, 0, 0);
        moments(&(0..N).map(|_| stream.gamma(2.0)).collect::<Vec<_>>()).variance_is(2.0)
    },
};

pub(super) const POISSON_SMALL: Check = Check {
    name: "poisson_small",
    about: "variance of Poisson counts of mean 3, drawn by search, against their mean",
    source: "textbook",
    run: || poisson(4, 3.0, Stream::poisson),
};

pub(super) const POISSON_LARGE: Check = Check {
    name: "poisson_large",
    about: "variance of Poisson counts of mean 10,000, drawn by rejection, against their mean",
    source: "textbook",
    run: || poisson(5, 10_000.0, Stream::poisson),
};

fn poisson(purpose: u64, mean: f64, draw: fn(&mut Stream, f64) -> u64) -> Answer {
    let mut stream = streams(Subject::Generator).open(purpose, 0, 0);
    moments(&(0..N).map(|_| draw(&mut stream, mean) as f64).collect::<Vec<_>>()).variance_is(mean)
}

pub(super) const BINOMIAL: Check = Check {
    name: "binomial_variance",
    about: "variance of binomial counts (payers of 1,000 installs at 6 %) against n p (1 - p)",
    source: "textbook",
    run: || {
        let mut stream = streams(Subject::Generator).open(6, 0, 0);
        let counts: Vec<f64> = (0..N).map(|_| stream.binomial(1_000, 0.06) as f64).collect();
        moments(&counts).variance_is(56.4)
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shifted_address_and_a_rounded_normal_are_noticed() {
        assert!(!words(|streams, purpose, entity, day| streams.open(purpose, entity, day + 1)).passed());
        // The usual shortcut for large means, with its spread 3 % too small.
        let shortcut = |stream: &mut Stream, mean: f64| (mean + 0.97 * mean.sqrt() * stream.normal()) as u64;
        assert!(!poisson(5, 10_000.0, shortcut).passed());
    }
}
