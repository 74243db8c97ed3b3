//! The serial task: the one place where the ledger changes.
//!
//! It takes everything that waits, applies it in order, writes it in one database transaction (group commit), and only
//! then answers. What always holds: an acknowledged item is on disk with the state after it; a refused one changed
//! nothing; when the write fails the ledger is put back and everybody of that group gets a fault. Where a batch ends (its
//! mark) is decided here, under the same lock, so that the state root at that very item is known and stored with it.

use crate::config::Config;
use crate::error::RunError;
use crate::shared::{Shared, State, ended};
use crate::submit::{Submission, SubmitError};
use everpay::{Action, BatchChange, Checked, Denied, EverHash, Refusal};
use std::iter::Peekable;
use std::sync::Arc;
use std::time::Duration;
use store::pool::{NewItem, NewMark, StateChange, TokenRow};
use tokio::sync::{mpsc, oneshot, watch};

/// Most submissions that one database transaction holds.
pub(crate) const GROUP_MAX: usize = 1024;
/// Submissions that may wait for the serial task.
pub(crate) const QUEUE_MAX: usize = 4096;
/// Bytes that an item costs in a batch body beside its data in base64.
const ITEM_FRAME_BYTES: u64 = 128;
/// Tries to find out what is on disk after a failed write.
const RECOVERY_TRIES: u32 = 10;

/// The batch that is being filled: items accepted since the last mark.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OpenBatch {
    pub(crate) items: u64,
    pub(crate) bytes: u64,
    /// When its first item was accepted, Unix ms.
    pub(crate) since_ms: u64,
}

/// Bounds of a batch.
#[derive(Debug, Clone, Copy)]
struct Caps {
    items: u64,
    bytes: u64,
    age_ms: u64,
}

pub(crate) struct Serial {
    shared: Arc<Shared>,
    queue: mpsc::Receiver<Submission>,
    open: OpenBatch,
    caps: Caps,
    nonce_window_ms: i64,
}

type Answer = oneshot::Sender<Result<(), SubmitError>>;

/// What one database transaction will hold.
#[derive(Default)]
struct Group {
    items: Vec<NewItem>,
    accepted: Vec<Answer>,
    refused: Vec<(Answer, Refusal)>,
}

impl Serial {
    pub(crate) fn new(
        shared: Arc<Shared>,
        queue: mpsc::Receiver<Submission>,
        open: OpenBatch,
        config: &Config,
    ) -> Self {
        let caps = Caps { items: config.cap_items, bytes: config.cap_bytes, age_ms: millis(config.seal_interval) };
        let nonce_window_ms = i64::try_from(config.nonce_window.as_millis()).unwrap_or(i64::MAX);
        Self { shared, queue, open, caps, nonce_window_ms }
    }

