//! `--method given`: a stored run is asked, nothing is simulated.

use bidcast::report::table::format_value;
use bidcast::rng::Streams;
use bidcast::sensitivity::{Estimate, Given, GivenInput, GivenRule, ShapeError, given as ask};
use serde_json::json;

use super::super::args::{Manner, SensitivityArgs};
use super::super::failure::{Failure, Status};
use super::super::folder::{Began, seconds};
use super::super::grid::{Cell, Grid, grouped};
use super::super::outcomes::{self, Target};
use super::super::output::{say, show};
use super::super::stored::{Stored, Table};
use super::report::{NEGATIVE, Report, exact, nothing, scaled, shown, unexplained};

/// Names the streams of dummies and resamples: no replication has so high a number.
const ANALYSIS: u64 = u64::MAX - 1;
/// Dummies that make the floor, unless another number is asked for.
const DUMMIES: u32 = 3;
/// Confidence of the intervals.
const LEVEL: f64 = 0.95;

const COLUMNS: &[&str] = &[
    "parameter",
    "s1",
    "s1_low",
    "s1_high",
    "s1_explainable",
    "s1_explainable_low",
    "s1_explainable_high",
    "delta",
    "delta_low",
    "delta_high",
    "spearman",
    "spearman_low",
    "spearman_high",
    "mean_lowest_tenth",
    "mean_highest_tenth",
    "above_floor",
];

/// Asks a run what drives its outcomes.
///
/// # Errors
/// A folder that has no table of parameters; a metric that does not vary; what the system refuses.
pub(super) fn given(args: &SensitivityArgs, manner: Manner) -> Result<(), Failure> {
    let began = Began::now();
    let Some(run) = &args.run else {
        return Err(Failure::message(Status::Usage, "there is no run to ask")
            .hint("name one with drawn parameters: --run DIR")
            .hint("or run a study for it: --method morris, --method sobol"));
    };
    let stored = Stored::open(run)?;
    let targets = outcomes::targets(&args.metric, args.year, &stored.years())?;
    let rule = GivenRule {
        n_dummies: args.dummy.unwrap_or(DUMMIES) as usize,
        n_resamples: args.bootstrap as usize,
        level: LEVEL,
    };
    let mut report = Report::new("given", COLUMNS);
    for target in targets {
        let table = stored.table(target)?;
        let columns: Vec<&[f64]> = table.inputs.iter().map(Vec::as_slice).collect();
        let mut stream =
            Streams::new(stored.design.seed, ANALYSIS).open(0, target.metric as u64, target.year as u64);
        let found = match ask(&columns, &table.outcome, &rule, &mut stream) {
            Err(ShapeError::Constant) => {
                let (grid, facts, said) = nothing();
                report.answer(target, grid, facts, said);
                continue;
            }
            other => other.map_err(|error| unexplained(error, target))?,
        };
        tell(&mut report, target, &stored.names(), &table, &found);
    }
    for (name, bytes) in report.files()? {
        stored.write(name, &bytes)?;
    }
    show(&report.render(args.study.work.format)?)?;
    if !manner.quiet {
        say(&format!("kept in {}, {}", stored.path().display(), seconds(&began)));
    }
    Ok(())
}

/// One line of the table.
struct Line<'a> {
    name: &'a str,
    input: &'a GivenInput,
    /// Against the variance of one run.
    first: Estimate,
    /// Against what the parameters explain.
    explainable: Option<Estimate>,
    above: bool,
}

