//! Workload R on nexosim, in two ways.
//!
//! `--variant actors` is the framework's own way: every app is a model with a mailbox that schedules its own events, and an
//! exchange asks the apps of its slots for their bids through ports. `--variant market` holds everything in one model and
//! uses nexosim as a queue of events.

mod actors;
mod market;

use workload::report::Args;

fn main() {
    let args = Args::parse("market");
    match args.variant.as_str() {
        "actors" => args.replicate_r("nexosim-actors", actors::run),
        "market" => args.replicate_r("nexosim-market", market::run),
        other => panic!("no variant {other}: actors or market"),
    }
}
