//! What vaults did that only a burn justifies: payouts and signatures, who owned the vaults, and how far this is read.
//!
//! What always holds: a range of blocks and the cursor behind it are written together, so are verdicts with their alerts and
//! halts, and so is the way back with the alerts that end there; a signature that was brought here rests on no block and
//! stays when blocks drop out.

mod rows;

pub use rows::{ActPlace, ActRow, ActState};

use super::append::upsert_alert;
use super::halts::insert_halt;
use super::{AlertRow, HaltRow, LedgerStore, StoreError};
use crate::cursor::{self, Checkpoint, Progress};
use crate::sqlite::sql_int;
use rows::{account, act, insert_act};
use std::collections::BTreeSet;

/// Forgets what happened on a chain.
const FORGET: &str = "DELETE FROM act WHERE chain = ?";

/// A range of blocks with all that happened there.
#[derive(Debug, Clone)]
pub struct ActRange {
    /// Its first block: where the cursor stands.
    pub from: u64,
    /// Its last block.
    pub end: Checkpoint,
    /// What happened.
    pub acts: Vec<ActRow>,
    /// Who turned out to own the vault, and in which block.
    pub owners: Vec<([u8; 20], u64)>,
}

/// What became of a signature that was brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought {
    /// It is kept now.
    Taken,
    /// It is known.
    Known,
    /// Enough of this signer are kept.
    TooMany,
    /// Its chain was not taken up yet.
    NoChain,
}

/// What one look at open acts came to.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    /// What became of acts, by their numbers, with the alert that each led to.
    pub acts: Vec<(u64, ActState, Option<String>)>,
    /// New or changed alerts.
    pub alerts: Vec<AlertRow>,
    /// The halts that they cause.
    pub halts: Vec<HaltRow>,
}

