//! The queueing workloads: M/M/1, and the hold model.
//!
//! *M/M/1*: customers arrive at exponential gaps at one server with exponential service, first come, first served; 100,000
//! of them are served in a replication, two events each. *Hold*: a fixed number of events is pending, and each that fires
//! is replaced by one an exponential delay of mean 1 later. The events fired in a time *t* with *n* pending are Poisson of
//! mean *nt*, whatever the calendar.

use std::collections::VecDeque;

use crate::report::{Args, print_line};

/// Mean time between arrivals.
pub const ARRIVAL_MEAN: f64 = 4.0 / 3.0;
/// Mean time of a service.
pub const SERVICE_MEAN: f64 = 1.0;

/// The server of M/M/1 and those who wait.
#[derive(Debug, Default)]
pub struct Station {
    /// Times of arrival, that of the customer in service first.
    present: VecDeque<f64>,
    served: u64,
    time_in_system: f64,
}

impl Station {
    /// A customer comes; `true` when the service starts at once.
    pub fn arrive(&mut self, now: f64) -> bool {
        self.present.push_back(now);
        self.present.len() == 1
    }

    /// The customer in service goes; `true` when another one is waiting.
    pub fn depart(&mut self, now: f64) -> bool {
        if let Some(arrived) = self.present.pop_front() {
            self.served += 1;
            self.time_in_system += now - arrived;
        }
        !self.present.is_empty()
    }

    /// Customers served so far.
    pub fn served(&self) -> u64 {
        self.served
    }

    /// Mean time in the system of those served; 4 in the long run.
    pub fn mean_time(&self) -> f64 {
        self.time_in_system / self.served as f64
    }
}

impl Args {
    /// Runs the queueing workload that the variant names, once for each seed, and prints a line for each.
    ///
    /// `mm1` takes the number of customers and a seed, and returns how many were served and their mean time in the system.
    /// `hold` takes the number of pending events, the time to run and a
    /// seed, and returns how many events fired.
    ///
    /// # Panics
    ///
    /// When there is no such variant.
    pub fn replicate_queues(
        &self,
        name: &str,
        mm1: impl Fn(u64, u64) -> (u64, f64),
        hold: impl Fn(u64, f64, u64) -> u64,
    ) {
        for seed in self.seed..self.seed + self.reps {
            match self.variant.as_str() {
                "mm1" => {
                    let (served, mean_time) = mm1(self.customers, seed);
                    let fields = [("events", 2.0 * served as f64), ("mean_time", mean_time)];
                    print_line(name, "mm1", seed, &fields);
                }
                "hold" => {
                    let time = self.holds as f64 / self.pending as f64;
                    let fired = hold(self.pending, time, seed);
                    let expected = self.holds as f64;
                    let fields = [("events", fired as f64), ("expected", expected)];
                    print_line(name, &format!("hold-{}", self.pending), seed, &fields);
                }
                other => panic!("no variant {other}: mm1 or hold"),
            }
        }
    }
}
