//! The sizes of the model that are compared, and how a scenario of each is made.

use std::fs;
use std::path::{Path, PathBuf};

use bidcast::scenario::{BASE, Layer, Overlay, Scenario};
use toml::{Table, Value};

/// What makes a size, besides the tick.
pub(crate) enum Change {
    /// Nothing.
    None,
    /// A file in `overlays/`, laid over the base as a user lays one.
    Overlay(&'static str),
    /// A file in `cells/`, whose values replace those of the base: the number of regions and channels belongs to the base.
    Cells(&'static str),
}

/// What grows: its name, how much of it the base has, and what the picture writes over it.
pub(crate) struct Growth {
    pub(crate) axis: &'static str,
    pub(crate) base: f64,
    pub(crate) heading: &'static str,
}

/// All that grows.
pub(crate) const GROWTHS: [Growth; 3] = [
    Growth { axis: "apps", base: 1.0, heading: "apps, times the base" },
    Growth { axis: "cells", base: 48.0, heading: "cells: regions × channels" },
    Growth { axis: "ticks", base: 1.0, heading: "ticks a day" },
];

/// A size of the model: what grows, how it is called, how much there is of it, how it is made.
pub(crate) struct Size {
    pub(crate) axis: &'static str,
    pub(crate) name: &'static str,
    pub(crate) amount: f64,
    change: Change,
    tick_minutes: u32,
}

const DAY: u32 = 1_440;

/// All sizes; the first is the one with which the others are compared.
pub(crate) const SIZES: [Size; 8] = [
    size("base", "8 × 6 cells, 1 tick a day", 1.0, Change::None),
    size("apps", "3 times", 3.0, Change::Overlay("apps_3")),
    size("apps", "10 times", 10.0, Change::Overlay("apps_10")),
    size("cells", "4 × 3", 12.0, Change::Cells("4x3")),
    size("cells", "10 × 10", 100.0, Change::Cells("10x10")),
    ticks("2 a day", 2),
    ticks("4 a day", 4),
    ticks("24 a day", 24),
];

const fn size(axis: &'static str, name: &'static str, amount: f64, change: Change) -> Size {
    Size { axis, name, amount, change, tick_minutes: DAY }
}

const fn ticks(name: &'static str, a_day: u32) -> Size {
    Size { tick_minutes: DAY / a_day, ..size("ticks", name, a_day as f64, Change::None) }
}

/// The settings of a quick look: a year, the least that is reported.
const QUICK: [&str; 3] =
    ["run.start_date=2025-01-01", "run.report_from_date=2025-01-01", "run.end_date=2025-12-31"];

impl Size {
    /// The scenario of this size.
    pub(crate) fn scenario(&self, quick: bool) -> Scenario {
        let (mut base, mut file) = (Layer::new("base.toml", BASE), None);
        match self.change {
            Change::None => {}
            Change::Overlay(name) => {
                file = Some(Layer::from_file(&path("overlays", name)).expect("the overlay can be read"));
            }
            Change::Cells(name) => base = Layer::new(name, with_cells(&path("cells", name))),
        }
        let tick = format!("run.tick_minutes={}", self.tick_minutes);
        let mut overlays: Vec<Overlay<'_>> = file.iter().map(Overlay::File).collect();
        overlays.push(Overlay::Set(&tick));
        if quick {
            overlays.extend(QUICK.map(Overlay::Set));
        }
        match Scenario::load_over(&base, &overlays) {
            Ok(scenario) => scenario,
            Err(problems) => panic!("{problems}"),
        }
    }
}

fn path(folder: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/scale").join(folder).join(name).with_extension("toml")
}

/// The text of the base with the values of a file in place of its own.
fn with_cells(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("the cells can be read");
    let values: Table = text.parse().expect("the cells are TOML");
    let mut base: Table = BASE.parse().expect("the base is TOML");
    for (section, keys) in values {
        let Value::Table(keys) = keys else { continue };
        for (key, value) in keys {
            base[&section][&key]["value"] = value;
        }
    }
    base.to_string()
}
