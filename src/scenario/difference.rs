//! What two scenarios differ in: parameters by path, shocks as a whole.

use super::load::Scenario;
use super::shock::ShockSpec;

/// A parameter that two scenarios do not share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Path of the parameter.
    pub path: String,
    /// Value in the first, as TOML; none when it has no such parameter.
    pub old: Option<String>,
    /// Value in the second.
    pub new: Option<String>,
}

/// What two scenarios differ in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScenarioDifference {
    /// Parameters with another value, in the order of the first scenario.
    pub parameters: Vec<Differing>,
    /// Shocks that only the first has.
    pub shocks_only_in_first: Vec<ShockSpec>,
    /// Shocks that only the second has.
    pub shocks_only_in_second: Vec<ShockSpec>,
}

impl ScenarioDifference {
    /// Compares two scenarios.
    pub fn of(first: &Scenario, second: &Scenario) -> Self {
        let (old, new) = (first.registry(), second.registry());
        let changed = old.iter().filter_map(|parameter| {
            let other = new.get(&parameter.path).map(|other| &other.value);
            (other != Some(&parameter.value)).then(|| Differing {
                path: parameter.path.clone(),
                old: Some(parameter.value.to_string()),
                new: other.map(ToString::to_string),
            })
        });
        let added = new.iter().filter(|parameter| old.get(&parameter.path).is_none()).map(|parameter| {
            Differing { path: parameter.path.clone(), old: None, new: Some(parameter.value.to_string()) }
        });
        let without = |these: &Scenario, those: &Scenario| -> Vec<ShockSpec> {
            let missing = |spec: &&ShockSpec| !those.shocks().iter().any(|shock| shock.spec == **spec);
            these.shocks().iter().map(|shock| &shock.spec).filter(missing).cloned().collect()
        };
        Self {
            parameters: changed.chain(added).collect(),
            shocks_only_in_first: without(first, second),
            shocks_only_in_second: without(second, first),
        }
    }

    /// Whether they differ in nothing.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
            && self.shocks_only_in_first.is_empty()
            && self.shocks_only_in_second.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot load the base has failed")]

    use super::*;
    use crate::scenario::{Layer, Overlay, shipped};

    #[test]
    fn parameters_and_shocks_are_told_apart() {
        let base = Scenario::load(&[]).unwrap();
        assert!(ScenarioDifference::of(&base, &base).is_empty());
        let theta = base.registry().get("auction.theta").unwrap().value.clone();
        let shock: Layer = shipped("store_fees_10").unwrap().unwrap().layer();
        let other = Scenario::load(&[Overlay::File(&shock), Overlay::Set("auction.theta=3.25")]).unwrap();
        let there = ScenarioDifference::of(&base, &other);
        let differing = Differing {
            path: "auction.theta".into(),
            old: Some(theta.to_string()),
            new: Some("3.25".into()),
        };
        assert!(there.parameters.contains(&differing), "{:?}", there.parameters);
        assert_eq!(there.shocks_only_in_second.len(), other.shocks().len());
        assert!(!there.shocks_only_in_second.is_empty() && there.shocks_only_in_first.is_empty());
        let back = ScenarioDifference::of(&other, &base);
        assert_eq!(back.shocks_only_in_first, there.shocks_only_in_second);
    }
}
