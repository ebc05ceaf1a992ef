//! What was published about the market, as data with its error and source; beside the model, never inside it.

use serde::Deserialize;
use thiserror::Error;

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
    /// Unit.
    pub unit: String,
    /// `log` or `abs`: whether the deviation is relative or a difference.
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
            assert!(fact.value.is_finite() && fact.value > 0.0, "{}", fact.id);
            assert!(["fit", "initial", "reference"].contains(&fact.role.as_str()), "{}", fact.id);
            assert!(["log", "abs"].contains(&fact.sd_kind.as_str()), "{}", fact.id);
            assert!(["about", "at least"].contains(&fact.bound.as_str()), "{}", fact.id);
            assert!(!fact.source.is_empty(), "{}", fact.id);
        }
    }

    #[test]
    fn a_broken_table_is_an_error() {
        assert!(facts("id,quantity\nx").is_err());
    }
}
