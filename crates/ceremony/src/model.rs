//! What people see: keys, ceremonies, sessions. Plain data, the same for the app, the command line and tests.
//!
//! Times are Unix ms, amounts satoshi, keys and ids lower-case hex, peers the identities of `p2p` as text.

use serde::{Deserialize, Serialize};

use crate::id::Id;

/// What a ceremony does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Makes a key.
    Create,
    /// Gives every member a new share.
    Refresh,
    /// The same without one member.
    Remove,
    /// Gives a member its lost share back.
    Repair,
}

/// How far a ceremony is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Somebody invited us; a person decides.
    Invited,
    /// People compare words and join.
    Comparing,
    /// The machines talk.
    Running,
    /// Our word is given and somebody else's is missing.
    InDoubt,
    /// It came to its end.
    Done,
    /// Somebody broke a rule or stayed silent.
    Failed,
    /// A person stopped it.
    Stopped,
}

/// The chain on which a key's money lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Network {
    /// The main network.
    Main,
    /// Testnet and signet.
    Test,
    /// A practice chain.
    Regtest,
}

/// Everything at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Own ceremony key; none before a keystore was open once.
    pub own_key: Option<Id>,
    /// Its check words.
    pub own_words: Vec<String>,
    /// Watchmen who can be invited, ourselves first.
    pub peers: Vec<PeerRow>,
    /// Keys of which a share is or was here.
    pub keys: Vec<KeyRow>,
    /// Ceremonies, the newest first.
    pub ceremonies: Vec<CeremonyRow>,
    /// Sessions of signing, those that wait for a person first.
    pub sessions: Vec<SessionRow>,
    /// What is wrong now: codes such as `keystore_locked`.
    pub troubles: Vec<Note>,
}

/// A code and what belongs into its sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The code.
    pub code: String,
    /// Names and values.
    pub params: Vec<(String, String)>,
}

/// A watchman of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerRow {
    /// Its identity between watchmen.
    pub peer: String,
    /// What the roster calls it.
    pub name: String,
    /// Whether it is connected.
    pub up: bool,
    /// Ourselves.
    pub me: bool,
    /// Its ceremony key as it says itself; none until it said so once.
    pub key: Option<Id>,
    /// Check words of that.
    pub words: Vec<String>,
}

/// A key that several hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// The group in force.
    pub group: Id,
    /// The key, x-only.
    pub key: Id,
    /// What people call it.
    pub label: String,
    /// Chain.
    pub network: Network,
    /// Who signs together at least.
    pub threshold: u16,
    /// Refreshes since it was made.
    pub generation: u32,
    /// Members.
    pub members: Vec<MemberRow>,
    /// When this generation came into force.
    pub since_ms: u64,
    /// Whether a share of this generation is in the keystore; as last seen while that is locked.
    pub share: bool,
    /// Newest backup of this generation's share.
    pub backed_up_ms: Option<u64>,
    /// When that was opened and compared.
    pub drilled_ms: Option<u64>,
    /// A ceremony about it that has not ended.
    pub busy: Option<Id>,
}

/// A member of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberRow {
    /// Its number.
    pub number: u16,
    /// What the roster, or the invitation, calls it.
    pub name: String,
    /// Its identity between watchmen; none if the roster no longer has it.
    pub peer: Option<String>,
    /// Ourselves.
    pub me: bool,
    /// Whether it is connected.
    pub up: bool,
}

/// A ceremony in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyRow {
    /// Id, never used twice.
    pub id: Id,
    /// What it does.
    pub kind: Kind,
    /// Name of the key.
    pub label: String,
    /// The key's group before it.
    pub group: Option<Id>,
    /// How far it is.
    pub state: State,
    /// A person here has something to do.
    pub my_turn: bool,
    /// From 1.
    pub attempt: u32,
    /// When it was proposed.
    pub begun_ms: u64,
    /// When it ended.
    pub ended_ms: Option<u64>,
}

/// A ceremony with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyDetail {
    /// As in the list.
    pub row: CeremonyRow,
    /// Chain.
    pub network: Network,
    /// Who signs together at least.
    pub threshold: u16,
    /// Who invited.
    pub proposer: u16,
    /// Fingerprint of threshold, numbers and ceremony keys.
    pub fingerprint: Id,
    /// Its check words.
    pub words: Vec<String>,
    /// Who takes part.
    pub members: Vec<CeremonyMember>,
    /// Whom a removal leaves out, whose share a repair restores.
    pub subject: Option<u16>,
    /// Names of the rounds, in order.
    pub rounds: Vec<String>,
    /// It gives up then if nobody says anything new.
    pub gives_up_ms: Option<u64>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The group that came out.
    pub outcome: Option<Id>,
    /// What happened, oldest first; the newest of them at most.
    pub log: Vec<LogLine>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyMember {
    /// Who.
    pub member: MemberRow,
    /// Ceremony key.
    pub key: Id,
    /// Its check words.
    pub words: Vec<String>,
    /// A person here compared them; none for ourselves.
    pub compared: Option<bool>,
    /// It joined.
    pub joined: bool,
    /// What it did in each round, in the order of `rounds`.
    pub marks: Vec<Mark>,
}

