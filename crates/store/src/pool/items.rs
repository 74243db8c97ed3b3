//! Appending accepted items (one transaction) and finding them again.

use super::rows::{Filter, Item, NewItem, NewMark, Order, StateChange, item, sql_range};
use super::{Pool, batches, state};
use crate::sqlite::{StoreError, sql_int};
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Sqlite};

/// Rows per INSERT: far below SQLite's limit of bound values.
const ROWS_PER_INSERT: usize = 500;

/// An item with the batch that holds it, once that is confirmed, and its payout, once that is settled. A mark's range starts
/// after the mark before it.
const SELECT_ITEM: &str = "SELECT i.raw_id, i.ever_hash, i.tx_data, i.token_tag, i.accepted_ms, m.batch_id, m.block_ms, \
    p.tx AS payout_tx FROM item i LEFT JOIN mark m ON m.last_raw_id = \
    (SELECT n.last_raw_id FROM mark n WHERE n.last_raw_id >= i.raw_id ORDER BY n.last_raw_id LIMIT 1) \
    LEFT JOIN payout p ON i.action = 'burn' AND p.ever_hash = i.ever_hash AND p.settled = 1";

impl Pool {
    /// Appends accepted items after raw id `after`, with the state change and the new head, and sets `mark` if given,
    /// all in one transaction. Items may be empty when only a mark is to be set.
    ///
    /// # Errors
    /// Nothing was written; or, when the fault came from the commit itself, perhaps all of it: ask [`Pool::head`].
    pub async fn append(
        &self,
        after: u64,
        items: &[NewItem],
        change: &StateChange,
        mark: Option<&NewMark>,
    ) -> Result<(), StoreError> {
        let mut tx = self.writer.begin().await?;
        state::expect_head(&mut tx, after).await?;
        insert_items(&mut tx, after, items).await?;
        insert_history(&mut tx, after, items).await?;
        insert_mints(&mut tx, after, items).await?;
        state::write_change(&mut tx, change).await?;
        state::write_head(&mut tx, after + items.len() as u64, &change.root).await?;
        if let Some(mark) = mark {
            batches::insert_mark(&mut tx, mark).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// One page of items.
    ///
    /// # Errors
    /// The database fails.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Item>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT_ITEM);
        if let Some(account) = &filter.account {
            sql.push(" JOIN history h ON h.raw_id = i.raw_id AND h.account = ").push_bind(account.clone());
        }
        sql.push(" WHERE 1 = 1");
        // The bound stands on the column that the chosen index ends with.
        let column = if filter.account.is_some() { "h.raw_id" } else { "i.raw_id" };
        if let Some(cursor) = filter.cursor {
            let sign = if filter.order == Order::Ascending { " > " } else { " < " };
            sql.push(" AND ").push(column).push(sign).push_bind(i64::try_from(cursor).unwrap_or(i64::MAX));
        }
        if let Some(tag) = &filter.token_tag {
            sql.push(" AND i.token_tag = ").push_bind(tag.clone());
        }
        if let Some(action) = &filter.action {
            sql.push(" AND i.action = ").push_bind(action.clone());
        }
        if let Some(action) = &filter.without_action {
            sql.push(" AND i.action <> ").push_bind(action.clone());
        }
        let direction = if filter.order == Order::Ascending { " ASC" } else { " DESC" };
        sql.push(" ORDER BY ").push(column).push(direction).push(" LIMIT ").push_bind(i64::from(filter.limit));
        let rows = sql.build().fetch_all(&self.readers).await?;
        rows.iter().map(item).collect()
    }

    /// The item with this everHash.
    ///
    /// # Errors
    /// The database fails.
    pub async fn item_by_hash(&self, ever_hash: &[u8; 32]) -> Result<Option<Item>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT_ITEM);
        sql.push(" WHERE i.ever_hash = ").push_bind(ever_hash.to_vec());
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref().map(item).transpose()
    }

    /// The first mint that marked this fingerprint, in whichever token.
    ///
    /// # Errors
    /// The database fails.
    pub async fn item_by_fingerprint(&self, fingerprint: &str) -> Result<Option<Item>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT_ITEM);
        sql.push(" JOIN mint f ON f.raw_id = i.raw_id WHERE f.fingerprint = ").push_bind(fingerprint.to_owned());
        sql.push(" ORDER BY f.raw_id LIMIT 1");
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref().map(item).transpose()
    }

    /// The items with `after < raw id ≤ up_to`, in order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn items_between(&self, after: u64, up_to: u64) -> Result<Vec<Item>, StoreError> {
        let (after, up_to) = sql_range(after, up_to)?;
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT_ITEM);
        sql.push(" WHERE i.raw_id > ").push_bind(after).push(" AND i.raw_id <= ").push_bind(up_to);
        sql.push(" ORDER BY i.raw_id");
        let rows = sql.build().fetch_all(&self.readers).await?;
        rows.iter().map(item).collect()
    }

    /// Sum of the lengths of the transactions after raw id `after`, in bytes.
    ///
    /// # Errors
    /// The database fails.
    pub async fn bytes_after(&self, after: u64) -> Result<u64, StoreError> {
        let sum: i64 = sqlx::query_scalar("SELECT COALESCE(SUM(LENGTH(tx_data)), 0) FROM item WHERE raw_id > ?")
            .bind(sql_int(after)?)
            .fetch_one(&self.readers)
            .await?;
        u64::try_from(sum).map_err(|_| StoreError::Damaged(format!("sum of lengths is {sum}")))
    }
}

