//! Parameters that are read once, so that a later shock does not reach what exists: which, why, and a warning to say so.
//!
//! # Model
//! A shock changes what is read after it. Most parameters are read every day. Those of [`READ_ONCE`] are read at the
//! start, when an app is born, or after the last day; a shock to one of them is easily mistaken for one that acts on the
//! market as it is. It is allowed, and warned of, unless it says `entrants_only = true` where that is what happens.
//!
//! # Invariants
//! `shocks_to_what_is_read_at_birth_reach_no_living_app`, `shocks_to_what_is_read_at_the_start_reach_nothing` and
//! `what_is_read_at_the_end_reaches_the_years_before` (in the tests of scenarios) hold the list against the engine.

use super::parameters::Parameters;
use super::shock::Shock;
use crate::diagnostic::Diagnostic;

/// What a shock to a parameter reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Apps born from then on; living ones stay as they are.
    Entrants,
    /// Nothing: it is read before any shock.
    Nothing,
    /// All reported years, those before it too: it is read after the last day.
    AllYears,
}

/// A parameter that is read once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadOnce {
    /// Path; `*` stands for any archetype.
    pub path: &'static str,
    /// What a shock to it reaches.
    pub reach: Reach,
    /// Why.
    pub reason: &'static str,
}

const fn at_birth(path: &'static str, reason: &'static str) -> ReadOnce {
    ReadOnce { path, reach: Reach::Entrants, reason }
}

const fn at_start(path: &'static str, reason: &'static str) -> ReadOnce {
    ReadOnce { path, reach: Reach::Nothing, reason }
}

const fn at_end(path: &'static str) -> ReadOnce {
    ReadOnce { path, reach: Reach::AllYears, reason: "outcomes are counted after the last day" }
}

/// Skills are drawn once and kept.
const SKILL: &str = "an app draws its skills when it is born";
/// Places are chosen once and kept.
const PLACES: &str = "an app chooses its regions and channels when it is born";
/// Money brought along.
const MONEY: &str = "an app brings its first money and its first budget with it";

/// Every parameter that is read once. Titles and lots already made keep their traits too, but they live for weeks, not years.
pub const READ_ONCE: &[ReadOnce] = &[
    at_start("archetype.*.start_apps", "the start population is placed before the first day"),
    at_start("pool.start_share", "the pool is filled before the first day"),
    at_start("learning.incumbent_prior_log_sd", "only the start population has the beliefs of incumbents"),
    at_birth("learning.entrant_prior_log_sd", "an app comes with its first beliefs"),
    at_birth("regions.preference", PLACES),
    at_birth("channels.preference", PLACES),
    at_birth("archetype.*.regions", PLACES),
    at_birth("archetype.*.channels", PLACES),
    at_birth("archetype.*.chinese_share", "an app has its owner from birth"),
    at_birth("archetype.*.start_cash_usd", MONEY),
    at_birth("archetype.*.start_cash_log_sd", MONEY),
    at_birth("archetype.*.start_budget_usd_per_day", MONEY),
    at_birth("archetype.*.start_budget_log_sd", MONEY),
    at_birth("archetype.*.start_titles", "an app brings its first titles with it"),
    at_birth("archetype.*.skill_mean", SKILL),
    at_birth("archetype.*.conversion_skill_log_sd", SKILL),
    at_birth("archetype.*.value_skill_log_sd", SKILL),
    at_birth("archetype.*.content_skill_log_sd", SKILL),
    at_end("observation.measurable_iap_usd_per_year"),
    at_end("observation.top_materials_share"),
];

/// The entry of a parameter that is read once.
pub fn read_once(path: &str) -> Option<&'static ReadOnce> {
    READ_ONCE.iter().find(|entry| match entry.path.split_once(".*.") {
        None => entry.path == path,
        Some((section, key)) => path
            .strip_prefix(section)
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.rsplit_once('.'))
            .is_some_and(|(_, last)| last == key),
    })
}

/// What a reader should know of a shock that reaches less, or more, than it seems to.
pub(crate) fn doubts(shock: &Shock, start: &Parameters) -> Vec<Diagnostic> {
    let path = &shock.spec.parameter;
    let warn = |message: String| {
        Diagnostic::warning(format!("shock `{}`: {message}", shock.spec.name)).with_key(path)
    };
    let mut found = Vec::new();
    if shock.from > start.end_day || shock.until.is_some_and(|until| until <= start.start_day) {
        found.push(
            warn("it lies outside the simulated time and acts on nothing".into())
                .hint("see `date` and `end_date` of the shock, and [run] start_date and end_date"),
        );
    }
    match read_once(path) {
        Some(ReadOnce { reach: Reach::Nothing, reason, .. }) => found.push(
            warn(format!("`{path}` acts on nothing after the start: {reason}"))
                .hint("give it as a plain value in a file or with --set"),
        ),
        Some(ReadOnce { reach: Reach::AllYears, reason, .. }) => found.push(
            warn(format!("`{path}` acts on all years, those before the shock too: {reason}"))
                .hint("give it as a plain value in a file or with --set"),
        ),
        Some(ReadOnce { reach: Reach::Entrants, reason, .. }) if !shock.spec.entrants_only => found.push(
            warn(format!("`{path}` acts only on apps born later: {reason}"))
                .hint("if that is meant, say `entrants_only = true`"),
        ),
        Some(ReadOnce { reach: Reach::Entrants, .. }) => {}
        None if shock.spec.entrants_only => found.push(
            warn(format!(
                "`entrants_only` does not hold: `{path}` is read again and again, living apps included"
            ))
            .hint("leave `entrants_only` out"),
        ),
        None => found.extend(missed_entry(shock, start).map(warn)),
    }
    found
}

/// A number of scheduled apps that does not hold on the one day on which it is read.
fn missed_entry(shock: &Shock, start: &Parameters) -> Option<String> {
    let name = shock.spec.parameter.strip_prefix("archetype.")?.strip_suffix(".scheduled_apps")?;
    let place = start.spec.archetype.keys().position(|key| key == name)?;
    let day = *start.scheduled_days.get(place)?;
    let date = &start.spec.archetype.get(name)?.scheduled_date;
    let size = shock.intensity(day);
    (size < 1.0).then(|| {
        format!(
            "`{}` is read on {date} only, when the shock has {} % of its size",
            shock.spec.parameter,
            (size * 100.0).round()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_with_any_archetype_and_no_other() {
        assert_eq!(read_once("archetype.hybrid.start_cash_usd").map(|e| e.reach), Some(Reach::Entrants));
        assert_eq!(read_once("archetype.funded_paid.start_apps").map(|e| e.reach), Some(Reach::Nothing));
        assert_eq!(read_once("archetype.hybrid.regions").map(|e| e.reach), Some(Reach::Entrants));
        assert_eq!(read_once("observation.top_materials_share").map(|e| e.reach), Some(Reach::AllYears));
        for other in [
            "archetype.hybrid.target_roas",
            "start_apps",
            "archetype.start_apps",
            "pool.start",
            "archetypes.x.regions",
        ] {
            assert_eq!(read_once(other), None, "{other}");
        }
    }
}
