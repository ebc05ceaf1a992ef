//! The laws that every replication obeys, checked while it runs, counted and reported.

use std::fmt;

/// Short names of the laws, index = number − 1.
pub const LAW_NAMES: [&str; 10] = [
    "advertisers' spend = ad platforms' revenue",
    "consumers' spend = developers' net + fees; receipts + receivables = net",
    "change of cash = receipts + funding − ads − content − operations",
    "impressions won, lost and unsold = supply",
    "installs ≤ impressions; cohorts = installs; monthly people ≤ app-users ≤ installed",
    "floor ≤ price ≤ winning score; losers pay nothing",
    "spent ≤ budget ≤ cash + credit",
    "shares sum to 1; 1/N ≤ HHI ≤ 1",
    "the clock never goes back; live events = length of the calendar",
    "the dead spend nothing",
];

/// A broken law, with what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// Number of the law, from 1.
    pub law: usize,
    /// Day of the simulation (0 = 2025-01-01).
    pub day: i64,
    /// What was compared, with figures.
    pub found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "law {} ({}) broken on day {}: {}", self.law, LAW_NAMES[self.law - 1], self.day, self.found)
    }
}

/// Checks made and failed, by law.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LawCount {
    /// Checks made.
    pub checked: [u64; LAW_NAMES.len()],
    /// Checks that failed.
    pub violated: [u64; LAW_NAMES.len()],
    /// The first failure.
    pub first: Option<Violation>,
}

impl LawCount {
    /// Checks one law; `found` is only built when it is broken.
    #[inline]
    pub fn check(&mut self, law: usize, day: i64, holds: bool, found: impl FnOnce() -> String) {
        self.checked[law - 1] += 1;
        if !holds {
            self.violated[law - 1] += 1;
            if self.first.is_none() {
                self.first = Some(Violation { law, day, found: found() });
            }
        }
    }

    /// All checks made.
    pub fn total_checked(&self) -> u64 {
        self.checked.iter().sum()
    }

    /// All checks failed.
    pub fn total_violated(&self) -> u64 {
        self.violated.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_law_is_counted_and_the_first_is_kept() {
        let mut laws = LawCount::default();
        laws.check(7, 3, true, || unreachable!("built only when broken"));
        laws.check(7, 4, false, || "spent 5 of 4".into());
        laws.check(1, 5, false, || "later".into());
        assert_eq!((laws.total_checked(), laws.total_violated()), (3, 2));
        let first = laws.first.unwrap();
        assert_eq!((first.law, first.day), (7, 4));
        assert!(first.to_string().contains("spent 5 of 4"));
    }
}
