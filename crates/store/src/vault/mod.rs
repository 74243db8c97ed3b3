//! What the watchers of lock contracts know, on disk: deposits by chain, and the blocks that this knowledge rests on.
//!
//! A watcher calls it; it knows neither chains nor tokens: hashes and amounts are 32 bytes, the rest is what the caller
//! says. What always holds: what a range of blocks brought is written in one transaction with the cursor behind it, and
//! only when the cursor stood at the range's start; one transaction and token of a chain is one row for ever, so that
//! reading a range again doubles nothing; a mint that was noted stays noted when its deposit drops out of the chain.

mod rows;
mod scan;

pub use crate::cursor::{CHECKPOINTS_MAX, Checkpoint, Progress};
pub use rows::{Deposit, Listing, MintNote, MintState, NewDeposit};
pub use scan::Range;

use crate::sqlite::{self, StoreError};
use sqlx::SqlitePool;
use std::path::Path;

/// Connections that answer queries beside the writer.
const READERS: u32 = 2;

/// An open store. Cloning shares the connections; several chains share one store.
#[derive(Debug, Clone)]
pub struct VaultStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl VaultStore {
    /// Opens or creates the store in `path` and brings its tables up to date.
    ///
    /// # Errors
    /// The file cannot be opened, or it was written by a newer version of this program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = sqlite::open(path).await?;
        sqlx::migrate!("migrations/vault").run(&writer).await?;
        let readers = sqlite::open_readers(path, READERS).await?;
        Ok(Self { writer, readers })
    }

    /// Writes the log back into the file and closes all connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
