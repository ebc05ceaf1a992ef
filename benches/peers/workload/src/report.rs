//! The command line and the report line of every Rust program here.

use crate::{AppSpec, Params, population};

/// What one replication of workload R reports.
#[derive(Debug, Clone, Copy, Default)]
pub struct Report {
    /// Auctions held.
    pub auctions: u64,
    /// Auctions won by an app.
    pub sold: u64,
    /// Paid by all apps.
    pub spend: f64,
    /// Installs of all apps.
    pub installs: u64,
    /// Purchases of all apps.
    pub purchases: u64,
    /// Revenue of all apps.
    pub revenue: f64,
    /// Share of the twenty largest apps in all revenue.
    pub cr20: f64,
    /// Events, auctions included.
    pub events: u64,
}

impl Report {
    fn fields(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("auctions", self.auctions as f64),
            ("sold", self.sold as f64),
            ("spend", self.spend),
            ("installs", self.installs as f64),
            ("purchases", self.purchases as f64),
            ("revenue", self.revenue),
            ("cr20", self.cr20),
            ("events", self.events as f64),
        ]
    }
}

/// What the command line asks for.
#[derive(Debug, Clone)]
pub struct Args {
    /// Length and density of workload R.
    pub params: Params,
    /// Seed of the first replication; each next one adds 1.
    pub seed: u64,
    /// Number of replications.
    pub reps: u64,
    /// Which way of doing it, where a program has more than one.
    pub variant: String,
    /// Customers of a replication of M/M/1.
    pub customers: u64,
    /// Pending events of the hold model.
    pub pending: u64,
    /// Mean number of events of a replication of the hold model.
    pub holds: u64,
}

impl Args {
    /// Reads the arguments of the process.
    ///
    /// # Panics
    ///
    /// When a flag is unknown, or its value is missing or no number.
    pub fn parse(default_variant: &str) -> Self {
        let mut args = Self {
            params: Params { days: 365.0, auctions_per_day: 2_000.0 },
            seed: 1,
            reps: 1,
            variant: default_variant.to_owned(),
            customers: 100_000,
            pending: 1_000,
            holds: 1_000_000,
        };
        let mut words = std::env::args().skip(1);
        while let Some(flag) = words.next() {
            let value = words.next().unwrap_or_else(|| panic!("{flag} needs a value"));
            let number = || value.parse::<u64>().unwrap_or_else(|_| panic!("{flag} needs a number: {value}"));
            match flag.as_str() {
                "--days" => args.params.days = number() as f64,
                "--auctions" => args.params.auctions_per_day = number() as f64,
                "--seed" => args.seed = number(),
                "--reps" => args.reps = number(),
                "--variant" => args.variant = value,
                "--customers" => args.customers = number(),
                "--pending" => args.pending = number(),
                "--holds" => args.holds = number(),
                _ => panic!("unknown flag {flag}"),
            }
        }
        args
    }

    /// Runs workload R once for each seed and prints a line for each.
    pub fn replicate_r(&self, name: &str, run: impl Fn(&Params, &[AppSpec], u64) -> Report) {
        let specs = population(&self.params);
        for seed in self.seed..self.seed + self.reps {
            print_line(name, "r", seed, &run(&self.params, &specs, seed).fields());
        }
    }
}

/// Prints what a replication reports, as JSON.
pub fn print_line(name: &str, workload: &str, seed: u64, fields: &[(&str, f64)]) {
    let fields: String = fields.iter().map(|(field, value)| format!(", \"{field}\": {value}")).collect();
    println!("{{\"name\": \"{name}\", \"workload\": \"{workload}\", \"seed\": {seed}{fields}}}");
}
