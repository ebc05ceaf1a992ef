//! The story of one replication: the event log says what happened, all of it and nothing else; the chronicle of an app is
//! read from the same books; and looking changes nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use crate::cli::{call, folder, listing, printed, text};
use crate::common::{SEED, overrides, record, small};
use bidcast::engine::{Chronicle, Event, Observer, Record, Simulation, TraceFilter, TraceRow, Tracer};
use bidcast::market::world::World;
use bidcast::scenario::Scenario;
use bidcast::units::{Date, Month, SimTime, Usd};

/// A replication of the small market, watched by everything there is.
struct Watched {
    rows: Vec<TraceRow<'static>>,
    chronicle: Chronicle,
    record: Record,
}

/// The small market, for as long as rows may name its regions.
fn market() -> &'static Scenario {
    static MARKET: OnceLock<Scenario> = OnceLock::new();
    MARKET.get_or_init(|| small(&[]))
}

fn watch(scenario: &'static Scenario, replication: u64, filter: TraceFilter) -> Watched {
    let mut rows = Vec::new();
    let mut chronicle = Chronicle::new();
    let mut tracer = Tracer::new(scenario, filter, |row: &TraceRow<'static>| rows.push(*row));
    let mut observers: Vec<&mut dyn Observer> = vec![&mut tracer, &mut chronicle];
    let record = Simulation::new(scenario, SEED, replication).run(&mut observers).unwrap();
    Watched { rows, chronicle, record }
}

/// Replication 0, simulated once for all tests that only read.
fn watched() -> &'static Watched {
    static WATCHED: OnceLock<Watched> = OnceLock::new();
    WATCHED.get_or_init(|| watch(market(), 0, TraceFilter::ALL))
}

fn month_of(row: &TraceRow<'_>) -> Month {
    Month::of_day(row.time.day())
}

#[test]
fn looking_changes_nothing() {
    for replication in [0, 3] {
        let seen = watch(market(), replication, TraceFilter::ALL).record;
        assert_eq!(seen, record(market(), replication), "replication {replication}");
    }
}

#[test]
fn every_event_has_one_row_and_rows_are_in_order() {
    let Watched { rows, record, .. } = watched();
    assert_eq!(rows.len() as u64, record.events);
    for (row, sequence) in rows.iter().zip(1..) {
        assert_eq!(row.sequence, sequence);
    }
    for pair in rows.windows(2) {
        assert!(
            (pair[0].time, pair[0].phase) <= (pair[1].time, pair[1].phase),
            "{:?} before {:?}",
            pair[0],
            pair[1]
        );
    }
    let told: BTreeSet<&str> = rows.iter().map(|row| row.event).collect();
    let silent: Vec<&str> = Event::NAMES.into_iter().filter(|name| !told.contains(name)).collect();
    assert_eq!(silent, ["Shock"], "the small market has no shock, and everything else happens in it");
}

#[test]
fn a_shock_is_told_where_the_parameters_change() {
    static SHOCKED: OnceLock<Scenario> = OnceLock::new();
    let fee = "[[shock]]\nname = \"fee\"\nparameter = \"cash.store_fee_share\"\nvalue = 0.15\n\
               date = \"2025-06-01\"\nwhy = \"a test\"\nsource = \"none\"\n";
    let scenario = SHOCKED.get_or_init(|| {
        let layer = bidcast::scenario::Layer::new("fee.toml", fee);
        crate::common::small_over(&[&layer], &[])
    });
    let mut filter = TraceFilter { kinds: [false; Event::NAMES.len()], ..TraceFilter::ALL };
    filter.kinds[Event::Shock(0).kind()] = true;
    let rows = watch(scenario, 0, filter).rows;
    let told: Vec<_> = rows.iter().map(|row| (row.time, row.count)).collect();
    let expected: Vec<_> =
        scenario.changes().iter().zip(1..).map(|(c, n)| (SimTime::from_days(c.day), Some(n))).collect();
    assert!(!expected.is_empty());
    assert_eq!(told, expected);
}

