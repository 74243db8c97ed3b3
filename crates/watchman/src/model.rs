//! What a reader of the watchman sees: plain data, made fresh for each question, ready for JSON.

use everpay::EverHash;
use serde::Serialize;
use std::collections::BTreeSet;
use vault::signature::Owner;

/// A burn as the chain's watch needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenBurn {
    pub(crate) ever_hash: EverHash,
    pub(crate) chain: String,
    pub(crate) is_paid: bool,
    /// The block of a payout that is closed.
    pub(crate) closed_in: Option<u64>,
    /// Whose signatures need not be fetched: they are here, or were found to be of something else.
    pub(crate) known: BTreeSet<Owner>,
}

/// A burn on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueRow {
    /// The burn.
    pub ever_hash: EverHash,
    /// Name of its state: `vault::pipeline::Stage::name`.
    pub state: &'static str,
    /// What it waits for on its way to a signature: a code, if anything.
    pub waits_for: Option<&'static str>,
    /// What the policy or a person said, as the state holds it.
    pub verdict: Option<String>,
    /// Who approved it: `auto` for the policy, else the person's name.
    pub approver: Option<String>,
    /// The token in the ledger.
    pub tag: String,
    /// How much, ledger base units.
    pub amount: String,
    /// How much, base units of the chain that pays.
    pub target_amount: String,
    /// The chain that pays.
    pub chain: String,
    /// Who is paid there.
    pub to: String,
    /// Time of its batch's block, Unix ms.
    pub burnt_ms: u64,
    /// Since when it is in this state, Unix ms.
    pub since_ms: u64,
    /// What would be signed; known from Verified on.
    pub digest: Option<String>,
    /// Whose signatures are here.
    pub signed_by: Vec<String>,
    /// How many are needed; `None` until the chain said so.
    pub needed: Option<u32>,
    /// The submission or the payout, where there is one.
    pub tx: Option<String>,
    /// Who signed something else under this everHash.
    pub accused: Vec<String>,
    /// Every watchman, and where it stands with this payout.
    pub signers: Vec<SignerRow>,
    /// Whether a person may let it try again.
    pub can_reopen: bool,
}

/// A watchman beside one payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignerRow {
    /// Its key.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// Whether it is this one.
    pub is_me: bool,
    /// Where it stands.
    pub state: SignerState,
    /// Whether it is connected and answers; always so of this one.
    pub up: bool,
    /// Until when it is in quarantine, Unix ms; `None` when it is not.
    pub quarantine_until_ms: Option<u64>,
}

/// Where a watchman stands with a payout: the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SignerState {
    /// It signed other bytes than this burn's, here or elsewhere, and was not pardoned.
    Accused,
    /// Its signature is here.
    Signed,
    /// It does not own the vault, by the chain's word.
    NotOwner,
    /// It is new and does not count yet.
    Quarantine,
    /// It is not connected.
    Unreachable,
    /// It is there and has not signed.
    NotYet,
}

/// A limit of the policy, and what is used of it now. Amounts in ledger base units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// `payout_max`, `window`, `recipient_window`, `delay` or `auto_up_to`.
    pub rule: &'static str,
    /// What counts already beside this payout; `None` beyond 256 bits.
    pub spent: Option<String>,
    /// The limit; of a delay, the amount above which it applies.
    pub max: String,
    /// This payout.
    pub amount: String,
    /// Length of the window, hours.
    pub hours: Option<u32>,
    /// Until when this payout is delayed, Unix ms, though it may be past.
    pub until_ms: Option<u64>,
}

/// One of the rules that a signature needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleCheck {
    /// `W1` to `W6`.
    pub rule: &'static str,
    /// Whether it holds.
    pub result: CheckResult,
    /// By what, in no language. W1: Arweave blocks, had and needed, as `14/10` (had is `?` before the replay looked).
    /// W2: keys of the open alerts, by commas. W3: when the chain last said that nothing was released, Unix ms. W4: the
    /// verdict as in [`QueueRow::verdict`]. W5: the digest that the intent is of. W6: the vault's id of the bytes.
    pub fact: String,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CheckResult {
    /// It holds, or held when it counted.
    Holds,
    /// It does not: nothing is signed.
    Fails,
    /// It is not its turn yet, or nobody could look since the start.
    NotReached,
}

