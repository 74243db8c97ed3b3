//! The write path of the replay: one batch, one transaction.

use super::vaults::{BurnRow, CreditRow, MintRow, insert_rows};
use super::{LedgerStore, StoreError, signed};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use std::sync::Arc;

/// Everything that one settled batch brings.
#[derive(Debug, Clone)]
pub struct Append {
    /// Its number; must follow the cursor.
    pub number: u64,
    /// Arweave id.
    pub id: String,
    /// Arweave id of the parent, empty for the first batch.
    pub parent: String,
    /// Block height.
    pub height: u64,
    /// Block time, Unix ms.
    pub block_time_ms: u64,
    /// When it was first seen readable, Unix ms.
    pub seen_ms: u64,
    /// When it was verified, Unix ms.
    pub verified_ms: u64,
    /// Items.
    pub items: u64,
    /// Of them rejected.
    pub rejected: u64,
    /// Running sums: items, rejected, undecidable, mints not checkable.
    pub totals: [u64; 4],
    /// State root after it.
    pub state_root: [u8; 32],
    /// What the judging of the next batch needs beside the ledger (opaque).
    pub carry: Vec<u8>,
    /// Verified Arweave header (opaque).
    pub header: Vec<u8>,
    /// Data of the batch as verified.
    pub body: Arc<Vec<u8>>,
    /// Verdicts, item by item (opaque).
    pub verdicts: Vec<u8>,
    /// Changed accounts.
    pub accounts: Vec<Change>,
    /// Changed tokens: tag and new value.
    pub tokens: Vec<(String, Option<Vec<u8>>)>,
    /// Mints that took effect.
    pub mints: Vec<MintRow>,
    /// Burns that took effect.
    pub burns: Vec<BurnRow>,
    /// Verified deposits whose chains may still take them back.
    pub credits: Vec<CreditRow>,
    /// What the oracle found: item number from 1, JSON.
    pub findings: Vec<(u64, String)>,
    /// For the indexes.
    pub entries: Vec<IndexEntry>,
    /// New or changed alerts.
    pub alerts: Vec<AlertRow>,
}

/// A changed account: its id in bytes and its new value, `None` if it vanished.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// What people may search an item by: the first eight bytes of hashes, as big-endian signed integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexEntry {
    /// Of the everHash.
    pub hash: i64,
    /// Of SHA-256 of the sender's id in bytes; 0 when it has none.
    pub from: i64,
    /// Of SHA-256 of the recipient's id in bytes; 0 when it has none.
    pub to: i64,
}

/// An alert as stored.
#[derive(Debug, Clone)]
pub struct AlertRow {
    /// Key.
    pub key: String,
    /// Settled by itself.
    pub closed: bool,
    /// Seen by a person.
    pub acknowledged: bool,
    /// Unix ms.
    pub raised_ms: u64,
    /// JSON.
    pub body: String,
}

