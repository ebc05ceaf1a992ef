//! `bidcast check`: every problem of each file, nothing simulated.

use bidcast::scenario::{Overlay, Scenario};

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
        let checked = setup::layer(path)
            .and_then(|layer| Scenario::load(&[Overlay::File(&layer)]).map_err(Failure::Input));
        match checked {
            Ok(scenario) => {
                setup::warn(scenario.warnings(), manner);
                let changed = scenario.registry().iter().filter(|p| p.value != p.base_value).count();
                let mut what = counted(changed, "parameter") + " changed";
                if !scenario.shocks().is_empty() {
                    what.push_str(", ");
                    what.push_str(&counted(scenario.shocks().len(), "shock"));
                }
                answer.push_str(&format!("ok  {}: {what}\n", path.display()));
            }
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

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
