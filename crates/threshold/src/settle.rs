//! The end of a ceremony that gives out shares, in two phases: put beside, then in force; and the proof of the second.
//!
//! A settlement is the signed word of everybody who takes part. A participant that stopped between its own word and the others'
//! learns from it whether the share that it put beside counts.

use std::collections::BTreeMap;

use crate::ceremony::{Room, digest};
use crate::error::FormatError;
use crate::group::{Group, GroupId};
use crate::hash;
use crate::party::Party;
use crate::reader::Reader;
use crate::roster::Roster;
use crate::share::Share;
use crate::wire::{CeremonyId, Head, Kind, Scope};

const MAGIC: [u8; 4] = *b"EVTC";
const VERSION: u8 = 1;
/// The round of a key generation in which members confirm the result.
pub(crate) const CONFIRM: u8 = 4;
/// The round of a refresh in which members say that they verified.
pub(crate) const DONE: u8 = 7;

/// What key generation and refresh reach, in this order.
#[derive(Debug)]
pub enum Stage {
    /// Keep this share durably *beside* whatever is in force, then call `staged`.
    Staged(Box<Share>),
    /// Everybody gave their word: the share counts, and an old one is destroyed.
    InForce(Box<Settled>),
}

/// A share that is in force.
#[derive(Debug)]
pub struct Settled {
    /// The share that counts from now on. `share.group()` is the public side.
    pub share: Share,
    /// The proof, for members that stopped meanwhile.
    pub settlement: Settlement,
}

/// What a settlement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Created,
    Refreshed(GroupId),
}

/// What the messages of a refresh are bound to: the old group, and who stays.
pub(crate) fn bind(old: &GroupId, keepers: &Roster) -> [u8; 32] {
    hash::tagged("everwatch/threshold/refresh/1", &[&old.0, &keepers.fingerprint()])
}

/// What a ceremony comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) ceremony: CeremonyId,
    pub(crate) origin: Origin,
    pub(crate) new: Group,
}

impl Ending {
    /// The head of a member's word.
    pub(crate) fn head(&self, from: Party) -> Head {
        let roster = self.new.roster();
        let (kind, group) = match &self.origin {
            Origin::Created => (Kind::Create, roster.fingerprint()),
            Origin::Refreshed(old) => (Kind::Refresh, bind(old, roster)),
        };
        let scope = Scope { kind, ceremony: self.ceremony, group };
        Head { scope, round: self.origin.round(), from, to: None }
    }

    /// Whether this is a member's signed word.
    pub(crate) fn signed(&self, party: Party, signature: &[u8; 64]) -> bool {
        let digest = digest(&self.head(party), &hash::body(&self.new.id().0));
        self.new.roster().members().get(&party).is_some_and(|key| key.verify(&digest, signature))
    }

    /// Ceremony (32), kind (1), old group's id (32, zero without one).
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let (kind, old) = match self.origin {
            Origin::Created => (Kind::Create, [0; 32]),
            Origin::Refreshed(old) => (Kind::Refresh, old.0),
        };
        [&self.ceremony.0[..], &[kind as u8], &old].concat()
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<(CeremonyId, Origin), FormatError> {
        let ceremony = CeremonyId(reader.array()?);
        let origin = match (reader.u8()?, reader.array()?) {
            (1, old) if old == [0; 32] => Origin::Created,
            (2, old) => Origin::Refreshed(GroupId(old)),
            (version, _) => return Err(FormatError::Version { version }),
        };
        Ok((ceremony, origin))
    }
}

/// Signatures of everybody who took part under "the new shares are good".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    ending: Ending,
    signatures: BTreeMap<Party, [u8; 64]>,
}

impl Settlement {
    pub(crate) fn new(ending: Ending, signatures: BTreeMap<Party, [u8; 64]>) -> Self {
        Self { ending, signatures }
    }

    /// The settlement of a ceremony whose last round is complete; none otherwise.
    pub(crate) fn of(room: &Room, origin: Origin, new: &Group) -> Option<Self> {
        let mut signatures = BTreeMap::new();
        for party in new.roster().members().keys() {
            signatures.insert(*party, room.said(origin.round(), *party)?.signature);
        }
        Some(Self::new(Ending { ceremony: room.minutes.scope.ceremony, origin, new: new.clone() }, signatures))
    }

    /// The group that is in force.
    #[must_use]
    pub fn group(&self) -> &Group {
        &self.ending.new
    }

    /// Checks that this settles a key generation of `roster`.
    ///
    /// # Errors
    /// If it settles anything else, or a signature is not its member's.
    pub fn creates(&self, roster: &Roster) -> Result<(), FormatError> {
        let Ending { origin, new, .. } = &self.ending;
        if *origin != Origin::Created || new.roster() != roster || new.generation() != 0 {
            return Err(FormatError::Group);
        }
        self.verify()
    }

    /// Checks that this settles a refresh of `old`: same key and threshold, next generation, members among the old ones with
    /// their keys, and the word of each of them. Afterwards every share of `old` is to be destroyed.
    ///
    /// # Errors
    /// If it settles anything else, or a signature is not its member's.
    pub fn settles(&self, old: &Group) -> Result<(), FormatError> {
        let Ending { origin, new, .. } = &self.ending;
        let (was, is) = (old.roster(), new.roster());
        let follows = *origin == Origin::Refreshed(old.id())
            && new.key() == old.key()
            && is.threshold() == was.threshold()
            && Some(new.generation()) == old.generation().checked_add(1)
            && is.members().iter().all(|(party, key)| was.members().get(party) == Some(key));
        if follows { self.verify() } else { Err(FormatError::Group) }
    }

    /// Checks that this is everybody's word for one ending.
    pub(crate) fn ends(&self, ending: &Ending) -> Result<(), FormatError> {
        if self.ending == *ending { self.verify() } else { Err(FormatError::Group) }
    }

    fn verify(&self) -> Result<(), FormatError> {
        let mut members = self.group().roster().members().keys();
        let word = |party| self.signatures.get(party).is_some_and(|signature| self.ending.signed(*party, signature));
        if members.all(word) { Ok(()) } else { Err(FormatError::Checksum) }
    }

    /// `EVTC`, version (1), ceremony (32), kind (1), old group's id (32), count (2), a signature (64) for each member of the new
    /// group in order, the new group.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = u16::try_from(self.signatures.len()).expect("a roster has at most 100 members");
        let mut bytes = [&MAGIC[..], &[VERSION], &self.ending.to_bytes(), &count.to_be_bytes()].concat();
        self.signatures.values().for_each(|signature| bytes.extend(signature));
        bytes.extend(self.group().to_bytes());
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; [`Self::settles`] says what it is worth.
    ///
    /// # Errors
    /// Any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(bytes);
        reader.head(MAGIC, VERSION)?;
        let (ceremony, origin) = Ending::read(&mut reader)?;
        let count = usize::from(reader.u16()?);
        let marks = reader.take(count * 64)?;
        let new = Group::from_bytes(reader.rest())?;
        if new.roster().members().len() != count {
            return Err(FormatError::Length);
        }
        let signatures = new.roster().members().keys().copied().zip(marks.chunks_exact(64).map(signature)).collect();
        Ok(Self::new(Ending { ceremony, origin, new }, signatures))
    }
}

impl Origin {
    /// The round in which everybody gives their word.
    pub(crate) fn round(&self) -> u8 {
        match self {
            Self::Created => CONFIRM,
            Self::Refreshed(_) => DONE,
        }
    }
}

fn signature(bytes: &[u8]) -> [u8; 64] {
    let mut signature = [0; 64];
    signature.copy_from_slice(bytes);
    signature
}
