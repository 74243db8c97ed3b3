//! Proof of a culprit's guilt for people who took no part: the roster or group, the evidence, and whatever signed messages
//! judging it takes. It is checked offline, with nothing else.
//!
//! What always holds: a proof convicts only by what the convict itself signed. Where judging rests on messages of others, those are
//! the ones that the convict repeated in its own echo, so nobody can be convicted by messages that were shown to it differently.
//! What it does not do: prove who was silent, or anything about signing, whose messages nobody signs.
//!
//! A proof may hold a secret value that the culprit gave: it was told to all who took part, in a ceremony that came to nothing.

mod case;

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

pub(crate) use case::Case;

use crate::ceremony::{ACCUSATION, Blame, Evidence, Judgement, Minutes, Signed, repeats, subject, weigh};
use crate::error::{Charge, FormatError};
use crate::party::Party;
use crate::reader::Reader;
use crate::rules::{Need, Rules};
use crate::wire::{CeremonyId, Head, Scope};

const MAGIC: [u8; 4] = *b"EVTP";
const VERSION: u8 = 1;

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// A message was not signed by its author, or is none of this ceremony.
    #[error("a message in the proof was not signed by its author")]
    Signature,
    /// A message that judging takes is missing, or the convict did not repeat it in its echo.
    #[error("the convict did not confirm the messages that the proof rests on")]
    Support,
    /// The evidence shows nothing against anybody.
    #[error("the evidence shows no broken rule")]
    Nothing,
}

/// Evidence against one participant, as bytes that anybody can check.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    pub(crate) case: Case,
    pub(crate) ceremony: CeremonyId,
    pub(crate) evidence: Evidence,
    /// Signed messages to all that judging takes.
    pub(crate) support: Vec<Signed>,
}

impl Proof {
    /// The proof of a blame, if the messages at hand suffice.
    pub(crate) fn of(case: Case, minutes: &Minutes, rules: &dyn Rules, blame: &Blame) -> Option<Self> {
        let mut support = Vec::new();
        for (round, echo) in needs(rules, &blame.evidence) {
            support.push(minutes.said(*echo, blame.party)?.clone());
            support.extend(minutes.round(*round).cloned());
        }
        support.sort_by_key(order);
        let proof = Self { case, ceremony: minutes.scope.ceremony, evidence: (*blame.evidence).clone(), support };
        (proof.check() == Ok((blame.party, blame.charge))).then_some(proof)
    }

    /// The ceremony it is about.
    #[must_use]
    pub fn ceremony(&self) -> CeremonyId {
        self.ceremony
    }

    /// What it is about, for people to compare with theirs: the roster's fingerprint in a key generation, otherwise the group's id.
    #[must_use]
    pub fn about(&self) -> [u8; 32] {
        self.case.about()
    }

    /// Checks the proof with nothing but its own bytes: who broke which rule.
    ///
    /// # Errors
    /// If it proves nothing.
    pub fn check(&self) -> Result<(Party, Charge), ProofError> {
        let mut minutes = self.case.minutes(self.ceremony);
        self.case.with_rules(&minutes, None, |rules| self.well_formed(&minutes, rules))?;
        for message in &self.support {
            minutes.keep(message.clone());
        }
        let convict = self.evidence.head().from;
        let judgement = self.case.with_rules(&minutes, subject(&self.evidence), |rules| {
            self.supported(&minutes, rules, convict)?;
            Ok(weigh(&minutes, rules, &self.evidence))
        })?;
        match judgement {
            Judgement::Guilty(charge) => Ok((convict, charge)),
            Judgement::Innocent | Judgement::Open => Err(ProofError::Nothing),
        }
    }

    /// Every message has its length, and every supporting one its author's signature.
    fn well_formed(&self, minutes: &Minutes, rules: &dyn Rules) -> Result<(), ProofError> {
        let fits = |head: &Head, length: Option<usize>| match rules.slot(head.round, head.from, head.to) {
            Some(slot) => length.is_none_or(|length| length == slot),
            None => head.round == ACCUSATION && head.to.is_none(),
        };
        let sound = match &self.evidence {
            Evidence::Pair(head, _) => head.round != ACCUSATION && fits(head, None),
            Evidence::Message(message) => fits(&message.head, Some(message.body.len())),
        };
        if !sound {
            return Err(ProofError::Nothing);
        }
        let authentic = |message: &Signed| {
            let length = rules.slot(message.head.round, message.head.from, None);
            length == Some(message.body.len()) && minutes.signed_by(&message.head, &message.hash(), &message.signature)
        };
        if self.support.iter().all(authentic) { Ok(()) } else { Err(ProofError::Signature) }
    }

