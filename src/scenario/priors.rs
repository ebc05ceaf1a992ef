//! What is believed of parameters before any run: a distribution for each, from a TOML file.
//!
//! A prior is drawn as one number and goes to one parameter or several; a path that ends in `*` takes it as a factor on the
//! scenario's own value. As with shocks there is no prior without a basis and a source.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::de::DeValue;
use toml::{Table, Value};

use super::document;
use super::key_path::KeyPath;
use super::layers::{Layer, Overlay};
use super::load::Scenario;
use super::locator::Locator;
use super::raw_shock::{RawShock, not_tables, read_entry};
use super::registry::{Basis, Registry};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::sampling::{Correlation, Distribution, GaussianCopula};

/// The priors that come with the program: `configs/priors.toml`.
pub const PRIORS: &str = include_str!("../../configs/priors.toml");

/// Key of a file of beliefs that lies over nothing.
pub(super) const ALONE: &str = "alone";

/// A parameter may be drawn from here to as far from the other end; the configuration must take both.
const TAIL: f64 = 1e-9;

/// What is believed of one number.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    /// What it is called.
    pub name: String,
    /// Paths of the parameters that take it, as of `--set`.
    pub parameters: Vec<String>,
    /// What it may be.
    pub distribution: Distribution,
    /// Part of the model that it belongs to: its section.
    pub group: String,
    /// Kind of evidence for the distribution.
    pub basis: Basis,
    /// Where the distribution comes from.
    pub source: String,
}

/// What is believed of all uncertain parameters together.
#[derive(Debug, Clone, PartialEq)]
pub struct Priors {
    /// Each of them.
    pub priors: Vec<Prior>,
    /// How they hang together.
    pub copula: GaussianCopula,
}

/// A prior as written, less its distribution.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    parameters: Vec<String>,
    basis: String,
    source: String,
}

impl Priors {
    /// Reads priors on the parameters of a scenario.
    ///
    /// # Errors
    /// All problems of the text at once, each with its place.
    pub fn read(layer: &Layer, scenario: &Scenario) -> Result<Self, Diagnostics> {
        Self::read_over(&[layer], &["prior", "correlation"], scenario)
    }

    /// Reads priors from several texts: one that an earlier text has by the same name is replaced, as is a correlation of
    /// the same two. The texts may hold tables of the `kinds` named and no others.
    pub(super) fn read_over(
        layers: &[&Layer],
        kinds: &[&str],
        scenario: &Scenario,
    ) -> Result<Self, Diagnostics> {
        let mut problems = Vec::new();
        let (mut raw_priors, mut raw_correlations) = (Vec::new(), Vec::new());
        for layer in layers {
            let mut entries = entries(layer, kinds, &mut problems);
            lay_over(&mut raw_priors, entries.remove("prior").unwrap_or_default(), name_of);
            lay_over(&mut raw_correlations, entries.remove("correlation").unwrap_or_default(), pair_of);
        }
        let mut priors: Vec<(Prior, Place)> = Vec::new();
        for raw in raw_priors {
            match prior(&raw, scenario) {
                Ok(prior) => priors.push((prior, raw.place.clone())),
                Err(found) => problems.extend(found),
            }
        }
        for (k, (prior, place)) in priors.iter().enumerate() {
            let twice =
                |what: String| Diagnostic::error(what).at(place.clone()).hint("give each of them once");
            if priors[..k].iter().any(|(before, _)| before.name == prior.name) {
                problems.push(twice(format!("there are two priors `{}`", prior.name)));
            }
            for path in &prior.parameters {
                if priors[..k].iter().any(|(before, _)| before.parameters.contains(path)) {
                    problems.push(twice(format!("`{path}` has two priors")));
                }
            }
        }
        let priors: Vec<Prior> = priors.into_iter().map(|(prior, _)| prior).collect();
        let correlations = correlations(&raw_correlations, &mut problems);
        let names: Vec<&str> = priors.iter().map(|prior| prior.name.as_str()).collect();
        let copula = GaussianCopula::try_new(&names, &correlations);
        if let Err(error) = &copula
            && problems.is_empty()
        {
            problems.push(Diagnostic::error(error.to_string()).hint(error.hint()));
        }
        match copula {
            Ok(copula) if problems.is_empty() => Ok(Self { priors, copula }),
            _ => Err(Diagnostics(problems)),
        }
    }

