//! The workloads on the standard library: what a good engineer writes first.

pub mod heap;
