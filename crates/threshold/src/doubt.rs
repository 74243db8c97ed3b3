//! Between one's own word for a new share and everybody's: what outlives a restart, and what ends the doubt.
//!
//! What always holds: nothing here is secret; a word, once given, is repeated and never taken back. A doubt ends with everybody's
//! word (the share is in force) or with one member's signed word that it left before giving its own (it never will be).

use std::collections::BTreeMap;

use crate::ceremony::{LEAVE, Room};
use crate::error::{FormatError, Refusal};
use crate::group::Group;
use crate::hash;
use crate::party::Party;
use crate::reader::Reader;
use crate::settle::{Ending, Origin, Settlement};
use crate::wire::{CeremonyId, HEAD, Head, Outgoing, To};

const MAGIC: [u8; 4] = *b"EVTD";
const VERSION: u8 = 1;

/// How a doubt ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everybody gave their word: the new share counts.
    InForce(Box<Settlement>),
    /// Somebody left without giving its word: begin again under a new ceremony id. Whoever lies here has signed both, and the
    /// settlement that it gave to others counts; so the doubtful share is set aside until a later ceremony settles.
    Void(Party),
}

/// A member's own word for a new share, with those of the others so far. Keep it durably before the word leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    ending: Ending,
    me: Party,
    words: BTreeMap<Party, [u8; 64]>,
}

impl Doubt {
    /// The doubt of a participant that gave its word; none before.
    pub(crate) fn of(room: &Room, origin: Origin, new: &Group) -> Option<Self> {
        let ending = Ending { ceremony: room.minutes.scope.ceremony, origin, new: new.clone() };
        let word = |party: &Party| {
            let said = room.said(origin.round(), *party)?;
            ending.signed(*party, &said.signature).then_some((*party, said.signature))
        };
        let words: BTreeMap<_, _> = new.roster().members().keys().filter_map(word).collect();
        words.contains_key(&room.me).then_some(Self { ending, me: room.me, words })
    }

    /// The ceremony it is about.
    #[must_use]
    pub fn ceremony(&self) -> CeremonyId {
        self.ending.ceremony
    }

    /// The group that may be in force.
    #[must_use]
    pub fn group(&self) -> &Group {
        &self.ending.new
    }

    /// Whose word is missing.
    #[must_use]
    pub fn waits_for(&self) -> Vec<Party> {
        self.group().roster().members().keys().filter(|party| !self.words.contains_key(party)).copied().collect()
    }

    /// This member's word once more, for all who take part.
    #[must_use]
    pub fn word(&self) -> Outgoing {
        let head = self.ending.head(self.me).to_bytes();
        let signature = self.words.get(&self.me).map_or(&[][..], |signature| &signature[..]);
        Outgoing { to: To::All, bytes: [&head[..], &self.group().id().0, signature].concat() }
    }

    /// Takes a message of the ceremony that the carrier says `from` sent: a word, or that its sender left.
    ///
    /// # Errors
    /// Any other message. Nothing has changed then.
    pub fn receive(&mut self, from: Party, bytes: &[u8]) -> Result<Option<Verdict>, Refusal> {
        let due = self.ending.head(from);
        let (head, payload) = Head::read(due.scope, from, self.me, bytes)?;
        let peer = self.group().roster().members().get(&from).filter(|_| from != self.me);
        let peer = *peer.ok_or(Refusal::NotMember { party: from })?;
        let body = match head.round {
            LEAVE => 0,
            round if round == due.round => 32,
            round => return Err(Refusal::Round { round }),
        };
        if head.to.is_some() {
            return Err(Refusal::Round { round: head.round });
        }
        let need = HEAD + body + 64;
        let split = payload.split_at_checked(body).and_then(|(body, mark)| Some((body, mark.try_into().ok()?)));
        let (body, mark) = split.ok_or(Refusal::Length { got: bytes.len(), need })?;
        if !peer.verify(&crate::ceremony::digest(&head, &hash::body(body)), &mark) {
            return Err(Refusal::Signature);
        }
        if head.round == LEAVE {
            return Ok((!self.words.contains_key(&from)).then_some(Verdict::Void(from)));
        }
        if body != self.group().id().0 {
            return Err(Refusal::Content(FormatError::Group));
        }
        self.words.insert(from, mark);
        Ok(self.complete())
    }

    fn complete(&self) -> Option<Verdict> {
        let all = self.waits_for().is_empty();
        all.then(|| Verdict::InForce(Box::new(Settlement::new(self.ending.clone(), self.words.clone()))))
    }

    /// Checks that a settlement ends this doubt: the new share is in force.
    ///
    /// # Errors
    /// If it settles anything else, or a signature is not its member's. A settlement of the *old* group by another new one (see
    /// [`Settlement::settles`]) says that this share never counted.
    pub fn settled_by(&self, settlement: &Settlement) -> Result<(), FormatError> {
        settlement.ends(&self.ending)
    }

    /// `EVTD`, version (1), ceremony (32), kind (1), old group's id (32, zero without one), own number (2), count (2), number (2)
    /// and signature (64) of each whose word is here, the new group.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = u16::try_from(self.words.len()).expect("a roster has at most 100 members");
        let mut bytes =
            [&MAGIC[..], &[VERSION], &self.ending.to_bytes(), &self.me.bytes(), &count.to_be_bytes()].concat();
        for (party, word) in &self.words {
            bytes.extend(party.bytes());
            bytes.extend(word);
        }
        bytes.extend(self.group().to_bytes());
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// Any other bytes, and words that were not signed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(bytes);
        reader.head(MAGIC, VERSION)?;
        let (ceremony, origin) = Ending::read(&mut reader)?;
        let (me, count) = (reader.party()?, reader.u16()?);
        let mut words = BTreeMap::new();
        for _ in 0..count {
            let party = reader.party()?;
            if words.last_key_value().is_some_and(|(last, _)| *last >= party) {
                return Err(FormatError::Members);
            }
            words.insert(party, reader.array()?);
        }
        let ending = Ending { ceremony, origin, new: Group::from_bytes(reader.rest())? };
        if !words.contains_key(&me) {
            return Err(FormatError::Members);
        }
        if words.iter().all(|(party, word)| ending.signed(*party, word)) {
            Ok(Self { ending, me, words })
        } else {
            Err(FormatError::Checksum)
        }
    }
}
