//! What is read from blocks.

use alloy::primitives::{B256, U64, U256};
use serde::Deserialize;

/// The head of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockInfo {
    /// Height.
    pub number: u64,
    /// Hash. A node's word: chains compute it differently, so it is compared between nodes, not recomputed.
    pub hash: B256,
    /// Hash of the block before.
    pub parent: B256,
    /// Its time, Unix ms; a whole number of seconds.
    pub time_ms: u64,
}

/// A block as nodes write it; every chain adds members of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire {
    number: U64,
    hash: B256,
    parent_hash: B256,
    timestamp: U256,
}

impl Wire {
    /// `None` for a time that no clock can show.
    pub(super) fn read(self) -> Option<BlockInfo> {
        let time_ms = u64::try_from(self.timestamp).ok()?.checked_mul(1_000)?;
        Some(BlockInfo { number: self.number.to(), hash: self.hash, parent: self.parent_hash, time_ms })
    }
}
