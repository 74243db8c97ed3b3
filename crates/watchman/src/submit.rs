//! Submissions of one chain: their nonces on disk before anything is sent, one at a time.
//!
//! A burn has a slot, that is a nonce, for its payout, and may have had one for our own signature alone. What always holds: a
//! slot is durable before its transaction leaves; for one burn no second nonce is signed while the first could be mined, but
//! for one that was and may drop out of the chain again; a slot is kept until its nonce is used up for good, so that what is
//! offered too cheaply for a burn that somebody else paid is cancelled and keeps nothing waiting.

use crate::disk::{self, FileError};
use everpay::EverHash;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use vault::payload::Payload;
use vault::signature::VerifiedSignature;
use vault_evm::EvmDeposits;
use vault_evm::release::{
    Attempt, FeePolicy, Mined, Outcome, Slot, Standing, Submission, SubmitError, Submitter, TxSigner,
};

/// Most slots that are kept.
const SLOTS_MAX: usize = 10_000;

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSent {
    #[error(transparent)]
    Submit(#[from] SubmitError),
    #[error(transparent)]
    Nodes(#[from] vault_evm::NoQuorum),
    #[error("the file of submissions: {0}")]
    File(#[from] FileError),
    #[error("the file of submissions {} is damaged", path.display())]
    Damaged { path: PathBuf, source: serde_json::Error },
    #[error("{SLOTS_MAX} submissions are not settled")]
    TooMany,
}

/// What a slot is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Part {
    /// The payout.
    #[default]
    Whole,
    /// Our own signature, while others are missing.
    Own,
}

/// A slot as the file names it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Files of earlier versions name the payout's alone.
    #[serde(default)]
    part: Part,
    ever_hash: EverHash,
    nonce: u64,
    attempts: Vec<Attempt>,
}

type Slots = BTreeMap<(EverHash, Part), Slot>;

/// Submits to one vault. Clones share the slots.
#[derive(Debug, Clone)]
pub(crate) struct Desk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    submitter: Submitter,
    slots: Mutex<Slots>,
    /// Since when slots that are not needed are waited for.
    waited: Mutex<BTreeMap<(EverHash, Part), Instant>>,
}

impl Desk {
    /// Opens the slots of a chain in `path`. Blocks.
    pub(crate) fn open(
        path: &Path,
        judge: EvmDeposits,
        signer: Arc<dyn TxSigner>,
        fees: FeePolicy,
    ) -> Result<Self, NotSent> {
        let damaged = |source| NotSent::Damaged { path: path.to_owned(), source };
        let bytes = disk::read(path)?;
        let kept: Vec<Kept> = bytes.map_or(Ok(Vec::new()), |bytes| serde_json::from_slice(&bytes)).map_err(damaged)?;
        let slots = kept
            .into_iter()
            .map(|Kept { part, ever_hash, nonce, attempts }| ((ever_hash, part), Slot { ever_hash, nonce, attempts }));
        let slots: Slots = slots.collect();
        let known: Vec<Slot> = slots.values().cloned().collect();
        let submitter = Submitter::new(judge, signer, fees, &known);
        let (slots, waited) = (Mutex::new(slots), Mutex::default());
        Ok(Self(Arc::new(Inner { path: path.to_owned(), submitter, slots, waited })))
    }

    /// Gets a payout with these signatures to the chain's nodes, and says by which transaction. One that is under way is
    /// not doubled; our own signature that is on its way alone is replaced by the payout.
    pub(crate) async fn submit(&self, payload: &Payload, signatures: &[VerifiedSignature]) -> Result<String, NotSent> {
        let (submission, submitter) = (submission(payload, signatures), &self.0.submitter);
        let hash = submission.proposal.ever_hash;
        let mut slots = self.0.slots.lock().await;
        let slot = if let Some(slot) = slots.get(&(hash, Part::Whole)) {
            match submitter.look(slot).await? {
                Standing::Waiting { tx } => return Ok(hex(&tx)),
                Standing::Mined(Mined { tx, outcome: Outcome::Paid, .. }) => return Ok(hex(&tx)),
                // It never left, or fell out of all pools: the same bytes again.
                Standing::Unknown => slot.clone(),
                _ => submitter.again(slot, &submission).await?,
            }
        } else if let Some(own) = slots.get(&(hash, Part::Own)) {
            match submitter.look(own).await? {
                Standing::Mined(Mined { tx, outcome: Outcome::Paid, .. }) => return Ok(hex(&tx)),
                Standing::Waiting { .. } | Standing::Unknown => {
                    let raised = submitter.raise(own, &submission).await?;
                    slots.remove(&(hash, Part::Own));
                    raised
                }
                // It was counted: what is missing goes under a nonce of its own.
                _ => submitter.first(&submission).await?,
            }
        } else {
            submitter.first(&submission).await?
        };
        self.keep_and_send(&mut slots, Part::Whole, slot).await
    }

