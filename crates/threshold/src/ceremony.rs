//! What key generation, refresh and repair share: signed and sealed messages in slots of exact length, the echo that proves
//! equivocation, and accusations with evidence.
//!
//! What always holds: a slot (round, sender) takes one message; the same again changes nothing; another one, signed, is proof
//! against its sender. Memory is bounded by one message per slot.

mod accusation;
mod echo;
mod face;
mod leave;
mod minutes;
mod room;

pub(crate) use accusation::{ROUND as ACCUSATION, subject, weigh};
pub(crate) use echo::{length as echo_length, repeats};
pub(crate) use face::face;
pub(crate) use leave::ROUND as LEAVE;
pub use leave::forfeit;
pub(crate) use minutes::{Blame, Evidence, Kept, Minutes, Signed, digest};
pub(crate) use room::Room;

use std::collections::BTreeSet;

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};

use crate::error::{Abort, Charge, Refusal};
use crate::party::Party;
use crate::progress::{Phase, Round};
use crate::proof::{Case, Proof};
use crate::rules::Rules;
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

    /// The rules as anybody can check them, with what is known so far.
    fn rules(&self) -> impl Rules + '_;

    /// What the ceremony is about, for proofs.
    fn case(&self) -> Option<Case>;

    /// Whether a message that its author signed keeps the rules.
    fn judge(&self, message: &Signed) -> Judgement {
        self.rules().judge(&self.room().minutes, message)
    }

    /// Goes on by one round if its messages are complete.
    fn advance<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Advance<Self::Outcome>, Failure>;

    /// Forgets every secret of an ended ceremony.
    fn wipe(&mut self);

    /// See [`Abort::in_doubt`].
    fn in_doubt(&self) -> bool {
        false
    }

    /// The rounds in order.
    fn rounds(&self) -> &'static [(u8, Phase)];

    /// The round that is waited for.
    fn round(&self) -> u8;

    /// Who has something to say in a round that this participant hears, itself included.
    fn due(&self, round: u8) -> BTreeSet<Party> {
        let _ = round;
        self.room().minutes.peers.keys().copied().collect()
    }

    /// Whose messages the round that is waited for misses.
    fn missing(&self) -> Vec<Party> {
        let (room, round) = (self.room(), self.round());
        let silent = |party: &Party| *party != room.me && !room.heard(round, *party);
        self.due(round).into_iter().filter(silent).collect()
    }
}

/// Who spoke in which round.
pub(crate) fn progress<C: Ceremony>(c: &C) -> Vec<Round> {
    let round = |(number, phase): &(u8, Phase)| {
        let due = c.due(*number);
        let done = due.iter().copied().filter(|party| c.room().heard(*number, *party)).collect();
        Round { number: *number, phase: *phase, due, done }
    };
    c.rounds().iter().map(round).collect()
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
    if from == room.me || !room.minutes.peers.contains_key(&from) {
        return Err(Refusal::NotMember { party: from });
    }
    let (head, payload) = Head::read(room.minutes.scope, from, room.me, bytes)?;
    if head.round == ACCUSATION {
        let abort = match accusation::hear(c, head, payload)? {
            accusation::Verdict::Guilty(blame) => convict(c, &[blame]),
            accusation::Verdict::Open(accused) => Abort { disputed: Some((from, accused)), ..Abort::default() },
        };
        return Ok(end(c, abort));
    }
    if head.round == LEAVE {
        let ends = leave::hear(c, head, payload)?;
        let left = Abort { left: [from].into(), ..Abort::default() };
        return Ok(if ends { end(c, left) } else { Step::send(Vec::new()) });
    }
    let need = c.rules().slot(head.round, from, head.to).ok_or(Refusal::Round { round: head.round })?;
    let message = c.room().open(head, payload, need)?;
    match c.room_mut().keep(message) {
        Kept::Same => Ok(Step::send(Vec::new())),
        Kept::New => Ok(go(c, rng)),
        Kept::Conflict(blame) => Ok(accuse(c, &[blame], rng)),
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

/// Who is to blame, with what proves it to anybody.
fn convict<C: Ceremony>(c: &C, blames: &[Blame]) -> Abort {
    let culprits = blames.iter().map(|blame| (blame.party, blame.charge)).collect();
    let proof = |blame: &Blame| Proof::of(c.case()?, &c.room().minutes, &c.rules(), blame);
    Abort { culprits, proofs: blames.iter().filter_map(proof).collect(), ..Abort::default() }
}

/// Ends the ceremony and tells the others why.
fn accuse<C: Ceremony, R: RngCore + CryptoRng>(
    c: &mut C,
    blames: &[Blame],
    rng: &mut R,
) -> Step<Result<C::Outcome, Abort>> {
    let send = blames.iter().filter_map(|blame| accusation::say(c.room_mut(), blame, rng)).collect();
    let abort = convict(c, blames);
    let step = end(c, abort);
    Step { send, ..step }
}

fn end<C: Ceremony>(c: &mut C, abort: Abort) -> Step<Result<C::Outcome, Abort>> {
    let in_doubt = c.in_doubt();
    c.room_mut().over = true;
    c.wipe();
    Step { send: Vec::new(), outcome: Some(Err(Abort { in_doubt, ..abort })) }
}

/// Gives up because nobody answers any more; names those who are waited for.
pub(crate) fn give_up<C: Ceremony>(c: &mut C) -> Option<Abort> {
    if c.room().over {
        return None;
    }
    let absent = c.missing().into_iter().collect();
    end(c, Abort { absent, ..Abort::default() }).outcome?.err()
}

/// Leaves, and says so; not after the last word.
pub(crate) fn leave<C: Ceremony, R: RngCore + CryptoRng>(c: &mut C, rng: &mut R) -> Option<Outgoing> {
    if c.room().over || c.in_doubt() {
        return None;
    }
    let message = c.room_mut().tell_all(LEAVE, Vec::new(), rng);
    end(c, Abort::default());
    Some(message)
}
