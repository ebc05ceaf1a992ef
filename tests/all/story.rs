//! The story of a replication as the program tells it: `run --trace`, `run --follow`, and the list of the largest apps.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use serde_json::Value;

use crate::cli::{call, folder, listing, printed, text};
use crate::common::{SEED, YEAR_2025, overrides};
use crate::golden::same_as_on_file;
use crate::trace::{EVENTFUL, eventful};
use bidcast::engine::{AppStory, Chronicle, Event};
use bidcast::market::turns::{Cause, Turn, TurningPoint};
use bidcast::units::{Date, Month, Usd};

/// Words of a call on the eventful market of the library tests.
fn small_run<'a>(words: &[&'a str]) -> Vec<&'a str> {
    static SEED_WORD: OnceLock<String> = OnceLock::new();
    let seed = SEED_WORD.get_or_init(|| SEED.to_string());
    let sets = YEAR_2025.into_iter().chain(overrides().iter().map(String::as_str)).chain(EVENTFUL);
    let sets = sets.flat_map(|set| ["--set", set]);
    ["run", "-q", "--seed", seed].into_iter().chain(words.iter().copied()).chain(sets).collect()
}

/// The first app whose story has the most turns of different kinds, and of those the most turns: worth reading, whatever
/// the parameters are.
fn liveliest(chronicle: &Chronicle) -> usize {
    let liveliness = |story: &AppStory| {
        let kinds: BTreeSet<String> =
            story.turns.iter().map(|point| format!("{:?}", std::mem::discriminant(&point.turn))).collect();
        (kinds.len(), story.turns.len())
    };
    let all = chronicle.apps.iter().enumerate();
    all.max_by_key(|(app, story)| (liveliness(story), Reverse(*app))).unwrap().0
}

#[test]
fn the_story_of_an_app_is_as_on_file() {
    let folder = folder();
    let number = liveliest(&eventful().chronicle).to_string();
    let story = printed(folder.path(), &small_run(&["--follow", &number]));
    let widest = story.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 120, "{widest} columns:\n{story}");
    same_as_on_file("follow.txt", &story);
}

