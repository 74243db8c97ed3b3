//! What a reader sees of the vaults: what they hold beside what the ledger owes, burns that wait, halts. Plain data.

use everpay::{AccountId, Amount, TokenTag};

/// What the vaults hold beside what the ledger owes, as of one batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Solvency {
    /// Number of the batch at whose end the debts were counted; 0 before the first.
    pub batch: u64,
    /// When the comparison was made, Unix ms; 0 before the first.
    pub at_ms: u64,
    /// Listed tokens in the order of their list.
    pub tokens: Vec<TokenSolvency>,
    /// Vaults that are to pay nothing until a person looked.
    pub halts: Vec<Halt>,
    /// How far what the vaults did is held against the burns, chain by chain.
    pub audits: Vec<Audit>,
}

/// One token. All amounts are in the ledger's base units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSolvency {
    /// The token.
    pub tag: TokenTag,
    /// As listed.
    pub symbol: String,
    /// Decimals of its base unit in the ledger, where they are known.
    pub decimals: Option<u8>,
    /// What accounts hold.
    pub supply: Amount,
    /// Burnt and not paid out yet.
    pub waiting: Amount,
    /// Both together.
    pub owed: Amount,
    /// What its vaults hold, when every one of them could be read.
    pub held: Option<Amount>,
    /// How they compare.
    pub verdict: Cover,
    /// Vault by vault.
    pub chains: Vec<ChainReserve>,
}

/// Whether what is held covers what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// It does.
    Covered,
    /// It does not, and every vault was read.
    Short,
    /// Nobody can say: a vault could not be read, or the ledger is not read to its end.
    Unknown,
}

/// A token in one chain's vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReserve {
    /// The chain.
    pub chain: String,
    /// Id of the token there.
    pub token_id: String,
    /// What is there, in the ledger's base units, rounded down.
    pub held: Option<Amount>,
    /// Height of the block at which it was read.
    pub height: Option<u64>,
    /// Its hash.
    pub block: Option<String>,
    /// Its time, Unix ms.
    pub time_ms: Option<u64>,
    /// Why nothing was read: `no_node`, `no_answer`, `disagreement`, `not_read`, or `behind` (the block that was read is
    /// older than a deposit the ledger has credited).
    pub why: Option<&'static str>,
    /// The sources that said so, without keys.
    pub sources: Vec<String>,
}

/// A vault that is to pay nothing until a person looked and armed it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// The chain of the vault.
    pub chain: String,
    /// Since when, Unix ms.
    pub since_ms: u64,
    /// Code of the alert that stopped it.
    pub code: String,
    /// Key of that alert.
    pub alert_key: String,
}

/// A halt that a person lifted: its cause does not halt again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiftedHalt {
    /// What had stopped the vault.
    pub halt: Halt,
    /// When it was lifted, Unix ms.
    pub at_ms: u64,
    /// By whom, by their own word.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// How far a vault's doings are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The chain.
    pub chain: String,
    /// Height of the last block that was read.
    pub block: Option<u64>,
    /// The chain is read to its end.
    pub read: bool,
    /// Why it is not: `no_answer`, `disagreement`; `None` while reading.
    pub why: Option<&'static str>,
}

/// Which burns a reader wants. Newest first.
#[derive(Debug, Clone, Default)]
pub struct BurnFilter {
    /// Only those of this account.
    pub account: Option<AccountId>,
    /// Only those not paid out.
    pub waiting_only: bool,
}

/// A page of burns.
#[derive(Debug, Clone, Default)]
pub struct BurnPage {
    /// Newest first.
    pub rows: Vec<BurnInfo>,
    /// The `before` of the next page; `None` at the end.
    pub next: Option<u64>,
}

/// A burn that took effect: a debt of a vault until it is paid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurnInfo {
    /// Grows with age order: a later burn has a larger id.
    pub id: u64,
    /// everHash, `0x` hex.
    pub ever_hash: String,
    /// The token.
    pub tag: TokenTag,
    /// As listed; the tag's own where it is not.
    pub symbol: String,
    /// Decimals of the ledger's base unit, where they are known.
    pub decimals: Option<u8>,
    /// Chain on which it is to be paid.
    pub chain: String,
    /// Who burnt.
    pub from: AccountId,
    /// Who is paid there.
    pub to: String,
    /// What is paid, in the ledger's base units.
    pub amount: Amount,
    /// The fee, in the same.
    pub fee: Amount,
    /// Number of its batch.
    pub batch: u64,
    /// Block time of the batch, Unix ms.
    pub time_ms: u64,
    /// The batch is settled.
    pub settled: bool,
    /// Where it stands.
    pub state: BurnState,
    /// Height of the block of its chain at which it was first seen paid.
    pub paid_height: Option<u64>,
}

/// Where a burn stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BurnState {
    /// Not paid out.
    Waiting,
    /// Paid out, as the vault's chain says.
    Paid,
}

/// The mint that credited a deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MintRef {
    /// everHash, `0x` hex.
    pub ever_hash: String,
    /// Number of its batch.
    pub batch: u64,
    /// The batch is settled.
    pub settled: bool,
}
