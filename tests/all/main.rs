//! The one integration-test binary: a module for each contract.

mod calendar;
mod config;
mod config_errors;
mod report;
mod store;
