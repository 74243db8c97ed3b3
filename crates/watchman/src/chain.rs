//! One chain's side: what its vault did, told as facts about the burns that are open, and who of its nodes says otherwise.
//!
//! A look reads on from where the last ended ([`Follower`]), also over a restart, so that nothing is missed while this program
//! stands; a block that drops out takes what it brought with it, and a payout that is closed is watched for as many blocks
//! more. What always holds: a fact is told only of what enough nodes say alike.

mod ask;
mod record;

pub(crate) use ask::released;

use crate::disk::{self, FileError};
use crate::model::OpenBurn;
use alloy::primitives::{Address, B256};
use everpay::EverHash;
use everpay::lock_contract::Proposal;
use oracle::network::EvmChain;
use record::{Record, Seen, Subject};
use std::collections::BTreeSet;
use std::path::PathBuf;
use vault::payload::Payload;
use vault::pipeline::{BurnFact, Fact};
use vault::signature::{Owner, SignedPayload};
use vault_evm::release::{Follower, Observer, Step, submission};
use vault_evm::{BlockInfo, EvmDeposits, NoQuorum};

/// Steps of one look; the next goes on.
const STEPS_MAX: usize = 500;
/// Transactions asked for in one look, for the signatures in them.
const FETCHES_MAX: usize = 32;
/// Payouts of unknown burns told in one look.
const PAID_MAX: usize = 1_000;
/// Blocks for which a payout that is closed is watched on.
const LATE_BLOCKS: u64 = 1_024;

/// Watches one vault.
#[derive(Debug)]
pub(crate) struct ChainWatch {
    chain: String,
    judge: EvmDeposits,
    chain_id: u64,
    observer: Observer,
    follower: Follower,
    record: Record,
}

/// What a look brings.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// What it means for the burns that are open.
    pub(crate) facts: Vec<Fact>,
    /// Burns that the vault paid and that are not among them.
    pub(crate) paid: Vec<EverHash>,
    /// Burns that need not be watched any more.
    pub(crate) done: Vec<EverHash>,
    /// Nodes that say something else than the others.
    pub(crate) differing: BTreeSet<String>,
}

