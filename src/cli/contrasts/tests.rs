//! The page of a comparison, line by line, from made-up results of three scenarios.

use bidcast::experiment::Outcome;
use bidcast::experiment::comparison::{Pair, Side, Weights, compare};
use bidcast::rng::Streams;

use super::super::args::Format;
use super::*;

/// Results of 64 replications: one factor of the replication moves all, another each scenario for itself.
fn outcomes(number: u64, shift: f64, own: f64) -> Vec<Outcome> {
    let one = |replication: u64| {
        let streams = Streams::new(20_250_101, replication);
        let (common, own) = (streams.open(1, 0, 0).normal(), own * streams.open(2, number, 0).normal());
        let value = |metric: &Metric| {
            let (centre, spread) = match metric.unit {
                Unit::Usd => (6.0e9, 0.4e9),
                Unit::Share => (0.8, 0.02),
                _ if metric.name == "hhi" => (0.08, 0.004),
                _ => (1_100.0, 20.0),
            };
            // What looks back has no year to look back to; the largest app is moved by nothing.
            match metric.name {
                "cr1" => centre + spread * common,
                _ if metric.looks_back => f64::NAN,
                _ => centre + spread * (common + own + shift),
            }
        };
        let row: Vec<f64> = METRICS.iter().map(value).collect();
        Outcome {
            replication,
            years: vec![2026],
            months: Vec::new(),
            yearly: vec![row],
            monthly: Vec::new(),
            lorenz: Vec::new(),
            rank_size: Vec::new(),
            laws_checked: 1,
            laws_violated: 0,
            events: 1,
            auctions: 1,
        }
    };
    (0..64).map(one).collect()
}

fn found() -> Comparison {
    let pairs: Vec<Pair> = (0..64).map(|replication| Pair { draw: 0, replication }).collect();
    let all = [
        ("base", outcomes(0, 0.0, 0.0)),
        ("privacy", outcomes(1, -1.0, 0.2)),
        ("entry", outcomes(2, 0.5, 3.0)),
    ];
    let sides: Vec<Side<'_, [Outcome]>> =
        all.iter().map(|(name, columns)| Side { name, pairs: &pairs, columns: columns.as_slice() }).collect();
    let weights = [("base", 5.0), ("privacy", 3.0), ("entry", 2.0)].map(|(name, w)| (name.to_owned(), w));
    let weights = Weights::try_new(&["base", "privacy", "entry"], &weights).unwrap();
    compare(7, &sides, Some(&weights)).unwrap()
}

/// The line that starts so, with single spaces.
fn line(text: &str, start: &str) -> String {
    let squeezed = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    squeezed
        .into_iter()
        .find(|line| line.starts_with(start))
        .unwrap_or_else(|| panic!("no `{start}` in\n{text}"))
}

#[test]
fn the_page_says_how_far_apart_and_how_sure() {
    let text = page(&found(), false);
    let squeezed = |start: &str| line(&text, start);
    assert_eq!(
        squeezed("privacy against"),
        "privacy against base, 2026 base median difference (95 %) relative variance reduction pairs for ±1 %"
    );
    assert_eq!(squeezed("Market size"), "Market size 5.93 ±0.06 B$ −401 (−423 to −380) M$ −6.7 % 36 ±7 11");
    assert_eq!(
        squeezed("Share of the 20"),
        "Share of the 20 largest 79.7 ±0.3 % −2.0 (−2.1 to −1.9) points −2.5 % 36 ±7 4"
    );
    assert_eq!(squeezed("HHI of IAP"), "HHI of IAP (×10,000) 793 ±6 −40.1 (−42.3 to −38.0) −5.0 % 36 ±7 8");
    assert_eq!(
        squeezed("Share of the largest"),
        "Share of the largest app in IAP 79.7 ±0.3 % exactly 0 0 % – –"
    );
    assert_eq!(
        squeezed("64 pairs"),
        "64 pairs (1 draw, 64 replications) of seed 7; ± is one standard error, brackets hold 95 %"
    );
    assert!(!text.contains("P(above)") && text.contains("chance only"), "{text}");
    let verbose = page(&found(), true);
    let squeezed = line(&verbose, "market_total_usd");
    assert_eq!(
        squeezed,
        "market_total_usd 5.93 ±0.06 B$ −401 (−423 to −380) M$ −6.7 (−7.1 to −6.4) % 0 (0 to 5.7) % 36 ±7 11 294"
    );
}

#[test]
fn the_mixture_says_where_its_spread_comes_from_and_what_other_weights_say() {
    let text = page(&found(), false);
    let mixture = &text[text.find("mixture, 2026").unwrap()..];
    assert_eq!(
        line(mixture, "mixture"),
        "mixture, 2026: base 50 %, entry 20 %, privacy 30 % median 80 % 95 % from scenarios from within"
    );
    assert_eq!(
        line(mixture, "Market size"),
        "Market size 5.83 ±0.04 B$ 5.18–6.57 B$ 4.57–7.77 B$ 8 ±4 % 92 ±4 %"
    );
    let weights = &text[text.find("median if the weight of").unwrap()..];
    assert_eq!(line(weights, "base"), "base 5.61 ±0.04 B$ 5.83 ±0.04 B$ 5.93 ±0.06 B$ 5.93 ±0.06 B$");
    assert_eq!(line(weights, "privacy"), "privacy 5.94 ±0.05 B$ 5.83 ±0.04 B$ 5.65 ±0.05 B$ 5.50 ±0.08 B$");
    let plain = Comparison { mixture: None, ..found() };
    assert!(!page(&plain, true).contains("mixture"));
}

#[test]
fn a_warning_names_the_worst_and_counts_the_rest() {
    let text = page(&found(), false);
    let warnings: Vec<&str> = text.lines().filter(|line| line.starts_with("warning")).collect();
    assert_eq!(warnings.len(), 1, "{text}");
    let start = "warning: entry: common random numbers help little here: competition has decorrelated the two markets (";
    assert!(warnings[0].starts_with(start) && warnings[0].contains(" 2026 1.02, "), "{text}");
    assert!(warnings[0].ends_with("40 more)"), "{text}");
    // Of a metric that is not on the page nothing is said there.
    let weak = |metric: &str| Warning::WeakPairing {
        scenario: "privacy".into(),
        metric: metric.into(),
        year: "2026".into(),
        variance_reduction: 1.1,
    };
    let told = |warnings| super::warnings(&Comparison { warnings, ..found() }, false);
    assert_eq!(told(vec![weak("acquisitions")]), "");
    assert!(
        told(vec![weak("acquisitions"), weak("cr20")])
            .ends_with("(acquisitions 2026 1.10, cr20 2026 1.10)\n")
    );
    assert!(told(vec![Warning::OneChance]).starts_with("warning: every draw"));
}

#[test]
fn tables_are_markdown_too() {
    let markdown = grids(&found(), false)[0].render(Format::Md).unwrap();
    assert!(markdown.starts_with("| privacy against base, 2026 | base median |"), "{markdown}");
}
