//! Accusations: a participant that stops says why, with evidence that everybody checks for themselves.
//!
//! Body, signed by the accuser: form (1), round (1), accused (2), recipient (2), then for form 1 twice hash (32) and signature
//! (64), for form 2 the accused's message body and its signature (64).

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::room::{Blame, Evidence, Room, SIGNATURE, Signed, digest};
use super::{Ceremony, Judgement};
use crate::error::{Abort, Charge, FormatError, Refusal};
use crate::hash;
use crate::party::Party;
use crate::reader::Reader;
use crate::wire::{Head, Outgoing};

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

/// Checks an accusation: either the accused or the accuser is at fault, or neither can be shown here.
pub(crate) fn hear<C: Ceremony>(c: &C, head: &Head, payload: &[u8]) -> Result<Abort, Refusal> {
    let room = c.room();
    if head.to.is_some() {
        return Err(Refusal::Round { round: ROUND });
    }
    let Some((body, signature)) = payload.len().checked_sub(SIGNATURE).and_then(|at| payload.split_at_checked(at))
    else {
        return Err(Refusal::Length { got: payload.len(), need: SIGNATURE });
    };
    let mut mark = [0; 64];
    mark.copy_from_slice(signature);
    let accuser = head.from;
    if !room.peers.get(&accuser).is_some_and(|peer| peer.verify(&digest(head, &hash::body(body)), &mark)) {
        return Err(Refusal::Signature);
    }
    let (accused, judgement) = weigh(c, body).map_err(Refusal::Content)?;
    Ok(match judgement {
        Judgement::Guilty(charge) => Abort::of(accused, charge),
        Judgement::Innocent => Abort::of(accuser, Charge::FalseAccusation),
        Judgement::Open => Abort { disputed: Some((accuser, accused)), ..Abort::default() },
    })
}

fn weigh<C: Ceremony>(c: &C, body: &[u8]) -> Result<(Party, Judgement), FormatError> {
    let room = c.room();
    let mut reader = Reader::new(body);
    let (form, round) = (reader.u8()?, reader.u8()?);
    let from = reader.party()?;
    let to = match reader.u16()? {
        0 => None,
        number => Some(Party::new(number)?),
    };
    let head = Head { scope: room.scope, round, from, to };
    let length = c.slot(round, from, to).ok_or(FormatError::Length)?;
    let judgement = match form {
        1 => {
            let pair = [(reader.array()?, reader.array()?), (reader.array()?, reader.array()?)];
            reader.end()?;
            let signed = pair.iter().all(|(hash, signature)| room.signed_by(&head, hash, signature));
            Judgement::unless(Some(!(signed && pair[0].0 != pair[1].0)), Charge::Equivocation)
        }
        2 => {
            let body = Zeroizing::new(reader.take(length)?.to_vec());
            let message = Signed { head, body, signature: reader.array()? };
            reader.end()?;
            if room.signed_by(&head, &message.hash(), &message.signature) {
                c.judge(&message)
            } else {
                Judgement::Innocent
            }
        }
        version => return Err(FormatError::Version { version }),
    };
    Ok((from, judgement))
}
