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
}

/// What would be signed for a burn, read back out of its bytes (W6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PayoutFacts {
    /// Where it stands.
    pub row: QueueRow,
    /// The fields; `None` until the burn is verified.
    pub signed: Option<SignedFields>,
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
    /// Halted vaults.
    pub halts: Vec<HaltRow>,
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
