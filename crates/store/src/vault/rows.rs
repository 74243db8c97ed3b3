//! Deposits as plain data, and the questions that are asked about them.

use super::VaultStore;
use crate::sqlite::{StoreError, hash32, maybe_hash32, number, sql_int};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

const SELECT: &str = "SELECT id, tx, token_id, sender, account, amount, stranded, block, block_hash, time_ms, dropped, \
    mint, ever_hash, code FROM deposit";

/// What came into a vault in one transaction, of one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeposit {
    /// Hash of the transaction.
    pub tx: [u8; 32],
    /// Id of the token on its chain.
    pub token_id: String,
    /// Who paid in, as far as that can be said.
    pub sender: String,
    /// Account that it credits; `None` when it is stranded.
    pub account: Option<String>,
    /// How much, in the chain's base units, big endian.
    pub amount: [u8; 32],
    /// Why it credits nobody.
    pub stranded: Option<String>,
    /// Height of its block.
    pub block: u64,
    /// Hash of its block.
    pub block_hash: [u8; 32],
    /// Time of its block, Unix ms.
    pub time_ms: u64,
}

/// A deposit as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    /// Its number, rising with the order in which deposits were found.
    pub id: u64,
    /// What came in.
    pub found: NewDeposit,
    /// Whether its block is no longer in the chain.
    pub dropped: bool,
    /// What is known of its mint.
    pub mint: MintNote,
}

/// What is known of the mint of a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MintNote {
    /// How far it got.
    pub state: MintState,
    /// The mint that was posted from here.
    pub ever_hash: Option<[u8; 32]>,
    /// Why it was refused.
    pub code: Option<String>,
}

/// How far a mint got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MintState {
    /// Nothing was posted.
    #[default]
    None,
    /// A mint was acknowledged.
    Posted,
    /// The coordinator said that the deposit is minted already.
    Minted,
    /// The coordinator refused it.
    Refused,
}

/// Which deposits of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Only those that credit this account.
    pub account: Option<String>,
    /// Only those that credit nobody.
    pub stranded: bool,
    /// Only those with a smaller number.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

impl MintState {
    const fn number(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Posted => 1,
            Self::Minted => 2,
            Self::Refused => 3,
        }
    }

    fn from_number(number: i64) -> Result<Self, StoreError> {
        [Self::None, Self::Posted, Self::Minted, Self::Refused]
            .into_iter()
            .find(|state| state.number() == number)
            .ok_or_else(|| StoreError::Damaged(format!("state of a mint is {number}")))
    }
}

impl VaultStore {
    /// Deposits of a chain, newest first.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn deposits(&self, chain: &str, listing: &Listing) -> Result<Vec<Deposit>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" WHERE chain = ").push_bind(chain.to_owned());
        if let Some(account) = &listing.account {
            sql.push(" AND account = ").push_bind(account.clone());
        }
        if listing.stranded {
            sql.push(" AND stranded IS NOT NULL");
        }
        if let Some(before) = listing.before {
            sql.push(" AND id < ").push_bind(i64::try_from(before).unwrap_or(i64::MAX));
        }
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(listing.limit));
        let rows = sql.build().fetch_all(&self.readers).await?;
        rows.iter().map(deposit).collect()
    }

    /// The deposit of a token in a transaction.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn deposit(&self, chain: &str, tx: &[u8; 32], token_id: &str) -> Result<Option<Deposit>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" WHERE chain = ").push_bind(chain.to_owned());
        sql.push(" AND tx = ").push_bind(tx.to_vec());
        sql.push(" AND token_id = ").push_bind(token_id.to_owned());
        let row = sql.build().fetch_optional(&self.readers).await?;
        row.as_ref().map(deposit).transpose()
    }

    /// Deposits that credit somebody, stand in a block up to `up_to`, and have no mint that is known of: those with a
    /// number above `after`, oldest first.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn unminted(&self, chain: &str, up_to: u64, after: u64, limit: u32) -> Result<Vec<Deposit>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
        sql.push(" WHERE mint = 0 AND stranded IS NULL AND dropped = 0 AND chain = ").push_bind(chain.to_owned());
        sql.push(" AND block <= ").push_bind(sql_int(up_to)?);
        sql.push(" AND id > ").push_bind(sql_int(after)?);
        sql.push(" ORDER BY id LIMIT ").push_bind(i64::from(limit));
        let rows = sql.build().fetch_all(&self.readers).await?;
        rows.iter().map(deposit).collect()
    }

    /// Notes what became of a deposit's mint.
    ///
    /// # Errors
    /// The database fails.
    pub async fn note_mint(&self, id: u64, note: &MintNote) -> Result<(), StoreError> {
        sqlx::query("UPDATE deposit SET mint = ?, ever_hash = COALESCE(?, ever_hash), code = ? WHERE id = ?")
            .bind(note.state.number())
            .bind(note.ever_hash.map(|hash| hash.to_vec()))
            .bind(&note.code)
            .bind(sql_int(id)?)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

fn deposit(row: &SqliteRow) -> Result<Deposit, StoreError> {
    let ever_hash = maybe_hash32(row, "ever_hash")?;
    Ok(Deposit {
        id: number(row, "id")?,
        found: NewDeposit {
            tx: hash32(row, "tx")?,
            token_id: row.try_get("token_id")?,
            sender: row.try_get("sender")?,
            account: row.try_get("account")?,
            amount: hash32(row, "amount")?,
            stranded: row.try_get("stranded")?,
            block: number(row, "block")?,
            block_hash: hash32(row, "block_hash")?,
            time_ms: number(row, "time_ms")?,
        },
        dropped: row.try_get::<i64, _>("dropped")? != 0,
        mint: MintNote { state: MintState::from_number(row.try_get("mint")?)?, ever_hash, code: row.try_get("code")? },
    })
}
