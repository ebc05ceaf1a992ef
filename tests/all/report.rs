//! Charts: every one of the list draws from any summary, says what it shows, and writes the numbers that it plots.

#![cfg(feature = "charts")]

use std::fs;

use bidcast::experiment::Summary;
use bidcast::report::chart::{CHARTS, ChartError, Style};
use bidcast::report::draw_all;
use resvg::tiny_skia::Pixmap;
use resvg::usvg::roxmltree::{Document, Node};

use crate::store::{estimate, summary};

fn texts<'d>(document: &'d Document<'_>) -> Vec<&'d str> {
    document
        .descendants()
        .filter(|n| n.has_tag_name("text"))
        .filter_map(|n| n.text())
        .map(str::trim)
        .collect()
}

fn count(document: &Document<'_>, tag: &str) -> usize {
    document.descendants().filter(|n: &Node<'_, '_>| n.has_tag_name(tag)).count()
}

fn draw(name: &str, summary: &Summary) -> Result<bidcast::report::chart::Drawing, ChartError> {
    let no_such = || ChartError::Draw(format!("no chart is called {name}"));
    let chart = CHARTS.iter().find(|c| c.name == name).ok_or_else(no_such)?;
    (chart.draw)(summary, &Style::default())
}

#[test]
fn every_chart_says_its_message_and_where_its_numbers_come_from() {
    let summary = summary(200);
    for chart in CHARTS {
        let drawing = (chart.draw)(&summary, &Style::default()).unwrap();
        let document = Document::parse(&drawing.svg).unwrap();
        let root = document.root_element();
        assert_eq!(
            (root.attribute("width"), root.attribute("height")),
            (Some("1920"), Some("1080")),
            "{}",
            chart.name
        );
        let title = (chart.title)(&summary).unwrap();
        let all = texts(&document);
        // A long title is set in two lines, so it is looked for across texts.
        assert!(all.join(" ").starts_with(&title), "{}: {all:?}", chart.name);
        assert!(title.chars().any(|c| c.is_ascii_digit()), "{}: no number in `{title}`", chart.name);
        let footer =
            "scenario base · 200 replications · seed 20260101 · intervals: chance only, one parameter set";
        assert!(all.contains(&footer), "{}: {all:?}", chart.name);
        assert!(
            document
                .descendants()
                .filter(|n| n.has_tag_name("text"))
                .all(|n| n.attribute("font-family") == Some("Inter, sans-serif"))
        );
        assert!(!drawing.svg.contains("NaN") && !drawing.svg.contains("inf"), "{}", chart.name);
    }
}

#[test]
fn names_of_charts_are_file_names_and_unique() {
    let names: std::collections::BTreeSet<_> = CHARTS.iter().map(|c| c.name).collect();
    assert_eq!(names.len(), CHARTS.len());
    assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
}

#[test]
fn the_market_fan_has_three_bands_and_labels_its_ends() {
    let drawing = draw("market_fan", &summary(200)).unwrap();
    let document = Document::parse(&drawing.svg).unwrap();
    assert_eq!(count(&document, "polygon"), 3);
    let all = texts(&document);
    for label in [
        "Q1 2025",
        "Q4 2026",
        "0",
        "200 M$",
        "median",
        "p2.5",
        "p10",
        "p90",
        "p97.5",
        "fitted to 2025",
        "forecast",
    ] {
        assert!(all.contains(&label), "{label}: {all:?}");
    }
    assert!(all.contains(&"published for 2026: more than 5.00 B$ = 417 M$ a month"), "{all:?}");
    assert!(all[0].starts_with("2026 market: 5.42 B$ median, 80 % of futures 4.79–6.05 B$"), "{}", all[0]);
}