#[test]
fn cancelled_events_do_not_appear() {
    let Watched { rows, chronicle, .. } = watched();
    // A lot goes off air by its own event at most once; many never do, because their app retires them early or leaves.
    let retired: Vec<u64> =
        rows.iter().filter(|row| row.event == "LotRetire").map(|row| row.lot.unwrap()).collect();
    let distinct: BTreeSet<u64> = retired.iter().copied().collect();
    assert_eq!(distinct.len(), retired.len());
    let launched =
        rows.iter().filter(|row| row.event == "LotLaunch").filter_map(|row| row.lot).max().unwrap();
    assert!((retired.len() as u64) < launched, "{} lots retired of {launched}", retired.len());
    // Nothing happens to an app after the review at which it left.
    let left: BTreeMap<u32, i64> = chronicle
        .apps
        .iter()
        .zip(0..)
        .filter_map(|(story, app)| story.departure.map(|departure| (app, departure.day)))
        .collect();
    assert!(left.len() > 10, "{} apps left", left.len());
    let mut reviewed = None;
    for row in rows {
        if row.event == "Review" {
            reviewed = Some(row.time.day());
        }
        if let Some(day) = row.app.filter(|_| row.event != "Entry").and_then(|app| left.get(&app)) {
            assert!(
                reviewed.is_none_or(|reviewed| reviewed < *day),
                "{row:?} of an app that left on day {day}"
            );
        }
    }
}

#[test]
fn rows_of_a_month_sum_to_its_record() {
    let Watched { rows, record, .. } = watched();
    let mut sums: BTreeMap<(Month, &str), (Usd, u64)> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry((month_of(row), row.event)).or_insert((Usd::ZERO, 0));
        sum.0 += row.amount.unwrap_or(Usd::ZERO);
        sum.1 += row.count.unwrap_or(0);
    }
    for month in &record.months {
        let sum = |event: &'static str| sums.get(&(month.month, event)).copied().unwrap_or_default();
        let name = month.month;
        assert!(month.ad_spend > Usd::ZERO);
        assert_eq!(sum("AuctionBatch"), (month.ad_spend, month.impressions), "{name}");
        assert_eq!(sum("Snapshot").0, month.ad_spend, "{name}");
        assert_eq!(sum("TitleRelease").0, month.content, "{name}");
        let installs = month.paid_installs + month.organic_installs;
        assert_eq!(sum("CohortAge"), (month.iap + month.iaa + month.web, installs), "{name}");
        assert_eq!(sum("LotLaunch").1, month.materials, "{name}");
        assert_eq!(sum("Entry").1, u64::from(month.entries), "{name}");
        assert_eq!(sum("Review").1, u64::from(month.exits), "{name}");
    }
    let all =
        |event: &str| rows.iter().filter(|row| row.event == event).filter_map(|row| row.amount).sum::<Usd>();
    let months = || watched().chronicle.apps.iter().flat_map(|story| &story.months);
    assert_eq!(all("Payout"), months().map(|row| row.flows.receipts).sum());
    assert_eq!(all("Funding"), months().map(|row| row.flows.funding).sum());
    assert!(all("Funding") > Usd::ZERO);
}

#[test]
fn a_filter_leaves_out_and_changes_nothing_else() {
    let (from, to) =
        ("2025-02-10".parse::<Date>().unwrap().to_day(), "2025-03-01".parse::<Date>().unwrap().to_day());
    let names = ["Review", "TitleRelease", "LotLaunch", "CohortAge", "Payout"];
    let filter =
        TraceFilter { from_day: from, to_day: to, kinds: Event::NAMES.map(|name| names.contains(&name)) };
    let admitted = |row: &&TraceRow<'_>| (from..=to).contains(&row.time.day()) && names.contains(&row.event);
    let expected: Vec<TraceRow<'_>> = watched().rows.iter().filter(admitted).copied().collect();
    assert!(expected.len() > 100);
    assert_eq!(watch(market(), 0, filter).rows, expected);
}

