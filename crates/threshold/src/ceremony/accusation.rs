//! Accusations: a participant that stops says why, with evidence that everybody checks for themselves.
//!
//! Body, signed by the accuser: form (1), round (1), accused (2), recipient (2), then for form 1 twice hash (32) and signature
//! (64), for form 2 the accused's message body and its signature (64).

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::minutes::{Blame, Evidence, Minutes, SIGNATURE, Signed};
use super::room::Room;
use super::{Ceremony, Judgement};
use crate::error::{Charge, FormatError, Refusal};
use crate::party::Party;
use crate::reader::Reader;
use crate::rules::Rules;
use crate::wire::{Head, Outgoing, Scope};

/// Stands where other messages have their round.
pub(crate) const ROUND: u8 = 255;

/// The accusation to send; none against oneself.
pub(crate) fn say<R: RngCore + CryptoRng>(room: &mut Room, blame: &Blame, rng: &mut R) -> Option<Outgoing> {
    if blame.party == room.me {
        return None;
    }
    let mut body = Vec::new();
    match &*blame.evidence {
        Evidence::Pair(head, pair) => {
            place(&mut body, 1, head);
            pair.iter().for_each(|(hash, signature)| body.extend([&hash[..], signature].concat()));
        }
        Evidence::Message(message) => {
            place(&mut body, 2, &message.head);
            body.extend_from_slice(&message.body);
            body.extend(message.signature);
        }
    }
    Some(room.tell_all(ROUND, body, rng))
}

fn place(body: &mut Vec<u8>, form: u8, head: &Head) {
    body.extend([form, head.round]);
    body.extend(head.from.bytes());
    body.extend(head.to.map_or([0; 2], Party::bytes));
}

/// What became of an accusation.
pub(super) enum Verdict {
    /// The accused or the accuser.
    Guilty(Blame),
    /// It cannot be shown here that this one is, nor that the accuser is.
    Open(Party),
}

/// Checks an accusation: either the accused or the accuser is at fault, or neither can be shown here.
pub(super) fn hear<C: Ceremony>(c: &C, head: Head, payload: &[u8]) -> Result<Verdict, Refusal> {
    if head.to.is_some() {
        return Err(Refusal::Round { round: ROUND });
    }
    let minutes = &c.room().minutes;
    let length = payload.len().checked_sub(SIGNATURE);
    let length = length.ok_or(Refusal::Length { got: payload.len(), need: SIGNATURE })?;
    let message = c.room().open(head, payload, length)?;
    let evidence = read(minutes.scope, &c.rules(), &message.body).map_err(Refusal::Content)?;
    let accused = evidence.head().from;
    Ok(match weigh(minutes, &c.rules(), &evidence) {
        Judgement::Guilty(charge) => Verdict::Guilty(Blame::new(accused, charge, evidence)),
        Judgement::Open => Verdict::Open(accused),
        Judgement::Innocent => {
            Verdict::Guilty(Blame::new(head.from, Charge::FalseAccusation, Evidence::Message(message)))
        }
    })
}

/// Reads the evidence of an accusation.
fn read(scope: Scope, rules: &dyn Rules, body: &[u8]) -> Result<Evidence, FormatError> {
    let mut reader = Reader::new(body);
    let (form, round) = (reader.u8()?, reader.u8()?);
    let from = reader.party()?;
    let to = match reader.u16()? {
        0 => None,
        number => Some(Party::new(number)?),
    };
    let head = Head { scope, round, from, to };
    let length = rules.slot(round, from, to).ok_or(FormatError::Length)?;
    let evidence = match form {
        1 => Evidence::Pair(head, [(reader.array()?, reader.array()?), (reader.array()?, reader.array()?)]),
        2 => {
            let body = Zeroizing::new(reader.take(length)?.to_vec());
            Evidence::Message(Signed { head, body, signature: reader.array()? })
        }
        version => return Err(FormatError::Version { version }),
    };
    reader.end()?;
    Ok(evidence)
}

/// What evidence shows about whoever it is against.
pub(crate) fn weigh(minutes: &Minutes, rules: &dyn Rules, evidence: &Evidence) -> Judgement {
    match evidence {
        Evidence::Pair(head, pair) => {
            let signed = pair.iter().all(|(hash, signature)| minutes.signed_by(head, hash, signature));
            Judgement::unless(Some(!(signed && pair[0].0 != pair[1].0)), Charge::Equivocation)
        }
        Evidence::Message(message) if minutes.signed_by(&message.head, &message.hash(), &message.signature) => {
            judge_any(minutes, rules, message)
        }
        Evidence::Message(_) => Judgement::Innocent,
    }
}

/// Judges a message of any round: an accusation is false if what it shows is innocent.
fn judge_any(minutes: &Minutes, rules: &dyn Rules, message: &Signed) -> Judgement {
    if message.head.round != ROUND {
        return rules.judge(minutes, message);
    }
    match read(minutes.scope, rules, &message.body).map(|evidence| weigh(minutes, rules, &evidence)) {
        Ok(Judgement::Innocent) => Judgement::Guilty(Charge::FalseAccusation),
        Ok(Judgement::Guilty(_)) => Judgement::Innocent,
        Ok(Judgement::Open) | Err(_) => Judgement::Open,
    }
}

/// The round that judging evidence is about: of an accusation, the round of what it shows.
pub(crate) fn subject(evidence: &Evidence) -> Option<u8> {
    match evidence {
        Evidence::Pair(..) => None,
        Evidence::Message(message) if message.head.round == ROUND => {
            (message.body.first() == Some(&2)).then(|| message.body.get(1).copied()).flatten()
        }
        Evidence::Message(message) => Some(message.head.round),
    }
}
