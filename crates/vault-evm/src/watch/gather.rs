//! What the nodes say, gathered for the scan: the tip, blocks, and all that a range of blocks brought into the vault.
//!
//! What always holds: an answer counts when enough nodes gave it alike; each node's logs are read between two looks at the
//! range's last block, so that they are of one branch; a transaction is read only in the block in which enough nodes saw
//! it. Every answer leaves its mark in the shown state of its node.

use super::model::silence;
use super::shared::Shared;
use crate::deposit::{self, Deposit, Incoming, Transfer};
use crate::judge::EvmDeposits;
use crate::node::{BlockInfo, Node, NodeError};
use crate::quorum::{NoQuorum, agree, ask_all};
use crate::range::{self, RangeLogs};
use alloy::primitives::{Address, B256};
use alloy::rpc::types::{Filter, Log};
use alloy::sol_types::SolEvent;
use futures::{StreamExt, TryStreamExt};
use oracle::network::Finality;
use std::collections::BTreeSet;
use std::time::Instant;
use store::vault::{Checkpoint, NewDeposit, Range};

/// Transactions that are read at the same time.
const READ_TOGETHER: usize = 8;
/// Transactions that one range may bring; a range with more is halved.
const BROUGHT_MAX: usize = 500;
/// Senders of one deposit that are kept.
const SENDERS_MAX: usize = 8;
/// A node so many blocks behind the others is shown as behind.
const BEHIND_BLOCKS: u64 = 5;

/// Where the chain stands, as enough nodes say alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) block: BlockInfo,
    pub(super) finalized: Option<u64>,
}

/// A transaction that logged something about the vault, in the order of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sighting {
    block: u64,
    index: u64,
    block_hash: B256,
    tx: B256,
}

/// What one node says about a range.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RangeFacts {
    parent: Option<B256>,
    end: B256,
    seen: BTreeSet<Sighting>,
}

/// What one transaction brought, as one node says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Brought {
    time_ms: u64,
    incoming: Vec<Incoming>,
}

/// What a range of blocks came to.
pub(super) enum RangeRead {
    /// All of it.
    Whole(Range),
    /// The block before it is not the one that was read.
    ParentChanged,
    /// Too much for the nodes, or for one step.
    TooLong,
}

/// Asks the nodes of one chain.
pub(super) struct Gather<'a> {
    pub(super) judge: &'a EvmDeposits,
    pub(super) shared: &'a Shared,
}

impl Gather<'_> {
    /// The newest block that enough nodes have, and have alike.
    pub(super) async fn tip(&self) -> Result<Tip, NoQuorum> {
        let with_final = self.judge.config.finality == Finality::Finalized;
        let answers = ask_all(&self.judge.nodes, |node| async move {
            let started = Instant::now();
            let tip = node.tip().await?;
            let latency = started.elapsed();
            let finalized = if with_final { node.finalized().await?.map(|block| block.number) } else { None };
            Ok((tip.number, finalized, latency))
        })
        .await;
        let mut heights = Vec::new();
        let mut finals = Vec::new();
        for (index, (_, answer)) in answers.iter().enumerate() {
            match answer {
                Ok((height, finalized, latency)) => {
                    heights.push(*height);
                    finals.push(*finalized);
                    self.shared.answered(index, *height, *latency);
                }
                Err(error) => self.shared.silent(index, silence(error)),
            }
        }
        self.mark_behind(&heights);
        let Some(height) = nth_highest(heights.clone(), self.judge.needed) else {
            // Too few answered: this names the last fault.
            return agree(answers, self.judge.needed, |_, _| true).and_then(|_| self.no_tip());
        };
        let block = self.ask("the tip", |node| async move {
            // A node that is behind cannot say; it does not contradict.
            node.block_at(height).await
        });
        let block = block.await?;
        Ok(Tip { block, finalized: nth_highest(finals, self.judge.needed).flatten() })
    }

    fn no_tip<T>(&self) -> Result<T, NoQuorum> {
        Err(NoQuorum::Unavailable { answered: 0, needed: self.judge.needed, last: "no node has a block".to_owned() })
    }

    /// Shows who is far behind the others. Of three or more the highest may be an invention.
    fn mark_behind(&self, heights: &[u64]) {
        let others = if self.judge.nodes.len() > 2 { self.judge.needed } else { 1 };
        let Some(front) = nth_highest(heights.to_vec(), others) else { return };
        self.shared.each_source(|source| {
            if source.state == "agrees" && source.height.is_some_and(|height| height + BEHIND_BLOCKS < front) {
                source.state = "behind";
            }
        });
    }

    /// The hash of the block at a height.
    pub(super) async fn block_hash(&self, number: u64) -> Result<B256, NoQuorum> {
        self.ask("a block", |node| async move { Ok(node.block_at(number).await?.hash) }).await
    }

    /// What the blocks from `from` to `to` brought. `parent` is the block that was read before them.
    pub(super) async fn range(&self, from: u64, to: u64, parent: Option<Checkpoint>) -> Result<RangeRead, NoQuorum> {
        let vault = self.judge.tokens.vault();
        let parent_number = parent.map(|parent| parent.number);
        let answers = ask_all(&self.judge.nodes, |node| read_range(node, vault, from, to, parent_number)).await;
        let too_long = to > from && answers.iter().any(|(_, answer)| answer.as_ref().is_err_and(range::is_too_long));
        let facts = match self.conclude(answers) {
            Err(NoQuorum::Unavailable { .. }) if too_long => return Ok(RangeRead::TooLong),
            other => other?,
        };
        if facts.parent != parent.map(|parent| B256::from(parent.hash)) {
            return Ok(RangeRead::ParentChanged);
        }
        if facts.seen.len() > BROUGHT_MAX && to > from {
            return Ok(RangeRead::TooLong);
        }
        let brought: Vec<Vec<NewDeposit>> = futures::stream::iter(facts.seen)
            .map(|sighting| self.transaction(sighting))
            .buffered(READ_TOGETHER)
            .try_collect()
            .await?;
        let end = Checkpoint { number: to, hash: facts.end.0 };
        Ok(RangeRead::Whole(Range { from, end, deposits: brought.into_iter().flatten().collect() }))
    }

    /// What one transaction brought, token by token.
    async fn transaction(&self, sighting: Sighting) -> Result<Vec<NewDeposit>, NoQuorum> {
        let brought = self.ask("a transaction", |node| read_transaction(node, sighting, self.judge)).await?;
        Ok(brought.incoming.iter().map(|incoming| row(sighting, brought.time_ms, incoming)).collect())
    }

    /// One question to all nodes; the answer that enough of them gave.
    async fn ask<'n, T: Clone + PartialEq, F: Future<Output = Result<T, NodeError>>>(
        &'n self,
        what: &'static str,
        question: impl Fn(&'n Node) -> F,
    ) -> Result<T, NoQuorum> {
        let answer = self.conclude(ask_all(&self.judge.nodes, question).await);
        if let Err(error) = &answer {
            tracing::debug!(what, %error, "no answer that enough nodes share");
        }
        answer
    }

    fn conclude<T: Clone + PartialEq>(&self, answers: Vec<(String, Result<T, NodeError>)>) -> Result<T, NoQuorum> {
        let said: Vec<Result<T, &'static str>> =
            answers.iter().map(|(_, answer)| answer.as_ref().cloned().map_err(silence)).collect();
        let agreed = agree(answers, self.judge.needed, T::eq).map(|(answer, _)| answer);
        for (index, answer) in said.iter().enumerate() {
            match (answer, &agreed) {
                // How far a node is behind is known from its height.
                (Err("behind"), _) | (Ok(_), Err(NoQuorum::Unavailable { .. })) => {}
                (Ok(answer), Ok(agreed)) if answer == agreed => {}
                (Err(state), _) => self.shared.worse(index, state),
                (Ok(_), _) => self.shared.worse(index, "disagrees"),
            }
        }
        agreed
    }
}

