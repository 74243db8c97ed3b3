//! Withdrawing: a burn signed here, and its way to the payment on its chain.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reason;

/// What can be withdrawn where, and by whom.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawOptions {
    /// Whether a coordinator is configured: without one nothing can be handed in.
    pub coordinator: bool,
    /// Tokens with the chains that pay them out, by tag.
    pub tokens: Vec<WithdrawToken>,
}

/// A token on a chain that pays it out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawToken {
    /// Token tag.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals on the ledger.
    pub decimals: u8,
    /// The chain.
    pub chain: String,
    /// Decimals there.
    pub target_decimals: u8,
    /// What the coordinator takes, base units of the ledger.
    pub fee: String,
}

/// What somebody wants to withdraw.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawRequest {
    /// The account that pays: one of the keystore's.
    pub account: String,
    /// Token tag.
    pub tag: String,
    /// The chain that pays out.
    pub chain: String,
    /// Who is paid there.
    pub to: String,
    /// How much is paid out, base units of the ledger, without the fee.
    pub amount: String,
}

/// What a withdrawal would do.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawQuote {
    /// Symbol.
    pub symbol: String,
    /// Decimals on the ledger.
    pub decimals: u8,
    /// What is burned, base units of the ledger.
    pub amount: String,
    /// What the coordinator takes.
    pub fee: String,
    /// Both together.
    pub total: String,
    /// What the account has, verified here, with the overlay.
    pub has: String,
    /// What it keeps; null when it has too little.
    pub left: Option<String>,
    /// What is paid on the chain, its base units.
    pub target_amount: String,
    /// Decimals there.
    pub target_decimals: u8,
    /// The address on the chain as it will be signed.
    pub to: String,
    /// Whether the ledger has paid this address for this account before.
    pub known_recipient: bool,
    /// Why it cannot be done; codes: `balance`, `amount_zero`, `precision` (digits that the chain cannot pay), `recipient`,
    /// `recipient_is_vault`, `account_unknown`, `not_payable`, `no_coordinator`. Empty: it can.
    pub problems: Vec<Reason>,
}

/// The way of one withdrawal.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalView {
    /// The burn.
    pub ever_hash: String,
    /// Its steps in their order.
    pub steps: Vec<PathStep>,
    /// How many watchmen have signed; null when no watchman runs here: only they know.
    pub signed: Option<u32>,
    /// How many must.
    pub needed: Option<u32>,
    /// Names of those who have not signed yet.
    pub unsigned: Vec<String>,
    /// The payment on its chain.
    pub tx: Option<String>,
}

/// A step on the way of a burn.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PathStep {
    /// Code. Of a withdrawal: `accepted`, `batched`, `confirmed`, `signing`, `paid`, `final`. Of a payout: `seen`, `verified`, `held`,
    /// `awaiting`, `approved`, `intended`, `signed`, `quorum`, `submitted`, `executed`, `closed`, `refused`, `failed`.
    pub code: String,
    /// `done`, `now` or `to_come`.
    pub state: String,
    /// When it was done, Unix ms.
    #[ts(type = "number | null")]
    pub at_ms: Option<u64>,
    /// A fact that shows it, machine text: a hash, a count.
    pub fact: Option<String>,
}
