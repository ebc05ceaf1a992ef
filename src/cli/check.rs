//! `bidcast check`: every problem of each file, nothing simulated.

use bidcast::scenario::{Layer, Overlay, Priors, Scenario};

use super::args::{CheckArgs, Manner};
use super::failure::{Failure, Status};
use super::output::{say, show};
use super::setup;

/// Checks each file alone over the base scenario. A bad file does not keep the next from being checked.
///
/// # Errors
/// The worst of the files decides: one that cannot be read before one that is wrong.
pub(crate) fn check(args: &CheckArgs, manner: Manner) -> Result<(), Failure> {
    let mut worst = Status::Fine;
    let mut answer = String::new();
    let mut bad = 0_usize;
    for path in &args.files {
        match setup::layer(path).and_then(|layer| what(&layer, manner)) {
            Ok(what) => answer.push_str(&format!("ok  {}: {what}\n", path.display())),
            Err(failure) => {
                bad += 1;
                worst = worst.max(failure.report());
            }
        }
    }
    if !answer.is_empty() {
        show(&answer)?;
    }
    if worst == Status::Fine {
        return Ok(());
    }
    say(&format!("{bad} of {} cannot be used", counted(args.files.len(), "file")));
    Err(Failure::Said(worst))
}

/// What a file holds, in a few words: a scenario over the base, or priors on it.
fn what(layer: &Layer, manner: Manner) -> Result<String, Failure> {
    if Priors::are_in(layer) {
        let base = Scenario::load(&[]).map_err(Failure::Input)?;
        let priors = Priors::read(layer, &base).map_err(Failure::Input)?;
        return Ok(counted(priors.priors.len(), "prior"));
    }
    let scenario = Scenario::load(&[Overlay::File(layer)]).map_err(Failure::Input)?;
    setup::warn(scenario.warnings(), manner);
    let changed = scenario.registry().iter().filter(|p| p.value != p.base_value).count();
    let mut what = counted(changed, "parameter") + " changed";
    if !scenario.shocks().is_empty() {
        what.push_str(", ");
        what.push_str(&counted(scenario.shocks().len(), "shock"));
    }
    Ok(what)
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
