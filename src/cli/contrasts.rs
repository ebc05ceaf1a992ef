//! A comparison as text: each scenario against the reference year by year, the mixture by weight, what to beware of.

use bidcast::experiment::comparison::{
    Against, Comparison, Difference, Level, Measured, Mixed, Mixture, Part, Warning,
};
use bidcast::metrics::{METRICS, Metric, Unit};
use bidcast::report::table::{format_change, format_count, format_range, format_value, with_error};

use super::grid::{Cell, Grid};
use super::headline::{CORE, HHI_POINTS};

/// Warnings of one kind are told by so many examples, the worst first.
const EXAMPLES: usize = 3;
/// What is shown under other weights, unless all of the core is.
const MOST_ASKED: &str = "market_total_usd";

/// The whole page; `verbose` shows every metric, relative intervals, probabilities and the price of not pairing.
pub(crate) fn page(found: &Comparison, verbose: bool) -> String {
    let mut text = String::new();
    for grid in grids(found, verbose) {
        text.push_str(&grid.table());
        text.push('\n');
    }
    let each =
        |n: u64, thing: &str| format!("{} {thing}{}", format_count(n as f64), if n == 1 { "" } else { "s" });
    text.push_str(&format!(
        "{} ({}, {}) of seed {}; ± is one standard error, brackets hold {}\n",
        each(found.pairs, "pair"),
        each(found.draws, "draw"),
        each(found.replications, "replication"),
        found.seed,
        percent(found.level)
    ));
    text.push_str(
        "differences are of means; variance reduction: so many times the runs would be needed without common random \
         numbers\n",
    );
    if found.mixture.is_some() {
        text.push_str("from scenarios, parameters, chance: shares of the variance of the mixture\n");
    }
    text.push_str(&format!("{}\n", found.uncertainty));
    text.push_str(&warnings(found, verbose));
    text
}

/// All tables of the page, in its order.
pub(crate) fn grids(found: &Comparison, verbose: bool) -> Vec<Grid> {
    let mut grids = Vec::new();
    for year in years(found) {
        grids.extend(found.against.iter().map(|against| contrast(found, against, year, verbose)));
        if let Some(mixture) = &found.mixture {
            grids.push(distribution(mixture, year, verbose));
            let asked = |(metric, _): &(&Metric, &str)| verbose || metric.name == MOST_ASKED;
            grids.extend(shown(false).filter(asked).filter_map(|(metric, words)| {
                Some(other_weights(metric, words, year, mixture.metrics.get(metric.name)?.get(year)?))
            }));
        }
    }
    grids
}