/// The `n`-th highest, which at least `n` of them reach.
fn nth_highest<T: Ord + Copy>(mut values: Vec<T>, n: usize) -> Option<T> {
    values.sort_unstable_by(|a, b| b.cmp(a));
    values.get(n.checked_sub(1)?).copied()
}

async fn read_range(
    node: &Node,
    vault: Address,
    from: u64,
    to: u64,
    parent: Option<u64>,
) -> Result<RangeFacts, NodeError> {
    let coins = Filter::new().address(vault).event_signature(Deposit::SIGNATURE_HASH);
    let tokens = Filter::new().event_signature(Transfer::SIGNATURE_HASH).topic2(vault.into_word());
    let RangeLogs { parent, end, logs } = range::read(node, &[coins, tokens], from, to, parent).await?;
    let seen = logs.iter().map(|log| sighting(log, vault).ok_or(range::OTHER_LOG)).collect::<Result<_, _>>()?;
    Ok(RangeFacts { parent, end, seen })
}

/// Where a log of money for the vault stands; `None` for another log, or one that does not say.
fn sighting(log: &Log, vault: Address) -> Option<Sighting> {
    let is_deposit = log.address() == vault && log.topic0() == Some(&Deposit::SIGNATURE_HASH);
    let is_transfer =
        log.topic0() == Some(&Transfer::SIGNATURE_HASH) && log.topics().get(2) == Some(&vault.into_word());
    let (block, block_hash) = (log.block_number?, log.block_hash?);
    let sighting = Sighting { block, index: log.transaction_index?, block_hash, tx: log.transaction_hash? };
    (is_deposit || is_transfer).then_some(sighting)
}

async fn read_transaction(node: &Node, at: Sighting, judge: &EvmDeposits) -> Result<Brought, NodeError> {
    const MOVED: NodeError = NodeError::Contradiction("a transaction is not in the block of its logs");
    let block = node.block_at(at.block).await?;
    let (Some(tx), Some(receipt)) = (node.transaction(at.tx).await?, node.receipt(at.tx).await?) else {
        return Err(MOVED);
    };
    if receipt.block_hash != at.block_hash || receipt.block_number != at.block || block.hash != at.block_hash {
        return Err(MOVED);
    }
    Ok(Brought { time_ms: block.time_ms, incoming: deposit::read(&tx, &receipt, &judge.tokens) })
}

fn row(at: Sighting, time_ms: u64, incoming: &Incoming) -> NewDeposit {
    let senders: Vec<String> = incoming.senders.iter().take(SENDERS_MAX).map(ToString::to_string).collect();
    let credit = incoming.outcome.as_ref();
    NewDeposit {
        tx: at.tx.0,
        token_id: token_key(incoming.contract),
        sender: senders.join(","),
        account: credit.ok().map(|credit| credit.account.to_string()),
        amount: incoming.amount.to_be_bytes(),
        stranded: credit.err().map(|why| why.code().to_owned()),
        block: at.block,
        block_hash: at.block_hash.0,
        time_ms,
    }
}

/// How a token is named in the store: its contract in lower case.
pub(super) fn token_key(contract: Address) -> String {
    crypto::hexs::encode0x(contract.as_slice())
}
