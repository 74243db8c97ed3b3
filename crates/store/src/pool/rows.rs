//! What goes into the pool and comes out of it, as plain data.

use crate::sqlite::{StoreError, hash32, maybe_hash32, number, sql_int};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Where the ledger stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Raw id of the last item, 0 before the first.
    pub raw_id: u64,
    /// State root after it.
    pub state_root: [u8; 32],
}

/// An accepted item to append. Its raw id follows from its place.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// The protocol's transaction id.
    pub ever_hash: [u8; 32],
    /// The transaction as it will stand in a batch.
    pub tx_data: Vec<u8>,
    /// Accounts in whose history it is listed, canonical, each once.
    pub listed: Vec<String>,
    /// Canonical token tag.
    pub token_tag: String,
    /// Action name.
    pub action: String,
    /// Mint fingerprint, if it is a mint.
    pub fingerprint: Option<String>,
    /// Clock at acceptance, Unix ms.
    pub accepted_ms: u64,
}

/// What an append changes in the state.
#[derive(Debug, Clone, Default)]
pub struct StateChange {
    /// State root after it.
    pub root: [u8; 32],
    /// Accounts by canonical id, with their new bodies; `None` means: as if never seen.
    pub accounts: Vec<(String, Option<Vec<u8>>)>,
    /// Tokens that changed.
    pub tokens: Vec<TokenRow>,
}

/// What the history made of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Canonical tag.
    pub tag: String,
    /// Its place in account bodies.
    pub place: u32,
    /// Id of its chain.
    pub chain_id: String,
    /// Minted minus burnt, big endian.
    pub supply: [u8; 32],
}

/// A mark to set after the last item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMark {
    /// Raw id of the batch's last item.
    pub last_raw_id: u64,
    /// everHash of that item.
    pub ever_hash: [u8; 32],
    /// State root after that item.
    pub state_root: [u8; 32],
    /// Clock, Unix ms.
    pub marked_ms: u64,
}

/// A stored item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Place in the order of acceptance, from 1.
    pub raw_id: u64,
    /// The protocol's transaction id.
    pub ever_hash: [u8; 32],
    /// The transaction as JSON.
    pub tx_data: Vec<u8>,
    /// Canonical token tag.
    pub token_tag: String,
    /// Clock at acceptance, Unix ms.
    pub accepted_ms: u64,
    /// Set once its batch is confirmed.
    pub packaged: Option<Packaged>,
    /// The transaction that paid it on its chain, if it is a burn and that is settled.
    pub payout: Option<[u8; 32]>,
}

/// Where an item stands on Arweave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packaged {
    /// Arweave id of the batch.
    pub batch_id: [u8; 32],
    /// Time of its block, Unix ms.
    pub block_ms: u64,
}

/// Direction of a listing by raw id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Oldest first; the cursor is below the page.
    Ascending,
    /// Newest first; the cursor is above the page.
    Descending,
}

/// Which items a listing holds. All conditions must hold.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Exclusive bound; none starts at the end that `order` says.
    pub cursor: Option<u64>,
    /// Direction.
    pub order: Order,
    /// Listed in this account's history.
    pub account: Option<String>,
    /// Of this token.
    pub token_tag: Option<String>,
    /// With this action.
    pub action: Option<String>,
    /// Without this action.
    pub without_action: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A mark as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Number of the batch, from 1.
    pub seq: u64,
    /// Raw id of its last item.
    pub last_raw_id: u64,
    /// everHash of that item.
    pub ever_hash: [u8; 32],
    /// State root after that item.
    pub state_root: [u8; 32],
    /// Set once confirmed.
    pub confirmed: Option<Confirmed>,
}

/// What confirmation adds to a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Arweave id of the batch.
    pub batch_id: [u8; 32],
    /// Block height.
    pub height: u64,
    /// Block time, Unix ms.
    pub block_ms: u64,
    /// Rolling root over batch ids and everHashes, up to this batch.
    pub root_hash: [u8; 32],
    /// Rolling root over everHashes, up to this batch.
    pub ever_root_hash: [u8; 32],
}

/// What became of a signed batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealState {
    /// On its way.
    Live,
    /// Deep enough.
    Confirmed,
    /// Given up for a sibling with the same items.
    Replaced,
}

