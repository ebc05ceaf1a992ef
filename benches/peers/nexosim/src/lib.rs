//! Time on nexosim, in the units of the workloads.

use std::time::Duration;

/// Seconds of a unit of time of a workload: a day.
pub const UNIT: Duration = Duration::from_secs(86_400);

/// A delay; nexosim refuses one of length 0.
pub fn delay(units: f64) -> Duration {
    UNIT.mul_f64(units).max(Duration::from_nanos(1))
}
