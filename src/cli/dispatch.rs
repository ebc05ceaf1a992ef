//! The way of a call: parse, do, report, exit code.

use std::process::ExitCode;

use clap::Parser;

use super::args::{Cli, Verb};
use super::failure::Status;
use super::{
    calibrate, check, compare, completions, diff, discover, explain, forecast, gc, identify, inspect, man,
    metrics, run, scenarios, seek, selftest, sensitivity, study, sweep, why,
};

/// Does what the command line asks.
pub(crate) fn main() -> ExitCode {
    // Clap answers `--help` and `--version` on stdout with 0, and a wrong command line on stderr with 2, as documented.
    let Cli { verb, manner } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => {
            // A closed stream (`| head`) leaves nobody to tell.
            let _ = answer.print();
            let status = if answer.use_stderr() { Status::Usage } else { Status::Fine };
            return status.into();
        }
    };
    let done = match &verb {
        Verb::Forecast(args) => forecast::forecast(args, manner),
        Verb::Compare(args) => compare::compare(args, manner),
        Verb::Calibrate(args) => calibrate::calibrate(args, manner),
        Verb::Backtest(args) => calibrate::backtest(args, manner),
        Verb::Identify(args) => identify::identify(args, manner),
        Verb::Seek(args) => seek::seek(args, manner),
        Verb::Sweep(args) => sweep::sweep(args, manner),
        Verb::Sensitivity(args) => sensitivity::sensitivity(args, manner),
        Verb::Discover(args) => discover::discover(args, manner),
        Verb::Resume(args) => study::resume(args, manner),
        Verb::Merge(args) => study::merge(args, manner),
        Verb::Inspect(args) => inspect::inspect(args, manner),
        Verb::Diff(args) => diff::diff(args, manner),
        Verb::Gc(args) => gc::gc(args, manner),
        Verb::Run(args) => run::run(args, manner),
        Verb::Check(args) => check::check(args, manner),
        Verb::Explain(args) => explain::explain(args, manner),
        Verb::Why(args) => why::why(args, manner),
        Verb::Metrics(args) => metrics::metrics(args),
        Verb::Scenarios(args) => scenarios::scenarios(args),
        Verb::Selftest(args) => selftest::selftest(args, manner),
        Verb::Completions(args) => completions::completions(args),
        Verb::Man(args) => man::man(args, manner),
    };
    match done {
        Ok(()) => Status::Fine.into(),
        Err(failure) => failure.report().into(),
    }
}
