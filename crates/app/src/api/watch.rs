//! The watchman of this program: what waits for a person, what would be signed, who the others are, by which rules.
//!
//! A page names a burn by its everHash alone. What is approved is rebuilt here from the replay and shown in a window that no
//! page can reach; the same holds for every change that loosens something.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CheckView, PathStep, Reason};

/// How far the watchman of this program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum WatchmanMode {
    /// Nobody set one up here.
    NotSetUp,
    /// Set up; the keystore was not opened since the start, so that nothing runs.
    Locked,
    /// Opening its journal.
    Starting,
    /// Runs.
    Running,
    /// Ended with a fault.
    Failed,
}

/// Whether a signature can be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Signing {
    /// No watchman is set up.
    NotSetUp,
    /// The keystore is locked: it watches and cannot sign.
    Locked,
    /// A vault is halted, or the policy's stop switch is on.
    Stopped,
    /// Something else stands against it: see `troubles`.
    Blocked,
    /// It can.
    Ready,
}

/// The watchman as it stands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchmanView {
    /// How far it is.
    pub mode: WatchmanMode,
    /// Why it failed.
    pub why: Option<Reason>,
    /// Whether it can sign.
    pub signing: Signing,
    /// Its account; null while not set up.
    pub owner: Option<String>,
    /// Its identity between watchmen.
    pub peer: Option<String>,
    /// Where it listens.
    pub listening: Vec<String>,
    /// Where its files lie: what `everwatchd watchman … --data-dir` names.
    pub data_dir: String,
    /// Entries in the journal.
    #[ts(type = "number")]
    pub journal_entries: u64,
    /// Hash of its last entry.
    pub journal_head: Option<String>,
    /// The vaults it guards.
    pub vaults: Vec<GuardedVault>,
    /// The watchmen, this one among them.
    pub members: Vec<MemberRow>,
    /// What halts a vault.
    pub halts: Vec<WatchHalt>,
    /// What is wrong now: code is the part (`chain/ethereum`, `ledger`, `keystore`), subject says what.
    pub troubles: Vec<Reason>,
    /// Payouts that wait for a person here.
    pub awaiting: u32,
    /// Payouts on their way.
    pub on_the_way: u32,
}

/// A vault that watchmen guard.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GuardedVault {
    /// The chain.
    pub chain: String,
    /// EIP-155 id.
    pub chain_id: String,
    /// The contract.
    pub contract: String,
    /// How many must sign; null until the chain said so.
    pub threshold: Option<u32>,
    /// How many own it.
    pub owners: Option<u32>,
}

/// A watchman.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MemberRow {
    /// What people call it.
    pub name: String,
    /// Its account.
    pub owner: String,
    /// Its identity between watchmen.
    pub peer: String,
    /// Where it is reached.
    pub addresses: Vec<String>,
    /// It is the one of this program.
    pub is_me: bool,
    /// Connected and answering.
    pub up: bool,
    /// Why not: a code.
    pub trouble: Option<String>,
    /// In quarantine until then, Unix ms.
    #[ts(type = "number | null")]
    pub quarantine_until_ms: Option<u64>,
    /// Found to have signed what no burn justifies.
    pub accused: bool,
    /// How far its replay has come, by its own word.
    #[ts(type = "number | null")]
    pub batch: Option<u64>,
    /// Its state root there.
    pub root: Option<String>,
    /// Eight check words of its key and identity, to be compared by voice.
    pub words: Vec<String>,
}

/// A cause that halts a vault.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchHalt {
    /// The chain.
    pub chain: String,
    /// The alert or episode.
    pub key: String,
    /// `shortfall`, `mint_undone`, `fraud` or `person`.
    pub cause: String,
    /// Since when, Unix ms.
    #[ts(type = "number")]
    pub since_ms: u64,
}

/// Where a payout is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PayoutGroup {
    /// Waits for a person here.
    Waiting,
    /// On its way, or waits for something else than a person.
    OnTheWay,
    /// Paid.
    Done,
    /// Refused or failed.
    NotPaid,
}

