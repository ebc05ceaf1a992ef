//! The one integration-test binary: a module for each contract.

mod architecture;
mod auction;
mod calendar;
mod cli;
mod common;
mod config;
mod config_errors;
mod determinism;
mod golden;
mod laws;
mod metamorphic;
mod micro;
mod offer;
mod oracles;
mod parameters;
mod report;
mod scenarios;
mod selftest;
mod selling;
mod selling_relations;
mod shocks;
mod store;
mod story;
mod switches;
mod trace;
mod why;
