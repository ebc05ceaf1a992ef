//! An attribution as text: one line that says how much, a row for each part, what they add up to, how it was found.

use bidcast::experiment::attribution::{Attribution, Average, Effect, Method};
use bidcast::metrics::{METRICS, Unit};
use bidcast::report::table::{format_change, format_value, with_error};

use super::grid::{Cell, Grid};

/// A difference within so many standard errors of zero is not divided into shares: they would mean nothing.
const LEAST_ERRORS: f64 = 2.0;

/// The whole page; `verbose` shows what each part does alone.
pub(crate) fn page(found: &Attribution, settings: usize, verbose: bool) -> String {
    let mut text: String = found.effects.iter().map(|effect| title(found, effect)).collect();
    text.push('\n');
    text.push_str(&table(found, verbose).table());
    text.push('\n');
    text.push_str(&how(found, settings));
    text
}

/// One sentence with the numbers.
fn title(found: &Attribution, effect: &Effect) -> String {
    let unit = unit(effect);
    format!(
        "{} {}: {} {} → {} {}, {}\n",
        effect.metric,
        effect.year,
        found.from,
        format_value(unit, effect.from.mean),
        found.to,
        format_value(unit, effect.to.mean),
        difference(unit, effect.total)
    )
}

/// Parts down, largest first, metrics across; then their sum, and the difference as it was run.
pub(crate) fn table(found: &Attribution, verbose: bool) -> Grid {
    let alone = verbose && found.method == Method::Exact;
    let mut columns = vec!["part".to_owned()];
    for (index, effect) in found.effects.iter().enumerate() {
        columns.push(format!("{} {}", effect.metric, effect.year));
        if index == 0 {
            columns.push("share".to_owned());
        }
        if alone {
            columns.push("alone".to_owned());
        }
    }
    let right: Vec<usize> = (1..columns.len()).collect();
    let mut grid = Grid::new(columns).aligned(&right);
    let row = |name: &str, of: &dyn Fn(&Effect) -> (Average, Option<Average>)| {
        let mut cells = vec![Cell::from(name)];
        for (index, effect) in found.effects.iter().enumerate() {
            let (contribution, by_itself) = of(effect);
            cells.push(difference(unit(effect), contribution).into());
            if index == 0 {
                cells.push(share(contribution, effect).map_or(Cell::Absent, |share| {
                    // A share of a total has no direction of its own: only what works against it is marked.
                    Cell::Number { shown: format_change(share).replace('+', ""), exact: share }
                }));
            }
            if alone {
                cells.push(
                    by_itself.map_or(Cell::Absent, |by_itself| difference(unit(effect), by_itself).into()),
                );
            }
        }
        cells
    };
    for part in by_size(found) {
        let name = found.effects.first().map_or("", |effect| effect.parts[part].label.as_str());
        grid.push(row(name, &|effect| (effect.parts[part].contribution, effect.parts[part].alone)));
    }
    grid.push(row("sum of the parts", &|effect| {
        let mean = effect.parts.iter().map(|part| part.contribution.mean).sum();
        // Every replication adds up for itself, so the error of the sum is that of the difference.
        (Average { mean, mcse: effect.total.mcse }, None)
    }));
    grid.push(row("difference as run", &|effect| (effect.total, None)));
    grid
}

/// Every number, one row for each part and metric; the difference itself is the part `total`.
pub(crate) fn rows(found: &Attribution) -> Grid {
    let mut grid = Grid::new([
        "metric",
        "year",
        "unit",
        "part",
        "contribution",
        "contribution_mcse",
        "share",
        "alone",
        "alone_mcse",
        "interaction",
        "interaction_mcse",
    ]);
    let mean = |average: Option<Average>| average.map_or(Cell::Absent, |a| exact(a.mean));
    let mcse = |average: Option<Average>| average.and_then(|a| a.mcse).map_or(Cell::Absent, exact);
    for effect in &found.effects {
        let mut push = |part: &str, average: Average, alone, interaction| {
            grid.push(vec![
                effect.metric.as_str().into(),
                effect.year.to_string().into(),
                unit(effect).name().into(),
                part.into(),
                exact(average.mean),
                mcse(Some(average)),
                share(average, effect).map_or(Cell::Absent, exact),
                mean(alone),
                mcse(alone),
                mean(interaction),
                mcse(interaction),
            ]);
        };
        for part in by_size(found) {
            let part = &effect.parts[part];
            push(&part.label, part.contribution, part.alone, part.interaction);
        }
        push("total", effect.total, None, None);
    }
    grid
}

fn exact(x: f64) -> Cell {
    Cell::number(x.to_string(), x)
}

