//! Watching a simulation without changing it.

use super::event::Event;
use crate::market::world::World;
use crate::units::SimTime;

/// Sees every event just after it happened. Observers read; they have no way to change the world.
pub trait Observer {
    /// Called once, before the first event.
    fn begin(&mut self, _world: &World) {}

    /// Called after each event.
    fn observe(&mut self, time: SimTime, event: &Event, world: &World);
}

/// Sees nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    #[inline]
    fn observe(&mut self, _: SimTime, _: &Event, _: &World) {}
}

/// Several observers, each of which sees every event, in order.
impl Observer for Vec<&mut dyn Observer> {
    fn begin(&mut self, world: &World) {
        for observer in self {
            observer.begin(world);
        }
    }

    fn observe(&mut self, time: SimTime, event: &Event, world: &World) {
        for observer in self {
            observer.observe(time, event, world);
        }
    }
}
