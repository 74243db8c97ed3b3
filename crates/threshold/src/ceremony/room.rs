//! One participant's place in a ceremony: keys, what everybody said, and what was sent.

use std::collections::{BTreeMap, BTreeSet};

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::Judgement;
use super::minutes::{Blame, Kept, Minutes, SIGNATURE, Signed};
use crate::error::Refusal;
use crate::identity::{Identity, PeerKey, SEAL};
use crate::party::Party;
use crate::wire::{HEAD, Head, Outgoing, Scope, To};

/// A message to all with an empty body, from outside a machine.
pub(super) fn signed_by<R: RngCore + CryptoRng>(identity: &Identity, head: Head, rng: &mut R) -> Outgoing {
    let signed = Signed::new(head, Zeroizing::new(Vec::new()), identity, rng);
    Outgoing { to: To::All, bytes: signed.open_bytes() }
}

/// One participant's place in a ceremony.
pub(crate) struct Room {
    /// Of all who take part, this participant among them.
    pub(crate) minutes: Minutes,
    pub(crate) me: Party,
    pub(crate) over: bool,
    identity: Identity,
    /// Who said something in which round; outlives the messages.
    heard: BTreeSet<(u8, Party)>,
    sent: Vec<Outgoing>,
}

impl Room {
    pub(crate) fn new(scope: Scope, me: Party, peers: BTreeMap<Party, PeerKey>, identity: Identity) -> Self {
        let minutes = Minutes::new(scope, peers);
        Self { minutes, me, over: false, identity, heard: BTreeSet::new(), sent: Vec::new() }
    }

    pub(crate) fn others(&self) -> impl Iterator<Item = Party> + '_ {
        self.minutes.peers.keys().copied().filter(|party| *party != self.me)
    }

    /// What a party said in a round to everybody, or to this participant.
    pub(crate) fn said(&self, round: u8, party: Party) -> Option<&Signed> {
        self.minutes.said(round, party)
    }

    /// Whether a party spoke in a round, also once the messages are wiped.
    pub(crate) fn heard(&self, round: u8, party: Party) -> bool {
        self.heard.contains(&(round, party))
    }

    /// Whose message of a round a judge finds guilty.
    pub(crate) fn guilty(&self, round: u8, judge: impl Fn(&Signed) -> Judgement) -> Vec<Blame> {
        self.minutes.guilty(round, self.me, judge)
    }

    /// Everything sent so far. Peers take repetitions for what they are.
    pub(crate) fn sent(&self) -> Vec<Outgoing> {
        self.sent.clone()
    }

    /// Signs a body for everybody and remembers it.
    pub(crate) fn tell_all<R: RngCore + CryptoRng>(&mut self, round: u8, body: Vec<u8>, rng: &mut R) -> Outgoing {
        let signed = self.sign(round, None, Zeroizing::new(body), rng);
        let bytes = signed.open_bytes();
        self.minutes.keep(signed);
        self.remember(round, Outgoing { to: To::All, bytes })
    }

    /// Signs a body and seals it for one.
    pub(crate) fn tell<R: RngCore + CryptoRng>(
        &mut self,
        round: u8,
        to: Party,
        body: Zeroizing<Vec<u8>>,
        rng: &mut R,
    ) -> Option<Outgoing> {
        let peer = *self.minutes.peers.get(&to)?;
        let signed = self.sign(round, Some(to), body, rng);
        let mut secret = Zeroizing::new(Vec::with_capacity(signed.body.len() + SIGNATURE));
        secret.extend_from_slice(&signed.body);
        secret.extend_from_slice(&signed.signature);
        let head = signed.head.to_bytes();
        let bytes = [&head[..], &self.identity.seal(&peer, &head, &secret, rng)].concat();
        Some(self.remember(round, Outgoing { to: To::One(to), bytes }))
    }

    pub(crate) fn sign<R: RngCore + CryptoRng>(
        &self,
        round: u8,
        to: Option<Party>,
        body: Zeroizing<Vec<u8>>,
        rng: &mut R,
    ) -> Signed {
        let head = Head { scope: self.minutes.scope, round, from: self.me, to };
        Signed::new(head, body, &self.identity, rng)
    }

    fn remember(&mut self, round: u8, message: Outgoing) -> Outgoing {
        self.heard.insert((round, self.me));
        self.sent.push(message.clone());
        message
    }

    /// Opens and verifies the payload of a message whose head was checked.
    pub(crate) fn open(&self, head: Head, payload: &[u8], body: usize) -> Result<Signed, Refusal> {
        let peer = *self.minutes.peers.get(&head.from).ok_or(Refusal::NotMember { party: head.from })?;
        let sealed = if head.to.is_some() { SEAL } else { 0 };
        let need = body + SIGNATURE + sealed;
        if payload.len() != need {
            return Err(Refusal::Length { got: HEAD + payload.len(), need: HEAD + need });
        }
        let plain = match head.to {
            None => Zeroizing::new(payload.to_vec()),
            Some(_) => self.identity.open(&peer, &head.to_bytes(), payload).ok_or(Refusal::Sealed)?,
        };
        let (body, signature) = plain.split_at_checked(body).ok_or(Refusal::Sealed)?;
        let signature = signature.try_into().map_err(|_| Refusal::Sealed)?;
        let signed = Signed { head, body: Zeroizing::new(body.to_vec()), signature };
        if self.minutes.signed_by(&head, &signed.hash(), &signature) { Ok(signed) } else { Err(Refusal::Signature) }
    }

    /// Puts a message into its slot.
    pub(crate) fn keep(&mut self, message: Signed) -> Kept {
        let slot = (message.head.round, message.head.from);
        let kept = self.minutes.keep(message);
        if matches!(kept, Kept::New) {
            self.heard.insert(slot);
        }
        kept
    }

    /// Forgets what was said, which may hold secret values.
    pub(crate) fn wipe(&mut self) {
        self.minutes.wipe();
    }
}