/// Why a look came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookError {
    #[error(transparent)]
    Nodes(#[from] NoQuorum),
    #[error("what was read cannot be written down: {0}: {source}", source = .0.source)]
    File(#[from] FileError),
}

impl ChainWatch {
    /// Watches the vault of `judge` from where the record in `path` ends. Blocks.
    pub(crate) fn open(path: PathBuf, chain: &str, config: &EvmChain, judge: &EvmDeposits) -> Result<Self, FileError> {
        let vault = judge.tokens().vault();
        let record = Record::open(path, Subject { chain_id: config.chain_id, vault, start: config.start_block })?;
        let observer = Observer::new(judge.clone());
        Ok(Self {
            chain: chain.to_owned(),
            chain_id: config.chain_id,
            judge: judge.clone(),
            follower: Follower::new(observer.clone(), record.progress()),
            observer,
            record,
        })
    }

    /// Reads on, and says what that means.
    ///
    /// # Errors
    /// Too few nodes say the same, or the record cannot be written. What was read stays read.
    pub(crate) async fn look(&mut self, open: &[OpenBurn]) -> Result<Looked, LookError> {
        let tip = self.read_on().await?;
        let Some(block) = tip else { return Ok(Looked::default()) };
        let mut looked = Looked { facts: vec![self.owners(block).await?], ..Looked::default() };
        let settled = self.observer.settled(&block).await?;
        looked.differing = ask::dissenters(&self.judge, &block, settled).await;
        let mut fetches = FETCHES_MAX;
        for burn in open.iter().filter(|burn| burn.chain == self.chain) {
            if burn.closed_in.is_some_and(|paid_in| paid_in.saturating_add(LATE_BLOCKS) < block.number) {
                self.record.forget(&burn.ever_hash);
                looked.done.push(burn.ever_hash);
                continue;
            }
            let of_burn = self.about(burn, &block, settled, &mut fetches).await?;
            looked.facts.extend(of_burn.into_iter().map(|fact| Fact::Burn(burn.ever_hash, fact)));
        }
        let known: BTreeSet<&EverHash> = open.iter().map(|burn| &burn.ever_hash).collect();
        let unknown = self.record.paid().filter(|hash| !known.contains(hash));
        looked.paid = unknown.take(PAID_MAX).copied().collect();
        Ok(looked)
    }

    /// Reads what the vault did since; the tip, when it was reached.
    async fn read_on(&mut self) -> Result<Option<BlockInfo>, LookError> {
        let mut tip = None;
        for _ in 0..STEPS_MAX {
            match self.follower.step().await? {
                Step::Read(events) => self.record.take(&events),
                Step::Rewind { next } => self.record.rewind(next),
                Step::CaughtUp(block) => {
                    tip = Some(block);
                    break;
                }
            }
        }
        self.save().await?;
        Ok(tip)
    }

    async fn save(&mut self) -> Result<(), FileError> {
        let Some(bytes) = self.record.unsaved() else { return Ok(()) };
        let path = self.record.path().to_owned();
        let written = tokio::task::spawn_blocking(move || disk::replace(&path, &bytes)).await;
        // A write that was given up is done again with the next look.
        written.unwrap_or(Ok(())).map(|()| self.record.saved())
    }

    async fn owners(&self, block: BlockInfo) -> Result<Fact, NoQuorum> {
        let state = self.observer.state(block).await?;
        let owners = state.owners.into_iter().map(|owner| Owner::new(owner.into())).collect();
        let threshold = u32::try_from(state.required).unwrap_or(u32::MAX);
        Ok(Fact::Owners { chain: self.chain.clone(), owners, threshold })
    }

    async fn about(
        &self,
        burn: &OpenBurn,
        tip: &BlockInfo,
        settled: Option<u64>,
        fetches: &mut usize,
    ) -> Result<Vec<BurnFact>, NoQuorum> {
        let seen = self.record.of(&burn.ever_hash);
        if let Some((at, id)) = seen.and_then(|seen| seen.execution) {
            let mut facts = vec![BurnFact::Execution { tx: at.tx.to_string(), block: at.block, id: id.0 }];
            facts.extend(settled.is_some_and(|settled| at.block <= settled).then_some(BurnFact::ExecutionFinal));
            return Ok(facts);
        }
        if burn.is_paid && !self.observer.released(burn.ever_hash, tip).await? {
            return Ok(vec![BurnFact::ExecutionUndone]);
        }
        let Some(seen) = seen.filter(|_| !burn.is_paid) else { return Ok(Vec::new()) };
        let failed = seen.failure.map(|at| BurnFact::ExecutionFailed { tx: at.tx.to_string() });
        let mut facts: Vec<BurnFact> = failed.into_iter().collect();
        for tx in unknown_signatures(seen, burn) {
            let Some(left) = fetches.checked_sub(1) else { break };
            *fetches = left;
            facts.extend(self.signatures(tx).await.into_iter().map(BurnFact::PeerSignature));
        }
        Ok(facts)
    }

    /// The signatures that a transaction carried. Its bytes hash to its name, so one node's word is enough.
    async fn signatures(&self, tx: B256) -> Vec<SignedPayload> {
        let vault: Address = self.judge.tokens().vault();
        for node in self.judge.nodes() {
            let Ok(Some(found)) = node.transaction(tx).await else { continue };
            let Some((proposal, signatures)) = submission(&found, vault, self.chain_id) else { continue };
            let Some(payload) = payload(&proposal) else { continue };
            let checked = signatures.iter().filter_map(|one| SignedPayload::check(payload.clone(), one).ok());
            return checked.collect();
        }
        Vec::new()
    }
}

/// The transactions with signatures that are not here yet.
fn unknown_signatures(seen: &Seen, burn: &OpenBurn) -> BTreeSet<B256> {
    seen.signed.iter().filter(|(owner, _)| !burn.known.contains(owner)).map(|(_, at)| at.tx).collect()
}

/// The payload that a proposal is; `None` when it is none that a watchman would sign.
fn payload(proposal: &Proposal) -> Option<Payload> {
    let words = [proposal.chain_id, proposal.proposal_id, proposal.value].map(|word| word.to_be_bytes());
    let [chain_id, number, value] = &words;
    let parts: [&[u8]; 7] =
        [chain_id, &proposal.contract, number, proposal.ever_hash.as_bytes(), &proposal.to, value, &proposal.data];
    Payload::try_from(parts.concat()).ok()
}
