//! What the vaults hold beside what the ledger owes, and the payouts that wait.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::HaltView;

/// Reserves against liabilities, for every token.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SolvencyView {
    /// The batch after which the liabilities hold.
    #[ts(type = "number")]
    pub batch: u64,
    /// When this was put together, Unix ms; 0 before the first time.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// Short ones first, then unknown, then covered; by tag.
    pub tokens: Vec<TokenSolvency>,
    /// Vaults that must not pay out.
    pub halts: Vec<HaltView>,
}

/// Whether the vaults cover a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Cover {
    /// All chains were read, and they hold less than is owed.
    Short,
    /// A chain could not be read, and the others do not hold enough.
    Unknown,
    /// They hold at least what is owed.
    Covered,
}

/// One token: what is owed and what is held, all in base units of the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenSolvency {
    /// Token tag.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals, null while unknown.
    pub decimals: Option<u8>,
    /// Minted minus burned.
    pub supply: String,
    /// Burned and not paid out yet.
    pub waiting: String,
    /// Both together.
    pub owed: String,
    /// What the vaults hold; null while any of them is unknown.
    pub held: Option<String>,
    /// Held minus owed, with a minus sign when short; null while unknown.
    pub difference: Option<String>,
    /// The verdict.
    pub verdict: Cover,
    /// Chain by chain.
    pub chains: Vec<ChainReserve>,
}

/// What one vault holds of one token.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChainReserve {
    /// Chain.
    pub chain: String,
    /// Contract or id of the token there.
    pub token_id: String,
    /// Base units of the ledger; null while unknown.
    pub held: Option<String>,
    /// The block it was read at.
    #[ts(type = "number | null")]
    pub height: Option<u64>,
    /// Its hash.
    pub block: Option<String>,
    /// Its time, Unix ms.
    #[ts(type = "number | null")]
    pub time_ms: Option<u64>,
    /// Why it is unknown: `no_node`, `no_answer`, `disagreement`, `not_read`, or `behind` (the block is older than a deposit
    /// that the ledger has credited).
    pub why: Option<String>,
    /// The nodes that said so.
    pub sources: Vec<String>,
}

/// A token that the vaults do not cover, for the heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultShort {
    /// Token tag.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals, null while unknown.
    pub decimals: Option<u8>,
    /// What is missing, base units of the ledger.
    pub shortfall: String,
}

/// Which burns.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BurnsRequest {
    /// Only those of this account.
    pub account: Option<String>,
    /// Only those that are not paid out.
    pub waiting: bool,
    /// Where the previous page ended; null for the newest.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: u32,
}

/// A page of burns.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BurnPage {
    /// Newest first.
    pub rows: Vec<BurnRow>,
    /// For the next page; null at the end.
    pub cursor: Option<String>,
}

/// What has become of a burn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BurnStage {
    /// Not paid out.
    Waiting,
    /// The vault paid.
    Paid,
}

/// A burn: tokens taken off the ledger so that a vault pays them out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BurnRow {
    /// The transaction.
    pub ever_hash: String,
    /// Token tag.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals, null while unknown.
    pub decimals: Option<u8>,
    /// The chain whose vault pays.
    pub chain: String,
    /// Who burned.
    pub from: String,
    /// Who is paid, as sent.
    pub to: String,
    /// To be paid out, base units of the ledger.
    pub amount: String,
    /// Fee, base units of the ledger.
    pub fee: String,
    /// Its batch.
    #[ts(type = "number")]
    pub batch: u64,
    /// Time of the batch's block, Unix ms.
    #[ts(type = "number")]
    pub time_ms: u64,
    /// Its batch is deep enough and persisted.
    pub settled: bool,
    /// What has become of it.
    pub state: BurnStage,
}
