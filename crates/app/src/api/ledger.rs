//! What was computed from the ledger: the network's tokens, accounts, transactions with their verdicts, batches.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Field;

/// What is watched.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworkView {
    /// Name for people.
    pub name: String,
    /// True for a devnet.
    pub practice: bool,
    /// Arweave address that writes the batches.
    pub owner: String,
    /// Coordinator API, if configured.
    pub coordinator: Option<String>,
    /// Gateways.
    pub gateways: Vec<String>,
    /// Account that receives fees.
    pub fee_recipient: String,
    /// Where assets are locked, by chain.
    pub lockers: Vec<Locker>,
    /// False: the token list was not known, tokens are what their first transaction says.
    pub tokens_listed: bool,
    /// Tokens with supply.
    pub tokens: Vec<TokenView>,
}

/// The address that holds locked assets on a chain.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Locker {
    /// Chain type, like `arweave`.
    pub chain: String,
    /// Address there.
    pub address: String,
}

/// A token of the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// Protocol tag.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals on the ledger; null while unknown (open token list).
    pub decimals: Option<u8>,
    /// Minted minus burned, base units.
    pub supply: String,
    /// Target chains a burn may name where a vault pays out; empty: payouts wait.
    pub payable_on: Vec<String>,
}

/// Names an account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountRequest {
    /// Account id in any accepted form.
    pub account: String,
}

/// An account as computed here.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Canonical id.
    pub account: String,
    /// `ethereum`, `arweave` or `eid`.
    pub kind: String,
    /// Last used nonce, decimal text; null when it never signed.
    pub nonce: Option<String>,
    /// Non-zero balances.
    pub balances: Vec<BalanceView>,
    /// Number of the batch after which these hold.
    #[ts(type = "number")]
    pub as_of_batch: u64,
    /// State root they are part of.
    pub state_root: String,
}

/// One balance.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BalanceView {
    /// Token tag.
    pub tag: String,
    /// Token symbol.
    pub symbol: String,
    /// Decimals, null while unknown.
    pub decimals: Option<u8>,
    /// Base units, with all batches of the overlay.
    pub amount: String,
    /// Base units in confirmed batches only.
    pub confirmed: String,
    /// What the coordinator says for this account, null when it did not say.
    pub claimed: Option<String>,
}

/// Accounts seen lately.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecentAccounts {
    /// Canonical ids.
    pub accounts: Vec<String>,
}

/// Which transactions.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransactionsRequest {
    /// Where the previous page ended; null for the newest.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: u32,
    /// Only this account's.
    pub account: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// Only this verdict.
    pub verdict: Option<Verdict>,
}

/// The four kinds of verdict, and the repeat of a sibling batch that needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Took effect.
    Applied,
    /// Broke a rule; changed nothing.
    Rejected,
    /// A mint whose source chain cannot be asked: applied and marked.
    NotCheckable,
    /// The rule was never published.
    Undecidable,
    /// The same item again in a re-sealed sibling batch; dropped quietly.
    Repeat,
}

/// A row of the list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransactionRow {
    /// `0x` hex.
    pub ever_hash: String,
    /// Action.
    pub action: String,
    /// Sender as sent.
    pub from: String,
    /// Recipient as sent.
    pub to: String,
    /// Token tag.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals, null while unknown.
    pub decimals: Option<u8>,
    /// Base units as sent.
    pub amount: String,
    /// Verdict.
    pub verdict: Verdict,
    /// Protocol code or rule name when not applied.
    pub code: Option<String>,
    /// Batch number, from 1.
    #[ts(type = "number")]
    pub batch: u64,
    /// Item number in the batch, from 1.
    #[ts(type = "number")]
    pub item: u64,
    /// Time of the batch's block, Unix ms; null while not mined.
    #[ts(type = "number | null")]
    pub block_time_ms: Option<u64>,
    /// False while the batch is in the overlay.
    pub confirmed: bool,
}

/// A page of transactions.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransactionPage {
    /// Newest first.
    pub rows: Vec<TransactionRow>,
    /// For the next page; null at the end.
    pub cursor: Option<String>,
    /// Transactions in all (without filter).
    #[ts(type = "number")]
    pub total: u64,
}

/// Names a transaction.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HashRequest {
    /// `0x` hex everHash.
    pub ever_hash: String,
}

/// Everything about one transaction.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDetail {
    /// The row.
    pub row: TransactionRow,
    /// The fields as signed, in signing order, with `sig` last.
    pub fields: Vec<Field>,
    /// The exact signed text.
    pub message: String,
    /// The checks in the order they ran.
    pub checks: Vec<CheckView>,
    /// Arweave id of its batch.
    pub batch_id: String,
    /// Items in that batch.
    #[ts(type = "number")]
    pub batch_items: u64,
    /// Block height; null while not mined.
    #[ts(type = "number | null")]
    pub height: Option<u64>,
    /// Depth in blocks, the block itself counted.
    #[ts(type = "number | null")]
    pub depth: Option<u64>,
    /// State root after its batch.
    pub state_root_after: String,
    /// When it was verified here, Unix ms.
    #[ts(type = "number")]
    pub verified_ms: u64,
    /// Key of the alert it caused.
    pub alert: Option<String>,
    /// A burn that no vault pays out yet.
    pub payout_waits: bool,
}

/// One check of a transaction.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    /// Code: `hash`, `signature`, `nonce`, `token`, `fee`, `balance`, `inBatch`, `batchOwner`, `parent`, `deposit`.
    pub code: String,
    /// `holds`, `fails`, `notReached`, `notCheckable`.
    pub result: String,
    /// A fact that shows it, machine text.
    pub fact: String,
}

/// A batch.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchRow {
    /// Number, from 1.
    #[ts(type = "number")]
    pub number: u64,
    /// Arweave id.
    pub id: String,
    /// Items.
    #[ts(type = "number")]
    pub items: u64,
    /// Of them rejected.
    #[ts(type = "number")]
    pub rejected: u64,
    /// When it was verified here, Unix ms.
    #[ts(type = "number")]
    pub verified_ms: u64,
    /// Root after it.
    pub state_root: String,
    /// Block height, null while not mined.
    #[ts(type = "number | null")]
    pub height: Option<u64>,
    /// Depth in blocks, the block itself counted.
    #[ts(type = "number | null")]
    pub depth: Option<u64>,
    /// Deep enough and persisted.
    pub confirmed: bool,
}

/// A page of batches.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchPage {
    /// Newest first.
    pub rows: Vec<BatchRow>,
    /// For the next page.
    pub cursor: Option<String>,
}

/// A text to look for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    /// Anything.
    pub text: String,
}

/// What it names.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchReply {
    /// `account`, `transaction`, `batch`, `nothing`.
    pub kind: String,
    /// Canonical id or number.
    pub id: String,
}