    /// Gets our own signature of a payout to the chain, so that it counts there. Nothing is done when it, or the payout, is
    /// on its way or arrived.
    pub(crate) async fn submit_own(&self, payload: &Payload, own: &VerifiedSignature) -> Result<(), NotSent> {
        let submission = submission(payload, std::slice::from_ref(own));
        let (hash, submitter) = (submission.proposal.ever_hash, &self.0.submitter);
        let mut slots = self.0.slots.lock().await;
        if slots.contains_key(&(hash, Part::Whole)) {
            return Ok(());
        }
        let slot = match slots.get(&(hash, Part::Own)) {
            None => submitter.first(&submission).await?,
            Some(slot) => match submitter.look(slot).await? {
                Standing::Unknown => slot.clone(),
                Standing::Waiting { .. } => return Ok(()),
                Standing::Mined(Mined { outcome: Outcome::Counted | Outcome::Paid, .. }) => return Ok(()),
                _ => submitter.again(slot, &submission).await?,
            },
        };
        self.keep_and_send(&mut slots, Part::Own, slot).await.map(drop)
    }

    /// Sends a payout again with a higher fee, if it waits; `None` when nothing of it is waiting.
    pub(crate) async fn raise(
        &self,
        payload: &Payload,
        signatures: &[VerifiedSignature],
    ) -> Result<Option<String>, NotSent> {
        let submission = submission(payload, signatures);
        let mut slots = self.0.slots.lock().await;
        let Some(slot) = slots.get(&(submission.proposal.ever_hash, Part::Whole)) else { return Ok(None) };
        if !matches!(self.0.submitter.look(slot).await?, Standing::Waiting { .. } | Standing::Unknown) {
            return Ok(None);
        }
        let slot = self.0.submitter.raise(slot, &submission).await?;
        self.keep_and_send(&mut slots, Part::Whole, slot).await.map(Some)
    }

    /// The burns that have slots; none while a submission is under way.
    pub(crate) fn burns(&self) -> BTreeSet<EverHash> {
        self.0.slots.try_lock().map_or_else(|_| BTreeSet::new(), |slots| slots.keys().map(|(hash, _)| *hash).collect())
    }

    /// Frees the nonces of a burn that needs no submission any more: slots whose nonce is used up for good are dropped, and
    /// what waits for longer than `patience` is replaced by something that does nothing, ever dearer within the fees' bound.
    pub(crate) async fn clear(&self, ever_hash: EverHash, patience: Duration) -> Result<(), NotSent> {
        let mut slots = self.0.slots.lock().await;
        for part in [Part::Whole, Part::Own] {
            let Some(slot) = slots.get(&(ever_hash, part)).cloned() else { continue };
            match self.0.submitter.look(&slot).await? {
                Standing::Mined(Mined { settled: true, .. }) | Standing::Replaced { settled: true } => {
                    slots.remove(&(ever_hash, part));
                    self.0.waited.lock().await.remove(&(ever_hash, part));
                    self.keep(&slots)?;
                }
                Standing::Mined(_) | Standing::Replaced { .. } => {}
                Standing::Waiting { .. } | Standing::Unknown => {
                    if self.is_overdue((ever_hash, part), patience).await {
                        let cancelled = self.0.submitter.cancel(&slot).await?;
                        self.keep_and_send(&mut slots, part, cancelled).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a slot was waited for so long; then the wait begins anew.
    async fn is_overdue(&self, key: (EverHash, Part), patience: Duration) -> bool {
        let (mut waited, now) = (self.0.waited.lock().await, Instant::now());
        let since = *waited.entry(key).or_insert(now);
        let is_overdue = now.saturating_duration_since(since) >= patience;
        if is_overdue {
            waited.insert(key, now);
        }
        is_overdue
    }

    async fn keep_and_send(&self, slots: &mut Slots, part: Part, slot: Slot) -> Result<String, NotSent> {
        if slots.len() >= SLOTS_MAX && !slots.contains_key(&(slot.ever_hash, part)) {
            return Err(NotSent::TooMany);
        }
        slots.insert((slot.ever_hash, part), slot.clone());
        self.keep(slots)?;
        let taken = self.0.submitter.send(&slot).await?;
        Ok(hex(&taken.tx))
    }

    fn keep(&self, slots: &Slots) -> Result<(), NotSent> {
        let all = slots.iter().map(|((ever_hash, part), slot)| Kept {
            part: *part,
            ever_hash: *ever_hash,
            nonce: slot.nonce,
            attempts: slot.attempts.clone(),
        });
        let bytes = serde_json::to_vec(&all.collect::<Vec<_>>()).expect("plain data");
        Ok(disk::replace(&self.0.path, &bytes)?)
    }
}

fn submission(payload: &Payload, signatures: &[VerifiedSignature]) -> Submission {
    let Payload::Evm(evm) = payload;
    Submission { proposal: evm.proposal().clone(), signatures: signatures.iter().map(|one| *one.bytes()).collect() }
}

fn hex(hash: &[u8; 32]) -> String {
    crypto::hexs::encode0x(hash)
}
