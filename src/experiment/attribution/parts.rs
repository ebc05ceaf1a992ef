//! Takes two scenarios apart into the settings and shocks in which they differ, and mixes them again.
//!
//! # Model
//!
//! Scenarios *from* and *to* share the embedded base and the layers of [`Common`]; each may have one layer of its own.
//! A *part* is one parameter whose value differs, or all shocks of one name when these differ. A part that is off
//! stands as in *from*, one that is on as in *to*. What stands in both, or changes no value, is in every mixture.
//!
//! # Invariants
//!
//! * All parts off is *from*, all on is *to*: parameters and their changes in time are equal, or there is an error.
//! * A scenario against itself has no parts.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::failure::ContrastError;
use super::shapley;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::{Layer, Overlay, Registry, Scenario, insert};

/// A setting is a mask of 64 bits, and all parts on must be one as well.
pub const MOST_PARTS: usize = 63;
/// Parameters of the run, not of the world.
const RUN: &str = "run.";

/// What both scenarios have in common over the base.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// Files, below the layers of the two scenarios.
    pub files: Vec<Layer>,
    /// Arguments of `--set`, above them.
    pub sets: Vec<String>,
}

impl Common {
    /// The scenario with one more layer between files and arguments.
    ///
    /// # Errors
    /// All problems of all layers at once.
    pub fn scenario(&self, own: Option<&Layer>) -> Result<Scenario, Diagnostics> {
        let files = self.files.iter().chain(own).map(Overlay::File);
        let overlays: Vec<Overlay<'_>> = files.chain(self.sets.iter().map(|set| Overlay::Set(set))).collect();
        Scenario::load(&overlays)
    }
}

/// One difference between two scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Path of a parameter, name of shocks, or name of a mechanism.
    pub name: String,
    /// What its row in a result is called: its name, and of a mechanism that it is switched off.
    pub label: String,
    /// What changes, in words.
    pub change: String,
}

impl Part {
    /// A part whose row goes by its name.
    fn new(name: &str, change: String) -> Self {
        Self { name: name.to_owned(), label: name.to_owned(), change }
    }
}

/// Two scenarios taken apart.
#[derive(Debug, Clone)]
pub struct Contrast {
    common: Common,
    from: Scenario,
    to: Scenario,
    /// What the two are called.
    names: [String; 2],
    parts: Vec<Part>,
    /// Values at paths, with the part each belongs to; without one they are in every mixture.
    values: Vec<(String, Option<usize>, Sides)>,
    /// Shocks in order, likewise.
    shocks: Vec<(Option<usize>, Side, Value)>,
}

/// What stands at a path in either scenario.
#[derive(Debug, Clone, Default)]
struct Sides {
    from: Option<Value>,
    to: Option<Value>,
}

/// When a shock is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// When its part is off.
    From,
    /// When its part is on, or always when it has none.
    To,
}

impl Contrast {
    /// Takes two scenarios apart; without a layer of its own, a scenario is what both have in common.
    ///
    /// # Errors
    /// Problems in either, differences in how the market is looked at, more than [`MOST_PARTS`] parts.
    pub fn between(common: Common, from: Option<&Layer>, to: Option<&Layer>) -> Result<Self, ContrastError> {
        let (lower, upper) = (common.scenario(from)?, common.scenario(to)?);
        let names = names([(&lower, from), (&upper, to)]);
        let (from, to) = (Own::read(from, lower.registry())?, Own::read(to, lower.registry())?);
        let mut contrast = Self {
            common,
            from: lower,
            to: upper,
            names,
            parts: Vec::new(),
            values: Vec::new(),
            shocks: Vec::new(),
        };
        contrast.add_values(&from, &to)?;
        contrast.add_shocks(&from, &to);
        let n_parts = contrast.parts.len();
        if n_parts > MOST_PARTS {
            return Err(ContrastError::TooManyParts { n_parts, most: MOST_PARTS });
        }
        for (on, end) in [(0, &contrast.from), (shapley::all(n_parts), &contrast.to)] {
            let mixed = contrast.scenario(on)?;
            // The engine sees nothing else of a scenario.
            if mixed.parameters() != end.parameters() || mixed.changes() != end.changes() {
                return Err(ContrastError::Order);
            }
        }
        Ok(contrast)
    }

