//! What was published about the market, as data with its error and source; beside the model, never inside it.

use serde::Deserialize;
use thiserror::Error;

use crate::units::Month;

/// The published facts, embedded: `configs/facts/targets.csv`.
pub const FACTS: &str = include_str!("../../configs/facts/targets.csv");

/// One published fact.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Identifier.
    pub id: String,
    /// What it is.
    pub quantity: String,
    /// Period it belongs to.
    pub period: String,
    /// Published value, in `unit`.
    pub value: f64,
    /// `about`, or `at least` where the source says "over" or "surpassed".
    pub bound: String,
    /// Standard deviation of observation and definition; absent for references.
    pub sd: Option<f64>,
    /// Standard deviation of what the model leaves out; needed of role `fit`.
    pub sd_model: Option<f64>,
    /// Unit.
    pub unit: String,
    /// `log` or `abs`: whether the deviations are relative or differences.
    pub sd_kind: String,
    /// `fit`, `initial` or `reference`.
    pub role: String,
    /// Metric of the registry that speaks of it; empty when none does.
    pub metric: String,
    /// Year of that metric.
    pub year: String,
    /// Where it was published.
    pub source: String,
}

/// What is wrong with a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongFact {
    /// Column.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

impl Fact {
    /// Last month of its period; none of a period that is not written as `2025`, `2025-H1`, `2025-06` or `2025/2024`.
    pub fn last_month(&self) -> Option<Month> {
        let first = self.period.split('/').next().unwrap_or_default();
        match first.split_once('-') {
            None => Month::try_new(first.parse().ok()?, 12).ok(),
            Some((year, "H1")) => Month::try_new(year.parse().ok()?, 6).ok(),
            Some((year, "H2")) => Month::try_new(year.parse().ok()?, 12).ok(),
            Some(_) => first.parse().ok(),
        }
    }

    /// Whether every column holds what it may.
    ///
    /// # Errors
    /// The first column that does not.
    pub fn check(&self) -> Result<(), WrongFact> {
        let id = &self.id;
        let wrong = |key, found: String, hint| {
            Err(WrongFact { key, message: format!("{key} of `{id}` {found}"), hint })
        };
        if !(self.value.is_finite() && self.value > 0.0) {
            return wrong("value", format!("is {}", self.value), "give a positive number");
        }
        for (key, sd) in [("sd", self.sd), ("sd_model", self.sd_model)] {
            match sd {
                Some(sd) if !(sd.is_finite() && sd > 0.0) => {
                    return wrong(key, format!("is {sd}"), "give a positive number");
                }
                None if self.role == "fit" => {
                    return wrong(
                        key,
                        "is missing".into(),
                        "what the model is fitted to needs sd and sd_model",
                    );
                }
                _ => {}
            }
        }
        let among = |found: &str, known: &[&str]| known.contains(&found);
        if !among(&self.role, &["fit", "initial", "reference"]) {
            return wrong("role", format!("is `{}`", self.role), "write fit, initial or reference");
        }
        if !among(&self.sd_kind, &["log", "abs"]) {
            return wrong(
                "sd_kind",
                format!("is `{}`", self.sd_kind),
                "write log (relative) or abs (a difference)",
            );
        }
        if !among(&self.bound, &["about", "at least"]) {
            return wrong("bound", format!("is `{}`", self.bound), "write about or at least");
        }
        if self.source.is_empty() {
            return wrong("source", "is missing".into(), "say where the figure comes from");
        }
        Ok(())
    }
}

/// A facts table that cannot be read.
#[derive(Debug, Error)]
#[error("the table of facts cannot be read")]
pub struct FactsError(#[from] csv::Error);

/// Reads a table of facts in the form of [`FACTS`].
///
/// # Errors
/// The first row that does not fit, with its line.
pub fn facts(text: &str) -> Result<Vec<Fact>, FactsError> {
    Ok(csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_facts_are_readable_and_sane() {
        let facts = facts(FACTS).unwrap();
        assert!(facts.iter().filter(|f| f.role == "fit").count() >= 20);
        for fact in &facts {
            assert_eq!(fact.check(), Ok(()), "{}", fact.id);
        }
    }

    #[test]
    fn a_period_ends_with_a_month() {
        let ends = |period: &str| {
            let fact = Fact { period: period.into(), ..facts(FACTS).unwrap().remove(0) };
            fact.last_month().map(|month| month.to_string())
        };
        for (period, month) in [
            ("2025", "2025-12"),
            ("2025-H1", "2025-06"),
            ("2025-H2", "2025-12"),
            ("2025-06", "2025-06"),
            ("2025/2024", "2025-12"),
        ] {
            assert_eq!(ends(period).as_deref(), Some(month), "{period}");
        }
        assert_eq!((ends("2025-13"), ends("spring"), ends("")), (None, None, None));
        assert!(facts(FACTS).unwrap().iter().all(|fact| fact.last_month().is_some()));
    }

    #[test]
    fn a_broken_table_is_an_error() {
        assert!(facts("id,quantity\nx").is_err());
    }
}
