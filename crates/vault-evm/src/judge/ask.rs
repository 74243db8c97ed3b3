//! What one node shows of a deposit, and how deep it was at the check point.

use crate::node::{BlockInfo, ChainTx, Node, NodeError, Receipt};
use alloy::primitives::B256;
use futures::try_join;
use oracle::CheckPoint;
use oracle::network::{EvmChain, Finality};

/// What one node shows of a transaction.
pub(super) enum Seen {
    /// It is in no block of the node's chain.
    Nothing,
    /// It is in one.
    InBlock { tx: Box<ChainTx>, receipt: Receipt, depth: Depth },
}

/// How deep a deposit is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Depth {
    /// Its block and those on top of it that count; as of a batch, no more than are needed are counted.
    pub(super) had: u64,
    /// Whether that is enough, and final where that is asked for.
    pub(super) enough: bool,
}

/// Which blocks count.
#[derive(Debug, Clone, Copy)]
pub(super) enum Clock {
    /// All that there are.
    Now { needed: u64, finality: Finality },
    /// Those of a time up to this, Unix ms.
    Until { needed: u64, time_ms: u64 },
}

impl Clock {
    pub(super) fn new(at: CheckPoint, needed: u64, config: &EvmChain) -> Self {
        match at {
            CheckPoint::Now => Self::Now { needed, finality: config.finality },
            CheckPoint::AtBatch { time_ms, .. } => {
                Self::Until { needed, time_ms: time_ms.saturating_add(config.clock_slack_ms) }
            }
        }
    }

    pub(super) async fn look(self, node: &Node, hash: B256) -> Result<Seen, NodeError> {
        // The tip first: what is absent afterwards was absent up to it.
        let tip = node.tip().await?;
        let (receipt, tx) = try_join!(node.receipt(hash), node.transaction(hash))?;
        let Some(receipt) = receipt else {
            return if self.is_behind(&tip) { Err(NodeError::Lagging { tip: tip.number }) } else { Ok(Seen::Nothing) };
        };
        let tx = tx.ok_or(NodeError::Contradiction("a receipt of an unknown transaction"))?;
        let depth = match self {
            Self::Now { needed, finality } => depth_now(node, receipt.block_number, &tip, needed, finality).await?,
            Self::Until { needed, time_ms } => depth_until(node, receipt.block_number, &tip, needed, time_ms).await?,
        };
        Ok(Seen::InBlock { tx: Box::new(tx), receipt, depth })
    }

    /// Whether blocks that count may still follow the node's newest.
    fn is_behind(self, tip: &BlockInfo) -> bool {
        matches!(self, Self::Until { time_ms, .. } if tip.time_ms <= time_ms)
    }
}

async fn depth_now(
    node: &Node,
    height: u64,
    tip: &BlockInfo,
    needed: u64,
    finality: Finality,
) -> Result<Depth, NodeError> {
    let had = tip.number.saturating_sub(height) + 1;
    let enough = had >= needed
        && match finality {
            Finality::Count => true,
            Finality::Finalized => node.finalized().await?.is_some_and(|last| height <= last.number),
        };
    Ok(Depth { had, enough })
}

/// Times never decrease along a chain, so that the block that makes the deposit deep enough decides alone.
async fn depth_until(node: &Node, height: u64, tip: &BlockInfo, needed: u64, time_ms: u64) -> Result<Depth, NodeError> {
    let deciding = height.saturating_add(needed - 1);
    if let Some(block) = node.block(deciding).await? {
        if block.time_ms <= time_ms {
            return Ok(Depth { had: needed, enough: true });
        }
    } else if deciding <= tip.number || tip.time_ms <= time_ms {
        return Err(NodeError::Lagging { tip: tip.number });
    }
    // The first block that is too late lies in (height - 1, above]: the deciding one, or one after the tip.
    let (mut first, mut above) = (height, deciding.min(tip.number.saturating_add(1)).max(height));
    while first < above {
        let middle = first + (above - first) / 2;
        let block = node.block(middle).await?.ok_or(NodeError::Lagging { tip: tip.number })?;
        if block.time_ms <= time_ms {
            first = middle + 1;
        } else {
            above = middle;
        }
    }
    Ok(Depth { had: first - height, enough: false })
}
