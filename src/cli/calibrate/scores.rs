//! The page of a backtest: what came, what was said of it before, and the scores of model and simple rules.

use bidcast::experiment::fit::Backtest;
use bidcast::metrics::{METRICS, Unit};
use bidcast::report::table::{format_range, format_value};

use super::super::args::Format;
use super::super::failure::Failure;
use super::super::grid::{Cell, Grid};

/// Each quantity with its scores.
pub(super) fn table(backtest: &Backtest) -> Grid {
    let mut rules: Vec<&str> = Vec::new();
    for rule in backtest.scored.iter().flat_map(|scored| &scored.rules) {
        if !rules.contains(&rule.name.as_str()) {
            rules.push(&rule.name);
        }
    }
    let mut columns: Vec<String> =
        ["quantity", "published", "median", "80 %", "95 %", "place", "CRPS"].map(str::to_owned).to_vec();
    columns.extend(rules.iter().flat_map(|rule| [(*rule).to_owned(), format!("CRPS of {rule}")]));
    let mut grid = Grid::new(columns).aligned(&[3, 4]);
    for scored in &backtest.scored {
        let unit = METRICS.get(scored.metric).map_or(Unit::Ratio, |metric| metric.unit);
        let value = |x: f64| Cell::number(format_value(unit, x), x);
        let score = |x: f64| Cell::number(format!("{x:.3}"), x);
        let q = &scored.quantiles;
        let mut row = vec![
            scored.quantity.as_str().into(),
            value(scored.observed),
            value(q[3]),
            format_range(unit, q[1], q[5]).into(),
            format_range(unit, q[0], q[6]).into(),
            Cell::number(format!("{:.2}", scored.place), scored.place),
            score(scored.crps),
        ];
        for name in &rules {
            match scored.rules.iter().find(|rule| rule.name == *name) {
                Some(rule) => row.extend([value(rule.value), score(rule.crps)]),
                None => row.extend([Cell::Absent, Cell::Absent]),
            }
        }
        grid.push(row);
    }
    grid
}

/// The table, and what it comes to.
///
/// # Errors
/// A table that cannot be put into the format.
pub(super) fn page(backtest: &Backtest, format: Format) -> Result<String, Failure> {
    let mut page = table(backtest).render(format)?;
    if matches!(format, Format::Csv | Format::Json) {
        return Ok(page);
    }
    let n = backtest.scored.len();
    if n == 0 {
        return Ok(format!("nothing that was published later than {} can be scored\n", backtest.known_until));
    }
    let means: Vec<String> =
        backtest.mean_scores().iter().map(|(name, score)| format!("{name} {score:.3}")).collect();
    page.push_str(&format!("\nmean CRPS where all speak, smaller is better: {}\n", means.join(", ")));
    let [half, most, nearly_all] = backtest.held();
    page.push_str(&format!(
        "known until {}: of {n} quantities {half} came within their middle 50 %, {most} within 80 %, {nearly_all} within 95 %\n",
        backtest.known_until
    ));
    let best = backtest.mean_scores().into_iter().min_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((name, _)) = best.filter(|(name, _)| name != "model") {
        page.push_str(&format!("the model lost: `{name}` was nearer\n"));
    }
    Ok(page)
}
