//! Audits (8.7): which blocks a node is asked for in an epoch, and what counts as a blank spot.
//!
//! What always holds: nobody can foresee the draws before the beacon is known, everybody can repeat them after. The draws
//! are among the final messages in the order of their ids, so that the order in which a reader learnt them does not matter.
//! `[choice]` 8.7 names the hash and not how it chooses: its first eight bytes, little-endian, modulo the number of messages;
//! the bias is below 2^-40 for a trillion of them.

use crate::hash::{Hash, sha3};
use crate::ids::{MessageId, NodeId};
use std::collections::BTreeSet;

/// Draws of a node in an epoch.
pub const DRAWS: u32 = 100;

/// Epochs whose messages are audited, the current one not counted.
pub const EPOCHS: u32 = 144;

/// Milliseconds in which a block must be served.
pub const PATIENCE_MS: u64 = 10_000;

/// What a node is asked for; the same message can be drawn twice. Nothing when nothing is final.
#[must_use]
pub fn draws(beacon: &Hash, node: &NodeId, messages: &BTreeSet<MessageId>) -> Vec<MessageId> {
    let ordered: Vec<&MessageId> = messages.iter().collect();
    let Ok(count) = u64::try_from(ordered.len()) else { return Vec::new() };
    if count == 0 {
        return Vec::new();
    }
    let draw = |k: u32| {
        let hash = sha3(&[beacon, &node.0, &k.to_le_bytes()]);
        let (first, _) = hash.split_first_chunk::<8>().expect("a hash has 32 bytes");
        let at = u64::from_le_bytes(*first) % count;
        usize::try_from(at).ok().and_then(|at| ordered.get(at)).map(|id| **id)
    };
    (0..DRAWS).filter_map(draw).collect()
}

/// Whether a draw is a blank: not served in time to a majority of the leaders who asked.
#[must_use]
pub const fn is_blank(served_to: usize, asked_by: usize) -> bool {
    2 * served_to <= asked_by
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(count: u8) -> BTreeSet<MessageId> {
        (0..count).map(|at| MessageId([at; 32])).collect()
    }

    #[test]
    fn rule_8_7_draws_can_be_repeated_and_differ_by_node_and_beacon() {
        let (all, node) = (messages(200), NodeId([7; 32]));
        let mine = draws(&[1; 32], &node, &all);
        assert_eq!(mine.len(), 100);
        assert_eq!(mine, draws(&[1; 32], &node, &all));
        assert_ne!(mine, draws(&[2; 32], &node, &all));
        assert_ne!(mine, draws(&[1; 32], &NodeId([8; 32]), &all));
        assert!(mine.iter().collect::<BTreeSet<_>>().len() > 60, "they spread");
        assert!(draws(&[1; 32], &node, &messages(0)).is_empty());
    }

    #[test]
    fn rule_8_7_a_block_served_to_half_of_the_leaders_is_a_blank() {
        assert!(is_blank(0, 0) && is_blank(1, 2) && is_blank(1, 3));
        assert!(!is_blank(2, 3) && !is_blank(1, 1));
    }
}
