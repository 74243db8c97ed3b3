//! What comes into the vaults: how each chain is watched, deposits and their mints.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reason;

/// The chains that assets come from.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultChains {
    /// Every chain that has a vault, by name.
    pub chains: Vec<VaultChain>,
}

/// A chain with its vault, and how it is watched from here.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultChain {
    /// Chain type, like `ethereum`.
    pub chain: String,
    /// Whether its deposits are watched from here. False: the members about blocks and sources are empty.
    pub watched: bool,
    /// Id of an EVM chain.
    #[ts(type = "number | null")]
    pub chain_id: Option<u64>,
    /// Address of the vault in full.
    pub locker: String,
    /// Blocks, its own included, that a deposit needs before it can be minted.
    #[ts(type = "number")]
    pub confirmations: u64,
    /// What else it needs.
    pub finality: ChainFinality,
    /// The newest block that enough sources know.
    #[ts(type = "number | null")]
    pub tip: Option<u64>,
    /// Its time, Unix ms.
    #[ts(type = "number | null")]
    pub tip_time_ms: Option<u64>,
    /// The newest block that the chain calls final.
    #[ts(type = "number | null")]
    pub finalized: Option<u64>,
    /// The block up to which deposits were looked for.
    #[ts(type = "number | null")]
    pub scanned: Option<u64>,
    /// The block in which the vault was deployed.
    #[ts(type = "number | null")]
    pub start_block: Option<u64>,
    /// The nodes and what they last said.
    pub sources: Vec<NodeView>,
    /// Nodes that must say the same.
    pub sources_needed: u32,
    /// What keeps the watch from going on: `noAnswer`, `disagreement`, `coordinatorSilent`, `database`, `stopped`.
    pub trouble: Option<Reason>,
    /// Set when its vault must not pay out.
    pub halted: Option<HaltView>,
    /// What can be deposited there.
    pub tokens: Vec<DepositToken>,
}

/// When a deposit is settled on its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ChainFinality {
    /// After the number of confirmations.
    Count,
    /// After that number, and not before the chain calls its block final.
    Finalized,
}

/// A node of a vault's chain.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NodeView {
    /// Scheme, host and port; nothing more, since paths may hold keys.
    pub name: String,
    /// `agrees`, `behind`, `disagrees`, `unreachable`, `otherChain`, `unknown`.
    pub state: String,
    /// Its height.
    #[ts(type = "number | null")]
    pub height: Option<u64>,
    /// Duration of its last answer in ms.
    #[ts(type = "number | null")]
    pub latency_ms: Option<u64>,
    /// When it last answered, Unix ms.
    #[ts(type = "number | null")]
    pub seen_ms: Option<u64>,
}

/// A vault that must not pay out until people have looked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HaltView {
    /// The vault's chain.
    pub chain: String,
    /// Since when, Unix ms.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// Why: `mint_undone`, `vault_short`.
    pub code: String,
    /// Key of the alert.
    pub alert_key: String,
}

/// A token that a vault takes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DepositToken {
    /// Token tag on the ledger.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Its contract or id on the chain; the zero address is the chain's coin.
    pub token_id: String,
    /// Decimals on the ledger.
    pub decimals: u8,
    /// Decimals on the chain.
    pub target_decimals: u8,
}

/// Which deposits.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DepositsRequest {
    /// Only this chain's.
    pub chain: Option<String>,
    /// Only those credited to this account.
    pub account: Option<String>,
    /// True: only those that cannot be credited to anybody.
    pub stranded: bool,
    /// Where the previous page ended; null for the newest.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: u32,
}

/// A page of deposits.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DepositPage {
    /// Newest first.
    pub rows: Vec<DepositRow>,
    /// For the next page; null at the end.
    pub cursor: Option<String>,
}

/// How far a deposit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DepositStage {
    /// In a block, not deep enough.
    Seen,
    /// Deep enough to be minted.
    Ready,
    /// Its mint was handed to the coordinator from here.
    Posted,
    /// The coordinator or the ledger has its mint.
    Minted,
    /// The coordinator refused its mint.
    Refused,
    /// Cannot be credited to anybody.
    Stranded,
    /// A reorganisation took it back.
    Dropped,
}

/// What came into a vault by one transaction in one token.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DepositRow {
    /// Stable key of the row.
    pub id: String,
    /// Chain.
    pub chain: String,
    /// Transaction there.
    pub tx: String,
    /// Contract or id of the token there.
    pub token_id: String,
    /// Token tag; null when no token of the ledger has that contract.
    pub tag: Option<String>,
    /// Symbol.
    pub symbol: Option<String>,
    /// Who is credited; null when it is stranded.
    pub account: Option<String>,
    /// Who paid, by that chain; several, separated by commas, when there were several.
    pub sender: String,
    /// What the ledger credits, its base units; null when nothing can be credited.
    pub amount: Option<String>,
    /// What came in, the chain's base units.
    pub raw_amount: String,
    /// Decimals on the ledger.
    pub decimals: Option<u8>,
    /// Decimals on the chain.
    pub target_decimals: Option<u8>,
    /// Block.
    #[ts(type = "number")]
    pub block: u64,
    /// Its hash.
    pub block_hash: String,
    /// Its time, Unix ms.
    #[ts(type = "number")]
    pub time_ms: u64,
    /// Blocks from its own to the tip; 0 when it dropped out.
    #[ts(type = "number")]
    pub confirmations: u64,
    /// Blocks that it needs.
    #[ts(type = "number")]
    pub needed: u64,
    /// The chain calls its block final.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// How far it has come.
    pub state: DepositStage,
    /// Why it is stranded (`internal`, `otherSender`, `ambiguous`, `shortfall`, `unknownToken`, `dust`), refused (the
    /// coordinator's code), or why the last attempt to hand its mint in failed.
    pub code: Option<String>,
    /// everHash of the mint that was handed in from here.
    pub posted: Option<String>,
    /// The mint as the ledger has it, verified here.
    pub mint: Option<DepositMint>,
    /// Whether `postMint` may be asked for.
    pub can_post: bool,
}

/// A mint in the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DepositMint {
    /// The transaction.
    pub ever_hash: String,
    /// Its batch.
    #[ts(type = "number")]
    pub batch: u64,
    /// Deep enough and persisted.
    pub settled: bool,
}

/// Names a deposit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostMintRequest {
    /// Chain.
    pub chain: String,
    /// Transaction there.
    pub tx: String,
    /// Contract or id of the token there.
    pub token_id: String,
}

/// A mint that the coordinator took.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Posted {
    /// The transaction.
    pub ever_hash: String,
}
