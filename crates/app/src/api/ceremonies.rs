//! Keys that several watchmen hold together: the ceremonies that make and keep them, and what they are asked to sign.
//!
//! A page names a ceremony, a key or a session by its id. What is signed is decoded here from the bytes that would be signed
//! and shown in a window that no page can reach. No share, nonce or password crosses this surface outwards.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Field, Reason, WatchmanMode};

/// What a ceremony does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CeremonyKind {
    /// Makes a key; no dealer, nobody ever holds its secret.
    Create,
    /// Gives every member a new share of the same key.
    Refresh,
    /// The same without one member.
    Remove,
    /// Gives a member its lost share back.
    Repair,
}

/// How far a ceremony is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CeremonyState {
    /// Somebody invited us; a person decides.
    Invited,
    /// People join and compare words.
    Comparing,
    /// The machines talk.
    Running,
    /// Our word is given and somebody else's is missing: the old share and the new one are kept until theirs is seen.
    InDoubt,
    /// It came to its end.
    Done,
    /// Somebody broke a rule or stayed silent.
    Failed,
    /// A person stopped it.
    Stopped,
}

/// Where the shared key's money lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BitcoinNetwork {
    /// The main network.
    Main,
    /// Testnet (3 and 4 share their addresses) and signet.
    Test,
    /// A practice chain.
    Regtest,
}

/// All shared keys and ceremonies of this program.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CeremoniesView {
    /// They run with the watchman.
    pub mode: WatchmanMode,
    /// Own ceremony key, hex; null before the keystore was opened.
    pub own_key: Option<String>,
    /// Its check words.
    pub own_words: Vec<String>,
    /// Watchmen who can be invited.
    pub peers: Vec<CeremonyPeer>,
    /// Keys of which this program holds a share, or held one.
    pub keys: Vec<SharedKey>,
    /// Ceremonies, the newest first.
    pub ceremonies: Vec<CeremonyRow>,
    /// Sessions of signing, those that wait for a person first.
    pub sessions: Vec<SessionRow>,
    /// What is wrong now.
    pub troubles: Vec<Reason>,
}

/// A watchman of the roster.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyPeer {
    /// Its identity between watchmen.
    pub peer: String,
    /// What the roster calls it.
    pub name: String,
    /// Whether it is connected.
    pub up: bool,
    /// This program.
    pub me: bool,
    /// Its ceremony key as it says itself; null until it was connected once.
    pub key: Option<String>,
    /// Check words of that.
    pub words: Vec<String>,
}

/// A key that several hold.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SharedKey {
    /// Id of the group in force, hex; changes with every refresh.
    pub group: String,
    /// The key itself, x-only, hex; never changes.
    pub key: String,
    /// What people call it.
    pub label: String,
    /// Chain.
    pub network: BitcoinNetwork,
    /// Who signs together at least.
    pub threshold: u16,
    /// Number of refreshes since it was made.
    pub generation: u32,
    /// Members.
    pub members: Vec<KeyMember>,
    /// Unix ms when this generation came into force.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// Whether a share of this generation lies in the keystore.
    pub share: bool,
    /// Unix ms of the newest backup of this generation's share; null without one.
    #[ts(type = "number | null")]
    pub backed_up_ms: Option<u64>,
    /// Unix ms when that backup was opened and compared; null if never.
    #[ts(type = "number | null")]
    pub drilled_ms: Option<u64>,
    /// A ceremony that is not at its end concerns it.
    pub busy: Option<String>,
}

/// A member of a key.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyMember {
    /// Its number, for as long as the key lives.
    pub number: u16,
    /// What the roster calls it.
    pub name: String,
    /// Its identity between watchmen; null if the roster no longer has it.
    pub peer: Option<String>,
    /// This program.
    pub me: bool,
    /// Whether it is connected.
    pub up: bool,
}

/// A ceremony in the list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyRow {
    /// Id, hex; never used twice.
    pub id: String,
    /// What it does.
    pub kind: CeremonyKind,
    /// Name of the key.
    pub label: String,
    /// The key's group before it; null in key generation.
    pub group: Option<String>,
    /// How far it is.
    pub state: CeremonyState,
    /// A person has something to do here.
    pub my_turn: bool,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// Unix ms.
    #[ts(type = "number")]
    pub begun_ms: u64,
    /// Unix ms; null while it goes on.
    #[ts(type = "number | null")]
    pub ended_ms: Option<u64>,
}