#[test]
fn the_chronicle_and_the_record_are_the_same_books() {
    let Watched { chronicle, record, .. } = watched();
    assert_eq!(chronicle.months, record.months.iter().map(|m| m.month).collect::<Vec<_>>());
    for month in &record.months {
        let rows: Vec<_> = chronicle
            .apps
            .iter()
            .zip(0_u32..)
            .filter_map(|(story, app)| {
                story.months.iter().find(|row| row.month == month.month).map(|row| (app, row))
            })
            .collect();
        let sum =
            |of: fn(&bidcast::engine::AppMonth) -> Usd| rows.iter().map(|(_, row)| of(row)).sum::<Usd>();
        assert_eq!(sum(|row| row.flows.ad_spend), month.ad_spend);
        assert_eq!(sum(|row| row.flows.content), month.content);
        assert_eq!(sum(|row| row.flows.gross), month.iap + month.iaa + month.web);
        assert_eq!(rows.iter().map(|(_, row)| row.paid_installs).sum::<u64>(), month.paid_installs);
        assert_eq!(rows.iter().map(|(_, row)| row.organic_installs).sum::<u64>(), month.organic_installs);
        let mut sold: Vec<(u32, Usd)> = rows.iter().map(|(app, row)| (*app, row.flows.iap)).collect();
        sold.retain(|(_, iap)| *iap > Usd::ZERO);
        assert_eq!(sold, month.iap_by_app, "{}", month.month);
        // Ranks run from 1 without a gap, and nobody with less stands above.
        let mut ranked: Vec<(usize, Usd)> =
            rows.iter().filter_map(|(_, row)| row.rank.map(|rank| (rank, row.flows.iap))).collect();
        ranked.sort_unstable_by_key(|(rank, _)| *rank);
        assert_eq!(
            ranked.iter().map(|(rank, _)| *rank).collect::<Vec<_>>(),
            (1..=sold.len()).collect::<Vec<_>>()
        );
        assert!(ranked.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    }
    for story in &chronicle.apps {
        let mut cash = Usd::ZERO;
        for row in &story.months {
            cash += row.flows.cash();
            assert_eq!(cash, row.cash, "{} of {:?}", row.month, story.born.key);
        }
    }
}

#[test]
fn releases_and_early_plans_of_the_chronicle_are_those_of_the_log() {
    // Apps that stake all they have on titles and ads run short within a day, which those of the base never do.
    static RECKLESS: OnceLock<Scenario> = OnceLock::new();
    let sets = ["run.tick_minutes=360", "budget.runway_days=1.0", "content.max_share_of_cash=1.0"];
    let scenario = RECKLESS.get_or_init(|| small(&sets));
    let Watched { rows, chronicle, .. } = watch(scenario, 0, TraceFilter::ALL);
    let months = || chronicle.apps.iter().flat_map(|story| &story.months);
    let counted = |event: &str, which: fn(&TraceRow<'_>) -> bool| {
        rows.iter().filter(|row| row.event == event && which(row)).count()
    };
    let released = counted("TitleRelease", |row| row.title.is_some());
    assert!(released > 0 && released < counted("TitleRelease", |_| true), "some cannot pay");
    assert_eq!(released, months().map(|row| row.releases as usize).sum::<usize>());
    let early = counted("BudgetPlan", |row| row.time.minute_of_day() != 0);
    assert!(early > 0, "nobody ran short");
    assert_eq!(early, months().map(|row| row.early_plans as usize).sum::<usize>());
}

#[test]
fn the_ranking_of_a_year_is_that_of_the_metrics() {
    let Watched { chronicle, record, .. } = watched();
    let period = bidcast::metrics::Period::new(record, record.warm_up_months, record.months.len());
    let ranking: Vec<f64> = chronicle.ranking(12).into_iter().map(|(_, iap)| iap.to_f64()).collect();
    assert_eq!(ranking.len(), period.iap_by_app.len());
    for (ours, theirs) in ranking.iter().zip(&period.iap_by_app) {
        assert!((ours - theirs).abs() < 1e-6, "{ours} against {theirs}");
    }
    assert!(Chronicle::new().ranking(12).is_empty());
}

/// Judges departures by what the books say right after a review.
struct Coroner {
    exit: bidcast::mechanisms::exit::ExitParams,
    alive: Vec<bool>,
    bankrupt: u32,
    gave_up: u32,
}

impl Observer for Coroner {
    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        let apps = &world.apps;
        if let Event::Review = event {
            for app in 0..self.alive.len() {
                if !self.alive[app] || apps.alive[app] {
                    assert_eq!(apps.departure[app].is_some(), !apps.alive[app]);
                    continue;
                }
                let (money, due) = (apps.spendable(app as u32), apps.receivable(app as u32));
                let departure = apps.departure[app].unwrap();
                assert_eq!(departure.day, time.day());
                assert_eq!(
                    departure.bankrupt,
                    self.exit.is_bankrupt(money.to_f64(), due.to_f64()),
                    "app {app}"
                );
                *(if departure.bankrupt { &mut self.bankrupt } else { &mut self.gave_up }) += 1;
            }
        }
        self.alive.clone_from(&apps.alive);
    }
}

