//! `bidcast discover`: the box of parameters in which the cases of an event lie, from a run that is stored.

use std::fmt;

use bidcast::experiment::expression::Event;
use bidcast::report::table::format_value;
use bidcast::rng::Streams;
use bidcast::sensitivity::{Prim, PrimBox, PrimRule, Restriction, ShapeError, prim};

use super::args::{DiscoverArgs, Format, Manner};
use super::failure::{Failure, Status, wrong};
use super::folder::seconds;
use super::grid::{Cell, Grid, grouped};
use super::outcomes::Target;
use super::output::{say, show};
use super::stored::Stored;

/// Every box on the way with what it asks of each parameter.
const BOXES_FILE: &str = "boxes.csv";
/// Names the streams of resamples: no replication has so high a number.
const RESAMPLES: u64 = u64::MAX - 2;
/// Share of a box that one peel takes off.
const PEEL: f64 = 0.05;
/// Quasi-p above which a restriction is given up.
const SIGNIFICANCE: f64 = 0.05;
/// Boxes of the way that a table shows.
const SHOWN: usize = 8;

/// Looks for the box and shows it.
///
/// # Errors
/// A folder without a table of parameters; an event that cannot be read; one that is never or always there.
pub(crate) fn discover(args: &DiscoverArgs, manner: Manner) -> Result<(), Failure> {
    let began = super::folder::Began::now();
    let case = Case::parse(&args.case)?;
    let stored = Stored::open(&args.run)?;
    let cases: Vec<bool> = stored.outcomes(case.target())?.into_iter().map(|y| case.0.holds(y)).collect();
    let inputs = stored.inputs();
    let columns: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
    let rule = PrimRule {
        peel: PEEL,
        least_mass: args.least_mass,
        significance: SIGNIFICANCE,
        most_inputs: usize::from(args.max_dims),
        n_resamples: args.bootstrap as usize,
    };
    let mut stream = Streams::new(stored.design.seed, RESAMPLES).open(0, 0, 0);
    let found = prim(&columns, &cases, &rule, &mut stream).map_err(|error| refused(error, &case, &cases))?;
    let names = stored.names();
    let boxes = boxes(&found, &names);
    stored.write(BOXES_FILE, boxes.render(Format::Csv)?.as_bytes())?;
    let text = match args.format {
        Format::Table => page(&found, &names, &case, &stored, cases.len())?,
        Format::Md => restrictions(&found, &names).render(Format::Md)?,
        format => boxes.render(format)?,
    };
    show(&text)?;
    if !manner.quiet {
        say(&format!("{}, {}", stored.path().join(BOXES_FILE).display(), seconds(&began)));
    }
    Ok(())
}

/// What makes a run a case: a metric of a year below or above a number.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Case(Event);

impl Case {
    fn parse(text: &str) -> Result<Self, Failure> {
        text.parse().map(Self).map_err(wrong)
    }

    fn target(&self) -> Target {
        Target { metric: self.0.quantity.metric, year: self.0.quantity.year }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0.above { '>' } else { '<' };
        let target = self.target();
        write!(f, "{} {sign} {}", target.name(), format_value(target.of().unit, self.0.threshold))
    }
}

fn refused(error: ShapeError, case: &Case, cases: &[bool]) -> Failure {
    match error {
        ShapeError::Constant => {
            let all = cases.first().copied().unwrap_or_default();
            let message =
                format!("{} runs: {case} in {}", cases.len(), if all { "every one" } else { "none" });
            Failure::message(Status::Usage, message)
                .hint("set the bound within what the run brought; see its summary")
        }
        error => {
            Failure::told(Status::Usage, error).hint("take a run with more draws, or another --least-mass")
        }
    }
}

fn page(found: &Prim, names: &[&str], case: &Case, stored: &Stored, runs: usize) -> Result<String, Failure> {
    let whole = &found.trajectory[0];
    let chosen = &found.chosen;
    let mut text = format!(
        "{case}: {} of {} runs, {:.1} %\n\n",
        grouped(whole.n_cases as u64),
        grouped(runs as u64),
        100.0 * whole.density
    );
    if found.restrictions.is_empty() {
        text.push_str("no parameter tells cases from other runs: every restriction could be chance\n");
    } else {
        text.push_str(&format!(
            "in the box: {} runs, {} of them cases; it covers {:.0} % of the cases, {:.0} % in it are cases\n\n",
            grouped(chosen.n_rows as u64),
            grouped(chosen.n_cases as u64),
            100.0 * chosen.coverage,
            100.0 * chosen.density,
        ));
        text.push_str(&restrictions(found, names).render(Format::Table)?);
        text.push_str(
            "\nquasi-p: chance of so dense a box without the restriction; called quasi, for the box was chosen on the same runs\n",
        );
        text.push_str("came back: share of resamples in which the parameter is restricted again\n");
    }
    text.push_str("\nother boxes on the way, from all runs to the densest\n");
    text.push_str(&way(found).render(Format::Table)?);
    let draws = stored.design.draws.len();
    if runs > draws {
        text.push_str(&format!(
            "\nthe {} draws are replicated: runs of a draw are alike, so that quasi-p is too small\n",
            grouped(draws as u64)
        ));
    }
    Ok(text)
}

