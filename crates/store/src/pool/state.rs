//! Identity, head and the state after the head.

use super::Pool;
use super::rows::{Head, StateChange, TokenRow, token};
use crate::sqlite::{StoreError, hash32, number, sql_int};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

impl Pool {
    /// Owner and rules as pinned at the first start.
    ///
    /// # Errors
    /// The database fails.
    pub async fn identity(&self) -> Result<Option<(String, String)>, StoreError> {
        let row = sqlx::query("SELECT owner, rules FROM identity").fetch_optional(&self.writer).await?;
        row.map(|row| Ok((row.try_get("owner")?, row.try_get("rules")?))).transpose()
    }

    /// Pins owner and rules and writes the head of the empty ledger.
    ///
    /// # Errors
    /// The database fails, or it is pinned already.
    pub async fn pin(&self, owner: &str, rules: &str, empty_root: &[u8; 32]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin().await?;
        sqlx::query("INSERT INTO identity (only, owner, rules) VALUES (1, ?, ?)")
            .bind(owner)
            .bind(rules)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO head (only, raw_id, state_root) VALUES (1, 0, ?)")
            .bind(empty_root.to_vec())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Where the ledger stands. Asked of the writer, so that it waits for an append under way.
    ///
    /// # Errors
    /// The database fails, or nothing was pinned yet.
    pub async fn head(&self) -> Result<Head, StoreError> {
        let row = sqlx::query("SELECT raw_id, state_root FROM head").fetch_one(&self.writer).await?;
        Ok(Head { raw_id: number(&row, "raw_id")?, state_root: hash32(&row, "state_root")? })
    }

    /// All accounts with their bodies, by id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn accounts(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        Ok(sqlx::query_as("SELECT id, body FROM account ORDER BY id").fetch_all(&self.readers).await?)
    }

    /// All tokens that ever changed, by place.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        let rows = sqlx::query("SELECT tag, place, chain_id, supply FROM token ORDER BY place")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(token).collect()
    }

    /// Token tag and fingerprint of every mint, in order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn mints(&self) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT token_tag, fingerprint FROM mint ORDER BY token_tag, fingerprint";
        Ok(sqlx::query_as(sql).fetch_all(&self.readers).await?)
    }

    /// Writes the root of the state at the head, which was unknown since the root's format changed.
    ///
    /// # Errors
    /// The database fails.
    pub async fn set_root(&self, root: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("UPDATE head SET state_root = ?").bind(root.to_vec()).execute(&self.writer).await?;
        Ok(())
    }
}

/// Refuses to write behind a head that is not the caller's.
pub(super) async fn expect_head(tx: &mut SqliteConnection, after: u64) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT raw_id FROM head").fetch_one(&mut *tx).await?;
    let stored = number(&row, "raw_id")?;
    if stored == after {
        return Ok(());
    }
    Err(StoreError::Damaged(format!("the stored head is item {stored}, the caller's is {after}")))
}

pub(super) async fn write_head(tx: &mut SqliteConnection, raw_id: u64, root: &[u8; 32]) -> Result<(), StoreError> {
    sqlx::query("UPDATE head SET raw_id = ?, state_root = ?")
        .bind(sql_int(raw_id)?)
        .bind(root.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn write_change(tx: &mut SqliteConnection, change: &StateChange) -> Result<(), StoreError> {
    for (id, body) in &change.accounts {
        let query = match body {
            Some(body) => sqlx::query("INSERT OR REPLACE INTO account (id, body) VALUES (?, ?)").bind(id).bind(body),
            None => sqlx::query("DELETE FROM account WHERE id = ?").bind(id),
        };
        query.execute(&mut *tx).await?;
    }
    for token in &change.tokens {
        sqlx::query("INSERT OR REPLACE INTO token (tag, place, chain_id, supply) VALUES (?, ?, ?, ?)")
            .bind(&token.tag)
            .bind(token.place)
            .bind(&token.chain_id)
            .bind(token.supply.to_vec())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}