/// A ceremony with everything that is known of it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyDetail {
    /// As in the list.
    pub row: CeremonyRow,
    /// Chain.
    pub network: BitcoinNetwork,
    /// Who signs together at least.
    pub threshold: u16,
    /// Who invited.
    pub proposer: u16,
    /// Fingerprint of threshold, numbers and ceremony keys, hex.
    pub fingerprint: String,
    /// Its check words: all who take part must see the same.
    pub words: Vec<String>,
    /// Who takes part.
    pub members: Vec<CeremonyMember>,
    /// Who is left out or gets its share back, in a removal and a repair.
    pub subject: Option<u16>,
    /// Names of the rounds in order: codes such as `announce`, `echo`, `pieces`, `confirm`, `test`, `verified`, `sum`.
    pub rounds: Vec<String>,
    /// It ends by itself then if nobody says anything new, Unix ms; null while people compare and after its end.
    #[ts(type = "number | null")]
    pub gives_up_ms: Option<u64>,
    /// Why it failed.
    pub failure: Option<CeremonyFailure>,
    /// The group that came out, hex.
    pub outcome: Option<String>,
    /// What happened, oldest first; the newest of them at most.
    pub log: Vec<CeremonyEvent>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyMember {
    /// Who.
    pub member: KeyMember,
    /// Ceremony key, hex.
    pub key: String,
    /// Its check words.
    pub words: Vec<String>,
    /// A person here compared them; null for ourselves.
    pub compared: Option<bool>,
    /// It joined.
    pub joined: bool,
    /// What it did in each round, in the order of `rounds`.
    pub marks: Vec<RoundMark>,
}

/// What somebody did in a round.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoundMark {
    /// How it stands.
    pub state: MarkState,
    /// Since when, ms after the machines began.
    #[ts(type = "number | null")]
    pub after_ms: Option<u64>,
}

/// How a member's part of a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MarkState {
    /// Not its turn yet.
    Open,
    /// It is waited for.
    Waiting,
    /// Ours: sent.
    Sent,
    /// Received and valid.
    Valid,
    /// It broke a rule here.
    Broken,
    /// It said nothing before the end.
    Silent,
    /// It does not take part in this round.
    Absent,
}

/// Why a ceremony failed: who, why, what next.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyFailure {
    /// `culprit`, `disputed`, `silent`, `keystore_locked`, `restarted`, `rule`.
    pub code: String,
    /// Who broke which rule: the code is the charge (`equivocation`, `commitments`, `secret_value`, …).
    pub culprits: Vec<Culprit>,
    /// Who stayed silent.
    pub silent: Vec<u16>,
    /// Whether evidence can be saved that others can check.
    pub proof: bool,
    /// Whether starting again without the named ones is possible at this threshold.
    pub can_leave_out: bool,
}

/// Somebody who broke a rule.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Culprit {
    /// Who.
    pub number: u16,
    /// The charge.
    pub charge: String,
    /// Whether it is one of two of whom one must be wrong.
    pub disputed: bool,
}

/// A line of a ceremony's log.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyEvent {
    /// Unix ms.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// What: `invited`, `joined`, `compared`, `began`, `sent`, `received`, `refused`, `up`, `down`, `staged`, `in_force`, `failed`, `stopped`.
    pub code: String,
    /// Whom it is about.
    pub member: Option<u16>,
    /// Numbers and names for the sentence.
    pub params: Vec<Field>,
}

/// How far a session of signing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SessionState {
    /// A person here decides.
    Asked,
    /// Approved here; others decide or the machines talk.
    Approved,
    /// Declined here.
    Declined,
    /// The signatures are there and verify.
    Signed,
    /// Fewer than the threshold are left, or nobody answered in time.
    Failed,
}

/// A session of signing in the list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// Id, hex.
    pub id: String,
    /// The key's name.
    pub label: String,
    /// The group that signs, hex.
    pub group: String,
    /// Who asks.
    pub proposer: String,
    /// How far it is.
    pub state: SessionState,
    /// What leaves the key, satoshi: all outputs that are not its own, and the fee.
    pub amount: String,
    /// First foreign recipient's address; null if all stays.
    pub to: Option<String>,
    /// Signatures asked for.
    pub inputs: u32,
    /// Members that approved.
    pub approved: u16,
    /// Members that must.
    pub threshold: u16,
    /// Unix ms.
    #[ts(type = "number")]
    pub asked_ms: u64,
}

