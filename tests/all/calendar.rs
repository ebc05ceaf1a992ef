//! The calendar against a sorted list, and against queues whose waiting times are known.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking too")]

use bidcast::calendar::{Calendar, CalendarError, Fired, Ticket};
use bidcast::rng::{Stream, Streams};
use bidcast::stats;
use bidcast::units::SimTime;
use proptest::prelude::*;

/// What the calendar promises, done the slow way: one list, sorted at every pop.
#[derive(Default)]
struct Oracle {
    pending: Vec<Entry>,
    last: (i64, u8),
    sequence: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    at: i64,
    phase: u8,
    sequence: u64,
    event: u32,
    ticket: Option<Ticket>,
}

impl Oracle {
    fn accepts(&self, at: i64, phase: u8) -> bool {
        (at, phase) >= self.last
    }

    fn schedule(&mut self, at: i64, phase: u8, event: u32, ticket: Option<Ticket>) {
        self.pending.push(Entry { at, phase, sequence: self.sequence, event, ticket });
        self.sequence += 1;
    }

    fn find(&self, ticket: Ticket) -> Option<usize> {
        self.pending.iter().position(|entry| entry.ticket == Some(ticket))
    }

    fn pop(&mut self) -> Option<Fired<u32>> {
        self.pending.sort_by_key(|entry| (entry.at, entry.phase, entry.sequence));
        if self.pending.is_empty() {
            return None;
        }
        let Entry { at, phase, event, .. } = self.pending.remove(0);
        self.last = (at, phase);
        Some(Fired { time: SimTime::from_minutes(at), phase, event })
    }
}

#[derive(Debug, Clone)]
enum Action {
    /// Minutes from now, phase.
    Schedule(i64, u8),
    /// Minutes from now, phase.
    ScheduleWithoutTicket(i64, u8),
    /// Days from the start of today, phase.
    ScheduleDaily(i64, u8),
    /// How many, minutes from now and between them: enough to be spread over rungs.
    ScheduleMany(i64, i64, i64),
    Pop,
    /// Which of all tickets ever given.
    Cancel(prop::sample::Index),
    /// Which ticket, minutes from now.
    Reschedule(prop::sample::Index, i64),
    Clear,
}

fn action() -> impl Strategy<Value = Action> {
    // Few phases and short delays make ties frequent; negative delays are refused by both sides.
    let delay = prop_oneof![4 => -5..50_i64, 1 => -2_000..200_000_i64];
    let phase = 0..4_u8;
    prop_oneof![
        60 => (delay.clone(), phase.clone()).prop_map(|(d, p)| Action::Schedule(d, p)),
        40 => (delay.clone(), phase.clone()).prop_map(|(d, p)| Action::ScheduleWithoutTicket(d, p)),
        20 => (-1..70_i64, phase).prop_map(|(d, p)| Action::ScheduleDaily(d, p)),
        4 => (1..150_i64, 0..300_i64, 0..40_i64).prop_map(|(n, d, gap)| Action::ScheduleMany(n, d, gap)),
        150 => Just(Action::Pop),
        30 => any::<prop::sample::Index>().prop_map(Action::Cancel),
        30 => (any::<prop::sample::Index>(), delay).prop_map(|(i, d)| Action::Reschedule(i, d)),
        1 => Just(Action::Clear),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_250_101),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn pops_like_a_sorted_list(start in -100_000..100_000_i64, actions in prop::collection::vec(action(), 1..400)) {
        let mut calendar = Calendar::new(SimTime::from_minutes(start));
        let mut oracle = Oracle { last: (start, 0), ..Oracle::default() };
        let mut tickets: Vec<Ticket> = Vec::new();
        for (event, action) in (0..).zip(actions) {
            let now = calendar.now().minutes();
            match action {
                Action::Schedule(delay, phase) => {
                    let result = calendar.schedule(SimTime::from_minutes(now + delay), phase, event);
                    prop_assert_eq!(result.is_ok(), oracle.accepts(now + delay, phase));
                    if let Ok(ticket) = result {
                        prop_assert!(!tickets.contains(&ticket));
                        oracle.schedule(now + delay, phase, event, Some(ticket));
                        tickets.push(ticket);
                    }
                }
                Action::ScheduleWithoutTicket(delay, phase) => {
                    let result = calendar.schedule_without_ticket(SimTime::from_minutes(now + delay), phase, event);
                    prop_assert_eq!(result.is_ok(), oracle.accepts(now + delay, phase));
                    if result.is_ok() {
                        oracle.schedule(now + delay, phase, event, None);
                    }
                }
                Action::ScheduleDaily(days, phase) => {
                    let at = SimTime::from_days(calendar.now().day() + days);
                    let result = calendar.schedule_without_ticket(at, phase, event);
                    prop_assert_eq!(result.is_ok(), oracle.accepts(at.minutes(), phase));
                    if result.is_ok() {
                        oracle.schedule(at.minutes(), phase, event, None);
                    }
                }
                Action::ScheduleMany(n, delay, gap) => {
                    for at in (0..n).map(|i| now + delay + i * gap) {
                        let result = calendar.schedule_without_ticket(SimTime::from_minutes(at), 3, event);
                        prop_assert_eq!(result, Ok(()));
                        oracle.schedule(at, 3, event, None);
                    }
                }
                Action::Pop => {
                    let expected = oracle.pop();
                    prop_assert_eq!(calendar.peek_time(), expected.map(|fired| fired.time));
                    prop_assert_eq!(calendar.pop(), expected);
                }
                Action::Cancel(which) if !tickets.is_empty() => {
                    let ticket = *which.get(&tickets);
                    let expected = oracle.find(ticket).map(|i| oracle.pending.remove(i).event);
                    prop_assert_eq!(calendar.cancel(ticket), expected);
                }
                Action::Reschedule(which, delay) if !tickets.is_empty() => {
                    let ticket = *which.get(&tickets);
                    let result = calendar.reschedule(ticket, SimTime::from_minutes(now + delay));
                    match oracle.find(ticket) {
                        None => prop_assert_eq!(result, Ok(false)),
                        Some(i) if oracle.accepts(now + delay, oracle.pending[i].phase) => {
                            prop_assert_eq!(result, Ok(true));
                            let moved = oracle.pending.remove(i);
                            oracle.schedule(now + delay, moved.phase, moved.event, moved.ticket);
                        }
                        Some(_) => {
                            let refused = matches!(result, Err(CalendarError::InThePast { .. }));
                            prop_assert!(refused);
                        }
                    }
                }
                Action::Clear => {
                    calendar.clear();
                    oracle.pending.clear();
                }
                Action::Cancel(_) | Action::Reschedule(..) => {}
            }
            prop_assert_eq!(calendar.len(), oracle.pending.len());
            prop_assert_eq!(calendar.is_empty(), oracle.pending.is_empty());
        }
        while let Some(expected) = oracle.pop() {
            prop_assert_eq!(calendar.pop(), Some(expected));
        }
        prop_assert_eq!(calendar.pop(), None);
    }
}