/// Which payouts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PayoutsRequest {
    /// Only this group.
    pub group: Option<PayoutGroup>,
    /// Only this chain.
    pub chain: Option<String>,
    /// Only this token tag.
    pub tag: Option<String>,
    /// Only those whose everHash or recipient holds this text.
    pub text: Option<String>,
    /// Where the previous page ended; null for the first.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: u32,
}

/// A page of payouts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PayoutPage {
    /// Waiting ones first, then those on their way, then the others; within a group the newest first.
    pub rows: Vec<PayoutRow>,
    /// For the next page; null at the end.
    pub cursor: Option<String>,
    /// How many there are in each group, whatever the filter: waiting, on the way, done, not paid.
    pub counts: [u32; 4],
}

/// A payout.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PayoutRow {
    /// The burn.
    pub ever_hash: String,
    /// Its state: `seen`, `verified`, `held`, `awaiting`, `approved`, `intended`, `signed`, `quorum`, `submitted`, `executed`, `closed`, `refused`,
    /// `failed`.
    pub state: String,
    /// Where it is listed.
    pub group: PayoutGroup,
    /// What it waits for on its way to a signature: a code.
    pub waits_for: Option<String>,
    /// What the policy said: a code of `vault::policy`, like `auto_up_to`, `payout_max`, `window`, `delay`.
    pub verdict: Option<String>,
    /// Token tag.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals on the ledger.
    pub decimals: Option<u8>,
    /// Base units of the ledger.
    pub amount: String,
    /// Base units of the chain.
    pub target_amount: String,
    /// Decimals there.
    pub target_decimals: Option<u8>,
    /// The chain that pays.
    pub chain: String,
    /// Who is paid.
    pub to: String,
    /// Time of its batch's block, Unix ms.
    #[ts(type = "number")]
    pub burnt_ms: u64,
    /// Since when it is in this state, Unix ms.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// Signatures that are here.
    pub signed: u32,
    /// How many are needed; null until the chain said so.
    pub needed: Option<u32>,
    /// The submission or the payment.
    pub tx: Option<String>,
    /// Somebody signed something else for it.
    pub accused: bool,
}

/// Everything about one payout.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PayoutDetail {
    /// The row.
    pub row: PayoutRow,
    /// What would be signed, read back out of its bytes; null until the burn is verified.
    pub fields: Option<PayoutFields>,
    /// W1 to W6, in this order.
    pub checks: Vec<CheckView>,
    /// The policy's limits beside what is used.
    pub limits: Vec<LimitView>,
    /// The watchmen and whether they signed.
    pub signers: Vec<SignerView>,
    /// The states, passed and to come.
    pub path: Vec<PathStep>,
    /// Sources that contradict the others, by name.
    pub differing: Vec<String>,
    /// Whether a person may approve it now.
    pub can_approve: bool,
    /// Whether a person may refuse it now.
    pub can_refuse: bool,
    /// Whether a person may let it try again.
    pub can_reopen: bool,
    /// Why it cannot be approved: `locked`, `not_asked`, `check_fails`, `needs_window`, `not_running`.
    pub why_not: Option<String>,
    /// Who approved, refused, and why.
    pub decided: Vec<Reason>,
    /// The command that shows the same on a second surface.
    pub command: String,
}

/// The fields of what would be signed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PayoutFields {
    /// The 32 bytes that keys sign, hex.
    pub digest: String,
    /// Its first 66 bits as six check words.
    pub words: Vec<String>,
    /// The vault's id of the payout, hex.
    pub id: String,
    /// EIP-155 id of the chain.
    pub chain_id: String,
    /// The vault.
    pub contract: String,
    /// Arweave id of the batch whose number the proposal has.
    pub batch: String,
    /// The burn.
    pub ever_hash: String,
    /// `coin`, `transfer` or `mint`.
    pub call: String,
    /// Contract of the token; null for the chain's coin.
    pub token: Option<String>,
    /// Who is paid.
    pub to: String,
    /// How much, base units of the chain.
    pub amount: String,
}

/// A limit of the policy.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitView {
    /// `payoutMax`, `window`, `recipient`, `delay`, `autoUpTo`.
    pub rule: String,
    /// Counted already, base units of the ledger.
    pub used: String,
    /// What this payout adds.
    pub adds: String,
    /// The limit; null: none.
    pub max: Option<String>,
    /// Hours of a window.
    pub hours: Option<u32>,
    /// When there is room, or the delay ends, Unix ms.
    #[ts(type = "number | null")]
    pub until_ms: Option<u64>,
    /// Whether it lets this payout pass now.
    pub holds: bool,
}

