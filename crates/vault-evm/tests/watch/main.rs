//! The deposit watcher against a real chain (anvil) with a real vault.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../place/mod.rs"]
mod place;

mod back_fill;
mod nodes;
mod posting;
mod reorganisations;
mod what_comes_in;

use alloy::primitives::B256;
use oracle::network::Finality;
use place::{CHAIN, NEEDED, Place, config};
use std::path::Path;
use std::time::Duration;
use store::vault::VaultStore;
use tempfile::TempDir;
use vault_evm::watch::{DepositFilter, DepositInfo, DepositState, WatchConfig, Watcher};

/// A watcher with a store of its own.
pub(crate) struct Bot {
    pub(crate) watcher: Watcher,
    pub(crate) folder: TempDir,
}

pub(crate) fn watch_config(place: &Place, urls: &[&str]) -> WatchConfig {
    WatchConfig {
        chain: CHAIN.to_owned(),
        evm: config(urls, Finality::Count),
        confirmations: NEEDED,
        rules: place.rules.clone(),
        coordinator: None,
        post: false,
        poll: Duration::from_millis(50),
    }
}

pub(crate) async fn open(config: WatchConfig, folder: &Path) -> Watcher {
    let store = VaultStore::open(&folder.join("vault.db")).await.unwrap();
    Watcher::open(config, store).await.unwrap()
}

impl Bot {
    pub(crate) async fn new(place: &Place) -> Self {
        Self::with(watch_config(place, &[&place.url])).await
    }

    pub(crate) async fn with(config: WatchConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { watcher: open(config, folder.path()).await, folder }
    }

    /// Reads up to the tip; all rows, oldest first.
    pub(crate) async fn rows(&mut self) -> Vec<DepositInfo> {
        self.watcher.once().await.unwrap();
        rows(&self.watcher).await
    }

    /// The one row of a transaction.
    pub(crate) async fn row(&mut self, tx: B256) -> DepositInfo {
        let mut rows = self.rows().await;
        rows.retain(|row| row.tx == tx.to_string());
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }
}

/// All rows, oldest first.
pub(crate) async fn rows(watcher: &Watcher) -> Vec<DepositInfo> {
    let (view, mut before, mut rows) = (watcher.view(), None, Vec::new());
    loop {
        let page = view.deposits(DepositFilter::default(), before, 7).await.unwrap();
        rows.extend(page.rows);
        before = page.next;
        if before.is_none() {
            rows.reverse();
            return rows;
        }
    }
}

pub(crate) fn brief(row: &DepositInfo) -> (String, Option<String>, u64, DepositState) {
    (row.tx.clone(), row.symbol.clone(), row.block, row.state)
}