#[test]
fn an_app_that_left_says_why() {
    // A campaign worth running costs more than the smallest apps have: otherwise all give up before they are bankrupt.
    let scenario = small(&["exit.minimal_campaign_usd_per_day=30000.0"]);
    let exit = scenario.parameters().spec.exit.clone();
    let mut coroner = Coroner { exit, alive: Vec::new(), bankrupt: 0, gave_up: 0 };
    Simulation::new(&scenario, SEED, 0).run(&mut coroner).unwrap();
    assert!(coroner.bankrupt > 0 && coroner.gave_up > 0, "{} and {}", coroner.bankrupt, coroner.gave_up);
}

/// Words of a call on the small market of the library tests.
fn small_run<'a>(words: &[&'a str]) -> Vec<&'a str> {
    static SEED_WORD: OnceLock<String> = OnceLock::new();
    let seed = SEED_WORD.get_or_init(|| SEED.to_string());
    let sets = overrides().iter().flat_map(|set| ["--set", set.as_str()]);
    ["run", "-q", "--seed", seed].into_iter().chain(words.iter().copied()).chain(sets).collect()
}

/// Compares a text with the one on file. When a change of results is meant, the text in the message is the new file.
fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "tests/golden/{name} is not what is found now:\n{found}");
}

#[test]
fn the_story_of_an_app_is_as_on_file() {
    let folder = folder();
    let story = printed(folder.path(), &small_run(&["--follow", "top1"]));
    let widest = story.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 120, "{widest} columns:\n{story}");
    golden("follow.txt", &story);
}

#[test]
fn the_first_row_of_each_event_is_as_on_file() {
    let folder = folder();
    printed(folder.path(), &small_run(&["--trace", "trace.csv"]));
    let log = fs::read_to_string(folder.path().join("trace.csv")).unwrap();
    assert_eq!(log.lines().count() as u64, 1 + watched().record.events, "as many rows as events");
    let first = |event: &str| {
        let field = format!(",{event},");
        log.lines().find(|line| line.contains(&field))
    };
    let rows: Vec<&str> = log.lines().take(6).chain(Event::NAMES.into_iter().filter_map(first)).collect();
    golden("trace.csv", &(rows.join("\n") + "\n"));
    // The file is the log of the library, field by field.
    let mut csv = csv::Reader::from_reader(log.as_bytes());
    for (line, row) in csv.records().zip(&watched().rows) {
        let line = line.unwrap();
        let whole = |field: Option<u64>| field.map_or_else(String::new, |x| x.to_string());
        assert_eq!(line[0], row.sequence.to_string());
        assert_eq!(line[1], Date::from_day(row.time.day()).to_string());
        assert_eq!(
            (&line[4], &line[7], &line[8]),
            (row.event, row.region.unwrap_or(""), row.channel.unwrap_or(""))
        );
        assert_eq!((&line[5], &line[12]), (&*whole(row.app.map(u64::from)), &*whole(row.count)));
        assert_eq!((&line[9], &line[10]), (&*whole(row.title), &*whole(row.lot)));
        assert_eq!(&line[11], row.amount.map_or_else(String::new, |x| x.to_string().replace(" USD", "")));
    }
}

