//! What a calibration starts from: priors of the parameters, and published figures that the model is held to.
//!
//! Both come with the program. A file of one's own may lay other priors, correlations and targets over them; what it does not
//! name stays as it is:
//!
//! ```toml
//! [[target]]
//! id = "market_total_2025"
//! value = 3.8e9
//! sd = 0.1
//! source = "our own panel"
//! ```
//!
//! With `alone = true` above its tables, a file lies over nothing: it holds all priors and all targets.

use serde::Deserialize;
use toml::{Table, Value};

use super::facts::{FACTS, Fact, facts};
use super::layers::Layer;
use super::load::Scenario;
use super::priors::{ALONE, PRIORS, Priors, entries};
use super::raw_shock::RawShock;
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};

/// Kinds of tables in a file of beliefs.
const KINDS: [&str; 3] = ["prior", "correlation", "target"];

/// Priors and published figures together.
#[derive(Debug, Clone, PartialEq)]
pub struct Beliefs {
    /// What the parameters may be.
    pub priors: Priors,
    /// What was published.
    pub facts: Vec<Fact>,
}

/// A target as written: what is left out stays as it was, and may not be left out of a new one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    quantity: Option<String>,
    period: Option<String>,
    value: Option<f64>,
    bound: Option<String>,
    sd: Option<f64>,
    sd_model: Option<f64>,
    unit: Option<String>,
    sd_kind: Option<String>,
    role: Option<String>,
    metric: Option<String>,
    year: Option<i64>,
    source: Option<String>,
}

impl Beliefs {
    /// Reads the shipped beliefs, with those of a file over them.
    ///
    /// # Errors
    /// All problems at once, each with its place.
    pub fn read(over: Option<&Layer>, scenario: &Scenario) -> Result<Self, Diagnostics> {
        let shipped = Layer::new("priors.toml", PRIORS);
        let alone = over.is_some_and(is_alone);
        let layers: Vec<&Layer> = Some(&shipped).filter(|_| !alone).into_iter().chain(over).collect();
        let priors = Priors::read_over(&layers, &KINDS, scenario)?;
        let mut known = if alone {
            Vec::new()
        } else {
            facts(FACTS)
                .map_err(|error| Diagnostics(vec![Diagnostic::error(format!("targets.csv: {error}"))]))?
        };
        let mut problems = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        // Whatever cannot be parsed was refused above.
        let written =
            over.map(|layer| entries(layer, &KINDS, &mut problems)).unwrap_or_default().remove("target");
        for raw in written.unwrap_or_default() {
            match target(&raw, &known) {
                Ok(fact) if seen.contains(&fact.id) => {
                    let twice = Diagnostic::error(format!("target `{}` stands there twice", fact.id));
                    problems.push(twice.at(raw.place.clone()).hint("give each of them once"));
                }
                Ok(fact) => {
                    seen.push(fact.id.clone());
                    match known.iter_mut().find(|old| old.id == fact.id) {
                        Some(old) => *old = fact,
                        None => known.push(fact),
                    }
                }
                Err(found) => problems.extend(found.0),
            }
        }
        if problems.is_empty() { Ok(Self { priors, facts: known }) } else { Err(Diagnostics(problems)) }
    }
}

/// Whether a file says that nothing lies below it.
fn is_alone(layer: &Layer) -> bool {
    layer.text.parse::<Table>().is_ok_and(|table| table.get(ALONE).and_then(Value::as_bool) == Some(true))
}

/// A target as it is after what was written.
fn target(raw: &RawShock, known: &[Fact]) -> Result<Fact, Diagnostics> {
    let one = |problem: Diagnostic| Diagnostics(vec![problem]);
    let written = Written::deserialize(Value::Table(raw.table.clone())).map_err(|error| {
        let wrong = Diagnostic::error(format!("this target cannot be read: {}", error.message()));
        let hint = "a target has id, and whatever of value, sd, sd_model, sd_kind, role, metric, year, source differs";
        one(wrong.at(raw.place.clone()).hint(hint))
    })?;
    let old = known.iter().find(|fact| fact.id == written.id);
    if let (None, Some(lacking)) = (old, lacking(&written)) {
        let unknown = Diagnostic::error(format!("there is no target `{}`", written.id));
        let near = nearest(&written.id, known.iter().map(|fact| fact.id.as_str()));
        let hint = match near.first() {
            Some(near) => format!("did you mean `{near}`? A new target needs `{lacking}` as well"),
            None => format!("a new target needs `{lacking}` as well"),
        };
        return Err(one(unknown.at(raw.value_place("id").clone()).hint(hint)));
    }
    let words = |new: Option<String>, of: fn(&Fact) -> &str, without: &str| {
        new.or_else(|| old.map(|old| of(old).to_owned())).unwrap_or_else(|| without.to_owned())
    };
    let fact = Fact {
        quantity: words(written.quantity, |old| &old.quantity, &written.id),
        period: words(written.period, |old| &old.period, ""),
        value: written.value.or_else(|| old.map(|old| old.value)).unwrap_or(f64::NAN),
        bound: words(written.bound, |old| &old.bound, "about"),
        sd: written.sd.or_else(|| old.and_then(|old| old.sd)),
        sd_model: written.sd_model.or_else(|| old.and_then(|old| old.sd_model)),
        unit: words(written.unit, |old| &old.unit, ""),
        sd_kind: words(written.sd_kind, |old| &old.sd_kind, "log"),
        role: words(written.role, |old| &old.role, "fit"),
        metric: words(written.metric, |old| &old.metric, ""),
        year: words(written.year.map(|year| year.to_string()), |old| &old.year, ""),
        source: words(written.source, |old| &old.source, ""),
        id: written.id,
    };
    fact.check().map_err(|problem| {
        let place = raw.value_place(problem.key).clone();
        one(Diagnostic::error(problem.message).at(place).hint(problem.hint))
    })?;
    Ok(fact)
}

