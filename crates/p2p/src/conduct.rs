//! How much a peer may do. Pure: the time is an argument, ms of any clock that does not go back.
//!
//! What always holds: over any time t, at most burst + rate · t is let through, whatever is asked.

use crate::config::Limits;

/// A bucket that fills by `per_s` units a second up to `capacity`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    /// Thousandths of a unit.
    level: u64,
    capacity: u64,
    per_s: u64,
    at_ms: u64,
}

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Take it.
    Take,
    /// Refuse it.
    Refuse,
    /// Refuse it and shut its sender out.
    ShutOut,
}

/// What a peer has done of late.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conduct {
    messages: Bucket,
    bytes: Bucket,
    faults: Bucket,
}

impl Bucket {
    pub(crate) fn full(capacity: u32, per_s: u32, now_ms: u64) -> Self {
        let capacity = u64::from(capacity) * 1_000;
        Self { level: capacity, capacity, per_s: u64::from(per_s), at_ms: now_ms }
    }

    /// Takes units out if there are enough.
    pub(crate) fn take(&mut self, now_ms: u64, units: u64) -> bool {
        let passed_ms = now_ms.saturating_sub(self.at_ms);
        self.at_ms = self.at_ms.max(now_ms);
        self.level = self.level.saturating_add(passed_ms.saturating_mul(self.per_s)).min(self.capacity);
        match self.level.checked_sub(units.saturating_mul(1_000)) {
            Some(rest) => {
                self.level = rest;
                true
            }
            None => false,
        }
    }
}

impl Conduct {
    /// Nothing done yet.
    pub(crate) fn new(limits: &Limits, now_ms: u64) -> Self {
        let bytes_burst = limits.bytes_per_s.saturating_mul(2);
        Self {
            messages: Bucket::full(limits.messages_burst, limits.messages_per_s, now_ms),
            bytes: Bucket::full(bytes_burst, limits.bytes_per_s, now_ms),
            faults: Bucket::full(limits.faults_burst, 1, now_ms),
        }
    }

    /// Judges a message of this many bytes.
    pub(crate) fn message(&mut self, now_ms: u64, len: usize) -> Verdict {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        if self.messages.take(now_ms, 1) && self.bytes.take(now_ms, len) { Verdict::Take } else { self.fault(now_ms) }
    }

    /// Counts something that should not have come.
    pub(crate) fn fault(&mut self, now_ms: u64) -> Verdict {
        if self.faults.take(now_ms, 1) { Verdict::Refuse } else { Verdict::ShutOut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limits() -> Limits {
        Limits { messages_per_s: 2, messages_burst: 3, bytes_per_s: 100, faults_burst: 2, ..Limits::default() }
    }

    #[test]
    fn a_burst_then_a_rate_then_refusal_then_shut_out() {
        let mut conduct = Conduct::new(&limits(), 0);
        let mut at = |now_ms| conduct.message(now_ms, 1);
        assert_eq!([at(0), at(0), at(0)], [Verdict::Take; 3]);
        assert_eq!([at(0), at(499)], [Verdict::Refuse; 2]);
        assert_eq!(at(500), Verdict::Take);
        assert_eq!(at(500), Verdict::ShutOut);
        assert_eq!([at(1_000), at(1_500)], [Verdict::Take; 2]);
        assert_eq!([at(1_500), at(1_500)], [Verdict::Refuse, Verdict::ShutOut]);
    }

    #[test]
    fn bytes_are_limited_as_well_as_messages() {
        let mut conduct = Conduct::new(&Limits { messages_burst: 99, ..limits() }, 0);
        assert_eq!(conduct.message(0, 200), Verdict::Take);
        assert_eq!(conduct.message(0, 1), Verdict::Refuse);
        assert_eq!(conduct.message(1_000, 101), Verdict::Refuse);
        assert_eq!(conduct.message(1_000, 100), Verdict::Take);
    }

    #[test]
    fn a_clock_that_goes_back_gains_nothing() {
        let mut bucket = Bucket::full(1, 1, 10_000);
        assert!(bucket.take(10_000, 1));
        assert!(!bucket.take(0, 1));
        assert!(!bucket.take(10_999, 1));
        assert!(bucket.take(11_000, 1));
    }

    proptest! {
        #[test]
        fn no_more_than_burst_and_rate_is_let_through(steps in prop::collection::vec((0_u64..3_000, 1_u64..50), 1..200)) {
            let mut bucket = Bucket::full(40, 7, 0);
            let (mut now_ms, mut taken) = (0, 0);
            for (wait_ms, units) in steps {
                now_ms += wait_ms;
                if bucket.take(now_ms, units) {
                    taken += units;
                }
                prop_assert!(taken * 1_000 <= 40_000 + 7 * now_ms);
            }
        }
    }
}