impl LedgerStore {
    /// Takes up the vault of a chain. Under another `identity` than before, what happened there is forgotten, alerts apart,
    /// and reading begins at block `start`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_up_vault(&self, chain: &str, identity: &str, start: u64) -> Result<Progress, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let progress = cursor::take_up(&mut tx, chain, identity, start, FORGET).await?;
        tx.commit().await?;
        Ok(progress)
    }

    /// Writes a range that was read and moves the cursor behind it. `false`: the cursor is not at the range's start, and
    /// nothing was written.
    ///
    /// # Errors
    /// The database fails.
    pub async fn append_acts(&self, chain: &str, range: &ActRange) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        if !cursor::advance(&mut tx, chain, range.from, range.end).await? {
            return Ok(false);
        }
        for act in &range.acts {
            insert_act(&mut tx, chain, act).await?;
        }
        for (account, block) in &range.owners {
            sqlx::query("INSERT OR IGNORE INTO owner (chain, account, block) VALUES (?, ?, ?)")
                .bind(chain)
                .bind(account.to_vec())
                .bind(sql_int(*block)?)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Keys of the alerts of a chain that rest on blocks from `next` on and on nothing else.
    ///
    /// # Errors
    /// The database fails.
    pub async fn alerts_resting_on(&self, chain: &str, next: u64) -> Result<Vec<String>, StoreError> {
        let keys = sqlx::query_scalar(
            "SELECT DISTINCT alert_key FROM act AS gone WHERE chain = ?1 AND block >= ?2 AND alert_key IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM act WHERE alert_key = gone.alert_key AND (block IS NULL OR block < ?2))",
        );
        Ok(keys.bind(chain).bind(sql_int(next)?).fetch_all(&self.readers).await?)
    }

    /// Takes the cursor back to `next`: what happened from there on is forgotten, and `ended` are the alerts that end so.
    ///
    /// # Errors
    /// The database fails; nothing was written.
    pub async fn rewind_acts(&self, chain: &str, next: u64, ended: &[AlertRow]) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        cursor::rewind(&mut tx, chain, next).await?;
        for sql in
            ["DELETE FROM act WHERE chain = ? AND block >= ?", "DELETE FROM owner WHERE chain = ? AND block >= ?"]
        {
            sqlx::query(sql).bind(chain).bind(sql_int(next)?).execute(&mut *tx).await?;
        }
        for alert in ended {
            upsert_alert(&mut tx, alert).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Acts of a chain in this state, in the order in which they were read.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn acts_in(&self, chain: &str, state: ActState, limit: u32) -> Result<Vec<ActRow>, StoreError> {
        // SQLite may use the partial index only when it sees that it holds all rows that are asked for.
        let sql = "SELECT * FROM act WHERE chain = ? AND state = ? AND state <> 1 ORDER BY id LIMIT ?";
        let rows =
            sqlx::query(sql).bind(chain).bind(state.number()).bind(i64::from(limit)).fetch_all(&self.readers).await?;
        rows.iter().map(act).collect()
    }

    /// Payouts of a chain for a burn that stand in the chain, in its order.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn payouts_of(&self, chain: &str, ever_hash: &str) -> Result<Vec<ActRow>, StoreError> {
        let sql = "SELECT * FROM act WHERE chain = ? AND ever_hash = ? AND kind = 0 ORDER BY block, place";
        let rows = sqlx::query(sql).bind(chain).bind(ever_hash).fetch_all(&self.readers).await?;
        rows.iter().map(act).collect()
    }

    /// Keeps what was decided, all or nothing. A halt that is known stays as it is, armed again or not.
    ///
    /// # Errors
    /// The database fails; then nothing is written.
    pub async fn decide_acts(&self, decided: &Decided) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for (id, state, alert_key) in &decided.acts {
            sqlx::query("UPDATE act SET state = ?, alert_key = ? WHERE id = ?")
                .bind(state.number())
                .bind(alert_key)
                .bind(sql_int(*id)?)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query("DELETE FROM act WHERE kind = 1 AND state = 1").execute(&mut *tx).await?;
        for alert in &decided.alerts {
            upsert_alert(&mut tx, alert).await?;
        }
        for halt in &decided.halts {
            insert_halt(&mut tx, halt).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Who owned the vault of a chain at any time.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn owners_of(&self, chain: &str) -> Result<BTreeSet<[u8; 20]>, StoreError> {
        let rows = sqlx::query("SELECT account FROM owner WHERE chain = ?").bind(chain).fetch_all(&self.readers);
        rows.await?.iter().map(|row| account(row, "account")).collect()
    }

    /// Takes a signature that was brought here, of each signer at most `limit` that no burn justifies.
    ///
    /// # Errors
    /// The database fails.
    pub async fn bring_act(&self, chain: &str, act: &ActRow, limit: u32) -> Result<Brought, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let signer = act.signer.map(|signer| signer.to_vec());
        let known: Option<i64> =
            sqlx::query_scalar("SELECT id FROM act WHERE chain = ? AND ever_hash = ? AND signer = ? AND payload = ?")
                .bind(chain)
                .bind(&act.ever_hash)
                .bind(&signer)
                .bind(&act.payload)
                .fetch_optional(&mut *tx)
                .await?;
        if known.is_some() {
            return Ok(Brought::Known);
        }
        let taken_up: i64 =
            sqlx::query_scalar("SELECT count(*) FROM chain WHERE name = ?").bind(chain).fetch_one(&mut *tx).await?;
        if taken_up == 0 {
            return Ok(Brought::NoChain);
        }
        let sql = "SELECT count(*) FROM act WHERE chain = ? AND signer = ? AND block IS NULL AND state <> 1";
        let brought: i64 = sqlx::query_scalar(sql).bind(chain).bind(&signer).fetch_one(&mut *tx).await?;
        if brought >= i64::from(limit) {
            return Ok(Brought::TooMany);
        }
        insert_act(&mut tx, chain, act).await?;
        tx.commit().await?;
        Ok(Brought::Taken)
    }
}