/// What a new target must say and does not.
fn lacking(written: &Written) -> Option<&'static str> {
    [
        ("value", written.value.is_none()),
        ("sd", written.sd.is_none()),
        ("sd_model", written.sd_model.is_none()),
        ("sd_kind", written.sd_kind.is_none()),
        ("metric", written.metric.is_none()),
        ("year", written.year.is_none()),
        ("source", written.source.is_none()),
    ]
    .into_iter()
    .find_map(|(key, lacks)| lacks.then_some(key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot load the base has failed")]

    use super::*;

    fn read(text: &str) -> Result<Beliefs, Diagnostics> {
        Beliefs::read(Some(&Layer::new("mine.toml", text)), &Scenario::load(&[]).unwrap())
    }

    #[test]
    fn what_a_file_names_is_replaced_and_the_rest_stays() {
        let shipped = Beliefs::read(None, &Scenario::load(&[]).unwrap()).unwrap();
        let mine = read(
            "[[target]]\nid = \"market_total_2025\"\nvalue = 3.8e9\n\n[[prior]]\nname = \"theta\"\n\
             parameters = [\"auction.theta\"]\ndist = \"uniform\"\nmin = 3.0\nmax = 5.0\nbasis = \"J\"\nsource = \"ours\"\n",
        )
        .unwrap();
        let fact = |beliefs: &Beliefs, id: &str| beliefs.facts.iter().find(|f| f.id == id).unwrap().clone();
        let (new, old) = (fact(&mine, "market_total_2025"), fact(&shipped, "market_total_2025"));
        assert!((new.value - 3.8e9).abs() < 1.0 && new.sd == old.sd && new.metric == old.metric);
        assert_eq!(fact(&mine, "downloads_2025"), fact(&shipped, "downloads_2025"));
        assert_eq!(mine.priors.priors.len(), shipped.priors.priors.len());
        assert_ne!(mine.priors.priors[0], shipped.priors.priors[0]);
        assert_eq!(mine.priors.priors[1..], shipped.priors.priors[1..]);
    }

    #[test]
    fn a_file_that_stands_alone_has_nothing_below() {
        let prior = "[[prior]]\nname = \"theta\"\nparameters = [\"auction.theta\"]\ndist = \"uniform\"\nmin = 3.0\n\
                     max = 5.0\nbasis = \"J\"\nsource = \"ours\"\n";
        let target = "[[target]]\nid = \"mine\"\nvalue = 1e9\nsd = 0.1\nsd_model = 0.1\nsd_kind = \"log\"\n\
                      metric = \"iap_usd\"\nyear = 2025\nsource = \"ours\"\n";
        let mine = read(&format!("alone = true\n{prior}{target}")).unwrap();
        assert_eq!((mine.priors.priors.len(), mine.facts.len()), (1, 1));
        assert!(read(&format!("alone = false\n{prior}{target}")).unwrap().facts.len() > 20);
        assert!(read(&format!("alone = 1\n{prior}")).is_err());
        // A target that nothing lies below must say everything.
        let told = read("alone = true\n[[target]]\nid = \"downloads_2025\"\nvalue = 1e9\n").unwrap_err();
        assert!(told.0[0].hints[0].contains("sd"), "{told}");
    }

    #[test]
    fn wrong_targets_are_refused_with_their_place_and_a_hint() {
        for (text, key, hint) in [
            (
                "[[target]]\nid = \"market_total_2024\"\nvalue = 1e9\n",
                "market_total_2024",
                "market_total_2025",
            ),
            ("[[target]]\nid = \"downloads_2025\"\nsd = -1.0\n", "sd", "positive"),
            ("[[target]]\nid = \"downloads_2025\"\nvalue = 0.0\n", "value", "positive"),
            (
                "[[target]]\nid = \"downloads_2025\"\nmetric = \"dowloads\"\nyear = 2025\nrole = \"fitt\"\n",
                "role",
                "fit",
            ),
            ("[[target]]\nid = \"downloads_2025\"\nvalu = 1.0\n", "valu", "value"),
            ("[[target]]\nid = \"downloads_2025\"\n[[target]]\nid = \"downloads_2025\"\n", "twice", "once"),
            ("[[targets]]\nid = \"downloads_2025\"\n", "targets", "[[target]]"),
        ] {
            let told = read(text).unwrap_err();
            let found = &told.0[0];
            assert!(found.message.contains(key), "{told}");
            assert!(found.hints.iter().any(|said| said.contains(hint)), "{told}");
        }
    }
}