    /// Whether a text holds priors and not a scenario: its first table is one of theirs.
    pub fn are_in(layer: &Layer) -> bool {
        let first = layer.text.lines().map(str::trim).find(|line| line.starts_with('['));
        first.is_some_and(|line| line.starts_with("[[prior]]") || line.starts_with("[[correlation]]"))
    }

    /// Values at a point of the unit cube, one coordinate a prior.
    pub fn values(&self, mut point: Vec<f64>) -> Vec<f64> {
        self.copula.apply(&mut point);
        self.priors.iter().zip(point).map(|(prior, u)| prior.distribution.quantile(u)).collect()
    }
}

/// Tables of a text by their kind.
pub(super) fn entries(
    layer: &Layer,
    kinds: &[&str],
    problems: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<RawShock>> {
    let at = Locator::file(&layer.name, &layer.text);
    let mut found: BTreeMap<String, Vec<RawShock>> = BTreeMap::new();
    let Some(document) = document::parse(&layer.text, &at, problems) else { return found };
    for (key, value) in &document {
        if is_alone(key.get_ref(), value.get_ref()) && kinds.contains(&"target") {
            continue;
        }
        let Some(kind) = kinds.iter().find(|kind| **kind == key.get_ref().as_ref()) else {
            let key_text = key.get_ref();
            let unknown = Diagnostic::error(format!("unknown key `{key_text}`")).with_key(key_text.as_ref());
            let held: Vec<String> = kinds.iter().map(|kind| format!("`[[{kind}]]`")).collect();
            let hint = format!("this file holds {}", held.join(" and "));
            problems.push(unknown.at(at.place(key.span())).hint(hint));
            continue;
        };
        match value.get_ref() {
            DeValue::Array(elements) => {
                let read = |(number, element)| read_entry(kind, element, number, &layer.name, &at, problems);
                found
                    .entry((*kind).to_owned())
                    .or_default()
                    .extend(elements.iter().enumerate().filter_map(read));
            }
            other => {
                problems.push(not_tables(kind, format!("a {}", other.type_str())).at(at.place(value.span())));
            }
        }
    }
    found
}

/// Whether a line says that nothing lies below a file of beliefs.
fn is_alone(key: &str, value: &DeValue<'_>) -> bool {
    key == ALONE && matches!(value, DeValue::Boolean(_))
}

/// Puts tables over others: one of the same name takes the place of the one before, unless both are of one text.
fn lay_over(under: &mut Vec<RawShock>, over: Vec<RawShock>, name: fn(&RawShock) -> Option<String>) {
    let before = under.len();
    for raw in over {
        let same = name(&raw).and_then(|wanted| {
            let is_it = |old: &RawShock| old.origin != raw.origin && name(old).as_ref() == Some(&wanted);
            under[..before].iter().position(is_it)
        });
        match same {
            Some(at) => under[at] = raw,
            None => under.push(raw),
        }
    }
}

fn name_of(raw: &RawShock) -> Option<String> {
    raw.table.get("name").and_then(Value::as_str).map(str::to_owned)
}

/// The two that a correlation is of, in one order.
fn pair_of(raw: &RawShock) -> Option<String> {
    let mut names: Vec<&str> =
        raw.table.get("params").and_then(Value::as_array)?.iter().filter_map(Value::as_str).collect();
    names.sort_unstable();
    Some(names.join(" "))
}

fn prior(raw: &RawShock, scenario: &Scenario) -> Result<Prior, Vec<Diagnostic>> {
    let (mut head, mut rest) = (Table::new(), Table::new());
    for (key, value) in &raw.table {
        let of = if ["name", "parameters", "basis", "source"].contains(&key.as_str()) {
            &mut head
        } else {
            &mut rest
        };
        of.insert(key.clone(), value.clone());
    }
    let here = |diagnostic: Diagnostic, key: &str| vec![diagnostic.at(raw.value_place(key).clone())];
    let head = Head::deserialize(Value::Table(head)).map_err(|error| {
        let wrong = Diagnostic::error(format!("this prior cannot be read: {}", error.message()));
        here(wrong.hint("a prior has name, parameters, dist and its numbers, basis, source"), "")
    })?;
    let distribution = Distribution::deserialize(Value::Table(rest)).map_err(|error| {
        let (message, hint) = error.message().split_once("\nhint: ").unwrap_or((error.message(), ""));
        let wrong = Diagnostic::error(format!("prior `{}`: {message}", head.name));
        here(if hint.is_empty() { wrong } else { wrong.hint(hint) }, "dist")
    })?;
    let basis = Basis::from_letter(&head.basis).ok_or_else(|| {
        let wrong = Diagnostic::error(format!("prior `{}` has no basis `{}`", head.name, head.basis));
        here(wrong.hint("write S, P, E, J or F"), "basis")
    })?;
    if head.parameters.is_empty() {
        let wrong = Diagnostic::error(format!("prior `{}` goes to no parameter", head.name));
        return Err(here(wrong.hint("name one: `parameters = [\"auction.theta\"]`"), "parameters"));
    }
    let mut problems = Vec::new();
    for (k, path) in head.parameters.iter().enumerate() {
        let place = raw.value_place(&format!("parameters[{k}]")).clone();
        problems.extend(
            check_path(path, &head.name, &distribution, scenario).into_iter().map(|d| d.at(place.clone())),
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let group = head.parameters[0].split('.').next().unwrap_or_default().to_owned();
    let Head { name, parameters, source, .. } = head;
    Ok(Prior { name, parameters, distribution, group, basis, source })
}

/// Whether a path names a parameter of the world that takes what the distribution may give.
fn check_path(path: &str, prior: &str, distribution: &Distribution, scenario: &Scenario) -> Vec<Diagnostic> {
    let registry = scenario.registry();
    let plain = path.trim_end_matches('*');
    let Some(parameter) = KeyPath::parse(plain).and_then(|key| registry.get(key.parameter)) else {
        return vec![unknown(registry, plain, prior)];
    };
    if parameter.section() == "run" {
        let wrong =
            Diagnostic::error(format!("`{plain}` belongs to the run, not to the world, and has no prior"));
        return vec![wrong.with_key(plain)];
    }
    let layer = Layer::new(scenario.name(), scenario.resolved_toml());
    for end in [TAIL, 1.0 - TAIL] {
        let value = distribution.quantile(end);
        let set = format!("{path}={value:?}");
        if let Err(found) = Scenario::load(&[Overlay::File(&layer), Overlay::Set(&set)]) {
            let reason = found.0.first().map_or_else(String::new, |first| first.message.clone());
            let wrong = Diagnostic::error(format!(
                "prior `{prior}` may be {value}, which `{plain}` does not take: {reason}"
            ));
            return vec![wrong.with_key(plain).hint("bound it with `min` and `max`")];
        }
    }
    Vec::new()
}

fn unknown(registry: &Registry, path: &str, prior: &str) -> Diagnostic {
    let wrong = Diagnostic::error(format!("prior `{prior}`: there is no parameter `{path}`")).with_key(path);
    match registry.closest(path).first() {
        Some(near) => wrong.hint(format!("did you mean `{near}`?")),
        None => wrong.hint("`bidcast explain` lists the parameters"),
    }
}

fn correlations(entries: &[RawShock], problems: &mut Vec<Diagnostic>) -> Vec<Correlation> {
    let mut found = Vec::new();
    for raw in entries {
        match Correlation::deserialize(Value::Table(raw.table.clone())) {
            Ok(correlation) => found.push(correlation),
            Err(error) => problems.push(
                Diagnostic::error(format!("this correlation cannot be read: {}", error.message()))
                    .at(raw.place.clone())
                    .hint("a correlation has params = [\"one\", \"other\"] and spearman"),
            ),
        }
    }
    found
}