#[test]
fn the_past_is_closed() {
    let at = SimTime::from_minutes;
    let mut calendar = Calendar::new(at(10));
    let past = Err(CalendarError::InThePast { now: at(10), now_phase: 0, at: at(9), at_phase: 200 });
    assert_eq!(calendar.schedule(at(9), 200, ()), past);
    let ticket = calendar.schedule(at(20), 5, ()).unwrap();
    let later = calendar.schedule(at(30), 4, ()).unwrap();
    assert!(calendar.pop().is_some());
    let past = CalendarError::InThePast { now: at(20), now_phase: 5, at: at(20), at_phase: 4 };
    assert_eq!(calendar.schedule_without_ticket(at(20), 4, ()), Err(past));
    assert_eq!(calendar.reschedule(later, at(20)), Err(past));
    assert_eq!(calendar.schedule_without_ticket(at(20), 5, ()), Ok(()));
    assert_eq!(
        past.to_string(),
        "cannot schedule at 2025-01-01T00:20 phase 4: it is already 2025-01-01T00:20 phase 5"
    );
    // The refused event is still where it was, and the popped one's ticket is dead.
    assert_eq!(calendar.len(), 2);
    assert_eq!(calendar.cancel(ticket), None);
    assert_eq!(calendar.reschedule(ticket, at(0)), Ok(false));
    assert_eq!(calendar.reschedule(later, at(40)), Ok(true));
    calendar.pop();
    assert_eq!(calendar.peek_time(), Some(at(40)));
}

#[test]
fn cancelling_really_removes() {
    // Budgets are planned anew all the time: a calendar that kept dead entries would grow without bound.
    let mut calendar = Calendar::new(SimTime::ZERO);
    for round in 0..1_000 {
        let ticket = calendar.schedule(SimTime::from_minutes(1_000_000 - round), 0, round).unwrap();
        assert_eq!(calendar.len(), 1);
        assert_eq!(calendar.cancel(ticket), Some(round));
        assert_eq!((calendar.len(), calendar.peek_time()), (0, None));
    }
}

#[test]
fn a_moved_event_goes_behind_those_already_there() {
    let at = SimTime::from_days(1);
    let mut calendar = Calendar::new(SimTime::ZERO);
    let first = calendar.schedule(at, 0, 'a').unwrap();
    calendar.schedule_without_ticket(at, 0, 'b').unwrap();
    calendar.schedule(at, 0, 'c').unwrap();
    assert_eq!(calendar.reschedule(first, at), Ok(true));
    let order: String = std::iter::from_fn(|| calendar.pop()).map(|fired| fired.event).collect();
    assert_eq!(order, "bca");
}

