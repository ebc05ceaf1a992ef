//! Units as they stand in the keys: `half_life_days` is in days.

/// Suffix of a key and the unit it announces, in any order: the longest suffix that fits wins.
pub const UNITS: &[(&str, &str)] = &[
    ("_usd", "USD"),
    ("_usd_per_mille", "USD per 1000 impressions"),
    ("_usd_per_install", "USD per install"),
    ("_usd_per_month", "USD per month"),
    ("_usd_per_day", "USD per day"),
    ("_usd_per_year", "USD per year"),
    ("_usd_per_title", "USD per title"),
    ("_usd_per_material", "USD per material"),
    ("_days", "days"),
    ("_months", "months"),
    ("_minutes", "minutes"),
    ("_per_minute", "1/minute"),
    ("_per_day", "1/day"),
    ("_per_month", "1/month"),
    ("_per_year", "1/year"),
    ("_share", "share"),
    ("_people", "people"),
    ("_materials", "materials"),
    ("_apps", "apps"),
    ("_titles", "titles"),
    ("_installs", "installs"),
    ("_conversions", "conversions"),
    ("_impressions", "impressions"),
    ("_impressions_per_day", "impressions per day"),
    ("_minutes_per_day", "minutes per day"),
    ("_installs_per_day", "installs per day"),
    ("_apps_per_month", "apps per month"),
    ("_installs_per_active_user_per_day", "installs per active user and day"),
    ("_materials_per_day", "materials per day"),
    // What is measured, not the unit, ends this key: without the entry it would pass for dollars.
    ("_materials_per_day_at_1_usd", "materials per day"),
    ("_titles_per_month", "titles per month"),
];

/// Suffixes that users try and no parameter has: known only to say which unit is taken instead.
const FOREIGN: &[&str] = &[
    "_seconds",
    "_hours",
    "_weeks",
    "_years",
    "_eur",
    "_cny",
    "_rmb",
    "_jpy",
    "_krw",
    "_gbp",
    "_cents",
    "_kusd",
    "_musd",
    "_usd_million",
    "_percent",
    "_pct",
    "_per_hour",
    "_per_week",
    "_fraction",
];

/// Unit that the last part of a path announces; `"1"` when it has no unit.
///
/// ```
/// # use bidcast::scenario::unit_of;
/// assert_eq!(unit_of("supply.cpm_usd_per_mille"), "USD per 1000 impressions");
/// assert_eq!(unit_of("auction.theta"), "1");
/// ```
pub fn unit_of(path: &str) -> &'static str {
    let key = path.rsplit('.').next().unwrap_or(path);
    UNITS
        .iter()
        // A key such as `days` is all suffix.
        .filter(|(suffix, _)| key.ends_with(suffix) || Some(key) == suffix.strip_prefix('_'))
        .max_by_key(|(suffix, _)| suffix.len())
        .map_or("1", |&(_, unit)| unit)
}

/// How a unit is said after "takes this" or "a number".
pub(crate) fn in_unit(unit: &str) -> String {
    match unit {
        "1" => "without unit".to_owned(),
        "share" => "as a share from 0 to 1".to_owned(),
        unit => format!("in {unit}"),
    }
}

/// Splits a key into what is measured and the suffix of its unit, ours or a foreign one; the suffix may be empty.
pub(crate) fn split_unit(key: &str) -> (&str, &str) {
    let suffix = UNITS
        .iter()
        .map(|&(suffix, _)| suffix)
        .chain(FOREIGN.iter().copied())
        .filter(|suffix| key.len() > suffix.len() && key.ends_with(suffix))
        .max_by_key(|suffix| suffix.len());
    key.split_at(key.len() - suffix.map_or(0, str::len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_suffix_wins() {
        assert_eq!(unit_of("a.salary_usd_per_month"), "USD per month");
        assert_eq!(unit_of("a.deaths_per_month"), "1/month");
        assert_eq!(unit_of("run.days"), "days");
        assert_eq!(unit_of("a.someday"), "1");
    }

    #[test]
    fn stems_are_shared_between_units() {
        assert_eq!(split_unit("half_life_days"), ("half_life", "_days"));
        assert_eq!(split_unit("half_life_hours"), ("half_life", "_hours"));
        assert_eq!(split_unit("theta"), ("theta", ""));
        assert_eq!(split_unit("_days"), ("_days", ""), "a key that is only a suffix keeps its name");
    }

    #[test]
    fn suffixes_are_listed_once() {
        for (i, (suffix, _)) in UNITS.iter().enumerate() {
            assert!(suffix.starts_with('_'));
            assert!(UNITS[..i].iter().all(|(other, _)| other != suffix), "{suffix} is listed twice");
            assert!(!FOREIGN.contains(suffix), "{suffix} cannot be both ours and foreign");
        }
    }
}
