//! The calendar, driven by queues whose waiting times are known, and by ad materials that come and go.

use std::collections::VecDeque;

use super::check::{Answer, Check};
use super::draws::{Moments, SEED, Subject, moments, streams, with_base};
use crate::calendar::Calendar;
use crate::mechanisms::creatives::CreativeParams;
use crate::rng::{Stream, Streams};
use crate::units::{MINUTES_PER_DAY, SimTime};

/// Minutes in the mean service time: long, so that whole minutes do not matter.
const SERVICE_MINUTES: f64 = 10_000.0;
/// Customers that come before the queue is watched, and then.
const CUSTOMERS: (usize, usize) = (2_000, 20_000);
/// Independent queues a check.
const QUEUES: u64 = 30;

pub(super) const ONE_SERVER: Check = Check {
    name: "mm1_wait",
    about: "mean wait of an M/M/1 queue on the calendar, in service times at load .7, against ρ/(1 - ρ)",
    source: "Kleinrock 1975, Queueing Systems I, eq. 3.23",
    run: || wait(1, 0.7, 1.0),
};

pub(super) const THREE_SERVERS: Check = Check {
    name: "mmc_wait",
    about: "mean wait of an M/M/3 queue on the calendar, in service times at load .8, against Erlang's C",
    source: "Kleinrock 1975, Queueing Systems I, §3.5",
    run: || wait(3, 0.8, 1.0),
};

/// Mean wait of a queue at `load` whose servers take `slowness` times as long as theory is told.
fn wait(n_servers: usize, load: f64, slowness: f64) -> Answer {
    let offered = load * n_servers as f64;
    let (mut term, mut sum) = (1.0, 0.0);
    for k in 0..n_servers {
        sum += term;
        term *= offered / (k + 1) as f64;
    }
    let all_busy = term / (1.0 - load);
    let erlang_c = all_busy / (sum + all_busy);
    let waits: Option<Vec<f64>> =
        (0..QUEUES).map(|queue| mean_wait(n_servers, load, slowness, queue)).collect();
    waits.map_or_else(Answer::none, |waits| {
        moments(&waits).mean_is(erlang_c / (n_servers as f64 * (1.0 - load)))
    })
}

#[derive(Debug, Clone, Copy)]
enum Visit {
    Arrival,
    Departure,
}

fn minutes(stream: &mut Stream, mean: f64) -> i64 {
    (stream.exponential() * mean).round() as i64
}

/// Mean time in the queue, in service times: Poisson arrivals, exponential service.
fn mean_wait(n_servers: usize, load: f64, slowness: f64, queue: u64) -> Option<f64> {
    let streams = Streams::new(SEED, Subject::Calendar as u64);
    let (mut arrivals, mut services) = (streams.open(1, queue, 0), streams.open(2, queue, 0));
    let between = SERVICE_MINUTES / (load * n_servers as f64);
    let mut calendar = Calendar::new(SimTime::ZERO);
    let first = SimTime::from_minutes(minutes(&mut arrivals, between));
    calendar.schedule(first, 0, Visit::Arrival).ok()?;
    let mut waiting = VecDeque::new();
    let (mut n_busy, mut n_served, mut waited) = (0, 0, 0);
    while n_served < CUSTOMERS.0 + CUSTOMERS.1 {
        let fired = calendar.pop()?;
        match fired.event {
            Visit::Arrival => {
                waiting.push_back(fired.time);
                let next = fired.time.add_minutes(minutes(&mut arrivals, between));
                calendar.schedule(next, 0, Visit::Arrival).ok()?;
            }
            Visit::Departure => n_busy -= 1,
        }
        while n_busy < n_servers
            && let Some(arrived) = waiting.pop_front()
        {
            n_busy += 1;
            n_served += 1;
            if n_served > CUSTOMERS.0 {
                waited += fired.time.minutes() - arrived.minutes();
            }
            let done = fired.time.add_minutes(minutes(&mut services, SERVICE_MINUTES * slowness));
            calendar.schedule(done, 0, Visit::Departure).ok()?;
        }
    }
    Some(waited as f64 / CUSTOMERS.1 as f64 / SERVICE_MINUTES)
}

/// Spend of the app whose ad materials are watched: a few materials a day, so that many days can be watched.
const SPEND_USD: f64 = 100.0;
/// Days between looks: after thirty days hardly any of the materials on air are still the same.
const DAYS_BETWEEN: i64 = 30;
/// Looks.
const LOOKS: usize = 5_000;

pub(super) const MATERIALS_ON_AIR: Check = Check {
    name: "materials_on_air",
    about: "mean number of ad materials on air (M/G/∞ on the calendar) against arrival rate × mean life",
    source: "Little 1961; Takács 1962 for M/G/∞",
    run: || with_base(|base| on_air(&base.creatives, &base.creatives, Moments::mean_is)),
};

pub(super) const MATERIALS_DISPERSION: Check = Check {
    name: "materials_dispersion",
    about: "variance of the number of ad materials on air against its mean: it is Poisson for any law of lives",
    source: "Takács 1962, Introduction to the Theory of Queues, ch. 3",
    run: || with_base(|base| on_air(&base.creatives, &base.creatives, Moments::variance_is)),
};

#[derive(Debug, Clone, Copy)]
enum Air {
    Launch,
    Retire,
    Look,
}

/// A moment of the number of materials on air when they live as `creatives` says, against what `theory` says.
fn on_air(creatives: &CreativeParams, theory: &CreativeParams, is: fn(&Moments, f64) -> Answer) -> Answer {
    let expected = theory.materials_per_day(SPEND_USD) * theory.life_days;
    looks(creatives).map_or_else(Answer::none, |looks| is(&moments(&looks), expected))
}

fn looks(creatives: &CreativeParams) -> Option<Vec<f64>> {
    let (mut launches, mut lives) =
        (streams(Subject::Calendar).open(3, 0, 0), streams(Subject::Calendar).open(4, 0, 0));
    let day = MINUTES_PER_DAY as f64;
    let between = day / creatives.materials_per_day(SPEND_USD);
    let mut calendar = Calendar::new(SimTime::ZERO);
    calendar.schedule(SimTime::ZERO, 0, Air::Launch).ok()?;
    calendar.schedule_without_ticket(SimTime::from_days(DAYS_BETWEEN), 0, Air::Look).ok()?;
    let (mut n, mut looks) = (0_u32, Vec::with_capacity(LOOKS));
    while looks.len() < LOOKS {
        let fired = calendar.pop()?;
        match fired.event {
            Air::Launch => {
                n += 1;
                let life = creatives.life(lives.gamma(2.0));
                calendar
                    .schedule(fired.time.add_minutes((life * day).round() as i64), 0, Air::Retire)
                    .ok()?;
                let next = fired.time.add_minutes(minutes(&mut launches, between));
                calendar.schedule(next, 0, Air::Launch).ok()?;
            }
            Air::Retire => n -= 1,
            Air::Look => {
                looks.push(f64::from(n));
                calendar.schedule_without_ticket(fired.time.plus_days(DAYS_BETWEEN), 0, Air::Look).ok()?;
            }
        }
    }
    Some(looks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slower_servers_and_longer_lives_are_noticed() {
        assert!(!wait(1, 0.7, 1.05).passed());
        assert!(!wait(3, 0.8, 1.05).passed());
        let longer = with_base(|base| {
            let lives =
                CreativeParams { life_days: 1.05 * base.creatives.life_days, ..base.creatives.clone() };
            on_air(&lives, &base.creatives, Moments::mean_is)
        });
        assert!(!longer.passed() && longer.got.is_finite());
    }
}
