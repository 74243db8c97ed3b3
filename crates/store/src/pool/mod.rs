//! The coordinator's pool on disk: acknowledged items, the state after them, batch marks and signed batches.
//!
//! The coordinator calls it; it knows neither the ledger's rules nor the batch format: hashes and ids are 32 bytes,
//! accounts, tags and bodies are what the caller says. What always holds: an append is one transaction with the items,
//! their listing, the state changes, the head and, if there is one, the mark; raw ids run from 1 without a gap; a signed
//! batch is on disk before anybody else can have seen it; marks are confirmed in order. Nothing is ever deleted but the
//! bodies of settled batches, which can be built again from the items, and payouts whose block dropped out of its chain.

mod batches;
mod items;
mod payouts;
mod rows;
mod state;

pub use batches::MAX_LIVE;
pub use payouts::NewPayout;
pub use rows::{
    Confirmed, Filter, Head, Item, Mark, NewItem, NewMark, NewSeal, Order, Packaged, Seal, SealState, StateChange,
    TokenRow,
};

use crate::sqlite::{self, StoreError};
use sqlx::SqlitePool;
use std::path::Path;

/// Connections that answer queries beside the writer.
const READERS: u32 = 4;

/// An open pool. Cloning shares the connections.
#[derive(Debug, Clone)]
pub struct Pool {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Pool {
    /// Opens or creates the pool in `path` and brings its tables up to date.
    ///
    /// # Errors
    /// The file cannot be opened, or it was written by a newer version of this program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = sqlite::open(path).await?;
        sqlx::migrate!("migrations/pool").run(&writer).await?;
        let readers = sqlite::open_readers(path, READERS).await?;
        Ok(Self { writer, readers })
    }

    /// Writes the log back into the file and closes all connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
