//! `--follow` and the list of the largest apps: the story of one app, drawn from a chronicle.

use bidcast::engine::{AppMonth, AppStory, Chronicle};
use bidcast::metrics::Unit;
use bidcast::report::table::format_value;
use bidcast::scenario::Scenario;
use bidcast::scenario::population::{Origin, origin};
use bidcast::units::{Date, Month, Usd};
use serde_json::json;

use super::args::{Followed, Format};
use super::failure::{Failure, Status};
use super::grid::{Cell, Grid, grouped};
use super::turns::{end, note, state, turn_json};

/// Months over which apps are ranked.
const RANKED_MONTHS: usize = 12;
/// Apps in the list of the largest.
const LISTED: usize = 20;

/// The story of an app in the form asked for; `of` says which replication it is from.
///
/// # Errors
/// An app that never lived, or a rank that nobody has.
pub(crate) fn story(
    chronicle: &Chronicle,
    scenario: &Scenario,
    who: Followed,
    of: &str,
    format: Format,
) -> Result<String, Failure> {
    let ranking = chronicle.ranking(RANKED_MONTHS);
    let app = find(chronicle, &ranking, who)?;
    let story = &chronicle.apps[app as usize];
    let about = about(chronicle, scenario, &ranking, app, of);
    match format {
        Format::Table => {
            let [money, market] = [money(story), market(story)].map(|grid| grid.table());
            Ok(format!("{}\n\n{money}\n{market}\n{}\n", about.join("\n"), end(story, scenario)))
        }
        Format::Md => {
            let table = full(story).render(Format::Md)?;
            Ok(format!("{}\n\n{table}\n{}\n", about.join("  \n"), end(story, scenario)))
        }
        Format::Csv => full(story).render(Format::Csv),
        Format::Json => {
            let born = &story.born;
            let spec = &scenario.parameters().spec;
            let names = |all: &[String], some: &[usize]| -> Vec<String> {
                some.iter().map(|index| all[*index].clone()).collect()
            };
            let text = json!({
                "app": app,
                "app_key": format!("{:#018x}", born.key),
                "archetype": archetype(scenario, story),
                "chinese": born.chinese,
                "origin": arrival(story),
                "born": Date::from_day(born.born_day).to_string(),
                "left": story.departure().map(|left| Date::from_day(left.day).to_string()),
                "dormant_since": story.dormant_since().map(|day| Date::from_day(day).to_string()),
                "turns": story.turns.iter().map(turn_json).collect::<Vec<_>>(),
                "first_cash_usd": born.cash.to_f64(),
                "first_budget_usd_per_day": born.budget_usd,
                "log_skill": {
                    "conversion": born.conversion_skill,
                    "value": born.value_skill,
                    "content": born.content_skill,
                },
                "regions": names(&spec.regions.names, &born.regions),
                "channels": names(&spec.channels.names, &born.channels),
                "months": full(story).json(),
            });
            serde_json::to_string_pretty(&text)
                .map(|text| text + "\n")
                .map_err(|error| Failure::told(Status::CheckFailed, error))
        }
    }
}

/// The largest apps of the last months, with what `--follow` needs to know.
pub(crate) fn largest(chronicle: &Chronicle, scenario: &Scenario) -> String {
    let mut grid = Grid::new(["rank", "app", "archetype", "owner", "born", "IAP", "now"]);
    for (rank, (app, iap)) in chronicle.ranking(RANKED_MONTHS).into_iter().take(LISTED).enumerate() {
        let story = &chronicle.apps[app as usize];
        grid.push(vec![
            count(rank as u64 + 1),
            Cell::number(app.to_string(), f64::from(app)),
            archetype(scenario, story).into(),
            if story.born.chinese { "Chinese" } else { "other" }.into(),
            Date::from_day(story.born.born_day).to_string().into(),
            usd(iap),
            state(story).into(),
        ]);
    }
    format!("largest apps by in-app purchases of {}:\n{}", ranked_span(chronicle), grid.table())
}

