//! Closed forms that a whole run must obey.

#![allow(clippy::unwrap_used, reason = "a run that fails should fail the test on the spot")]

use crate::common::{SEED, small};
use bidcast::engine::{Event, Observer, Simulation};
use bidcast::market::world::World;
use bidcast::units::{MINUTES_PER_DAY, SimTime};

/// Ad materials on air at every instant, and what was launched.
#[derive(Debug, Default)]
struct OnAir {
    /// Lots launched before the last creative day.
    lots: u32,
    on_air: f64,
    launched: f64,
    /// Squares of the materials of all lots launched.
    squares: f64,
    first: Option<SimTime>,
    last: SimTime,
    material_days: f64,
}

fn days(from: SimTime, to: SimTime) -> f64 {
    (to.minutes() - from.minutes()) as f64 / MINUTES_PER_DAY as f64
}

impl Observer for OnAir {
    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        if self.first.is_some() {
            self.material_days += self.on_air * days(self.last, time);
        }
        self.first = self.first.or(Some(time));
        self.last = time;
        match event {
            Event::LotLaunch(app) => {
                for lot in world.apps.lots[*app as usize].iter().filter(|lot| lot.number >= self.lots) {
                    let materials = f64::from(lot.materials);
                    self.launched += materials;
                    self.squares += materials * materials;
                    self.on_air += materials;
                }
                self.lots = world.lots.launched;
            }
            Event::LotRetire { place, .. } => {
                let lot = world.lots.retired[*place as usize];
                let materials = f64::from(lot.materials);
                self.on_air -= materials;
                // Its time ended before the creative day that took it off air.
                let ended = SimTime::from_minutes(i64::from(lot.ends_minute));
                self.material_days -= materials * days(ended, time);
            }
            _ => {}
        }
    }
}

/// Mean number of materials on air by Little's law, as simulated, and the standard error of their difference, in a run
/// of the whole market.
fn materials_on_air(sets: &[&str], life_days: f64) -> (f64, f64, f64) {
    let scenario = small(&[&["creatives.replacement_enabled=false", "exit.enabled=false"], sets].concat());
    let mut on_air = OnAir::default();
    Simulation::new(&scenario, SEED, 0).run(&mut on_air).unwrap();
    let length = days(on_air.first.unwrap(), on_air.last);
    // What is on air at the end lives on after the run.
    let lived = on_air.launched * life_days - on_air.on_air * residual_days(life_days);
    // All materials of a lot share one life, whose standard deviation is life/√2.
    (lived / length, on_air.material_days / length, (on_air.squares / 2.0).sqrt() * life_days / length)
}

/// Mean life left of what is on air: E[L²]/(2 E[L]), for lives that are the sum of two exponential times.
fn residual_days(life_days: f64) -> f64 {
    0.75 * life_days
}

#[test]
fn materials_on_air_are_arrivals_times_life() {
    for (sets, life_days) in [(&[][..], 5.5), (&["creatives.life_days=9"][..], 9.0)] {
        let (expected, got, error) = materials_on_air(sets, life_days);
        assert!((got - expected).abs() < 4.0 * error, "{got} against {expected} ± {error}");
        // A wide error would pass anything.
        assert!(error < 0.02 * expected, "{error} of {expected}");
    }
    let told_wrong = materials_on_air(&["creatives.life_days=5"], 5.5);
    assert!((told_wrong.1 - told_wrong.0).abs() > 4.0 * told_wrong.2, "{told_wrong:?}");
}
