//! How every database of ours is opened.

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
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