#[test]
fn the_other_charts_have_their_bands_and_axes() {
    let expected: [(&str, usize, &[&str]); 5] = [
        ("concentration", 4, &["Share of the top 20 apps in IAP", "HHI of IAP by app, ×10,000", "80 %"]),
        ("lorenz", 2, &["Share of apps", "Cumulative share of IAP", "2025", "2026"]),
        ("rank_size", 2, &["Rank of the app", "1", "100", "100 M$"]),
        ("apps", 2, &["Apps that advertise in the month", "Q1 2025"]),
        // One arrow: the fact that lies beyond the axis.
        ("targets", 1, &["published", "+20 %", "+282 %", "apps seen advertising, 2025-12"]),
    ];
    let summary = summary(200);
    for (name, polygons, labels) in expected {
        let drawing = draw(name, &summary).unwrap();
        let document = Document::parse(&drawing.svg).unwrap();
        assert_eq!(count(&document, "polygon"), polygons, "{name}");
        let all = texts(&document);
        for label in labels {
            assert!(all.contains(label), "{name}: {label} not in {all:?}");
        }
    }
}

#[test]
fn pictures_are_full_size_and_neither_empty_nor_random() {
    let summary = summary(200);
    for chart in CHARTS {
        let drawing = (chart.draw)(&summary, &Style::default()).unwrap();
        let png = drawing.png().unwrap();
        let picture = Pixmap::decode_png(&png).unwrap();
        assert_eq!((picture.width(), picture.height()), (1920, 1080));
        let inked =
            picture.pixels().iter().filter(|p| (p.red(), p.green(), p.blue()) != (255, 255, 255)).count();
        let share = inked as f64 / f64::from(1920 * 1080);
        assert!(share > 0.03 && share < 0.6, "{}: {share}", chart.name);
        // The border stays free: whatever is cut off would be inked there.
        let border = |x: u32, y: u32| !(12..1908).contains(&x) || !(12..1068).contains(&y);
        let cut = (0..1080).flat_map(|y| (0..1920).map(move |x| (x, y))).filter(|(x, y)| border(*x, *y));
        assert!(
            cut.clone().all(|(x, y)| picture.pixel(x, y).is_some_and(|p| p.red() == 255)),
            "{}",
            chart.name
        );
        assert_eq!(drawing, (chart.draw)(&summary, &Style::default()).unwrap(), "{}", chart.name);
    }
}

#[test]
fn the_table_of_a_fan_is_the_summary() {
    let summary = summary(200);
    for (name, metrics) in [
        ("market_fan", vec![("market_total_usd", 1.0)]),
        ("concentration", vec![("cr20", 1.0), ("hhi", 10_000.0)]),
    ] {
        let drawing = draw(name, &summary).unwrap();
        let mut rows = csv::Reader::from_reader(drawing.csv.as_bytes());
        let header = rows.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|h| h == name).unwrap();
        let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
        for (metric, factor) in metrics {
            let of_metric: Vec<_> = rows.iter().filter(|r| &r[0] == metric).collect();
            assert_eq!(of_metric.len(), 24, "{metric}");
            for row in of_metric {
                let e = &summary.monthly[metric][&row[column("month")]];
                for (quantile, value) in
                    [("p2_5", e.p2_5), ("p10", e.p10), ("p50", e.p50), ("p90", e.p90), ("p97_5", e.p97_5)]
                {
                    let written: f64 = row[column(quantile)].parse().unwrap();
                    assert_eq!(written.to_bits(), (value * factor).to_bits(), "{metric} {quantile}");
                }
            }
        }
        if name == "market_fan" {
            assert_eq!(rows.iter().filter(|r| r[0].starts_with("single_future_")).count(), 4 * 24);
            assert_eq!(rows.iter().filter(|r| &r[0] == "market_total_2026_published").count(), 12);
        }
    }
}

#[test]
fn one_replication_is_one_line_without_bands_of_spread() {
    let one = summary(1);
    for chart in CHARTS {
        let drawing = (chart.draw)(&one, &Style::default()).unwrap();
        drawing.png().unwrap();
        let document = Document::parse(&drawing.svg).unwrap();
        let all = texts(&document).join("\n");
        assert!(
            all.contains("one simulated future")
                && all.contains("1 replication · seed 20260101 · no intervals"),
            "{}: {all}",
            chart.name
        );
        assert!(!all.contains("80 % of futures") && !all.contains("p90"), "{}: {all}", chart.name);
    }
}

