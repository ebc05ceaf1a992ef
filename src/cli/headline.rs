//! The forecast as a page of text: each year's core figures with intervals, the check against what was published, the
//! laws, and what the intervals hold.

use std::collections::BTreeSet;

use bidcast::experiment::expression::{Rule, Rules};
use bidcast::experiment::{Draws, Estimate, Fitted, Probability, Summary, TargetCheck};
use bidcast::metrics::{METRICS, Metric, Unit};
use bidcast::report::table::{format_change, format_count, format_range, format_value, with_error};
use bidcast::sampling::Sampler;

use super::grid::{Cell, Grid, grouped};

/// What a strategist looks at first: name in the registry, words on the page (two spaces make a part of the whole).
pub(super) const CORE: &[(&str, &str)] = &[
    ("market_total_usd", "Market size"),
    ("iap_usd", "  in-app purchases"),
    ("iaa_usd", "  in-app ads"),
    ("web_usd", "  web payments"),
    ("ad_spend_usd", "Ad spend of the apps"),
    ("downloads", "Downloads"),
    ("mau_end", "Monthly active people, December"),
    ("materials", "New ad materials"),
    ("apps_end", "Advertising apps, December"),
    ("cr1", "Share of the largest app in IAP"),
    ("cr20", "Share of the 20 largest"),
    ("hhi", "HHI of IAP (×10,000)"),
];

/// Names of the core metrics.
pub(crate) fn core() -> impl Iterator<Item = &'static str> {
    CORE.iter().map(|(name, _)| *name)
}

/// Competition authorities count the HHI in points of 10,000; files keep it between 0 and 1.
pub(super) const HHI_POINTS: f64 = 10_000.0;
/// A relative deviation from a published figure up to this passes.
const MOST_RELATIVE: f64 = 0.15;
/// A deviation of a share from a published share up to this (four points) passes.
const MOST_ABSOLUTE: f64 = 0.04;

/// The whole page; `verbose` shows every metric instead of the core.
pub(crate) fn page(summary: &Summary, verbose: bool) -> String {
    let mut text = String::new();
    let years: BTreeSet<&String> = summary.metrics.values().flat_map(|by_year| by_year.keys()).collect();
    for year in years {
        text.push_str(&year_table(summary, year, verbose));
        text.push('\n');
    }
    if !summary.targets.is_empty() {
        text.push_str(&check(&summary.targets));
        text.push('\n');
    }
    if !summary.split.is_empty() {
        text.push_str(&doubt(summary));
        text.push('\n');
    }
    for asked in &summary.probabilities {
        text.push_str(&probability(asked));
    }
    text.push_str(&format!(
        "{} replications of scenario {}, seed {}{}\n",
        format_count(summary.replications as f64),
        summary.scenario,
        summary.seed,
        drawn(summary)
    ));
    text.push_str(&summary.posterior.as_ref().map_or_else(String::new, believed));
    for rule in summary.stopping.iter().flat_map(Rules::iter) {
        text.push_str(&stopped(rule));
    }
    let laws = &summary.laws;
    text.push_str(&format!("laws: {} checks, {} violated\n", grouped(laws.checked), grouped(laws.violated)));
    text.push_str(&format!("{}\n", summary.uncertainty));
    text
}

fn year_table(summary: &Summary, year: &str, verbose: bool) -> String {
    let rows: Vec<(&Metric, &str)> = if verbose {
        METRICS.iter().map(|metric| (metric, metric.name)).collect()
    } else {
        let core = CORE.iter().filter_map(|(name, words)| {
            METRICS.iter().find(|metric| metric.name == *name).map(|metric| (metric, *words))
        });
        core.collect()
    };
    let mut grid = Grid::new([year, "median", "50 %", "80 %", "95 %"]);
    for (metric, words) in rows {
        if let Some(estimate) = summary.metrics.get(metric.name).and_then(|by_year| by_year.get(year)) {
            grid.push(row(metric, words, estimate));
        }
    }
    grid.aligned(&[1, 2, 3, 4]).table()
}

