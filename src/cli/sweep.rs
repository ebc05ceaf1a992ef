//! `bidcast sweep`: points of parameters in one scenario, each with what comes of it.

use bidcast::experiment::Columns;
use bidcast::experiment::study::{Design, levers};
use bidcast::metrics::{METRICS, index_of};
use bidcast::report::table::with_error;
use bidcast::scenario::Scenario;
use bidcast::stats::{mcse, mean};
use serde::{Deserialize, Serialize};

use super::args::{Format, Manner, SweepArgs};
use super::failure::{Failure, Status};
use super::folder::store_failure;
use super::grid::{Cell, Grid, grouped};
use super::points::Points;
use super::question::Question;
use super::study::{Done, Study, carry_out};
use super::{headline, outcomes, points, setup, vary};

/// A row for each point, full precision.
const POINTS_FILE: &str = "points.csv";
/// Rows that a table on a terminal shows; the file has all.
const MOST_ROWS: usize = 40;
/// Parameters that a table on a terminal shows.
const MOST_LEVERS: usize = 4;

/// What a sweep asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Replications of every point.
    replications: u64,
    /// Whether every point has chance of its own.
    own_chance: bool,
    /// Metrics to report; the core when empty.
    metrics: Vec<String>,
}

/// Plans the study and carries it out.
///
/// # Errors
/// Problems of the input before any work; else those of any study.
pub(crate) fn sweep(args: &SweepArgs, manner: Manner) -> Result<(), Failure> {
    let scenario = setup::scenario(&args.scenario, manner)?;
    let study = plan(args, &scenario)?;
    carry_out(&study, &args.study, manner)
}

fn plan(args: &SweepArgs, scenario: &Scenario) -> Result<Study, Failure> {
    let seed = args.seed.unwrap_or_else(|| scenario.seed());
    outcomes::metrics(&args.metric)?;
    let spread = args.inputs.params.is_some() || !args.inputs.vary.is_empty();
    let points = match (args.design, &args.from) {
        (None, _) if spread => {
            return Err(Failure::message(
                Status::Usage,
                "the points of a grid or a file need no --vary and no --params",
            )
            .hint("spread points over them with --design sobol:N, or leave them out"));
        }
        (Some(design), _) => {
            let priors = vary::inputs(&args.inputs, scenario)?;
            Points {
                levers: levers(&priors),
                rows: vary::placed(&priors, design.sampler, design.points, seed)?,
            }
        }
        (None, Some(file)) => points::file(file, scenario)?,
        (None, None) => points::grid(&args.grid, scenario)?,
    };
    let Points { levers, rows } = points;
    let design = if args.own_chance {
        Design::nested(scenario, seed, levers, rows, args.reps)
    } else {
        Design::paired(&[scenario], seed, levers, rows, args.reps)
    };
    let asked = Asked { replications: args.reps, own_chance: args.own_chance, metrics: args.metric.clone() };
    Ok(Study { question: Question::Sweep(asked), design })
}

/// What came of the points: for each metric and year, the values of each point.
struct Found {
    years: Vec<i32>,
    metrics: Vec<usize>,
    /// By point: metric by metric, year by year, a value for each run.
    values: Vec<Vec<Vec<f64>>>,
}

impl Asked {
    /// Sums up: a file with all points, a table of them.
    ///
    /// # Errors
    /// Results that cannot be read or kept.
    pub(crate) fn conclude(&self, done: &Done<'_>) -> Result<String, Failure> {
        let core = || headline::core().filter_map(index_of).collect();
        let metrics = if self.metrics.is_empty() { core() } else { outcomes::metrics(&self.metrics)? };
        let found = found(done, metrics)?;
        let all = full(done.design, &found);
        done.write(POINTS_FILE, all.render(Format::Csv)?.as_bytes())?;
        match done.format {
            Format::Table => self.page(done, &found),
            Format::Md => self.shown(done, &found, usize::MAX, usize::MAX)?.render(Format::Md),
            format => all.render(format),
        }
    }