    /// What all scenarios have in common, against the same with mechanisms switched off: all of them, or those named.
    ///
    /// # Errors
    /// Problems in the layers, and names of which no mechanism is on.
    pub fn mechanisms(common: Common, names: &[String]) -> Result<Self, ContrastError> {
        let on = mechanisms(common.scenario(None)?.registry());
        if let Some(name) = names.iter().find(|name| on.iter().all(|(known, _)| known != *name)) {
            let known = on.into_iter().map(|(name, _)| name).collect();
            return Err(ContrastError::UnknownMechanism { name: name.clone(), known });
        }
        let mut off = Table::new();
        let chosen = on.iter().filter(|(name, _)| names.is_empty() || names.contains(name));
        for (_, path) in chosen {
            insert(&mut off, path, Value::Boolean(false));
        }
        off.insert("name".into(), Value::String("mechanisms off".into()));
        let mut contrast = Self::between(common, None, Some(&Layer::new("mechanisms", off.to_string())))?;
        for part in &mut contrast.parts {
            if let Some((name, _)) = on.iter().find(|(_, path)| *path == part.name) {
                let (label, change) = (format!("{name} switched off"), format!("{} = false", part.name));
                *part = Part { name: name.clone(), label, change };
            }
        }
        Ok(contrast)
    }

    /// The scenario with all parts off.
    pub fn from(&self) -> &Scenario {
        &self.from
    }

    /// The scenario with all parts on.
    pub fn to(&self) -> &Scenario {
        &self.to
    }

    /// What the scenario with all parts off is called.
    pub fn from_name(&self) -> &str {
        &self.names[0]
    }

    /// What the scenario with all parts on is called.
    pub fn to_name(&self) -> &str {
        &self.names[1]
    }

    /// In what they differ.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The layer that makes a mixture: bit i of `on` says whether part i is on.
    pub fn layer(&self, on: u64) -> Layer {
        let is_on = |part: Option<usize>| part.is_none_or(|part| on & (1 << part) != 0);
        let mut table = Table::new();
        for (path, part, sides) in &self.values {
            let value = if is_on(*part) { &sides.to } else { &sides.from };
            if let Some(value) = value {
                insert(&mut table, path, value.clone());
            }
        }
        let shocks = self.shocks.iter().filter(|(part, side, _)| is_on(*part) == (*side == Side::To));
        let shocks: Vec<Value> = shocks.map(|(_, _, shock)| shock.clone()).collect();
        if !shocks.is_empty() {
            table.insert("shock".into(), Value::Array(shocks));
        }
        Layer::new("mixture.toml", table.to_string())
    }

    /// A mixture, ready to simulate.
    ///
    /// # Errors
    /// Parts that are valid only together.
    pub fn scenario(&self, on: u64) -> Result<Scenario, Diagnostics> {
        self.common.scenario(Some(&self.layer(on)))
    }

    /// Which parts are on and off in a mixture, in words.
    pub fn describe(&self, on: u64) -> String {
        let names = |wanted: bool| -> Vec<&str> {
            let chosen = self.parts.iter().enumerate().filter(|(i, _)| (on & (1 << i) != 0) == wanted);
            chosen.map(|(_, part)| part.name.as_str()).collect()
        };
        match (names(true).as_slice(), names(false).as_slice()) {
            (_, []) => "all parts on".to_owned(),
            ([], _) => "all parts off".to_owned(),
            (on, off) => format!("{} on and {} off", on.join(", "), off.join(", ")),
        }
    }

    fn add_values(&mut self, from: &Own, to: &Own) -> Result<(), ContrastError> {
        let mut run = Vec::new();
        let paths: BTreeSet<&String> = from.values.keys().chain(to.values.keys()).collect();
        for path in paths {
            let value = |scenario: &Scenario| scenario.registry().get(path).map(|p| p.value.clone());
            let sides = Sides { from: from.values.get(path).cloned(), to: to.values.get(path).cloned() };
            let (before, after) = (value(&self.from), value(&self.to));
            if before == after {
                // The value is the same; a range or a source given with it stays.
                let both = sides.to.or(sides.from);
                self.values.push((path.clone(), None, Sides { from: both.clone(), to: both }));
                continue;
            }
            if path.starts_with(RUN) {
                run.push(path.clone());
            }
            let show = |value: Option<Value>| value.map(|value| value.to_string()).unwrap_or_default();
            self.values.push((path.clone(), Some(self.parts.len()), sides));
            self.parts.push(Part::new(path, format!("{} → {}", show(before), show(after))));
        }
        if run.is_empty() { Ok(()) } else { Err(ContrastError::Run { paths: run }) }
    }

