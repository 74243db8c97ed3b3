//! Signing ceremonies in one process.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "shared by tests that use parts of it")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand_chacha::ChaCha20Rng;
use threshold::{
    Abort, CeremonyId, Coordinator, Group, Item, Outgoing, Party, Refusal, Request, Share, Signatures, Signer, Spend,
    Step, To, verify_signature,
};

use crate::common::{Envelope, ceremony, parties, rng};

pub fn item(byte: u8) -> Item {
    let spend = [Spend::Plain, Spend::KeyOnly, Spend::Tree([byte; 32])][usize::from(byte % 3)];
    Item { message: [byte; 32], spend }
}

/// Ends with signatures of these items by these members, verified by libsecp256k1.
pub fn signed_by(session: &Session, items: &[Item], signers: impl IntoIterator<Item = u16>) {
    let signatures = session.outcome.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(signatures.signers, parties(signers));
    verified(session, items);
}

/// Whatever was signed is what was asked for, and with one bit changed it is nothing.
pub fn verified(session: &Session, items: &[Item]) {
    let Some(Ok(signatures)) = &session.outcome else { return };
    let group = session.shares.values().next().unwrap().group();
    for (item, signature) in items.iter().zip(&signatures.signatures) {
        let key = item.spend.key(group).unwrap();
        verify_signature(&key, &item.message, signature).unwrap();
        let mut flipped = *signature;
        flipped[usize::from(item.message[0]) % 64] ^= 1;
        assert!(verify_signature(&key, &item.message, &flipped).is_err());
    }
}

/// A coordinator, and everybody's signer once it approved.
pub struct Session {
    pub coordinator: Coordinator,
    pub me: Party,
    pub shares: BTreeMap<Party, Share>,
    pub signers: BTreeMap<Party, Signer>,
    pub queue: VecDeque<Envelope>,
    pub outcome: Option<Result<Signatures, Abort>>,
    pub told: BTreeMap<Party, Signatures>,
    pub refused: Vec<(Envelope, Refusal)>,
    pub rng: ChaCha20Rng,
}

impl Session {
    pub fn new(shares: &BTreeMap<Party, Share>, first: &BTreeSet<Party>, items: Vec<Item>, seed: u64) -> Self {
        Self::of(ceremony(9), shares, first, items, seed)
    }

    pub fn of(
        id: CeremonyId,
        shares: &BTreeMap<Party, Share>,
        first: &BTreeSet<Party>,
        items: Vec<Item>,
        seed: u64,
    ) -> Self {
        let me = *first.first().unwrap();
        let group: Group = shares[&me].group().clone();
        let (coordinator, send) = Coordinator::new(group, me, first, items, id).unwrap();
        let (queue, rng) = (VecDeque::new(), rng(seed));
        let mut session = Self {
            coordinator,
            me,
            shares: shares.clone(),
            signers: BTreeMap::new(),
            queue,
            outcome: None,
            told: BTreeMap::new(),
            refused: Vec::new(),
            rng,
        };
        session.post(me, send);
        session
    }

    pub fn post(&mut self, from: Party, send: Vec<Outgoing>) {
        for Outgoing { to, bytes } in send {
            let To::One(to) = to else { panic!("signing has no broadcasts") };
            self.queue.push_back(Envelope { from, to, bytes });
        }
    }

    pub fn follow(&mut self, step: Step<Result<Signatures, Abort>>) {
        if let Some(outcome) = step.outcome {
            assert!(self.outcome.replace(outcome).is_none(), "the ceremony ended twice");
        }
        self.post(self.me, step.send);
    }

    /// Commitments, shares and refusals go to the coordinator, the rest to signers.
    fn for_coordinator(&self, envelope: &Envelope) -> bool {
        envelope.to == self.me && matches!(envelope.bytes.get(6), Some(2 | 4 | 6))
    }

    pub fn deliver(&mut self, envelope: Envelope) {
        let (from, to) = (envelope.from, envelope.to);
        let refused = if self.for_coordinator(&envelope) {
            match self.coordinator.receive(from, &envelope.bytes) {
                Ok(step) => return self.follow(step),
                Err(refusal) => refusal,
            }
        } else if let Some(signer) = self.signers.get_mut(&to) {
            match signer.receive(from, &envelope.bytes, &mut self.rng) {
                Ok(step) => {
                    self.told.extend(step.outcome.map(|signatures| (to, signatures)));
                    return self.post(to, step.send);
                }
                Err(refusal) => refusal,
            }
        } else {
            let Some(share) = self.shares.get(&to).cloned() else { return };
            match Request::read(share.group(), to, from, &envelope.bytes) {
                Ok(request) => {
                    let (signer, send) = Signer::approve(share, request, &mut self.rng).unwrap();
                    self.signers.insert(to, signer);
                    return self.post(to, send);
                }
                Err(refusal) => refusal,
            }
        };
        self.refused.push((envelope, refused));
    }

    pub fn run(&mut self) {
        while let Some(envelope) = self.queue.pop_front() {
            self.deliver(envelope);
        }
    }

    /// Runs with a carrier that may change what somebody says.
    pub fn run_through(&mut self, mut carrier: impl FnMut(Envelope) -> Vec<Envelope>) {
        while let Some(envelope) = self.queue.pop_front() {
            carrier(envelope).into_iter().for_each(|envelope| self.deliver(envelope));
        }
    }
}
