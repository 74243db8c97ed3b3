//! Replay without a network: batches whose bytes are at hand already, from an export or in a benchmark. The same path as
//! from gateways behind the fetching; every batch counts as deep, and mints as not checkable.

use crate::engine::Engine;
use crate::error::DetectorError;
use crate::head::{Head, Shared};
use crate::model::HeadStatus;
pub use crate::prepare::Fetched;
use crate::service::now_ms;
use arweave::Address;
use everpay::{Ledger, Rules};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::ledger::LedgerStore;
use store::sqlite::StoreError;
use tokio::task::JoinHandle;

/// Batches prepared ahead of the one being judged: enough that a checkpoint of the database leaves no core idle.
const PREPARE_AHEAD: usize = 4;

/// Replays `batches` into an empty database from their bytes to rest, and returns where that led.
///
/// # Errors
/// The database fails.
pub async fn replay(
    store: &LedgerStore,
    rules: Rules,
    owner: Address,
    batches: impl IntoIterator<Item = Fetched>,
) -> Result<HeadStatus, DetectorError> {
    let head = Head::new(Some(Ledger::new(rules)));
    let engine = Engine::new(Arc::new(Shared::new(head)), store.clone(), owner);
    let preparing = futures::stream::iter(batches)
        .map(|batch| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.prepare(batch).await })
        })
        .buffered(PREPARE_AHEAD);
    futures::pin_mut!(preparing);
    let mut settling: Option<JoinHandle<Result<(), StoreError>>> = None;
    while let Some(prepared) = preparing.next().await {
        let prepared = prepared.expect("preparing neither panics nor is cancelled");
        engine.judge(prepared, BTreeMap::new(), now_ms()).await;
        settled(settling.take()).await?;
        let engine = engine.clone();
        settling = Some(tokio::spawn(async move { engine.settle_oldest().await }));
    }
    settled(settling).await?;
    Ok(engine.shared.read(|head| head.status.clone()))
}

/// Waits for the batch that is coming to rest while the next one is judged.
async fn settled(settling: Option<JoinHandle<Result<(), StoreError>>>) -> Result<(), StoreError> {
    match settling {
        Some(settling) => settling.await.expect("settling neither panics nor is cancelled"),
        None => Ok(()),
    }
}
