//! Coming back after a stop: the state at the cursor.

use super::append::{Change, decode_accounts};
use super::{BatchRow, LedgerStore, StoreError, progress, signed};
use std::collections::BTreeMap;

/// The state at the cursor.
#[derive(Debug)]
pub struct Restored {
    /// The newest settled batch, `None` before the first.
    pub cursor: Option<BatchRow>,
    /// Its `carry`.
    pub carry: Vec<u8>,
    /// Accounts by id.
    pub accounts: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Tokens by tag.
    pub tokens: Vec<(String, Vec<u8>)>,
    /// `(tag, fingerprint)` of the mints that took effect.
    pub mints: Vec<(String, String)>,
    /// `(id, parent)` of every batch, oldest first; the parent is empty for the first of the ledger.
    pub links: Vec<(String, String)>,
}

impl LedgerStore {
    /// Reads the state at the cursor: the folded accounts and the changes of the batches after them.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn restore(&self) -> Result<Restored, StoreError> {
        let cursor = self.batches(None, 1).await?.pop();
        let carry = match &cursor {
            None => Vec::new(),
            Some(row) => {
                sqlx::query_scalar("SELECT carry FROM batches WHERE number = ?")
                    .bind(signed(row.number)?)
                    .fetch_one(&self.readers)
                    .await?
            }
        };
        let folded = progress(&self.readers, "folded").await?;
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT id, value FROM accounts").fetch_all(&self.readers).await?;
        let mut accounts: BTreeMap<Vec<u8>, Vec<u8>> = rows.into_iter().collect();
        let numbers: Vec<i64> = sqlx::query_scalar("SELECT number FROM bodies WHERE number > ? ORDER BY number")
            .bind(signed(folded)?)
            .fetch_all(&self.readers)
            .await?;
        for number in numbers {
            let blob: Vec<u8> = sqlx::query_scalar("SELECT changes FROM bodies WHERE number = ?")
                .bind(number)
                .fetch_one(&self.readers)
                .await?;
            apply(&mut accounts, decode_accounts(&blob)?);
        }
        Ok(Restored {
            cursor,
            carry,
            accounts,
            tokens: sqlx::query_as("SELECT tag, value FROM tokens").fetch_all(&self.readers).await?,
            links: sqlx::query_as("SELECT id, parent FROM batches ORDER BY number").fetch_all(&self.readers).await?,
            mints: sqlx::query_as("SELECT tag, fingerprint FROM mints").fetch_all(&self.readers).await?,
        })
    }
}

fn apply(accounts: &mut BTreeMap<Vec<u8>, Vec<u8>>, changes: Vec<Change>) {
    for (id, value) in changes {
        match value {
            Some(value) => accounts.insert(id, value),
            None => accounts.remove(&id),
        };
    }
}
