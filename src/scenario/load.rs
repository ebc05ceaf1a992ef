//! A scenario ready to simulate: the resolved parameters and their changes in time.

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::market::apps::NewApp;
use crate::scenario::key_path::lookup;
use crate::scenario::layers::{Layer, Overlay, Resolved, resolve};
use crate::scenario::parameters::Parameters;
use crate::scenario::raw_shock::RawShock;
use crate::scenario::read_once;
use crate::scenario::registry::Registry;
use crate::scenario::shock::{Shock, ShockSpec};
use crate::scenario::spec::Spec;

/// The base configuration, embedded: `configs/base.toml`.
pub const BASE: &str = include_str!("../../configs/base.toml");

/// How much work to put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// A first look.
    Quick,
    /// The default.
    Standard,
    /// For publication.
    Deep,
}

/// From a day on, other parameters are in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Day (0 = 2025-01-01).
    pub day: i64,
    /// Parameters in force from then on.
    pub parameters: Parameters,
}

/// A valid scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    name: String,
    about: String,
    registry: Registry,
    resolved_toml: String,
    warnings: Diagnostics,
    parameters: Parameters,
    shocks: Vec<Shock>,
    changes: Vec<Change>,
    extra_apps: Vec<NewApp>,
}

impl Scenario {
    /// Puts the overlays over the embedded base and checks everything.
    ///
    /// # Errors
    /// All problems of all layers at once.
    pub fn load(overlays: &[Overlay<'_>]) -> Result<Self, Diagnostics> {
        Self::load_over(&Layer::new("configs/base.toml", BASE), overlays)
    }

    /// As [`Scenario::load`], over another base.
    ///
    /// # Errors
    /// All problems of all layers at once.
    pub fn load_over(base: &Layer, overlays: &[Overlay<'_>]) -> Result<Self, Diagnostics> {
        let resolved = resolve(base, overlays)?;
        let parameters = parameters_of(&resolved.values, &resolved.registry).map_err(Diagnostics)?;
        let shocks = shocks_of(&resolved, &parameters.spec)?;
        let mut warnings = resolved.warnings.clone();
        for (shock, raw) in shocks.iter().zip(&resolved.shocks) {
            let place = |d: Diagnostic| d.at(raw.value_place("parameter").clone());
            warnings.0.extend(read_once::doubts(shock, &parameters).into_iter().map(place));
        }
        let changes = changes_of(&resolved, &shocks)?;
        Ok(Self {
            name: resolved.name.clone().unwrap_or_else(|| "base".into()),
            about: resolved.about.clone().unwrap_or_default(),
            resolved_toml: resolved.to_toml(),
            registry: resolved.registry,
            warnings,
            parameters,
            shocks,
            changes,
            extra_apps: Vec::new(),
        })
    }

    /// Name; `base` when no layer gives one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One sentence on what it is; empty when no layer gives one.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// All parameters with range, basis and source.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The full configuration as text, which loads to this scenario again.
    pub fn resolved_toml(&self) -> &str {
        &self.resolved_toml
    }

    /// What is odd, but not wrong.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// Parameters in force at the start.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Shocks, as checked.
    pub fn shocks(&self) -> &[Shock] {
        &self.shocks
    }

    /// Changes of parameters in time, by day.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Master seed of the configuration.
    pub fn seed(&self) -> u64 {
        self.parameters.spec.run.seed.unsigned_abs()
    }

    /// Replications of a profile.
    pub fn replications(&self, profile: Profile) -> u64 {
        let run = &self.parameters.spec.run;
        let n = match profile {
            Profile::Quick => run.quick_replications,
            Profile::Standard => run.standard_replications,
            Profile::Deep => run.deep_replications,
        };
        n.unsigned_abs()
    }

    /// The same scenario with one more app at the start, after all others.
    #[must_use]
    pub fn with_extra_app(mut self, app: NewApp) -> Self {
        self.extra_apps.push(app);
        self
    }

    /// Apps added to the start population.
    pub fn extra_apps(&self) -> &[NewApp] {
        &self.extra_apps
    }
}

fn parameters_of(values: &toml::Table, registry: &Registry) -> Result<Parameters, Vec<Diagnostic>> {
    let spec = Spec::deserialize(toml::Value::Table(values.clone())).map_err(|error| {
        vec![Diagnostic::error(format!("the configuration does not fit the model: {error}"))]
    })?;
    Parameters::try_new(spec).map_err(|found| {
        found
            .into_iter()
            .map(|d| {
                let origin = d.key.as_deref().and_then(|key| registry.get(key)).map(|p| p.origin.clone());
                match origin {
                    Some(origin) => d.hint(format!("the value comes from {origin}")),
                    None => d,
                }
            })
            .collect()
    })
}

fn shocks_of(resolved: &Resolved, spec: &Spec) -> Result<Vec<Shock>, Diagnostics> {
    let mut found = Vec::new();
    let mut shocks = Vec::new();
    for raw in &resolved.shocks {
        match read_shock(raw, resolved, spec) {
            Ok(shock) => shocks.push(shock),
            Err(diagnostic) => found.push(*diagnostic),
        }
    }
    if found.is_empty() { Ok(shocks) } else { Err(Diagnostics(found)) }
}

fn read_shock(raw: &RawShock, resolved: &Resolved, spec: &Spec) -> Result<Shock, Box<Diagnostic>> {
    let parsed = ShockSpec::deserialize(toml::Value::Table(raw.table.clone())).map_err(|error| {
        Box::new(Diagnostic::error(format!("this shock cannot be read: {}", error.message())).at(raw.place.clone()).hint(
            "a shock has name, parameter, date, factor or value, why, basis, source; and may have ramp_days, end_date, \
             only, entrants_only",
        ))
    })?;
    let path = parsed.parameter.clone();
    if resolved.registry.get(&path).is_none() {
        let near = resolved.registry.closest(&path);
        let wrong = Diagnostic::error(format!("there is no parameter `{path}`"))
            .at(raw.value_place("parameter").clone());
        return Err(Box::new(match near.first() {
            Some(near) => wrong.hint(format!("did you mean `{near}`?")),
            None => wrong,
        }));
    }
    if path.starts_with("run.") {
        return Err(Box::new(
            Diagnostic::error(format!(
                "`{path}` belongs to the run, not to the world, and cannot be shocked"
            ))
            .at(raw.value_place("parameter").clone()),
        ));
    }
    Shock::try_new(parsed, axis(resolved, spec, &path)).map_err(|d| {
        let place = raw.value_place(d.key.as_deref().unwrap_or_default()).clone();
        Box::new(d.at(place))
    })
}

/// Names of the elements of a parameter: those of the list that is as long as it; none for a single number.
fn axis<'a>(resolved: &Resolved, spec: &'a Spec, path: &str) -> &'a [String] {
    let elements = resolved.registry.get(path).and_then(|p| p.value.as_array()).map(Vec::len);
    [&spec.regions.names, &spec.channels.names]
        .into_iter()
        .find(|names| elements == Some(names.len()))
        .map_or(&[], Vec::as_slice)
}

