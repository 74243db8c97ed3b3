//! The cursor of a chain: ranges that were read, and the way back when blocks drop out.

use super::rows::{NewDeposit, hash32, unsigned};
use super::{VaultStore, sql_int};
use crate::sqlite::StoreError;
use sqlx::sqlite::SqliteConnection;

/// Checkpoints kept for a chain: the very first, which tells one chain from another, and the newest.
pub const CHECKPOINTS_MAX: u32 = 512;

/// Forgets a chain, in the order that its references allow.
const FORGET: [&str; 3] = [
    "DELETE FROM deposit WHERE chain = ?",
    "DELETE FROM checkpoint WHERE chain = ?",
    "DELETE FROM chain WHERE name = ?",
];

/// A block that was read, by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Its height.
    pub number: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// How far a chain is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The first block that is not read yet.
    pub next: u64,
    /// Known blocks below it, oldest first.
    pub checkpoints: Vec<Checkpoint>,
}

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
        let known: Option<String> = sqlx::query_scalar("SELECT identity FROM chain WHERE name = ?")
            .bind(chain)
            .fetch_optional(&mut *tx)
            .await?;
        if known.as_deref() != Some(identity) {
            for sql in FORGET {
                sqlx::query(sql).bind(chain).execute(&mut *tx).await?;
            }
            sqlx::query("INSERT INTO chain (name, identity, next) VALUES (?, ?, ?)")
                .bind(chain)
                .bind(identity)
                .bind(sql_int(start)?)
                .execute(&mut *tx)
                .await?;
        }
        let progress = progress(&mut tx, chain).await?;
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
        let moved = sqlx::query("UPDATE chain SET next = ? WHERE name = ? AND next = ?")
            .bind(sql_int(range.end.number + 1)?)
            .bind(chain)
            .bind(sql_int(range.from)?)
            .execute(&mut *tx)
            .await?;
        if moved.rows_affected() != 1 {
            return Ok(false);
        }
        for deposit in &range.deposits {
            upsert(&mut tx, chain, deposit).await?;
        }
        sqlx::query("INSERT INTO checkpoint (chain, number, hash) VALUES (?, ?, ?)")
            .bind(chain)
            .bind(sql_int(range.end.number)?)
            .bind(range.end.hash.to_vec())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM checkpoint WHERE chain = ?1 AND number > (SELECT MIN(number) FROM checkpoint WHERE chain = ?1) \
             AND number NOT IN (SELECT number FROM checkpoint WHERE chain = ?1 ORDER BY number DESC LIMIT ?2)",
        )
        .bind(chain)
        .bind(i64::from(CHECKPOINTS_MAX) - 1)
        .execute(&mut *tx)
        .await?;
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
        let from = sql_int(next)?;
        let dropped = sqlx::query("UPDATE deposit SET dropped = 1 WHERE chain = ? AND block >= ? AND dropped = 0")
            .bind(chain)
            .bind(from)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM checkpoint WHERE chain = ? AND number >= ?")
            .bind(chain)
            .bind(from)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE chain SET next = ? WHERE name = ?").bind(from).bind(chain).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(dropped.rows_affected())
    }
}

async fn progress(tx: &mut SqliteConnection, chain: &str) -> Result<Progress, StoreError> {
    let next: i64 = sqlx::query_scalar("SELECT next FROM chain WHERE name = ?").bind(chain).fetch_one(&mut *tx).await?;
    let rows = sqlx::query("SELECT number, hash FROM checkpoint WHERE chain = ? ORDER BY number")
        .bind(chain)
        .fetch_all(&mut *tx)
        .await?;
    let checkpoints = rows
        .iter()
        .map(|row| Ok(Checkpoint { number: unsigned(row, "number")?, hash: hash32(row, "hash")? }))
        .collect::<Result<_, StoreError>>()?;
    let next = u64::try_from(next).map_err(|_| StoreError::Damaged(format!("next block is {next}")))?;
    Ok(Progress { next, checkpoints })
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
