//! Siblings: two runs of items that continue the same point of the chain.
//!
//! After a failed watch the rollup seals the same items again under the same parent, perhaps with more behind
//! them. Such runs agree as far as both go. Runs that differ anywhere are a fork.

use crate::item::Item;

/// How two runs from the same parent relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// They agree as far as both go; that many items are common.
    Quiet {
        /// Number of common items.
        repeats: usize,
    },
    /// They differ.
    Conflict {
        /// Index of the first differing item.
        index: usize,
    },
}

/// Compares two runs of items, each from the first item after the common parent.
pub fn merge(ours: &[Item], theirs: &[Item]) -> Merge {
    let same = |(a, b): (&Item, &Item)| a.tx_id == b.tx_id && a.parent_id == b.parent_id;
    match ours.iter().zip(theirs).position(|pair| !same(pair)) {
        Some(index) => Merge::Conflict { index },
        None => Merge::Quiet { repeats: ours.len().min(theirs.len()) },
    }
}
