//! The one integration-test binary: a module for each contract.

mod architecture;
mod auction;
mod calendar;
mod cli;
mod common;
mod config;
mod config_errors;
mod determinism;
mod laws;
mod offer;
mod report;
mod selling;
mod selling_relations;
mod scenarios;
mod shocks;
mod store;
mod switches;
