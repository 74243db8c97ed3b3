//! Posting mints: one deposit at a time by hand, all that are due by the bot.
//!
//! What always holds: a mint is judged by this machine's own nodes before it leaves; what the coordinator answers is noted
//! before the next try; a kill between the two leads to one more post, which the coordinator answers as minted. The pauses
//! between tries grow and are bounded; a deposit that fails does not hold up the others.

use super::coordinator::Answer;
use super::gather::token_key;
use super::inner::Core;
use super::model::{DepositState, PostError, Posted, Trouble, WatchNotice};
use crate::node::ChainTx;
use alloy::primitives::B256;
use futures::StreamExt;
use oracle::{CheckPoint, MintFinding, SourceChain};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::sqlite::StoreError;
use store::vault::{Deposit, MintNote, MintState};

/// Mints that are on their way at the same time.
const POST_TOGETHER: usize = 4;
/// Rows that are looked at together.
const PAGE: u32 = 64;
const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);

impl Core {
    /// Posts the mint of the deposit that a transaction and a token name.
    pub(super) async fn post_named(&self, tx: &str, token_id: &str) -> Result<Posted, PostError> {
        let hash = crypto::hexs::decode_array::<32>(tx).map_err(|_| PostError::NotFound)?;
        let key = token_key(super::inner::contract(token_id).ok_or(PostError::NotFound)?);
        let deposit = self.store.deposit(&self.chain, &hash, &key).await?.ok_or(PostError::NotFound)?;
        match self.standing(&deposit).state {
            DepositState::Stranded => {
                return Err(PostError::Stranded(deposit.found.stranded.unwrap_or_default()));
            }
            DepositState::Seen | DepositState::Dropped => return Err(PostError::NotReady),
            DepositState::Posted | DepositState::Minted => return already(&deposit),
            DepositState::Ready | DepositState::Refused => {}
        }
        self.post(&deposit).await
    }

    /// Makes, judges and posts a mint, and notes what became of it.
    async fn post(&self, deposit: &Deposit) -> Result<Posted, PostError> {
        let coordinator = self.coordinator.as_ref().ok_or(PostError::NoCoordinator)?;
        let (account, token, amount) = self.credit(deposit).ok_or(PostError::NotFound)?;
        let tx = self.transaction(B256::from(deposit.found.tx)).await?;
        let draft = match self.minter.mint(&tx, token, account, amount) {
            Ok(draft) => draft,
            Err(rejected) => return self.refused(deposit, rejected.refusal.code().to_owned()).await,
        };
        match self.judge.check(&draft, CheckPoint::Now).await {
            Ok(MintFinding::Verified { .. }) => {}
            // The chain changed since it was read; the next look at it says how.
            Ok(MintFinding::Refuted { .. }) => return Err(PostError::NotReady),
            Ok(MintFinding::NotCheckable { .. }) => return Err(PostError::NotFound),
            Err(fault) => return Err(PostError::Unreachable(fault.to_string())),
        }
        // One key signs them all, so they must arrive in the order of their nonces; judging took its time.
        let _turn = self.minter.turn().await;
        let mint = match self.minter.mint(&tx, token, account, amount) {
            Ok(mint) => mint,
            Err(rejected) => return self.refused(deposit, rejected.refusal.code().to_owned()).await,
        };
        let ever_hash = *mint.ever_hash.as_bytes();
        match coordinator.post(&mint.tx).await {
            Answer::Accepted => {
                self.note(deposit, MintState::Posted, Some(ever_hash), None).await?;
                Ok(Posted { ever_hash: mint.ever_hash.to_string() })
            }
            Answer::Minted => {
                self.note(deposit, MintState::Minted, None, None).await?;
                already(deposit)
            }
            Answer::Refused(code) => self.refused(deposit, code).await,
            Answer::Later(code) => {
                self.note(deposit, MintState::None, None, Some(code.clone())).await?;
                Err(PostError::Unreachable(code))
            }
            Answer::Silent(why) => {
                self.shared.trouble(Some(Trouble { code: COORDINATOR_SILENT, subject: why.clone() }));
                Err(PostError::Unreachable(why))
            }
        }
    }

    async fn refused(&self, deposit: &Deposit, code: String) -> Result<Posted, PostError> {
        self.note(deposit, MintState::Refused, None, Some(code.clone())).await?;
        Err(PostError::Refused(code))
    }

