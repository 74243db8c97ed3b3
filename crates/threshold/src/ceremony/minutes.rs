//! What was said in a ceremony by whom: all that judging takes, without anybody's secrets.

use std::collections::BTreeMap;

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::Judgement;
use crate::error::Charge;
use crate::hash;
use crate::identity::{Identity, PeerKey};
use crate::party::Party;
use crate::wire::{Head, Scope};

/// Bytes of a signature.
pub(crate) const SIGNATURE: usize = 64;

/// A message whose author's signature was verified. Wiped when dropped: it may hold a secret value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) head: Head,
    pub(crate) body: Zeroizing<Vec<u8>>,
    pub(crate) signature: [u8; 64],
}

impl Signed {
    pub(super) fn new<R: RngCore + CryptoRng>(
        head: Head,
        body: Zeroizing<Vec<u8>>,
        identity: &Identity,
        rng: &mut R,
    ) -> Self {
        let signature = identity.sign(&digest(&head, &hash::body(&body)), rng);
        Self { head, body, signature }
    }

    /// As it goes to all: nothing in it is sealed.
    pub(super) fn open_bytes(&self) -> Vec<u8> {
        [&self.head.to_bytes()[..], &self.body, &self.signature].concat()
    }

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
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// The message itself.
    Message(Signed),
    /// Two body hashes that the author signed for one place, with the signatures.
    Pair(Head, [([u8; 32], [u8; 64]); 2]),
}

/// Signed messages by round and author, and the keys of all who take part.
pub(crate) struct Minutes {
    pub(crate) scope: Scope,
    pub(crate) peers: BTreeMap<Party, PeerKey>,
    said: BTreeMap<(u8, Party), Signed>,
}

impl Minutes {
    pub(crate) fn new(scope: Scope, peers: BTreeMap<Party, PeerKey>) -> Self {
        Self { scope, peers, said: BTreeMap::new() }
    }

    /// What a party said in a round, as far as it is known here.
    pub(crate) fn said(&self, round: u8, party: Party) -> Option<&Signed> {
        self.said.get(&(round, party))
    }

    /// All messages of a round.
    pub(crate) fn round(&self, round: u8) -> impl Iterator<Item = &Signed> {
        self.said.range((round, Party::FIRST)..=(round, Party::LAST)).map(|(_, message)| message)
    }

    pub(crate) fn signed_by(&self, head: &Head, body: &[u8; 32], signature: &[u8; 64]) -> bool {
        self.peers.get(&head.from).is_some_and(|peer| peer.verify(&digest(head, body), signature))
    }

    /// Whose message of a round a judge finds guilty; nobody judges oneself.
    pub(crate) fn guilty(&self, round: u8, me: Party, judge: impl Fn(&Signed) -> Judgement) -> Vec<Blame> {
        let convict = |message: &Signed| match judge(message) {
            Judgement::Guilty(charge) => {
                Some(Blame::new(message.head.from, charge, Evidence::Message(message.clone())))
            }
            Judgement::Innocent | Judgement::Open => None,
        };
        self.round(round).filter(|message| message.head.from != me).filter_map(convict).collect()
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

impl Evidence {
    /// Whom it is against, in which place.
    pub(crate) fn head(&self) -> &Head {
        match self {
            Self::Message(message) => &message.head,
            Self::Pair(head, _) => head,
        }
    }
}

/// What became of a message.
pub(crate) enum Kept {
    New,
    Same,
    Conflict(Blame),
}
