//! From text to a valid scenario: layers, ranges, shocks, population.
//!
//! All numbers come from `configs/base.toml`, embedded in the crate, and the layers put over it.

mod base_layer;
mod beliefs;
mod difference;
mod document;
mod facts;
mod fields;
mod file_layer;
mod key_path;
mod layers;
mod library;
mod load;
mod locator;
mod misfit;
mod parameters;
pub mod population;
mod priors;
mod raw_shock;
mod read_once;
mod registry;
mod resolved_toml;
mod scale;
mod set;
mod shock;
mod spec;
mod suggest;
mod unit;
mod value;

pub use beliefs::Beliefs;
pub use difference::{Differing, ScenarioDifference};
pub use facts::{FACTS, Fact, FactsError, WrongFact, facts};
pub use key_path::lookup;
pub use layers::{Layer, LayerError, Overlay, Resolved, resolve};
pub use library::{LIBRARY, NO_SCENARIO, Shipped, shipped};
pub use load::{BASE, Change, Profile, Scenario};
pub use parameters::Parameters;
pub use priors::{PRIORS, Prior, Priors};
pub use raw_shock::RawShock;
pub use read_once::{READ_ONCE, Reach, ReadOnce, read_once};
pub use registry::{Basis, Parameter, Registry, insert};
pub use shock::{Shock, ShockSpec};
pub use spec::{Names, ObservationSpec, RunSpec, Spec};
pub use suggest::{edit_distance, nearest};
pub use unit::{UNITS, unit_of};
