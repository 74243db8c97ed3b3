//! Halted vaults, and who armed them again. A row is a cause: once lifted it stays so, with who and why.

use super::append::upsert_alert;
use super::{AlertRow, LedgerStore, StoreError};
use crate::sqlite::{number, sql_int};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::collections::BTreeSet;

/// A halted vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HaltRow {
    /// Chain of the vault.
    pub chain: String,
    /// Key of the alert that stopped it.
    pub alert_key: String,
    /// Code of that alert.
    pub code: String,
    /// Unix ms.
    pub since_ms: u64,
}

/// A halt that a person lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiftedRow {
    /// The halt.
    pub halt: HaltRow,
    /// When, Unix ms.
    pub at_ms: u64,
    /// Who, by their own word.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What a person says who arms a vault again.
#[derive(Debug, Clone, Copy)]
pub struct Lift<'a> {
    /// The chain of the vault.
    pub chain: &'a str,
    /// Keys of the causes that the person saw.
    pub keys: &'a BTreeSet<String>,
    /// Who, by their own word.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When, Unix ms.
    pub at_ms: u64,
}

const STANDING: &str =
    "SELECT chain, alert_key, code, since_ms FROM halts WHERE rearmed_ms IS NULL ORDER BY since_ms, chain, alert_key";

impl LedgerStore {
    /// Halts that nobody has lifted, oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn halts(&self) -> Result<Vec<HaltRow>, StoreError> {
        sqlx::query(STANDING).fetch_all(&self.readers).await?.iter().map(halt).collect()
    }

    /// Lifts the halts of a chain and writes the alerts that show it, when its causes are just those that were seen.
    /// `false`: they are others, and nothing was written.
    ///
    /// # Errors
    /// The database fails; nothing was written.
    pub async fn lift_halts(&self, lift: &Lift<'_>, alerts: &[AlertRow]) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let rows = sqlx::query(STANDING).fetch_all(&mut *tx).await?;
        let rows = rows.iter().map(halt).collect::<Result<Vec<_>, _>>()?;
        let keys: BTreeSet<String> =
            rows.into_iter().filter(|row| row.chain == lift.chain).map(|row| row.alert_key).collect();
        if keys.is_empty() || keys != *lift.keys {
            return Ok(false);
        }
        sqlx::query(
            "UPDATE halts SET rearmed_ms = ?, rearmed_by = ?, rearmed_why = ? WHERE chain = ? AND rearmed_ms IS NULL",
        )
        .bind(sql_int(lift.at_ms)?)
        .bind(lift.by)
        .bind(lift.reason)
        .bind(lift.chain)
        .execute(&mut *tx)
        .await?;
        for alert in alerts {
            upsert_alert(&mut tx, alert).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Halts that people lifted, the newest lift first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lifted_halts(&self, limit: u32) -> Result<Vec<LiftedRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM halts WHERE rearmed_ms IS NOT NULL ORDER BY rearmed_ms DESC, chain, alert_key LIMIT ?",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(LiftedRow {
                    halt: halt(row)?,
                    at_ms: number(row, "rearmed_ms")?,
                    by: row.try_get::<Option<String>, _>("rearmed_by")?.unwrap_or_default(),
                    reason: row.try_get::<Option<String>, _>("rearmed_why")?.unwrap_or_default(),
                })
            })
            .collect()
    }
}

/// Halts a vault; a cause that is known stays as it is, lifted or not.
pub(super) async fn insert_halt(tx: &mut SqliteConnection, halt: &HaltRow) -> Result<(), StoreError> {
    sqlx::query("INSERT OR IGNORE INTO halts (chain, alert_key, code, since_ms) VALUES (?, ?, ?, ?)")
        .bind(&halt.chain)
        .bind(&halt.alert_key)
        .bind(&halt.code)
        .bind(sql_int(halt.since_ms)?)
        .execute(tx)
        .await?;
    Ok(())
}

fn halt(row: &SqliteRow) -> Result<HaltRow, StoreError> {
    Ok(HaltRow {
        chain: row.try_get("chain")?,
        alert_key: row.try_get("alert_key")?,
        code: row.try_get("code")?,
        since_ms: number(row, "since_ms")?,
    })
}