/// A watchman and one payout.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignerView {
    /// What people call it.
    pub name: String,
    /// Its account.
    pub owner: String,
    /// It is the one of this program.
    pub is_me: bool,
    /// `signed`, `not_yet`, `unreachable`, `quarantine`, `accused`, `not_owner`.
    pub state: String,
    /// When a quarantine ends, Unix ms.
    #[ts(type = "number | null")]
    pub until_ms: Option<u64>,
}

/// Refuses a payout.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RefuseRequest {
    /// The burn.
    pub ever_hash: String,
    /// Why; kept in the journal.
    pub reason: String,
}

/// Stops signing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StopRequest {
    /// The chain; null: all.
    pub chain: Option<String>,
}

/// Arms a vault again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RearmRequest {
    /// The chain.
    pub chain: String,
    /// Every cause that stands and was looked at.
    pub keys: Vec<String>,
    /// Why it may pay again; kept in the journal.
    pub reason: String,
}

/// Names a watchman.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OwnerRequest {
    /// Its account.
    pub owner: String,
}

/// A policy or roster as people write it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextRequest {
    /// JSON, as `docs/watchmen.md` describes it.
    pub text: String,
}

/// The policy in force.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    /// The file's text, formatted.
    pub text: String,
    /// The stop switch.
    pub stopped: bool,
    /// Limits by token.
    pub tokens: Vec<TokenLimits>,
    /// Who is never paid.
    pub deny: Vec<String>,
    /// Who alone is paid; null: anyone.
    pub allow: Option<Vec<String>>,
    /// Tokens of the ledger that a vault could pay and the policy does not list.
    pub unlisted: Vec<TokenName>,
}

/// A token by name.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenName {
    /// Token tag.
    pub tag: String,
    /// Symbol.
    pub symbol: String,
    /// Decimals on the ledger.
    pub decimals: Option<u8>,
}

/// The limits of a token, base units of the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenLimits {
    /// The token.
    pub token: TokenName,
    /// Most of one payout.
    pub payout_max: String,
    /// Most within a rolling time.
    pub window: Option<WindowLimit>,
    /// Most to one recipient within a rolling time.
    pub recipient: Option<WindowLimit>,
    /// Waiting time of large amounts.
    pub delay: Option<DelayLimit>,
    /// Up to here nobody is asked.
    pub auto_up_to: String,
}

/// A sum within a rolling time.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WindowLimit {
    /// How long.
    pub hours: u32,
    /// How much.
    pub max: String,
}

/// A waiting time of large amounts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DelayLimit {
    /// Amounts greater than this wait.
    pub above: String,
    /// How long.
    pub minutes: u32,
}

/// What a new policy or roster changes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangePreview {
    /// The changes, in the order of their paths; empty: none.
    pub changes: Vec<ChangeRow>,
    /// Why the text cannot be used; machine text that names the place.
    pub error: Option<String>,
}

/// One change.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRow {
    /// What: `tokens/TAG/payoutMax`, `deny/ACCOUNT`, `stopped`; of a roster `members/OWNER`, `members/OWNER/peer`, `quarantineHours`.
    pub path: String,
    /// Before; null: was not there.
    pub old: Option<String>,
    /// After; null: is no longer there.
    pub new: Option<String>,
    /// More passes than before because of it, or somebody new is trusted.
    pub loosens: bool,
    /// The token whose base units the values are.
    pub token: Option<TokenName>,
}

/// The watchmen by file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RosterView {
    /// The file's text, formatted.
    pub text: String,
    /// How long somebody new waits.
    pub quarantine_hours: u32,
    /// The members.
    pub members: Vec<MemberRow>,
}

/// Sets a watchman up.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetUpRequest {
    /// Id of the EVM key that signs.
    pub key: String,
    /// Where the others reach this one: `host:port`.
    pub listen: String,
    /// The roster; empty: none yet, the identity is made so that it can be told to the others.
    pub roster: String,
    /// The policy.
    pub policy: String,
}