fn restrictions(found: &Prim, names: &[&str]) -> Grid {
    let mut grid = Grid::new(["parameter", "from", "to", "quasi-p", "came back"]);
    for restriction in &found.restrictions {
        let reproduced = restriction.reproduced.unwrap_or(f64::NAN);
        grid.push(vec![
            names[restriction.input].into(),
            bound(restriction.low),
            bound(restriction.high),
            Cell::number(probability(restriction.quasi_p), restriction.quasi_p),
            Cell::number(format!("{:.0} %", 100.0 * reproduced), reproduced),
        ]);
    }
    grid
}

/// A few boxes between the whole table and the densest.
fn way(found: &Prim) -> Grid {
    let mut grid = Grid::new(["box", "coverage", "density", "runs", "parameters"]);
    let last = found.trajectory.len() - 1;
    let mut places: Vec<usize> = (0..SHOWN).map(|k| k * last / (SHOWN - 1)).collect();
    places.dedup();
    for place in places {
        let shown = &found.trajectory[place];
        let restricted =
            shown.bounds.iter().filter(|(low, high)| low.is_finite() || high.is_finite()).count();
        grid.push(vec![
            count(place),
            percent(shown.coverage),
            percent(shown.density),
            count(shown.n_rows),
            count(restricted),
        ]);
    }
    grid
}

/// Every box, a row for each parameter that it restricts; one without a parameter when it restricts none.
fn boxes(found: &Prim, names: &[&str]) -> Grid {
    let mut grid = Grid::new([
        "box",
        "runs",
        "cases",
        "coverage",
        "density",
        "mass",
        "parameter",
        "low",
        "high",
        "quasi_p",
        "reproduced",
    ]);
    let numbered = found.trajectory.iter().enumerate().map(|(number, shown)| (number.to_string(), shown));
    for (name, shown) in numbered.chain([("chosen".to_owned(), &found.chosen)]) {
        let known: &[Restriction] = if name == "chosen" { &found.restrictions } else { &[] };
        let restricted: Vec<usize> = (0..names.len())
            .filter(|i| shown.bounds[*i].0.is_finite() || shown.bounds[*i].1.is_finite())
            .collect();
        if restricted.is_empty() {
            let mut row = head(&name, shown);
            row.extend([Cell::Absent, Cell::Absent, Cell::Absent, Cell::Absent, Cell::Absent]);
            grid.push(row);
        }
        for input in restricted {
            let (low, high) = shown.bounds[input];
            let of = known.iter().find(|restriction| restriction.input == input);
            let number = |x: Option<f64>| x.map_or(Cell::Absent, |x| Cell::number(x.to_string(), x));
            let mut row = head(&name, shown);
            row.extend([
                names[input].into(),
                bound(low),
                bound(high),
                number(of.map(|of| of.quasi_p)),
                number(of.and_then(|of| of.reproduced)),
            ]);
            grid.push(row);
        }
    }
    grid
}

fn head(name: &str, shown: &PrimBox) -> Vec<Cell> {
    vec![
        name.into(),
        count(shown.n_rows),
        count(shown.n_cases),
        percent(shown.coverage),
        percent(shown.density),
        percent(shown.mass),
    ]
}

fn count(n: usize) -> Cell {
    Cell::number(grouped(n as u64), n as f64)
}

fn percent(share: f64) -> Cell {
    Cell::number(format!("{:.0} %", 100.0 * share), share)
}

/// An end of a box at four significant digits; absent where the box is open.
fn bound(value: f64) -> Cell {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    Cell::number(rounded.to_string(), value)
}

fn probability(p: f64) -> String {
    if p < 1e-3 { format!("{p:.0e}") } else { format!("{p:.3}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "an event that cannot be read fails the test")]

    use super::*;

    #[test]
    fn a_case_is_told_in_the_unit_of_its_metric() {
        let case = Case::parse("market_total_usd_2026 < 4e9").unwrap();
        assert_eq!(case.to_string(), "market_total_usd_2026 < 4.00 B$");
        assert!(Case::parse("cr20 < 1").is_err());
    }
}
