//! Work: stamps of nodes on messages, and how much a message needs (8.1).
//!
//! What always holds: a stamp belongs to one node, message and epoch, so that it can be neither copied nor replayed.

use crate::hash::{Domain, Hash, dom, sha3, zeros};
use crate::ids::{MessageId, NodeId};
use crate::units::Epoch;
use std::ops::Range;

/// Zero bits of a message's id without any rate (section 13).
pub const MESSAGE_BITS: u32 = 16;
/// Zero bits of a stamp (section 13).
pub const STAMP_BITS: u32 = 12;
/// Most bits that an issuer's rate adds.
const RATE_BITS_MAX: u32 = 16;
/// Messages of an epoch without weight, before work rises.
const QUOTA_MIN: u64 = 8;

const STAMP: Domain = dom("EVEN/stamp/1");

/// Who marks which message as validated, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StampTarget {
    /// What is validated.
    pub message: MessageId,
    /// By whom.
    pub node: NodeId,
    /// The epoch of the record that it stands in.
    pub epoch: Epoch,
}

impl StampTarget {
    /// The hash that the work is measured on.
    #[must_use]
    pub fn hash(&self, nonce: u64) -> Hash {
        sha3(&[&STAMP, &self.message.0, &self.node.0, &self.epoch.0.to_le_bytes(), &nonce.to_le_bytes()])
    }

    /// Whether the nonce is a stamp of `bits`.
    #[must_use]
    pub fn holds(&self, nonce: u64, bits: u32) -> bool {
        zeros(&self.hash(nonce)) >= bits
    }

    /// The first nonce of the range that is a stamp of `bits`: 2^bits attempts on average.
    #[must_use]
    pub fn mint(&self, bits: u32, mut nonces: Range<u64>) -> Option<u64> {
        nonces.find(|nonce| self.holds(*nonce, bits))
    }
}

/// Zero bits that the next message of an issuer needs who has `issued` in this epoch: doubling the rate costs one bit.
#[must_use]
pub fn difficulty(base: u32, issued: u64, quota: u64) -> u32 {
    let times = issued / quota.max(1);
    base + times.saturating_add(1).ilog2().min(RATE_BITS_MAX)
}

/// Messages of an epoch before work rises, for an issuer who has `weight` of `total`.
#[must_use]
pub fn quota(weight: u64, total: u64) -> u64 {
    let share = (100_000 * u128::from(weight)).checked_div(u128::from(total)).unwrap_or(0);
    QUOTA_MIN.saturating_add(u64::try_from(share).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_8_1_doubling_the_rate_costs_one_bit_up_to_sixteen() {
        let bits = [0, 7, 8, 24, 56, u64::MAX].map(|issued| difficulty(MESSAGE_BITS, issued, 8));
        assert_eq!(bits, [16, 16, 17, 18, 19, 32]);
    }

    #[test]
    fn rule_8_1_the_quota_grows_with_weight() {
        assert_eq!([quota(0, 5), quota(1, 100_000), quota(5, 5), quota(0, 0)], [8, 9, 100_008, 8]);
        assert_eq!(quota(u64::MAX, 1), u64::MAX);
    }

    #[test]
    fn rule_8_1_a_bounded_search_may_find_nothing() {
        let target = StampTarget { message: MessageId([1; 32]), node: NodeId([2; 32]), epoch: Epoch(3) };
        let nonce = target.mint(8, 0..u64::MAX);
        assert!(nonce.is_some_and(|nonce| target.holds(nonce, 8) && target.mint(8, 0..nonce).is_none()));
    }
}