/// What somebody did in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// How it stands.
    pub state: MarkState,
    /// Since when, ms after the machines began.
    pub after_ms: Option<u64>,
}

/// How a member's part of a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MarkState {
    /// Not its turn yet.
    Open,
    /// Waited for.
    Waiting,
    /// Ours, sent.
    Sent,
    /// Received and valid.
    Valid,
    /// It broke a rule here.
    Broken,
    /// It said nothing before the end.
    Silent,
    /// It has no part in this round.
    Absent,
}

/// Why something failed: who, why, what next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// `culprit`, `disputed`, `silent`, `keystore_locked`, `restarted`, `stopped`, `declined`, `rule`.
    pub code: String,
    /// Who broke which rule.
    pub culprits: Vec<Culprit>,
    /// Who stayed silent, or went away.
    pub silent: Vec<u16>,
    /// Whether there is evidence that others can check.
    pub proof: bool,
    /// Whether starting again without the named ones is possible at this threshold.
    pub can_leave_out: bool,
}

/// Somebody who broke a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Culprit {
    /// Who.
    pub number: u16,
    /// The charge: `equivocation`, `commitments`, `echo`, `secret_value`, `confirmation`, `signature_share`,
    /// `false_accusation`, `content`.
    pub charge: String,
    /// One of two, of whom one must be wrong.
    pub disputed: bool,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When.
    pub at_ms: u64,
    /// `invited`, `joined`, `compared`, `began`, `sent`, `received`, `refused`, `up`, `down`, `staged`, `in_force`, `restored`,
    /// `in_doubt`, `failed`, `stopped`, `locked`.
    pub code: String,
    /// Whom it is about.
    pub member: Option<u16>,
    /// Names and values.
    pub params: Vec<(String, String)>,
}

/// How far a session of signing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionState {
    /// A person here decides.
    Asked,
    /// Approved here.
    Approved,
    /// Declined here.
    Declined,
    /// The signed transaction is here and verifies.
    Signed,
    /// Fewer than the threshold are left, or nobody answered in time.
    Failed,
}

/// A session in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// Id.
    pub id: Id,
    /// The key's name.
    pub label: String,
    /// The group that signs.
    pub group: Id,
    /// Name of who asks.
    pub proposer: String,
    /// How far it is.
    pub state: SessionState,
    /// What leaves the key, fee included.
    pub amount: u64,
    /// First foreign recipient.
    pub to: Option<String>,
    /// Signatures asked for.
    pub inputs: u32,
    /// Members that approved.
    pub approved: u16,
    /// Members that must.
    pub threshold: u16,
    /// When it was asked.
    pub asked_ms: u64,
}

/// A session with what would be signed, read back from its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionDetail {
    /// As in the list.
    pub row: SessionRow,
    /// Chain.
    pub network: Network,
    /// Digest of what is signed.
    pub digest: Id,
    /// Its check words.
    pub words: Vec<String>,
    /// The transaction's id.
    pub txid: String,
    /// Coins that are spent.
    pub spends: Vec<SpentCoin>,
    /// Where they go.
    pub pays: Vec<PaidOutput>,
    /// Fee.
    pub fee: u64,
    /// Satoshi per thousand virtual bytes.
    pub fee_rate: u64,
    /// Members and how they stand.
    pub members: Vec<SessionMember>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The signed transaction, hex.
    pub transaction: Option<String>,
    /// When it gives up.
    pub gives_up_ms: Option<u64>,
}

/// A coin that is spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SpentCoin {
    /// `txid:vout`.
    pub outpoint: String,
    /// Satoshi.
    pub amount: u64,
    /// The account whose deposit address it lies on; none: the key's own address.
    pub account: Option<String>,
    /// The address.
    pub address: String,
}

/// An output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaidOutput {
    /// Address, or the script in hex if it has none.
    pub to: String,
    /// Satoshi.
    pub amount: u64,
    /// One of the key's own addresses.
    pub own: bool,
}

/// A member in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionMember {
    /// Who.
    pub member: MemberRow,
    /// `waiting`, `approved`, `declined`, `signed`, `broken`, `silent`, `spare`.
    pub state: String,
}

/// What happened, for notifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// When.
    pub at_ms: u64,
    /// `invited`, `asked`, `failed`, `in_doubt`, `done`, `stopped`, `signed`, `removed`.
    pub code: String,
    /// Ceremony or session.
    pub id: Id,
    /// Whether `id` is a session's.
    pub session: bool,
    /// The key's name.
    pub label: String,
}

/// Invites watchmen to make a key. We are number 1, the peers follow in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invite {
    /// What people will call the key: 1 to 40 characters.
    pub label: String,
    /// Chain.
    pub network: Network,
    /// Who signs together at least.
    pub threshold: u16,
    /// The others.
    pub peers: Vec<String>,
}

/// A task of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Task {
    /// New shares for all.
    Refresh,
    /// New shares for all but one.
    Remove {
        /// Who leaves.
        number: u16,
    },
    /// A lost share back.
    Repair {
        /// Whose.
        number: u16,
    },
}
