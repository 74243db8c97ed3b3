//! Gets what the owners signed into a block: signs transactions, hands them to all nodes, raises their fees.
//!
//! Each burn has a [`Slot`]: one nonce and every transaction signed under it, of which at most one is ever mined. The caller
//! stores a slot before it is sent, so that a restart sends the same bytes again instead of signing another nonce.

use super::call;
use super::fees::{FeePolicy, Fees, Market, TooExpensive, TooMuchGas};
use super::look::Standing;
use super::observer::Observer;
use super::slot::{ATTEMPTS_MAX, Attempt, SigningError, Slot, TxSigner, sign};
use crate::judge::EvmDeposits;
use crate::node::{Node, NodeError};
use crate::quorum::{self, NoQuorum};
use alloy::consensus::TxEip1559;
use alloy::primitives::{Address, B256, Bytes, TxKind};
use everpay::lock_contract::Proposal;
use json_rpc::RpcError;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Owners that a vault can have, so signatures that can count.
const SIGNATURES_MAX: usize = 50;
/// Gas of a transfer to an account without code.
const GAS_CANCEL: u64 = 21_000;
/// Nonces that a reorganisation may free again at most.
const REORG_MAX: u64 = 1_024;

/// What is submitted: a proposal, and signatures of it; none when enough of them are on the chain already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The proposal.
    pub proposal: Proposal,
    /// r ‖ s ‖ v of owners over its id.
    pub signatures: Vec<[u8; 65]>,
}