#[test]
fn time_far_beyond_use_is_refused() {
    let mut calendar = Calendar::new(SimTime::from_minutes(i64::MIN));
    for minutes in [i64::MIN, i64::MAX, 1 << 39] {
        let at = SimTime::from_minutes(minutes);
        assert_eq!(calendar.schedule(at, 0, ()), Err(CalendarError::OutOfRange { at }));
        assert_eq!(calendar.schedule_without_ticket(at, 0, ()), Err(CalendarError::OutOfRange { at }));
    }
    assert!(calendar.schedule(SimTime::from_minutes((1 << 39) - 1), 255, ()).is_ok());
    assert!(calendar.pop().is_some());
}

/// Minutes in the mean service time of the queues: long, so that whole minutes do not matter.
const SERVICE_MINUTES: f64 = 10_000.0;

#[derive(Debug, Clone, Copy)]
enum Visit {
    Arrival,
    Departure,
}

/// Mean time in the queue of one replication, in mean service times: Poisson arrivals, exponential service,
/// `n_servers` of them.
fn mean_wait(n_servers: usize, load: f64, replication: u64) -> f64 {
    const WARM_UP: usize = 2_000;
    const MEASURED: usize = 20_000;
    let streams = Streams::new(20_250_101, replication);
    let (mut arrivals, mut services) = (streams.open(1, 0, 0), streams.open(2, 0, 0));
    let rate = load * n_servers as f64 / SERVICE_MINUTES;
    let minutes = |stream: &mut Stream, mean: f64| (stream.exponential() * mean).round() as i64;

    let mut calendar = Calendar::new(SimTime::ZERO);
    calendar
        .schedule(SimTime::ZERO.add_minutes(minutes(&mut arrivals, 1.0 / rate)), 0, Visit::Arrival)
        .unwrap();
    let mut queue = std::collections::VecDeque::new();
    let (mut n_busy, mut n_started, mut waited) = (0, 0, 0.0);
    while n_started < WARM_UP + MEASURED {
        let fired = calendar.pop().unwrap();
        match fired.event {
            Visit::Arrival => {
                queue.push_back(fired.time);
                let next = fired.time.add_minutes(minutes(&mut arrivals, 1.0 / rate));
                calendar.schedule(next, 0, Visit::Arrival).unwrap();
            }
            Visit::Departure => n_busy -= 1,
        }
        while n_busy < n_servers
            && let Some(arrived) = queue.pop_front()
        {
            n_busy += 1;
            n_started += 1;
            if n_started > WARM_UP {
                waited += (fired.time.minutes() - arrived.minutes()) as f64;
            }
            let done = fired.time.add_minutes(minutes(&mut services, SERVICE_MINUTES));
            calendar.schedule(done, 0, Visit::Departure).unwrap();
        }
    }
    waited / MEASURED as f64 / SERVICE_MINUTES
}

/// Asserts a queue's mean wait within 4 standard errors over independent replications.
fn assert_mean_wait(n_servers: usize, load: f64, expected: f64) {
    let waits: Vec<f64> = (0..40).map(|replication| mean_wait(n_servers, load, replication)).collect();
    let (mean, error) = (stats::mean(&waits).unwrap(), stats::mcse(&waits).unwrap());
    assert!((mean - expected).abs() < 4.0 * error, "{mean} ± {error} against {expected}");
    // A wide error would pass anything.
    assert!(error < 0.05 * expected, "{error}");
}

#[test]
fn one_server_waits_as_theory_says() {
    // M/M/1: W_q = ρ / (μ − λ), in units of 1/μ: ρ / (1 − ρ).
    for load in [0.5, 0.8] {
        assert_mean_wait(1, load, load / (1.0 - load));
    }
}

#[test]
fn three_servers_wait_as_theory_says() {
    // M/M/c: W_q = C(c, a) / (c μ − λ), with Erlang's C and offered load a = λ/μ = c ρ.
    let (n_servers, load): (usize, f64) = (3, 0.8);
    let offered = load * n_servers as f64;
    let mut term = 1.0;
    let mut sum = 0.0;
    for k in 0..n_servers {
        sum += term;
        term *= offered / (k + 1) as f64;
    }
    let all_busy = term / (1.0 - load);
    let erlang_c = all_busy / (sum + all_busy);
    assert!((erlang_c - 0.647_191).abs() < 1e-6, "{erlang_c}");
    assert_mean_wait(n_servers, load, erlang_c / (n_servers as f64 - offered));
}
