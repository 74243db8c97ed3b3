//! The detector's database: settled batches in order, the state they led to, alerts, and indexes behind the cursor.
//!
//! What always holds: batch numbers are consecutive from 1 and the newest row of `batches` is the cursor; a batch, its
//! changes, its alerts and the cursor come to rest in one transaction; the accounts table is the state as of the batch
//! `folded`, and the changes of the batches after it lead to the state at the cursor. Blobs are opaque here: their
//! encodings belong to `everpay` and `detector`.

mod acts;
mod append;
mod behind;
mod find;
mod halts;
mod restore;
mod vaults;

pub use crate::cursor::{Checkpoint, Progress};
pub use acts::{ActPlace, ActRange, ActRow, ActState, Brought, Decided};
pub use append::{AlertRow, Append, Change, IndexEntry};
pub use find::BatchRow;
pub use halts::{HaltRow, Lift, LiftedRow};
pub use restore::Restored;
pub use vaults::{BurnQuery, BurnRow, CreditRow, MintRow};

use crate::sqlite::{self, StoreError};
use sqlx::SqlitePool;
use std::path::Path;

/// A handle on the database; clones share it.
#[derive(Debug, Clone)]
pub struct LedgerStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl LedgerStore {
    /// Opens or creates the database and brings it to this program's schema.
    ///
    /// # Errors
    /// The file cannot be opened, or was written by a newer program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = sqlite::open(path).await?;
        sqlx::migrate!("./migrations/ledger").run(&writer).await?;
        let readers = sqlite::open_readers(path, 4).await?;
        Ok(Self { writer, readers })
    }

    /// Waits for what is being written and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A single value by name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT value FROM meta WHERE name = ?").bind(name).fetch_optional(&self.readers).await?)
    }

    /// Sets a single value.
    ///
    /// # Errors
    /// The database fails.
    pub async fn set_meta(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        sqlx::query(SET_META).bind(name).bind(value).execute(&self.writer).await?;
        Ok(())
    }
}

const SET_META: &str =
    "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// A number kept in `meta`, 0 when it was never set.
async fn progress(pool: &SqlitePool, name: &str) -> Result<u64, StoreError> {
    let value: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT value FROM meta WHERE name = ?").bind(name).fetch_optional(pool).await?;
    match value {
        None => Ok(0),
        Some(bytes) => {
            bytes.try_into().map(u64::from_be_bytes).map_err(|_| StoreError::Damaged(format!("meta.{name}")))
        }
    }
}

/// SQLite's integers are signed; ours on this surface never reach the sign bit.
fn signed(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Damaged(format!("{value} does not fit a column")))
}

/// The way back; a negative number in such a column is damage.
fn unsigned(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Damaged(format!("{value} in a column without sign")))
}