fn find(chronicle: &Chronicle, ranking: &[(u32, Usd)], who: Followed) -> Result<u32, Failure> {
    let lived = chronicle.apps.len();
    let missing = match who {
        Followed::Number(app) if (app as usize) < lived => return Ok(app),
        Followed::Number(app) => format!(
            "there is no app {app}: {} apps lived in this replication, numbered from 0",
            grouped(lived as u64)
        ),
        Followed::Top(rank) => match ranking.get(rank - 1) {
            Some((app, _)) => return Ok(*app),
            None => format!(
                "there is no top{rank}: {} of {} apps had in-app purchases in the last {RANKED_MONTHS} months",
                grouped(ranking.len() as u64),
                grouped(lived as u64)
            ),
        },
    };
    Err(Failure::message(Status::Usage, missing)
        .hint("`bidcast run -v` lists the largest apps with their numbers"))
}

/// Who the app is, in sentences.
fn about(
    chronicle: &Chronicle,
    scenario: &Scenario,
    ranking: &[(u32, Usd)],
    app: u32,
    of: &str,
) -> Vec<String> {
    let story = &chronicle.apps[app as usize];
    let born = &story.born;
    let spec = &scenario.parameters().spec;
    let names = |all: &[String], some: &[usize]| -> String {
        some.iter().map(|index| all[*index].as_str()).collect::<Vec<_>>().join(", ")
    };
    let owner = if born.chinese { "from the Chinese mainland" } else { "from elsewhere" };
    let skill = |x: f64| format!("{x:+.2}").replace('-', "−");
    let span = ranked_span(chronicle);
    let rank = match ranking.iter().position(|(other, _)| *other == app) {
        Some(place) => format!(
            "rank {} of {} by in-app purchases of {span}: {}",
            place + 1,
            ranking.len(),
            format_value(Unit::Usd, ranking[place].1.to_f64())
        ),
        None => format!("no in-app purchases in {span}"),
    };
    vec![
        format!("app {app} of {of}: {}, owner {owner}", archetype(scenario, story)),
        format!(
            "{} on {}, first cash {}, first budget {} a day",
            arrival(story),
            Date::from_day(born.born_day),
            format_value(Unit::Usd, born.cash.to_f64()),
            format_value(Unit::Usd, born.budget_usd),
        ),
        format!(
            "log skill in conversion {}, value {}, content {}",
            skill(born.conversion_skill),
            skill(born.value_skill),
            skill(born.content_skill)
        ),
        format!("regions: {}", names(&spec.regions.names, &born.regions)),
        format!("channels: {}", names(&spec.channels.names, &born.channels)),
        rank,
    ]
}

fn arrival(story: &AppStory) -> &'static str {
    match origin(story.born.key) {
        Some(Origin::Start) => "there at the start",
        Some(Origin::Entrant { .. }) => "entered by chance",
        Some(Origin::Scheduled) => "entered as scheduled",
        None => "added",
    }
}

fn archetype<'a>(scenario: &'a Scenario, story: &AppStory) -> &'a str {
    let mut names = scenario.parameters().spec.archetype.keys();
    names.nth(story.born.archetype).map_or("", String::as_str)
}

/// First and last of the months by which apps are ranked.
fn ranked_span(chronicle: &Chronicle) -> String {
    let mut lately = chronicle.months.iter().rev().take(RANKED_MONTHS);
    match (lately.next(), lately.next_back()) {
        (Some(last), Some(first)) => format!("{first} to {last}"),
        (Some(only), None) => only.to_string(),
        (None, _) => "no month".to_owned(),
    }
}

fn usd(amount: Usd) -> Cell {
    dollars(amount.to_f64())
}

fn dollars(amount: f64) -> Cell {
    Cell::number(format_value(Unit::Usd, amount), amount)
}

