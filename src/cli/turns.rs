//! The turning points of an app in words: what it is, how its story ends, the notes of its months.

use bidcast::engine::{AppMonth, AppStory};
use bidcast::market::turns::{Cause, Turn, TurningPoint};
use bidcast::metrics::Unit;
use bidcast::report::table::format_value;
use bidcast::scenario::Scenario;
use bidcast::units::{Date, Month, Usd};
use serde_json::{Value, json};

/// What it is on the last simulated day, in a word.
pub(crate) fn state(story: &AppStory) -> &'static str {
    match (story.departure(), story.dormant_since()) {
        (Some(TurningPoint { turn: Turn::Sold { .. }, .. }), _) => "bought",
        (Some(_), _) => "left",
        (None, Some(_)) => "dormant",
        (None, None) => "alive",
    }
}

/// How the story ends.
pub(crate) fn end(story: &AppStory, scenario: &Scenario) -> String {
    let last = Date::from_day(scenario.parameters().end_day);
    match (story.departure(), story.dormant_since()) {
        (Some(left), _) => {
            let day = Date::from_day(left.day);
            match left.turn {
                Turn::Stopped { cause, .. } => format!("left on {day}: {}", reason(cause)),
                Turn::Sold { buyer, .. } => format!("left on {day}: bought by app {buyer}"),
                _ => format!("left on {day}: vanished from the stores after it had stopped advertising"),
            }
        }
        (None, Some(since)) => {
            format!("dormant on {last}, the last simulated day, since {}", Date::from_day(since))
        }
        (None, None) => format!("alive on {last}, the last simulated day"),
    }
}

fn reason(cause: Cause) -> &'static str {
    match cause {
        Cause::Bankrupt => "bankrupt",
        Cause::GaveUp => "its owners gave up",
    }
}

/// A turning point in a few words; purchases are told together.
fn told(turn: Turn) -> Option<String> {
    Some(match turn {
        Turn::Stopped { cause, dormant: true } => format!("stopped: {}", reason(cause)),
        Turn::Stopped { cause, dormant: false } => format!("left: {}", reason(cause)),
        Turn::Relaunched { money } => format!("relaunched with {}", shown(money)),
        Turn::Vanished => "left: vanished".to_owned(),
        Turn::Bought { .. } => return None,
        Turn::Sold { buyer, .. } => format!("bought by app {buyer}"),
    })
}

/// A turning point for machines: what happened, with what belongs to it.
pub(crate) fn turn_json(point: &TurningPoint) -> Value {
    let date = Date::from_day(point.day).to_string();
    match point.turn {
        Turn::Stopped { cause, dormant } => {
            json!({"date": date, "turn": "stopped", "bankrupt": cause == Cause::Bankrupt, "dormant": dormant})
        }
        Turn::Relaunched { money } => {
            json!({"date": date, "turn": "relaunched", "money_usd": money.to_f64()})
        }
        Turn::Vanished => json!({"date": date, "turn": "vanished"}),
        Turn::Bought { target, account } => {
            json!({"date": date, "turn": "bought", "app": target, "cash_usd": account.cash().to_f64()})
        }
        Turn::Sold { buyer, account } => {
            json!({"date": date, "turn": "sold", "app": buyer, "cash_usd": account.cash().to_f64()})
        }
    }
}

fn shown(amount: Usd) -> String {
    format_value(Unit::Usd, amount.to_f64())
}

/// The apps bought in a month and the cash that came with them, in a few words.
fn purchases(turns: impl Iterator<Item = Turn>) -> Option<String> {
    let bought: Vec<(u32, Usd)> = turns
        .filter_map(|turn| match turn {
            Turn::Bought { target, account } => Some((target, account.cash())),
            _ => None,
        })
        .collect();
    let names: Vec<String> = bought.iter().map(|(target, _)| target.to_string()).collect();
    let cash = shown(bought.iter().map(|(_, cash)| *cash).sum());
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("buys app {one} with {cash}")),
        several => Some(format!("buys apps {} with {cash}", several.join(", "))),
    }
}

/// What happened in a month besides its figures.
pub(crate) fn note(story: &AppStory, row: &AppMonth) -> String {
    let mut notes = Vec::new();
    if row.month == Month::of_day(story.born.born_day) {
        notes.push("born".to_owned());
    }
    let of_month = |point: &&TurningPoint| Month::of_day(point.day) == row.month;
    let turns = || story.turns.iter().filter(of_month).map(|point| point.turn);
    notes.extend(turns().filter(|turn| !turn.is_end()).filter_map(told));
    notes.extend(purchases(turns()));
    // What a relaunch brings is booked like a round, and told with the relaunch.
    let relaunch: Usd =
        turns().map(|turn| if let Turn::Relaunched { money } = turn { money } else { Usd::ZERO }).sum();
    if row.flows.funding > relaunch {
        notes.push(format!("funded {}", shown(row.flows.funding - relaunch)));
    }
    match row.early_plans {
        0 => {}
        1 => notes.push("1 early plan".to_owned()),
        n => notes.push(format!("{n} early plans")),
    }
    if row.dormant {
        notes.push("dormant".to_owned());
    }
    notes.extend(turns().filter(Turn::is_end).filter_map(told));
    notes.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bidcast::market::ledger::Account;

    #[test]
    fn purchases_of_a_month_are_one_note() {
        let bought = |target, usd: i64| {
            let account = Account { start: Usd::from_micros(usd * 1_000_000), ..Account::default() };
            Turn::Bought { target, account }
        };
        let told = |turns: &[Turn]| purchases(turns.iter().copied());
        assert_eq!(told(&[Turn::Vanished]), None);
        assert_eq!(told(&[bought(7, 20_000), Turn::Vanished]).as_deref(), Some("buys app 7 with 20.0 k$"));
        let two = [bought(52, 30_000), bought(45, -10_000)];
        assert_eq!(told(&two).as_deref(), Some("buys apps 52, 45 with 20.0 k$"));
    }
}
