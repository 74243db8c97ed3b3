//! Submissions of one chain: their nonces on disk before anything is sent, one at a time.
//!
//! What always holds: a slot is durable before its transaction leaves; for one burn no second nonce is signed while the first
//! could still be mined (`vault_evm::release::Submitter`). Slots of burns that are settled are dropped.

use crate::disk::{self, FileError};
use everpay::EverHash;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use vault::payload::Payload;
use vault::signature::VerifiedSignature;
use vault_evm::EvmDeposits;
use vault_evm::release::{FeePolicy, Mined, Outcome, Slot, Standing, Submission, SubmitError, Submitter, TxSigner};

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
}

/// Submits to one vault. Clones share the slots.
#[derive(Debug, Clone)]
pub(crate) struct Desk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    submitter: Submitter,
    slots: Mutex<BTreeMap<EverHash, Slot>>,
}

impl Desk {
    /// Opens the slots of a chain in `path`. Those of burns that are not `open` any more are forgotten. Blocks.
    pub(crate) fn open(
        path: &Path,
        judge: EvmDeposits,
        signer: Arc<dyn TxSigner>,
        fees: FeePolicy,
        open: impl Fn(&EverHash) -> bool,
    ) -> Result<Self, NotSent> {
        let damaged = |source| NotSent::Damaged { path: path.to_owned(), source };
        let bytes = disk::read(path)?;
        let slots: Vec<Slot> = bytes.map_or(Ok(Vec::new()), |bytes| serde_json::from_slice(&bytes)).map_err(damaged)?;
        let slots: BTreeMap<_, _> = slots.into_iter().map(|slot| (slot.ever_hash, slot)).collect();
        let known: Vec<Slot> = slots.values().cloned().collect();
        let slots = slots.into_iter().filter(|(hash, _)| open(hash)).collect();
        let submitter = Submitter::new(judge, signer, fees, &known);
        Ok(Self(Arc::new(Inner { path: path.to_owned(), submitter, slots: Mutex::new(slots) })))
    }

    /// Gets a payout with these signatures to the chain's nodes, and says by which transaction. One that is under way is
    /// not doubled.
    pub(crate) async fn submit(&self, payload: &Payload, signatures: &[VerifiedSignature]) -> Result<String, NotSent> {
        let submission = submission(payload, signatures);
        let mut slots = self.0.slots.lock().await;
        let known = slots.get(&submission.proposal.ever_hash);
        let slot = match known {
            None => self.0.submitter.first(&submission).await?,
            Some(slot) => match self.0.submitter.look(slot).await? {
                Standing::Waiting { tx } => return Ok(hex(&tx)),
                Standing::Mined(Mined { tx, outcome: Outcome::Paid, .. }) => return Ok(hex(&tx)),
                // It never left, or fell out of all pools: the same bytes again.
                Standing::Unknown => slot.clone(),
                _ => self.0.submitter.again(slot, &submission).await?,
            },
        };
        self.keep_and_send(&mut slots, slot).await
    }

    /// The same with a higher fee, if it waits; `None` when nothing of it is waiting.
    pub(crate) async fn raise(
        &self,
        payload: &Payload,
        signatures: &[VerifiedSignature],
    ) -> Result<Option<String>, NotSent> {
        let submission = submission(payload, signatures);
        let mut slots = self.0.slots.lock().await;
        let Some(slot) = slots.get(&submission.proposal.ever_hash) else { return Ok(None) };
        if !matches!(self.0.submitter.look(slot).await?, Standing::Waiting { .. } | Standing::Unknown) {
            return Ok(None);
        }
        let slot = self.0.submitter.raise(slot, &submission).await?;
        self.keep_and_send(&mut slots, slot).await.map(Some)
    }

    async fn keep_and_send(&self, slots: &mut BTreeMap<EverHash, Slot>, slot: Slot) -> Result<String, NotSent> {
        slots.insert(slot.ever_hash, slot.clone());
        let all: Vec<Slot> = slots.values().cloned().collect();
        let bytes = serde_json::to_vec(&all).expect("plain data");
        disk::replace(&self.0.path, &bytes)?;
        let taken = self.0.submitter.send(&slot).await?;
        Ok(hex(&taken.tx))
    }

    /// Forgets the slots of burns that are not open any more; the file follows with the next submission. While one is under
    /// way nothing is forgotten.
    pub(crate) fn prune(&self, open: impl Fn(&EverHash) -> bool) {
        if let Ok(mut slots) = self.0.slots.try_lock() {
            slots.retain(|hash, _| open(hash));
        }
    }
}

fn submission(payload: &Payload, signatures: &[VerifiedSignature]) -> Submission {
    let Payload::Evm(evm) = payload;
    Submission { proposal: evm.proposal().clone(), signatures: signatures.iter().map(|one| *one.bytes()).collect() }
}

fn hex(hash: &[u8; 32]) -> String {
    crypto::hexs::encode0x(hash)
}