fn count(n: u64) -> Cell {
    Cell::number(grouped(n), n as f64)
}

fn installs(n: u64) -> Cell {
    Cell::number(format_value(Unit::Installs, n as f64), n as f64)
}

fn age_months(story: &AppStory, row: &AppMonth) -> Cell {
    let months = row.month.index_from(Month::of_day(story.born.born_day));
    Cell::number(months.to_string(), months as f64)
}

fn cpi(row: &AppMonth) -> Cell {
    // Without installs this is no number, and the cell is absent.
    let cpi = row.flows.ad_spend.to_f64() / row.paid_installs as f64;
    Cell::number(format_value(Unit::UsdPerInstall, cpi), cpi)
}

fn margin(row: &AppMonth) -> Cell {
    let margin = row.result().to_f64() / row.flows.gross.to_f64();
    Cell::number(format_value(Unit::Share, margin), margin)
}

fn rank(row: &AppMonth) -> Cell {
    row.rank.map_or(Cell::Absent, |rank| count(rank as u64))
}

/// The money side of the table for people: narrow enough for a terminal.
fn money(story: &AppStory) -> Grid {
    let columns =
        ["month", "age", "cash", "budget/day", "ad spend", "IAP", "ads+web", "net", "margin", "note"];
    let mut grid = Grid::new(columns);
    for row in &story.months {
        grid.push(vec![
            row.month.to_string().into(),
            age_months(story, row),
            usd(row.cash),
            dollars(row.budget_usd_per_day),
            usd(row.flows.ad_spend),
            usd(row.flows.iap),
            usd(row.flows.gross - row.flows.iap),
            usd(row.flows.net_revenue),
            margin(row),
            note(story, row).into(),
        ]);
    }
    grid
}

/// The market side of the table for people.
fn market(story: &AppStory) -> Grid {
    let columns =
        ["month", "paid installs", "organic", "CPI", "active users", "materials", "titles", "new", "rank"];
    let mut grid = Grid::new(columns);
    for row in &story.months {
        grid.push(vec![
            row.month.to_string().into(),
            installs(row.paid_installs),
            installs(row.organic_installs),
            cpi(row),
            users(row),
            count(row.materials),
            count(row.titles as u64),
            count(u64::from(row.releases)),
            rank(row),
        ]);
    }
    grid
}

fn users(row: &AppMonth) -> Cell {
    Cell::number(format_value(Unit::People, row.active_users.round()), row.active_users)
}

/// Everything in one table, for files: with it the books of the app close.
fn full(story: &AppStory) -> Grid {
    let mut grid = Grid::new([
        "month",
        "age_months",
        "cash_usd",
        "budget_usd_per_day",
        "ad_spend_usd",
        "cpi_usd",
        "paid_installs",
        "organic_installs",
        "active_users",
        "iap_usd",
        "ads_and_web_usd",
        "net_revenue_usd",
        "receipts_usd",
        "content_usd",
        "operating_usd",
        "funding_usd",
        "taken_over_usd",
        "margin",
        "materials",
        "titles",
        "new_titles",
        "rank",
        "note",
    ]);
    for row in &story.months {
        let flows = &row.flows;
        grid.push(vec![
            row.month.to_string().into(),
            age_months(story, row),
            usd(row.cash),
            dollars(row.budget_usd_per_day),
            usd(flows.ad_spend),
            cpi(row),
            installs(row.paid_installs),
            installs(row.organic_installs),
            users(row),
            usd(flows.iap),
            usd(flows.gross - flows.iap),
            usd(flows.net_revenue),
            usd(flows.receipts),
            usd(flows.content),
            usd(flows.operating),
            usd(flows.funding),
            usd(row.taken_over),
            margin(row),
            count(row.materials),
            count(row.titles as u64),
            count(u64::from(row.releases)),
            rank(row),
            note(story, row).into(),
        ]);
    }
    grid
}
