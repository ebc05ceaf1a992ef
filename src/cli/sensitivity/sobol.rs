//! `--method sobol`: indices of a Saltelli design with intervals, and whether they have settled.

use bidcast::rng::Streams;
use bidcast::sensitivity::{ShapeError, SobolIndices, sobol_indices};
use serde_json::{Value, json};

use super::super::failure::Failure;
use super::super::grid::{Cell, Grid, grouped};
use super::super::outcomes::Target;
use super::super::study::Done;
use super::report::{NEGATIVE, Report, exact, nothing, shown, unexplained};
use super::runs::{Blocks, blocks, by_job};
use super::saltelli::{Chance, Saltelli};

/// Names the streams of resamples: no replication has so high a number.
const ANALYSIS: u64 = u64::MAX - 1;
/// Pairs that a table shows; the file has all.
const MOST_PAIRS: usize = 10;
/// Parts of the base points at which indices are worked out as well.
const PARTS: [usize; 2] = [4, 2];

const COLUMNS: &[&str] = &[
    "parameter",
    "with",
    "s1",
    "s1_low",
    "s1_high",
    "st",
    "st_low",
    "st_high",
    "s1_explainable",
    "s1_explainable_low",
    "s1_explainable_high",
    "st_explainable",
    "st_explainable_low",
    "st_explainable_high",
    "s2",
    "s2_low",
    "s2_high",
    "s1_quarter",
    "s1_half",
    "st_quarter",
    "st_half",
];

/// Indices at the whole design and at its beginnings.
struct Found {
    names: Vec<String>,
    whole: SobolIndices,
    /// At a quarter and at half of the base points; none where these are too few.
    parts: [Option<SobolIndices>; 2],
}

impl Saltelli {
    /// Indices of every parameter on every metric.
    ///
    /// # Errors
    /// Results that cannot be read; a metric that does not vary.
    pub(super) fn conclude(&self, done: &Done<'_>, targets: &[Target]) -> Result<Report, Failure> {
        let mut names: Vec<String> = done.design.levers.iter().map(|lever| lever.name.clone()).collect();
        let k = names.len();
        if self.chance == Chance::Factor {
            names.push("chance".into());
        }
        let mut report = Report::new("sobol", COLUMNS);
        for target in targets {
            let runs = blocks(&by_job(done, *target)?, self.layout(k).block(), self.replications as usize);
            let n = runs.numbers.len();
            if n < 2 {
                let few = format!("{n} of {} base points are complete: too few for indices.", runs.planned);
                report.answer(*target, Grid::new(["parameter"]), Value::Null, vec![few]);
                continue;
            }
            let at = |n: usize, resamples: usize| {
                let mut stream = Streams::new(done.design.seed, ANALYSIS).open(
                    1,
                    target.metric as u64,
                    target.year as u64,
                );
                sobol_indices(self.beginning(&runs, k, n), &self.rule(k, runs.within, resamples), &mut stream)
            };
            let whole = match at(n, self.bootstrap) {
                Err(ShapeError::Constant) => {
                    let (grid, facts, said) = nothing();
                    report.answer(*target, grid, facts, said);
                    continue;
                }
                other => other.map_err(|error| unexplained(error, *target))?,
            };
            let found = Found { names: names.clone(), whole, parts: PARTS.map(|part| at(n / part, 0).ok()) };
            let grid = self.tell(&mut report, *target, &found);
            report.answer(*target, grid, self.facts(&found, &runs), self.sentences(&found, &runs));
        }
        Ok(report)
    }