/// A session with what would be signed, read back from the bytes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionDetail {
    /// As in the list.
    pub row: SessionRow,
    /// Chain.
    pub network: BitcoinNetwork,
    /// Digest of what is signed, hex.
    pub digest: String,
    /// Its check words.
    pub words: Vec<String>,
    /// Id of the transaction, hex.
    pub txid: String,
    /// Coins that are spent.
    pub spends: Vec<SpentCoin>,
    /// Where they go.
    pub pays: Vec<PaidOutput>,
    /// Fee, satoshi.
    pub fee: String,
    /// Fee rate, satoshi per thousand virtual bytes.
    #[ts(type = "number")]
    pub fee_rate: u64,
    /// Members and how they stand.
    pub members: Vec<SessionMember>,
    /// Why it failed.
    pub failure: Option<CeremonyFailure>,
    /// The signed transaction, hex, when it is there.
    pub transaction: Option<String>,
    /// The command that shows the same from a second process.
    pub second_surface: String,
    /// Unix ms when it gives up.
    #[ts(type = "number | null")]
    pub gives_up_ms: Option<u64>,
}

/// A coin that is spent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SpentCoin {
    /// `txid:vout`.
    pub outpoint: String,
    /// Satoshi.
    pub amount: String,
    /// The account whose deposit address it lies on; null: the key's own address.
    pub account: Option<String>,
    /// The address.
    pub address: String,
}

/// An output.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PaidOutput {
    /// Address, or the script in hex if it has none.
    pub to: String,
    /// Satoshi.
    pub amount: String,
    /// It is one of the key's own addresses: change.
    pub own: bool,
}

/// A member in a session.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionMember {
    /// Who.
    pub member: KeyMember,
    /// `waiting`, `approved`, `declined`, `signed`, `broken`, `silent`, `spare`.
    pub state: String,
}

/// A deposit address and how it comes about, so that anybody can compute it again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyAddress {
    /// The account; null for the key's own address.
    pub account: Option<String>,
    /// The address.
    pub address: String,
    /// The script, hex.
    pub script: String,
    /// Steps of the derivation in order: `internal_key`, `leaf`, `root`, `tweak`, `output_key`, with hex values.
    pub steps: Vec<Field>,
    /// The command that computes the same offline.
    pub command: String,
}

/// Invites watchmen to make a key.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InviteRequest {
    /// What people will call the key: 1 to 40 characters.
    pub label: String,
    /// Chain.
    pub network: BitcoinNetwork,
    /// Who signs together at least.
    pub threshold: u16,
    /// The others' identities between watchmen, in the order of their numbers; we are number 1.
    pub peers: Vec<String>,
}

/// Names a ceremony or a session.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyRequest {
    /// Its id.
    pub id: String,
}

/// Says that a person compared a member's words.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompareRequest {
    /// The ceremony.
    pub id: String,
    /// The member.
    pub number: u16,
}

/// Starts a failed ceremony again under a new id.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AgainRequest {
    /// The ceremony.
    pub id: String,
    /// Members to leave out.
    pub without: Vec<u16>,
}

/// A task of a shared key.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyTaskRequest {
    /// The group.
    pub group: String,
    /// What: not key generation.
    pub kind: CeremonyKind,
    /// Whom a removal leaves out, whose share a repair restores.
    pub number: Option<u16>,
}

/// A share's backup.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShareBackupRequest {
    /// The group.
    pub group: String,
    /// The backup's own password.
    pub password: String,
}

/// An address of a key.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyAddressRequest {
    /// The group.
    pub group: String,
    /// The everPay account; null for the key's own address.
    pub account: Option<String>,
}

/// Asks the members to sign.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignRequest {
    /// The group.
    pub group: String,
    /// A partially signed transaction (BIP 174), base64.
    pub psbt: String,
}

/// Messages that a person carries: to a watchman that is connected to nothing, and back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CarriedMessages {
    /// Text parts for a file or a series of QR codes; each says which of how many it is. Empty: nothing to carry now.
    pub parts: Vec<String>,
}

/// Text that a person carried here.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TakeMessagesRequest {
    /// One or more parts, in any order, separated by white space.
    pub text: String,
}

/// Which messages to carry.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CarryRequest {
    /// Ceremony or session; null: who this program is, for a watchman that was never connected.
    pub id: Option<String>,
    /// The member they are for; counts nothing without an id.
    pub number: u16,
}

redacted!(ShareBackupRequest);
