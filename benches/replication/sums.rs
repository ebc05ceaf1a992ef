//! The draws of the limit with the sums that any engine makes of them for the same outputs, as loops over flat arrays of the
//! sizes that the census counts.
//!
//! - A lot, each day: what its app saw of it, expected of it and spent on it, its weight `mean^θ`, and the sum of the
//!   weights of an app's lots, the app's strength.
//! - A seat in a batch: its strength, the sum Φ over all seats, and what it bought in the accounts of app and platform.
//! - A cohort, each day: its active users and its revenue, their sums over all cohorts, and the revenue in the accounts of
//!   app and market. Days of one stage of age are alike, so totals by stage give these sums exactly; to visit every cohort
//!   every day would be more work for the same numbers.
//! - Organic installs in the account of their app.
//!
//! What is left out can only make this limit too low: who enters and leaves, what is released and launched, budgets, pacing,
//! fatigue, charts, clearing prices, laws, and the order in which all of this happens.

use std::array::from_fn;
use std::ops::AddAssign;

use bidcast::market::stages::{LAST_STAGE_START, N_STAGES, STAGE_STARTS};
use bidcast::rng::Stream;
use bidcast::scenario::{Parameters, Scenario};

use super::census::Census;
use super::limit::{self, buy, join, new_lot};
use super::math::{exp_f32, ln_f32};

/// What an impression costs, micro-dollars; sums take as long at any price.
const PRICE_MICROS: f64 = 1_000.0;
/// Sums are made in so many parts at a time, so that additions do not wait for each other.
const LANES: usize = 8;

/// Accounts of all apps, and those of the market.
struct Ledger {
    cash_micros: Vec<i64>,
    spent_micros: Vec<i64>,
    revenue_micros: Vec<i64>,
    installs: Vec<u64>,
    platform_micros: i64,
    market_micros: i64,
}

/// Draws what [`limit::draw`] draws, in the same order, and sums; gives the same sum of counts, and a sum of all else.
pub(crate) fn draw_and_sum(census: &Census, scenario: &Scenario) -> (u64, f64) {
    let parameters = scenario.parameters();
    let mut stream = limit::stream();
    let mut ledger = Ledger {
        cash_micros: vec![0; census.apps],
        spent_micros: vec![0; census.apps],
        revenue_micros: vec![0; census.apps],
        installs: vec![0; census.apps],
        platform_micros: 0,
        market_micros: 0,
    };
    let traits: f64 = (0..census.lots).map(|_| new_lot(&mut stream)).sum();
    let (seen, strength) = weigh_lots(census, parameters.frechet.theta as f32, &mut stream);
    let (bought, phi) = sell_batches(census, parameters, &mut stream, &mut ledger);
    let (payers, users) = age_cohorts(census, parameters, &mut stream, &mut ledger);
    let mut organic = 0;
    for (mean, owner) in census.organic.iter().zip(&census.owners) {
        let n = stream.poisson(f64::from(*mean));
        ledger.installs[*owner as usize] += n;
        organic += n;
    }
    // Read at the end, so that the accounts must have been kept.
    let money = [&ledger.cash_micros, &ledger.spent_micros, &ledger.revenue_micros].map(|column| sum(column));
    let micros = money.iter().sum::<i64>() + ledger.platform_micros + ledger.market_micros;
    let rest = traits + strength + phi + users + micros as f64 + sum(&ledger.installs) as f64;
    (seen + bought + payers + organic, rest)
}

/// Every lot on air, app by app, day by day.
fn weigh_lots(census: &Census, theta: f32, stream: &mut Stream) -> (u64, f64) {
    let most = largest(&census.creative_days);
    let n_lots = census.on_air.max(most);
    let (mut shape, mut inverse_scale) = (vec![1.0_f32; n_lots], vec![1.0_f32; n_lots]);
    let (mut spend, mut seen, mut weight) = (vec![0.0_f32; n_lots], vec![0.0_f32; most], vec![0.0_f32; most]);
    let (mut counts, mut strengths) = (0, 0.0);
    let (mut first, mut means) = (0, census.lot_means.as_slice());
    for lots in census.creative_days.iter().map(|lots| *lots as usize) {
        // A day of all apps goes once through the columns.
        first = if first + lots > n_lots { 0 } else { first };
        let here = first..first + lots;
        let (expected, later) = means.split_at(lots);
        let (seen, weight) = (&mut seen[..lots], &mut weight[..lots]);
        for (seen, mean) in seen.iter_mut().zip(expected) {
            let n = stream.poisson(f64::from(*mean));
            counts += n;
            *seen = n as f32;
        }
        add(&mut shape[here.clone()], seen);
        add(&mut inverse_scale[here.clone()], expected);
        // An expected install costs the same for all lots of an app.
        add(&mut spend[here.clone()], expected);
        let beliefs = shape[here.clone()].iter().zip(&inverse_scale[here]);
        for (weight, (shape, inverse_scale)) in weight.iter_mut().zip(beliefs) {
            *weight = exp_f32(theta * ln_f32(shape / inverse_scale));
        }
        strengths += f64::from(sum(weight));
        (first, means) = (first + lots, later);
    }
    (counts, strengths + f64::from(sum(&spend)))
}

