//! The read side of a watcher, and posting by hand: a cheap handle that any number of readers may hold.

use super::inner::Core;
use super::model::{DepositFilter, DepositPage, PostError, Posted, WatchNotice, WatchState};
use std::sync::Arc;
use store::sqlite::StoreError;
use store::vault::Listing;
use tokio::sync::broadcast;

/// Rows of one page at most.
const PAGE_MAX: u32 = 200;

/// The read handle. Clones are cheap and see the same watcher.
#[derive(Debug, Clone)]
pub struct WatchView {
    core: Arc<Core>,
}

impl WatchView {
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Where the watcher stands.
    #[must_use]
    pub fn state(&self) -> WatchState {
        self.core.shared.state()
    }

    /// Deposits, newest first, older than row `before`; at most `limit` of them (1 to 200).
    ///
    /// # Errors
    /// The store fails or is damaged.
    pub async fn deposits(
        &self,
        filter: DepositFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<DepositPage, StoreError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let account = filter.account.map(|account| account.to_string());
        // One more than is shown tells whether there is a next page.
        let listing = Listing { account, stranded: filter.stranded, before, limit: limit + 1 };
        let mut rows = self.core.store.deposits(&self.core.chain, &listing).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let rows = rows.into_iter().map(|row| self.core.info(row)).collect::<Result<Vec<_>, _>>()?;
        let next = rows.last().filter(|_| more).map(|row| row.id);
        Ok(DepositPage { rows, next })
    }

    /// Posts the mint of a deposit by hand. Anybody may do that for any deposit, as often as they like: it mints once.
    ///
    /// # Errors
    /// [`PostError`].
    pub async fn post(&self, tx: &str, token_id: &str) -> Result<Posted, PostError> {
        self.core.post_named(tx, token_id).await
    }

    /// Hints that something changed. A reader that is slow misses some.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<WatchNotice> {
        self.core.shared.subscribe()
    }
}