#[test]
fn missing_months_and_extreme_values_are_drawn() {
    let mut odd = summary(200);
    for months in odd.monthly.values_mut() {
        months.remove("2025-04");
        months.remove("2025-06");
        months.insert("not a month".to_owned(), estimate(1.0, 1.0, 2));
    }
    odd.monthly
        .get_mut("market_total_usd")
        .unwrap()
        .insert("2026-12".to_owned(), estimate(9.9e15, 3e15, 200));
    odd.monthly.get_mut("cr20").unwrap().values_mut().for_each(|e| *e = estimate(1.0, 0.0, 200));
    odd.monthly.get_mut("hhi").unwrap().values_mut().for_each(|e| *e = estimate(0.0, 0.0, 200));
    odd.metrics.get_mut("market_total_usd").unwrap().insert("2026".to_owned(), estimate(9.9e15, 3e15, 200));
    odd.targets[0].value = 0.0;
    odd.targets[1].median = 1e30;
    odd.paths.get_mut("market_total_usd").unwrap().push(vec![f64::NAN; 40]);
    odd.rank_size.get_mut("2026").unwrap().p50[200..].fill(0.0);
    for chart in CHARTS {
        let drawing = (chart.draw)(&odd, &Style::default()).unwrap();
        assert!(Document::parse(&drawing.svg).is_ok(), "{}", chart.name);
        drawing.png().unwrap();
    }
}

#[test]
fn names_from_users_cannot_break_the_document() {
    let mut hostile = summary(20);
    hostile.scenario =
        format!("</text><script>alert('&\"')</script>\u{0}\u{1b}[31m\n{}", "long ".repeat(200));
    hostile.uncertainty = "]]> <b> & \u{FFFE}".to_owned();
    hostile.targets[0].quantity = "<i>&amp;</i>".to_owned();
    for chart in CHARTS {
        let drawing = (chart.draw)(&hostile, &Style::default()).unwrap();
        let document = Document::parse(&drawing.svg).unwrap();
        assert_eq!(count(&document, "script"), 0);
        let footer = texts(&document).into_iter().find(|t| t.starts_with("scenario ")).unwrap().to_owned();
        assert!(footer.contains("… · 20 replications"), "{footer}");
    }
}

#[test]
fn a_run_that_broke_a_law_or_was_stopped_says_so() {
    let mut broken = summary(20);
    broken.laws.violated = 3;
    broken.planned = 1000;
    broken.interrupted = true;
    for chart in CHARTS {
        let drawing = (chart.draw)(&broken, &Style::default()).unwrap();
        assert!(drawing.svg.contains("laws broken: 3"), "{}", chart.name);
        assert!(drawing.svg.contains("20 of 1,000 replications"), "{}", chart.name);
    }
}

#[test]
fn the_gallery_is_whole_and_names_what_it_skipped() {
    let dir = tempfile::tempdir().unwrap();
    let mut partial = summary(20);
    partial.lorenz.clear();
    partial.monthly.remove("hhi");
    let gallery = draw_all(&partial, dir.path()).unwrap();
    let skipped: Vec<_> = gallery.skipped.iter().map(|(name, _)| *name).collect();
    assert_eq!(skipped, ["concentration", "lorenz"]);
    assert!(gallery.skipped[0].1.to_string().contains("monthly hhi"));
    assert_eq!(gallery.files.len(), 3 * (CHARTS.len() - 2));
    let on_disk = fs::read_dir(dir.path().join("figures")).unwrap().count();
    assert_eq!(on_disk, gallery.files.len());
    assert!(gallery.files.iter().all(|f| fs::metadata(f).unwrap().len() > 200));
}
