//! Workload R at (close to) the speed of the machine: in AVX2 with all draws made in blocks, and in portable Rust with one
//! draw at a time.
//!
//! The semantics of the events are kept exactly, but nothing is queued that need not be: auctions are a Poisson stream,
//! re-plans a sorted ring, and only launches, fatigues, retirements and purchases go through a queue.

mod queue;
pub mod scalar;
#[cfg(target_arch = "x86_64")]
pub mod simd;
#[cfg(target_arch = "x86_64")]
mod vectors;
