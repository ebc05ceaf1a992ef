//! What the workloads on krABMaga share: an agent that steps once, and the way from an agent's step to the schedule.
//!
//! An agent sees the state in its step, not the schedule. What it wants scheduled it leaves in the state, whose
//! `after_step` hands it on.

use krabmaga::engine::agent::Agent;
use krabmaga::engine::agentimpl::AgentImpl;
use krabmaga::engine::schedule::Schedule;

/// Agents that wait to be scheduled, each with its delay.
#[derive(Default)]
pub struct Pending(Vec<(f64, Box<dyn Agent>)>);

impl Pending {
    /// Leaves an agent for the schedule.
    pub fn push(&mut self, delay: f64, agent: impl Agent + 'static) {
        self.0.push((delay, Box::new(agent)));
    }

    /// Hands all agents on. The schedule's clock is an `f32`.
    pub fn flush(&mut self, schedule: &mut Schedule) {
        for (delay, agent) in self.0.drain(..) {
            let id = schedule.agent_ids_counting;
            schedule.agent_ids_counting += 1;
            schedule.schedule_once(AgentImpl::new(agent, id), schedule.time + delay as f32, 0);
        }
    }
}

/// Time of the next event.
pub fn next_time(schedule: &Schedule) -> Option<f64> {
    schedule.events.peek().map(|(_, priority)| f64::from(priority.time))
}

/// The parts of `State` that no workload uses.
#[macro_export]
macro_rules! plain_state {
    () => {
        fn as_any_mut(&mut self) -> &mut dyn std::any::Any {
            self
        }
        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
        fn as_state_mut(&mut self) -> &mut dyn krabmaga::engine::state::State {
            self
        }
        fn as_state(&self) -> &dyn krabmaga::engine::state::State {
            self
        }
        fn reset(&mut self) {}
        fn update(&mut self, _: u64) {}
    };
}