/// Why nothing was signed or taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// Too few nodes answer.
    #[error(transparent)]
    Nodes(#[from] NoQuorum),
    /// The vault would refuse: the burn is released, payouts are paused, or the like.
    #[error("the vault would refuse: {0}")]
    WouldRevert(String),
    /// The price of gas is beyond what may be paid.
    #[error(transparent)]
    TooExpensive(#[from] TooExpensive),
    /// The call needs more gas than may be spent.
    #[error(transparent)]
    TooMuchGas(#[from] TooMuchGas),
    /// The key gave no signature that counts.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// No node took it.
    #[error("no node took the transaction; the last said: {0}")]
    NotTaken(String),
    /// Something signed under the slot's nonce could still be mined, or was mined and paid.
    #[error("a second nonce is not signed while the first is not surely dead")]
    StillAlive,
    /// More raises than are sensible.
    #[error("{ATTEMPTS_MAX} transactions were signed under one nonce")]
    TooManyAttempts,
    /// A slot of another burn, an empty one, a proposal to another vault, or too many signatures: a mistake of the caller.
    #[error("the submission does not belong here")]
    Misplaced,
}

/// Which nodes took a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its hash.
    pub tx: [u8; 32],
    /// Those that have it.
    pub by: Vec<String>,
    /// Those that do not, each with what it said.
    pub refused: Vec<(String, String)>,
}

/// Submits to one vault, with one key.
#[derive(Debug)]
pub struct Submitter {
    observer: Observer,
    signer: Arc<dyn TxSigner>,
    policy: FeePolicy,
    /// Nonces given to slots that the nodes may not know yet.
    taken: Mutex<BTreeSet<u64>>,
}

impl Submitter {
    /// Submits to the vault of `judge` by its nodes. `known` are the stored slots, whose nonces are not given away again;
    /// those that were settled long ago do no harm.
    #[must_use]
    pub fn new(judge: EvmDeposits, signer: Arc<dyn TxSigner>, policy: FeePolicy, known: &[Slot]) -> Self {
        let taken = known.iter().map(|slot| slot.nonce).collect();
        Self { observer: Observer::new(judge), signer, policy, taken: Mutex::new(taken) }
    }

    /// The account that pays.
    #[must_use]
    pub fn account(&self) -> Address {
        self.signer.address().into()
    }

    /// Signs a burn's first submission, under a nonce of its own. Nothing is sent.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub async fn first(&self, submission: &Submission) -> Result<Slot, SubmitError> {
        let (input, gas) = self.prepare(submission).await?;
        let fees = self.policy.first(self.market().await?)?;
        let nonce = self.take_nonce().await?;
        match self.call(nonce, gas, fees, input) {
            Ok(attempt) => Ok(Slot { ever_hash: submission.proposal.ever_hash, nonce, attempts: vec![attempt] }),
            Err(error) => {
                self.taken().remove(&nonce);
                Err(error)
            }
        }
    }

    /// Signs a submission again under another nonce: after one that was mined and did not pay, or whose nonce something
    /// else used up. Nothing is sent.
    ///
    /// # Errors
    /// [`SubmitError::StillAlive`] while the first could still take effect, and whatever [`Submitter::first`] gives.
    pub async fn again(&self, slot: &Slot, submission: &Submission) -> Result<Slot, SubmitError> {
        belongs(slot, submission)?;
        if !self.look(slot).await?.is_dead() {
            return Err(SubmitError::StillAlive);
        }
        self.first(submission).await
    }

    /// Signs under the same nonce with a higher fee, for a transaction that is not mined. It may carry more signatures than
    /// the ones before. Nothing is sent.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub async fn raise(&self, slot: &Slot, submission: &Submission) -> Result<Slot, SubmitError> {
        belongs(slot, submission)?;
        let last = slot.newest().ok_or(SubmitError::Misplaced)?;
        let (input, gas) = self.prepare(submission).await?;
        let fees = self.policy.raised(last.fees, self.market().await?)?;
        with(slot, self.call(slot.nonce, gas.max(last.gas), fees, input)?)
    }

    /// Signs something that does nothing under the same nonce with a higher fee: when the burn is paid by another's
    /// transaction and this one keeps later nonces waiting. Nothing is sent.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub async fn cancel(&self, slot: &Slot) -> Result<Slot, SubmitError> {
        let last = slot.newest().ok_or(SubmitError::Misplaced)?;
        let fees = self.policy.raised(last.fees, self.market().await?)?;
        let to = TxKind::Call(self.account());
        let tx = TxEip1559 { to, ..self.unsigned(slot.nonce, GAS_CANCEL, fees) };
        with(slot, sign(tx, true, self.signer.as_ref())?)
    }

    /// Hands a slot's newest transaction to all nodes. It can be done again at any time: after a restart, and when no node
    /// knows it any more.
    ///
    /// # Errors
    /// [`SubmitError::NotTaken`]: also when something under this nonce is mined, which [`Submitter::look`] tells.
    pub async fn send(&self, slot: &Slot) -> Result<Taken, SubmitError> {
        let attempt = slot.newest().ok_or(SubmitError::Misplaced)?;
        let hash = B256::from(attempt.hash);
        let answers = quorum::ask_all(&self.observer.judge.nodes, |node| node.send(&attempt.raw, hash)).await;
        let mut taken = Taken { tx: attempt.hash, by: Vec::new(), refused: Vec::new() };
        for (name, answer) in answers {
            match answer {
                Ok(()) => taken.by.push(name),
                Err(error) => taken.refused.push((name, error.to_string())),
            }
        }
        if taken.by.is_empty() {
            let last = taken.refused.pop().map(|(name, words)| format!("{name}: {words}"));
            return Err(SubmitError::NotTaken(last.unwrap_or_default()));
        }
        Ok(taken)
    }

    /// Where a slot stands.
    ///
    /// # Errors
    /// Too few nodes say the same.
    pub async fn look(&self, slot: &Slot) -> Result<Standing, NoQuorum> {
        super::look::look(&self.observer, self.account(), slot).await
    }

    /// The call and the gas for it.
    async fn prepare(&self, submission: &Submission) -> Result<(Bytes, u64), SubmitError> {
        let Submission { proposal, signatures } = submission;
        let vault = self.observer.judge.tokens.vault();
        if vault != proposal.contract || signatures.len() > SIGNATURES_MAX {
            return Err(SubmitError::Misplaced);
        }
        let input = Bytes::from(call::submit(proposal, signatures));
        let gas = self.estimate(vault, &input).await?;
        Ok((input, self.policy.gas(gas, signatures.len())?))
    }

    async fn estimate(&self, vault: Address, input: &Bytes) -> Result<u64, SubmitError> {
        let from = self.account();
        let answers = quorum::ask_all(&self.observer.judge.nodes, |node| node.gas(from, vault, input)).await;
        let reverts: Vec<String> = answers
            .iter()
            .filter_map(|(_, answer)| answer.as_ref().err().filter(|error| error.is_revert()))
            .map(words)
            .collect();
        match reverts.into_iter().nth(self.observer.judge.needed - 1) {
            Some(why) => Err(SubmitError::WouldRevert(why)),
            None => Ok(quorum::reached_by(answers, self.observer.judge.needed)?),
        }
    }

    async fn market(&self) -> Result<Market, NoQuorum> {
        let EvmDeposits { nodes, needed, .. } = &self.observer.judge;
        let price = quorum::reached(nodes, *needed, Node::gas_price).await?;
        let tip = quorum::reached(nodes, *needed, Node::gas_tip).await?;
        Ok(Market { price, tip })
    }

    /// The lowest nonce that neither the nodes nor any slot of ours uses.
    async fn take_nonce(&self) -> Result<u64, NoQuorum> {
        let account = self.account();
        let question = |node: &Node| {
            let node = node.clone();
            async move { node.pending_nonce(account).await }
        };
        let pending = quorum::reached(&self.observer.judge.nodes, self.observer.judge.needed, question).await?;
        let mut taken = self.taken();
        taken.retain(|nonce| nonce.saturating_add(REORG_MAX) >= pending);
        let nonce = (pending..).find(|nonce| !taken.contains(nonce)).unwrap_or(pending);
        taken.insert(nonce);
        Ok(nonce)
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, BTreeSet<u64>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(&self, nonce: u64, gas: u64, fees: Fees, input: Bytes) -> Result<Attempt, SubmitError> {
        let to = TxKind::Call(self.observer.judge.tokens.vault());
        let tx = TxEip1559 { to, input, ..self.unsigned(nonce, gas, fees) };
        Ok(sign(tx, false, self.signer.as_ref())?)
    }

    fn unsigned(&self, nonce: u64, gas: u64, fees: Fees) -> TxEip1559 {
        TxEip1559 {
            chain_id: self.observer.judge.config.chain_id,
            nonce,
            gas_limit: gas,
            max_fee_per_gas: fees.max,
            max_priority_fee_per_gas: fees.tip,
            ..TxEip1559::default()
        }
    }
}

fn belongs(slot: &Slot, submission: &Submission) -> Result<(), SubmitError> {
    if slot.ever_hash == submission.proposal.ever_hash { Ok(()) } else { Err(SubmitError::Misplaced) }
}

fn with(slot: &Slot, attempt: Attempt) -> Result<Slot, SubmitError> {
    if slot.attempts.len() >= ATTEMPTS_MAX {
        return Err(SubmitError::TooManyAttempts);
    }
    let mut slot = slot.clone();
    slot.attempts.push(attempt);
    Ok(slot)
}

/// What a node said, without what surrounds it.
fn words(error: &NodeError) -> String {
    match error {
        NodeError::Rpc(RpcError::Refused { message, .. }) => message.clone(),
        other => other.to_string(),
    }
}
