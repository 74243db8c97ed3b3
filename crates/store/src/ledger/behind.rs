//! Work behind the cursor: folding account changes into the accounts table and filling the indexes, in bulk.
//!
//! Each step is one bounded transaction together with its progress mark; a crash between steps loses nothing but time.

use super::append::{IndexEntry, decode_accounts, decode_entries};
use super::{LedgerStore, SET_META, StoreError, progress, signed, unsigned};
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeMap;

/// Index rows that one step may write; a step holds the writer for about a fifth of a second.
const ROWS_MAX: usize = 60_000;
/// Batches that one step may take together.
const BATCHES_MAX: u64 = 64;

impl LedgerStore {
    /// Does one step. False when everything up to the cursor is folded and indexed.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn work_behind(&self) -> Result<bool, StoreError> {
        let newest: Option<i64> =
            sqlx::query_scalar("SELECT max(number) FROM batches").fetch_one(&self.readers).await?;
        let newest = unsigned(newest.unwrap_or(0))?;
        let folded = progress(&self.readers, "folded").await?;
        if folded < newest {
            self.fold(folded, newest.min(folded + BATCHES_MAX)).await?;
            return Ok(true);
        }
        let indexed = progress(&self.readers, "indexed").await?;
        if indexed < newest {
            self.index(indexed, newest.min(indexed + BATCHES_MAX)).await?;
            return Ok(true);
        }
        Ok(false)
    }

    async fn fold(&self, after: u64, through: u64) -> Result<(), StoreError> {
        let blobs: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT changes FROM bodies WHERE number > ? AND number <= ? ORDER BY number")
                .bind(signed(after)?)
                .bind(signed(through)?)
                .fetch_all(&self.readers)
                .await?;
        let mut latest: BTreeMap<Vec<u8>, Option<Vec<u8>>> = BTreeMap::new();
        for blob in blobs {
            latest.extend(decode_accounts(&blob)?);
        }
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for (id, value) in &latest {
            match value {
                Some(value) => sqlx::query(
                    "INSERT INTO accounts (id, value) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value",
                )
                .bind(id)
                .bind(value),
                None => sqlx::query("DELETE FROM accounts WHERE id = ?").bind(id),
            }
            .execute(&mut *tx)
            .await?;
        }
        mark(&mut tx, "folded", through).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn index(&self, after: u64, through: u64) -> Result<(), StoreError> {
        let mut hashes = Vec::new();
        let mut accounts = Vec::new();
        let mut reached = after;
        for number in after + 1..=through {
            let blob: Vec<u8> = sqlx::query_scalar("SELECT entries FROM bodies WHERE number = ?")
                .bind(signed(number)?)
                .fetch_one(&self.readers)
                .await?;
            collect(signed(number)?, &decode_entries(&blob)?, &mut hashes, &mut accounts);
            reached = number;
            if hashes.len() + accounts.len() >= ROWS_MAX {
                break;
            }
        }
        // Sorted, so that the tree is written from left to right instead of at random.
        hashes.sort_unstable();
        accounts.sort_unstable();
        accounts.dedup();
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        insert(&mut tx, "INSERT OR IGNORE INTO transaction_index (hash, batch, item) VALUES ", &hashes).await?;
        insert(&mut tx, "INSERT OR IGNORE INTO account_index (account, batch, item) VALUES ", &accounts).await?;
        mark(&mut tx, "indexed", reached).await?;
        tx.commit().await?;
        Ok(())
    }
}

type Row = (i64, i64, i64);

fn collect(batch: i64, entries: &[IndexEntry], hashes: &mut Vec<Row>, accounts: &mut Vec<Row>) {
    for (item, entry) in (1_i64..).zip(entries) {
        hashes.push((entry.hash, batch, item));
        for account in [entry.from, entry.to] {
            if account != 0 {
                accounts.push((account, batch, item));
            }
        }
    }
}

/// Rows in one statement: SQLite's limit on bound values is 32,766.
const ROWS_PER_STATEMENT: usize = 500;

async fn insert(tx: &mut Transaction<'_, Sqlite>, head: &str, rows: &[Row]) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        let places = vec!["(?, ?, ?)"; chunk.len()].join(", ");
        // Safe: the text is ours alone; the values are bound.
        let mut query = sqlx::query(sqlx::AssertSqlSafe(format!("{head}{places}")));
        for (key, batch, item) in chunk {
            query = query.bind(key).bind(batch).bind(item);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

async fn mark(tx: &mut Transaction<'_, Sqlite>, name: &str, through: u64) -> Result<(), StoreError> {
    sqlx::query(SET_META).bind(name).bind(through.to_be_bytes().as_slice()).execute(&mut **tx).await?;
    Ok(())
}