/// How the sources of the ledger and of the chains stand to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourcesRow {
    /// How many of the ledger's say the same.
    pub agreeing: u32,
    /// How many must.
    pub needed: u32,
    /// Those that say something else: gateways as they are, nodes with their chain before them.
    pub differing: Vec<String>,
}

/// A state that a burn came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PassedRow {
    /// Its name, as in [`QueueRow::state`].
    pub state: &'static str,
    /// When, Unix ms.
    pub at_ms: u64,
    /// The verdict or the transaction, where the state has one.
    pub detail: String,
}

/// What would be signed for a burn, read back out of its bytes (W6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PayoutFacts {
    /// Where it stands.
    pub row: QueueRow,
    /// The fields; `None` until the burn is verified.
    pub signed: Option<SignedFields>,
    /// Six check words of the digest: BIP-39 English, its first 66 bits. Empty until the burn is verified.
    pub words: Vec<&'static str>,
    /// The limits of the policy in force that it meets.
    pub counts: Vec<Limit>,
    /// W1 to W6.
    pub checks: Vec<RuleCheck>,
    /// The sources; `None` before somebody looked since the start.
    pub sources: Option<SourcesRow>,
    /// The states that it came to, oldest first; of a long way some in the middle are left out.
    pub history: Vec<PassedRow>,
}

/// The fields of a payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedFields {
    /// The 32 bytes that keys sign: what an approval names.
    pub digest: String,
    /// The vault's id of the payout.
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
    pub call: &'static str,
    /// Contract of the token; `None` for the chain's coin.
    pub token: Option<String>,
    /// Who is paid.
    pub to: String,
    /// How much, base units of the chain.
    pub amount: String,
}

/// Another watchman.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerRow {
    /// Its name.
    pub name: String,
    /// Its key.
    pub owner: String,
    /// Its identity.
    pub peer: String,
    /// Whether it is connected and answers.
    pub up: bool,
    /// Why it is not.
    pub trouble: Option<&'static str>,
    /// How far its replay has come, by its own word: number of the batch and state root.
    pub position: Option<(u64, String)>,
    /// Found to have signed what no burn justifies.
    pub accused: bool,
    /// Until when it is in quarantine, Unix ms; `None` when it is not.
    pub quarantine_until_ms: Option<u64>,
}

/// A vault that is to pay nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HaltRow {
    /// The chain.
    pub chain: String,
    /// Key of the cause; all of a chain's are named to arm it again.
    pub key: String,
    /// `shortfall`, `mint_undone`, `fraud` or `person`.
    pub cause: &'static str,
    /// Since when, Unix ms.
    pub since_ms: u64,
}

/// Who owns a vault, as enough nodes of its chain say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VaultRow {
    /// The chain.
    pub chain: String,
    /// The owners.
    pub owners: Vec<String>,
    /// How many of them must sign.
    pub threshold: u32,
}

/// The watchman as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Its key.
    pub owner: String,
    /// Its identity between watchmen.
    pub peer: String,
    /// Where it listens.
    pub listening: Vec<String>,
    /// Entries in the journal.
    pub journal_entries: u64,
    /// Hash of the journal's last entry.
    pub journal_head: String,
    /// The other watchmen.
    pub peers: Vec<PeerRow>,
    /// Until when this one is in quarantine, Unix ms; `None` when it is not.
    pub quarantine_until_ms: Option<u64>,
    /// The vaults that the chains told of since the start.
    pub vaults: Vec<VaultRow>,
    /// Halted vaults.
    pub halts: Vec<HaltRow>,
    /// The sources; `None` before somebody looked since the start.
    pub sources: Option<SourcesRow>,
    /// What is wrong now, by part: `chain/…`, `ledger`, `keystore`.
    pub troubles: Vec<(String, String)>,
}

/// What the watchman tells without being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// When, Unix ms.
    pub at_ms: u64,
    /// The burn that it is about.
    pub ever_hash: Option<EverHash>,
    /// What: `quorum`, `paid`, `paid_otherwise`, `payout_undone`, `forbidden`, `failed`, `stuck`, `batch_gone`, `ask`,
    /// `accused`, `sent`, `trouble`.
    pub code: &'static str,
    /// More of it, for people: a digest, a transaction, who, why.
    pub detail: String,
}
