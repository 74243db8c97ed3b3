//! What a ceremony is: proposed by one, seen alike by all who take part.

use std::collections::{BTreeMap, BTreeSet};

use p2p::PeerId;
use serde::{Deserialize, Serialize};
use threshold::{FormatError, Party, PeerKey, Roster};

use crate::id::Id;
use crate::model::{Kind, Network};

/// Most characters of a key's name.
pub const LABEL_CHARS_MAX: usize = 40;
const NAME_LEN_MAX: usize = 128;

/// A proposal. Hashes to what everybody who joins repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its id, never used twice.
    pub id: Id,
    /// What it does.
    pub kind: Kind,
    /// From 1.
    pub attempt: u32,
    /// The key's name.
    pub label: String,
    /// Chain.
    pub network: Network,
    /// Who must sign together.
    pub threshold: u16,
    /// The group before it; none in key generation.
    pub group: Option<Id>,
    /// Whom a removal leaves out, whose share a repair restores.
    pub subject: Option<u16>,
    /// Who proposes.
    pub proposer: u16,
    /// When, Unix ms.
    pub begun_ms: u64,
    /// Who takes part, in the order of their numbers.
    pub members: Vec<Seat>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Its number.
    pub number: u16,
    /// Its identity between watchmen.
    pub peer: String,
    /// What it is called.
    pub name: String,
    /// Its ceremony key.
    pub key: Id,
}

/// Why a proposal is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPlan {
    /// The key's name.
    #[error("a name has 1 to {LABEL_CHARS_MAX} characters that can be seen")]
    Label,
    /// A member by itself.
    #[error("a member's name, number or identity cannot be used")]
    Member,
    /// Members together.
    #[error("members are repeated or out of order")]
    Order,
    /// Who has which part.
    #[error("who proposes or whom it is about does not take part as it must")]
    Part,
    /// Threshold or keys.
    #[error(transparent)]
    Roster(#[from] FormatError),
}

impl Plan {
    /// Checks what can be seen from the proposal alone.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), BadPlan> {
        label(&self.label)?;
        let mut peers = BTreeSet::new();
        for seat in &self.members {
            seat.check()?;
            if !peers.insert(&seat.peer) {
                return Err(BadPlan::Order);
            }
        }
        if !self.members.is_sorted_by(|a, b| a.number < b.number) {
            return Err(BadPlan::Order);
        }
        let sits = |number: u16| self.members.iter().any(|seat| seat.number == number);
        let subject = match (self.kind, self.subject) {
            (Kind::Create | Kind::Refresh, None) => true,
            (Kind::Remove, Some(number)) => !sits(number),
            (Kind::Repair, Some(number)) => sits(number),
            _ => false,
        };
        let group = self.group.is_some() != (self.kind == Kind::Create);
        if !(subject && group && sits(self.proposer) && self.attempt >= 1) {
            return Err(BadPlan::Part);
        }
        self.roster().map(drop)
    }

    /// Threshold and ceremony keys of who takes part.
    ///
    /// # Errors
    /// [`BadPlan::Roster`], [`BadPlan::Member`].
    pub fn roster(&self) -> Result<Roster, BadPlan> {
        let mut members = BTreeMap::new();
        for seat in &self.members {
            members.insert(seat.party()?, PeerKey::new(seat.key.0)?);
        }
        Ok(Roster::new(self.threshold, members)?)
    }

    /// What people compare, and what everybody who joins repeats: in a key generation the roster's own fingerprint, in the other
    /// ceremonies the hash of the whole proposal.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        match (self.kind, self.roster()) {
            (Kind::Create, Ok(roster)) => roster.fingerprint(),
            _ => self.hash(),
        }
    }

    /// The hash of the whole proposal.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let bytes = postcard::to_stdvec(self).expect("plain data into a growing vector");
        crypto::sha256_parts(&[b"everwatch/ceremony/plan/1", &bytes])
    }

    pub(crate) fn seat(&self, number: u16) -> Option<&Seat> {
        self.members.iter().find(|seat| seat.number == number)
    }

    /// The seat of a watchman.
    pub(crate) fn seat_of(&self, peer: &PeerId) -> Option<&Seat> {
        let peer = peer.to_string();
        self.members.iter().find(|seat| seat.peer == peer)
    }

    /// Who helps in a repair, who stays in a refresh or removal.
    pub(crate) fn parties(&self) -> BTreeSet<Party> {
        self.members.iter().filter_map(|seat| seat.party().ok()).collect()
    }
}

impl Seat {
    fn check(&self) -> Result<(), BadPlan> {
        let peer: PeerId = self.peer.parse().map_err(|_| BadPlan::Member)?;
        let name = (1..=NAME_LEN_MAX).contains(&self.name.len()) && !self.name.chars().any(keystore::is_unseen);
        if name && peer.to_string() == self.peer { self.party().map(drop) } else { Err(BadPlan::Member) }
    }

    pub(crate) fn party(&self) -> Result<Party, BadPlan> {
        Ok(Party::new(self.number)?)
    }

    pub(crate) fn peer(&self) -> Option<PeerId> {
        self.peer.parse().ok()
    }
}

/// Checks a key's name.
pub(crate) fn label(text: &str) -> Result<(), BadPlan> {
    let fits = (1..=LABEL_CHARS_MAX).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(keystore::is_unseen);
    if fits { Ok(()) } else { Err(BadPlan::Label) }
}

/// A name that people can see, whatever somebody calls itself.
pub(crate) fn seen(name: &str, peer: &PeerId) -> String {
    let name: String = name.trim().chars().filter(|c| !keystore::is_unseen(*c)).take(40).collect();
    if name.is_empty() { peer.to_string() } else { name }
}