    /// Runs until `stop` says so, or until nobody can submit any more.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), RunError> {
        let mut waiting = Vec::with_capacity(GROUP_MAX);
        loop {
            let until_mark = self.until_mark();
            tokio::select! {
                biased;
                () = ended(&mut stop) => return Ok(()),
                () = tokio::time::sleep(until_mark), if self.open.items > 0 => self.commit(&mut std::iter::empty().peekable()).await?,
                taken = self.queue.recv_many(&mut waiting, GROUP_MAX) => {
                    if taken == 0 {
                        return Ok(());
                    }
                    let mut rest = waiting.drain(..).peekable();
                    while rest.peek().is_some() {
                        self.commit(&mut rest).await?;
                    }
                }
            }
        }
    }

    /// How long the open batch may stay open; at least a little, so that a clock that jumps cannot spin the loop.
    fn until_mark(&self) -> Duration {
        let age_ms = self.shared.now_ms().saturating_sub(self.open.since_ms);
        Duration::from_millis(self.caps.age_ms.saturating_sub(age_ms).max(1))
    }

    /// Takes submissions until the group is complete or the batch is full, and makes the result durable.
    async fn commit(&mut self, rest: &mut Peekable<impl Iterator<Item = Submission>>) -> Result<(), RunError> {
        let shared = Arc::clone(&self.shared);
        let now_ms = shared.now_ms();
        let mut state = shared.state.write().await;
        let mut open = self.open;
        state.ledger.begin_batch();
        let group = self.fill(&mut state, &mut open, rest, now_ms);
        let change = state.ledger.end_batch();
        let ever_hash = group.items.last().map(|item| EverHash::new(item.ever_hash)).or(state.ever_hash);
        let raw_id = state.raw_id + group.items.len() as u64;
        let mark = ever_hash.filter(|_| self.is_due(&open, rest.peek(), now_ms)).map(|ever_hash| NewMark {
            last_raw_id: raw_id,
            ever_hash: *ever_hash.as_bytes(),
            state_root: *change.root.as_bytes(),
            marked_ms: now_ms,
        });
        if group.items.is_empty() && mark.is_none() {
            drop(state);
            group.answer(Ok(()));
            return Ok(());
        }
        let stored = shared.pool.append(state.raw_id, &group.items, &state_change(&change), mark.as_ref()).await;
        if let Err(error) = stored {
            tracing::error!(%error, items = group.items.len(), "a group could not be written");
            let outcome = match state.ledger.revert(&change) {
                Ok(()) => self.recover(&state).await,
                Err(error) => Err(RunError::Bug(error.to_string())),
            };
            drop(state);
            group.answer(Err(SubmitError::NotStored));
            return outcome;
        }
        state.raw_id = raw_id;
        state.ever_hash = ever_hash;
        drop(state);
        self.open = if mark.is_some() { OpenBatch::default() } else { open };
        group.answer(Ok(()));
        if mark.is_some() {
            shared.marked.notify_one();
        }
        Ok(())
    }

    fn fill(
        &self,
        state: &mut State,
        open: &mut OpenBatch,
        rest: &mut Peekable<impl Iterator<Item = Submission>>,
        now_ms: u64,
    ) -> Group {
        let mut group = Group::default();
        while let Some(submission) = rest.next_if(|next| self.fits(open, next)) {
            let Submission { checked, tx_data, mint, answer } = submission;
            let judged =
                self.judge_nonce(&checked, now_ms).and_then(|()| state.ledger.apply(&checked, mint).map_err(refusal));
            match judged {
                Ok(_) => {
                    let item = new_item(&checked, tx_data, now_ms);
                    if open.items == 0 {
                        open.since_ms = now_ms;
                    }
                    open.items += 1;
                    open.bytes += body_bytes(item.tx_data.len());
                    group.items.push(item);
                    group.accepted.push(answer);
                }
                Err(refusal) => group.refused.push((answer, refusal)),
            }
        }
        group
    }

    /// Whether the open batch can take one more. An empty one always can.
    fn fits(&self, open: &OpenBatch, next: &Submission) -> bool {
        open.items == 0
            || (open.items < self.caps.items && open.bytes + body_bytes(next.tx_data.len()) <= self.caps.bytes)
    }

    /// Whether the batch ends here: by age, by count, or because the next one does not fit.
    fn is_due(&self, open: &OpenBatch, next: Option<&Submission>, now_ms: u64) -> bool {
        open.items > 0
            && (open.items >= self.caps.items
                || now_ms.saturating_sub(open.since_ms) >= self.caps.age_ms
                || next.is_some_and(|next| !self.fits(open, next)))
    }

    /// The coordinator's own rule: a nonce is the sender's clock, which must agree with ours. Detectors do not apply it.
    fn judge_nonce(&self, checked: &Checked, now_ms: u64) -> Result<(), Refusal> {
        let now = i64::try_from(now_ms).unwrap_or(i64::MAX);
        let away = checked.nonce.get().checked_sub(now).and_then(i64::checked_abs);
        if away.is_some_and(|away| away <= self.nonce_window_ms) { Ok(()) } else { Err(Refusal::InvalidNonce) }
    }

    /// After a failed write: goes on only when the disk certainly holds what memory was put back to.
    async fn recover(&self, state: &State) -> Result<(), RunError> {
        let mut pause = Duration::from_millis(50);
        let mut last = None;
        for _ in 0..RECOVERY_TRIES {
            match self.shared.pool.head().await {
                Ok(head) if head.raw_id == state.raw_id && head.state_root == *state.ledger.root().as_bytes() => {
                    return Ok(());
                }
                Ok(head) => {
                    return Err(RunError::Bug(format!(
                        "a write that failed left item {} on disk where item {} was expected",
                        head.raw_id, state.raw_id
                    )));
                }
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
        Err(last.map_or_else(|| RunError::Bug("no try to read the pool".to_owned()), RunError::PoolUnknown))
    }
}

impl Group {
    /// Answers everybody. Who was refused learns so only when the write went well: a refusal may rest on what the group
    /// changed before it.
    fn answer(self, accepted: Result<(), SubmitError>) {
        // An answer that nobody waits for any more is no fault: the item stays accepted.
        for answer in self.accepted {
            let _ = answer.send(accepted);
        }
        for (answer, refusal) in self.refused {
            let _ = answer.send(accepted.and(Err(SubmitError::Refused(refusal))));
        }
    }
}

fn refusal(denied: Denied) -> Refusal {
    match denied {
        Denied::Rejected(refusal) => refusal,
        // What no published rule decides is not accepted.
        Denied::Undecidable(_) => Refusal::InvalidAction,
    }
}

pub(crate) fn new_item(checked: &Checked, tx_data: Vec<u8>, now_ms: u64) -> NewItem {
    let mut listed = vec![checked.from.to_string()];
    if checked.action != Action::Burn && checked.to != checked.from {
        listed.push(checked.to.to_string());
    }
    NewItem {
        ever_hash: *checked.ever_hash.as_bytes(),
        tx_data,
        listed,
        token_tag: checked.tag.to_string(),
        action: checked.action.as_str().to_owned(),
        fingerprint: checked.fingerprint.as_ref().map(ToString::to_string),
        accepted_ms: now_ms,
    }
}

pub(crate) fn state_change(change: &BatchChange) -> StateChange {
    StateChange {
        root: *change.root.as_bytes(),
        accounts: change
            .accounts
            .iter()
            .map(|account| (account.id.to_string(), account.after.as_ref().map(everpay::Account::encode)))
            .collect(),
        tokens: change
            .tokens
            .iter()
            .filter_map(|token| Some((token, token.after.as_ref()?)))
            .map(|(token, after)| TokenRow {
                tag: token.tag.to_string(),
                place: token.index.get(),
                chain_id: after.chain_id.clone(),
                supply: after.supply.to_be_bytes(),
            })
            .collect(),
    }
}

/// Bytes of a body that an item with so much data takes.
pub(crate) fn body_bytes(data_len: usize) -> u64 {
    (data_len as u64).div_ceil(3) * 4 + ITEM_FRAME_BYTES
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
