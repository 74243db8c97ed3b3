//! Where the transactions of a slot stand, as enough nodes say alike at one block.

use super::event::{self, Event};
use super::observer::Observer;
use super::slot::Slot;
use crate::judge::EvmDeposits;
use crate::node::{BlockInfo, Node, NodeError, Receipt};
use crate::quorum::{self, NoQuorum};
use alloy::primitives::{Address, B256};

/// Where a slot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The nonce is free and no node that answers knows any transaction of it: it is to be sent, again if it was before.
    Unknown,
    /// A node has it, and it is in no block.
    Waiting {
        /// The newest transaction that a node has.
        tx: [u8; 32],
    },
    /// One of them is in a block.
    Mined(Mined),
    /// The nonce was used up by a transaction of no attempt. Until that is settled it may pass.
    Replaced {
        /// Whether so deep that it stays so.
        settled: bool,
    },
}

/// A transaction in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mined {
    /// Which.
    pub tx: [u8; 32],
    /// Height of the block.
    pub block: u64,
    /// Hash of the block.
    pub block_hash: B256,
    /// What it came to.
    pub outcome: Outcome,
    /// Whether so deep that it stays so.
    pub settled: bool,
}

/// What a mined submission came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The vault carried the proposal out.
    Paid,
    /// The vault tried, and nothing moved; it can be tried again without signatures.
    Failed,
    /// Signatures were counted, and are not enough.
    Counted,
    /// All of it was undone: released before, paused, or starved.
    Reverted,
    /// It was signed to do nothing.
    Cancelled,
}

impl Standing {
    /// Whether nothing that was signed under the slot's nonce can still pay, so that another nonce may be signed.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        match self {
            Self::Unknown | Self::Waiting { .. } => false,
            Self::Mined(mined) => mined.settled && mined.outcome != Outcome::Paid,
            Self::Replaced { settled } => *settled,
        }
    }
}

/// What one node says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Free,
    Used,
    Mined { tx: [u8; 32], block: u64, block_hash: B256, outcome: Outcome },
}

pub(super) async fn look(observer: &Observer, account: Address, slot: &Slot) -> Result<Standing, NoQuorum> {
    let judge = &observer.judge;
    let tip = observer.tip().await?;
    let question = |node: &Node| {
        let node = node.clone();
        async move { says(&node, judge, account, slot, &tip).await }
    };
    let (said, _) = quorum::ask(&judge.nodes, judge.needed, question, Said::eq).await?;
    if let Said::Free = said {
        return Ok(in_pools(judge, slot).await);
    }
    let settled = observer.settled(&tip).await?;
    match said {
        Said::Mined { tx, block, block_hash, outcome } => {
            let settled = settled.is_some_and(|settled| block <= settled);
            Ok(Standing::Mined(Mined { tx, block, block_hash, outcome, settled }))
        }
        _ => Ok(Standing::Replaced { settled: was_used(judge, account, slot, settled).await? }),
    }
}

/// What a node says of the chain up to the block `tip`, which it must have.
async fn says(
    node: &Node,
    judge: &EvmDeposits,
    account: Address,
    slot: &Slot,
    tip: &BlockInfo,
) -> Result<Said, NodeError> {
    if node.nonce(account, tip.hash).await? <= slot.nonce {
        return Ok(Said::Free);
    }
    for attempt in slot.attempts.iter().rev() {
        let receipt = node.receipt(B256::from(attempt.hash)).await?;
        let Some(receipt) = receipt.filter(|receipt| receipt.block_number <= tip.number) else { continue };
        let outcome = if attempt.cancels { Outcome::Cancelled } else { outcome(&receipt, judge, slot) };
        let (block, block_hash) = (receipt.block_number, receipt.block_hash);
        return Ok(Said::Mined { tx: attempt.hash, block, block_hash, outcome });
    }
    Ok(Said::Used)
}

fn outcome(receipt: &Receipt, judge: &EvmDeposits, slot: &Slot) -> Outcome {
    if !receipt.success {
        return Outcome::Reverted;
    }
    let (vault, chain_id) = (judge.tokens.vault(), judge.config.chain_id);
    let events = receipt.logs.iter().filter_map(|log| event::read(log, vault, chain_id));
    let of_this =
        events.filter(|said| said.event.proposal().is_some_and(|proposal| proposal.ever_hash == slot.ever_hash));
    of_this.fold(Outcome::Counted, |outcome, said| match said.event {
        Event::Execution(_) => Outcome::Paid,
        Event::ExecutionFailure(_) => Outcome::Failed,
        _ => outcome,
    })
}

/// Whether the slot's nonce was used up at the settled height already.
async fn was_used(judge: &EvmDeposits, account: Address, slot: &Slot, settled: Option<u64>) -> Result<bool, NoQuorum> {
    let Some(height) = settled else { return Ok(false) };
    let question = |node: &Node| {
        let node = node.clone();
        async move {
            let block = node.block_at(height).await?;
            Ok(node.nonce(account, block.hash).await? > slot.nonce)
        }
    };
    quorum::ask(&judge.nodes, judge.needed, question, bool::eq).await.map(|(used, _)| used)
}

/// What waits in any node's pool: to be waited for, one node that has it is enough.
async fn in_pools(judge: &EvmDeposits, slot: &Slot) -> Standing {
    for attempt in slot.attempts.iter().rev() {
        let hash = B256::from(attempt.hash);
        let answers = quorum::ask_all(&judge.nodes, |node| node.transaction(hash)).await;
        if answers.iter().any(|(_, answer)| matches!(answer, Ok(Some(_)))) {
            return Standing::Waiting { tx: attempt.hash };
        }
    }
    Standing::Unknown
}
