//! What vaults paid for burns, and how far their chains are read for it.

use super::Pool;
use crate::cursor::{self, Checkpoint, Progress};
use crate::sqlite::{StoreError, sql_int};

/// Forgets what was seen paid on a chain.
const FORGET: &str = "DELETE FROM payout WHERE chain = ?";

/// A burn that its chain paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPayout {
    /// The burn.
    pub ever_hash: [u8; 32],
    /// The transaction that paid it.
    pub tx: [u8; 32],
    /// Height of its block.
    pub block: u64,
}

impl Pool {
    /// Takes up a chain on which burns are paid. Under another `identity` than before, what was seen paid there is forgotten
    /// and reading begins at block `start`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_up_payouts(&self, chain: &str, identity: &str, start: u64) -> Result<Progress, StoreError> {
        let mut tx = self.writer.begin().await?;
        let progress = cursor::take_up(&mut tx, chain, identity, start, FORGET).await?;
        tx.commit().await?;
        Ok(progress)
    }

    /// Writes what the blocks from `from` to `end` paid and moves the cursor behind them. `false`: the cursor is not at
    /// `from`, and nothing was written.
    ///
    /// # Errors
    /// The database fails; nothing was written, or, when the fault came from the commit itself, perhaps all of it.
    pub async fn add_payouts(
        &self,
        chain: &str,
        from: u64,
        end: Checkpoint,
        payouts: &[NewPayout],
    ) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin().await?;
        if !cursor::advance(&mut tx, chain, from, end).await? {
            return Ok(false);
        }
        for payout in payouts {
            sqlx::query("INSERT OR REPLACE INTO payout (ever_hash, chain, tx, block) VALUES (?, ?, ?, ?)")
                .bind(payout.ever_hash.to_vec())
                .bind(chain)
                .bind(payout.tx.to_vec())
                .bind(sql_int(payout.block)?)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Takes the cursor back to `next`: what blocks from there on paid is forgotten until it is found again. Returns how many
    /// payouts that were.
    ///
    /// # Errors
    /// The database fails; nothing was written.
    pub async fn rewind_payouts(&self, chain: &str, next: u64) -> Result<u64, StoreError> {
        let mut tx = self.writer.begin().await?;
        let gone = sqlx::query("DELETE FROM payout WHERE chain = ? AND block >= ?")
            .bind(chain)
            .bind(sql_int(next)?)
            .execute(&mut *tx)
            .await?;
        cursor::rewind(&mut tx, chain, next).await?;
        tx.commit().await?;
        Ok(gone.rows_affected())
    }

    /// From now on items tell what was paid in blocks up to `up_to`.
    ///
    /// # Errors
    /// The database fails; nothing was written.
    pub async fn settle_payouts(&self, chain: &str, up_to: u64) -> Result<(), StoreError> {
        let due: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM payout WHERE settled = 0 AND chain = ? AND block <= ?")
            .bind(chain)
            .bind(sql_int(up_to)?)
            .fetch_one(&self.readers)
            .await?;
        if due > 0 {
            sqlx::query("UPDATE payout SET settled = 1 WHERE settled = 0 AND chain = ? AND block <= ?")
                .bind(chain)
                .bind(sql_int(up_to)?)
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }
}
