//! One chain's side: what its vault did, held in memory and told as facts about the burns that are open.
//!
//! A look reads on from where the last ended ([`Follower`]), so that nothing is missed while this program stands; a block that
//! drops out takes what it brought with it. What always holds: a fact is told only of what enough nodes say alike.

use crate::model::OpenBurn;
use alloy::primitives::{Address, B256};
use everpay::EverHash;
use everpay::lock_contract::Proposal;
use oracle::network::EvmChain;
use std::collections::{BTreeMap, BTreeSet};
use store::vault::Progress;
use vault::payload::Payload;
use vault::pipeline::{BurnFact, Fact};
use vault::signature::{Owner, SignedPayload};
use vault_evm::release::{At, Event, Events, Follower, Observer, Step, submission};
use vault_evm::{BlockInfo, EvmDeposits, NoQuorum, Node};

/// Steps of one look; the next goes on.
const STEPS_MAX: usize = 500;
/// Transactions asked for in one look, for the signatures in them.
const FETCHES_MAX: usize = 32;

/// Watches one vault.
#[derive(Debug)]
pub(crate) struct ChainWatch {
    chain: String,
    chain_id: u64,
    vault: Address,
    nodes: Vec<Node>,
    observer: Observer,
    follower: Follower,
    seen: BTreeMap<EverHash, Seen>,
}

/// What the vault did about one burn.
#[derive(Debug, Default)]
struct Seen {
    execution: Option<(At, [u8; 32])>,
    failure: Option<At>,
    signed: BTreeMap<Owner, At>,
}

impl ChainWatch {
    /// Watches the vault of `judge` from the chain's start block on.
    pub(crate) fn new(chain: &str, config: &EvmChain, judge: &EvmDeposits) -> Self {
        let observer = Observer::new(judge.clone());
        let nothing = Progress { next: config.start_block, checkpoints: Vec::new() };
        Self {
            chain: chain.to_owned(),
            chain_id: config.chain_id,
            vault: judge.tokens().vault(),
            nodes: judge.nodes().to_vec(),
            follower: Follower::new(observer.clone(), nothing),
            observer,
            seen: BTreeMap::new(),
        }
    }

    /// Reads on, and says what that means for the burns that are open on this chain.
    ///
    /// # Errors
    /// Too few nodes say the same. What was read stays read.
    pub(crate) async fn look(&mut self, open: &[OpenBurn]) -> Result<Vec<Fact>, NoQuorum> {
        let mut tip = None;
        for _ in 0..STEPS_MAX {
            match self.follower.step().await? {
                Step::Read(events) => self.take(&events),
                Step::Rewind { next } => self.forget(next),
                Step::CaughtUp(block) => {
                    tip = Some(block);
                    break;
                }
            }
        }
        let Some(block) = tip else { return Ok(Vec::new()) };
        let mut facts = vec![self.owners(block).await?];
        let settled = self.observer.settled(&block).await?;
        let mut fetches = FETCHES_MAX;
        for burn in open.iter().filter(|burn| burn.chain == self.chain) {
            let of_burn = self.about(burn, &block, settled, &mut fetches).await?;
            facts.extend(of_burn.into_iter().map(|fact| Fact::Burn(burn.ever_hash, fact)));
        }
        Ok(facts)
    }

    async fn owners(&self, block: BlockInfo) -> Result<Fact, NoQuorum> {
        let state = self.observer.state(block).await?;
        let owners = state.owners.into_iter().map(|owner| Owner::new(owner.into())).collect();
        let threshold = u32::try_from(state.required).unwrap_or(u32::MAX);
        Ok(Fact::Owners { chain: self.chain.clone(), owners, threshold })
    }

    fn take(&mut self, events: &Events) {
        for said in &events.events {
            let Some(proposal) = said.event.proposal() else { continue };
            let (seen, id) = (self.seen.entry(proposal.ever_hash).or_default(), proposal.tx_hash());
            match &said.event {
                // Administration carries an everHash of its own and pays nothing.
                Event::Execution(proposal) if proposal.to != proposal.contract => {
                    seen.execution = Some((said.at, id));
                }
                Event::ExecutionFailure(_) => seen.failure = Some(said.at),
                Event::Submission { owner, .. } => {
                    seen.signed.insert(Owner::new((*owner).into()), said.at);
                }
                _ => {}
            }
        }
    }

    /// Forgets what stood in the blocks from here on.
    fn forget(&mut self, next: u64) {
        let gone = |at: &At| at.block >= next;
        self.seen.retain(|_, seen| {
            seen.execution = seen.execution.filter(|(at, _)| !gone(at));
            seen.failure = seen.failure.filter(|at| !gone(at));
            seen.signed.retain(|_, at| !gone(at));
            seen.execution.is_some() || seen.failure.is_some() || !seen.signed.is_empty()
        });
    }

    async fn about(
        &self,
        burn: &OpenBurn,
        tip: &BlockInfo,
        settled: Option<u64>,
        fetches: &mut usize,
    ) -> Result<Vec<BurnFact>, NoQuorum> {
        let seen = self.seen.get(&burn.ever_hash);
        if let Some((at, id)) = seen.and_then(|seen| seen.execution) {
            let tx = at.tx.to_string();
            let mut facts = vec![BurnFact::Execution { tx, block: at.block, id }];
            facts.extend(settled.is_some_and(|settled| at.block <= settled).then_some(BurnFact::ExecutionFinal));
            return Ok(facts);
        }
        if burn.is_paid && !self.observer.released(burn.ever_hash, tip).await? {
            return Ok(vec![BurnFact::ExecutionUndone]);
        }
        let Some(seen) = seen else { return Ok(Vec::new()) };
        let failed = seen.failure.map(|at| BurnFact::ExecutionFailed { tx: at.tx.to_string() });
        let mut facts: Vec<BurnFact> = failed.into_iter().collect();
        let news: BTreeSet<B256> =
            seen.signed.iter().filter(|(owner, _)| !burn.known.contains(owner)).map(|(_, at)| at.tx).collect();
        for tx in news {
            let Some(left) = fetches.checked_sub(1) else { break };
            *fetches = left;
            facts.extend(self.signatures(tx).await.into_iter().map(BurnFact::PeerSignature));
        }
        Ok(facts)
    }

    /// The signatures that a transaction carried. Its bytes hash to its name, so one node's word is enough.
    async fn signatures(&self, tx: B256) -> Vec<SignedPayload> {
        for node in &self.nodes {
            let Ok(Some(found)) = node.transaction(tx).await else { continue };
            let Some((proposal, signatures)) = submission(&found, self.vault, self.chain_id) else { continue };
            let Some(payload) = payload(&proposal) else { continue };
            let checked = signatures.iter().filter_map(|one| SignedPayload::check(payload.clone(), one).ok());
            return checked.collect();
        }
        Vec::new()
    }
}

/// The payload that a proposal is; `None` when it is none that a watchman would sign.
fn payload(proposal: &Proposal) -> Option<Payload> {
    let words = [proposal.chain_id, proposal.proposal_id, proposal.value].map(|word| word.to_be_bytes());
    let [chain_id, number, value] = &words;
    let parts: [&[u8]; 7] =
        [chain_id, &proposal.contract, number, proposal.ever_hash.as_bytes(), &proposal.to, value, &proposal.data];
    Payload::try_from(parts.concat()).ok()
}