#[test]
fn the_first_row_of_each_event_is_as_on_file() {
    let folder = folder();
    printed(folder.path(), &small_run(&["--trace", "trace.csv"]));
    let log = fs::read_to_string(folder.path().join("trace.csv")).unwrap();
    assert_eq!(log.lines().count(), 1 + eventful().rows.len(), "as many rows as events");
    let first = |event: &str| {
        let field = format!(",{event},");
        log.lines().find(|line| line.contains(&field))
    };
    let rows: Vec<&str> = log.lines().take(6).chain(Event::NAMES.into_iter().filter_map(first)).collect();
    same_as_on_file("trace.csv", &(rows.join("\n") + "\n"));
    // The file is the log of the library, field by field.
    let mut csv = csv::Reader::from_reader(log.as_bytes());
    for (line, row) in csv.records().zip(&eventful().rows) {
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

/// The story of the first app whose last turn is of a kind, as the program tells it.
fn last_turn(which: fn(&Turn) -> bool) -> (usize, TurningPoint, String) {
    let chronicle = &eventful().chronicle;
    let ends_so = |story: &AppStory| {
        story.months.len() > 2 && story.turns.last().is_some_and(|point| which(&point.turn))
    };
    let app = chronicle.apps.iter().position(ends_so).unwrap();
    let number = app.to_string();
    let folder = folder();
    let story = printed(folder.path(), &small_run(&["--follow", &number]));
    // One row of money and one of the market for each month that it was there, and none after it left.
    let n_rows = story.lines().filter(|line| line.starts_with("20")).count();
    assert_eq!(n_rows, 2 * chronicle.apps[app].months.len(), "{story}");
    (app, *chronicle.apps[app].turns.last().unwrap(), story)
}

/// The note of the month of a day.
fn note_of(story: &str, day: i64) -> &str {
    let month = Month::of_day(day).to_string();
    story.lines().find(|line| line.starts_with(&month)).unwrap()
}

#[test]
fn the_story_of_an_app_that_left_ends_with_the_reason() {
    let chronicle = &eventful().chronicle;
    let (gone, left, story) =
        last_turn(|turn| matches!(turn, Turn::Stopped { dormant: false, cause: Cause::GaveUp }));
    let day = Date::from_day(left.day);
    assert!(story.trim_end().ends_with(&format!("left on {day}: its owners gave up")), "{story}");
    assert!(note_of(&story, left.day).ends_with("left: its owners gave up"), "{story}");
    // It was gone from the first: nothing was spent in the month of leaving.
    assert_eq!(chronicle.apps[gone].months.last().unwrap().flows.ad_spend, Usd::ZERO);

    let (_, left, story) = last_turn(|turn| *turn == Turn::Vanished);
    let day = Date::from_day(left.day);
    let words = format!("left on {day}: vanished from the stores after it had stopped advertising");
    assert!(
        story.trim_end().ends_with(&words) && note_of(&story, left.day).ends_with("left: vanished"),
        "{story}"
    );

    let (_, left, story) = last_turn(|turn| matches!(turn, Turn::Sold { .. }));
    let Turn::Sold { buyer, .. } = left.turn else { unreachable!() };
    let day = Date::from_day(left.day);
    assert!(story.trim_end().ends_with(&format!("left on {day}: bought by app {buyer}")), "{story}");
    assert!(note_of(&story, left.day).ends_with(&format!("bought by app {buyer}")), "{story}");
}

#[test]
fn the_story_of_an_app_tells_its_sleep_and_its_deals() {
    let chronicle = &eventful().chronicle;
    let (app, stopped, story) =
        last_turn(|turn| matches!(turn, Turn::Stopped { dormant: true, cause: Cause::GaveUp }));
    let since = Date::from_day(stopped.day);
    let words = format!("dormant on 2025-12-31, the last simulated day, since {since}");
    assert!(story.trim_end().ends_with(&words), "{story}");
    assert!(note_of(&story, stopped.day).contains("stopped: its owners gave up, "), "{story}");
    let asleep = chronicle.apps[app].months.iter().filter(|row| row.dormant);
    for row in asleep.clone() {
        assert!(note_of(&story, row.month.first_day()).ends_with("dormant"), "{story}");
        assert_eq!((row.flows.ad_spend, row.paid_installs, row.materials), (Usd::ZERO, 0, 0));
    }
    assert!(asleep.map(|row| row.flows.gross).sum::<Usd>() > Usd::ZERO, "its users stay and pay");

    let (_, relaunched, story) = last_turn(|turn| matches!(turn, Turn::Relaunched { .. }));
    assert!(note_of(&story, relaunched.day).contains("relaunched with "), "{story}");
    assert!(story.trim_end().ends_with("alive on 2025-12-31, the last simulated day"), "{story}");

    let (app, bought, story) = last_turn(|turn| matches!(turn, Turn::Bought { .. }));
    let Turn::Bought { target, account } = bought.turn else { unreachable!() };
    assert!(
        note_of(&story, bought.day).contains("buys app")
            && note_of(&story, bought.day).contains(&target.to_string()),
        "{story}"
    );
    let number = app.to_string();
    let folder = folder();
    let words = small_run(&["--follow", &number, "--format", "json"]);
    let json: Value = serde_json::from_str(&printed(folder.path(), &words)).unwrap();
    assert_eq!((&json["left"], &json["dormant_since"]), (&Value::Null, &Value::Null));
    let told = json["turns"].as_array().unwrap();
    assert_eq!(told.len(), chronicle.apps[app].turns.len());
    let expected = serde_json::json!({
        "date": Date::from_day(bought.day).to_string(),
        "turn": "bought",
        "app": target,
        "cash_usd": account.cash().to_f64(),
    });
    assert_eq!(told.last(), Some(&expected));
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
