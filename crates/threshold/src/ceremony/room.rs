//! One participant's place in a ceremony: keys, what everybody said, and what was sent.

use std::collections::BTreeMap;

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::Judgement;
use crate::error::{Charge, Refusal};
use crate::hash;
use crate::identity::{Identity, PeerKey, SEAL};
use crate::party::Party;
use crate::wire::{HEAD, Head, Outgoing, Scope, To};

/// Bytes of a signature.
pub(crate) const SIGNATURE: usize = 64;

/// A message whose author's signature was verified. Wiped when dropped: it may hold a secret value.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) head: Head,
    pub(crate) body: Zeroizing<Vec<u8>>,
    pub(crate) signature: [u8; 64],
}

impl Signed {
    pub(crate) fn hash(&self) -> [u8; 32] {
        hash::body(&self.body)
    }
}

/// What an author signs: the head and the hash of the body, so that the hash alone can prove equivocation.
pub(crate) fn digest(head: &Head, body: &[u8; 32]) -> [u8; 32] {
    hash::tagged("everwatch/threshold/message/1", &[&head.to_bytes(), body])
}

/// Somebody's guilt, with what proves it to others.
pub(crate) struct Blame {
    pub(crate) party: Party,
    pub(crate) charge: Charge,
    pub(crate) evidence: Box<Evidence>,
}

impl Blame {
    pub(crate) fn new(party: Party, charge: Charge, evidence: Evidence) -> Self {
        Self { party, charge, evidence: Box::new(evidence) }
    }
}

/// What proves guilt.
pub(crate) enum Evidence {
    /// The message itself.
    Message(Signed),
    /// Two body hashes that the author signed for one place, with the signatures.
    Pair(Head, [([u8; 32], [u8; 64]); 2]),
}

/// What became of a message.
pub(crate) enum Kept {
    New,
    Same,
    Conflict(Blame),
}

/// One participant's place in a ceremony.
pub(crate) struct Room {
    pub(crate) scope: Scope,
    pub(crate) me: Party,
    /// All who take part, this participant among them.
    pub(crate) peers: BTreeMap<Party, PeerKey>,
    pub(crate) over: bool,
    identity: Identity,
    said: BTreeMap<(u8, Party), Signed>,
    sent: Vec<Outgoing>,
}

impl Room {
    pub(crate) fn new(scope: Scope, me: Party, peers: BTreeMap<Party, PeerKey>, identity: Identity) -> Self {
        Self { scope, me, peers, over: false, identity, said: BTreeMap::new(), sent: Vec::new() }
    }

    pub(crate) fn others(&self) -> impl Iterator<Item = Party> + '_ {
        self.peers.keys().copied().filter(|party| *party != self.me)
    }

    /// What a party said in a round to everybody, or to this participant.
    pub(crate) fn said(&self, round: u8, party: Party) -> Option<&Signed> {
        self.said.get(&(round, party))
    }

    /// Which of `parties` have not spoken in a round.
    pub(crate) fn silent(&self, round: u8, parties: impl IntoIterator<Item = Party>) -> Vec<Party> {
        parties.into_iter().filter(|party| self.said(round, *party).is_none()).collect()
    }

    /// Whose message of a round a judge finds guilty.
    pub(crate) fn guilty(&self, round: u8, judge: impl Fn(&Signed) -> Judgement) -> Vec<Blame> {
        let convict = |message: &Signed| match judge(message) {
            Judgement::Guilty(charge) => {
                Some(Blame::new(message.head.from, charge, Evidence::Message(message.clone())))
            }
            Judgement::Innocent | Judgement::Open => None,
        };
        self.others().filter_map(|party| self.said(round, party)).filter_map(convict).collect()
    }

    /// Everything sent so far. Peers take repetitions for what they are.
    pub(crate) fn sent(&self) -> Vec<Outgoing> {
        self.sent.clone()
    }

    /// Signs a body for everybody and remembers it.
    pub(crate) fn tell_all<R: RngCore + CryptoRng>(&mut self, round: u8, body: Vec<u8>, rng: &mut R) -> Outgoing {
        let signed = self.sign(round, None, Zeroizing::new(body), rng);
        let bytes = [&signed.head.to_bytes()[..], &signed.body, &signed.signature].concat();
        self.said.insert((round, self.me), signed);
        self.remember(Outgoing { to: To::All, bytes })
    }

    /// Signs a body and seals it for one.
    pub(crate) fn tell<R: RngCore + CryptoRng>(
        &mut self,
        round: u8,
        to: Party,
        body: Zeroizing<Vec<u8>>,
        rng: &mut R,
    ) -> Option<Outgoing> {
        let peer = *self.peers.get(&to)?;
        let signed = self.sign(round, Some(to), body, rng);
        let mut secret = Zeroizing::new(Vec::with_capacity(signed.body.len() + SIGNATURE));
        secret.extend_from_slice(&signed.body);
        secret.extend_from_slice(&signed.signature);
        let head = signed.head.to_bytes();
        let bytes = [&head[..], &self.identity.seal(&peer, &head, &secret, rng)].concat();
        Some(self.remember(Outgoing { to: To::One(to), bytes }))
    }

    fn sign<R: RngCore + CryptoRng>(
        &self,
        round: u8,
        to: Option<Party>,
        body: Zeroizing<Vec<u8>>,
        rng: &mut R,
    ) -> Signed {
        let head = Head { scope: self.scope, round, from: self.me, to };
        let signature = self.identity.sign(&digest(&head, &hash::body(&body)), rng);
        Signed { head, body, signature }
    }

    fn remember(&mut self, message: Outgoing) -> Outgoing {
        self.sent.push(message.clone());
        message
    }

    /// Opens and verifies the payload of a message whose head was checked.
    pub(crate) fn open(&self, head: Head, payload: &[u8], body: usize) -> Result<Signed, Refusal> {
        let peer = *self.peers.get(&head.from).ok_or(Refusal::NotMember { party: head.from })?;
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
        if self.signed_by(&head, &signed.hash(), &signature) { Ok(signed) } else { Err(Refusal::Signature) }
    }

    pub(crate) fn signed_by(&self, head: &Head, body: &[u8; 32], signature: &[u8; 64]) -> bool {
        self.peers.get(&head.from).is_some_and(|peer| peer.verify(&digest(head, body), signature))
    }

    /// Puts a message into its slot.
    pub(crate) fn keep(&mut self, message: Signed) -> Kept {
        let slot = (message.head.round, message.head.from);
        let Some(before) = self.said.get(&slot) else {
            self.said.insert(slot, message);
            return Kept::New;
        };
        if before.hash() == message.hash() {
            return Kept::Same;
        }
        let pair = [(before.hash(), before.signature), (message.hash(), message.signature)];
        let evidence = Evidence::Pair(message.head, pair);
        Kept::Conflict(Blame::new(message.head.from, Charge::Equivocation, evidence))
    }

    /// Forgets what was said, which may hold secret values.
    pub(crate) fn wipe(&mut self) {
        self.said.clear();
    }
}