    /// Fills the file, and gives the table with the largest first.
    fn tell(&self, report: &mut Report, target: Target, found: &Found) -> Grid {
        let whole = &found.whole;
        let part = |of: &dyn Fn(&SobolIndices) -> f64| {
            found.parts.each_ref().map(|part| {
                part.as_ref().map_or(Cell::Absent, |p| Cell::number(format!("{:.2}", of(p)), of(p)))
            })
        };
        let mut order: Vec<usize> = (0..whole.inputs.len()).collect();
        order.sort_by(|a, b| whole.inputs[*b].total.value.total_cmp(&whole.inputs[*a].total.value));
        let explained = whole.explainable.is_some();
        let mut columns = vec!["parameter", "S1 [95 %]", "ST [95 %]"];
        if explained {
            columns.extend(["S1 of the explained", "ST of the explained"]);
        }
        columns.extend(["S1 at N/4", "S1 at N/2", "ST at N/4", "ST at N/2"]);
        let mut grid = Grid::new(columns).aligned(&[1, 2, 3, 4]);
        for i in order {
            let input = &whole.inputs[i];
            let first = part(&|found| found.inputs[i].first.value);
            let total = part(&|found| found.inputs[i].total.value);
            let mut row = vec![Cell::from(found.names[i].as_str()), shown(input.first), shown(input.total)];
            if explained {
                row.extend(
                    [input.first_explainable, input.total_explainable]
                        .map(|of| of.map_or(Cell::Absent, shown)),
                );
            }
            row.extend(first.iter().chain(&total).cloned());
            grid.push(row);
            let mut cells = vec![found.names[i].as_str().into(), Cell::Absent];
            for estimate in
                [Some(input.first), Some(input.total), input.first_explainable, input.total_explainable, None]
            {
                cells.extend(exact(estimate));
            }
            cells.extend(first.into_iter().chain(total));
            report.row(target, cells);
        }
        let mut pairs: Vec<_> = whole.pairs.iter().collect();
        pairs.sort_by(|a, b| b.second.value.total_cmp(&a.second.value));
        for (rank, pair) in pairs.into_iter().enumerate() {
            let (one, other) = (found.names[pair.inputs.0].as_str(), found.names[pair.inputs.1].as_str());
            let mut cells = vec![Cell::from(one), other.into()];
            for estimate in [None, None, None, None, Some(pair.second)] {
                cells.extend(exact(estimate));
            }
            cells.extend([Cell::Absent, Cell::Absent, Cell::Absent, Cell::Absent]);
            report.row(target, cells);
            if rank < MOST_PAIRS {
                let mut row = vec![format!("{one} × {other}").into(), shown(pair.second)];
                row.resize(if explained { 9 } else { 7 }, Cell::Absent);
                grid.push(row);
            }
        }
        grid
    }

    fn facts(&self, found: &Found, runs: &Blocks) -> Value {
        json!({
            "base_points": runs.numbers.len(),
            "runs": runs.outcomes.len() as u64 * self.replications,
            "replications": self.replications,
            "noise": self.chance,
            "variance": found.whole.variance,
            "variance_explainable": found.whole.explainable,
            "variance_of_chance": runs.within,
            "sum_of_s1": found.whole.inputs.iter().map(|input| input.first.value).sum::<f64>(),
        })
    }

    fn sentences(&self, found: &Found, runs: &Blocks) -> Vec<String> {
        let whole = &found.whole;
        let n = runs.numbers.len();
        let mut said = vec![format!(
            "{} base points of {} rows, {} {} of each.",
            grouped(n as u64),
            runs.outcomes.len() / n,
            self.replications,
            if self.replications == 1 { "run" } else { "runs" },
        )];
        said.extend(runs.left_out("base points"));
        let chance =
            runs.within.filter(|_| whole.variance > 0.0).map(|within| 100.0 * within / whole.variance);
        said.push(match (self.chance, chance) {
            (Chance::Correct, Some(chance)) => format!(
                "Chance makes {chance:.0} % of the variance of one run; it is taken off ST. Indices are shares of all variance, and of what parameters explain."
            ),
            (Chance::Correct | Chance::Crn, _) => {
                "The rows of a base point share their chance, which cancels in their differences; indices are shares of all variance, chance included.".into()
            }
            (Chance::Factor, _) => {
                "Chance is an input: its ST is the share of the variance that is left when all parameters are known.".into()
            }
        });
        if let Some(explainable) = whole.explainable.filter(|variance| *variance <= 0.0) {
            said.push(format!(
                "Chance hides what parameters do: {explainable:.2e} is left of the variance for them."
            ));
        }
        said.extend(settled(found));
        let dummies = whole.inputs.iter().zip(&found.names).filter(|(_, name)| name.starts_with("dummy_"));
        if let Some(floor) = dummies.map(|(input, _)| input.total.value).reduce(f64::max) {
            said.push(format!("Inputs that go nowhere reach an ST of {floor:.3}: what is below is noise."));
        }
        let estimates = whole.inputs.iter().flat_map(|input| [input.first.value, input.total.value]);
        if estimates.chain(whole.pairs.iter().map(|pair| pair.second.value)).any(|value| value < 0.0) {
            said.push(NEGATIVE.into());
        }
        said
    }
}

/// How far indices still moved when the base points doubled, beside their intervals.
fn settled(found: &Found) -> Option<String> {
    let half = found.parts[1].as_ref()?;
    let whole = &found.whole;
    let moved = |of: &dyn Fn(&SobolIndices, usize) -> f64| {
        (0..whole.inputs.len()).map(|i| (of(whole, i) - of(half, i)).abs()).fold(0.0, f64::max)
    };
    let first = moved(&|found, i| found.inputs[i].first.value);
    let total = moved(&|found, i| found.inputs[i].total.value);
    let widest = whole
        .inputs
        .iter()
        .flat_map(|input| [input.first.interval, input.total.interval])
        .flatten()
        .map(|interval| interval.half_width())
        .fold(0.0, f64::max);
    let verdict = if first.max(total) <= widest { "within" } else { "more than" };
    Some(format!(
        "From N/2 to N the largest change of S1 is {first:.3}, of ST {total:.3}: {verdict} the widest interval, ±{widest:.3}."
    ))
}