    fn page(&self, done: &Done<'_>, found: &Found) -> Result<String, Failure> {
        let (points, n_levers) = (done.design.draws.len(), done.design.levers.len());
        let (rows, columns) =
            if done.manner.verbose { (usize::MAX, usize::MAX) } else { (MOST_ROWS, MOST_LEVERS) };
        let mut text = self.shown(done, found, rows, columns)?.render(Format::Table)?;
        text.push('\n');
        let mut hidden = Vec::new();
        if points > rows {
            hidden.push(format!("{} more points", grouped((points - rows) as u64)));
        }
        if n_levers > columns {
            hidden.push(format!("{} more parameters", n_levers - columns));
        }
        if !hidden.is_empty() {
            let path = done.folder.path().join(POINTS_FILE);
            text.push_str(&format!(
                "{} are in {} and under --verbose\n",
                hidden.join(" and "),
                path.display()
            ));
        }
        let chance = match (self.own_chance, self.replications) {
            (true, 1) => {
                "one run of each point, with chance of its own: differences hold the chance of two runs"
            }
            (true, _) => "every point has chance of its own; ± is the Monte Carlo error of the mean",
            (false, 1) => {
                "one run of each point, all under the same chance: differences are sharper than either value"
            }
            (false, _) => {
                "replication k has the same chance at every point: differences are sharper than the ± of either mean"
            }
        };
        text.push_str(&format!(
            "{} points × {} {}, seed {}; {chance}\n",
            grouped(points as u64),
            self.replications,
            if self.replications == 1 { "run" } else { "runs" },
            done.design.seed
        ));
        Ok(text)
    }

    /// The table as people read it: the metrics asked for, or the two that are usual.
    fn shown(&self, done: &Done<'_>, found: &Found, rows: usize, columns: usize) -> Result<Grid, Failure> {
        let design = done.design;
        let shown: Vec<usize> = if self.metrics.is_empty() {
            outcomes::targets(&[], None, &found.years)?.into_iter().map(|target| target.metric).collect()
        } else {
            found.metrics.clone()
        };
        let n_levers = design.levers.len().min(columns);
        let mut names = vec!["point".to_owned()];
        names.extend(design.levers[..n_levers].iter().map(|lever| lever.name.clone()));
        let mut places = Vec::new();
        for (m, metric) in found.metrics.iter().enumerate().filter(|(_, metric)| shown.contains(metric)) {
            for (y, year) in found.years.iter().enumerate() {
                names.push(format!("{} {year}", METRICS[*metric].name));
                places.push((METRICS[*metric].unit, m * found.years.len() + y));
            }
        }
        let mut grid = Grid::new(names);
        for (point, values) in found.values.iter().enumerate().take(rows) {
            let mut row = vec![whole(point)];
            row.extend(design.draws[point][..n_levers].iter().map(|value| parameter(*value)));
            for (unit, place) in &places {
                let values = &values[*place];
                let middle = mean(values).unwrap_or(f64::NAN);
                row.push(Cell::number(with_error(*unit, middle, mcse(values)), middle));
            }
            grid.push(row);
        }
        Ok(grid)
    }
}

fn found(done: &Done<'_>, metrics: Vec<usize>) -> Result<Found, Failure> {
    let results = done.results(|_| true)?;
    let years = results.years();
    let draws: Vec<usize> =
        results.jobs().iter().map(|job| done.design.jobs[*job as usize].draw as usize).collect();
    let mut values = vec![vec![Vec::new(); metrics.len() * years.len()]; done.design.draws.len()];
    for (m, metric) in metrics.iter().enumerate() {
        let columns = results.yearly(*metric..*metric + 1).map_err(store_failure)?;
        for (y, column) in columns.into_iter().flatten().enumerate() {
            for (draw, value) in draws.iter().zip(column) {
                values[*draw][m * years.len() + y].push(value);
            }
        }
    }
    Ok(Found { years, metrics, values })
}

/// All points with every figure.
fn full(design: &Design, found: &Found) -> Grid {
    let mut names = vec!["point".to_owned()];
    names.extend(design.levers.iter().map(|lever| lever.name.clone()));
    names.push("runs".to_owned());
    for metric in &found.metrics {
        for year in &found.years {
            let name = format!("{}_{year}", METRICS[*metric].name);
            names.extend([name.clone(), format!("{name}_mcse")]);
        }
    }
    let mut grid = Grid::new(names);
    for (point, values) in found.values.iter().enumerate() {
        let mut row = vec![whole(point)];
        row.extend(design.draws[point].iter().map(|value| parameter(*value)));
        row.push(whole(values.first().map_or(0, Vec::len)));
        for values in values {
            let (middle, error) = (mean(values).unwrap_or(f64::NAN), mcse(values).unwrap_or(f64::NAN));
            row.extend([exact(middle), exact(error)]);
        }
        grid.push(row);
    }
    grid
}

fn whole(count: usize) -> Cell {
    Cell::number(count.to_string(), count as f64)
}

fn exact(value: f64) -> Cell {
    Cell::number(value.to_string(), value)
}

/// A value of a parameter at five significant digits.
fn parameter(value: f64) -> Cell {
    let rounded: f64 = format!("{value:.4e}").parse().unwrap_or(value);
    Cell::number(rounded.to_string(), value)
}