/// Every batch of every cell.
fn sell_batches(
    census: &Census,
    parameters: &Parameters,
    stream: &mut Stream,
    ledger: &mut Ledger,
) -> (u64, f64) {
    let unobserved_share = parameters.spec.learning.unobserved_share;
    let most = largest(&census.batches);
    let n_seats = census.seats.max(most);
    let (scores, mut evidence) = (vec![1.0; n_seats], vec![0.0; n_seats]);
    let mut strength = vec![0.0; most];
    let (mut counts, mut phis, mut first, mut from) = (0, 0.0, 0, 0);
    for seats in census.batches.iter().map(|seats| *seats as usize) {
        first = if first + seats > n_seats { 0 } else { first };
        let (here, now) = (first..first + seats, from..from + seats);
        let strength = &mut strength[..seats];
        for (strength, score) in strength.iter_mut().zip(&scores[here.clone()]) {
            *strength = parameters.frechet.strength(*score);
        }
        phis += sum(strength);
        let mut paid_micros = 0;
        let purchases = census.purchases[now.clone()].iter().zip(&census.buyers[now]);
        for ((purchase, buyer), evidence) in purchases.zip(&mut evidence[here]) {
            let bought = buy(stream, purchase, unobserved_share);
            counts += bought.impressions + bought.seen;
            let micros = (PRICE_MICROS * bought.impressions as f64 + bought.cost) as i64;
            *evidence += bought.seen as f64;
            let app = *buyer as usize;
            ledger.cash_micros[app] -= micros;
            ledger.spent_micros[app] += micros;
            ledger.installs[app] += bought.installs;
            paid_micros += micros;
        }
        ledger.platform_micros += paid_micros;
        (first, from) = (first + seats, from + seats);
    }
    (counts, phis + sum(&evidence))
}

/// Every book of cohorts, day by day, as totals by stage: whole numbers, which floats hold exactly.
fn age_cohorts(
    census: &Census,
    parameters: &Parameters,
    stream: &mut Stream,
    ledger: &mut Ledger,
) -> (u64, f64) {
    let payer_share = parameters.spec.payers.payer_share;
    let most = largest(&census.books);
    let [mut people, mut value]: [[Vec<f64>; N_STAGES]; 2] = from_fn(|_| from_fn(|_| vec![0.0; most]));
    let [mut people_by_day, mut value_by_day] = from_fn(|_| vec![vec![0.0; most]; LAST_STAGE_START]);
    let (mut active, mut revenue) = (vec![0.0; most], vec![0.0; most]);
    let (mut counts, mut users, mut from) = (0, 0.0, 0);
    for (day, books) in census.books.iter().map(|books| *books as usize).enumerate() {
        for (stage, age) in STAGE_STARTS.iter().enumerate().skip(1) {
            let born = (day + LAST_STAGE_START - age) % LAST_STAGE_START;
            grow_up(&mut people, stage, &people_by_day[born][..books]);
            grow_up(&mut value, stage, &value_by_day[born][..books]);
        }
        let today = day % LAST_STAGE_START;
        let (new_people, new_value) = (&mut people_by_day[today][..books], &mut value_by_day[today][..books]);
        let cohorts = &census.cohorts[from..from + books];
        for ((people, value), installs) in new_people.iter_mut().zip(new_value.iter_mut()).zip(cohorts) {
            let (payers, worth) = join(stream, *installs, payer_share);
            counts += payers;
            *people = (*installs as u64) as f64;
            *value = (payers as f64 * worth * 1e6).trunc();
        }
        add(&mut people[0][..books], new_people);
        add(&mut value[0][..books], new_value);
        let (active, revenue) = (&mut active[..books], &mut revenue[..books]);
        weigh(&people, &parameters.retention.daily, active);
        weigh(&value, &parameters.payments, revenue);
        // Both sums are of all apps: purses and charts are looked up in them.
        users += sum(active) + sum(revenue);
        for (owner, revenue) in census.owners[from..from + books].iter().zip(&*revenue) {
            let micros = *revenue as i64;
            ledger.cash_micros[*owner as usize] += micros;
            ledger.revenue_micros[*owner as usize] += micros;
            ledger.market_micros += micros;
        }
        from += books;
    }
    (counts, users)
}

/// Moves one day's cohorts of all books to a stage from the one before.
fn grow_up(stages: &mut [Vec<f64>; N_STAGES], stage: usize, cohorts: &[f64]) {
    for (total, cohort) in stages[stage - 1].iter_mut().zip(cohorts) {
        *total -= cohort;
    }
    add(&mut stages[stage], cohorts);
}

/// For each book the sum over stages of total × rate.
fn weigh(stages: &[Vec<f64>; N_STAGES], rates: &[f64; N_STAGES], sums: &mut [f64]) {
    sums.fill(0.0);
    for (stage, rate) in stages.iter().zip(rates) {
        for (sum, total) in sums.iter_mut().zip(stage) {
            *sum += rate * total;
        }
    }
}

/// Adds number by number.
fn add<T: Copy + AddAssign>(totals: &mut [T], more: &[T]) {
    for (total, more) in totals.iter_mut().zip(more) {
        *total += *more;
    }
}

/// Sum of numbers, in lanes.
fn sum<T: Copy + Default + AddAssign>(numbers: &[T]) -> T {
    let mut lanes = [T::default(); LANES];
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    for chunk in chunks {
        add(&mut lanes, chunk);
    }
    let mut total = T::default();
    for number in lanes.iter().chain(rest) {
        total += *number;
    }
    total
}

fn largest(counts: &[u32]) -> usize {
    counts.iter().copied().max().unwrap_or(0) as usize
}
