//! The head of every message, and what a machine returns.
//!
//! A message is `head ‖ payload`. The head is 75 bytes: `EVTW`, version 1 (1 byte), kind (1), round (1), ceremony (32), group (32),
//! sender (2), recipient (2, zero for all). Integers are big-endian. Payloads: `docs/threshold.md`.

use std::fmt;

use crate::error::{Abort, FormatError, Refusal};
use crate::party::Party;
use crate::reader::Reader;

pub(crate) const HEAD: usize = 75;
const MAGIC: [u8; 4] = *b"EVTW";
const VERSION: u8 = 1;

/// One run of one ceremony. Never use one twice, not even after a restart: a participant that says two different things in
/// one ceremony proves itself an equivocator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CeremonyId(pub [u8; 32]);

impl fmt::Debug for CeremonyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The kinds of ceremony. The number is the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A key generation.
    Create = 1,
    /// A refresh, also one that removes members.
    Refresh = 2,
    /// A repair.
    Repair = 3,
    /// A signing.
    Sign = 4,
}

impl Kind {
    fn of(number: u8) -> Option<Self> {
        [Self::Create, Self::Refresh, Self::Repair, Self::Sign].into_iter().find(|kind| *kind as u8 == number)
    }
}

/// Most bytes of a message: a package of [`crate::MAX_ITEMS`] items for a quorum of 100.
pub const MAX_MESSAGE: usize = HEAD + 1 + 2 + 2 * 100 + 64 * 100 * 66;

/// What the head of a message says, for carriers that find its machine by it. Nothing of it is verified: the machine does that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// What kind of ceremony.
    pub kind: Kind,
    /// Which one.
    pub ceremony: CeremonyId,
    /// What it is about: see `docs/threshold.md`.
    pub group: [u8; 32],
    /// Which round.
    pub round: u8,
    /// Who sent it.
    pub from: Party,
    /// For whom.
    pub to: To,
}

impl Label {
    /// Reads the head of a message.
    ///
    /// # Errors
    /// Bytes that begin with no head.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let raw = Raw::read(bytes)?.0;
        let party = |number| Party::new(number).map_err(Refusal::Content);
        let to = if raw.to == 0 { To::All } else { To::One(party(raw.to)?) };
        let kind = Kind::of(raw.kind).ok_or(Refusal::Kind)?;
        Ok(Self { kind, ceremony: raw.ceremony, group: raw.group, round: raw.round, from: party(raw.from)?, to })
    }
}

/// Whom a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    /// Everybody else who takes part.
    All,
    /// One participant.
    One(Party),
}

impl To {
    /// Whether a message so addressed is for `party`.
    #[must_use]
    pub fn reaches(self, party: Party) -> bool {
        match self {
            Self::All => true,
            Self::One(to) => to == party,
        }
    }
}

/// A message to carry. Carriers may lose, repeat, delay and reorder messages; they must say truly who sent one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// For whom.
    pub to: To,
    /// What to carry, without change.
    pub bytes: Vec<u8>,
}

/// What followed from a message.
#[derive(Debug)]
pub struct Step<T> {
    /// Messages to carry.
    pub send: Vec<Outgoing>,
    /// Set once, when the machine reached something.
    pub outcome: Option<T>,
}

/// What a ceremony answers to a message: a refusal that changes nothing, or a step whose outcome is a result or the end.
pub type Taken<T> = Result<Step<Result<T, Abort>>, Refusal>;

impl<T> Step<T> {
    pub(crate) fn send(send: Vec<Outgoing>) -> Self {
        Self { send, outcome: None }
    }
}

/// What messages of one ceremony have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) kind: Kind,
    pub(crate) ceremony: CeremonyId,
    /// Fingerprint of the roster while there is no group, the group's id afterwards.
    pub(crate) group: [u8; 32],
}

/// A head as it came.
struct Raw {
    kind: u8,
    round: u8,
    ceremony: CeremonyId,
    group: [u8; 32],
    from: u16,
    to: u16,
}

impl Raw {
    /// The head, and what follows it.
    fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Refusal> {
        let short = |_| Refusal::Length { got: bytes.len(), need: HEAD };
        let mut reader = Reader::new(bytes);
        match reader.head(MAGIC, VERSION) {
            Ok(()) => {}
            Err(FormatError::Version { version }) => return Err(Refusal::Version { version }),
            Err(FormatError::Magic) => return Err(Refusal::Magic),
            Err(error) => return Err(short(error)),
        }
        let (kind, round) = (reader.u8().map_err(short)?, reader.u8().map_err(short)?);
        let ceremony = CeremonyId(reader.array().map_err(short)?);
        let group = reader.array().map_err(short)?;
        let (from, to) = (reader.u16().map_err(short)?, reader.u16().map_err(short)?);
        Ok((Self { kind, round, ceremony, group, from, to }, reader.rest()))
    }
}

/// A head: what the rest of a message is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) scope: Scope,
    pub(crate) round: u8,
    pub(crate) from: Party,
    pub(crate) to: Option<Party>,
}

impl Head {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD);
        bytes.extend(MAGIC);
        bytes.extend([VERSION, self.scope.kind as u8, self.round]);
        bytes.extend(self.scope.ceremony.0);
        bytes.extend(self.scope.group);
        bytes.extend(self.from.bytes());
        bytes.extend(self.to.map_or([0; 2], Party::bytes));
        bytes
    }

    /// Reads the head of a message of this scope that the carrier says `carrier` sent to `me`.
    pub(crate) fn read(scope: Scope, carrier: Party, me: Party, bytes: &[u8]) -> Result<(Self, &[u8]), Refusal> {
        let (raw, payload) = Raw::read(bytes)?;
        let Raw { kind, round, ceremony, group, from, to } = raw;
        if kind != scope.kind as u8 {
            return Err(Refusal::Kind);
        }
        if ceremony != scope.ceremony {
            return Err(Refusal::Ceremony);
        }
        if group != scope.group {
            return Err(Refusal::Group);
        }
        if from != carrier.number() {
            return Err(Refusal::Sender { named: from, carrier });
        }
        let to = match to {
            0 => None,
            number if number == me.number() => Some(me),
            _ => return Err(Refusal::Recipient),
        };
        Ok((Self { scope, round, from: carrier, to }, payload))
    }
}