async fn insert_items(tx: &mut SqliteConnection, after: u64, items: &[NewItem]) -> Result<(), StoreError> {
    let first = sql_int(after + 1)?;
    let mut numbered: Vec<(i64, &NewItem)> = Vec::with_capacity(items.len());
    for (raw_id, item) in (first..).zip(items) {
        sql_int(item.accepted_ms)?;
        numbered.push((raw_id, item));
    }
    for rows in numbered.chunks(ROWS_PER_INSERT) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO item (raw_id, ever_hash, tx_data, token_tag, action, accepted_ms) ",
        );
        sql.push_values(rows, |mut row, (raw_id, item)| {
            row.push_bind(*raw_id)
                .push_bind(item.ever_hash.to_vec())
                .push_bind(item.tx_data.clone())
                .push_bind(item.token_tag.clone())
                .push_bind(item.action.clone())
                .push_bind(i64::try_from(item.accepted_ms).unwrap_or(i64::MAX));
        });
        sql.build().execute(&mut *tx).await?;
    }
    Ok(())
}

async fn insert_history(tx: &mut SqliteConnection, after: u64, items: &[NewItem]) -> Result<(), StoreError> {
    let first = sql_int(after + 1)?;
    let rows: Vec<(&String, i64)> =
        (first..).zip(items).flat_map(|(raw_id, item)| item.listed.iter().map(move |a| (a, raw_id))).collect();
    for rows in rows.chunks(ROWS_PER_INSERT) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO history (account, raw_id) ");
        sql.push_values(rows, |mut row, (account, raw_id)| {
            row.push_bind((*account).clone()).push_bind(*raw_id);
        });
        sql.build().execute(&mut *tx).await?;
    }
    Ok(())
}

async fn insert_mints(tx: &mut SqliteConnection, after: u64, items: &[NewItem]) -> Result<(), StoreError> {
    let first = sql_int(after + 1)?;
    for (raw_id, item) in (first..).zip(items) {
        if let Some(fingerprint) = &item.fingerprint {
            sqlx::query("INSERT INTO mint (token_tag, fingerprint, raw_id) VALUES (?, ?, ?)")
                .bind(&item.token_tag)
                .bind(fingerprint)
                .bind(raw_id)
                .execute(&mut *tx)
                .await?;
        }
    }
    Ok(())
}
