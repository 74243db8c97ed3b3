//! What the tasks of one coordinator share.

use crate::cheat::Early;
use crate::config::Clock;
use crate::load::UNKNOWN_ROOT;
use crate::submit::Submission;
use arweave::{Address, ArweaveId};
use everpay::info::Checkpoint;
use everpay::{Checker, EverHash, Ledger, RootChain, Rules, StateRoot};
use oracle::Oracle;
use std::sync::{Arc, PoisonError, RwLock};
use store::pool::Pool;
use store::sqlite::StoreError;
use tokio::sync::{Notify, Semaphore, mpsc, watch};

/// How many of the newest batches are published with their state roots.
pub(crate) const CHECKPOINTS: u32 = 32;

/// Everything that more than one task uses.
pub(crate) struct Shared {
    pub(crate) rules: Rules,
    pub(crate) owner: Address,
    pub(crate) pool: Pool,
    pub(crate) checker: Checker,
    pub(crate) oracle: Oracle,
    pub(crate) clock: Clock,
    /// The real-time ledger with its position. The serial task holds the write side from the first change until the
    /// change is on disk, so that nobody reads what may still be undone.
    pub(crate) state: tokio::sync::RwLock<State>,
    /// Into the serial task.
    pub(crate) queue: mpsc::Sender<Submission>,
    /// Rung when a batch was closed.
    pub(crate) marked: Notify,
    /// Signature checks at the same time.
    pub(crate) check_places: Arc<Semaphore>,
    /// Questions to source chains at the same time.
    pub(crate) mint_places: Arc<Semaphore>,
    /// Only with the cheat F4-hasten.
    pub(crate) early: Option<Early>,
    published: RwLock<Arc<Published>>,
}

/// The ledger and where it stands.
pub(crate) struct State {
    pub(crate) ledger: Ledger,
    pub(crate) raw_id: u64,
    pub(crate) ever_hash: Option<EverHash>,
}

/// What the packager lets the API say about batches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Published {
    /// Rolling roots over what is packaged.
    pub(crate) roots: RootChain,
    /// Last packaged raw id and its everHash.
    pub(crate) packaged: Option<(u64, EverHash)>,
    /// State root at the last packaged item.
    pub(crate) packaged_root: Option<StateRoot>,
    /// The newest batch, confirmed or not, and its parent.
    pub(crate) newest: Option<ArweaveId>,
    /// The newest confirmed batch.
    pub(crate) confirmed: Option<ArweaveId>,
    /// Raw id of the last item in the newest batch.
    pub(crate) sealed: u64,
    /// Newest batches, oldest first.
    pub(crate) checkpoints: Vec<Checkpoint>,
}

/// The parts that [`Shared`] is made of.
pub(crate) struct Parts {
    pub(crate) rules: Rules,
    pub(crate) owner: Address,
    pub(crate) pool: Pool,
    pub(crate) oracle: Oracle,
    pub(crate) clock: Clock,
    pub(crate) state: State,
    pub(crate) queue: mpsc::Sender<Submission>,
    pub(crate) early: Option<Early>,
}

/// Questions to source chains under way at the same time; more wait.
const MINT_CHECKS_MAX: usize = 16;

impl Shared {
    pub(crate) fn new(parts: Parts) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            checker: Checker::new().with_pay_owner(&parts.rules.owner),
            rules: parts.rules,
            owner: parts.owner,
            pool: parts.pool,
            oracle: parts.oracle,
            clock: parts.clock,
            state: tokio::sync::RwLock::new(parts.state),
            queue: parts.queue,
            marked: Notify::new(),
            check_places: Arc::new(Semaphore::new(cores)),
            mint_places: Arc::new(Semaphore::new(MINT_CHECKS_MAX)),
            early: parts.early,
            published: RwLock::default(),
        }
    }

    pub(crate) fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// What the API may say about batches, as of the last change.
    pub(crate) fn published(&self) -> Arc<Published> {
        Arc::clone(&self.published.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads from the pool what the API may say about batches, after something about them changed.
    pub(crate) async fn publish(&self) -> Result<(), StoreError> {
        let fresh = Arc::new(Published::read(&self.pool).await?);
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

impl Published {
    async fn read(pool: &Pool) -> Result<Self, StoreError> {
        let mut published = Self::default();
        if let Some(mark) = pool.last_confirmed().await?
            && let Some(confirmed) = &mark.confirmed
        {
            published.roots = RootChain::resume(Some(confirmed.root_hash), Some(confirmed.ever_root_hash));
            published.packaged = Some((mark.last_raw_id, EverHash::new(mark.ever_hash)));
            published.packaged_root = (mark.state_root != UNKNOWN_ROOT).then(|| StateRoot::new(mark.state_root));
            published.confirmed = Some(ArweaveId::from_bytes(confirmed.batch_id));
        }
        let mut newest = pool.newest_batches(CHECKPOINTS).await?;
        newest.reverse();
        if let Some((id, mark)) = newest.last() {
            published.newest = Some(ArweaveId::from_bytes(*id));
            published.sealed = mark.last_raw_id;
        }
        published.checkpoints = newest
            .iter()
            .filter(|(_, mark)| mark.state_root != UNKNOWN_ROOT)
            .map(|(id, mark)| Checkpoint {
                batch: ArweaveId::from_bytes(*id).to_string(),
                raw_id: mark.last_raw_id,
                ever_hash: Some(EverHash::new(mark.ever_hash)),
                state_root: StateRoot::new(mark.state_root),
            })
            .collect();
        Ok(published)
    }
}

/// Waits until this part is to end; also when nobody is left who could say so.
pub(crate) async fn ended(end: &mut watch::Receiver<bool>) {
    let _ = end.wait_for(|ended| *ended).await;
}
