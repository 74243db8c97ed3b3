//! What a reader of the detector sees: plain data, made fresh for each question.

mod vaults;

pub use vaults::{
    Audit, BurnFilter, BurnInfo, BurnPage, BurnState, ChainReserve, Cover, Halt, LiftedHalt, MintRef, Solvency,
    TokenSolvency,
};

use crate::alert::Alert;

/// Where the detector stands. Counters cover settled and overlay batches together.
#[derive(Debug, Clone, Default)]
pub struct HeadStatus {
    /// Grows with every change of anything in here.
    pub seq: u64,
    /// The service has loaded its state and asked a source at least once.
    pub started: bool,
    /// Unix ms of the last transaction verified here.
    pub last_verified_ms: Option<u64>,
    /// Number of batches applied (overlay included); also the number of the last batch.
    pub batches: u64,
    /// Of them in the overlay.
    pub overlay_batches: u64,
    /// Batches found on the chain and not applied yet.
    pub lag_batches: u64,
    /// Height of the last applied batch.
    pub height: Option<u64>,
    /// Highest block a source reported.
    pub tip: Option<u64>,
    /// Transactions judged.
    pub transactions: u64,
    /// Of them rejected.
    pub rejected: u64,
    /// Of them undecidable.
    pub undecidable: u64,
    /// Mints applied that could not be checked.
    pub not_checkable: u64,
    /// State root at the head, `0x` hex.
    pub state_root: String,
    /// Gateways.
    pub sources: Vec<SourceStatus>,
    /// Sources that agree on the accepted head.
    pub sources_agreeing: usize,
    /// Sources that must agree before a batch is settled.
    pub sources_needed: usize,
    /// What keeps the detector from its goal.
    pub unfinished: Option<Unfinished>,
    /// The coordinator, if one is configured.
    pub coordinator: Option<CoordinatorStatus>,
}

/// Why the chain is not fully judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// `no_source`, `gap`, `altered`, `forged`, `conflict`, `disagreement`, `store`, `no_rules`.
    pub code: &'static str,
    /// Batch id, source or empty.
    pub subject: String,
}

/// A gateway as last seen.
#[derive(Debug, Clone)]
pub struct SourceStatus {
    /// Its url.
    pub url: String,
    /// What it is doing.
    pub state: SourceState,
    /// Its height.
    pub height: Option<u64>,
    /// Duration of its last answer.
    pub latency_ms: Option<u64>,
    /// When it last answered, Unix ms.
    pub seen_ms: Option<u64>,
}

/// What a gateway is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceState {
    /// Not asked yet.
    Unknown,
    /// Names the accepted head.
    Agrees,
    /// Has not seen the accepted head yet; that is lag, not disagreement.
    Behind,
    /// Deep enough and yet different.
    Disagrees,
    /// Does not answer.
    Unreachable,
    /// Served data that contradict their own hash.
    Altered,
}

/// The coordinator's claims.
#[derive(Debug, Clone, Default)]
pub struct CoordinatorStatus {
    /// Its url.
    pub url: String,
    /// When it last answered, Unix ms.
    pub seen_ms: Option<u64>,
    /// The newest comparison of roots: (batch number, its root, our root), `0x` hex.
    pub compared: Option<(u64, String, String)>,
    /// It does not answer.
    pub silent: bool,
}

/// The verdict of one item, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum VerdictKind {
    /// Took effect.
    Applied,
    /// Broke a rule; changed nothing.
    Rejected,
    /// A mint applied and marked: its source chain could not be asked.
    NotCheckable,
    /// The rule was never published.
    Undecidable,
    /// Repeated by a re-sealed sibling; dropped.
    Repeat,
}

/// Verdict with the code of the broken or missing rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ItemVerdict {
    /// Kind.
    pub kind: VerdictKind,
    /// Protocol code (rejected) or rule name (undecidable).
    pub code: Option<String>,
}

/// A batch in a list.
#[derive(Debug, Clone)]
pub struct BatchInfo {
    /// Number from 1.
    pub number: u64,
    /// Arweave id.
    pub id: String,
    /// Items.
    pub items: u64,
    /// Rejected items.
    pub rejected: u64,
    /// When it was verified here, Unix ms.
    pub verified_ms: u64,
    /// State root after it, `0x` hex.
    pub state_root: String,
    /// Block height.
    pub height: u64,
    /// Block time, Unix ms.
    pub block_time_ms: u64,
    /// Settled (deep enough and persisted).
    pub confirmed: bool,
}

/// A transaction with its verdict.
#[derive(Debug, Clone)]
pub struct TransactionInfo {
    /// As it stands in the batch; None when the item is no transaction at all.
    pub tx: Option<everpay::Transaction>,
    /// everHash, `0x` hex; empty when unreadable.
    pub ever_hash: String,
    /// Verdict.
    pub verdict: ItemVerdict,
    /// Its batch.
    pub batch: BatchInfo,
    /// Item number from 1.
    pub item: u64,
    /// What the oracle found, for a mint (JSON of `oracle::MintFinding`).
    pub mint_finding: Option<serde_json::Value>,
}

/// Position in the transaction list: batch number and item number, both from 1. Ordered by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Batch number.
    pub batch: u64,
    /// Item number.
    pub item: u64,
}

/// Which transactions a reader wants. Newest first.
#[derive(Debug, Clone, Default)]
pub struct TransactionFilter {
    /// Only older than this.
    pub before: Option<Position>,
    /// Rows at most.
    pub limit: usize,
    /// Only of this account.
    pub account: Option<everpay::AccountId>,
    /// Only this action.
    pub action: Option<String>,
    /// Only this verdict.
    pub verdict: Option<VerdictKind>,
}

/// A page of transactions.
#[derive(Debug, Clone)]
pub struct TransactionList {
    /// Newest first.
    pub rows: Vec<TransactionInfo>,
    /// Where to go on; None at the end. A filtered page may be short and still have more: the scan is bounded.
    pub next: Option<Position>,
    /// Transactions in all.
    pub total: u64,
}

/// One account.
#[derive(Debug, Clone)]
pub struct AccountInfo {
    /// Canonical id.
    pub id: everpay::AccountId,
    /// Last used nonce.
    pub nonce: Option<i64>,
    /// (tag, at the head, confirmed only), zero at both left out.
    pub balances: Vec<(everpay::TokenTag, everpay::Amount, everpay::Amount)>,
    /// Batch after which these hold.
    pub as_of_batch: u64,
    /// Root they are part of, `0x` hex.
    pub state_root: String,
}

/// One minute of activity.
#[derive(Debug, Clone, Copy, Default)]
pub struct MinuteMark {
    /// Start, Unix ms.
    pub start_ms: u64,
    /// Transactions verified.
    pub verified: u64,
    /// Alerts raised.
    pub alerts: u32,
    /// Polls in which enough sources agreed, lagged, disagreed or kept silent.
    pub agreed: u32,
    /// Polls with a source late.
    pub late: u32,
    /// Polls with sources in disagreement.
    pub disagreed: u32,
    /// Polls without any source.
    pub silent: u32,
}

/// What the detector tells without being asked.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Something in [`HeadStatus`] changed.
    Status,
    /// A batch was applied.
    Batch(BatchInfo),
    /// An alert was raised (`true`) or changed (`false`).
    Alert(Box<Alert>, bool),
    /// Overlay batches were thrown away: lists must be read anew.
    Reloaded,
    /// What the vaults hold, owe or have paid changed, or one was halted.
    Vaults,
}