/// How the figures were found, and how well they add up.
fn how(found: &Attribution, settings: usize) -> String {
    let mut text = format!(
        "Shapley values, {}\n\
         means over {} of seed {}, {settings} settings each with the same random numbers; \
         ± is one standard error\n",
        way(found.method),
        counted(found.replications as usize, "replication"),
        found.seed
    );
    // Against the level: a difference of nothing has no relative error.
    let level = |effect: &Effect| effect.from.mean.abs().max(effect.to.mean.abs());
    let apart = found.effects.iter().filter(|effect| effect.residual.total_cmp(&0.0).is_gt());
    let worst = apart.map(|effect| effect.residual / level(effect)).max_by(f64::total_cmp);
    text.push_str("in every replication the parts add up to its difference, ");
    text.push_str(&match worst {
        None => "exactly\n".to_owned(),
        Some(worst) => format!("to within {worst:.0e} of the level\n"),
    });
    text
}

/// How orders were gone through, in words.
pub(crate) fn way(method: Method) -> String {
    match method {
        Method::Exact => "exact over all orders of the parts".to_owned(),
        Method::Sampled { pairs } => {
            format!(
                "{} and the reverse sampled for each replication",
                counted(pairs as usize, "random order")
            )
        }
    }
}

/// A number of things.
pub(crate) fn counted(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// Parts by the size of their contribution to the first metric, largest first; ties as in the scenario.
fn by_size(found: &Attribution) -> Vec<usize> {
    let Some(first) = found.effects.first() else { return Vec::new() };
    let size = |part: &usize| first.parts[*part].contribution.mean.abs();
    let mut order: Vec<usize> = (0..first.parts.len()).collect();
    order.sort_by(|a, b| size(b).total_cmp(&size(a)));
    order
}

/// Part of the total, when there is one to speak of.
fn share(part: Average, effect: &Effect) -> Option<f64> {
    let error = effect.total.mcse.unwrap_or(0.0);
    (effect.total.mean.abs() > LEAST_ERRORS * error).then(|| part.mean / effect.total.mean)
}

/// A difference with its sign and error; those of shares are in points.
fn difference(unit: Unit, average: Average) -> String {
    let text = with_error(unit, average.mean, average.mcse);
    let text = if unit == Unit::Share { text.replace('%', "points") } else { text };
    let shown = text.split('±').next().unwrap_or_default();
    if average.mean > 0.0 && shown.contains(|c| ('1'..='9').contains(&c)) { format!("+{text}") } else { text }
}

/// Unit of a metric, which decides how it is printed.
fn unit(effect: &Effect) -> Unit {
    METRICS.iter().find(|metric| metric.name == effect.metric).map_or(Unit::Ratio, |metric| metric.unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bidcast::experiment::attribution::PartEffect;

    fn average(mean: f64, mcse: f64) -> Average {
        Average { mean, mcse: Some(mcse) }
    }

    fn found(total: Average) -> Attribution {
        let part = |part: &str, mean: f64| PartEffect {
            part: part.into(),
            label: part.into(),
            contribution: average(mean, 0.02e9),
            alone: Some(average(mean / 2.0, 0.02e9)),
            interaction: Some(average(mean / 2.0, 0.02e9)),
        };
        Attribution {
            schema: "bidcast/attribution/1".into(),
            from: "base".into(),
            to: "a".into(),
            seed: 7,
            method: Method::Exact,
            replications: 16,
            planned: 16,
            interrupted: false,
            effects: vec![Effect {
                metric: "market_total_usd".into(),
                year: 2026,
                from: average(6.05e9, 0.1e9),
                to: average(6.9e9, 0.1e9),
                total,
                parts: vec![part("costs", -0.25e9), part("fees", 1.1e9)],
                residual: 1e-6,
            }],
        }
    }

    #[test]
    fn the_page_says_how_much_and_then_why() {
        let text = page(&found(average(0.85e9, 0.03e9)), 4, false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "market_total_usd 2026: base 6.05 B$ → a 6.90 B$, +850 ±30 M$");
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(lines[3]), ["fees", "+1.10", "±0.02", "B$", "129", "%"], "the largest first");
        assert_eq!(words(lines[4]), ["costs", "−250", "±20", "M$", "−29", "%"]);
        assert_eq!(words(lines[5])[..6], ["sum", "of", "the", "parts", "+850", "±30"]);
        assert_eq!(words(lines[6])[..5], ["difference", "as", "run", "+850", "±30"]);
        assert!(!text.contains("alone"), "{text}");
        assert!(page(&found(average(0.85e9, 0.03e9)), 4, true).contains("alone"));
    }

    #[test]
    fn shares_of_nothing_are_not_shown() {
        let noise = found(average(0.05e9, 0.03e9));
        assert_eq!(share(noise.effects[0].parts[0].contribution, &noise.effects[0]), None);
        let csv = rows(&noise).render(super::super::args::Format::Csv).unwrap();
        assert!(csv.contains("market_total_usd,2026,USD,fees,1100000000,20000000,,550000000,"), "{csv}");
    }

    #[test]
    fn differences_of_shares_are_points() {
        assert_eq!(difference(Unit::Share, average(0.0123, 0.002)), "+1.2 ±0.2 points");
        assert_eq!(difference(Unit::Share, average(-0.0123, 0.002)), "−1.2 ±0.2 points");
        assert_eq!(difference(Unit::Usd, average(0.0, 0.0)), "0 ±0 $", "nothing has no sign");
    }
}