impl LedgerStore {
    /// Settles one batch: it is there whole after this returned, or not at all.
    ///
    /// # Errors
    /// The database fails, or `number` does not follow the cursor.
    pub async fn append(&self, batch: &Append) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let newest: Option<i64> = sqlx::query_scalar("SELECT max(number) FROM batches").fetch_one(&mut *tx).await?;
        if signed(batch.number)? != newest.unwrap_or(0) + 1 {
            return Err(StoreError::Damaged(format!("batch {} does not follow the cursor", batch.number)));
        }
        insert_batch(&mut tx, batch).await?;
        insert_state(&mut tx, batch).await?;
        for alert in &batch.alerts {
            upsert_alert(&mut tx, alert).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Writes alerts that belong to no batch, or changes of known ones.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_alerts(&self, alerts: &[AlertRow]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for alert in alerts {
            upsert_alert(&mut tx, alert).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Marks that the notification for an alert is being sent. True for the first caller only, for ever.
    ///
    /// # Errors
    /// The database fails.
    pub async fn claim_notification(&self, key: &str) -> Result<bool, StoreError> {
        let done =
            sqlx::query("INSERT OR IGNORE INTO notified (key) VALUES (?)").bind(key).execute(&self.writer).await?;
        Ok(done.rows_affected() == 1)
    }
}

async fn insert_batch(tx: &mut Transaction<'_, Sqlite>, batch: &Append) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO batches (number, id, parent, height, block_time_ms, seen_ms, verified_ms, items, rejected, \
         total_items, total_rejected, total_undecidable, total_not_checkable, state_root, carry, header) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(signed(batch.number)?)
    .bind(&batch.id)
    .bind(&batch.parent)
    .bind(signed(batch.height)?)
    .bind(signed(batch.block_time_ms)?)
    .bind(signed(batch.seen_ms)?)
    .bind(signed(batch.verified_ms)?)
    .bind(signed(batch.items)?)
    .bind(signed(batch.rejected)?)
    .bind(signed(batch.totals[0])?)
    .bind(signed(batch.totals[1])?)
    .bind(signed(batch.totals[2])?)
    .bind(signed(batch.totals[3])?)
    .bind(batch.state_root.as_slice())
    .bind(&batch.carry)
    .bind(&batch.header)
    .execute(&mut **tx)
    .await?;
    sqlx::query("INSERT INTO bodies (number, body, verdicts, changes, entries) VALUES (?, ?, ?, ?, ?)")
        .bind(signed(batch.number)?)
        .bind(batch.body.as_slice())
        .bind(&batch.verdicts)
        .bind(encode_accounts(&batch.accounts)?)
        .bind(encode_entries(&batch.entries))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn insert_state(tx: &mut Transaction<'_, Sqlite>, batch: &Append) -> Result<(), StoreError> {
    for (tag, value) in &batch.tokens {
        match value {
            Some(value) => sqlx::query(
                "INSERT INTO tokens (tag, value) VALUES (?, ?) ON CONFLICT (tag) DO UPDATE SET value = excluded.value",
            )
            .bind(tag)
            .bind(value),
            None => sqlx::query("DELETE FROM tokens WHERE tag = ?").bind(tag),
        }
        .execute(&mut **tx)
        .await?;
    }
    insert_rows(tx, batch.number, &batch.mints, &batch.burns, &batch.credits).await?;
    for (item, finding) in &batch.findings {
        sqlx::query("INSERT OR REPLACE INTO findings (batch_id, item, finding) VALUES (?, ?, ?)")
            .bind(&batch.id)
            .bind(signed(*item)?)
            .bind(finding)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Keeps `acknowledged` when it is set already: a person's mark outlives a repeated finding.
pub(super) async fn upsert_alert(connection: &mut SqliteConnection, alert: &AlertRow) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO alerts (key, closed, acknowledged, raised_ms, body) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (key) DO UPDATE SET closed = excluded.closed, body = excluded.body, \
         acknowledged = max(alerts.acknowledged, excluded.acknowledged)",
    )
    .bind(&alert.key)
    .bind(alert.closed)
    .bind(alert.acknowledged)
    .bind(signed(alert.raised_ms)?)
    .bind(&alert.body)
    .execute(connection)
    .await?;
    Ok(())
}

/// The changed accounts of a batch as one blob (postcard of a list of id and value).
pub(super) fn encode_accounts(accounts: &[Change]) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(accounts).map_err(|e| StoreError::Damaged(format!("changes of a batch: {e}")))
}

/// The way back.
pub(super) fn decode_accounts(blob: &[u8]) -> Result<Vec<Change>, StoreError> {
    postcard::from_bytes(blob).map_err(|e| StoreError::Damaged(format!("changes of a batch: {e}")))
}

const ENTRY: usize = 24;

fn encode_entries(entries: &[IndexEntry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * ENTRY);
    for entry in entries {
        for value in [entry.hash, entry.from, entry.to] {
            out.extend_from_slice(&value.to_be_bytes());
        }
    }
    out
}

/// The way back.
pub(super) fn decode_entries(blob: &[u8]) -> Result<Vec<IndexEntry>, StoreError> {
    let word = |bytes: &[u8]| -> Result<i64, StoreError> {
        bytes.try_into().map(i64::from_be_bytes).map_err(|_| StoreError::Damaged("index entries".to_owned()))
    };
    blob.chunks(ENTRY)
        .map(|chunk| {
            let mut words = chunk.chunks(8).map(word);
            let mut next = || words.next().unwrap_or_else(|| Err(StoreError::Damaged("index entries".to_owned())));
            Ok(IndexEntry { hash: next()?, from: next()?, to: next()? })
        })
        .collect()
}