#[test]
fn the_story_comes_in_every_form() {
    let folder = folder();
    let told = |form: &str| {
        printed(folder.path(), &["run", "-c", "small.toml", "--follow", "top1", "--format", form])
    };
    let json: Value = serde_json::from_str(&told("json")).unwrap();
    assert_eq!(json["months"].as_array().unwrap().len(), 12);
    assert_eq!((&json["origin"], &json["left"]), (&"there at the start".into(), &Value::Null));
    let number = json["app"].to_string();
    // By number it is the same app; the words of the rank stay.
    let by_number = printed(folder.path(), &["run", "-c", "small.toml", "--follow", &number]);
    assert_eq!(by_number, told("table"));
    assert!(by_number.contains("rank 1 of ") && by_number.contains("alive on 2025-12-31"), "{by_number}");
    let csv = told("csv");
    assert!(csv.starts_with("month,age_months,cash_usd,") && csv.lines().count() == 13, "{csv}");
    let md = told("md");
    assert!(
        md.contains("| 2025-12 | 11 |") && md.contains("archetype") == by_number.contains("archetype"),
        "{md}"
    );
}

#[test]
fn the_story_of_an_app_that_left_ends_with_the_reason() {
    let folder = folder();
    let chronicle = &watched().chronicle;
    let gone =
        chronicle.apps.iter().position(|story| story.departure.is_some() && story.months.len() > 2).unwrap();
    let day = Date::from_day(chronicle.apps[gone].departure.unwrap().day);
    let number = gone.to_string();
    let story = printed(folder.path(), &small_run(&["--follow", &number]));
    assert!(story.trim_end().ends_with(&format!("left on {day}: its owners gave up")), "{story}");
    let row = |month: &str| story.lines().find(|line| line.starts_with(month)).unwrap();
    let last = Month::of_day(day.to_day()).to_string();
    assert!(row(&last).ends_with("left: its owners gave up"), "{story}");
    // It was gone from the first: nothing was spent in the month of leaving, and there is no row after it.
    assert_eq!(chronicle.apps[gone].months.last().unwrap().flows.ad_spend, Usd::ZERO);
    let n_rows = story.lines().filter(|line| line.starts_with("20")).count();
    assert_eq!(n_rows, 2 * chronicle.apps[gone].months.len(), "{story}");
}

#[test]
fn verbose_lists_the_largest_apps() {
    let folder = folder();
    let words = ["run", "-c", "small.toml", "--format", "json", "--follow", "top2"];
    let second: Value = serde_json::from_str(&printed(folder.path(), &words)).unwrap();
    let page = printed(folder.path(), &["run", "-v", "-c", "small.toml"]);
    let (_, list) = page.split_once("largest apps by in-app purchases of 2025-01 to 2025-12:\n").unwrap();
    let row: Vec<&str> = list.lines().nth(2).unwrap().split_whitespace().collect();
    assert_eq!(row[..3], ["2", &second["app"].to_string(), second["archetype"].as_str().unwrap()]);
}

#[test]
fn a_watched_replication_is_the_one_of_the_ensemble() {
    let folder = folder();
    let read = |name: &str| -> Value {
        serde_json::from_slice(&fs::read(folder.path().join(name).join("summary.json")).unwrap()).unwrap()
    };
    printed(folder.path(), &["forecast", "-q", "-c", "small.toml", "-n", "3", "--seed", "5", "-o", "all"]);
    let all = read("all");
    for k in ["0", "1", "2"] {
        let plain = ["run", "-q", "-c", "small.toml", "--seed", "5", "--replication", k];
        let alone = printed(folder.path(), &plain);
        let (out, log) = (format!("one{k}"), format!("{k}.csv"));
        let traced = printed(folder.path(), &[&plain[..], &["--trace", &log, "-o", &out]].concat());
        assert_eq!(traced, alone, "replication {k}");
        // Market size of every month, every digit.
        let path = |summary: &Value, k: usize| summary["paths"]["market_total_usd"][k].clone();
        let of_all = path(&all, k.parse().unwrap());
        assert_eq!(of_all.as_array().unwrap().len(), 12);
        assert_eq!(path(&read(&out), 0), of_all, "replication {k}");
        // Followed into a folder, it is kept as it is without.
        let followed = format!("followed{k}");
        printed(folder.path(), &[&plain[..], &["--follow", "0", "-o", &followed]].concat());
        assert_eq!(
            fs::read(folder.path().join(&followed).join("summary.json")).unwrap(),
            fs::read(folder.path().join(&out).join("summary.json")).unwrap()
        );
    }
}

