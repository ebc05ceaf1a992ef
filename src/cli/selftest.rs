//! `bidcast selftest`: does this program, on this machine, give the answers that are known?

use std::time::Instant;

use bidcast::experiment::selftest::{Answer, CHECKS, Check, Kind};
use bidcast::scenario::nearest;

use super::args::{Format, Manner, SelftestArgs};
use super::failure::{Failure, Status};
use super::grid::{Cell, Grid};
use super::output::{say, show};

/// Asks all checks, or those named, and shows what was expected and what came out.
///
/// # Errors
/// A name that is no check's; a check that failed.
pub(crate) fn selftest(args: &SelftestArgs, manner: Manner) -> Result<(), Failure> {
    let checks = choose(&args.names)?;
    let started = Instant::now();
    let answers: Vec<(&Check, Answer)> = checks.into_iter().map(|check| (check, (check.run)())).collect();
    let told = manner.verbose || args.format != Format::Table;
    show(&table(&answers, told).render(args.format)?)?;
    let failed: Vec<&str> =
        answers.iter().filter(|(_, answer)| !answer.passed()).map(|(check, _)| check.name).collect();
    verdict(&failed, answers.len())?;
    if !manner.quiet {
        // On stderr: the time differs from call to call, the answers do not.
        say(&format!("{} checks passed in {:.1} s", answers.len(), started.elapsed().as_secs_f64()));
    }
    Ok(())
}

fn choose(names: &[String]) -> Result<Vec<&'static Check>, Failure> {
    if names.is_empty() {
        return Ok(CHECKS.iter().collect());
    }
    let known = || CHECKS.iter().map(|check| check.name);
    let find = |name: &String| {
        CHECKS.iter().find(|check| check.name == name).ok_or_else(|| {
            let failure = Failure::message(Status::Usage, format!("there is no check `{name}`"));
            match nearest(name, known()).first() {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("`bidcast selftest` without names asks all of them"),
            }
        })
    };
    names.iter().map(find).collect()
}

fn verdict(failed: &[&str], asked: usize) -> Result<(), Failure> {
    if failed.is_empty() {
        return Ok(());
    }
    let message = format!("{} of {asked} checks failed: {}", failed.len(), failed.join(", "));
    Err(Failure::message(Status::CheckFailed, message)
        .hint("do not use results of this program on this machine; please report its version and this table"))
}

fn table(answers: &[(&Check, Answer)], told: bool) -> Grid {
    let columns = ["check", "expected", "got", "off_by", "allowed", "kind", "verdict"];
    let words: &[&str] = if told { &["about", "source"] } else { &[] };
    let mut grid = Grid::new(columns.into_iter().chain(words.iter().copied()));
    for (check, answer) in answers {
        let mut row = vec![
            check.name.into(),
            Cell::number(digits(answer.expected), answer.expected),
            Cell::number(digits(answer.got), answer.got),
            Cell::number(distance(answer.kind, answer.off_by()), answer.off_by()),
            Cell::number(distance(answer.kind, answer.allowed()), answer.allowed()),
            answer.kind.name().into(),
            if answer.passed() { "passed" } else { "FAILED" }.into(),
        ];
        if told {
            row.extend([check.about.into(), check.source.into()]);
        }
        grid.push(row);
    }
    grid
}

/// Standard errors for a mean of draws, else a relative distance.
fn distance(kind: Kind, x: f64) -> String {
    match kind {
        Kind::Chance => format!("{x:.2} se"),
        Kind::Rounding | Kind::Approximation => format!("{x:.1e}   "),
    }
}

/// Six significant digits.
fn digits(x: f64) -> String {
    let lead = if x.abs() > 0.0 { x.abs().log10().floor() as i32 } else { 0 };
    format!("{x:.*}", usize::try_from(5 - lead).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_check_is_named_and_is_exit_code_1() {
        assert!(verdict(&[], 3).is_ok());
        match verdict(&["mm1_wait"], 3) {
            Err(Failure::Told { status, error, .. }) => {
                assert_eq!(status, Status::CheckFailed);
                assert_eq!(error.to_string(), "1 of 3 checks failed: mm1_wait");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_are_looked_up_in_order() {
        let chosen = choose(&["ruin_probability".into(), "mm1_wait".into()]).unwrap();
        assert_eq!(
            chosen.iter().map(|check| check.name).collect::<Vec<_>>(),
            ["ruin_probability", "mm1_wait"]
        );
        assert!(choose(&["mm1_wiat".into()]).is_err());
    }

    #[test]
    fn numbers_keep_six_digits() {
        assert_eq!(digits(2.333_333_333), "2.33333");
        assert_eq!(digits(20_000.4), "20000.4");
        assert_eq!(digits(1_234_567.8), "1234568");
        assert_eq!(digits(0.0), "0.00000");
    }
}
