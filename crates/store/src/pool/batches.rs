//! Marks (where batches end) and seals (signed batches on their way to Arweave).

use super::Pool;
use super::rows::{Confirmed, Mark, NewMark, NewSeal, Seal, SealState, mark, seal};
use crate::sqlite::{StoreError, hash32, sql_int};
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Sqlite};

/// No query returns more live seals than this; the packager keeps far fewer in flight.
pub const MAX_LIVE: u32 = 256;

const MARK: &str =
    "SELECT seq, last_raw_id, ever_hash, state_root, batch_id, height, block_ms, root_hash, ever_root_hash FROM mark";
const SEAL: &str =
    "SELECT position, mark, foreign_owner, batch_id, parent, header, body, last_item, anchor_height, state FROM seal";

impl Pool {
    /// The newest mark.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_mark(&self) -> Result<Option<Mark>, StoreError> {
        self.one_mark(QueryBuilder::new(format!("{MARK} ORDER BY seq DESC LIMIT 1"))).await
    }

    /// The newest confirmed mark.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_confirmed(&self) -> Result<Option<Mark>, StoreError> {
        self.one_mark(QueryBuilder::new(format!("{MARK} WHERE batch_id IS NOT NULL ORDER BY seq DESC LIMIT 1"))).await
    }

    /// A mark by its number.
    ///
    /// # Errors
    /// The database fails.
    pub async fn mark(&self, seq: u64) -> Result<Option<Mark>, StoreError> {
        let mut sql = QueryBuilder::new(format!("{MARK} WHERE seq = "));
        sql.push_bind(sql_int(seq)?);
        self.one_mark(sql).await
    }

    async fn one_mark(&self, mut sql: QueryBuilder<Sqlite>) -> Result<Option<Mark>, StoreError> {
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref().map(mark).transpose()
    }

    /// Up to `limit` marks from number `from` on.
    ///
    /// # Errors
    /// The database fails.
    pub async fn marks_from(&self, from: u64, limit: u32) -> Result<Vec<Mark>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(MARK);
        sql.push(" WHERE seq >= ").push_bind(sql_int(from)?);
        sql.push(" ORDER BY seq LIMIT ").push_bind(i64::from(limit));
        let rows = sql.build().fetch_all(&self.readers).await?;
        rows.iter().map(mark).collect()
    }

    /// Stores signed batches, in chain order, before they are posted.
    ///
    /// # Errors
    /// The database fails; nothing was written.
    pub async fn add_seals(&self, seals: &[NewSeal]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin().await?;
        for seal in seals {
            insert_seal(&mut tx, seal).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Gives up the live seals from `position` on for the siblings `seals`, in one transaction.
    ///
    /// # Errors
    /// The database fails; nothing was written.
    pub async fn replace_seals(&self, position: u64, seals: &[NewSeal]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin().await?;
        sqlx::query("UPDATE seal SET state = ?, body = NULL WHERE position >= ? AND state = ?")
            .bind(SealState::Replaced.code())
            .bind(sql_int(position)?)
            .bind(SealState::Live.code())
            .execute(&mut *tx)
            .await?;
        for seal in seals {
            insert_seal(&mut tx, seal).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Live seals in chain order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn live_seals(&self) -> Result<Vec<Seal>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SEAL);
        sql.push(" WHERE state = ").push_bind(SealState::Live.code());
        sql.push(" ORDER BY position LIMIT ").push_bind(i64::from(MAX_LIVE));
        let rows = sql.build().fetch_all(&self.readers).await?;
        rows.iter().map(seal).collect()
    }

    /// The newest seal of the chain that was not given up: the parent of the next one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_seal(&self) -> Result<Option<Seal>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SEAL);
        sql.push(" WHERE state <> ").push_bind(SealState::Replaced.code());
        sql.push(" ORDER BY position DESC LIMIT 1");
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref().map(seal).transpose()
    }

    /// Whether this batch was ever signed here for the owner's chain.
    ///
    /// # Errors
    /// The database fails.
    pub async fn knows_batch(&self, batch_id: &[u8; 32]) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM seal WHERE batch_id = ?")
            .bind(batch_id.to_vec())
            .fetch_one(&self.readers)
            .await?;
        Ok(found > 0)
    }

    /// The owner's newest `limit` batches that were not given up, newest first, each with its mark.
    ///
    /// # Errors
    /// The database fails.
    pub async fn newest_batches(&self, limit: u32) -> Result<Vec<([u8; 32], Mark)>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.batch_id AS sealed_id, m.seq, m.last_raw_id, m.ever_hash, m.state_root, m.batch_id, m.height, \
             m.block_ms, m.root_hash, m.ever_root_hash FROM seal s JOIN mark m ON m.seq = s.mark \
             WHERE s.state <> ? AND s.foreign_owner = 0 ORDER BY s.position DESC LIMIT ?",
        )
        .bind(SealState::Replaced.code())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok((hash32(row, "sealed_id")?, mark(row)?))).collect()
    }

    /// Settles a seal: it is deep enough. With `confirmed`, its mark is confirmed, too, in the same transaction.
    ///
    /// # Errors
    /// The database fails, or an earlier mark is not confirmed yet; nothing was written.
    pub async fn confirm(&self, seal: &Seal, confirmed: Option<&Confirmed>) -> Result<(), StoreError> {
        let mut tx = self.writer.begin().await?;
        sqlx::query("UPDATE seal SET state = ?, body = NULL WHERE position = ?")
            .bind(SealState::Confirmed.code())
            .bind(sql_int(seal.position)?)
            .execute(&mut *tx)
            .await?;
        if let Some(confirmed) = confirmed {
            confirm_mark(&mut tx, seal.mark, confirmed).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

async fn confirm_mark(tx: &mut SqliteConnection, seq: u64, confirmed: &Confirmed) -> Result<(), StoreError> {
    let earlier: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM mark WHERE seq = ? - 1 AND batch_id IS NULL")
        .bind(sql_int(seq)?)
        .fetch_one(&mut *tx)
        .await?;
    if earlier > 0 {
        return Err(StoreError::Damaged(format!("batch {seq} cannot be confirmed before those it follows")));
    }
    sqlx::query(
        "UPDATE mark SET batch_id = ?, height = ?, block_ms = ?, root_hash = ?, ever_root_hash = ? WHERE seq = ?",
    )
    .bind(confirmed.batch_id.to_vec())
    .bind(sql_int(confirmed.height)?)
    .bind(sql_int(confirmed.block_ms)?)
    .bind(confirmed.root_hash.to_vec())
    .bind(confirmed.ever_root_hash.to_vec())
    .bind(sql_int(seq)?)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_mark(tx: &mut SqliteConnection, mark: &NewMark) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO mark (seq, last_raw_id, ever_hash, state_root, marked_ms) \
         VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM mark), ?, ?, ?, ?)",
    )
    .bind(sql_int(mark.last_raw_id)?)
    .bind(mark.ever_hash.to_vec())
    .bind(mark.state_root.to_vec())
    .bind(sql_int(mark.marked_ms)?)
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_seal(tx: &mut SqliteConnection, seal: &NewSeal) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO seal (position, mark, foreign_owner, batch_id, parent, header, body, last_item, anchor_height, state) \
         VALUES ((SELECT COALESCE(MAX(position), 0) + 1 FROM seal), ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(sql_int(seal.mark)?)
    .bind(i64::from(seal.foreign_owner))
    .bind(seal.batch_id.to_vec())
    .bind(seal.parent.map(|p| p.to_vec()))
    .bind(&seal.header)
    .bind(&seal.body)
    .bind(seal.last_item.to_vec())
    .bind(sql_int(seal.anchor_height)?)
    .bind(SealState::Live.code())
    .execute(tx)
    .await?;
    Ok(())
}