    /// What judging takes is here, and is what the convict said that it heard.
    fn supported(&self, minutes: &Minutes, rules: &dyn Rules, convict: Party) -> Result<(), ProofError> {
        for (round, echo) in needs(rules, &self.evidence) {
            let echo = minutes.said(*echo, convict).ok_or(ProofError::Support)?;
            for (place, author) in self.case.authors().iter().enumerate() {
                let message = minutes.said(*round, *author).ok_or(ProofError::Support)?;
                if !repeats(echo, place, message) {
                    return Err(ProofError::Support);
                }
            }
        }
        Ok(())
    }

    /// `EVTP`, version (1), ceremony (32), kind (1), what it is about (see `docs/threshold.md`), form (1), then the evidence:
    /// place and twice hash (32) and signature (64), or a message; count (2) and that many supporting messages. A place is round
    /// (1), author (2), recipient (2); a message is its place, length (4), body, signature (64).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &[VERSION], &self.ceremony.0].concat();
        self.case.write(&mut bytes);
        match &self.evidence {
            Evidence::Pair(head, pair) => {
                bytes.push(1);
                place(&mut bytes, head);
                pair.iter().for_each(|(hash, signature)| bytes.extend([&hash[..], signature].concat()));
            }
            Evidence::Message(message) => {
                bytes.push(2);
                write(&mut bytes, message);
            }
        }
        let count = u16::try_from(self.support.len()).expect("two rounds of at most 100 members, and two echoes");
        bytes.extend(count.to_be_bytes());
        self.support.iter().for_each(|message| write(&mut bytes, message));
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; [`Self::check`] says what it is worth.
    ///
    /// # Errors
    /// Any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(bytes);
        reader.head(MAGIC, VERSION)?;
        let ceremony = CeremonyId(reader.array()?);
        let case = Case::read(&mut reader)?;
        let scope = case.minutes(ceremony).scope;
        let evidence = match reader.u8()? {
            1 => {
                let head = read_place(scope, &mut reader)?;
                Evidence::Pair(head, [(reader.array()?, reader.array()?), (reader.array()?, reader.array()?)])
            }
            2 => Evidence::Message(read(scope, &mut reader)?),
            version => return Err(FormatError::Version { version }),
        };
        let count = reader.u16()?;
        let support = (0..count).map(|_| read(scope, &mut reader)).collect::<Result<Vec<_>, _>>()?;
        reader.end()?;
        // Each place once, in order, and nothing sealed: one proof has one encoding.
        let sorted = support.windows(2).all(|pair| order(&pair[0]) < order(&pair[1]));
        if sorted && support.iter().all(|message| message.head.to.is_none()) {
            Ok(Self { case, ceremony, evidence, support })
        } else {
            Err(FormatError::Members)
        }
    }
}

/// What the evidence's judgement rests on.
fn needs(rules: &dyn Rules, evidence: &Evidence) -> &'static [Need] {
    subject(evidence).map_or(&[], |round| rules.needs(round))
}

fn order(message: &Signed) -> (u8, Party) {
    (message.head.round, message.head.from)
}

fn place(bytes: &mut Vec<u8>, head: &Head) {
    bytes.push(head.round);
    bytes.extend(head.from.bytes());
    bytes.extend(head.to.map_or([0; 2], Party::bytes));
}

fn read_place(scope: Scope, reader: &mut Reader<'_>) -> Result<Head, FormatError> {
    let (round, from) = (reader.u8()?, reader.party()?);
    let to = match reader.u16()? {
        0 => None,
        number => Some(Party::new(number)?),
    };
    Ok(Head { scope, round, from, to })
}

fn write(bytes: &mut Vec<u8>, message: &Signed) {
    place(bytes, &message.head);
    let length = u32::try_from(message.body.len()).expect("a message has less than a megabyte");
    bytes.extend(length.to_be_bytes());
    bytes.extend_from_slice(&message.body);
    bytes.extend(message.signature);
}

fn read(scope: Scope, reader: &mut Reader<'_>) -> Result<Signed, FormatError> {
    let head = read_place(scope, reader)?;
    let length = usize::try_from(reader.u32()?).map_err(|_| FormatError::Length)?;
    let body = Zeroizing::new(reader.take(length)?.to_vec());
    Ok(Signed { head, body, signature: reader.array()? })
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.evidence.head();
        f.debug_struct("Proof")
            .field("ceremony", &self.ceremony)
            .field("against", &head.from)
            .field("round", &head.round)
            .finish_non_exhaustive()
    }
}
