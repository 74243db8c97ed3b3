//! What vaults owe, and what may still be taken from them.

use super::append::upsert_alert;
use super::halts::insert_halt;
use super::{AlertRow, HaltRow, LedgerStore, StoreError, signed, unsigned};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, Transaction};

/// A mint that took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MintRow {
    /// Tag of the token.
    pub tag: String,
    /// Name of the deposit.
    pub fingerprint: String,
    /// everHash of the mint, `0x` hex.
    pub ever_hash: String,
}

/// A burn that took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurnRow {
    /// Grows with age order.
    pub id: u64,
    /// everHash, `0x` hex.
    pub ever_hash: String,
    /// Number of its batch.
    pub batch: u64,
    /// Arweave id of its batch.
    pub batch_id: String,
    /// Block time of its batch, Unix ms.
    pub time_ms: u64,
    /// Tag of the token.
    pub tag: String,
    /// Chain on which it is to be paid.
    pub chain: String,
    /// Who burnt.
    pub sender: String,
    /// Who is paid.
    pub recipient: String,
    /// Decimal, the ledger's base units.
    pub amount: String,
    /// Decimal, the ledger's base units.
    pub fee: String,
    /// Height of the block at which its chain was seen to have paid it.
    pub paid_height: Option<u64>,
}

/// A verified mint whose deposit its chain may still take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditRow {
    /// everHash of the mint, `0x` hex.
    pub ever_hash: String,
    /// Source chain of the deposit.
    pub chain: String,
    /// What was seen when it was verified (opaque).
    pub evidence: String,
    /// The chain has taken it back, and that was told.
    pub undone: bool,
}

/// Which burns are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct BurnQuery<'a> {
    /// Only those of this sender.
    pub sender: Option<&'a str>,
    /// Only those that are not paid.
    pub waiting_only: bool,
    /// Only those older than this id.
    pub before: Option<u64>,
    /// Rows at most.
    pub limit: u32,
}

impl LedgerStore {
    /// everHash and batch of the mint that credited a deposit.
    ///
    /// # Errors
    /// The database fails.
    pub async fn mint_of(&self, tag: &str, fingerprint: &str) -> Result<Option<(String, u64)>, StoreError> {
        let row: Option<(String, i64)> =
            sqlx::query_as("SELECT ever_hash, batch FROM mints WHERE tag = ? AND fingerprint = ?")
                .bind(tag)
                .bind(fingerprint)
                .fetch_optional(&self.readers)
                .await?;
        row.map(|(hash, batch)| Ok((hash, unsigned(batch)?))).transpose()
    }