    /// Merges the shocks of both in an order that keeps each one's own: shocks on one parameter do not commute.
    fn add_shocks(&mut self, from: &Own, to: &Own) {
        let same = |name: &str| from.named(name).eq(to.named(name));
        let mut waiting = from.shocks.iter().peekable();
        for (name, shock) in &to.shocks {
            let part = if same(name) { None } else { Some(self.shock_part(name, from, to)) };
            if part.is_none() {
                // What stands before a common shock in the one scenario stays before it.
                while let Some((other, its)) = waiting.next_if(|(other, _)| !same(other)) {
                    let part = Some(self.shock_part(other, from, to));
                    self.shocks.push((part, Side::From, its.clone()));
                }
                waiting.next();
            }
            self.shocks.push((part, Side::To, shock.clone()));
        }
        for (name, shock) in waiting.filter(|(name, _)| !same(name)) {
            let part = Some(self.shock_part(name, from, to));
            self.shocks.push((part, Side::From, shock.clone()));
        }
    }

    /// The part of all shocks of a name, made when it is met first.
    fn shock_part(&mut self, name: &str, from: &Own, to: &Own) -> usize {
        // Shock parts stand after all others; a parameter may have the same name.
        let first = self.values.iter().filter(|(_, part, _)| part.is_some()).count();
        if let Some(at) = self.parts[first..].iter().position(|part| part.name == name) {
            return first + at;
        }
        let describe = |own: &Own| -> String {
            let paths: Vec<&str> = own.named(name).filter_map(|s| s.get("parameter")?.as_str()).collect();
            if paths.is_empty() { "none".to_owned() } else { paths.join(", ") }
        };
        let change = match (from.named(name).count(), to.named(name).count()) {
            (0, _) => format!("shock of {}", describe(to)),
            (_, 0) => format!("no shock of {}", describe(from)),
            _ => format!("another shock of {}", describe(to)),
        };
        self.parts.push(Part::new(name, change));
        self.parts.len() - 1
    }
}

/// The names of two scenarios; when both have the same, layers of their own go by their file names.
fn names(scenarios: [(&Scenario, Option<&Layer>); 2]) -> [String; 2] {
    let same = scenarios[0].0.name() == scenarios[1].0.name();
    scenarios.map(|(scenario, own)| match own {
        Some(layer) if same => layer.name.clone(),
        _ => scenario.name().to_owned(),
    })
}

/// What a scenario's own layer says.
#[derive(Debug, Default)]
struct Own {
    values: BTreeMap<String, Value>,
    /// Shocks with their names, in order.
    shocks: Vec<(String, Value)>,
}

impl Own {
    /// Reads a layer that has been checked.
    fn read(layer: Option<&Layer>, registry: &Registry) -> Result<Self, Diagnostics> {
        let Some(layer) = layer else { return Ok(Self::default()) };
        let mut table: Table = layer
            .text
            .parse()
            .map_err(|error| Diagnostics(vec![Diagnostic::error(format!("{}: {error}", layer.name))]))?;
        let mut own = Self::default();
        if let Some(Value::Array(shocks)) = table.remove("shock") {
            let name =
                |shock: &Value| shock.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            own.shocks = shocks.into_iter().map(|shock| (name(&shock), shock)).collect();
        }
        own.collect("", table, registry);
        Ok(own)
    }

    fn collect(&mut self, prefix: &str, table: Table, registry: &Registry) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                value if registry.get(&path).is_some() => {
                    self.values.insert(path, value);
                }
                Value::Table(inner) => self.collect(&path, inner, registry),
                // What is left is the heading, `name` and `about`: a checked layer has nothing else.
                _ => {}
            }
        }
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Value> {
        self.shocks.iter().filter(move |(other, _)| other == name).map(|(_, shock)| shock)
    }
}

/// Mechanisms that are on and can be switched off: name and path of the switch.
///
/// The registry decides: a switch is a true parameter called `enabled` or ending in `_enabled`.
pub fn mechanisms(registry: &Registry) -> Vec<(String, String)> {
    let on = registry.iter().filter(|p| p.value == Value::Boolean(true));
    let name =
        |path: &str| path.strip_suffix(".enabled").or(path.strip_suffix("_enabled")).map(str::to_owned);
    on.filter_map(|p| Some((name(&p.path)?, p.path.clone()))).collect()
}
