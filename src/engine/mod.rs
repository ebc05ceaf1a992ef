//! The simulation: a closed set of events, one dispatcher, the laws, and what is recorded.
//!
//! Each file holds what one family of events does to the world; decisions are asked of [`crate::mechanisms`].

mod auctions;
mod births;
mod chronicle;
mod cohorts;
mod creatives;
mod deals;
mod event;
mod house;
mod laws;
mod lifecycle;
mod observer;
mod organic;
mod pacing;
mod plans;
mod record;
mod scratch;
mod simulation;
mod snapshot;
mod titles;
mod trace;

pub use chronicle::{AppMonth, AppStory, Chronicle};
pub use event::{Event, Phase};
pub use laws::{LAW_NAMES, LawCount, Violation};
pub use observer::{NoObserver, Observer};
pub use record::{MonthRecord, Record};
pub use simulation::{Simulation, simulate};
pub use trace::{TraceFilter, TraceRow, Tracer};