fn tell(report: &mut Report, target: Target, names: &[&str], table: &Table, found: &Given) {
    // Rows are means of replications: their variance is not that of one run.
    let whole = table.shares.map(|shares| shares.rows / (shares.parameters + shares.chance));
    let part =
        table.shares.filter(|shares| shares.parameters > 0.0).map(|shares| shares.rows / shares.parameters);
    let mut lines: Vec<Line<'_>> = names
        .iter()
        .zip(&found.inputs)
        .map(|(name, input)| Line {
            name,
            input,
            first: scaled(input.first, whole.unwrap_or(1.0)),
            explainable: part.map(|factor| scaled(input.first, factor)),
            above: above(input, found),
        })
        .collect();
    lines.sort_by(|a, b| b.first.value.total_cmp(&a.first.value));
    let unit = target.of().unit;
    let mut grid = Grid::new([
        "parameter",
        "S1 [95 %]",
        "of the explained",
        "δ [95 %]",
        "rank correlation",
        "lowest tenth",
        "highest tenth",
        "",
    ])
    .aligned(&[1, 2, 3, 4]);
    for line in &lines {
        let input = line.input;
        let mean = |x: f64| Cell::number(format_value(unit, x), x);
        grid.push(vec![
            line.name.into(),
            shown(line.first),
            line.explainable.map_or(Cell::Absent, |of| Cell::number(format!("{:.2}", of.value), of.value)),
            shown(input.delta),
            shown(input.spearman),
            mean(input.mean_low),
            mean(input.mean_high),
            if line.above { "" } else { "below the floor" }.into(),
        ]);
        let number = |x: f64| Cell::number(x.to_string(), x);
        let mut row = vec![Cell::from(line.name)];
        row.extend(exact(Some(line.first)));
        row.extend(exact(line.explainable));
        row.extend(exact(Some(input.delta)));
        row.extend(exact(Some(input.spearman)));
        row.extend([
            number(input.mean_low),
            number(input.mean_high),
            if line.above { "yes" } else { "no" }.into(),
        ]);
        report.row(target, row);
    }
    let facts = json!({
        "draws": table.outcome.len(),
        "replications": table.replications,
        "same_chance": table.same_chance,
        "variance_of_parameters": table.shares.map(|shares| shares.parameters),
        "variance_of_chance": table.shares.map(|shares| shares.chance),
        "share_of_chance": table.shares.and_then(|shares| shares.chance_share()),
        "floor_s1": found.floor.first * whole.unwrap_or(1.0),
        "floor_delta": found.floor.delta,
        "floor_spearman": found.floor.spearman,
    });
    report.answer(target, grid, facts, sentences(table, found, whole.unwrap_or(1.0), &lines));
}

/// Whether anything of an input reaches above the noise.
fn above(input: &GivenInput, found: &Given) -> bool {
    input.first.value > found.floor.first
        || input.delta.value > found.floor.delta
        || input.spearman.value.abs() > found.floor.spearman
}

fn sentences(table: &Table, found: &Given, whole: f64, lines: &[Line<'_>]) -> Vec<String> {
    let mut said = vec![format!(
        "{} draws of {} parameters, {} {} of each.",
        grouped(table.outcome.len() as u64),
        table.inputs.len(),
        table.replications,
        if table.replications == 1 { "run" } else { "runs" },
    )];
    if table.left_out > 0 {
        said.push(format!("{} draws lack replications and are left out.", grouped(table.left_out as u64)));
    }
    said.push(match (table.shares.and_then(|shares| shares.chance_share()), table.same_chance) {
        (Some(share), _) => format!(
            "Chance makes {:.0} % of the variance of one run, parameters {:.0} %; S1 is a share of all of it.",
            100.0 * share,
            100.0 * (1.0 - share)
        ),
        (None, true) => "All draws are run under one chance: S1 is a share of what varies under it.".into(),
        (None, false) => {
            "One run of each draw: S1 is a share of all variance, of which chance has a part that only replications tell."
                .into()
        }
    });
    if found.floor.delta > 0.0 {
        said.push(format!(
            "Floor: what inputs that cannot matter reach at most: S1 {:.3}, δ {:.3}, rank correlation {:.3}.",
            found.floor.first * whole,
            found.floor.delta,
            found.floor.spearman
        ));
    }
    if lines.iter().any(|line| line.first.value < 0.0) {
        said.push(NEGATIVE.into());
    }
    said
}
