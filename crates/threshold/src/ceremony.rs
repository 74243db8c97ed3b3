//! What key generation, refresh and repair share: signed and sealed messages in slots of exact length, the echo that proves
//! equivocation, and accusations with evidence.
//!
//! What always holds: a slot (round, sender) takes one message; the same again changes nothing; another one, signed, is proof
//! against its sender. Memory is bounded by one message per slot.

mod accusation;
mod echo;
mod room;

pub(crate) use echo::length as echo_length;
pub(crate) use room::{Blame, Room, Signed, digest};

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};

use crate::error::{Abort, Charge, Refusal};
use crate::party::Party;
use crate::wire::{Head, Outgoing, Step, Taken};

/// What evidence shows.
pub(crate) enum Judgement {
    Guilty(Charge),
    Innocent,
    /// It takes something this participant does not have.
    Open,
}

impl Judgement {
    /// Guilty unless the message passes.
    pub(crate) fn unless(passes: Option<bool>, charge: Charge) -> Self {
        match passes {
            Some(true) => Self::Innocent,
            Some(false) => Self::Guilty(charge),
            None => Self::Open,
        }
    }
}

/// How far the messages at hand carried.
pub(crate) enum Advance<T> {
    /// A round is not complete.
    Wait,
    /// A round is complete.
    Say(Vec<Outgoing>),
    /// The caller has something to do first.
    Reached(T),
    /// The ceremony is over.
    Done(Vec<Outgoing>, T),
}

/// Why a round failed.
pub(crate) enum Failure {
    Blamed(Vec<Blame>),
    /// The library refused although nobody is to blame, such as a group key that is the identity.
    Library,
}

impl Failure {
    pub(crate) fn by(blames: Vec<Blame>) -> Self {
        if blames.is_empty() { Self::Library } else { Self::Blamed(blames) }
    }
}

impl From<frost_secp256k1_tr::Error> for Failure {
    fn from(_: frost_secp256k1_tr::Error) -> Self {
        Self::Library
    }
}

/// The rules of one ceremony.
pub(crate) trait Ceremony {
    type Outcome;

    fn room(&self) -> &Room;
    fn room_mut(&mut self) -> &mut Room;

    /// The exact length of a message's body; none if there is no such message.
    fn slot(&self, round: u8, from: Party, to: Option<Party>) -> Option<usize>;

    /// Whether a message that its author signed keeps the rules.
    fn judge(&self, message: &Signed) -> Judgement;

    /// Goes on by one round if its messages are complete.
    fn advance<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Advance<Self::Outcome>, Failure>;

    /// Forgets every secret of an ended ceremony.
    fn wipe(&mut self);

    /// See [`Abort::in_doubt`].
    fn in_doubt(&self) -> bool {
        false
    }

    /// Whose messages the round that is waited for misses.
    fn missing(&self) -> Vec<Party>;
}

/// Takes one message.
pub(crate) fn receive<C: Ceremony, R: RngCore + CryptoRng>(
    c: &mut C,
    from: Party,
    bytes: &[u8],
    rng: &mut R,
) -> Taken<C::Outcome> {
    let room = c.room();
    if room.over {
        return Err(Refusal::Finished);
    }
    if from == room.me || !room.peers.contains_key(&from) {
        return Err(Refusal::NotMember { party: from });
    }
    let (head, payload) = Head::read(room.scope, from, room.me, bytes)?;
    if head.round == accusation::ROUND {
        let verdict = accusation::hear(c, &head, payload)?;
        return Ok(end(c, verdict));
    }
    let need = c.slot(head.round, from, head.to).ok_or(Refusal::Round { round: head.round })?;
    let message = c.room().open(head, payload, need)?;
    match c.room_mut().keep(message) {
        room::Kept::Same => Ok(Step::send(Vec::new())),
        room::Kept::New => Ok(go(c, rng)),
        room::Kept::Conflict(blame) => Ok(accuse(c, &[blame], rng)),
    }
}

/// Goes as far as the messages carry.
pub(crate) fn go<C: Ceremony, R: RngCore + CryptoRng>(c: &mut C, rng: &mut R) -> Step<Result<C::Outcome, Abort>> {
    let mut send = Vec::new();
    let outcome = loop {
        match c.advance(rng) {
            Ok(Advance::Wait) => break None,
            Ok(Advance::Say(messages)) => send.extend(messages),
            Ok(Advance::Reached(outcome)) => break Some(Ok(outcome)),
            Ok(Advance::Done(messages, outcome)) => {
                send.extend(messages);
                c.room_mut().over = true;
                break Some(Ok(outcome));
            }
            Err(failure) => {
                let blames = match failure {
                    Failure::Blamed(blames) => blames,
                    Failure::Library => Vec::new(),
                };
                let step = accuse(c, &blames, rng);
                send.extend(step.send);
                break step.outcome;
            }
        }
    };
    Step { send, outcome }
}

/// Says one thing more, and goes on from there.
pub(crate) fn speak<C: Ceremony, R: RngCore + CryptoRng>(
    c: &mut C,
    message: Outgoing,
    rng: &mut R,
) -> Step<Result<C::Outcome, Abort>> {
    let Step { send, outcome } = go(c, rng);
    Step { send: [vec![message], send].concat(), outcome }
}

/// Ends the ceremony and tells the others why.
fn accuse<C: Ceremony, R: RngCore + CryptoRng>(
    c: &mut C,
    blames: &[Blame],
    rng: &mut R,
) -> Step<Result<C::Outcome, Abort>> {
    let send = blames.iter().filter_map(|blame| accusation::say(c.room_mut(), blame, rng)).collect();
    let culprits = blames.iter().map(|blame| (blame.party, blame.charge)).collect();
    let step = end(c, Abort { culprits, ..Abort::default() });
    Step { send, ..step }
}

fn end<C: Ceremony>(c: &mut C, abort: Abort) -> Step<Result<C::Outcome, Abort>> {
    let in_doubt = c.in_doubt();
    c.room_mut().over = true;
    c.wipe();
    Step { send: Vec::new(), outcome: Some(Err(Abort { in_doubt, ..abort })) }
}

/// Gives up because nobody answers any more; names those who are waited for.
pub(crate) fn give_up<C: Ceremony>(c: &mut C) -> Abort {
    let absent = c.missing().into_iter().collect();
    let in_doubt = c.in_doubt();
    c.room_mut().over = true;
    c.wipe();
    Abort { absent, in_doubt, ..Abort::default() }
}

/// The face that all ceremonies show to their callers.
macro_rules! face {
    ($machine:ty, $outcome:ty) => {
        impl $machine {
            /// Takes a message that the carrier says `from` sent.
            ///
            /// # Errors
            /// A message that is refused changes nothing.
            pub fn receive<R: RngCore + CryptoRng>(
                &mut self,
                from: Party,
                bytes: &[u8],
                rng: &mut R,
            ) -> $crate::wire::Taken<$outcome> {
                $crate::ceremony::receive(self, from, bytes, rng)
            }

            /// Whom the round waits for.
            #[must_use]
            pub fn waits_for(&self) -> Vec<Party> {
                self.missing()
            }

            /// Everything sent so far, for a carrier that lost something.
            #[must_use]
            pub fn resend(&self) -> Vec<Outgoing> {
                self.room.sent()
            }

            /// Ends the ceremony; names who did not answer, and says whether the result may be in force all the same.
            pub fn give_up(&mut self) -> Abort {
                $crate::ceremony::give_up(self)
            }
        }
    };
}
pub(crate) use face;
