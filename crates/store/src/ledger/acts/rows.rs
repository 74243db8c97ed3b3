//! Acts as plain data, and as rows.

use crate::ledger::StoreError;
use crate::sqlite::{hash32, number, sql_int};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// Something that only a burn justifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRow {
    /// Its number here; 0 before it is stored.
    pub id: u64,
    /// Where the chain shows it; `None` for a signature that was brought here.
    pub place: Option<ActPlace>,
    /// Who signed; `None` for a payout.
    pub signer: Option<[u8; 20]>,
    /// everHash of the burn that it is about, `0x` hex.
    pub ever_hash: String,
    /// What was carried out or signed (opaque).
    pub payload: Vec<u8>,
    /// The signature, where it was brought here.
    pub signature: Option<Vec<u8>>,
    /// When it was read here, Unix ms.
    pub seen_ms: u64,
    /// What was decided about it.
    pub state: ActState,
    /// Key of the alert that it led to.
    pub alert_key: Option<String>,
}

/// A place on a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActPlace {
    /// Height of the block.
    pub block: u64,
    /// Place of the log in the block.
    pub index: u64,
    /// Hash of the block.
    pub block_hash: [u8; 32],
    /// The transaction.
    pub tx: [u8; 32],
}

/// What was decided about an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActState {
    /// Nothing yet.
    Open,
    /// A burn justifies it.
    Justified,
    /// No burn does.
    Offence,
    /// No burn does as long as none of its everHash is known.
    NoBurn,
}

impl ActState {
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Justified => 1,
            Self::Offence => 2,
            Self::NoBurn => 3,
        }
    }

    fn from_number(number: i64) -> Result<Self, StoreError> {
        let states = [Self::Open, Self::Justified, Self::Offence, Self::NoBurn];
        let state = states.into_iter().find(|state| state.number() == number);
        state.ok_or_else(|| StoreError::Damaged(format!("state {number} of an act")))
    }
}

pub(super) async fn insert_act(tx: &mut SqliteConnection, chain: &str, act: &ActRow) -> Result<(), StoreError> {
    let place = act.place.as_ref();
    sqlx::query(
        "INSERT INTO act (chain, kind, block, place, block_hash, tx, signer, ever_hash, payload, signature, seen_ms, \
         state, alert_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(chain)
    .bind(i64::from(act.signer.is_some()))
    .bind(place.map(|place| sql_int(place.block)).transpose()?)
    .bind(place.map(|place| sql_int(place.index)).transpose()?)
    .bind(place.map(|place| place.block_hash.to_vec()))
    .bind(place.map(|place| place.tx.to_vec()))
    .bind(act.signer.map(|signer| signer.to_vec()))
    .bind(&act.ever_hash)
    .bind(&act.payload)
    .bind(&act.signature)
    .bind(sql_int(act.seen_ms)?)
    .bind(act.state.number())
    .bind(&act.alert_key)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) fn act(row: &SqliteRow) -> Result<ActRow, StoreError> {
    let block: Option<i64> = row.try_get("block")?;
    let signer: Option<Vec<u8>> = row.try_get("signer")?;
    Ok(ActRow {
        id: number(row, "id")?,
        place: block.is_some().then(|| place(row)).transpose()?,
        signer: signer.is_some().then(|| account(row, "signer")).transpose()?,
        ever_hash: row.try_get("ever_hash")?,
        payload: row.try_get("payload")?,
        signature: row.try_get("signature")?,
        seen_ms: number(row, "seen_ms")?,
        state: ActState::from_number(row.try_get("state")?)?,
        alert_key: row.try_get("alert_key")?,
    })
}

fn place(row: &SqliteRow) -> Result<ActPlace, StoreError> {
    Ok(ActPlace {
        block: number(row, "block")?,
        index: number(row, "place")?,
        block_hash: hash32(row, "block_hash")?,
        tx: hash32(row, "tx")?,
    })
}

pub(super) fn account(row: &SqliteRow, column: &str) -> Result<[u8; 20], StoreError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    bytes.try_into().map_err(|_| StoreError::Damaged(format!("{column} is no account")))
}