fn row(metric: &Metric, words: &str, e: &Estimate) -> Vec<Cell> {
    let (unit, scale) = if metric.name == "hhi" { (Unit::Apps, HHI_POINTS) } else { (metric.unit, 1.0) };
    let range = |low: f64, high: f64| Cell::from(format_range(unit, scale * low, scale * high));
    vec![
        words.into(),
        with_error(unit, scale * e.p50, e.p50_mcse.map(|error| scale * error)).into(),
        range(e.p25, e.p75),
        range(e.p10, e.p90),
        range(e.p2_5, e.p97_5),
    ]
}

/// Where the doubt about the core figures comes from.
fn doubt(summary: &Summary) -> String {
    let mut columns = vec!["share of the variance", "year", "parameters", "95 %", "chance"];
    let left_out = summary.holds_discrepancy();
    if left_out {
        columns.push("left out");
    }
    let mut grid = Grid::new(columns);
    for (name, words) in CORE {
        for (year, split) in summary.split.get(*name).into_iter().flatten() {
            let percent = |share: f64| format!("{:.0} %", 100.0 * share);
            let chance = 1.0 - split.parameters - split.model;
            let mut row = vec![
                words.trim_start().into(),
                year.as_str().into(),
                Cell::number(percent(split.parameters), split.parameters),
                format!("{}–{}", (100.0 * split.low).round(), percent(split.high)).into(),
                Cell::number(percent(chance), chance),
            ];
            if left_out {
                row.push(Cell::number(percent(split.model), split.model));
            }
            grid.push(row);
        }
    }
    grid.aligned(&[3]).table()
}

/// Where parameters were drawn from, and how far that may be believed.
fn believed(fitted: &Fitted) -> String {
    let (inside, all) = fitted.in_band;
    let lights: Vec<String> =
        fitted.gates.iter().map(|gate| format!("{} {}", gate.name, gate.word())).collect();
    format!(
        "parameters: posterior {}, {} runs, {inside} of {all} targets in the 90 % band\ngates: {}\n\
         {} of {} parameters are driven by their prior: `bidcast identify` says which, and what that costs\n",
        fitted.name,
        format_count(fitted.runs as f64),
        lights.join(" | "),
        fitted.prior_driven,
        fitted.parameters
    )
}

/// `P(market_total_usd_2026 > 5e9) = 46 %, 95 % interval 44–48 %`
fn probability(asked: &Probability) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    format!(
        "P({}) = {} %, 95 % interval {}–{} %\n",
        asked.event,
        percent(asked.probability),
        percent(asked.low),
        percent(asked.high)
    )
}

/// `until rel_hw(mean(cr20_2026)) < 1%: reached at 192, half width 0.0062`
pub(crate) fn stopped(rule: &Rule) -> String {
    let reached = if rule.looks.complete() { "reached" } else { "not reached" };
    let mut text = format!("until {}: {reached}", rule.until);
    if let Some(look) = rule.looks.last() {
        text.push_str(&format!(" at {}", grouped(look.n as u64)));
        if let (Some(half_width), Some(wanted)) = (look.half_width, look.wanted) {
            text.push_str(&format!(", half width {half_width:.3e} of {wanted:.3e} allowed"));
        }
    }
    text + "\n"
}

/// How parameters were drawn, after the number of replications.
fn drawn(summary: &Summary) -> String {
    let mut text = String::new();
    if let Some(Draws { draws, parameters, drawing }) = summary.draws {
        let sampler = match drawing.sampler {
            Sampler::Sobol => "Sobol'",
            Sampler::Latin => "Latin hypercube",
            Sampler::Independent => "independent",
        };
        text.push_str(&format!(
            ": {} draws of {parameters} parameters, {sampler}, {} randomizations",
            format_count(draws as f64),
            drawing.randomizations
        ));
    }
    if summary.failed > 0 {
        text.push_str(&format!("; {} failed", format_count(summary.failed as f64)));
    }
    text
}