/// Resolves all shocks into whole sets of parameters, one for each day on which any of them changes.
fn changes_of(resolved: &Resolved, shocks: &[Shock]) -> Result<Vec<Change>, Diagnostics> {
    let mut days: Vec<i64> = shocks.iter().flat_map(Shock::change_days).collect();
    days.sort_unstable();
    days.dedup();
    let mut changes = Vec::new();
    for day in days {
        let mut values = resolved.values.clone();
        for (shock, raw) in shocks.iter().zip(&resolved.shocks) {
            let path = &shock.spec.parameter;
            let out_of_range =
                apply(&mut values, shock, day, resolved.registry.get(path).and_then(|p| p.range));
            if let Some(message) = out_of_range {
                return Err(Diagnostics(vec![
                    Diagnostic::error(format!("shock `{}`: {message}", shock.spec.name))
                        .with_key(path.clone())
                        .at(raw.value_place("parameter").clone())
                        .hint("make the shock smaller, or widen the parameter's range with its own table"),
                ]));
            }
        }
        let parameters = parameters_of(&values, &resolved.registry).map_err(Diagnostics)?;
        changes.push(Change { day, parameters });
    }
    Ok(changes)
}

/// Applies a shock to a table of values; says what is wrong when a value leaves its range or is no number.
fn apply(values: &mut toml::Table, shock: &Shock, day: i64, range: Option<[f64; 2]>) -> Option<String> {
    let path = &shock.spec.parameter;
    let change = |value: &mut toml::Value| -> Option<String> {
        let (old, whole) = match value {
            toml::Value::Float(x) => (*x, false),
            toml::Value::Integer(x) => (*x as f64, true),
            _ => return Some(format!("`{path}` is not a number")),
        };
        let new = shock.shocked(old, day);
        if let Some([low, high]) = range
            && !(new >= low && new <= high)
        {
            return Some(format!("`{path}` would become {new}, outside {low}..{high}"));
        }
        *value = if whole { toml::Value::Integer(new.round() as i64) } else { toml::Value::Float(new) };
        None
    };
    match lookup(values, path) {
        Some(toml::Value::Array(elements)) => elements
            .iter_mut()
            .enumerate()
            .filter(|(index, _)| shock.elements.is_empty() || shock.elements.contains(index))
            .find_map(|(_, value)| change(value)),
        Some(value) => change(value),
        None => Some(format!("there is no `{path}`")),
    }
}
