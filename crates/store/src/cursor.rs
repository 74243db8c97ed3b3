//! How far a chain is read, in every database that keeps what the chain brought.
//!
//! Each of them has the tables `chain (name, identity, next)` and `checkpoint (chain, number, hash)`; what follows from the
//! blocks is the caller's and moves in the same transaction. What always holds: the cursor moves only from where it stood,
//! so that a range is taken once; under another identity nothing that was read is kept.

use crate::sqlite::{StoreError, hash32, number, sql_int};
use sqlx::sqlite::SqliteConnection;

/// Checkpoints kept for a chain: the very first, which tells one chain from another, and the newest.
pub const CHECKPOINTS_MAX: u32 = 512;

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

/// Takes up a chain. Under another `identity` than before, reading begins at block `start` and `forget` is run with the
/// chain's name: statements that drop what rests on the cursor.
pub(crate) async fn take_up(
    tx: &mut SqliteConnection,
    chain: &str,
    identity: &str,
    start: u64,
    forget: &'static str,
) -> Result<Progress, StoreError> {
    let known: Option<String> =
        sqlx::query_scalar("SELECT identity FROM chain WHERE name = ?").bind(chain).fetch_optional(&mut *tx).await?;
    if known.as_deref() != Some(identity) {
        // In the order that references allow.
        for sql in [forget, "DELETE FROM checkpoint WHERE chain = ?", "DELETE FROM chain WHERE name = ?"] {
            sqlx::query(sql).bind(chain).execute(&mut *tx).await?;
        }
        sqlx::query("INSERT INTO chain (name, identity, next) VALUES (?, ?, ?)")
            .bind(chain)
            .bind(identity)
            .bind(sql_int(start)?)
            .execute(&mut *tx)
            .await?;
    }
    progress(tx, chain).await
}

/// Moves the cursor from `from` behind `end`. `false`: it does not stand at `from`, and nothing was written.
pub(crate) async fn advance(
    tx: &mut SqliteConnection,
    chain: &str,
    from: u64,
    end: Checkpoint,
) -> Result<bool, StoreError> {
    let moved = sqlx::query("UPDATE chain SET next = ? WHERE name = ? AND next = ?")
        .bind(sql_int(end.number + 1)?)
        .bind(chain)
        .bind(sql_int(from)?)
        .execute(&mut *tx)
        .await?;
    if moved.rows_affected() != 1 {
        return Ok(false);
    }
    sqlx::query("INSERT INTO checkpoint (chain, number, hash) VALUES (?, ?, ?)")
        .bind(chain)
        .bind(sql_int(end.number)?)
        .bind(end.hash.to_vec())
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
    Ok(true)
}

/// Takes the cursor back to `next`: blocks from there on are to be read again.
pub(crate) async fn rewind(tx: &mut SqliteConnection, chain: &str, next: u64) -> Result<(), StoreError> {
    let from = sql_int(next)?;
    sqlx::query("DELETE FROM checkpoint WHERE chain = ? AND number >= ?")
        .bind(chain)
        .bind(from)
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE chain SET next = ? WHERE name = ?").bind(from).bind(chain).execute(&mut *tx).await?;
    Ok(())
}

async fn progress(tx: &mut SqliteConnection, chain: &str) -> Result<Progress, StoreError> {
    let row = sqlx::query("SELECT next FROM chain WHERE name = ?").bind(chain).fetch_one(&mut *tx).await?;
    let rows = sqlx::query("SELECT number, hash FROM checkpoint WHERE chain = ? ORDER BY number")
        .bind(chain)
        .fetch_all(&mut *tx)
        .await?;
    let checkpoints = rows
        .iter()
        .map(|row| Ok(Checkpoint { number: number(row, "number")?, hash: hash32(row, "hash")? }))
        .collect::<Result<_, StoreError>>()?;
    Ok(Progress { next: number(&row, "next")?, checkpoints })
}
