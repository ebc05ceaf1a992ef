//! People: how they come to the market, stay, share apps, pay, and are never lost from the books.

use statrs::distribution::{ContinuousCDF, Normal};

use super::check::{Answer, Check};
use super::draws::{Subject, moments, share_is, streams, with_base};
use crate::market::cohorts::CohortBooks;
use crate::mechanisms::payers::PayerParams;
use crate::mechanisms::pool::PoolParams;
use crate::mechanisms::wallet::WalletParams;

/// People of the regions that are grown and asked here.
const PEOPLE: f64 = 1e6;

pub(super) const BASS: Check = Check {
    name: "bass_curve",
    about: "people in the market after three years of innovation and imitation, day by day, against the Bass curve",
    source: "Bass 1969, Management Science 15, eq. 9",
    run: || {
        with_base(|base| {
            let (p, q) = (0.03, 1.4);
            let pool = PoolParams {
                enabled: true,
                innovation_per_year: p,
                imitation_per_year: q,
                churn_per_year: 0.0,
                ..base.pool.clone()
            };
            let gone = (-(p + q) * 3.0).exp();
            // Whole days instead of instants: off by about half a day's growth.
            Answer::limit(PEOPLE * (1.0 - gone) / (1.0 + q / p * gone), grown(&pool, 0.0, 3), 0.005)
        })
    },
};

pub(super) const POOL: Check = Check {
    name: "pool_with_churn",
    about: "people in the market after two years of the base's imitation and churn, day by day, against the logistic curve",
    source: "Verhulst 1838: growth q - c, ceiling M (1 - c/q), at innovation 0",
    run: || {
        with_base(|base| {
            let pool = PoolParams { enabled: true, innovation_per_year: 0.0, ..base.pool.clone() };
            logistic(&pool, pool.imitation_per_year, pool.churn_per_year)
        })
    },
};

/// Growth of a pool against the logistic curve of imitation `q` and churn `c`.
fn logistic(pool: &PoolParams, q: f64, c: f64) -> Answer {
    let start = PEOPLE * pool.start_share;
    let (growth, ceiling) = (q - c, PEOPLE * (1.0 - c / q));
    let expected = ceiling / (1.0 + (ceiling / start - 1.0) * (-2.0 * growth).exp());
    Answer::limit(expected, grown(pool, start, 2), 0.002)
}

fn grown(pool: &PoolParams, start: f64, years: i32) -> f64 {
    (0..365 * years).fold(start, |people, _| pool.next_day(people, PEOPLE))
}

pub(super) const MONTHLY_PEOPLE: Check = Check {
    name: "monthly_people",
    about: "share of people with any app when apps per person are drawn as gamma–Poisson, against the count of monthly people",
    source: "negative binomial: P(0) = (1 + m/k)^-k",
    run: || with_base(|base| monthly_people(&base.pool, base.pool.multihoming_dispersion)),
};

fn monthly_people(pool: &PoolParams, k: f64) -> Answer {
    let (n, apps_per_person) = (50_000, 1.3);
    let mut stream = streams(Subject::People).open(1, 0, 0);
    let with_any = (0..n)
        .filter(|_| {
            let rate = stream.gamma(k) / k * apps_per_person;
            stream.poisson(rate) > 0
        })
        .count();
    share_is(pool.monthly_people(PEOPLE * apps_per_person, PEOPLE) / PEOPLE, with_any as u64, n)
}

pub(super) const RETENTION: Check = Check {
    name: "retention_points",
    about: "retention curve on days 1, 7 and 30, summed, against the three stated shares",
    source: "by construction: a power law through the points",
    run: || {
        with_base(|base| {
            let r = &base.retention;
            let stated = r.day1_share + r.day7_share + r.day30_share;
            Answer::rounding(stated, [1.0, 7.0, 30.0].map(|age| r.active_share(age)).iter().sum())
        })
    },
};

pub(super) const COHORTS: Check = Check {
    name: "cohorts_conserve",
    about: "people in all stages of a cohort book and people departed from it, after 600 days, against people installed",
    source: "conservation: nobody is lost or counted twice",
    run: || {
        with_base(|base| {
            let survival = base.retention.curve().tail_survival;
            let mut stream = streams(Subject::People).open(2, 0, 0);
            let mut books = CohortBooks::default();
            let book = books.open();
            let mut installed = 0_u64;
            for day in -100..500 {
                let installs = stream.poisson(1_000.0);
                installed += installs;
                books.advance(book, day, survival, installs as u32, 0);
            }
            let at = book as usize;
            let kept = books.people[at].iter().sum::<i64>() + books.departed[at];
            Answer { tolerance: 0.0, ..Answer::rounding(installed as f64, kept as f64) }
        })
    },
};

/// Payers of the check of their top.
const PAYERS: u64 = 20_000;

pub(super) const TOP_PAYERS: Check = Check {
    name: "payers_top5",
    about: "share of spend by the top 5 % of payers against Φ(σ - z.95)",
    source: "Lorenz curve of the lognormal: Aitchison & Brown 1957, §11.1",
    run: || with_base(|base| top_payers(&base.payers, base.payers.spend_log_sd)),
};

fn top_payers(payers: &PayerParams, log_sd: f64) -> Answer {
    let streams = streams(Subject::People);
    let shares: Vec<f64> = (0..30)
        .map(|batch| {
            let mut stream = streams.open(3, batch, 0);
            top_share((0..PAYERS).map(|_| payers.draw_value(&mut stream, 1, 50.0)), 0.05)
        })
        .collect();
    let normal = Normal::standard();
    moments(&shares).mean_is(normal.cdf(log_sd - normal.inverse_cdf(0.95)))
}

/// Share of the sum that the largest `part` of the values have.
pub(super) fn top_share(values: impl Iterator<Item = f64>, part: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    let n = (values.len() as f64 * part).round() as usize;
    crate::stats::cr(&values, n).unwrap_or(f64::NAN)
}

pub(super) const CROWD: Check = Check {
    name: "payers_crowd_mean",
    about: "mean value of 400 payers, drawn as one lognormal, against 400 times the mean of one",
    source: "Fenton 1960: mean and variance of the sum are kept",
    run: || {
        with_base(|base| {
            let mut stream = streams(Subject::People).open(4, 0, 0);
            let values: Vec<f64> =
                (0..50_000).map(|_| base.payers.draw_value(&mut stream, 400, 50.0)).collect();
            moments(&values).mean_is(400.0 * 50.0)
        })
    },
};

pub(super) const WALLET: Check = Check {
    name: "wallet_limit",
    about: "spending of a region that is asked for 30 times its wallet, against the wallet",
    source: "W (1 - exp(-V/W)) tends to W",
    run: || {
        with_base(|base| {
            let wallet = WalletParams { enabled: true, ..base.wallet.clone() };
            let offered = 30.0 * PEOPLE;
            Answer::rounding(PEOPLE, offered * wallet.ratio(offered, PEOPLE))
        })
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_churn_and_more_even_people_are_noticed() {
        let answer = with_base(|base| {
            let pool = PoolParams { enabled: true, innovation_per_year: 0.0, ..base.pool.clone() };
            logistic(&pool, pool.imitation_per_year, 0.98 * pool.churn_per_year)
        });
        assert!(!answer.passed() && answer.got.is_finite());
        let answer = with_base(|base| monthly_people(&base.pool, 1.1 * base.pool.multihoming_dispersion));
        assert!(!answer.passed() && answer.got.is_finite());
        let answer = with_base(|base| top_payers(&base.payers, base.payers.spend_log_sd - 0.05));
        assert!(!answer.passed() && answer.got.is_finite());
    }
}
