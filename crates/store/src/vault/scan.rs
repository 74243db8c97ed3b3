//! Ranges that were read, with what they brought, and the way back when blocks drop out.

use super::VaultStore;
use super::rows::NewDeposit;
use crate::cursor::{self, Checkpoint, Progress};
use crate::sqlite::{StoreError, sql_int};
use sqlx::sqlite::SqliteConnection;

/// Forgets what came in on a chain.
const FORGET: &str = "DELETE FROM deposit WHERE chain = ?";

/// A range of blocks with all that it brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Its first block: where the cursor stands.
    pub from: u64,
    /// Its last block.
    pub end: Checkpoint,
    /// What came in, in the order of the chain.
    pub deposits: Vec<NewDeposit>,
}

impl VaultStore {
    /// Takes up a chain. Under another `identity` than before, everything known of it is forgotten and reading begins at
    /// block `start`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_up(&self, chain: &str, identity: &str, start: u64) -> Result<Progress, StoreError> {
        // It reads before it writes: taken late, the lock could be refused while another chain's watcher writes.
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let progress = cursor::take_up(&mut tx, chain, identity, start, FORGET).await?;
        tx.commit().await?;
        Ok(progress)
    }

    /// Writes a range that was read and moves the cursor behind it. `false`: the cursor is not at the range's start, and
    /// nothing was written.
    ///
    /// # Errors
    /// The database fails; nothing was written, or, when the fault came from the commit itself, perhaps all of it.
    pub async fn append(&self, chain: &str, range: &Range) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin().await?;
        if !cursor::advance(&mut tx, chain, range.from, range.end).await? {
            return Ok(false);
        }
        for deposit in &range.deposits {
            upsert(&mut tx, chain, deposit).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Takes the cursor back to `next`: blocks from there on are to be read again, and what came in with them has dropped
    /// out until it is found again. Returns the number of deposits that dropped out.
    ///
    /// # Errors
    /// The database fails; nothing was written.
    pub async fn rewind(&self, chain: &str, next: u64) -> Result<u64, StoreError> {
        let mut tx = self.writer.begin().await?;
        let dropped = sqlx::query("UPDATE deposit SET dropped = 1 WHERE chain = ? AND block >= ? AND dropped = 0")
            .bind(chain)
            .bind(sql_int(next)?)
            .execute(&mut *tx)
            .await?;
        cursor::rewind(&mut tx, chain, next).await?;
        tx.commit().await?;
        Ok(dropped.rows_affected())
    }
}

/// A row that is there already keeps its number and what is known of its mint: the deposit came back in another block.
async fn upsert(tx: &mut SqliteConnection, chain: &str, deposit: &NewDeposit) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO deposit (chain, tx, token_id, sender, account, amount, stranded, block, block_hash, time_ms) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (chain, tx, token_id) DO UPDATE SET sender = excluded.sender, \
         account = excluded.account, amount = excluded.amount, stranded = excluded.stranded, block = excluded.block, \
         block_hash = excluded.block_hash, time_ms = excluded.time_ms, dropped = 0",
    )
    .bind(chain)
    .bind(deposit.tx.to_vec())
    .bind(&deposit.token_id)
    .bind(&deposit.sender)
    .bind(&deposit.account)
    .bind(deposit.amount.to_vec())
    .bind(&deposit.stranded)
    .bind(sql_int(deposit.block)?)
    .bind(deposit.block_hash.to_vec())
    .bind(sql_int(deposit.time_ms)?)
    .execute(tx)
    .await?;
    Ok(())
}