fn years(found: &Comparison) -> Vec<&str> {
    let mut years: Vec<&str> = found
        .against
        .iter()
        .flat_map(|against| against.metrics.values().flat_map(|by_year| by_year.keys().map(String::as_str)))
        .collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// Metrics of the page with the words for them.
fn shown(verbose: bool) -> impl Iterator<Item = (&'static Metric, &'static str)> {
    let all = METRICS.iter().map(|metric| (metric, metric.name)).filter(move |_| verbose);
    let core = CORE.iter().filter(move |_| !verbose).filter_map(|(name, words)| {
        METRICS.iter().find(|metric| metric.name == *name).map(|metric| (metric, *words))
    });
    all.chain(core)
}

/// One scenario against the reference in one year.
fn contrast(found: &Comparison, against: &Against, year: &str, verbose: bool) -> Grid {
    let mut columns = vec![
        format!("{} against {}, {year}", against.scenario, found.reference),
        format!("{} median", found.reference),
        format!("difference ({})", percent(found.level)),
        "relative".to_owned(),
    ];
    if verbose {
        columns.push("P(above)".to_owned());
    }
    columns.extend(["variance reduction".to_owned(), "pairs for ±1 %".to_owned()]);
    if verbose {
        columns.push("unpaired".to_owned());
    }
    let right: Vec<usize> = (1..columns.len()).collect();
    let mut grid = Grid::new(columns).aligned(&right);
    for (metric, words) in shown(verbose) {
        if let Some(difference) = against.metrics.get(metric.name).and_then(|by_year| by_year.get(year)) {
            grid.push(contrast_row(metric, words, difference, verbose));
        }
    }
    grid
}

fn contrast_row(metric: &Metric, words: &str, found: &Difference, verbose: bool) -> Vec<Cell> {
    let count = |runs: Option<u64>| {
        // What is the same in every pair needs none.
        let runs = runs.filter(|_| !found.identical);
        runs.map_or(Cell::Absent, |runs| Cell::number(format_count(runs as f64), runs as f64))
    };
    let mut cells = vec![Cell::from(words), level(metric, found.reference).into()];
    if found.identical {
        cells.extend(["exactly 0".into(), Cell::number("0 %".into(), 0.0)]);
    } else {
        cells.push(signed(metric, found.difference).into());
        cells.push(found.relative.map_or(Cell::Absent, |relative| {
            let change = format_change;
            let shown = if verbose {
                bracketed([change(relative.value), change(relative.low), change(relative.high)])
            } else {
                change(relative.value)
            };
            Cell::number(shown, relative.value)
        }));
    }
    if verbose {
        let Measured { value, low, high, .. } = found.above;
        cells.push(Cell::number(bracketed([percent(value), percent(low), percent(high)]), value));
    }
    cells.push(found.variance_reduction.map_or(Cell::Absent, |reduction| {
        Cell::number(with_error(Unit::Ratio, reduction, found.variance_reduction_mcse), reduction)
    }));
    cells.push(count(found.for_one_percent.pairs));
    if verbose {
        cells.push(count(found.for_one_percent.independent));
    }
    cells
}

/// The mixture in one year: where it lies, how wide it is, and why.
fn distribution(mixture: &Mixture, year: &str, verbose: bool) -> Grid {
    let weights: Vec<String> =
        mixture.weights.iter().map(|(name, weight)| format!("{name} {}", percent(*weight))).collect();
    let of = |mixed: &Mixed| mixed.split.parameters.is_some();
    let split = mixture.metrics.values().filter_map(|by_year| by_year.get(year)).any(of);
    let title = format!("mixture, {year}: {}", weights.join(", "));
    let mut columns = vec![title.as_str(), "median", "80 %", "95 %", "from scenarios"];
    columns.extend(if split { &["from parameters", "from chance"][..] } else { &["from within"][..] });
    let right: Vec<usize> = (1..columns.len()).collect();
    let mut grid = Grid::new(columns).aligned(&right);
    for (metric, words) in shown(verbose) {
        let Some(mixed) = mixture.metrics.get(metric.name).and_then(|by_year| by_year.get(year)) else {
            continue;
        };
        let (unit, scale) = look(metric);
        let e = &mixed.distribution;
        let range = |low: f64, high: f64| Cell::from(format_range(unit, scale * low, scale * high));
        let mut cells = vec![
            Cell::from(words),
            with_error(unit, scale * e.p50, e.p50_mcse.map(|error| scale * error)).into(),
            range(e.p10, e.p90),
            range(e.p2_5, e.p97_5),
        ];
        let total = mixed.split.scenarios.value + mixed.split.within.value;
        let share = |part: Option<Part>| match part {
            Some(Part { value, mcse }) if total > 0.0 => {
                let (value, mcse) = (value / total, mcse / total);
                Cell::number(with_error(Unit::Share, value, Some(mcse)), value)
            }
            _ => Cell::Absent,
        };
        // Its own error holds that of the whole; the other shares are of a whole that is known better than they are.
        cells.push(mixed.split.scenario_share.map_or(Cell::Absent, |Part { value, mcse }| {
            Cell::number(with_error(Unit::Share, value, Some(mcse)), value)
        }));
        if split {
            cells.extend([share(mixed.split.parameters), share(mixed.split.chance)]);
        } else {
            let within =
                mixed.split.scenario_share.map(|part| Part { value: 1.0 - part.value, mcse: part.mcse });
            cells.push(within.map_or(Cell::Absent, |Part { value, mcse }| {
                Cell::number(with_error(Unit::Share, value, Some(mcse)), value)
            }));
        }
        grid.push(cells);
    }
    grid
}

/// Where the median goes when one scenario weighs more or less.
fn other_weights(metric: &Metric, words: &str, year: &str, mixed: &Mixed) -> Grid {
    let title = format!("{}, {year}, median if the weight of", words.trim_start());
    let mut grid =
        Grid::new([title.as_str(), "is 0", "is as given", "is doubled", "is 1"]).aligned(&[1, 2, 3, 4]);
    for (scenario, others) in &mixed.reweighted {
        let mut cells = vec![Cell::from(scenario.as_str())];
        // Only a weight of 0 may be missing: there is then nobody to take what is left.
        cells.extend((others.len()..4).map(|_| Cell::Absent));
        cells.extend(others.iter().map(|other| Cell::from(level(metric, other.level))));
        grid.push(cells);
    }
    grid
}

/// What to beware of among the figures that are shown, and how much of it is not.
fn warnings(found: &Comparison, verbose: bool) -> String {
    let mut text = String::new();
    for warning in &found.warnings {
        if *warning == Warning::OneChance {
            text.push_str(&format!("warning: {}\n", warning.text()));
        }
    }
    for against in &found.against {
        let mut weak: Vec<(f64, String, &Warning)> = Vec::new();
        let mut seen = false;
        for warning in &found.warnings {
            let Warning::WeakPairing { scenario, metric, year, variance_reduction } = warning else {
                continue;
            };
            if *scenario == against.scenario {
                seen |= shown(verbose).any(|(of, _)| of.name == metric);
                weak.push((*variance_reduction, format!("{metric} {year} {variance_reduction:.2}"), warning));
            }
        }
        weak.sort_by(|a, b| a.0.total_cmp(&b.0));
        // What nobody looks at is no reason to warn, but counts once somebody is warned.
        if let Some((_, _, warning)) = weak.first().filter(|_| seen) {
            let mut places: Vec<String> =
                weak.iter().take(EXAMPLES).map(|(_, place, _)| place.clone()).collect();
            if weak.len() > EXAMPLES {
                places.push(format!("{} more", weak.len() - EXAMPLES));
            }
            text.push_str(&format!(
                "warning: {}: {} ({})\n",
                against.scenario,
                warning.text(),
                places.join(", ")
            ));
        }
    }
    text
}

/// How a metric is printed: the HHI in points, as everywhere.
fn look(metric: &Metric) -> (Unit, f64) {
    if metric.name == "hhi" { (Unit::Apps, HHI_POINTS) } else { (metric.unit, 1.0) }
}

/// A median with its error.
fn level(metric: &Metric, level: Level) -> String {
    let (unit, scale) = look(metric);
    with_error(unit, scale * level.p50, Some(scale * level.p50_mcse))
}

/// A difference with its interval; those of shares are in points.
fn signed(metric: &Metric, measured: Measured) -> String {
    let (unit, scale) = look(metric);
    let one = |x: f64| {
        let text = format_value(unit, scale * x);
        let text = if unit == Unit::Share { text.replace('%', "points") } else { text };
        let nothing = !text.contains(|c| ('1'..='9').contains(&c));
        if x > 0.0 && !nothing { format!("+{text}") } else { text }
    };
    bracketed([one(measured.value), one(measured.low), one(measured.high)])
}

/// A figure and the ends of its interval, the unit once where all share it: `−310 (−350 to −270) M$`.
fn bracketed([value, low, high]: [String; 3]) -> String {
    let units = [&value, &low, &high].map(|text| text.split_once(' ').map_or("", |(_, unit)| unit));
    match units {
        [unit, of_low, of_high] if !unit.is_empty() && unit == of_low && unit == of_high => {
            let bare =
                |text: &str| text.split_once(' ').map_or_else(|| text.to_owned(), |(x, _)| x.to_owned());
            format!("{} ({} to {}) {unit}", bare(&value), bare(&low), bare(&high))
        }
        _ => format!("{value} ({low} to {high})"),
    }
}

/// A share as whole per cent, with a decimal where it has one.
fn percent(share: f64) -> String {
    let text = format!("{:.1}", 100.0 * share);
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

#[cfg(test)]
mod tests;
