//! How every database of ours is opened, and how numbers and hashes stand in it.

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{Row, SqlitePool};
use std::path::Path;
use std::time::Duration;

/// A fault of the database or its file system.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite or sqlx.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration could not be applied: the file is newer than this program, or damaged.
    #[error("database migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The file system.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// What is stored cannot be understood.
    #[error("stored data are damaged: {0}")]
    Damaged(String),
}

impl StoreError {
    /// Whether trying again later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) | Self::File(_) => true,
            Self::Database(_) | Self::Migration(_) | Self::Damaged(_) => false,
        }
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .page_size(16_384)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
}

/// Opens (and creates) a database with the one connection that writes.
///
/// # Errors
/// The file cannot be opened or created.
pub async fn open(path: &Path) -> Result<SqlitePool, StoreError> {
    Ok(SqlitePoolOptions::new().max_connections(1).connect_with(options(path)).await?)
}

/// Opens a few connections that only read, beside the writer.
///
/// # Errors
/// The file cannot be opened.
pub async fn open_readers(path: &Path, connections: u32) -> Result<SqlitePool, StoreError> {
    Ok(SqlitePoolOptions::new()
        .max_connections(connections)
        .connect_with(options(path).create_if_missing(false).read_only(true))
        .await?)
}

/// A raw id, height or time as SQLite stores it. Numbers beyond 2^63 do not occur; one would be a bug of the caller.
pub(crate) fn sql_int(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Damaged(format!("number out of range: {value}")))
}

pub(crate) fn number(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| StoreError::Damaged(format!("{column} is {value}")))
}

pub(crate) fn hash32(row: &SqliteRow, column: &str) -> Result<[u8; 32], StoreError> {
    maybe_hash32(row, column)?.ok_or_else(|| StoreError::Damaged(format!("{column} is missing")))
}

pub(crate) fn maybe_hash32(row: &SqliteRow, column: &str) -> Result<Option<[u8; 32]>, StoreError> {
    let stored: Option<Vec<u8>> = row.try_get(column)?;
    let whole = |bytes: Vec<u8>| {
        <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| StoreError::Damaged(format!("{column} has {} bytes instead of 32", bytes.len())))
    };
    stored.map(whole).transpose()
}
