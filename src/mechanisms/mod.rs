//! One decision per file: pure functions with their parameters, law tests and source.
//!
//! A mechanism decides; it never schedules and knows no clock. The engine asks it and acts on the answer.

pub mod archetype;
pub mod auction;
pub mod bidding;
pub mod budget;
pub mod cash;
pub mod consolidation;
pub mod content;
pub mod creatives;
pub mod dormancy;
pub mod entry;
pub mod exit;
pub mod fatigue;
pub mod funding;
pub mod house;
pub mod in_app_ads;
pub mod learning;
pub mod organic;
pub mod pacing;
pub mod payers;
pub mod pool;
pub mod response;
pub mod retention;
pub mod supply;
pub mod wallet;
