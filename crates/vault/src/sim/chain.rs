//! The chain: a pool, blocks, reorganisations, and the vault by the rules of its contract.

use super::rng::Rng;
use crate::payload::Payload;
use crate::signature::{Owner, SignedPayload, VerifiedSignature};
use everpay::EverHash;
use std::collections::{BTreeMap, BTreeSet};

/// Blocks after which one is called final.
pub(super) const FINAL_DEPTH: usize = 8;

#[derive(Debug, Clone)]
pub(super) struct Tx {
    pub(super) id: String,
    pub(super) payload: Payload,
    pub(super) signatures: Vec<VerifiedSignature>,
    /// Whether its fee is too low to be taken soon.
    pub(super) stuck: bool,
    /// Whether the payout's call fails when it runs.
    pub(super) fails: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    pub(super) pool: Vec<Tx>,
    blocks: Vec<Vec<Tx>>,
    sent: u64,
    /// Changes whenever the blocks do.
    pub(super) version: u64,
}

/// What a payout was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paid {
    pub(super) tx: String,
    pub(super) height: usize,
    pub(super) payload: Payload,
}

/// The vault after some blocks.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) height: usize,
    confirmed: BTreeMap<[u8; 32], BTreeSet<Owner>>,
    pub(super) paid: BTreeMap<EverHash, Vec<Paid>>,
    pub(super) failed: Vec<(EverHash, String)>,
    /// Whatever anybody signed in a submission.
    pub(super) submitted: Vec<(EverHash, SignedPayload)>,
}

impl Chain {
    pub(super) fn send(
        &mut self,
        payload: &Payload,
        signatures: &[VerifiedSignature],
        stuck: bool,
        fails: bool,
    ) -> String {
        self.sent += 1;
        let id = format!("0x{:x}", self.sent);
        let (payload, signatures) = (payload.clone(), signatures.to_vec());
        self.pool.push(Tx { id: id.clone(), payload, signatures, stuck, fails });
        id
    }

    pub(super) fn raise_fee(&mut self, id: &str) {
        self.pool.iter_mut().filter(|tx| tx.id == id).for_each(|tx| tx.stuck = false);
    }

    pub(super) fn mine(&mut self, rng: &mut Rng) {
        self.version += 1;
        let (mut block, mut waits) = (Vec::new(), Vec::new());
        for tx in self.pool.drain(..) {
            if tx.stuck && !rng.chance(2) { waits.push(tx) } else { block.push(tx) }
        }
        (self.pool, _) = (waits, self.blocks.push(block));
    }

    /// Takes back the newest blocks; most of their transactions come back into the pool.
    pub(super) fn reorganise(&mut self, depth: usize, rng: &mut Rng) {
        for tx in self.blocks.split_off(self.blocks.len().saturating_sub(depth)).into_iter().flatten() {
            if rng.chance(70) {
                self.pool.push(tx);
            }
        }
    }

    pub(super) fn height(&self) -> usize {
        self.blocks.len()
    }

    /// The vault after all but the newest `behind` blocks.
    pub(super) fn state(&self, behind: usize, owners: &BTreeSet<Owner>, threshold: u32) -> State {
        let mut state = State { height: self.blocks.len().saturating_sub(behind), ..State::default() };
        for (height, block) in self.blocks.iter().enumerate().take(state.height) {
            block.iter().for_each(|tx| state.submit(tx, height, owners, threshold));
        }
        state
    }
}

impl State {
    /// `EverwatchVault.submit`.
    fn submit(&mut self, tx: &Tx, height: usize, owners: &BTreeSet<Owner>, threshold: u32) {
        let (id, ever_hash) = (tx.payload.id(), tx.payload.reading().ever_hash);
        if self.paid.contains_key(&ever_hash) {
            return;
        }
        let signed = |one: &VerifiedSignature| SignedPayload::try_from((tx.payload.clone(), one.clone())).ok();
        self.submitted.extend(tx.signatures.iter().filter_map(signed).map(|signed| (ever_hash, signed)));
        let confirmed = self.confirmed.entry(id).or_default();
        let counted = tx.signatures.iter().filter(|one| one.digest() == tx.payload.digest());
        confirmed.extend(counted.map(VerifiedSignature::owner).filter(|owner| owners.contains(owner)));
        if u32::try_from(confirmed.len()).is_ok_and(|count| count < threshold) {
            return;
        }
        if tx.fails {
            self.failed.push((ever_hash, tx.id.clone()));
            return;
        }
        let paid = Paid { tx: tx.id.clone(), height, payload: tx.payload.clone() };
        self.paid.entry(ever_hash).or_default().push(paid);
    }
}
