//! The logs of a range of blocks, as one node gives them.

use crate::node::{BlockInfo, Node, NodeError};
use alloy::primitives::B256;
use alloy::rpc::types::{Filter, Log};
use json_rpc::RpcError;

/// A log that was not asked for.
pub(crate) const OTHER_LOG: NodeError = NodeError::Contradiction("it gives a log that was not asked for");

/// What one node says about a range.
#[derive(Debug)]
pub(crate) struct RangeLogs {
    /// Hash of the block before that was asked for.
    pub(crate) parent: Option<B256>,
    /// Hash of the last block.
    pub(crate) end: B256,
    /// Logs that any filter matched, each of this range and branch. That they match is the caller's to check.
    pub(crate) logs: Vec<Log>,
}

/// The logs from block `from` to block `to` that any of `filters` matches, read between two looks at the last block, so
/// that they are of one branch, and the hash of the block at `parent`.
pub(crate) async fn read(
    node: &Node,
    filters: &[Filter],
    from: u64,
    to: u64,
    parent: Option<u64>,
) -> Result<RangeLogs, NodeError> {
    let end = node.block_at(to).await?;
    let mut logs = Vec::new();
    for filter in filters {
        logs.extend(node.logs(&filter.clone().from_block(from).to_block(to)).await?);
    }
    if !logs.iter().all(|log| is_in(log, from, &end)) {
        return Err(OTHER_LOG);
    }
    let parent = match parent {
        Some(number) => Some(node.block_at(number).await?.hash),
        None => None,
    };
    if node.block_at(to).await?.hash != end.hash {
        return Err(NodeError::Contradiction("its chain changed while it was read"));
    }
    Ok(RangeLogs { parent, end: end.hash, logs })
}

/// Whether a log stands in the range that ends with `end`.
fn is_in(log: &Log, from: u64, end: &BlockInfo) -> bool {
    let (Some(block), Some(hash)) = (log.block_number, log.block_hash) else { return false };
    !log.removed && (from..=end.number).contains(&block) && (block != end.number || hash == end.hash)
}

/// Whether a shorter range may be answered.
pub(crate) fn is_too_long(error: &NodeError) -> bool {
    match error {
        NodeError::Rpc(RpcError::Refused { .. } | RpcError::TooLong(_) | RpcError::Status(_)) => true,
        NodeError::Rpc(RpcError::Transport(error)) => error.is_timeout(),
        _ => false,
    }
}
