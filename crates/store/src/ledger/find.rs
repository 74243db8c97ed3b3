//! Finding what is stored. Searches use the index and then the short stretch that is not indexed yet.

use super::append::{AlertRow, decode_entries};
use super::{LedgerStore, StoreError, progress, signed, unsigned};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A settled batch without its large parts.
#[derive(Debug, Clone)]
pub struct BatchRow {
    /// Number from 1.
    pub number: u64,
    /// Arweave id.
    pub id: String,
    /// Arweave id of the parent, empty for the first.
    pub parent: String,
    /// Block height.
    pub height: u64,
    /// Unix ms.
    pub block_time_ms: u64,
    /// Unix ms.
    pub verified_ms: u64,
    /// Items.
    pub items: u64,
    /// Of them rejected.
    pub rejected: u64,
    /// Running sums: items, rejected, undecidable, mints not checkable.
    pub totals: [u64; 4],
    /// State root after it.
    pub state_root: [u8; 32],
}

const BATCH_COLUMNS: &str = "number, id, parent, height, block_time_ms, verified_ms, items, rejected, total_items, \
     total_rejected, total_undecidable, total_not_checkable, state_root";

fn batch_row(row: &SqliteRow) -> Result<BatchRow, StoreError> {
    let number = |column: &str| -> Result<u64, StoreError> { unsigned(row.try_get(column)?) };
    let root: Vec<u8> = row.try_get("state_root")?;
    Ok(BatchRow {
        number: number("number")?,
        id: row.try_get("id")?,
        parent: row.try_get("parent")?,
        height: number("height")?,
        block_time_ms: number("block_time_ms")?,
        verified_ms: number("verified_ms")?,
        items: number("items")?,
        rejected: number("rejected")?,
        totals: [
            number("total_items")?,
            number("total_rejected")?,
            number("total_undecidable")?,
            number("total_not_checkable")?,
        ],
        state_root: root.try_into().map_err(|_| StoreError::Damaged("state root of a batch".to_owned()))?,
    })
}

impl LedgerStore {
    /// Settled batches, newest first, older than `before`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn batches(&self, before: Option<u64>, limit: usize) -> Result<Vec<BatchRow>, StoreError> {
        let before = before.map_or(Ok(i64::MAX), signed)?;
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {BATCH_COLUMNS} FROM batches WHERE number < ? ORDER BY number DESC LIMIT ?"
        )))
        .bind(before)
        .bind(signed(limit as u64)?)
        .fetch_all(&self.readers)
        .await?
        .iter()
        .map(batch_row)
        .collect()
    }

    /// Data and verdicts of a settled batch.
    ///
    /// # Errors
    /// The database fails.
    pub async fn body(&self, number: u64) -> Result<Option<(Vec<u8>, Vec<u8>)>, StoreError> {
        Ok(sqlx::query_as("SELECT body, verdicts FROM bodies WHERE number = ?")
            .bind(signed(number)?)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Data of a settled batch by its Arweave id; `None` also for one whose items never counted. Looks through the rows:
    /// for the rare case of a replaced batch.
    ///
    /// # Errors
    /// The database fails.
    pub async fn body_of(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT body FROM bodies WHERE number = (SELECT max(number) FROM batches WHERE id = ? AND items > 0)",
        )
        .bind(id)
        .fetch_optional(&self.readers)
        .await?)
    }

    /// Verified Arweave header of a settled batch, as it was appended.
    ///
    /// # Errors
    /// The database fails.
    pub async fn header(&self, number: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar("SELECT header FROM batches WHERE number = ?")
            .bind(signed(number)?)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// What the oracle found for the mint at this place.
    ///
    /// # Errors
    /// The database fails.
    pub async fn finding(&self, batch_id: &str, item: u64) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT finding FROM findings WHERE batch_id = ? AND item = ?")
            .bind(batch_id)
            .bind(signed(item)?)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Places `(batch, item)` of an everHash's first eight bytes, oldest first. The caller compares the whole hash.
    ///
    /// # Errors
    /// The database fails.
    pub async fn find_transaction(&self, hash: i64) -> Result<Vec<(u64, u64)>, StoreError> {
        let rows: Vec<(i64, i64)> =
            sqlx::query_as("SELECT batch, item FROM transaction_index WHERE hash = ? ORDER BY batch, item")
                .bind(hash)
                .fetch_all(&self.readers)
                .await?;
        let mut places = rows.into_iter().map(place).collect::<Result<Vec<_>, _>>()?;
        for (batch, entries) in self.not_indexed(u64::MAX).await? {
            places.extend((1..).zip(&entries).filter(|(_, e)| e.hash == hash).map(|(item, _)| (batch, item)));
        }
        Ok(places)
    }

    /// Places `(batch, item)` of an account's transactions before `(batch, item)`, newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn find_account(
        &self,
        account: i64,
        before: (u64, u64),
        limit: usize,
    ) -> Result<Vec<(u64, u64)>, StoreError> {
        let mut places: Vec<(u64, u64)> = Vec::new();
        for (batch, entries) in self.not_indexed(before.0).await? {
            let mine = (1..).zip(&entries).filter(|(_, e)| e.from == account || e.to == account);
            places.extend(mine.map(|(item, _)| (batch, item)).filter(|at| *at < before));
        }
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.truncate(limit);
        if places.len() < limit {
            let rows: Vec<(i64, i64)> = sqlx::query_as(
                "SELECT batch, item FROM account_index WHERE account = ? AND (batch, item) < (?, ?) \
                 ORDER BY batch DESC, item DESC LIMIT ?",
            )
            .bind(account)
            .bind(signed(before.0.min(i64::MAX as u64))?)
            .bind(signed(before.1.min(i64::MAX as u64))?)
            .bind(signed((limit - places.len()) as u64)?)
            .fetch_all(&self.readers)
            .await?;
            for row in rows {
                let at = place(row)?;
                if !places.contains(&at) {
                    places.push(at);
                }
            }
        }
        Ok(places)
    }

    /// Index entries of the batches behind which the indexes lag, up to and with `through`.
    async fn not_indexed(&self, through: u64) -> Result<Vec<(u64, Vec<super::IndexEntry>)>, StoreError> {
        let indexed = progress(&self.readers, "indexed").await?;
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT number, entries FROM bodies WHERE number > ? AND number <= ? ORDER BY number")
                .bind(signed(indexed)?)
                .bind(signed(through.min(i64::MAX as u64))?)
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(|(number, blob)| Ok((unsigned(number)?, decode_entries(&blob)?))).collect()
    }

    /// All alerts, in no particular order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn alerts(&self) -> Result<Vec<AlertRow>, StoreError> {
        let rows = sqlx::query("SELECT key, closed, acknowledged, raised_ms, body FROM alerts")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(AlertRow {
                    key: row.try_get("key")?,
                    closed: row.try_get("closed")?,
                    acknowledged: row.try_get("acknowledged")?,
                    raised_ms: unsigned(row.try_get("raised_ms")?)?,
                    body: row.try_get("body")?,
                })
            })
            .collect()
    }
}

fn place((batch, item): (i64, i64)) -> Result<(u64, u64), StoreError> {
    Ok((unsigned(batch)?, unsigned(item)?))
}
