//! What is remembered, as it stands on disk: public data only, JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use threshold::{Doubt, Group, Party};

use crate::id::Id;
use crate::model::{Failure, LogLine, Network, SessionState};
use crate::plan::{Plan, Seat};

/// Lines of a log that are kept.
const LOG_MAX: usize = 200;
/// Settlements of a key that are kept for members that were away.
const SETTLEMENTS_MAX: usize = 32;

/// Bytes as hex.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Hex(pub(crate) Vec<u8>);

impl TryFrom<String> for Hex {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        crypto::hexs::decode(&text).map(Self).map_err(|_| "not hexadecimal")
    }
}

impl From<Hex> for String {
    fn from(hex: Hex) -> Self {
        crypto::hexs::encode(&hex.0)
    }
}

/// Ourselves and whom we heard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Own {
    /// Our ceremony key, once a keystore was open.
    pub(crate) key: Option<Id>,
    /// Ceremony keys of other watchmen, as they say themselves, by identity.
    pub(crate) known: BTreeMap<String, Known>,
}

/// A watchman that said who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Known {
    pub(crate) key: Id,
    pub(crate) name: String,
}

/// A key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KeyRecord {
    pub(crate) label: String,
    pub(crate) network: Network,
    /// It came from a backup, and nobody said yet what it is called.
    pub(crate) unnamed: bool,
    /// The group in force.
    pub(crate) group: Hex,
    /// Own number.
    pub(crate) me: u16,
    /// We were removed.
    pub(crate) left: bool,
    pub(crate) seats: Vec<Seat>,
    pub(crate) since_ms: u64,
    /// Everybody's word for each generation, the newest last.
    pub(crate) settlements: Vec<Hex>,
    /// Whether the share was there when the keystore was last open.
    pub(crate) share: bool,
    pub(crate) backed_up_ms: Option<u64>,
    pub(crate) drilled_ms: Option<u64>,
    /// Groups whose shares are to be destroyed.
    pub(crate) retired: BTreeSet<Id>,
}

/// A key with its group decoded.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) record: KeyRecord,
    pub(crate) group: Group,
}

impl Key {
    pub(crate) fn id(&self) -> Id {
        Id(self.group.x_only())
    }

    pub(crate) fn group_id(&self) -> Id {
        Id(self.group.id().0)
    }

    /// Own number, while we are a member.
    pub(crate) fn me(&self) -> Option<Party> {
        let me = Party::new(self.record.me).ok()?;
        self.group.roster().members().contains_key(&me).then_some(me)
    }

    pub(crate) fn seat_of(&self, peer: &p2p::PeerId) -> Option<&Seat> {
        let peer = peer.to_string();
        self.seats().find(|seat| seat.peer == peer)
    }

    /// Seats of the members in force.
    pub(crate) fn seats(&self) -> impl Iterator<Item = &Seat> {
        let member = |seat: &&Seat| {
            let party = seat.party().ok();
            party.is_some_and(|party| self.group.roster().members().contains_key(&party))
        };
        self.record.seats.iter().filter(member)
    }

    pub(crate) fn settled(&mut self, settlement: &threshold::Settlement) {
        self.record.settlements.push(Hex(settlement.to_bytes()));
        let over = self.record.settlements.len().saturating_sub(SETTLEMENTS_MAX);
        self.record.settlements.drain(..over);
    }
}

/// How far a ceremony is, as remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Phase {
    /// People decide, or others have not joined.
    Open,
    /// Everybody joined; the id is used.
    Claimed,
    /// Our word is given.
    Doubtful,
    Done,
    Failed,
    Stopped,
}

impl Phase {
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Stopped)
    }
}

/// What somebody did in a round, as shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rounds {
    /// Names, in order.
    pub(crate) names: Vec<String>,
    /// For each: who has something to say.
    pub(crate) due: Vec<BTreeSet<u16>>,
    /// For each: who said it, and when, ms after the beginning.
    pub(crate) done: Vec<BTreeMap<u16, u64>>,
}

/// A ceremony.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CeremonyRecord {
    pub(crate) plan: Plan,
    pub(crate) phase: Phase,
    /// Members whose words a person here compared.
    pub(crate) compared: BTreeSet<u16>,
    /// Who joined.
    pub(crate) joined: BTreeSet<u16>,
    pub(crate) began_ms: Option<u64>,
    pub(crate) ended_ms: Option<u64>,
    pub(crate) failure: Option<Failure>,
    /// Proofs against culprits (`EVTP`).
    pub(crate) proof: Vec<Hex>,
    /// The group that came out.
    pub(crate) outcome: Option<Id>,
    /// The group whose share was put beside.
    pub(crate) staged: Option<Id>,
    /// That share is to be destroyed.
    pub(crate) discard: bool,
    pub(crate) doubt: Option<Hex>,
    pub(crate) rounds: Rounds,
    pub(crate) log: Vec<LogLine>,
}

impl CeremonyRecord {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            plan,
            phase: Phase::Open,
            compared: BTreeSet::new(),
            joined: BTreeSet::new(),
            began_ms: None,
            ended_ms: None,
            failure: None,
            proof: Vec::new(),
            outcome: None,
            staged: None,
            discard: false,
            doubt: None,
            rounds: Rounds::default(),
            log: Vec::new(),
        }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.plan.members.iter().all(|seat| self.joined.contains(&seat.number))
    }

    pub(crate) fn doubt(&self) -> Option<Doubt> {
        self.doubt.as_ref().and_then(|bytes| Doubt::from_bytes(&bytes.0).ok())
    }

    /// Writes a line; the oldest of too many is dropped.
    pub(crate) fn note(&mut self, at_ms: u64, code: &str, member: Option<u16>, params: &[(&str, String)]) {
        if self.log.len() >= LOG_MAX {
            self.log.remove(0);
        }
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.log.push(LogLine { at_ms, code: code.to_owned(), member, params });
    }
}

/// A session of signing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SessionRecord {
    pub(crate) id: Id,
    pub(crate) key: Id,
    pub(crate) group: Id,
    pub(crate) proposer: u16,
    pub(crate) psbt: Hex,
    pub(crate) digest: Id,
    pub(crate) asked_ms: u64,
    pub(crate) state: SessionState,
    /// Who approved or declined; ourselves too.
    pub(crate) stands: BTreeMap<u16, bool>,
    /// Who approved by a file, and is given time.
    pub(crate) carried: BTreeSet<u16>,
    /// Who signed, or failed, and how.
    pub(crate) marks: BTreeMap<u16, String>,
    pub(crate) transaction: Option<Hex>,
    pub(crate) failure: Option<Failure>,
    pub(crate) ended_ms: Option<u64>,
}

impl SessionRecord {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, SessionState::Asked | SessionState::Approved | SessionState::Declined)
    }

    pub(crate) fn approvals(&self) -> impl Iterator<Item = u16> {
        self.stands.iter().filter(|(_, approves)| **approves).map(|(number, _)| *number)
    }
}