fn check(targets: &[TargetCheck]) -> String {
    let years: BTreeSet<&str> = targets.iter().map(|target| target.year.as_str()).collect();
    let title = format!("{} against what was published", years.into_iter().collect::<Vec<_>>().join(", "));
    let mut grid = Grid::new([title.as_str(), "published", "model median", "deviation", ""]);
    for target in targets {
        // The same words can be measured over several periods: the period is named where it is not the whole year.
        let words = if target.period == target.year {
            target.quantity.clone()
        } else {
            format!("{}, {}", target.quantity, target.period)
        };
        let unit = METRICS.iter().find(|metric| metric.name == target.metric).map_or(Unit::Ratio, |m| m.unit);
        grid.push(vec![
            words.into(),
            format_value(unit, target.value).into(),
            with_error(unit, target.median, target.median_mcse).into(),
            deviation(target, unit).into(),
            // Only what was fitted can be met or missed; the rest is shown beside the model.
            match (target.role.as_str(), passes(target)) {
                ("fit", true) => "ok",
                ("fit", false) => "off",
                _ => "not fitted",
            }
            .into(),
        ]);
    }
    grid.aligned(&[1, 2, 3]).table()
}

/// Within 15 % of a published figure, or four points of a published share.
fn passes(target: &TargetCheck) -> bool {
    let most = if target.sd_kind == "log" { MOST_RELATIVE } else { MOST_ABSOLUTE };
    // Written so that NaN does not pass.
    target.deviation.abs() <= most
}

fn deviation(target: &TargetCheck, unit: Unit) -> String {
    match (target.sd_kind.as_str(), unit) {
        ("log", _) => format_change(target.deviation),
        (_, Unit::Share) => format_change(target.deviation).replace('%', "points"),
        _ => format_value(unit, target.deviation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(sd_kind: &str, deviation: f64) -> TargetCheck {
        TargetCheck {
            id: "x_2025".into(),
            quantity: "x".into(),
            metric: "cr20".into(),
            period: "2025".into(),
            year: "2025".into(),
            value: 0.833,
            bound: "about".into(),
            role: "fit".into(),
            sd_kind: sd_kind.into(),
            median: 0.833 + deviation,
            median_mcse: Some(0.002),
            deviation,
            source: "report".into(),
        }
    }

    #[test]
    fn every_core_figure_is_in_the_registry() {
        for (name, _) in CORE {
            assert!(METRICS.iter().any(|metric| metric.name == *name), "{name} is no metric");
        }
    }

    #[test]
    fn a_target_passes_within_15_percent_or_four_points() {
        assert!(passes(&target("log", -0.149)) && passes(&target("abs", 0.039)));
        assert!(!passes(&target("log", 0.151)) && !passes(&target("abs", -0.041)));
        assert!(!passes(&target("log", f64::NAN)), "what is no number does not pass");
    }

    #[test]
    fn shares_deviate_in_points_and_amounts_in_percent() {
        let text = check(&[target("abs", -0.051), target("log", 0.03)]);
        assert!(text.contains("−5.1 points") && text.contains("off"), "{text}");
        assert!(text.contains("+3.0 %") && text.contains("ok"), "{text}");
    }

    #[test]
    fn the_hhi_is_printed_in_points() {
        let e = Estimate {
            mean: 0.081,
            mcse: Some(0.001),
            p2_5: 0.05,
            p10: 0.06,
            p25: 0.07,
            p50: 0.08,
            p75: 0.09,
            p90: 0.10,
            p97_5: 0.11,
            p50_mcse: Some(0.002),
            p10_mcse: None,
            p90_mcse: None,
            sd: Some(0.01),
        };
        let hhi = METRICS.iter().find(|metric| metric.name == "hhi").unwrap();
        let shown = row(hhi, "HHI", &e);
        assert_eq!(shown[1..3], [Cell::from("800 ±20"), Cell::from("700–900")]);
    }
}