#[test]
fn a_filtered_log_holds_what_was_asked_for() {
    let folder = folder();
    let words = ["run", "-c", "small.toml", "--trace", "some.csv", "--trace-from", "2025-03-01"];
    let more = ["--trace-to", "2025-03-02", "--trace-events", "review,AuctionBatch"];
    let output = call(folder.path(), &[&words[..], &more[..]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    // One review on the first of the month; 48 cells on each of two days.
    let said = text(&output.stderr);
    assert!(said.contains("event log some.csv, 97 events, "), "{said}");
    let log = fs::read_to_string(folder.path().join("some.csv")).unwrap();
    assert_eq!(log.lines().count(), 98);
    assert!(log.lines().skip(1).all(|line| line.contains(",2025-03-01,") || line.contains(",2025-03-02,")));
}

#[test]
fn a_log_is_replaced_only_by_force() {
    let folder = folder();
    let words = ["run", "-q", "-c", "small.toml", "--trace", "trace.csv", "--trace-events", "Review"];
    fs::write(folder.path().join("trace.csv"), "mine").unwrap();
    let refused = call(folder.path(), &words);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("hint: choose another file, or replace this one with --force"));
    assert_eq!(fs::read_to_string(folder.path().join("trace.csv")).unwrap(), "mine");
    printed(folder.path(), &[&words[..], &["--force"]].concat());
    assert!(
        fs::read_to_string(folder.path().join("trace.csv")).unwrap().starts_with("sequence,date,minute,")
    );
    assert_eq!(listing(folder.path()), ["small.toml", "trace.csv"]);
}

#[test]
fn wrong_calls_say_what_is_wrong_and_leave_nothing() {
    #[rustfmt::skip]
    let wrong: [(&[&str], i32, &[&str]); 13] = [
        (&["--trace", "log.parquet"], 2, &["written as CSV", "log.parquet", "hint: name a file that ends in .csv"]),
        (&["--trace", "log"], 2, &["written as CSV", "hint: name a file that ends in .csv"]),
        (&["--trace", "nowhere/log.csv"], 3, &["the folder `nowhere` does not exist", "hint: make the folder first"]),
        (&["--trace", "sub.csv"], 2, &["`sub.csv` is a folder", "hint: name a file in it"]),
        (&["--trace", "run/log.csv", "-o", "run", "--force"], 2, &["would be replaced with its folder", "hint: name a file outside"]),
        (&["--trace", "a.csv", "--trace-from", "2025-05-01", "--trace-to", "2025-04-01"], 2, &["nothing is simulated from 2025-05-01 to 2025-04-01", "hint: this scenario runs from 2025-01-01 to 2025-12-31"]),
        (&["--trace", "a.csv", "--trace-from", "2031-05-01"], 2, &["nothing is simulated", "hint:"]),
        (&["--trace", "a.csv", "--trace-to", "2025-02-30"], 2, &["2025-02 has no day 30", "--trace-to"]),
        (&["--trace", "a.csv", "--trace-events", "Auction"], 2, &["Auction", "AuctionBatch"]),
        (&["--follow", "top0"], 2, &["ranks count from 1"]),
        (&["--follow", "largest"], 2, &["give the number of an app", "top1"]),
        (&["--follow", "5000"], 2, &["there is no app 5000: 16 apps lived", "hint: `bidcast run -v` lists the largest apps"]),
        (&["--follow", "top5000"], 2, &["there is no top5000: ", " of 16 apps had in-app purchases", "hint:"]),
    ];
    for (words, code, says) in wrong {
        let folder = folder();
        fs::create_dir(folder.path().join("sub.csv")).unwrap();
        fs::create_dir(folder.path().join("run")).unwrap();
        let before = listing(folder.path());
        let output = call(folder.path(), &[&["run", "-c", "small.toml"], words].concat());
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{words:?}: an error is no result");
        for part in says {
            assert!(stderr.contains(part), "{words:?}: {part:?} is missing in\n{stderr}");
        }
        assert_eq!(listing(folder.path()), before, "{words:?}: something was left behind");
        assert!(listing(&folder.path().join("run")).is_empty(), "{words:?}");
    }
}
