//! bidcast: an event-driven, agent-based simulator of a market in which apps compete in ad auctions for users.
//!
//! Data goes one way: configuration → [`scenario`] → [`engine`] (over [`market`] and [`mechanisms`]) → [`metrics`] →
//! [`experiment`] → [`store`] → [`report`]. Imports point the same way, and a test keeps it so.
//!
//! The library prints nothing, reads no arguments, ends no process and panics on no input.

#![forbid(unsafe_code)]

pub mod calendar;
pub mod calibration;
pub mod diagnostic;
pub mod digest;
pub mod engine;
pub mod experiment;
pub mod market;
mod math;
pub mod mechanisms;
pub mod metrics;
pub mod report;
pub mod rng;
pub mod sampling;
pub mod scenario;
pub mod sensitivity;
pub mod stats;
pub mod store;
pub mod units;