impl SealState {
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Live => 0,
            Self::Confirmed => 1,
            Self::Replaced => 2,
        }
    }

    const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Live),
            1 => Some(Self::Confirmed),
            2 => Some(Self::Replaced),
            _ => None,
        }
    }
}

/// A signed batch to store before it is posted.
#[derive(Debug, Clone)]
pub struct NewSeal {
    /// The mark it carries.
    pub mark: u64,
    /// Signed by a wallet that is not the owner's (only a cheating devnet does that).
    pub foreign_owner: bool,
    /// Arweave id.
    pub batch_id: [u8; 32],
    /// The batch it names as its parent.
    pub parent: Option<[u8; 32]>,
    /// The signed transaction as JSON, without its data.
    pub header: String,
    /// Its data.
    pub body: Vec<u8>,
    /// Id of the last item in the body.
    pub last_item: [u8; 32],
    /// A height not below that of the block its anchor names.
    pub anchor_height: u64,
}

/// A signed batch as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Place in the order of sealing.
    pub position: u64,
    /// The mark it carries.
    pub mark: u64,
    /// Signed by a wallet that is not the owner's.
    pub foreign_owner: bool,
    /// Arweave id.
    pub batch_id: [u8; 32],
    /// The batch it names as its parent.
    pub parent: Option<[u8; 32]>,
    /// The signed transaction as JSON, without its data.
    pub header: String,
    /// Its data; gone once it is settled.
    pub body: Option<Vec<u8>>,
    /// Id of the last item in the body.
    pub last_item: [u8; 32],
    /// A height not below that of the block its anchor names.
    pub anchor_height: u64,
    /// What became of it.
    pub state: SealState,
}

pub(super) fn item(row: &SqliteRow) -> Result<Item, StoreError> {
    let packaged = match maybe_hash32(row, "batch_id")? {
        None => None,
        Some(batch_id) => Some(Packaged { batch_id, block_ms: number(row, "block_ms")? }),
    };
    Ok(Item {
        raw_id: number(row, "raw_id")?,
        ever_hash: hash32(row, "ever_hash")?,
        tx_data: row.try_get("tx_data")?,
        token_tag: row.try_get("token_tag")?,
        accepted_ms: number(row, "accepted_ms")?,
        packaged,
        payout: maybe_hash32(row, "payout_tx")?,
    })
}

pub(super) fn token(row: &SqliteRow) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        tag: row.try_get("tag")?,
        place: row.try_get("place")?,
        chain_id: row.try_get("chain_id")?,
        supply: hash32(row, "supply")?,
    })
}

pub(super) fn mark(row: &SqliteRow) -> Result<Mark, StoreError> {
    let confirmed = match maybe_hash32(row, "batch_id")? {
        None => None,
        Some(batch_id) => Some(Confirmed {
            batch_id,
            height: number(row, "height")?,
            block_ms: number(row, "block_ms")?,
            root_hash: hash32(row, "root_hash")?,
            ever_root_hash: hash32(row, "ever_root_hash")?,
        }),
    };
    Ok(Mark {
        seq: number(row, "seq")?,
        last_raw_id: number(row, "last_raw_id")?,
        ever_hash: hash32(row, "ever_hash")?,
        state_root: hash32(row, "state_root")?,
        confirmed,
    })
}

pub(super) fn seal(row: &SqliteRow) -> Result<Seal, StoreError> {
    let code: i64 = row.try_get("state")?;
    let state = SealState::from_code(code).ok_or_else(|| StoreError::Damaged(format!("seal state {code}")))?;
    Ok(Seal {
        position: number(row, "position")?,
        mark: number(row, "mark")?,
        foreign_owner: number(row, "foreign_owner")? != 0,
        batch_id: hash32(row, "batch_id")?,
        parent: maybe_hash32(row, "parent")?,
        header: row.try_get("header")?,
        body: row.try_get("body")?,
        last_item: hash32(row, "last_item")?,
        anchor_height: number(row, "anchor_height")?,
        state,
    })
}

/// Both numbers of a raw id range as SQLite takes them.
pub(super) fn sql_range(after: u64, up_to: u64) -> Result<(i64, i64), StoreError> {
    Ok((sql_int(after)?, sql_int(up_to)?))
}
