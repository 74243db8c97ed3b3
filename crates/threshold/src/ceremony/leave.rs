//! Leaving: a participant that cannot or will not go on says so, signed, so that nobody waits for it. The body is empty.
//!
//! Who has said everything that was due from it has nothing left to leave; its word stands.

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};

use super::{ACCUSATION, Ceremony};
use crate::error::Refusal;
use crate::identity::Identity;
use crate::party::Party;
use crate::sign;
use crate::wire::{Head, Kind, Label, Outgoing, Scope};

/// Stands where other messages have their round.
pub(crate) const ROUND: u8 = 254;

/// Whether a message of this round ends the ceremony here; false if its sender said everything already.
pub(crate) fn hear<C: Ceremony>(c: &C, head: Head, payload: &[u8]) -> Result<bool, Refusal> {
    if head.to.is_some() {
        return Err(Refusal::Round { round: ROUND });
    }
    c.room().open(head, payload, 0)?;
    Ok(c.rounds().iter().any(|(round, _)| c.due(*round).contains(&head.from) && !c.room().heard(*round, head.from)))
}

/// The answer of a member that lost its part in a ceremony, such as in a restart, to any message of it: to all who take part,
/// and in a signing to its coordinator. They end the ceremony, or sign without this member, and need not wait.
///
/// Ask only for ceremonies that this member claimed (see [`crate::UsedIds`]), has no machine of, and has no [`crate::Doubt`] of:
/// who gave its word for a share does not leave.
///
/// # Errors
/// Bytes that are no message of a ceremony to this member from somebody else, and messages after which nobody waits.
pub fn forfeit<R: RngCore + CryptoRng>(
    bytes: &[u8],
    me: Party,
    identity: &Identity,
    rng: &mut R,
) -> Result<Outgoing, Refusal> {
    let Label { kind, ceremony, group, round, from, to } = Label::read(bytes)?;
    if from == me || !to.reaches(me) {
        return Err(Refusal::Recipient);
    }
    if matches!(round, ROUND | ACCUSATION) {
        // They ended it there; two that left must not answer each other for ever.
        return Err(Refusal::Round { round });
    }
    if kind == Kind::Sign {
        return sign::decline(bytes, me);
    }
    let head = Head { scope: Scope { kind, ceremony, group }, round: ROUND, from: me, to: None };
    Ok(super::room::signed_by(identity, head, rng))
}