    async fn note(
        &self,
        deposit: &Deposit,
        state: MintState,
        ever_hash: Option<[u8; 32]>,
        code: Option<String>,
    ) -> Result<(), StoreError> {
        let note = MintNote { state, ever_hash, code };
        if note != deposit.mint {
            self.store.note_mint(deposit.id, &note).await?;
            self.shared.tell(WatchNotice::Deposits);
        }
        Ok(())
    }

    /// The transaction from the first node that has it: its hash proves it.
    async fn transaction(&self, hash: B256) -> Result<ChainTx, PostError> {
        let mut last = String::from("no node has the transaction");
        for node in self.judge.nodes() {
            match node.transaction(hash).await {
                Ok(Some(tx)) => return Ok(tx),
                Ok(None) => {}
                Err(error) => last = format!("{}: {error}", node.name()),
            }
        }
        Err(PostError::Unreachable(last))
    }

    /// Posts the mints of all deposits that are deep enough and due.
    pub(super) async fn post_due(&self, tries: &mut Tries) -> Result<(), StoreError> {
        let (Some(up_to), false) = (self.ready_up_to(), tries.rests()) else { return Ok(()) };
        let mut after = 0;
        loop {
            let page = self.store.unminted(&self.chain, up_to, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            let due: Vec<Deposit> = page.into_iter().filter(|deposit| tries.is_due(deposit.id)).collect();
            let posted: Vec<(u64, Result<Posted, PostError>)> = futures::stream::iter(due)
                .map(|deposit| async move { (deposit.id, self.post(&deposit).await) })
                .buffer_unordered(POST_TOGETHER)
                .collect()
                .await;
            let mut silent = false;
            for (id, outcome) in posted {
                silent |= matches!(outcome, Err(PostError::Unreachable(_)));
                tries.settle(id, outcome)?;
            }
            if silent {
                tries.rest();
                return Ok(());
            }
        }
        tries.go_on();
        if self.shared.state().trouble.is_some_and(|trouble| trouble.code == COORDINATOR_SILENT) {
            self.shared.trouble(None);
        }
        Ok(())
    }
}

/// Code of the trouble that posting may meet.
pub(super) const COORDINATOR_SILENT: &str = "coordinatorSilent";

/// What a deposit comes to whose mint needs no post any more.
fn already(deposit: &Deposit) -> Result<Posted, PostError> {
    match deposit.mint.ever_hash {
        Some(hash) => Ok(Posted { ever_hash: crypto::hexs::encode0x(&hash) }),
        None => Err(PostError::Refused("err_tx_minted".to_owned())),
    }
}

/// How often something failed, and until when it rests.
#[derive(Debug, Clone, Copy)]
struct Pause {
    failed: u32,
    until: Instant,
}

impl Pause {
    fn after(failed: u32) -> Self {
        let pause = PAUSE_MIN.saturating_mul(1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX));
        Self { failed, until: Instant::now() + pause.min(PAUSE_MAX) }
    }

    fn is_over(&self) -> bool {
        self.until <= Instant::now()
    }
}

/// What was tried in vain: deposit by deposit, and the posting as a whole.
#[derive(Debug, Default)]
pub(super) struct Tries {
    deposits: HashMap<u64, Pause>,
    all: Option<Pause>,
}

impl Tries {
    fn is_due(&self, deposit: u64) -> bool {
        self.deposits.get(&deposit).is_none_or(Pause::is_over)
    }

    fn rests(&self) -> bool {
        self.all.is_some_and(|pause| !pause.is_over())
    }

    fn rest(&mut self) {
        self.all = Some(Pause::after(self.all.map_or(0, |pause| pause.failed) + 1));
    }

    fn go_on(&mut self) {
        self.all = None;
    }

    /// A fault of the store is handed on; everything else is shown on the deposit, or tried again.
    fn settle(&mut self, deposit: u64, outcome: Result<Posted, PostError>) -> Result<(), StoreError> {
        match outcome {
            Ok(_) | Err(PostError::Refused(_)) => {
                self.deposits.remove(&deposit);
            }
            Err(PostError::Store(fault)) => return Err(fault),
            Err(why) => {
                tracing::debug!(deposit, %why, "a mint was not posted");
                let failed = self.deposits.get(&deposit).map_or(0, |pause| pause.failed) + 1;
                self.deposits.insert(deposit, Pause::after(failed));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        let pause = |failed| Pause::after(failed).until.saturating_duration_since(Instant::now());
        assert!(pause(1) <= PAUSE_MIN && pause(3) > PAUSE_MIN * 3);
        assert!(pause(7) <= PAUSE_MAX && pause(u32::MAX) <= PAUSE_MAX && pause(u32::MAX) > PAUSE_MAX / 2);
    }
}