    /// Burns newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn burns(&self, query: &BurnQuery<'_>) -> Result<Vec<BurnRow>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT * FROM burns WHERE id < ");
        sql.push_bind(signed(query.before.unwrap_or(u64::MAX).min(i64::MAX as u64))?);
        if let Some(sender) = query.sender {
            sql.push(" AND sender = ").push_bind(sender);
        }
        if query.waiting_only {
            sql.push(" AND paid_height IS NULL");
        }
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(query.limit));
        sql.build().fetch_all(&self.readers).await?.iter().map(burn).collect()
    }

    /// The burn of this everHash, if it took effect.
    ///
    /// # Errors
    /// The database fails.
    pub async fn burn_of(&self, ever_hash: &str) -> Result<Option<BurnRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM burns WHERE ever_hash = ? ORDER BY id LIMIT 1").bind(ever_hash);
        row.fetch_optional(&self.readers).await?.as_ref().map(burn).transpose()
    }

    /// All burns that are not paid, oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn waiting_burns(&self) -> Result<Vec<BurnRow>, StoreError> {
        let rows = sqlx::query("SELECT * FROM burns WHERE paid_height IS NULL ORDER BY id").fetch_all(&self.readers);
        rows.await?.iter().map(burn).collect()
    }

    /// Burns of a chain that were seen paid at `height` or above, oldest first: the chain may still take that back.
    ///
    /// # Errors
    /// The database fails.
    pub async fn paid_since(&self, chain: &str, height: u64, limit: u32) -> Result<Vec<BurnRow>, StoreError> {
        let rows = sqlx::query("SELECT * FROM burns WHERE chain = ? AND paid_height >= ? ORDER BY id LIMIT ?")
            .bind(chain)
            .bind(signed(height)?)
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(burn).collect()
    }

    /// Marks burns as paid at a height, or as waiting again.
    ///
    /// # Errors
    /// The database fails; then nothing is marked.
    pub async fn mark_burns(&self, marks: &[(u64, Option<u64>)]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for (id, height) in marks {
            sqlx::query("UPDATE burns SET paid_height = ? WHERE id = ?")
                .bind(height.map(signed).transpose()?)
                .bind(signed(*id)?)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Credits of a chain after `after` in the order of their everHashes.
    ///
    /// # Errors
    /// The database fails.
    pub async fn credits(&self, chain: &str, after: &str, limit: u32) -> Result<Vec<CreditRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT ever_hash, chain, evidence, undone FROM credits WHERE chain = ? AND ever_hash > ? \
             ORDER BY ever_hash LIMIT ?",
        )
        .bind(chain)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(CreditRow {
                    ever_hash: row.try_get("ever_hash")?,
                    chain: row.try_get("chain")?,
                    evidence: row.try_get("evidence")?,
                    undone: row.try_get("undone")?,
                })
            })
            .collect()
    }

    /// Forgets a credit that its chain calls final.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop_credit(&self, ever_hash: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM credits WHERE ever_hash = ?").bind(ever_hash).execute(&self.writer).await?;
        Ok(())
    }

    /// Writes alerts about vaults, the halts they cause and the credits they concern, all or nothing. A halt that is known
    /// stays as it is, armed again or not.
    ///
    /// # Errors
    /// The database fails; then nothing is written.
    pub async fn put_vault_alerts(
        &self,
        alerts: &[AlertRow],
        halts: &[HaltRow],
        undone: &[(String, bool)],
    ) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for alert in alerts {
            upsert_alert(&mut tx, alert).await?;
        }
        for halt in halts {
            insert_halt(&mut tx, halt).await?;
        }
        for (ever_hash, undone) in undone {
            sqlx::query("UPDATE credits SET undone = ? WHERE ever_hash = ?")
                .bind(*undone)
                .bind(ever_hash)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The vault rows of a batch, in the transaction that settles it.
pub(super) async fn insert_rows(
    tx: &mut Transaction<'_, Sqlite>,
    batch: u64,
    mints: &[MintRow],
    burns: &[BurnRow],
    credits: &[CreditRow],
) -> Result<(), StoreError> {
    for mint in mints {
        sqlx::query("INSERT INTO mints (tag, fingerprint, ever_hash, batch) VALUES (?, ?, ?, ?)")
            .bind(&mint.tag)
            .bind(&mint.fingerprint)
            .bind(&mint.ever_hash)
            .bind(signed(batch)?)
            .execute(&mut **tx)
            .await?;
    }
    for burn in burns {
        sqlx::query(
            "INSERT INTO burns (id, ever_hash, batch, batch_id, time_ms, tag, chain, sender, recipient, amount, fee) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(signed(burn.id)?)
        .bind(&burn.ever_hash)
        .bind(signed(burn.batch)?)
        .bind(&burn.batch_id)
        .bind(signed(burn.time_ms)?)
        .bind(&burn.tag)
        .bind(&burn.chain)
        .bind(&burn.sender)
        .bind(&burn.recipient)
        .bind(&burn.amount)
        .bind(&burn.fee)
        .execute(&mut **tx)
        .await?;
    }
    for credit in credits {
        sqlx::query("INSERT OR IGNORE INTO credits (ever_hash, chain, evidence) VALUES (?, ?, ?)")
            .bind(&credit.ever_hash)
            .bind(&credit.chain)
            .bind(&credit.evidence)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

fn burn(row: &SqliteRow) -> Result<BurnRow, StoreError> {
    let number = |column: &str| -> Result<u64, StoreError> { unsigned(row.try_get(column)?) };
    let paid: Option<i64> = row.try_get("paid_height")?;
    Ok(BurnRow {
        id: number("id")?,
        ever_hash: row.try_get("ever_hash")?,
        batch: number("batch")?,
        batch_id: row.try_get("batch_id")?,
        time_ms: number("time_ms")?,
        tag: row.try_get("tag")?,
        chain: row.try_get("chain")?,
        sender: row.try_get("sender")?,
        recipient: row.try_get("recipient")?,
        amount: row.try_get("amount")?,
        fee: row.try_get("fee")?,
        paid_height: paid.map(unsigned).transpose()?,
    })
}
